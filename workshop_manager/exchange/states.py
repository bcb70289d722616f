"""Closed lists of imports and exports."""

import enum


class Source(enum.Enum):
    """What wrote a file."""

    OPENREVIEW = "openreview"
    CMT = "cmt"
    EASYCHAIR = "easychair"
    GOOGLE = "google"
    CSV = "csv"
    """Our own export, or any other table."""


class Sort(enum.Enum):
    """What a row of a table is about."""

    SUBMISSIONS = "submissions"
    AUTHORS = "authors"
    REVIEWS = "reviews"
    ASSIGNMENTS = "assignments"


class Target(enum.Enum):
    """What a column holds."""

    ID = "id"
    TITLE = "title"
    ABSTRACT = "abstract"
    AUTHORS = "authors"
    EMAILS = "emails"
    AFFILIATIONS = "affiliations"
    CONTACT_NAME = "contact_name"
    CONTACT_EMAIL = "contact_email"
    TRACK = "track"
    STATUS = "status"
    SUBMITTED = "submitted"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PRESENTS = "presents"
    REVIEWER_NAME = "reviewer_name"
    REVIEWER_FIRST = "reviewer_first"
    REVIEWER_LAST = "reviewer_last"
    REVIEWER_EMAIL = "reviewer_email"
    REVIEW_ID = "review_id"
    VERSION = "version"
    SCORE = "score"
    CONFIDENCE = "confidence"
    SCORES = "scores"
    """Score and confidence in one cell, as EasyChair writes them."""
    TEXT = "text"
    REMARK = "remark"


class Fate(enum.Enum):
    """What became of a submission where it comes from."""

    SUBMITTED = "submitted"
    ORAL = "oral"
    LIGHTNING = "lightning"
    POSTER = "poster"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LEFT_OUT = "left_out"


class DateOrder(enum.Enum):
    """How `3/4/2026` is read."""

    AUTO = "auto"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
