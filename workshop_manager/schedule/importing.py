"""A published programme, pasted as HTML, Markdown or plain text, read into rows an organiser can check.

Nothing is taken over silently: what is guessed or doubtful is a `Doubt` with a sentence, a suspicious time is kept as
printed next to the suggested one, and text that found no place is named. Input is hostile until shown otherwise: size,
elements and depth are bounded before a parser sees it, markup is reduced to its text, and whatever cannot be read is
an `ImportRefusal` with one plain sentence, never another exception.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from html import unescape

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import EPOCH, Item, Kind, ProgrammeError, Speaker, as_zone
from workshop_manager.schedule.rules import Refusal, day_in_words, length_in_words, local_instant, zone_mismatch

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 20_000
MAX_DEPTH = 150
MAX_ROWS = 2_000
NOON = 12 * 60
DAY = 24 * 60


class ImportRefusal(Exception):
    """What was pasted cannot be read. `code` is stable, `sentence` says why and what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Weight(StrEnum):
    """A note tells of a guess that is usually right; a doubt wants a person to look."""

    NOTE = "note"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One guess or doubt: `row` is a `Row.number` (None: the whole paste), `field` the name of a `Row` field or
    `page`, `suggestion` a value in words to put there instead, if there is one."""

    row: int | None
    field: str
    sentence: str
    suggestion: str | None = None
    weight: Weight = Weight.DOUBT


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read. `number` counts the rows of the paste from 1; `parent` is the number of the row it stands in.

    Times are UTC instants or None. `…_as_printed` is what stands there, `…_suggested` what was probably meant and None
    where the print is believed. For a row without own minutes (a lightning talk, a table) both follow from its parent.
    """

    number: int
    source: str
    kind: Kind
    title: str
    parent: int | None = None
    abstract: str = ""
    speakers: tuple[Speaker, ...] = ()
    room: str | None = None
    track: str | None = None
    label: str | None = None
    time_as_printed: str = ""
    start_as_printed: datetime | None = None
    start_suggested: datetime | None = None
    end_as_printed: datetime | None = None
    end_suggested: datetime | None = None

    def start(self, accept: bool) -> datetime | None:
        """The start to use: the suggestion where it is accepted and there is one, else the print."""
        return self.start_suggested if accept and self.start_suggested else self.start_as_printed

    def end(self, accept: bool) -> datetime | None:
        """The end to use, as for `start`."""
        return self.end_suggested if accept and self.end_suggested else self.end_as_printed


@dataclass(frozen=True, slots=True)
class Reading:
    """What a paste says: its rows in printed order and every doubt about them, for the day and zone it was read for."""

    rows: tuple[Row, ...]
    doubts: tuple[Doubt, ...]
    date: date
    zone: str

    def items(
        self,
        *,
        uid: Callable[[Row], str],
        accept: Collection[int] = (),
        changed_at: datetime = EPOCH,
    ) -> tuple[Item, ...]:
        """The rows as items: `uid` names each, `accept` holds the numbers of rows whose suggestions are taken.

        A child without own times follows its parent's choice. Rows without a start are left out; each has a doubt.
        """
        by_number = {row.number: row for row in self.rows}
        placed = {row.number for row in self.rows if row.start_as_printed or row.start_suggested}
        found = []
        for position, row in enumerate(self.rows):
            trusted = row.number in accept
            if row.parent is not None and not row.time_as_printed:
                trusted = trusted or row.parent in accept
            start = row.start(trusted)
            if start is None:
                continue
            parent = by_number[row.parent] if row.parent is not None and row.parent in placed else None
            found.append(
                Item(
                    uid=uid(row),
                    kind=row.kind,
                    title=row.title,
                    start=start,
                    end=row.end(trusted),
                    abstract=row.abstract,
                    room=row.room,
                    speakers=row.speakers,
                    parent=uid(parent) if parent is not None else None,
                    track=row.track,
                    label=row.label,
                    position=position,
                    changed_at=changed_at,
                )
            )
        return tuple(found)


# --- markup to cells ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's text; `lead` is what stands in bold at its beginning, if anything follows or not."""

    text: str
    lead: str = ""

    @property
    def rest(self) -> str:
        return self.text[len(self.lead) :].strip() if self.lead else self.text


@dataclass(slots=True)
class _Line:
    """A row of cells before it is understood; `nested` where its indentation says that it belongs to the row above."""

    cells: list[_Cell]
    header: bool = False
    nested: bool = False


@dataclass(slots=True)
class _Sheet:
    lines: list[_Line]
    around: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    free_text: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEPT = _words(
    "table thead tbody tfoot tr td th caption strong b em i br p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd "
    "span section article main header footer nav body html blockquote pre hr details summary"
)
_SILENT = _words("script style template noscript svg math title textarea select iframe object noframes xmp")
_VOID = _words("br hr")
_OPTIONAL_END = _words("li p td th tr thead tbody tfoot dt dd body html")
_BLOCKS = _words(
    "p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd section article main header footer nav blockquote pre tr "
    "table br hr caption details summary"
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})(?=[\s/>])")
_QUOTED = re.compile(r"[>\"']")
_LOOKS_LIKE_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|table|tr|td|div|ul|ol|li|p|span|section|strong|em|[abi]|br|h[1-6])\b", re.I
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"[\s\u00a0\u200b\u2060]+")


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


# Stand-ins, from the private use area, for the two characters that would be markup again.
_HIDDEN_LESS, _HIDDEN_AND = "\ue000", "\ue001"
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
        self.out.append(_CONTROL.sub("", unescape(self.text[start:end])).translate(_HIDE))

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


def _cell_of(element: Tag) -> _Cell:
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
    return _Cell(_tidy("".join(piece for piece, _ in pieces)), _tidy(lead))


def _timed_lines(lines: list[_Line]) -> int:
    return sum(1 for line in lines if any(_find_times(cell.text, whole=True) for cell in line.cells))


def _own_rows(table: Tag) -> list[Tag]:
    return [row for row in table.find_all("tr") if row.find_parent("table") is table]


