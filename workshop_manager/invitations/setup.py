"""Puts invitations on the application: pages, what a release says beforehand, the job that writes the mails."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.invitations import desk, merging, retaining, service, views
from workshop_manager.retention import keeping
from workshop_manager.schedule import telling
from workshop_manager.workshops import cancelling


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    cancelling.register_circle(16, lambda: str(_("Invited to speak")), service.concerned)
    telling.register(10, desk.circles)
    telling.register_flags(desk.flags)
    keeping.register(31, retaining.kept)
    jobs.register(service.JOB, every=60, run=service.tell_due)
