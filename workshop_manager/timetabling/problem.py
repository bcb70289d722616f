"""What is to be placed, where there is room, and what came of it. Plain values: minutes are whole, instants UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

GRID = 5
"""Minutes: talks begin with their stretch, or at whole multiples of it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes from the problem's origin, the end not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Free time in one room: a session that can take talks, or a part of a day without one. `key` names it."""

    key: str
    room: str
    span: Span
    session: str | None = None
    """The uid of the session it is, if it is one."""
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a talk stands: its stretch, and the minute at which it begins."""

    stretch: str
    start: int


@dataclass(frozen=True, slots=True)
class Work:
    """A talk to be placed. `asleep` are hours at which somebody who gives it from afar sleeps; `cannot` and
    `rather_not` those of which somebody who gives it said so.

    `leads` are the sessions that somebody who gives it chairs, by uid: while one lasts it can be in that session alone.
    `before` is where an earlier draft put it: it moves only if something better is worth it.
    """

    key: str
    minutes: int
    people: frozenset[str] = frozenset()
    topic: str | None = None
    asleep: Sequence[Span] = ()
    cannot: Sequence[Span] = ()
    rather_not: Sequence[Span] = ()
    leads: Sequence[tuple[str, Span]] = ()
    before: Place | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """All of it. `busy` holds what people have already, by person."""

    origin: datetime
    works: Sequence[Work]
    stretches: Sequence[Stretch]
    busy: Mapping[str, Sequence[Span]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One aim, in their order: what was reached, and by how much a better one is not ruled out (0: proven)."""

    name: str
    value: int
    gap: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Where each work goes, by key; those that fit nowhere are not in it."""

    places: Mapping[str, Place]
    steps: Sequence[Step]

    @property
    def is_proven(self) -> bool:
        """Nothing better exists, in any of the aims."""
        return not any(step.gap for step in self.steps)


def idle_minutes(problem: Problem, plan: Plan) -> int:
    """Minutes that stand empty before the last talk of each stretch."""
    lengths = {work.key: work.minutes for work in problem.works}
    found = 0
    for each in problem.stretches:
        inside = [Span(p.start, p.start + lengths[key]) for key, p in plan.places.items() if p.stretch == each.key]
        if inside:
            found += max(span.end for span in inside) - each.span.start - sum(span.end - span.start for span in inside)
    return found
