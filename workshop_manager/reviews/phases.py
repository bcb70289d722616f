"""The phases of reviewing: from when to when, and what each lets people do. Plain values, no database.

Everything that depends on the phase asks `phase_at` for it: pages, mails and exports alike. Without any phase defined,
reviews are written and discussed until decisions are released, and others' are read after one's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workshop_manager.reviews.states import SeeOthers


@dataclass(frozen=True, slots=True)
class Phase:
    """What is switched on from `starts_at` until the next phase starts."""

    name: str = ""
    starts_at: datetime | None = None
    zone: str = "UTC"
    may_write: bool = False
    """Reviews are written and changed."""
    see_others: SeeOthers = SeeOthers.NEVER
    """When a reviewer reads the reviews of others, and with them the discussion and the authors' answer."""
    shows_names: bool = False
    """Fellow reviewers see each other's names. Authors never do."""
    may_discuss: bool = False
    authors_read: bool = False
    """Authors read the reviews, without what is for reviewers or chairs only, before any decision."""
    authors_respond: bool = False


UNDIVIDED = Phase(may_write=True, see_others=SeeOthers.AFTER_OWN, may_discuss=True)
"""The only phase of an edition that defines none."""
BEFORE = Phase()
"""Before the first phase begins, works are read and nothing is written."""


def phase_at(phases: Sequence[Phase], now: datetime) -> Phase:
    """The phase that holds at that moment: the last one that has started."""
    if not phases:
        return UNDIVIDED
    started = [phase for phase in phases if phase.starts_at is not None and phase.starts_at <= now]
    return max(started, key=_start) if started else BEFORE


def next_phase(phases: Sequence[Phase], now: datetime) -> Phase | None:
    """The phase that starts next."""
    coming = [phase for phase in phases if phase.starts_at is not None and phase.starts_at > now]
    return min(coming, key=_start) if coming else None


def writes_from(phases: Sequence[Phase], now: datetime) -> Phase | None:
    """The phase in which reviews are written next."""
    coming = [phase for phase in phases if phase.starts_at is not None and phase.starts_at > now and phase.may_write]
    return min(coming, key=_start) if coming else None


def names_from(phases: Sequence[Phase], now: datetime) -> Phase | None:
    """The phase in which fellow reviewers first see each other's names: reviewers are told before they write."""
    if phase_at(phases, now).shows_names:
        return phase_at(phases, now)
    coming = [p for p in phases if p.starts_at is not None and p.starts_at > now and p.shows_names]
    return min(coming, key=_start) if coming else None


def _start(phase: Phase) -> datetime:
    if phase.starts_at is None:
        raise ValueError("a phase that is stored has a start")
    return phase.starts_at


def may_see_others_reviews(phase: Phase, *, own_is_in: bool) -> bool:
    """Nobody who writes a review reads others' before their own is in, unless the phase lets them."""
    return phase.see_others is SeeOthers.ALWAYS or (phase.see_others is SeeOthers.AFTER_OWN and own_is_in)


def may_read_thread(phase: Phase, *, is_chair: bool, is_lead: bool, is_reviewer: bool, own_is_in: bool) -> bool:
    """The discussion is read by whoever may read the reviews: chairs, the lead, and reviewers when the phase says so.

    A lead who reviews the work too forms an opinion first, like everybody else.
    """
    return is_chair or (is_lead and not is_reviewer) or may_see_others_reviews(phase, own_is_in=own_is_in)


def may_speak(phase: Phase, *, is_chair: bool, reads: bool, is_undecided: bool) -> bool:
    """Who reads the discussion takes part while it is open; chairs also before and after."""
    return reads and (is_chair or (phase.may_discuss and is_undecided))


def may_respond(phase: Phase, *, is_undecided: bool) -> bool:
    """Authors answer the reviews while the phase lets them and nothing is decided."""
    return phase.authors_read and phase.authors_respond and is_undecided


def authors_may_read(phase: Phase, *, is_undecided: bool, is_released: bool) -> bool:
    """Authors read their reviews once the decision is out, and before it only while the phase says so."""
    return is_released or (phase.authors_read and is_undecided)
