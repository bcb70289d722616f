"""Where a call stands for whom, what it asks for, and what may be changed of it. No database, no web."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from workshop_manager.calls.states import Blinding
from workshop_manager.core.deadlines import Deadline
from workshop_manager.workshops.states import DateKey

MOST_PER_PERSON = 20
"""The most submissions one person may begin, whatever the call says."""

_HIDDEN = {Blinding.NONE: 0, Blinding.SINGLE: 1, Blinding.DOUBLE: 2}


def may_blind(now: Blinding, wanted: Blinding, is_promised: bool) -> bool:
    """Names that were to be hidden stay hidden once somebody has submitted; hiding more is always possible."""
    return not is_promised or _HIDDEN[wanted] >= _HIDDEN[now]


# -- dates --------------------------------------------------------------------------------------------------------


class Phase(enum.Enum):
    """Where a call stands."""

    UNDATED = "undated"
    AHEAD = "ahead"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"


def phase_of(now: datetime, opens: Deadline | None, due: Deadline | None, is_decided: bool = False) -> Phase:
    """Open from the opening to the deadline, that very second included. A call without a deadline is not dated."""
    if due is None:
        return Phase.UNDATED
    if due.has_passed(now):
        return Phase.DECIDED if is_decided else Phase.CLOSED
    if opens is not None and now < opens.at:
        return Phase.AHEAD
    return Phase.OPEN


SHARED = frozenset({DateKey.NOTIFICATION, DateKey.CONFIRM_BY, DateKey.CAMERA_READY})
"""The dates that a round takes from the call where it has none of its own; it opens and closes by its own only."""

Scope = tuple[DateKey, int | None, int | None]
"""A date, the round it is of (None: the call's own) and the track (None: all that have no date of their own)."""


@dataclass(frozen=True, slots=True)
class Extension:
    """Until when one person may submit, in one round; in every track of it if `track_id` is None."""

    round_id: int | None
    track_id: int | None
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Plan:
    """All dates of a call: everybody's, and those that one person was given. `rounds` are in order, None among them."""

    dates: Mapping[Scope, Deadline]
    rounds: tuple[int | None, ...] = (None,)
    extensions: tuple[Extension, ...] = ()
    is_cancelled: bool = False
    """The edition does not take place: nothing is open, whatever the dates say."""

    def date(self, key: DateKey, round_id: int | None = None, track_id: int | None = None) -> Deadline | None:
        """The date of the track in that round, else that of the round; if the call may stand in for it, the call's."""
        own = self.dates.get((key, round_id, track_id)) or self.dates.get((key, round_id, None))
        return self.dates.get((key, None, None)) if own is None and key in SHARED else own

    def has_own(self, round_id: int | None, track_id: int | None) -> bool:
        """True if that track or that round has a date of its own beside those of the call."""
        places = {(round_id, track_id), (round_id, None)} - {(None, None)}
        return any((of_round, of_track) in places for _key, of_round, of_track in self.dates)

    @property
    def is_plain(self) -> bool:
        """True if no round and no track has a date of its own."""
        return all(round_id is None and track_id is None for _key, round_id, track_id in self.dates)

    @property
    def tracks(self) -> frozenset[int | None]:
        """The tracks that anything is said about, and None for all others."""
        dated = {track_id for _key, _round, track_id in self.dates}
        return frozenset(dated | {given.track_id for given in self.extensions} | {None})


def deadline_for(plan: Plan, round_id: int | None, track_id: int | None) -> Deadline | None:
    """Until when the plan's person may submit to that track in that round: the one answer to that question.

    A track's own date replaces the round's; what the person was given counts if it is later. Raises nothing: None is a
    round without a deadline, in which nobody can submit yet.
    """
    common = plan.date(DateKey.ABSTRACTS_DUE, round_id, track_id)
    own = [e.deadline for e in plan.extensions if e.round_id == round_id and e.track_id in (None, track_id)]
    return max([*([common] if common else []), *own], key=lambda d: d.at, default=None)


def changes_until(plan: Plan, round_id: int | None, track_id: int | None) -> Deadline | None:
    """Until when what was submitted may be changed: never before the deadline itself."""
    due, until = deadline_for(plan, round_id, track_id), plan.date(DateKey.EDIT_UNTIL, round_id, track_id)
    if due is None or until is None:
        return due
    return max(due, until, key=lambda d: d.at)


def extended(plan: Plan, round_id: int | None, track_id: int | None, deadline: Deadline) -> Plan:
    """The plan with that deadline: of one track in a round, or of the whole round.

    A track whose own deadline lay at or after the round's is not left behind: it moves along. An earlier one stays.
    """
    dates, key = dict(plan.dates), DateKey.ABSTRACTS_DUE
    for moved in (track_id, *(moved_along(plan, round_id, deadline) if track_id is None else ())):
        dates[(key, round_id, moved)] = deadline
    return replace(plan, dates=dates)


def moved_along(plan: Plan, round_id: int | None, deadline: Deadline) -> tuple[int, ...]:
    """The tracks whose own deadline moves with that of their round."""
    old = plan.date(DateKey.ABSTRACTS_DUE, round_id)
    own = {
        track_id: date.at
        for (key, of_round, track_id), date in plan.dates.items()
        if key is DateKey.ABSTRACTS_DUE and of_round == round_id and track_id is not None
    }
    return tuple(t for t, at in own.items() if old is not None and old.at <= at < deadline.at)


def is_extension(plan: Plan, now: datetime, round_id: int | None, track_id: int | None, deadline: Deadline) -> bool:
    """True if that deadline gives more time to those who could begin already, and are to be told of it."""
    due = plan.date(DateKey.ABSTRACTS_DUE, round_id, track_id)
    has_begun = phase_for(plan, now, round_id, track_id) in (Phase.OPEN, Phase.CLOSED)
    return due is not None and has_begun and deadline.at > due.at and not deadline.has_passed(now)


def phase_for(plan: Plan, now: datetime, round_id: int | None, track_id: int | None) -> Phase:
    """Whether the plan's person may submit to that track in that round at that moment."""
    opens = plan.date(DateKey.CALL_OPENS, round_id, track_id)
    return _unless_cancelled(plan, phase_of(now, opens, deadline_for(plan, round_id, track_id)))


def change_phase_for(plan: Plan, now: datetime, round_id: int | None, track_id: int | None) -> Phase:
    """Whether what was submitted there may still be changed at that moment."""
    opens = plan.date(DateKey.CALL_OPENS, round_id, track_id)
    return _unless_cancelled(plan, phase_of(now, opens, changes_until(plan, round_id, track_id)))


def _unless_cancelled(plan: Plan, phase: Phase) -> Phase:
    return Phase.CLOSED if plan.is_cancelled and phase in (Phase.OPEN, Phase.AHEAD) else phase


_RANK = (Phase.OPEN, Phase.AHEAD, Phase.CLOSED, Phase.DECIDED, Phase.UNDATED)


def best_phase(phases: Iterable[Phase]) -> Phase:
    """Where a call stands as a whole: open if any part of it is, ahead if any will be."""
    return min(phases, key=_RANK.index, default=Phase.UNDATED)


def overall_phase(plan: Plan, now: datetime) -> Phase:
    """Where the call stands for the plan's person: a track of its own or a round may be open when the rest is not."""
    return best_phase(phase_for(plan, now, round_id, track_id) for round_id in plan.rounds for track_id in plan.tracks)


def open_rounds(plan: Plan, now: datetime) -> tuple[int | None, ...]:
    """The rounds to which the person can submit now, in their order."""
    return tuple(r for r in plan.rounds if any(phase_for(plan, now, r, t) is Phase.OPEN for t in plan.tracks))


def round_to_show(plan: Plan, now: datetime) -> int | None:
    """The round a page speaks of: the open one that closes first, else the next to open, else the last that closed."""

    def place(round_id: int | None) -> tuple[int, float]:
        phase, due = phase_for(plan, now, round_id, None), deadline_for(plan, round_id, None)
        moment = due.at.timestamp() if due else 0.0
        return _RANK.index(phase), -moment if phase is Phase.CLOSED else moment

    return min(plan.rounds, key=place, default=None)


# -- what is asked for --------------------------------------------------------------------------------------------


class Asked(Protocol):
    """What a call and a submission type say about a work."""

    @property
    def word_limit(self) -> int: ...
    @property
    def needs_pdf(self) -> bool: ...
    @property
    def page_limit(self) -> int: ...
    @property
    def reference_pages(self) -> int: ...
    @property
    def max_megabytes(self) -> int: ...
    @property
    def prior_rule(self) -> str: ...
    @property
    def prior_cutoff(self) -> Deadline | None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of one work. `prior_cutoff`: when it must not have appeared before; None: before the opening."""

    words: int
    needs_pdf: bool
    pages: int = 2
    reference_pages: int = 1
    megabytes: int = 10
    prior_rule: str = ""
    prior_cutoff: Deadline | None = None

    @property
    def max_bytes(self) -> int:
        """The largest PDF, in bytes."""
        return self.megabytes * 1024 * 1024

    @property
    def max_pages(self) -> int:
        """The most pages of a PDF, those of references included."""
        return self.pages + self.reference_pages


def limits_of(call: Asked, kind: Asked | None = None) -> Limits:
    """The limits of a work of that type; the call's own without one."""
    asked = kind or call
    return Limits(
        words=asked.word_limit,
        needs_pdf=asked.needs_pdf,
        pages=asked.page_limit,
        reference_pages=asked.reference_pages,
        megabytes=asked.max_megabytes,
        prior_rule=asked.prior_rule,
        prior_cutoff=asked.prior_cutoff,
    )


def cap_of(most_per_person: int | None) -> int:
    """In how many submissions one person may be named."""
    return min(most_per_person or MOST_PER_PERSON, MOST_PER_PERSON)
