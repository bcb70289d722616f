"""Who reads what, as a flow: arrays in, arrays out; neither a database nor a page. Loaded only where it runs.

What is exact and what is not:

- `best_total` is exact. It fills as many places as can be filled, spreads what stays empty as evenly as it can be
  spread, and among all such assignments finds one of the greatest total fit. All arcs are integral, so the optimum of
  the flow is the optimum of the linear programme. Conflicts and required languages or tracks are pairs that are not
  there; "at least one senior" is a node through which all but one place of a submission may go to others than seniors.
- `fairest` raises the fit of the worst-off submission first, then the total. That is NP-hard; it is a search over large
  neighbourhoods, each solved exactly as one flow. It never gives back more or fewer places than `best_total` filled,
  keeps every rule, and `most_possible` says what no assignment can exceed.
- `smallest_change` is exact in the number of places that reviewers must take beyond their load.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Progress = Callable[[int, int], None]

SCALE = 10_000
"""Fits are whole numbers: 10,000 is the greatest fit of one pair."""
TRIES = range(40, 241)
"""Flows solved by `fairest` at most: from large problems to small ones."""
POLISH = 8
WORK = 4_500_000
PENALTY = 20
"""What a unit below a threshold costs, in units of fit: enough to outweigh anything gained elsewhere."""
_NEVER = 10**9


@dataclass(frozen=True, slots=True)
class Problem:
    """Pairs that may be chosen, as arrays of one length, and what each side can take.

    `rows` (submission) and `columns` (reviewer) count from 0; a pair occurs once. `fits` are 0 to `SCALE`. What was
    given already is not among the pairs: `wanted` and `room` are what is left, `kept` its fit a submission.
    `needs_senior` marks submissions that still need one of the reviewers in `senior`.
    """

    rows: Ints
    columns: Ints
    fits: Ints
    wanted: Ints
    room: Ints
    kept: Ints
    senior: Bools
    needs_senior: Bools


@dataclass(frozen=True, slots=True)
class Solution:
    """Which pairs are chosen, and how many places of each submission stay empty."""

    chosen: Bools
    missing: Ints
    total: int
    """Sum of the fits of the chosen pairs."""

    def scores(self, problem: Problem) -> Ints:
        """The fit of each submission, with what was given already."""
        return problem.kept + _sums(problem, self.chosen)


@dataclass(frozen=True, slots=True)
class Change:
    """What would fill the places that stayed empty."""

    raised: dict[int, int]
    """Reviewer → how many more they would have to take. No smaller number of places does."""
    beyond: Ints
    """Places of each submission that stay empty however much reviewers take: there is nobody (left) to ask."""


def no_progress(_done: int, _of: int) -> None:
    """Tells nobody."""


class _Network:
    """Arcs added in batches; flows read back a batch."""

    def __init__(self) -> None:
        self._flow: Any = SimpleMinCostFlow()

    def add(self, tails: Ints, heads: Ints, capacities: Ints, costs: Ints) -> Ints:
        arcs: Ints = self._flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
        return arcs

    def solve(self, nodes: Ints, supplies: Ints) -> None:
        """Send every supply, or as much as can be sent, at the least cost."""
        self._flow.set_nodes_supplies(nodes, supplies)
        status = self._flow.solve_max_flow_with_min_cost()
        if status != self._flow.OPTIMAL:
            raise ArithmeticError(f"the flow solver gave up: {status}")

    def flows(self, arcs: Ints) -> Ints:
        found: Ints = self._flow.flows(arcs)
        return found


def _full(length: int, value: int) -> Ints:
    return np.full(length, value, dtype=np.int64)


def _sums(problem: Problem, chosen: Bools) -> Ints:
    found: Ints = np.bincount(problem.rows[chosen], weights=problem.fits[chosen], minlength=len(problem.wanted)).astype(
        np.int64
    )
    return found


def _counts(problem: Problem, chosen: Bools) -> Ints:
    found: Ints = np.bincount(problem.rows[chosen], minlength=len(problem.wanted)).astype(np.int64)
    return found


class _Places:
    """The plain network: source → submissions (→ their places for anybody) → reviewers → sink."""

    def __init__(self, problem: Problem, costs: Ints, *, is_level: bool = False) -> None:
        submissions, reviewers = len(problem.wanted), len(problem.room)
        self.first = 2 * submissions
        self.source = self.first + reviewers
        self.sink = self.source + 1
        self.network = _Network()
        anybody = problem.needs_senior[problem.rows] & ~problem.senior[problem.columns]
        self.pairs = self.network.add(
            problem.rows + submissions * anybody, self.first + problem.columns, _full(len(costs), 1), costs
        )
        some = np.flatnonzero(problem.needs_senior & (problem.wanted > 0))
        self.network.add(some, submissions + some, problem.wanted[some] - 1, _full(len(some), 0))
        every = np.arange(submissions)
        self.places = self.network.add(_full(submissions, self.source), every, problem.wanted, _full(submissions, 0))
        if not is_level:
            self.ends(np.arange(reviewers), problem.room, 0)
            return
        for number in range(int(problem.room.max(initial=0))):
            some = np.flatnonzero(problem.room > number)
            self.ends(some, _full(len(some), 1), number)

    def ends(self, reviewers: Ints, capacities: Ints, cost: int) -> Ints:
        """Arcs from reviewers to the sink."""
        number = len(reviewers)
        return self.network.add(self.first + reviewers, _full(number, self.sink), capacities, _full(number, cost))

    def solve(self, wanted: int) -> None:
        self.network.solve(np.array([self.source, self.sink]), np.array([wanted, -wanted]))


def best_total(problem: Problem) -> Solution:
    """The greatest total fit among the assignments that fill most places, and of those one of level loads; exact."""
    wanted = int(problem.wanted.sum())
    # The second, third … work of somebody costs a little more each, but in sum less than one unit of fit: it decides
    # only between assignments that fit equally well.
    unit = wanted * int(problem.room.max(initial=0)) + 1
    places = _Places(problem, -problem.fits * unit, is_level=True)
    places.solve(wanted)
    chosen = places.network.flows(places.pairs).astype(np.bool_)
    if int(chosen.sum()) < wanted:
        chosen = _evenly(problem)
    return _solution(problem, chosen)


def fullest(problem: Problem) -> Bools:
    """Pairs that fill as many places as can be filled, whatever their fit."""
    places = _Places(problem, _full(len(problem.fits), 0))
    places.solve(int(problem.wanted.sum()))
    return places.network.flows(places.pairs).astype(np.bool_)


def widened(problem: Problem, rows: Ints, columns: Ints, fits: Ints) -> Problem:
    """The same with these pairs besides."""
    return replace(
        problem,
        rows=np.concatenate([problem.rows, rows]),
        columns=np.concatenate([problem.columns, columns]),
        fits=np.concatenate([problem.fits, fits]),
    )


def reached(problem: Problem, chosen: Bools) -> tuple[Bools, Bools, Bools]:
    """How far an empty place gets by changing places along the pairs there are, when no more places can be filled.

    Works in which one more could be given to anybody but a senior, works in which one more could go to a senior, and
    the reviewers who could be asked.
    """
    submissions = len(problem.wanted)
    is_other = problem.needs_senior[problem.rows] & ~problem.senior[problem.columns]
    tails = problem.rows + submissions * is_other
    others = np.bincount(problem.rows[chosen & is_other], minlength=submissions)
    into = problem.needs_senior & (others < problem.wanted - 1)
    at = np.zeros(2 * submissions, dtype=np.bool_)
    at[:submissions] = _counts(problem, chosen) < problem.wanted
    people = np.zeros(len(problem.room), dtype=np.bool_)
    before = -1
    while before != (before := int(at.sum() + people.sum())):
        people[problem.columns[~chosen & at[tails]]] = True
        at[tails[chosen & people[problem.columns]]] = True
        at[submissions:] |= at[:submissions] & into
        at[:submissions] |= at[submissions:] & (others > 0)
    return np.where(problem.needs_senior, at[submissions:], at[:submissions]), at[:submissions], people


def _solution(problem: Problem, chosen: Bools) -> Solution:
    return Solution(chosen, problem.wanted - _counts(problem, chosen), int(problem.fits[chosen].sum()))


def _evenly(problem: Problem) -> Bools:
    """Not every place can be filled: leave as few as possible empty, then as few as possible in one submission.

    An empty place costs more than any two assignments can differ by, a second one of a submission that much more again.
    """
    places = _Places(problem, -problem.fits)
    units = int(problem.wanted.sum())
    step = units * SCALE + 1
    most = int(problem.wanted.max(initial=0))
    for number in range(most):
        some = np.flatnonzero(problem.wanted > number)
        # A place that nobody takes goes from the submission straight to the sink.
        places.network.add(
            some, _full(len(some), places.sink), _full(len(some), 1), _full(len(some), step * (units + number + 1))
        )
    places.solve(units)
    return places.network.flows(places.pairs).astype(np.bool_)


def smallest_change(problem: Problem) -> Change:
    """What the places that stay empty would need: reviewers who take more, and where even that does not help.

    As few places as possible beyond anybody's load; of two ways to do so the one that asks nobody for a second.
    """
    places = _Places(problem, _full(len(problem.fits), 0))
    reviewers = np.unique(problem.columns)
    units = int(problem.wanted.sum())
    steps = [places.ends(reviewers, _full(len(reviewers), 1), units + 1 + more) for more in (0, 1)]
    steps.append(places.ends(reviewers, _full(len(reviewers), units), units + 3))
    places.solve(units)
    taken = sum((places.network.flows(arcs) for arcs in steps), _full(len(reviewers), 0))
    raised = {int(one): int(number) for one, number in zip(reviewers, taken, strict=True) if number}
    return Change(raised, problem.wanted - places.network.flows(places.places))


# -- the worst-off first ------------------------------------------------------------------------------------------


def _tops(problem: Problem, filled: Ints) -> Ints:
    """The most that each submission could have with that many places, were it alone."""
    order = np.lexsort((-problem.fits, problem.rows))
    rows, fits = problem.rows[order], problem.fits[order]
    starts = np.searchsorted(rows, np.arange(len(filled)))
    rank = np.arange(len(rows)) - starts[rows]
    inside = rank < filled[rows]
    best: Ints = np.bincount(rows[inside], weights=fits[inside], minlength=len(filled)).astype(np.int64)
    return best + problem.kept


def most_possible(problem: Problem, best: Solution) -> int:
    """A worst-off submission cannot be better than this in any assignment that fills as many places."""
    filled = problem.wanted - best.missing
    if not len(filled):
        return 0
    average = (best.total + int(problem.kept.sum())) // len(filled)
    if best.missing.any():  # others may stay empty instead
        filled = problem.wanted
    return min(int(_tops(problem, filled).min()), average)


class _Fairness:
    """The search of `fairest`: one exact flow a step, around the assignment that is the best so far.

    Each place of a submission gets a threshold, all of them together the fit that is aimed at, so that whatever a flow
    chooses above them reaches the aim. "One pair at least as good as the first threshold, two as the second …" is a
    chain of nodes: at most n-1 pairs may be below the first, n-2 below the second. The present assignment meets its own
    thresholds, so a flow can only better it; which way the slack is split among the places is drawn anew each time.
    Below a threshold a pair is dear, not forbidden: the few submissions that cannot follow are left behind, not all.
    """

    def __init__(self, problem: Problem, best: Solution) -> None:
        self.problem = problem
        self.filled = problem.wanted - best.missing
        self.depth = max(1, int(self.filled.max(initial=0)))
        self.tops = _tops(problem, self.filled)
        self.random = np.random.default_rng(20231211)  # the same question has the same answer
        senior_given = np.bincount(
            problem.rows, weights=best.chosen & problem.senior[problem.columns], minlength=len(self.filled)
        )
        self.keeps_senior = problem.needs_senior & (senior_given > 0)
        alone = self.keeps_senior & (self.filled == 1)
        self.usable = ~(alone[problem.rows] & ~problem.senior[problem.columns])

    def floor(self, chosen: Bools) -> int:
        """The fit of the worst-off among those that could have more; the greatest number there is if none could."""
        scores = self.problem.kept + _sums(self.problem, chosen)
        able = (scores < self.tops) & (self.filled > 0)
        return int(scores[able].min()) if able.any() else _NEVER

    def reaches(self, chosen: Bools, aim: int) -> bool:
        scores = self.problem.kept + _sums(self.problem, chosen)
        return bool((scores >= np.minimum(aim, self.tops)).all())

    def step(self, chosen: Bools, aim: int) -> Bools:
        """The best assignment in the neighbourhood of this one that reaches the aim wherever it can."""
        first, thresholds = self._thresholds(chosen, aim)
        return self._flow(chosen, first, thresholds)

    def _thresholds(self, chosen: Bools, aim: int) -> tuple[Ints, Ints]:
        """The pair through which each submission has its senior (-1: needs none), and thresholds, falling, by place."""
        problem, size = self.problem, len(self.filled)
        given = np.flatnonzero(chosen)
        given = given[np.lexsort((-problem.fits[given], problem.rows[given]))]
        rows = problem.rows[given]
        leads = self.keeps_senior[rows] & problem.senior[problem.columns[given]]
        # The worst of a submission's seniors is the one it must not lose, and goes to the front: the last one written.
        first = np.full(size, -1, dtype=np.int64)
        first[rows[leads]] = given[leads]
        order = np.lexsort((-problem.fits[given], given != first[rows], rows))
        given = given[order]
        place = np.arange(len(given)) - np.searchsorted(problem.rows[given], np.arange(size))[problem.rows[given]]
        have = np.full((size, self.depth), -1, dtype=np.int64)
        have[problem.rows[given], place] = problem.fits[given]
        real = np.arange(self.depth) < self.filled[:, None]
        slack = np.where(real, have, 0).sum(axis=1) + problem.kept - np.minimum(aim, self.tops)
        share = self.random.exponential(size=have.shape) * real
        share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
        moved = np.where(slack[:, None] >= 0, np.floor(slack[:, None] * share), -np.ceil(-slack[:, None] * share))
        wanted = np.where(real, np.clip(have - moved.astype(np.int64), 0, SCALE), -1)
        return first, wanted

    def _flow(self, chosen: Bools, first: Ints, thresholds: Ints) -> Bools:
        problem, size, depth = self.problem, len(self.filled), self.depth
        rows, columns, fits = problem.rows, problem.columns, problem.fits
        lead = thresholds[:, 0].copy()  # what the senior's place asks for, where there is one
        chain = thresholds.copy()
        chain[self.keeps_senior, 0] = _NEVER
        chain[:, 1:] = -np.sort(-chain[:, 1:], axis=1)
        chain[~self.keeps_senior] = -np.sort(-chain[~self.keeps_senior], axis=1)

        level = np.zeros(len(rows), dtype=np.int64)
        for place in range(depth):
            level += fits < chain[rows, place]
        last = np.maximum(self.filled[rows] - 1, 0)
        below = np.where(level > last, PENALTY * (chain[rows, last] - fits), 0)
        level = np.minimum(level, last)
        # Seniors of those who need one: above all thresholds they may be many, else one a submission.
        of_first = first[rows]
        leading = self.keeps_senior[rows] & problem.senior[columns] & ~(chosen & (of_first != np.arange(len(rows))))
        second = chain[rows, 1] if depth > 1 else np.full(len(rows), -1, dtype=np.int64)
        over = leading & (fits >= np.maximum(lead[rows], second))
        level = np.where(over, 0, np.where(leading, depth, level))
        below = np.where(leading, PENALTY * np.maximum(lead[rows] - fits, 0), below)

        network = _Network()
        first_reviewer = (depth + 1) * size
        source = first_reviewer + len(problem.room)
        use = np.flatnonzero(self.usable)
        pairs = network.add(
            (level * size + rows)[use], (first_reviewer + columns)[use], _full(len(use), 1), (below - fits)[use]
        )
        self._links(network, chain)
        every, reviewers = np.arange(size), np.arange(len(problem.room))
        network.add(_full(size, source), every, self.filled, _full(size, 0))
        network.add(
            first_reviewer + reviewers, _full(len(reviewers), source + 1), problem.room, _full(len(reviewers), 0)
        )
        units = int(self.filled.sum())
        network.solve(np.array([source, source + 1]), np.array([units, -units]))
        found = np.zeros(len(rows), dtype=np.bool_)
        found[use] = network.flows(pairs) > 0
        return found if int(found.sum()) == units else chosen

    def _links(self, network: _Network, chain: Ints) -> None:
        """The chains of thresholds, and the senior's place."""
        size, every = len(self.filled), np.arange(len(self.filled))
        for place in range(1, self.depth):
            capacity = np.maximum(self.filled - place, 0)
            network.add((place - 1) * size + every, place * size + every, capacity, _full(size, 0))
            # One too many below a threshold is dear; the senior's place is not to be bought.
            soft = np.flatnonzero((capacity > 0) & ~(self.keeps_senior & (place == 1)))
            drop = chain[soft, place - 1] - chain[soft, place]
            network.add((place - 1) * size + soft, place * size + soft, _full(len(soft), self.depth), PENALTY * drop)
        some = np.flatnonzero(self.keeps_senior)
        network.add(some, self.depth * size + some, _full(len(some), 1), _full(len(some), 0))


