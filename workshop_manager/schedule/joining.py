"""Who may join online, and by which link: only the registered, looked up at each fetch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from workshop_manager.schedule import queries
from workshop_manager.schedule.programme import Item, Programme
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Seat:
    """A registration that counts. `join_url` is the edition's own link for whoever has such a seat, if there is one."""

    join_url: str | None = None


@dataclass(frozen=True, slots=True)
class Joining:
    """How somebody registered joins: the links of rooms by name, and the edition's own for every other room."""

    join_url: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)

    def link_for(self, programme: Programme) -> Callable[[Item], str | None]:
        """Gives an item's link: that of its room, or of the room of the session around it, or the edition's."""

        def link(item: Item) -> str | None:
            return self.links.get(programme.room_of(item) or "", self.join_url)

        return link


FindSeat = Callable[[Session, int, int], Seat | None]


def _nobody(_session: Session, _edition_id: int, _person_id: int) -> Seat | None:
    return None


_finders: list[FindSeat] = [_nobody]


def find_seats_with(finder: FindSeat) -> None:
    """Say how a person's seat in an edition is found: `finder(session, edition_id, person_id)`."""
    _finders[:] = [finder]


def joining_of(session: Session, edition: Edition, person_id: int) -> Joining | None:
    """How that person joins; None for somebody without a seat."""
    seat = _finders[0](session, edition.id, person_id)
    if seat is None:
        return None
    return Joining(seat.join_url, queries.room_links(session, edition.id))
