"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, true
from sqlalchemy.orm import Session, contains_eager, selectinload, undefer

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.assignments.rules import REVIEWERS
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions.models import Decision
from workshop_manager.exchange.models import Imported, ImportFile
from workshop_manager.exchange.states import Sort, Source
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.queries import IS_IN, RANKED_BY
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import TeamMember
from workshop_manager.workshops.rules import Standing

BATCH = 500
"""Ids in one condition: SQLite takes some thirty thousand, and short statements are planned faster."""


# -- files on their way in ----------------------------------------------------------------------------------------


LATELY = 50
"""Among how many imports one is looked for whose columns were the same."""


def files_of(session: Session, edition_id: int, person_id: int) -> Sequence[ImportFile]:
    """What a person has uploaded and not applied, without the bytes, the latest first."""
    return session.scalars(
        select(ImportFile)
        .where(ImportFile.edition_id == edition_id, ImportFile.person_id == person_id)
        .order_by(ImportFile.id.desc())
    ).all()


def find_file(
    session: Session, edition_id: int, file_id: int, person_id: int, *, lock: bool = False
) -> ImportFile | None:
    """A person's own uploaded file, with its bytes."""
    query = (
        select(ImportFile)
        .options(undefer(ImportFile.body))
        .where(ImportFile.id == file_id, ImportFile.edition_id == edition_id, ImportFile.person_id == person_id)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def last_wishes(session: Session, edition_id: int, columns: Sequence[str]) -> dict[str, Any] | None:
    """How a file of just these columns was read when it was last brought in here; None if none was lately."""
    lately = (
        select(AuditEntry.details)
        .where(AuditEntry.edition_id == edition_id, AuditEntry.action == "import", AuditEntry.subject == "edition")
        .order_by(AuditEntry.id.desc())
        .limit(LATELY)
    )
    found = next((one for one in session.scalars(lately) if one.get("columns") == list(columns)), None)
    return dict(found["wishes"]) if found else None


def forget_expired(uow: UnitOfWork) -> None:
    """Remove files that nobody applied in time."""
    uow.session.execute(delete(ImportFile).where(ImportFile.expires_at <= uow.now))


# -- what was brought in before -----------------------------------------------------------------------------------


def imported(session: Session, edition_id: int, source: Source) -> dict[tuple[Sort, str], Imported]:
    """All that came from this source, by sort and name there (one query)."""
    rows = session.scalars(select(Imported).where(Imported.edition_id == edition_id, Imported.source == source))
    return {(row.sort, row.key): row for row in rows}


def visible_states(session: Session, edition_id: int, standing: Standing | None) -> dict[int, tuple[int, State]]:
    """Number and state, by id, of what may be read at the desk; without a standing of everything."""
    seen = true() if standing is None else visible_to(standing)
    rows = session.execute(
        select(Submission.id, Submission.number, Submission.state).where(Submission.edition_id == edition_id, seen)
    )
    return {row.id: (row.number, row.state) for row in rows}


def with_authors(session: Session, ids: Collection[int]) -> dict[int, Submission]:
    """These submissions with their authors, locked, by id (two queries for each five hundred)."""
    found: dict[int, Submission] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), BATCH):
        rows = session.scalars(
            select(Submission)
            .options(selectinload(Submission.authors))
            .where(Submission.id.in_(listed[start : start + BATCH]))
            .order_by(Submission.id)
            .with_for_update(of=Submission)
            .execution_options(populate_existing=True)
        )
        found |= {row.id: row for row in rows}
    return found


def reviewers(session: Session, edition_id: int) -> Sequence[Person]:
    """Everybody who may review in an edition."""
    member = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWERS))
    return session.scalars(select(Person).where(Person.id.in_(member), Person.erased_at.is_(None))).all()


def assigned_pairs(session: Session, edition_id: int) -> set[tuple[int, int]]:
    """(submission, reviewer) of every assignment of an edition."""
    rows = session.execute(
        select(Assignment.submission_id, Assignment.reviewer_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Submission.edition_id == edition_id)
    )
    return {(submission_id, person_id) for submission_id, person_id in rows}


