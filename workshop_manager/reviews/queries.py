"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.assignments.rules import REVIEWERS, WANTED_REVIEWS
from workshop_manager.calls.models import Call
from workshop_manager.calls.states import Blinding
from workshop_manager.conflicts.queries import conflicted
from workshop_manager.reviews.models import (
    AuthorResponse,
    DeclinedReview,
    Message,
    MetaReview,
    ResponseFile,
    Review,
    ReviewerHandle,
    ReviewForm,
    ReviewPhase,
    ReviewSettings,
    ThreadSeen,
)
from workshop_manager.reviews.phases import Phase, phase_at
from workshop_manager.reviews.rules import SPLIT, UNREADABLE
from workshop_manager.reviews.states import ReviewState, SeeOthers
from workshop_manager.submissions.models import Author, Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition, TeamMember
from workshop_manager.workshops.rules import Standing

IS_IN = Review.state == ReviewState.SUBMITTED


# -- the reviewers' pages -----------------------------------------------------------------------------------------


def assigned_to(person_id: int) -> ColumnElement[bool]:
    """Submissions this person was asked to review; whether they may is another question (`readable`)."""
    assigned = exists().where(Assignment.submission_id == Submission.id, Assignment.reviewer_id == person_id)
    return assigned.correlate(Submission)


def led_by(person_id: int) -> ColumnElement[bool]:
    """Submissions whose discussion this person was asked to lead."""
    leads = exists().where(MetaReview.submission_id == Submission.id, MetaReview.lead_id == person_id)
    return leads.correlate(Submission)


def _given_to(person_id: int) -> ColumnElement[bool]:
    """Assigned to this person, or theirs to lead, who still reviews in that edition and has no conflict."""
    on_team = exists().where(
        TeamMember.edition_id == Submission.edition_id,
        TeamMember.person_id == person_id,
        TeamMember.role.in_(REVIEWERS),
    )
    given = or_(assigned_to(person_id), led_by(person_id))
    return and_(on_team, given, Submission.id.not_in(conflicted(person_id)))


def readable(person_id: int) -> ColumnElement[bool]:
    """Submissions this person reads as a reviewer or as a lead; agrees with `rules.may_read_for_review`."""
    return and_(_given_to(person_id), Submission.state.not_in(UNREADABLE))


def find_for_reviewer(
    session: Session, edition_id: int, number: int, person_id: int, *, lock: bool = False
) -> Submission | None:
    """A submission that this person is to read, with track and files but no authors."""
    query = (
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track), selectinload(Submission.files))
        .where(Submission.edition_id == edition_id, Submission.number == number, readable(person_id))
    )
    if lock:
        query = query.with_for_update(of=Submission).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def was_withdrawn(session: Session, edition_id: int, number: int, person_id: int) -> bool:
    """True if this person was to read that submission, and its authors took it back meanwhile."""
    found = select(Submission.id).where(
        Submission.edition_id == edition_id,
        Submission.number == number,
        Submission.state == State.WITHDRAWN,
        _given_to(person_id),
    )
    return session.execute(found).first() is not None


def authors_shown(session: Session, submission_id: int) -> Sequence[Author]:
    """The authors, for calls that are not double-blind."""
    return session.scalars(select(Author).where(Author.submission_id == submission_id).order_by(Author.position)).all()


def latest_file(session: Session, submission_id: int) -> tuple[SubmissionFile, SubmissionBytes] | None:
    """The newest version of the PDF that was submitted, with its bytes; not one that answers to the reviews."""
    return _newest(session, submission_id, SubmissionFile.id.not_in(select(ResponseFile.file_id)))


def response_file(session: Session, submission_id: int) -> tuple[SubmissionFile, SubmissionBytes] | None:
    """The PDF that the authors revised in answer to the reviews, with its bytes."""
    return _newest(session, submission_id, SubmissionFile.id.in_(select(ResponseFile.file_id)))