def _lines_of_table(table: Tag) -> list[_Line]:
    lines: list[_Line] = []
    # Cells that reach down from a row above, by column: (rows still to fill, cell).
    reaching: dict[int, tuple[int, _Cell]] = {}
    for row in _own_rows(table):
        cells: list[_Cell] = []
        heads = 0

        def fill(into: list[_Cell]) -> None:
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
            cells.extend(_Cell("") for _ in range(min(int(str(element.get("colspan") or 1)), 20) - 1))
            if len(cells) > 100:
                raise ImportRefusal("too_wide", "This table has more than 100 columns; paste only the schedule.")
        fill(cells)
        if any(cell.text for cell in cells):
            lines.append(_Line(cells, header=heads > 0 and heads == len(row.find_all(["td", "th"], recursive=False))))
        if len(lines) > MAX_ROWS:
            raise ImportRefusal("too_many_rows", f"This table has more than {MAX_ROWS} rows; paste one day at a time.")
    return lines


def _text_of(element: Tag) -> str:
    pieces: list[str] = []
    for node in element.descendants:
        if isinstance(node, Tag):
            pieces.append("\n" if node.name in _BLOCKS else "")
        else:
            # Line ends inside markup are spaces; only blocks begin a line.
            pieces.append(_SPACES.sub(" ", str(node).translate(_SHOW)))
    return "".join(pieces)


def _from_html(text: str) -> _Sheet:
    try:
        soup = BeautifulSoup(_Skeleton(text).write(), "html5lib")
    # html5lib asserts and recurses on malformed input in places; a paste must never be an error page.
    except (AssertionError, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ImportRefusal("unreadable", "This HTML cannot be read; paste the schedule as plain text.") from error
    best: list[_Line] = []
    best_table: Tag | None = None
    best_score = 0
    others: list[int] = []
    for table in soup.find_all("table"):
        lines = _lines_of_table(table)
        score = _timed_lines(lines)
        if score > best_score:
            if best_score:
                others.append(best_score)
            best, best_table, best_score = lines, table, score
        elif score:
            others.append(score)
    if best_table is None:
        # The indentation is the markup's, not the author's.
        sheet = _from_text("\n".join(line.strip() for line in _text_of(soup).splitlines()))
        sheet.doubts.insert(
            0, Doubt(None, "page", "There is no table with times on this page; its text was read line by line instead.")
        )
        return sheet
    doubts = [
        Doubt(None, "page", f"Another table with {count} timed rows was not read; paste it by itself if it is wanted.")
        for count in others
    ]
    after = [
        _tidy(element.get_text(" ").translate(_SHOW))
        for element in best_table.find_all_next(["p", "li", "h1", "h2", "h3", "h4", "h5", "h6"])
        if element.find_parent("table") is None
    ]
    after = [words for words in after if words]
    if after:
        first = after[0] if len(after[0]) <= 60 else after[0][:59] + "…"
        count = "1 paragraph" if len(after) == 1 else f"{len(after)} paragraphs"
        doubts.append(
            Doubt(None, "page", f"{count} after the table (from “{first}” on) were not read.", weight=Weight.NOTE)
        )
    around = _tidy(" ".join(str(piece) for piece in best_table.find_all_previous(string=True)[::-1]))[-4000:]
    return _Sheet(best, around, doubts)


def _strip_markdown(text: str) -> _Cell:
    """A Markdown cell as text: links by their words, emphasis and escapes removed, a bold beginning noted."""
    text = re.sub(r"!?\[([^\[\]]{0,500})\]\([^()]{0,500}\)", r"\1", text)
    text = re.sub(r"<br\s*/?>", " ", text, flags=re.I)
    lead = ""
    bold = re.match(r"\s*(?:\*\*|__)(.{1,500}?)(?:\*\*|__)", text)
    if bold:
        lead = bold.group(1)
    text = re.sub(r"\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|`", "", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!|-])", r"\1", text)
    lead = re.sub(r"[*`]", "", lead)
    tidy, tidy_lead = _tidy(text), _tidy(lead)
    return _Cell(tidy, tidy_lead if tidy.startswith(tidy_lead) else "")


_RULE = re.compile(r"\|?:?-{2,}:?(?:\|:?-{2,}:?)*\|?")
_LIKE_TIME = re.compile(
    r"\d{1,4}(?:[:.]\d+)?(?:\s*[ap]\.?m\b\.?)?\s*(?:-|–|—|to\b)\s*\d{1,4}(?:[:.]\d+)?(?:\s*[ap]\.?m\b\.?)?(?=\s|$)"
    r"|\d{1,2}:\d+(?:\s*[ap]\.?m\b\.?)?(?=\s|$)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:[-*•‣·▪◦–]\s+|\d{1,2}[.)]\s+(?=\D))")


def _is_rule(line: str) -> bool:
    """Whether this is the line of dashes under a Markdown table's header."""
    return "|" in line and not set(line) - set("|:- \t") and bool(_RULE.fullmatch(re.sub(r"[ \t]", "", line)))


def _split_pipes(line: str) -> list[str]:
    inner = line.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return re.split(r"(?<!\\)\|", inner)


def _from_markdown(lines: list[str], ruled: int) -> _Sheet:
    header = _Line([_strip_markdown(cell) for cell in _split_pipes(lines[ruled - 1])], header=True)
    found = [header]
    end = ruled + 1
    while end < len(lines) and "|" in lines[end] and not _is_rule(lines[end]):
        found.append(_Line([_strip_markdown(cell) for cell in _split_pipes(lines[end])]))
        end += 1
    doubts = []
    rest = [line for line in lines[end:] if line.strip()]
    if rest:
        first = _tidy(rest[0])[:60]
        doubts.append(
            Doubt(
                None,
                "page",
                f"{len(rest)} lines after the table (from “{first}” on) were not read.",
                weight=Weight.NOTE,
            )
        )
    return _Sheet(found, " ".join(lines[: ruled + 1])[-4000:], doubts)


