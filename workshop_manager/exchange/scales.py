"""From a score on another system's scale to one on ours. No database, no web."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from workshop_manager.exchange.incoming import Incoming
from workshop_manager.exchange.states import Source

SCORES = range(1, 7)
CONFIDENCES = range(1, 5)
"""Our own: every form's overall score, and how sure a reviewer is."""
_SCORE = {Source.OPENREVIEW: (1, 10), Source.EASYCHAIR: (-3, 3)}
_CONFIDENCE = {Source.OPENREVIEW: (1, 5), Source.EASYCHAIR: (1, 5)}


@dataclass(frozen=True, slots=True)
class Scale:
    """The worst and the best value."""

    low: float
    high: float

    def onto(self, value: float, wanted: range) -> int:
        """The value on our scale, rounded to the nearest; what lies outside its own scale is taken as its end."""
        if self.high <= self.low:
            return min(max(round(value), wanted[0]), wanted[-1])
        share = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        return math.floor(wanted[0] + share * (wanted[-1] - wanted[0]) + 0.5)


@dataclass(frozen=True, slots=True)
class Scales:
    """The scales of a file's reviews."""

    score: Scale
    confidence: Scale

    @classmethod
    def of(cls, incoming: Incoming, score: Scale | None, confidence: Scale | None) -> "Scales":
        """As chosen; else as the source usually has it, widened to what the file holds."""
        scores = [one.score for one in incoming.reviews if one.score is not None]
        sure = [one.confidence for one in incoming.reviews if one.confidence is not None]
        return cls(
            score or _guess(scores, _SCORE.get(incoming.source), SCORES),
            confidence or _guess(sure, _CONFIDENCE.get(incoming.source), CONFIDENCES),
        )

    def ours(self, score: float | None) -> int | None:
        """A score on our scale."""
        return None if score is None else self.score.onto(score, SCORES)

    def our_confidence(self, confidence: float | None) -> int | None:
        """A confidence on our scale."""
        return None if confidence is None else self.confidence.onto(confidence, CONFIDENCES)


def _guess(values: Iterable[float], usual: tuple[int, int] | None, ours: range) -> Scale:
    low, high = usual or (ours[0], ours[-1])
    found = list(values)
    return Scale(min([low, *found]), max([high, *found]))
