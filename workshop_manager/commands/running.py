"""Runs a bulk act on an edition: one transaction, a dry run that is the same act taken back, one shape of report."""

import contextlib
import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import func, select

from workshop_manager import demo as demonstration
from workshop_manager import doctor as doctoring
from workshop_manager.app import create_app
from workshop_manager.core.database import Database
from workshop_manager.core.errors import NotFound, Refusal
from workshop_manager.core.settings import BadSettings, Settings, load_settings, startup_problems
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.exchange import exporting
from workshop_manager.mail.models import OutboxMail
from workshop_manager.web.spreadsheets import workbook
from workshop_manager.workshops import queries as editions
from workshop_manager.workshops.models import Edition

Item = dict[str, Any]
NOTHING_HAPPENED = "Nothing has happened: this was a dry run."
MOST_LINES = 200


def settings() -> Settings:
    """The settings, or what is wrong with them."""
    try:
        return load_settings()
    except BadSettings as error:
        raise click.ClickException("\n".join(error.problems)) from None


def ready(settings: Settings) -> Database:
    """The database, if this may start on these settings and this database; otherwise says why not."""
    problems = startup_problems(settings)
    if problem := doctoring.store_problem(settings):
        problems.append(problem)
    database = Database(settings.database)
    if not database.is_reachable():
        problems.append("The database cannot be opened. Run `workshop-manager db upgrade`, or `doctor` to see more.")
    elif problem := doctoring.tables_problem(database):
        problems.append(problem)
    elif not settings.is_demo and demonstration.has_demo_people(database):
        problems.append("This database holds demo people, whose password everybody knows. Production needs another.")
    if problems:
        database.dispose()
        raise click.ClickException("This cannot start:\n- " + "\n- ".join(problems))
    return database


def application() -> Flask:
    """The application on the settings of this machine, ready to work."""
    found = settings()
    return create_app(found, ready(found))


class Stopped(Exception):
    """The act is refused: every reason, by row of the file where there is one. Nothing has happened."""

    def __init__(self, problems: Iterable[Item]) -> None:
        super().__init__()
        self.problems = list(problems)


@dataclass
class Told:
    """What an act did or would do. Plain values: it is read after the transaction."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """How many of what, the first being what the act is about."""
    items: Sequence[Item] = ()
    """What it is about, one by one: submissions by `number`, people by `to` or `reviewer`."""
    notes: Sequence[str] = ()
    """What is good to know and stopped nothing."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """Anything else that this act alone has to say."""
    files: Sequence[tuple[Path, bytes]] = ()
    """What is to be written, unless it is a dry run."""
    mails: Sequence[Item] = ()
    problems: Sequence[Item] = ()


Do = Callable[..., Told]


@dataclass(frozen=True, slots=True)
class _Line:
    """What was typed beside the act's own options."""

    command: str
    edition: str
    dry_run: bool
    as_json: bool


def act(group: click.Group, name: str) -> Callable[[Do], click.Command]:
    """Declare `group name COMMUNITY/EDITION [--dry-run] [--json]`. The function takes `(uow, edition, **options)`.

    It does what it is for as if there were no dry run: that one is taken back as a whole. The transaction may be
    refused by any Refusal, or by Stopped with several reasons.
    """

    def declare(do: Do) -> click.Command:
        @functools.wraps(do)
        def run(edition: str, dry_run: bool, as_json: bool, **options: Any) -> None:
            line = _Line(f"{group.name} {name}", edition, dry_run, as_json)
            _finish(line, _do(line, functools.partial(do, **options)))

        return _declared(group, name, run)

    return declare


def _declared(group: click.Group, name: str, run: Callable[..., None]) -> click.Command:
    # Click shows the last decorator first: the edition goes before the act's own options, the two of all after them.
    own = list(getattr(run, "__click_params__", []))
    run.__click_params__ = []  # type: ignore[attr-defined]
    click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")(run)
    click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing, write to nobody.")(run)
    run.__click_params__ += own  # type: ignore[attr-defined]
    click.argument("edition", metavar="COMMUNITY/EDITION")(run)
    return group.command(name)(run)


def _do(line: _Line, do: Callable[[UnitOfWork, Edition], Told], *, writing: bool = True) -> Told:
    try:
        with _opened(line.edition, writing=writing) as (uow, found):
            before = uow.session.execute(select(func.coalesce(func.max(OutboxMail.id), 0))).scalar_one()
            told = do(uow, found)
            uow.session.flush()
            told.mails = _mails(uow, before)
            if line.dry_run:
                uow.rollback()
            else:
                _write(told.files)
            return told
    except Stopped as stopped:
        return Told(problems=stopped.problems)
    except Refusal as refusal:
        return Told(problems=[{"sentence": refusal.sentence or "There is no such thing in this edition."}])


def _write(files: Iterable[tuple[Path, bytes]]) -> None:
    for file, body in files:
        try:
            file.write_bytes(body)
        except OSError as error:
            raise Stopped([{"sentence": f"{file} could not be written: {error.strerror}."}]) from None


