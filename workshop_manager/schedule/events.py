"""What higher packages may want to know; subscriptions stand in `wiring.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScheduleReleased:
    """A version of the schedule is out; `before` is the stored programme of the one before (None: it is the first).

    `tells` is False where whoever released it wanted nobody to get a mail.
    """

    edition_id: int
    before: bytes | None
    release_id: int
    tells: bool = True
