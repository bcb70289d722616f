"""Domain events: how a lower package tells a higher one, in one transaction. `wiring.py` lists all subscribers."""

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workshop_manager.core.unit_of_work import UnitOfWork

_handlers: dict[type[Any], list[Callable[["UnitOfWork", Any], None]]] = defaultdict(list)


def subscribe(event: type[Any], handler: Callable[["UnitOfWork", Any], None]) -> None:
    """Run `handler(uow, event)` whenever such an event is told. Subscribing twice counts once."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def tell(uow: "UnitOfWork", event: object) -> None:
    """Run every handler of this event now, inside the transaction: if one fails, nothing has happened."""
    for handler in _handlers[type(event)]:
        handler(uow, event)
