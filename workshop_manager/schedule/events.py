"""What higher packages may want to know; subscriptions stand in `wiring.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScheduleReleased:
    """A version of the schedule is out; `before` is the stored programme of the one before (None: it is the first)."""

    edition_id: int
    before: bytes | None
