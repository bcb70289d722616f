"""What higher packages keep of people, as they say it themselves.

    keeping.register(20, kept)     # once, in `setup.init_app`

with `def kept(uow, edition) -> Sequence[Kept]`, which costs as few queries as it can. One without `days` of its own and
without a rule is kept until somebody deletes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of answer: `what` names it in rules, `number` how many of them there are now.

    `remove` deletes them all and gives how many there were; it runs in the worker. Where it is None the package does so
    by a day of its own, `on`. `changed` runs after organisers chose another time.
    """

    what: str
    label: str
    number: int | None
    days: int | None = None
    remove: Callable[[UnitOfWork, Edition], int] | None = None
    on: date | None = None
    is_part: bool = False
    """It stands under the one before: a question under its form."""
    changed: Callable[[UnitOfWork, Edition], None] | None = None


KeptFn = Callable[[UnitOfWork, Edition], Sequence[Kept]]
_kept: list[tuple[int, KeptFn]] = []


def register(order: int, fn: KeptFn) -> None:
    """Add what a package keeps; registering it twice counts once."""
    if all(known is not fn for _order, known in _kept):
        _kept.append((order, fn))
        _kept.sort(key=lambda entry: entry[0])


def all_kept(uow: UnitOfWork, edition: Edition) -> list[Kept]:
    """What this edition keeps, in order."""
    return [each for _order, fn in _kept for each in fn(uow, edition)]
