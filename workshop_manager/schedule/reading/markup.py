"""Web pages to lines of cells: the table that is the programme, or the page's text."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from workshop_manager.schedule.reading.clocks import timed_lines
from workshop_manager.schedule.reading.dates import FoundDay, find_day
from workshop_manager.schedule.reading.plain import sheet_of_text
from workshop_manager.schedule.reading.sheets import CONTROL, SPACES, Cell, Line, Sheet, tidy
from workshop_manager.schedule.reading.tables import Table, chosen
from workshop_manager.schedule.reading.values import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_ROWS,
    Doubt,
    Format,
    ImportRefusal,
    Weight,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEPT = _words(
    "table thead tbody tfoot tr td th caption strong b em i br p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd "
    "span time section article main header footer nav body html blockquote pre hr details summary"
)
_SILENT = _words("script style template noscript svg math title textarea select iframe object noframes xmp")
_VOID = _words("br hr")
_OPTIONAL_END = _words("li p td th tr thead tbody tfoot dt dd body html")
_BLOCKS = _words(
    "p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd section article main header footer nav blockquote pre tr "
    "table br hr caption details summary"
)
_TIME_ENDS = re.compile(r"(?:\d[:.h]\d\d|\d\s?[ap]\.?m\.?)$", re.IGNORECASE)
_WORD_BEGINS = re.compile(r"(?!(?:st|nd|rd|th|am|pm|a\.m|p\.m|h|uhr)\b)[^\W\d_]", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})(?=[\s/>])")
_QUOTED = re.compile(r"[>\"']")

# Stand-ins, from the private use area, for the two characters that would be markup again.
_HIDDEN_LESS, _HIDDEN_AND = "\ue000", "\ue001"
_DEEPER = "\ue002"
"""Begins the line of a list within a list, which belongs to what stands above it."""
_HIDE = str.maketrans({"<": _HIDDEN_LESS, "&": _HIDDEN_AND})
_SHOW = str.maketrans({_HIDDEN_LESS: "<", _HIDDEN_AND: "&"})


class _Skeleton:
    """Reduces a page to harmless tags without attributes but `rowspan` and `colspan`; linear in its length.

    html5lib is quadratic in the attributes of a tag and in open elements, and turns a number of 5,000 digits in an
    entity into a ValueError: none of them reaches it.
    """

    def __init__(self, text: str) -> None:
        # No character has a number that long, and Python refuses to read one of more than 4,300 digits.
        self.text = re.sub(r"&#[xX]?[0-9a-fA-F]{8,};?", "\N{REPLACEMENT CHARACTER}", text)
        self.out: list[str] = []
        self.elements = 0
        self.open: dict[str, int] = {}
        self.missing: set[str] = set()

    def write(self) -> str:
        at = 0
        while (opening := self.text.find("<", at)) >= 0:
            self._words(at, opening)
            at = self._markup(opening)
        self._words(at, len(self.text))
        return "".join(self.out)

    def _words(self, start: int, end: int) -> None:
        # html5lib takes a tenth of a millisecond for every entity; here they cost nothing.
        self.out.append(CONTROL.sub("", unescape(self.text[start:end])).translate(_HIDE))

    def _find(self, what: str, start: int) -> int:
        # A search that failed once fails for ever after; without the memory, each "<" would scan to the end.
        if what in self.missing:
            return -1
        found = re.compile(re.escape(what), re.IGNORECASE).search(self.text, start)
        if found is None:
            self.missing.add(what)
            return -1
        return found.start()

    def _after(self, what: str, start: int) -> int:
        found = self._find(what, start)
        return found + len(what) if found >= 0 else len(self.text)

    def _markup(self, opening: int) -> int:
        """Deal with what begins at a `<`; the place to go on from."""
        if self.text.startswith("<!--", opening):
            return self._after("-->", opening + 4)
        if self.text.startswith(("<!", "<?"), opening):
            return self._after(">", opening)
        match = _TAG.match(self.text, opening)
        if match is None:
            self.out.append(_HIDDEN_LESS)
            return opening + 1
        end = self._end_of_tag(match.end())
        slash, name = match.group(1), match.group(2).lower()
        if name in _SILENT:
            return end if slash else self._after_silent(name, end)
        if name in _KEPT:
            self._count(name, bool(slash))
            spans = "" if slash or name not in ("td", "th") else self._spans(self.text[match.end() : end][:500])
            self.out.append(f"<{slash}{name}{spans}>")
        return end

    def _end_of_tag(self, end: int) -> int:
        while (stop := _QUOTED.search(self.text, end)) is not None:
            end = stop.end()
            if stop.group() == ">":
                return end
            # A quote counts only after "="; an apostrophe elsewhere in a tag is a letter.
            if self.text[max(0, stop.start() - 8) : stop.start()].rstrip().endswith("="):
                closing = self._find(stop.group(), end)
                end = closing + 1 if closing >= 0 else end
        return len(self.text)

    def _after_silent(self, name: str, end: int) -> int:
        closing = self._find(f"</{name}", end)
        if closing >= 0:
            return self._after(">", closing)
        # As in a browser, a script that is never closed reaches to the end.
        return len(self.text) if name in ("script", "style") else end

    def _count(self, name: str, closing: bool) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise ImportRefusal("too_many_elements", "This page has too many elements; paste only the schedule.")
        if name in _VOID or name in _OPTIONAL_END:
            return
        # Counted by name: a stray end tag of another name closes nothing.
        self.open[name] = max(0, self.open.get(name, 0) + (-1 if closing else 1))
        if sum(self.open.values()) > MAX_DEPTH:
            raise ImportRefusal("too_deep", "This page is nested too deeply to be read; paste only the schedule.")

    @staticmethod
    def _spans(attributes: str) -> str:
        found = re.findall(r"\b(rowspan|colspan)\s*=\s*[\"']?\s*(\d{1,3})\b", attributes, re.IGNORECASE)
        return "".join(f' {key}="{value}"' for key, value in {key.lower(): value for key, value in found}.items())


def _cell_of(element: Tag) -> Cell:
    """A cell's own text without the tables inside it, and its bold beginning."""
    pieces: list[tuple[str, bool]] = []
    # A stack instead of `descendants`, which cannot step over a nested table and would walk it once per level.
    waiting: list[tuple[object, bool]] = [(child, False) for child in reversed(element.contents)]
    while waiting:
        node, bold = waiting.pop()
        if isinstance(node, Tag):
            if node.name in _BLOCKS:
                pieces.append((" ", False))
            if node.name != "table":
                inside = bold or node.name in ("strong", "b")
                waiting.extend((child, inside) for child in reversed(node.contents))
        elif isinstance(node, NavigableString):
            pieces.append((str(node).translate(_SHOW), bold))
    lead = ""
    for piece, bold in pieces:
        if not bold and piece.strip():
            break
        lead += piece
    return Cell(tidy(_unglued([piece for piece, _ in pieces])), tidy(lead))


