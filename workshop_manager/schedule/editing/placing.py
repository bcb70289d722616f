"""What the grid does to the draft: place, lengthen, copy and take out, each against the version that was looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.content import ItemContent
from workshop_manager.schedule.editing import undoing
from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.schedule.programme import Kind
from workshop_manager.schedule.rules import Refusal, local_instant
from workshop_manager.schedule.service import Stale
from workshop_manager.submissions.states import Outcome
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, Room
from workshop_manager.workshops.rules import Standing

LONGEST = timedelta(hours=24)
KINDS = {Outcome.ORAL: Kind.TALK, Outcome.LIGHTNING: Kind.LIGHTNING, Outcome.POSTER: Kind.POSTER}
"""What accepted work becomes."""
MINUTES = {Kind.TALK: 20, Kind.LIGHTNING: 5, Kind.POSTER: 60}
"""How long it lasts where the draft shows no habit yet."""
_STANDS_INSIDE = frozenset({Kind.TALK, Kind.KEYNOTE, Kind.LIGHTNING, Kind.POSTER, Kind.ROUNDTABLE})


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the grid: a day, wall-clock minutes from its midnight (from 1440 on: the next day), a room or none."""

    day: date
    minute: int
    room_id: int | None


def _wall(spot: Spot) -> datetime:
    if not 0 <= spot.minute < 2 * 1440:
        raise Conflict(str(_("That is no place on the grid.")))
    return datetime.combine(spot.day, time()) + timedelta(minutes=spot.minute)


def _instant(spot: Spot, zone: str, now_at: datetime | None = None) -> datetime:
    wall = _wall(spot)
    if now_at is not None and now_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall:
        return now_at  # only the room changes: an hour that comes twice stays the one it was
    found = local_instant(wall.date(), wall.time(), zone)
    if isinstance(found, Refusal):
        raise Conflict(found.sentence)
    return found.utc


def _room(uow: UnitOfWork, edition: Edition, room_id: int | None) -> Room | None:
    if room_id is None:
        return None
    found = next((room for room in workshops.rooms(uow.session, edition.id) if room.id == room_id), None)
    if found is None:
        raise NotFound
    return found


def _held(uow: UnitOfWork, edition: Edition, item_id: int, seen: str | int, *, whole: bool = True) -> ScheduleItem:
    """The item, if it is what was looked at: its `service.stamp`, or only its version where what stands in it stays."""
    item = service.get_item(uow, edition, item_id, lock=True)
    if str(seen).partition(".")[0] != str(item.version):
        raise Stale(_meanwhile(uow, edition, item))
    if whole and str(seen) != service.stamp(item, queries.children(uow.session, item.id)):
        raise Stale(_meanwhile_inside(uow, edition, item))
    if item.cancelled:
        raise Conflict(str(_("“%(title)s” is called off. Take that back first.", title=isolated(item.title))))
    return item


def _meanwhile(uow: UnitOfWork, edition: Edition, item: ScheduleItem) -> str:
    start = item.starts_at.astimezone(ZoneInfo(edition.time_zone))
    where = f"{day_text(start.date())}, {clock_text(start)}" + (f", {isolated(item.room.name)}" if item.room else "")
    name = undoing.last_hand(uow.session, edition.id, item.id)
    if name is None:
        return str(
            _(
                "“%(title)s” was changed meanwhile. It now stands at %(where)s, and yours is not saved.",
                title=isolated(item.title),
                where=where,
            )
        )
    return str(
        _(
            "%(name)s changed “%(title)s” meanwhile. It now stands at %(where)s, and yours is not saved.",
            name=isolated(name),
            title=isolated(item.title),
            where=where,
        )
    )


def _meanwhile_inside(uow: UnitOfWork, edition: Edition, item: ScheduleItem) -> str:
    """Somebody put something into it, took it out, or changed it: what one did would have been done to that as well."""
    name = undoing.last_hand_inside(uow.session, edition.id, item.id)
    title = isolated(item.title)
    if name is None:
        return str(_("What stands in “%(title)s” changed meanwhile, and yours is not saved.", title=title))
    return str(
        _(
            "%(name)s changed what stands in “%(title)s” meanwhile, and yours is not saved.",
            name=isolated(name),
            title=title,
        )
    )


def _family(uow: UnitOfWork, item: ScheduleItem) -> list[ScheduleItem]:
    return [item, *queries.children(uow.session, item.id)]


