"""Verbs about conflicts of interest: declare one, lift one."""

from sqlalchemy import delete

from workshop_manager.accounts.events import PersonErased
from workshop_manager.conflicts import queries
from workshop_manager.conflicts.events import ConflictFound
from workshop_manager.conflicts.models import DeclaredConflict
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.audit import record
from workshop_manager.core.errors import NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.service import locked_at_desk
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS
from workshop_manager.workshops.service import acting_person, require


def declare(uow: UnitOfWork, edition: Edition, submission: Submission, kind: ConflictKind, note: str) -> None:
    """The acting person says that they should not judge this work. The caller found it where they may see it."""
    person = acting_person(uow)
    uow.session.add(
        DeclaredConflict(submission_id=submission.id, person_id=person.id, kind=kind, note=note, declared_at=uow.now)
    )
    record(uow, "conflict declared", "submission", submission.id, edition_id=edition.id, kind=kind.value)
    uow.session.flush()
    uow.tell(ConflictFound(submission.id, person.id))


def lift(uow: UnitOfWork, edition: Edition, number: int, conflict_id: int) -> None:
    """Undo a conflict that was declared by mistake. Another chair does it: whoever has one does not see the work."""
    standing = require(uow, edition, MAY_SUBMISSIONS)
    submission = locked_at_desk(uow, edition, standing, number)
    row = queries.find_conflict(uow.session, submission.id, conflict_id)
    if row is None:
        raise NotFound
    uow.session.delete(row)
    record(uow, "conflict lifted", "submission", submission.id, edition_id=edition.id, person=row.person_id)
    uow.session.flush()


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: what they declared goes."""
    uow.session.execute(delete(DeclaredConflict).where(DeclaredConflict.person_id == event.person_id))
    uow.session.flush()
