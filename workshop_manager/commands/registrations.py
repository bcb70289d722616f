"""`workshop-manager registrations …`."""

import secrets
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import TypeVar

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Stopped, Table, Told
from workshop_manager.core.deadlines import Deadline, NoSuchTime, instant
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.exchange import attendees, reporting, workbooks
from workshop_manager.exchange.attendees import Holds, Kind, Origin, Wish
from workshop_manager.exchange.exporting import Cell
from workshop_manager.exchange.reading import MOST_BYTES, Unreadable
from workshop_manager.exchange.words import problem_text
from workshop_manager.handover import lists, mailing
from workshop_manager.registrations import desk, queries, segments
from workshop_manager.registrations.queries import Show
from workshop_manager.registrations.states import Group, Mode
from workshop_manager.workshops.models import Edition

Found = TypeVar("Found")


@click.group()
def registrations() -> None:
    """Registrations."""


@running.act(registrations, "import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "origin", type=click.Choice([one.value for one in Origin]), help="What wrote the file.")
@click.option("--list", "name", default="", help="What the list is called; else the file's name.")
@click.option("--kind", default="", metavar="NAME", help="How those take part for whom the file does not say it.")
@click.option("--until", default="", metavar="DAY", help="Seats are set aside until the end of it; else the event.")
@click.option("--column", "columns", multiple=True, metavar="NAME=WHAT", help="What a column holds.")
@click.option("--word", "words", multiple=True, metavar="WORD=KIND", help="Our kind for the file's word.")
def import_people(
    uow: UnitOfWork,
    edition: Edition,
    file: Path,
    origin: str | None,
    name: str,
    kind: str,
    until: str,
    columns: tuple[str, ...],
    words: tuple[str, ...],
) -> Told:
    """Set seats aside for people of Google Forms, Eventbrite or a list: all or nothing, each gets a link by mail."""
    kinds = [Kind(one.id, one.name, one.mode is Mode.VIRTUAL) for one in queries.kinds(uow.session, edition.id)]
    by_name = {one.name: one.id for one in kinds}
    said = {word: _known(value, by_name) for word, value in map(_pair, words)}
    default = _known(kind, by_name) if kind else None
    wish = Wish(Origin(origin) if origin else None, None, said, default)
    try:
        text = workbooks.text_of(file.read_bytes()[: MOST_BYTES + 1])
        found = attendees.read(text, kinds, wish)
        if columns:
            held = {one.value: one for one in Holds}
            mapping = dict(found.mapping) | {column: _known(value, held) for column, value in map(_pair, columns)}
            found = attendees.read(text, kinds, Wish(found.origin, mapping, said, default))
    except Unreadable as unreadable:
        raise Stopped([{"row": 0, "sentence": problem_text(unreadable)}]) from None
    if found.problems:
        raise Stopped(map(reporting.problem, found.problems))
    _listed, plan = lists.set_aside(uow, edition, name or file.stem, _until(edition, until), found.people)
    names = {one.id: one.name for one in kinds}
    items = [{"to": one.email, "name": one.name, "kind": names[one.kind_id]} for one in plan.new]
    notes = [f"Row {one.line}: {problem_text(one)}" for one in found.remarks]
    return Told({"seats": len(plan.new), "known": len(plan.known)}, items, notes, about={"from": found.origin.value})


@running.table(registrations, "export", "registrations")
def export_registrations(uow: UnitOfWork, edition: Edition) -> Table:
    """Write every registration of an edition, as the desk's list has it."""
    columns, rows = desk.exported(uow.session, edition.id, queries.Filter())
    return columns, (dict(zip(columns, map(_cell, row), strict=True)) for row in rows)


def _cell(value: object) -> Cell:
    return value if isinstance(value, int) or value is None else str(value)


_STATES = [one.value for one in Show if one is not Show.CANCELLED]


@running.act(registrations, "mail")
@click.option("--subject", required=True, help="The subject; {name}, {kind}, {ticket}, {edition} are filled in.")
@click.option("--text", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True, help="The text.")
@click.option("--kind", default="", metavar="NAME", help="Only people of this kind.")
@click.option("--state", type=click.Choice(_STATES), help="Only people in this state.")
@click.option("--group", type=click.Choice([one.value for one in Group]), help="Only members of this group.")
@click.option("--only", "mark", type=click.Choice(sorted(segments.KNOWN)), help="Only those of whom this is so.")
@click.option("--key", default="", help="A name for this mail: the same name is never sent twice.")
def mail(
    uow: UnitOfWork,
    edition: Edition,
    subject: str,
    text: Path,
    kind: str,
    state: str | None,
    group: str | None,
    mark: str | None,
    key: str,
) -> Told:
    """Write to everybody who registered, or to a part of them: one letter a person, each once."""
    kinds = {one.name: one.id for one in queries.kinds(uow.session, edition.id)}
    segment = segments.Segment(
        _known(kind, kinds) if kind else None,
        Show(state) if state else None,
        Group(group) if group else None,
        mark or "",
    )
    rows = segments.people(uow.session, edition.id, segment)
    body = text.read_text("utf-8").strip()
    sent = mailing.send(uow, edition, rows, subject, body, key[:64] or secrets.token_hex(16))
    if sent is None:
        return Told({"people": 0}, notes=[f"“{key}” was sent already, so nobody got it again."])
    return Told({"people": len(rows)}, [{"to": row.person.email} for row in rows if row.person is not None])


def _pair(typed: str) -> tuple[str, str]:
    name, equals, value = typed.rpartition("=")
    if not equals:
        raise Conflict(f"“{typed[:80]}” is not written as name=value.")
    return name, value


def _known(name: str, names: Mapping[str, Found]) -> Found:
    if name not in names:
        raise Conflict(f"“{name[:80]}” is none of these: {', '.join(names)}.")
    return names[name]


def _until(edition: Edition, typed: str) -> Deadline:
    if not typed:
        return Deadline(edition.starts_at, edition.time_zone)
    try:
        return Deadline(instant(date.fromisoformat(typed), time(23, 59), edition.time_zone), edition.time_zone)
    except (ValueError, NoSuchTime) as wrong:
        raise Conflict(f"“{typed[:40]}” is no day such as 2026-11-30: {wrong}") from None
