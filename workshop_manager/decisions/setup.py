"""Puts decisions on the application: pages, entries of the side list, the authors' panel, the reminders."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.decisions import (
    merging,
    outcome_views,
    panels,
    place_views,
    recommending_views,
    reminding,
    rules,
    simulation_views,
    statistics_views,
    views,
)
from workshop_manager.submissions import history
from workshop_manager.submissions import panels as submission_panels
from workshop_manager.submissions.states import Outcome
from workshop_manager.submissions.words import outcome_name
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_DECIDE

PAGES = (views, outcome_views, place_views, recommending_views, simulation_views, statistics_views)
"""Importing these modules puts their pages on the one blueprint of this package."""


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    submission_panels.register_detail_panel(20, panels.answer_panel)
    navigation.register_desk(
        50,
        lambda: str(_("Decisions")),
        "decisions.decisions",
        "flag",
        lambda s: s.may(MAY_DECIDE),
        prefix="decisions.",
    )
    navigation.register_desk(
        51,
        lambda: str(_("Recommendations")),
        "decisions.recommendations",
        "flag",
        lambda s: s.may(rules.MAY_RECOMMEND) and not s.may(MAY_DECIDE),
        prefix="decisions.",
    )
    jobs.register(reminding.JOB, every=reminding.EVERY, run=reminding.remind_due)
    history.say("decided", _decided, MAY_DECIDE)
    history.say("released", lambda act: str(_("Decision released: %(outcome)s", outcome=_outcome(act))))
    history.say("recommended", _recommended)
    history.say("opened again", lambda act: str(_("Opened for a second decision")), MAY_DECIDE)
    history.say("place passed on", lambda act: str(_("Got the place of #%(number)s", number=act.details["place_of"])))
    history.say("place left empty", lambda act: str(_("Its place is left empty")))
    history.say("reminded to confirm", lambda act: str(_("Reminded to confirm")))
    history.say("confirmed", lambda act: str(_("Confirmed by its authors")))
    history.say("declined", lambda act: str(_("Place given back by its authors")))


def _outcome(act: history.Act) -> str:
    if act.details.get("named"):
        return str(act.details["named"])
    return next((outcome_name(one) for one in Outcome if one.value == act.details.get("outcome")), "")


def _decided(act: history.Act) -> str:
    outcome = _outcome(act)
    return str(_("Pending decision: %(outcome)s", outcome=outcome) if outcome else _("Pending decision taken back"))


def _recommended(act: history.Act) -> str:
    outcome = _outcome(act)
    return str(_("Recommended: %(outcome)s", outcome=outcome) if outcome else _("Recommendation taken back"))
