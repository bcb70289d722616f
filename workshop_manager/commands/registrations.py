"""`workshop-manager registrations …`."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import TypeVar

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Do, Item, Stopped, Table, Told
from workshop_manager.core.deadlines import Deadline, NoSuchTime, instant
from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import clean_line, clean_text
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.exchange import attendees, reporting, workbooks
from workshop_manager.exchange.attendees import Holds, Kind, Origin, Wish
from workshop_manager.exchange.exporting import Cell
from workshop_manager.exchange.reading import MOST_BYTES, Unreadable
from workshop_manager.exchange.words import problem_text
from workshop_manager.handover import lists, mailing
from workshop_manager.registrations import approval, desk, hosting, many, queries, segments
from workshop_manager.registrations.models import Registration
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
@click.option("--with-answers", is_flag=True, help="With food, needs and what else people said of themselves.")
def export_registrations(uow: UnitOfWork, edition: Edition, with_answers: bool) -> Table:
    """Write every registration of an edition, as the desk's list has it."""
    columns, rows = desk.exported(uow.session, edition.id, queries.Filter(), with_answers=with_answers)
    return columns, (dict(zip(columns, map(_cell, row), strict=True)) for row in rows)


def _cell(value: object) -> Cell:
    return value if isinstance(value, int) or value is None else str(value)


_STATES = [one.value for one in Show if one is not Show.CANCELLED]


def _of_people(run: Do) -> Do:
    """The options that name a part of those who registered."""
    marks = click.Choice(sorted(segments.KNOWN))
    click.option("--only", "mark", type=marks, help="Only those of whom this is so.")(run)
    click.option("--group", type=click.Choice([one.value for one in Group]), help="Only members of this group.")(run)
    click.option("--state", type=click.Choice(_STATES), help="Only people in this state.")(run)
    click.option("--kind", default="", metavar="NAME", help="Only people of this kind.")(run)
    return run


def _people(uow: UnitOfWork, edition: Edition, part: Mapping[str, str | None]) -> Sequence[Registration]:
    kind, state, group = part["kind"], part["state"], part["group"]
    segment = segments.Segment(
        _kind_id(uow, edition, kind) if kind else None,
        Show(state) if state else None,
        Group(group) if group else None,
        part["mark"] or "",
    )
    return segments.people(uow.session, edition.id, segment)


def _kind_id(uow: UnitOfWork, edition: Edition, name: str) -> int:
    return _known(name, {one.name: one.id for one in queries.kinds(uow.session, edition.id)})


def _items(rows: Iterable[Registration]) -> list[Item]:
    return [{"to": row.person.email, "name": row.badge_name} for row in rows if row.person is not None]


@running.act(registrations, "mail")
@click.option("--subject", required=True, help="The subject; {name}, {kind}, {ticket}, {edition} are filled in.")
@click.option("--text", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True, help="The text.")
@_of_people
@click.option("--key", default="", help="A name for this mail: the same name is never sent twice.")
def mail(uow: UnitOfWork, edition: Edition, subject: str, text: Path, key: str, **part: str | None) -> Told:
    """Write to everybody who registered, or to a part of them: one letter a person, each once."""
    rows = _people(uow, edition, part)
    sent = mailing.send(uow, edition, rows, _subject(subject), _body(text), key[:64] or secrets.token_hex(16))
    if sent is None:
        return Told({"people": 0}, notes=[f"“{key}” was sent already, so nobody got it again."])
    return Told({"people": len(rows)}, _items(rows))


def _subject(typed: str) -> str:
    subject = clean_line(typed)
    if len(subject) > mailing.LONGEST_SUBJECT:
        raise Conflict(f"The subject has {len(subject)} letters; {mailing.LONGEST_SUBJECT} fit.")
    return subject


def _body(file: Path) -> str:
    try:
        body = clean_text(file.read_text("utf-8")).strip()
    except UnicodeDecodeError:
        raise Conflict(f"{file} is not written in UTF-8.") from None
    if len(body) > mailing.LONGEST:
        raise Conflict(f"The text has {len(body)} letters; {mailing.LONGEST} fit.")
    return body


@running.act(registrations, "cancel")
@click.option("--reason", required=True, help="Why, in a sentence: it stands in the mail they get.")
@_of_people
def cancel(uow: UnitOfWork, edition: Edition, reason: str, **part: str | None) -> Told:
    """Cancel the registrations of a part of those who registered; free seats go to whoever waits."""
    if not any(part.values()):
        raise Conflict("Say whom: --kind, --state, --group or --only. To cancel all, cancel the edition.")
    return _done(many.foresee_cancel(uow, edition, _people(uow, edition, part)), _cancelling(uow, edition, reason))


