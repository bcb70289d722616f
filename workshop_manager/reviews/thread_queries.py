"""Selects of discussions, meta-reviews and the authors' responses; each says what it loads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.assignments.rules import REVIEWERS
from workshop_manager.reviews.models import (
    AuthorResponse,
    Message,
    MetaReview,
    Review,
    ReviewerHandle,
    ReviewSettings,
    ThreadSeen,
)
from workshop_manager.reviews.states import ReviewState
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.models import TeamMember
from workshop_manager.workshops.rules import CHAIRS
from workshop_manager.workshops.states import Role


@dataclass(frozen=True, slots=True)
class Said:
    """A message with the number by which its writer is called, if they are a reviewer."""

    message: Message
    number: int | None


def thread(session: Session, submission_id: int) -> list[Said]:
    """The discussion of a work in order, with writers (one query)."""
    rows = session.execute(
        select(Message, ReviewerHandle.number)
        .outerjoin(Message.person)
        .outerjoin(
            ReviewerHandle,
            and_(ReviewerHandle.submission_id == Message.submission_id, ReviewerHandle.person_id == Message.person_id),
        )
        .options(contains_eager(Message.person))
        .where(Message.submission_id == submission_id)
        .order_by(Message.id)
    )
    return [Said(message, number) for message, number in rows]


def count(session: Session, submission_id: int) -> int:
    """How many messages a discussion has, taken back or not."""
    return session.execute(select(func.count(Message.id)).where(Message.submission_id == submission_id)).scalar_one()


def newest(session: Session, submission_id: int) -> int:
    """The id of the newest message; 0 without any."""
    found = session.execute(select(func.max(Message.id)).where(Message.submission_id == submission_id)).scalar_one()
    return found or 0


def find(session: Session, submission_id: int, message_id: int, *, lock: bool = False) -> Message | None:
    """A message of that discussion."""
    query = select(Message).where(Message.id == message_id, Message.submission_id == submission_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def seen_row(session: Session, submission_id: int, person_id: int) -> ThreadSeen | None:
    """Up to where somebody has read a discussion."""
    return session.execute(
        select(ThreadSeen).where(ThreadSeen.submission_id == submission_id, ThreadSeen.person_id == person_id)
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class ThreadReader:
    """Somebody who may be mentioned: what they are beside this work."""

    person: Person
    number: int | None
    is_reviewer: bool
    own_is_in: bool
    is_lead: bool
    is_chair: bool


def readers(session: Session, edition_id: int, submission_id: int, track_id: int | None) -> list[ThreadReader]:
    """Reviewers, lead and chairs of a work who are on the team (one query); conflicts are the caller's question."""
    assigned = exists().where(Assignment.submission_id == submission_id, Assignment.reviewer_id == Person.id)
    leads = exists().where(MetaReview.submission_id == submission_id, MetaReview.lead_id == Person.id)
    is_in = exists().where(
        Review.submission_id == submission_id,
        Review.reviewer_id == Person.id,
        Review.state == ReviewState.SUBMITTED,
    )
    here = (TeamMember.edition_id == edition_id, TeamMember.person_id == Person.id)
    chairs = exists().where(
        *here,
        or_(
            TeamMember.role.in_(CHAIRS),
            and_(TeamMember.role == Role.TRACK_CHAIR, TeamMember.track_id == track_id),
        ),
    )
    on_team = exists().where(*here, TeamMember.role.in_(REVIEWERS))
    rows = session.execute(
        select(
            Person,
            ReviewerHandle.number,
            assigned.label("assigned"),
            is_in.label("is_in"),
            leads.label("leads"),
            chairs.label("chairs"),
        )
        .outerjoin(
            ReviewerHandle,
            and_(ReviewerHandle.submission_id == submission_id, ReviewerHandle.person_id == Person.id),
        )
        .where(on_team, or_(assigned, leads, chairs))
        .order_by(Person.id)
    )
    return [ThreadReader(*row) for row in rows]


def committee_member(session: Session, edition_id: int, person_id: int) -> Person | None:
    """Somebody who reviews or chairs in an edition."""
    member = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWERS))
    return session.execute(select(Person).where(Person.id == person_id, Person.id.in_(member))).scalar_one_or_none()


def committee(session: Session, edition_id: int) -> Sequence[Person]:
    """Everybody who reviews or chairs in an edition, by name."""
    member = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWERS))
    return session.scalars(select(Person).where(Person.id.in_(member)).order_by(Person.name, Person.id)).all()


def metas_for_authors(session: Session, submission_ids: Collection[int]) -> dict[int, MetaReview]:
    """The meta-reviews that are in, by submission, where the organisers let authors read them (one query)."""
    rows = session.scalars(
        select(MetaReview)
        .join(Submission, Submission.id == MetaReview.submission_id)
        .outerjoin(ReviewSettings, ReviewSettings.edition_id == Submission.edition_id)
        .where(MetaReview.submission_id.in_(submission_ids), MetaReview.written_at.is_not(None))
        .where(func.coalesce(ReviewSettings.meta_for_authors, true()))
    )
    return {row.submission_id: row for row in rows}


def meta_of(session: Session, submission_id: int, *, lock: bool = False) -> MetaReview | None:
    """The meta-review of a work, with its lead."""
    query = (
        select(MetaReview)
        .outerjoin(MetaReview.lead)
        .options(contains_eager(MetaReview.lead))
        .where(MetaReview.submission_id == submission_id)
    )
    if lock:
        query = query.with_for_update(of=MetaReview).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def response_of(session: Session, submission_id: int, *, lock: bool = False) -> AuthorResponse | None:
    """The authors' response to the reviews of a work, sent or not."""
    query = select(AuthorResponse).where(AuthorResponse.submission_id == submission_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()
