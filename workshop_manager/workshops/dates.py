"""An edition's dates as pages of features read them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from workshop_manager.core.deadlines import Deadline
from workshop_manager.web.times import DeadlineText, deadline_text, when_text
from workshop_manager.workshops.models import ImportantDate
from workshop_manager.workshops.states import DateKey


class Dated(Protocol):
    """A date with what it was before (loaded)."""

    @property
    def deadline(self) -> Deadline: ...
    @property
    def earlier(self) -> Iterable[Any]: ...


@dataclass(frozen=True, slots=True)
class Single:
    """A date of one work or one person, which was never another."""

    deadline: Deadline
    earlier: tuple[Any, ...] = ()


def by_key(dates: Sequence[ImportantDate]) -> dict[DateKey, ImportantDate]:
    """The dates that features obey; each key is there once."""
    return {row.key: row for row in dates if row.key is not DateKey.OTHER}


def text_of(row: Dated | None) -> DeadlineText | None:
    """A date for reading, with what it was before (loaded)."""
    return deadline_text(row.deadline, tuple(e.deadline for e in row.earlier)) if row is not None else None


def thread(
    dates: Sequence[ImportantDate], now: datetime, shown: Collection[DateKey], also: Collection[int] = ()
) -> list[tuple[str, str, DeadlineText]]:
    """The dates of these keys, and with these ids, in order for `ui.thread`: past ones, the next one, those after."""
    items: list[tuple[str, str, DeadlineText]] = []
    is_next_found = False
    for row in dates:
        text = text_of(row)
        if (row.key not in shown and row.id not in also) or text is None:
            continue
        kind = "past"
        if not row.deadline.has_passed(now):
            kind = "" if is_next_found else "next"
            is_next_found = True
        items.append((kind, row.label, text))
    return items


def timeline(
    happened: Iterable[tuple[str, datetime | None]],
    ahead: Iterable[tuple[DateKey, str]],
    dates: Mapping[DateKey, Dated],
    zone: str,
) -> list[tuple[str, str, object]]:
    """What happened, in that zone, and what comes, for the macro `ui.thread`; what has no moment is left out."""
    items: list[tuple[str, str, object]] = [
        ("past", str(label), when_text(moment, zone)) for label, moment in happened if moment is not None
    ]
    kind = "next"
    for key, label in ahead:
        text = text_of(dates.get(key))
        if text is not None and not text.passed:
            items.append((kind, str(label), text))
            kind = ""
    return items
