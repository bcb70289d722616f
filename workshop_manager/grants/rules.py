"""Who may apply, decide and answer, when, and for how much; plain values, no database, no web."""

import dataclasses
import enum
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Protocol

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import count_words, isolated
from workshop_manager.grants.costs import MOST_NIGHTS, Limit
from workshop_manager.grants.states import Action, AwardState, CostKind, State, Verdict
from workshop_manager.workshops.rules import MAY_FUNDS, Standing

SCORES = range(1, 7)
STATEMENT_WORDS = 500

TRANSITIONS: Mapping[Action, tuple[frozenset[State], State]] = {
    Action.SUBMIT: (frozenset({State.DRAFT}), State.SUBMITTED),
    Action.REOPEN: (frozenset({State.WITHDRAWN}), State.DRAFT),
    Action.OFFER: (frozenset({State.SUBMITTED, State.WAITLISTED, State.EXPIRED}), State.OFFERED),
    Action.WAITLIST: (frozenset({State.SUBMITTED}), State.WAITLISTED),
    Action.REJECT: (frozenset({State.SUBMITTED, State.WAITLISTED}), State.REJECTED),
    Action.ACCEPT: (frozenset({State.OFFERED}), State.ACCEPTED),
    Action.DECLINE: (frozenset({State.OFFERED, State.ACCEPTED}), State.DECLINED),
    Action.EXPIRE: (frozenset({State.OFFERED}), State.EXPIRED),
    Action.HOPE_AGAIN: (frozenset({State.DECLINED}), State.WAITLISTED),
    Action.TAKE_BACK: (frozenset({State.OFFERED, State.ACCEPTED}), State.REJECTED),
    Action.WITHDRAW: (
        frozenset({State.SUBMITTED, State.WAITLISTED, State.OFFERED, State.ACCEPTED}),
        State.WITHDRAWN,
    ),
}
"""From which states an action leads, and where to: the whole life of an application."""

OVER = frozenset({State.WITHDRAWN, State.DECLINED, State.EXPIRED, State.REJECTED})
"""Nothing is open any more between the person and the committee."""

ACTIONS: Mapping[Verdict, Action] = {
    Verdict.OFFER: Action.OFFER,
    Verdict.WAITLIST: Action.WAITLIST,
    Verdict.REJECT: Action.REJECT,
}
"""What a released decision does."""

STILL_HOPING = frozenset({State.SUBMITTED, State.WAITLISTED, State.OFFERED, State.ACCEPTED, State.EXPIRED})
"""Whom it concerns when the event does not take place: with a grant, or one that could still come."""

JOURNEY = frozenset({CostKind.AIR, CostKind.GROUND, CostKind.LODGING, CostKind.VISA})
"""What nobody needs who takes part from afar."""

COMMITTED = frozenset({AwardState.OFFERED, AwardState.ACCEPTED})
LIVE = COMMITTED | {AwardState.PROPOSED}
EDITABLE = frozenset({State.DRAFT, State.SUBMITTED})
AT_DESK = frozenset(State) - {State.DRAFT}
"""What the committee sees; a draft is its writer's alone."""
OPEN_TO_DECISION = frozenset().union(*(TRANSITIONS[action][0] for action in ACTIONS.values()))
TO_SCORE = frozenset({State.SUBMITTED, State.WAITLISTED})


def N_(message: str) -> str:
    """Mark `message` for Babel, which finds it by this function's name, and return it as it is."""
    return message


def leads_to(action: Action, state: State) -> State | None:
    """The state after that action, or None if it cannot be done from here."""
    sources, target = TRANSITIONS[action]
    return target if state in sources else None


def is_blind_for(standing: Standing, is_blind: bool) -> bool:
    """Whoever reads and does not run the edition learns no names before the answer, if the edition says so."""
    return is_blind and not standing.may(MAY_FUNDS)


def is_hidden(is_blind: bool, released_at: datetime | None) -> bool:
    """Name, affiliation and address are kept back until the answer is out."""
    return is_blind and released_at is None


# -- the window -----------------------------------------------------------------------------------------------------


class Phase(enum.Enum):
    """Where an edition's grants stand."""

    UNDATED = "undated"
    AHEAD = "ahead"
    OPEN = "open"
    CLOSED = "closed"


def phase_of(
    now: datetime, opens: Deadline | None, due: Deadline | None, *, has_funds: bool, is_cancelled: bool = False
) -> Phase:
    """Open from the opening to the deadline, that very second included; not without a deadline and a fund.

    Where nothing takes place, nothing is open or will be.
    """
    if due is None or not has_funds:
        return Phase.UNDATED
    if is_cancelled or due.has_passed(now):
        return Phase.CLOSED
    if opens is not None and now < opens.at:
        return Phase.AHEAD
    return Phase.OPEN


