"""Verbs of organisers about seats that several kinds share, and seats that are kept for a group until a date."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError

from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import hall, queries, waitlist
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Key, QuotaKind, SeatQuota, SeatReserve
from workshop_manager.registrations.states import Group
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import Stale, Taken, require


@dataclass(frozen=True, slots=True)
class QuotaContent:
    """Seats that these kinds share."""

    name: str
    capacity: int
    kind_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class ReserveContent:
    """Seats of one kind, or of one quota, that are kept for a group until then."""

    pool: Key
    whom: Group
    seats: int
    until: Deadline


def _enter(uow: UnitOfWork, edition: Edition) -> Hall:
    require(uow, edition, MAY_SETTINGS)
    return waitlist.enter(uow, edition)


def _again(uow: UnitOfWork, edition: Edition) -> None:
    """Count anew with what was just saved, and hand on what came free by it."""
    uow.session.flush()
    waitlist.serve(uow, edition, hall.enter(uow.session, edition.id, uow.now))


def add_quota(uow: UnitOfWork, edition: Edition, content: QuotaContent) -> SeatQuota:
    """A new quota over some kinds. Raises Taken for a name that another has, or if more seats are taken already."""
    made = _enter(uow, edition)
    row = SeatQuota(edition_id=edition.id, taken=0, held_back=0, version=0, members=[])
    _write(uow, made, row, content)
    record(uow, "added", "seat_quota", row.id, edition_id=edition.id, capacity=row.capacity)
    _again(uow, edition)
    return row


def edit_quota(uow: UnitOfWork, edition: Edition, quota_id: int, content: QuotaContent, *, version: int) -> SeatQuota:
    """Change a quota; what comes free goes to those who wait. Raises Taken, or Stale if somebody saved since."""
    made = _enter(uow, edition)
    row = made.quotas.get(quota_id)
    if row is None:
        raise NotFound
    if version != row.version:
        raise Stale(str(_("Somebody else saved this while you had it open. Nothing of yours is saved yet.")))
    _write(uow, made, row, content)
    record(uow, "edited", "seat_quota", row.id, edition_id=edition.id, capacity=row.capacity)
    _again(uow, edition)
    return row


def _write(uow: UnitOfWork, made: Hall, row: SeatQuota, content: QuotaContent) -> None:
    if not content.kind_ids <= made.kinds.keys():
        raise NotFound
    places = queries.occupants(uow.session, row.edition_id)
    taken = sum(bool(place.occupied & content.kind_ids) for _person, place in places)
    if content.capacity < taken:
        raise Taken("capacity", _too_few(taken))
    try:
        with uow.session.begin_nested():
            row.name, row.capacity, row.taken, row.held_back = content.name, content.capacity, taken, 0
            row.members = [_member(row, kind_id) for kind_id in sorted(content.kind_ids)]
            row.version += 1
            uow.session.add(row)
    except IntegrityError:
        name = isolated(content.name)
        sentence = _("There is a quota called “%(name)s” already. Give this one another name.", name=name)
        raise Taken("name", str(sentence)) from None


def _member(row: SeatQuota, kind_id: int) -> QuotaKind:
    return next((one for one in row.members if one.kind_id == kind_id), None) or QuotaKind(kind_id=kind_id)


def _too_few(taken: int) -> str:
    return str(
        ngettext(
            "%(num)s seat of these kinds is taken. Write %(num)s or more, or cancel some registrations first.",
            "%(num)s seats of these kinds are taken. Write %(num)s or more, or cancel some registrations first.",
            taken,
        )
    )


def remove_quota(uow: UnitOfWork, edition: Edition, quota_id: int) -> None:
    """The kinds no longer share seats; those who waited only for that get theirs."""
    row = _enter(uow, edition).quotas.get(quota_id)
    if row is None:
        raise NotFound
    uow.session.delete(row)
    record(uow, "removed", "seat_quota", quota_id, edition_id=edition.id)
    _again(uow, edition)


def keep(uow: UnitOfWork, edition: Edition, content: ReserveContent) -> SeatReserve:
    """Keep seats of a pool for a group until a date; what was kept for the same group there is replaced.

    Seats that members hold already count. If fewer are free now, the rest is kept as seats come back.
    """
    made = _enter(uow, edition)
    if content.pool not in made.pools:
        raise NotFound
    if made.pools[content.pool].capacity is None:
        raise Taken("pool", str(_("This kind has no limit: nothing needs keeping. Give it a number of places first.")))
    if content.until.has_passed(uow.now):
        raise Taken("day", str(_("That day is over. Choose one ahead: until then the places are kept.")))
    what, number = content.pool
    kind_id, quota_id = (number, None) if what == "kind" else (None, number)
    known = queries.locked_reserves(uow.session, edition.id)
    row = next((r for r in known if (r.pool, r.whom) == (content.pool, content.whom)), None)
    if row is None:
        row = SeatReserve(edition_id=edition.id, kind_id=kind_id, quota_id=quota_id, whom=content.whom)
        uow.session.add(row)
    row.seats, row.at, row.zone, row.released_at = content.seats, content.until.at, content.until.zone, None
    uow.session.flush()
    record(uow, "kept", "seat_reserve", row.id, edition_id=edition.id, seats=row.seats, whom=row.whom.value)
    _again(uow, edition)
    return row


def release(uow: UnitOfWork, edition: Edition, reserve_id: int) -> None:
    """Keep these seats no longer: what is left goes to everybody now."""
    _enter(uow, edition)
    row = next((r for r in queries.locked_reserves(uow.session, edition.id) if r.id == reserve_id), None)
    if row is None:
        raise NotFound
    if row.released_at is None:
        row.released_at = uow.now
        record(uow, "released", "seat_reserve", row.id, edition_id=edition.id)
        _again(uow, edition)
