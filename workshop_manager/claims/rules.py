"""What is odd about receipts, and which act follows which: plain values, no database, no web."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from workshop_manager.claims.states import ClaimState, Finding
from workshop_manager.grants.states import CostKind
from workshop_manager.workshops.rules import MAY_FUNDS

MAY_PAY = MAY_FUNDS
"""Who is the treasurer: owners and organisers. The committee judges whom to help, and sees no bank details."""

EARLIEST = timedelta(days=365)
"""What is booked ahead is bought at most so long before the event."""
MARGIN = timedelta(days=7)
"""Around the event, for what is bought on the way."""
ON_THE_WAY = frozenset({CostKind.GROUND, CostKind.DATA, CostKind.CAREGIVING})
MOST_RECEIPTS = 20
OPEN = frozenset({ClaimState.HANDED_IN, ClaimState.APPROVED})
"""Something is still to be decided or paid."""
THEIRS = frozenset({ClaimState.DRAFT, ClaimState.RETURNED})
"""The person can add receipts and take them out."""
TO_BE_PAID = OPEN | THEIRS
"""Money may still leave for it, so where to pay to is kept."""
COUNTING = frozenset(ClaimState) - {ClaimState.DRAFT}
"""What the treasurer sees."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A receipt as the rules see it; `minor` is in its own currency."""

    sha256: str
    day: date
    minor: int
    currency: str


def findings(
    slip: Slip, others: Iterable[Slip], kind: CostKind, starts: date, ends: date
) -> Iterator[Finding]:  # fmt: skip
    """What is odd about one receipt, the gravest first. `others` are all other receipts of the edition."""
    rest = list(others)
    if any(one.sha256 == slip.sha256 for one in rest):
        yield Finding.SAME_FILE
    elif any((one.day, one.minor, one.currency) == (slip.day, slip.minor, slip.currency) for one in rest):
        yield Finding.SAME_AMOUNT_AND_DAY
    if slip.day < starts - (MARGIN if kind in ON_THE_WAY else EARLIEST):
        yield Finding.BEFORE_EVENT
    elif slip.day > ends + MARGIN:
        yield Finding.AFTER_EVENT


def is_over(asked: int, left: int) -> bool:
    """More is claimed than is left of the award."""
    return asked > left


def is_early(today: date, ends: date, *, in_advance: bool) -> bool:
    """A claim comes after the event, unless it is for what was booked in advance."""
    return not in_advance and today <= ends
