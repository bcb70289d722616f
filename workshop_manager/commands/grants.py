"""`workshop-manager grants …`."""

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Told
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grantreview import reading
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition


@click.group()
def grants() -> None:
    """Travel grants."""


@running.act(grants, "assign")
def assign_readers(uow: UnitOfWork, edition: Edition) -> Told:
    """Ask the committee to read what has too few readers: no conflicts, level loads. A dry run says who would read."""
    workshops.locked_edition(uow.session, edition.id)
    share = reading.propose(uow, edition, lock=True)
    reading.make(uow, edition, share)
    names = {person.id: person.name for person in share.people}
    items = [{"application": application, "reader": names[reader]} for application, reader in share.pairs]
    notes = [f"Application {one} lacks {number} reader(s): nobody is left." for one, number in share.missing.items()]
    return Told({"readings": len(share.pairs), "missing": sum(share.missing.values())}, items, notes)
