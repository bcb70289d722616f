"""What higher packages may want to know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeatGiven:
    """Somebody holds a seat now: registered, or called up from the line."""

    edition_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class SeatLeft:
    """Somebody no longer holds a seat."""

    edition_id: int
    person_id: int