def _newest(
    session: Session, submission_id: int, which: ColumnElement[bool]
) -> tuple[SubmissionFile, SubmissionBytes] | None:
    row = session.execute(
        select(SubmissionFile, SubmissionBytes)
        .join(SubmissionBytes, SubmissionBytes.file_id == SubmissionFile.id)
        .where(SubmissionFile.submission_id == submission_id, which)
        .order_by(SubmissionFile.version.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def revised_of(session: Session, submission_id: int) -> tuple[int, int] | None:
    """Version and pages of the PDF that answers to the reviews."""
    row = session.execute(
        select(SubmissionFile.version, SubmissionFile.pages)
        .join(ResponseFile, ResponseFile.file_id == SubmissionFile.id)
        .where(ResponseFile.submission_id == submission_id)
        .order_by(SubmissionFile.version.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def submitted_pages(session: Session, submission_id: int) -> int | None:
    """The pages of the newest PDF that was submitted, not of one that answers to the reviews."""
    return session.execute(
        select(SubmissionFile.pages)
        .where(SubmissionFile.submission_id == submission_id, SubmissionFile.id.not_in(select(ResponseFile.file_id)))
        .order_by(SubmissionFile.version.desc())
        .limit(1)
    ).scalar_one_or_none()


def review_of(session: Session, submission_id: int, person_id: int, *, lock: bool = False) -> Review | None:
    """A person's review of a submission, draft or handed in, with what it was asked."""
    query = (
        select(Review)
        .outerjoin(Review.form)
        .options(contains_eager(Review.form))
        .where(Review.submission_id == submission_id, Review.reviewer_id == person_id)
    )
    if lock:
        query = query.with_for_update(of=Review).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def submitted_reviews(session: Session, submission_id: int) -> Sequence[Review]:
    """The reviews that are in, oldest first; with who wrote them and what they were asked."""
    return session.scalars(
        select(Review)
        .outerjoin(Review.reviewer)
        .outerjoin(Review.form)
        .options(contains_eager(Review.reviewer), contains_eager(Review.form))
        .where(Review.submission_id == submission_id, IS_IN)
        .order_by(Review.submitted_at, Review.id)
    ).all()


def reviews_around(session: Session, submission_id: int, person_id: int) -> list[tuple[Review, int | None]]:
    """The reviews that are in, and this person's own, draft or not; with writers, what they were asked, and by which
    number each writer is called (one query). The number is None where nobody gave one.
    """
    rows = session.execute(
        select(Review, ReviewerHandle.number)
        .outerjoin(Review.reviewer)
        .outerjoin(Review.form)
        .outerjoin(ReviewerHandle, _handle_of_review())
        .options(contains_eager(Review.reviewer), contains_eager(Review.form))
        .where(Review.submission_id == submission_id, or_(IS_IN, Review.reviewer_id == person_id))
        .order_by(Review.submitted_at, Review.id)
    )
    return [(review, number) for review, number in rows]


def _handle_of_review() -> ColumnElement[bool]:
    return and_(ReviewerHandle.submission_id == Review.submission_id, ReviewerHandle.person_id == Review.reviewer_id)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a work, for somebody who may read it."""

    blinding: Blinding
    is_assigned: bool
    meta: MetaReview | None
    response: AuthorResponse | None
    """Whether it was sent is its own question: `is_sent`."""
    revised_pages: int | None
    """The pages of the revised PDF, if there is one."""
    revised_version: int | None
    messages: int
    unseen: int
    declined: int
    """How often it was given back."""


def around(session: Session, submission_id: int, person_id: int) -> Around:
    """What stands around a work (one query)."""
    thread = select(func.count(Message.id)).where(Message.submission_id == submission_id, Message.removed_at.is_(None))
    declined = select(func.count(DeclinedReview.id)).where(DeclinedReview.submission_id == submission_id)
    revised = (
        select(SubmissionFile)
        .join(ResponseFile, ResponseFile.file_id == SubmissionFile.id)
        .where(ResponseFile.submission_id == submission_id)
        .order_by(SubmissionFile.version.desc())
        .limit(1)
    )
    pages, version = (revised.with_only_columns(column) for column in (SubmissionFile.pages, SubmissionFile.version))
    row = session.execute(
        select(
            Call.blinding,
            assigned_to(person_id).label("is_assigned"),
            MetaReview,
            AuthorResponse,
            pages.scalar_subquery().label("pages"),
            version.scalar_subquery().label("version"),
            thread.scalar_subquery().label("messages"),
            thread.where(unseen_by(person_id)).scalar_subquery().label("unseen"),
            declined.scalar_subquery().label("declined"),
        )
        .select_from(Submission)
        .outerjoin(Call, Call.edition_id == Submission.edition_id)
        .outerjoin(MetaReview, MetaReview.submission_id == Submission.id)
        .outerjoin(AuthorResponse, AuthorResponse.submission_id == Submission.id)
        .where(Submission.id == submission_id)
    ).one()
    blinding = row[0] or Blinding.DOUBLE
    return Around(
        blinding, bool(row.is_assigned), row[2], row[3], row.pages, row.version, row.messages, row.unseen, row.declined
    )


def unseen_by(person_id: int) -> ColumnElement[bool]:
    """Messages of others that this person has not marked as read."""
    seen = (
        select(ThreadSeen.message_id)
        .where(ThreadSeen.submission_id == Message.submission_id, ThreadSeen.person_id == person_id)
        .scalar_subquery()
    )
    return and_(
        Message.id > func.coalesce(seen, 0),
        or_(Message.person_id.is_(None), Message.person_id != person_id),
        Message.removed_at.is_(None),
    )


def handles(session: Session, submission_id: int) -> dict[int, int]:
    """By which number each reviewer of a work is called, by person."""
    rows = session.execute(
        select(ReviewerHandle.person_id, ReviewerHandle.number).where(
            ReviewerHandle.submission_id == submission_id, ReviewerHandle.person_id.is_not(None)
        )
    )
    return {person_id: number for person_id, number in rows if person_id is not None}


@dataclass(frozen=True, slots=True)
class Task:
    """Something a reviewer has to read, and how far they are."""

    submission: Submission
    edition: Edition
    review: ReviewState | None


def _tasks(person_id: int) -> Select[Submission, Edition, ReviewState]:
    return (
        select(Submission, Edition, Review.state)
        .join(Edition, Edition.id == Submission.edition_id)
        .join(Edition.community)
        .outerjoin(Submission.track)
        .outerjoin(Review, and_(Review.submission_id == Submission.id, Review.reviewer_id == person_id))
        .options(contains_eager(Edition.community), contains_eager(Submission.track))
        .where(readable(person_id), assigned_to(person_id))
        .order_by(Edition.starts_at.desc(), Submission.number)
        .limit(500)
    )


def tasks(session: Session, person_id: int, edition_id: int) -> list[Task]:
    """What a person was given to review in one edition, done or not, with edition, community and track (one query)."""
    rows = session.execute(_tasks(person_id).where(Submission.edition_id == edition_id))
    return [Task(submission, edition, state) for submission, edition, state in rows]


def owed(session: Session, person_id: int) -> list[Task]:
    """What a person still owes in any edition: given to them, not handed in, not decided (one query)."""
    rows = session.execute(
        _tasks(person_id).where(
            Submission.state == State.SUBMITTED, or_(Review.state.is_(None), Review.state != ReviewState.SUBMITTED)
        )
    )
    return [Task(submission, edition, state) for submission, edition, state in rows]


def declined_of(session: Session, submission_id: int) -> Sequence[DeclinedReview]:
    """Who gave this work back, with their names, the latest first."""
    return session.scalars(
        select(DeclinedReview)
        .join(DeclinedReview.person)
        .options(contains_eager(DeclinedReview.person))
        .where(DeclinedReview.submission_id == submission_id)
        .order_by(DeclinedReview.id.desc())
    ).all()


def last_handle(session: Session, submission_id: int) -> int:
    """The highest number given to a reviewer of a work, to those who left too."""
    found = session.execute(
        select(func.max(ReviewerHandle.number)).where(ReviewerHandle.submission_id == submission_id)
    ).scalar_one()
    return found or 0


def is_assigned(session: Session, submission_id: int, person_id: int) -> bool:
    """True if that person was asked to review that work."""
    return (
        session.execute(
            select(Assignment.id).where(Assignment.submission_id == submission_id, Assignment.reviewer_id == person_id)
        ).first()
        is not None
    )


def given(session: Session, person_id: int, edition_id: int) -> list[tuple[Submission, Review | None]]:
    """What somebody has to review in an edition, with their reviews and what those were asked (one query)."""
    rows = session.execute(
        select(Submission, Review)
        .outerjoin(Review, and_(Review.submission_id == Submission.id, Review.reviewer_id == person_id))
        .outerjoin(Review.form)
        .options(contains_eager(Review.form))
        .where(Submission.edition_id == edition_id, readable(person_id), assigned_to(person_id))
        .order_by(Submission.number)
        .limit(500)
    )
    return [(submission, review) for submission, review in rows]


def to_write(session: Session, person_id: int, edition_id: int) -> list[tuple[Submission, Review | None]]:
    """What of it can still be written."""
    return [(w, review) for w, review in given(session, person_id, edition_id) if w.state is State.SUBMITTED]


def led(session: Session, person_id: int, edition_id: int) -> list[tuple[Submission, MetaReview]]:
    """What somebody leads the discussion of in an edition, with tracks and how far the summary is (one query)."""
    rows = session.execute(
        select(Submission, MetaReview)
        .join(MetaReview, MetaReview.submission_id == Submission.id)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(Submission.edition_id == edition_id, MetaReview.lead_id == person_id, readable(person_id))
        .order_by(Submission.number)
        .limit(500)
    )
    return [(submission, meta) for submission, meta in rows]


def unseen(session: Session, person_id: int, holds: Mapping[int, Phase]) -> dict[int, int]:
    """Unread messages by work, over what this person may read the discussion of as a reviewer or lead (one query).

    `holds` is the phase that holds in each edition that counts.
    """
    always = [one for one, phase in holds.items() if phase.see_others is SeeOthers.ALWAYS]
    after_own = [one for one, phase in holds.items() if phase.see_others is SeeOthers.AFTER_OWN]
    own_is_in = exists().where(Review.submission_id == Submission.id, Review.reviewer_id == person_id, IS_IN)
    may_read = or_(
        Submission.edition_id.in_(always),
        and_(Submission.edition_id.in_(after_own), own_is_in),
        and_(led_by(person_id), not_(assigned_to(person_id))),
    )
    rows = session.execute(
        select(Message.submission_id, func.count(Message.id))
        .join(Submission, Submission.id == Message.submission_id)
        .where(Submission.edition_id.in_(holds), readable(person_id), may_read, unseen_by(person_id))
        .group_by(Message.submission_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Talk:
    """A discussion with something new for somebody."""

    number: int
    title: str
    edition: Edition
    number_new: int


def unseen_anywhere(session: Session, person_id: int, now: datetime) -> list[Talk]:
    """Discussions of any edition in which others said something new, as far as this person may read them.

    With editions and communities (three queries, or one where nothing was said).
    """
    rows = session.execute(
        select(Submission.id, Submission.number, Submission.title, Edition)
        .join(Edition, Edition.id == Submission.edition_id)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(
            readable(person_id),
            Submission.state == State.SUBMITTED,
            exists().where(Message.submission_id == Submission.id, unseen_by(person_id)).correlate(Submission),
        )
        .order_by(Edition.starts_at.desc(), Submission.number)
        .limit(50)
    ).all()
    if not rows:
        return []
    every = phases_of(session, {edition.id for _id, _number, _title, edition in rows})
    new = unseen(session, person_id, {one: phase_at(phases, now) for one, phases in every.items()})
    return [Talk(number, title, edition, new[one]) for one, number, title, edition in rows if one in new]


# -- what is asked, and when --------------------------------------------------------------------------------------


def form_rows(session: Session, edition_id: int) -> dict[int | None, ReviewForm]:
    """The newest version of every form of an edition, by track; None for that of all tracks (one query)."""
    newest = (
        select(func.max(ReviewForm.id))
        .where(ReviewForm.edition_id == edition_id)
        .group_by(ReviewForm.track_id)
        .scalar_subquery()
    )
    return {row.track_id: row for row in session.scalars(select(ReviewForm).where(ReviewForm.id.in_(newest)))}


def reviews_by_form(session: Session, edition_id: int) -> dict[int | None, int]:
    """How many reviews are in, by the track of their work (one query)."""
    rows = session.execute(
        select(Submission.track_id, func.count(Review.id))
        .join(Submission, Submission.id == Review.submission_id)
        .where(Submission.edition_id == edition_id, IS_IN)
        .group_by(Submission.track_id)
    )
    return {row[0]: row[1] for row in rows}


def form_row_for(rows: dict[int | None, ReviewForm], track_id: int | None) -> ReviewForm | None:
    """What is asked about works of a track: its own form, else that of all tracks; None: what every form begins as."""
    own = rows.get(track_id) if track_id is not None else None
    general = rows.get(None)
    return next((row for row in (own, general) if row is not None and row.content), None)


def phase_rows(session: Session, edition_id: int, *, lock: bool = False) -> Sequence[ReviewPhase]:
    """The phases of an edition, in the order in which they start."""
    query = select(ReviewPhase).where(ReviewPhase.edition_id == edition_id).order_by(ReviewPhase.starts_at)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def phases_of(session: Session, edition_ids: Collection[int]) -> dict[int, list[Phase]]:
    """The phases of these editions, for `phases.phase_at` (one query)."""
    found: dict[int, list[Phase]] = {one: [] for one in edition_ids}
    if found:
        rows = session.scalars(
            select(ReviewPhase).where(ReviewPhase.edition_id.in_(found)).order_by(ReviewPhase.starts_at)
        )
        for row in rows:
            found[row.edition_id].append(phase_of(row))
    return found


def phase_of(row: ReviewPhase) -> Phase:
    """A stored phase as a plain value."""
    return Phase(
        row.name,
        row.starts_at,
        row.zone,
        row.may_write,
        row.see_others,
        row.shows_names,
        row.may_discuss,
        row.authors_read,
        row.authors_respond,
    )


def settings_of(session: Session, edition_id: int) -> ReviewSettings:
    """What an edition says of its reviewing; the usual, not in the session, if nobody changed it."""
    return session.get(ReviewSettings, edition_id) or ReviewSettings.usual(edition_id)


def track_of(session: Session, edition_id: int, number: int) -> int | None:
    """The track of a work."""
    return session.execute(
        select(Submission.track_id).where(Submission.edition_id == edition_id, Submission.number == number)
    ).scalar_one_or_none()


# -- the chairs' desk: what reviews say ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board is narrowed to: `show` is `undecided`, `split` or `thin`."""

    show: str = ""
    track_id: int | None = None
    words: str = ""


def came_in(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    """What this person may see at the desk, without what was withdrawn."""
    return and_(Submission.edition_id == edition_id, visible_to(standing), Submission.state != State.WITHDRAWN)


RANKED_BY = func.coalesce(Review.weighted, Review.score)
"""What a review counts for in every ranking: the weighted average of its scales on 1 to 6, else the overall score."""


def _scores(edition_id: int) -> Select[int, float | None, float | None, int, float]:
    works = select(Submission.id).where(Submission.edition_id == edition_id)
    sure = func.sum(Review.confidence)
    return (
        select(
            Review.submission_id.label("id"),
            func.avg(RANKED_BY).label("average"),
            (func.sum(RANKED_BY * Review.confidence) * 1.0 / func.nullif(sure, 0)).label("sure"),
            func.count(Review.id).label("reviews"),
            (func.max(RANKED_BY) - func.min(RANKED_BY)).label("spread"),
        )
        .where(IS_IN, Review.submission_id.in_(works))
        .group_by(Review.submission_id)
    )


def _work(edition_id: int) -> Select[int, int, int]:
    works = select(Submission.id).where(Submission.edition_id == edition_id)
    done = and_(Review.submission_id == Assignment.submission_id, Review.reviewer_id == Assignment.reviewer_id, IS_IN)
    return (
        select(
            Assignment.submission_id.label("id"),
            func.count(Assignment.id).label("assigned"),
            (func.count(Assignment.id) - func.count(Review.id)).label("missing"),
        )
        .outerjoin(Review, done)
        .where(Assignment.submission_id.in_(works))
        .group_by(Assignment.submission_id)
    )


def ranked_figures(
    edition_id: int, standing: Standing
) -> Select[int, int, float | None, float | None, int, float, int, int]:
    """Rank and figures of everything this person may see: the rank stays the same, however the board is narrowed.

    `sure` is the average in which each review weighs as much as its reviewer is confident.
    """
    scores, work = _scores(edition_id).subquery(), _work(edition_id).subquery()
    best = (scores.c.average.is_(None), scores.c.average.desc(), Submission.number)
    return (
        select(
            Submission.id.label("id"),
            func.row_number().over(order_by=best).label("rank"),
            scores.c.average.label("average"),
            scores.c.sure.label("sure"),
            func.coalesce(scores.c.reviews, 0).label("reviews"),
            func.coalesce(scores.c.spread, 0).label("spread"),
            func.coalesce(work.c.assigned, 0).label("assigned"),
            func.coalesce(work.c.missing, 0).label("missing"),
        )
        .outerjoin(scores, scores.c.id == Submission.id)
        .outerjoin(work, work.c.id == Submission.id)
        .where(came_in(edition_id, standing))
    )


def stretch(
    ranked: Subquery, shown: Sequence[ColumnElement[bool]], order: Sequence[Any], offset: int, most: int, *beside: Any
) -> Subquery:
    """A stretch of ranked works: figures, and the `place` in that order. Sorted before any text is read.

    `beside`: (table, condition) to join for `shown` and `order`.
    """
    query = select(ranked, func.row_number().over(order_by=order).label("place")).join(
        Submission, Submission.id == ranked.c.id
    )
    for table, condition in beside:
        query = query.outerjoin(table, condition)
    return query.where(*shown).order_by("place").offset(offset).limit(most).subquery()


def narrowed(wanted: BoardFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.track_id is not None:
        found.append(Submission.track_id == wanted.track_id)
    if wanted.words:
        found.append(func.lower(Submission.title).contains(wanted.words.lower(), autoescape=True))
    return found


@dataclass(frozen=True, slots=True)
class Needing:
    """A submission with how many read it and how many of them still owe their review."""

    submission: Submission
    reviews: int
    spread: float
    assigned: int
    missing: int


def _needs(ranked: Subquery) -> ColumnElement[bool]:
    return and_(Submission.state == State.SUBMITTED, ranked.c.assigned < WANTED_REVIEWS)


def needing_counts(session: Session, edition_id: int, standing: Standing, wanted: BoardFilter) -> tuple[int, int]:
    """How many works there are within track and words, and how many of them need reviewers (one query)."""
    ranked = ranked_figures(edition_id, standing).subquery()
    row = session.execute(
        select(func.count(Submission.id), func.count(Submission.id).filter(_needs(ranked)))
        .join(ranked, ranked.c.id == Submission.id)
        .where(*narrowed(wanted))
    ).one()
    return row[0], row[1]


def needing(
    session: Session, edition_id: int, standing: Standing, wanted: BoardFilter, offset: int, most: int
) -> list[Needing]:
    """A stretch of the works with tracks (one query): first what waits and has the fewest reviewers, then by number."""
    ranked = ranked_figures(edition_id, standing).subquery()
    shown = [*narrowed(wanted), *([_needs(ranked)] if wanted.show == "thin" else [])]
    order = (Submission.state != State.SUBMITTED, ranked.c.assigned, Submission.number)
    cut = stretch(ranked, shown, order, offset, most)
    rows = session.execute(
        select(Submission, cut)
        .join(cut, cut.c.id == Submission.id)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .order_by(cut.c.place)
    )
    return [Needing(row[0], row.reviews, row.spread, row.assigned, row.missing) for row in rows]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One review as the board shows it: what it counts for in the ranking, and its advice."""

    score: float
    advice: str | None


def opinions(session: Session, submission_ids: Collection[int]) -> dict[int, list[Opinion]]:
    """Scores and advice of these submissions' reviews (one query)."""
    found: dict[int, list[Opinion]] = {one: [] for one in submission_ids}
    if not found:
        return found
    rows = session.execute(
        select(Review.submission_id, RANKED_BY, Review.advice)
        .where(Review.submission_id.in_(found), IS_IN)
        .order_by(Review.submitted_at, Review.id)
    )
    for submission_id, score, advice in rows:
        if score is not None:
            told = int(score) if score == int(score) else round(float(score), 1)
            found[submission_id].append(Opinion(told, advice.value if advice else None))
    return found


# -- the chairs' desk: who reads what -----------------------------------------------------------------------------


def open_for_assignment(session: Session, edition_id: int, standing: Standing) -> Sequence[Submission]:
    """What waits for reviews and may be seen by this chair, with tracks, by number (one query, at most 1,000)."""
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(came_in(edition_id, standing), Submission.state == State.SUBMITTED)
        .order_by(Submission.number)
        .limit(1000)
    ).all()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who was given a work, and how far their review is."""

    person: Person
    assigned_at: datetime
    review: ReviewState | None

    @property
    def is_in(self) -> bool:
        return self.review is ReviewState.SUBMITTED


def readers_of(session: Session, submission_ids: Collection[int]) -> dict[int, list[Reader]]:
    """Who reads these submissions, in the order in which they were asked (one query)."""
    found: dict[int, list[Reader]] = {one: [] for one in submission_ids}
    if found:
        own = and_(Review.submission_id == Assignment.submission_id, Review.reviewer_id == Assignment.reviewer_id)
        rows = session.execute(
            select(Assignment.submission_id, Person, Assignment.assigned_at, Review.state)
            .join(Person, Person.id == Assignment.reviewer_id)
            .outerjoin(Review, own)
            .where(Assignment.submission_id.in_(found))
            .order_by(Assignment.id)
        )
        for submission_id, person, at, state in rows:
            found[submission_id].append(Reader(person, at, state))
    return found


def reading_figures(submission_id: int) -> dict[str, ColumnElement[int]]:
    """How many were given a work, and how many reviews of it are in, as columns of a statement."""
    assigned = select(func.count(Assignment.id)).where(Assignment.submission_id == submission_id)
    done = select(func.count(Review.id)).where(Review.submission_id == submission_id, IS_IN)
    return {"assigned": assigned.scalar_subquery(), "done": done.scalar_subquery()}


@dataclass(frozen=True, slots=True)
class Load:
    """A possible reviewer and what they have."""

    person: Person
    assigned: int
    done: int


def _load_query(edition_id: int, standing: Standing) -> Select[Person, int, int]:
    """Counts leave out what the looking chair must not know of: a number would tell who reviews their work."""
    counted = and_(Submission.edition_id == edition_id, Submission.state != State.WITHDRAWN)
    if standing.person_id is not None:
        counted = and_(counted, Submission.id.not_in(standing.ids(conflicted)))
    done = and_(Review.submission_id == Assignment.submission_id, Review.reviewer_id == Assignment.reviewer_id, IS_IN)
    work = (
        select(
            Assignment.reviewer_id.label("id"),
            func.count(Assignment.id).label("assigned"),
            func.count(Review.id).label("done"),
        )
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Review, done)
        .where(counted)
        .group_by(Assignment.reviewer_id)
        .subquery()
    )
    member = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWERS))
    assigned, finished = func.coalesce(work.c.assigned, 0), func.coalesce(work.c.done, 0)
    return (
        select(Person, assigned, finished)
        .outerjoin(work, work.c.id == Person.id)
        .where(Person.id.in_(member))
        .order_by(assigned, Person.name, Person.id)
    )


def load_of(edition_id: int, standing: Standing, person: ColumnElement[int]) -> ColumnElement[int]:
    """How many works the person in that column was asked for, in SQL; counted as `_load_query` counts."""
    counted = and_(Submission.edition_id == edition_id, Submission.state != State.WITHDRAWN)
    if standing.person_id is not None:
        counted = and_(counted, Submission.id.not_in(conflicted(standing.person_id)))
    has = (
        select(Assignment.reviewer_id.label("id"), func.count().label("number"))
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(counted)
        .group_by(Assignment.reviewer_id)
        .subquery()
    )
    return func.coalesce(select(has.c.number).where(has.c.id == person).scalar_subquery(), 0)


def loads(session: Session, edition_id: int, standing: Standing, most: int | None = None) -> list[Load]:
    """Everybody who may review here, with what they have and have done, the least busy first (one query)."""
    return [Load(*row) for row in session.execute(_load_query(edition_id, standing).limit(most))]


def loads_by_person(
    session: Session, edition_id: int, standing: Standing, person_ids: Collection[int]
) -> dict[int, tuple[int, int]]:
    """(asked for, in) of these people, for the list of the committee (one query)."""
    rows = session.execute(_load_query(edition_id, standing).where(Person.id.in_(person_ids)))
    return {person.id: (assigned, done) for person, assigned, done in rows}


def find_load(session: Session, edition_id: int, standing: Standing, person_id: int) -> Load | None:
    """One of those who may review here."""
    row = session.execute(_load_query(edition_id, standing).where(Person.id == person_id)).one_or_none()
    return Load(*row) if row else None


@dataclass(frozen=True, slots=True)
class Progress:
    """How reviewing goes in an edition."""

    submissions: int
    assigned: int
    done: int
    unassigned: int
    """Submissions that wait for reviews and have fewer reviewers than wanted."""
    thin: int
    """Submissions that wait for a decision and have fewer reviews than wanted."""
    splits: int
    """Submissions that wait for a decision and whose reviewers lie far apart."""


def progress(session: Session, edition_id: int, standing: Standing) -> Progress:
    """Counts over what this person may see (one query)."""
    ranked = ranked_figures(edition_id, standing).subquery()
    waits = Submission.state == State.SUBMITTED
    number, assigned, missing, unassigned, thin, splits = session.execute(
        select(
            func.count(Submission.id),
            func.coalesce(func.sum(ranked.c.assigned), 0),
            func.coalesce(func.sum(ranked.c.missing), 0),
            func.count(Submission.id).filter(waits, ranked.c.assigned < WANTED_REVIEWS),
            func.count(Submission.id).filter(waits, ranked.c.reviews < WANTED_REVIEWS),
            func.count(Submission.id).filter(waits, ranked.c.spread >= SPLIT),
        ).join(ranked, ranked.c.id == Submission.id)
    ).one()
    return Progress(number, int(assigned), int(assigned) - int(missing), unassigned, thin, splits)


# -- for decisions -------------------------------------------------------------------------------------------------


def reviews_for_authors(session: Session, submission_ids: Collection[int]) -> dict[int, list[Review]]:
    """The reviews that are in, by submission, with who wrote them and what they were asked (one query).

    Give them to nobody but through `shown.for_authors`: what was confided must not leave the desk.
    """
    found: dict[int, list[Review]] = {one: [] for one in submission_ids}
    if found:
        rows = session.scalars(
            select(Review)
            .outerjoin(Review.reviewer)
            .outerjoin(Review.form)
            .options(contains_eager(Review.reviewer), contains_eager(Review.form))
            .where(Review.submission_id.in_(found), IS_IN)
            .order_by(Review.submitted_at, Review.id)
        )
        for row in rows:
            found[row.submission_id].append(row)
    return found


# -- of one person ------------------------------------------------------------------------------------------------


def reviews_by(session: Session, person_id: int) -> Sequence[Review]:
    """Everything a person wrote."""
    return session.scalars(select(Review).where(Review.reviewer_id == person_id)).all()