def fairest(problem: Problem, best: Solution, progress: Progress = no_progress) -> Solution:
    """Raise the worst-off submission's fit as far as the search gets, then the total. `best` is `best_total`'s."""
    if not best.chosen.any():
        return best
    search = _Fairness(problem, best)
    most = min(max(WORK // len(problem.rows), TRIES[0]), TRIES[-1])
    patience = most // 12  # flows that an aim is given before a lower one is tried
    chosen, tries, of = best.chosen, 0, most + POLISH
    reached = search.floor(chosen)
    step = max(1, (most_possible(problem, best) - reached) // 3) if reached < _NEVER else 0
    smallest = SCALE // 1000
    while step >= smallest and tries < most:
        trial, aim = chosen, reached + step
        for _again in range(patience):
            trial = search.step(trial, aim)
            tries += 1
            progress(tries, of)
            if search.reaches(trial, aim) or tries >= most:
                break
        if search.reaches(trial, aim):
            chosen, reached = trial, max(aim, search.floor(trial))
            if reached >= _NEVER:
                break
        else:
            step //= 2
    reached = min(reached, int(search.tops.max()))
    for last in range(POLISH):
        trial = search.step(chosen, reached)
        if search.reaches(trial, reached) and problem.fits[trial].sum() > problem.fits[chosen].sum():
            chosen = trial
        progress(most + last + 1, of)
    return replace(_solution(problem, chosen), missing=best.missing)
