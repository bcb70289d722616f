"""What an automatic assignment is worked out from: plain values, read once, without their database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from workshop_manager.assignments.rules import lowered
from workshop_manager.assignments.states import BidLevel

ENGLISH = "en"
Pairs = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Work:
    """A submission that waits for reviews."""

    id: int
    track_id: int | None = None
    language: str = ENGLISH
    topics: frozenset[int] = frozenset()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody it can be given to, and what they said of themselves."""

    id: int
    max_load: int | None = None
    is_senior: bool = False
    languages: frozenset[str] = frozenset()
    tracks: frozenset[int] = frozenset()
    topics: frozenset[int] = frozenset()
    elsewhere: int = 0
    """Works they have that are not among those looked at: decided ones, and other tracks'."""
    away_until: date | None = None
    presence: float = 1.0
    """Which part of the time until the review deadline they are here."""
    text: str = ""
    """What they wrote for the programmes of earlier editions, and the names of the topics they know."""

    def reads(self, language: str) -> bool:
        """Whoever named no language reads English."""
        return language in (self.languages or {ENGLISH})

    def takes(self, track_id: int | None) -> bool:
        """Whoever named no track takes any."""
        return not self.tracks or track_id in self.tracks

    def most(self, load: int) -> int:
        """Their own number, if it is smaller than the chair's; less if they are away for a part of the time."""
        return lowered(load if self.max_load is None else min(load, self.max_load), self.presence)


@dataclass(frozen=True, slots=True)
class Basis:
    """Works, reviewers and pairs (submission, person). `kept` is given already, or set by hand."""

    works: list[Work]
    reviewers: list[Reviewer]
    conflicts: Pairs = frozenset()
    kept: Pairs = frozenset()
    barred: Pairs = frozenset()
    bids: dict[tuple[int, int], BidLevel] = field(default_factory=dict)

    def digests(self, given: Pairs) -> dict[str, str]:
        """`digests` of this. `given` is what was assigned, without what was set by hand."""
        return digests(
            (w.id for w in self.works),
            ((r.id, r.max_load, r.away_until) for r in self.reviewers),
            self.conflicts,
            given,
        )


def digests(
    works: Iterable[int], reviewers: Iterable[tuple[int, int | None, date | None]], conflicts: Pairs, given: Pairs
) -> dict[str, str]:
    """Names, by kind, for what a proposal rests on: works, reviewers with their own loads, conflicts, assignments.

    Bids and topics may change: a proposal is not worse for that. The rest makes it wrong.
    """
    return {
        "works": _digest(works),
        "reviewers": _digest(reviewers),
        "conflicts": _digest(conflicts),
        "assignments": _digest(given),
    }


def _digest(things: Iterable[object]) -> str:
    return sha256(repr(sorted(things, key=repr)).encode()).hexdigest()[:24]
