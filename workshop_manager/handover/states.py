"""Closed lists of this package."""

import enum


class Purpose(enum.Enum):
    """Why somebody is asked to take a seat."""

    TRANSFER = "transfer"
    LIST = "list"


class Answer(enum.Enum):
    """What became of it. `OPEN`: nobody answered yet."""

    OPEN = "open"
    TAKEN = "taken"
    REFUSED = "refused"
    ENDED = "ended"
