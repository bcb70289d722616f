"""Puts this package on the application: pages, links on the ticket, the job that returns what nobody claimed."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.handover import many_views, merging, service, views, visitor_views
from workshop_manager.registrations import links, ways_in
from workshop_manager.workshops import cancelling

PAGES = (views, many_views, visitor_views)
"""Modules whose views stand on the one blueprint."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    cancelling.register_circle(15, lambda: str(_("Asked by mail to take a seat")), service.asked_people)
    links.register(40, views.guests_link)
    links.register(50, views.transfer_link)
    ways_in.register(visitor_views.way_in)
    jobs.register("return-unclaimed-seats", every=300, run=service.return_unclaimed)
