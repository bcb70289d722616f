"""Puts the call on the application: blueprint, tab, entry of the side list, row of the edition's page."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.calls import cover, desk, views
from workshop_manager.web import navigation
from workshop_manager.workshops import panels
from workshop_manager.workshops.rules import MAY_SETTINGS

_PAGES = (views, desk)
"""Both hang their pages on the one blueprint when they are imported."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    navigation.register_tab(20, lambda: str(_("Call")), "calls.call", cover.has_call)
    navigation.register_desk(
        20,
        lambda: str(_("Call")),
        "calls.desk_call",
        "note-pencil",
        lambda standing: standing.may(MAY_SETTINGS),
    )
    panels.register_open(20, cover.open_row)
