"""What a command says of an automatic assignment: as text, and as plain values for JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from workshop_manager.assignments import queries, words
from workshop_manager.assignments.proposing import MACHINE
from workshop_manager.assignments.settings import Result, Settings

if TYPE_CHECKING:
    from workshop_manager.assignments.pairing import Pair


@dataclass(frozen=True, slots=True)
class Report:
    """What was found and whether it was assigned."""

    applied: bool
    places: int
    filled: int
    total: float
    best: float
    worst: float
    possible: float
    pairs: list[dict[str, Any]]
    lacking: list[dict[str, Any]]
    changes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Plain values. Fits are fractions of a perfect one, sums of them for `total`, `best`, `worst`, `possible`."""
        return {name: getattr(self, name) for name in self.__slots__}

    def as_text(self) -> str:
        """For reading in a terminal."""
        lines = [f"#{pair['number']}  {pair['reviewer']}  {round(100 * pair['fit'])} %" for pair in self.pairs]
        lines.append(
            f"{self.filled} of {self.places} places filled. Total fit {self.total:.2f} (at best {self.best:.2f}),"
            f" worst-off abstract {self.worst:.2f} (at most {self.possible:.2f})."
        )
        lines += [f"#{one['number']} lacks {one['lacks']}." for one in self.lacking]
        lines += self.changes
        lines.append("Assigned, with one mail a reviewer." if self.applied else "Nothing was assigned.")
        return "\n".join(lines)


def report(
    session: Session, edition_id: int, pairs: "Sequence[Pair]", result: Result, settings: Settings, *, applied: bool
) -> Report:
    """Names and numbers for what was worked out (three queries)."""
    works = queries.now(session, edition_id, MACHINE, ()).works
    people = {person.id: person for person in queries.reviewers(session, edition_id)}
    missing = words.missing(result, settings, works, {one: person.name for one, person in people.items()})
    scale = float(words.FIT)
    return Report(
        applied=applied and bool(pairs),
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
            }
            for pair in sorted(pairs, key=lambda one: (works[one.submission_id].number, -one.fit))
        ],
        lacking=[{"number": work.number, "lacks": what} for work, what in (missing.works if missing else [])],
        changes=missing.changes if missing else [],
    )