def _best_markdown(lines: list[str]) -> _Sheet | None:
    """The Markdown table with the most timed rows, if any has one; others are named."""
    ruled = [place for place, line in enumerate(lines) if place and "|" in lines[place - 1] and _is_rule(line)]
    sheets = [_from_markdown(lines, place) for place in ruled[:20]]
    timed = [_timed_lines(sheet.lines) for sheet in sheets]
    most = max(timed, default=0)
    if not most:
        return None
    chosen = timed.index(most)
    for place, count in enumerate(timed):
        if count and place != chosen:
            sheets[chosen].doubts.append(Doubt(None, "page", f"Another table with {count} timed rows was not read."))
    return sheets[chosen]


def _cells_of_line(line: str) -> list[_Cell]:
    if "\t" in line or " | " in line or line.strip().startswith("|"):
        return [_strip_markdown(cell) for cell in re.split(r"\t|(?<!\\)\|", line.strip(" |"))]
    return [_strip_markdown(line)]


def _timed_line(line: str, cells: list[_Cell], place: int) -> _Line | None:
    """A line whose cell at `place` begins with a time, as time and cells; None if it does not."""
    first, following = cells[place].text, cells[place + 1 :]
    times = _find_times(first, whole=False)
    if times is None:
        # "3:30pm - 3:450pm Title": a row of its own whose time will be named as unreadable.
        broken = _LIKE_TIME.match(first)
        if broken is None:
            return None
        printed, rest = broken.group(0).strip(), _Cell(first[broken.end() :].strip())
    else:
        printed, rest = times.printed, _Cell(times.rest)
        if times.end is None and not rest.text and following and _find_times(following[0].text, whole=True):
            # The end in a column of its own.
            printed, following = f"{printed} - {following[0].text}", following[1:]
    lead = re.search(r"(?:\*\*|__)(.{1,500}?)(?:\*\*|__)", line)
    if lead and rest.text.startswith(_tidy(lead.group(1))):
        rest = _Cell(rest.text, _tidy(lead.group(1)))
    return _Line([_Cell(printed), *(cell for cell in (rest, *following) if cell.text)])


def _from_text(text: str) -> _Sheet:
    lines = text.splitlines()
    if len(lines) > 50_000:
        raise ImportRefusal("too_many_rows", "This text has too many lines; paste only the schedule.")
    table = _best_markdown(lines)
    if table is not None:
        return table
    found: list[_Line] = []
    before: list[str] = []
    for line in lines:
        bullet = _BULLET.match(line)
        cells = _cells_of_line(line[bullet.end() :] if bullet else line)
        place = next((place for place, cell in enumerate(cells) if cell.text), None)
        if place is None:
            continue
        timed = _timed_line(line, cells, place)
        if timed is not None:
            found.append(timed)
        elif found:
            nested = bool(bullet) or line[:1] in " \t|" or bool(_LABEL.match(cells[place].text))
            found.append(_Line([_Cell(""), *(cell for cell in cells if cell.text)], nested=nested))
        else:
            before.append(_tidy(line))
        if len(found) > MAX_ROWS:
            raise ImportRefusal("too_many_rows", f"This text has more than {MAX_ROWS} rows; paste one day at a time.")
    doubts = []
    if found and before:
        count = (
            "1 line before the first time was"
            if len(before) == 1
            else f"{len(before)} lines before the first time were"
        )
        doubts.append(Doubt(None, "page", f"{count} not read, from “{before[0][:60]}” on.", weight=Weight.NOTE))
    return _Sheet(found, " ".join(before)[-4000:], doubts, free_text=True)


# --- times -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clock:
    """A printed time: minutes since midnight; `half` is "am" or "pm" where printed (or taken from the other end)."""

    minutes: int
    half: str
    printed: str


@dataclass(frozen=True, slots=True)
class _Times:
    start: _Clock
    end: _Clock | None
    printed: str
    rest: str
    zone_word: str


_ONE = (
    r"(?:(?P<h{n}>\d{{1,2}})(?:\s?[:.h]\s?(?P<m{n}>\d{{2}})(?::\d{{2}})?)?"
    r"(?:\s*(?P<a{n}>[ap]\.?\s?m\b\.?)|\s?h\b)?"
    r"|(?P<w{n}>12\s+noon|noon|midday|midnight))"
)
# In capitals only, and only those in use: "9:00 Test" is a title.
_ZONE_WORD = (
    r"(?:\s*\(?(?P<zone>(?-i:AoE|UTC|GMT|[ACEHJKMNP][SD]T|AK[SD]T|A[CEW][SD]T|NZ[SD]T|CES?T|EES?T|WES?T"
    r"|BST|IST|GST|SGT|HKT|SAST|MSK|TRT|BRT))\b\)?)?"
)
_RANGE = re.compile(
    r"\s*(?:from\s+)?"
    + _ONE.format(n=1)
    + r"(?:\s*(?:-|–|—|−|‐|‑|‒|~|→|to\b|until\b|till\b|bis\b|à\b)\s*"
    + _ONE.format(n=2)
    + r")?"
    + _ZONE_WORD,
    re.IGNORECASE,
)


def _clock(match: re.Match[str], n: int) -> _Clock | None:
    word = match[f"w{n}"]
    if word:
        return _Clock(0 if word.lower() == "midnight" else NOON, "am" if word.lower() == "midnight" else "pm", word)
    if match[f"h{n}"] is None:
        return None
    hour, minute = int(match[f"h{n}"]), int(match[f"m{n}"] or 0)
    half = (match[f"a{n}"] or "").lower().replace(".", "").replace(" ", "")
    if minute > 59 or hour > (12 if half else 24) or (hour == 24 and minute) or (half and not hour):
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return _Clock(hour * 60 + minute, half, "")


def _printed_clocks(match: re.Match[str]) -> tuple[_Clock, _Clock | None] | None:
    """Start and end of a match of `_RANGE`; None where they are no times of day or only bare numbers."""
    start = _clock(match, 1)
    has_end = match["h2"] is not None or match["w2"] is not None
    end = _clock(match, 2) if has_end else None
    if start is None or (has_end and end is None):
        return None
    # "3 papers" and "3-4 papers" are no times: minutes, am or pm must be printed somewhere.
    marks = ("m1", "a1", "w1", "m2", "a2", "w2") if has_end else ("m1", "a1", "w1")
    if not any(match[key] for key in marks):
        return None
    if end is not None and end.half and not start.half and start.minutes <= NOON + 59:
        start = _with_half_of(start, end)
    return start, end