def _cancelling(uow: UnitOfWork, edition: Edition, reason: str) -> Callable[[list[int]], int]:
    return lambda ids: many.cancel(uow, edition, ids, clean_line(reason)[:500])


@running.act(registrations, "move")
@click.option("--to", "to_kind", required=True, metavar="NAME", help="The kind whose seats they get.")
@_of_people
def move(uow: UnitOfWork, edition: Edition, to_kind: str, **part: str | None) -> Told:
    """Give a part of those with a seat one of another kind; theirs go to whoever waits."""
    kind_id = _kind_id(uow, edition, to_kind)
    foreseen = many.foresee_move(uow, edition, _people(uow, edition, part), kind_id)
    return _done(foreseen, lambda ids: many.move(uow, edition, ids, kind_id))


def _done(foreseen: Sequence[many.Foreseen], act: Callable[[list[int]], int]) -> Told:
    rows = [one.row for one in foreseen if not one.why_not]
    notes = [f"{one.row.badge_name}: {one.why_not}" for one in foreseen if one.why_not]
    items = _items(rows)  # before the act: what it empties is told all the same
    return Told({"people": act([row.id for row in rows]) if rows else 0}, items, notes)


@running.act(registrations, "answer")
@click.option("--yes/--no", "is_yes", required=True, default=None, help="What they are told.")
@click.option("--word", default="", help="A word that stands in the mail.")
@click.option("--kind", default="", metavar="NAME", help="Only those who ask for this kind.")
@click.option("--person", "people", multiple=True, metavar="ADDRESS", help="Only this person; may be repeated.")
def answer(uow: UnitOfWork, edition: Edition, is_yes: bool, word: str, kind: str, people: tuple[str, ...]) -> Told:
    """Answer requests for kinds that need approval, in the order in which they came."""
    wanted, asked_for = {one.casefold() for one in people}, _kind_id(uow, edition, kind) if kind else None
    rows = [
        row
        for row in queries.requests(uow.session, edition.id)
        if row.person is not None
        and (not wanted or row.person.email.casefold() in wanted)
        and asked_for in (None, row.asks_for_id)
    ]
    items = _items(rows)
    unknown = wanted - {str(one["to"]).casefold() for one in items}
    notes = [f"{one} has no request that waits for an answer." for one in sorted(unknown)]
    done = approval.decide(uow, edition, [row.id for row in rows], yes=is_yes, word=word)
    counts = {
        "requests": len(rows),
        "seats": done.seated,
        "waiting": done.waiting,
        "told_no": done.rejected,
        "stuck": done.stuck,
    }
    return Told(counts, items, notes)


@running.act(registrations, "host-check")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def host_check(uow: UnitOfWork, edition: Edition, file: Path) -> Told:
    """Check people off who stand in the host conference's list: an address or a number somewhere in each line."""
    try:
        text = workbooks.text_of(file.read_bytes()[: MOST_BYTES + 1])
    except Unreadable as unreadable:
        raise Stopped([{"row": 0, "sentence": problem_text(unreadable)}]) from None
    found = hosting.read(uow, edition, text)
    items = [{**_items([one.row])[0], "by": one.by} for one in found.matches if one.row.person is not None]
    number = hosting.check(uow, edition, [one.row.id for one in found.matches])
    notes = [f"Nobody here is meant by: {line}" for line in found.strangers]
    return Told({"people": number, "known": found.known, "absent": found.absent}, items, notes)


@running.act(registrations, "host-remind")
def host_remind(uow: UnitOfWork, edition: Edition) -> Told:
    """Remind exactly those with a seat who have not said that they registered with the host conference."""
    items = _items(row for row, _person in hosting.prepare(uow, edition).owing)
    return Told({"people": hosting.remind(uow, edition, seen=None)}, items)


@running.act(registrations, "end-list")
@click.argument("name")
def end_list(uow: UnitOfWork, edition: Edition, name: str) -> Told:
    """Return what nobody has claimed of the lists of that name, before their date."""
    known: dict[str, list[int]] = {}
    for one in lists.lines(uow, edition):
        if not one.is_over:
            known.setdefault(one.name, []).append(one.id)
    ended = [lists.end(uow, edition, list_id) for list_id in _known(name, known)]
    return Told({"seats": sum(ended), "lists": len(ended)})


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
