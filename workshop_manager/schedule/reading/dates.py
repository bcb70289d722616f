"""Days as people and programs print them, with or without a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from babel.dates import get_day_names, get_month_names

from workshop_manager.schedule.rules import day_in_words

_LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)", re.ASCII)
_NUMBERS = re.compile(
    r"(\d{1,2})\s?([./-])\s?(\d{1,2})(?:\2\s?(\d{4}|\d{2}(?!\d|:)))?(?:(?<=\d)\.(?!\d)|(?![\d:.]))", re.ASCII
)
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|[.º°ª])?\s+(?:of\s+|de\s+)?([^\W\d_]{3,12})\.?(?:,?\s+(?:de\s+|del\s+)?(\d{4})(?!\d))?",
    re.I,
)
_MONTH_FIRST = re.compile(
    r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?!\d|:\d|\s*[ap]\.?m\b)(?:,?\s+(\d{4})(?![\d:]))?", re.I
)
_WORD = re.compile(r"([^\W\d_]{2,12})(?:\.|\b)[\s,:–-]*")
_COUNTED = re.compile(r"(?:day|tag|jour|d[ií]a|dia|giorno|dag)\s+#?(\d{1,2}|one|two|three|four|five|six|seven)\b", re.I)
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven")
_EDGE = " \t\u00a0:,;|()[]*_–—-"
FAR = timedelta(days=400)


@cache
def _months() -> dict[str, int]:
    return {
        name.rstrip(".").casefold(): number
        for language in reversed(_LANGUAGES)
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    } | {"sept": 9}


@cache
def _weekdays() -> dict[str, int]:
    names = {
        name.rstrip(".").casefold(): number
        for language in reversed(_LANGUAGES)
        for width in ("wide", "abbreviated")
        for number, name in get_day_names(width, locale=language).items()
        if len(name.rstrip(".")) > 2 or width == "wide"
    }
    return names | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day that stands in a text: what was printed, what follows it, and what is doubtful about it."""

    day: date
    printed: str
    rest: str
    doubt: str = ""
    has_year: bool = False


def day_first(texts: Iterable[str]) -> bool | None:
    """Whether `3/4/2026` names the third of April in these texts; None where nothing tells."""
    votes = set()
    for text in texts:
        found = _NUMBERS.match(text.strip())
        if found is None:
            continue
        if found[2] == "." or int(found[1]) > 12:
            votes.add(True)
        elif int(found[3]) > 12:
            votes.add(False)
    return votes.pop() if len(votes) == 1 else None


def find_day(text: str, near: date, order: bool | None = None) -> FoundDay | None:
    """The day at the beginning of `text`; a missing year is the one that brings it nearest to `near`.

    Understands ISO dates, `11.12.2026`, `12/11/2026` (in `order`, as of `day_first`), names of months and weekdays in
    seven languages, and `Day 2`, counted from `near`.
    """
    text = text[:200].lstrip(_EDGE)
    start = 0
    weekday: int | None = None
    counted: date | None = None
    count = _COUNTED.match(text)
    if count is not None:
        word = count[1].lower()
        number = int(word) if word.isdecimal() else _COUNTS.index(word) + 1
        counted = near + timedelta(days=max(number, 1) - 1) if near < date.max - timedelta(days=100) else None
        start = count.end() + len(text[count.end() :]) - len(text[count.end() :].lstrip(_EDGE))
    word_found = _WORD.match(text, start)
    if word_found is not None and (word_found[1].casefold() in _weekdays()):
        weekday = _weekdays()[word_found[1].casefold()]
        after = word_found.end()
        # "mar." is March as well as Tuesday: a month if a number follows and nothing else makes a date.
        if _written(text, after, near, order) is not None or word_found[1].casefold() not in _months():
            start = after
        else:
            weekday = None
    found = _written(text, start, near, order)
    if found is not None:
        day, end, has_year = found
        doubt = ""
        if weekday is not None and day.weekday() != weekday and not has_year:
            day = _with_weekday(day, weekday)
        if weekday is not None and day.weekday() != weekday:
            doubt = f"“{text[:end].strip()}” names another weekday than {day_in_words(day)}."
        return FoundDay(day, text[:end].strip(_EDGE), text[end:].lstrip(_EDGE), doubt, has_year)
    if counted is not None and count is not None:
        return FoundDay(counted, text[: count.end()].strip(), text[count.end() :].lstrip(_EDGE))
    if weekday is not None:
        ahead = (weekday - near.weekday()) % 7
        try:
            day = near + timedelta(days=ahead)
        except OverflowError:
            return None
        return FoundDay(day, text[:start].strip(_EDGE), text[start:].lstrip(_EDGE))
    return None


