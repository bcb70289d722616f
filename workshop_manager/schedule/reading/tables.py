"""Which of several tables is the programme: one, or one for each day."""

from __future__ import annotations

from dataclasses import dataclass

from workshop_manager.schedule.reading.clocks import find_times
from workshop_manager.schedule.reading.dates import FoundDay
from workshop_manager.schedule.reading.sheets import Cell, Line, Sheet
from workshop_manager.schedule.reading.values import Doubt


@dataclass(slots=True)
class Table:
    """A table with how many of its lines hold a time, and the day that stands above it."""

    sheet: Sheet
    timed: int
    day: FoundDay | None
    is_read: bool = False

    @property
    def header(self) -> list[str]:
        """The words of its first line; none if that is no header."""
        first = self.sheet.lines[0]
        if any(find_times(cell.text, whole=True) for cell in first.cells):
            return []
        return [cell.text.casefold() for cell in first.cells]


def chosen(tables: list[Table]) -> Sheet | None:
    """The table with the most times; all of them, joined, where each stands under a day of its own.

    None if no table holds a time. What is not read is named.
    """
    timed = [table for table in tables if table.timed]
    if not timed:
        return None
    best = max(timed, key=lambda table: table.timed)
    days = {table.day.day for table in timed if table.day is not None}
    if len(days) == len(timed) and all(table.header == best.header for table in timed):
        return _joined(timed)
    best.is_read = True
    sheet = best.sheet
    if best.day is not None:
        sheet.lines = _under_day(best)
    sheet.doubts += [
        Doubt(None, "page", f"Another table with {table.timed} timed rows was not read; paste it by itself if wanted.")
        for table in timed
        if not table.is_read
    ]
    return sheet


def _joined(tables: list[Table]) -> Sheet:
    """Tables of the same columns as one, in which a line names the day of those below it."""
    sheet = tables[0].sheet
    lines = []
    for place, table in enumerate(tables):
        table.is_read = True
        below = _under_day(table)
        lines += below[1:] if place and table.header else below
        sheet.doubts += table.sheet.doubts if place else []
    sheet.lines = lines
    return sheet


def _under_day(table: Table) -> list[Line]:
    lines, day = table.sheet.lines, table.day
    if day is None:
        return lines
    head = lines[:1] if table.header else []
    return [*head, Line([Cell(day.printed)], day=day.day), *lines[len(head) :]]
