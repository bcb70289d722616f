"""What organisers say about conflicts: which stand for a reason, and which hours nothing may cover."""

from datetime import datetime

from flask_babel import gettext as _

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.clashes import Conflict as Fault
from workshop_manager.schedule.drafting import Working
from workshop_manager.schedule.models import ProtectedTime, SettledConflict
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.events import RoomChanged
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing

MOST_PROTECTED = 100


def find(working: Working, code: str, subject: str) -> Fault | None:
    """The open conflict of that name."""
    return next((each for each in working.conflicts if (each.code, each.subject) == (code, subject)), None)


def settle(
    uow: UnitOfWork, edition: Edition, standing: Standing, code: str, subject: str, *, seen: str, reason: str
) -> SettledConflict:
    """Leave a conflict as it is, with the reason. `seen` is the digest of what was looked at.

    Raises Conflict if it is gone, or about something else by now.
    """
    edition = service.locked(uow, edition, standing)
    working = drafting.working(uow.session, edition)
    fault = find(working, code, subject)
    if fault is None:
        raise Conflict(str(_("This is not in the draft any more: somebody mended it, or left it before you.")))
    digest = fault.digest(working.programme)
    if digest != seen:
        raise Conflict(str(_("The draft has changed since you looked at it. Look at it again.")))
    row = queries.settled_conflict(uow.session, edition.id, code, subject)
    if row is None:
        row = SettledConflict(edition_id=edition.id, code=code, subject=subject)
        uow.session.add(row)
    row.digest, row.reason = digest, reason
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
    uow: UnitOfWork, edition: Edition, standing: Standing, label: str, start: datetime, end: datetime
) -> ProtectedTime:
    """Name a stretch of time that nothing may cover but breaks, meals and prayer."""
    edition = service.locked(uow, edition, standing)
    there = queries.protected_times(uow.session, edition.id)
    if len(there) >= MOST_PROTECTED:
        raise Conflict(str(_("At most %(most)s times are protected.", most=MOST_PROTECTED)))
    for each in there:
        if (each.label, each.starts_at, each.ends_at) == (label, start, end):
            return each
    row = ProtectedTime(edition_id=edition.id, label=label, starts_at=start, ends_at=end)
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "protected", "time", row.id, edition_id=edition.id)
    drafting.refresh(uow, edition)
    return row


def unprotect(uow: UnitOfWork, edition: Edition, standing: Standing, protected_id: int) -> None:
    """Let that time be used again."""
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
