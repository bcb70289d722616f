"""What this package tells higher ones; subscriptions stand in `wiring.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubmissionDecided:
    """A decision was released: the submission's state and outcome are the new ones."""

    submission_id: int
    edition_id: int


@dataclass(frozen=True, slots=True)
class SubmissionConfirmed:
    """An author said that an accepted work is presented."""

    submission_id: int
    edition_id: int


@dataclass(frozen=True, slots=True)
class SubmissionDeclined:
    """An author gave the place in the programme back."""

    submission_id: int
    edition_id: int


@dataclass(frozen=True, slots=True)
class SubmissionTurnedDown:
    """A second decision took a place away that the first had given."""

    submission_id: int
    edition_id: int
