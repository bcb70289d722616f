"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.assignments.rules import REVIEWERS, WANTED_REVIEWS
from workshop_manager.conflicts.queries import conflicted
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.rules import SPLIT, UNREADABLE
from workshop_manager.reviews.states import ReviewState
from workshop_manager.submissions.models import Author, Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition, TeamMember
from workshop_manager.workshops.rules import Standing

IS_IN = Review.state == ReviewState.SUBMITTED


# -- the reviewers' pages -----------------------------------------------------------------------------------------


def _given_to(person_id: int) -> ColumnElement[bool]:
    """Assigned to this person, who still reviews in that edition and has no conflict."""
    on_team = exists().where(
        TeamMember.edition_id == Submission.edition_id,
        TeamMember.person_id == person_id,
        TeamMember.role.in_(REVIEWERS),
    )
    assigned = exists().where(Assignment.submission_id == Submission.id, Assignment.reviewer_id == person_id)
    return and_(on_team, assigned, Submission.id.not_in(conflicted(person_id)))


def readable(person_id: int) -> ColumnElement[bool]:
    """Submissions this person reads as a reviewer; agrees with `rules.may_read_for_review`."""
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
    """The newest version of the PDF with its bytes."""
    row = session.execute(
        select(SubmissionFile, SubmissionBytes)
        .join(SubmissionBytes, SubmissionBytes.file_id == SubmissionFile.id)
        .where(SubmissionFile.submission_id == submission_id)
        .order_by(SubmissionFile.version.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def review_of(session: Session, submission_id: int, person_id: int, *, lock: bool = False) -> Review | None:
    """A person's review of a submission, draft or handed in."""
    query = select(Review).where(Review.submission_id == submission_id, Review.reviewer_id == person_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def submitted_reviews(session: Session, submission_id: int, *, but: int | None = None) -> Sequence[Review]:
    """The reviews that are in, oldest first, without that person's; with who wrote them."""
    query = (
        select(Review)
        .outerjoin(Review.reviewer)
        .options(contains_eager(Review.reviewer))
        .where(Review.submission_id == submission_id, IS_IN)
    )
    if but is not None:
        query = query.where(or_(Review.reviewer_id.is_(None), Review.reviewer_id != but))
    return session.scalars(query.order_by(Review.submitted_at, Review.id)).all()


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
        .where(readable(person_id))
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


def _scores() -> Select[int, float | None, int, int]:
    return (
        select(
            Review.submission_id.label("id"),
            func.avg(Review.score).label("average"),
            func.count(Review.id).label("reviews"),
            (func.max(Review.score) - func.min(Review.score)).label("spread"),
        )
        .where(IS_IN)
        .group_by(Review.submission_id)
    )


def _work() -> Select[int, int, int]:
    done = and_(Review.submission_id == Assignment.submission_id, Review.reviewer_id == Assignment.reviewer_id, IS_IN)
    return (
        select(
            Assignment.submission_id.label("id"),
            func.count(Assignment.id).label("assigned"),
            (func.count(Assignment.id) - func.count(Review.id)).label("missing"),
        )
        .outerjoin(Review, done)
        .group_by(Assignment.submission_id)
    )


def ranked_figures(edition_id: int, standing: Standing) -> Select[int, int, float | None, int, int, int, int]:
    """Rank and figures of everything this person may see: the rank stays the same, however the board is narrowed."""
    scores, work = _scores().subquery(), _work().subquery()
    best = (scores.c.average.is_(None), scores.c.average.desc(), Submission.number)
    return (
        select(
            Submission.id.label("id"),
            func.row_number().over(order_by=best).label("rank"),
            scores.c.average.label("average"),
            func.coalesce(scores.c.reviews, 0).label("reviews"),
            func.coalesce(scores.c.spread, 0).label("spread"),
            func.coalesce(work.c.assigned, 0).label("assigned"),
            func.coalesce(work.c.missing, 0).label("missing"),
        )
        .outerjoin(scores, scores.c.id == Submission.id)
        .outerjoin(work, work.c.id == Submission.id)
        .where(came_in(edition_id, standing))
    )


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
    spread: int
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
    rows = session.execute(
        select(Submission, ranked)
        .join(ranked, ranked.c.id == Submission.id)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(*narrowed(wanted), *([_needs(ranked)] if wanted.show == "thin" else []))
        .order_by(Submission.state != State.SUBMITTED, ranked.c.assigned, Submission.number)
        .offset(offset)
        .limit(most)
    )
    return [Needing(row[0], row.reviews, row.spread, row.assigned, row.missing) for row in rows]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One review as the board shows it."""

    score: int
    advice: str | None


def opinions(session: Session, submission_ids: Collection[int]) -> dict[int, list[Opinion]]:
    """Scores and advice of these submissions' reviews (one query)."""
    found: dict[int, list[Opinion]] = {one: [] for one in submission_ids}
    if not found:
        return found
    rows = session.execute(
        select(Review.submission_id, Review.score, Review.advice)
        .where(Review.submission_id.in_(found), IS_IN)
        .order_by(Review.submitted_at, Review.id)
    )
    for submission_id, score, advice in rows:
        if score is not None:
            found[submission_id].append(Opinion(score, advice.value if advice else None))
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
        counted = and_(counted, Submission.id.not_in(conflicted(standing.person_id)))
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


def loads(session: Session, edition_id: int, standing: Standing) -> list[Load]:
    """Everybody who may review here, with what they have and have done, the least busy first (one query)."""
    return [Load(*row) for row in session.execute(_load_query(edition_id, standing))]


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


def texts_for_authors(session: Session, submission_ids: Collection[int]) -> dict[int, list[Review]]:
    """The reviews that are in, by submission, with who wrote them (one query). Remarks must not leave the desk."""
    found: dict[int, list[Review]] = {one: [] for one in submission_ids}
    if found:
        rows = session.scalars(
            select(Review)
            .outerjoin(Review.reviewer)
            .options(contains_eager(Review.reviewer))
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