def whole_day(text: str, near: date, order: bool | None = None) -> FoundDay | None:
    """As `find_day`, but only if nothing else stands in the text."""
    if len(text) > 80:
        return None
    found = find_day(text, near, order)
    return found if found is not None and not found.rest.strip(_EDGE) else None


def _with_weekday(day: date, weekday: int) -> date:
    """The same day of the year before or after, if that is on the printed weekday."""
    for year in (day.year - 1, day.year + 1):
        try:
            other = day.replace(year=year)
        except ValueError:
            continue
        if other.weekday() == weekday:
            return other
    return day


def _written(text: str, start: int, near: date, order: bool | None) -> tuple[date, int, bool] | None:
    """A date at that place: the day, where it ends, whether its year is printed."""
    for pattern in (_ISO, _COMPACT):
        if found := pattern.match(text, start):
            return _made(int(found[1]), int(found[2]), int(found[3]), found.end(), has_year=True)
    if found := _DAY_FIRST.match(text, start):
        month = _months().get(found[2].casefold())
        if month is not None:
            return _of_year(found[3], month, int(found[1]), found.end(), near)
    if found := _MONTH_FIRST.match(text, start):
        month = _months().get(found[1].casefold())
        if month is not None:
            return _of_year(found[3], month, int(found[2]), found.end(), near)
    if found := _NUMBERS.match(text, start):
        return _numbers(found, near, order)
    return None


def _numbers(found: re.Match[str], near: date, order: bool | None) -> tuple[date, int, bool] | None:
    one, other, sign = int(found[1]), int(found[3]), found[2]
    if found[4] is None and sign == "-":
        return None  # "9-10" is a range of hours
    if found[4] is None and sign == "." and not found.group(0).endswith("."):
        # "10.30" is a time of day and "10.12." a date.
        return None
    if sign == ".":
        order = True
    both = [
        made
        for day, month in ((one, other), (other, one))
        if (made := _of_year(found[4], month, day, found.end(), near)) is not None
    ]
    if order is not None:
        wanted = (one, other) if order else (other, one)
        return _of_year(found[4], wanted[1], wanted[0], found.end(), near)
    return min(both, key=lambda made: abs(made[0] - near), default=None)


def _of_year(year: str | None, month: int, day: int, end: int, near: date) -> tuple[date, int, bool] | None:
    if year is not None:
        full = int(year) + 2000 if len(year) == 2 else int(year)
        return _made(full, month, day, end, has_year=True)
    made = [
        one
        for each in (near.year - 1, near.year, near.year + 1)
        if (one := _made(each, month, day, end, has_year=False)) is not None
    ]
    return min(made, key=lambda one: abs(one[0] - near), default=None)


def _made(year: int, month: int, day: int, end: int, *, has_year: bool) -> tuple[date, int, bool] | None:
    try:
        return date(year, month, day), end, has_year
    except ValueError:
        return None


_MOMENT = re.compile(
    r"\s*(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s?(Z|[+-]\d{2}:?\d{2})?\s*", re.ASCII | re.I
)


def moment_of(text: str) -> datetime | None:
    """An ISO 8601 date and time, alone in the text: aware if its offset is printed, else naive."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    offset = (found[3] or "").upper().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}")
    except ValueError:
        return None
