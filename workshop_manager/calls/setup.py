"""Puts the call on the application: blueprint, tab, entry of the side list, row of the edition's page."""

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.calls import cover, desk, desk_codes, desk_dates, desk_kinds, merging, views
from workshop_manager.web import navigation
from workshop_manager.workshops import panels
from workshop_manager.workshops.rules import MAY_SETTINGS

_PAGES = (views, desk, desk_dates, desk_kinds, desk_codes)
"""All hang their pages on the one blueprint when they are imported."""


_PARTS = (
    (10, _l("Text and limits"), "calls.desk_call", ("calls.desk_call_sent",)),
    (
        20,
        _l("Dates and rounds"),
        "calls.desk_call_dates",
        ("calls.desk_call_dates", "calls.desk_call_round", "calls.desk_call_own_round", "submissions.extension"),
    ),
    (30, _l("Tracks and types"), "calls.desk_call_tracks", ("calls.desk_call_track", "calls.desk_call_type")),
    (60, _l("Access codes"), "calls.desk_call_codes", ("calls.desk_call_code",)),
)


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    navigation.register_tab(20, lambda: str(_("Call")), "calls.call", cover.has_call)
    navigation.register_desk(
        20,
        lambda: str(_("Call")),
        "calls.desk_call",
        "note-pencil",
        lambda standing: standing.may(MAY_SETTINGS),
        prefix=("calls.desk_call", "submissions.extension"),
    )
    for order, label, endpoint, also in _PARTS:
        navigation.register_part("call", order, label.__str__, endpoint, *also)
    panels.register_open(20, cover.open_row)
    panels.register_further_dates(cover.further_dates)
    panels.register_extension(cover.extension_instead)
