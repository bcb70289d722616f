"""Automatic assignment beside a bare min-cost flow on the same sparse scores, and beside the LP bound.

python -m benchmarks.assigning [--no-bound]

Each case runs in a process of its own, so that its memory is its own; the linear programmes (scipy's HiGHS) run in
others, since they take far longer than what they bound.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from workshop_manager.assignments.basis import Basis
    from workshop_manager.assignments.settings import Settings
    from workshop_manager.assignments.solving import Problem

SIZES = (1_000, 5_000, 10_000)
CANDIDATES = 100
PLACES, LOAD, CONTESTED_LOAD = 3, 6, 4
CONFLICTS = 0.05
SCALE = 10_000
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Case = tuple[int, int, Ints, Ints, Ints]
"""How many of each, the load, and the pairs: rows, columns, fits."""


def sparse(size: int) -> Case:
    """Candidates drawn at random, with random fits; conflicts taken out: size, load, rows, columns, fits."""
    dice = np.random.default_rng(size)
    rows = np.repeat(np.arange(size), CANDIDATES)
    columns = np.concatenate([dice.choice(size, CANDIDATES, replace=False) for _ in range(size)])
    fits = dice.integers(0, SCALE + 1, len(rows))
    keep = dice.random(len(rows)) >= CONFLICTS
    return size, LOAD, rows[keep], columns[keep], fits[keep]


def crowded(size: int = 1_000) -> Case:
    """Four submissions in five lie among four topics of twelve, the reviewers among all: fits are cosines."""
    dice = np.random.default_rng(0)
    able = dice.dirichlet(np.full(12, 0.3), size)
    few = np.full(12, 0.02)
    few[:4] = 0.3
    about = np.where(
        (dice.random(size) < 0.8)[:, None], dice.dirichlet(few, size), dice.dirichlet(np.full(12, 0.3), size)
    )
    about, able = _unit(about), _unit(able)
    return _drawn(dice, size, lambda rows, columns: np.einsum("ij,ij->i", about[rows], able[columns]), 0.1)


def experts(size: int = 1_000) -> Case:
    """Every submission has one of four topics, each reviewer one of twelve: there are too few experts for all."""
    dice = np.random.default_rng(
        2
    )  # here no single submission's own candidates set the bound, but all of them together
    able, about = dice.integers(0, 12, size), dice.integers(0, 4, size)
    near = dice.random((12, 12)) * 0.6
    near = (near + near.T) / 2
    np.fill_diagonal(near, 1)
    return _drawn(dice, size, lambda rows, columns: near[about[rows], able[columns]], 0.2)


def _unit(vectors: Floats) -> Floats:
    lengths: Floats = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


def _drawn(dice: np.random.Generator, size: int, alike: Callable[[Ints, Ints], Floats], noise: float) -> Case:
    """Candidates drawn at random, fits from how alike they are with noise; conflicts taken out."""
    rows = np.repeat(np.arange(size), CANDIDATES)
    columns = np.concatenate([np.sort(dice.choice(size, CANDIDATES, replace=False)) for _ in range(size)])
    fits = np.clip((1 - noise) * alike(rows, columns) + noise * dice.random(len(rows)), 0, 1)
    keep = dice.random(len(rows)) >= CONFLICTS
    return size, CONTESTED_LOAD, rows[keep], columns[keep], np.rint(fits[keep] * SCALE).astype(np.int64)


VOCABULARY, OF_WORK, OF_REVIEWER = 30_000, 180, 400


def written(size: int) -> tuple["Basis", "Settings"]:
    """Works of 180 words and reviewers of 400, drawn as often as words are (Zipf); topics; 20 conflicts a work."""
    from workshop_manager.assignments.basis import Basis, Reviewer, Work
    from workshop_manager.assignments.settings import Settings

    dice = np.random.default_rng(1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(["".join(dice.choice(letters, dice.integers(4, 10))) for _ in range(VOCABULARY)])
    often = 1 / np.arange(1, VOCABULARY + 1)
    often /= often.sum()

    def text(length: int) -> str:
        return " ".join(dice.choice(words, length, p=often))

    def topics(most: int) -> frozenset[int]:
        return frozenset(dice.integers(1, 40, most).tolist())

    works = [Work(n, topics=topics(3), text=text(OF_WORK)) for n in range(size)]
    reviewers = [Reviewer(n, topics=topics(6), text=text(OF_REVIEWER)) for n in range(size)]
    conflicts = frozenset((int(one), int(other)) for one, other in dice.integers(0, size, (size * 20, 2)))
    return Basis(works, reviewers, conflicts), Settings(reviews=PLACES, load=LOAD)


def whole(case: str) -> dict[str, Any]:
    """From texts, topics and conflicts to who reads what, as the job does it."""
    basis, settings = written(int(case.split()[1]))
    from workshop_manager.assignments.pairing import solve

    begun = time.process_time()
    _pairs, result = solve(basis, settings)
    return {"seconds": time.process_time() - begun, "total": result.total, "worst": result.worst}


CASES: dict[str, tuple[Callable[..., Case], tuple[int, ...]]] = {
    **{f"sparse {size}": (sparse, (size,)) for size in SIZES},
    "crowded": (crowded, ()),
    "experts": (experts, ()),
}


def bare(case: str) -> dict[str, Any]:
    """ortools called as its documentation shows, with nothing around it."""
    size, load, rows, columns, fits = _case(case)
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    begun = time.process_time()
    flow, every = SimpleMinCostFlow(), np.arange(size)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(rows, size + columns, np.ones_like(rows), -fits)
    flow.add_arcs_with_capacity_and_unit_cost(size + every, np.full(size, 2 * size), np.full(size, load), 0 * every)
    flow.set_nodes_supplies(np.append(every, 2 * size), np.append(np.full(size, PLACES), -PLACES * size))
    assert flow.solve() == flow.OPTIMAL
    chosen = flow.flows(arcs) > 0
    seconds = time.process_time() - begun
    return {"seconds": seconds, "total": int(fits[chosen].sum()), "worst": _worst(size, rows, fits, chosen)}


def _problem(case: str) -> "Problem":
    from workshop_manager.assignments.solving import Problem

    size, load, rows, columns, fits = _case(case)
    none = np.zeros(size, dtype=np.int64)
    return Problem(
        rows, columns, fits, np.full(size, PLACES), np.full(size, load), none, none.astype(bool), none.astype(bool)
    )


def ours(case: str) -> dict[str, Any]:
    """`best_total`."""
    problem = _problem(case)
    from workshop_manager.assignments.solving import best_total

    begun = time.process_time()
    found = best_total(problem)
    seconds = time.process_time() - begun
    return {"seconds": seconds, "total": found.total, "worst": int(found.scores(problem).min())}


def fair(case: str) -> dict[str, Any]:
    """`fairest`, with the `best_total` that it begins with."""
    problem = _problem(case)
    from workshop_manager.assignments.solving import best_total, fairest

    begun = time.process_time()
    found = fairest(problem, best_total(problem))
    seconds = time.process_time() - begun
    return {"seconds": seconds, "total": found.total, "worst": int(found.scores(problem).min())}


def bound(case: str) -> dict[str, Any]:
    """The linear programme's greatest total."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    size, load, rows, columns, fits = _case(case)
    each, ones = np.arange(len(rows)), np.ones(len(rows))
    begun = time.process_time()
    found = linprog(
        -fits,
        A_ub=coo_matrix((ones, (columns, each)), shape=(size, len(rows))),
        b_ub=np.full(size, load),
        A_eq=coo_matrix((ones, (rows, each)), shape=(size, len(rows))),
        b_eq=np.full(size, PLACES),
        bounds=(0, 1),
        method="highs-ds",
    )
    return {"seconds": time.process_time() - begun, "total": round(-found.fun), "worst": 0}


