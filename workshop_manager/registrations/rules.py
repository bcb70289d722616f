"""When one may register and change one's mind, and what a wish leads to; plain values, no database."""

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workshop_manager.core.deadlines import Deadline
from workshop_manager.registrations.states import Group, State

"""What people ask for on the day (food, access) is deleted this long after the event."""


JOIN_MINUTES = 15
"""So long before a session begins its link opens, unless the organisers say otherwise."""


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


def together(phases: Collection[Phase]) -> Phase:
    """Where registration stands as a whole, with kinds that each have their own dates."""
    order = (Phase.OPEN, Phase.AHEAD, Phase.CLOSED, Phase.OVER)
    return next((phase for phase in order if phase in phases), Phase.NOT_PLANNED)


def unless_cancelled(phase: Phase, *, is_cancelled: bool) -> Phase:
    """Nothing is open, or will be, where nothing takes place."""
    return Phase.CLOSED if is_cancelled and phase in (Phase.OPEN, Phase.AHEAD) else phase


def may_choose(phase: Phase) -> bool:
    """Taking a seat, or changing which, while registration is open."""
    return phase is Phase.OPEN


def may_switch(phase: Phase, until: Deadline | None, now: datetime) -> bool:
    """Whoever holds a seat takes one of another kind: until the date that the organisers set, if they set one.

    `phase` is that of the other kind; with a date of its own for this, the end of registration does not count.
    """
    return phase is Phase.OPEN and not (until is not None and until.has_passed(now))


def may_describe(state: State, phase: Phase) -> bool:
    """Name, food and visibility can be changed until the event is over, by whoever takes part or waits."""
    return state is not State.CANCELLED and phase in (Phase.AHEAD, Phase.OPEN, Phase.CLOSED)


def may_cancel(state: State, ends_at: datetime, now: datetime) -> bool:
    """Whoever holds or waits for a seat may give it up until the event is over: an empty chair helps nobody."""
    return state is not State.CANCELLED and now <= ends_at


@dataclass(frozen=True, slots=True)
class Seats:
    """A kind's seats: `capacity` None has no limit of its own. `open` is what quotas and kept seats leave of them."""

    capacity: int | None
    taken: int
    open: int | None = None

    @property
    def left(self) -> int | None:
        own = None if self.capacity is None else max(0, self.capacity - self.taken)
        limits = [limit for limit in (own, self.open) if limit is not None]
        return min(limits) if limits else None

    @property
    def is_full(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, slots=True)
class Kept:
    """Seats of a pool that are kept for a group: `wanted` of them, of which members hold `held` already."""

    wanted: int
    held: int

    @property
    def left(self) -> int:
        return max(0, self.wanted - self.held)


