"""Puts mail on the application: Flask-Mail, the jobs that deliver and that remove old texts, the demo's mailbox."""

from flask import Flask

from workshop_manager.core import jobs
from workshop_manager.mail import retention
from workshop_manager.mail.delivery import deliver_due, init_mail
from workshop_manager.mail.service import JOB
from workshop_manager.mail.views import blueprint
from workshop_manager.web.request import Platform


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    here: Platform = app.extensions["platform"]
    init_mail(app, here.settings)
    app.register_blueprint(blueprint)
    jobs.register(JOB, every=10, run=deliver_due)
    jobs.register(retention.JOB, every=retention.EVERY, run=retention.remove_old_texts)
