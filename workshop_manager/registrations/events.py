"""What higher packages may want to know; subscriptions stand in `wiring.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegistrationConfirmed:
    """Somebody who held no seat took one themselves."""

    edition_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class SeatGiven:
    """A seat came free and went to somebody who waited for it."""

    edition_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class RegistrationCancelled:
    """Somebody takes no part any more; `had_seat` is False for those who only waited."""

    edition_id: int
    person_id: int
    had_seat: bool


@dataclass(frozen=True, slots=True)
class LeftTheRoom:
    """Somebody who held a seat in the room takes part virtually now."""

    edition_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class SeatChanged:
    """Somebody who held a seat holds another one now, or none any more."""

    edition_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class SeatWithoutPersonGone:
    """A seat that was set aside by a list, or a guest's, is free or another one now."""

    registration_id: int


@dataclass(frozen=True, slots=True)
class RegistrationsJoined:
    """Two registrations of one person in one edition became one; what hung on the other is the kept one's now."""

    edition_id: int
    kept_id: int
    left_id: int
