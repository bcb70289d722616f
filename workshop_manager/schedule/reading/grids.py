"""Tables whose columns are rooms, tracks or days: each cell is an item, as most printed programmes are laid out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workshop_manager.schedule.programme import Kind
from workshop_manager.schedule.reading.clocks import find_times
from workshop_manager.schedule.reading.columns import role_of
from workshop_manager.schedule.reading.dates import whole_day
from workshop_manager.schedule.reading.meanings import guess_kind
from workshop_manager.schedule.reading.sheets import Cell, Line

_PLACE = re.compile(
    r"(?:rooms?|halls?|stage|track|auditorium|ballroom|theat(?:er|re)|lab|stream|raum|saal|salle|sala|aula|hörsaal|zaal)"
    r"\s*[:#]?\s*[\w-]{1,30}"
    r"|[\w' -]{1,30}\s(?:rooms?|hall|stage|auditorium|ballroom|theat(?:er|re)|track|tent)",
    re.IGNORECASE,
)


_SHARED = frozenset({Kind.BREAK, Kind.MEAL, Kind.PRAYER, Kind.OPENING, Kind.SOCIAL, Kind.OTHER})


@dataclass(slots=True)
class _Placed:
    """A cell of the grid: the lines it reaches over, and its column."""

    cell: Cell
    first: int
    last: int
    column: int
    where: str


def ungrid(lines: list[Line], near: date) -> list[Line]:
    """A grid as a list with the columns Time, Title and Room (or Track, or Date); any other table as it is."""
    if len(lines) < 2:
        return lines
    heads = [cell.text for cell in lines[0].cells]
    if any(find_times(text, whole=True) for text in heads):
        return lines
    columns, heading = _columns(heads, near)
    if len(columns) < 2:
        return lines
    clock = _time_column(lines, set(columns))
    if clock is None:
        return lines
    made = [Line([Cell("Time"), Cell("Title"), Cell(heading)], header=True)]
    days = {place: found for place, line in enumerate(lines) if place and (found := _day_of(line, near)) is not None}
    times = _times(lines, clock, days)
    for place, placed in _in_order(_placed(lines, columns, days), days):
        if placed is None:
            made.append(days[place])
            continue
        line = lines[placed.first]
        same = heading != "Date" and _is_for_all(line, columns)
        if same and placed.column != columns[0]:
            continue
        spans = same or _spans_all(line, placed.column, columns)
        time = _time(times, placed)
        # What spans all columns is in no room of its own, but on each of the days.
        names = [heads[place] for place in columns] if spans and heading == "Date" else [""] if spans else None
        for head in names or [heads[placed.column]]:
            made.append(Line([Cell(time), placed.cell, Cell(head)], day=line.day, where=placed.where))
    return made


def _columns(heads: Sequence[str], near: date) -> tuple[list[int], str]:
    days = [place for place, text in enumerate(heads) if text and whole_day(text, near) is not None]
    if len(days) >= 2:
        return days, "Date"
    if any(role_of(text) == "title" for text in heads):
        return [], ""
    places = [place for place, text in enumerate(heads) if text and _PLACE.fullmatch(text)]
    is_track = all(re.search(r"\b(?:track|stream)\b", heads[place], re.IGNORECASE) for place in places)
    return places, "Track" if is_track else "Room"


def _time_column(lines: list[Line], others: set[int]) -> int | None:
    width = max(len(line.cells) for line in lines)
    counts = {
        place: sum(
            1 for line in lines[1:] if place < len(line.cells) and find_times(line.cells[place].text, whole=True)
        )
        for place in range(width)
        if place not in others
    }
    best = max(counts, key=lambda place: counts[place], default=None)
    return best if best is not None and counts[best] else None


def _day_of(line: Line, near: date) -> Line | None:
    """A line that only names the day of those below it, as such a line; None for another."""
    texts = {cell.text for cell in line.cells if cell.text}
    if len(texts) != 1:
        return None
    day = line.day or ((found := whole_day(next(iter(texts)), near)) and found.day)
    return Line([Cell(next(iter(texts)))], day=day) if day else None


def _in_order(placed: list[_Placed], days: Mapping[int, Line]) -> list[tuple[int, _Placed | None]]:
    """Cells by their first line, each after the day it stands under."""
    both: list[tuple[int, _Placed | None]] = [*((each.first, each) for each in placed), *((day, None) for day in days)]
    return sorted(both, key=lambda pair: pair[0])


def _times(lines: list[Line], clock: int, days: Collection[int]) -> list[str]:
    """The time of each line; one without stands in the time above it."""
    found, above = [], ""
    for number, line in enumerate(lines):
        if number in days:
            above = ""
            found.append(above)
            continue
        text = line.cells[clock].text if clock < len(line.cells) else ""
        above = text or above
        found.append(above)
    return found


def _time(times: list[str], placed: _Placed) -> str:
    first, last = times[placed.first], times[placed.last]
    if first == last:
        return first
    begin, end = find_times(first, whole=True), find_times(last, whole=True)
    if begin is None or end is None or end.end is None:
        return first
    # From the start of the first line to the end of the last, as printed there.
    start_text = re.split(r"\s*(?:-|–|—|−|to\b|until\b)\s*", first, maxsplit=1)[0]
    end_text = re.split(r"\s*(?:-|–|—|−|to\b|until\b)\s*", last, maxsplit=1)[-1]
    return f"{start_text} - {end_text}"


def _placed(lines: list[Line], columns: list[int], days: Collection[int]) -> list[_Placed]:
    found: list[_Placed] = []
    open_cells: dict[int, _Placed] = {}
    for number, line in enumerate(lines[1:], start=1):
        for column in () if number in days else columns:
            cell = line.cells[column] if column < len(line.cells) else Cell("")
            before = open_cells.get(column)
            # The very same cell again reaches down from the line above.
            if before is not None and before.cell is cell and before.last == number - 1:
                before.last = number
                continue
            if cell.text:
                placed = _Placed(cell, number, number, column, line.where)
                open_cells[column] = placed
                found.append(placed)
    return found


def _spans_all(line: Line, column: int, columns: list[int]) -> bool:
    """Whether nothing else stands in the line: such a cell is for everybody, in no room of its own."""
    return column == columns[0] and not any(line.cells[place].text for place in columns[1:] if place < len(line.cells))


def _is_for_all(line: Line, columns: list[int]) -> bool:
    """Whether every room has the same break, meal or opening: it is one, for everybody."""
    texts = {line.cells[place].text.casefold() if place < len(line.cells) else "" for place in columns}
    guess = guess_kind(next(iter(texts))) if len(texts) == 1 else None
    return guess is not None and guess[0] in _SHARED
