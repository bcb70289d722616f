"""Who may judge what; plain values, no database."""

from collections.abc import Collection

from workshop_manager.assignments.rules import OPEN_FOR_REVIEW, REVIEWERS
from workshop_manager.calls.states import Blinding
from workshop_manager.submissions.states import State
from workshop_manager.workshops.states import Role

UNREADABLE = frozenset({State.DRAFT, State.WITHDRAWN})
SPLIT = 3
"""Scores this far apart are worth a talk."""
SCORES = range(1, 7)
CONFIDENCES = range(1, 5)


def may_read_for_review(roles: Collection[Role], *, assigned: bool, conflict: str | None, state: State) -> bool:
    """Whoever reviews in this edition reads what they were given, unless a conflict keeps it from them.

    Drafts and withdrawn work are nobody's to read.
    """
    reviews_here = bool(REVIEWERS & frozenset(roles))
    return reviews_here and assigned and conflict is None and state not in UNREADABLE


def may_write_review(roles: Collection[Role], *, assigned: bool, conflict: str | None, state: State) -> bool:
    """Reviews are written until the decision is released; one that comes after the date is late, not refused."""
    return may_read_for_review(roles, assigned=assigned, conflict=conflict, state=state) and state in OPEN_FOR_REVIEW


def shows_authors(blinding: Blinding) -> bool:
    """Reviewers learn who wrote the work unless the call is double-blind."""
    return blinding is not Blinding.DOUBLE


def is_signed(blinding: Blinding) -> bool:
    """A review bears its writer's name only if it was written under open review; a later change unmasks nobody."""
    return blinding is Blinding.NONE


def may_see_others_reviews(*, own_is_in: bool) -> bool:
    """Nobody reads others' reviews before their own is in: the first opinion should be one's own."""
    return own_is_in


def is_split(scores: Collection[int]) -> bool:
    """True when two reviewers are far apart."""
    return bool(scores) and max(scores) - min(scores) >= SPLIT


def missing_for_submission(score: int | None, advice: object, confidence: int | None, text: str) -> list[str]:
    """The fields that a review still needs before it can be handed in."""
    missing = []
    if score not in SCORES:
        missing.append("score")
    if advice is None:
        missing.append("advice")
    if confidence not in CONFIDENCES:
        missing.append("confidence")
    if not text.strip():
        missing.append("text")
    return missing
