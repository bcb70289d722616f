"""What the exchange formats of conferences (schedule.xml, schedule.json) share: an event with its day and room.

The formats come from Pentabarf and frab and are written by pretalx, wafer, indico and others alike; what they mean is
told by https://github.com/voc/schedule and by what those programs really write.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from workshop_manager.core.deadlines import FIRST_YEAR, LAST_YEAR
from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import Kind, ProgrammeError, Recording, Speaker, as_zone
from workshop_manager.schedule.reading.calendars import plain_words
from workshop_manager.schedule.reading.clocks import find_times, minutes_of
from workshop_manager.schedule.reading.dates import moment_of
from workshop_manager.schedule.reading.identities import told_apart
from workshop_manager.schedule.reading.meanings import guess_kind
from workshop_manager.schedule.reading.sheets import tidy
from workshop_manager.schedule.reading.values import MAX_ROWS, Doubt, Format, ImportRefusal, Reading, Row, Weight
from workshop_manager.schedule.rules import Refusal, local_instant


@dataclass(frozen=True, slots=True)
class Event:
    """An event as its file writes it: texts, but for what the format itself tells apart."""

    title: str
    where: str = ""
    subtitle: str = ""
    date: str = ""
    """Date and time with an offset; in old files a date, or nothing."""
    start: str = ""
    """The time on the wall clock."""
    end: str = ""
    duration: str = ""
    day: str = ""
    """The date of the conference day it stands in."""
    day_start: str = ""
    """When that day begins: what starts at an earlier hour is after midnight."""
    room: str = ""
    track: str = ""
    type: str = ""
    abstract: str = ""
    description: str = ""
    persons: tuple[Speaker, ...] = ()
    id: str = ""
    no_recording: bool = False
    is_cancelled: bool = False


class _Rows:
    """Turns events into rows; one use."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.rows: list[Row] = []
        self.doubts: list[Doubt] = []

    def doubt(self, number: int | None, field_name: str, sentence: str, weight: Weight = Weight.DOUBT) -> None:
        self.doubts.append(Doubt(number, field_name, sentence, weight=weight))

    def add(self, event: Event) -> None:
        number = len(self.rows) + 1
        if number > MAX_ROWS:
            raise ImportRefusal("too_many_rows", f"This file has more than {MAX_ROWS} events; divide it.")
        title = tidy(event.title)
        name = f"“{isolated(title if len(title) <= 60 else title[:59] + '…')}”" if title else f"Row {number}"
        if not title:
            self.doubt(number, "title", f"Row {number} has no title.")
        start = self._start(event, number, name)
        end = self._end(event, start, number, name) if start is not None else None
        if event.is_cancelled:
            self.doubt(number, "page", f"{name} is called off in the file, so it was left out.")
        guess = guess_kind(event.type) or guess_kind(event.track if event.track == event.type else "")
        kind = guess[0] if guess is not None else Kind.TALK if event.persons else Kind.SESSION
        if kind in (Kind.BREAK, Kind.MEAL) and event.persons:
            kind = Kind.TALK
        said = f" because of “{isolated(event.type[:60])}”" if guess is not None else ""
        self.doubt(number, "kind", f"{name} was read as {kind.value}{said}.", Weight.NOTE)
        texts = [plain_words(part) for part in (event.subtitle, event.abstract, event.description)]
        self.rows.append(
            Row(
                number=number,
                source=title,
                kind=kind,
                title=title or "Untitled",
                abstract="\n\n".join(dict.fromkeys(text for text in texts if text)),
                speakers=event.persons,
                room=tidy(event.room) or None,
                track=tidy(event.track) or None,
                time_as_printed=" ".join(
                    part for part in (event.date or event.day, event.start, event.duration) if part
                ),
                start_as_printed=start,
                end_as_printed=end,
                source_id=event.id or None,
                where=event.where,
                is_cancelled=event.is_cancelled,
                recording=Recording.FORBIDDEN if event.no_recording else Recording.UNDECIDED,
            )
        )

    # When it is.

    def _start(self, event: Event, number: int, name: str) -> datetime | None:
        moment = _moment(event.date)
        if moment is not None and moment.tzinfo is not None:
            if not FIRST_YEAR <= moment.year <= LAST_YEAR:
                self.doubt(number, "start_as_printed", f"{name}: the year {moment.year} must be a slip.")
                return None
            self._compare(event, moment, number, name)
            return moment.astimezone(UTC).replace(microsecond=0)
        if moment is not None and moment.time() != time():
            return self._local(moment, number, name)
        day = _date(event.date) or _date(event.day)
        clock = _clock(event.start)
        if day is None or clock is None:
            printed = isolated(f"{event.date or event.day} {event.start}".strip()[:80])
            why = f"“{printed}” is no date and time" if printed else "it has no date and time"
            self.doubt(number, "start_as_printed", f"{name} has no place yet: {why}.")
            return None
        begins = _moment(event.day_start) if event.day_start else None
        # The day of a conference goes on after midnight; what starts before it begins belongs to its end.
        day_clock = begins.time() if begins is not None else _clock(event.day_start)
        is_night = day_clock is not None and clock < day_clock and _date(event.date) is None
        naive = datetime.combine(day, clock) + timedelta(days=1 if is_night and day < date.max else 0)
        if is_night:
            sentence = f"{name} starts at {clock:%H:%M}, before its day begins: it was read as after midnight."
            self.doubt(number, "start_as_printed", sentence, Weight.NOTE)
        return self._local(naive, number, name)

    def _compare(self, event: Event, moment: datetime, number: int, name: str) -> None:
        """The wall-clock time beside the instant: on the clock of the offset, or of the conference."""
        clock = _clock(event.start)
        if clock is None:
            return
        there = moment.astimezone(as_zone(self.zone))
        if (moment.hour, moment.minute) != (clock.hour, clock.minute) != (there.hour, there.minute):
            sentence = (
                f"{name} says {clock:%H:%M}, but also {moment:%Y-%m-%d %H:%M} at UTC{moment:%z}, which is "
                f"{there:%H:%M} in {self.zone}. The latter was taken."
            )
            self.doubt(number, "start_as_printed", sentence)

    def _end(self, event: Event, start: datetime, number: int, name: str) -> datetime | None:
        moment = _moment(event.end)
        if moment is not None:
            end = moment.astimezone(UTC) if moment.tzinfo is not None else self._local(moment, number, name)
            if end is not None and end > start:
                return end.replace(microsecond=0)
        minutes = minutes_of(event.duration)
        if minutes is None:
            printed = isolated((event.duration or event.end)[:40])
            why = f"“{printed}” is no length of time" if printed else "has neither a length nor an end"
            self.doubt(number, "end_as_printed", f"{name} has no end: {why}." if printed else f"{name} {why}.")
            return None
        return start + timedelta(minutes=minutes)

    def _local(self, naive: datetime, number: int, name: str) -> datetime | None:
        answer = local_instant(naive.date(), naive.time(), self.zone)
        if not isinstance(answer, Refusal):
            return answer.utc
        if answer.code == "twice":
            self.doubt(number, "start_as_printed", f"{name}: {answer.sentence} The first was taken.")
            return answer.choices[0].utc
        self.doubt(number, "start_as_printed", f"{name}: {answer.sentence}")
        return None


def _moment(text: str) -> datetime | None:
    return moment_of(text) if text else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    found = find_times(text.strip(), whole=True) if text else None
    if found is None or found.end is not None:
        return None
    return time(found.start.minutes // 60 % 24, found.start.minutes % 60)


def reading_of(
    events: Iterable[Event], *, day: date, zone: str, said_zone: str, form: Format, doubts: Iterable[Doubt] = ()
) -> Reading:
    """The rows of such a file. Times without an offset are read in the zone it names, else in `zone`."""
    general = list(doubts)
    if said_zone:
        try:
            as_zone(said_zone)
        except ProgrammeError:
            shown = isolated(said_zone[:60])
            sentence = f"The file is in the zone “{shown}”, which is not known; {zone} was taken."
            general.append(Doubt(None, "zone", sentence))
            said_zone = ""
    rows = _Rows(said_zone or zone)
    for event in events:
        rows.add(event)
    if not rows.rows:
        raise ImportRefusal("no_times", "This schedule file holds no events.")
    apart, shared = told_apart(rows.rows)
    found = [*general, *rows.doubts, *shared]
    found.sort(key=lambda each: -1 if each.row is None else each.row)
    return Reading(tuple(apart), tuple(found), day, zone, form)
