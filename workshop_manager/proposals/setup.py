"""Puts proposals on the application: pages, the part of the grants' desk, the job."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.proposals import merging, storing, views
from workshop_manager.web import navigation


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    accounts_merging.register(merging.PART)
    navigation.register_part("grants", 35, lambda: str(_("Proposals")), "proposals.desk_proposals", "proposals.desk")
    jobs.register(storing.JOB, every=20, run=storing.work_all)
