"""The registration at the host conference that some kinds need: checked by an organiser, by hand or against a list."""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.registrations import emails, queries
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.rules import normal
from workshop_manager.registrations.states import Host
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require

MOST_LINES = 20_000
_SHORTEST = 4
"""A number of fewer letters and figures is found in too many lines to say whose it is."""
_ADDRESS = re.compile(r"[^\s,;<>()\"']+@[^\s,;<>()\"']+\.[^\s,;<>()\"']+")
_PARTS = re.compile(r"[\s,;|]+")


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody found in the host's list, by that address or number."""

    row: Registration
    by: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a pasted list says: who is in it and not checked yet, who was checked already, lines that name nobody."""

    matches: tuple[Match, ...]
    known: int
    strangers: tuple[str, ...]
    absent: int
    """How many have a seat that needs it, are not checked, and are not in the list."""


def _keys(line: str) -> set[str]:
    """Everything in a line that may be somebody's address or number."""
    whole = [line, *re.split(r"[\t,;|]", line), *_PARTS.split(line)]
    numbers = {normal(part) for part in whole}
    return {one.rstrip(".").casefold() for one in _ADDRESS.findall(line)} | {n for n in numbers if len(n) >= _SHORTEST}


def read(uow: UnitOfWork, edition: Edition, text: str) -> Read:
    """Find people in the host's list, pasted as it is: an address or a number somewhere in each line.

    Conflict for more than `MOST_LINES`: nobody is left out silently.
    """
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise Conflict(str(_("More than %(most)s lines. Divide the list, and check it in parts.", most=MOST_LINES)))
    rows = queries.host_rows(uow.session, edition.id)
    of: dict[str, Registration] = {}
    shared: set[str] = set()
    for row in rows:
        address = row.person.email.casefold() if row.person is not None else ""
        number = normal(row.host_number or "")
        for key in {address, number if len(number) >= _SHORTEST else ""} - {""}:
            if of.setdefault(key, row) is not row:
                shared.add(key)  # two people gave the same number: it says of neither whose it is
    found: dict[int, Match] = {}
    strangers = []
    for line in lines:
        keys = sorted(_keys(line) & of.keys() - shared)
        for key in keys:
            found.setdefault(of[key].id, Match(of[key], key))
        if not keys and line.strip():
            strangers.append(line.strip()[:200])
    known = sum(match.row.host is Host.CHECKED for match in found.values())
    open_ = [row for row in rows if row.host is not Host.CHECKED]
    fresh = tuple(found[row.id] for row in open_ if row.id in found)
    return Read(fresh, known, tuple(strangers), len(open_) - len(fresh))


def check(uow: UnitOfWork, edition: Edition, ids: Collection[int]) -> int:
    """Note that these are registered there, as seen now by whoever acts; gives how many were not noted before."""
    require(uow, edition, MAY_SETTINGS)
    queries.locked_kinds(uow.session, edition.id)  # before several rows, as whoever gives seats: each in its own order
    rows = queries.host_rows(uow.session, edition.id, ids=ids, lock=True)
    fresh = [row for row in rows if row.host is not Host.CHECKED]
    for row in fresh:
        row.host_checked_at, row.host_checked_by = uow.now, uow.actor.id if uow.actor else None
        row.version += 1
        record(uow, "host_checked", "registration", row.id, edition_id=edition.id)
    uow.session.flush()
    return len(fresh)


def take_back(uow: UnitOfWork, edition: Edition, registration_id: int) -> Registration:
    """It was a mistake: nobody has seen that they are registered there."""
    require(uow, edition, MAY_SETTINGS)
    rows = queries.host_rows(uow.session, edition.id, ids=[registration_id], lock=True)
    if not rows:
        raise NotFound
    (row,) = rows
    row.host_checked_at, row.host_checked_by = None, None
    row.version += 1
    record(uow, "host_unchecked", "registration", row.id, edition_id=edition.id)
    uow.session.flush()
    return row


# -- reminders ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wave:
    """What a reminder would be now: who has not said that they are registered there, and a name for exactly these."""

    owing: tuple[tuple[Registration, Person], ...]

    @property
    def digest(self) -> str:
        """Names exactly these people: what an organiser saw is what is sent."""
        listed = ",".join(str(row.id) for row, _person in self.owing)
        return hashlib.sha256(listed.encode()).hexdigest()[:32]


def prepare(uow: UnitOfWork, edition: Edition, *, lock: bool = False) -> Wave:
    """Who would be reminded now: a seat that needs it, and no word of it."""
    rows = queries.host_rows(uow.session, edition.id, Host.MISSING, lock=lock)
    return Wave(tuple((row, row.person) for row in rows if row.person is not None))


def letters(uow: UnitOfWork, edition: Edition, wave: Wave) -> Sequence[Letter]:
    """The mails, one to each."""
    return [emails.host_reminder(edition, row, person, moment=uow.now) for row, person in wave.owing]


def remind(uow: UnitOfWork, edition: Edition, *, seen: str | None) -> int:
    """Write to exactly these. `seen` names whom the organiser looked at; Conflict if it is others by now."""
    require_on(edition)
    require(uow, edition, MAY_SETTINGS)
    queries.locked_kinds(uow.session, edition.id)
    wave = prepare(uow, edition, lock=True)
    if seen is not None and seen != wave.digest:
        raise Conflict(str(_("Who has not said so changed while you looked at it. Read it again, then send.")))
    if not wave.owing:
        raise Conflict(str(_("Everybody who needs it has said that they are registered there.")))
    for letter, (row, _person) in zip(letters(uow, edition, wave), wave.owing, strict=True):
        post(uow, letter)
        row.host_reminded_at = uow.now
    record(uow, "host_reminded", "edition", edition.id, edition_id=edition.id, people=len(wave.owing))
    uow.session.flush()
    return len(wave.owing)