def _around(
    uow: UnitOfWork, edition: Edition, item: ScheduleItem | None, room_id: int | None, start: datetime, end: datetime
) -> ScheduleItem | None:
    """The session in that room within which these instants lie."""
    for each in queries.possible_parents(uow.session, edition.id):
        holds = each.kind is Kind.SESSION and not each.cancelled and each.room_id == room_id
        if holds and each is not item and each.ends_at is not None and each.starts_at <= start and end <= each.ends_at:
            return each
    return None


def _settle(uow: UnitOfWork, edition: Edition, item: ScheduleItem, start: datetime, room: Room | None) -> None:
    """Give an item its start and room; a talk then belongs to the session it lies in, if any."""
    end = item.ends_at + (start - item.starts_at) if item.ends_at else None
    room_id = room.id if room else None
    family = _family(uow, item)
    if item.kind in _STANDS_INSIDE and len(family) == 1:
        own = service.get_item(uow, edition, item.parent_id) if item.parent_id is not None else None
        stays = (
            own is not None
            and own.room_id == room_id
            and own.starts_at <= start
            and (own.ends_at is None or (end or start) <= own.ends_at)
        )
        around = own if stays else _around(uow, edition, item, room_id, start, end or start)
        item.parent_id = around.id if around else None
        if around is not None and item.room_id != room_id:
            room_id = None  # where its session is
    by = start - item.starts_at
    for each in family:
        each.starts_at += by
        each.ends_at = each.ends_at + by if each.ends_at else None
        each.version += 1
        if each is not item and each.room_id == item.room_id:
            each.room_id = room_id
    item.room_id = room_id


def place(
    uow: UnitOfWork, edition: Edition, standing: Standing, item_id: int, seen: str | int, spot: Spot
) -> ScheduleItem:
    """Put an item there, with what stands in it; raises `Stale` if somebody changed any of it since it was looked at.

    `seen` is the `service.stamp` of what was looked at.

    A talk that lands within a session of that room becomes part of it, and one that leaves its session stands alone.
    A local time that does not exist, or comes twice, is refused with a sentence.
    """
    edition = service.locked(uow, edition, standing)
    item = _held(uow, edition, item_id, seen)
    start, room = _instant(spot, edition.time_zone, item.starts_at), _room(uow, edition, spot.room_id)
    service.require_loose(*_family(uow, item))
    before = undoing.states(uow.session, edition.id, [each.uid for each in _family(uow, item)])
    _settle(uow, edition, item, start, room)
    return _done(uow, edition, item, "moved", before)


def _done(
    uow: UnitOfWork, edition: Edition, item: ScheduleItem, what: str, before: dict[str, undoing.State | None]
) -> ScheduleItem:
    uow.session.flush()
    audit.record(uow, what, "schedule item", item.id, edition_id=edition.id)
    undoing.keep(uow, edition, what, item.title, before)
    drafting.refresh(uow, edition)
    return item


def resize(
    uow: UnitOfWork, edition: Edition, standing: Standing, item_id: int, seen: str | int, minutes: int
) -> ScheduleItem:
    """Make an item last that many minutes, between 1 and 1440; what stands in it stays where it is."""
    edition = service.locked(uow, edition, standing)
    item = _held(uow, edition, item_id, seen, whole=False)
    if not 1 <= minutes <= LONGEST / timedelta(minutes=1):
        raise Conflict(str(_("An item lasts between one minute and a day.")))
    service.require_loose(item)
    before = undoing.states(uow.session, edition.id, [item.uid])
    item.ends_at = item.starts_at + timedelta(minutes=minutes)
    item.version += 1
    return _done(uow, edition, item, "resized", before)


