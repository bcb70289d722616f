"""Times of day as people print them, in minutes since midnight."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from workshop_manager.schedule.reading.sheets import Line, tidy
from workshop_manager.schedule.reading.values import DAY, NOON


@dataclass(frozen=True, slots=True)
class Clock:
    """A printed time: minutes since midnight; `half` is "am" or "pm" where printed (or taken from the other end)."""

    minutes: int
    half: str
    printed: str


@dataclass(frozen=True, slots=True)
class Times:
    start: Clock
    end: Clock | None
    printed: str
    rest: str
    zone_word: str


_ONE = (
    r"(?:(?P<h{n}>\d{{1,2}})(?:\s?[:.h]\s?(?P<m{n}>\d{{2}})(?::\d{{2}})?)?"
    r"(?:\s*(?P<a{n}>[ap]\.?\s?m\b\.?)|\s?h\b|\s?uhr\b)?"
    r"|(?P<w{n}>12\s+noon|noon|midday|midnight))"
)
# In capitals only, and only those in use: "9:00 Test" is a title.
_ZONES = (
    r"(?-i:AoE|UTC|GMT|[ACEHJKMNP][SD]T|AK[SD]T|A[CEW][SD]T|NZ[SD]T|CES?T|EES?T|WES?T"
    r"|BST|IST|GST|SGT|HKT|SAST|MSK|TRT|BRT)\b"
)
_ZONE_WORD = rf"(?:\s*\(?(?P<zone>{_ZONES})\)?)?"
_RANGE = re.compile(
    r"\s*(?:from\s+)?"
    + _ONE.format(n=1)
    + rf"(?:(?:\s*\(?{_ZONES}\)?)?\s*(?:-|–|—|−|‐|‑|‒|~|→|to\b|until\b|till\b|bis\b|à\b)\s*"
    + _ONE.format(n=2)
    + r")?"
    + _ZONE_WORD,
    re.IGNORECASE,
)


def _clock(match: re.Match[str], n: int) -> Clock | None:
    word = match[f"w{n}"]
    if word:
        return Clock(0 if word.lower() == "midnight" else NOON, "am" if word.lower() == "midnight" else "pm", word)
    if match[f"h{n}"] is None:
        return None
    hour, minute = int(match[f"h{n}"]), int(match[f"m{n}"] or 0)
    half = (match[f"a{n}"] or "").lower().replace(".", "").replace(" ", "")
    if minute > 59 or hour > (12 if half else 24) or (hour == 24 and minute) or (half and not hour):
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Clock(hour * 60 + minute, half, "")


def _printed_clocks(match: re.Match[str]) -> tuple[Clock, Clock | None] | None:
    """Start and end of a match of `_RANGE`; None where they are no times of day or only bare numbers."""
    start = _clock(match, 1)
    has_end = match["h2"] is not None or match["w2"] is not None
    end = _clock(match, 2) if has_end else None
    if start is None or (has_end and end is None):
        return None
    # "3 papers" and "3-4 papers" are no times: minutes, am or pm must be printed somewhere.
    marks = ("m1", "a1", "w1", "m2", "a2", "w2") if has_end else ("m1", "a1", "w1")
    if not any(match[key] for key in marks):
        return None
    if end is not None and end.half and not start.half and start.minutes <= NOON + 59:
        start = _with_half_of(start, end)
    return start, end


def _with_half_of(start: Clock, end: Clock) -> Clock:
    """The start of “9-9:30am”: in the half of the day of its end, unless that would put it after the end."""
    guess = start.minutes % NOON + (NOON if end.half == "pm" else 0)
    if guess >= end.minutes >= start.minutes:
        guess = start.minutes
    elif guess > end.minutes and end.half == "am":
        # "10:00 - 2:00am" begins in the evening before.
        guess += NOON
    return replace(start, minutes=guess, half="pm" if guess >= NOON else "am")


def find_times(text: str, *, whole: bool) -> Times | None:
    """The time or range at the beginning of `text`; with `whole`, only if nothing else stands there."""
    match = _RANGE.match(text[:200])
    clocks = _printed_clocks(match) if match is not None else None
    if match is None or clocks is None:
        return None
    rest = text[match.end() :]
    if rest[:1].isalnum() or (rest[:1] in (".", ":", ",") and rest[1:2].isdigit()):
        return None
    rest = _without_other_zone(rest.strip())
    rest = re.sub(r"^\s*onwards?\b", "", rest, flags=re.IGNORECASE).strip().lstrip(":-–—|.,;)").strip()
    if whole and rest:
        return None
    return Times(*clocks, tidy(match.group(0)), rest, match["zone"] or "")


def _without_other_zone(rest: str) -> str:
    """What follows “/ 15:00 UTC”, the same time in another zone; anything else as it is."""
    sign = re.match(r"[/(|=]\s*", rest)
    other = _RANGE.match(rest[:200], sign.end()) if sign is not None else None
    if other is None or not other["zone"] or _printed_clocks(other) is None:
        return rest
    return rest[other.end() :].lstrip(" )")


def show_clock(minutes: int, half_printed: bool) -> str:
    minutes %= DAY
    if half_printed:
        return f"{(minutes // 60 - 1) % 12 + 1}:{minutes % 60:02d}{'pm' if minutes >= NOON else 'am'}"
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def timed_lines(lines: list[Line]) -> int:
    """How many lines have a cell that is a time."""
    return sum(1 for line in lines if any(find_times(cell.text, whole=True) for cell in line.cells))


_LENGTH = re.compile(
    r"(?:(?P<days>\d{1,2}):)?(?P<hours>\d{1,3}):(?P<minutes>[0-5]\d)(?P<seconds>:[0-5]\d)?"
    r"|(?:(?P<h>\d{1,2})\s*(?:h|hrs?|hours?|std|stunden?|heures?|horas?|ore?)\.?)?\s*"
    r"(?:(?P<m>\d{1,4})\s*(?:m|mins?|minutes?|minuten|minutos?|minuti|['′])?\.?)?",
    re.IGNORECASE | re.ASCII,
)


def minutes_of(text: str) -> int | None:
    """A length as printed (`45`, `0:45`, `00:45:00`, `1 h 30 min`) in minutes; None if it is none or nothing."""
    found = _LENGTH.fullmatch(tidy(text)[:40])
    if found is None:
        return None
    if found["minutes"] is not None:
        days, hours, minutes = int(found["days"] or 0), int(found["hours"]), int(found["minutes"])
        if found["days"] is not None and found["seconds"] is None:
            # Three parts are hours, minutes and seconds; the fourth in front counts days.
            days, hours, minutes = 0, int(found["days"]), int(found["hours"])
        total = (days * 24 + hours) * 60 + minutes
    else:
        total = int(found["h"] or 0) * 60 + int(found["m"] or 0)
    return total if 0 < total <= 31 * DAY else None
