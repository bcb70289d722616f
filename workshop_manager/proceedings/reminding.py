"""Reminders to exactly those who owe something: seen before they go, each sent once, a wave at a time."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from workshop_manager.calls import queries as calls
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.proceedings import emails, queries, rules, service
from workshop_manager.proceedings.models import Asked
from workshop_manager.proceedings.states import Item
from workshop_manager.submissions.letters import people_of, recipients
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.queries import visible_to
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import DateKey


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one work owes, and the letters that would go out about it; none if nobody can be written to."""

    work: Submission
    owed: tuple[Item, ...]
    letters: tuple[Letter, ...]


def due_reminders(
    uow: UnitOfWork, edition: Edition, seen: ColumnElement[bool], asked: Asked, remark: str = ""
) -> list[Reminder]:
    """Of every work that owes something: what, and the letters of the next wave. Nothing is sent (five queries)."""
    asks = queries.wanted(asked)
    rows = queries.owing(uow.session, edition.id, seen, asks, asked.rights_version)
    people = people_of(uow, [row.submission for row in rows])
    plan = calls.plan_for(uow.session, edition.id, DateKey.CAMERA_READY)
    found = []
    for row in rows:
        owed, due = queries.owed_by(row, asks, asked.rights_version), rules.due_of(plan, row.submission)
        to_write = emails.who_acts(row.submission, recipients(row.submission, people))
        letters = tuple(
            emails.reminder(edition, row.submission, to, asked.waves + 1, owed, due, remark) for to in to_write
        )
        found.append(Reminder(row.submission, owed, letters))
    return found


def remind(uow: UnitOfWork, edition: Edition, *, wave: int, remark: str = "") -> list[Reminder]:
    """Send the next wave: to those who owe something at this moment, whoever was looked at before.

    `wave` is the one that was previewed; Conflict if it went out meanwhile, so that nobody is written to twice.
    """
    require_on(edition)
    require(uow, edition, rules.MAY_PROCEEDINGS)
    standing = standing_of(uow.session, edition.id, uow.actor.id if uow.actor else None)
    return send(uow, edition, visible_to(standing), wave=wave, remark=remark)


def send(
    uow: UnitOfWork, edition: Edition, seen: ColumnElement[bool], *, wave: int | None = None, remark: str = ""
) -> list[Reminder]:
    """As `remind`, for a command: nobody's role is asked, and without `wave` the next one is sent."""
    asked = service.locked_asked(uow, edition.id)
    if asked is None:
        raise Conflict(str(_("Nothing is asked of the authors yet, so there is nothing to remind them of.")))
    if wave is not None and wave != asked.waves + 1:
        raise Conflict(str(_("Another chair sent reminders a moment ago. Nobody was written to a second time.")))
    found = due_reminders(uow, edition, seen, asked, remark)
    reached = [one for one in found if one.letters]
    if not reached:
        raise Conflict(str(_("Nobody owes anything, so nobody was written to.")))
    asked.waves += 1
    for one in reached:
        for letter in one.letters:
            post(uow, letter)
        camera = service.locked_camera(uow, one.work)
        camera.reminded_at, camera.reminders = uow.now, camera.reminders + 1
    audit.record(
        uow, "camera-ready reminded", "edition", edition.id, edition_id=edition.id, wave=asked.waves, works=len(reached)
    )
    uow.session.flush()
    return found
