"""Puts submissions on the application: blueprint, tab, entries of the side list, rows of the edition's page."""

from typing import Any

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.submissions import call, desk, queries, views
from workshop_manager.web import navigation
from workshop_manager.web.request import unit
from workshop_manager.workshops import panels
from workshop_manager.workshops.rules import MAY_SETTINGS, MAY_SUBMISSIONS


def _submitted(at: Any) -> int:
    """The figure beside “Submissions”: what the viewer may read there."""
    return queries.count_at_desk(unit().session, at.edition.id, at.standing, queries.Filter())


_PAGES = (views, desk)
"""Both hang their pages on the one blueprint when they are imported."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    navigation.register_tab(20, lambda: str(_("Call")), "submissions.call", call.has_call)
    navigation.register_desk(
        20,
        lambda: str(_("Call")),
        "submissions.desk_call",
        "note-pencil",
        lambda standing: standing.may(MAY_SETTINGS),
    )
    navigation.register_desk(
        30,
        lambda: str(_("Submissions")),
        "submissions.desk_list",
        "file-text",
        lambda standing: standing.may(MAY_SUBMISSIONS),
        count=_submitted,
    )
    panels.register_open(20, call.open_row)
    panels.register_action(20, call.open_action)
