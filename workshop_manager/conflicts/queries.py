"""Every select of this package; each says what it loads."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select, union, union_all
from sqlalchemy.orm import Session, contains_eager

from workshop_manager.accounts.models import Person
from workshop_manager.conflicts.models import DeclaredConflict
from workshop_manager.conflicts.rules import Interests
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.models import Author, Submission


def _own(person_id: int) -> Select[int]:
    return select(Submission.id).where(Submission.submitter_id == person_id)


def _author(person_id: int) -> Select[int]:
    return select(Author.submission_id).where(Author.person_id == person_id)


def _address(person_id: int) -> Select[int]:
    address = select(func.lower(Person.email)).where(Person.id == person_id).scalar_subquery()
    return select(Author.submission_id).where(func.lower(Author.email) == address)


def _declared(person_id: int) -> Select[int]:
    return select(DeclaredConflict.submission_id).where(DeclaredConflict.person_id == person_id)


_CONFLICTS = (("own", _own), ("author", _author), ("address", _address), ("declared", _declared))
"""By the names and in the order of `rules.conflict_of`."""


def conflicted(person_id: int) -> Select[tuple[int]]:
    """Ids of submissions this person must not judge, nor see at a desk. Agrees with `rules.conflict_of`."""
    return select(union(*(ids(person_id) for _why, ids in _CONFLICTS)).subquery().c[0])


def conflicts_with(session: Session, edition_id: int, person_id: int) -> dict[int, str]:
    """The submissions of an edition that this person must not judge, each with the reason `rules.conflict_of` gives."""
    each = [(why, ids(person_id).subquery()) for why, ids in _CONFLICTS]
    reasons = union_all(*(select(literal(why).label("why"), rows.c[0].label("id")) for why, rows in each)).subquery()
    rows = session.execute(
        select(reasons.c.id, reasons.c.why)
        .join(Submission, Submission.id == reasons.c.id)
        .where(Submission.edition_id == edition_id)
    )
    found: dict[int, set[str]] = {}
    for submission_id, why in rows:
        found.setdefault(submission_id, set()).add(why)
    return {one: next(why for why, _ids in _CONFLICTS if why in reasons) for one, reasons in found.items()}


def interests_of(session: Session, submission: Submission) -> Interests:
    """Whose work it is, for `rules.conflict_of` (two small queries)."""
    authors = session.execute(select(Author.person_id, Author.email).where(Author.submission_id == submission.id)).all()
    declared = session.scalars(
        select(DeclaredConflict.person_id).where(DeclaredConflict.submission_id == submission.id)
    ).all()
    return Interests(
        submission.submitter_id,
        frozenset(person for person, _email in authors if person is not None),
        frozenset(email.casefold() for _person, email in authors if email),
        frozenset(declared),
    )


def conflicts_of(session: Session, submission_id: int) -> Sequence[DeclaredConflict]:
    """The conflicts declared about a submission, with their people."""
    return session.scalars(
        select(DeclaredConflict)
        .join(DeclaredConflict.person)
        .options(contains_eager(DeclaredConflict.person))
        .where(DeclaredConflict.submission_id == submission_id)
        .order_by(DeclaredConflict.id)
    ).all()


def find_conflict(session: Session, submission_id: int, conflict_id: int) -> DeclaredConflict | None:
    """One declared conflict about that submission."""
    return session.execute(
        select(DeclaredConflict).where(
            DeclaredConflict.id == conflict_id, DeclaredConflict.submission_id == submission_id
        )
    ).scalar_one_or_none()


def hidden_mails(person_id: int) -> ColumnElement[bool]:
    """Mails of the outbox that would tell this person of work they must not judge: who reviews it, what became of it.

    Those of `Letter.about` a work in conflict, and those about several works (`submissions`) of an edition with one.
    """
    ids = conflicted(person_id).subquery()
    works = select(literal("submission:") + cast(ids.c[0], String))
    here = select(Submission.edition_id).where(Submission.id.in_(conflicted(person_id)))
    about = func.coalesce(OutboxMail.about, "")  # NOT of a comparison with NULL would hide every other mail
    return or_(about.in_(works), and_(about == "submissions", OutboxMail.edition_id.in_(here)))
