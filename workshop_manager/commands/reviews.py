"""`workshop-manager reviews …`, `assignments …` and `reviewers …`."""

from pathlib import Path

import click

from workshop_manager.accounts.queries import by_address
from workshop_manager.assignments import files, proposing, reporting
from workshop_manager.assignments import queries as assignments_queries
from workshop_manager.assignments import settings as assigning
from workshop_manager.assignments.rules import TEXTS, WEIGHTS
from workshop_manager.assignments.service import assign_pairs
from workshop_manager.assignments.settings import MOST_LOAD, MOST_REVIEWS
from workshop_manager.commands import running
from workshop_manager.commands.running import Item, Stopped, Table, Told
from workshop_manager.commands.submissions import exported
from workshop_manager.committee import pasting, service
from workshop_manager.committee import reminding as recruiting
from workshop_manager.committee import tables as committee_tables
from workshop_manager.conflicts.queries import conflict_pairs
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.exchange.reading import text_of
from workshop_manager.reviews import reminding
from workshop_manager.workshops.forms import mail_address
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MACHINE


@click.group()
def reviews() -> None:
    """Reviewing."""


@running.act(reviews, "assign")
@click.option("--reviews", "number", type=click.IntRange(1, MOST_REVIEWS), default=3, help="Reviews for each abstract.")
@click.option("--load", type=click.IntRange(1, MOST_LOAD), default=6, help="Most abstracts for one reviewer.")
@click.option("--fair", is_flag=True, help="The worst-off abstract first, instead of the best fit in all.")
@click.option("--weigh", type=click.Choice(sorted(WEIGHTS)), default="alike", help="How much bids and topics count.")
@click.option("--texts", type=click.Choice(list(TEXTS)), default="some", help="How much likeness of texts counts.")
@click.option("--senior", is_flag=True, help="At least one senior reviewer for each.")
@click.option("--languages", is_flag=True, help="Only reviewers who read the language.")
@click.option("--tracks", is_flag=True, help="Only reviewers who take the track.")
def assign(
    uow: UnitOfWork,
    edition: Edition,
    number: int,
    load: int,
    fair: bool,
    weigh: str,
    texts: str,
    senior: bool,
    languages: bool,
    tracks: bool,
) -> Told:
    """Assign reviewers automatically, with one mail to each; what is assigned already stays."""
    settings = assigning.Settings(number, load, fair, weigh, texts, senior, languages, tracks)
    pairs, result = proposing.work_out_all(uow, edition, settings)
    found = reporting.report(uow.session, edition.id, pairs, result, settings)
    if pairs:
        proposing.assign_all(uow, edition, pairs)
    notes = [f"#{one['number']} lacks {one['lacks']}." for one in found.lacking] + found.changes
    fits = {"total": found.total, "best": found.best, "worst": found.worst, "possible": found.possible}
    return Told(
        {"assigned": found.filled, "places": found.places}, found.pairs, notes,
        about={"fit": fits, "lacking": found.lacking},
    )  # fmt: skip


@running.table(reviews, "export", "reviews")
def export_reviews(uow: UnitOfWork, edition: Edition) -> Table:
    """Write every review that is in."""
    return exported(uow, edition, "reviews")


@running.act(reviews, "remind")
@click.option("--note", default="", help="Words of your own, in every mail.")
def remind_reviewers(uow: UnitOfWork, edition: Edition, note: str) -> Told:
    """Remind exactly those whose reviews are missing, each of exactly theirs."""
    wave = reminding.prepare(uow, edition, MACHINE)
    if wave.owing:
        reminding.send(uow, edition, MACHINE, note)
    items = [
        {"name": one.person.name, "to": one.person.email, "owes": [work.number for work, _begun in one.works]}
        for one in wave.owing
    ]
    notes = () if wave.owing else ("Nobody owes a review.",)
    return Told({"people": len(wave.owing), "reviews": wave.reviews}, items, notes)


# -- assignments --------------------------------------------------------------------------------------------------


@click.group()
def assignments() -> None:
    """Who reads what, as a file."""


@running.table(assignments, "export", "assignments")
def export_assignments(uow: UnitOfWork, edition: Edition) -> Table:
    """Write who reads what, as the page does: it can be changed and brought back."""
    rows = assignments_queries.assigned_rows(uow.session, edition.id, MACHINE)
    values = ((work.number, person.email, person.name, work.title) for work, person in rows)
    return files.HEADER, (dict(zip(files.HEADER, one, strict=True)) for one in values)


@running.act(assignments, "import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_assignments(uow: UnitOfWork, edition: Edition, file: Path) -> Told:
    """Assign what a table says, in columns `number` and `reviewer`: all of it, or nothing. One mail a reviewer."""
    session = uow.session
    people = by_address(session, assignments_queries.reviewers(session, edition.id))
    numbers = assignments_queries.open_numbers(session, edition.id, MACHINE)
    reading = files.read(
        text_of(file.read_bytes())[0],
        numbers,
        {address: person.id for address, person in people.items()},
        {(work, person) for work, person, _why in conflict_pairs(session, edition.id)},
        assignments_queries.given_pairs(session, edition.id, MACHINE),
    )
    if reading.problems:
        raise Stopped({"row": one.row, "sentence": one.words} for one in reading.problems)
    if reading.pairs:
        assign_pairs(uow, edition, reading.pairs, MACHINE)
    by_id, names = {one: number for number, one in numbers.items()}, {one.id: one for one in people.values()}
    items = [{"number": by_id[work], "reviewer": names[person].email} for work, person in reading.pairs]
    return Told({"assigned": len(items), "known": reading.known}, items)


# -- reviewers ----------------------------------------------------------------------------------------------------


@click.group()
def reviewers() -> None:
    """Who reviews."""


@running.act(reviewers, "invite")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--message", default="", help="Words of your own, in every mail.")
def invite(uow: UnitOfWork, edition: Edition, file: Path, message: str) -> Told:
    """Ask everybody in a list to review: names and addresses a line each, or a table. Nobody is asked twice."""
    people, unread = pasting.read(text_of(file.read_bytes())[0])
    problems: list[Item] = [{"row": one.line, "sentence": f"No address stands in “{one.text}”."} for one in unread]
    candidates = []
    for one in people:
        try:
            candidates.append(service.Candidate(mail_address(one.address), one.name, one.affiliation))
        except ValueError as error:
            problems.append({"row": 0, "sentence": str(error)})
    if problems:
        raise Stopped(problems)
    asked = service.invite(uow, edition, candidates, message)
    items = [{"name": one.name, "to": one.address} for one in asked]
    left = len(people) - len(asked)
    notes = [f"{left} left out: they review already, or were asked."] if left else []
    return Told({"asked": len(asked), "left": left}, items, notes)


@running.act(reviewers, "remind")
@click.option("--message", default="", help="Words of your own, in every mail.")
def remind_invited(uow: UnitOfWork, edition: Edition, message: str) -> Told:
    """Remind exactly those who were asked to review and have not answered, with a new link each."""
    wave = recruiting.prepare(uow, edition)
    if wave.waiting:
        recruiting.remind(uow, edition, message)
    items = [{"name": one.name, "to": recruiting.address_of(one)} for one in wave.waiting]
    return Told({"people": len(items)}, items, () if items else ("Nobody is to be reminded.",))


@running.table(reviewers, "export", "reviewers")
def export_reviewers(uow: UnitOfWork, edition: Edition) -> Table:
    """Write who reviews, with what they have and what they can take."""
    header, rows = committee_tables.reviewers(uow.session, edition.id, MACHINE, uow.now)
    return header, (dict(zip(header, row, strict=True)) for row in rows)
