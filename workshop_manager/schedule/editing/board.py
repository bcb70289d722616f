"""The draft as a grid: a day, its rooms, blocks with their minutes, and what has no place yet. Nothing is written."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.text import isolated
from workshop_manager.schedule import service, words
from workshop_manager.schedule.clashes import Conflict
from workshop_manager.schedule.drafting import Working
from workshop_manager.schedule.editing import placing
from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.schedule.programme import Kind
from workshop_manager.schedule.queries import DraftRow
from workshop_manager.schedule.settling import Name, name_of
from workshop_manager.submissions.models import Submission
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops.models import Edition, Room

DAY = 1440
UNKNOWN = 30
"""Minutes that are drawn for an item whose end nobody has said yet."""
_SIDE_BY_SIDE = frozenset({Kind.POSTER, Kind.ROUNDTABLE})


@dataclass(frozen=True, slots=True)
class Kid:
    """A poster or table in its session: its number or label, and what it is."""

    item: ScheduleItem
    number: str
    title: str
    severity: str


@dataclass(frozen=True, slots=True)
class Block:
    """An item on the grid. `minute` counts wall-clock minutes from the day's midnight, `length` minutes of time.

    `stamp` names it with what stands in it. Of items that share a room and some time each has one of `lanes` lanes.
    What stands in a session has its uid as `inside`, and its lanes within it; posters and tables are listed in the
    block of their session instead.
    """

    item: ScheduleItem
    minute: int
    length: int
    clock: str
    title: str
    meta: str
    number: int | None
    severity: str
    faults: tuple[str, ...]
    inside: str = ""
    holds: bool = False
    listed: tuple[Kid, ...] = ()
    stamp: str = ""
    lane: int = 0
    lanes: int = 1
    outer_lane: int = 0
    outer_lanes: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A room with its blocks in order; without a room: what takes place everywhere, or nowhere yet."""

    room_id: int | None
    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A day: its date, what it is called, how many items it has, whether it lies outside the edition's dates."""

    day: date
    title: str
    count: int
    is_current: bool
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Aside:
    """Accepted work without a place, and how long it would last."""

    work: Submission
    kind: Kind
    kind_name: str
    minutes: int
    authors: str


@dataclass(frozen=True, slots=True)
class Hour:
    """A line across the grid: `14:00`, or `01:00 +1` on the day after."""

    minute: int
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong or doubtful, or an empty stretch: the item it is about, and the name by which it can be left."""

    severity: str
    sentence: str
    item_id: int | None
    name: Name


@dataclass(frozen=True, slots=True)
class Board:
    """All that the page of one day shows."""

    day: date
    title: str
    tabs: tuple[Tab, ...]
    columns: tuple[Column, ...]
    hours: tuple[Hour, ...]
    first: int
    last: int
    talks: tuple[Aside, ...]
    posters: tuple[Aside, ...]
    faults: tuple[Fault, ...]
    gaps: tuple[Fault, ...]
    """Of this day."""


def board(working: Working, edition: Edition, rooms: Sequence[Room], accepted: Iterable[Submission], on: date) -> Board:
    """The grid of one day of the draft."""
    zone = ZoneInfo(edition.time_zone)
    blocks = _blocks(working, zone, on)
    by_room: dict[int | None, list[Block]] = defaultdict(list)
    where = _rooms_of(working.rows)
    for block in blocks:
        by_room[where[block.item.id]].append(block)
    columns = [Column(room.id, room.name, _in_lanes(by_room[room.id])) for room in rooms]
    columns.append(Column(None, str(_("No room")), _in_lanes(by_room[None])))
    first, last = _span(blocks, edition, zone, on)
    hours = tuple(Hour(hour * 60, _hour_text(hour)) for hour in range(first // 60, last // 60 + 1))
    talks, posters = _aside(working, accepted)
    ids = {row.item.uid: row.item.id for row in working.rows}
    here = {block.item.uid for block in blocks}
    return Board(
        on,
        day_text(on, year=True, short=False),
        _tabs(working, edition, zone, on),
        tuple(columns),
        hours,
        first,
        last,
        talks,
        posters,
        tuple(_fault(each, ids) for each in working.conflicts),
        tuple(_fault(each, ids) for each in working.gaps if each.items[-1] in here),
    )


def _fault(conflict: Conflict, ids: Mapping[str, int]) -> Fault:
    return Fault(conflict.severity.value, conflict.sentence, ids.get(conflict.items[-1]), name_of(conflict))


def _hour_text(hour: int) -> str:
    return f"{hour % 24:02d}:00" + (" +1" if hour >= 24 else "")


def days(working: Working, edition: Edition) -> list[date]:
    """The edition's own days, at most four weeks of them, and every other day that has something."""
    zone = ZoneInfo(edition.time_zone)
    first, last = edition.starts_at.astimezone(zone).date(), edition.ends_at.astimezone(zone).date()
    own = [first + timedelta(days=n) for n in range(min((last - first).days, 27) + 1)]
    used = {row.item.starts_at.astimezone(zone).date() for row in working.rows if row.item.parent_id is None}
    return sorted({*own, *used})


