"""The draft as a job: asked for, worked out by the worker, kept until it is taken or another is asked for.

Where no worker runs it is worked out at once, by whoever asks.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.jobs import WorkerBeat
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.timetabling import gathering, options, solver, taking
from workshop_manager.timetabling.models import SchedulePlan
from workshop_manager.timetabling.options import Options
from workshop_manager.timetabling.problem import Place, Plan, Step
from workshop_manager.timetabling.taking import Taken
from workshop_manager.web.request import platform
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, Room
from workshop_manager.workshops.rules import Standing

JOB = "draft-schedules"
ALIVE = timedelta(minutes=2)
"""A worker that was not seen for as long is taken for none; it is seen every ten seconds."""
MOST_TRIES = 3
log = structlog.get_logger("workshop_manager.timetabling")


def found(session: Session, edition_id: int) -> SchedulePlan | None:
    """What was asked for last, if it was not taken since."""
    return session.get(SchedulePlan, edition_id)


def waits(row: SchedulePlan) -> bool:
    """Whether it is still to be worked out."""
    return row.done_at is None and not row.is_failed


def has_worker(uow: UnitOfWork) -> bool:
    """Whether a worker was seen just now."""
    return (
        uow.session.scalars(select(WorkerBeat).where(WorkerBeat.seen_at > uow.now - ALIVE).limit(1)).first() is not None
    )


def ask(uow: UnitOfWork, edition: Edition, standing: Standing, said: Options) -> SchedulePlan:
    """Have a draft worked out, in place of the one before; nothing of the schedule changes by it.

    Refused (Conflict) where there is nothing to place or no room, and while another is being worked out.
    """
    taking.gathered(uow.session, edition, standing, said)
    workshops.locked_edition(uow.session, edition.id)
    row = found(uow.session, edition.id)
    is_alive = has_worker(uow)
    if row is not None and waits(row) and is_alive:
        raise Conflict(str(_("A draft is being worked out already. Wait until it is there.")))
    number = row.number + 1 if row is not None else 1
    if row is not None:
        uow.session.delete(row)
        uow.session.flush()
    made = SchedulePlan(edition_id=edition.id, number=number, options=options.to_json(said), asked_at=uow.now)
    uow.session.add(made)
    uow.session.flush()
    nudge = current_app.extensions.get("nudge")
    if not is_alive:
        database, clock = platform().database, platform().clock
        uow.after_commit(JOB, lambda: _work_one(database, clock, edition.id, number))
    elif nudge is not None:
        uow.after_commit(f"nudge:{JOB}", lambda: nudge(JOB))
    return made


def work_all(database: Database, clock: Clock) -> None:
    """A job: work out what was asked for. No transaction is open while the solver is at work."""
    with unit_of_work(database, clock) as uow:
        waiting = uow.session.execute(
            select(SchedulePlan.edition_id, SchedulePlan.number)
            .where(SchedulePlan.done_at.is_(None), SchedulePlan.is_failed.is_(False))
            .order_by(SchedulePlan.asked_at)
        ).all()
    for edition_id, number in waiting:
        _work_one(database, clock, edition_id, number)


def _work_one(database: Database, clock: Clock, edition_id: int, number: int) -> None:
    try:
        work_out(database, clock, edition_id, number)
    except Exception as error:  # others get theirs, and whoever asked reads that it failed
        log.error("schedule not drafted", edition=edition_id, exc_info=error)
        with unit_of_work(database, clock) as uow:
            row = _same(uow, edition_id, number)
            if row is not None:
                row.is_failed = True


def work_out(database: Database, clock: Clock, edition_id: int, number: int) -> None:
    """Work out one and keep it, unless another was asked for meanwhile."""
    with unit_of_work(database, clock) as uow:
        row = _same(uow, edition_id, number)
        if row is None:
            return
        row.tries += 1
        if row.tries > MOST_TRIES:
            row.is_failed = True
            return
        said = options.from_json(row.options)
    with unit_of_work(database, clock) as uow:
        from_this = gathering.gather(uow.session, workshops.get_edition(uow.session, edition_id), said)
        problem, digest = from_this.problem, from_this.digest

    def settled(aims: int) -> None:
        with unit_of_work(database, clock) as uow:
            row = _same(uow, edition_id, number)
            if row is not None:
                row.aims = aims

    plan = solver.solve(problem, settled=settled)
    with unit_of_work(database, clock) as uow:
        row = _same(uow, edition_id, number)
        if row is not None:
            row.digest, row.done_at = digest, uow.now
            row.places = {key: [place.stretch, place.start] for key, place in plan.places.items()}
            row.steps = [[step.name, step.value, step.gap] for step in plan.steps]


def _same(uow: UnitOfWork, edition_id: int, number: int) -> SchedulePlan | None:
    row = uow.session.get(SchedulePlan, edition_id, with_for_update=True)
    return row if row is not None and row.number == number and waits(row) else None


def plan_of(row: SchedulePlan) -> Plan:
    """What was worked out."""
    places = {key: Place(stretch, start) for key, (stretch, start) in row.places.items()}
    return Plan(places, tuple(Step(name, value, gap) for name, value, gap in row.steps))


def look(session: Session, edition: Edition, row: SchedulePlan, rooms: Sequence[Room]) -> Taken | None:
    """What was worked out, in words of the present draft; None if that has changed since."""
    now = gathering.gather(session, edition, options.from_json(row.options), rooms)
    return taking.told(now, plan_of(row), edition.time_zone) if now.digest == row.digest else None


def take(uow: UnitOfWork, edition: Edition, standing: Standing, seen: str) -> Taken:
    """Write what was worked out into the draft; refused (Conflict) if that, or the draft, is another than was seen."""
    row = found(uow.session, edition.id)
    if row is None or row.done_at is None:
        raise NotFound
    if row.digest != seen:
        raise Conflict(taking.changed())
    taken = taking.write(uow, edition, standing, options.from_json(row.options), plan_of(row), seen)
    uow.session.delete(row)
    return taken
