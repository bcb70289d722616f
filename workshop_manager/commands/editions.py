"""`workshop-manager editions …`."""

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Told
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops import cancelling
from workshop_manager.workshops.models import Edition


@click.group()
def editions() -> None:
    """Editions."""


@running.act(editions, "cancel")
@click.option("--reason", required=True, help="Why, in a sentence or two: on every page, in every mail.")
def cancel(uow: UnitOfWork, edition: Edition, reason: str) -> Told:
    """Call an edition off: everybody it concerns is told once, what is offered ends, calendars strike it out."""
    return Told({"people": cancelling.cancel(uow, edition, reason.strip())}, about={"reason": reason.strip()})


@running.act(editions, "reinstate")
def reinstate(uow: UnitOfWork, edition: Edition) -> Told:
    """Take a cancellation back: everybody is told again; offers that ended stay ended."""
    return Told({"people": cancelling.reinstate(uow, edition)})
