"""Who may join online, and by which link: only the registered, looked up at each fetch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from workshop_manager.registrations import queries as registrations
from workshop_manager.schedule import queries
from workshop_manager.schedule.programme import Item, Programme
from workshop_manager.workshops.models import Edition


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


def has_seat(session: Session, edition: Edition, person_id: int) -> bool:
    """True if that person is registered; somebody who only waits for a seat is not."""
    return registrations.is_registered(session, edition.id, person_id)


def joining_of(session: Session, edition: Edition, person_id: int) -> Joining | None:
    """How that person joins; None without a seat, or until they accept the code of conduct as it reads now."""
    link = registrations.join_link_of(session, edition.id, person_id)
    return Joining(link.join_url, queries.room_links(session, edition.id)) if link is not None else None
