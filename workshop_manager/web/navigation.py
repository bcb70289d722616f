"""What stands around a page: tabs of an edition, the organisers' side list, the foot. Features register entries."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import g


@dataclass(frozen=True, slots=True)
class DeskItem:
    """An entry of the organisers' side list."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int | None = None
    count_label: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A registered tab of an edition's public pages: `shown(edition)` decides whether it is there."""

    order: int
    label: Callable[[], str]
    endpoint: str
    shown: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Desk:
    """A registered entry of the side list. `allowed(standing)` decides who sees it; `count(here)` stands beside it."""

    order: int
    label: Callable[[], str]
    endpoint: str
    icon: str
    allowed: Callable[[Any], bool]
    prefix: str | tuple[str, ...]
    count: Callable[[Any], int | None] | None = None


SET_UP = 100
"""The order from which on a part of an entry is set once rather than worked on."""


@dataclass(frozen=True, slots=True)
class Part:
    """A registered part of an entry with several pages; current there, and on endpoints starting with `prefixes`."""

    order: int
    label: Callable[[], str]
    endpoint: str
    prefixes: tuple[str, ...]
    allowed: Callable[[Any], bool]
    values: dict[str, Any]


Entry = tuple[str, str, bool, None, bool]
"""A part as `ui.segments` reads it: label, address, whether it is the current one, no count, whether it is set once."""


@dataclass
class Frame:
    """The surroundings of the page being rendered; templates read it as `frame`."""

    brand_name: str = "workshop_manager"
    brand_url: str = "/"
    brand_logo_url: str | None = None
    css_url: str | None = None
    tabs: list[tuple[str, str, bool]] = field(default_factory=list)
    desk: list[list[DeskItem]] = field(default_factory=list)
    foot: list[tuple[str, str]] = field(default_factory=list)
    canonical: str | None = None
    private: bool = False
    notice: tuple[str, str] | None = None
    """What everybody must read first on every page: a heading and a text."""


_tabs: list[Tab] = []
_desk: list[Desk] = []
_parts: dict[str, list[Part]] = {}


def register_tab(
    order: int, label: Callable[[], str], endpoint: str, shown: Callable[[Any], bool] = lambda _edition: True
) -> None:
    """Add a tab to every edition; endpoints take `community` and `edition`."""
    if all(t.endpoint != endpoint for t in _tabs):
        _tabs.append(Tab(order, label, endpoint, shown))
        _tabs.sort(key=lambda t: t.order)


def register_desk(
    order: int,
    label: Callable[[], str],
    endpoint: str,
    icon: str,
    allowed: Callable[[Any], bool],
    prefix: str | tuple[str, ...] | None = None,
    count: Callable[[Any], int | None] | None = None,
) -> None:
    """Add an entry to the organisers' side list; it is marked as current on every endpoint that starts with `prefix`.

    `count(here)` may cost one cheap query, since it runs on every page of the desk.
    """
    if all(d.endpoint != endpoint for d in _desk):
        _desk.append(Desk(order, label, endpoint, icon, allowed, prefix or endpoint, count))
        _desk.sort(key=lambda d: d.order)


def register_part(
    entry: str,
    order: int,
    label: Callable[[], str],
    endpoint: str,
    *also: str,
    allowed: Callable[[Any], bool] = lambda _standing: True,
    **values: Any,
) -> None:
    """Add a part to an entry of the desk, such as `"call"`; it is marked as current on the endpoints `also` begin, too.

    The pages show `parts(...)` as `ui.segments`. `values` fill the endpoint's address. From `SET_UP` on, a part is
    something set once: it stands in a quiet line below the others.
    """
    known = _parts.setdefault(entry, [])
    if all(p.endpoint != endpoint for p in known):
        known.append(Part(order, label, endpoint, also, allowed, values))
        known.sort(key=lambda p: p.order)


def parts(entry: str, here: Any, endpoint: str | None) -> list[Entry]:
    """The parts of that entry for `ui.segments`: those this person may open, at `here`, with the current one."""
    return [
        (
            part.label(),
            here.url(part.endpoint, **part.values),
            _is_current(part, endpoint or ""),
            None,
            part.order >= SET_UP,
        )
        for part in _parts.get(entry, [])
        if part.allowed(here.standing)
    ]


def _is_current(part: Part, endpoint: str) -> bool:
    return endpoint == part.endpoint or endpoint.startswith(part.prefixes)


def tabs() -> tuple[Tab, ...]:
    return tuple(_tabs)


def desk() -> tuple[Desk, ...]:
    return tuple(_desk)


def page_name(endpoint: str) -> str:
    """What the part of the site that this endpoint belongs to is called; empty if nothing is registered for it."""
    for entry in _desk:
        if endpoint.startswith(entry.prefix):
            return entry.label()
    package = endpoint.partition(".")[0]
    return next((tab.label() for tab in _tabs if tab.endpoint.partition(".")[0] == package), "")


def frame() -> Frame:
    """This request's frame; whoever knows more about the page changes it."""
    if "frame" not in g:
        g.frame = Frame()
    return g.frame  # type: ignore[no-any-return]
