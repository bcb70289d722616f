"""What stands in columns of this package and is no part of a programme."""

import enum


class Outcome(enum.Enum):
    """What became of a planned release. `OVERTAKEN`: something else was released before its moment."""

    RELEASED = "released"
    CALLED_OFF = "called_off"
    OVERTAKEN = "overtaken"
    NOTHING = "nothing"
    CHANGED = "changed"
    ERRORS = "errors"
    CANCELLED = "cancelled"
    NOT_ALLOWED = "not_allowed"


class KeptFor(enum.Enum):
    """What a time is kept free for."""

    PRAYER = "prayer"
    MEAL = "meal"
    REST = "rest"
    OTHER = "other"
