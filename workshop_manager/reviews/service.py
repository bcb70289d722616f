"""Verbs of reviewing: take a work back, give one back, declare a conflict, write."""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import delete, update

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
from workshop_manager.reviews import criteria, queries, rules
from workshop_manager.reviews.criteria import Answer, Answers, Form
from workshop_manager.reviews.models import DeclinedReview, Message, MetaReview, Review, ReviewerHandle, ReviewForm
from workshop_manager.reviews.phases import Phase, phase_at
from workshop_manager.reviews.shown import form_of
from workshop_manager.reviews.states import Advice, DeclineReason, ReviewState
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.service import locked_at_desk
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS
from workshop_manager.workshops.service import acting_person, require


@dataclass(frozen=True, slots=True)
class ReviewContent:
    """A review as typed; a draft may leave anything out. `more` answers what the form asks besides, by key."""

    score: int | None = None
    advice: Advice | None = None
    confidence: int | None = None
    text: str = ""
    remark: str = ""
    more: Answers = field(default_factory=dict)

    @classmethod
    def of(cls, answers: Answers) -> "ReviewContent":
        """From answers by key."""
        score, confidence = answers.get("score"), answers.get("confidence")
        return cls(
            score if isinstance(score, int) else None,
            next((advice for advice in Advice if advice.value == answers.get("advice")), None),
            confidence if isinstance(confidence, int) else None,
            str(answers.get("text") or ""),
            str(answers.get("remark") or ""),
            {key: value for key, value in answers.items() if key not in criteria.OWN_COLUMNS},
        )

    @property
    def answers(self) -> dict[str, Answer]:
        """Everything by key."""
        own = {
            "score": self.score,
            "advice": self.advice.value if self.advice else None,
            "confidence": self.confidence,
            "text": self.text,
            "remark": self.remark,
        }
        return criteria.kept_answers({**self.more, **own})


class Incomplete(Conflict):
    """A review that cannot be handed in yet; `fields` says what is missing."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(str(_("Something is missing before this review can be handed in.")))
        self.fields = fields


class TooLong(Conflict):
    """Texts with more words than the form takes; `counts` says how many each has."""

    def __init__(self, counts: dict[str, int]) -> None:
        super().__init__(str(_("A text has more words than fit.")))
        self.counts = counts


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


def decline(uow: UnitOfWork, edition: Edition, number: int, reason: DeclineReason, suggestion: str) -> None:
    """Give an assignment back before the review is in; a draft goes with it. The chairs see who, and why."""
    person = acting_person(uow)
    submission = queries.find_for_reviewer(uow.session, edition.id, number, person.id, lock=True)
    if submission is None or not queries.is_assigned(uow.session, submission.id, person.id):
        raise NotFound
    if submission.state not in OPEN_FOR_REVIEW:
        raise Conflict(str(_("It is decided already, so there is nothing to give back.")))
    review = queries.review_of(uow.session, submission.id, person.id, lock=True)
    if review is not None and review.state is ReviewState.SUBMITTED:
        raise Conflict(str(_("Your review is in. It stays, and you can change it.")))
    if review is not None:
        uow.session.delete(review)
    uow.session.execute(
        delete(Assignment).where(Assignment.submission_id == submission.id, Assignment.reviewer_id == person.id)
    )
    uow.session.add(
        DeclinedReview(
            submission_id=submission.id,
            person_id=person.id,
            reason=reason,
            suggestion=suggestion,
            declined_at=uow.now,
        )
    )
    record(uow, "review declined", "submission", submission.id, edition_id=edition.id, reason=reason.value)
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
    """Whoever must not judge a work loses the assignment and the lead, and what they wrote of it."""
    work, person = event.submission_id, event.person_id
    for table in (Review, Assignment):
        uow.session.execute(delete(table).where(table.submission_id == work, table.reviewer_id == person))
    uow.session.execute(delete(MetaReview).where(MetaReview.submission_id == work, MetaReview.lead_id == person))
    uow.session.execute(
        update(Message)
        .where(Message.submission_id == work, Message.person_id == person)
        .values(text="", removed_at=uow.now)
    )
    uow.session.flush()


# -- writing ------------------------------------------------------------------------------------------------------


def save_review(
    uow: UnitOfWork, edition: Edition, number: int, content: ReviewContent, *, version: int, hand_in: bool
) -> Review:
    """Keep a review as a draft, or hand it in; what is handed in can be changed until decisions are released.

    Raises Withdrawn, Incomplete, TooLong, Stale or another Conflict with nothing changed.
    """
    person = acting_person(uow)
    submission, row = _to_write(uow, edition, number, person.id, version)
    is_in = row is not None and row.state is ReviewState.SUBMITTED
    form_row, form = asked(uow, edition, submission, row)
    answers = content.answers
    if counts := criteria.too_long(form, answers):
        raise TooLong(counts)
    if (hand_in or is_in) and (missing := criteria.missing(form, answers)):
        raise Incomplete(missing)
    if row is None:
        row = _begin(uow, submission, person.id)
    row.form_id = form_row.id if form_row else None
    row.form = form_row
    _store(row, form, content)
    row.unsent = None
    row.version += 1
    row.changed_at = uow.now
    if hand_in and not is_in:
        row.state, row.submitted_at = ReviewState.SUBMITTED, uow.now
        row.is_signed = rules.is_signed(calls.find_call(uow.session, edition.id).blinding)
        record(uow, "reviewed", "submission", submission.id, edition_id=edition.id)
    uow.session.flush()
    return row


def keep_typing(uow: UnitOfWork, edition: Edition, number: int, content: ReviewContent, *, version: int) -> Review:
    """Keep what is being typed, in the background. A review that is in stays as it is: the new words wait beside it.

    Refuses as `save_review` does, but for what is missing or too long.
    """
    person = acting_person(uow)
    submission, row = _to_write(uow, edition, number, person.id, version)
    if row is None:
        row = _begin(uow, submission, person.id)
    if row.state is ReviewState.SUBMITTED:
        row.unsent = dict(content.answers)
    else:
        form_row, form = asked(uow, edition, submission, row)
        row.form_id = form_row.id if form_row else None
        row.form = form_row
        _store(row, form, content)
    row.version += 1
    row.changed_at = uow.now
    uow.session.flush()
    return row


def drop_unsent(uow: UnitOfWork, edition: Edition, number: int) -> None:
    """Forget what was typed into a review that is in, and not handed in again."""
    person = acting_person(uow)
    _submission, row = _to_write(uow, edition, number, person.id, None)
    if row is not None and row.unsent is not None:
        row.unsent = None
        row.version += 1
        uow.session.flush()


def _to_write(
    uow: UnitOfWork, edition: Edition, number: int, person_id: int, version: int | None
) -> tuple[Submission, Review | None]:
    """The work, locked, and the person's review of it, if they may write one now and saw its newest version."""
    submission = queries.find_for_reviewer(uow.session, edition.id, number, person_id, lock=True)
    if submission is None:
        if queries.was_withdrawn(uow.session, edition.id, number, person_id):
            raise Withdrawn(number)
        raise NotFound
    if not queries.is_assigned(uow.session, submission.id, person_id):
        raise Conflict(str(_("You lead the discussion of this work and are not asked to review it.")))
    if submission.state not in OPEN_FOR_REVIEW:
        raise Conflict(str(_("The decision on this abstract is out, so reviews do not change any more.")))
    if not phase_now(uow, edition.id).may_write:
        raise Conflict(str(_("Reviews are not written in this phase. What you typed is not saved.")))
    row = queries.review_of(uow.session, submission.id, person_id, lock=True)
    if version is not None and (row.version if row is not None else 0) != version:
        raise Stale(str(_("This review was saved meanwhile, perhaps by you in another tab. Compare, then save again.")))
    return submission, row


