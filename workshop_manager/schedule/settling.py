"""What organisers say about conflicts: which stand for a reason, and which hours nothing may cover."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.clashes import Conflict as Fault
from workshop_manager.schedule.drafting import Working
from workshop_manager.schedule.models import ProtectedTime, SettledConflict
from workshop_manager.schedule.states import KeptFor
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.events import RoomChanged
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing

MOST_PROTECTED = 100


@dataclass(frozen=True, slots=True)
class Name:
    """By which a conflict is found again: its code, its items, and what it is about."""

    code: str
    subject: str
    about: str


def name_of(fault: Fault) -> Name:
    """The name of a conflict or gap."""
    return Name(fault.code, fault.subject, fault.about)


def find(working: Working, name: Name) -> Fault | None:
    """The open conflict, or gap, of that name."""
    return next((each for each in (*working.conflicts, *working.gaps) if name_of(each) == name), None)


def settle(
    uow: UnitOfWork, edition: Edition, standing: Standing, name: Name, *, seen: str, reason: str
) -> SettledConflict:
    """Leave a conflict as it is, with the reason. `seen` is the digest of what was looked at.

    What is counted, such as people too many for a room, may grow by its `slack` before it comes back.

    Raises Conflict if it is gone, or about something else by now.
    """
    edition = service.locked(uow, edition, standing)
    working = drafting.working(uow.session, edition)
    fault = find(working, name)
    if fault is None:
        raise Conflict(str(_("This is not in the draft any more: somebody mended it, or left it before you.")))
    digest = fault.digest(working.programme)
    if digest != seen:
        raise Conflict(str(_("The draft has changed since you looked at it. Look at it again.")))
    row = queries.settled_conflict(uow.session, edition.id, name.code, name.subject, name.about)
    if row is None:
        row = SettledConflict(edition_id=edition.id, code=name.code, subject=name.subject, about=name.about)
        uow.session.add(row)
    row.digest, row.degree, row.reason = digest, fault.degree, reason
    row.person_id, row.settled_at = uow.actor.id if uow.actor else None, uow.now
    uow.session.flush()
    audit.record(uow, "left", "schedule conflict", row.id, edition_id=edition.id)
    drafting.refresh(uow, edition)
    return row


def unsettle(uow: UnitOfWork, edition: Edition, standing: Standing, settled_id: int) -> None:
    """Take back that a conflict was left as it is."""
    edition = service.locked(uow, edition, standing)
    row = uow.session.get(SettledConflict, settled_id)
    if row is None or row.edition_id != edition.id:
        raise NotFound
    uow.session.delete(row)
    audit.record(uow, "taken up again", "schedule conflict", settled_id, edition_id=edition.id)
    drafting.refresh(uow, edition)


def protect(
    uow: UnitOfWork,
    edition: Edition,
    standing: Standing,
    label: str,
    start: datetime,
    end: datetime,
    kind: KeptFor = KeptFor.OTHER,
) -> ProtectedTime:
    """Name a stretch of time that nothing may cover but breaks, meals and prayer."""
    edition = service.locked(uow, edition, standing)
    there = queries.protected_times(uow.session, edition.id)
    if len(there) >= MOST_PROTECTED:
        raise Conflict(str(_("At most %(most)s times are protected.", most=MOST_PROTECTED)))
    for each in there:
        if (each.kind, each.label, each.starts_at, each.ends_at) == (kind, label, start, end):
            return each
    row = ProtectedTime(edition_id=edition.id, kind=kind, label=label, starts_at=start, ends_at=end)
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "protected", "time", row.id, edition_id=edition.id)
    drafting.refresh(uow, edition)
    return row


def unprotect(uow: UnitOfWork, edition: Edition, standing: Standing, protected_id: int) -> None:
    """Remove a time that was kept free: whatever stands in it is no conflict any more."""
    edition = service.locked(uow, edition, standing)
    row = uow.session.get(ProtectedTime, protected_id)
    if row is None or row.edition_id != edition.id:
        raise NotFound
    uow.session.delete(row)
    audit.record(uow, "unprotected", "time", protected_id, edition_id=edition.id)
    drafting.refresh(uow, edition)


def on_room_changed(uow: UnitOfWork, event: RoomChanged) -> None:
    """A room holds another number, or is called otherwise: the draft says at once what follows."""
    drafting.refresh(uow, workshops.get_edition(uow.session, event.edition_id))