def _tabs(working: Working, edition: Edition, zone: ZoneInfo, on: date) -> tuple[Tab, ...]:
    first, last = edition.starts_at.astimezone(zone).date(), edition.ends_at.astimezone(zone).date()
    counts: dict[date, int] = defaultdict(int)
    for row in working.rows:
        counts[row.item.starts_at.astimezone(zone).date()] += 1
    return tuple(
        Tab(day, day_text(day), counts[day], day == on, not first <= day <= last)
        for day in sorted({*days(working, edition), on})
    )


def _rooms_of(rows: Iterable[DraftRow]) -> dict[int, int | None]:
    rows = list(rows)
    own = {row.item.id: row.item.room_id for row in rows}
    return {
        row.item.id: row.item.room_id
        if row.item.room_id is not None or row.item.parent_id is None
        else own.get(row.item.parent_id)
        for row in rows
    }


def _minute(at: datetime, on: date) -> int:
    return (at.date() - on).days * DAY + at.hour * 60 + at.minute


def _blocks(working: Working, zone: ZoneInfo, on: date) -> list[Block]:
    faults: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for fault in working.conflicts:
        for uid in fault.items:
            faults[uid].append((fault.severity.value, fault.sentence))
    kids: dict[int, list[DraftRow]] = defaultdict(list)
    by_id = {row.item.id: row for row in working.rows}
    for row in working.rows:
        if row.item.parent_id is not None:
            kids[row.item.parent_id].append(row)
    found = []
    for row in working.rows:
        item, parent = row.item, by_id.get(row.item.parent_id) if row.item.parent_id is not None else None
        start = item.starts_at.astimezone(zone)
        if parent is None:
            is_here = start.date() == on
        else:  # a session that goes past midnight keeps what stands in it
            is_here = parent.item.starts_at.astimezone(zone).date() == on
        if not is_here or (parent is not None and _are_listed(parent.item, kids[parent.item.id])):
            continue
        inner = kids[item.id]
        is_listed = _are_listed(item, inner)
        found.append(
            _block(
                row,
                zone,
                on,
                faults,
                inside=parent.item.uid if parent and item.room_id in (None, parent.item.room_id) else "",
                holds=bool(inner) and not is_listed,
                stamp=service.stamp(item, (each.item for each in inner)),
                listed=tuple(_kid(each, place, faults) for place, each in enumerate(inner, 1)) if is_listed else (),
            )
        )
    return found


def _are_listed(item: ScheduleItem, inner: Collection[DraftRow]) -> bool:
    """Posters and tables stand side by side: their session lists them."""
    return bool(inner) and all(row.item.kind in _SIDE_BY_SIDE for row in inner)


def _kid(row: DraftRow, place: int, faults: dict[str, list[tuple[str, str]]]) -> Kid:
    return Kid(row.item, row.item.label or str(place), row.item.title, _severity(faults[row.item.uid]))


def _severity(found: Collection[tuple[str, str]]) -> str:
    return "error" if any(kind == "error" for kind, _sentence in found) else "warning" if found else ""


