"""`workshop-manager proceedings …`."""

from pathlib import Path

import click
from sqlalchemy import true

from workshop_manager.commands import running
from workshop_manager.commands.running import Table, Told
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.proceedings import numbering, publishing, queries, reminding, tables
from workshop_manager.proceedings.printing import PressFailed
from workshop_manager.workshops.models import Edition


@click.group()
def proceedings() -> None:
    """Camera-ready versions and the book of abstracts."""


@running.act(proceedings, "book")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The file to write.")
@click.option("--bibtex", is_flag=True, help="Write the BibTeX instead of the PDF.")
def book(uow: UnitOfWork, edition: Edition, output: Path, bibtex: bool) -> Told:
    """Write the book of abstracts as it stands now; nothing is published."""
    made = publishing.made(uow.session, edition, publishing.next_number(uow.session, edition.id))
    try:
        done = None if bibtex else publishing.printed(made, made.number, edition.created_at)
    except PressFailed as error:
        raise Conflict(f"The book could not be printed: {error}") from None
    body = done.pdf if done is not None else publishing.bibliography(made.works, edition).encode()
    missing = list(done.unprintable) if done is not None else []
    notes = [f"No font has these, so they are printed as �: {' '.join(missing)}"] if missing else []
    counts = {"abstracts": len(made.works), "pages": done.pages if done else 0}
    return Told(counts, notes=notes, about={"file": str(output), "missing": missing}, files=[(output, body)])


@running.act(proceedings, "remind")
@click.option("--remark", default="", help="A sentence of your own in each mail.")
def remind(uow: UnitOfWork, edition: Edition, remark: str) -> Told:
    """Remind exactly those accepted authors who still owe something."""
    asked = queries.asked(uow.session, edition.id)
    owing = reminding.due_reminders(uow, edition, true(), asked, remark) if asked is not None else []
    if asked is None or any(one.letters for one in owing):
        owing = reminding.send(uow, edition, true(), remark=remark)
    items = [
        {
            "number": one.work.number,
            "title": one.work.title,
            "owes": [item.value for item in one.owed],
            "to": [letter.to_address for letter in one.letters],
        }
        for one in owing
    ]
    notes = [f"Nobody can be written to about #{one['number']}." for one in items if not one["to"]]
    return Told({"submissions": len(items)}, items, notes if items else ["Nobody owes anything."])


@running.table(proceedings, "export", "submissions")
def export_proceedings(uow: UnitOfWork, edition: Edition) -> Table:
    """Write what accepted authors have handed in and what they still owe."""
    header, rows = tables.board(uow.session, edition.id, true())
    return header, (dict(zip(header, row, strict=True)) for row in rows)


@running.act(proceedings, "number")
@click.option("--by-session", is_flag=True, help="In the order in which the programme hangs them.")
@click.option("--afresh", is_flag=True, help="Number all anew, also those that have a number.")
@click.option("--publish", is_flag=True, help="Then show the numbers and write to every author.")
def number(uow: UnitOfWork, edition: Edition, by_session: bool, afresh: bool, publish: bool) -> Told:
    """Give the posters their numbers."""
    changed = numbering.give(uow, edition, by_session=by_session, afresh=afresh)
    if publish:
        numbering.publish(uow, edition)
    given = queries.poster_numbers(uow.session, edition.id)
    posters = numbering.posters(uow.session, edition.id)
    items = [
        {"number": work.number, "title": work.title, "poster": given[work.id]} for work in posters if work.id in given
    ]
    return Told({"posters": len(items), "changed": changed}, items)


@running.act(proceedings, "publish")
def publish(uow: UnitOfWork, edition: Edition) -> Told:
    """Give the book of abstracts its public address."""
    now = publishing.made(uow.session, edition, publishing.next_number(uow.session, edition.id))
    row = publishing.publish(uow, edition, now.digest)
    return Told({"abstracts": len(now.works), "pages": row.pages}, about={"version": row.number})
