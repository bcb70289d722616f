"""When a seat can be passed on; plain values, no database."""

import enum
from datetime import datetime, timedelta

from workshop_manager.core.deadlines import Deadline

MOST_ASKED = 5
"""How many colleagues one registration is offered to, ever: nobody writes mails to strangers by this."""
TRANSFER_LASTS = timedelta(days=7)
PROOF_LASTS = timedelta(hours=24)
"""How long what a visitor typed waits for them to prove their address. Nothing is held for them meanwhile."""
CLAIMS_KEPT = timedelta(days=31)
"""How long after an event the addresses of lists are known."""


class Refusal(enum.Enum):
    """Why a seat cannot be passed on."""

    NO_SEAT = "no_seat"
    OVER = "over"
    APPROVAL = "approval"
    ARRIVED = "arrived"


def refusal(
    *,
    has_seat: bool,
    until: Deadline | None,
    starts_at: datetime,
    now: datetime,
    needs_approval: bool,
    allowed: bool,
    has_arrived: bool = False,
) -> Refusal | None:
    """What stands in the way, or nothing. Without a date a seat is passed on until the event begins.

    `needs_approval` is true of a kind to which organisers say yes; `allowed` if they let it be passed on all the same.
    """
    if not has_seat:
        return Refusal.NO_SEAT
    if now >= starts_at or (until is not None and until.has_passed(now)):
        return Refusal.OVER
    if needs_approval and not allowed:
        return Refusal.APPROVAL
    if has_arrived:
        return Refusal.ARRIVED
    return None


def answer_by(now: datetime, until: Deadline | None, starts_at: datetime) -> datetime:
    """Until when a colleague answers: a week, but never beyond the date for it."""
    return min(now + TRANSFER_LASTS, starts_at, *([until.at] if until is not None else []))
