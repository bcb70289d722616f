"""Selects behind the load board, the chart of progress and reminders; each says what it loads.

All of them count only what the looking chair may see: a number would tell who reviews their work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.assignments.rules import REVIEWERS
from workshop_manager.reviews.models import DeclinedReview, ReminderWave, Review
from workshop_manager.reviews.queries import came_in
from workshop_manager.reviews.states import ReviewState
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import TeamMember
from workshop_manager.workshops.rules import Standing


@dataclass(frozen=True, slots=True)
class Burden:
    """A reviewer on the load board. `drafts` are begun and not in; `owed` is everything that is not in."""

    person: Person
    assigned: int
    done: int
    drafts: int
    owed: int
    declined: int
    last: datetime | None
    """When they last wrote something."""


def _written() -> ColumnElement[bool]:
    return and_(Review.submission_id == Assignment.submission_id, Review.reviewer_id == Assignment.reviewer_id)


_IS_IN = Review.state == ReviewState.SUBMITTED
_WAITS = and_(Submission.state == State.SUBMITTED, or_(Review.id.is_(None), Review.state != ReviewState.SUBMITTED))


def _burdens(edition_id: int, standing: Standing) -> Select[Person, int, int, int, int, int, datetime | None]:
    seen = came_in(edition_id, standing)
    work = (
        select(
            Assignment.reviewer_id.label("id"),
            func.count(Assignment.id).label("assigned"),
            func.sum(case((_IS_IN, 1), else_=0)).label("done"),
            func.sum(case((and_(_WAITS, Review.id.is_not(None)), 1), else_=0)).label("drafts"),
            func.sum(case((_WAITS, 1), else_=0)).label("owed"),
            func.max(Review.changed_at).label("last"),
        )
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Review, _written())
        .where(seen)
        .group_by(Assignment.reviewer_id)
        .subquery()
    )
    declined = (
        select(DeclinedReview.person_id.label("id"), func.count(DeclinedReview.id).label("number"))
        .join(Submission, Submission.id == DeclinedReview.submission_id)
        .where(seen)
        .group_by(DeclinedReview.person_id)
        .subquery()
    )
    member = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWERS))
    return (
        select(
            Person,
            func.coalesce(work.c.assigned, 0).label("assigned"),
            func.coalesce(work.c.done, 0).label("done"),
            func.coalesce(work.c.drafts, 0).label("drafts"),
            func.coalesce(work.c.owed, 0).label("owed"),
            func.coalesce(declined.c.number, 0).label("declined"),
            work.c.last.label("last"),
        )
        .outerjoin(work, work.c.id == Person.id)
        .outerjoin(declined, declined.c.id == Person.id)
        .where(or_(Person.id.in_(member), work.c.assigned > 0))
    )


_SHOWN = {"owing": "owed", "drafts": "drafts", "declined": "declined"}


def burden_counts(session: Session, edition_id: int, standing: Standing) -> dict[str, int]:
    """How many rows each view of the load board has, by its name; "" for all (one query)."""
    each = _burdens(edition_id, standing).subquery()
    columns = [func.count().filter(each.c[column] > 0) for column in _SHOWN.values()]
    row = session.execute(select(func.count(), *columns, func.count().filter(each.c.assigned == 0))).one()
    return dict(zip(("", *_SHOWN, "idle"), row, strict=True))


def burdens(session: Session, edition_id: int, standing: Standing, show: str, offset: int, most: int) -> list[Burden]:
    """A stretch of the load board, whoever owes most first (one query)."""
    query = _burdens(edition_id, standing)
    column = query.selected_columns
    owed, assigned = column["owed"], column["assigned"]
    if show in _SHOWN:
        query = query.where(column[_SHOWN[show]] > 0)
    elif show == "idle":
        query = query.where(assigned == 0)
    rows = session.execute(
        query.order_by(owed.desc(), assigned.desc(), Person.name, Person.id).offset(offset).limit(most)
    )
    return [Burden(*row) for row in rows]


def moments(session: Session, edition_id: int, standing: Standing) -> Sequence[datetime]:
    """When each review came in, in order (one query, one column)."""
    return session.scalars(
        select(Review.submitted_at)
        .join(Submission, Submission.id == Review.submission_id)
        .where(came_in(edition_id, standing), _IS_IN, Review.submitted_at.is_not(None))
        .order_by(Review.submitted_at)
    ).all()  # type: ignore[return-value]  # NULL is excluded


@dataclass(frozen=True, slots=True)
class Declined:
    """An assignment that was given back, and how many were asked since."""

    row: DeclinedReview
    submission: Submission
    asked_since: int


def declines(session: Session, edition_id: int, standing: Standing, most: int = 50) -> list[Declined]:
    """What was given back, the latest first, with who, which work, and whether others were asked since (one query)."""
    since = (
        select(func.count(Assignment.id))
        .where(
            Assignment.submission_id == DeclinedReview.submission_id,
            Assignment.assigned_at > DeclinedReview.declined_at,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(DeclinedReview, Submission, since)
        .join(Submission, Submission.id == DeclinedReview.submission_id)
        .join(DeclinedReview.person)
        .options(contains_eager(DeclinedReview.person))
        .where(came_in(edition_id, standing))
        .order_by(DeclinedReview.id.desc())
        .limit(most)
    )
    return [Declined(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody who owes reviews, with exactly those, each with whether it is begun."""

    person: Person
    works: tuple[tuple[Submission, bool], ...]


def owing(session: Session, edition_id: int, standing: Standing) -> list[Owing]:
    """Everybody on the team who was asked and whose review is not in, by name (one query).

    Whoever got a conflict since is left out: they do not read the work any more.
    """
    member = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWERS))
    rows = session.execute(
        select(Person, Submission, Review.id)
        .join(Assignment, Assignment.reviewer_id == Person.id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Review, _written())
        .where(came_in(edition_id, standing), _WAITS, Person.id.in_(member))
        .order_by(Person.name, Person.id, Submission.number)
    )
    found: dict[int, tuple[Person, list[tuple[Submission, bool]]]] = {}
    for person, submission, review_id in rows:
        found.setdefault(person.id, (person, []))[1].append((submission, review_id is not None))
    return [Owing(person, tuple(works)) for person, works in found.values()]


def waves(session: Session, edition_id: int, most: int = 10) -> Sequence[ReminderWave]:
    """The reminders of an edition, the latest first."""
    return session.scalars(
        select(ReminderWave).where(ReminderWave.edition_id == edition_id).order_by(ReminderWave.id.desc()).limit(most)
    ).all()
