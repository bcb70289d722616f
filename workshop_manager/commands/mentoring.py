"""`workshop-manager mentoring …`."""

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Told
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mentoring import matching, queries, reminding
from workshop_manager.mentoring.states import MatchState
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MACHINE


@click.group()
def mentoring() -> None:
    """The mentored round."""


@running.act(mentoring, "match")
def match_authors(uow: UnitOfWork, edition: Edition) -> Told:
    """Propose matches for everybody who joined and is free. Nobody is told: chairs look at them and announce them."""
    matching.match_as(uow, edition, MACHINE)
    found = queries.matches(uow.session, edition.id, MACHINE, MatchState.PROPOSED)
    readings = queries.readings_of(uow.session, [one.id for one in found])
    items = [
        {
            "match": place,
            "number": one.submission.number,
            "reader": one.reader.name if one.reader is not None else "",
            "mentor": one.reader_work_id is None,
        }
        for place, match in enumerate(found, start=1)
        for one in readings[match.id]
    ]
    left = queries.free(uow.session, edition.id, MACHINE)
    notes = [f"#{one.submission.number} has no partner." for one in left]
    return Told({"matches": len(found), "left": len(left)}, items, notes)


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
