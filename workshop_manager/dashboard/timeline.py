"""The dates of an edition on one line, drawn for a desk; the same dates stand beside it as a list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date

from workshop_manager.web.times import day_text

WIDTH = 1120
_LETTER = 8.2
"""Width of a letter at 17 px, on average, in the drawing's units."""
_TODAY = 64
"""Width of the word at the line of today, which stands before it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot on the line; `label` is empty where no lane has room for it."""

    x: float
    label: str
    day: str
    is_past: bool
    is_next: bool
    is_event: bool
    is_old: bool
    above: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that the template draws: x in 0…1120."""

    marks: tuple[Mark, ...]
    months: tuple[tuple[float, str], ...]
    today: float


@dataclass(frozen=True, slots=True)
class Point:
    """A date to be drawn."""

    at: datetime
    zone: str
    label: str
    is_event: bool = False
    is_old: bool = False
    is_main: bool = False
    """One that everybody asks for; where there is no room for all labels, it keeps its own."""


def draw(points: list[Point], now: datetime) -> Timeline | None:
    """The drawing, or None when there are not two different moments to span a line."""
    points = sorted(points, key=lambda p: p.at)
    if not points:
        return None
    first, last = min(points[0].at, now), max(points[-1].at, now)
    span = last - first
    if span < timedelta(days=2):
        return None
    first, last = first - span * 0.03, last + span * 0.06

    def x(at: datetime) -> float:
        return round((at - first) / (last - first) * WIDTH, 1)

    coming = next((p for p in points if p.at >= now and not p.is_old), None)
    marks, reserved = [], x(now)
    lanes: dict[int, tuple[bool, str] | None] = {}
    taken: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for place in sorted(range(len(points)), key=lambda place: _rank(points[place], coming, now)):
        point = points[place]
        width = max(len(point.label), len(_day(point))) * _LETTER
        lanes[place] = _lane(x(point.at), width, taken, reserved, point.is_old)
    for place, point in enumerate(points):
        day, lane = _day(point), lanes[place]
        marks.append(
            Mark(
                x(point.at),
                (day if point.is_old else point.label) if lane else "",
                "" if point.is_old else day,
                is_past=point.at < now,
                is_next=point is coming,
                is_event=point.is_event,
                is_old=point.is_old,
                above=bool(lane and lane[0]),
                anchor=lane[1] if lane else "start",
            )
        )
    return Timeline(tuple(marks), _months(first, last, x), reserved)


def _day(point: Point) -> str:
    return day_text(point.at.astimezone(ZoneInfo(point.zone)).date())


def _rank(point: Point, coming: Point | None, now: datetime) -> tuple[bool, ...]:
    """Which of two points gets its label first; of equal ones the earlier."""
    return not point.is_event, point is not coming, not point.is_main, point.is_old, point.at < now


def _lane(
    x: float, width: float, taken: dict[bool, list[tuple[float, float]]], today: float, is_old: bool
) -> tuple[bool, str] | None:
    """Below the line or above it, wherever the label does not run into another; None if nowhere."""
    for above in (False,) if is_old else (False, True):
        for anchor, left in (("start", x), ("middle", x - width / 2), ("end", x - width)):
            right = left + width
            meets_today = above and left < today + 8 and right > today - _TODAY
            is_free = all(left >= end + 14 or right <= begin - 14 for begin, end in taken[above])
            if is_free and right <= WIDTH and left >= 0 and not meets_today:
                taken[above].append((left, right))
                return above, anchor
    return None


def _months(first: datetime, last: datetime, x: Callable[[datetime], float]) -> tuple[tuple[float, str], ...]:
    found = []
    month = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    step = 1 if last - first < timedelta(days=400) else 3
    while (month := _after(month, step)) <= last:
        place = x(month)
        if place < WIDTH - 80:
            found.append((place, str(format_date(month.date(), "MMMM" if step == 1 else "MMM y"))))
    return tuple(found)


def _after(month: datetime, step: int) -> datetime:
    for _ in range(step):
        month = (month + timedelta(days=32)).replace(day=1)
    return month
