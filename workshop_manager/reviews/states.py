"""Closed lists of reviewing."""

import enum


class Advice(enum.Enum):
    """What a reviewer would make of it. A recommendation, not a decision."""

    ORAL = "oral"
    LIGHTNING = "lightning"
    POSTER = "poster"
    DECLINE = "decline"


class ConflictKind(enum.Enum):
    """Why somebody should not judge a work."""

    COAUTHOR = "coauthor"
    COLLEAGUE = "colleague"
    ADVISOR = "advisor"
    PERSONAL = "personal"
    OTHER = "other"


class ReviewState(enum.Enum):
    """A draft is its writer's alone."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
