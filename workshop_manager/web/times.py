"""How instants are written: announced zone first, the reader's own beside it, weekday always, 24 hours, never 6/10."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import has_request_context
from flask_babel import format_date
from flask_babel import gettext as _

from workshop_manager.core.deadlines import Deadline, zone_label
from workshop_manager.web.request import platform, unit, viewer_zone


def day_text(day: date, *, year: bool = False, short: bool = True) -> str:
    """`Fri 6 October`, with `short=False` `Friday 6 October`, with the year if asked."""
    pattern = ("EEE" if short else "EEEE") + " d MMMM" + (" y" if year else "")
    return str(format_date(day, pattern))


def clock_text(at: datetime) -> str:
    """`23:59`."""
    return f"{at:%H:%M}"


def this_moment() -> datetime:
    """The clock reading of this request; a job has no request and reads the clock itself."""
    return unit().now if has_request_context() else platform().clock.now()


@dataclass(frozen=True, slots=True)
class DeadlineText:
    """What the `deadline` and `when` macros read."""

    text: str
    iso: str
    own: str | None
    old: tuple[str, ...]
    days_left: int | None
    passed: bool
    day: str
    left: str = ""
    """How long it still is, as it was when the page was made; empty once it has passed."""
    seconds: int = 0
    """The same in seconds, for counting on."""


def deadline_text(deadline: Deadline, old: tuple[Deadline, ...] = ()) -> DeadlineText:
    """A deadline for reading: `Fri 6 October, 23:59 AoE`, own time, earlier dates, whole days left."""
    now = this_moment()
    local = deadline.local
    year = local.year != now.year
    left = deadline.at - now
    return DeadlineText(
        text=f"{day_text(local.date(), year=year)}, {clock_text(local)} {zone_label(deadline.zone, deadline.at)}",
        iso=deadline.at.strftime("%Y-%m-%dT%H:%MZ"),
        own=own_text(deadline.at, deadline.zone),
        old=tuple(_old_text(d, deadline) for d in old),
        days_left=left.days if left >= timedelta(0) else None,
        passed=deadline.has_passed(now),
        day=day_text(local.date(), year=year),
        left=left_text(left),
        seconds=max(int(left.total_seconds()), 0),
    )


def left_text(left: timedelta) -> str:
    """`3 d 4 h left`, `4 h 10 min left`, `10 min left`; empty for what has passed. countdown.js goes on from there."""
    if left < timedelta(0):
        return ""
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    if hours >= 24:
        return str(_("%(days)s d %(hours)s h left", days=hours // 24, hours=hours % 24))
    if hours:
        return str(_("%(hours)s h %(minutes)s min left", hours=hours, minutes=minutes))
    return str(_("%(minutes)s min left", minutes=minutes))


def _old_text(old: Deadline, now: Deadline) -> str:
    """The day is enough, unless only the hour or the zone has moved: `Fri 6 October, 12:00 AoE`."""
    day = day_text(old.local.date())
    if old.local.date() != now.local.date():
        return day
    return f"{day}, {clock_text(old.local)} {zone_label(old.zone, old.at)}"


def own_text(at: datetime, announced_zone: str) -> str | None:
    """`Sat 7 October, 18:59` (templates add “for you”), or None when the viewer's zone is unknown or reads the same."""
    own = viewer_zone()
    if own is None:
        return None
    mine, theirs = at.astimezone(ZoneInfo(own)), at.astimezone(ZoneInfo(announced_zone))
    if mine.utcoffset() == theirs.utcoffset():
        return None
    return f"{day_text(mine.date())}, {clock_text(mine)}"


@dataclass(frozen=True, slots=True)
class IntervalText:
    """What the `interval` macro reads: `08:30–13:00 CST`, own time, and how many days later own time ends."""

    text: str
    own: str | None
    own_plus1: int
    zone: str


def interval_text(start: datetime, end: datetime, zone: str) -> IntervalText:
    """A stretch of time in the edition's zone and in the viewer's."""
    place = ZoneInfo(zone)
    a, b = start.astimezone(place), end.astimezone(place)
    own, plus = None, 0
    mine = viewer_zone()
    if mine is not None:
        x, y = start.astimezone(ZoneInfo(mine)), end.astimezone(ZoneInfo(mine))
        if x.utcoffset() != a.utcoffset():
            own = f"{clock_text(x)}–{clock_text(y)}"
            plus = (y.date() - a.date()).days
    label = zone_label(zone, start)
    if a.date() == b.date():
        text = f"{clock_text(a)}–{clock_text(b)}"
    else:
        text = f"{day_text(a.date())}, {clock_text(a)} – {day_text(b.date())}, {clock_text(b)}"
    return IntervalText(text, own, plus, label)


def when_text(at: datetime, zone: str) -> str:
    """One instant in a zone: `Mon 11 December 2023, 08:30 CST`."""
    local = at.astimezone(ZoneInfo(zone))
    year = local.year != this_moment().year
    return f"{day_text(local.date(), year=year)}, {clock_text(local)} {zone_label(zone, at)}"
