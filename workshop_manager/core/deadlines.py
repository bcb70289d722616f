"""A deadline is an instant and the zone it was announced in: `23:59 AoE` is `Etc/GMT+12`, 11:59 UTC the next day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

AOE = "Etc/GMT+12"
"""Anywhere on Earth. POSIX signs are inverted: `Etc/GMT+12` lies twelve hours *behind* UTC."""


class NoSuchTime(ValueError):
    """A wall-clock time that the zone skips or has twice, or a zone that does not exist; says so in a sentence."""


@cache
def zone_names() -> frozenset[str]:
    """All IANA zones this installation knows."""
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; raises `NoSuchTime` for an unknown one."""
    if name not in zone_names():
        raise NoSuchTime(f"“{name}” is not a time zone we know. Choose one from the list, such as Africa/Accra.")
    return ZoneInfo(name)


FIRST_YEAR, LAST_YEAR = 1970, 2199


def zone_label(name: str, at: datetime) -> str:
    """How people write that zone at that instant: `AoE`, `CST`, `UTC+7`."""
    if name == AOE:
        return "AoE"
    label = at.astimezone(ZoneInfo(name)).strftime("%Z")
    if label and label[0].isalpha():
        return label
    minutes = int((at.astimezone(ZoneInfo(name)).utcoffset() or at - at).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes >= 0 else '−'}{hours}" + (f":{rest:02d}" if rest else "")


def zone_city(name: str) -> str:
    """The place that a zone is named after: `New York` of `America/New_York`; "" for UTC and its like."""
    if name.startswith("Etc/") or ("/" not in name and (name.isupper() or name in ("Greenwich", "Universal", "Zulu"))):
        return ""
    return name.rpartition("/")[2].replace("_", " ")


def zone_place(name: str, at: datetime) -> str:
    """A zone by its place, and how people write it then: `Jakarta (WIB)`; `UTC` alone where there is no place."""
    city, label = zone_city(name), zone_label(name, at)
    return f"{city} ({label})" if city else label


def instant(day: date, at: time, zone_name: str) -> datetime:
    """The UTC instant of a wall-clock time; raises `NoSuchTime` in the spring gap and in the repeated autumn hour.

    So does a year that can only be a slip of the finger: near the ends of the calendar nothing can be reckoned with.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NoSuchTime(f"The year {day.year} must be a slip. Choose one from {FIRST_YEAR} to {LAST_YEAR}.")
    place = zone(zone_name)
    first = datetime.combine(day, at, place)
    second = first.replace(fold=1)
    clock = f"{at:%H:%M} on {day:%-d %B %Y}"
    if first.astimezone(UTC).astimezone(place).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise NoSuchTime(f"{clock} does not exist in {zone_name}: the clocks go forward then. Choose another time.")
    if first.utcoffset() != second.utcoffset():
        raise NoSuchTime(f"{clock} comes twice in {zone_name}: the clocks go back then. Choose another time.")
    return first.astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """An instant (aware UTC) with the zone it was announced in (IANA name)."""

    at: datetime
    zone: str

    def has_passed(self, now: datetime) -> bool:
        """True from the first instant after the announced one; the announced second itself is in time."""
        return now > self.at

    @property
    def local(self) -> datetime:
        """The wall-clock time in the announced zone."""
        return self.at.astimezone(ZoneInfo(self.zone))
