"""One look at a public feed with every reader and by every rule that holds for all of them: what is wrong fails."""

import re
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import icalendar
import recurring_ical_events

from tests.schedule.readers import Event, libical_events, node_events, vobject_calendar
from tests.schedule.test_calendar import by_ics, check_bytes, unfolded

Seen = dict[str, tuple[str, Any, Any]]
"""By UID: title, start, end."""


def _key(moment: Any) -> Any:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def _of(events: list[Event]) -> Seen:
    assert len({one.uid for one in events}) == len(events), "two events share a UID"
    return {one.uid: (one.title, _key(one.start), _key(one.end) or _key(one.start)) for one in events}


def _by_icalendar(data: bytes) -> Seen:
    events = [
        Event(
            str(one["UID"]),
            str(one.get("SUMMARY", "")),
            "",
            "",
            one["DTSTART"].dt,
            one["DTEND"].dt if "DTEND" in one else None,
        )
        for one in icalendar.Calendar.from_ical(data).walk("VEVENT")
    ]
    return _of(events)


def _by_vobject(data: bytes) -> Seen:
    events = [
        Event(
            one.uid.value,
            one.getChildValue("summary", ""),
            "",
            "",
            one.dtstart.value,
            one.getChildValue("dtend"),
        )
        for one in vobject_calendar(data).contents.get("vevent", [])
    ]
    return _of(events)


def _by_ics(data: bytes) -> Seen:
    return {uid: (title, start, end or start) for uid, title, _place, _text, start, end in by_ics(data)}


def inspect(data: bytes, *, titles: Collection[str] | None = None, link: bool = False) -> Seen:
    """What all readers agree on. `titles` are those that were typed, where they are known; `link` says whether somebody
    registered may find one to join with in it.
    """
    check_bytes(data)
    lines = [line for line in unfolded(data) if line]
    names = Counter(re.split(r"[;:]", line, maxsplit=1)[0] for line in lines)
    assert not {"METHOD", "ORGANIZER", "ATTENDEE", "RDATE", "VALARM"} & names.keys()
    assert len([line for line in lines if re.fullmatch(r"PRODID:.+", line)]) == 1
    for name in ("NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "COLOR"):
        assert any(re.fullmatch(rf"{name}[;:].+", line) for line in lines), f"{name} is missing"
    assert not any(re.search(r"mailto:|[\w.+-]+@[\w-]+\.[a-z]{2,}", line) for line in lines if line[:4] != "UID:")
    for line in lines:
        assert link or not line.startswith("CONFERENCE"), "a link to join"
        assert not re.match(r"CONFERENCE(?!.*;VALUE=URI:\w+:|;VALUE=URI:\w+:)", line), "CONFERENCE is no URI"
        assert not re.match(r"DT\w+;TZID=[^:]*:.*Z$", line), "a UTC time with a zone"
        assert not re.match(r"DT(START|END):\d{8}T\d{6}$", line) or _in_zone(lines, line), "a time floats"
        assert not re.match(r"CATEGORIES:.*,", line), "a comma splits a category"
    _events(data)
    _zones(data)
    seen = _by_icalendar(data)
    assert titles is None or sorted(one[0] for one in seen.values()) == sorted(titles), "a title is not as typed"
    others = {
        "vobject": _by_vobject(data),
        "ical.js": _of(node_events("ical.js", data)),
        "node-ical": _of(node_events("node-ical", data)),
        "libical": _of(libical_events(data)),
    }
    if not any(line.startswith("DTSTART;VALUE=DATE:") for line in lines):
        others["ics"] = _by_ics(data)  # it makes instants of days
    for name, theirs in others.items():
        assert theirs == seen, f"{name} sees something else"
    expanded = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).all()
    assert sorted(str(one["UID"]) for one in expanded) == sorted(seen), "an event comes more than once"
    return seen


def _in_zone(lines: list[str], wanted: str) -> bool:
    """Onsets of a zone have local times of their own."""
    inside = False
    for line in lines:
        inside = line == "BEGIN:VTIMEZONE" or (inside and line != "END:VTIMEZONE")
        if line == wanted:
            return inside
    return False


def _events(data: bytes) -> None:
    for event in icalendar.Calendar.from_ical(data).walk("VEVENT"):
        assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt, "the stamp is not that of the revision"
        assert int(event["SEQUENCE"]) >= 0
        assert str(event["STATUS"]) in ("CONFIRMED", "CANCELLED")
        assert "@" in event["UID"]
        if "DTEND" in event:
            start, end = event["DTSTART"], event["DTEND"]
            assert type(start.dt) is type(end.dt)
            assert start.dt < end.dt, "it ends before it begins"
        assert "RRULE" not in event
        assert not re.search(r"&(amp|lt|gt|quot|#\d+);", str(event.get("SUMMARY", ""))), "an HTML entity"


def _zones(data: bytes) -> None:
    calendar = icalendar.Calendar.from_ical(data)
    described = {str(zone["TZID"]): zone for zone in calendar.walk("VTIMEZONE")}
    for event in calendar.walk("VEVENT"):
        for name in ("DTSTART", "DTEND"):
            zone = event[name].params.get("TZID") if name in event else None
            if zone is None:
                continue
            assert zone in described, f"{zone} is not described"
            # As the calendar describes it, not as this machine knows the name.
            local = event[name].dt.replace(tzinfo=None)
            told = described[zone].to_tz(lookup_tzid=False)
            assert told.utcoffset(local) == event[name].dt.utcoffset(), f"{zone} is described wrong"
    for zone in described.values():
        parts = {part.name for part in zone.subcomponents}
        assert "STANDARD" in parts, "a zone without standard time"
        offsets = {part["TZOFFSETTO"].td for part in zone.subcomponents}
        into = {part["TZOFFSETFROM"].td for part in zone.subcomponents if "RRULE" in part}
        assert into <= offsets, "a half of the year is missing"
