"""Closed lists of who reads what."""

import enum


class BidLevel(enum.Enum):
    """What a reviewer says of reading a work. Whoever cannot declares a conflict of interest instead."""

    WANT = "want"
    CAN = "can"
    RATHER_NOT = "rather_not"


class ProposalState(enum.Enum):
    """How far an automatic assignment is. An applied or discarded one is gone."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class PairKind(enum.Enum):
    """How a pair came into a proposal, or was taken out of it."""

    FOUND = "found"
    BY_HAND = "by_hand"
    BARRED = "barred"
