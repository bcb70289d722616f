"""Puts reading of grant applications on the application: pages, parts of the desk, panels, the job."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.grantreview import desk, merging, organise, own, panels, talking
from workshop_manager.grants import panels as grant_panels
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_FUNDS

JOB = "nag-grant-offers"
_PAGES = (desk, organise, own)
"""All hang their pages on the one blueprint when they are imported."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(desk.blueprint)
    accounts_merging.register(merging.PART)
    grant_panels.register_desk_panel(10, panels.desk_panel)
    grant_panels.register_own_panel(10, panels.own_panel)
    add = navigation.register_part
    add("grants", 20, lambda: str(_("To read")), "grantreview.desk_mine")
    add("grants", 30, lambda: str(_("Ranking")), "grantreview.desk_ranking")
    add("grants", 25, lambda: str(_("Open questions")), "grantreview.desk_open")
    organisers = lambda standing: standing.may(MAY_FUNDS)  # noqa: E731
    readers = ("grantreview.desk_readers", "grantreview.desk_rem")
    add("grants", navigation.SET_UP, lambda: str(_("Readers")), *readers, allowed=organisers)
    add("grants", navigation.SET_UP + 1, lambda: str(_("Rubric")), "grantreview.desk_rubric", allowed=organisers)
    jobs.register(JOB, every=600, run=talking.nag_offers)
