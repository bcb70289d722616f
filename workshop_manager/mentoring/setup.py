"""Puts the mentored round on the application: pages, its parts of the desk, panels, the form for feedback."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging
from workshop_manager.mentoring import desk, panels, views
from workshop_manager.mentoring.merging import PART
from workshop_manager.mentoring.rules import MAY_SET_UP
from workshop_manager.mentoring.service import PURPOSE
from workshop_manager.questions import purposes
from workshop_manager.submissions import history
from workshop_manager.submissions import panels as submission_panels
from workshop_manager.web import navigation
from workshop_manager.workshops import panels as edition_panels

PAGES = (views, desk)
"""Both hang their pages on the one blueprint when they are imported."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    merging.register(PART)
    purposes.register(PURPOSE, 40)
    submission_panels.register_detail_panel(22, panels.author_panel)
    edition_panels.register_open(25, panels.open_row)
    navigation.register_part("mentoring", 10, lambda: str(_("Pairs")), "mentoring.desk", "mentoring.feedback")
    navigation.register_part("mentoring", 20, lambda: str(_("Remind")), "mentoring.reminders")
    navigation.register_part(
        "mentoring", 30, lambda: str(_("Settings")), "mentoring.settings", allowed=lambda s: s.may(MAY_SET_UP)
    )
    history.say("mentoring joined", lambda _act: str(_("Joined the mentored round")))
    history.say("mentoring left", lambda _act: str(_("Left the mentored round")))
    history.say("mentoring announced", lambda _act: str(_("Somebody reads the draft in the mentored round")))
    history.say("mentoring feedback sent", lambda _act: str(_("Feedback of the mentored round came in")))
