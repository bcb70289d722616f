"""Lists to take along: CSV and Excel of which no spreadsheet program runs a cell as a formula (CWE-1236)."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(value: object) -> str:
    """The value as a cell: text that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    if isinstance(value, int | float):
        return text
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_RISKY) else text


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file (RFC 4180, UTF-8 with byte order mark for spreadsheets). `name` is ours, never typed by anybody."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    response = Response("\ufeff" + written.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


_LONGEST_CELL = 32_767


def workbook(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A sheet of Excel. Text is stored as text, whatever it begins with: nothing in it is ever a formula."""
    book, kept = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("1")
    for row in (header, *rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet)
            if isinstance(value, int | float):
                cell.value = value
            elif value is not None:
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_LONGEST_CELL]
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(kept)
    return kept.getvalue()


def workbook_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The same as an answer. `name` is ours, never typed by anybody."""
    response = Response(
        workbook(header, rows), mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response
