"""Where a call stands, and what may be changed of it. No database, no web."""

import enum
from datetime import datetime

from workshop_manager.calls.states import Blinding
from workshop_manager.core.deadlines import Deadline

_HIDDEN = {Blinding.NONE: 0, Blinding.SINGLE: 1, Blinding.DOUBLE: 2}


def may_blind(now: Blinding, wanted: Blinding, is_promised: bool) -> bool:
    """Names that were to be hidden stay hidden once somebody has submitted; hiding more is always possible."""
    return not is_promised or _HIDDEN[wanted] >= _HIDDEN[now]


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
