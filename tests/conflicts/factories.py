"""Conflicts for tests."""

from tests.factories import make_person
from tests.submissions.factories import make_submission
from workshop_manager.accounts.models import Person
from workshop_manager.conflicts.keys import keys_of_statement
from workshop_manager.conflicts.models import Opposed, OpposedKey, Statement, StatementKey
from workshop_manager.conflicts.rules import counts_until
from workshop_manager.conflicts.states import About, ConflictKind
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.workshops.models import Edition


def add_author(
    uow: UnitOfWork, work: Submission, name: str = "Ghost", email: str | None = None, affiliation: str | None = None,
    person: Person | None = None,
) -> Author:  # fmt: skip
    """One more author of that work, with an account or without."""
    row = Author(
        submission_id=work.id, position=99, name=name, email=email, affiliation=affiliation,
        person_id=person.id if person else None,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    return row


def work_of(uow: UnitOfWork, edition: Edition, email: str | None = None, affiliation: str | None = None) -> Submission:
    """A submission of somebody without an account."""
    made = make_submission(uow, edition, make_person(uow, "Somebody Submits"))
    add_author(uow, made, "Zubaydah Quartz", email, affiliation)
    return made


def state(
    uow: UnitOfWork, person: Person, about: About, name: str = "", address: str = "", last_year: int | None = None
) -> Statement:
    """That person said whom they should not judge."""
    row = Statement(
        person_id=person.id, about=about, name=name, address=address, relation=ConflictKind.COLLEAGUE,
        first_year=None, last_year=last_year, counts_until=counts_until(last_year), added_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    for kind, key in keys_of_statement(about, name, address):
        uow.session.add(StatementKey(statement_id=row.id, kind=kind, key=key, person_id=person.id))
    uow.session.flush()
    return row


def oppose(uow: UnitOfWork, work: Submission, about: About, name: str = "", address: str = "") -> Opposed:
    """The authors named somebody."""
    row = Opposed(
        submission_id=work.id, about=about, name=name, address=address, relation=ConflictKind.OTHER, added_at=uow.now
    )
    uow.session.add(row)
    uow.session.flush()
    for kind, key in keys_of_statement(about, name, address):
        uow.session.add(OpposedKey(opposed_id=row.id, kind=kind, key=key, submission_id=work.id))
    uow.session.flush()
    return row
