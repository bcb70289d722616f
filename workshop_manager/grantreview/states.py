"""Closed lists of reading grant applications."""

import enum


class Ask(enum.Enum):
    """What is open between the committee and an applicant."""

    INFORMATION = "information"
    """The committee needs to know something, by a date."""
    MORE = "more"
    """The applicant asks for more than was offered, with a reason."""
