"""Puts this package on the application: pages, links on the ticket, the job that returns what nobody claimed."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.handover import many_views, merging, service, views
from workshop_manager.registrations import links
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_SETTINGS, Standing

PAGES = (views, many_views)
"""Modules whose views stand on the one blueprint."""


def _may_settings(standing: Standing) -> bool:
    return standing.may(MAY_SETTINGS)


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    links.register(40, views.guests_link)
    links.register(50, views.transfer_link)
    navigation.register_part(
        "registration", 15, lambda: str(_("Many at once")), "handover.many_page", allowed=_may_settings
    )
    jobs.register("return-unclaimed-seats", every=300, run=service.return_unclaimed)
