"""Puts decisions on the application: pages, the entry of the side list, the authors' panel."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.decisions import panels, views
from workshop_manager.submissions import history
from workshop_manager.submissions import panels as submission_panels
from workshop_manager.submissions.states import Outcome
from workshop_manager.submissions.words import outcome_name
from workshop_manager.web import navigation
from workshop_manager.workshops.rules import MAY_DECIDE


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    app.register_blueprint(views.blueprint)
    submission_panels.register_detail_panel(20, panels.answer_panel)
    navigation.register_desk(
        50, lambda: str(_("Decisions")), "decisions.decisions", "flag", lambda s: s.may(MAY_DECIDE)
    )
    history.say("decided", _decided, MAY_DECIDE)
    history.say("released", lambda act: str(_("Decision released: %(outcome)s", outcome=_outcome(act))))
    history.say("confirmed", lambda act: str(_("Confirmed by its authors")))
    history.say("declined", lambda act: str(_("Place given back by its authors")))


def _outcome(act: history.Act) -> str:
    return next((outcome_name(one) for one in Outcome if one.value == act.details.get("outcome")), "")


def _decided(act: history.Act) -> str:
    outcome = _outcome(act)
    return str(_("Pending decision: %(outcome)s", outcome=outcome) if outcome else _("Pending decision taken back"))