def _begin(uow: UnitOfWork, submission: Submission, person_id: int) -> Review:
    row = Review(
        submission_id=submission.id,
        reviewer_id=person_id,
        state=ReviewState.DRAFT,
        version=0,
        created_at=uow.now,
        changed_at=uow.now,
    )
    uow.session.add(row)
    give_handle(uow, submission.id, person_id)
    return row


def _store(row: Review, form: Form, content: ReviewContent) -> None:
    """Answers to what the form does not ask any more stay, should it be asked again."""
    row.score, row.advice, row.confidence = content.score, content.advice, content.confidence
    row.text, row.remark = content.text, content.remark
    not_asked = {key: value for key, value in (row.answers or {}).items() if form.find(key) is None}
    row.answers = not_asked | {key: value for key, value in content.more.items() if form.find(key) is not None}
    row.weighted = criteria.weighted(form, content.answers)


def phase_now(uow: UnitOfWork, edition_id: int) -> Phase:
    """The phase of reviewing that holds at this unit's moment."""
    return phase_at(queries.phases_of(uow.session, [edition_id])[edition_id], uow.now)


def asked(
    uow: UnitOfWork, edition: Edition, submission: Submission, row: Review | None
) -> tuple[ReviewForm | None, Form]:
    """What this review is asked: a review that is in, what it answered; every other, what is asked now."""
    if row is not None and row.state is ReviewState.SUBMITTED:
        return row.form, form_of(row.form)
    found = queries.form_row_for(queries.form_rows(uow.session, edition.id), submission.track_id)
    return found, form_of(found)


def give_handle(uow: UnitOfWork, submission_id: int, person_id: int) -> None:
    """The next free number by which this person is called beside this work. The work must be locked."""
    known = queries.handles(uow.session, submission_id)
    if person_id not in known:
        number = queries.last_handle(uow.session, submission_id) + 1
        uow.session.add(ReviewerHandle(submission_id=submission_id, person_id=person_id, number=number))
        uow.session.flush()


# -- what lower packages tell -------------------------------------------------------------------------------------


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: open assignments go; what they handed in stays, without their name."""
    for review in queries.reviews_by(uow.session, event.person_id):
        if review.state is ReviewState.DRAFT:
            uow.session.delete(review)
        else:
            review.reviewer_id = None
    uow.session.execute(delete(Assignment).where(Assignment.reviewer_id == event.person_id))
    uow.session.execute(delete(DeclinedReview).where(DeclinedReview.person_id == event.person_id))
    for table, column in ((ReviewerHandle, ReviewerHandle.person_id), (Message, Message.person_id)):
        uow.session.execute(update(table).where(column == event.person_id).values(person_id=None))
    uow.session.execute(update(MetaReview).where(MetaReview.lead_id == event.person_id).values(lead_id=None))
    uow.session.flush()
