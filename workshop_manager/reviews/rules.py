"""Who may judge what; plain values, no database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from workshop_manager.submissions.states import Action, Outcome, State
from workshop_manager.workshops.states import Role

REVIEWERS = frozenset({Role.REVIEWER, Role.PROGRAMME_CHAIR, Role.TRACK_CHAIR, Role.OWNER, Role.ORGANISER})
"""Whom a submission can be assigned to: reviewers, and whoever organises and wants to read."""
OPEN_FOR_REVIEW = frozenset({State.SUBMITTED})
UNDECIDED = frozenset({State.SUBMITTED, State.WAITLISTED})
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


def may_read_for_review(*, assigned: bool, conflict: str | None, state: State) -> bool:
    """An assigned reviewer without a conflict reads what came in; drafts and withdrawn work do not exist for them."""
    return assigned and conflict is None and state not in (State.DRAFT, State.WITHDRAWN)


def may_write_review(*, assigned: bool, conflict: str | None, state: State) -> bool:
    """Reviews are written until the decision is released."""
    return assigned and conflict is None and state in OPEN_FOR_REVIEW


def may_see_others_reviews(*, own_is_in: bool) -> bool:
    """Nobody reads others' reviews before their own is in: the first opinion should be one's own."""
    return own_is_in


def may_answer(state: State, confirm_by: datetime | None, now: datetime) -> bool:
    """An accepted author confirms until the date; without one, as long as it is accepted."""
    return state is State.ACCEPTED and (confirm_by is None or now <= confirm_by)


def may_decline(state: State) -> bool:
    """A place can be given back at any time: it helps the next more than an empty slot."""
    return state in (State.ACCEPTED, State.CONFIRMED)


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
