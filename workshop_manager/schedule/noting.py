"""An edition as one event in the calendar of somebody who takes part."""

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import Mode, State
from workshop_manager.schedule import calendar, drafting
from workshop_manager.schedule.programme import Item, Kind, Programme
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import cover
from workshop_manager.workshops.models import Edition


def event_note(uow: UnitOfWork, edition: Edition, row: Registration) -> bytes:
    """When, where, and the page on which sessions open: never a link to join itself. Ends when the seat does."""
    start, end = cover.next_time(edition, uow.now)
    in_room = row.kind.mode is Mode.IN_PERSON
    where = ", ".join(part for part in (edition.venue, edition.city) if part) if in_room else ""
    item = Item(
        f"edition-{edition.id}",
        Kind.OTHER,
        edition.name,
        start,
        end,
        room=where or None,
        cancelled=row.state is not State.REGISTERED or edition.is_cancelled,
        sequence=row.version + edition.cancel_revision,
        changed_at=uow.now,
    )
    programme = Programme(drafting.uid_domain(), edition.name, edition.time_zone, (item,))
    page = absolute("schedule.join", **edition.slugs)
    return calendar.feed(
        programme,
        name=edition.name,
        url=absolute("registrations.ticket", **edition.slugs),
        colour=edition.accent_colour,
        join=lambda _item: page,
    )
