"""Verbs about conflicts of interest: declare, add, lift, waive; say once whom one should not judge; name somebody."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from workshop_manager.accounts.events import PersonErased
from workshop_manager.conflicts import emails, keys, queries, rules
from workshop_manager.conflicts.events import ConflictFound
from workshop_manager.conflicts.models import (
    DeclaredConflict,
    Opposed,
    OpposedKey,
    PersonKey,
    Statement,
    StatementKey,
    Waiver,
)
from workshop_manager.conflicts.states import About, ConflictKind
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.events import SubmissionsBroughtIn, SubmissionSubmitted
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.service import locked_at_desk
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS
from workshop_manager.workshops.service import acting_person, actor_id, require


@dataclass(frozen=True, slots=True)
class Whom:
    """A person or an institution, as typed: by name, address, or both."""

    about: About
    name: str = ""
    address: str = ""
    relation: ConflictKind = ConflictKind.OTHER


# -- about one work -----------------------------------------------------------------------------------------------


def declare(uow: UnitOfWork, edition: Edition, submission: Submission, kind: ConflictKind, note: str) -> None:
    """The acting person says that they should not judge this work. The caller found it where they may see it."""
    person = acting_person(uow)
    uow.session.add(
        DeclaredConflict(submission_id=submission.id, person_id=person.id, kind=kind, note=note, declared_at=uow.now)
    )
    record(uow, "conflict declared", "submission", submission.id, edition_id=edition.id, kind=kind.value)
    uow.session.flush()
    uow.tell(ConflictFound(submission.id, person.id))
    tell_owners(uow, edition)


def add(uow: UnitOfWork, edition: Edition, number: int, person_id: int, kind: ConflictKind, note: str) -> None:
    """A chair knows that somebody should not judge this work: from now on it does not exist for them."""
    standing = require(uow, edition, MAY_SUBMISSIONS)
    submission = locked_at_desk(uow, edition, standing, number)
    person = queries.find_judge(uow.session, edition.id, person_id)
    if person is None:
        raise NotFound
    row = DeclaredConflict(
        submission_id=submission.id, person_id=person_id, kind=kind, note=note, declared_at=uow.now,
        added_by=actor_id(uow),
    )  # fmt: skip
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:
        raise Conflict(str(_("That conflict is declared already."))) from None
    record(uow, "conflict added", "submission", submission.id, edition_id=edition.id, person=person_id, kind=kind.value)
    uow.session.flush()
    uow.tell(ConflictFound(submission.id, person_id))
    tell_owners(uow, edition)


def keep_apart(uow: UnitOfWork, submission: Submission, person_id: int, kind: ConflictKind) -> None:
    """For higher packages: from now on this person must not judge this work, and what they had of it goes.

    Whoever calls has asked whether that may be. Once is enough.
    """
    if queries.is_declared(uow.session, submission.id, person_id):
        return
    uow.session.add(DeclaredConflict(submission_id=submission.id, person_id=person_id, kind=kind, declared_at=uow.now))
    uow.session.flush()
    uow.tell(ConflictFound(submission.id, person_id))


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


def waive(uow: UnitOfWork, edition: Edition, number: int, person_id: int, reason: str) -> None:
    """Say that what was found about somebody and this work is no conflict, and why: a very large company, a namesake.

    Another chair does it: whoever has the conflict does not see the work. What they said themselves stays.
    """
    standing = require(uow, edition, MAY_SUBMISSIONS)
    submission = locked_at_desk(uow, edition, standing, number)
    found = queries.reasons(uow.session, submission).get(person_id)
    if found is None:
        raise NotFound
    if not rules.may_waive((one.why for one in found.reasons), by_oneself=person_id == actor_id(uow)):
        raise Conflict(str(_("Only what was found by comparing can be waived, not what somebody is or said.")))
    if not reason:
        raise Conflict(str(_("Say why it is no conflict; other chairs read it.")))
    if found.waiver is None:
        uow.session.add(
            Waiver(
                submission_id=submission.id, person_id=person_id, reason=reason, waived_by=actor_id(uow),
                waived_at=uow.now,
            )
        )  # fmt: skip
        record(uow, "conflict waived", "submission", submission.id, edition_id=edition.id, person=person_id)
    uow.session.flush()


def end_waiver(uow: UnitOfWork, edition: Edition, number: int, person_id: int) -> None:
    """What was waived counts again: what they had of it goes."""
    standing = require(uow, edition, MAY_SUBMISSIONS)
    submission = locked_at_desk(uow, edition, standing, number)
    row = uow.session.get(Waiver, (submission.id, person_id))
    if row is None:
        raise NotFound
    uow.session.delete(row)
    record(uow, "conflict counts again", "submission", submission.id, edition_id=edition.id, person=person_id)
    uow.session.flush()
    if person_id in queries.against(uow.session, submission, [person_id]):
        uow.tell(ConflictFound(submission.id, person_id))


# -- said once, for all editions ----------------------------------------------------------------------------------


def state(uow: UnitOfWork, whom: Whom, *, first_year: int | None = None, last_year: int | None = None) -> Statement:
    """The acting person says whose work they should not judge, here and in any edition."""
    person = acting_person(uow)
    if len(queries.statements_of(uow.session, person.id)) >= rules.MOST_STATEMENTS:
        raise Conflict(str(_("At most %(most)s fit. Take out what is long over.", most=rules.MOST_STATEMENTS)))
    made = _keys(whom)
    row = Statement(
        person_id=person.id, about=whom.about, name=whom.name, address=whom.address, relation=whom.relation,
        first_year=first_year, last_year=last_year, counts_until=rules.counts_until(last_year), added_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    rows = [{"statement_id": row.id, "kind": kind, "key": key, "person_id": person.id} for kind, key in made]
    uow.session.execute(insert(StatementKey), rows)
    # What they were given of it goes for good, as when they declare it: nobody finds out who wrote a work by saying
    # names and looking whether it vanishes.
    for work in queries.touched_by(uow.session, row):
        record(uow, "conflict stated", "submission", work.id, edition_id=work.edition_id, person=person.id)
        uow.tell(ConflictFound(work.id, person.id))
    return row


def take_back(uow: UnitOfWork, statement_id: int) -> None:
    """It was a slip, or is long over."""
    person = acting_person(uow)
    row = uow.session.get(Statement, statement_id)
    if row is None or row.person_id != person.id:
        raise NotFound
    uow.session.delete(row)
    uow.session.flush()


def _keys(whom: Whom) -> list[rules.Key]:
    made = list(keys.keys_of_statement(whom.about, whom.name, whom.address))
    if made:
        return made
    if whom.about is About.INSTITUTION:
        raise Conflict(str(_("Write the institution’s full name, or its domain. A free mail provider is none.")))
    raise Conflict(str(_("Write the whole name, given and family name, or an e-mail address.")))


# -- named by authors ---------------------------------------------------------------------------------------------


def _own(uow: UnitOfWork, edition: Edition, number: int) -> Submission:
    person = acting_person(uow)
    found = submissions.find_own(uow.session, edition.id, number, person.id, lock=True)
    if found is None:
        raise NotFound
    if found.state not in rules.CAN_BE_NAMED:
        raise Conflict(str(_("The decision is out, so this does not change any more.")))
    return found


def oppose(uow: UnitOfWork, edition: Edition, number: int, whom: Whom, note: str = "") -> Opposed:
    """Authors name somebody who should not judge their work. Only chairs without a conflict read it."""
    submission = _own(uow, edition, number)
    if len(queries.opposed_by(uow.session, submission.id)) >= rules.MOST_NAMED:
        raise Conflict(str(_("At most %(most)s can be named.", most=rules.MOST_NAMED)))
    made = _keys(whom)
    row = Opposed(
        submission_id=submission.id, about=whom.about, name=whom.name, address=whom.address, relation=whom.relation,
        note=note, added_by=actor_id(uow), added_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    rows = [{"opposed_id": row.id, "kind": kind, "key": key, "submission_id": submission.id} for kind, key in made]
    uow.session.execute(insert(OpposedKey), rows)
    record(uow, "conflict named", "submission", submission.id, edition_id=edition.id)
    return row


def take_out(uow: UnitOfWork, edition: Edition, number: int, opposed_id: int) -> None:
    """Authors no longer mind."""
    submission = _own(uow, edition, number)
    row = uow.session.get(Opposed, opposed_id)
    if row is None or row.submission_id != submission.id:
        raise NotFound
    uow.session.delete(row)
    record(uow, "conflict taken out", "submission", submission.id, edition_id=edition.id)
    uow.session.flush()


# -- nobody left to decide ----------------------------------------------------------------------------------------


def tell_owners(uow: UnitOfWork, edition: Edition) -> None:
    """If works wait that no chair may see, the owners get a mail, once a day at most: how many, and what to do.

    It says nothing of the works, since those who read it must not know of them.
    """
    number = queries.unattended(uow.session, edition.id)
    if number:
        emails.unattended(uow, edition, number)


def on_submitted(uow: UnitOfWork, event: SubmissionSubmitted | SubmissionsBroughtIn) -> None:
    """Something came in: perhaps everybody who could decide has a conflict with it."""
    tell_owners(uow, workshops.get_edition(uow.session, event.edition_id))


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: what they declared goes, and what they were compared by."""
    for model in (DeclaredConflict, Waiver, StatementKey, Statement, PersonKey):
        uow.session.execute(delete(model).where(model.person_id == event.person_id))
    uow.session.flush()
