"""Which hours are asked about, and what answers say. Pure functions on plain values; instants are UTC."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workshop_manager.availability.states import Word

MOST_DAYS = 14
"""More are not asked about one by one: nobody fills in such a page."""
_STEPS = ((2, 60), (5, 120))
"""Up to so many days are asked about in steps of so many minutes; more in quarters of a day."""
_LONG = 240


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch that is asked about at once."""

    start: datetime
    end: datetime

    @property
    def key(self) -> str:
        """Names it in a form, whatever zone it is read in: `20261211T1430`."""
        return self.start.astimezone(UTC).strftime("%Y%m%dT%H%M")


@dataclass(frozen=True, slots=True)
class Hours:
    """What somebody said of a stretch."""

    start: datetime
    end: datetime
    word: Word


def windows(start: datetime, end: datetime, zone: str, others: Iterable[tuple[datetime, datetime]]) -> list[Block]:
    """Each day of an event between its first and its last clock, in its zone, and the days on which something of the
    draft stands beside it; every day as wide as what stands on it. At most `MOST_DAYS`, the first ones.
    """
    place = ZoneInfo(zone)
    first, last = start.astimezone(place), end.astimezone(place)
    opens, closes = first.time(), last.time()
    found: dict[date, tuple[datetime, datetime]] = {}
    day = first.date()
    while day <= (last - timedelta(minutes=1)).date() and len(found) < MOST_DAYS:
        begins = datetime.combine(day, opens, place).astimezone(UTC)
        over = datetime.combine(day, closes, place).astimezone(UTC)
        if over <= begins:
            over = datetime.combine(day + timedelta(days=1), closes, place).astimezone(UTC)
        if begins < end.astimezone(UTC):
            found[day] = (begins, over)
        day += timedelta(days=1)
    for begins, over in others:
        day = begins.astimezone(place).date()
        known = found.get(day)
        before = found.get(day - timedelta(days=1))
        if before is not None and before[0] <= begins and over <= before[1]:
            continue  # past midnight of the day before
        found[day] = (min(known[0], begins), max(known[1], over)) if known else (begins, over)
    return [Block(*found[day]) for day in sorted(found)[:MOST_DAYS]]


def blocks(days: Sequence[Block], zone: str) -> list[list[Block]]:
    """Each window in steps that begin on the hour in the event's zone; fewer and longer ones for many days."""
    minutes = next((step for most, step in _STEPS if len(days) <= most), _LONG)
    return [list(_steps(day, timedelta(minutes=minutes), ZoneInfo(zone))) for day in days]


def _steps(day: Block, step: timedelta, place: ZoneInfo) -> Iterable[Block]:
    local = day.start.astimezone(place)
    at = day.start - timedelta(minutes=local.minute, seconds=local.second)
    while at < day.end:
        yield Block(max(at, day.start), min(at + step, day.end))
        at += step


def digest(days: Sequence[Block]) -> str:
    """Names what was asked."""
    told = "\n".join(f"{day.start.isoformat()} {day.end.isoformat()}" for day in days)
    return hashlib.sha256(told.encode()).hexdigest()


def said(asked: Iterable[Sequence[Block]], words: Mapping[str, Word]) -> list[Hours]:
    """What was said of each block, by its key, as few stretches: what touches and says the same is one."""
    found: list[Hours] = []
    for block in (block for day in asked for block in day):
        word = words.get(block.key, Word.CAN)
        if word is Word.CAN:
            continue
        if found and found[-1].end == block.start and found[-1].word is word:
            found[-1] = Hours(found[-1].start, block.end, word)
        else:
            found.append(Hours(block.start, block.end, word))
    return found


def word_of(block: Block, hours: Iterable[Hours]) -> Word:
    """What was said of a block; where only a part of it was spoken of, the worst of that."""
    words = {each.word for each in hours if each.start < block.end and block.start < each.end}
    return next((word for word in (Word.CANNOT, Word.RATHER_NOT) if word in words), Word.CAN)


def is_midnight(moment: datetime) -> bool:
    """Whether a day begins with it, on its own clock."""
    return moment.time() == time()
