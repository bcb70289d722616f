"""Moments as other systems write them. No database, no web."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from workshop_manager.exchange.states import DateOrder

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(.*))?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:,?\s+(.*))?", re.ASCII)
_NAMED = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3})[a-z]*\.?\s+(?:(\d{1,2}),?\s+)?(\d{4})(?:,?\s+(.*))?", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*"
    r"(Z|UTC|GMT|(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?)?",
    re.ASCII,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def moment_of(typed: str, zone: ZoneInfo, order: DateOrder) -> datetime | None:
    """The instant in UTC, or None for what is no moment. Without an offset it is read in `zone`."""
    typed = typed.strip()
    if re.fullmatch(r"\d{12,14}", typed, re.ASCII):
        return datetime.fromtimestamp(int(typed) / 1000, UTC)  # OpenReview counts milliseconds
    parts = _day_of(typed, order)
    if parts is None:
        return None
    year, month, day, time = parts
    clock = _clock(time or "")
    if clock is None:
        return None
    hour, minute, second, offset = clock
    try:
        found = datetime(year, month, day, hour, minute, second, tzinfo=offset or zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def order_of(typed: Iterable[str]) -> tuple[DateOrder, bool]:
    """How a column writes `3/4/2026`, told by its values, and whether that is certain."""
    pairs = [(int(found[1]), int(found[2])) for text in typed if (found := _YEAR_LAST.match(text.strip()))]
    if any(first > 12 for first, _second in pairs):
        return DateOrder.DAY_FIRST, not any(second > 12 for _first, second in pairs)
    if any(second > 12 for _first, second in pairs):
        return DateOrder.MONTH_FIRST, True
    if any(re.match(r"\d{1,2}\.", text.strip()) for text in typed):
        return DateOrder.DAY_FIRST, True
    return DateOrder.MONTH_FIRST, not pairs


def _day_of(typed: str, order: DateOrder) -> tuple[int, int, int, str | None] | None:
    if found := _YEAR_FIRST.fullmatch(typed):
        return int(found[1]), int(found[2]), int(found[3]), found[4]
    if found := _YEAR_LAST.fullmatch(typed):
        first, second = int(found[1]), int(found[2])
        day_first = order is DateOrder.DAY_FIRST
        return int(found[3]), second if day_first else first, first if day_first else second, found[4]
    if (found := _NAMED.fullmatch(typed)) and found[2].lower() in _MONTHS:
        day = found[1] or found[3]
        return (int(found[4]), _MONTHS.index(found[2].lower()) + 1, int(day), found[5]) if day else None
    return None


def _clock(typed: str) -> tuple[int, int, int, timezone | None] | None:
    if not typed.strip():
        return 0, 0, 0, None
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4][0] in "Pp" else 0)
    return hour, minute, second, _offset(found)


def _offset(found: re.Match[str]) -> timezone | None:
    if not found[5]:
        return None
    if not found[6]:
        return UTC
    minutes = int(found[7]) * 60 + int(found[8] or 0)
    if minutes > 14 * 60:
        return UTC
    return timezone(timedelta(minutes=minutes if found[6] == "+" else -minutes))
