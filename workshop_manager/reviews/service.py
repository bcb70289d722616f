"""Verbs of reviewing: assign, declare a conflict, write. What is decided stands in `deciding`."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.calls import queries as calls
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews import emails, queries, rules
from workshop_manager.reviews.models import Assignment, DeclaredConflict, Review
from workshop_manager.reviews.states import Advice, ConflictKind, ReviewState
from workshop_manager.reviews.words import conflict_sentence
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS, Standing
from workshop_manager.workshops.service import require

MOST_AT_ONCE = 200


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


def acting_person(uow: UnitOfWork) -> Person:
    """Who acts; Forbidden for a visitor."""
    if not isinstance(uow.actor, Person):
        raise Forbidden(str(_("Sign in first.")))
    return uow.actor


# -- assigning ----------------------------------------------------------------------------------------------------


def _at_desk(uow: UnitOfWork, edition: Edition, standing: Standing, number: int) -> Submission:
    found = queries.find_at_desk(uow.session, edition.id, standing, number, lock=True)
    if found is None:
        raise NotFound
    return found


def assign(
    uow: UnitOfWork, edition: Edition, numbers: Collection[int], reviewer_ids: Collection[int]
) -> list[Assignment]:
    """Give every one of these submissions to every one of these reviewers, and one mail to each of them: all or none.

    A conflict of interest is refused with its reason. What somebody has already stays as it is.
    """
    standing = require(uow, edition, MAY_SUBMISSIONS)
    if not numbers or not reviewer_ids:
        raise Conflict(str(_("Choose at least one reviewer and one abstract.")))
    if len(numbers) * len(reviewer_ids) > MOST_AT_ONCE:
        raise Conflict(str(_("At most %(most)s assignments at once. Choose fewer.", most=MOST_AT_ONCE)))
    found = [_at_desk(uow, edition, standing, number) for number in sorted(set(numbers))]
    made: list[Assignment] = []
    for reviewer_id in sorted(set(reviewer_ids)):
        load = queries.find_load(uow.session, edition.id, standing, reviewer_id)
        if load is None:
            raise Conflict(str(_("Choose somebody who reviews for this edition. Invite them on the team page first.")))
        new = [row for submission in found if (row := _assign_one(uow, edition, submission, load.person)) is not None]
        if new:
            uow.session.flush()
            emails.assigned(
                uow, edition, load.person, [s for s in found if s.id in {r.submission_id for r in new}], new
            )
        made += new
    if not made:
        raise Conflict(str(_("That was assigned already.")))
    return made


def _assign_one(uow: UnitOfWork, edition: Edition, submission: Submission, reviewer: Person) -> Assignment | None:
    conflict = rules.conflict_of(reviewer.id, reviewer.email, queries.interests_of(uow.session, submission))
    if conflict is not None:
        raise Conflict(conflict_sentence(conflict, reviewer.name, submission.number))
    if submission.state not in rules.OPEN_FOR_REVIEW:
        raise Conflict(str(_("#%(number)s is not waiting for reviews.", number=submission.number)))
    row = Assignment(
        submission_id=submission.id,
        reviewer_id=reviewer.id,
        assigned_by=acting_person(uow).id,
        assigned_at=uow.now,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:
        return None
    record(uow, "assigned", "submission", submission.id, edition_id=edition.id, reviewer=reviewer.id)
    return row


def unassign(uow: UnitOfWork, edition: Edition, number: int, reviewer_id: int) -> None:
    """Take a submission back from a reviewer who has not handed in a review. A draft of theirs goes with it."""
    standing = require(uow, edition, MAY_SUBMISSIONS)
    submission = _at_desk(uow, edition, standing, number)
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
        submission = _at_desk(uow, edition, standing, number)
    uow.session.add(
        DeclaredConflict(submission_id=submission.id, person_id=person.id, kind=kind, note=note, declared_at=uow.now)
    )
    uow.session.execute(delete(Review).where(Review.submission_id == submission.id, Review.reviewer_id == person.id))
    uow.session.execute(
        delete(Assignment).where(Assignment.submission_id == submission.id, Assignment.reviewer_id == person.id)
    )
    record(uow, "conflict declared", "submission", submission.id, edition_id=edition.id, kind=kind.value)
    uow.session.flush()


def lift_conflict(uow: UnitOfWork, edition: Edition, number: int, conflict_id: int) -> None:
    """Undo a conflict that was declared by mistake. Another chair does it: whoever has one does not see the work."""
    standing = require(uow, edition, MAY_SUBMISSIONS)
    submission = _at_desk(uow, edition, standing, number)
    row = queries.find_conflict(uow.session, submission.id, conflict_id)
    if row is None:
        raise NotFound
    uow.session.delete(row)
    record(uow, "conflict lifted", "submission", submission.id, edition_id=edition.id, person=row.person_id)
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
    if submission.state not in rules.OPEN_FOR_REVIEW:
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
    uow.session.execute(delete(DeclaredConflict).where(DeclaredConflict.person_id == event.person_id))
    uow.session.execute(delete(Assignment).where(Assignment.reviewer_id == event.person_id))
    uow.session.flush()
