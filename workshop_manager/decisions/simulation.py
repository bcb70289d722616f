"""What if the first ones were accepted: who that is, how it balances, and making it so as pending decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.core.balance import Balance, balance
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import queries, service
from workshop_manager.decisions.outcomes import Outcomes, outcomes_of
from workshop_manager.decisions.queries import Pending, Ranked
from workshop_manager.decisions.rules import EVERYTHING, Within, dealt, first_ones
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE, Standing
from workshop_manager.workshops.service import require

BY_PLACES = "places"
"""Instead of the key of an outcome: give the places away in the order of the outcomes."""
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """Accept the first `first`: of everything or of each track, by which average, as what."""

    first: int = 40
    part: Within = EVERYTHING
    each_track: bool = False
    by_confidence: bool = False
    outcome: str = BY_PLACES

    @property
    def tells_of_people(self) -> bool:
        """Country and career stage are added up for one order of everything only: two orders could be compared."""
        return self.part.is_all and not self.each_track and not self.by_confidence


@dataclass(frozen=True, slots=True)
class Given:
    """A work that would be accepted now, and as what; `key` is None when no place is left for it."""

    work: Ranked
    key: str | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """What it would be."""

    ranked: Sequence[Ranked]
    taken: frozenset[int]
    given: tuple[Given, ...]
    countries: Balance | None
    stages: Balance | None

    @property
    def lowest(self) -> float | None:
        """The average of the last one taken."""
        scores = [one.average for one in self.ranked if one.id in self.taken and one.average is not None]
        return min(scores, default=None)

    @property
    def by_track(self) -> dict[int | None, tuple[int, int]]:
        """Of each track: how many are taken, and how many there are."""
        found: dict[int | None, tuple[int, int]] = {}
        for one in self.ranked:
            taken, every = found.get(one.track_id, (0, 0))
            found[one.track_id] = (taken + (one.id in self.taken), every + 1)
        return found

    @property
    def decided(self) -> int:
        """How many of those taken have a decision already, which stays."""
        return sum(one.id in self.taken and not one.is_open for one in self.ranked)

    @property
    def digest(self) -> str:
        """A name for exactly what making it so would do."""
        listed = ";".join(f"{one.work.id}:{one.work.version}:{one.key}" for one in self.given if one.key)
        return sha256(listed.encode()).hexdigest()[:32]


def simulate(session: Session, edition_id: int, standing: Standing, asked: Question, counts: Pending) -> Simulation:
    """Work it out (three queries at most). Nothing changes."""
    outcomes = outcomes_of(session, edition_id)
    ranked = queries.ranking(session, edition_id, standing, asked.part, by_confidence=asked.by_confidence)
    taken = frozenset(first_ones(((r.id, r.track_id) for r in ranked), asked.first, each_track=asked.each_track))
    countries = stages = None
    if asked.tells_of_people:
        said_countries, said_stages = queries.said(session, [one.id for one in ranked])
        countries, stages = balance(said_countries, len(taken)), balance(said_stages, len(taken))
    open_ones = [one for one in ranked if one.id in taken and one.is_open]
    keys: list[str | None] = list(_dealt(outcomes, asked.outcome, len(open_ones), counts))
    keys += [None] * (len(open_ones) - len(keys))
    given = tuple(Given(one, key) for one, key in zip(open_ones, keys, strict=True))
    return Simulation(ranked, taken, given, countries, stages)


def _dealt(outcomes: Outcomes, wanted: str, number: int, counts: Pending) -> list[str]:
    if wanted != BY_PLACES:
        return [wanted] * number if outcomes.find(wanted) else []
    used: Mapping[str, int] = taken_places(outcomes, counts)
    return dealt(
        number,
        (
            (named.key, None if named.places is None else named.places - used.get(named.key, 0))
            for named in outcomes.rows
            if named.accepts
        ),
    )


def taken_places(outcomes: Outcomes, counts: Pending) -> dict[str, int]:
    """How many of each outcome are given, pending or released, by key."""
    found: dict[str, int] = {}
    for cell in counts.cells:
        if cell.kind is not None and cell.stage in ("pending", "released"):
            key = outcomes.of(cell.kind, cell.outcome_id).key
            found[key] = found.get(key, 0) + cell.number
    return found


def make_so(uow: UnitOfWork, edition: Edition, asked: Question, seen: str) -> int:
    """Make pending decisions of what was simulated, if it is still what the chair saw; what is decided stays.

    Nobody outside the board learns of it. Returns how many were decided.
    """
    standing = require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    counts = queries.pending_counts(uow.session, edition.id, standing)
    found = simulate(uow.session, edition.id, standing, asked, counts)
    if found.digest != seen:
        raise Conflict(
            str(_("The ranking or a decision changed while you looked at it. Nothing is saved: read it again."))
        )
    chosen = {one.work.number: service.Choice(one.key, None, one.work.version) for one in found.given if one.key}
    if not chosen:
        raise Conflict(str(_("Nothing of this is undecided, so there is nothing to make pending.")))
    return service.decide(uow, edition, chosen)