@dataclass(frozen=True, slots=True)
class Pool:
    """Seats that are counted together: those of one kind, or of a quota over several; `capacity` None has no limit.

    A pool keeps seats for groups by asking that as many of its seats as are wanted are held by members or free.
    Somebody in two groups counts in both: one chair is enough for them.
    """

    capacity: int | None
    taken: int
    kept: Mapping[Group, Kept] = field(default_factory=dict)

    @property
    def held_back(self) -> int:
        """How many free seats only members of a group can take now."""
        if self.capacity is None:
            return 0
        return min(sum(kept.left for kept in self.kept.values()), max(0, self.capacity - self.taken))

    def has_room(self, groups: Collection[Group] = ()) -> bool:
        """Whether somebody who belongs to these groups can take one more seat."""
        if self.capacity is None:
            return True
        if self.taken >= self.capacity:
            return False
        if self.taken + sum(kept.left for kept in self.kept.values()) < self.capacity:
            return True
        return any(self.kept[group].left for group in groups if group in self.kept)

    def after(self, step: int, groups: Collection[Group] = ()) -> "Pool":
        """The pool when somebody of these groups took a seat of it (1), or gave one back (-1)."""
        kept = {
            group: Kept(one.wanted, one.held + step) if group in groups else one for group, one in self.kept.items()
        }
        return Pool(self.capacity, self.taken + step, kept)


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody holds: a seat of one kind, a place on the waitlist of another, both, or nothing (ids of kinds).

    Instead of waiting they may have asked for a kind (`asks`) to which an organiser has yet to say yes or no.
    While `is_offered`, a seat of the kind they wait for is set aside for them until they answer.
    """

    seat: int | None = None
    line: int | None = None
    is_offered: bool = False
    asks: int | None = None

    @property
    def state(self) -> State:
        if self.seat is not None:
            return State.REGISTERED
        if self.line is not None:
            return State.WAITLISTED
        return State.REQUESTED if self.asks is not None else State.CANCELLED

    @property
    def wish(self) -> int | None:
        """The kind they asked for last."""
        return next((kind for kind in (self.line, self.asks, self.seat) if kind is not None), None)

    @property
    def occupied(self) -> frozenset[int]:
        """The kinds of which a chair is not free because of them. In a quota over several they count once."""
        offered = self.line if self.is_offered else None
        return frozenset(kind for kind in (self.seat, offered) if kind is not None)


NOTHING = Place()


def is_better(one: Place, other: Place) -> bool:
    """Whether of two registrations of one person the first holds more: seat, wait, request, nothing."""
    order = (State.CANCELLED, State.REQUESTED, State.WAITLISTED, State.REGISTERED)
    return order.index(one.state) > order.index(other.state)


def takes_over_line(kept: Place, left: Place) -> bool:
    """Whether the place in a line of the registration that ends goes on in the one that stays."""
    return left.line is not None and left.line != kept.seat and kept.line in (None, left.line) and not kept.asks


def after_choosing(
    place: Place, wanted: int, *, is_full: bool, fallback: int | None = None, needs_approval: bool = False
) -> Place:
    """What choosing a kind leads to. Nobody loses a seat by asking for one that is full: they keep it and wait.

    Choosing a kind that needs approval is asking for it, unless one waits for it already: then that was approved.
    `fallback` is a virtual kind with room, for whoever wants one while they wait. A seat that is offered is taken by
    saying yes to it, not by changing one's answers.
    """
    if wanted == place.line and place.is_offered:
        return place
    if wanted == place.seat:
        return Place(seat=wanted)
    meanwhile = place.seat if place.seat is not None else fallback
    if needs_approval and wanted != place.line:
        return Place(seat=meanwhile, asks=wanted)
    return Place(seat=wanted) if not is_full else Place(seat=meanwhile, line=wanted)


def line_has_room(places: int | None, waiting: int) -> bool:
    """Whether one more can wait; `places` None has no limit. With fewer places than wait nobody loses theirs."""
    return places is None or waiting < places


def joins_line(before: Place, after: Place) -> bool:
    """Whether that step takes a place on a waitlist that they do not have yet."""
    return after.line is not None and after.line != before.line


def after_approval(place: Place, *, is_full: bool) -> Place:
    """An organiser said yes: the seat asked for, or a place on its waitlist beside what they hold."""
    return Place(seat=place.asks) if not is_full else Place(seat=place.seat, line=place.asks)


def after_rejection(place: Place) -> Place:
    """An organiser said no: they keep the seat they hold, if any."""
    return Place(seat=place.seat)


def after_call_up(place: Place) -> Place:
    """The seat waited for; one held meanwhile goes back."""
    return Place(seat=place.line)


def after_offer(place: Place) -> Place:
    """The seat waited for is set aside; one held meanwhile stays."""
    return Place(place.seat, place.line, is_offered=True)


def may_see(is_hidden: bool, kind_id: int, place: Place, opened: Collection[int]) -> bool:
    """Whether a kind is there for somebody who holds that, and to whom codes opened those kinds."""
    return not is_hidden or kind_id in (place.seat, place.line, place.asks) or kind_id in opened


def entered(before: Place, after: Place) -> frozenset[int]:
    """The kinds somebody would newly hold or wait for; these must be open."""
    known = (before.seat, before.line, before.asks, None)
    return frozenset(kind for kind in (after.seat, after.line, after.asks) if kind is not None and kind not in known)


MOST_MISSED = 2
"""After the first offer that ran out one stands at the end of the line, after the second one no longer waits."""


def after_expiry(place: Place, missed: int) -> Place:
    """An offer ran out, the `missed`th in a row: the seat goes on, one held meanwhile stays."""
    return Place(place.seat, place.line if missed < MOST_MISSED else None)


def after_refusal(place: Place) -> Place:
    """They said no to the seat: they no longer wait, and keep what they held meanwhile."""
    return Place(seat=place.seat)


LAST_WEEK = timedelta(days=7)
NO_TIME_TO_ASK = timedelta(hours=1)
"""So shortly before an event a seat is given without asking: an unanswered question would leave it empty."""


def offer_until(now: datetime, starts_at: datetime, hours: int | None, last_week_hours: int | None) -> datetime | None:
    """Until when an offered seat is set aside, never beyond the event's beginning; None: it is theirs without asking.

    Hours are hours on the clock of UTC: a change of the clocks in between makes none longer or shorter.
    """
    if starts_at - now <= LAST_WEEK and last_week_hours is not None:
        hours = last_week_hours
    if hours is None or starts_at - now <= NO_TIME_TO_ASK:
        return None
    return min(now + timedelta(hours=hours), starts_at)


def has_run_out(until: datetime | None, now: datetime) -> bool:
    """Whether an offer can no longer be answered; its last second is in time."""
    return until is not None and now > until


def has_agreed(accepted: int, current: int) -> bool:
    """Whether the code of conduct was accepted as it reads now. 0 stands for none: there is nothing to accept."""
    return current in (0, accepted)


def may_join(state: State | None, accepted: int, current: int) -> bool:
    """The join link is for those with a seat who accepted the code of conduct as it reads now."""
    return state is State.REGISTERED and has_agreed(accepted, current)


# -- the host conference ------------------------------------------------------------------------------------------


def normal(number: str) -> str:
    """The number of a registration with the host as it is compared: letters and figures only."""
    return "".join(letter for letter in number.casefold() if letter.isalnum())
