"""schedule.json, as frab, pretalx and the VOC's tools write it, and plain lists of talks from an API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from workshop_manager.schedule.programme import Speaker
from workshop_manager.schedule.reading.columns import role_of
from workshop_manager.schedule.reading.events import Event, reading_of
from workshop_manager.schedule.reading.sheets import tidy
from workshop_manager.schedule.reading.values import Doubt, Format, ImportRefusal, Reading

_NOT_A_SCHEDULE = "This is JSON, but no schedule: it holds neither days with rooms nor a list of talks with a start."
_NAMES = ("public_name", "full_public_name", "name", "display_name", "full_name", "title")


def read_schedule_json(text: str, *, day: date, zone: str) -> Reading:
    """The events of a schedule.json, or of a list of talks. Raises `ImportRefusal`."""
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except RecursionError as error:
        raise ImportRefusal("unreadable", "This JSON is nested too deeply to be read.") from error
    except ValueError as error:
        line = getattr(error, "lineno", None)
        at = f" It breaks off in line {line}." if line else ""
        raise ImportRefusal("unreadable", f"This JSON cannot be read.{at} Export it again.") from error
    schedule = _dict(found).get("schedule")
    schedule = _dict(schedule) or _dict(found)
    conference = _dict(schedule.get("conference")) or schedule
    doubts: list[Doubt] = []
    said_zone = _str(conference.get("time_zone_name") or conference.get("timezone") or schedule.get("timezone"))
    if isinstance(conference.get("days"), list):
        events = list(_of_days(conference["days"], doubts))
    else:
        events = list(_of_list(found, doubts))
    return reading_of(events, day=day, zone=zone, said_zone=said_zone, form=Format.JSON, doubts=doubts)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _str(value: Any) -> str:
    """A text; of one in several languages, English or the first."""
    if isinstance(value, dict):
        texts = {key: text for key, text in value.items() if isinstance(text, str)}
        return texts.get("en") or next(iter(texts.values()), "")
    if isinstance(value, bool) or value is None:
        return ""
    return str(value) if isinstance(value, str | int | float) else ""


def _of_days(days: list[Any], doubts: list[Doubt]) -> Iterator[Event]:
    for place, one in enumerate(days):
        day = _dict(one)
        rooms = day.get("rooms")
        pairs = list(rooms.items()) if isinstance(rooms, dict) else [("", rooms)]
        if not day or not isinstance(rooms, dict | list):
            doubts.append(Doubt(None, "page", f"Day {place + 1} of the file holds no rooms, so it was left out."))
            continue
        for room, events in pairs:
            for number, event in enumerate(_list(events)):
                if not isinstance(event, dict):
                    sentence = f"Entry {number + 1} of room “{room}” on day {place + 1} is no event; it was left out."
                    doubts.append(Doubt(None, "page", sentence))
                    continue
                yield _event(event, str(room), _str(day.get("date")), _str(day.get("day_start")))


def _event(event: dict[str, Any], room: str, day: str, day_start: str) -> Event:
    people = event.get("persons") if "persons" in event else event.get("speakers")
    number = _str(event.get("id"))
    return Event(
        title=_str(event.get("title")),
        where=f"event {number}" if number else "",
        subtitle=_str(event.get("subtitle")),
        date=_str(event.get("date")),
        start=_str(event.get("start")),
        end=_str(event.get("end")),
        duration=_str(event.get("duration")),
        day=day,
        day_start=day_start,
        room=_str(event.get("room")) or room,
        track=_str(event.get("track")),
        type=_str(event.get("type")),
        abstract=_str(event.get("abstract")),
        description=_str(event.get("description")),
        persons=_persons(people),
        id=_str(event.get("guid")) or number,
        no_recording=event.get("do_not_record") is True,
        is_cancelled=_str(event.get("status")).lower() in ("cancelled", "canceled"),
    )


def _persons(people: Any) -> tuple[Speaker, ...]:
    found = []
    for person in _list(people)[:100]:
        name = (
            _str(person)
            if not isinstance(person, dict)
            else next(filter(None, (_str(person.get(key)) for key in _NAMES)), "")
        )
        home = _str(_dict(person).get("affiliation") or _dict(person).get("organization"))
        if tidy(name):
            found.append(Speaker(tidy(name), tidy(home) or None))
    return tuple(found)


# -- lists of talks -------------------------------------------------------------------------------------------------


def _of_list(found: Any, doubts: list[Doubt]) -> Iterator[Event]:
    """Talks as an API gives them: objects with a title and a start, which may stand in a `slot` of theirs."""
    document = _dict(found)
    names = {key: _by_id(document.get(key)) for key in ("rooms", "tracks", "speakers")}
    candidates = (
        [found] if isinstance(found, list) else [value for value in document.values() if isinstance(value, list)]
    )
    talks = max(candidates, key=lambda one: sum(1 for talk in one if _starts(talk)), default=[])
    if not any(_starts(talk) for talk in talks):
        raise ImportRefusal("other_format", _NOT_A_SCHEDULE)
    for place, talk in enumerate(talks, start=1):
        if not isinstance(talk, dict):
            doubts.append(Doubt(None, "page", f"Entry {place} is no object with a title, so it was left out."))
            continue
        yield _talk(talk, place, names)


def _flat(talk: Any) -> dict[str, Any]:
    slot = _dict(talk).get("slot")
    return {**_dict(talk), **_dict(slot)} if slot else _dict(talk)


def _starts(talk: Any) -> bool:
    flat = _flat(talk)
    return any(
        role_of(key) in ("start", "start time", "date", "start date") and _str(value) for key, value in flat.items()
    ) and (any(role_of(key) == "title" for key in flat))


def _by_id(value: Any) -> dict[str, str]:
    return {
        _str(one.get("id") or one.get("code")): _str(one.get("name"))
        for one in _list(value)
        if isinstance(one, dict) and (one.get("id") is not None or one.get("code") is not None)
    }


def _talk(talk: dict[str, Any], place: int, names: dict[str, dict[str, str]]) -> Event:
    flat = _flat(talk)
    roles: dict[str, Any] = {}
    for key, value in flat.items():
        role = role_of(key)
        if role and value not in (None, "") and (role not in roles or key in ("title", "start", "end")):
            roles[role] = value
    people = roles.get("speaker")
    known = [names["speakers"].get(_str(one), one) for one in _list(people)] if isinstance(people, list) else people
    date_text, start = (
        _str(roles.get("start date") or roles.get("date")),
        _str(roles.get("start") or roles.get("start time")),
    )
    is_whole = "-" in start
    return Event(
        title=_str(roles.get("title")),
        where=f"entry {place}",
        date=start if is_whole else date_text,
        start="" if is_whole else start,
        end=_str(roles.get("end") or roles.get("end time")),
        duration=_str(roles.get("duration")),
        room=_named(roles.get("room"), names["rooms"]),
        track=_named(roles.get("track"), names["tracks"]),
        type=_str(roles.get("kind")),
        abstract=_str(roles.get("abstract")),
        persons=_persons(known if isinstance(known, list) else [known] if known else []),
        id=_str(flat.get("guid") or flat.get("code") or flat.get("uid") or flat.get("id")),
        no_recording=flat.get("do_not_record") is True,
        is_cancelled=_str(flat.get("status")).lower() in ("cancelled", "canceled"),
    )


def _named(value: Any, names: dict[str, str]) -> str:
    if isinstance(value, dict) and isinstance(value.get("name"), str | dict):
        return _str(value["name"])
    return names.get(_str(value)) or _str(value)