def _with_half_of(start: _Clock, end: _Clock) -> _Clock:
    """The start of “9-9:30am”: in the half of the day of its end, unless that would put it after the end."""
    guess = start.minutes % NOON + (NOON if end.half == "pm" else 0)
    if guess >= end.minutes >= start.minutes:
        guess = start.minutes
    elif guess > end.minutes and end.half == "am":
        # "10:00 - 2:00am" begins in the evening before.
        guess += NOON
    return replace(start, minutes=guess, half="pm" if guess >= NOON else "am")


def _find_times(text: str, *, whole: bool) -> _Times | None:
    """The time or range at the beginning of `text`; with `whole`, only if nothing else stands there."""
    match = _RANGE.match(text[:200])
    clocks = _printed_clocks(match) if match is not None else None
    if match is None or clocks is None:
        return None
    rest = text[match.end() :]
    if rest[:1].isalnum() or (rest[:1] in (".", ":", ",") and rest[1:2].isdigit()):
        return None
    rest = rest.strip().lstrip(":-–—|.,;)").strip()
    if whole and rest:
        return None
    return _Times(*clocks, _tidy(match.group(0)), rest, match["zone"] or "")


def _show(minutes: int, half_printed: bool) -> str:
    minutes %= DAY
    if half_printed:
        return f"{(minutes // 60 - 1) % 12 + 1}:{minutes % 60:02d}{'pm' if minutes >= NOON else 'am'}"
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


# --- words to meaning --------------------------------------------------------------------------------------------

_KIND_WORDS: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.I), kind)
    for words, kind in (
        (r"prayers?|salah|salat|namaz|jumu[’']?ah|jummah|dhuhr|zuhr|asr|maghrib|fajr", Kind.PRAYER),
        (r"keynotes?|plenary|invited (?:talk|speaker)s?", Kind.KEYNOTE),
        (r"lunch(?:eon)?|dinner|breakfast|brunch|supper|iftar|meals?", Kind.MEAL),
        (r"coffee|tea|break|recess|intermission|refreshments?", Kind.BREAK),
        (r"opening|welcome|introductory remarks", Kind.OPENING),
        (r"registration|check-?in|badges?|closing|farewell|wrap-?up|awards?", Kind.OTHER),
        (r"lightning|spotlights?|flash talks?", Kind.LIGHTNING),
        (r"round-?\s?tables?|breakouts?", Kind.ROUNDTABLE),
        (r"posters?", Kind.POSTER),
        (r"social|reception|happy hour|networking|mixer|party|picnic|excursion", Kind.SOCIAL),
        (r"panel|fireside|session|tutorial|workshop|discussions?|mentor\w*|q&a", Kind.SESSION),
        (r"talks?|orals?|presentations?", Kind.TALK),
    )
)
_LABEL = re.compile(
    r"((?:Table|Roundtable|Group|Breakout|Room|Poster)\s+#?(?:\d{1,3}|[A-Z]))\s*[:.\-–—]\s+?(?=\S)", re.I
)
_KEYNOTE = re.compile(
    r"((?:Keynote|Invited|Plenary)(?:\s+(?:talk|speaker|address|lecture|and\s+Q&A))?(?:\s+#?\d{1,2})?)\s*[:–—-]\s+(.+)",
    re.I | re.S,
)
_NOT_A_NAME = re.compile(
    r"\b(?:the|and|of|for|in|on|to|with|a|an|how|what|why|break|session|talks?|remarks|registration|table|award|"
    r"discussions?|posters?|panel|lunch|dinner|coffee|workshop|keynotes?|welcome|opening|closing|prayer|invited|"
    r"contributed|lightning|roundtables?|oral|orals|introduction)\b",
    re.I,
)
_ABBREVIATED = re.compile(r"(?:^|\s)(?:Dr|Prof|Mrs?|Ms|Mx|St|[A-Z])$", re.I)


def _is_name(text: str) -> bool:
    """Whether a few words look like one person's name: two to six words with capitals (or of a script without)."""
    if len(text) > 80:
        return False
    words = re.sub(r",\s*(?:PhD|Ph\.D\.|MD|MSc|Jr\.?|Sr\.?)$", "", text.strip(), flags=re.I).split()
    if not 2 <= len(words) <= 6 or any(character.isdigit() for character in text) or _NOT_A_NAME.search(text):
        return False
    if re.search(r"[:;!?/()“”\"|]", text):
        return False
    small = {
        "de",
        "da",
        "di",
        "del",
        "della",
        "van",
        "von",
        "der",
        "den",
        "bin",
        "ibn",
        "al",
        "el",
        "la",
        "le",
        "dos",
        "bint",
        "ul",
    }
    return all(word[:1].isupper() or word.lower() in small or not re.match(r"[a-zß-ÿ]", word) for word in words)


def _name_and_title(text: str) -> tuple[str, str] | None:
    """`Jane Doe. A title` as name and title; full stops of initials and of “Dr.” do not end the name."""
    for stop in re.finditer(r"\.\s+", text[:120]):
        name, title = text[: stop.start()].strip(), text[stop.end() :].strip()
        if _ABBREVIATED.search(name):
            continue
        return (name, title) if title and _is_name(name) else None
    return None


def _guess_kind(text: str) -> tuple[Kind, str] | None:
    for pattern, kind in _KIND_WORDS:
        found = pattern.search(text)
        if found:
            return kind, found.group(0)
    return None


def _split_people(text: str, affiliation: str = "") -> tuple[Speaker, ...]:
    """The people in a speaker column; a comma parts them only where each side looks like a whole name."""
    parts = [part.strip(" .,") for part in re.split(r"\s*;\s*|\s+(?:and|&)\s+|\s*&\s+", text) if part.strip(" .,")]
    commas = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) == 1 and len(commas) > 1 and all(_is_name(part) for part in commas):
        parts = commas
    homes = [home.strip() for home in re.split(r"\s*;\s*", affiliation) if home.strip()]
    shared = affiliation.strip() or None
    return tuple(
        Speaker(part, homes[place] if len(homes) == len(parts) else shared) for place, part in enumerate(parts[:50])
    )


