"""Who may join online, when, and by which link: only the registered, looked up anew each time.

The link itself stands nowhere: a page of ours says when a session opens, and leads there once it has.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.rules import JOIN_MINUTES
from workshop_manager.schedule import queries
from workshop_manager.schedule.models import JoinUse
from workshop_manager.schedule.programme import Item, Kind, Programme, from_json
from workshop_manager.workshops import cover
from workshop_manager.workshops.models import Edition

OPEN_AFTER = timedelta(hours=1)
"""A session may run over, and somebody whose line broke comes back."""
LENGTH = timedelta(hours=2)
"""Of a session whose end nobody has said."""
_NOTHING_TO_JOIN = frozenset({Kind.BREAK, Kind.MEAL, Kind.PRAYER})


class Stage(Enum):
    """Where the door to a session stands."""

    AHEAD = "ahead"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Joining:
    """How somebody registered joins: the links of rooms by name, and the edition's own for every other room."""

    join_url: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    minutes: int = JOIN_MINUTES

    def link_for(self, programme: Programme) -> Callable[[Item], str | None]:
        """Gives an item's link: that of its room, or of the room of the session around it, or the edition's."""

        def link(item: Item) -> str | None:
            return self.links.get(programme.room_of(item) or "", self.join_url)

        return link


@dataclass(frozen=True, slots=True)
class Door:
    """A session that one can join, and from when until when. `url` is for whoever goes through, never for a page."""

    uid: str
    title: str
    room: str
    start: datetime
    end: datetime | None
    opens_at: datetime
    closes_at: datetime
    url: str = field(repr=False)

    def stage(self, now: datetime) -> Stage:
        if now < self.opens_at:
            return Stage.AHEAD
        return Stage.OPEN if now <= self.closes_at else Stage.OVER


def _door(joining: Joining, uid: str, title: str, room: str, times: tuple[datetime, datetime | None], url: str) -> Door:
    start, end = times
    opens = start - timedelta(minutes=joining.minutes)
    return Door(uid, title, room, start, end, opens, (end or start + LENGTH) + OPEN_AFTER, url)


def doors(programme: Programme, joining: Joining) -> list[Door]:
    """The sessions with a link in their order. What stands in a session has a door only where it has another link."""
    link = joining.link_for(programme)
    found = []
    for item in programme.items:
        url, around = link(item), programme.item(item.parent)
        if url is None or item.cancelled or item.kind in _NOTHING_TO_JOIN:
            continue
        if around is None or link(around) != url:
            room = programme.room_of(item) or ""
            found.append(_door(joining, item.uid, item.heading, room, (item.start, item.end), url))
    return found


def door_to(programme: Programme, found: Mapping[str, Door], item: Item) -> Door | None:
    """Through which of these doors one gets to an item: its own, or that of a session around it."""
    own = (item, *programme.ancestors(item))
    return next((found[each.uid] for each in own if each.uid in found), None)


def doors_of(session: Session, edition: Edition, joining: Joining, now: datetime) -> list[Door]:
    """What is public of the schedule as doors; without any, the edition as a whole has one if it has a link."""
    shown = queries.published(session, edition.id)
    found = doors(from_json(shown.programme), joining) if shown is not None else []
    if found or joining.join_url is None:
        return found
    return [_door(joining, "", edition.name, "", cover.next_time(edition, now), joining.join_url)]


def has_seat(session: Session, edition: Edition, person_id: int) -> bool:
    """True if that person is registered; somebody who only waits for a seat is not."""
    return registrations.is_registered(session, edition.id, person_id)


def joining_of(session: Session, edition: Edition, person_id: int) -> Joining | None:
    """How that person joins; None without a seat, or until they accept the code of conduct as it reads now."""
    link = registrations.join_link_of(session, edition.id, person_id)
    if link is None:
        return None
    return Joining(link.join_url, queries.room_links(session, edition.id), link.minutes)


# -- through the door -------------------------------------------------------------------------------------------------


def go_in(uow: UnitOfWork, edition: Edition, person: Person, uid: str, *, by_calendar: bool = False) -> str:
    """Where that session is just now, counted. Not before its time, and only for whoever may."""
    joining = joining_of(uow.session, edition, person.id)
    if joining is None:
        raise NotFound
    door = next((one for one in doors_of(uow.session, edition, joining, uow.now) if one.uid == uid), None)
    if door is None:
        raise NotFound
    stage = door.stage(uow.now)
    if stage is Stage.AHEAD:
        raise Conflict(str(_("This session is not open yet. Its page says from when on.")))
    if stage is Stage.OVER:
        raise Conflict(str(_("This session is over, and its room is closed.")))
    uow.session.add(
        JoinUse(
            edition_id=edition.id,
            person_id=person.id,
            uid=uid,
            room=door.room[:200],
            at=uow.now,
            by_calendar=by_calendar,
        )
    )
    uow.session.flush()
    return door.url


# -- personal addresses -----------------------------------------------------------------------------------------------


def join_token(feed_token: str) -> str:
    """The secret of the personal address that stands in that calendar. It does not lead back to the calendar's."""
    made = hmac.new(feed_token.encode("utf-8", "surrogatepass"), b"join", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode()[:27]


@dataclass(frozen=True, slots=True)
class Personal:
    """What a personal address stands for."""

    edition: Edition
    person: Person
    door: Door


def personal_door(session: Session, token_hash: str, uid: str, now: datetime) -> Personal | None:
    """The door behind a personal address; None alike for whatever is wrong with it."""
    found = queries.join_of_token(session, token_hash)
    if found is None:
        return None
    edition, person = found
    joining = joining_of(session, edition, person.id)
    if joining is None:
        return None
    all_doors: Sequence[Door] = doors_of(session, edition, joining, now)
    door = next((one for one in all_doors if one.uid == uid), None)
    return Personal(edition, person, door) if door is not None else None
