"""Puts proceedings on the application: pages, the entry of the side list, panels, the job that keeps books true."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.proceedings import attending, desk, merging, panels, publishing, views
from workshop_manager.proceedings.rules import MAY_PROCEEDINGS
from workshop_manager.registrations import consequences
from workshop_manager.submissions import history
from workshop_manager.submissions import panels as submission_panels
from workshop_manager.web import navigation
from workshop_manager.workshops import panels as edition_panels

PAGES = (views, desk)
"""Both hang their pages on the one blueprint when they are imported."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    submission_panels.register_detail_panel(30, panels.author_panel)
    submission_panels.register_desk_panel(40, panels.desk_panel)
    history.say("camera-ready complete", lambda _act: str(_("Handed in everything for the proceedings")))
    history.say("final version changed", lambda _act: str(_("Corrected title, abstract or names for the proceedings")))
    history.say("may be late", lambda _act: str(_("May hand in after the date for the proceedings")))
    history.say("may not be late", lambda _act: str(_("The date for the proceedings holds again")))
    edition_panels.register_panel(60, panels.public_panel)
    navigation.register_desk(
        55,
        lambda: str(_("Proceedings")),
        "proceedings.desk",
        "stack",
        lambda standing: standing.may(MAY_PROCEEDINGS),
        "proceedings.desk",
    )
    consequences.register(30, attending.consequences)
    jobs.register(publishing.JOB, every=60, run=publishing.renew)
