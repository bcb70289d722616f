"""Calendar files (iCalendar, RFC 5545): one or several, with what real programs get wrong named and read around."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty

from workshop_manager.core.deadlines import FIRST_YEAR, LAST_YEAR
from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import Kind, ProgrammeError, Speaker, as_zone
from workshop_manager.schedule.reading.identities import told_apart
from workshop_manager.schedule.reading.meanings import guess_kind, said_of, split_people
from workshop_manager.schedule.reading.sheets import CONTROL, tidy
from workshop_manager.schedule.reading.values import MAX_ROWS, Doubt, Format, ImportRefusal, Reading, Row, Weight
from workshop_manager.schedule.rules import Refusal, day_in_words, local_instant

MOST_DATES = 366
"""Of one series."""
MOST_SERIES = 100
"""Written out in one file: a rule that matches nothing takes as long as one that matches every day."""
_MOST_LISTED = 20_000
"""Single dates of series in one file, left out or added: each is read by the calendar library, whatever it is for."""
_LONGEST_SERIES = timedelta(days=2 * 366)
_MOST_CALENDARS = 200
_EXPANDED = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_LINE = re.compile(r"[A-Za-z0-9-]+(?:;.*)?:")
_BREAK = re.compile(r"<(?:br|/p|/li|/div|/h\d)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]{0,1000}>", re.IGNORECASE)


@dataclass(slots=True)
class _Block:
    """One calendar of the file: its own lines, its zones, its events with the line on which each begins."""

    own: list[str] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    events: list[tuple[int, list[str]]] = field(default_factory=list)


class _Lines:
    """Divides a file into calendars, zones and events; whatever stands nowhere is named."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[_Block] = []
        self.open: list[str] = []
        self.doubts: list[Doubt] = []
        self.others: Counter[str] = Counter()
        self.listed = 0

    def doubt(self, sentence: str) -> None:
        if len(self.doubts) < 100:
            self.doubts.append(Doubt(None, "page", sentence))

    def read(self) -> list[_Block]:
        for number, line in self._unfolded():
            name, _colon, value = line.partition(":")
            name, value = name.strip().upper(), value.strip().upper()
            if name == "BEGIN":
                self._begin(number, value)
            elif name == "END":
                self._end(number, value)
            elif not _LINE.match(line):
                self.doubt(f"Line {number} (“{isolated(line[:60])}”) is no line of a calendar and was left out.")
            else:
                self._keep(line)
        if self.open:
            self.doubt(f"The file breaks off: “{isolated(self.open[-1][:40])}” is never ended.")
            self._close_zone()
        kinds = {"VTODO": "tasks", "VJOURNAL": "journal entries", "VFREEBUSY": "free and busy times"}
        for kind, count in self.others.items():
            sentence = f"{kinds[kind].capitalize()} in it ({count}) were not read."
            self.doubts.append(Doubt(None, "page", sentence, weight=Weight.NOTE))
        return self.blocks

    def _unfolded(self) -> Iterator[tuple[int, str]]:
        """Lines as they were before folding, with the number on which each begins."""
        kept, at = "", 0
        for number, line in enumerate(re.split(r"\r\n|\n|\r", self.text), start=1):
            if line[:1] in (" ", "\t") and kept:
                kept += line[1:]
                continue
            if kept.strip():
                yield at, kept
            kept, at = CONTROL.sub("", line), number
        if kept.strip():
            yield at, kept

    def _begin(self, number: int, value: str) -> None:
        if value == "VCALENDAR":
            if self.open:
                self.doubt(f"Line {number}: the calendar before this one was never ended.")
                self._close_zone()
            self.open = [value]
            self.blocks.append(_Block())
            if len(self.blocks) > _MOST_CALENDARS:
                raise ImportRefusal("too_many_rows", f"This file holds more than {_MOST_CALENDARS} calendars.")
            return
        if not self.open:
            # An event without a calendar around it, as some programs copy it.
            self.open = ["VCALENDAR"]
            self.blocks.append(_Block())
        if value == "VEVENT" and self.open[-1] == "VEVENT":
            self.doubt(f"Line {number}: the event before this one was never ended.")
            self.open.pop()
        if value == "VEVENT":
            self.blocks[-1].events.append((number, []))
            if len(self.blocks[-1].events) > MAX_ROWS:
                raise ImportRefusal("too_many_rows", f"This calendar has more than {MAX_ROWS} events; divide it.")
        elif value in ("VTODO", "VJOURNAL", "VFREEBUSY"):
            self.others[value] += 1
        self.open.append(value)
        if "VTIMEZONE" in self.open:
            self.blocks[-1].zones.append(f"BEGIN:{value}")

    def _end(self, number: int, value: str) -> None:
        if value not in self.open:
            self.doubt(f"Line {number} ends “{isolated(value[:40])}”, which did not begin; it was left out.")
            return
        while self.open:
            if "VTIMEZONE" in self.open:
                self.blocks[-1].zones.append(f"END:{self.open[-1]}")
            closed = self.open.pop()
            if closed == value:
                return
            self.doubt(f"Line {number}: “{isolated(closed[:40])}” was never ended.")

    def _close_zone(self) -> None:
        while "VTIMEZONE" in self.open:
            self.blocks[-1].zones.append(f"END:{self.open.pop()}")

    def _keep(self, line: str) -> None:
        if line[:6].upper() in ("EXDATE", "RDATE;", "RDATE:"):
            self.listed += line.count(",") + 1
            if self.listed > _MOST_LISTED:
                sentence = f"This file lists more than {_MOST_LISTED} single dates of its series; write fewer of them."
                raise ImportRefusal("too_many_rows", sentence)
        if not self.open:
            return
        block = self.blocks[-1]
        if "VTIMEZONE" in self.open:
            block.zones.append(line)
        elif self.open[-1] == "VEVENT" and block.events:
            block.events[-1][1].append(line)
        elif len(self.open) == 1:
            block.own.append(line)


