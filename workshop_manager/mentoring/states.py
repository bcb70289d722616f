"""Closed lists of the mentored round."""

import enum


class MatchState(enum.Enum):
    """How far a match has come. Only chairs know of one that is proposed."""

    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    ENDED = "ended"


class Bar(enum.Enum):
    """Why two works are not matched; the strongest reason first."""

    SAME_AUTHOR = "same_author"
    CONFLICT = "conflict"
    REVIEWS = "reviews"
