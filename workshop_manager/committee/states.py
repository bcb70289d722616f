"""Closed lists of recruiting."""

import enum


class Source(enum.Enum):
    """Where the idea to ask somebody came from."""

    LIST = "list"
    PAST = "past"
    AUTHOR = "author"
    SUGGESTION = "suggestion"
    TEAM = "team"


class Stage(enum.Enum):
    """How far asking somebody has come."""

    SUGGESTED = "suggested"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
