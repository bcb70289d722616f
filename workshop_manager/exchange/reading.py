"""Tables and notes out of an uploaded file, whatever wrote it: encoding, delimiter, quotes, JSON. No database, no web.

A file that cannot be read at all raises Unreadable; what is wrong with single rows is named beside the rows that are
good, with the line of the file on which each row begins. Nothing else is ever raised, and size, rows, columns and
cells are bounded.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

MOST_BYTES = 30 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 200
LONGEST_CELL = 200_000
MOST_BROKEN = 50
"""After this many broken rows the rest is not looked at: the file needs mending as a whole."""
DELIMITERS = ",;\t|"


def N_(message: str) -> str:
    """Mark `message` for Babel, which finds it by this function's name, and return it as it is."""
    return message


class Unreadable(Exception):
    """A file out of which nothing can be read: a sentence for gettext, with its values."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values: Mapping[str, object] = values


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: `line` of the file (0: the file as a whole), a sentence for gettext, its values."""

    line: int
    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its columns' names. `line` is where it begins in the file, counted from 1."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says: names of columns in order, rows, and what is broken. Empty cells are left out of rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    """What the reader should know and need not mend, such as a guessed encoding."""


# -- text out of bytes --------------------------------------------------------------------------------------------

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTAINERS = (
    (b"PK\x03\x04", N_("This is a spreadsheet of Excel or LibreOffice. Save it as CSV first, one sheet a file.")),
    (b"\xd0\xcf\x11\xe0", N_("This is an older spreadsheet of Excel. Save it as CSV first, one sheet a file.")),
    (b"%PDF-", N_("This is a PDF. What is wanted is the CSV or JSON export.")),
    (b"\x1f\x8b", N_("This file is compressed. Unpack it first.")),
)


