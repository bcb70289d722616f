"""What accepted authors may be asked for, and how firmly."""

import enum


class Item(enum.Enum):
    """One thing that is handed in for the proceedings."""

    DETAILS = "details"
    FINAL = "final"
    POSTER = "poster"
    SLIDES = "slides"
    VIDEO = "video"
    RIGHTS = "rights"


class Ask(enum.Enum):
    """Whether something is asked for: not at all, if they like, or of everybody it fits."""

    NO = "no"
    MAY = "may"
    MUST = "must"


class NumberOrder(enum.Enum):
    """In which order poster numbers are given."""

    TRACK = "track"
    SESSION = "session"
