"""Reminders to accepted authors who have not said whether they present: by the clock, or when a chair asks."""

from collections.abc import Sequence

import structlog
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.decisions import emails, queries
from workshop_manager.decisions.rules import REMIND_BEFORE, may_answer, wave_at
from workshop_manager.mail.service import Letter, post
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.queries import posted_mails
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE, Standing
from workshop_manager.workshops.service import require

log = structlog.get_logger("workshop_manager.decisions")
JOB = "remind-to-confirm"
EVERY = 600
BATCH = 100


def waiting_for(uow: UnitOfWork, edition: Edition, standing: Standing) -> list[Submission]:
    """Accepted works that this standing sees whose authors can still answer and have not, with authors."""
    if edition.is_cancelled:
        return []
    rows = queries.unanswered(uow.session, edition.id, standing)
    return [row for row in rows if may_answer(row.state, row.confirm_by, uow.now)]


def letters_today(uow: UnitOfWork, edition: Edition, works: Sequence[Submission]) -> list[tuple[Submission, Letter]]:
    """The reminders that asking now would send: to each of these authors, unless they had one today already."""
    made = emails.reminder(uow, edition, works, f"{uow.now:%Y-%m-%d}")
    sent = posted_mails(uow.session, {letter.key for letters in made.values() for letter in letters})
    return [(work, letter) for work in works for letter in made[work.id] if letter.key not in sent]


def remind_now(uow: UnitOfWork, edition: Edition) -> int:
    """Remind everybody who has not answered, each at most once a day. Returns how many mails go out."""
    standing = require(uow, edition, MAY_DECIDE)
    return remind(uow, edition, standing)


def remind(uow: UnitOfWork, edition: Edition, standing: Standing) -> int:
    """As `remind_now`, for whoever was asked already whether they may: those whom that standing sees."""
    letters = letters_today(uow, edition, waiting_for(uow, edition, standing))
    if not letters:
        raise Conflict(str(_("Nobody is left to remind: all have answered, or had a reminder today.")))
    for _work, letter in letters:
        post(uow, letter)
    for work in {work.id for work, _letter in letters}:
        record(uow, "reminded to confirm", "submission", work, edition_id=edition.id)
    uow.session.flush()
    return len(letters)


# -- by the clock -------------------------------------------------------------------------------------------------


def remind_due(database: Database, clock: Clock) -> None:
    """Send the reminders that are due: a few days before each date, once a wave, a batch in each transaction."""
    with database.session(writing=False) as session:
        now = clock.now()
        rows = session.execute(
            select(Submission.id, Submission.confirm_by, Submission.decided_at)
            .join(Edition, Edition.id == Submission.edition_id)
            .where(Submission.state == State.ACCEPTED, Submission.confirm_by >= now, Edition.cancelled_at.is_(None))
            .where(Submission.confirm_by <= now + max(REMIND_BEFORE))
            .order_by(Submission.id)
        )
        due = [one for one, by, decided in rows if wave_at(by, decided, now) is not None]
    sent = 0
    for start in range(0, len(due), BATCH):
        with unit_of_work(database, clock) as uow:
            sent += _remind_batch(uow, due[start : start + BATCH])
    if sent:
        log.info("reminded to confirm", mails=sent)


def _remind_batch(uow: UnitOfWork, ids: Sequence[int]) -> int:
    """Asked again under the lock: somebody may have answered in between."""
    rows = uow.session.execute(
        select(Submission, Edition)
        .join(Edition, Edition.id == Submission.edition_id)
        .join(Edition.community)
        .options(contains_eager(Edition.community), selectinload(Submission.authors))
        .where(Submission.id.in_(ids), Submission.state == State.ACCEPTED, Edition.cancelled_at.is_(None))
        .order_by(Submission.id)
        .with_for_update(of=Submission)
    ).all()
    by_wave: dict[tuple[int, int], list[Submission]] = {}
    editions = {edition.id: edition for _work, edition in rows}
    for work, edition in rows:
        wave = wave_at(work.confirm_by, work.decided_at, uow.now)
        if wave is not None:
            by_wave.setdefault((edition.id, wave), []).append(work)
    sent = 0
    for (edition_id, wave), works in by_wave.items():
        # The date is part of the key: whoever got a later one is reminded of that too.
        for at in sorted({work.confirm_by for work in works if work.confirm_by}):
            of_date = [work for work in works if work.confirm_by == at]
            made = emails.reminder(uow, editions[edition_id], of_date, f"{at:%Y%m%dT%H%M}-{wave}")
            letters = [letter for work in of_date for letter in made[work.id]]
            known = posted_mails(uow.session, {letter.key for letter in letters})
            for letter in letters:
                if letter.key not in known:
                    post(uow, letter)
                    sent += 1
    uow.session.flush()
    return sent
