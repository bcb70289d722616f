"""Which money of a fund has come back and was given to nobody since; plain values, no database, no web."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from workshop_manager.funds.states import Kind

_BACK = frozenset({Kind.RELEASE, Kind.RETURN})


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry of the account `available` of a fund."""

    kind: Kind
    minor: int
    award_id: int | None
    application_id: int | None


@dataclass(frozen=True, slots=True)
class Returned:
    """Money that an award gave back."""

    award_id: int
    application_id: int
    minor: int


def unspent(entries: Iterable[Moved]) -> deque[Returned]:
    """What came back and waits, the oldest first: every offer uses up what came back before what was there anyway."""
    waiting: deque[Returned] = deque()
    for entry in entries:
        if entry.kind in _BACK and entry.minor > 0:
            waiting.append(Returned(entry.award_id or 0, entry.application_id or 0, entry.minor))
        elif entry.minor < 0 and entry.kind is not Kind.PLEDGE:
            use(waiting, -entry.minor)
    return waiting


def use(waiting: deque[Returned], minor: int) -> list[Returned]:
    """Take so much from what waits, the oldest first, as far as it reaches; says what was taken."""
    taken = []
    while minor and waiting:
        first = waiting.popleft()
        part = min(first.minor, minor)
        taken.append(Returned(first.award_id, first.application_id, part))
        if part < first.minor:
            waiting.appendleft(Returned(first.award_id, first.application_id, first.minor - part))
        minor -= part
    return taken
