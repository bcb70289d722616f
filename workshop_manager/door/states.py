"""What a door says, and whether it is open."""

import enum


class Verdict(enum.Enum):
    """What became of one ticket shown at the door. Only `in` lets somebody in who was not in before."""

    IN = "in"
    AGAIN = "again"
    """The same code on the same device within moments: held up twice."""
    TWICE = "twice"
    """In already, and shown again later or elsewhere: perhaps a copy."""
    WAITING = "waiting"
    CANCELLED = "cancelled"
    VIRTUAL = "virtual"
    ELSEWHERE = "elsewhere"
    """A ticket of another edition."""
    UNKNOWN = "unknown"


class Doors(enum.Enum):
    """Before the day everything can be tried, and nothing is kept."""

    AHEAD = "ahead"
    OPEN = "open"
    OVER = "over"
