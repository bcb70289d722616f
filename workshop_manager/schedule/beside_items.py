"""What higher packages show beside items of the released programme.

    beside_items.register_section(section)     # on the page of an item
    beside_items.register_marks(marks)         # words beside titles on the whole schedule
    beside_items.register_links(links)         # addresses that exports name

Each costs one query for a page or an export that is made, and none for one that is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from workshop_manager.schedule.exports import Link
from workshop_manager.schedule.programme import Item, Programme
from workshop_manager.schedule.timetable import Mark
from workshop_manager.workshops.context import Here

SectionFn = Callable[[Here, Item], Markup | None]
MarksFn = Callable[[Session, int, Programme, datetime, datetime], Mapping[str, Sequence[Mark]]]
LinksFn = Callable[[Session, int, Programme, datetime, datetime], Sequence[Link]]

_sections: list[SectionFn] = []
_marks: list[MarksFn] = []
_links: list[LinksFn] = []


def register_section(fn: SectionFn) -> None:
    """Add a section to the page of an item."""
    if fn not in _sections:
        _sections.append(fn)


def register_marks(fn: MarksFn) -> None:
    """Add words beside titles, by uid; asked with the edition, what is public, the end of the event, and now."""
    if fn not in _marks:
        _marks.append(fn)


def register_links(fn: LinksFn) -> None:
    """Name addresses that everybody may read, for exports; asked with the same."""
    if fn not in _links:
        _links.append(fn)


def sections(at: Here, item: Item) -> list[Markup]:
    """All of an item's, in order."""
    return [found for fn in _sections if (found := fn(at, item)) is not None]


def with_marks(
    given: Mapping[str, tuple[Mark, ...]],
    session: Session,
    edition_id: int,
    programme: Programme,
    over: datetime,
    now: datetime,
) -> dict[str, tuple[Mark, ...]]:
    """The marks of a page with those of higher packages behind them."""
    found = dict(given)
    for fn in _marks:
        for uid, marks in fn(session, edition_id, programme, over, now).items():
            found[uid] = (*found.get(uid, ()), *marks)
    return found


def links(session: Session, edition_id: int, programme: Programme, over: datetime, now: datetime) -> tuple[Link, ...]:
    """What exports name."""
    return tuple(link for fn in _links for link in fn(session, edition_id, programme, over, now))
