"""Verbs of the door: letting in, taking back, handing out. Each ticket is looked at under its registration's lock."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.door import queries, rules
from workshop_manager.door.models import Arrival, Handout, HandoutItem, Scan
from workshop_manager.door.rules import MAY_DOOR, MAY_ITEMS, Shown
from workshop_manager.door.states import Doors, Verdict
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.models import Registration
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import acting_person, require

MOST_ITEMS = 20

log = structlog.get_logger("workshop_manager.security")


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket held up: a code, or the registration found by name; `key` names the scan, `at` when it happened."""

    key: str
    at: datetime
    code: str | None = None
    registration_id: int | None = None
    device: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What the door says. `is_kept` is False before the day, when everything is only tried."""

    verdict: Verdict
    at: datetime
    registration: Registration | None = None
    arrival: Arrival | None = None
    elsewhere: str = ""
    is_kept: bool = True


def new_key() -> str:
    """A key for a ticket that was not scanned by a device."""
    return secrets.token_urlsafe(18)


def check_in(uow: UnitOfWork, edition: Edition, held: Held) -> Said:
    """Let somebody in, or say why not. The same key again gets the same answer and changes nothing."""
    require(uow, edition, MAY_DOOR)
    require_on(edition)
    if (known := queries.scan(uow.session, edition.id, held.key)) is not None:
        return said_before(known)
    row, elsewhere = _ticket(uow, edition, held)
    if row is not None and (known := queries.scan(uow.session, edition.id, held.key)) is not None:
        return said_before(known)  # it came twice at once, and waited for the lock
    mine = row if row is not None and row.edition_id == edition.id else None
    day = rules.day_of(held.at, edition.time_zone)
    arrival = queries.arrival_on(uow.session, mine.id, day) if mine is not None else None
    said = rules.verdict(_shown(row, arrival, is_here=mine is not None), held.at, held.device)
    if rules.doors(edition.starts_at, edition.ends_at, held.at) is not Doors.OPEN:
        return Said(said, held.at, mine, arrival, elsewhere, is_kept=False)
    if said is Verdict.IN and mine is not None:
        arrival = _arrive(uow, edition, mine, held)
    if said in (Verdict.TWICE, Verdict.ELSEWHERE):
        log.warning("ticket refused", verdict=said.value, edition=edition.id, registration=mine.id if mine else None)
    return _note(uow, edition, held, Said(said, held.at, mine, arrival, elsewhere))


def _ticket(uow: UnitOfWork, edition: Edition, held: Held) -> tuple[Registration | None, str]:
    """The registration, locked, and the name of its edition if it is another one that everybody may know of."""
    if held.registration_id is not None:
        return registrations.find(uow.session, edition.id, held.registration_id, lock=True), ""
    found = queries.by_code(uow.session, held.code, lock=True) if held.code else None
    if found is None:
        return None, ""
    is_told = found.is_public and found.registration.edition_id != edition.id
    return found.registration, found.edition_name if is_told else ""


def _shown(row: Registration | None, arrival: Arrival | None, *, is_here: bool) -> Shown | None:
    if row is None:
        return None
    in_at, device = (arrival.at, arrival.device) if arrival is not None else (None, "")
    return Shown(is_here, row.state, row.kind.mode, in_at, device)


def _arrive(uow: UnitOfWork, edition: Edition, row: Registration, held: Held) -> Arrival:
    person = acting_person(uow)
    arrival = Arrival(
        edition_id=edition.id,
        registration_id=row.id,
        day=rules.day_of(held.at, edition.time_zone),
        at=held.at,
        device=held.device,
        by_id=person.id,
    )
    arrival.by = person
    uow.session.add(arrival)
    uow.session.flush()
    record(uow, "arrived", "registration", row.id, edition_id=edition.id)
    return arrival


def _note(uow: UnitOfWork, edition: Edition, held: Held, said: Said) -> Said:
    scan = Scan(
        edition_id=edition.id,
        key=held.key,
        registration_id=said.registration.id if said.registration else None,
        arrival_id=said.arrival.id if said.arrival else None,
        verdict=said.verdict,
        elsewhere=said.elsewhere,
        at=held.at,
        received_at=uow.now,
        device=held.device,
        by_id=acting_person(uow).id,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(scan)
    except IntegrityError:
        # A code of nobody's came twice at once: no row of a registration made the second wait.
        known = queries.scan(uow.session, edition.id, held.key)
        if known is None:
            raise
        return said_before(known)
    return said


def said_before(scan: Scan) -> Said:
    """What was said to that scan."""
    return Said(scan.verdict, scan.at, scan.registration, scan.arrival, scan.elsewhere)


def take_back(uow: UnitOfWork, edition: Edition, arrival_id: int) -> Registration:
    """It was a mistake: they are not in. The scans stay, with what was said to them."""
    require(uow, edition, MAY_DOOR)
    arrival = queries.arrival(uow.session, edition.id, arrival_id, lock=True)
    if arrival is None:
        raise NotFound
    row = arrival.registration
    record(uow, "arrival undone", "registration", row.id, edition_id=edition.id, day=arrival.day.isoformat())
    uow.session.delete(arrival)
    uow.session.flush()
    return row


# -- what is handed out ---------------------------------------------------------------------------------------------


def add_item(uow: UnitOfWork, edition: Edition, name: str) -> HandoutItem:
    """From now on this is handed out, once to each."""
    require(uow, edition, MAY_ITEMS)
    there = queries.items(uow.session, edition.id)
    if len(there) >= MOST_ITEMS:
        raise Conflict(str(_("There are %(most)s things already; remove one first.", most=MOST_ITEMS)))
    if any(one.name.casefold() == name.casefold() for one in there):
        raise Conflict(str(_("“%(name)s” stands on the list already.", name=isolated(name))))
    item = HandoutItem(edition_id=edition.id, name=name, position=max((one.position for one in there), default=0) + 1)
    uow.session.add(item)
    uow.session.flush()
    record(uow, "item added", "handout", item.id, edition_id=edition.id, name=name)
    return item


def remove_item(uow: UnitOfWork, edition: Edition, item_id: int) -> str:
    """It is not handed out any more; who got it is forgotten with it."""
    require(uow, edition, MAY_ITEMS)
    item = queries.item(uow.session, edition.id, item_id)
    if item is None:
        raise NotFound
    given = queries.handed_counts(uow.session, edition.id).get(item.id, 0)
    record(uow, "item removed", "handout", item.id, edition_id=edition.id, name=item.name, given=given)
    name = item.name
    uow.session.delete(item)
    uow.session.flush()
    return name


def _item_for(
    uow: UnitOfWork, edition: Edition, registration_id: int, item_id: int
) -> tuple[Registration, HandoutItem]:
    require(uow, edition, MAY_DOOR)
    row = registrations.find(uow.session, edition.id, registration_id, lock=True)
    item = queries.item(uow.session, edition.id, item_id)
    if row is None or item is None:
        raise NotFound
    return row, item


def hand_out(uow: UnitOfWork, edition: Edition, registration_id: int, item_id: int) -> HandoutItem:
    """They get it; a second time it is refused, with when they got the first."""
    row, item = _item_for(uow, edition, registration_id, item_id)
    if item.id in queries.handed_to(uow.session, row.id):
        raise Conflict(str(_("%(name)s has got this already.", name=isolated(row.badge_name))))
    uow.session.add(Handout(item_id=item.id, registration_id=row.id, at=uow.now, by_id=acting_person(uow).id))
    uow.session.flush()
    record(uow, "handed out", "registration", row.id, edition_id=edition.id, item=item.name)
    return item


def hand_back(uow: UnitOfWork, edition: Edition, registration_id: int, item_id: int) -> HandoutItem:
    """They did not get it after all."""
    row, item = _item_for(uow, edition, registration_id, item_id)
    given = queries.handed_to(uow.session, row.id).get(item.id)
    if given is None:
        raise Conflict(str(_("%(name)s has not got this.", name=isolated(row.badge_name))))
    uow.session.delete(given)
    uow.session.flush()
    record(uow, "handed back", "registration", row.id, edition_id=edition.id, item=item.name)
    return item
