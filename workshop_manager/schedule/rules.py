"""What may not stand in a programme, and how a typed local time becomes an instant. Pure functions, no database.

Sources: RFC 5545 §3.3.5 for local times that do not exist or exist twice; the IANA time zone database through
`zoneinfo` for when clocks change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from workshop_manager.core.deadlines import FIRST_YEAR, LAST_YEAR
from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import Item, Kind, Programme, ProgrammeError, as_zone

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ZERO = timedelta(0)

# An item longer than this is more often "11:45pm" typed for "11:45am" than a real session.
LONGEST = timedelta(hours=12)


def day_in_words(day: date) -> str:
    """`Monday 11 December 2023`; not strftime, whose words follow the server's locale."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def length_in_words(length: timedelta) -> str:
    """`45 min`, `1 h`, `12 h 40 min`."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def name_in_words(item: Item) -> str:
    """The heading in quotation marks, shortened so that a sentence stays a sentence."""
    heading = " ".join(item.heading.split()) or "(no title)"
    return f"“{isolated(heading if len(heading) <= 80 else heading[:79].rstrip() + '…')}”"


# --- when clocks change ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClockChange:
    """One moment at which a zone's offset from UTC changes.

    `at` is the UTC instant; `before` and `after` the offsets; `name` the abbreviation from then on; `daylight` whether
    summer time runs from then on.
    """

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    daylight: bool

    @property
    def onset(self) -> datetime:
        """The naive wall-clock time at which it happens, on the clock used before it (RFC 5545 §3.6.5)."""
        return (self.at + self.before).replace(tzinfo=None)


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or ZERO


def _is_daylight(before: datetime, after: datetime) -> bool:
    saving = after.dst() or ZERO
    if saving:
        return saving > ZERO
    # Dublin and Casablanca have "negative summer time" in the database: their winter is the exception. Readers of
    # VTIMEZONE expect the higher of the two offsets to be DAYLIGHT, whatever the law calls it.
    return (before.dst() or ZERO) < ZERO


@lru_cache(maxsize=4096)
def _changes_of_year(zone: str, year: int) -> tuple[ClockChange, ...]:
    tz = as_zone(zone)
    found = []
    # A day is the step: no zone has changed its clocks twice within one since 1970. The step is then halved down to
    # the second, because zoneinfo tells offsets but keeps its table of transitions to itself.
    moment = datetime(year, 1, 1, tzinfo=UTC)
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    offset = _offset(moment.astimezone(tz))
    while moment < end:
        following = min(moment + timedelta(days=1), end)
        then = _offset(following.astimezone(tz))
        if then != offset:
            low, high = moment, following
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                if _offset(middle.astimezone(tz)) == offset:
                    low = middle
                else:
                    high = middle
            local = high.astimezone(tz)
            found.append(ClockChange(high, offset, then, local.tzname() or "", _is_daylight(low.astimezone(tz), local)))
        moment, offset = following, then
    return tuple(found)


def clock_changes(zone: str, first_year: int, last_year: int) -> tuple[ClockChange, ...]:
    """Every change of a zone's offset within the UTC years given, both included, in order; unknown zones raise."""
    return tuple(change for year in range(first_year, last_year + 1) for change in _changes_of_year(zone, year))


