"""Puts decisions on the application: pages, the entry of the side list, the authors' panel."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.decisions import panels, views
from workshop_manager.submissions import panels as submission_panels
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_DECIDE


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    submission_panels.register_detail_panel(20, panels.answer_panel)
    navigation.register_desk(
        50, lambda: str(_("Decisions")), "decisions.decisions", "flag", lambda s: s.may(MAY_DECIDE)
    )
