"""How a typed local time becomes an instant, when clocks change, and where a day is empty. Pure functions, no database.

Sources: RFC 5545 §3.3.5 for local times that do not exist or exist twice; the IANA time zone database through
`zoneinfo` for when clocks change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from workshop_manager.core.deadlines import FIRST_YEAR, LAST_YEAR
from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import Item, Programme, ProgrammeError, as_zone

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ZERO = timedelta(0)


def day_in_words(day: date) -> str:
    """`Monday 11 December 2023`; not strftime, whose words follow the server's locale."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def length_in_words(length: timedelta) -> str:
    """`45 min`, `1 h`, `12 h 40 min`."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def chairs_in_words(item: Item) -> str:
    """`Chair: Amina Hassan (Makerere)`, of who may be named; empty where nobody chairs it."""
    names = [f"{who.name} ({who.affiliation})" if who.affiliation else who.name for who in item.listed_chairs]
    return f"{'Chairs' if len(names) > 1 else 'Chair'}: {', '.join(names)}" if names else ""


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


def offset_at(moment: datetime) -> timedelta:
    """What a moment's zone is ahead of UTC then."""
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
    offset = offset_at(moment.astimezone(tz))
    while moment < end:
        following = min(moment + timedelta(days=1), end)
        then = offset_at(following.astimezone(tz))
        if then != offset:
            low, high = moment, following
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                if offset_at(middle.astimezone(tz)) == offset:
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
    return Instant(utc, offset_at(local), local.tzname() or "")


def clock_in_words(moment: datetime | time) -> str:
    """`08:30`; not strftime, whose digits follow the server's locale."""
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
    when = f"{clock_in_words(naive)} on {day_in_words(day)}"
    if not faithful:
        # Python maps a skipped time to one instant on either side: the time on the old clock, and on the new one.
        earlier, later = (choice.utc.astimezone(tz) for choice in choices)
        step = length_in_words(abs(choices[1].offset - choices[0].offset))
        same_day = later.date() == day and earlier.date() == day
        shown = [
            clock_in_words(moment) if same_day else f"{clock_in_words(moment)} on {day_in_words(moment.date())}"
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
            f"Say which is meant: the first ({first.abbreviation}, {clock_in_words(first.utc)} UTC) "
            f"or the second ({second.abbreviation}, {clock_in_words(second.utc)} UTC).",
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
    minutes = int(offset_at(noon).total_seconds()) // 60
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


# --- gaps --------------------------------------------------------------------------------------------------------


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
                span = f"{clock_in_words(start.astimezone(tz))}–{clock_in_words(end.astimezone(tz))}"
                sentence = (
                    f"Nothing is planned for {length_in_words(end - start)} between {name_in_words(latest)} and "
                    f"{name_in_words(item)} ({span})."
                )
                found.append(Gap(start, end, (latest.uid, item.uid), sentence))
        if latest is None or item.over_at >= latest.over_at:
            latest = item
    return found
