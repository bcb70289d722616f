"""Puts the automatic draft on the application: its page and job, under the schedule's entry of the side list."""

from flask import Flask

from workshop_manager.core import jobs
from workshop_manager.timetabling import storing, views


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    jobs.register(storing.JOB, every=15, run=storing.work_all)
