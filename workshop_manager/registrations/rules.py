"""When one may register and change one's mind, and what a wish leads to; plain values, no database."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from workshop_manager.core.deadlines import Deadline
from workshop_manager.registrations.states import State

ANSWERS_KEPT = timedelta(days=31)
"""What people ask for on the day (food, access) is deleted this long after the event."""


class Phase(enum.Enum):
    """Where an edition's registration stands."""

    NOT_PLANNED = "not_planned"
    AHEAD = "ahead"
    OPEN = "open"
    CLOSED = "closed"
    OVER = "over"


def phase(opens: Deadline | None, closes: Deadline | None, ends_at: datetime, now: datetime, has_kinds: bool) -> Phase:
    """Registration opens at its date, or at once without one, and closes at its date, or when the event is over."""
    if not has_kinds:
        return Phase.NOT_PLANNED
    if now > ends_at:
        return Phase.OVER
    if closes is not None and closes.has_passed(now):
        return Phase.CLOSED
    if opens is not None and now < opens.at:
        return Phase.AHEAD
    return Phase.OPEN


def may_choose(phase: Phase) -> bool:
    """Taking a seat, or changing which, while registration is open."""
    return phase is Phase.OPEN


def may_describe(state: State, phase: Phase) -> bool:
    """Name, food and visibility can be changed until the event is over, by whoever takes part or waits."""
    return state is not State.CANCELLED and phase in (Phase.OPEN, Phase.CLOSED)


def may_cancel(state: State, ends_at: datetime, now: datetime) -> bool:
    """Whoever holds or waits for a seat may give it up until the event is over: an empty chair helps nobody."""
    return state is not State.CANCELLED and now <= ends_at


@dataclass(frozen=True, slots=True)
class Seats:
    """A kind's seats: `capacity` None has no limit."""

    capacity: int | None
    taken: int

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def is_full(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody holds: a seat of one kind, a place on the waitlist of another, both, or nothing (ids of kinds)."""

    seat: int | None = None
    line: int | None = None

    @property
    def state(self) -> State:
        if self.seat is not None:
            return State.REGISTERED
        return State.WAITLISTED if self.line is not None else State.CANCELLED

    @property
    def wish(self) -> int | None:
        """The kind they asked for last."""
        return self.line if self.line is not None else self.seat


NOTHING = Place()


def is_better(one: Place, other: Place) -> bool:
    """Whether of two registrations of one person the first holds more: a seat before a wait, a wait before nothing."""
    order = (State.CANCELLED, State.WAITLISTED, State.REGISTERED)
    return order.index(one.state) > order.index(other.state)


def takes_over_line(kept: Place, left: Place) -> bool:
    """Whether the place in a line of the registration that ends goes on in the one that stays."""
    return left.line is not None and left.line != kept.seat and kept.line in (None, left.line)


def after_choosing(place: Place, wanted: int, *, is_full: bool, fallback: int | None = None) -> Place:
    """What choosing a kind leads to. Nobody loses a seat by asking for one that is full: they keep it and wait.

    `fallback` is a virtual kind with room, for whoever wants one while they wait.
    """
    if wanted == place.seat:
        return Place(seat=wanted)
    if not is_full:
        return Place(seat=wanted)
    return Place(seat=place.seat if place.seat is not None else fallback, line=wanted)


def after_call_up(place: Place) -> Place:
    """The seat waited for; one held meanwhile goes back."""
    return Place(seat=place.line)


def has_agreed(accepted: int, current: int) -> bool:
    """Whether the code of conduct was accepted as it reads now. 0 stands for none: there is nothing to accept."""
    return current in (0, accepted)


def may_join(state: State | None, accepted: int, current: int) -> bool:
    """The join link is for those with a seat who accepted the code of conduct as it reads now."""
    return state is State.REGISTERED and has_agreed(accepted, current)
