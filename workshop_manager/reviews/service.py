"""Verbs of reviewing: assign, declare a conflict, write, decide, release, answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews import emails, queries, rules
from workshop_manager.reviews.events import SubmissionAnswered
from workshop_manager.reviews.models import Assignment, Decision, DeclaredConflict, Review
from workshop_manager.reviews.states import Advice, ConflictKind, ReviewState
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import leads_to
from workshop_manager.submissions.states import Action, Outcome, State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SUBMISSIONS, Standing
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import DateKey

_WHY = {
    "own": "%(name)s submitted this abstract.",
    "author": "%(name)s is an author of this abstract.",
    "address": "An author of this abstract has the address of %(name)s.",
    "declared": "%(name)s declared a conflict of interest.",
}


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


def _person(uow: UnitOfWork) -> Person:
    if not isinstance(uow.actor, Person):
        raise Forbidden(str(_("Sign in first.")))
    return uow.actor


# -- assigning ----------------------------------------------------------------------------------------------------


def _at_desk(uow: UnitOfWork, edition: Edition, number: int) -> tuple[Submission, Standing]:
    standing = require(uow, edition, MAY_SUBMISSIONS)
    found = queries.find_at_desk(uow.session, edition.id, standing, number, lock=True)
    if found is None:
        raise NotFound
    return found, standing


def assign(uow: UnitOfWork, edition: Edition, number: int, reviewer_id: int) -> Assignment:
    """Give a submission to a reviewer of this edition. A conflict of interest is refused with its reason."""
    submission, _standing = _at_desk(uow, edition, number)
    reviewer = next(
        (
            load.person
            for load in queries.loads(uow.session, edition.id, rules.REVIEWERS)
            if load.person.id == reviewer_id
        ),
        None,
    )
    if reviewer is None:
        raise Conflict(str(_("Choose somebody who reviews for this edition. Invite them on the team page first.")))
    conflict = rules.conflict_of(reviewer.id, reviewer.email, queries.interests_of(uow.session, submission.id))
    if conflict is not None:
        raise Conflict(str(_(_WHY[conflict], name=reviewer.name)))
    if submission.state not in rules.OPEN_FOR_REVIEW:
        raise Conflict(str(_("This abstract is not waiting for reviews.")))
    row = Assignment(
        submission_id=submission.id,
        reviewer_id=reviewer.id,
        assigned_by=_person(uow).id,
        assigned_at=uow.now,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:
        raise Conflict(str(_("%(name)s has this abstract already.", name=reviewer.name))) from None
    record(uow, "assigned", "submission", submission.id, edition_id=edition.id, reviewer=reviewer.id)
    emails.assigned(uow, edition, submission, reviewer, row)
    return row


def unassign(uow: UnitOfWork, edition: Edition, number: int, reviewer_id: int) -> None:
    """Take a submission back from a reviewer who has not handed in a review."""
    submission, _standing = _at_desk(uow, edition, number)
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


# -- reviewing ----------------------------------------------------------------------------------------------------


def declare_conflict(uow: UnitOfWork, edition: Edition, number: int, kind: ConflictKind, note: str) -> None:
    """Say that one should not judge this work: the assignment and what was written go, and it is seen no more."""
    person = _person(uow)
    submission = queries.find_for_reviewer(uow.session, edition.id, number, person.id, lock=True)
    if submission is None:
        raise NotFound
    uow.session.add(
        DeclaredConflict(submission_id=submission.id, person_id=person.id, kind=kind, note=note, declared_at=uow.now)
    )
    uow.session.execute(delete(Review).where(Review.submission_id == submission.id, Review.reviewer_id == person.id))
    uow.session.execute(
        delete(Assignment).where(Assignment.submission_id == submission.id, Assignment.reviewer_id == person.id)
    )
    record(uow, "conflict_declared", "submission", submission.id, edition_id=edition.id, kind=kind.value)
    uow.session.flush()


def save_review(
    uow: UnitOfWork, edition: Edition, number: int, content: ReviewContent, *, version: int, hand_in: bool
) -> Review:
    """Keep a review as a draft, or hand it in; what is handed in can be changed until decisions are released.

    Raises Incomplete, Stale or Conflict with nothing changed.
    """
    person = _person(uow)
    submission = queries.find_for_reviewer(uow.session, edition.id, number, person.id, lock=True)
    if submission is None:
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
            submission_id=submission.id,
            reviewer_id=person.id,
            state=ReviewState.DRAFT,
            version=0,
            created_at=uow.now,
        )
        uow.session.add(row)
    row.score, row.advice, row.confidence = content.score, content.advice, content.confidence
    row.text, row.remark = content.text, content.remark
    row.version += 1
    row.changed_at = uow.now
    if hand_in and not is_in:
        row.state, row.submitted_at = ReviewState.SUBMITTED, uow.now
        record(uow, "reviewed", "submission", submission.id, edition_id=edition.id)
    uow.session.flush()
    return row


# -- deciding -----------------------------------------------------------------------------------------------------


def decide(uow: UnitOfWork, edition: Edition, wanted: Mapping[int, Outcome | None], versions: Mapping[int, int]) -> int:
    """Set pending decisions by submission number; None takes one back. Nobody outside the board learns of it.

    Raises Stale, with nothing changed, if one of them was changed since the page was read. Returns how many changed.
    """
    standing = require(uow, edition, MAY_DECIDE)
    found = queries.by_numbers(uow.session, edition.id, standing, list(wanted))
    known = queries.decisions_of(uow.session, [s.id for s in found.values()])
    changed = 0
    for number, outcome in wanted.items():
        submission = found.get(number)
        if submission is None:
            raise NotFound
        changed += _decide_one(uow, edition, submission, known.get(submission.id), outcome, versions.get(number, 0))
    uow.session.flush()
    return changed


def _decide_one(
    uow: UnitOfWork,
    edition: Edition,
    submission: Submission,
    row: Decision | None,
    outcome: Outcome | None,
    version: int,
) -> bool:
    pending = row.outcome if row is not None and row.released_at is None else None
    if outcome is pending or (outcome is None and row is None):
        return False
    if row is not None and row.released_at is not None and outcome in (None, row.outcome):
        return False
    if (row.version if row is not None else 0) != version:
        raise Stale(
            str(
                _(
                    "Somebody changed the decision on #%(number)s while you had the board open. Yours are not saved.",
                    number=submission.number,
                )
            )
        )
    if submission.state not in rules.UNDECIDED:
        raise Conflict(str(_("The decision on #%(number)s is out already.", number=submission.number)))
    if outcome is None:
        uow.session.delete(row)
    elif row is None:
        row = Decision(submission_id=submission.id, outcome=outcome, decided_at=uow.now, version=1)
        row.decided_by = _person(uow).id
        uow.session.add(row)
    else:
        row.outcome, row.decided_at, row.decided_by, row.released_at = outcome, uow.now, _person(uow).id, None
        row.version += 1
    record(
        uow,
        "decided",
        "submission",
        submission.id,
        edition_id=edition.id,
        outcome=outcome.value if outcome else None,
    )
    return True


def release(uow: UnitOfWork, edition: Edition) -> int:
    """Release every pending decision in one act: states, mails and pages change together, or not at all.

    Returns how many were released. Raises Conflict if there is none: a second click releases nothing twice.
    """
    standing = require(uow, edition, MAY_DECIDE)
    pending = queries.pending_decisions(uow.session, edition.id, standing, lock=True)
    if not pending:
        raise Conflict(str(_("There is nothing to release. Perhaps somebody did it a moment ago.")))
    date = workshops.date_by_key(uow.session, edition.id, DateKey.CONFIRM_BY)
    for decision, submission in pending:
        target = leads_to(rules.ACTIONS[decision.outcome], submission.state)
        decision.released_at = uow.now
        submission.outcome, submission.decided_at = decision.outcome, uow.now
        if target is not None:
            submission.state = target
        if submission.state is State.ACCEPTED and date is not None and date.at > uow.now:
            submission.confirm_by, submission.confirm_by_zone = date.at, date.zone
        submission.version += 1
        record(uow, "released", "submission", submission.id, edition_id=edition.id, outcome=decision.outcome.value)
        emails.decided(uow, edition, submission, decision)
    uow.session.flush()
    return len(pending)


# -- the authors' answer ------------------------------------------------------------------------------------------


def answer(uow: UnitOfWork, edition: Edition, number: int, *, confirm: bool) -> Submission:
    """An author confirms the place in the programme, or gives it back."""
    person = _person(uow)
    submission = submissions.find_own(uow.session, edition.id, number, person.id, lock=True)
    if submission is None:
        raise NotFound
    if confirm and submission.state is State.CONFIRMED:
        return submission
    if confirm and not rules.may_answer(submission.state, submission.confirm_by, uow.now):
        raise Conflict(str(_("The time to confirm is over, or the place is not yours. Write to the organisers.")))
    if not confirm and not rules.may_decline(submission.state):
        raise Conflict(str(_("There is no place to give back here.")))
    target = leads_to(Action.CONFIRM if confirm else Action.DECLINE, submission.state)
    if target is None:
        raise Conflict(str(_("This changed a moment ago. Look at the page again.")))
    submission.state, submission.answered_at = target, uow.now
    submission.version += 1
    record(uow, target.value, "submission", submission.id, edition_id=edition.id)
    emails.answered(uow, edition, submission, person)
    uow.tell(SubmissionAnswered(edition.id, submission.id, confirm))
    uow.session.flush()
    return submission


# -- what lower packages tell -------------------------------------------------------------------------------------


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: open assignments go; what they handed in stays, without their name."""
    for assignment in queries.open_assignments_of(uow.session, event.person_id):
        uow.session.delete(assignment)
    for review in queries.reviews_by(uow.session, event.person_id):
        if review.state is ReviewState.DRAFT:
            uow.session.delete(review)
        else:
            review.reviewer_id = None
    uow.session.execute(delete(DeclaredConflict).where(DeclaredConflict.person_id == event.person_id))
    uow.session.execute(delete(Assignment).where(Assignment.reviewer_id == event.person_id))
    uow.session.flush()
