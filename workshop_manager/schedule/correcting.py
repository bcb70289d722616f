"""What a reader of an import puts right before it is taken over: pure functions over readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workshop_manager.core.text import clean_line
from workshop_manager.schedule.reading.values import Reading, Row
from workshop_manager.schedule.rules import Refusal, local_instant

TITLE_LENGTH = 400
ROOM_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A row in the fields of a form: what stands there now, as text, in the zone of the reading."""

    day: str
    start: str
    end: str
    title: str
    room: str
    skip: bool = False
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What was put right in a row; None where a field was left as it was read. Instants are UTC."""

    start: datetime | None = None
    end: datetime | None = None
    is_timed: bool = False
    title: str | None = None
    room: str | None = None
    skip: bool | None = None
    overwrite: bool = False


def suggested(reading: Reading) -> Reading:
    """The reading with what was suggested in the place of what is printed."""
    rows = (
        replace(
            row,
            start_as_printed=row.start(True),
            end_as_printed=row.end(True),
            start_suggested=None,
            end_suggested=None,
        )
        for row in reading.rows
    )
    return replace(reading, rows=tuple(rows))


def shown(row: Row, zone: str) -> Shown:
    """A row of a `suggested` reading as it fills a form."""
    place = ZoneInfo(zone)
    start = row.start_as_printed.astimezone(place) if row.start_as_printed else None
    end = row.end_as_printed.astimezone(place) if row.end_as_printed else None
    return Shown(
        day=start.date().isoformat() if start else "",
        start=f"{start:%H:%M}" if start else "",
        end=f"{end:%H:%M}" if end else "",
        title=row.title,
        room=row.room or "",
        skip=row.is_cancelled,
    )


def correction_of(row: Row, typed: Shown, zone: str) -> tuple[Correction, dict[str, str]]:
    """What was typed against what stands there, and what is wrong with it, by field."""
    before = shown(row, zone)
    wrong: dict[str, str] = {}
    title, room = clean_line(typed.title), clean_line(typed.room)
    if not title and not typed.skip:
        wrong["title"] = "Write a title, or leave the row out."
    if len(title) > TITLE_LENGTH:
        wrong["title"] = f"A title has {TITLE_LENGTH} characters at most."
    if len(room) > ROOM_LENGTH:
        wrong["room"] = f"A room has {ROOM_LENGTH} characters at most."
    start, end, is_timed = row.start_as_printed, row.end_as_printed, False
    if (typed.day, typed.start, typed.end) != (before.day, before.start, before.end) and not typed.skip:
        is_timed = True
        start, end = _times(typed, zone, wrong)
    found = Correction(
        start=start if is_timed else None,
        end=end if is_timed else None,
        is_timed=is_timed and not wrong,
        title=title if title != clean_line(before.title) else None,
        room=room if room != clean_line(before.room) else None,
        skip=typed.skip if typed.skip != before.skip else None,
        overwrite=typed.overwrite,
    )
    return found, wrong


def _times(typed: Shown, zone: str, wrong: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    day, begins, ends = _day(typed.day), _clock(typed.start), _clock(typed.end)
    if day is None:
        wrong["day"] = "Write a day such as 2026-12-11, or leave the row out."
    if begins is None:
        wrong["start"] = "Write a time such as 09:30, or leave the row out."
    if ends is None and typed.end.strip():
        wrong["end"] = "Write a time such as 10:00, or nothing."
    if day is None or begins is None or "end" in wrong:
        return None, None
    start = _instant(day, begins, zone, "start", wrong)
    # An end before the start is after midnight.
    last = day + timedelta(days=1) if ends is not None and ends <= begins and day < date.max else day
    end = _instant(last, ends, zone, "end", wrong) if ends is not None else None
    return start, end


def _instant(day: date, clock: time, zone: str, field: str, wrong: dict[str, str]) -> datetime | None:
    answer = local_instant(day, clock, zone)
    if not isinstance(answer, Refusal):
        return answer.utc
    if answer.code == "twice":
        return answer.choices[0].utc
    wrong[field] = answer.sentence
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        return None


def corrected(reading: Reading, corrections: Mapping[int, Correction]) -> Reading:
    """A `suggested` reading with what was put right. What has no time of its own moves with the row it stands in."""
    moved: dict[int, tuple[Row, Correction]] = {}
    rows = []
    for row in reading.rows:
        found = corrections.get(row.number)
        if found is None:
            around = moved.get(row.parent) if row.parent is not None and not row.time_as_printed else None
            rows.append(_moved_along(row, *around) if around is not None else row)
            continue
        if found.is_timed:
            moved[row.number] = (row, found)
        rows.append(
            replace(
                row,
                title=found.title if found.title is not None else row.title,
                room=(found.room or None) if found.room is not None else row.room,
                start_as_printed=found.start if found.is_timed else row.start_as_printed,
                end_as_printed=found.end if found.is_timed else row.end_as_printed,
                is_cancelled=found.skip if found.skip is not None else row.is_cancelled,
            )
        )
    return replace(reading, rows=tuple(rows))


def _moved_along(row: Row, around: Row, found: Correction) -> Row:
    if (row.start_as_printed, row.end_as_printed) == (around.start_as_printed, around.end_as_printed):
        return replace(row, start_as_printed=found.start, end_as_printed=found.end)
    if row.start_as_printed is None or around.start_as_printed is None or found.start is None:
        return row
    by = found.start - around.start_as_printed
    end = row.end_as_printed + by if row.end_as_printed is not None else None
    return replace(row, start_as_printed=row.start_as_printed + by, end_as_printed=end)


def correction_to_json(found: Correction) -> dict[str, Any]:
    """A correction as it is kept; what was left alone is left out."""
    stored: dict[str, Any] = {}
    if found.is_timed:
        stored["start"] = found.start.isoformat() if found.start else None
        stored["end"] = found.end.isoformat() if found.end else None
    for name in ("title", "room", "skip"):
        if getattr(found, name) is not None:
            stored[name] = getattr(found, name)
    if found.overwrite:
        stored["overwrite"] = True
    return stored


def correction_from_json(stored: Mapping[str, Any]) -> Correction:
    """What `correction_to_json` wrote."""
    return Correction(
        start=_moment(stored.get("start")),
        end=_moment(stored.get("end")),
        is_timed="start" in stored,
        title=stored.get("title"),
        room=stored.get("room"),
        skip=stored.get("skip"),
        overwrite=bool(stored.get("overwrite")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
