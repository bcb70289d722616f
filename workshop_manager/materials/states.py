"""Enums of this package; the values are stored."""

import enum


class Kind(enum.Enum):
    """What a material is."""

    SLIDES = "slides"
    POSTER = "poster"
    PAPER = "paper"
    CODE = "code"
    RECORDING = "recording"
    CAPTIONS = "captions"
    OTHER = "other"


class Shown(enum.Enum):
    """From when on, and to whom."""

    AT_ONCE = "at_once"
    AFTER_ITEM = "after_item"
    AFTER_EVENT = "after_event"
    REGISTERED = "registered"
    TEAM = "team"


class Agrees(enum.Enum):
    """What a speaker says to a recording of what they give."""

    YES = "yes"
    REGISTERED = "registered"
    NO = "no"
