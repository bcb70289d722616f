"""Who is told what by mail once a release is out: higher packages say so beforehand, for whoever releases.

They register in their `setup.init_app`, and write the mails themselves when they hear `ScheduleReleased`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule.drafting import Comparison
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Circle:
    """People who are told: how many in a sentence, and what each is told, one line a person."""

    sentence: str
    lines: tuple[str, ...]
    mails: int


@dataclass(frozen=True, slots=True)
class Flag:
    """Something the desk of the schedule must know: a sentence, the page that says more, a kind of `ui.note`."""

    sentence: str
    url: str
    kind: str = "stop"


Finder = Callable[[UnitOfWork, Edition, Comparison], Sequence[Circle]]
_finders: list[tuple[int, Finder]] = []


def register(order: int, find: Finder) -> None:
    """Name people who are told; registering one twice counts once."""
    if all(known is not find for _order, known in _finders):
        _finders.append((order, find))
        _finders.sort(key=lambda pair: pair[0])


def circles(uow: UnitOfWork, edition: Edition, comparison: Comparison) -> list[Circle]:
    """Everybody whom releasing this would be told to; nobody where the event is called off or not public yet."""
    return [circle for _order, find in _finders for circle in find(uow, edition, comparison)]


Flagger = Callable[[UnitOfWork, Edition], Sequence[Flag]]
_flaggers: list[Flagger] = []


def register_flags(flags: Flagger) -> None:
    """Let something stand above the draft; registering one twice counts once."""
    if flags not in _flaggers:
        _flaggers.append(flags)


def flags(uow: UnitOfWork, edition: Edition) -> list[Flag]:
    """What stands above the draft; each costs a query."""
    return [flag for flagger in _flaggers for flag in flagger(uow, edition)]