def _block(
    row: DraftRow,
    zone: ZoneInfo,
    on: date,
    faults: dict[str, list[tuple[str, str]]],
    *,
    inside: str,
    holds: bool,
    stamp: str,
    listed: tuple[Kid, ...],
) -> Block:
    item = row.item
    start, end = item.starts_at.astimezone(zone), item.ends_at.astimezone(zone) if item.ends_at else None
    length = int((item.ends_at - item.starts_at).total_seconds() // 60) if item.ends_at else UNKNOWN
    clock = f"{clock_text(start)}–{clock_text(end)}" if end else clock_text(start)
    meta = [words.people_text(item), words.kind_name(item.kind)]
    if listed:
        kind = listed[0].item.kind
        count = len(listed)
        meta.append(
            str(
                ngettext("%(num)s poster", "%(num)s posters", count)
                if kind is Kind.POSTER
                else ngettext("%(num)s table", "%(num)s tables", count)
            )
        )
    return Block(
        item,
        _minute(start, on),
        max(length, 1),
        clock,
        f"{item.label}: {item.title}" if item.label else item.title,
        "\u00a0· ".join(part for part in meta if part),
        row.number,
        _severity(faults[item.uid]),
        tuple(sentence for _kind, sentence in faults[item.uid]),
        inside,
        holds,
        listed,
        stamp,
    )


def _in_lanes(blocks: list[Block]) -> tuple[Block, ...]:
    """Each block beside those of its room at the same time; what stands in a session likewise, within it."""
    outer = {block.item.uid: block for block in _lanes([block for block in blocks if not block.inside])}
    inner: dict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        if block.inside:
            inner[block.inside].append(block)
    found = list(outer.values())
    for uid, kids in inner.items():
        around = outer.get(uid)
        for kid in _lanes(kids):
            found.append(replace(kid, outer_lane=around.lane, outer_lanes=around.lanes) if around else kid)
    order = {block.item.uid: (block.minute, bool(block.inside), block.item.position) for block in found}
    return tuple(sorted(found, key=lambda block: order[block.item.uid]))


def _lanes(blocks: list[Block]) -> list[Block]:
    """Lanes for blocks that overlap, the fewest a sweep finds; those that touch nobody have the whole width."""
    found: list[Block] = []
    bunch: list[Block] = []
    ends: list[int] = []

    def finish() -> None:
        found.extend(replace(block, lanes=len(ends)) for block in bunch)
        bunch.clear()
        ends.clear()

    for block in sorted(blocks, key=lambda each: (each.minute, -each.length, each.item.position)):
        if ends and block.minute >= max(ends):
            finish()
        lane = next((place for place, end in enumerate(ends) if end <= block.minute), len(ends))
        ends[lane : lane + 1] = [block.minute + block.length]
        bunch.append(replace(block, lane=lane))
    finish()
    return found


def _span(blocks: Collection[Block], edition: Edition, zone: ZoneInfo, on: date) -> tuple[int, int]:
    """The hours to draw, in minutes: those of the edition and of every block, with an hour before and after."""
    start, end = edition.starts_at.astimezone(zone), edition.ends_at.astimezone(zone)
    first, last = 9 * 60, 17 * 60
    if start.date() == on:
        first = start.hour * 60
    if end.date() == on and end > start:
        last = max(end.hour * 60 + end.minute, first + 60)
    first = min([first, *(block.minute for block in blocks)]) // 60 * 60 - 60
    last = -(-max([last, *(block.minute + min(block.length, DAY) for block in blocks)]) // 60) * 60 + 60
    return max(first, 0), min(max(last, first + 480), 2 * DAY - 60)


def _aside(working: Working, accepted: Iterable[Submission]) -> tuple[tuple[Aside, ...], tuple[Aside, ...]]:
    placed = {row.item.submission_id for row in working.rows if not row.item.cancelled}
    items = [row.item for row in working.rows]
    lengths: dict[Kind, int] = {}
    talks: list[Aside] = []
    posters: list[Aside] = []
    for work in accepted:
        if work.id in placed or work.outcome not in placing.KINDS:
            continue
        kind = placing.KINDS[work.outcome]
        if kind not in lengths:
            lengths[kind] = int(placing.usual_length(kind, items).total_seconds() // 60)
        authors = ", ".join(isolated(author.name) for author in work.authors)
        aside = Aside(work, kind, words.kind_name(kind), lengths[kind], authors)
        (posters if kind is Kind.POSTER else talks).append(aside)
    return tuple(talks), tuple(posters)
