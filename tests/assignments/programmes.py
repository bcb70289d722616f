"""The linear programmes that the solver is held against (scipy's HiGHS; tests and benchmark only)."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, vstack

from workshop_manager.assignments.solving import Problem


def _incidence(index: NDArray[np.int64], size: int, width: int) -> coo_matrix:
    ones = np.ones(len(index))
    return coo_matrix((ones, (index, np.arange(len(index)))), shape=(size, width))


def _rules(problem: Problem, width: int) -> tuple[list[coo_matrix], list[NDArray[np.int64]]]:
    """Places, loads, and at most all but one place for others than seniors."""
    anybody = (problem.needs_senior[problem.rows] & ~problem.senior[problem.columns]).astype(float)
    juniors = coo_matrix(
        (anybody, (problem.rows, np.arange(len(anybody)))), shape=(len(problem.wanted), width)
    )  # fmt: skip
    most = np.where(problem.needs_senior, np.maximum(problem.wanted - 1, 0), problem.wanted)
    return (
        [
            _incidence(problem.rows, len(problem.wanted), width),
            _incidence(problem.columns, len(problem.room), width),
            juniors,
        ],
        [problem.wanted, problem.room, most],
    )


def best_total(problem: Problem) -> tuple[float, float]:
    """Places filled, and the greatest total fit, of fractional assignments that first fill most places and then leave
    as little as possible empty in one submission: three programmes, each held by the next."""
    pairs, size, most = len(problem.rows), len(problem.wanted), int(problem.wanted.max())
    width = pairs + size * most
    rules, limits = _rules(problem, width)
    empty = np.arange(size * most)
    rules[0] = rules[0] + coo_matrix((np.ones(len(empty)), (empty // most, pairs + empty)), shape=(size, width))
    upper = (empty % most < problem.wanted[empty // most]).astype(float)
    bounds = [(0, 1)] * pairs + [(0, one) for one in upper]
    aims = [
        np.concatenate([np.zeros(pairs), np.ones(len(empty))]),
        np.concatenate([np.zeros(pairs), empty % most]),
        np.concatenate([-problem.fits, np.zeros(len(empty))]),
    ]
    held, values = [rules[0]], list(limits[0])
    for aim in aims:
        found = linprog(
            aim,
            A_ub=vstack(rules[1:]),
            b_ub=np.concatenate(limits[1:]),
            A_eq=vstack(held),
            b_eq=values,
            bounds=bounds,
            method="highs",
        )
        assert found.success, found.message
        held.append(coo_matrix(aim[None, :]))
        values.append(round(found.fun))
    return problem.wanted.sum() - values[-3], -float(found.fun)


def fewest_raised(problem: Problem) -> tuple[float, float]:
    """How many places can be filled if loads may grow, and the fewest places beyond loads that do it."""
    pairs, reviewers = len(problem.rows), len(problem.room)
    width = pairs + reviewers
    rules, limits = _rules(problem, width)
    rules[1] = rules[1] - coo_matrix(
        (np.ones(reviewers), (np.arange(reviewers), pairs + np.arange(reviewers))), shape=(reviewers, width)
    )
    bounds = [(0, 1)] * pairs + [(0, None)] * reviewers
    choose = np.concatenate([np.ones(pairs), np.zeros(reviewers)])
    ub = {"A_ub": vstack(rules), "b_ub": np.concatenate(limits), "bounds": bounds, "method": "highs"}
    filled = -float(linprog(-choose, **ub).fun)
    found = linprog(1 - choose, A_eq=coo_matrix(choose[None, :]), b_eq=[filled], **ub)
    return filled, float(found.fun)


def fairest(problem: Problem) -> float:
    """The greatest fit that every submission reaches in some fractional assignment that fills every place."""
    pairs, size = len(problem.rows), len(problem.wanted)
    rules, limits = _rules(problem, pairs + 1)
    floor = coo_matrix(
        (
            np.concatenate([-problem.fits, np.ones(size)]),
            (np.concatenate([problem.rows, np.arange(size)]), np.concatenate([np.arange(pairs), np.full(size, pairs)])),
        ),
        shape=(size, pairs + 1),
    )
    found = linprog(
        np.concatenate([np.zeros(pairs), [-1]]),
        A_ub=vstack([*rules[1:], floor]),
        b_ub=np.concatenate([*limits[1:], problem.kept]),
        A_eq=rules[0],
        b_eq=limits[0],
        bounds=[(0, 1)] * pairs + [(0, None)],
        method="highs-ipm",
    )
    assert found.success, found.message
    return -float(found.fun)
