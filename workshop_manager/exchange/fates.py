"""What other systems call accepted, rejected or withdrawn. No database, no web."""

import re

from workshop_manager.exchange.states import Fate

_RULES: tuple[tuple[str, Fate], ...] = (
    (r"deleted|desk[\s-]*reject", Fate.LEFT_OUT),
    (r"withdr[ae]w", Fate.WITHDRAWN),
    (r"wait[\s-]*list|reserve", Fate.WAITLISTED),
    (r"declin|reject|not accept|not selected|\bdecline\b", Fate.REJECTED),
    (r"\boral|\btalk\b|long presentation", Fate.ORAL),
    (r"lightning|spotlight|short talk|short presentation", Fate.LIGHTNING),
    (r"accept|poster|camera|publish", Fate.POSTER),
)
_COMPILED = tuple((re.compile(pattern), fate) for pattern, fate in _RULES)


def fate_of(status: str) -> Fate:
    """A guess, to be shown and corrected: what says nothing else was submitted and waits for a decision."""
    said = status.casefold()
    return next((fate for pattern, fate in _COMPILED if pattern.search(said)), Fate.SUBMITTED)
