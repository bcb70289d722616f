"""A programme in the formats that conference apps, archives, spreadsheets, readers and search engines take.

Sources: the schedule format of frab, pretalx and c3voc (schedule.xml and schedule.json, by their public schemas), Atom
(RFC 4287), CSV (RFC 4180), schema.org's Event. As in the calendar, no clock is read and nothing is drawn: the same
programme always gives the same bytes. Pass only what the public may see; nothing here knows a link to join or an
address of anybody.
"""

import csv
import hashlib
import io
import json
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from workshop_manager.schedule.calendar import clean
from workshop_manager.schedule.programme import Item, Programme, Recording
from workshop_manager.schedule.rules import chairs_in_words
from workshop_manager.web.spreadsheets import harmless

GENERATOR = "workshop-manager"
NIGHT_ENDS = 6
"""The local hour before which something belongs to the evening it goes on from."""
_NIGHT_GAP = timedelta(hours=2)
_WITHOUT_ROOM = "All rooms"
_ONLINE = "Online"
_SMALLEST_ID = 100_000  # a slug needs six figures or more to be one by the schema
_IDS = 2**31 - 1 - _SMALLEST_ID
"""Apps keep it in 32 bits with a sign."""
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Link:
    """An address that belongs to an item: slides, a recording. `file` names a file of ours, which has no `url`."""

    uid: str
    title: str
    url: str
    file: int | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What an export says of the edition around its programme. Instants are UTC; addresses are absolute."""

    name: str
    community: str
    slugs: tuple[str, str]
    page: str
    base: str
    colour: str
    starts_at: datetime
    ends_at: datetime
    tagline: str = ""
    recording_policy: str = ""
    venue: str = ""
    city: str = ""
    in_person: bool = True
    online: bool = False
    is_cancelled: bool = False
    release: int | None = None
    """The number of the release; None for a draft."""
    links: tuple[Link, ...] = ()
    """What there is of items by now, apart from the release, which never changes."""

    @property
    def version(self) -> str:
        """`Release 3`, or `Draft`."""
        return f"Release {self.release}" if self.release is not None else "Draft"

    @property
    def acronym(self) -> str:
        """`musiml_2026`: at least four of `[a-z0-9_]`, as both schemas ask."""
        return re.sub(r"[^a-z0-9_]", "_", "_".join(self.slugs).lower()).ljust(4, "_")

    def item_page(self, item: Item) -> str:
        """Where the page tells of an item."""
        return f"{self.page}#item-{item.uid}"

    def links_of(self, uid: str) -> list[tuple[str, str]]:
        """Title and address of everything there is of an item."""
        return [
            (clean(one.title), one.url or f"{self.page}/items/{uid}/materials/{one.file}")
            for one in self.links
            if one.uid == uid
        ]

    def speaker_page(self, code: str) -> str:
        """Where the page of a speaker is."""
        return f"{self.page}/speakers/{code}"


# -- names that last -------------------------------------------------------------------------------------------------


def slug_of(text: str, fallback: str = "") -> str:
    """Lower-case ASCII letters, digits and single dashes of a text; `fallback` where none are left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or fallback


def slugs_of(names: Iterable[str]) -> dict[str, str]:
    """A slug for each name, in the order given; names that only differ in other letters still get different ones."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        slug = slug_of(name, digest)
        # A slug that begins with a letter, as the schema of a track asks.
        slug = slug if slug[0].isalpha() and len(slug) > 1 else f"n-{slug}"
        found[name] = f"{slug}-{digest}" if slug in found.values() else slug
    return found


def rooms_of(programme: Programme) -> dict[str, str]:
    """The rooms in which something takes place, by name, each with its slug."""
    return slugs_of(sorted({room for item in programme.items if (room := programme.room_of(item))}))


def tracks_of(programme: Programme) -> dict[str, str]:
    """The tracks of the programme, by name, each with its slug."""
    return slugs_of(sorted({item.track for item in programme.items if item.track}))


def numbers_of(programme: Programme) -> dict[str, int]:
    """A number for each uid, the same in every release: apps keep what people starred by it.

    It comes from the uid alone; of two that would have the same one, the later uid takes the next that is free.
    """
    found: dict[int, str] = {}
    for uid in sorted(item.uid for item in programme.items):
        number = int.from_bytes(hashlib.sha256(uid.encode()).digest()[:8], "big") % _IDS
        while number in found:
            number = (number + 1) % _IDS
        found[number] = uid
    return {uid: number + _SMALLEST_ID for number, uid in found.items()}


def guid_of(programme: Programme, item: Item) -> str:
    """The UUID of an item: made of the name that calendars know it by."""
    return calendar_guid(item.uid, programme.uid_domain)


def calendar_guid(uid: str, domain: str) -> str:
    """The name of an item in the formats that want a UUID."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:calendar:{uid}@{domain}"))


