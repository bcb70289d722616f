"""Closed lists of claims: states, what is found about receipts, kinds of files, ways to pay."""

import enum


class ClaimState(enum.Enum):
    """Where a claim stands. A cut claim is an approved one with less than was asked."""

    DRAFT = "draft"
    """Receipts are gathered; nobody but their person sees them."""
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    """Sent back with a reason: its person can change it and hand it in again."""
    APPROVED = "approved"
    PAID = "paid"
    CLOSED = "closed"
    """Nothing of it is paid: the money came back, or the person did not come."""


class Finding(enum.Enum):
    """What is odd about a receipt. It is shown to the treasurer, who decides; nothing is refused by it."""

    OVER_AWARD = "over_award"
    SAME_FILE = "same_file"
    SAME_AMOUNT_AND_DAY = "same_amount_and_day"
    BEFORE_EVENT = "before_event"
    AFTER_EVENT = "after_event"


class FileKind(enum.Enum):
    """What a receipt is kept as."""

    PDF = "pdf"
    PICTURE = "picture"


class Way(enum.Enum):
    """How money reached the person, or whom it was paid to for them."""

    TRANSFER = "transfer"
    CASH = "cash"
    CARD = "card"
    BOOKED = "booked"
    """Booked by us: the reference says what, with whom, and its number."""
