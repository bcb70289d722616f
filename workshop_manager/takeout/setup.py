"""Puts the export of one's data on the application: pages, and the job that makes it."""

from flask import Flask

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.takeout import merging, service, views


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    jobs.register(service.JOB, every=30, run=service.make_all)