# -- conference days -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the conference: what began on it, and in the night that followed without a long break."""

    date: date
    start: datetime
    end: datetime
    items: tuple[Item, ...]


def days_of(programme: Programme, *, with_cancelled: bool = False) -> list[Day]:
    """The items by conference day, start and end in the programme's zone.

    A session after midnight stands in the day before, if it goes on from there: it begins before six, at most two hours
    after the last one ended. A day of another time zone, which begins at three by this clock, is a day of its own.
    """
    zone = ZoneInfo(programme.zone)
    groups: list[tuple[date, list[Item]]] = []
    over: datetime | None = None
    for item in programme.items:
        if item.cancelled and not with_cancelled:
            continue
        local = item.start.astimezone(zone)
        goes_on = (
            over is not None
            and local.hour < NIGHT_ENDS
            and item.start - over <= _NIGHT_GAP
            and groups[-1][0] == local.date() - timedelta(days=1)
        )
        if not groups or not (groups[-1][0] == local.date() or goes_on):
            groups.append((local.date(), []))
            over = None
        groups[-1][1].append(item)
        over = item.over_at if over is None else max(over, item.over_at)
    return [
        Day(
            day,
            items[0].start.astimezone(zone),
            max(item.over_at for item in items).astimezone(zone),
            tuple(items),
        )
        for day, items in groups
    ]


def _empty_day(programme: Programme, about: About) -> Day:
    # A schedule has at least one day, and this is when it would be.
    zone = ZoneInfo(programme.zone)
    start, end = about.starts_at.astimezone(zone), about.ends_at.astimezone(zone)
    return Day(start.date(), start, end, ())


def _room_of(programme: Programme, item: Item, about: About) -> str:
    room = clean(programme.room_of(item) or "").strip()
    if room:
        return " ".join(room.split())
    return _ONLINE if item.remote or not about.in_person else _WITHOUT_ROOM


def _length(item: Item) -> str:
    minutes = int((item.over_at - item.start).total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _optout(item: Item) -> bool:
    return item.recording in (Recording.FORBIDDEN, Recording.NOT_RECORDED)


def _subtitle(programme: Programme, item: Item) -> str:
    around = programme.item(item.parent)
    return clean(around.heading) if around is not None else ""


def _slug(about: About, number: int, item: Item) -> str:
    return f"{about.acronym}-{number}-{slug_of(item.title, 'item')}"


def _schedule_days(programme: Programme, about: About) -> list[Day]:
    return days_of(programme) or [_empty_day(programme, about)]


def _by_room(programme: Programme, day: Day, about: About) -> dict[str, list[Item]]:
    rooms: dict[str, list[Item]] = {}
    for item in day.items:
        rooms.setdefault(_room_of(programme, item, about), []).append(item)
    return rooms


# -- schedule.json ---------------------------------------------------------------------------------------------------


def schedule_json(programme: Programme, about: About) -> bytes:
    """The programme as schedule.json, for conference apps. What is cancelled is left out: the format has no word for
    it. UTF-8."""
    days = _schedule_days(programme, about)
    numbers = numbers_of(programme)
    used = dict.fromkeys(room for day in days for room in _by_room(programme, day, about))
    conference = {
        "acronym": about.acronym,
        "title": clean(about.name),
        "description": clean(about.tagline),
        "start": days[0].date.isoformat(),
        "end": days[-1].date.isoformat(),
        "daysCount": len(days),
        "timeslot_duration": "00:05",
        "time_zone_name": programme.zone,
        "url": about.page,
        "colors": {"primary": about.colour},
        "tracks": [{"name": clean(name), "slug": slug} for name, slug in tracks_of(programme).items()],
        "rooms": [
            {"name": name, "slug": slug, "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{about.page}#room-{name}"))}
            for name, slug in slugs_of(used).items()
        ],
        "days": [
            {
                "index": index,
                "date": day.date.isoformat(),
                "day_start": day.start.isoformat(),
                "day_end": day.end.isoformat(),
                "rooms": {
                    room: [_event_json(programme, item, room, numbers[item.uid], about) for item in items]
                    for room, items in _by_room(programme, day, about).items()
                },
            }
            for index, day in enumerate(days, 1)
        ],
    }
    if not re.fullmatch(r"[A-Z][a-z]+/[A-Z][a-z]+|UTC", programme.zone):
        # The public schema knows no America/New_York.
        del conference["time_zone_name"]
    document = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": GENERATOR, "url": about.base},
        "schedule": {"version": about.version, "base_url": about.base, "conference": conference},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _chairs(item: Item) -> str:
    """The public schema and frab's knows no part but that of a person who gives an event: chairs are told in words."""
    return clean(chairs_in_words(item))


