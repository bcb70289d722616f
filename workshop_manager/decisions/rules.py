"""What can be decided, and what follows; plain values, no database."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from workshop_manager.calls.rules import Plan
from workshop_manager.core.deadlines import Deadline
from workshop_manager.submissions.rules import TRANSITIONS, leads_to
from workshop_manager.submissions.states import Action, Outcome, State
from workshop_manager.workshops.rules import MAY_SUBMISSIONS
from workshop_manager.workshops.states import DateKey

MAY_RECOMMEND = MAY_SUBMISSIONS
"""Whoever reads submissions at the desk says what they would decide; deciding takes `MAY_DECIDE`."""
MAY_STATISTICS = MAY_SUBMISSIONS

DECIDABLE = frozenset({State.SUBMITTED, State.WAITLISTED})
"""What a decision can be about: what came in, and what waits for a place."""
REOPENABLE = frozenset({State.ACCEPTED, State.WAITLISTED, State.REJECTED})
"""What can be decided again after it was released; a place that was confirmed, or given back, cannot."""

USUAL = tuple(Outcome)
"""The outcomes of an edition that names none of its own."""
ACTIONS: dict[Outcome, Action] = {
    Outcome.ORAL: Action.ACCEPT,
    Outcome.LIGHTNING: Action.ACCEPT,
    Outcome.POSTER: Action.ACCEPT,
    Outcome.WAITLIST: Action.WAITLIST,
    Outcome.REJECT: Action.REJECT,
    Outcome.REJECT_ENCOURAGED: Action.REJECT,
}
"""What a released decision does to the submission."""
ACCEPTING = frozenset(kind for kind, action in ACTIONS.items() if action is Action.ACCEPT)


def may_decide(state: State, *, is_reopened: bool) -> bool:
    """True while a decision is to be made: the first, one off the waitlist, or a second that was opened."""
    return state in DECIDABLE or (is_reopened and state in REOPENABLE)


def after(kind: Outcome, state: State, *, is_reopened: bool) -> State | None:
    """The state after a decision of that kind is released, or None if it cannot be released here."""
    action = ACTIONS[kind]
    if is_reopened and state in REOPENABLE:
        return TRANSITIONS[action][1]
    return leads_to(action, state)


class Placed(Protocol):
    """A work with the round and the track it is in."""

    @property
    def round_id(self) -> int | None: ...
    @property
    def track_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class ConfirmBy:
    """Until when accepted works are to be confirmed, by round and track; a date that has passed asks nobody."""

    plan: Plan
    now: datetime

    def of(self, work: Placed) -> Deadline | None:
        """The date of that work, if it is set and still ahead."""
        date = self.plan.date(DateKey.CONFIRM_BY, work.round_id, work.track_id)
        return date if date is not None and date.at > self.now else None


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


# -- which part of an edition -------------------------------------------------------------------------------------

FIRST_ROUND = 0
"""Stands for the call's own round, which has no row."""


@dataclass(frozen=True, slots=True)
class Within:
    """One track, one round, one track in one round, or everything."""

    track_id: int | None = None
    round_id: int | None = None

    def holds(self, track_id: int | None, round_id: int | None) -> bool:
        """True for a work of that track and round (None: the call's own round)."""
        if self.track_id is not None and self.track_id != track_id:
            return False
        return self.round_id is None or self.round_id == (FIRST_ROUND if round_id is None else round_id)

    @property
    def is_all(self) -> bool:
        return self.track_id is None and self.round_id is None


EVERYTHING = Within()


# -- the organisers' letters --------------------------------------------------------------------------------------

PLACEHOLDERS = ("name", "title", "number", "outcome", "track", "edition", "confirm_by")
_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,40})\}")


def unknown_placeholders(letter: str) -> list[str]:
    """What stands in braces and is no placeholder of ours, each once."""
    return list(dict.fromkeys(m.group(0) for m in _PLACEHOLDER.finditer(letter) if m.group(1) not in PLACEHOLDERS))


def filled(letter: str, values: Mapping[str, str]) -> str:
    """The letter with its placeholders replaced, once: what stands in a value is never looked at again."""
    return _PLACEHOLDER.sub(lambda m: values.get(m.group(1), m.group(0)), letter)


# -- reminding ----------------------------------------------------------------------------------------------------

REMIND_BEFORE = (timedelta(days=3), timedelta(days=1))
"""How long before the date those who have not answered are reminded: one mail for each."""


def wave_at(confirm_by: datetime | None, decided_at: datetime | None, now: datetime) -> int | None:
    """Which reminder is due now, by its place in `REMIND_BEFORE`; None for none.

    A wave that began before the decision went out is left out: nobody is reminded on the day they are told.
    """
    if confirm_by is None or now > confirm_by:
        return None
    due = [n for n, before in enumerate(REMIND_BEFORE) if now >= confirm_by - before]
    if not due or (decided_at is not None and decided_at >= confirm_by - REMIND_BEFORE[due[-1]]):
        return None
    return due[-1]


ANSWER_WITHIN = timedelta(days=5)
"""How long somebody has who gets a place off the waitlist, unless the edition's own date leaves longer."""


# -- what the first ones would be ---------------------------------------------------------------------------------


def first_ones(ranked: Iterable[tuple[int, int | None]], most: int, *, each_track: bool) -> Iterator[int]:
    """The ids that "accept the first `most`" takes of (id, track), best first: of all, or of every track."""
    taken: dict[int | None, int] = {}
    for one, track in ranked:
        where = track if each_track else None
        if taken.get(where, 0) < most:
            taken[where] = taken.get(where, 0) + 1
            yield one


def dealt(number: int, places: Iterable[tuple[str, int | None]]) -> list[str]:
    """Which outcome each of the first `number` gets, when places are given away in this order.

    `places` are (key, how many are left); None is as many as there are. What is left over gets none.
    """
    given: list[str] = []
    for key, left in places:
        room = number - len(given)
        given += [key] * (room if left is None else min(max(left, 0), room))
    return given
