"""Plots as numbers: where their bars, lines and words lie on a canvas, with the table that says the same.

Drawn by `decisions/plots.html`, in a page by the page's colours and in a file by its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

WIDTH, HEIGHT = 360, 210
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 22, 40
"""Room for the figures at the side and the words beneath."""
LINE = 15
"""Height of the name of a deadline."""
ROW = 38
"""Height of a bar that lies, its words above it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `kind` is `ink`, `soft` or `accent`."""

    x: float
    y: float
    width: float
    height: float
    kind: str = "ink"


@dataclass(frozen=True, slots=True)
class Words:
    """Words at a point; `anchor` as in SVG."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    is_soft: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """A line; dashed for a deadline."""

    x1: float
    y1: float
    x2: float
    y2: float
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot: `name` in addresses, its title, a sentence that says what it shows, and its figures."""

    name: str
    title: str
    sentence: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    note: str = ""
    height: int = HEIGHT
    bars: tuple[Bar, ...] = ()
    lines: tuple[str, ...] = ()
    """Paths, the first in ink, a second softer."""
    rules: tuple[Rule, ...] = ()
    words: tuple[Words, ...] = ()
    width: int = field(default=WIDTH)


def ceiling(most: int) -> int:
    """A round number at or above `most` for the top of an axis: 1, 2, 5, 10, 20, 50 …"""
    scale = 1
    while True:
        for step in (1, 2, 5):
            if step * scale >= most:
                return max(step * scale, 2)
        scale *= 10


def _axis(top: int, down: int = 0) -> tuple[list[Rule], list[Words]]:
    rules, words = [], []
    for value in (0, top // 2, top) if top > 2 else (0, top):
        y = _y(value, top, down)
        rules.append(Rule(LEFT, y, WIDTH - RIGHT, y))
        words.append(Words(LEFT - 6, y + 4, str(value), "end"))
    return rules, words


def _y(value: float, top: int, down: int = 0) -> float:
    return round(down + HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def columns(
    name: str, title: str, sentence: str, header: tuple[str, str], counts: Sequence[tuple[str, int]], every: int = 1
) -> Plot:
    """Upright bars, one a value; a word beneath every `every`th."""
    top = ceiling(max((number for _label, number in counts), default=0))
    rules, words = _axis(top)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(counts))
    bars = []
    for place, (label, number) in enumerate(counts):
        x = LEFT + step * place
        y = _y(number, top)
        bars.append(Bar(round(x + step * 0.12, 1), y, round(step * 0.76, 1), round(HEIGHT - BOTTOM - y, 1)))
        if place % every == 0:
            words.append(Words(round(x + step / 2, 1), HEIGHT - BOTTOM + 18, label, "middle"))
    return Plot(name, title, sentence, header, tuple(counts), bars=tuple(bars), rules=tuple(rules), words=tuple(words))


def lying(
    name: str,
    title: str,
    sentence: str,
    header: tuple[str, ...],
    rows: Sequence[tuple[str, int, int | None]],
    note: str = "",
) -> Plot:
    """Bars that lie, one a row with its words above: a whole, and in the accent the part of it that is `rows[n][2]`."""
    most = max((number for _label, number, _part in rows), default=0) or 1
    bars, words = [], []
    for place, (label, number, part) in enumerate(rows):
        y = place * ROW
        said = str(number) if part is None else f"{part} / {number}"
        words += [Words(0, y + 14, shortened(label), is_soft=False), Words(WIDTH, y + 14, said, "end")]
        bars.append(Bar(0, y + 20, round(WIDTH * number / most, 1), 9, "ink" if part is None else "soft"))
        if part:
            bars.append(Bar(0, y + 20, round(WIDTH * part / most, 1), 9, "accent"))
    figures = tuple((label, number) if part is None else (label, number, part) for label, number, part in rows)
    height = max(1, len(rows)) * ROW
    return Plot(name, title, sentence, header, figures, note, height, tuple(bars), words=tuple(words))


def shortened(label: str, most: int = 38) -> str:
    """A label that fits its bar; the table has it whole."""
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class Mark:
    """A day with a name: a deadline."""

    day: date
    name: str


def over_time(
    name: str,
    title: str,
    sentence: str,
    header: tuple[str, str, str],
    per_day: Mapping[date, int],
    marks: Sequence[Mark],
    words_of: Mapping[date, str],
    goal: int | None = None,
) -> Plot:
    """How many there are by each day, as a line that only rises, with the deadlines as dashed lines.

    `words_of` says how the first and the last day are written; `goal` is what it should reach. Each further deadline
    has its name in a line of its own above the plot, which is that much higher.
    """
    days = sorted(per_day)
    first, last = min([*days, *(m.day for m in marks)]), max([*days, *(m.day for m in marks)])
    span = max(1, (last - first).days)
    top = ceiling(max(sum(per_day.values()), goal or 0))
    down = LINE * max(0, len(marks) - 1)
    rules, words = _axis(top, down)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span, 1)

    path, sum_so_far, rows = [f"M{x(first)} {_y(0, top, down)}"], 0, []
    for day in days:
        path.append(f"H{x(day)}")
        sum_so_far += per_day[day]
        path.append(f"V{_y(sum_so_far, top, down)}")
        rows.append((day.isoformat(), per_day[day], sum_so_far))
    path.append(f"H{x(last)}")
    lines = ["".join(path)]
    if goal:
        lines.append(f"M{LEFT} {_y(goal, top, down)}H{WIDTH - RIGHT}")
    for place, mark in enumerate(marks):
        at, above = x(mark.day), TOP + LINE * place
        rules.append(Rule(at, above - 4, at, down + HEIGHT - BOTTOM, is_dashed=True))
        anchor = "end" if at > (WIDTH + LEFT) / 2 else "start"
        words.append(Words(at, above - 8, shortened(mark.name), anchor))
    beneath = down + HEIGHT - BOTTOM + 18
    words += [Words(LEFT, beneath, words_of[first]), Words(WIDTH - RIGHT, beneath, words_of[last], "end")]
    return Plot(
        name, title, sentence, header, tuple(rows), height=HEIGHT + down,
        lines=tuple(lines), rules=tuple(rules), words=tuple(words),
    )  # fmt: skip


def ends_of(per_day: Mapping[date, int], marks: Sequence[Mark]) -> tuple[date, date]:
    """The first and the last day of such a plot."""
    days = [*per_day, *(mark.day for mark in marks)]
    return min(days), max(days)


def bins_of(averages: Sequence[float]) -> list[tuple[str, int]]:
    """Averages in steps of a half, from 1 to 6: `3.5` counts those from 3.5 to just below 4."""
    counts = dict.fromkeys((step / 2 for step in range(2, 13)), 0)
    for average in averages:
        counts[min(6.0, max(1.0, int(average * 2) / 2))] += 1
    return [(f"{step:g}", number) for step, number in counts.items()]