@dataclass(slots=True)
class _Draft:
    """A row while it is being understood; minutes count from midnight of the day read for and may exceed a day."""

    number: int
    source: str
    title: str
    kind: Kind | None = None
    nested: bool = False
    parent: int | None = None
    abstract: str = ""
    speakers: tuple[Speaker, ...] = ()
    room: str | None = None
    track: str | None = None
    label: str | None = None
    times: _Times | None = None
    time_text: str = ""
    start: int | None = None
    start_better: int | None = None
    end: int | None = None
    end_better: int | None = None

    @property
    def best_start(self) -> int | None:
        return self.start if self.start_better is None else self.start_better

    @property
    def best_end(self) -> int | None:
        return self.end if self.end_better is None else self.end_better

    @property
    def name(self) -> str:
        words = self.title or self.source.replace("\t", " ").strip()
        return f"“{isolated(words if len(words) <= 60 else words[:59].rstrip() + '…')}”"


_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"\b(?:{words})\b", re.I))
    for role, words in (
        ("start", r"start(?:s|ing)?(?: time)?|from|begins?"),
        ("end", r"end(?:s|ing)?(?: time)?|until|finish"),
        ("time", r"times?|when|hours?|clock"),
        ("speaker", r"speakers?|presenters?|presented by|authors?|who|chairs?"),
        ("affiliation", r"affiliations?|institutions?|organi[sz]ations?|university"),
        ("room", r"rooms?|locations?|venue|place|where"),
        ("track", r"tracks?|themes?|topics?"),
        (
            "title",
            r"events?|titles?|sessions?|talks?|programme?|activit(?:y|ies)|what|agenda|items?|subject|description",
        ),
    )
)


