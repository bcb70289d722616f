"""Imports that wait: kept for a day by whoever uploaded them, looked at, put right, taken over once."""

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import clean_line
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.schedule import importing, queries
from workshop_manager.schedule.correcting import (
    Correction,
    corrected,
    correction_from_json,
    correction_to_json,
    suggested,
)
from workshop_manager.schedule.importing import Taken
from workshop_manager.schedule.models import PendingImport
from workshop_manager.schedule.reading.stored import reading_from_json, reading_to_json
from workshop_manager.schedule.reading.values import Reading
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE, Standing
from workshop_manager.workshops.service import acting_person, require

KEPT = timedelta(days=1)
MOST_WAITING = 5
JOB = "forget-schedule-imports"


def keep(uow: UnitOfWork, edition: Edition, name: str, reading: Reading) -> PendingImport:
    """Keep what was read for a day; a file of the same name, uploaded again, takes the place of the first."""
    require(uow, edition, MAY_SCHEDULE)
    person = acting_person(uow)
    uow.session.execute(delete(PendingImport).where(PendingImport.expires_at <= uow.now))
    name = clean_line(name.replace("\\", "/").rpartition("/")[2])[:200]
    waiting = queries.pending_imports(uow.session, edition.id, person.id)
    for earlier in waiting:
        if earlier.name == name:
            uow.session.delete(earlier)
    if sum(one.name != name for one in waiting) >= MOST_WAITING:
        raise Conflict(
            str(_("%(most)s imports wait already. Take over or remove one of them first.", most=MOST_WAITING))
        )
    row = PendingImport(
        edition_id=edition.id,
        person_id=person.id,
        name=name,
        row_count=len(reading.rows),
        reading=reading_to_json(reading),
        corrections={},
        created_at=uow.now,
        expires_at=uow.now + KEPT,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def own(uow: UnitOfWork, edition: Edition, import_id: int) -> PendingImport:
    """One's own import that still waits; NotFound for any other."""
    row = queries.find_pending_import(uow.session, edition.id, import_id, acting_person(uow).id)
    if row is None or row.expires_at <= uow.now:
        raise NotFound
    return row


def corrections_of(row: PendingImport) -> dict[int, Correction]:
    """What was put right so far, by row."""
    return {int(number): correction_from_json(stored) for number, stored in row.corrections.items()}


def read(row: PendingImport) -> tuple[Reading, Reading]:
    """What was read, with suggestions taken: as it was, and with what was put right."""
    reading = suggested(reading_from_json(row.reading))
    return reading, corrected(reading, corrections_of(row))


def correct(uow: UnitOfWork, edition: Edition, import_id: int, found: Mapping[int, Correction]) -> PendingImport:
    """Keep what was put right in these rows; the others stay as they are."""
    require(uow, edition, MAY_SCHEDULE)
    row = own(uow, edition, import_id)
    stored = dict(row.corrections)
    for number, correction in found.items():
        stored.pop(str(number), None)
        if what := correction_to_json(correction):
            stored[str(number)] = what
    if stored != row.corrections:
        row.corrections = stored
    uow.session.flush()
    return row


def take(uow: UnitOfWork, edition: Edition, standing: Standing, import_id: int) -> Taken:
    """Take it into the draft, all or nothing, and forget it."""
    row = own(uow, edition, import_id)
    _before, reading = read(row)
    overwrite = {number for number, found in corrections_of(row).items() if found.overwrite}
    taken = importing.take(uow, edition, standing, reading, overwrite=overwrite)
    uow.session.delete(row)
    uow.session.flush()
    return taken


def discard(uow: UnitOfWork, edition: Edition, import_id: int) -> None:
    """Forget an import that nobody wants any more."""
    require(uow, edition, MAY_SCHEDULE)
    uow.session.delete(own(uow, edition, import_id))
    uow.session.flush()


def forget_expired(database: Database, clock: Clock) -> None:
    """Remove imports that nobody took over in time."""
    with unit_of_work(database, clock) as uow:
        uow.session.execute(delete(PendingImport).where(PendingImport.expires_at <= uow.now))
