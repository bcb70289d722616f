"""Asking for one's data, making the archive in the worker, and deleting it after a few days."""

from base64 import b64decode, b64encode
from datetime import timedelta

import structlog
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete

from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.accounts.queries import find_person
from workshop_manager.core import audit
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.mail.service import Letter, post
from workshop_manager.takeout import archive, queries
from workshop_manager.takeout.models import DataExport
from workshop_manager.web.urls import absolute

KEPT = timedelta(days=3)
"""How long an archive can be fetched."""
JOB = "make-data-exports"
log = structlog.get_logger("workshop_manager.security")


def ask(uow: UnitOfWork, person: Person) -> DataExport:
    """Have an archive made; whoever asked already waits for the same. One that was made before goes."""
    rows = queries.exports_of(uow.session, person.id, uow.now)
    if (waiting := next((row for row in rows if row.made_at is None), None)) is not None:
        return waiting
    uow.session.execute(delete(DataExport).where(DataExport.person_id == person.id))
    made = DataExport(person_id=person.id, asked_at=uow.now)
    uow.session.add(made)
    uow.session.flush()
    audit.record(uow, "data asked for", "person", person.id)
    log.info("data export asked", person=person.id)
    nudge = current_app.extensions.get("nudge")
    if nudge is not None:
        uow.after_commit(f"nudge:{JOB}", lambda: nudge(JOB))
    return made


def fetch(uow: UnitOfWork, person: Person, export_id: int) -> bytes:
    """One's own archive. NotFound for somebody else's, and for one that is not there any more."""
    row = queries.export(uow.session, person.id, export_id, uow.now)
    if row is None or row.body is None:
        raise NotFound
    log.info("data export fetched", person=person.id)
    return archive.completed(uow, person, b64decode(row.body))


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """It goes with the account."""
    uow.session.execute(delete(DataExport).where(DataExport.person_id == event.person_id))


def make_all(database: Database, clock: Clock) -> None:
    """A job: make what was asked for, one a transaction, and delete what has been kept long enough."""
    with unit_of_work(database, clock) as uow:
        uow.session.execute(delete(DataExport).where(DataExport.expires_at <= uow.now))
        waiting = list(queries.waiting(uow.session))
    for export_id in waiting:
        try:
            with unit_of_work(database, clock) as uow:
                row = queries.locked(uow.session, export_id)
                person = find_person(uow.session, row.person_id) if row is not None else None
                if row is not None and person is not None:
                    with force_locale(person.locale or "en"):
                        _make(uow, row, person)
        except Exception as error:  # such as something sealed with a key that is lost: others get theirs
            log.error("data export failed", export=export_id, exc_info=error)


def _make(uow: UnitOfWork, row: DataExport, person: Person) -> None:
    body = archive.make(uow, person)
    row.body, row.size, row.made_at, row.expires_at = b64encode(body).decode(), len(body), uow.now, uow.now + KEPT
    uow.session.flush()
    post(
        uow,
        Letter(
            template="takeout/ready",
            key=f"takeout:ready:{row.id}:{row.asked_at.timestamp():.0f}",
            to_address=person.email,
            to_name=person.name,
            button=(str(_("Fetch it")), absolute("takeout.own")),
            why=str(_("You get this because somebody signed in with your account asked for it.")),
            person_id=person.id,
        ),
    )
