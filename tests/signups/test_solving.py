"""The allocation is compared with every other there is."""

import random
from itertools import product

import pytest

from tests.shows import shows
from workshop_manager.signups.solving import Problem, Wish, distribution, draw_order, solve

pytestmark = pytest.mark.sqlite


def profile(problem, placed):
    """What is compared: how many get nothing, then how many their fourth choice, their third, their second."""
    ranks = distribution(problem, placed)
    return (ranks[0], ranks[4], ranks[3], ranks[2])


def best(problem):
    found = []
    for chosen in product(*([None, *wish.parts] for wish in problem.wishes)):
        used = [part for part in chosen if part is not None]
        if all(used.count(part) <= problem.room[part] for part in set(used)):
            placed = {w.person_id: part for w, part in zip(problem.wishes, chosen, strict=True) if part is not None}
            found.append(profile(problem, placed))
    return min(found)


@shows("Registration", "Ranked choices are allocated exactly: most places first, then as few last choices as possible")
def test_no_allocation_is_better():
    for number in range(60):
        draw = random.Random(number)
        wishes = [
            Wish(one, {part: rank for rank, part in enumerate(draw.sample(range(4), draw.randint(1, 4)), start=1)})
            for one in range(5)
        ]
        problem = Problem(wishes, {part: draw.randint(0, 2) for part in range(4)}, f"seed {number}")
        placed = solve(problem)
        assert all(list(placed.values()).count(part) <= room for part, room in problem.room.items())
        assert all(part in next(w for w in wishes if w.person_id == one).parts for one, part in placed.items())
        assert profile(problem, placed) == best(problem)


def test_nobody_is_left_worse_off_so_that_somebody_else_gets_a_first_choice():
    """Two firsts and a third, or a first and two seconds: the latter."""
    wishes = [Wish(1, {1: 1, 2: 2}), Wish(2, {1: 1, 2: 2, 3: 3}), Wish(3, {2: 1, 3: 2})]
    placed = solve(Problem(wishes, {1: 1, 2: 1, 3: 1}, "seed"))
    assert sorted(distribution(Problem(wishes, {}, ""), placed).items()) == [(1, 1), (2, 2)]


@shows("Registration", "The draw behind an allocation is made from a recorded seed and can be repeated")
def test_the_draw_depends_on_the_seed_and_not_on_the_order():
    wishes = [Wish(one, {1: 1}) for one in range(20)]
    first = solve(Problem(wishes, {1: 5}, "a"))
    assert solve(Problem(list(reversed(wishes)), {1: 5}, "a")) == first
    assert solve(Problem(wishes, {1: 5}, "b")) != first
    assert Problem(wishes, {1: 5}, "a").digest == Problem(list(reversed(wishes)), {1: 5}, "a").digest
    assert draw_order("a", [3, 1, 2]) == draw_order("a", [1, 2, 3])
    assert solve(Problem([], {}, "a")) == solve(Problem([Wish(1, {1: 1})], {1: 0}, "a")) == {}
