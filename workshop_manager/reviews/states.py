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


class ItemKind(enum.Enum):
    """What a review form asks for at one place."""

    SCALE = "scale"
    CHOICE = "choice"
    TEXT = "text"
    ADVICE = "advice"


class Audience(enum.Enum):
    """Who reads an answer, each including those below it: authors, fellow reviewers, the chairs."""

    AUTHORS = "authors"
    REVIEWERS = "reviewers"
    CHAIRS = "chairs"


class SeeOthers(enum.Enum):
    """When a reviewer reads what others wrote of the same work."""

    NEVER = "never"
    AFTER_OWN = "after_own"
    ALWAYS = "always"


class DeclineReason(enum.Enum):
    """Why somebody gives an assignment back. What is a conflict of interest is declared as one instead."""

    TIME = "time"
    TOPIC = "topic"
    LANGUAGE = "language"
    OTHER = "other"
