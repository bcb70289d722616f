"""Values with commas, semicolons or tabs between them, from spreadsheets and other systems."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from itertools import islice

from workshop_manager.schedule.reading.clocks import find_times
from workshop_manager.schedule.reading.columns import roles_of
from workshop_manager.schedule.reading.sheets import Cell, Line, Sheet, tidy
from workshop_manager.schedule.reading.values import MAX_ROWS, Doubt, Format, ImportRefusal, Weight

_SIGNS = ",;\t|"
_WHEN = frozenset({"start", "start time", "start date", "time", "date"})
_MOST_BROKEN = 50
_LEAST_TIMED = 3


def sheet_of_delimited(text: str) -> Sheet | None:
    """The table in such a text; None if it is none: no header that names a time and something else."""
    noted = re.match(r"\s*sep=(.)\r?\n", text)
    body = text[noted.end() :] if noted else text
    sign = noted[1] if noted else _sign_of(body)
    sign = sign or _sign_without_header(body)
    if sign is None:
        return None
    rows, doubts = _rows(body, sign, 1 if noted else 0)
    header = next((place for place, (_line, cells) in enumerate(rows[:10]) if _is_header(cells)), None)
    lines = [
        Line([Cell(_cell(text)) for text in cells], header=place == 0 and header is not None, where=f"line {number}")
        for place, (number, cells) in enumerate(rows[header or 0 :])
    ]
    around = " ".join(" ".join(cells) for _line, cells in rows[: header or 0])[:4000]
    return Sheet(lines, around, doubts, format=Format.CSV)


def sheet_within(text: str) -> Sheet | None:
    """The one table in a page that was copied whole: lines with tabs, and all of the page's times in them.

    None where there is none, where nothing stands around it, or where times stand outside it too (a table a day).
    """
    lines = text.splitlines()
    tabbed = [place for place, line in enumerate(lines) if "\t" in line.rstrip()]
    if not tabbed:
        return None
    first, last = tabbed[0], tabbed[-1]
    timed = [place for place in tabbed if find_times(lines[place].split("\t")[0].strip(), whole=True)]
    outside = [line for line in (*lines[:first], *lines[last + 1 :]) if line.strip()]
    between = [line for line in lines[first:last] if line.strip() and "\t" not in line.rstrip()]
    if (
        len(timed) < _LEAST_TIMED
        or not outside
        or between
        or any(find_times(line.strip(), whole=False) for line in outside)
    ):
        return None
    alone = "\n".join(line if first <= place <= last else "" for place, line in enumerate(lines))
    sheet = sheet_of_delimited(alone)
    if sheet is None:
        return None
    told = [
        Doubt(None, "page", _not_read(where, left), weight=Weight.NOTE)
        for where, left in (("before", lines[:first]), ("after", lines[last + 1 :]))
        if any(line.strip() for line in left)
    ]
    return replace(sheet, around=" ".join(outside)[:4000], doubts=[*sheet.doubts, *told], format=Format.TEXT)


def _not_read(where: str, lines: list[str]) -> str:
    left = [line for line in lines if line.strip()]
    count = "One line" if len(left) == 1 else f"{len(left)} lines"
    verb = "was" if len(left) == 1 else "were"
    return f"{count} {where} the table (from “{tidy(left[0])[:60]}” on) {verb} not read."


def _cell(text: str) -> str:
    # A list or an abstract keeps its lines; everything else is one.
    return "\n".join(line for part in text.splitlines() if (line := tidy(part)))


def _is_header(cells: list[str]) -> bool:
    roles = set(roles_of(cells).values())
    is_timed = any(find_times(cell, whole=True) for cell in cells)
    return bool(roles & _WHEN) and len(roles) >= 2 and not is_timed


def _sign_of(text: str) -> str | None:
    """The sign that parts the cells: the one with which one of the first lines is a header."""
    for line in [line for line in text[:20_000].splitlines() if line.strip()][:10]:
        outside = re.sub(r'"[^"]*"', '""', line)
        for sign in sorted(_SIGNS, key=outside.count, reverse=True):
            if sign in outside and _is_header([part.strip(' "') for part in line.split(sign)]):
                return sign
    return None


def _sign_without_header(text: str) -> str | None:
    """The sign of a table without headings: each of its first lines begins with a time and has as many cells."""
    first = [line for line in text[:20_000].splitlines() if line.strip()][:10]
    for sign in ",;\t":
        parted = [re.sub(r'"[^"]*"', "", line).split(sign) for line in first]
        alike = len({len(cells) for cells in parted}) == 1 and len(parted) > 1 and len(parted[0]) > 2
        if alike and all(find_times(cells[0].strip(), whole=True) for cells in parted):
            return sign
    return None


def _rows(text: str, sign: str, skipped: int) -> tuple[list[tuple[int, list[str]]], list[Doubt]]:
    """Rows with the line on which each begins; a line with a quotation mark that nothing closes is left out."""
    lines = text.replace("\x00", "").splitlines(keepends=True)
    found: list[tuple[int, list[str]]] = []
    doubts: list[Doubt] = []
    at = 0
    while at < len(lines):
        broken = _read_until_broken(lines, at, sign, skipped, found)
        if broken is None:
            break
        if len(doubts) >= _MOST_BROKEN:
            raise ImportRefusal("unreadable", "So many quotation marks in this file are never closed; save it anew.")
        sentence = f"Line {broken + 1 + skipped} opens a quotation mark that nothing closes, so it was left out."
        doubts.append(Doubt(None, "page", sentence))
        at = broken + 1
    return found, doubts


def _read_until_broken(
    lines: list[str], at: int, sign: str, skipped: int, found: list[tuple[int, list[str]]]
) -> int | None:
    """Read rows from line `at` on into `found`; the line that cannot be one, or None at the end."""
    reader = csv.reader(islice(lines, at, None), delimiter=sign)
    while True:
        begin = at + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return None
        except csv.Error:  # a cell longer than any text
            return begin
        over = at + reader.line_num
        # A cell that swallowed other rows down to the end of the file.
        if over >= len(lines) and over - begin > 1 and not _closes(lines[begin:over]):
            return begin
        if any(cell.strip() for cell in cells):
            found.append((begin + 1 + skipped, cells[:100]))
        if len(found) > MAX_ROWS + 10:
            raise ImportRefusal("too_many_rows", f"This file has more than {MAX_ROWS} rows; divide it.")


def _closes(lines: list[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 0