class _Reader:
    """Turns lines of cells into a `Reading`; one use."""

    def __init__(self, sheet: _Sheet, day: date, zone: str) -> None:
        self.sheet = sheet
        self.day = day
        self.zone = zone
        self.doubts: list[Doubt] = list(sheet.doubts)
        self.drafts: list[_Draft] = []

    def doubt(self, draft: _Draft | None, field_name: str, sentence: str, suggestion: str | None = None) -> None:
        self.doubts.append(Doubt(draft.number if draft else None, field_name, sentence, suggestion))

    def note(self, draft: _Draft | None, field_name: str, sentence: str) -> None:
        self.doubts.append(Doubt(draft.number if draft else None, field_name, sentence, weight=Weight.NOTE))

    def read(self) -> Reading:
        self._columns_to_drafts()
        if not any(draft.times for draft in self.drafts):
            raise ImportRefusal(
                "no_times",
                "No times were found in what was pasted. Paste a table or lines such as “9:00 - 9:30 Opening”.",
            )
        self._nest()
        self._understand()
        self._place_in_day()
        self._give_children_time()
        self._check_zone()
        rows = tuple(self._row(draft) for draft in self.drafts)
        order = {row.number: place for place, row in enumerate(rows)}
        doubts = sorted(self.doubts, key=lambda each: -1 if each.row is None else order[each.row])
        return Reading(rows, tuple(doubts), self.day, self.zone)

    # Which cell is what.

    def _roles(self) -> tuple[dict[int, str], dict[int, str], int]:
        """Column roles by place, header words by place, and how many lines the header takes."""
        lines = self.sheet.lines
        width = max((len(line.cells) for line in lines), default=0)
        roles: dict[int, str] = {}
        words: dict[int, str] = {}
        skip = 0
        first = lines[0] if lines else None
        if first is not None and not any(_find_times(cell.text, whole=True) for cell in first.cells):
            named: dict[int, str] = {}
            for place, cell in enumerate(first.cells):
                if len(cell.text) > 60:
                    continue
                role = next((role for role, pattern in _COLUMNS if pattern.search(cell.text)), None)
                if role and role not in named.values():
                    named[place] = role
            if len(named) >= 2 or (first.header and named):
                roles, skip = named, 1
                words = {place: cell.text for place, cell in enumerate(first.cells)}
        timed = [
            sum(
                1
                for line in lines[skip:]
                if place < len(line.cells) and _find_times(line.cells[place].text, whole=True)
            )
            for place in range(width)
        ]
        most = max(timed, default=0)
        if most and not {"start", "time"} & set(roles.values()):
            roles[timed.index(most)] = "time"
        stated = next((place for place, role in roles.items() if role == "time"), None)
        if most and stated is not None and not timed[stated]:
            # The words of the header say one column, the cells another: the cells are right.
            del roles[stated]
            roles[timed.index(most)] = "time"
        if "title" not in roles.values():
            free = [place for place in range(width) if place not in roles]
            if free:
                roles[free[0]] = "title"
        return roles, words, skip

    def _columns_to_drafts(self) -> None:
        roles, words, skip = self._roles()
        self.sheet.around += "".join(f" {word}" for word in words.values())
        unnamed: set[str] = set()
        for number, line in enumerate(self.sheet.lines[skip:], start=1):
            by_role: dict[str, _Cell] = {}
            extra: list[str] = []
            for place, cell in enumerate(line.cells):
                role, heading = roles.get(place), words.get(place, "")
                if role is not None:
                    by_role[role] = cell
                elif cell.text:
                    extra.append(f"{heading}: {cell.text}" if heading else cell.text)
                    unnamed.add(heading)
            title = by_role.get("title", _Cell(""))
            draft = _Draft(number, "\t".join(cell.text for cell in line.cells).strip(), title.text, nested=line.nested)
            texts = {role: cell.text for role, cell in by_role.items() if cell.text}
            self._read_time(draft, texts)
            draft.room, draft.track = texts.get("room"), texts.get("track")
            home = texts.get("affiliation", "")
            draft.speakers = _split_people(texts["speaker"], home) if "speaker" in texts else ()
            if home and not draft.speakers:
                extra.insert(0, home)
            draft.abstract = "\n".join(extra)
            self._split_title(draft, title)
            self.drafts.append(draft)
        for heading in sorted(unnamed):
            column = f"The column “{heading}”" if heading else "A column without a known heading"
            self.note(None, "abstract", f"{column} was put into the description.")

    def _read_time(self, draft: _Draft, texts: dict[str, str]) -> None:
        draft.time_text = texts.get("start", "") or texts.get("time", "")
        if "start" in texts and "end" in texts:
            draft.time_text += f" - {texts['end']}"
        if not draft.time_text:
            return
        shown = draft.time_text[:80]
        draft.times = _find_times(draft.time_text, whole=True)
        if draft.times is not None:
            return
        draft.times = _find_times(draft.time_text, whole=False)
        if draft.times is not None:
            sentence = f"“{shown}” holds more than a time; it was read as “{draft.times.printed}”."
            self.doubt(draft, "time_as_printed", sentence)
        else:
            printed = isolated(shown)
            sentence = f"Row {draft.number} ({draft.name}): “{printed}” is no time of day, so the row has no place yet."
            self.doubt(draft, "start_as_printed", sentence)

    def _split_title(self, draft: _Draft, cell: _Cell) -> None:
        """Label, speaker and title out of one cell: `Table 1: …`, `Keynote 1: Name` with its title, `Name. Title`."""
        label = _LABEL.match(draft.title)
        if label:
            draft.label = _tidy(label.group(1))
            draft.title = draft.title[label.end() :].strip()
            draft.kind = Kind.POSTER if draft.label.lower().startswith("poster") else Kind.ROUNDTABLE
            self.note(draft, "label", f"“{isolated(draft.label)}” was read as the label of {draft.name}.")
            return
        lead, rest = cell.lead, cell.rest.lstrip(" .:,;–—-").strip()
        keynote = _KEYNOTE.fullmatch(lead or draft.title)
        if keynote:
            draft.kind = Kind.KEYNOTE
            self._split_keynote(draft, keynote, rest if lead else "")
        elif lead and rest:
            self._split_bold(draft, lead, rest)
        elif not lead and not draft.speakers and (split := _name_and_title(draft.title)):
            draft.speakers, draft.title = (Speaker(split[0]),), split[1]
            sentence = f"“{isolated(split[0])}” looks like a name and was read as the speaker of {draft.name}."
            # In a list of talks that is how it is written; after a time it may be a title of two sentences.
            weight = Weight.DOUBT if draft.time_text else Weight.NOTE
            self.doubts.append(Doubt(draft.number, "speakers", sentence, weight=weight))

    def _split_keynote(self, draft: _Draft, keynote: re.Match[str], title: str) -> None:
        if draft.speakers:
            return
        who = keynote.group(2).strip().rstrip(".")
        split = None if title else _name_and_title(keynote.group(2))
        if split:
            who, title = split
        plain = re.sub(r"^(?:Prof(?:essor)?|Dr|Mr|Mrs|Ms)\.?\s+", "", who)
        if _is_name(plain) or title:
            draft.speakers = (Speaker(who),)
            draft.title = title or draft.title
            before = isolated(_tidy(keynote.group(1)))
            self.note(draft, "speakers", f"“{isolated(who)}” after “{before}” was read as the speaker.")
        elif not _guess_kind(who):
            sentence = f"Is “{isolated(who[:80])}” the speaker or the title of this keynote? It was left in the title."
            self.doubt(draft, "speakers", sentence)

    def _split_bold(self, draft: _Draft, lead: str, rest: str) -> None:
        people = (Speaker(lead.rstrip(".")),) if _is_name(lead) else _split_people(lead.rstrip("."))
        if not draft.speakers and people and all(_is_name(who.name) for who in people):
            draft.speakers, draft.title = people, rest
            self.note(draft, "speakers", f"“{lead}” stands in bold before the title and was read as who speaks.")

    # Which row stands in which.

    def _nest(self) -> None:
        kept: list[_Draft] = []
        above: _Draft | None = None
        for draft in self.drafts:
            if draft.time_text:
                above = draft
                kept.append(draft)
                continue
            if above is None:
                self.doubt(
                    draft, "parent", f"Row {draft.number} ({draft.name}) has no time and no row above it to stand in."
                )
                kept.append(draft)
                continue
            if self.sheet.free_text and not draft.nested:
                # A line under a timed line, not indented: its title if it has none yet, else more about it.
                if not above.title:
                    above.title, above.speakers, above.label, above.kind = (
                        draft.title,
                        draft.speakers,
                        draft.label,
                        draft.kind,
                    )
                    self.note(above, "title", f"The line under the time, {above.name}, was read as the title.")
                    self.doubts = [
                        replace(each, row=above.number) if each.row == draft.number else each for each in self.doubts
                    ]
                else:
                    text = draft.source.replace("\t", " ").strip()
                    above.abstract = "\n".join(part for part in (above.abstract, text) if part)
                    self.doubts = [each for each in self.doubts if each.row != draft.number]
                    self.doubt(
                        above,
                        "abstract",
                        f"“{isolated(text[:80])}” has no time and was put into the description of {above.name}.",
                    )
                continue
            draft.parent = above.number
            kept.append(draft)
        self.drafts = kept

    def _understand(self) -> None:
        parents = {draft.parent for draft in self.drafts if draft.parent is not None}
        by_number = {draft.number: draft for draft in self.drafts}
        for draft in self.drafts:
            if not draft.title and draft.speakers:
                draft.title = ", ".join(who.name for who in draft.speakers)
                self.doubt(draft, "title", f"Row {draft.number} has no title; the speaker stands in for it.")
            elif not draft.title:
                draft.title = draft.source.replace("\t", " ").strip() or "Untitled"
                self.doubt(draft, "title", f"Row {draft.number} has no title; what is printed stands in for it.")
            elif len(draft.title) > 300:
                self.doubt(
                    draft,
                    "title",
                    f"The title of row {draft.number} has {len(draft.title)} characters. Is it a description?",
                )
            if draft.kind is not None:
                self.note(draft, "kind", f"{draft.name} was read as {draft.kind.value}.")
                continue
            around = by_number[draft.parent] if draft.parent is not None else None
            if around is not None:
                theme = _guess_kind(around.title)
                fitting = (Kind.LIGHTNING, Kind.ROUNDTABLE, Kind.POSTER, Kind.KEYNOTE)
                draft.kind = theme[0] if theme and theme[0] in fitting else Kind.TALK
                self.note(
                    draft, "kind", f"{draft.name} was read as {draft.kind.value} because it stands in {around.name}."
                )
                continue
            guess = None if draft.speakers else _guess_kind(draft.title)
            # "Oral 1" and "Keynote 2" with a speaker column still say what they are.
            if draft.speakers and re.match(
                r"(?:keynote|invited|plenary|oral|lightning|poster|panel)\b", draft.title, re.I
            ):
                guess = _guess_kind(draft.title)
            if draft.number in parents:
                own = guess is not None and guess[0] not in (Kind.LIGHTNING, Kind.ROUNDTABLE, Kind.TALK, Kind.KEYNOTE)
                draft.kind = guess[0] if guess is not None and own else Kind.SESSION
                self.note(draft, "kind", f"{draft.name} was read as {draft.kind.value}; rows stand in it.")
            elif guess:
                draft.kind = guess[0] if guess[0] is not Kind.ROUNDTABLE else Kind.SESSION
                self.note(draft, "kind", f"{draft.name} was read as {draft.kind.value} because of “{guess[1]}”.")
            else:
                draft.kind = Kind.TALK if draft.speakers else Kind.SESSION
                why = "it has a speaker" if draft.speakers else "nothing says what it is"
                self.note(draft, "kind", f"{draft.name} was read as {draft.kind.value} because {why}.")

    # When it is.

    def _place_in_day(self) -> None:
        timed = [draft for draft in self.drafts if draft.times is not None]
        before: _Draft | None = None
        for draft in timed:
            times = draft.times
            assert times is not None
            draft.start = times.start.minutes
            self._order_start(draft, before)
            if times.end is not None:
                draft.end = times.end.minutes
            before = draft
        for place, draft in enumerate(timed):
            # Rows that start together run in parallel and do not end each other.
            starts = [other.best_start for other in timed[place + 1 :] if other.best_start is not None]
            following = next((start for start in starts if start > (draft.best_start or 0)), None)
            self._check_end(draft, following, timed[place + 1 :])

    def _order_start(self, draft: _Draft, before: _Draft | None) -> None:
        """A start before the row above: the afternoon of a programme without am and pm, a slip, or past midnight."""
        assert draft.times is not None
        assert draft.start is not None
        if before is None or before.best_start is None or draft.start >= before.best_start:
            return
        half = bool(draft.times.start.half)
        later = draft.start + NOON
        end = draft.times.end
        # Both ends of a range slip together: "2:20-2:30" after lunch needs one doubt, not two.
        together = (
            end is not None and end.minutes > draft.start and bool(end.half) == half and end.minutes + NOON <= DAY
        )
        if draft.start < NOON + 60 and before.best_start <= later < DAY and (not half or before.best_start < 18 * 60):
            draft.start_better = later
            shown = _show(later, half)
            if together and end is not None:
                draft.end_better = end.minutes + NOON
                shown += f" - {_show(draft.end_better, half)}"
            self.doubt(
                draft,
                "start_as_printed",
                f"{draft.name} starts at “{draft.times.printed}”, before the row above it. Probably {shown} is meant.",
                shown,
            )
        elif before.best_start >= 18 * 60 and draft.start < 6 * 60:
            draft.start_better = draft.start + DAY
            if together and end is not None:
                draft.end_better = end.minutes + DAY
            self.doubt(
                draft,
                "start_as_printed",
                f"{draft.name} starts at “{draft.times.printed}” after an evening row. Probably the next day is meant.",
                f"{_show(draft.start, half)} on {day_in_words(self.day + timedelta(days=1))}",
            )
        else:
            self.doubt(
                draft, "start_as_printed", f"{draft.name} starts at “{draft.times.printed}”, before the row above it."
            )

    def _check_end(self, draft: _Draft, following: int | None, later_rows: list[_Draft]) -> None:
        times, start = draft.times, draft.best_start
        assert times is not None
        assert start is not None
        if times.end is None or draft.end is None:
            if following is not None and following > start:
                draft.end_better = following
                shown = _show(following, bool(times.start.half))
                self.doubt(draft, "end_as_printed", f"{draft.name} has no end. The next row starts at {shown}.", shown)
            else:
                self.doubt(draft, "end_as_printed", f"{draft.name} has no end.")
            return
        half, end = bool(times.end.half), draft.end if draft.end_better is None else draft.end_better
        # The two readings of the same printed digits: the other half of the day, and the day after.
        choices = [choice for choice in (end - NOON, end + NOON, end + DAY) if choice > start]
        if end <= start:
            evening = start >= 17 * 60 and end <= 6 * 60 and (half or end + NOON <= start)
            better = end + DAY if evening else min(choices, default=None)
            if better is not None and better - start <= NOON:
                draft.end_better = better
                if evening:
                    shown = f"{_show(end, half)} on {day_in_words(self.day + timedelta(days=1))}"
                    sentence = f"{draft.name} (“{times.printed}”) ends past midnight, on the next day."
                else:
                    shown = _show(better, half)
                    sentence = f"{draft.name} (“{times.printed}”) ends before it starts. Probably {shown} is meant."
                self.doubt(draft, "end_as_printed", sentence, shown)
            else:
                self.doubt(draft, "end_as_printed", f"{draft.name} (“{times.printed}”) ends before it starts.")
            return
        overrun = following is not None and end > following
        flipped = end - NOON
        fits = flipped > start and (following is None or flipped <= following or end - start > 4 * 60)
        starts = [other.best_start for other in later_rows if other.best_start is not None]
        covered = sum(1 for each in starts if each < end)
        long = length_in_words(timedelta(minutes=end - start))
        if overrun and fits:
            draft.end_better = flipped
            what = "every row after it" if covered == len(starts) else f"{covered} rows after it"
            shown = _show(flipped, half)
            self.doubt(
                draft,
                "end_as_printed",
                f"{draft.name} (“{times.printed}”) would last {long} and cover {what}. Probably {shown} is meant.",
                shown,
            )
        elif following is None and end - start > 8 * 60:
            shown = _show(flipped, half)
            if flipped > start:
                draft.end_better = flipped
            self.doubt(
                draft,
                "end_as_printed",
                f"{draft.name} (“{times.printed}”) would last {long}."
                + (f" Probably {shown} is meant." if flipped > start else ""),
                shown if flipped > start else None,
            )
        elif overrun:
            assert following is not None
            shown = _show(following, half)
            self.doubt(
                draft,
                "end_as_printed",
                f"{draft.name} (“{times.printed}”) is still running when the next row starts at {shown}.",
            )

    def _give_children_time(self) -> None:
        by_parent: dict[int, list[_Draft]] = {}
        for draft in self.drafts:
            if draft.parent is not None:
                by_parent.setdefault(draft.parent, []).append(draft)
        for parent in self.drafts:
            children = by_parent.get(parent.number)
            if not children:
                continue
            if parent.start is None:
                self.doubt(
                    parent, "start_as_printed", f"The rows in {parent.name} have no times, as it has none itself."
                )
            elif all(child.label for child in children) or all(child.kind is Kind.POSTER for child in children):
                for child in children:
                    child.start, child.end = parent.start, parent.end
                    child.start_better, child.end_better = parent.start_better, parent.end_better
                sentence = f"The {len(children)} rows in {parent.name} were read as taking place at once."
                self.note(parent, "start_as_printed", sentence)
            else:
                self._share_minutes(parent, children)

    def _share_minutes(self, parent: _Draft, children: list[_Draft]) -> None:
        start, better_start, better_end = parent.start, parent.best_start, parent.best_end
        if start is None or better_start is None:
            return
        slipped = parent.start_better is not None or parent.end_better is not None
        for place, child in enumerate(children):
            child.start, child.end = self._share(start, parent.end, place, len(children))
            if slipped:
                child.start_better, child.end_better = self._share(better_start, better_end, place, len(children))
        if better_end is not None and better_end > better_start:
            each = length_in_words(timedelta(minutes=(better_end - better_start) // len(children)))
            sentence = (
                f"The {len(children)} rows in {parent.name} have no times; each was given an even share of {each}."
            )
            self.note(parent, "start_as_printed", sentence)
        else:
            self.doubt(parent, "start_as_printed", f"The rows in {parent.name} have no times, and no minutes to share.")

    @staticmethod
    def _share(start: int, end: int | None, place: int, count: int) -> tuple[int, int | None]:
        if end is None or end <= start:
            return start, None
        # Whole minutes, never past the parent's end.
        return start + place * (end - start) // count, start + (place + 1) * (end - start) // count

    def _check_zone(self) -> None:
        texts: Iterable[str] = (self.sheet.around, *(draft.times.printed for draft in self.drafts if draft.times))
        for text in texts:
            sentence = zone_mismatch(text, self.day, self.zone)
            if sentence:
                self.doubt(None, "zone", sentence)
                return

    # Minutes to instants.

    def _instant(self, minutes: int | None, draft: _Draft, field_name: str) -> datetime | None:
        if minutes is None:
            return None
        days, rest = divmod(minutes, DAY)
        try:
            day = self.day + timedelta(days=days)
        except OverflowError:
            return None
        answer = local_instant(day, time(rest // 60, rest % 60), self.zone)
        if not isinstance(answer, Refusal):
            return answer.utc
        if answer.code == "twice":
            self.doubt(draft, field_name, f"{answer.sentence} The first was taken.")
            return answer.choices[0].utc
        self.doubt(draft, field_name, answer.sentence)
        return None

    def _row(self, draft: _Draft) -> Row:
        assert draft.kind is not None
        return Row(
            number=draft.number,
            source=draft.source,
            kind=draft.kind,
            title=draft.title,
            parent=draft.parent,
            abstract=draft.abstract,
            speakers=draft.speakers,
            room=draft.room,
            track=draft.track,
            label=draft.label,
            time_as_printed=draft.time_text,
            start_as_printed=self._instant(draft.start, draft, "start_as_printed"),
            start_suggested=self._instant(draft.start_better, draft, "start_suggested"),
            end_as_printed=self._instant(draft.end, draft, "end_as_printed"),
            end_suggested=self._instant(draft.end_better, draft, "end_suggested"),
        )


def read_table(text: str, *, date: date, zone: str) -> Reading:
    """The schedule in a pasted HTML page or table, Markdown table or plain text, for one day in one IANA zone.

    Times may be in 12 or 24 hours, with hyphen, dashes, “to” or “until”. Rows without a time stand in the row above:
    labelled ones (“Table 1: …”) side by side, others share its minutes evenly. Times come as printed and, where the
    print cannot be meant, with a suggestion next to it; nothing is corrected silently.

    Raises only `ImportRefusal`: `too_large` (over 2 MB), `empty`, `binary`, `other_format` (a calendar, XML or JSON
    file), `no_such_zone`, `too_many_elements`, `too_deep`, `too_wide`, `too_many_rows`, `unreadable`, `no_times`.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ImportRefusal("too_large", "This is larger than 2 MB; paste only the schedule.")
    try:
        as_zone(zone)
    except ProgrammeError as error:
        raise ImportRefusal("no_such_zone", str(error)) from error
    if text.count("\x00") > 8 or text.startswith(("%PDF", "PK\x03\x04")):
        raise ImportRefusal("binary", "This is a file, not text; open it and paste the schedule out of it.")
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))
    if not text.strip():
        raise ImportRefusal("empty", "Nothing was pasted.")
    start = text.lstrip()[:200].lower()
    if start.startswith("begin:vcalendar"):
        raise ImportRefusal("other_format", "This is a calendar file, not a table; import it as a calendar.")
    if start.startswith(("<?xml", "<feed", "<rss", "<schedule", "{", "[{")) and "<html" not in text[:2000].lower():
        raise ImportRefusal(
            "other_format", "This is a data file (XML or JSON), not a table; import it as a schedule file."
        )
    sheet = _from_html(text) if _LOOKS_LIKE_HTML.search(text) else _from_text(text)
    return _Reader(sheet, date, zone).read()
