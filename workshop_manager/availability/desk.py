"""What organisers see: who was asked, who answered, and what they said, in the event's time and theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from workshop_manager.availability import queries, rules, service
from workshop_manager.availability.models import AvailabilityAsking, SpeakerAvailability
from workshop_manager.availability.rules import Block
from workshop_manager.availability.service import Whom
from workshop_manager.availability.states import Word
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who was asked; `cannot` and `rather_not` in the event's time."""

    row: SpeakerAvailability
    cannot: str
    rather_not: str
    is_stale: bool
    """They answered of other days than those there are now."""
    problem: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole page."""

    asking: AvailabilityAsking | None
    lines: tuple[Line, ...]
    whom: Whom
    new: int
    """How many would be asked now."""
    days: Sequence[Block]

    @property
    def answered(self) -> int:
        return sum(line.row.answered_at is not None for line in self.lines)

    @property
    def waiting(self) -> int:
        """Who owes an answer and was not reminded yet."""
        return sum(line.row.answered_at is None and line.row.reminded_at is None for line in self.lines)


def desk(uow: UnitOfWork, edition: Edition) -> Desk:
    """Everything on it (as many queries for few as for many)."""
    programme = drafting.plain(uow.session, edition)
    days = service.days(edition, programme)
    failed = queries.failed_mails(uow.session, edition.id)
    asked = queries.asked(uow.session, edition.id)
    lines = tuple(
        Line(
            row,
            _in_words(row, Word.CANNOT, edition.time_zone),
            _in_words(row, Word.RATHER_NOT, edition.time_zone),
            row.answered_at is not None and row.asked_of != rules.digest(days),
            failed.get(row.id, ""),
        )
        for row in asked
    )
    whom = service.whom(uow, edition, programme)
    return Desk(queries.asking(uow.session, edition.id), lines, whom, len(service.unasked(whom, asked)), days)


def _in_words(row: SpeakerAvailability, word: Word, zone: str) -> str:
    """`Fri 11 December 09:00–12:00 and 15:00–17:00; Sat 12 December 09:00–10:00`."""
    place = ZoneInfo(zone)
    said = [each for each in row.hours if each.word is word]
    spans = [(each.starts_at.astimezone(place), each.ends_at.astimezone(place)) for each in said]
    parts = []
    for day, of_day in groupby(spans, key=lambda span: span[0].date()):
        parts.append(f"{day_text(day)} " + ", ".join(_span(start, end) for start, end in of_day))
    return "; ".join(parts)


def _span(start: datetime, end: datetime) -> str:
    # Left to right also among words of the other direction.
    return f"\u2066{clock_text(start)}–{clock_text(end)}\u2069"


@dataclass(frozen=True, slots=True)
class Hour:
    """A block as its speaker reads it: their time, the event's, what they said."""

    key: str
    own: str
    there: str
    word: Word


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the event as its speaker reads it."""

    key: str
    title: str
    """In the event's zone."""
    own_title: str
    """Where it begins on another day for them."""
    hours: tuple[Hour, ...]
    is_off: bool


def days_for(
    asked: Sequence[Sequence[Block]], zone: str, own: str, words: dict[str, Word], off: frozenset[str]
) -> list[Day]:
    """The page of hours; `words` by key of a block, `off` the days ruled out as a whole."""
    there, here = ZoneInfo(zone), ZoneInfo(own)
    found = []
    for day in asked:
        first, mine = day[0].start.astimezone(there), day[0].start.astimezone(here)
        hours = tuple(
            Hour(
                block.key,
                _own_span(block, here, mine),
                _span(block.start.astimezone(there), block.end.astimezone(there)) if own != zone else "",
                words.get(block.key, Word.CAN),
            )
            for block in day
        )
        own_title = ""
        if own != zone and mine.date() != first.date():
            own_title = str(_("%(day)s for you", day=day_text(mine.date(), short=False)))
        title = day_text(first.date(), year=True, short=False)
        found.append(Day(day[0].key, title, own_title, hours, day[0].key in off))
    return found


def _own_span(block: Block, here: ZoneInfo, first: datetime) -> str:
    start, end = block.start.astimezone(here), block.end.astimezone(here)
    later = (start.date() - first.date()).days
    return _span(start, end) + (f" +{later}" if later > 0 else "")
