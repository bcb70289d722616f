"""What speakers say of an hour, and from where they speak."""

from enum import StrEnum


class Word(StrEnum):
    """What somebody says of a stretch of time."""

    CAN = "can"
    RATHER_NOT = "rather_not"
    CANNOT = "cannot"


class From(StrEnum):
    """From where somebody speaks."""

    THERE = "there"
    AFAR = "afar"
    EITHER = "either"
