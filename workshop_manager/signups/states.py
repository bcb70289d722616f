"""Closed lists of signing up."""

import enum


class Way(enum.Enum):
    """How places are given: at once, or all together after everybody ranked what they would like."""

    FIRST_COME = "first_come"
    RANKED = "ranked"


class Audience(enum.Enum):
    """Whose seat lets them sign up."""

    EVERYBODY = "everybody"
    IN_PERSON = "in_person"
    VIRTUAL = "virtual"


class Phase(enum.Enum):
    """Where a block stands. `deciding`: choices are in and places are not given yet; `settled`: they are."""

    AHEAD = "ahead"
    OPEN = "open"
    DECIDING = "deciding"
    SETTLED = "settled"
    CLOSED = "closed"
