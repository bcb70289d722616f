"""What an organiser says before a draft is made."""

from dataclasses import dataclass
from typing import Any

from workshop_manager.submissions.states import Outcome
from workshop_manager.timetabling.windows import (
    Hours,
    Window,
    hours_from_json,
    hours_to_json,
    window_from_json,
    window_to_json,
)

TALK, LIGHTNING = 15, 5
"""Minutes, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Options:
    """Minutes by kind of talk, rooms by name (all), whether placed talks may move, and when talks may be.

    `windows` are the days and their hours (none: each day of the event between its first and its last clock), `hours`
    the breaks, and when rooms are open.
    """

    talk: int = TALK
    lightning: int = LIGHTNING
    rooms: frozenset[str] = frozenset()
    moves: bool = False
    windows: tuple[Window, ...] = ()
    hours: tuple[Hours, ...] = ()

    def minutes(self, outcome: Outcome) -> int:
        """How long a talk of this kind is."""
        return self.lightning if outcome is Outcome.LIGHTNING else self.talk


def to_json(options: Options) -> dict[str, Any]:
    """As plain values."""
    return {
        "talk": options.talk, "lightning": options.lightning, "rooms": sorted(options.rooms), "moves": options.moves,
        "windows": [window_to_json(one) for one in options.windows],
        "hours": [hours_to_json(one) for one in options.hours],
    }  # fmt: skip


def from_json(said: dict[str, Any]) -> Options:
    """As `to_json` wrote it."""
    return Options(
        said["talk"], said["lightning"], frozenset(said["rooms"]), said["moves"],
        tuple(window_from_json(one) for one in said["windows"]), tuple(hours_from_json(one) for one in said["hours"]),
    )  # fmt: skip
