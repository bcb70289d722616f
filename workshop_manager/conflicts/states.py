"""Closed lists of conflicts of interest."""

import enum


class ConflictKind(enum.Enum):
    """Why somebody should not judge a work, as it is declared."""

    COAUTHOR = "coauthor"
    COLLEAGUE = "colleague"
    ADVISOR = "advisor"
    PERSONAL = "personal"
    MENTORING = "mentoring"
    """Read its draft in the mentored round: not chosen by anybody, written down when the two are matched."""
    OTHER = "other"


class Why(enum.Enum):
    """Why somebody must not judge a work, as it is found; the strongest reason first."""

    OWN = "own"
    AUTHOR = "author"
    ADDRESS = "address"
    DECLARED = "declared"
    STATED = "stated"
    NAMED = "named"
    COAUTHOR = "coauthor"
    DOMAIN = "domain"
    AFFILIATION = "affiliation"


class KeyKind(enum.Enum):
    """What two keys are compared about."""

    ADDRESS = "address"
    DOMAIN = "domain"
    AFFILIATION = "affiliation"
    NAME = "name"


class About(enum.Enum):
    """Whom a statement is about."""

    PERSON = "person"
    INSTITUTION = "institution"
