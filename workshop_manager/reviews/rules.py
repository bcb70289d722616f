"""Who may judge what; plain values, no database."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from workshop_manager.assignments.rules import OPEN_FOR_REVIEW, REVIEWERS
from workshop_manager.calls.states import Blinding
from workshop_manager.submissions.states import State
from workshop_manager.workshops.states import Role

UNREADABLE = frozenset({State.DRAFT, State.WITHDRAWN})
SPLIT = 3
"""Scores this far apart are worth a talk."""


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


def is_split(scores: Collection[float]) -> bool:
    """True when two reviewers are far apart."""
    return bool(scores) and max(scores) - min(scores) >= SPLIT


MAY_EDIT_MESSAGE = timedelta(minutes=30)
"""For so long whoever wrote to a discussion may mend or take back what they wrote."""


def may_mend(person_id: int, writer_id: int | None, created_at: datetime, now: datetime, *, is_removed: bool) -> bool:
    """One's own words, for a while: later others have answered to them."""
    return writer_id == person_id and not is_removed and now <= created_at + MAY_EDIT_MESSAGE


def may_lead(*, reviews_here: bool, has_conflict: bool) -> bool:
    """Whom a chair may ask to lead a discussion: anybody on the committee without a conflict."""
    return reviews_here and not has_conflict


MENTION = re.compile(r"(?<!\w)@(reviewer[\s-]?(\d{1,3})|chairs?|lead|all)\b", re.IGNORECASE)


def mentions(text: str) -> tuple[frozenset[int], frozenset[str]]:
    """Whom a message names: numbers of reviewers, and any of `chair`, `lead` and `all`."""
    numbers, groups = set(), set()
    for match in MENTION.finditer(text):
        if match[2]:
            numbers.add(int(match[2]))
        else:
            groups.add(match[1].lower().removesuffix("s"))
    return frozenset(numbers), frozenset(groups)
