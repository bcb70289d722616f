"""`workshop-manager submissions …`: import, export, reminders to those with a draft, acts on what a search finds."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Stopped, Table, Told
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.exchange import commands as importing
from workshop_manager.exchange import exporting, reporting
from workshop_manager.exchange.reading import Unreadable
from workshop_manager.exchange.service import Refused
from workshop_manager.exchange.states import Sort, Source
from workshop_manager.exchange.words import problem_text
from workshop_manager.search import acts, service, vocabulary, words
from workshop_manager.search import queries as searching
from workshop_manager.search.grammar import Misread, parse
from workshop_manager.search.rules import MOST_AT_ONCE
from workshop_manager.search.states import Act
from workshop_manager.submissions import nudging
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MACHINE


@click.group()
def submissions() -> None:
    """Submissions."""


def exported(uow: UnitOfWork, edition: Edition, what: str) -> Table:
    """One of the desk's exports, of everything that is no draft."""
    kind = exporting.KINDS[what]
    return kind.columns_of(uow.session, edition.id), kind.rows(uow.session, edition.id, None)


@running.table(submissions, "export", "rows")
@click.option("--what", type=click.Choice(sorted(exporting.KINDS)), default="submissions", help="What to take along.")
def export_submissions(uow: UnitOfWork, edition: Edition, what: str) -> Table:
    """Write submissions, reviews, assignments or decisions."""
    return exported(uow, edition, what)


@running.act(submissions, "import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "source", type=click.Choice([one.value for one in Source]), help="What wrote the file.")
@click.option("--rows", type=click.Choice([one.value for one in Sort]), help="What a row is about.")
@click.option("--column", "columns", multiple=True, metavar="NAME=TARGET", help="What a column holds, or answers.")
@click.option("--track", "tracks", multiple=True, metavar="WORD=KEY", help="Our track for the file's word.")
@click.option("--state", "states", multiple=True, metavar="WORD=STATE", help="What became of it, for the file's word.")
@click.option("--zone", default="", metavar="ZONE", help="Of times that name none; else the edition's.")
@click.option("--nameless", is_flag=True, help="Bring in reviews of people who are not on the team, without a name.")
@click.option("--write-to-authors", is_flag=True, help="A mail to the authors of what is new and waits for a decision.")
def import_submissions(
    uow: UnitOfWork,
    edition: Edition,
    file: Path,
    source: str | None,
    rows: str | None,
    columns: tuple[str, ...],
    tracks: tuple[str, ...],
    states: tuple[str, ...],
    zone: str,
    nameless: bool,
    write_to_authors: bool,
) -> Told:
    """Bring in an export of OpenReview, Microsoft CMT, EasyChair, Google Forms or ours: all of it, or nothing."""
    said = importing.Said(source, rows, columns, tracks, states, nameless, zone)
    try:
        plan = importing.run(uow, edition, file, said, tell=write_to_authors)
    except Unreadable as unreadable:
        raise Stopped([{"row": getattr(unreadable, "line", 0), "sentence": problem_text(unreadable)}]) from None
    except Refused as refused:
        raise Stopped(map(reporting.problem, refused.problems)) from None
    return Told(**reporting.told(plan))


@running.act(submissions, "remind")
def remind_drafts(uow: UnitOfWork, edition: Edition) -> Told:
    """Remind everybody with a draft, before its deadline, of what it still misses; each at most once a day."""
    listed = nudging.remind_all(uow, edition)
    items = [{"title": draft.title, "to": person.email, "due": due.at.isoformat()} for draft, person, due in listed]
    return Told({"drafts": len({draft.id for draft, _person, _due in listed})}, items)


_ACTS = {act.value.replace("_", "-"): act for act in Act}


@running.act(submissions, "change")
@click.argument("query")
@click.argument("what", metavar=f"[{'|'.join(_ACTS)}]", type=click.Choice(sorted(_ACTS)))
@click.argument("value")
def change(uow: UnitOfWork, edition: Edition, query: str, what: str, value: str) -> Told:
    """Do to everything that QUERY finds what VALUE says: a tag, the key of a track, the name of a round, a reason.

    `workshop-manager submissions change musiml/2026 'score<2 reviews>2' add-tag look-again`; a page undoes it.
    """
    act = _ACTS[what]
    place = acts.Place(uow, edition, MACHINE)
    wanted = acts.checked(place, act, value)
    found = searching.found(uow.session, edition.id, MACHINE, [_condition(uow, edition, query)], MOST_AT_ONCE + 1)
    steps = acts.preview(place, wanted, found)
    items: list[dict[str, Any]] = [
        {"number": step.submission.number, "title": step.submission.title, "left": step.why_not} for step in steps
    ]
    batch = service.apply(uow, edition, act, value, {one.number for one in found})[0] if found else None
    changed = sum(step.changes for step in steps)
    counts = {"changed": changed, "left": len(steps) - changed}
    return Told(counts, items, about={"batch": batch.id if batch else None})


def _condition(uow: UnitOfWork, edition: Edition, query: str) -> Any:
    known = vocabulary.for_chairs(MACHINE)
    scope = vocabulary.Scope(
        session=uow.session,
        edition_id=edition.id,
        standing=MACHINE,
        tracks=workshops.tracks(uow.session, edition.id),
        zone=ZoneInfo(edition.time_zone),
    )
    try:
        found = vocabulary.condition(parse(query), known, scope)
    except Misread as misread:
        raise Stopped([{"sentence": words.misread(misread)}]) from None
    if found is None:
        raise Stopped([{"sentence": "Say which submissions: an empty search would take them all."}])
    return found
