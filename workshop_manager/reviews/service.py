"""Verbs of reviewing: take a work back, declare a conflict, write."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete

from workshop_manager.accounts.events import PersonErased
from workshop_manager.assignments.models import Assignment
from workshop_manager.assignments.rules import OPEN_FOR_REVIEW
from workshop_manager.calls import queries as calls
from workshop_manager.conflicts import service as conflicts
from workshop_manager.conflicts.events import ConflictFound
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews import queries, rules
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.states import Advice, ReviewState
from workshop_manager.submissions.service import locked_at_desk
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS
from workshop_manager.workshops.service import acting_person, require


@dataclass(frozen=True, slots=True)
class ReviewContent:
    """A review as typed; a draft may leave anything out."""

    score: int | None = None
    advice: Advice | None = None
    confidence: int | None = None
    text: str = ""
    remark: str = ""


class Incomplete(Conflict):
    """A review that cannot be handed in yet; `fields` says what is missing."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(str(_("Something is missing before this review can be handed in.")))
        self.fields = fields


class Stale(Conflict):
    """Somebody saved it meanwhile."""


class Withdrawn(Conflict):
    """The authors took the work back while it was being reviewed."""

    def __init__(self, number: int) -> None:
        super().__init__(
            str(_("The authors withdrew #%(number)s, so there is nothing left to review. Thank you.", number=number))
        )
        self.number = number


# -- who reads ----------------------------------------------------------------------------------------------------


def unassign(uow: UnitOfWork, edition: Edition, number: int, reviewer_id: int) -> None:
    """Take a submission back from a reviewer who has not handed in a review. A draft of theirs goes with it."""
    standing = require(uow, edition, MAY_SUBMISSIONS)
    submission = locked_at_desk(uow, edition, standing, number)
    review = queries.review_of(uow.session, submission.id, reviewer_id, lock=True)
    if review is not None and review.state is ReviewState.SUBMITTED:
        raise Conflict(str(_("Their review is in. It stays, and so does the assignment.")))
    if review is not None:
        uow.session.delete(review)
    gone = uow.session.execute(
        delete(Assignment)
        .where(Assignment.submission_id == submission.id, Assignment.reviewer_id == reviewer_id)
        .returning(Assignment.id)
    ).all()
    if not gone:
        raise NotFound
    record(uow, "unassigned", "submission", submission.id, edition_id=edition.id, reviewer=reviewer_id)
    uow.session.flush()


# -- conflicts of interest ----------------------------------------------------------------------------------------


def declare_conflict(uow: UnitOfWork, edition: Edition, number: int, kind: ConflictKind, note: str) -> None:
    """Say that one should not judge this work: the assignment and what was written go, and it is seen no more.

    For a reviewer who was given it, and for a chair who sees it at the desk.
    """
    person = acting_person(uow)
    submission = queries.find_for_reviewer(uow.session, edition.id, number, person.id, lock=True)
    if submission is None:
        standing = workshops.standing_of(uow.session, edition.id, person.id)
        submission = locked_at_desk(uow, edition, standing, number)
    conflicts.declare(uow, edition, submission, kind, note)


def on_conflict_found(uow: UnitOfWork, event: ConflictFound) -> None:
    """Whoever must not judge a work loses the assignment, and what they wrote of it."""
    for table in (Review, Assignment):
        uow.session.execute(
            delete(table).where(table.submission_id == event.submission_id, table.reviewer_id == event.person_id)
        )
    uow.session.flush()


# -- writing ------------------------------------------------------------------------------------------------------


def save_review(
    uow: UnitOfWork, edition: Edition, number: int, content: ReviewContent, *, version: int, hand_in: bool
) -> Review:
    """Keep a review as a draft, or hand it in; what is handed in can be changed until decisions are released.

    Raises Withdrawn, Incomplete, Stale or another Conflict with nothing changed.
    """
    person = acting_person(uow)
    submission = queries.find_for_reviewer(uow.session, edition.id, number, person.id, lock=True)
    if submission is None:
        if queries.was_withdrawn(uow.session, edition.id, number, person.id):
            raise Withdrawn(number)
        raise NotFound
    if submission.state not in OPEN_FOR_REVIEW:
        raise Conflict(str(_("The decision on this abstract is out, so reviews do not change any more.")))
    row = queries.review_of(uow.session, submission.id, person.id, lock=True)
    if (row.version if row is not None else 0) != version:
        raise Stale(str(_("This review was saved meanwhile, perhaps by you in another tab. Compare, then save again.")))
    missing = rules.missing_for_submission(content.score, content.advice, content.confidence, content.text)
    is_in = row is not None and row.state is ReviewState.SUBMITTED
    if (hand_in or is_in) and missing:
        raise Incomplete(missing)
    if row is None:
        row = Review(
            submission_id=submission.id, reviewer_id=person.id, state=ReviewState.DRAFT, version=0, created_at=uow.now
        )
        uow.session.add(row)
    row.score, row.advice, row.confidence = content.score, content.advice, content.confidence
    row.text, row.remark = content.text, content.remark
    row.version += 1
    row.changed_at = uow.now
    if hand_in and not is_in:
        row.state, row.submitted_at = ReviewState.SUBMITTED, uow.now
        row.is_signed = rules.is_signed(calls.find_call(uow.session, edition.id).blinding)
        record(uow, "reviewed", "submission", submission.id, edition_id=edition.id)
    uow.session.flush()
    return row


# -- what lower packages tell -------------------------------------------------------------------------------------


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: open assignments go; what they handed in stays, without their name."""
    for review in queries.reviews_by(uow.session, event.person_id):
        if review.state is ReviewState.DRAFT:
            uow.session.delete(review)
        else:
            review.reviewer_id = None
    uow.session.execute(delete(Assignment).where(Assignment.reviewer_id == event.person_id))
    uow.session.flush()
