"""Who may sign up for what, and when; plain values, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from workshop_manager.registrations.states import Mode
from workshop_manager.signups.states import Audience, Phase, Way
from workshop_manager.workshops.rules import MAY_REGISTRATIONS, ORGANISERS

MAY_SIGNUPS = ORGANISERS
"""Set blocks up, give places by hand, allocate."""
MAY_LISTS = MAY_REGISTRATIONS
"""Read who sits where: the front desk points people to their tables."""
MOST_CHOICES = 6
MOST_PLACES = 10_000
LENGTH = timedelta(hours=1)
"""Of a session whose end nobody has said."""


@dataclass(frozen=True, slots=True)
class Window:
    """When one signs up. `closes` is the last second; `allocated`: places of a ranked block are given."""

    way: Way
    opens: datetime | None
    closes: datetime
    allocated: bool = False


def phase(window: Window, now: datetime) -> Phase:
    """Where a block stands at that moment."""
    if window.allocated:
        return Phase.SETTLED
    if window.opens is not None and now < window.opens:
        return Phase.AHEAD
    if now <= window.closes:
        return Phase.OPEN
    return Phase.DECIDING if window.way is Way.RANKED else Phase.CLOSED


def may_choose(way: Way, phase: Phase) -> bool:
    """Rank what one would like."""
    return way is Way.RANKED and phase is Phase.OPEN


def may_take(way: Way, phase: Phase) -> bool:
    """Take a free place, or stand in line for one: in what is left of a ranked block, too."""
    return phase is (Phase.OPEN if way is Way.FIRST_COME else Phase.SETTLED)


def may_allocate(way: Way, phase: Phase) -> bool:
    """Give places to everybody who ranked, once nobody can change their choices."""
    return way is Way.RANKED and phase is Phase.DECIDING


def fits(audience: Audience, mode: Mode | None) -> bool:
    """Whether somebody with that seat (None: without any) may sign up."""
    if mode is None:
        return False
    return audience is Audience.EVERYBODY or audience.value == mode.value


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of somebody's day, and what fills it."""

    start: datetime
    end: datetime
    title: str = ""


def clash(wanted: Span | None, busy: Iterable[Span]) -> Span | None:
    """What stands in the way; touching ends do not. Without a time nothing can clash."""
    if wanted is None:
        return None
    return next((one for one in busy if one.start < wanted.end and wanted.start < one.end), None)


def has_begun(span: Span | None, now: datetime) -> bool:
    """From then on no place is given or taken back."""
    return span is not None and now >= span.start


def are_ranks(part_ids: Iterable[int], known: Iterable[int], most: int) -> bool:
    """Whether these are choices: each once, all of the block, not more than one may name."""
    listed = list(part_ids)
    return len(set(listed)) == len(listed) <= most and set(listed) <= set(known)
