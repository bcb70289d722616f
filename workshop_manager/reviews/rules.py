"""Who may judge what; plain values, no database."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from workshop_manager.calls.states import Blinding
from workshop_manager.submissions.states import Action, Outcome, State
from workshop_manager.workshops.states import Role

REVIEWERS = frozenset({Role.REVIEWER, Role.PROGRAMME_CHAIR, Role.TRACK_CHAIR, Role.OWNER, Role.ORGANISER})
"""Whom a submission can be assigned to: reviewers, and whoever organises and wants to read."""
OPEN_FOR_REVIEW = frozenset({State.SUBMITTED})
UNREADABLE = frozenset({State.DRAFT, State.WITHDRAWN})
DECIDABLE = frozenset({State.SUBMITTED, State.WAITLISTED})
"""What a decision can be about: what came in, and what waits for a place."""
WANTED_REVIEWS = 2
SPLIT = 3
"""Scores this far apart are worth a talk."""
SCORES = range(1, 7)
CONFIDENCES = range(1, 5)

ACTIONS: dict[Outcome, Action] = {
    Outcome.ORAL: Action.ACCEPT,
    Outcome.LIGHTNING: Action.ACCEPT,
    Outcome.POSTER: Action.ACCEPT,
    Outcome.WAITLIST: Action.WAITLIST,
    Outcome.REJECT: Action.REJECT,
}
"""What a released decision does to the submission."""


@dataclass(frozen=True, slots=True)
class Interests:
    """Whose work a submission is: ids and addresses of submitter and authors, and who declared a conflict."""

    submitter_id: int | None
    author_ids: frozenset[int]
    author_addresses: frozenset[str]
    declared: frozenset[int]


def conflict_of(person_id: int, address: str, interests: Interests) -> str | None:
    """Why this person must not judge it: `own`, `author`, `address` or `declared`; None if they may.

    An author's address counts before anybody confirmed it: it is better to lose a reviewer than to let one judge
    their own work.
    """
    if person_id == interests.submitter_id:
        return "own"
    if person_id in interests.author_ids:
        return "author"
    if address.casefold() in interests.author_addresses:
        return "address"
    if person_id in interests.declared:
        return "declared"
    return None


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


def may_answer(state: State, confirm_by: datetime | None, now: datetime) -> bool:
    """An accepted author confirms until the date; without one, as long as it is accepted."""
    return state is State.ACCEPTED and (confirm_by is None or now <= confirm_by)


def is_split(scores: Collection[int]) -> bool:
    """True when two reviewers are far apart."""
    return bool(scores) and max(scores) - min(scores) >= SPLIT


def release_digest(pending: Iterable[tuple[int, int, Outcome]]) -> str:
    """A name for exactly these decisions (submission, version, outcome): what a chair saw is what is released."""
    listed = ";".join(
        f"{submission}:{version}:{outcome.value}" for submission, version, outcome in sorted(pending, key=_by_id)
    )
    return sha256(listed.encode()).hexdigest()[:32]


def _by_id(decision: tuple[int, int, Outcome]) -> int:
    return decision[0]


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
