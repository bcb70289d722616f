"""What a command says of an automatic assignment, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from workshop_manager.assignments import queries, words
from workshop_manager.assignments.settings import Result, Settings
from workshop_manager.workshops.rules import MACHINE

if TYPE_CHECKING:
    from workshop_manager.assignments.pairing import Pair


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. Fits are fractions of a perfect one; `total`, `best`, `worst`, `possible` are sums of them."""

    places: int
    filled: int
    total: float
    best: float
    worst: float
    possible: float
    pairs: list[dict[str, Any]]
    lacking: list[dict[str, Any]]
    changes: list[str]


def report(session: Session, edition_id: int, pairs: "Sequence[Pair]", result: Result, settings: Settings) -> Report:
    """Names and numbers for what was worked out (three queries)."""
    works = queries.now(session, edition_id, MACHINE, ()).works
    people = {person.id: person for person in queries.reviewers(session, edition_id)}
    missing = words.missing(result, settings, works, {one: person.name for one, person in people.items()})
    scale = float(words.FIT)
    return Report(
        places=result.places,
        filled=len(pairs),
        total=result.total / scale,
        best=result.best / scale,
        worst=result.worst / scale,
        possible=result.possible / scale,
        pairs=[
            {
                "number": works[pair.submission_id].number,
                "reviewer": people[pair.reviewer_id].email,
                "fit": pair.fit / scale,
                "bid": pair.bid.value if pair.bid else None,
                "topics": f"{pair.known}/{pair.topics}",
                "alike": pair.alike,
            }
            for pair in sorted(pairs, key=lambda one: (works[one.submission_id].number, -one.fit))
        ],
        lacking=[{"number": work.number, "lacks": what} for work, what in (missing.works if missing else [])],
        changes=missing.changes if missing else [],
    )
