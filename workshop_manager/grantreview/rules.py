"""Rubrics, weighted scores and who reads what: plain values, no database, no web."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workshop_manager.grants.states import State

LOWEST, HIGHEST = 1.0, 6.0
MOST_AXES = 6
POINTS = range(2, 11)
WEIGHTS = range(1, 11)
READERS = range(1, 8)
MOST_MESSAGES = 300
NAG_BEFORE = timedelta(days=3)
"""So long before an offer ends it is said once more."""
DIVIDED = 2.0
"""Scores this far apart are worth talking about."""
MAY_CHANGE = frozenset({State.SUBMITTED, State.WAITLISTED})
"""Asked lines can be changed until something is offered."""
MAY_WANT_MORE = frozenset({State.OFFERED, State.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing applications are judged by: a sentence for each point, from 1 up."""

    key: str
    name: str
    weight: int
    anchors: tuple[str, ...]

    @property
    def top(self) -> int:
        return len(self.anchors)


def weighted(axes: Sequence[Axis], points: Mapping[str, int]) -> float:
    """The mean of all axes by weight, each stretched to the scale from 1 to 6. KeyError if a point is missing."""
    whole = sum(axis.weight for axis in axes)
    share = sum(axis.weight * (points[axis.key] - 1) / (axis.top - 1) for axis in axes) / whole
    return LOWEST + (HIGHEST - LOWEST) * share


def is_complete(axes: Sequence[Axis], points: Mapping[str, int]) -> bool:
    """True if every axis has a point that stands on its scale."""
    return all(1 <= points.get(axis.key, 0) <= axis.top for axis in axes)


def kept_keys(old: Sequence[Axis], new: Sequence[Axis]) -> list[Axis]:
    """The new axes, those that go on (same name, same number of points) under the key they had."""
    known = {(axis.name.casefold(), axis.top): axis.key for axis in old}
    return [Axis(known.get((a.name.casefold(), a.top), a.key), a.name, a.weight, a.anchors) for a in new]


def is_overdue(due: datetime | None, answered: datetime | None, now: datetime) -> bool:
    """True while nobody has answered what was asked until then."""
    return due is not None and answered is None and now > due


def needs_nagging(accept_by: datetime | None, now: datetime) -> bool:
    """True in the last days of an offer, not after it."""
    return accept_by is not None and accept_by - NAG_BEFORE <= now <= accept_by
