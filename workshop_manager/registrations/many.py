"""Acts of organisers on several registrations at once; each person is told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import emails, groups, hall, queries, rules, service, waitlist
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.rules import Place
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an act would do with one registration; `why_not` is empty where it does it."""

    row: Registration
    why_not: str = ""


def foresee_cancel(uow: UnitOfWork, edition: Edition, rows: Sequence[Registration]) -> list[Foreseen]:
    """Who would be cancelled."""
    sentence = str(_("cancelled already, or the event is over"))
    can = [rules.may_cancel(row.state, edition.ends_at, uow.now) for row in rows]
    return [Foreseen(row, "" if may else sentence) for row, may in zip(rows, can, strict=True)]


def foresee_move(uow: UnitOfWork, edition: Edition, rows: Sequence[Registration], kind_id: int) -> list[Foreseen]:
    """Who would get a seat of that kind instead of theirs, one after the other; nothing is locked."""
    made = hall.look(uow.session, edition.id, uow.now, None)
    if kind_id not in made.kinds:
        raise NotFound
    made.people = {
        group: groups.members(uow.session, edition.id, group) for group in {whom for _key, whom in made.live}
    }
    found = []
    for row in rows:
        why = _why_not_moved(made, row, kind_id)
        if not why:
            made.count(row.person_id, row.place, Place(kind_id))
        found.append(Foreseen(row, why))
    return found


def _why_not_moved(made: Hall, row: Registration, kind_id: int) -> str:
    if row.place.seat is None:
        return str(_("has no seat"))
    if row.place.seat == kind_id:
        return str(_("has a seat of this kind"))
    if not made.has_room(kind_id, row.place, made.groups_of(row.person_id)):
        return str(_("no place is free"))
    return ""


def cancel(uow: UnitOfWork, edition: Edition, ids: Collection[int], reason: str) -> int:
    """Cancel these, with one reason for all; says how many there were."""
    require(uow, edition, MAY_SETTINGS)
    if not reason:
        raise Conflict(str(_("Write why, in a sentence: it stands in the mail they get.")))
    made = waitlist.enter(uow, edition)
    done = 0
    for row in queries.locked_many(uow.session, edition.id, ids):
        if rules.may_cancel(row.state, edition.ends_at, uow.now):
            service.end_row(uow, edition, row, made, row.person, reason=reason)
            done += 1
    waitlist.serve(uow, edition, made)  # only now: nobody is given a seat to lose it a moment later
    return done


def move(uow: UnitOfWork, edition: Edition, ids: Collection[int], kind_id: int) -> int:
    """A seat of that kind for each of these who has another; all of them, or Conflict. Their seats go on."""
    require(uow, edition, MAY_SETTINGS)
    made = waitlist.enter(uow, edition)
    if kind_id not in made.kinds:
        raise NotFound
    moved = []
    for row in queries.locked_many(uow.session, edition.id, ids):
        why = _why_not_moved(made, row, kind_id)
        if why:
            raise Conflict(str(_("Something changed while you looked. Nothing was changed; look again.")))
        before = row.place
        waitlist.move(uow, made, row, before, Place(kind_id))
        row.missed_offers = 0
        row.version += 1
        uow.session.flush()
        record(uow, "moved", "registration", row.id, edition_id=edition.id, seat=kind_id, before=before.seat)
        moved.append(row)
    for row in moved:
        if row.person is not None:
            emails.changed(uow, edition, row, row.person)
    waitlist.serve(uow, edition, made)
    return len(moved)
