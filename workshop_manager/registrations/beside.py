"""What higher packages put beside a registration: lines on the ticket, and its event for a calendar.

Registering one twice counts once. Each line may cost two queries; they are asked for people with a seat only.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.models import Registration
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Line:
    """A line among what one can do from the ticket, with what stands beneath it."""

    text: str
    url: str
    icon: str
    below: tuple[str, ...] = ()


LinesFn = Callable[[UnitOfWork, Edition, Registration], list[Line]]
NoteFn = Callable[[UnitOfWork, Edition, Registration], bytes]

_lines: list[LinesFn] = []
_notes: list[NoteFn] = []


def register_lines(fn: LinesFn) -> None:
    """Add lines to the ticket."""
    if fn not in _lines:
        _lines.append(fn)


def register_note(fn: NoteFn) -> None:
    """Say how the event is written for the calendar of whoever has a seat; a cancelled registration ends it."""
    if fn not in _notes:
        _notes.append(fn)


def lines(uow: UnitOfWork, edition: Edition, row: Registration) -> list[Line]:
    """All lines for this ticket."""
    return [line for fn in _lines for line in fn(uow, edition, row)]


def note(uow: UnitOfWork, edition: Edition, row: Registration) -> bytes | None:
    """The event for a calendar, if anything can write one."""
    return _notes[0](uow, edition, row) if _notes else None
