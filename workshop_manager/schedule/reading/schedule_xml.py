"""schedule.xml, as Pentabarf, frab, pretalx and wafer write it. Entities and DTDs are refused unread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from workshop_manager.core.text import isolated
from workshop_manager.schedule.programme import Speaker
from workshop_manager.schedule.reading.events import Event, reading_of
from workshop_manager.schedule.reading.sheets import CONTROL, tidy
from workshop_manager.schedule.reading.values import Format, ImportRefusal, Reading

_NO = frozenset({"", "0", "false", "no", "none"})
_LOOKS_LIKE = {
    "feed": "an Atom feed: news about something, not a schedule",
    "rss": "an RSS feed: news about something, not a schedule",
    "rdf": "an RSS feed: news about something, not a schedule",
    "icalendar": "a calendar in XML; export it as .ics and import that",
    "urlset": "a site map, not a schedule",
    "svg": "a picture, not a schedule",
    "opml": "a list of feeds, not a schedule",
    "kml": "a map, not a schedule",
}


def root_of(text: str) -> Element:
    """The root of an XML text. Raises `ImportRefusal`: `entities` for a DTD or entities, else `unreadable`."""
    # As text, so that whatever encoding it declares was heeded already.
    try:
        root: Element = fromstring(
            CONTROL.sub("", text).lstrip(), forbid_dtd=True, forbid_entities=True, forbid_external=True
        )
    except DefusedXmlException as error:
        raise ImportRefusal(
            "entities", "This XML declares a DOCTYPE or entities, which no schedule needs; export it without them."
        ) from error
    except ParseError as error:
        line = error.position[0]
        sentence = f"This XML is broken in line {line} ({str(error).partition(':')[0]}); export it again."
        raise ImportRefusal("unreadable", sentence) from error
    except (ValueError, LookupError, RecursionError) as error:
        raise ImportRefusal("unreadable", "This XML cannot be read; export it again.") from error
    return root


def read_schedule_xml(text: str, *, day: date, zone: str) -> Reading:
    """The events of a schedule.xml. Raises `ImportRefusal`; for other XML (`other_format`) it says what that is."""
    root = root_of(text)
    name = _name(root)
    if name != "schedule":
        what = _LOOKS_LIKE.get(name.lower(), f"XML of another kind (“{isolated(name[:40])}”), not a schedule.xml")
        raise ImportRefusal("other_format", f"This looks like {what}.")
    conference = next((child for child in root if _name(child) == "conference"), None)
    said_zone = _text(conference, "time_zone_name") if conference is not None else ""
    change = _text(conference, "day_change") if conference is not None else ""
    return reading_of(_events(root, change), day=day, zone=zone, said_zone=said_zone, form=Format.XML)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element | None, name: str) -> str:
    if element is None:
        return ""
    child = next((child for child in element if _name(child) == name), None)
    return "".join(child.itertext()).strip() if child is not None else ""


def _events(root: Element, change: str) -> Iterator[Event]:
    for day in (child for child in root if _name(child) == "day"):
        for room in day:
            # Some write events straight into the day.
            events = [room] if _name(room) == "event" else [child for child in room if _name(child) == "event"]
            for event in events:
                yield _event(event, day, room.get("name", ""), change)


def _event(event: Element, day: Element, room: str, change: str) -> Event:
    persons = next((child for child in event if _name(child) == "persons"), None)
    names = [tidy("".join(person.itertext())) for person in persons] if persons is not None else []
    recording = next((child for child in event if _name(child) == "recording"), None)
    number = event.get("id", "")
    return Event(
        title=_text(event, "title"),
        where=f"event {number}" if number else "",
        subtitle=_text(event, "subtitle"),
        date=_text(event, "date"),
        start=_text(event, "start"),
        end=_text(event, "end"),
        duration=_text(event, "duration"),
        day=day.get("date", ""),
        day_start=day.get("start", "") or change,
        room=_text(event, "room") or room,
        track=_text(event, "track"),
        type=_text(event, "type"),
        abstract=_text(event, "abstract"),
        description=_text(event, "description"),
        persons=tuple(Speaker(name) for name in names[:100] if name),
        id=event.get("guid", "") or number,
        no_recording=_text(recording, "optout").lower() not in _NO,
        is_cancelled=_text(event, "status").lower() in ("cancelled", "canceled"),
    )
