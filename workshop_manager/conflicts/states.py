"""Closed lists of conflicts of interest."""

import enum


class ConflictKind(enum.Enum):
    """Why somebody should not judge a work."""

    COAUTHOR = "coauthor"
    COLLEAGUE = "colleague"
    ADVISOR = "advisor"
    PERSONAL = "personal"
    OTHER = "other"
