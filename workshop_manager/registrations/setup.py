"""Puts registrations on the application: pages, tab, side list, what stands on the edition's page, jobs."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.registrations import (
    cover,
    desk,
    desk_kinds,
    desk_sharing,
    merging,
    service,
    tickets,
    views,
    waitlist,
)
from workshop_manager.web import navigation
from workshop_manager.workshops import panels
from workshop_manager.workshops.rules import MAY_REGISTRATIONS

PAGES = (views, tickets, desk, desk_kinds, desk_sharing)
"""Modules whose views stand on the one blueprint."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    navigation.register_tab(30, lambda: str(_("Register")), "registrations.register")
    navigation.register_desk(
        60,
        lambda: str(_("Registration")),
        "registrations.desk",
        "ticket",
        lambda standing: standing.may(MAY_REGISTRATIONS),
        prefix="registrations.desk",
    )
    panels.register_open(30, cover.open_row)
    panels.register_action(30, cover.main_action)
    jobs.register("pass-seats-on", every=60, run=waitlist.pass_on)
    jobs.register("delete-old-registration-answers", every=6 * 3600, run=service.delete_old_answers)
