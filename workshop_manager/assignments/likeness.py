"""How alike what reviewers wrote and know is to what works say: word counts and a cosine, nothing that is learnt.

Words are hashed into buckets, so that any language will do and nothing is downloaded; rare words count more (TF-IDF,
over the texts at hand). The same texts give the same numbers, on any machine. Loaded only where the solver runs.
"""

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BUCKETS = 1 << 18
MOST_WORDS = 80
"""Of each text the words that say most about it."""
FULL = 0.4
"""The cosine from which on two texts are as alike as one can ask: two abstracts about one thing reach it."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_UNSPACED = 0x2E80
"""From here on, roughly, scripts write words without spaces between them: pairs of letters stand for words."""


def words_of(text: str) -> Counter[int]:
    """The buckets of a text's words, with how often each occurs."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: Counter[int] = Counter()
    for word in _WORD.findall(folded):
        parts = [word[i : i + 2] for i in range(len(word) - 1)] if ord(word[0]) >= _UNSPACED else [word]
        for part in parts:
            found[zlib.crc32(part.encode()) % BUCKETS] += 1
    return found


class Likeness:
    """Works against reviewers. `has_text` says of whom there is anything to compare."""

    def __init__(self, works: Sequence[str], reviewers: Sequence[str]) -> None:
        counted = [words_of(text) for text in (*works, *reviewers)]
        among = np.zeros(BUCKETS, dtype=np.int64)
        for words in counted:
            among[list(words)] += 1
        weights = np.log((1 + len(counted)) / (1 + among))
        vectors = [_vector(words, weights) for words in counted]
        self._works, people = vectors[: len(works)], vectors[len(works) :]
        self.has_text = np.array([len(buckets) > 0 for buckets, _values in people], dtype=bool)
        columns = np.repeat(np.arange(len(people)), [len(buckets) for buckets, _values in people])
        buckets = np.concatenate([buckets for buckets, _values in people] or [np.zeros(0, dtype=np.int64)])
        values = np.concatenate([values for _buckets, values in people] or [np.zeros(0)])
        order = np.argsort(buckets, kind="stable")
        self._last: tuple[int, Floats] | None = None
        self._buckets, self._columns, self._values = buckets[order], columns[order], values[order]

    def of(self, row: int) -> Floats:
        """How alike that work is to each reviewer's texts, 0 to 1. The work asked about last is remembered."""
        if self._last is not None and self._last[0] == row:
            return self._last[1]
        buckets, weights = self._works[row]
        first = np.searchsorted(self._buckets, buckets)
        number = np.searchsorted(self._buckets, buckets, side="right") - first
        within = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        places = np.repeat(first, number) + within
        products = self._values[places] * np.repeat(weights, number)
        cosine = np.bincount(self._columns[places], weights=products, minlength=len(self.has_text))
        found: Floats = np.minimum(cosine / FULL, 1.0)
        self._last = (row, found)
        return found


def _vector(words: Counter[int], weights: Floats) -> tuple[Ints, Floats]:
    """Buckets and their values, of length 1 together; empty for a text without a word of its own."""
    buckets = np.array(sorted(words), dtype=np.int64)
    if not len(buckets):
        return buckets, np.zeros(0)
    values = weights[buckets] * np.array([1 + math.log(words[one]) for one in buckets.tolist()])
    kept = np.sort(np.argsort(-values, kind="stable")[:MOST_WORDS])
    buckets, values = buckets[kept], values[kept]
    length = float(np.sqrt(np.square(values).sum()))
    return (buckets, values / length) if length > 0 else (buckets[:0], values[:0])
