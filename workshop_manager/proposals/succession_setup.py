"""Puts the passing on of returned money on the application: its page, the part of the desk, the job."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.core import jobs
from workshop_manager.proposals import succession, succession_views
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_FUNDS

JOB = "pass-on-returned-grants"


def init_app(app: Flask) -> None:
    """Register the page and the job."""
    app.register_blueprint(succession_views.blueprint)
    navigation.register_part(
        "grants",
        60,
        lambda: str(_("Returned money")),
        "succession.desk_returned",
        allowed=lambda standing: standing.may(MAY_FUNDS),
    )
    jobs.register(JOB, every=30, run=succession.pass_on_returned)
