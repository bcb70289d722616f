"""What can be decided, and what follows; plain values, no database."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from workshop_manager.submissions.states import Action, Outcome, State

DECIDABLE = frozenset({State.SUBMITTED, State.WAITLISTED})
"""What a decision can be about: what came in, and what waits for a place."""


ACTIONS: dict[Outcome, Action] = {
    Outcome.ORAL: Action.ACCEPT,
    Outcome.LIGHTNING: Action.ACCEPT,
    Outcome.POSTER: Action.ACCEPT,
    Outcome.WAITLIST: Action.WAITLIST,
    Outcome.REJECT: Action.REJECT,
}
"""What a released decision does to the submission."""


def may_answer(state: State, confirm_by: datetime | None, now: datetime) -> bool:
    """An accepted author confirms until the date; without one, as long as it is accepted."""
    return state is State.ACCEPTED and (confirm_by is None or now <= confirm_by)


def release_digest(pending: Iterable[tuple[int, int, Outcome]]) -> str:
    """A name for exactly these decisions (submission, version, outcome): what a chair saw is what is released."""
    listed = ";".join(
        f"{submission}:{version}:{outcome.value}" for submission, version, outcome in sorted(pending, key=_by_id)
    )
    return sha256(listed.encode()).hexdigest()[:32]


def _by_id(decision: tuple[int, int, Outcome]) -> int:
    return decision[0]
