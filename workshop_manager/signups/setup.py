"""Puts signing up on the application: pages, its entry of the side list, the ticket, one's own calendar."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.registrations import beside
from workshop_manager.schedule import knowing, personal
from workshop_manager.signups import desk, merging, panels, queries, settling, views
from workshop_manager.signups.rules import MAY_LISTS
from workshop_manager.web import navigation

PAGES = (views, desk)
"""Both hang their pages on the one blueprint when they are imported."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    navigation.register_desk(
        62,
        lambda: str(_("Sign-ups")),
        "signups.desk",
        "list-checks",
        lambda standing: standing.may(MAY_LISTS),
        prefix="signups.",
    )
    beside.register_lines(panels.ticket_lines)
    personal.register_own(panels.own)
    knowing.register_gatherings(queries.gatherings)
    jobs.register("give-ranked-places", every=60, run=settling.allocate_due)
