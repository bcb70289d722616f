"""The chairs' page “what if”: accept the first so many, look at the balance, make it so."""

from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.balance import Balance
from workshop_manager.core.errors import Conflict
from workshop_manager.decisions import queries, simulation
from workshop_manager.decisions.outcomes import outcomes_of
from workshop_manager.decisions.parts import DESK, Part, Share, asked_part, quotas, shares, tabs
from workshop_manager.decisions.simulation import BY_PLACES, MOST, Question
from workshop_manager.decisions.views import blueprint
from workshop_manager.reviews.desk import number_of
from workshop_manager.submissions.states import CareerStage
from workshop_manager.submissions.words import country_name, stage_name
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_DECIDE

LISTED = 100
"""How many of what would be decided stand on the page."""


def _asked(at: Here) -> tuple[Question, Part]:
    """The question in the address; what makes no sense counts as not asked."""
    part = asked_part(at)
    first = number_of(request.args.get("n", ""))
    outcome = request.args.get("as", BY_PLACES)[:40]
    return (
        Question(
            first=min(first, MOST) if first >= 0 else 40,
            part=part.within,
            each_track=request.args.get("per") == "track",
            by_confidence=request.args.get("by") == "sure",
            outcome=outcome or BY_PLACES,
        ),
        part,
    )


@blueprint.get(f"{DESK}/simulation", endpoint="simulation")
@access(team(MAY_DECIDE))
def what_if(community: str, edition: str) -> Response:
    """Accept the first so many: nothing happens, it is only worked out."""
    return _simulation(here())


def _simulation(at: Here, status: int = 200, refused: str = "") -> Response:
    session = unit().session
    asked, part = _asked(at)
    outcomes = outcomes_of(session, at.edition.id)
    counts = queries.pending_counts(session, at.edition.id, at.standing)
    found = simulation.simulate(session, at.edition.id, at.standing, asked, counts)
    names = {named.key: named.name for named in outcomes.rows}
    return page(
        "decisions/simulation.html",
        status,
        at=at,
        tabs=tabs(at, "simulation"),
        asked=asked,
        part=part,
        found=found,
        by_places=BY_PLACES,
        outcomes=[named for named in outcomes.rows if named.accepts],
        quotas=quotas(outcomes, counts, None),
        shares=shares(part.tracks, found.by_track),
        countries=balance_lines(found.countries, "country"),
        stages=balance_lines(found.stages, "stage"),
        given=[(one.work, names.get(one.key, "") if one.key else "") for one in found.given[:LISTED]],
        more=max(0, len(found.given) - LISTED),
        to_decide=sum(one.key is not None for one in found.given),
        without=sum(one.key is None for one in found.given),
        refused=refused,
        query={k: v[:40] for k, v in request.args.items() if k in ("n", "track", "round", "per", "by", "as")},
    )


def balance_lines(found: Balance | None, kind: str) -> list[Share]:
    """A balance for reading: `Ghana, 6 of 12`; without lines where too few people would be told of."""
    if found is None:
        return []
    return [Share(group_name(group.key, kind), group.among, group.all) for group in found.groups]


def group_name(key: str | None, kind: str) -> str:
    """`Ghana`, `Doctoral researcher`, or the words for the rest."""
    if key is None:
        return str(_("Others, and those who did not say"))
    if kind == "country":
        return country_name(key)
    return next((stage_name(stage) for stage in CareerStage if stage.value == key), key)


@blueprint.post(f"{DESK}/simulation")
@access(team(MAY_DECIDE))
def simulation_apply(community: str, edition: str) -> Any:
    """Make pending decisions of it. Nobody is told."""
    at = here()
    asked, _part = _asked(at)
    try:
        number = simulation.make_so(unit(), at.edition, asked, request.form.get("seen", ""))
    except Conflict as refusal:
        return _simulation(at, 422, refusal.sentence)
    saved = ngettext("%(num)s decision saved as pending.", "%(num)s decisions saved as pending.", number)
    tell(f"{saved} {_('Nobody has been told.')}")
    return redirect(at.url("decisions.decisions", show="pending"), 303)
