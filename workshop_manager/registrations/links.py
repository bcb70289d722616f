"""What higher packages put among the acts on a ticket: `register(10, fn)` once, in `setup.init_app`.

`fn(uow, edition, registration)` gives a `Link`, or None where there is nothing to do; it may cost one query.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.models import Registration
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the list: an icon, words that say what one can do, and where."""

    icon: str
    label: str
    url: str


LinkFn = Callable[[UnitOfWork, Edition, Registration], Link | None]
_links: list[tuple[int, LinkFn]] = []


def register(order: int, fn: LinkFn) -> None:
    """Add a line; registering it twice counts once."""
    if all(known is not fn for _order, known in _links):
        _links.append((order, fn))
        _links.sort(key=lambda entry: entry[0])


def links_of(uow: UnitOfWork, edition: Edition, row: Registration) -> list[Link]:
    """The lines on this ticket."""
    return [link for _order, fn in _links if (link := fn(uow, edition, row)) is not None]
