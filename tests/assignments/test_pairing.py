"""The few pairs that are looked at in a large edition, against all pairs there are."""

import math
from collections import Counter

import numpy as np
import pytest

from tests.shows import shows
from workshop_manager.assignments import pairing, solving
from workshop_manager.assignments.basis import Basis, Reviewer, Work
from workshop_manager.assignments.likeness import FULL, MOST_WORDS, Likeness, words_of
from workshop_manager.assignments.pairing import Pairing
from workshop_manager.assignments.settings import Settings

AREA = "Automatic assignment"
WORDS = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(160)]


def texts(dice: np.random.Generator, number: int, most: int) -> list[str]:
    """Some empty, some longer than what is compared, common words among them."""
    return [" ".join(dice.choice(WORDS, dice.integers(0, most)) if dice.random() < 0.9 else []) for _ in range(number)]


def slow_likeness(works: list[str], reviewers: list[str]) -> np.ndarray:
    """The same by its definition, a pair at a time."""
    counted = [words_of(text) for text in (*works, *reviewers)]
    among = Counter(word for words in counted for word in words)
    vectors = []
    for words in counted:
        weights = {
            word: math.log((1 + len(counted)) / (1 + among[word])) * (1 + math.log(words[word]))
            for word in sorted(words)
        }
        kept = dict(sorted(weights.items(), key=lambda one: -one[1])[:MOST_WORDS])
        length = math.sqrt(sum(value**2 for value in kept.values()))
        vectors.append({word: value / length for word, value in kept.items()} if length else {})
    return np.array(
        [
            [
                min(sum(one.get(word, 0) * value for word, value in other.items()) / FULL, 1)
                for other in vectors[len(works) :]
            ]
            for one in vectors[: len(works)]
        ]
    )


@pytest.mark.parametrize("seed", range(6))
def test_likeness_is_the_cosine_of_every_pair(seed: int) -> None:
    dice = np.random.default_rng(seed)
    works, reviewers = texts(dice, 12, 300), texts(dice, 9, 60)
    fast = Likeness(works, reviewers)
    assert np.array([fast.of(row) for row in range(12)]) == pytest.approx(slow_likeness(works, reviewers), abs=1e-12)


def small(dice: np.random.Generator) -> tuple[Basis, Settings]:
    """Editions of every shape: too few reviewers, few seniors, languages, tracks, somebody away."""
    works, reviewers = int(dice.integers(1, 10)), int(dice.integers(1, 10))
    said = texts(dice, works + reviewers, 20)

    def some(most: int) -> frozenset[int]:
        return frozenset(dice.integers(1, 6, dice.integers(0, most)).tolist())

    def pairs(share: float) -> frozenset[tuple[int, int]]:
        return frozenset((int(w) + 1, int(r) + 1) for w, r in np.argwhere(dice.random((works, reviewers)) < share))

    basis = Basis(
        [
            Work(n + 1, int(dice.integers(1, 3)), str(dice.choice(["en", "fr"])), some(3), said[n])
            for n in range(works)
        ],
        [
            Reviewer(
                n + 1, int(dice.integers(0, 4)) if dice.random() < 0.5 else None, bool(dice.random() < 0.3),
                frozenset({"en", "fr"}) if dice.random() < 0.4 else frozenset(), some(2) & {1, 2}, some(4),
                presence=float(dice.choice([0, 1, 1, 1])), text=said[works + n],
            )
            for n in range(reviewers)
        ],
        conflicts=pairs(0.15),
        kept=pairs(0.08),
    )  # fmt: skip
    rules = {rule: bool(dice.random() < 0.4) for rule in ("senior", "languages", "tracks")}
    return basis, Settings(reviews=int(dice.integers(1, 4)), load=int(dice.integers(1, 4)), **rules)


@shows(AREA, "In the largest editions few pairs are looked at, and no fewer places are filled for it")
def test_few_pairs_fill_as_many_places_as_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    widened = 0
    for seed in range(70):
        basis, settings = small(np.random.default_rng(seed))
        monkeypatch.setattr(pairing, "MOST_PAIRS", 10**9)
        every, (_pairs, whole) = Pairing(basis, settings).problem(), pairing.solve(basis, settings)
        monkeypatch.setattr(pairing, "MOST_PAIRS", 0)
        monkeypatch.setattr(pairing, "CANDIDATES", 1)
        few, (pairs, result) = Pairing(basis, settings).problem(), pairing.solve(basis, settings)
        known = dict(zip(zip(every.rows, every.columns, strict=True), every.fits, strict=True))
        assert all(
            known[pair] == fit for pair, fit in zip(zip(few.rows, few.columns, strict=True), few.fits, strict=True)
        )
        assert len(set(zip(few.rows, few.columns, strict=True))) == len(few.rows)
        assert solving.fullest(few).sum() == solving.fullest(every).sum(), seed
        assert sum(result.raised.values()) == sum(whole.raised.values()), seed
        assert sorted(map(repr, result.beyond)) == sorted(map(repr, whole.beyond)), seed
        assert result.dropped == whole.dropped, seed
        assert len(pairs) == result.places - sum(lack.places for lack in result.lacks)
        widened += len(few.rows) < len(every.rows)
    assert widened > 15


def test_of_each_work_the_best_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "CANDIDATES", 3)
    for seed in range(25):
        basis, settings = small(np.random.default_rng(seed))
        settings = Settings(reviews=2, load=100)
        monkeypatch.setattr(pairing, "MOST_PAIRS", 10**9)
        every = Pairing(basis, settings).problem()
        monkeypatch.setattr(pairing, "MOST_PAIRS", 0)
        few = Pairing(basis, settings).problem()
        for row in range(len(basis.works)):
            best = sorted(every.fits[every.rows == row])[-3:]
            # Whoever fills what nobody of the best has room for comes on top.
            assert sorted(few.fits[few.rows == row])[-3:] == best