def _unglued(pieces: list[str]) -> str:
    """Pieces of text from between tags, with a space where only a tag parts a time from the words beside it."""
    found: list[str] = []
    before = ""
    for piece in pieces:
        if piece and _TIME_ENDS.search(before) and _WORD_BEGINS.match(piece):
            found.append(" ")
        if piece:
            before = piece[-8:]
        found.append(piece)
    return "".join(found)


def _own_rows(table: Tag) -> list[Tag]:
    return [row for row in table.find_all("tr") if row.find_parent("table") is table]


def _lines_of_table(table: Tag) -> list[Line]:
    lines: list[Line] = []
    # Cells that reach down from a row above, by column: (rows still to fill, cell).
    reaching: dict[int, tuple[int, Cell]] = {}
    for row in _own_rows(table):
        cells: list[Cell] = []
        heads = 0

        def fill(into: list[Cell]) -> None:
            while len(into) in reaching:
                left, cell = reaching[len(into)]
                if left > 1:
                    reaching[len(into)] = (left - 1, cell)
                else:
                    del reaching[len(into)]
                into.append(cell)

        for element in row.find_all(["td", "th"], recursive=False):
            fill(cells)
            cell = _cell_of(element)
            heads += element.name == "th"
            down = min(int(str(element.get("rowspan") or 1)), 100)
            if down > 1:
                reaching[len(cells)] = (down - 1, cell)
            cells.append(cell)
            cells.extend(Cell("") for _ in range(min(int(str(element.get("colspan") or 1)), 20) - 1))
            if len(cells) > 100:
                raise ImportRefusal("too_wide", "This table has more than 100 columns; paste only the schedule.")
        fill(cells)
        if any(cell.text for cell in cells):
            lines.append(Line(cells, header=heads > 0 and heads == len(row.find_all(["td", "th"], recursive=False))))
        if len(lines) > MAX_ROWS:
            raise ImportRefusal("too_many_rows", f"This table has more than {MAX_ROWS} rows; paste one day at a time.")
    return lines


