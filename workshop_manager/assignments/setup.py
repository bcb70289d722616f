"""Puts assignments on the application: pages, what a work is about beside it, the job that works out who reads what."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.assignments import desk, merging, panels, proposing, views
from workshop_manager.core import jobs
from workshop_manager.submissions import history
from workshop_manager.submissions import panels as submission_panels

PAGES = (views, desk)
"""Importing these modules puts their pages on the one blueprint of this package."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    history.say("assigned", lambda act: str(_("Given to %(name)s to read", name=act.name("reviewer"))))
    history.say("topics chosen", lambda _act: str(_("Said what it is about")))
    app.register_blueprint(views.blueprint)
    submission_panels.register_detail_panel(40, panels.OWN_PANEL)
    submission_panels.register_desk_panel(10, panels.DESK_PANEL)
    jobs.register(proposing.JOB, every=10, run=proposing.run)
