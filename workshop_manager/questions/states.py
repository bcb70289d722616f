"""Kinds of questions and of statements, and when an answer is required."""

import enum


class Kind(enum.Enum):
    """What an answer is."""

    SHORT = "short"
    LONG = "long"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    MANY = "many"
    YES_NO = "yes_no"
    LINK = "link"
    FILE = "file"
    PERSON = "person"


class Requirement(enum.Enum):
    """When a question has to be answered."""

    NEVER = "never"
    ALWAYS = "always"
    FROM = "from"


class StatementKind(enum.Enum):
    """What somebody states."""

    ELIGIBLE_PRESENTER = "eligible_presenter"
    ELIGIBLE_AUTHOR = "eligible_author"
    DUAL_SUBMISSION = "dual_submission"
    NON_ARCHIVAL = "non_archival"
    LICENCE = "licence"
    CONDUCT = "conduct"
    PHOTOS = "photos"
    OTHER = "other"
