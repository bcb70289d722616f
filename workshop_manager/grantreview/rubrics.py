"""The rubric of an edition: versions that follow one another, and scores that are weighed by them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grantreview.rules import MOST_AXES, POINTS, WEIGHTS, Axis, is_complete, kept_keys, weighted
from workshop_manager.grants.models import Application, GrantRubric, GrantSettings, Score
from workshop_manager.grants.rules import OPEN_TO_DECISION
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.service import acting_person, require

USUAL_KEY = "overall"
_USUAL = (
    _l("Not now: others need it far more, or it would change little."),
    _l("Rather not: there are better uses of the money."),
    _l("Perhaps, if money is left."),
    _l("Yes, in part or with conditions."),
    _l("Yes: a clear need, and it would make a difference."),
    _l("By all means: without a grant they cannot come, and they should."),
)


def usual() -> tuple[Axis, ...]:
    """What stands where nobody has written a rubric: one axis from 1 to 6."""
    return (Axis(USUAL_KEY, str(_("All in all")), 1, tuple(str(one) for one in _USUAL)),)


def newest(session: Session, edition_id: int) -> GrantRubric | None:
    """The rubric that counts now; None for the usual one."""
    return session.scalars(
        select(GrantRubric).where(GrantRubric.edition_id == edition_id).order_by(GrantRubric.number.desc()).limit(1)
    ).first()


def how(session: Session, edition_id: int) -> tuple[GrantRubric | None, bool]:
    """The rubric that counts now, and whether readers learn no names (one query)."""
    blind = select(GrantSettings.is_blind).where(GrantSettings.edition_id == edition_id).scalar_subquery()
    row = session.execute(
        select(GrantRubric, blind)
        .select_from(Edition)
        .outerjoin(GrantRubric, GrantRubric.edition_id == Edition.id)
        .where(Edition.id == edition_id)
        .order_by(GrantRubric.number.desc())
        .limit(1)
    ).one()
    return row[0], bool(row[1])


def axes_of(rubric: GrantRubric | None) -> tuple[Axis, ...]:
    """Its axes in order."""
    if rubric is None:
        return usual()
    listed: list[dict[str, Any]] = rubric.content["axes"]
    return tuple(Axis(one["key"], one["name"], one["weight"], tuple(one["anchors"])) for one in listed)


def points_of(score: Score | None, axes: Sequence[Axis]) -> dict[str, int]:
    """What somebody gave on these axes, as far as they still stand."""
    if score is None:
        return {}
    if score.rubric_id is None and len(axes) == 1 and axes[0].key == USUAL_KEY and not score.points:
        return {USUAL_KEY: round(score.score)}  # from before there were axes
    return {axis.key: score.points[axis.key] for axis in axes if axis.key in score.points}


def _check(axes: Sequence[Axis]) -> None:
    if not 1 <= len(axes) <= MOST_AXES:
        raise Conflict(str(_("A rubric has one to %(most)s axes.", most=MOST_AXES)))
    if len({axis.name.casefold() for axis in axes}) < len(axes):
        raise Conflict(str(_("Two axes have the same name.")))
    for axis in axes:
        if not axis.name or axis.weight not in WEIGHTS or axis.top not in POINTS or not all(axis.anchors):
            raise Conflict(str(_("Each axis needs a name, a weight from 1 to 10 and 2 to 10 sentences.")))


def write(uow: UnitOfWork, edition: Edition, axes: Sequence[Axis]) -> tuple[GrantRubric, int]:
    """Judge by this from now on. Scores whose axes all go on are weighed anew; says how many must be given again."""
    require(uow, edition, MAY_FUNDS)
    _check(axes)
    workshops.locked_edition(uow.session, edition.id)
    old = newest(uow.session, edition.id)
    number = (old.number if old else 0) + 1
    named = [Axis(f"r{number}-{place}", a.name, a.weight, a.anchors) for place, a in enumerate(axes)]
    kept = kept_keys(axes_of(old), named)
    row = GrantRubric(
        edition_id=edition.id,
        number=number,
        content={
            "axes": [{"key": a.key, "name": a.name, "weight": a.weight, "anchors": list(a.anchors)} for a in kept]
        },
        made_at=uow.now,
        made_by=acting_person(uow).id,
    )
    uow.session.add(row)
    uow.session.flush()
    again = _weigh_anew(uow, edition, axes_of(old), row, kept)
    record(uow, "grant rubric written", "edition", edition.id, edition_id=edition.id, number=number)
    uow.session.flush()
    return row, again


def _weigh_anew(
    uow: UnitOfWork, edition: Edition, before: Sequence[Axis], rubric: GrantRubric, axes: Sequence[Axis]
) -> int:
    again = 0
    scores = uow.session.scalars(
        select(Score)
        .join(Application, Application.id == Score.application_id)
        .where(Application.edition_id == edition.id, Application.state.in_(OPEN_TO_DECISION))
    )
    for score in scores:
        points = points_of(score, before)
        if is_complete(axes, points):
            score.points, score.rubric_id = points, rubric.id
            score.score = weighted(axes, points)
        else:
            again += 1
    return again


def is_older(score: Score, rubric: GrantRubric | None) -> bool:
    """True if it was given by another rubric than the one that counts."""
    return score.rubric_id != (rubric.id if rubric else None)