def reviewed_pairs(session: Session, edition_id: int) -> set[tuple[int, int]]:
    """(submission, reviewer) of every review of an edition, drafts included."""
    rows = session.execute(
        select(Review.submission_id, Review.reviewer_id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(Submission.edition_id == edition_id, Review.reviewer_id.is_not(None))
    )
    return {(submission_id, person_id) for submission_id, person_id in rows if person_id is not None}


def reviews_by_id(session: Session, ids: Collection[int]) -> dict[int, Review]:
    """These reviews, locked."""
    found: dict[int, Review] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), BATCH):
        rows = session.scalars(
            select(Review).where(Review.id.in_(listed[start : start + BATCH])).order_by(Review.id).with_for_update()
        )
        found |= {row.id: row for row in rows}
    return found


# -- exports ------------------------------------------------------------------------------------------------------


def _seen(edition_id: int, standing: Standing | None) -> ColumnElement[bool]:
    """What an export holds: without a standing (a command of the machine's owner) everything but drafts."""
    from_desk = visible_to(standing) if standing is not None else _handed_in()
    return and_(Submission.edition_id == edition_id, from_desk)


def _handed_in() -> ColumnElement[bool]:
    return Submission.submitted_at.is_not(None)


def _ids(session: Session, query: Select[int]) -> list[int]:
    return list(session.scalars(query))


def submissions(
    session: Session, edition_id: int, standing: Standing | None, conditions: Sequence[ColumnElement[bool]] = ()
) -> Iterator[Submission]:
    """Submissions with tracks and authors, by number, read in stretches so that no more are held than one."""
    ids = _ids(
        session, select(Submission.id).where(_seen(edition_id, standing), *conditions).order_by(Submission.number)
    )
    for start in range(0, len(ids), BATCH):
        rows = session.scalars(
            select(Submission)
            .outerjoin(Submission.track)
            .options(contains_eager(Submission.track), selectinload(Submission.authors))
            .where(Submission.id.in_(ids[start : start + BATCH]))
            .order_by(Submission.number)
        ).all()
        yield from rows
        session.expunge_all()


def reviews(session: Session, edition_id: int, standing: Standing | None) -> Iterator[tuple[Submission, Review]]:
    """Reviews that are in, with their submissions and writers, by number."""
    ids = _ids(
        session,
        select(Review.id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(_seen(edition_id, standing), IS_IN)
        .order_by(Submission.number, Review.id),
    )
    for start in range(0, len(ids), BATCH):
        rows = session.execute(
            select(Submission, Review)
            .join(Review, Review.submission_id == Submission.id)
            .outerjoin(Review.reviewer)
            .options(contains_eager(Review.reviewer))
            .where(Review.id.in_(ids[start : start + BATCH]))
            .order_by(Submission.number, Review.id)
        ).all()
        yield from ((submission, review) for submission, review in rows)
        session.expunge_all()


def assignments(
    session: Session, edition_id: int, standing: Standing | None
) -> Iterator[tuple[Submission, Person, bool]]:
    """Assignments with submissions and reviewers, and whether the review is in, by number."""
    done = and_(Review.submission_id == Assignment.submission_id, Review.reviewer_id == Assignment.reviewer_id, IS_IN)
    rows = session.execute(
        select(Submission, Person, Review.id)
        .join(Assignment, Assignment.submission_id == Submission.id)
        .join(Person, Person.id == Assignment.reviewer_id)
        .outerjoin(Review, done)
        .where(_seen(edition_id, standing))
        .order_by(Submission.number, Assignment.id)
        .execution_options(yield_per=BATCH)
    )
    for submission, person, review_id in rows:
        yield submission, person, review_id is not None


def decisions(
    session: Session, edition_id: int, standing: Standing | None
) -> Iterator[tuple[Submission, Decision, float | None, int]]:
    """Decisions with submissions, the average score and how many reviews are in, by number."""
    figures = (
        select(
            Review.submission_id.label("id"),
            func.avg(RANKED_BY).label("mean"),
            func.count().label("count"),
        )
        .where(IS_IN)
        .group_by(Review.submission_id)
        .subquery()
    )
    rows = session.execute(
        select(Submission, Decision, figures.c.mean, func.coalesce(figures.c.count, 0))
        .join(Decision, Decision.submission_id == Submission.id)
        .outerjoin(figures, figures.c.id == Submission.id)
        .where(_seen(edition_id, standing), Decision.outcome.is_not(None))
        .order_by(Submission.number)
        .execution_options(yield_per=BATCH)
    )
    for submission, decision, mean, count in rows:
        yield submission, decision, float(mean) if mean is not None else None, count
