"""What stands in columns of this package."""

import enum


class Answer(enum.Enum):
    """What a speaker said of a slot."""

    YES = "yes"
    NO = "no"
