"""`workshop-manager mentoring …`."""

from collections.abc import Mapping, Sequence

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Item, Told
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mentoring import matching, queries, reminding
from workshop_manager.mentoring.models import Reading
from workshop_manager.mentoring.states import MatchState
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MACHINE


@click.group()
def mentoring() -> None:
    """The mentored round."""


def _items(readings: Mapping[int, Sequence[Reading]]) -> list[Item]:
    """Who reads what, match by match."""
    return [
        {
            "match": place,
            "number": one.submission.number,
            "reader": one.reader.name if one.reader is not None else "",
            "mentor": one.reader_work_id is None,
        }
        for place, each in enumerate(readings.values(), start=1)
        for one in each
    ]


@running.act(mentoring, "match")
def match_authors(uow: UnitOfWork, edition: Edition) -> Told:
    """Propose matches for everybody who joined and is free. Nobody is told: chairs look at them and announce them."""
    matching.match_as(uow, edition, MACHINE)
    found = queries.matches(uow.session, edition.id, MACHINE, MatchState.PROPOSED)
    items = _items(queries.readings_of(uow.session, [one.id for one in found]))
    left = queries.free(uow.session, edition.id, MACHINE)
    notes = [f"#{one.submission.number} has no partner." for one in left]
    return Told({"matches": len(found), "left": len(left)}, items, notes)


@running.act(mentoring, "announce")
def announce_matches(uow: UnitOfWork, edition: Edition) -> Told:
    """Tell everybody who is proposed for a match whom they read, one mail each; a dry run says who would be told."""
    found = matching.proposal(uow, edition, MACHINE)
    items = _items(found.readings)
    if not found.matches:
        return Told({"matches": 0}, notes=["Nothing is proposed, so nobody was written to."])
    matching.announce_as(uow, edition, MACHINE)
    return Told({"matches": len(found.matches)}, items)


@running.act(mentoring, "remind")
def remind_partners(uow: UnitOfWork, edition: Edition) -> Told:
    """Remind exactly those who owe feedback."""
    wave = reminding.prepare(uow, edition, MACHINE)
    if wave.owing:
        reminding.send(uow, edition, MACHINE)
    items = [
        {"name": person.name, "to": person.email, "owes": [one.submission.number for one in readings]}
        for person, readings in wave.owing
    ]
    notes = () if wave.owing else ("Nobody owes feedback.",)
    return Told({"people": len(wave.owing), "feedback": wave.number}, items, notes)
