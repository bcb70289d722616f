"""Puts the page about what is kept on the application, and the job that removes it."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.core import jobs
from workshop_manager.retention import service, views
from workshop_manager.web import navigation


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    navigation.register_part("privacy", 20, lambda: str(_("What is kept")), "retention.desk")
    jobs.register("remove-what-was-kept-long-enough", every=3600, run=service.carry_out)