def may_edit(state: State | None, phase: Phase, *, is_earlier: bool = False, was_given: bool = False) -> bool:
    """Begin one (no state yet), or change a draft or what was submitted, while applications are taken.

    What was handed in for an earlier round stays as it is; once it is over, another can be begun. What money was
    offered for is never written again: claims and payments hang on its lines.
    """
    if phase is not Phase.OPEN or state is None:
        return phase is Phase.OPEN
    if is_earlier:
        return state is State.DRAFT or state in OVER
    return state in EDITABLE or (state is State.WITHDRAWN and not was_given)


def offer_has_ended(accept_by: datetime | None, now: datetime) -> bool:
    """True from the first instant after the announced one."""
    return accept_by is not None and now > accept_by


# -- what is missing before an application can be submitted ---------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Gap:
    """Something to be done before submitting: at which field, in a sentence for gettext with its values."""

    field: str
    message: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


def gaps(asked: int, statement: str) -> Iterator[Gap]:
    """Everything that is missing, in the order of the page; `asked` is the sum of all estimates."""
    if asked <= 0:
        yield Gap("amount_air", N_("Ask for something: at least one estimate above zero."))
    words = count_words(statement)
    if not words:
        yield Gap("statement", N_("Tell us in a few sentences what the grant would make possible."))
    elif words > STATEMENT_WORDS:
        values = {"words": words, "over": words - STATEMENT_WORDS}
        yield Gap("statement", N_("%(words)s words. Take out %(over)s."), values)


class Wish(Protocol):
    """What somebody says about one kind of cost."""

    @property
    def kind(self) -> CostKind: ...
    @property
    def estimate(self) -> int: ...
    @property
    def own(self) -> int: ...
    @property
    def paid_by(self) -> str: ...


def refusals(costs: Iterable[Wish], arrives: date | None, departs: date | None) -> Iterator[Gap]:
    """What cannot be true, in the order of the page: two sources for one line, an own part of everything or of nothing,
    a stay that ends before it began.
    """
    for cost in costs:
        field = f"amount_{cost.kind.value}"
        if cost.paid_by and cost.estimate > 0:
            yield Gap(
                field,
                N_(
                    "%(source)s pays this, and a cost is paid from one source only. Leave the estimate empty here, "
                    "or take out who pays it and ask for all of it."
                ),
                {"source": isolated(cost.paid_by)},
            )
        elif 0 < cost.estimate <= cost.own:
            yield Gap(field, N_("You pay all of this yourself. Leave it out, or lower your own part."))
        elif cost.own > 0 and cost.estimate <= 0:
            yield Gap(field, N_("Say what it costs in all; your own part is taken off."))
    if arrives is not None and departs is not None and departs <= arrives:
        yield Gap("departs_on", N_("The day you leave comes after the day you arrive."))
    elif arrives is not None and departs is not None and (departs - arrives).days > MOST_NIGHTS:
        yield Gap("departs_on", N_("That is longer than a year. Look at the days again."))


def days_gap(limit: Limit | None, stayed: int | None, *, has_lodging: bool) -> Gap | None:
    """Lodging that is paid by the night needs the days of the stay."""
    if has_lodging and limit is not None and limit.nights is not None and stayed is None:
        return Gap("arrives_on", N_("Say when you arrive and when you leave: lodging is given by the night."))
    return None


# -- money ----------------------------------------------------------------------------------------------------------


def needs(amounts: Iterable[tuple[int, int]]) -> dict[int, int]:
    """What (fund, minor units) pairs ask of each fund."""
    sums: dict[int, int] = {}
    for fund_id, minor in amounts:
        sums[fund_id] = sums.get(fund_id, 0) + minor
    return sums


def shortfalls(needed: Mapping[int, int], left: Mapping[int, int]) -> dict[int, int]:
    """By how much each fund would be overdrawn; empty if none would."""
    return {fund: minor - left.get(fund, 0) for fund, minor in needed.items() if minor > left.get(fund, 0)}


def is_lower(offered: Mapping[int, int], taken: Mapping[int, int]) -> bool:
    """True if every line is taken at most as it was offered, and no other line: an award is only ever lowered."""
    return all(0 <= minor <= offered.get(line, -1) for line, minor in taken.items())


def which_stays(mine: State, theirs: State) -> int | None:
    """Which of two applications of one person stays, 0 or 1; None if both are open and one has to be withdrawn first.

    A draft gives way to whatever was handed in, what is over to what is open; otherwise the first stays.
    """
    weights = [0 if state is State.DRAFT else 1 if state in OVER else 2 for state in (mine, theirs)]
    if weights == [2, 2]:
        return None
    return 1 if weights[1] > weights[0] else 0
