"""Closed lists of reviewing."""

import enum


class Advice(enum.Enum):
    """What a reviewer would make of it. A recommendation, not a decision."""

    ORAL = "oral"
    LIGHTNING = "lightning"
    POSTER = "poster"
    DECLINE = "decline"


class ReviewState(enum.Enum):
    """A draft is its writer's alone."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
