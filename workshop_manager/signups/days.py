"""When things are: the time of a part, and what fills somebody's day. Only what is released is counted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy.orm import Session

from workshop_manager.schedule import queries as schedule
from workshop_manager.schedule.programme import Item, Programme, from_json
from workshop_manager.schedule.visibility import person_key
from workshop_manager.signups.models import SignupPart
from workshop_manager.signups.rules import LENGTH, Span


@dataclass(frozen=True, slots=True)
class Days:
    """The released schedule as signing up needs it."""

    items: Mapping[str, Item] = field(default_factory=dict)
    rooms: Mapping[str, str] = field(default_factory=dict)
    talks: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    """By the key of a person."""
    speakers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Keys of people by item."""

    def item_of(self, part: SignupPart) -> Item | None:
        """The session that a part is, while it is on the released schedule and not called off."""
        item = self.items.get(part.item_uid or "")
        return None if item is None or item.cancelled else item

    def span(self, part: SignupPart) -> Span | None:
        """When a part is; None while nobody has said."""
        item = self.item_of(part)
        if item is not None:
            return _span(item)
        if part.item_uid is not None or part.starts_at is None:
            return None
        return Span(part.starts_at, part.ends_at or part.starts_at + LENGTH, part.title)

    def where(self, part: SignupPart) -> str:
        """Its room, or what its organisers wrote."""
        return self.rooms.get(part.item_uid or "", "") or part.where

    def leads(self, part: SignupPart, person_id: int) -> bool:
        """Whether they moderate it or speak in its session."""
        return part.moderator_id == person_id or person_key(person_id) in self.speakers.get(part.item_uid or "", ())

    def busy(self, person_id: int, held: Iterable[SignupPart]) -> list[Span]:
        """What fills their day: talks of their own, and places in other blocks."""
        spans = (self.span(part) for part in held)
        return [*self.talks.get(person_key(person_id), ()), *(one for one in spans if one is not None)]


def _span(item: Item) -> Span:
    end = item.end if item.end is not None and item.end > item.start else item.start + LENGTH
    return Span(item.start, end, item.heading)


@lru_cache(maxsize=32)
def read(stored: bytes) -> Days:
    """A stored schedule."""
    programme: Programme = from_json(stored)
    talks: dict[str, list[Span]] = defaultdict(list)
    speakers: dict[str, frozenset[str]] = {}
    for item in programme.items:
        keys = frozenset(who.person_key for who in item.people if who.person_key is not None)
        if keys and not item.cancelled:
            speakers[item.uid] = keys
            for key in keys:
                talks[key].append(_span(item))
    rooms = {item.uid: programme.room_of(item) or "" for item in programme.items}
    return Days({item.uid: item for item in programme.items}, rooms, talks, speakers)


def days(session: Session, edition_id: int) -> Days:
    """The last release of an edition's schedule (one query); nothing before the first."""
    last = schedule.last_release(session, edition_id)
    return read(last.programme) if last is not None else Days()
