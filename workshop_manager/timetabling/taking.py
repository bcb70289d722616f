"""Taking a plan into the draft: one act, under the edition's lock, or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, Forbidden
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.content import ItemContent, Named
from workshop_manager.schedule.editing.placing import KINDS
from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.submissions.states import Outcome
from workshop_manager.timetabling import gathering, solver
from workshop_manager.timetabling.gathering import Gathered, Wanted
from workshop_manager.timetabling.options import Options
from workshop_manager.timetabling.problem import Place, Plan, Span, Work
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE, Standing


@dataclass(frozen=True, slots=True)
class Placed:
    """One talk of a plan, for a report. `start` is UTC; `was` when it stood before, if anywhere."""

    number: int
    title: str
    start: datetime
    minutes: int
    where: str
    was: datetime | None
    is_in_session: bool
    asleep_in: tuple[str, ...]
    """Zones of those who give it from afar where they would be asleep."""
    is_impossible: bool = False
    """Somebody who gives it said that they cannot come then."""
    is_unwanted: bool = False
    """Somebody who gives it said that they would rather not."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it: talks in the order of their start, those without room, what it was made from."""

    placed: tuple[Placed, ...]
    unplaced: tuple[tuple[int, str], ...]
    """Number and title."""
    spread: tuple[tuple[str, int, int], ...]
    """Topics in more sessions than could hold them: the topic, in how many, and how many could."""
    plan: Plan
    digest: str
    zone: str


def changed() -> str:
    """Why something looked at earlier is not taken."""
    return str(_("The draft, or what you ask for, has changed since you looked at it. Look at it again."))


def gathered(session: Session, edition: Edition, standing: Standing, options: Options) -> Gathered:
    """What is to be placed and where; refused where nobody may, or nothing can, be placed."""
    if not standing.may(MAY_SCHEDULE):
        raise Forbidden(str(_("Only organisers and chairs of this edition change its schedule.")))
    found = gathering.gather(session, edition, options)
    if not found.problem.works:
        raise Conflict(str(_("Every accepted talk has its place already.")))
    if not found.problem.stretches:
        raise Conflict(str(_("There is no free time for talks: add sessions or rooms, or make the event longer.")))
    return found


def draft(uow: UnitOfWork, edition: Edition, standing: Standing, options: Options, *, seen: str = "") -> Taken:
    """Give every accepted talk without a place the best one there is, and write it into the draft.

    What stands already stays, unless `options.moves`; then as little as possible moves. Refused (Conflict) if there is
    nothing to place, no room for anything, or if `seen` names another draft than the present one: the same draft gives
    the same plan, so what was looked at is what is taken.
    """
    found = gathered(uow.session, edition, standing, options)
    # The solver runs before anybody has to wait for it: only what the plan was made from may not change until then.
    plan = solver.solve(found.problem)
    return write(uow, edition, standing, options, plan, seen or found.digest)


def write(uow: UnitOfWork, edition: Edition, standing: Standing, options: Options, plan: Plan, seen: str) -> Taken:
    """Write a plan that was made from what `seen` names into the draft; refused (Conflict) if that is another now."""
    edition = service.locked(uow, edition, standing)
    found = gathering.gather(uow.session, edition, options)
    if found.digest != seen:
        raise Conflict(changed())
    taken = told(found, plan, edition.time_zone)
    _write(uow, edition, found, plan)
    audit.record(
        uow, "drafted", "schedule", None, edition_id=edition.id, items=len(taken.placed), without=len(taken.unplaced)
    )
    drafting.refresh(uow, edition)
    return taken


def _in_order(plan: Plan) -> list[tuple[str, Place]]:
    return sorted(plan.places.items(), key=lambda pair: (pair[1].start, int(pair[0])))


def told(found: Gathered, plan: Plan, zone: str) -> Taken:
    """What a plan says of the talks it places, and of those it does not."""
    rows = {row.item.uid: row.item for row in found.working.rows}
    stretches = {each.key: each for each in found.problem.stretches}
    works = {work.key: work for work in found.problem.works}
    placed = []
    for key, place in _in_order(plan):
        wanted, stretch, work = found.wanted[key], stretches[place.stretch], works[key]
        item = rows.get(wanted.uid or "")
        span = Span(place.start, place.start + work.minutes)
        placed.append(
            Placed(
                number=wanted.submission.number,
                title=wanted.submission.title,
                start=found.problem.origin + timedelta(minutes=place.start),
                minutes=work.minutes,
                where=rows[stretch.session].title if stretch.session else stretch.room,
                was=item.starts_at if item is not None else None,
                is_in_session=stretch.session is not None,
                asleep_in=wanted.zones if _hits(span, work.asleep) else (),
                is_impossible=_hits(span, work.cannot),
                is_unwanted=_hits(span, work.rather_not),
            )
        )
    left = tuple(
        (wanted.submission.number, wanted.submission.title)
        for key, wanted in found.wanted.items()
        if key not in plan.places
    )
    return Taken(tuple(placed), left, _spread(found, plan), plan, found.digest, zone)


def _hits(span: Span, bad: Iterable[Span]) -> bool:
    return any(span.start < each.end and each.start < span.end for each in bad)


def _spread(found: Gathered, plan: Plan) -> tuple[tuple[str, int, int], ...]:
    topics: dict[str, list[Work]] = {}
    for work in found.problem.works:
        if work.topic and work.key in plan.places:
            topics.setdefault(work.topic, []).append(work)
    told = []
    for topic, works in sorted(topics.items()):
        used = len({plan.places[work.key].stretch for work in works})
        least = solver.least(works, found.problem)
        if used > least:
            told.append((topic, used, least))
    return tuple(told)


def _write(uow: UnitOfWork, edition: Edition, found: Gathered, plan: Plan) -> None:
    position = queries.last_position(uow.session, edition.id) + 1
    rows = {row.item.uid: row.item for row in found.working.rows}
    stretches = {each.key: each for each in found.problem.stretches}
    works = {work.key: work for work in found.problem.works}
    service.leave_room(uow, edition, sum(found.wanted[key].uid is None for key in plan.places))
    for key, place in _in_order(plan):
        wanted, stretch = found.wanted[key], stretches[place.stretch]
        item = rows.get(wanted.uid or "")
        if item is not None and works[key].before == place:
            continue
        start = found.problem.origin + timedelta(minutes=place.start)
        content = _content(wanted, item, start, start + timedelta(minutes=works[key].minutes))
        parent = rows[stretch.session] if stretch.session else None
        content = replace(
            content, parent_id=parent.id if parent else None, room=None if parent else stretch.room or None
        )
        if item is None:
            service.write(uow, edition, service.new_item(edition, position), content)
            position += 1
        else:
            service.write(uow, edition, item, content)


def _content(wanted: Wanted, item: ScheduleItem | None, start: datetime, end: datetime) -> ItemContent:
    work = wanted.submission
    if item is None:
        return ItemContent(
            KINDS[work.outcome or Outcome.ORAL], "", start, end, submission_id=work.id, remote=wanted.is_far,
            track=work.track.name if work.track else None,
        )  # fmt: skip
    speakers, chairs = (
        tuple(Named(who.name, who.affiliation) for who in people) for people in (item.speakers, item.chairs)
    )
    return ItemContent(
        item.kind, item.title, start, end, item.abstract, label=item.label, speakers=speakers, chairs=chairs,
        submission_id=item.submission_id, track=item.track, recording=item.recording, remote=item.remote,
    )  # fmt: skip
