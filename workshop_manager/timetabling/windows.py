"""When talks may be: the hours of each day, breaks, and rooms that open later or close earlier, as people type them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workshop_manager.schedule.reading.clocks import find_times
from workshop_manager.schedule.reading.dates import find_day
from workshop_manager.schedule.visibility import name_key

Between = tuple[datetime, datetime]
"""Two instants, UTC; the second is not included."""


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a day in which there may be talks; over midnight if it closes before it opens. None: no talks."""

    day: date
    opens: time | None
    closes: time | None


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of one day, or of every day, on the clock of the event; over midnight if they end before they begin.

    Of a room, it is open then and at no other hour of that day; of none, nothing takes place then.
    """

    day: date | None
    start: time
    end: time
    room: str | None = None


def between(zone: str, day: date, start: time, end: time) -> Between:
    """The instants of wall-clock hours that begin on a day."""
    there = ZoneInfo(zone)
    over = day if end > start else day + timedelta(days=1)
    return datetime.combine(day, start, there).astimezone(UTC), datetime.combine(over, end, there).astimezone(UTC)


def breaks(zone: str, days: Collection[date], told: Iterable[Hours]) -> Iterator[Between]:
    """The breaks of these days."""
    for each in told:
        for day in days if each.day is None else [each.day]:
            yield between(zone, day, each.start, each.end)


def closed(zone: str, days: Collection[date], told: Iterable[Hours]) -> Iterator[Between]:
    """When a room is closed on these days. A day of its own counts for more than what is said of every day."""
    told = list(told)
    named = {each.day for each in told if each.day is not None}
    for day in days:
        mine = [each for each in told if each.day == day or (each.day is None and day not in named)]
        for each in mine:
            if each.end > each.start:
                if each.start != time():
                    yield between(zone, day, time(), each.start)
                yield between(zone, day, each.end, time())
            else:
                # It is open over midnight: only the hours between closing and opening are closed.
                yield (
                    between(zone, day, each.end, each.start)
                    if each.end != each.start
                    else between(zone, day, time(), time())
                )


def read_breaks(text: str, near: date) -> tuple[list[Hours], list[str]]:
    """One a line, `12:00–13:00 Lunch` or `11 Dec 10:30–11:00`; and the lines that say no hours."""
    found, wrong = [], []
    for line in filter(None, map(str.strip, text.splitlines())):
        hours = _hours(line, near, None)
        if hours is None:
            wrong.append(line)
        else:
            found.append(hours)
    return found, wrong


def read_rooms(text: str, near: date, rooms: Sequence[str]) -> tuple[list[Hours], list[str]]:
    """One a line, `Attic: 10:00–16:00` or `Attic: 11 Dec 10:00–16:00`; and the lines that name no room or hours."""
    found, wrong = [], []
    for line in filter(None, map(str.strip, text.splitlines())):
        room = next(
            (
                room
                for room in sorted(rooms, key=len, reverse=True)
                if name_key(line[: len(room)]) == name_key(room) and not line[len(room) : len(room) + 1].isalnum()
            ),
            None,
        )
        hours = _hours(line[len(room) :].lstrip(" :,–-"), near, room) if room is not None else None
        if hours is None:
            wrong.append(line)
        else:
            found.append(hours)
    return found, wrong


def _hours(line: str, near: date, room: str | None) -> Hours | None:
    times, day = find_times(line, whole=False), None
    if times is None or times.end is None:
        dated = find_day(line, near)
        times, day = (find_times(dated.rest, whole=False), dated.day) if dated is not None else (None, None)
    if times is None or times.end is None or times.start.minutes % 1440 == times.end.minutes % 1440:
        return None
    start, end = (time(minutes // 60 % 24, minutes % 60) for minutes in (times.start.minutes, times.end.minutes))
    return Hours(day, start, end, room)


def window_to_json(one: Window) -> list[str | None]:
    """As plain values."""
    return [one.day.isoformat(), *(clock.isoformat("minutes") if clock else None for clock in (one.opens, one.closes))]


def window_from_json(said: Sequence[Any]) -> Window:
    """As `window_to_json` wrote it."""
    return Window(date.fromisoformat(said[0]), *(time.fromisoformat(one) if one else None for one in said[1:3]))


def hours_to_json(one: Hours) -> list[str | None]:
    """As plain values."""
    day = one.day.isoformat() if one.day else None
    return [day, one.start.isoformat("minutes"), one.end.isoformat("minutes"), one.room]


def hours_from_json(said: Sequence[Any]) -> Hours:
    """As `hours_to_json` wrote it."""
    day = date.fromisoformat(said[0]) if said[0] else None
    return Hours(day, time.fromisoformat(said[1]), time.fromisoformat(said[2]), said[3])
