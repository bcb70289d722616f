"""Calendars as other people's programs read them: vobject, ical.js and node-ical (in Node), libical (Debian's library).

Each gives events as `Event`, or fails with a reason. Node and libical are part of a machine that runs the tests, as a
browser is; `.ci/run` installs them.
"""

import atexit
import ctypes
import fcntl
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import vobject

NODE = Path(__file__).parent / "node"
_ZONES: dict[str, Any] = vobject.icalendar.__dict__["__tzidMap"]


def vobject_calendar(data: bytes) -> Any:
    """The calendar as vobject reads it, as a program that has just begun: with no zone known but those of this file."""
    known = dict(_ZONES)
    _ZONES.clear()
    _ZONES["UTC"] = known["UTC"]
    return vobject.readOne(data.decode("utf-8"))


@dataclass(frozen=True, slots=True)
class Event:
    """What a reader makes of a VEVENT. Whole days are dates."""

    uid: str
    title: str
    place: str
    text: str
    start: datetime | date
    end: datetime | date | None
    status: str = ""
    sequence: int = 0
    categories: tuple[str, ...] = ()


# -- Node --------------------------------------------------------------------------------------------------------------


HINT = "calendar readers are missing: install Node with npm, and libical (apt-get install nodejs npm libical3)"


def are_here() -> bool:
    """Whether this machine has what the readers that are no Python need."""
    try:
        ctypes.CDLL("libical.so.3")
    except OSError:
        return False
    return all(map(shutil.which, ("node", "npm")))


def install_node() -> None:
    """The readers of `node/package.json`, at the versions of its lock file; once a machine, if it has npm."""
    if shutil.which("npm") is None:
        return
    with open(NODE / "package.json", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = NODE / "node_modules" / ".installed"
        wanted = (NODE / "package-lock.json").read_text("utf-8")
        if stamp.exists() and stamp.read_text("utf-8") == wanted:
            return
        command = ["npm", "ci", "--no-audit", "--no-fund", "--silent", "--ignore-scripts"]
        subprocess.run(command, cwd=NODE, check=True, capture_output=True, timeout=300)
        stamp.write_text(wanted, "utf-8")


@cache
def _node() -> "subprocess.Popen[str]":
    install_node()
    # A zone that no test uses: a time that floats is then wrong, wherever the tests run.
    process = subprocess.Popen(
        ["node", "read.mjs"],
        cwd=NODE,
        env=os.environ | {"TZ": "Pacific/Chatham"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def _moment(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)


def node_events(reader: str, data: bytes) -> list[Event]:
    """The events as `ical.js` or `node-ical` sees them."""
    process = _node()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"reader": reader, "ics": data.decode("utf-8")}) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    assert answer["problems"] == []
    return [
        Event(
            one["uid"],
            one["title"],
            one["place"],
            one["text"],
            _moment(one["start"]),
            None if one["end"] is None else _moment(one["end"]),
            one["status"] or "",
            one["sequence"],
            tuple(one["categories"]),
        )
        for one in answer["events"]
    ]


# -- libical -----------------------------------------------------------------------------------------------------------


class _Time(ctypes.Structure):
    """`struct icaltimetype` of libical 3."""

    _fields_ = [
        *(
            (name, ctypes.c_int)
            for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")
        ),
        ("zone", ctypes.c_void_p),
    ]


@cache
def _library() -> Any:
    library = ctypes.CDLL("libical.so.3")
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("icalparser_parse_string", pointer, [text]),
        ("icalcomponent_get_first_component", pointer, [pointer, number]),
        ("icalcomponent_get_next_component", pointer, [pointer, number]),
        ("icalcomponent_get_uid", text, [pointer]),
        ("icalcomponent_get_summary", text, [pointer]),
        ("icalcomponent_get_location", text, [pointer]),
        ("icalcomponent_get_description", text, [pointer]),
        ("icalcomponent_get_sequence", number, [pointer]),
        ("icalcomponent_get_dtstart", _Time, [pointer]),
        ("icalcomponent_get_dtend", _Time, [pointer]),
        ("icalcomponent_count_errors", number, [pointer]),
        ("icalcomponent_free", None, [pointer]),
        ("icalcomponent_string_to_kind", number, [text]),
        ("icalrestriction_check", number, [pointer]),
        ("icaltime_as_timet_with_zone", ctypes.c_long, [_Time, pointer]),
        ("icalerror_set_errors_are_fatal", None, [number]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    library.icalerror_set_errors_are_fatal(0)
    return library


def _libical_moment(library: Any, at: _Time) -> Any:
    if at.is_date:
        return date(at.year, at.month, at.day)
    assert at.zone, "a time without a zone"
    return datetime.fromtimestamp(library.icaltime_as_timet_with_zone(at, at.zone), UTC)


def libical_events(data: bytes) -> list[Event]:
    """The events as Evolution and GNOME Calendar see them; a calendar that libical objects to fails."""
    library = _library()
    root = library.icalparser_parse_string(data)
    assert root, "libical reads nothing"
    try:
        assert library.icalcomponent_count_errors(root) == 0
        library.icalrestriction_check(root)
        assert library.icalcomponent_count_errors(root) == 0, "libical objects to a property"
        kind = library.icalcomponent_string_to_kind(b"VEVENT")
        found = []
        part = library.icalcomponent_get_first_component(root, kind)
        while part:
            texts = [
                (getattr(library, f"icalcomponent_get_{name}")(part) or b"").decode()
                for name in ("uid", "summary", "location", "description")
            ]
            start, end = library.icalcomponent_get_dtstart(part), library.icalcomponent_get_dtend(part)
            found.append(
                Event(
                    *texts,
                    _libical_moment(library, start),
                    _libical_moment(library, end) if end.year else None,
                    sequence=library.icalcomponent_get_sequence(part),
                )
            )
            part = library.icalcomponent_get_next_component(root, kind)
        return found
    finally:
        library.icalcomponent_free(root)