@dataclass(slots=True)
class _Event:
    """An event with where it stands; `zone` is what floating times of its calendar are read in."""

    found: Any
    line: int
    zone: str
    is_called_off: bool


class _Understanding:
    """Turns events into rows; one use."""

    def __init__(self, zone: str, near: date, until: date) -> None:
        self.zone = zone
        self.near = near
        self.until = until
        self.rows: list[Row] = []
        self.doubts: list[Doubt] = []
        self.floating: list[int] = []
        self.series = 0

    def doubt(self, number: int | None, field_name: str, sentence: str, weight: Weight = Weight.DOUBT) -> None:
        self.doubts.append(Doubt(number, field_name, sentence, weight=weight))

    def read(self, events: list[_Event]) -> None:
        series = {_uid(event): event for event in events if "RECURRENCE-ID" not in event.found}
        masters = Counter(_uid(event) for event in events if "RECURRENCE-ID" not in event.found)
        moved: dict[str, dict[datetime, _Event]] = {}
        for event in events:
            moment = _moment(event, "RECURRENCE-ID")
            if moment is not None and masters.get(_uid(event)) == 1:
                moved.setdefault(_uid(event), {})[self._local(moment, series[_uid(event)])] = event
        replacing = {id(event) for dates in moved.values() for event in dates.values()}
        for event in events:
            if id(event) in replacing:
                continue
            self._series(event, moved.get(_uid(event), {}))
            if len(self.rows) > MAX_ROWS:
                raise ImportRefusal("too_many_rows", f"This calendar has more than {MAX_ROWS} dates; divide it.")

    def _local(self, moment: date | datetime, event: _Event) -> datetime:
        """A moment on the wall clock of its event, to tell the dates of a series apart."""
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time())
        if moment.tzinfo is None:
            return moment.replace(microsecond=0)
        began = _moment(event, "DTSTART")
        place = began.tzinfo if isinstance(began, datetime) and began.tzinfo is not None else as_zone(event.zone)
        return moment.astimezone(place).replace(tzinfo=None, microsecond=0)

    # Series.

    def _series(self, event: _Event, moved: dict[datetime, _Event]) -> None:
        began = _moment(event, "DTSTART")
        rule = event.found.get("RRULE")
        if began is None or (rule is None and "RDATE" not in event.found):
            self._row(event, None)
            return
        first = self._local(began, event)
        dates, why = self._dates(event, first)
        for place, start in enumerate(dates):
            other = moved.pop(start, None)
            key = start.strftime("%Y%m%dT%H%M%S") if len(dates) > 1 or place else None
            self._row(other or event, key, start - first if other is None else timedelta(0))
            if place == 0 and why:
                self.doubt(self.rows[-1].number, "start_as_printed", f"“{isolated(self.rows[-1].title[:80])}” {why}")
        for start, other in moved.items():
            self._row(other, start.strftime("%Y%m%dT%H%M%S"))

    def _dates(self, event: _Event, first: datetime) -> tuple[list[datetime], str]:
        """The wall-clock starts of a series, and what is to be said of it."""
        rule = event.found.get("RRULE")
        rules = rule if isinstance(rule, list) else [rule] if rule is not None else []
        found = {first}
        why = ""
        for each in rules:
            dates, why = self._dates_of_rule(event, each, first)
            found.update(dates)
        found.update(self._listed(event, "RDATE"))
        found -= set(self._listed(event, "EXDATE"))
        dates = sorted(found)
        if len(dates) > MOST_DATES:
            why = f"repeats more than {MOST_DATES} times; only the first {MOST_DATES} dates were read."
        return dates[:MOST_DATES], why

    def _dates_of_rule(self, event: _Event, rule: Any, first: datetime) -> tuple[list[datetime], str]:
        try:
            parts = {str(key).upper(): values for key, values in dict(rule).items()}
            often = str(next(iter(parts.get("FREQ", ["?"])))).upper()
            if often not in _EXPANDED:
                return [], f"repeats {often.lower()}; only its first date was read."
            self.series += 1
            if self.series > MOST_SERIES:
                return [], f"repeats, after {MOST_SERIES} others in this file; only its first date was read."
            if not _is_usual(often, parts):
                return [], "repeats by an unusual rule; only its first date was read."
            if not parts.keys() & {"COUNT", "UNTIL"}:
                return self._endless(rule, first)
            end = first + _LONGEST_SERIES
            for until in parts.get("UNTIL", []):
                last = self._local(until, event)
                # A day includes all its hours.
                end = min(end, last if isinstance(until, datetime) else last + timedelta(hours=23, minutes=59))
            wanted = min(int(parts["COUNT"][0]) if parts.get("COUNT") else MOST_DATES + 1, MOST_DATES + 1)
            written = rule.to_ical().decode().split(";")
            text = ";".join(part for part in written if not part.upper().startswith(("UNTIL=", "COUNT=")))
            dates = list(islice(rrulestr(text, dtstart=first).replace(until=end), wanted))
        except Exception:  # dateutil and icalendar raise whatever a broken rule leads to
            return [], "has a rule of repetition that cannot be read; only its first date was read."
        if parts.get("COUNT") and len(dates) < wanted and end == first + _LONGEST_SERIES:
            return dates, "repeats for longer than two years; its dates of the first two years were read."
        return dates, f"repeats: {len(dates)} dates were read." if len(dates) > 1 else ""

    def _endless(self, rule: Any, first: datetime) -> tuple[list[datetime], str]:
        """A series without an end that begins on the days asked for, until the last of them; else its first date."""
        if not self.near <= first.date() <= self.until:
            return [], "repeats without an end; only its first date was read. Give it an end, or add the others."
        over = datetime.combine(self.until, time(23, 59, 59))
        found = rrulestr(rule.to_ical().decode(), dtstart=first).replace(until=over)
        dates = list(islice(found, MOST_DATES + 1))
        last = day_in_words(self.until)
        count = "one date" if len(dates) < 2 else f"{len(dates)} dates"
        return dates, f"repeats without an end: {count} until {last} {'was' if len(dates) < 2 else 'were'} read."

    def _listed(self, event: _Event, name: str) -> Iterator[datetime]:
        values = event.found.get(name)
        for value in values if isinstance(values, list) else [values] if values is not None else []:
            for one in _part(value, "dts") or []:
                moment = one.dt[0] if isinstance(one.dt, tuple) else one.dt
                if isinstance(moment, date):
                    yield self._local(moment, event)

    # One date.

    def _row(self, event: _Event, key: str | None, by: timedelta = timedelta(0)) -> None:
        number = len(self.rows) + 1
        found = event.found
        title = tidy(_text(found, "SUMMARY"))
        name = f"“{isolated(title if len(title) <= 60 else title[:59] + '…')}”" if title else f"Row {number}"
        if not title:
            self.doubt(number, "title", f"Row {number} (line {event.line}) has no title.")
        for what, why in found.errors[:5]:
            sentence = f"{name} (line {event.line}): {what or 'a line'} cannot be read ({tidy(str(why))[:120]})."
            self.doubt(number, "page", sentence)
        speakers, abstract = self._description(number, name, _text(found, "DESCRIPTION"))
        start, end = self._times(event, number, name, by)
        is_off = event.is_called_off or _text(found, "STATUS").strip().upper() == "CANCELLED"
        if is_off:
            self.doubt(number, "page", f"{name} is called off in the file, so it was left out.")
        guess = guess_kind(title) if len(title) <= 40 and len(abstract) < 80 and not speakers else None
        kind = guess[0] if guess is not None else Kind.TALK if speakers else Kind.SESSION
        self.doubt(number, "kind", f"{name} was read as {kind.value}.", Weight.NOTE)
        uid = tidy(_text(found, "UID"))[:255]
        self.rows.append(
            Row(
                number=number,
                source=title,
                kind=kind,
                title=title or "Untitled",
                abstract=abstract,
                speakers=speakers,
                room=tidy(_text(found, "LOCATION")) or None,
                track=_categories(found),
                time_as_printed=_printed(found),
                start_as_printed=start,
                end_as_printed=end,
                source_id=f"{uid}|{key}" if uid and key else uid or None,
                where=f"line {event.line}",
                is_cancelled=is_off,
            )
        )

    def _description(self, number: int, name: str, text: str) -> tuple[tuple[Speaker, ...], str]:
        text = plain_words(text)
        first, _line, rest = text.partition("\n")
        said = said_of(first) if re.match(r"\s*(?:speakers?|presenters?)\s*:", first, re.IGNORECASE) else None
        if said is None or said[0] != "speaker":
            return (), text
        self.doubt(number, "speakers", f"“{isolated(first[:80])}” was read as who speaks in {name}.", Weight.NOTE)
        return split_people(said[1]), rest.strip()

    def _times(self, event: _Event, number: int, name: str, by: timedelta) -> tuple[datetime | None, datetime | None]:
        began, ended = _moment(event, "DTSTART"), _moment(event, "DTEND")
        length = _part(event.found.get("DURATION"), "dt")
        if began is None:
            self.doubt(number, "start_as_printed", f"{name} (line {event.line}) has no start that can be read.")
            return None, None
        if not isinstance(began, datetime):
            self.doubt(number, "start_as_printed", f"{name} lasts all day; it was read as from midnight to midnight.")
            ended = ended or began + timedelta(days=1)
        elif began.tzinfo is None:
            self._floating(event, number, name)
        start = self._instant(began, by, event.zone, number, "start_as_printed")
        if start is None:
            return None, None
        if ended is None and isinstance(length, timedelta):
            end: datetime | None = start + length
        elif ended is None:
            end = None
        else:
            end = self._instant(ended, by, event.zone, number, "end_as_printed")
        if end is None or end <= start:
            why = "has no end" if end is None else "ends at once" if end == start else "ends before it starts"
            self.doubt(number, "end_as_printed", f"{name} {why}.")
            end = None
        return start, end

    def _floating(self, event: _Event, number: int, name: str) -> None:
        wanted = event.found["DTSTART"].params.get("TZID")
        if wanted:
            sentence = (
                f"{name} is in the zone “{isolated(str(wanted)[:60])}”, which is not known; {event.zone} was taken."
            )
            self.doubt(number, "start_as_printed", sentence)
        else:
            self.floating.append(number)

    def _instant(
        self, moment: date | datetime, by: timedelta, zone: str, number: int, field_name: str
    ) -> datetime | None:
        try:
            if isinstance(moment, datetime) and moment.tzinfo is not None:
                # A series keeps its wall clock, whatever the clocks do.
                moment = (moment.replace(tzinfo=None) + by).replace(tzinfo=moment.tzinfo) if by else moment
                if not FIRST_YEAR <= moment.year <= LAST_YEAR:
                    raise OverflowError
                return moment.astimezone(UTC).replace(microsecond=0)
            naive = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
            naive += by
        except (OverflowError, ValueError):
            self.doubt(number, field_name, f"Row {number}: the year {moment.year} must be a slip.")
            return None
        answer = local_instant(naive.date(), naive.time(), zone)
        if not isinstance(answer, Refusal):
            return answer.utc
        if answer.code == "twice":
            self.doubt(number, field_name, f"{answer.sentence} The first was taken.")
            return answer.choices[0].utc
        self.doubt(number, field_name, answer.sentence)
        return None


