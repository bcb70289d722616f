"""What higher packages may want to know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubmissionAnswered:
    """An accepted work was confirmed or declined."""

    edition_id: int
    submission_id: int
    confirmed: bool