def text_of(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file in any usual encoding, with a remark where the encoding had to be guessed."""
    if len(data) > MOST_BYTES:
        raise Unreadable(N_("The file has %(size)s MB; %(most)s fit."), size=-(-len(data) // 2**20), most=30)
    for start, message in _CONTAINERS:
        if data.startswith(start):
            raise Unreadable(message)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding), ()
    if (guessed := _without_mark(data)) is not None:
        return _decoded(data, guessed), ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        remark = Problem(0, N_("The file is not UTF-8 and was read as Windows-1252. Look at the accents in names."))
        # Five bytes mean nothing in Windows-1252; Latin-1 gives them controls, which are taken out of every cell.
        return "".join(_CP1252[byte] for byte in data), (remark,)


_CP1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(N_("The file says it is %(encoding)s and is not."), encoding=encoding.upper()) from error


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    start = data[:400]
    if len(start) < 4:
        return None
    if start[1::2].count(0) > len(start) // 3:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) > len(start) // 3 else None


# -- CSV ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: tuple[str, ...]


_LINE_END = re.compile("\r\n|\r|\n")


class _Cells:
    """RFC 4180 with any delimiter, strict about quotes, going on at the next line after a broken row."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self._bare = re.compile(f"[^{re.escape(delimiter)}\r\n]*")
        self.problems: list[Problem] = []

    def __iter__(self) -> Iterator[_Record]:
        at, line = 0, 1
        while at < len(self._text) and len(self.problems) < MOST_BROKEN:
            try:
                cells, end = self._record(at)
            except _Broken as broken:
                self.problems.append(Problem(line, broken.message))
                end = self._next_line(at)
                cells = None
            if cells is not None and any(cells):
                yield _Record(line, cells)
            line += len(_LINE_END.findall(self._text, at, end))
            at = end

    def _next_line(self, at: int) -> int:
        found = _LINE_END.search(self._text, at)
        return found.end() if found else len(self._text)

    def _record(self, at: int) -> tuple[tuple[str, ...], int]:
        cells: list[str] = []
        while True:
            cell, at = self._cell(at)
            cells.append(cell)
            if at < len(self._text) and self._text[at] == self._delimiter:
                at += 1
                continue
            if at < len(self._text):
                at += 2 if self._text.startswith("\r\n", at) else 1
            return tuple(cells), at

    def _cell(self, at: int) -> tuple[str, int]:
        text = self._text
        if not text.startswith('"', at):
            found = self._bare.match(text, at)
            assert found is not None  # an empty cell matches too
            if len(found[0]) > LONGEST_CELL:
                raise _Broken(N_("A cell of this row is longer than any text that fits."))
            return found[0].strip(), found.end()
        end = _closing(text, at + 1)
        after = text[end + 1 : end + 2]
        if after and after not in (self._delimiter, "\r", "\n"):
            raise _Broken(N_("A quotation mark in this row stands where none belongs. Inside a cell it is doubled."))
        return text[at + 1 : end].replace('""', '"').strip(), end + 1


class _Broken(Exception):
    """A row that is no row."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _closing(text: str, start: int) -> int:
    """The place of the quotation mark that closes a cell."""
    at = start
    while True:
        at = text.find('"', at, start + LONGEST_CELL)
        if at < 0:
            raise _Broken(N_("A quotation mark opens a cell in this row and nothing closes it."))
        if text[at + 1 : at + 2] != '"':
            return at
        at += 2


def table_of_csv(text: str, known: frozenset[str] = frozenset()) -> Table:
    """The table of a CSV text. `known` are names of columns in small letters, to find the header below a title."""
    delimiter, text, skipped = _delimiter(text)
    cells = _Cells(text, delimiter)
    records = iter(cells)
    first = list(islice(records, 5))
    if not first:
        message = cells.problems[0].message if cells.problems else N_("There is nothing in this file.")
        raise Unreadable(message)
    place = _header_place(first, known)
    columns = _columns(first[place].cells)
    rows, problems = _rows(columns, chain(first[place + 1 :], records), skipped)
    problems += [Problem(p.line + skipped, p.message, p.values) for p in cells.problems]
    if len(cells.problems) >= MOST_BROKEN:
        problems.append(Problem(0, N_("So many rows are broken that the rest was not looked at.")))
    return Table(columns, tuple(rows), tuple(sorted(problems, key=lambda p: p.line)))


def _delimiter(text: str) -> tuple[str, str, int]:
    """The delimiter, the text without Excel's own note of it, and how many lines that was."""
    noted = re.match(r"sep=(.)(?:\r\n|\r|\n)", text)
    if noted:
        return noted[1], text[noted.end() :], 1
    start = "\n".join(_LINE_END.split(text[:20_000])[:6])
    outside = re.sub(r'"[^"]*"', "", start)
    best = max(DELIMITERS, key=lambda sign: (outside.count(sign), -DELIMITERS.index(sign)))
    return best, text, 0


def _header_place(first: list[_Record], known: frozenset[str]) -> int:
    """Which of the first rows names the columns: the one with most known names; the first unless two are known.

    Some exports (Microsoft CMT's) write a title above.
    """
    scores = [sum(cell.casefold() in known for cell in record.cells) for record in first]
    best = max(range(len(first)), key=lambda place: (scores[place], -place))
    return best if scores[best] >= 2 else 0


def _columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of columns, each once; a nameless one is named by its place."""
    if len(names) > MOST_COLUMNS:
        raise Unreadable(N_("There are %(count)s columns; %(most)s fit."), count=len(names), most=MOST_COLUMNS)
    while names and not names[-1]:
        names = names[:-1]
    found: list[str] = []
    for place, name in enumerate(names, 1):
        name = " ".join(name.split())[:200] or f"({place})"
        if name in found:
            name = f"{name[:190]} ({place})"
        found.append(name)
    if not found:
        raise Unreadable(N_("The first row names no columns."))
    return tuple(found)


def _rows(columns: tuple[str, ...], records: Iterable[_Record], skipped: int) -> tuple[list[Row], list[Problem]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    for record in records:
        if len(rows) >= MOST_ROWS:
            raise Unreadable(N_("There are more than %(most)s rows. Divide the file."), most=MOST_ROWS)
        line = record.line + skipped
        if len(record.cells) < len(columns) or any(record.cells[len(columns) :]):
            values = {"cells": len(record.cells), "columns": len(columns)}
            message = N_("This row has %(cells)s cells, the header %(columns)s. Is a quotation mark missing?")
            problems.append(Problem(line, message, values))
            continue
        filled = zip(columns, record.cells, strict=False)
        rows.append(Row(line, {name: cell for name, cell in filled if cell}))
    return rows, problems


# -- JSON ---------------------------------------------------------------------------------------------------------


def json_of(text: str) -> Any:
    """What a JSON text says; JSON Lines become a list."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise Unreadable(N_("This JSON is nested too deep.")) from None
    except ValueError as error:
        if (lines := _json_lines(text)) is not None:
            return lines
        line = getattr(error, "lineno", 0)
        raise Unreadable(N_("This is not JSON: it breaks off in line %(line)s."), line=line) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _json_lines(text: str) -> list[Any] | None:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or len(lines) > MOST_ROWS * 20:
        return None
    try:
        return [json.loads(line, parse_constant=_no_constant) for line in lines]
    except (ValueError, RecursionError):
        return None


def looks_like_json(text: str) -> bool:
    """True if the first sign that is not white space opens a list or an object."""
    return text.lstrip()[:1] in ("[", "{")


def table_of_objects(found: Any) -> Table:
    """The table of a list of flat objects, or of an object that holds one such list; rows count from 1."""
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), None)
    if not isinstance(found, list) or not found:
        raise Unreadable(N_("This JSON holds no list of things to bring in."))
    if len(found) > MOST_ROWS:
        raise Unreadable(N_("There are more than %(most)s rows. Divide the file."), most=MOST_ROWS)
    columns: dict[str, None] = {}
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, one in enumerate(found, 1):
        if not isinstance(one, dict):
            problems.append(Problem(line, N_("This is not an object with names and values.")))
            continue
        cells = {" ".join(name.split())[:200]: cell_of(value) for name, value in one.items()}
        columns.update(dict.fromkeys(cells))
        rows.append(Row(line, {name: cell[:LONGEST_CELL] for name, cell in cells.items() if cell}))
    return Table(_columns(tuple(columns)) if columns else (), tuple(rows), tuple(problems))


def cell_of(value: Any) -> str:
    """A value of JSON as a cell: lists joined by `; `, nested objects by their `value` or left out."""
    if value is None or value is False:
        return ""
    if isinstance(value, list):
        return "; ".join(cell for one in value if (cell := cell_of(one)))
    if isinstance(value, dict):
        return cell_of(value.get("value")) if "value" in value else ""
    return "yes" if value is True else str(value).strip()
