"""Markdown and plain text to lines of cells."""

from __future__ import annotations

import re
from datetime import date

from workshop_manager.schedule.reading.clocks import find_times, timed_lines
from workshop_manager.schedule.reading.dates import FoundDay, find_day
from workshop_manager.schedule.reading.meanings import LABEL
from workshop_manager.schedule.reading.sheets import Cell, Line, Sheet, tidy
from workshop_manager.schedule.reading.tables import Table, chosen
from workshop_manager.schedule.reading.values import MAX_ROWS, Doubt, Format, ImportRefusal, Weight

_MARKS = re.compile(r"[*_`\\\[<]")


def strip_markdown(text: str) -> Cell:
    """A Markdown cell as text: links by their words, emphasis and escapes removed, a bold beginning noted."""
    if not _MARKS.search(text):  # nearly every cell, and all of a line of a million tabs
        return Cell(tidy(text), "")
    text = re.sub(r"!?\[([^\[\]]{0,500})\]\([^()]{0,500}\)", r"\1", text)
    text = re.sub(r"<br\s*/?>", " ", text, flags=re.I)
    lead = ""
    bold = re.match(r"\s*(?:\*\*|__)(.{1,500}?)(?:\*\*|__)", text)
    if bold:
        lead = bold.group(1)
    text = re.sub(r"\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|`", "", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!|-])", r"\1", text)
    lead = re.sub(r"[*`]", "", lead)
    whole, bold_part = tidy(text), tidy(lead)
    return Cell(whole, bold_part if whole.startswith(bold_part) else "")


_RULE = re.compile(r"\|?:?-{2,}:?(?:\|:?-{2,}:?)*\|?")
_LIKE_TIME = re.compile(
    r"\d{1,4}(?:[:.]\d+)?(?:\s*[ap]\.?m\b\.?)?\s*(?:-|–|—|to\b)\s*\d{1,4}(?:[:.]\d+)?(?:\s*[ap]\.?m\b\.?)?(?=\s|$)"
    r"|\d{1,2}:\d+(?:\s*[ap]\.?m\b\.?)?(?=\s|$)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:#{1,6}\s+(?:[-*•]\s+)?|[-*•‣·▪◦–]\s+|\d{1,2}[.)]\s+(?=\D))")


def _is_rule(line: str) -> bool:
    """Whether this is the line of dashes under a Markdown table's header."""
    return "|" in line and not set(line) - set("|:- \t") and bool(_RULE.fullmatch(re.sub(r"[ \t]", "", line)))


def _split_pipes(line: str) -> list[str]:
    inner = line.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return re.split(r"(?<!\\)\|", inner)


def _from_markdown(lines: list[str], ruled: int) -> Sheet:
    header = Line([strip_markdown(cell) for cell in _split_pipes(lines[ruled - 1])], header=True)
    found = [header]
    end = ruled + 1
    while end < len(lines) and "|" in lines[end] and not _is_rule(lines[end]):
        found.append(Line([strip_markdown(cell) for cell in _split_pipes(lines[end])]))
        end += 1
    doubts = []
    rest = [line for line in lines[end:] if line.strip()]
    if rest:
        first = tidy(rest[0])[:60]
        doubts.append(
            Doubt(
                None,
                "page",
                f"{len(rest)} lines after the table (from “{first}” on) were not read.",
                weight=Weight.NOTE,
            )
        )
    return Sheet(found, " ".join(lines[: ruled + 1])[-4000:], doubts, format=Format.MARKDOWN)


def best_markdown(lines: list[str], near: date) -> Sheet | None:
    """The Markdown table with the most timed rows, if any has one; those of several days in a row are joined."""
    ruled = [place for place, line in enumerate(lines) if place and "|" in lines[place - 1] and _is_rule(line)]
    sheets = [_from_markdown(lines, place) for place in ruled[:20]]
    tables = [
        Table(sheet, timed_lines(sheet.lines), _heading_above(lines, place - 1, near))
        for place, sheet in zip(ruled, sheets, strict=False)
    ]
    return chosen(tables)


def _heading_above(lines: list[str], place: int, near: date) -> FoundDay | None:
    """The day in the nearest line above a table that holds any words."""
    above = (line for line in reversed(lines[max(0, place - 6) : place]) if line.strip())
    nearest = next(above, "")
    return None if "|" in nearest else find_day(_BULLET.sub("", strip_markdown(nearest).text, count=1), near)


def _cells_of_line(line: str) -> list[Cell]:
    if "\t" in line or " | " in line or line.strip().startswith("|"):
        return [strip_markdown(cell) for cell in re.split(r"\t|(?<!\\)\|", line.strip(" |"))]
    return [strip_markdown(line)]


