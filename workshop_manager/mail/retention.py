"""Removes the texts of mails that were sent long ago: what they said about somebody is of no use any more."""

import structlog
from sqlalchemy import update

from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.mail import queries
from workshop_manager.mail.models import OutboxMail
from workshop_manager.mail.rules import TEXT_KEPT
from workshop_manager.web.request import settings

log = structlog.get_logger("workshop_manager.mail")
JOB = "remove-old-texts"
EVERY = 6 * 3600
BATCH = 200


def remove_old_texts(database: Database, clock: Clock) -> None:
    """Empty the texts that are due, a batch at a time; they are looked for without holding up whoever writes."""
    is_due = queries.text_is_due(clock.now() - TEXT_KEPT, with_kept=not settings().is_demo)
    removed = last = 0
    while True:
        with database.session(writing=False) as session:
            ids = queries.ids_after(session, last, is_due, BATCH)
        if not ids:
            break
        with unit_of_work(database, clock) as uow:
            # Asked again: somebody may have had a failed one sent once more in between.
            changed = uow.session.execute(
                update(OutboxMail)
                .where(OutboxMail.id.in_(ids), is_due)
                .values(text_body="", html_body="", calendar=None, picture=None)
                .returning(OutboxMail.id),
                execution_options={"synchronize_session": False},
            )
            removed += len(changed.all())
        last = ids[-1]
    if removed:
        log.info("old texts removed", mails=removed)
