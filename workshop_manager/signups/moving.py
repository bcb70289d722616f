"""Parts that move: whom it concerns is told, and told what stands in their way by then."""

from collections.abc import Mapping

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule.events import ScheduleReleased
from workshop_manager.signups import days, emails, queries, rules, service
from workshop_manager.signups.models import SignupBlock, SignupPart
from workshop_manager.signups.rules import Span
from workshop_manager.signups.service import Desk
from workshop_manager.workshops import queries as workshops

Spans = Mapping[int, Span | None]


def spans(desk: Desk, found: days.Days | None = None) -> dict[int, Span | None]:
    """When each part is, as the desk knows it or (on an earlier schedule) was told."""
    return {part.id: (found or desk.days).span(part) for part in desk.parts.values()}


def on_schedule_released(uow: UnitOfWork, event: ScheduleReleased) -> None:
    """Sessions that are parts may have moved; places that no longer clash with anything are given on."""
    edition = workshops.get_edition(uow.session, event.edition_id)
    if event.before is None or not queries.has_blocks(uow.session, edition.id):
        return
    desk = service.enter(uow, edition)
    tell_moved(uow, desk, spans(desk, days.read(event.before)))
    service.serve(uow, desk)


def tell_moved(uow: UnitOfWork, desk: Desk, before: Spans) -> None:
    """Write to those who have a place in what moved, and to those who wait for it or ranked it and no longer can."""
    for part in desk.parts.values():
        was, now = before.get(part.id), desk.days.span(part)
        has_moved = now is not None and (was is None or (was.start, was.end) != (now.start, now.end))
        if has_moved and now is not None and now.start > uow.now and not desk.edition.is_cancelled:
            _tell_moved(uow, desk, desk.block_of(part), part, now)
    uow.session.flush()


def _tell_moved(uow: UnitOfWork, desk: Desk, block: SignupBlock, part: SignupPart, now: Span) -> None:
    held = {one.person_id for one in queries.seated(uow.session, desk.edition.id, block.id, part_id=part.id)}
    hoping = queries.wanting(uow.session, part.id)
    elsewhere = queries.held_elsewhere(uow.session, desk.edition.id, block.id)
    for person in queries.people(uow.session, held | hoping).values():
        other = rules.clash(now, desk.days.busy(person.id, elsewhere.get(person.id, ())))
        if person.id in held or other is not None:
            title = other.title if other is not None else ""
            emails.moved(uow, desk.edition, desk.days, block, part, person, title, has_place=person.id in held)
