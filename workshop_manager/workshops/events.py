"""What this package tells higher ones; subscriptions stand in `wiring.py`."""

from dataclasses import dataclass

from workshop_manager.core.deadlines import Deadline
from workshop_manager.workshops.states import DateKey


@dataclass(frozen=True, slots=True)
class DateMoved:
    """A date of an edition was set (`old` is None), moved, or removed (`new` is None)."""

    edition_id: int
    date_id: int
    key: DateKey
    old: Deadline | None
    new: Deadline | None


@dataclass(frozen=True, slots=True)
class EditionMoved:
    """An edition's own start, end or zone changed."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class EditionLooksChanged:
    """An edition's name or colour changed: what was made with it before is made anew."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """A room of an edition has another name, another link or holds another number of people."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class EditionCancelled:
    """An edition does not take place: what is offered in it ends."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class EditionReinstated:
    """A cancelled edition takes place after all."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class ConductChanged:
    """The code of conduct has a new version: whoever agreed, agreed to an earlier one."""

    edition_id: int
    version: int


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """Somebody has a role on the team that they did not have before."""

    edition_id: int
    person_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """A role was taken away, given up or changed into another."""

    edition_id: int
    person_id: int