def _event_json(programme: Programme, item: Item, room: str, number: int, about: About) -> dict[str, Any]:
    local = item.start.astimezone(ZoneInfo(programme.zone))
    return {
        "guid": guid_of(programme, item),
        "id": number,
        "date": local.isoformat(),
        "start": f"{local:%H:%M}",
        "end": item.over_at.astimezone(local.tzinfo).isoformat(),
        "duration": _length(item),
        "room": room,
        "slug": _slug(about, number, item),
        "url": about.item_page(item),
        "title": clean(item.heading),
        "subtitle": _subtitle(programme, item),
        "track": clean(item.track) if item.track else None,
        "type": item.kind.value,
        "language": None,
        "abstract": clean(item.abstract),
        "description": _chairs(item),
        "do_not_record": _optout(item),
        "persons": [{"name": clean(who.name)} for who in item.listed_speakers],
        "links": [{"title": title, "url": url} for title, url in about.links_of(item.uid)],
    }


# -- schedule.xml ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Element:
    """An element of XML to be written: no reader of XML is in this product, and a writer is this short."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    inside: list["_Element"] = field(default_factory=list)

    def parts(self) -> Iterator[str]:
        yield f"<{self.tag}"
        for name, value in self.attributes.items():
            yield f' {name}="{escape(value)}"'
        yield f">{escape(self.text, quote=False)}"
        for one in self.inside:
            yield from one.parts()
        yield f"</{self.tag}>"


def _child(parent: _Element, tag: str, text: str = "", /, **attributes: str) -> _Element:
    made = _Element(tag, attributes, text)
    parent.inside.append(made)
    return made


def _document(root: _Element) -> bytes:
    # Controls and half surrogates, which XML has no way to say, are gone since `clean`.
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(root.parts())).encode()


def schedule_xml(programme: Programme, about: About) -> bytes:
    """The programme as schedule.xml, for conference apps. What is cancelled is left out, as in schedule.json."""
    days = _schedule_days(programme, about)
    numbers = numbers_of(programme)
    root = _Element("schedule")
    _child(root, "generator", name=GENERATOR, system=about.base)
    _child(root, "url", f"{about.page}.xml")
    _child(root, "version", about.version)
    conference = _child(root, "conference")
    for name, text in (
        ("title", clean(about.name)),
        ("acronym", about.acronym),
        ("start", days[0].date.isoformat()),
        ("end", days[-1].date.isoformat()),
        ("days", str(len(days))),
        ("timeslot_duration", "00:05"),
        ("base_url", about.base),
        ("url", about.page),
        ("time_zone_name", programme.zone),
    ):
        _child(conference, name, text)
    _child(conference, "color", primary=about.colour)
    for name, slug in tracks_of(programme).items():
        _child(conference, "track", name=clean(name), slug=slug)
    for index, day in enumerate(days, 1):
        whole = _child(
            root,
            "day",
            index=str(index),
            date=day.date.isoformat(),
            start=day.start.isoformat(),
            end=day.end.isoformat(),
        )
        for room, items in _by_room(programme, day, about).items():
            within = _child(
                whole, "room", name=room, guid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{about.page}#room-{room}"))
            )
            for item in items:
                _event_xml(within, programme, item, room, numbers[item.uid], about)
    return _document(root)


def _event_xml(within: _Element, programme: Programme, item: Item, room: str, number: int, about: About) -> None:
    local = item.start.astimezone(ZoneInfo(programme.zone))
    event = _child(within, "event", id=str(number), guid=guid_of(programme, item))
    for name, text in (
        ("room", room),
        ("title", clean(item.heading)),
        ("subtitle", _subtitle(programme, item)),
        ("type", item.kind.value),
        ("date", local.isoformat()),
        ("start", f"{local:%H:%M}"),
        ("duration", _length(item)),
        ("abstract", clean(item.abstract)),
        ("slug", _slug(about, number, item)),
        ("track", clean(item.track or "")),
    ):
        _child(event, name, text)
    persons = _child(event, "persons")
    for who in item.listed_speakers:
        _child(persons, "person", clean(who.name))
    if item.listed_chairs:
        _child(event, "description", _chairs(item))
    recording = _child(event, "recording")
    _child(recording, "license")
    _child(recording, "optout", "true" if _optout(item) else "false")
    _child(event, "url", about.item_page(item))
    if links := about.links_of(item.uid):
        within_event = _child(event, "links")
        for title, url in links:
            _child(within_event, "link", title, href=url)


# -- a table ---------------------------------------------------------------------------------------------------------

COLUMNS = (
    "day", "start", "end", "start_utc", "end_utc", "title", "kind", "session", "room", "track", "speakers",
    "affiliations", "chairs", "remote", "recording", "status", "abstract", "page", "uid",
)  # fmt: skip


def table_rows(programme: Programme, about: About) -> list[tuple[str, ...]]:
    """A row for every item in order, also the cancelled ones; days are those of the conference."""
    zone = ZoneInfo(programme.zone)
    found: list[tuple[str, ...]] = []
    for day in days_of(programme, with_cancelled=True):
        for item in day.items:
            end = item.over_at if item.end is not None else None
            found.append(
                (
                    day.date.isoformat(),
                    f"{item.start.astimezone(zone):%Y-%m-%d %H:%M}",
                    f"{end.astimezone(zone):%Y-%m-%d %H:%M}" if end else "",
                    f"{item.start:%Y-%m-%dT%H:%M:%SZ}",
                    f"{end:%Y-%m-%dT%H:%M:%SZ}" if end else "",
                    clean(item.heading),
                    item.kind.value,
                    _subtitle(programme, item),
                    clean(programme.room_of(item) or ""),
                    clean(item.track or ""),
                    "; ".join(clean(who.name) for who in item.listed_speakers),
                    "; ".join(clean(who.affiliation or "") for who in item.listed_speakers),
                    "; ".join(clean(who.name) for who in item.listed_chairs),
                    "yes" if item.remote else "no",
                    item.recording.value,
                    "cancelled" if item.cancelled else "confirmed",
                    clean(item.abstract),
                    about.item_page(item),
                    item.uid,
                )
            )
    return found


def schedule_csv(programme: Programme, about: About) -> bytes:
    """The programme as CSV (UTF-8 with byte order mark for spreadsheets, no cell a formula)."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in row] for row in table_rows(programme, about))
    return b"\xef\xbb\xbf" + written.getvalue().encode("utf-8", "replace")


