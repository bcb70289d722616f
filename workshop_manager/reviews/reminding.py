"""Reminders: to exactly those whose reviews are missing, each with exactly theirs, looked at before they go."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.conflicts import queries as conflicts
from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.reviews import emails, progress_queries
from workshop_manager.reviews.models import ReminderWave
from workshop_manager.reviews.progress_queries import Owing
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS, Standing
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import DateKey


@dataclass(frozen=True, slots=True)
class Wave:
    """What a reminder would be now: who owes what, and a name for exactly that."""

    owing: tuple[Owing, ...]
    due: Deadline | None
    is_late: bool

    @property
    def reviews(self) -> int:
        """How many reviews are missing."""
        return sum(len(one.works) for one in self.owing)

    @property
    def digest(self) -> str:
        """Names exactly these people and reviews: what a chair saw is what is sent."""
        listed = ";".join(f"{one.person.id}:{','.join(str(w.id) for w, _begun in one.works)}" for one in self.owing)
        return hashlib.sha256(listed.encode()).hexdigest()[:32]


class Changed(Conflict):
    """Somebody handed in or was asked meanwhile; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(str(_("Who owes what changed while you looked at it. Read it again, then send.")))


def prepare(uow: UnitOfWork, edition: Edition, standing: Standing) -> Wave:
    """Who would be reminded now, of what. Nobody who must not judge a work is reminded of it."""
    due = workshops.date_by_key(uow.session, edition.id, DateKey.REVIEWS_DUE)
    asked = progress_queries.owing(uow.session, edition.id, standing)
    every = {work.id for one in asked for work, _begun in one.works}
    pairs = conflicts.conflicts_between(uow.session, [one.person.id for one in asked], every) if asked else []
    against = {(work, person) for work, person, _why in pairs}
    found = []
    for one in asked:
        works = tuple((work, begun) for work, begun in one.works if (work.id, one.person.id) not in against)
        if works:
            found.append(Owing(one.person, works))
    deadline = due.deadline if due else None
    return Wave(tuple(found), deadline, deadline is not None and deadline.has_passed(uow.now))


def letters(edition: Edition, wave: Wave, note: str, wave_id: int) -> Sequence[Letter]:
    """The mails of a wave, one to each person."""
    return [
        emails.reminder(
            edition,
            one.person,
            one.works,
            wave.due,
            is_late=wave.is_late,
            note=note,
            key=f"review-reminder:{wave_id}:{one.person.id}",
        )
        for one in wave.owing
    ]


def remind(uow: UnitOfWork, edition: Edition, note: str, *, seen: str) -> Wave:
    """Send one mail to everybody who owes reviews. `seen` names what the chair looked at; Changed if it is another."""
    standing = require(uow, edition, MAY_SUBMISSIONS)
    return send(uow, edition, standing, note, seen=seen)


def send(uow: UnitOfWork, edition: Edition, standing: Standing, note: str, *, seen: str | None = None) -> Wave:
    """The same for whoever's standing is known already."""
    require_on(workshops.locked_edition(uow.session, edition.id))
    wave = prepare(uow, edition, standing)
    if seen is not None and wave.digest != seen:
        raise Changed
    if not wave.owing:
        raise Conflict(str(_("Nobody owes a review.")))
    row = ReminderWave(
        edition_id=edition.id,
        sent_at=uow.now,
        sent_by=uow.actor.id if uow.actor else None,
        people=len(wave.owing),
        reviews=wave.reviews,
    )
    uow.session.add(row)
    uow.session.flush()
    for letter in letters(edition, wave, note, row.id):
        post(uow, letter)
    record(uow, "reviewers reminded", "edition", edition.id, edition_id=edition.id, people=row.people)
    uow.session.flush()
    return wave