@contextlib.contextmanager
def _opened(name: str, *, writing: bool) -> Iterator[tuple[UnitOfWork, Edition]]:
    """A unit of work of the machine within the application, and the edition of that name: `musiml/2026`."""
    app = application()
    platform = app.extensions["platform"]
    community, _slash, slug = name.partition("/")
    with (
        app.test_request_context(base_url=platform.settings.base_url),
        unit_of_work(platform.database, platform.clock, writing=writing) as uow,
    ):
        uow.is_machine = True
        found = editions.find_edition(uow.session, community, slug)
        if found is None:
            raise NotFound(f"There is no edition “{name}”. Name it like musiml/2026.")
        yield uow, found


def _mails(uow: UnitOfWork, before: int) -> list[Item]:
    """What this transaction has put into the outbox."""
    rows = uow.session.execute(
        select(OutboxMail.to_address, OutboxMail.subject)
        .where(OutboxMail.id > before, OutboxMail.created_at == uow.now)
        .order_by(OutboxMail.id)
    )
    return [{"to": to, "subject": subject} for to, subject in rows]


# -- the report ---------------------------------------------------------------------------------------------------


def _finish(line: _Line, told: Told) -> None:
    click.echo(_json(line, told) if line.as_json else _text(line, told))
    if told.problems:
        raise click.exceptions.Exit(1)


def _json(line: _Line, told: Told) -> str:
    said = {
        "command": line.command,
        "edition": line.edition,
        "dry_run": line.dry_run,
        "done": not line.dry_run and not told.problems,
        "counts": {**told.counts, "mails": len(told.mails)},
        "items": list(told.items),
        "mails": list(told.mails),
        "notes": list(told.notes),
        "problems": list(told.problems),
        **told.about,
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=str)


def _text(line: _Line, told: Told) -> str:
    if told.problems:
        lines = [f"Row {one['row']}: {one['sentence']}" if one.get("row") else one["sentence"] for one in told.problems]
        return "\n".join([*_shortened(lines), "Nothing has happened."])
    lines = _shortened([_item(one) for one in told.items])
    lines += _shortened([f"to {one['to']}: {one['subject']}" for one in told.mails])
    lines += told.notes
    lines.append(", ".join(f"{name}: {number}" for name, number in {**told.counts, "mails": len(told.mails)}.items()))
    return "\n".join([*lines, NOTHING_HAPPENED] if line.dry_run else lines)


def _shortened(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"… and {more} more; --json has all."] if more > 0 else lines


def _item(one: Item) -> str:
    number = f"#{one['number']}" if one.get("number") is not None else ""
    rest = ("; ".join(map(str, v)) if isinstance(v, list | tuple) else str(v) for k, v in one.items() if k != "number")
    return "  ".join(part for part in (number, *rest) if part and part != "None")


# -- tables -------------------------------------------------------------------------------------------------------

Table = tuple[Sequence[str], Iterable[exporting.Record]]
"""Names of columns, and rows by them."""


def table(group: click.Group, name: str, what: str) -> Callable[[Callable[..., Table]], click.Command]:
    """Declare an export, to standard output or with `-o` to a file. The function takes `(uow, edition, **options)`."""

    def declare(rows: Callable[..., Table]) -> click.Command:
        @functools.wraps(rows)
        def run(edition: str, dry_run: bool, as_json: bool, form: str, output: Path | None, **options: Any) -> None:
            line = _Line(f"{group.name} {name}", edition, dry_run, as_json)
            _export(line, what, form, output, functools.partial(rows, **options))

        click.option("-o", "--output", type=click.Path(path_type=Path), help="Write it to this file.")(run)
        click.option(
            "--format", "form", type=click.Choice((*exporting.FORMS, "xlsx")), default="csv", help="CSV, JSON or Excel."
        )(run)
        return _declared(group, name, run)

    return declare


def _pieces(what: str, columns: Sequence[str], form: str, records: Iterable[exporting.Record]) -> Iterator[bytes]:
    if form == "xlsx":
        yield workbook(columns, ([record[column] for column in columns] for record in records))
        return
    for piece in exporting.lines_of(what, columns, form, iter(records)):
        yield piece.encode()


def _export(line: _Line, what: str, form: str, output: Path | None, rows: Callable[..., Table]) -> None:
    """The table itself on standard output; with a file, as a dry run or as JSON a report about it."""
    is_report = line.dry_run or line.as_json or output is not None

    def do(uow: UnitOfWork, edition: Edition) -> Told:
        columns, records = rows(uow, edition)
        if not is_report:
            for piece in _pieces(what, columns, form, records):
                click.echo(piece, nl=False)
            return Told()
        listed = list(records)
        body = b"".join(_pieces(what, columns, form, listed))
        items = listed if line.as_json and output is None else []
        files = [(output, body)] if output is not None else []
        return Told({what: len(listed)}, items, about={"file": str(output) if output else None}, files=files)

    told = _do(line, do, writing=False)
    if is_report or told.problems:
        _finish(line, told)