def fair_bound(case: str) -> dict[str, Any]:
    """The linear programme's greatest worst-off fit: fractional, so that nothing need reach it."""
    from tests.assignments.programmes import fairest as most

    begun = time.process_time()
    worst = most(_problem(case))
    return {"seconds": time.process_time() - begun, "total": 0, "worst": worst}


def _worst(size: int, rows: Ints, fits: Ints, chosen: NDArray[np.bool_]) -> int:
    return int(np.bincount(rows[chosen], weights=fits[chosen], minlength=size).min())


def _case(case: str) -> Case:
    make, given = CASES[case]
    return make(*given)


WAYS = {"bare": bare, "ours": ours, "fair": fair, "bound": bound, "fair bound": fair_bound, "whole": whole}


def measured(way: str, case: str) -> dict[str, Any]:
    """One way in one case, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.assigning", "--one", way, case]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def _row(case: str, way: str, found: dict[str, Any]) -> None:
    total = f"{found['total'] / SCALE:.4f}" if found["total"] else "–"
    worst = f"{found['worst'] / SCALE:.4f}" if found["worst"] else "–"
    print(f"{case:<14} {way:<12} {found['seconds']:>8.2f} {found['memory']:>6.0f} {total:>13} {worst:>9}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-bound", action="store_true", help="leave out the linear programmes, which take minutes")
    parser.add_argument("--one", nargs=2)
    given = parser.parse_args()
    if given.one:
        found = WAYS[given.one[0]](given.one[1])
        print(json.dumps({**found, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    compare(with_bounds=not given.no_bound)


def compare(*, with_bounds: bool) -> None:
    """Every case in every way, a line each. CPU seconds of one thread: the machine may be shared."""
    print(f"{'case':<14} {'way':<12} {'CPU s':>8} {'MB':>6} {'total fit':>13} {'worst-off':>9}")
    for case in CASES:
        ways = ["bare", "ours", "bound"] if case.startswith("sparse") else ["ours", "fair", "fair bound"]
        for way in ways:
            if with_bounds or not way.endswith("bound"):
                _row(case, way, measured(way, case))
    for size in SIZES:
        _row(f"texts {size}", "whole", measured("whole", f"texts {size}"))


if __name__ == "__main__":
    main()