def copy(
    uow: UnitOfWork, edition: Edition, standing: Standing, item_id: int, seen: str | int, spot: Spot
) -> ScheduleItem:
    """A second one of the same, there, with what stands in it; each with a name of its own in calendars."""
    edition = service.locked(uow, edition, standing)
    item = _held(uow, edition, item_id, seen)
    start, room = _instant(spot, edition.time_zone), _room(uow, edition, spot.room_id)
    family = _family(uow, item)
    service.leave_room(uow, edition, len(family))
    names = {each.uid: service.new_uid() for each in family}
    position, by = queries.last_position(uow.session, edition.id) + 1, start - item.starts_at
    wanted: dict[str, undoing.State | None] = {}
    for place_in, (uid, state) in enumerate(undoing.states(uow.session, edition.id, list(names)).items()):
        assert state is not None
        shifted = {
            key: (datetime.fromisoformat(state[key]) + by).isoformat() if state[key] else None
            for key in ("starts_at", "ends_at")
        }
        parent = names.get(state["parent"], state["parent"])
        wanted[names[uid]] = (
            state | shifted | {"parent": parent, "position": position + place_in, "origin": None} | {"is_fixed": False}
        )
    undoing.put(uow, edition, wanted)
    made = service.get_item(uow, edition, _id_of(uow, edition, names[item.uid]), lock=True)
    _settle(uow, edition, made, start, room)
    return _done(uow, edition, made, "copied", dict.fromkeys(names.values()))


def _id_of(uow: UnitOfWork, edition: Edition, uid: str) -> int:
    return uow.session.scalars(
        select(ScheduleItem.id).where(ScheduleItem.edition_id == edition.id, ScheduleItem.uid == uid)
    ).one()


def take_out(uow: UnitOfWork, edition: Edition, standing: Standing, item_id: int, seen: str | int) -> bool:
    """Take an item off the grid, as `service.remove` does: True if it was called off because people know of it."""
    edition = service.locked(uow, edition, standing)
    item = _held(uow, edition, item_id, seen)
    title, uids = item.title, [each.uid for each in _family(uow, item)]
    before = undoing.states(uow.session, edition.id, uids)
    is_called_off = service.remove(uow, edition, standing, item_id)
    undoing.keep(uow, edition, "removed", title, before)
    return is_called_off


def place_work(uow: UnitOfWork, edition: Edition, standing: Standing, submission_id: int, spot: Spot) -> ScheduleItem:
    """Give accepted work its place; what was called off comes back under the name it has in calendars.

    Raises `Stale` if somebody placed it meanwhile, NotFound for another edition's work.
    """
    edition = service.locked(uow, edition, standing)
    work = queries.submission_with_authors(uow.session, edition.id, submission_id)
    if work is None:
        raise NotFound
    there = _items_of(uow, edition, submission_id)
    live = next((item for item in there if not item.cancelled), None)
    if live is not None:
        raise Stale(_meanwhile(uow, edition, live))
    start, room = _instant(spot, edition.time_zone), _room(uow, edition, spot.room_id)
    if there:
        item = there[0]
        before = undoing.states(uow.session, edition.id, [each.uid for each in _family(uow, item)])
        for each in _family(uow, item):
            each.cancelled = False
        _settle(uow, edition, item, start, room)
        return _done(uow, edition, item, "placed", before)
    kind = KINDS.get(work.outcome, Kind.TALK) if work.outcome else Kind.TALK
    end = start + usual_length(kind, (row.item for row in queries.draft_rows(uow.session, edition.id)))
    around = _around(uow, edition, None, room.id if room else None, start, start + timedelta(minutes=1))
    if around is not None and around.ends_at is not None:
        if kind is Kind.POSTER:
            start, end = around.starts_at, around.ends_at  # posters hang for the whole of their session
        end = min(end, around.ends_at)
    content = ItemContent(
        kind,
        "",
        start,
        end,
        room=None if around else room.name if room else None,
        parent_id=around.id if around else None,
        submission_id=submission_id,
    )
    item = service.add(uow, edition, standing, content)
    undoing.keep(uow, edition, "placed", item.title, {item.uid: None})
    return item


def _items_of(uow: UnitOfWork, edition: Edition, submission_id: int) -> list[ScheduleItem]:
    return list(
        uow.session.scalars(
            select(ScheduleItem)
            .options(selectinload(ScheduleItem.room))
            .where(ScheduleItem.edition_id == edition.id, ScheduleItem.submission_id == submission_id)
            .order_by(ScheduleItem.id)
        )
    )


def usual_length(kind: Kind, items: Iterable[ScheduleItem]) -> timedelta:
    """How long items of that kind mostly are in this draft, else what they are elsewhere."""
    counts: dict[timedelta, int] = {}
    for item in items:
        if item.kind is kind and item.ends_at is not None and not item.cancelled:
            length = item.ends_at - item.starts_at
            counts[length] = counts.get(length, 0) + 1
    if not counts:
        return timedelta(minutes=MINUTES.get(kind, 30))
    return max(counts, key=lambda length: (counts[length], -length))
