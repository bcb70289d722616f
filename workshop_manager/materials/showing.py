"""What of an item's materials the public page, the schedule and exports show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import get_template_attribute
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from workshop_manager.materials import queries, service, words
from workshop_manager.materials.models import Material
from workshop_manager.materials.rules import MAY_MATERIALS, is_shown
from workshop_manager.materials.states import Kind, Shown
from workshop_manager.schedule import joining
from workshop_manager.schedule.exports import Link
from workshop_manager.schedule.programme import Item, Programme
from workshop_manager.schedule.timetable import Mark
from workshop_manager.schedule.visibility import ANONYMOUS
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops.context import Here


@dataclass(frozen=True, slots=True)
class Shelf:
    """A material as a page lists it."""

    kind: str
    title: str
    url: str
    is_file: bool
    details: str
    licence: tuple[str, str] | None


def shelf(at: Here, row: Material) -> Shelf:
    """How a material is shown."""
    is_file = not row.url
    url = at.url("materials.file", uid=row.uid, material_id=row.id) if is_file else row.url
    ending = row.file_name.rpartition(".")[2].upper()
    parts = [f"{ending}, {words.size_text(row.size)}" if is_file else "", row.language]
    return Shelf(
        words.kind_name(row.kind),
        row.title,
        url,
        is_file,
        " · ".join(part for part in parts if part),
        words.LICENCES.get(row.licence),
    )


def may_see(at: Here, row: Material, item: Item, now: datetime, *, is_registered: bool) -> bool:
    """Whether whoever is no part of the team sees it now. `row` is one of `queries.public_of_item`."""
    return not is_nameless(item, row) and is_shown(
        row.shown, item_over=item.over_at, event_over=at.edition.ends_at, now=now, is_registered=is_registered
    )


def is_nameless(item: Item, row: Material) -> bool:
    """Whether its speakers handed it in for a work that names nobody in public."""
    return row.by_speaker and any(who.name == ANONYMOUS for who in item.speakers)


def is_registered(at: Here) -> bool:
    """Whether the viewer has a seat (one query for who is signed in)."""
    person = viewer_person()
    return person is not None and joining.has_seat(unit().session, at.edition, person.id)


def section(at: Here, item: Item) -> Markup | None:
    """The materials on the page of an item (one query; one more for people who are signed in)."""
    uow = unit()
    rows = queries.public_of_item(uow.session, at.edition.id, item.uid)
    person = viewer_person()
    has_seat = any(row.shown is Shown.REGISTERED for row in rows) and is_registered(at)
    shown = [row for row in rows if may_see(at, row, item, uow.now, is_registered=has_seat)]
    closed = sum(row.shown is Shown.REGISTERED for row in rows) if not has_seat else 0
    may_add = at.standing.may(MAY_MATERIALS)
    if person is not None and not may_add:
        programme = queries.released(uow.session, at.edition.id)
        full = programme.item(item.uid) if programme is not None else None
        may_add = full is not None and service.speaks(full, person.id)
    if not shown and not closed and not may_add:
        return None
    macro = get_template_attribute("materials/panels.html", "section")
    address = at.url("materials.of_item", uid=item.uid)
    return Markup(macro([shelf(at, row) for row in shown], closed, address if may_add else "", person is None))  # noqa: S704  # nosec B704 - made by our template, which escapes


def _open(rows: Sequence[Material], programme: Programme, over: datetime, now: datetime) -> list[tuple[Item, Material]]:
    found = []
    for row in rows:
        item = programme.item(row.uid)
        if item is None or is_nameless(item, row):
            continue
        if is_shown(row.shown, item_over=item.over_at, event_over=over, now=now, is_registered=False):
            found.append((item, row))
    return found


def marks(
    session: Session, edition_id: int, programme: Programme, over: datetime, now: datetime
) -> Mapping[str, Sequence[Mark]]:
    """`slides` and `recording` beside titles of the whole schedule (one query)."""
    names = {Kind.SLIDES: str(_("slides")), Kind.RECORDING: str(_("recording"))}
    found: dict[str, dict[str, Mark]] = {}
    for item, row in _open(queries.public_of_edition(session, edition_id), programme, over, now):
        if row.kind in names:
            found.setdefault(item.uid, {})[row.kind.value] = Mark(names[row.kind], "")
    return {uid: list(kinds.values()) for uid, kinds in found.items()}


def links(session: Session, edition_id: int, programme: Programme, over: datetime, now: datetime) -> Sequence[Link]:
    """What exports name: only what everybody may read now (one query)."""
    found = _open(queries.public_of_edition(session, edition_id), programme, over, now)
    return [Link(item.uid, _title(row), row.url, row.id if not row.url else None) for item, row in found]


def _title(row: Material) -> str:
    name = words.kind_name(row.kind)
    return f"{name}: {row.title}" if row.title else name
