"""Totals of what people said about themselves, coarse enough that no difference tells of a few people.

A chair may ask for "the first 40", then for "the first 41": two totals that are fine by themselves tell where the 41st
comes from. So totals are given for a fixed ladder of steps only, over groups chosen such that *every* step of *every*
group counts no one or at least `SMALLEST_CELL`. Whatever is shown is a sum of such cells, and so is every difference.
No step is one group alone: "20 of 20 from Ghana" tells of each of the twenty.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SMALLEST_CELL = 5
"""A total never tells of fewer people than this, and neither does what it leaves of the whole."""
STEP = 20
MOST_STEPS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a balance: `among` of the first `of` (see `Balance`), `all` of everybody.

    `key` is None for the rest: small groups together, and those who said nothing.
    """

    key: str | None
    among: int
    all: int


@dataclass(frozen=True, slots=True)
class Balance:
    """How the first `of` are spread over groups, beside all `total`; without groups where too few would be told of."""

    of: int
    total: int
    groups: tuple[Group, ...]


def steps_of(total: int) -> list[int]:
    """The ladder for a list of that length: 20, 40, … and the whole. At most ten steps, the last takes what is left."""
    size = STEP * max(1, -(-total // (STEP * MOST_STEPS)))
    return [*range(size, total - size + 1, size), total] if total >= size else []


def balance(answers: Sequence[str | None], first: int) -> Balance:
    """How the first ones of a ranked list are spread, as far as it may be told: at the last step they reach."""
    steps = steps_of(len(answers))
    reached = max((step for step in steps if step <= first), default=0)
    kept = _groups(answers, steps)
    if kept is None:
        return Balance(reached, len(answers), ())
    labels = [answer if answer in kept else None for answer in answers]
    among, every = Counter(labels[:reached]), Counter(labels)
    order = sorted(every, key=lambda key: (key is None, -every[key], key or ""))
    return Balance(reached, len(answers), tuple(Group(key, among[key], every[key]) for key in order))


def totals(answers: Sequence[str | None]) -> Balance:
    """How everybody is spread, small groups together."""
    steps = [len(answers)] if answers else []
    kept = _groups(answers, steps)
    every = Counter(answer if kept and answer in kept else None for answer in answers)
    order = sorted(every, key=lambda key: (key is None, -every[key], key or ""))
    groups = () if kept is None else tuple(Group(key, every[key], every[key]) for key in order)
    return Balance(len(answers), len(answers), groups)


def _groups(answers: Sequence[str | None], steps: Sequence[int]) -> frozenset[str] | None:
    """The answers that may stand by themselves; None if not even two groups can be told apart at every step."""
    rungs = [Counter(answers[start:end]) for start, end in zip([0, *steps], steps, strict=False)]
    every = Counter(answer for answer in answers if answer is not None)
    named = {answer for answer in every if all(_may_stand(rung[answer]) for rung in rungs)}
    while named and not all(_may_stand(rung.total() - sum(rung[n] for n in named)) for rung in rungs):
        # The rest is too small somewhere: the smallest group joins it.
        named.remove(min(named, key=lambda answer: (every[answer], answer)))
    told = frozenset(named)
    # A step that is one group alone would tell of everybody on it.
    apart = all(len({answer if answer in told else None for answer in rung}) > 1 for rung in rungs)
    return told if told and rungs and apart else None


def _may_stand(count: int) -> bool:
    return count == 0 or count >= SMALLEST_CELL
