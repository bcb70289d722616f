"""States of a call."""

import enum


class Blinding(enum.Enum):
    """Who sees whose name in review."""

    DOUBLE = "double"
    SINGLE = "single"
    NONE = "none"
