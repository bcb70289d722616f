"""Who is told what of a slot. Pure functions on plain values.

Source: RFC 5546 §3.2.2 (REQUEST, and again with a higher SEQUENCE), §3.2.5 (CANCEL), §2.1.4 (SEQUENCE).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workshop_manager.invitations.states import Answer


class What(StrEnum):
    """What a speaker learns of a slot."""

    FIRST = "first"
    AGAIN = "again"
    CHANGED = "changed"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot as a speaker knows it; `sequence` is that of the calendars."""

    uid: str
    title: str
    start: datetime
    end: datetime | None
    room: str
    sequence: int = 0
    is_chair: bool = False
    """They lead it and give nothing in it. Said when they are told of it, and no news by itself."""

    @property
    def over_at(self) -> datetime:
        return self.start if self.end is None else max(self.start, self.end)

    @property
    def facts(self) -> tuple[object, ...]:
        """What a speaker must hear of when it changes."""
        return self.title, self.start, self.end, self.room


@dataclass(frozen=True, slots=True)
class Step:
    """What is told of one slot, from what they knew to what is; `sequence` is that of the message."""

    what: What
    before: Slot | None
    after: Slot | None
    sequence: int

    @property
    def slot(self) -> Slot:
        """The slot that the message is about."""
        found = self.after or self.before
        assert found is not None
        return found


def step(told: Slot | None, now: Slot | None, at: datetime, *, was_off: bool = False, sequence: int = 0) -> Step | None:
    """What somebody must be told, who was last told `told` (None: nothing) when their slot now is `now` (None: none).

    Nothing of what is over at `at`, and nothing where nothing changed. `was_off`: they were last told that it is off.
    `sequence` is what calendars have of a slot that is off; a message is always above the last one they got.
    """
    if now is None:
        if told is None or was_off or told.over_at <= at:
            return None
        return Step(What.OFF, told, None, max(sequence, told.sequence + 1))
    if now.over_at <= at:
        return None
    if told is None:
        return Step(What.FIRST, None, now, now.sequence)
    if not was_off and told.facts == now.facts:
        return None
    return Step(What.AGAIN if was_off else What.CHANGED, told, now, max(now.sequence, told.sequence + 1))


def present_answer(answer: Answer | None, answered_start: datetime | None, start: datetime) -> Answer | None:
    """What was said, if it was said of this time."""
    return answer if answered_start == start else None