# --- entering local times ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Instant:
    """A local time that exists: the UTC instant, the zone's offset then and its abbreviation."""

    utc: datetime
    offset: timedelta
    abbreviation: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A local time that names no single instant.

    `code` is `no_such_zone`, `skipped` (clocks jumped over it) or `twice` (clocks went through it twice). `sentence`
    says what is wrong and what to do; `choices` are the instants that may have been meant, earliest first.
    """

    code: Literal["no_such_zone", "skipped", "twice", "out_of_range"]
    sentence: str
    choices: tuple[Instant, ...] = ()


def _instant_at(utc: datetime, zone: str) -> Instant:
    local = utc.astimezone(as_zone(zone))
    return Instant(utc, _offset(local), local.tzname() or "")


def _hm(moment: datetime | time) -> str:
    return f"{moment.hour:02d}:{moment.minute:02d}"


def local_instant(day: date, clock: time, zone: str, *, fold: Literal[0, 1] | None = None) -> Instant | Refusal:
    """The instant at which clocks in `zone` show `clock` on `day`, or a `Refusal` that says why there is none.

    `fold` answers for an hour that comes twice (PEP 495): 0 the first time, 1 the second. Without it such a time is
    refused, because half of all calendar programs would guess the other one. Seconds are kept, fractions dropped.
    """
    try:
        tz = as_zone(zone)
    except ProgrammeError as error:
        return Refusal("no_such_zone", str(error))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        # Browsers send 0202 when somebody types quickly; a programme of that year could be stored, but not read again.
        return Refusal("out_of_range", f"The year {day.year} must be a slip.")
    naive = datetime.combine(day, clock.replace(tzinfo=None, microsecond=0, fold=0))
    try:
        candidates = sorted({naive.replace(tzinfo=tz, fold=which).astimezone(UTC) for which in (0, 1)})
        faithful = [utc for utc in candidates if utc.astimezone(tz).replace(tzinfo=None) == naive]
    except (OverflowError, ValueError):
        return Refusal("out_of_range", f"{day.isoformat()} is outside the years a calendar can hold.")
    choices = tuple(_instant_at(utc, zone) for utc in (faithful or candidates))
    when = f"{_hm(naive)} on {day_in_words(day)}"
    if not faithful:
        # Python maps a skipped time to one instant on either side: the time on the old clock, and on the new one.
        earlier, later = (choice.utc.astimezone(tz) for choice in choices)
        step = length_in_words(abs(choices[1].offset - choices[0].offset))
        same_day = later.date() == day and earlier.date() == day
        shown = [
            _hm(moment) if same_day else f"{_hm(moment)} on {day_in_words(moment.date())}"
            for moment in (earlier, later)
        ]
        return Refusal(
            "skipped",
            f"{when} does not exist in {zone}: clocks go forward by {step} and skip it. "
            f"Choose a time outside the skipped part, such as {shown[0]} or {shown[1]}.",
            choices,
        )
    if len(faithful) == 2 and fold is None:
        first, second = choices
        step = length_in_words(first.offset - second.offset)
        return Refusal(
            "twice",
            f"{when} happens twice in {zone} because clocks go back by {step}. "
            f"Say which is meant: the first ({first.abbreviation}, {_hm(first.utc)} UTC) "
            f"or the second ({second.abbreviation}, {_hm(second.utc)} UTC).",
            choices,
        )
    return choices[-1] if fold == 1 else choices[0]


def is_ambiguous(utc: datetime, zone: str) -> bool:
    """Whether the wall clock in `zone` shows the same local time at another instant too."""
    naive = utc.astimezone(as_zone(zone)).replace(tzinfo=None, fold=0)
    answer = local_instant(naive.date(), naive.time(), zone)
    return isinstance(answer, Refusal) and answer.code == "twice"


# Abbreviations and names that programmes print, with every offset (minutes) they are used for. Several are shared by
# countries: a mismatch is only told when none of the meanings fits.
_NAMED_OFFSETS: dict[str, tuple[int, ...]] = {
    "AOE": (-720,), "ANYWHERE ON EARTH": (-720,), "UTC": (0,), "GMT": (0,), "WET": (0,), "WEST": (60,),
    "BST": (60, 360), "IST": (60, 120, 330), "CET": (60,), "CEST": (120,), "EET": (120,), "EEST": (180,),
    "CAT": (120,), "EAT": (180,), "WAT": (60,), "SAST": (120,), "MSK": (180,), "TRT": (180,), "AST": (-240, 180),
    "ADT": (-180,), "NST": (-210,), "NDT": (-150,), "EST": (-300,), "EDT": (-240,), "CST": (-360, 480, -300),
    "CDT": (-300, -240), "MST": (-420,), "MDT": (-360,), "PST": (-480,), "PDT": (-420,), "AKST": (-540,),
    "AKDT": (-480,), "HST": (-600,), "BRT": (-180,), "ART": (-180,), "CLT": (-240,), "CLST": (-180,), "GST": (240,),
    "PKT": (300,), "ICT": (420,), "WIB": (420,), "HKT": (480,), "SGT": (480,), "AWST": (480,), "JST": (540,),
    "KST": (540,), "ACST": (570,), "ACDT": (630,), "AEST": (600,), "AEDT": (660,), "NZST": (720,), "NZDT": (780,),
    "EASTERN STANDARD TIME": (-300,), "EASTERN DAYLIGHT TIME": (-240,), "CENTRAL STANDARD TIME": (-360,),
    "CENTRAL DAYLIGHT TIME": (-300,), "MOUNTAIN STANDARD TIME": (-420,), "MOUNTAIN DAYLIGHT TIME": (-360,),
    "PACIFIC STANDARD TIME": (-480,), "PACIFIC DAYLIGHT TIME": (-420,), "GULF STANDARD TIME": (240,),
    "CENTRAL EUROPEAN TIME": (60,), "CENTRAL EUROPEAN SUMMER TIME": (120,), "GREENWICH MEAN TIME": (0,),
    "BRITISH SUMMER TIME": (60,), "INDIA STANDARD TIME": (330,), "EAST AFRICA TIME": (180,), "WEST AFRICA TIME": (60,),
    "SINGAPORE TIME": (480,), "KOREA STANDARD TIME": (540,), "JAPAN STANDARD TIME": (540,),
}  # fmt: skip
_LONG = "|".join(sorted((re.escape(name) for name in _NAMED_OFFSETS if " " in name), key=len, reverse=True))
_SHORT = "|".join(sorted((name for name in _NAMED_OFFSETS if " " not in name), key=len, reverse=True))
# The short ones only in capitals, or "eat" and "art" in a title would be time zones.
_ZONE_WORDS = re.compile(rf"\b(?:(?i:{_LONG})|AoE|{_SHORT})\b")


def offset_in_words(offset: timedelta) -> str:
    """`UTC−06:00`, `UTC+05:30`, `UTC`."""
    minutes = int(offset.total_seconds()) // 60
    if not minutes:
        return "UTC"
    return f"UTC{'+' if minutes > 0 else '−'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def zone_mismatch(text: str, day: date, zone: str) -> str | None:
    """A sentence if `text` names a time zone that does not fit `zone` on `day` (judged at noon), else None.

    It finds abbreviations in capitals (`EST`, `CEST`, `AoE`) and names such as `Central Standard Time`; `CDT` for
    Chicago in December is told, `CST` is not. Words it does not know are no mismatch.
    """
    noon = datetime.combine(day, time(12), tzinfo=as_zone(zone))
    minutes = int(_offset(noon).total_seconds()) // 60
    for found in _ZONE_WORDS.finditer(text):
        word = found.group(0)
        meanings = _NAMED_OFFSETS[word.upper()]
        if minutes not in meanings and word != noon.tzname():
            own = f" ({noon.tzname()})" if (noon.tzname() or "").isalpha() else ""
            meant = " or ".join(offset_in_words(timedelta(minutes=each)) for each in meanings)
            return (
                f"“{word}” means {meant}, but on {day_in_words(day)} clocks in {zone} stand at "
                f"{offset_in_words(timedelta(minutes=minutes))}{own}."
            )
    return None


# --- conflicts ---------------------------------------------------------------------------------------------------


class Severity(StrEnum):
    """An error makes the programme wrong for somebody; a warning is to be looked at and may be meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something wrong in a programme: a stable `code`, the uids concerned in reading order, a plain sentence."""

    code: str
    severity: Severity
    items: tuple[str, ...]
    sentence: str


def _span(programme: Programme, item: Item) -> str:
    tz = as_zone(programme.zone)
    start = item.start.astimezone(tz)
    if item.end is None:
        return _hm(start)
    return f"{_hm(start)}–{_hm(item.end.astimezone(tz))}"


def _overlap(one: Item, other: Item) -> tuple[datetime, datetime] | None:
    if one.end is None or other.end is None:
        return None
    start, end = max(one.start, other.start), min(one.end, other.end)
    return (start, end) if start < end else None


def _name_key(name: str) -> str:
    return " ".join(name.casefold().split())


def _overlapping(items: Iterable[Item]) -> Iterator[tuple[Item, Item]]:
    """Pairs that share some time, each once, in order of start; a sweep, so a long programme stays cheap."""
    running: list[Item] = []
    for item in sorted(items, key=lambda each: (each.start, each.position, each.uid)):
        running = [other for other in running if other.end is not None and other.end > item.start]
        for other in running:
            if _overlap(other, item):
                yield other, item
        if item.end is not None and item.end > item.start:
            running.append(item)


def _stand_side_by_side(one: Item, other: Item) -> bool:
    """Whether two items are meant to share a room: tables with different labels, or posters, in the same parent."""
    if one.parent is None or one.parent != other.parent:
        return False
    if one.kind is Kind.POSTER and other.kind is Kind.POSTER:
        return True
    labels = (_name_key(one.label or ""), _name_key(other.label or ""))
    return bool(labels[0] and labels[1]) and labels[0] != labels[1]


def _room_conflicts(programme: Programme, live: list[Item]) -> Iterator[Conflict]:
    around = _around(programme, live)
    by_room: dict[str, list[Item]] = {}
    for item in live:
        if item.room and item.room.strip():
            by_room.setdefault(_name_key(item.room), []).append(item)
    told: set[frozenset[str]] = set()
    for room_items in by_room.values():
        # Around before inside: when two sessions collide, their talks collide too, and once is enough to say it.
        pairs = sorted(_overlapping(room_items), key=lambda pair: len(around[pair[0].uid]) + len(around[pair[1].uid]))
        for one, other in pairs:
            if other.uid in around[one.uid] or one.uid in around[other.uid] or _stand_side_by_side(one, other):
                continue
            if any(frozenset((a, b)) in told for a in around[one.uid] for b in around[other.uid]):
                continue
            told.add(frozenset((one.uid, other.uid)))
            shared = _overlap(one, other)
            assert shared is not None
            room, length = isolated(one.room or ""), length_in_words(shared[1] - shared[0])
            yield Conflict(
                "room_twice",
                Severity.ERROR,
                (one.uid, other.uid),
                f"{name_in_words(one)} ({_span(programme, one)}) and {name_in_words(other)} "
                f"({_span(programme, other)}) are both in {room} for {length}.",
            )


def _around(programme: Programme, items: Iterable[Item]) -> dict[str, set[str]]:
    """For each item its own uid and those of everything it stands in."""
    return {item.uid: {item.uid, *(each.uid for each in programme.ancestors(item))} for item in items}


@dataclass(slots=True)
class _Person:
    """The items of one speaker, known by account or only by name."""

    name: str
    known: bool
    items: dict[str, Item]


def _people(live: list[Item]) -> list[_Person]:
    people: dict[tuple[bool, str], _Person] = {}
    for item in live:
        for speaker in item.speakers:
            name = _name_key(speaker.name)
            if name or speaker.person_key:
                # A key is one person; an equal name may be two, so it only warns.
                key = (True, speaker.person_key) if speaker.person_key else (False, name)
                people.setdefault(key, _Person(speaker.name, key[0], {})).items[item.uid] = item
    return list(people.values())


def _meetings(people: list[_Person]) -> Iterator[tuple[_Person, bool, Item, Item]]:
    """Overlapping items of one person: by account, by name, and by a name with an account here and without there."""
    by_name = {_name_key(person.name): person for person in people if not person.known}
    for person in people:
        for one, other in _overlapping(person.items.values()):
            yield person, person.known, one, other
        namesake = by_name.get(_name_key(person.name)) if person.known else None
        if namesake is not None:
            for one, other in _overlapping({**person.items, **namesake.items}.values()):
                if (one.uid in person.items) != (other.uid in person.items):
                    yield person, False, one, other


def _speaker_conflicts(programme: Programme, live: list[Item]) -> Iterator[Conflict]:
    around = _around(programme, live)
    for person, sure, one, other in _meetings(_people(live)):
        if other.uid in around[one.uid] or one.uid in around[other.uid]:
            continue
        # Two posters of one author in one session are usual: somebody else stands at the second.
        posters = one.kind is Kind.POSTER and other.kind is Kind.POSTER and one.parent == other.parent
        end = "" if sure else " They may be two people of one name."
        yield Conflict(
            "speaker_twice",
            Severity.ERROR if sure and not posters else Severity.WARNING,
            (one.uid, other.uid),
            f"{isolated(person.name)} is in two places at once: {name_in_words(one)} ({_span(programme, one)}) and "
            f"{name_in_words(other)} ({_span(programme, other)}).{end}",
        )


def _own_conflicts(programme: Programme, item: Item) -> Iterator[Conflict]:
    """What is wrong with one item by itself."""
    tz = as_zone(programme.zone)
    name = name_in_words(item)

    def told(code: str, severity: Severity, sentence: str) -> Conflict:
        return Conflict(code, severity, (item.uid,), sentence)

    if not item.title.strip():
        yield told("no_title", Severity.ERROR, f"The item at {_span(programme, item)} has no title.")
    if item.end is None:
        sentence = f"{name} has no end; calendars show it as a moment at {_span(programme, item)}."
        yield told("no_end", Severity.WARNING, sentence)
    elif item.end <= item.start:
        how = "when it starts" if item.end == item.start else "before it starts"
        yield told("end_before_start", Severity.ERROR, f"{name} ends {how}: {_span(programme, item)}.")
    elif item.end - item.start > LONGEST:
        length = length_in_words(item.end - item.start)
        sentence = f"{name} lasts {length} ({_span(programme, item)}). Is am or pm swapped?"
        yield told("very_long", Severity.WARNING, sentence)
    for moment, what in ((item.start, "starts"), (item.end, "ends")):
        if moment is not None and is_ambiguous(moment, programme.zone):
            local = moment.astimezone(tz)
            yield told(
                "hour_twice",
                Severity.WARNING,
                f"{name} {what} at {_hm(local)} on {day_in_words(local.date())}, an hour that comes twice because "
                f"clocks go back; the {'second' if local.fold else 'first'} one ({local.tzname()}) is meant.",
            )
    if item.end is not None and item.end > item.start:
        before, after = _offset(item.start.astimezone(tz)), _offset(item.end.astimezone(tz))
        if before != after:
            way = "forward" if after > before else "back"
            yield told(
                "clock_change_inside",
                Severity.WARNING,
                f"Clocks go {way} by {length_in_words(abs(after - before))} during {name}: {_span(programme, item)} "
                f"lasts {length_in_words(item.end - item.start)}.",
            )


def _parent_conflicts(programme: Programme, item: Item) -> Iterator[Conflict]:
    if item.parent is None:
        return
    name = name_in_words(item)
    parent = programme.item(item.parent)
    if parent is None:
        yield Conflict("no_parent", Severity.ERROR, (item.uid,), f"{name} stands in a session that does not exist.")
        return
    uids = (parent.uid, item.uid)
    above = programme.ancestors(item)
    if parent.uid == item.uid or (above and above[-1].parent in {item.uid, *(each.uid for each in above)}):
        yield Conflict("own_parent", Severity.ERROR, uids, f"{name} stands inside itself.")
        return
    if parent.cancelled:
        sentence = f"{name} stands in {name_in_words(parent)}, which is cancelled."
        yield Conflict("parent_cancelled", Severity.WARNING, uids, sentence)
        return
    if item.start < parent.start or (parent.end is not None and max(item.start, item.end or item.start) > parent.end):
        yield Conflict(
            "outside_parent",
            Severity.ERROR,
            uids,
            f"{name} ({_span(programme, item)}) is not within {name_in_words(parent)} ({_span(programme, parent)}).",
        )


def conflicts(programme: Programme) -> list[Conflict]:
    """Everything wrong or doubtful in a programme, errors first, then in reading order; cancelled items never clash.

    Codes: `no_title`, `end_before_start`, `room_twice` (any overlap of more than zero minutes), `speaker_twice`
    (an error by person key, a warning by equal name), `outside_parent`, `no_parent`, `own_parent`; as warnings
    `no_end`, `very_long`, `hour_twice`, `clock_change_inside`, `parent_cancelled`. Items of one parent may share its
    room when their labels differ (roundtables) or when all are posters.
    """
    live = [item for item in programme.items if not item.cancelled]
    order = {item.uid: place for place, item in enumerate(programme.items)}
    found: list[Conflict] = []
    for item in live:
        found.extend(_own_conflicts(programme, item))
        found.extend(_parent_conflicts(programme, item))
    found.extend(_room_conflicts(programme, live))
    found.extend(_speaker_conflicts(programme, live))

    def place(conflict: Conflict) -> tuple[bool, int, str]:
        return conflict.severity is not Severity.ERROR, min(order[uid] for uid in conflict.items), conflict.code

    return sorted(found, key=place)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a day with nothing planned: UTC instants, the items around it, a plain sentence."""

    start: datetime
    end: datetime
    items: tuple[str, str]
    sentence: str


def gaps(programme: Programme, *, longer_than: timedelta = ZERO) -> list[Gap]:
    """The empty stretches between items of the same local day, in order: notes for an organiser, not faults."""
    tz = as_zone(programme.zone)
    found = []
    latest: Item | None = None
    for item in programme.items:
        if item.cancelled or item.parent is not None:
            continue
        if latest is not None:
            start, end = latest.over_at, item.start
            same_day = start.astimezone(tz).date() == end.astimezone(tz).date()
            if same_day and end - start > longer_than:
                sentence = (
                    f"Nothing is planned for {length_in_words(end - start)} between {name_in_words(latest)} and "
                    f"{name_in_words(item)} ({_hm(start.astimezone(tz))}–{_hm(end.astimezone(tz))})."
                )
                found.append(Gap(start, end, (latest.uid, item.uid), sentence))
        if latest is None or item.over_at >= latest.over_at:
            latest = item
    return found