def _text_of(element: Tag) -> str:
    pieces: list[str] = []
    for node in element.descendants:
        if isinstance(node, Tag):
            pieces.append("\n" if node.name in _BLOCKS else "")
            if node.name == "li" and node.find_parent("li") is not None:
                pieces.append(_DEEPER)
        else:
            # Line ends inside markup are spaces; only blocks begin a line.
            pieces.append(SPACES.sub(" ", str(node).translate(_SHOW)))
    return _unglued(pieces)


def _day_above(table: Tag, near: date) -> FoundDay | None:
    """The day named in a table's caption, or in the nearest heading or short line above it."""
    caption = table.find("caption")
    if caption is not None and (found := find_day(tidy(caption.get_text(" ").translate(_SHOW)), near)) is not None:
        return found
    for place, piece in enumerate(table.find_all_previous(string=True, limit=30)):
        words = tidy(str(piece).translate(_SHOW))
        if not words or place > 30:
            continue
        return find_day(words, near) if piece.find_parent("table") is None else None
    return None


def sheet_of_html(text: str, near: date) -> Sheet:
    """The tables of a page that hold times, or its text line by line. `near` as for `sheet_of_text`."""
    try:
        soup = BeautifulSoup(_Skeleton(text).write(), "html5lib")
    # html5lib asserts and recurses on malformed input in places; a paste must never be an error page.
    except (AssertionError, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ImportRefusal("unreadable", "This HTML cannot be read; paste the schedule as plain text.") from error
    elements: list[Tag] = []
    tables: list[Table] = []
    for table in soup.find_all("table"):
        lines = _lines_of_table(table)
        score = timed_lines(lines)
        if score:
            elements.append(table)
            tables.append(Table(Sheet(lines, format=Format.PAGE), score, _day_above(table, near)))
    sheet = chosen(tables)
    if sheet is None:
        # The indentation is the markup's, not the author's; only lists within lists are deeper.
        texts = (line.strip().replace(_DEEPER, "  ") for line in _text_of(soup).splitlines())
        sheet = sheet_of_text("\n".join(texts), near)
        sheet.doubts.insert(
            0, Doubt(None, "page", "There is no table with times on this page; its text was read line by line instead.")
        )
        sheet.format = Format.PAGE
        return sheet
    read = [element for element, table in zip(elements, tables, strict=True) if table.is_read]
    best_table = read[-1]
    after = [
        tidy(element.get_text(" ").translate(_SHOW))
        for element in best_table.find_all_next(["p", "li", "h1", "h2", "h3", "h4", "h5", "h6"])
        if element.find_parent("table") is None
    ]
    after = [words for words in after if words]
    if after:
        first = after[0] if len(after[0]) <= 60 else after[0][:59] + "…"
        count = "1 paragraph" if len(after) == 1 else f"{len(after)} paragraphs"
        sheet.doubts.append(
            Doubt(None, "page", f"{count} after the table (from “{first}” on) were not read.", weight=Weight.NOTE)
        )
    sheet.around = tidy(" ".join(str(piece) for piece in read[0].find_all_previous(string=True)[::-1]))[-4000:]
    return sheet
