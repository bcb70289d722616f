"""`workshop-manager decisions …`."""

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Table, Told
from workshop_manager.commands.submissions import exported
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import queries, reminding, service, statistics
from workshop_manager.decisions.outcomes import outcomes_of
from workshop_manager.decisions.rules import Within
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MACHINE


@click.group()
def decisions() -> None:
    """Decisions about submissions."""


def part_of(uow: UnitOfWork, edition: Edition, track: str, of_round: str) -> Within:
    """The part of an edition that a track's key and a round's name say; Conflict for what is not there."""
    track_id = round_id = None
    if track:
        known = {row.key: row.id for row in workshops.tracks(uow.session, edition.id)}
        if track not in known:
            raise Conflict(f"There is no track “{track}”. There are: {', '.join(known) or 'none'}.")
        track_id = known[track]
    if of_round:
        rounds = {name.casefold(): one for one, name in queries.rounds(uow.session, edition.id)}
        if of_round.casefold() not in rounds:
            raise Conflict(f"There is no round “{of_round}”. There are: {', '.join(rounds) or 'none'}.")
        round_id = rounds[of_round.casefold()]
    return Within(track_id, round_id)


@running.act(decisions, "release")
@click.option("--track", metavar="KEY", default="", help="Only this track, by its key.")
@click.option("--round", "of_round", metavar="NAME", default="", help="Only this round of the call, by its name.")
def release_decisions(uow: UnitOfWork, edition: Edition, track: str, of_round: str) -> Told:
    """Release every pending decision in one act: states, pages and mails change together."""
    part = part_of(uow, edition, track, of_round)
    pending = queries.pending_decisions(uow.session, edition.id, MACHINE, part)
    outcomes = outcomes_of(uow.session, edition.id)
    items = []
    for decision, submission in pending:
        named = outcomes.chosen(decision)
        outcome = named.name if named else ""
        items.append({"number": submission.number, "title": submission.title, "outcome": outcome})
    if pending:
        service.release_as(uow, edition, MACHINE, part=part)
    notes = () if pending else ("Nothing is decided and waits for its release.",)
    return Told({"decisions": len(items)}, items, notes)


@running.act(decisions, "remind")
def remind_to_confirm(uow: UnitOfWork, edition: Edition) -> Told:
    """Remind accepted authors who have not said whether they present, each at most once a day."""
    waiting = reminding.waiting_for(uow, edition, MACHINE)
    letters = reminding.letters_today(uow, edition, waiting)
    items = [{"number": work.number, "title": work.title, "to": letter.to_address} for work, letter in letters]
    if letters:
        reminding.remind(uow, edition, MACHINE)
    notes = () if letters else ("Nobody is left to remind: all have answered, or had a reminder today.",)
    return Told({"submissions": len({one["number"] for one in items})}, items, notes)


@running.table(decisions, "export", "decisions")
def export_decisions(uow: UnitOfWork, edition: Edition) -> Table:
    """Write pending and released decisions with average scores."""
    return exported(uow, edition, "decisions")


@running.table(decisions, "statistics", "figures")
def export_statistics(uow: UnitOfWork, edition: Edition) -> Table:
    """Write the figures of every plot of the statistics page, one a line."""
    tracks = list(workshops.tracks(uow.session, edition.id))
    plots = statistics.plots_of(uow.session, edition, MACHINE, tracks)
    rows = statistics.figures_of(plots)
    return statistics.HEADER, (dict(zip(statistics.HEADER, row, strict=True)) for row in rows)