def _is_usual(often: str, parts: dict[str, Any]) -> bool:
    """Whether a rule is one that surely matches some date: another is looked for until the year 9999."""
    more = parts.keys() - {"FREQ", "COUNT", "UNTIL", "WKST", "INTERVAL"}
    days = [str(day).upper() for day in parts.get("BYDAY", [])]
    are_plain = all(re.fullmatch("MO|TU|WE|TH|FR|SA|SU", day) for day in days)
    every = int(next(iter(parts.get("INTERVAL", [1]))))
    if every < 1:
        return False
    if not more:
        return True
    if more == {"BYDAY"}:
        numbered = all(re.fullmatch("[+-]?[1-5]?(?:MO|TU|WE|TH|FR|SA|SU)", day) for day in days)
        return {"DAILY": are_plain and every == 1, "WEEKLY": are_plain, "MONTHLY": numbered}.get(often, False)
    if often != "MONTHLY":
        return False
    if more == {"BYMONTHDAY"}:
        return all(1 <= abs(int(day)) <= 31 for day in parts["BYMONTHDAY"])
    return more == {"BYDAY", "BYSETPOS"} and are_plain and all(1 <= abs(int(at)) <= 4 for at in parts["BYSETPOS"])


def plain_words(text: str) -> str:
    """A description without markup, where a program put a web page into it."""
    if "<" in text and _TAG.search(text):
        text = unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    lines = [tidy(line) for line in CONTROL.sub("", text.replace("\r", "")).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _uid(event: _Event) -> str:
    return tidy(_text(event.found, "UID"))


def _text(found: Any, name: str) -> str:
    value = found.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return CONTROL.sub("", str(value)) if value is not None else ""


def _moment(event: _Event, name: str) -> date | datetime | None:
    value = event.found.get(name)
    value = value[0] if isinstance(value, list) and value else value
    moment = _part(value, "dt")
    return moment if isinstance(moment, date) else None


def _part(value: Any, name: str) -> Any:
    """A part of a property; None where there is none, or icalendar could not read the property."""
    try:
        return getattr(value, name, None)
    except BrokenCalendarProperty:
        return None


def _categories(found: Any) -> str | None:
    value = found.get("CATEGORIES")
    value = value[0] if isinstance(value, list) and value else value
    names = [tidy(str(name)) for name in _part(value, "cats") or []]
    return ", ".join(name for name in names if name)[:200] or None


def _printed(found: Any) -> str:
    try:
        parts = (found.get(name) for name in ("DTSTART", "DTEND", "DURATION"))
        return " - ".join(part.to_ical().decode() for part in parts if part is not None and not isinstance(part, list))
    except (AttributeError, ValueError):
        return ""


def _parsed(block: _Block, zones: list[str], lines: list[str]) -> Any:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *zones, *lines, "END:VCALENDAR", ""])
    return Calendar.from_ical(text)


