"""Two drawings as plain SVG without style: a QR code, and a day to scale."""

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import segno
from flask_babel import gettext as _

from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import Item, Kind, Programme
from workshop_manager.schedule.words import kind_name
from workshop_manager.web.times import clock_text

WIDTH = 1200
_GAP = 3.0
_LETTER = 7.6
_LONGEST_HOURS = 16
_LOUD = frozenset({Kind.KEYNOTE, Kind.TALK})
_SOFT = frozenset({Kind.BREAK, Kind.MEAL, Kind.OPENING, Kind.OTHER, Kind.PRAYER})


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as one path in a square of `size` units, white edge included."""

    size: int
    path: str


@lru_cache(maxsize=512)
def qr_code(text: str) -> QrCode:
    """The code of an address."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=2)]
    path = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                path.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return QrCode(len(rows), "".join(path))


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the bar: where it stands, how it is filled, what fits to be written in it."""

    x: float
    width: float
    fill: str
    on: str
    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A time above the bar."""

    x: float
    text: str
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day to scale, with a sentence that says the same."""

    blocks: tuple[Block, ...]
    ticks: tuple[Tick, ...]
    captions: tuple[Tick, ...]
    sentence: str
    start: str
    end: str


def day_bar(programme: Programme) -> DayBar | None:
    """The first day to scale; None if there is none, or if it is longer than a drawing can show."""
    zone = ZoneInfo(programme.zone)
    top = [
        item
        for item in programme.items
        if not item.cancelled and programme.item(item.parent) is None and item.end is not None and item.end > item.start
    ]
    if not top:
        return None
    first_day = top[0].start.astimezone(zone).date()
    items = [item for item in top if item.start.astimezone(zone).date() == first_day]
    start, end = items[0].start, max(item.over_at for item in items)
    if (end - start).total_seconds() > _LONGEST_HOURS * 3600:
        return None
    scale = WIDTH / (end - start).total_seconds()
    blocks: list[Block] = []
    ticks: list[Tick] = []
    captions: list[Tick] = []
    free_from = -1.0
    for item in items:
        x = (item.start - start).total_seconds() * scale
        if x >= free_from and x < WIDTH - 110:
            ticks.append(Tick(round(x, 1), clock_text(item.start.astimezone(zone))))
            free_from = x + 56
        found = _blocks(programme, item, x, scale)
        if len(found) > 1:
            captions.append(Tick(round(x, 1), item.heading))
        blocks.extend(found)
    ticks.append(Tick(WIDTH, clock_text(end.astimezone(zone)), True))
    said = ", ".join(f"{clock_text(item.start.astimezone(zone))} {isolated(item.heading)}" for item in items)
    closing = clock_text(end.astimezone(zone))
    return DayBar(
        tuple(blocks),
        tuple(ticks),
        tuple(captions),
        str(_("%(items)s, until %(end)s", items=said, end=closing)),
        clock_text(start.astimezone(zone)),
        closing,
    )


def _blocks(programme: Programme, item: Item, x: float, scale: float) -> list[Block]:
    kids = [kid for kid in programme.children(item.uid) if not kid.cancelled and kid.end is not None]
    follows = len({kid.start for kid in kids}) == len(kids) > 1
    if follows:
        found = []
        for kid in kids:
            left = x + (kid.start - item.start).total_seconds() * scale
            found.append(Block(round(left, 1), _width(kid, scale), "f-edge", "on", "", ""))
        return found
    width = _width(item, scale)
    if item.kind in _LOUD:
        fill, on = "f-accent", "on"
    elif item.kind in _SOFT:
        fill, on = "f-line", "t-soft"
    else:
        fill, on = "f-asoft", ""
    who = item.listed_speakers[0].name if item.listed_speakers else ""
    title = _fitting((who, _short(who), item.heading) if who else (item.heading, _plain(item.kind)), width)
    subtitle = _fitting((kind_name(item.kind),), width) if who and title else ""
    return [Block(round(x, 1), width, fill, on, title, subtitle)]


def _plain(kind: Kind) -> str:
    return kind_name(kind) if kind in (Kind.BREAK, Kind.MEAL, Kind.PRAYER, Kind.POSTER, Kind.SOCIAL) else ""


def _width(item: Item, scale: float) -> float:
    return round(max((item.over_at - item.start).total_seconds() * scale - _GAP, 2.0), 1)


def _short(name: str) -> str:
    """`M. Ghassemi`, where the whole name is too long for its minutes."""
    *first, last = name.split()
    if not first or not last[0].isascii():
        return name
    return " ".join([*(f"{part[0]}." for part in first), last])


def _fitting(texts: tuple[str, ...], width: float) -> str:
    return next((text for text in texts if text and len(text) * _LETTER + 16 <= width), "")
