"""Puts availability on the application: pages, the job that reminds, what the draft is told."""

from flask import Flask

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.availability import facts, merging, retaining, service, views
from workshop_manager.core import jobs
from workshop_manager.retention import keeping
from workshop_manager.schedule import knowing


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    knowing.register_away(facts.away)
    keeping.register(32, retaining.kept)
    jobs.register(service.JOB, every=600, run=service.remind_due)