def _events_of(block: _Block, zone: str, doubts: list[Doubt]) -> list[_Event]:
    own = {}
    for line in block.own:
        name, _colon, value = line.partition(":")
        own[name.partition(";")[0].strip().upper()] = value.strip()
    wanted = own.get("X-WR-TIMEZONE", "")
    if wanted:
        try:
            as_zone(wanted)
            zone = wanted
        except ProgrammeError:
            sentence = f"The calendar is in the zone “{isolated(wanted[:60])}”, which is not known; {zone} was taken."
            doubts.append(Doubt(None, "zone", sentence))
    is_off = own.get("METHOD", "").upper() == "CANCEL"
    written = [["BEGIN:VEVENT", *lines, "END:VEVENT"] for _line, lines in block.events]
    zones = block.zones
    try:
        found = list(_parsed(block, zones, [line for lines in written for line in lines]).walk("VEVENT"))
    except Exception:  # icalendar raises whatever a broken part leads to
        found = _one_by_one(block, written, doubts)
    return [
        _Event(event, number, zone, is_off)
        for (number, _lines), event in zip(block.events, found, strict=False)
        if event is not None
    ]


def _one_by_one(block: _Block, written: list[list[str]], doubts: list[Doubt]) -> list[Any]:
    """Each event by itself, so that a broken one does not take the others along."""
    zones = block.zones
    try:
        _parsed(block, zones, [])
    except Exception:
        doubts.append(
            Doubt(None, "zone", "What the file says about its time zones cannot be read; known ones were taken.")
        )
        zones = []
    found = []
    for (number, _lines), lines in zip(block.events, written, strict=True):
        try:
            found.append(next(iter(_parsed(block, zones, lines).walk("VEVENT")), None))
        except Exception as error:
            found.append(None)
            why = tidy(str(error))[:120]
            doubts.append(Doubt(None, "page", f"The event in line {number} cannot be read and was left out: {why}."))
    return found


