"""Who may do what for the proceedings, what is owed, and in which order posters are numbered. Pure functions."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from workshop_manager.calls.rules import Plan
from workshop_manager.core.deadlines import Deadline
from workshop_manager.proceedings.content import Wanted
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.rules import CHAIRS
from workshop_manager.workshops.states import DateKey

MAY_PROCEEDINGS = CHAIRS
MOST_VERSIONS = 20
LARGEST_PDF = 30 * 1024 * 1024
"""Of a poster or slides, in bytes: they hold more pictures than a paper."""
MOST_SLIDES = 200
LARGEST_NUMBER = 9999

FILES = (Item.FINAL, Item.POSTER, Item.SLIDES)
"""What is handed in as a PDF, in the order of the page; slides may be a link instead."""
TALKS = frozenset({Outcome.ORAL, Outcome.LIGHTNING})
_FITS: Mapping[Item, frozenset[Outcome]] = {
    Item.POSTER: frozenset({Outcome.POSTER, Outcome.LIGHTNING}),
    Item.SLIDES: TALKS,
}
"""Posters hang for posters and lightning talks, slides are shown in talks; all else fits everything accepted."""


def fits(item: Item, outcome: Outcome | None) -> bool:
    """Whether that can be asked of a work with that decision."""
    return item not in _FITS or outcome in _FITS[item]


def asked_of(wanted: Wanted, outcome: Outcome | None, *, has_wording: bool) -> dict[Item, Ask]:
    """What is asked of a work with that decision, in the order of the page; without what is not."""
    found = {item: wanted.ask(item) for item in Item if fits(item, outcome)}
    if not has_wording:
        # Nobody can agree to a statement that is not written.
        found.pop(Item.RIGHTS, None)
    return {item: ask for item, ask in found.items() if ask is not Ask.NO}


@dataclass(frozen=True, slots=True)
class Given:
    """What there is of a work."""

    files: frozenset[Item] = frozenset()
    slides_url: str = ""
    video_url: str = ""
    is_confirmed: bool = False
    rights_version: int | None = None


def is_there(item: Item, given: Given, newest_wording: int) -> bool:
    """Whether that was handed in. Who agreed to an older wording is asked about the newest."""
    if item is Item.SLIDES:
        return item in given.files or bool(given.slides_url)
    if item in FILES:
        return item in given.files
    if item is Item.VIDEO:
        return bool(given.video_url)
    if item is Item.RIGHTS:
        return newest_wording > 0 and given.rights_version == newest_wording
    return given.is_confirmed


def owed(asked: Mapping[Item, Ask], given: Given, newest_wording: int) -> tuple[Item, ...]:
    """What must be handed in and is not, in the order of the page."""
    return tuple(item for item, ask in asked.items() if ask is Ask.MUST and not is_there(item, given, newest_wording))


class Placed(Protocol):
    """A work with the round and the track it is in."""

    @property
    def round_id(self) -> int | None: ...
    @property
    def track_id(self) -> int | None: ...


def due_of(plan: Plan, work: Placed) -> Deadline | None:
    """Until when that work is handed in: the date of its round or track, else the edition's."""
    return plan.date(DateKey.CAMERA_READY, work.round_id, work.track_id)


def may_hand_in(
    state: State, due: Deadline | None, now: datetime, *, takes_late: bool, may_be_late: bool = False
) -> bool:
    """Accepted and confirmed works, until the date; later ones where the edition or a chair lets them."""
    if state not in ON_PROGRAMME:
        return False
    return takes_late or may_be_late or due is None or not due.has_passed(now)


# -- links --------------------------------------------------------------------------------------------------------

_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


def is_link(typed: str) -> bool:
    """An https address of a public host, with nothing in it that could be read as a name and password."""
    if len(typed) > 1000 or any(ord(sign) < 33 or sign in '<>"\\^`{|}' for sign in typed):
        return False
    try:
        parts = urlsplit(typed)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:  # UnicodeError, which a host that cannot be one gives, is one too
        return False
    is_plain = parts.scheme == "https" and "@" not in parts.netloc and port in (None, 443)
    return is_plain and _HOST.fullmatch(host) is not None


# -- poster numbers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hanging:
    """A poster to be numbered: `track` by its place in the list, `session` by its place in the programme."""

    submission_id: int
    number: int
    track: int
    session: int = 0


def has_poster(outcome: Outcome | None) -> bool:
    """Whether a work with that decision hangs on a board."""
    return outcome is Outcome.POSTER


def numbered(
    works: Iterable[Hanging], given: Mapping[int, int], *, by_session: bool = False, afresh: bool = False
) -> dict[int, int]:
    """A number for each poster. Numbers given before stay, unless `afresh`; others get the smallest free ones in order.

    In order of session or of track, then of submission. Numbers of works that are no longer there are free again.
    """
    listed = sorted(works, key=lambda w: (w.session if by_session else 0, w.track, w.number))
    kept = {} if afresh else {w.submission_id: given[w.submission_id] for w in listed if w.submission_id in given}
    taken, next_free, found = set(kept.values()), 1, dict(kept)
    for work in listed:
        if work.submission_id in kept:
            continue
        while next_free in taken:
            next_free += 1
        found[work.submission_id] = next_free
        taken.add(next_free)
    return found


def number_clashes(numbers: Mapping[int, int | None]) -> set[int]:
    """The numbers that were typed for more than one poster."""
    typed = [number for number in numbers.values() if number is not None]
    return {number for number in typed if typed.count(number) > 1}


def moved(before: Mapping[int, int], after: Mapping[int, int]) -> dict[int, tuple[int | None, int | None]]:
    """Whose number is another one now: before and after, by submission."""
    return {
        key: (before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    }


def reordered(ids: Sequence[int], act: str) -> list[int]:
    """The rows after a button `up-2` or `down-2`, places counted from 0; what makes no sense changes nothing."""
    rows = list(ids)
    verb, _dash, typed = act.partition("-")
    place = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else -1
    other = place + (1 if verb == "down" else -1)
    if verb in ("up", "down") and 0 <= place < len(rows) and 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return rows


def same_set(first: Collection[int], second: Collection[int]) -> bool:
    """True if both hold the same ids, each once."""
    return len(first) == len(second) == len(set(first)) and set(first) == set(second)
