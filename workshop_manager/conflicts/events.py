"""What this package tells higher ones; subscriptions stand in `wiring.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConflictFound:
    """From now on this person must not judge this work: what they had of it goes."""

    submission_id: int
    person_id: int