def read_calendar(text: str, *, day: date, zone: str, until: date | None = None) -> Reading:
    """The events of all calendars in a file. A series is written out; one without an end to `until`, if it
    begins from `day` on, else its first date.

    Times with a zone are instants; floating ones are read in the calendar's own zone, else in `zone`. Raises
    `ImportRefusal` (`no_times`, `too_many_rows`).
    """
    lines = _Lines(text)
    blocks = lines.read()
    understanding = _Understanding(zone, day, max(day, until or day))
    events = [event for block in blocks for event in _events_of(block, zone, lines.doubts)]
    understanding.read(events)
    if not understanding.rows:
        broken = f" {lines.doubts[0].sentence}" if lines.doubts else ""
        raise ImportRefusal("no_times", f"This calendar holds no events.{broken}")
    if understanding.floating:
        count = len(understanding.floating)
        zones = ", ".join(sorted({event.zone for event in events}))
        sentence = f"Times without a zone ({count} rows) were read as the time in {zones}."
        understanding.doubt(None, "zone", sentence)
    if len(blocks) > 1:
        sentence = f"The file holds {len(blocks)} calendars; all were read."
        understanding.doubt(None, "page", sentence, Weight.NOTE)
    rows, shared = told_apart(understanding.rows)
    doubts = [*lines.doubts, *understanding.doubts, *shared]
    doubts.sort(key=lambda each: -1 if each.row is None else each.row)
    return Reading(tuple(rows), tuple(doubts), day, zone, Format.ICALENDAR)
