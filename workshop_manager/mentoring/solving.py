"""Whom to match with whom: works, pairs that are not allowed, fits; neither a database nor a page.

First as many works as possible find a partner, then the sum of the fits is the greatest there is. Loaded only where it
runs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any

from ortools.linear_solver import pywraplp

from workshop_manager.assignments.rules import FIT
from workshop_manager.mentoring import rules

MILLISECONDS = 6_000
"""After so long the best that was found is taken. For a hundred works the optimum is proven in a second."""
MOST_PAIRS = 30_000
NEIGHBOURS = 60
"""Above that many pairs only so many of the best of each work are looked at."""
MATCHED = 2 * FIT + 1
"""One pair more counts more than any fit."""


@dataclass(frozen=True, slots=True)
class Side:
    """A work without a partner."""

    id: int
    person_id: int
    topics: frozenset[str] = frozenset()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A mentor, what they know, and how many works they can still take."""

    person_id: int
    topics: frozenset[str] = frozenset()
    room: int = 1


@dataclass(frozen=True, slots=True)
class Edge:
    """Who reads what: with a work of their own, or as a mentor (None)."""

    reader_work: int | None
    reader_id: int
    work: int


@dataclass(frozen=True, slots=True)
class Problem:
    """`barred`: pairs of works, either way; `kept_from`: (mentor, work)."""

    sides: Sequence[Side]
    barred: frozenset[tuple[int, int]] = frozenset()
    volunteers: Sequence[Volunteer] = ()
    kept_from: frozenset[tuple[int, int]] = field(default=frozenset())

    def may_meet(self, one: Side, other: Side) -> bool:
        return (one.id, other.id) not in self.barred and (other.id, one.id) not in self.barred


def fit(reader: Side, work: Side) -> int:
    """How well the author of one work fits the other."""
    return rules.fit(reader.topics, work.topics, same_language=reader.language == work.language)


def edges_of(circle: Sequence[Side]) -> list[Edge]:
    """Two read each other; three read in a circle, so that each gives and gets one."""
    around = [*circle[1:], circle[0]]
    return [Edge(reader.id, reader.person_id, work.id) for reader, work in zip(circle, around, strict=True)]


def solve(problem: Problem) -> list[list[Edge]]:
    """The best matches; works that are in none of them are left without a partner."""
    pairs = _pairs(problem)
    met = {side.id for pair in pairs for side in pair}
    alone = [side for side in problem.sides if side.id not in met]
    found, left = _mentored(problem, alone)
    circles: list[Sequence[Side]] = list(pairs)
    for side in left:
        if (best := _circle(problem, circles, side)) is not None:
            place, circle = best
            circles[place] = circle
    return [*(edges_of(circle) for circle in circles), *found]


def _value(one: Side, other: Side) -> int:
    return fit(one, other) + fit(other, one)


def _pairs(problem: Problem) -> list[tuple[Side, Side]]:
    allowed = [
        (one, other, _value(one, other))
        for one, other in combinations(problem.sides, 2)
        if problem.may_meet(one, other)
    ]
    if len(allowed) > MOST_PAIRS:
        allowed = list(_best(allowed))
    return _chosen(allowed, len(problem.sides)) if allowed else []


def _chosen(allowed: Sequence[tuple[Side, Side, int]], number: int) -> list[tuple[Side, Side]]:
    """The best of these pairs such that no work is in two; the greedy ones if time was too short for any better."""
    greedy = _greedy(allowed)
    solver: Any = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetTimeLimit(MILLISECONDS)
    chosen = [solver.BoolVar("") for _pair in allowed]
    at: dict[int, list[Any]] = {}
    for variable, (one, other, _worth) in zip(chosen, allowed, strict=True):
        at.setdefault(one.id, []).append(variable)
        at.setdefault(other.id, []).append(variable)
    for variables in at.values():
        solver.Add(solver.Sum(variables) <= 1)
    # True of whole numbers anyway; of an odd number of works the bound is never reached without it.
    solver.Add(solver.Sum(chosen) <= number // 2)
    solver.Maximize(
        solver.Sum([variable * (MATCHED + each[2]) for each, variable in zip(allowed, chosen, strict=True)])
    )
    solver.SetHint(chosen, [float(place in greedy) for place in range(len(allowed))])
    status = solver.Solve()
    if status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        found = {place for place, variable in enumerate(chosen) if variable.solution_value() > 0.5}
    else:
        found = greedy
    return [(each[0], each[1]) for place, each in enumerate(allowed) if place in found]


def _best(allowed: Iterable[tuple[Side, Side, int]]) -> Iterator[tuple[Side, Side, int]]:
    seen: dict[int, int] = {}
    for pair in sorted(allowed, key=lambda each: -each[2]):
        one, other = pair[0].id, pair[1].id
        if min(seen.get(one, 0), seen.get(other, 0)) < NEIGHBOURS:
            seen[one], seen[other] = seen.get(one, 0) + 1, seen.get(other, 0) + 1
            yield pair


def _greedy(allowed: Sequence[tuple[Side, Side, int]]) -> set[int]:
    """Places of the pairs that are found by taking the best one, then the best of what is left, and so on."""
    taken: set[int] = set()
    found = set()
    for place in sorted(range(len(allowed)), key=lambda place: -allowed[place][2]):
        both = {allowed[place][0].id, allowed[place][1].id}
        if not taken & both:
            found.add(place)
            taken |= both
    return found


def _mentored(problem: Problem, alone: Sequence[Side]) -> tuple[list[list[Edge]], list[Side]]:
    """Works without a partner, each with the mentor who fits best, and those for whom there is none."""
    room = {one.person_id: one.room for one in problem.volunteers}
    found, left = [], []
    for side in alone:
        able = [
            one
            for one in problem.volunteers
            if room[one.person_id] > 0 and (one.person_id, side.id) not in problem.kept_from
        ]
        if not able:
            left.append(side)
            continue
        best = max(able, key=lambda one: (rules.fit(one.topics, side.topics, same_language=True), -one.person_id))
        room[best.person_id] -= 1
        found.append([Edge(None, best.person_id, side.id)])
    return found, left


def _circle(
    problem: Problem, circles: Sequence[Sequence[Side]], side: Side
) -> tuple[int, tuple[Side, Side, Side]] | None:
    """The pair with which that work makes the best circle of three, and the circle."""
    able = [
        (sum(fit(reader, work) for reader, work in zip(circle, (*circle[1:], circle[0]), strict=True)), place, circle)
        for place, pair in enumerate(circles)
        if len(pair) == 2 and all(problem.may_meet(side, one) for one in pair)
        for circle in ((side, *order) for order in permutations(pair))
    ]
    if not able:
        return None
    _worth, place, best = max(able, key=lambda each: (each[0], -each[1]))
    return place, (best[0], best[1], best[2])
