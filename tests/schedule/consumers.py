"""What conference apps, feed readers and search engines make of an export; a broken one fails here with a reason."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
from lxml import etree

SCHEMAS = Path(__file__).parents[2].parent / "shared" / "schemas"
"""The public schemas, where they are at hand; what they ask is checked below without them too."""
_XSD = SCHEMAS / "schedule.xml.xsd"
_JSON = SCHEMAS / "schedule.schema.json"

Seen = dict[str, tuple[str, datetime, datetime, str, tuple[str, ...], str]]
"""By guid: title, start and end in UTC, room, names, date of the conference day."""


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    assert at.tzinfo is not None, f"{text} has no offset"
    return at.astimezone(UTC)


def _agree(day: str, date: str, start: str) -> None:
    """`start` is the local time of `date`."""
    assert re.fullmatch(r"\d\d:\d\d", start), start
    assert date[11:16] == start, f"{start} is not the local time of {date}"
    assert date[:10] >= day, f"{date} is before its day {day}"


def _unique(what: str, found: list[Any]) -> None:
    assert len(found) == len(set(found)), f"{what} is not unique"


def app_xml(data: bytes) -> Seen:
    """schedule.xml as an app reads it: by its schema, then what a schema cannot say."""
    root = etree.fromstring(data)
    if _XSD.exists():
        schema = etree.XMLSchema(etree.parse(str(_XSD)))
        assert schema.validate(root), schema.error_log.last_error
    assert root.tag == "schedule"
    assert root.findtext("version")
    seen: Seen = {}
    days = root.findall("day")
    assert days
    _unique("the index of a day", [day.get("index") for day in days])
    _unique("the date of a day", [day.get("date") for day in days])
    for day in days:
        begin, close = _instant(day.get("start")), _instant(day.get("end"))
        for room in day.findall("room"):
            for event in room.findall("event"):
                assert event.findtext("room") == room.get("name")
                date = event.findtext("date")
                _agree(day.get("date"), date, event.findtext("start"))
                hours, minutes = map(int, event.findtext("duration").split(":"))
                start = _instant(date)
                end = start + timedelta(hours=hours, minutes=minutes)
                assert begin <= start <= end <= close
                names = tuple(person.text or "" for person in event.iter("person"))
                UUID(event.get("guid"))
                assert event.get("guid") not in seen, "guid is not unique"
                title = event.findtext("title")
                seen[event.get("guid")] = (title, start, end, room.get("name"), names, day.get("date"))
    events = list(root.iter("event"))
    _unique("id", [event.get("id") for event in events])
    _unique("slug", [event.findtext("slug") for event in events])
    return seen


def app_json(data: bytes) -> Seen:
    """The same of schedule.json."""
    document = json.loads(data)
    if _JSON.exists():
        schema = jsonschema.Draft6Validator(
            json.loads(_JSON.read_text("utf-8")), format_checker=jsonschema.FormatChecker()
        )
        assert [error.message for error in schema.iter_errors(document)] == []
    conference = document["schedule"]["conference"]
    days = conference["days"]
    assert conference["daysCount"] == len(days) > 0
    seen: Seen = {}
    rooms = {room["name"] for room in conference["rooms"]}
    _unique("the index of a day", [day["index"] for day in days])
    events = []
    for day in days:
        begin, close = _instant(day["day_start"]), _instant(day["day_end"])
        for room, found in day["rooms"].items():
            assert room in rooms
            for event in found:
                assert event["room"] == room
                _agree(day["date"], event["date"], event["start"])
                start, end = _instant(event["date"]), _instant(event["end"])
                assert begin <= start <= end <= close
                UUID(event["guid"])
                assert event["guid"] not in seen, "guid is not unique"
                names = tuple(who["name"] for who in event["persons"])
                seen[event["guid"]] = (event["title"], start, end, room, names, day["date"])
                events.append(event)
    _unique("id", [event["id"] for event in events])
    _unique("slug", [event["slug"] for event in events])
    return seen


_ATOM = "{http://www.w3.org/2005/Atom}"


def reader_atom(data: bytes) -> list[tuple[str, str]]:
    """The titles and texts of an Atom feed, by what RFC 4287 asks of it."""
    root = etree.fromstring(data)
    assert root.tag == f"{_ATOM}feed"
    for one in (root, *root.findall(f"{_ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert one.findtext(f"{_ATOM}{name}"), f"{name} is missing"
        _instant(one.findtext(f"{_ATOM}updated"))
    ids = [entry.findtext(f"{_ATOM}id") for entry in root.findall(f"{_ATOM}entry")]
    _unique("the id of an entry", ids)
    assert root.findtext(f"{_ATOM}author/{_ATOM}name")
    entries = root.findall(f"{_ATOM}entry")
    return [(one.findtext(f"{_ATOM}title"), one.findtext(f"{_ATOM}content")) for one in entries]


def engine_json_ld(page: str) -> dict[str, Any]:
    """The one Event in a page, as a search engine finds it: up to the next `</script`, whatever is in a title."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script', page, re.DOTALL)
    assert len(found) == 1
    event: dict[str, Any] = json.loads(found[0])
    assert event["@context"] == "https://schema.org"
    for one in (event, *event["subEvent"]):
        assert one["@type"] == "Event"
        assert one["name"]
        assert one["location"]
        assert _instant(one["startDate"]) <= _instant(one["endDate"])
        assert one["eventStatus"] in ("https://schema.org/EventScheduled", "https://schema.org/EventCancelled")
    return event
