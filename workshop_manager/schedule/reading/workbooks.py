"""Spreadsheets of Excel and LibreOffice (XLSX): every sheet that holds a programme.

Only values are read; a formula counts as what it gave last. openpyxl reads them through defusedxml, which refuses
entities and DTDs.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel

from workshop_manager.schedule.reading.clocks import find_times
from workshop_manager.schedule.reading.columns import role_of, roles_of
from workshop_manager.schedule.reading.dates import find_day, moment_of
from workshop_manager.schedule.reading.sheets import Cell, Line, Sheet, tidy
from workshop_manager.schedule.reading.tables import Table, chosen
from workshop_manager.schedule.reading.values import MAX_ROWS, Format, ImportRefusal

_MOST_UNPACKED = 60 * 1024 * 1024
_MOST_STYLES = 4 * 1024 * 1024
"""Each of a style's few bytes costs far more time than a cell's: fifty seconds for sixty megabytes of them."""
_MOST_COLUMNS = 60
_MOST_CELLS = 200_000
"""Also those beyond the last column are read: one row of a few kilobytes can hold millions."""
_CELL = re.compile(rb"<(?:\w{1,20}:)?c[ />]")
_MOST_SHEETS = 40
_MOMENTS = ("start", "end", "date", "start date", "end date", "time", "start time", "end time", "duration")
# Serial days of 1955 and 2119: numbers between them in a column of dates are dates that lost their format.
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000

_MERGED = re.compile(rb'<(?:\w{1,20}:)?mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_MOST_MERGED = 2_000


def sheet_of_workbook(data: bytes, near: date) -> Sheet:
    """The sheet with the programme, or those of its days joined. Raises `ImportRefusal`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
                raise ImportRefusal("too_large", "This spreadsheet unpacks to more than 60 MB; keep only the schedule.")
            if any(one.file_size > _MOST_STYLES for one in packed.infolist() if one.filename.endswith("styles.xml")):
                raise ImportRefusal(
                    "too_large", "This spreadsheet has too many styles. Save it as CSV and import that."
                )
            # A reader of rows knows nothing of merged cells; those stand behind the rows, in a form of their own.
            sheets = {one.filename: packed.read(one) for one in packed.infolist() if "/worksheets/" in one.filename}
            if sum(len(_CELL.findall(each)) for each in sheets.values()) > _MOST_CELLS:
                raise ImportRefusal("too_large", f"This spreadsheet has more than {_MOST_CELLS} cells; divide it.")
            merged = {name: _merged(each) for name, each in sheets.items()}
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:_MOST_SHEETS]
        found = (_table(sheet, book.epoch, merged, near, is_alone=len(shown) == 1) for sheet in shown)
        tables = [table for table in found if table is not None]
    except ImportRefusal:
        raise
    except Exception as error:  # zipfile and openpyxl raise whatever the XML inside leads to
        raise ImportRefusal("unreadable", "This spreadsheet cannot be read. Save it as CSV and import that.") from error
    sheet = chosen(tables)
    if sheet is None:
        raise ImportRefusal("no_times", "No sheet of this spreadsheet has a column of times.")
    return sheet


def _merged(part: bytes) -> list[str]:
    return [found.decode("ascii") for found in _MERGED.findall(part)][:_MOST_MERGED]


def _table(sheet: Any, epoch: datetime, merged: dict[str, list[str]], near: date, *, is_alone: bool) -> Table | None:
    rows = [list(row) for row in sheet.iter_rows(max_row=MAX_ROWS + 50, max_col=_MOST_COLUMNS, values_only=True)]
    if len(rows) >= MAX_ROWS + 50:
        raise ImportRefusal("too_many_rows", f"A sheet has more than {MAX_ROWS} rows; divide it.")
    texts = [[_text(value, "", epoch) for value in row] for row in rows]
    header = next((place for place, row in enumerate(texts[:15]) if len(roles_of(row)) >= 2), None)
    heads = texts[header] if header is not None else []
    roles = {place: role_of(text) or "" for place, text in enumerate(heads)}
    cells = [
        [Cell(_text(value, roles.get(column, ""), epoch)) for column, value in enumerate(row)]
        for row in rows[header or 0 :]
    ]
    first = (header or 0) + 1
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    for reference in merged.get(path, []):
        _reach_down(cells, reference, first)
    before = "" if is_alone else f"sheet “{tidy(sheet.title)}”, "
    lines = [
        Line(row, header=header is not None and place == 0, where=f"{before}row {first + place}")
        for place, row in enumerate(cells)
        if any(cell.text for cell in row)
    ]
    timed = sum(1 for line in lines if any(_is_when(cell.text) for cell in line.cells))
    if not timed:
        return None
    above = [text for row in texts[: header or 0] for text in row if text]
    days = (find_day(text, near) for text in (*reversed(above), tidy(sheet.title)))
    around = " ".join(above)[:4000]
    return Table(Sheet(lines, around, format=Format.XLSX), timed, next((day for day in days if day is not None), None))


def _reach_down(cells: list[list[Cell]], reference: str, first: int) -> None:
    """A cell that is merged with those below it stands in each of them."""
    left, top, _right, bottom = (edge or 0 for edge in range_boundaries(reference))
    row, column = top - first, left - 1
    if not (0 <= row < len(cells) and column < len(cells[row])):
        return
    for below in cells[row + 1 : bottom - first + 1]:
        if column < len(below):
            below[column] = cells[row][column]


def _is_when(text: str) -> bool:
    return bool(text) and (find_times(text, whole=True) is not None or moment_of(text) is not None)


def _text(value: Any, role: str, epoch: datetime) -> str:
    """A cell as it would be printed: dates as ISO, times as `09:30`, lengths as `1:30`."""
    is_moment = role in _MOMENTS
    if isinstance(value, int | float) and not isinstance(value, bool) and is_moment:
        value = _of_number(value, role, epoch)
    if isinstance(value, datetime):
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return str(value.date().isoformat() if value.time() == time() and "date" in role else value.isoformat(" "))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, time):
        minutes = round((value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 60)
        return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    lines = "" if value is None else str(value)
    return "\n".join(line for part in lines.splitlines() if (line := tidy(part)))


def _of_number(value: float, role: str, epoch: datetime) -> Any:
    """A number in a column of moments: a part of a day, or a serial date that lost its format."""
    if role == "duration":
        return timedelta(days=value) if 0 < value < 1 else value
    if 0 < value < 1 or _FIRST_SERIAL < value < _LAST_SERIAL:
        return from_excel(value, epoch)
    return value
