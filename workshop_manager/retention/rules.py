"""When something is deleted, and what organisers may change about it. No database, no web."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from workshop_manager.workshops.rules import ORGANISERS

MAY_KEEP = ORGANISERS
USUAL = 31
"""Days after the event, where nothing else is said."""
LONGEST = 3650


def is_due(ends_at: datetime, days: int | None, now: datetime) -> bool:
    """Whether the time has come; None: it is kept until somebody deletes it."""
    return days is not None and now > ends_at + timedelta(days=days)


def day(ends_at: datetime, days: int, zone: str) -> date:
    """The day that is shown when asking."""
    return (ends_at + timedelta(days=days)).astimezone(ZoneInfo(zone)).date()


def may_change(before: int | None, after: int | None, kept: int) -> bool:
    """Sooner always; later only while nothing is kept, since people were shown the earlier day when they answered."""
    if before == after or kept == 0:
        return True
    return after is not None and (before is None or after < before)
