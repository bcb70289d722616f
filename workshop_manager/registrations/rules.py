"""When one may register and change one's mind; plain values, no database."""

import enum
from dataclasses import dataclass
from datetime import datetime

from workshop_manager.core.deadlines import Deadline
from workshop_manager.registrations.states import State


class Phase(enum.Enum):
    """Where an edition's registration stands."""

    NOT_PLANNED = "not_planned"
    AHEAD = "ahead"
    OPEN = "open"
    CLOSED = "closed"


class Action(enum.Enum):
    """What can happen to a registration."""

    TAKE_SEAT = "take_seat"
    JOIN_LINE = "join_line"
    CALL_UP = "call_up"
    CANCEL = "cancel"


TRANSITIONS: dict[tuple[State | None, Action], State] = {
    (None, Action.TAKE_SEAT): State.REGISTERED,
    (None, Action.JOIN_LINE): State.WAITLISTED,
    (State.CANCELLED, Action.TAKE_SEAT): State.REGISTERED,
    (State.CANCELLED, Action.JOIN_LINE): State.WAITLISTED,
    (State.REGISTERED, Action.TAKE_SEAT): State.REGISTERED,
    (State.REGISTERED, Action.JOIN_LINE): State.WAITLISTED,
    (State.WAITLISTED, Action.TAKE_SEAT): State.REGISTERED,
    (State.WAITLISTED, Action.JOIN_LINE): State.WAITLISTED,
    (State.WAITLISTED, Action.CALL_UP): State.REGISTERED,
    (State.REGISTERED, Action.CANCEL): State.CANCELLED,
    (State.WAITLISTED, Action.CANCEL): State.CANCELLED,
}
"""From which state, by which action, to which state; anything else is refused."""


def leads_to(state: State | None, action: Action) -> State | None:
    """The state after the action, or None if it makes no sense from here."""
    return TRANSITIONS.get((state, action))


def phase(opens: Deadline | None, closes: Deadline | None, ends_at: datetime, now: datetime, has_kinds: bool) -> Phase:
    """Registration opens at its date, or at once without one, and closes at its date, or when the event is over."""
    if not has_kinds:
        return Phase.NOT_PLANNED
    if now > ends_at or (closes is not None and closes.has_passed(now)):
        return Phase.CLOSED
    if opens is not None and now < opens.at:
        return Phase.AHEAD
    return Phase.OPEN


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


def may_join(state: State | None, accepted: int, current: int) -> bool:
    """The join link is for those with a seat who accepted the code of conduct as it reads now."""
    return state is State.REGISTERED and accepted == current
