"""Spreadsheets of Excel and LibreOffice as the other readers know them: the first sheet, as CSV text.

Only values are read; a formula counts as what it gave last.
"""

import csv
import io
import zipfile
from typing import Any

from openpyxl import load_workbook

from workshop_manager.exchange.reading import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, N_, Unreadable
from workshop_manager.exchange.reading import text_of as plain_text

_START = b"PK\x03\x04"
_MOST_UNPACKED = 100 * 1024 * 1024


def text_of(data: bytes) -> str:
    """The text of a file, whichever it is. Raises Unreadable."""
    return _sheet(data) if data.startswith(_START) else plain_text(data)[0]


def _sheet(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Unreadable(N_("The file has %(size)s MB; %(most)s fit."), size=-(-len(data) // 2**20), most=30)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
                raise Unreadable(N_("This spreadsheet is too large. Divide it."))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True))
    except Unreadable:
        raise
    except Exception:  # openpyxl raises whatever the XML inside leads to
        raise Unreadable(N_("This spreadsheet cannot be read. Save it as CSV.")) from None
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    for row in rows:
        cells = [_cell(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            writer.writerow(cells)
    return written.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
