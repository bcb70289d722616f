"""When each kind can be chosen: its own dates go before those of the edition's registration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workshop_manager.core.deadlines import Deadline
from workshop_manager.registrations import rules
from workshop_manager.registrations.rules import Phase
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.states import DateKey

Dates = Mapping[DateKey, ImportantDate]


class HasWindow(Protocol):
    """A kind, or a line of a query about one."""

    @property
    def id(self) -> int: ...
    @property
    def opens(self) -> Deadline | None: ...
    @property
    def closes(self) -> Deadline | None: ...


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when one kind can be chosen, and where that stands now."""

    opens: Deadline | None
    closes: Deadline | None
    phase: Phase


def windows(kinds: Iterable[HasWindow], edition: Edition, dates: Dates, now: datetime) -> dict[int, Window]:
    """The window of each kind."""
    first, last = dates.get(DateKey.REGISTRATION_OPENS), dates.get(DateKey.REGISTRATION_CLOSES)
    found = {}
    for kind in kinds:
        opens = kind.opens or (first.deadline if first else None)
        closes = kind.closes or (last.deadline if last else None)
        phase = rules.phase(opens, closes, edition.ends_at, now, has_kinds=True)
        found[kind.id] = Window(opens, closes, rules.unless_cancelled(phase, is_cancelled=edition.is_cancelled))
    return found


def together(found: Mapping[int, Window]) -> Phase:
    """Where registration stands as a whole."""
    return rules.together({window.phase for window in found.values()})


def opening(found: Mapping[int, Window]) -> Deadline | None:
    """When the first kind opens of those that are not open yet."""
    ahead = [window.opens for window in found.values() if window.phase is Phase.AHEAD and window.opens is not None]
    return min(ahead, default=None)


def closing(found: Mapping[int, Window]) -> Deadline | None:
    """When the last kind closes; None if one of them has no date for that."""
    dates = [window.closes for window in found.values()]
    return max((one for one in dates if one is not None), default=None) if None not in dates else None


def can_switch_to(
    kinds: Iterable[HasWindow], edition: Edition, dates: Dates, until: Deadline | None, now: datetime
) -> dict[int, bool]:
    """Which kinds somebody with a seat may take instead; with a date for that, the end of registration is no matter."""
    if until is not None:
        dates = {key: date for key, date in dates.items() if key is not DateKey.REGISTRATION_CLOSES}
    found = windows(kinds, edition, dates, now)
    return {kind_id: rules.may_switch(window.phase, until, now) for kind_id, window in found.items()}
