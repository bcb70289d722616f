"""`workshop-manager door …`."""

from pathlib import Path

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Told
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.door import certifying, printing
from workshop_manager.door.badges import Layout, Sheet
from workshop_manager.door.printing import Wanted, Who
from workshop_manager.proceedings.printing import PressFailed
from workshop_manager.workshops.models import Edition


@click.group()
def door() -> None:
    """Badges and certificates."""


@running.act(door, "badges")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The file to write.")
@click.option("--sheet", type=click.Choice([one.value for one in Sheet]), default=Sheet.A6.value, help="The paper.")
@click.option("--new", is_flag=True, help="Only badges that were never printed, or changed since.")
def badges(uow: UnitOfWork, edition: Edition, output: Path, sheet: str, new: bool) -> Told:
    """Print the badges of everybody with a seat in the room into one PDF, and note that they were printed."""
    batch = printing.begin(uow, edition, Wanted(Who.NEW if new else Who.ALL), Layout(Sheet(sheet)))
    try:
        done, rows = printing.again(uow, edition, batch.id)
    except PressFailed as error:
        raise Conflict(f"The badges could not be printed: {error}") from None
    missing = list(done.unprintable)
    notes = [f"No font has these, so they are printed as �: {' '.join(missing)}"] if missing else []
    counts = {"badges": len(rows), "pages": done.pages}
    items = [{"registration": row.id, "kind": row.kind.name} for row in rows]
    return Told(counts, items, notes, about={"file": str(output), "missing": missing}, files=[(output, done.pdf)])


@running.act(door, "certificates")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write all that stand into this PDF.")
@click.option("--write", "writes", is_flag=True, help="A mail to everybody who gets a new one.")
def certificates(uow: UnitOfWork, edition: Edition, output: Path | None, writes: bool) -> Told:
    """Issue a certificate of attendance to everybody who was checked in and has none that is right."""
    issued = certifying.issue_all(uow, edition, writes=writes)
    counts = {"certificates": len(issued.certificates), "new": issued.new}
    items = [{"number": one.number, "days": one.days} for one in issued.certificates]
    if output is None or not items:
        return Told(counts, items)
    try:
        done = certifying.pdf(edition, issued.certificates)
    except PressFailed as error:
        raise Conflict(f"The certificates could not be printed: {error}") from None
    return Told(counts, items, about={"file": str(output)}, files=[(output, done.pdf)])