def _timed_line(line: str, cells: list[Cell], place: int) -> Line | None:
    """A line whose cell at `place` begins with a time, as time and cells; None if it does not."""
    first, following = cells[place].text, cells[place + 1 :]
    times = find_times(first, whole=False)
    if times is None:
        # "3:30pm - 3:450pm Title": a row of its own whose time will be named as unreadable.
        broken = _LIKE_TIME.match(first)
        if broken is None:
            return None
        printed, rest = broken.group(0).strip(), Cell(first[broken.end() :].strip())
    else:
        printed, rest = times.printed, Cell(times.rest)
        if times.end is None and not rest.text and following and find_times(following[0].text, whole=True):
            # The end in a column of its own.
            printed, following = f"{printed} - {following[0].text}", following[1:]
    lead = re.search(r"(?:\*\*|__)(.{1,500}?)(?:\*\*|__)", line)
    if lead and rest.text.startswith(tidy(lead.group(1))):
        rest = Cell(rest.text, tidy(lead.group(1)))
    return Line([Cell(printed), *(cell for cell in (rest, *following) if cell.text)])


def _dated_line(text: str, near: date) -> FoundDay | None:
    """A line that names a day and has no time: a heading for the lines below it, such as `Friday 9 May: Tutorials`."""
    found = find_day(text, near)
    if found is None or len(text) > 80:
        return None
    if not found.rest:
        return found
    # "Monday is for tutorials" is a sentence; a day of a month, or a counted one, begins a heading.
    is_plain = not any(sign.isdecimal() for sign in found.printed) or len(found.rest) > 50 or found.rest[-1:] in ".!?"
    return None if is_plain else found


def sheet_of_text(text: str, near: date) -> Sheet:
    """The best Markdown table of a text, or its lines: those that begin with a time, and what stands below them.

    `near` tells the year of days that are printed without one.
    """
    lines = text.splitlines()
    if len(lines) > 50_000:
        raise ImportRefusal("too_many_rows", "This text has too many lines; paste only the schedule.")
    table = best_markdown(lines, near)
    if table is not None:
        return table
    if not any(_has_time(line, near) for line in lines):
        # "Opening (9:00 - 9:15)": where no line begins with a time, some may end with one.
        lines = [_time_first(line) for line in lines]
    found: list[Line] = []
    before: list[str] = []
    has_time = False
    for line in lines:
        made = _lines_of(line, near)
        if not made:
            continue
        is_timed = bool(made[-1].cells[0].text) and made[-1].day is None
        has_time = has_time or is_timed
        if has_time or made[-1].day is not None:
            found += made
        else:
            before.append(tidy(line))
        if len(found) > MAX_ROWS:
            raise ImportRefusal("too_many_rows", f"This text has more than {MAX_ROWS} rows; paste one day at a time.")
    doubts = []
    if has_time and before:
        count = (
            "1 line before the first time was"
            if len(before) == 1
            else f"{len(before)} lines before the first time were"
        )
        doubts.append(Doubt(None, "page", f"{count} not read, from “{before[0][:60]}” on.", weight=Weight.NOTE))
    return Sheet(found, " ".join(before)[-4000:], doubts, free_text=True)


_TIME_LAST = re.compile(r"(\s*(?:[-*•]\s+)?)(\S.*?)[\s,:;|@–—-]*[\s(\[,;:](\d[^()\[\]]{3,40}?)[)\]]?\s*")


def _has_time(line: str, near: date) -> bool:
    made = _lines_of(line, near)
    return bool(made) and bool(made[-1].cells[0].text) and made[-1].day is None


def _time_first(line: str) -> str:
    """A line that ends with a range of times, alone or in brackets, with that in front; another as it is."""
    found = _TIME_LAST.fullmatch(line[:500])
    times = find_times(found[3], whole=True) if found is not None else None
    if found is None or times is None or times.end is None:
        return line
    return f"{found[1]}{found[3]} {found[2]}"


def _lines_of(line: str, near: date) -> list[Line]:
    """What a line of text says: a time with its title, a day, both (`Fri 9 May, 10:00 Opening`), or other words."""
    bullet = _BULLET.match(line)
    cells = _cells_of_line(line[bullet.end() :] if bullet else line)
    place = next((place for place, cell in enumerate(cells) if cell.text), None)
    if place is None:
        return []
    timed = _timed_line(line, cells, place)
    if timed is not None:
        return [timed]
    day = find_day(cells[place].text, near)
    if day is not None:
        heading = Line([Cell(day.printed)], day=day.day)
        rest = [Cell(day.rest), *cells[place + 1 :]] if day.rest else cells[place + 1 :]
        timed = _timed_line(line, rest, 0) if rest else None
        if timed is not None:
            return [heading, timed]
        if _dated_line(cells[place].text, near) is not None:
            return [heading]
    is_heading = bullet is not None and "#" in bullet.group(0)
    nested = (bullet is not None and not is_heading) or line[:1] in " \t|" or bool(LABEL.match(cells[place].text))
    return [Line([Cell(""), *(cell for cell in cells if cell.text)], nested=nested)]