# -- what changed, as a feed for readers -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A release in the list of changes: its number, moment, note, and what it changed in sentences."""

    number: int
    released_at: datetime
    note: str
    sentences: Sequence[str]


def changes_atom(entries: Sequence[Entry], about: About, address: str, page: str) -> bytes:
    """The releases as an Atom feed (RFC 4287), the newest first; `address` is its own, `page` that of the changes."""
    root = _Element("feed", {"xmlns": _ATOM})
    _child(root, "title", clean(f"{about.name}: changes of the schedule"))
    _child(root, "id", address)
    newest = max((entry.released_at for entry in entries), default=about.starts_at)
    _child(root, "updated", _moment(newest))
    _child(root, "link", rel="self", type="application/atom+xml", href=address)
    _child(root, "link", rel="alternate", type="text/html", href=page)
    _child(_child(root, "author"), "name", clean(about.community))
    for entry in entries:
        one = _child(root, "entry")
        _child(one, "title", f"Release {entry.number}" + (f": {clean(entry.note)}" if entry.note else ""))
        _child(one, "id", f"{address}#release-{entry.number}")
        _child(one, "updated", _moment(entry.released_at))
        _child(one, "link", rel="alternate", type="text/html", href=page)
        lines = [clean(sentence) for sentence in entry.sentences] or [
            "The first release." if entry.number == 1 else "Nothing that is shown has changed."
        ]
        _child(one, "content", "\n".join(lines), type="text")
    return _document(root)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


