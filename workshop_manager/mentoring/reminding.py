"""Reminders: to exactly those who owe feedback, each of exactly theirs, looked at before they go."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.mentoring import emails, queries
from workshop_manager.mentoring.models import Reading
from workshop_manager.mentoring.rules import MAY_MATCH
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import DateKey


@dataclass(frozen=True, slots=True)
class Wave:
    """What a reminder would be now: who owes what, and a name for exactly that."""

    owing: tuple[tuple[Person, tuple[Reading, ...]], ...]
    due: Deadline | None
    is_late: bool

    @property
    def number(self) -> int:
        """How much feedback is awaited."""
        return sum(len(readings) for _person, readings in self.owing)

    @property
    def digest(self) -> str:
        """Names exactly these people and readings: what a chair saw is what is sent."""
        listed = ";".join(f"{person.id}:{','.join(str(one.id) for one in each)}" for person, each in self.owing)
        return hashlib.sha256(listed.encode()).hexdigest()[:32]


class Changed(Conflict):
    """Somebody sent feedback or stepped out meanwhile; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(str(_("Who owes what changed while you looked at it. Read it again, then send.")))


def prepare(uow: UnitOfWork, edition: Edition, standing: Standing) -> Wave:
    """Who would be reminded now, of what (two queries)."""
    due = workshops.date_by_key(uow.session, edition.id, DateKey.MENTORING_FEEDBACK)
    found: dict[int, tuple[Person, list[Reading]]] = {}
    for reading in queries.owing(uow.session, edition.id, standing):
        if reading.reader is not None:
            found.setdefault(reading.reader.id, (reading.reader, []))[1].append(reading)
    deadline = due.deadline if due else None
    is_late = deadline is not None and deadline.has_passed(uow.now)
    return Wave(tuple((person, tuple(each)) for person, each in found.values()), deadline, is_late)


def letters(edition: Edition, wave: Wave, number: int) -> Sequence[Letter]:
    """The mails of a wave, one to each person."""
    return [
        emails.reminder(
            edition,
            person,
            readings,
            wave.due,
            is_late=wave.is_late,
            key=f"mentoring-reminder:{edition.id}:{number}:{person.id}",
        )
        for person, readings in wave.owing
    ]


def remind(uow: UnitOfWork, edition: Edition, *, seen: str) -> Wave:
    """Send one mail to everybody who owes feedback. `seen` names what the chair looked at; Changed if it is another."""
    require_on(edition)
    return send(uow, edition, require(uow, edition, MAY_MATCH), seen=seen)


def send(uow: UnitOfWork, edition: Edition, standing: Standing, *, seen: str | None = None) -> Wave:
    """The same for whoever's standing is known already."""
    workshops.locked_edition(uow.session, edition.id)
    row = queries.find_round(uow.session, edition.id, lock=True)
    if row is None:
        raise NotFound
    wave = prepare(uow, edition, standing)
    if seen is not None and wave.digest != seen:
        raise Changed
    if not wave.owing:
        raise Conflict(str(_("Nobody owes feedback.")))
    row.waves += 1
    for letter in letters(edition, wave, row.waves):
        post(uow, letter)
    record(uow, "mentoring reminded", "edition", edition.id, edition_id=edition.id, people=len(wave.owing))
    uow.session.flush()
    return wave
