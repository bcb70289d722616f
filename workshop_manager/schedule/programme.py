"""The vocabulary of a schedule: a programme of items, as values without a database.

A `Programme` is what an organiser works on (the draft) and what a release stores (the published version). Everything
else in this package (rules, changes, calendar, importing) is a pure function over these values.

Shapes and units: every instant is an aware `datetime` in UTC with whole seconds, because iCalendar (RFC 5545 §3.3.5)
has no fractions and a stored release must read back equal. The zone of a programme is an IANA name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FORMAT = 1

# A uid becomes a calendar UID, a page anchor and a JSON key: a safe alphabet spares every one of them its escaping.
_UID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class ProgrammeError(ValueError):
    """A value that can be no part of a programme; the message is one plain sentence."""


class Kind(StrEnum):
    """What an item is; the values are stored, so never rename one."""

    SESSION = "session"
    TALK = "talk"
    KEYNOTE = "keynote"
    LIGHTNING = "lightning"
    POSTER = "poster"
    ROUNDTABLE = "roundtable"
    BREAK = "break"
    MEAL = "meal"
    PRAYER = "prayer"
    OPENING = "opening"
    SOCIAL = "social"
    OTHER = "other"


class Recording(StrEnum):
    """Whether an item is recorded; `forbidden` is a speaker's wish, `not_recorded` only a plan."""

    RECORDED = "recorded"
    NOT_RECORDED = "not_recorded"
    FORBIDDEN = "forbidden"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person on an item.

    `person_key` joins the same person across items (an account's public key, or None for a name only). `listed` False
    means that the person does not want to be named in public: organisers see the name, feeds and pages must not.
    `code` is the address of their own page, in what is public only; that somebody has one changes nothing of an item.
    """

    name: str
    affiliation: str | None = None
    person_key: str | None = None
    listed: bool = True
    code: str | None = field(default=None, compare=False)


def as_utc(moment: datetime, what: str = "time") -> datetime:
    """An aware datetime in any zone as UTC in whole seconds; a naive one raises `ProgrammeError`."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ProgrammeError(f"The {what} {moment.isoformat()} has no zone; a programme holds only aware instants.")
    return moment.astimezone(UTC).replace(microsecond=0)


def as_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; an unknown, empty or malformed name raises `ProgrammeError`."""
    try:
        return ZoneInfo(name)
    # A malformed key raises ValueError, a folder of the database ("America") an OSError.
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ProgrammeError(f"There is no time zone called “{name}”.") from error


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a programme: a session, a talk inside it, a break.

    `start`, `end` and `changed_at` may be given in any zone and are kept in UTC, whole seconds; `end` None means that
    nobody has said yet. `chairs` lead it. `parent` is the uid of the item this one stands in. `sequence` and
    `changed_at` are those of the revision (RFC 5545 §3.8.7.4 and §3.8.7.3) and are set by `changes.next_revision`, not
    by hand. Raises `ProgrammeError` for a naive time or a uid outside `[A-Za-z0-9._-]`, 1 to 100 characters.
    """

    uid: str
    kind: Kind
    title: str
    start: datetime
    end: datetime | None
    abstract: str = ""
    room: str | None = None
    speakers: tuple[Speaker, ...] = ()
    chairs: tuple[Speaker, ...] = ()
    parent: str | None = None
    track: str | None = None
    submission_number: int | None = None
    remote: bool = False
    recording: Recording = Recording.UNDECIDED
    label: str | None = None
    position: int = 0
    cancelled: bool = False
    sequence: int = 0
    changed_at: datetime = EPOCH

    def __post_init__(self) -> None:
        if not _UID.fullmatch(self.uid):
            raise ProgrammeError(
                f"“{self.uid[:120]}” cannot be an item's uid: only letters, digits, dot, dash and underscore can."
            )
        if self.sequence < 0:
            raise ProgrammeError(f"The sequence of {self.uid} is below zero.")
        object.__setattr__(self, "start", as_utc(self.start, "start"))
        object.__setattr__(self, "changed_at", as_utc(self.changed_at, "time of change"))
        if self.end is not None:
            object.__setattr__(self, "end", as_utc(self.end, "end"))
        # Lists are a natural thing to pass and would make the value unhashable.
        object.__setattr__(self, "speakers", tuple(self.speakers))
        object.__setattr__(self, "chairs", tuple(self.chairs))

    @property
    def heading(self) -> str:
        """The title as people read it, with its label in front: `Table 1: Mental health`."""
        return f"{self.label}: {self.title}" if self.label else self.title

    @property
    def listed_speakers(self) -> tuple[Speaker, ...]:
        """The speakers who may be named in public, in order."""
        return tuple(speaker for speaker in self.speakers if speaker.listed)

    @property
    def listed_chairs(self) -> tuple[Speaker, ...]:
        """Those who chair it and may be named in public, in order."""
        return tuple(chair for chair in self.chairs if chair.listed)

    @property
    def people(self) -> tuple[Speaker, ...]:
        """Everybody who has to be there: who speaks, then who chairs it and does not speak in it."""
        return tuple(dict.fromkeys((*self.speakers, *self.chairs)))

    def with_people(self, change: Callable[[tuple[Speaker, ...]], tuple[Speaker, ...]]) -> Item:
        """The item with those who speak and those who chair changed alike; itself if nothing changed."""
        speakers, chairs = change(self.speakers), change(self.chairs)
        if (speakers, chairs) == (self.speakers, self.chairs):
            return self
        return replace(self, speakers=speakers, chairs=chairs)

    @property
    def over_at(self) -> datetime:
        """The instant after which the item lies in the past: its end, or its start where no end is known."""
        return self.start if self.end is None else max(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Programme:
    """The items of one edition, in reading order, with what a feed needs around them.

    `uid_domain` is the host that stands behind the `@` of every calendar UID and must never change in an edition's
    life. `url` is the public schedule page. Items are kept ordered by start, parents before their children, then
    position, then uid, so that equal programmes are equal bytes. Two items with one uid, an unknown zone or a
    malformed host raise `ProgrammeError`.
    """

    uid_domain: str
    name: str
    zone: str
    items: tuple[Item, ...] = ()
    url: str | None = None
    _by_uid: Mapping[str, Item] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not _HOST.fullmatch(self.uid_domain):
            raise ProgrammeError(f"“{self.uid_domain[:120]}” is not a host name.")
        as_zone(self.zone)
        by_uid: dict[str, Item] = {}
        for item in self.items:
            if item.uid in by_uid:
                # RFC 5545 §3.8.4.7: a UID is globally unique; a reader would silently keep only the last.
                raise ProgrammeError(
                    f"Two items share the uid {item.uid}: “{by_uid[item.uid].title}” and “{item.title}”."
                )
            by_uid[item.uid] = item
        ordered = sorted(self.items, key=lambda item: (item.start, item.parent is not None, item.position, item.uid))
        object.__setattr__(self, "items", tuple(ordered))
        object.__setattr__(self, "_by_uid", by_uid)

    def item(self, uid: str | None) -> Item | None:
        """The item with this uid, or None."""
        return None if uid is None else self._by_uid.get(uid)

    def called_off(self, times: int, at: datetime | None, *, is_off: bool) -> Programme:
        """The programme of an edition that was called off or put on again that often, the last time at that instant.

        Every item keeps its uid, and its sequence grows by `times`, so that calendars believe the change.
        """
        if not times or at is None:
            return self
        items = (
            replace(
                item,
                cancelled=item.cancelled or is_off,
                sequence=item.sequence + times,
                changed_at=max(item.changed_at, at),
            )
            for item in self.items
        )
        return replace(self, items=tuple(items))

    def children(self, uid: str) -> tuple[Item, ...]:
        """The items that stand directly in this one, in order."""
        return tuple(item for item in self.items if item.parent == uid)

    def ancestors(self, item: Item) -> tuple[Item, ...]:
        """The item's parent, its parent's parent and so on; a circle in the data ends the walk instead of hanging."""
        found: list[Item] = []
        seen = {item.uid}
        parent = self.item(item.parent)
        while parent is not None and parent.uid not in seen:
            found.append(parent)
            seen.add(parent.uid)
            parent = self.item(parent.parent)
        return tuple(found)

    def room_of(self, item: Item) -> str | None:
        """The item's room, or the room of the nearest item around it: a lightning talk is where its session is."""
        if item.room:
            return item.room
        return next((around.room for around in self.ancestors(item) if around.room), None)


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _item_to_dict(item: Item) -> dict[str, Any]:
    return {
        "abstract": item.abstract,
        "cancelled": item.cancelled,
        "changed_at": _instant(item.changed_at),
        "end": _instant(item.end),
        "kind": item.kind.value,
        "label": item.label,
        "parent": item.parent,
        "position": item.position,
        "recording": item.recording.value,
        "remote": item.remote,
        "room": item.room,
        "sequence": item.sequence,
        "speakers": [_who_to_dict(who) for who in item.speakers],
        "start": _instant(item.start),
        "submission_number": item.submission_number,
        "title": item.title,
        "track": item.track,
        "uid": item.uid,
        # Left out where nobody chairs, so that what was released before reads and writes as it did.
    } | ({"chairs": [_who_to_dict(who) for who in item.chairs]} if item.chairs else {})


def _who_to_dict(who: Speaker) -> dict[str, Any]:
    return {
        "affiliation": who.affiliation, "listed": who.listed, "name": who.name, "person_key": who.person_key,
    } | ({"code": who.code} if who.code else {})  # fmt: skip


def _who_from_dict(data: Mapping[str, Any]) -> Speaker:
    return Speaker(data["name"], data["affiliation"], data["person_key"], bool(data["listed"]), data.get("code"))


def to_json(programme: Programme) -> bytes:
    """A programme as canonical JSON: sorted keys, no spaces, plain ASCII, so equal programmes give equal bytes.

    ASCII because a lone surrogate in somebody's title has no UTF-8 form, yet must not make a release unstorable.
    """
    document = {
        "format": FORMAT,
        "items": [_item_to_dict(item) for item in programme.items],
        "name": programme.name,
        "uid_domain": programme.uid_domain,
        "url": programme.url,
        "zone": programme.zone,
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _item_from_dict(data: Mapping[str, Any]) -> Item:
    return Item(
        uid=data["uid"],
        kind=Kind(data["kind"]),
        title=data["title"],
        start=_moment(data["start"]),
        end=None if data["end"] is None else _moment(data["end"]),
        abstract=data["abstract"],
        room=data["room"],
        speakers=tuple(_who_from_dict(who) for who in data["speakers"]),
        chairs=tuple(_who_from_dict(who) for who in data.get("chairs", ())),
        parent=data["parent"],
        track=data["track"],
        submission_number=data["submission_number"],
        remote=bool(data["remote"]),
        recording=Recording(data["recording"]),
        label=data["label"],
        position=int(data["position"]),
        cancelled=bool(data["cancelled"]),
        sequence=int(data["sequence"]),
        changed_at=_moment(data["changed_at"]),
    )


def from_json(stored: bytes | str) -> Programme:
    """The programme that `to_json` wrote; anything else raises `ProgrammeError` with a sentence."""
    try:
        document = json.loads(stored)
        if document["format"] != FORMAT:
            raise ProgrammeError(f"This programme is stored in format {document['format']!r}; only {FORMAT} is known.")
        return Programme(
            uid_domain=document["uid_domain"],
            name=document["name"],
            zone=document["zone"],
            items=tuple(_item_from_dict(data) for data in document["items"]),
            url=document["url"],
        )
    except ProgrammeError:
        raise
    # json raises ValueError, a missing key KeyError, a wrong shape TypeError or AttributeError, deep nesting the last.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProgrammeError(f"This is not a stored programme ({type(error).__name__}: {error}).") from error