# -- for search engines ----------------------------------------------------------------------------------------------

_HARMLESS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def json_ld(programme: Programme, about: About) -> str:
    """The edition and its items as schema.org Events. No `<`, `>` or `&` is in it, so that no title ends a script."""
    whole: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": about.page,
        "name": clean(about.name),
        "url": about.page,
        "startDate": _moment(about.starts_at),
        "endDate": _moment(about.ends_at),
        "eventStatus": _status(is_cancelled=about.is_cancelled),
        "eventAttendanceMode": f"https://schema.org/{_attendance(about)}",
        "organizer": {"@type": "Organization", "name": clean(about.community)},
        "location": _places(about),
        "subEvent": [_sub_event(programme, item, about) for item in programme.items],
    }
    if about.tagline:
        whole["description"] = clean(about.tagline)
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()
    return "".join(_HARMLESS.get(sign, sign) for sign in text)


def _attendance(about: About) -> str:
    if not about.in_person:
        return "OnlineEventAttendanceMode"
    return "MixedEventAttendanceMode" if about.online else "OfflineEventAttendanceMode"


def _status(*, is_cancelled: bool) -> str:
    return f"https://schema.org/{'EventCancelled' if is_cancelled else 'EventScheduled'}"


def _places(about: About) -> list[dict[str, str]]:
    places = []
    if about.in_person:
        name = clean(about.venue or about.city or about.name)
        places.append({"@type": "Place", "name": name, "address": clean(about.city or about.venue or about.name)})
    if about.online or not about.in_person:
        # Where to join is for the registered; this page says how to become one.
        places.append({"@type": "VirtualLocation", "url": about.page})
    return places


def _sub_event(programme: Programme, item: Item, about: About) -> dict[str, Any]:
    zone = ZoneInfo(programme.zone)
    event: dict[str, Any] = {
        "@type": "Event",
        "@id": about.item_page(item),
        "name": clean(item.heading),
        "startDate": item.start.astimezone(zone).isoformat(),
        "endDate": item.over_at.astimezone(zone).isoformat(),
        "eventStatus": _status(is_cancelled=item.cancelled or about.is_cancelled),
        "location": (
            {"@type": "VirtualLocation", "url": about.page}
            if item.remote or not about.in_person
            else {
                "@type": "Place",
                "name": clean(programme.room_of(item) or about.venue or about.city or about.name),
                "address": clean(about.city or about.venue or about.name),
            }
        ),
    }
    performers = [
        {"@type": "Person", "name": clean(who.name)} | ({"url": about.speaker_page(who.code)} if who.code else {})
        for who in item.listed_speakers
    ]
    if performers:
        event["performer"] = performers
    return event


# -- what is starred ---------------------------------------------------------------------------------------------------

STAR_LENGTH = 4
MOST_STARS = 200


def star_of(uid: str) -> str:
    """Four letters that stand for an item in the address of a calendar of one's own choice, the same for ever."""
    number = int.from_bytes(hashlib.sha256(uid.encode()).digest()[:4], "big")
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    return "".join(letters[number >> shift & 31] for shift in (0, 5, 10, 15))


def stars_of(uids: Iterable[str]) -> str:
    """The part of the address for these items: sorted, each once, so that one choice has one address."""
    return "".join(sorted({star_of(uid) for uid in uids}))


def read_stars(text: str) -> frozenset[str] | None:
    """The stars in an address, None if it is no such address: only the one spelling that `stars_of` writes counts."""
    stars = [text[at : at + STAR_LENGTH] for at in range(0, len(text), STAR_LENGTH)]
    if not re.fullmatch(r"(?:[a-z2-7]{4})+", text) or len(stars) > MOST_STARS or stars != sorted(set(stars)):
        return None
    return frozenset(stars)
