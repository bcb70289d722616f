"""Who gets which place: an exact allocation of ranked choices, neither a database nor a page.

In this order: as many people as possible get a place; as few as possible get their last choice, then their last but
one, and so on (nobody is left worse off so that somebody else gets a first choice); what is still equal is decided by
a draw. The draw is a hash of the recorded seed with person and part, so that anybody can repeat it with the same
choices and get the same, whatever the order of rows or the version of anything. Loaded only where it runs.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.linear_solver import pywraplp

_LOTS = 1 << 20


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like: parts by rank, from 1. What they cannot take is not among it."""

    person_id: int
    parts: Mapping[int, int]
    """Rank by part."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Wishes, and how many places each part has."""

    wishes: Sequence[Wish]
    room: Mapping[int, int]
    seed: str

    @property
    def digest(self) -> str:
        """Names everything that decides, so that a repetition can be seen to be one."""
        parts = [f"{one.person_id}:{sorted(one.parts.items())}" for one in _sorted(self.wishes)]
        text = "\n".join([self.seed, repr(sorted(self.room.items())), *parts])
        return hashlib.sha256(text.encode()).hexdigest()


def lot(seed: str, *of: int) -> int:
    """A number that the seed draws for somebody, or for somebody at some part."""
    text = ":".join([seed, *map(str, of)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def draw_order(seed: str, people: Sequence[int]) -> list[int]:
    """People in the order of their lots."""
    return sorted(people, key=lambda person_id: (lot(seed, person_id), person_id))


def _sorted(wishes: Sequence[Wish]) -> list[Wish]:
    return sorted(wishes, key=lambda one: one.person_id)


def solve(problem: Problem) -> dict[int, int]:
    """The part of each person who gets a place.

    Each step is a linear programme over assignments; its answer bounds the next. All corners of such a polytope, and of
    each face that the steps cut it down to, are whole, and the lots single out one of them.
    """
    wishes = [one for one in _sorted(problem.wishes) if one.parts]
    if not wishes:
        return {}
    solver: Any = pywraplp.Solver.CreateSolver("GLOP")
    taken = {
        (one.person_id, part): solver.NumVar(0, 1, "")
        for one in wishes
        for part in sorted(one.parts)
        if problem.room.get(part, 0) > 0
    }
    ranks = {(one.person_id, part): rank for one in wishes for part, rank in one.parts.items()}
    _bound(solver, taken, problem.room)
    placed = _best(solver, list(taken.values()), most=True)
    solver.Add(solver.Sum(list(taken.values())) >= placed)
    for rank in sorted({ranks[each] for each in taken}, reverse=True)[:-1]:
        those = [variable for each, variable in taken.items() if ranks[each] == rank]
        solver.Add(solver.Sum(those) <= _best(solver, those, most=False))
    lots = [variable * float(1 + lot(problem.seed, *each) % _LOTS) for each, variable in taken.items()]
    solver.Maximize(solver.Sum(lots))
    _run(solver)
    return {person: part for (person, part), variable in taken.items() if variable.solution_value() > 0.5}


def _bound(solver: Any, taken: Mapping[tuple[int, int], Any], room: Mapping[int, int]) -> None:
    people: dict[int, list[Any]] = {}
    parts: dict[int, list[Any]] = {}
    for (person, part), variable in taken.items():
        people.setdefault(person, []).append(variable)
        parts.setdefault(part, []).append(variable)
    for variables in people.values():
        solver.Add(solver.Sum(variables) <= 1)
    for part, variables in parts.items():
        solver.Add(solver.Sum(variables) <= room[part])


def _best(solver: Any, variables: Sequence[Any], *, most: bool) -> int:
    total = solver.Sum(list(variables))
    (solver.Maximize if most else solver.Minimize)(total)
    _run(solver)
    found: float = solver.Objective().Value()
    return round(found)


def _run(solver: Any) -> None:
    status = solver.Solve()
    if status != pywraplp.Solver.OPTIMAL:  # nothing taken is always possible, so this would be a bug
        raise RuntimeError(f"the solver gave {status}")


def distribution(problem: Problem, placed: Mapping[int, int]) -> Counter[int]:
    """How many got which rank; 0 for those who got nothing, or what they had not named."""
    wishes = {one.person_id: one for one in problem.wishes}
    return Counter(one.parts.get(placed.get(person, -1), 0) for person, one in wishes.items())
