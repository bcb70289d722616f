"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import Session, contains_eager, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.reviews.models import Assignment, Decision, DeclaredConflict, Review
from workshop_manager.reviews.rules import SPLIT, UNDECIDED, WANTED_REVIEWS, Interests
from workshop_manager.reviews.states import ReviewState
from workshop_manager.submissions.models import Author, Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.models import Edition, TeamMember
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import Role


def conflicted(person_id: int) -> Select[tuple[int]]:
    """Ids of submissions this person must not judge nor see at a desk: own, as author, by address, declared.

    Agrees with `rules.conflict_of`.
    """
    address = select(func.lower(Person.email)).where(Person.id == person_id).scalar_subquery()
    return select(
        union(
            select(Submission.id).where(Submission.submitter_id == person_id),
            select(Author.submission_id).where(
                or_(Author.person_id == person_id, func.lower(Author.email) == address)
            ),
            select(DeclaredConflict.submission_id).where(DeclaredConflict.person_id == person_id),
        ).subquery().c[0]
    )  # fmt: skip


def interests_of(session: Session, submission_id: int) -> Interests:
    """Whose work it is, for `rules.conflict_of` (three small queries)."""
    submitter = session.execute(select(Submission.submitter_id).where(Submission.id == submission_id)).scalar_one()
    authors = session.execute(select(Author.person_id, Author.email).where(Author.submission_id == submission_id)).all()
    declared = session.scalars(
        select(DeclaredConflict.person_id).where(DeclaredConflict.submission_id == submission_id)
    ).all()
    return Interests(
        submitter,
        frozenset(person for person, _email in authors if person is not None),
        frozenset(email.casefold() for _person, email in authors if email),
        frozenset(declared),
    )


def readable(person_id: int) -> ColumnElement[bool]:
    """Submissions this person reads as a reviewer; agrees with `rules.may_read_for_review`."""
    assigned = exists().where(Assignment.submission_id == Submission.id, Assignment.reviewer_id == person_id)
    return and_(
        assigned,
        Submission.state.not_in((State.DRAFT, State.WITHDRAWN)),
        Submission.id.not_in(conflicted(person_id)),
    )


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


def authors_shown(session: Session, submission_id: int) -> Sequence[Author]:
    """The authors, for calls that are not double-blind."""
    return session.scalars(select(Author).where(Author.submission_id == submission_id).order_by(Author.position)).all()


def latest_bytes(session: Session, submission_id: int) -> SubmissionBytes | None:
    """The bytes of the newest version."""
    return session.scalars(
        select(SubmissionBytes)
        .join(SubmissionFile, SubmissionFile.id == SubmissionBytes.file_id)
        .where(SubmissionFile.submission_id == submission_id)
        .order_by(SubmissionFile.version.desc())
        .limit(1)
    ).one_or_none()


def review_of(session: Session, submission_id: int, person_id: int, *, lock: bool = False) -> Review | None:
    """A person's review of a submission, draft or handed in."""
    query = select(Review).where(Review.submission_id == submission_id, Review.reviewer_id == person_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def submitted_reviews(session: Session, submission_id: int, *, but: int | None = None) -> Sequence[Review]:
    """The reviews that are in, oldest first, without that person's; no names loaded."""
    query = select(Review).where(Review.submission_id == submission_id, Review.state == ReviewState.SUBMITTED)
    if but is not None:
        query = query.where(or_(Review.reviewer_id.is_(None), Review.reviewer_id != but))
    return session.scalars(query.order_by(Review.submitted_at, Review.id)).all()


def reviews_with_names(session: Session, submission_id: int) -> Sequence[Review]:
    """The reviews that are in with who wrote them, for chairs."""
    return session.scalars(
        select(Review)
        .outerjoin(Review.reviewer)
        .options(contains_eager(Review.reviewer))
        .where(Review.submission_id == submission_id, Review.state == ReviewState.SUBMITTED)
        .order_by(Review.submitted_at, Review.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Task:
    """Something a reviewer has to read, and how far they are."""

    submission: Submission
    edition: Edition
    review: ReviewState | None


def tasks(session: Session, person_id: int, edition_id: int | None = None) -> list[Task]:
    """What a person has to review, in one edition or in all: with edition, community and track."""
    query = (
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
    if edition_id is not None:
        query = query.where(Submission.edition_id == edition_id)
    return [Task(submission, edition, state) for submission, edition, state in session.execute(query)]


def owed(session: Session, person_id: int) -> list[Task]:
    """What a person still owes anywhere: assigned, not handed in, not decided."""
    return [
        t
        for t in tasks(session, person_id)
        if t.review is not ReviewState.SUBMITTED and t.submission.state is State.SUBMITTED
    ]


# -- the chairs' desk ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scored:
    """A submission with what its reviews say, aggregated in SQL."""

    submission: Submission
    average: float | None
    reviews: int
    assigned: int
    spread: int
    decision: Decision | None

    @property
    def missing(self) -> int:
        return max(0, self.assigned - self.reviews)


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the decision board is narrowed to."""

    show: str = ""
    track_id: int | None = None
    words: str = ""


def _scores() -> Select[tuple[int, float | None, int, int]]:
    return (
        select(
            Review.submission_id,
            func.avg(Review.score).label("average"),
            func.count(Review.id).label("reviews"),
            (func.max(Review.score) - func.min(Review.score)).label("spread"),
        )
        .where(Review.state == ReviewState.SUBMITTED)
        .group_by(Review.submission_id)
    )


def _conditions(
    edition_id: int, standing: Standing, wanted: BoardFilter, spread: ColumnElement[int]
) -> list[ColumnElement[bool]]:
    found = [Submission.edition_id == edition_id, visible_to(standing), Submission.state != State.WITHDRAWN]
    if wanted.track_id is not None:
        found.append(Submission.track_id == wanted.track_id)
    if wanted.words:
        found.append(func.lower(Submission.title).contains(wanted.words.lower(), autoescape=True))
    if wanted.show == "undecided":
        found += [Submission.state.in_(UNDECIDED), Decision.submission_id.is_(None)]
    elif wanted.show == "split":
        found.append(spread >= SPLIT)
    return found


def count_board(session: Session, edition_id: int, standing: Standing, wanted: BoardFilter) -> int:
    """How many rows the board has."""
    scores = _scores().subquery()
    return session.execute(
        select(func.count(Submission.id))
        .outerjoin(scores, scores.c.submission_id == Submission.id)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .where(*_conditions(edition_id, standing, wanted, scores.c.spread))
    ).scalar_one()


def board(
    session: Session, edition_id: int, standing: Standing, wanted: BoardFilter, offset: int, most: int
) -> list[Scored]:
    """A stretch of the board, best average first, with tracks and pending decisions (one query)."""
    scores = _scores().subquery()
    assigned = (
        select(Assignment.submission_id, func.count(Assignment.id).label("n"))
        .group_by(Assignment.submission_id)
        .subquery()
    )
    rows = session.execute(
        select(Submission, scores.c.average, scores.c.reviews, scores.c.spread, assigned.c.n, Decision)
        .outerjoin(Submission.track)
        .outerjoin(scores, scores.c.submission_id == Submission.id)
        .outerjoin(assigned, assigned.c.submission_id == Submission.id)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .options(contains_eager(Submission.track))
        .where(*_conditions(edition_id, standing, wanted, scores.c.spread))
        .order_by(scores.c.average.is_(None), scores.c.average.desc(), Submission.number)
        .offset(offset)
        .limit(most)
    )
    return [
        Scored(s, float(average) if average is not None else None, reviews or 0, n or 0, spread or 0, decision)
        for s, average, reviews, spread, n, decision in rows
    ]


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
        .where(Review.submission_id.in_(found), Review.state == ReviewState.SUBMITTED)
        .order_by(Review.submitted_at, Review.id)
    )
    for submission_id, score, advice in rows:
        if score is not None:
            found[submission_id].append(Opinion(score, advice.value if advice else None))
    return found


@dataclass(frozen=True, slots=True)
class Pending:
    """How the decisions stand: pending by outcome, released by outcome, open ones."""

    pending: dict[Outcome, int]
    released: dict[Outcome, int]
    open: int

    @property
    def waiting(self) -> int:
        return sum(self.pending.values())


def pending_counts(session: Session, edition_id: int, standing: Standing) -> Pending:
    """Counts over what this person may see (one query)."""
    rows = session.execute(
        select(Decision.outcome, Decision.released_at.is_(None), Submission.state, func.count(Submission.id))
        .select_from(Submission)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .where(Submission.edition_id == edition_id, visible_to(standing), Submission.state != State.WITHDRAWN)
        .group_by(Decision.outcome, Decision.released_at.is_(None), Submission.state)
    )
    pending: dict[Outcome, int] = {}
    released: dict[Outcome, int] = {}
    undecided = 0
    for row in rows:
        outcome: Outcome | None = row[0]  # None where nobody decided: the outer join found no decision
        is_pending, state, number = row[1:]
        if outcome is None:
            undecided += number if state in UNDECIDED else 0
        elif is_pending:
            pending[outcome] = pending.get(outcome, 0) + number
        else:
            released[outcome] = released.get(outcome, 0) + number
    return Pending(pending, released, undecided)


def pending_decisions(
    session: Session, edition_id: int, standing: Standing, *, lock: bool = False
) -> list[tuple[Decision, Submission]]:
    """Everything that a release would release, with submissions and authors, in the order of numbers."""
    query = (
        select(Decision, Submission)
        .join(Submission, Submission.id == Decision.submission_id)
        .options(selectinload(Submission.authors))
        .where(
            Submission.edition_id == edition_id,
            visible_to(standing),
            Submission.state.in_(UNDECIDED),
            Decision.released_at.is_(None),
        )
        .order_by(Submission.number)
    )
    if lock:
        query = query.with_for_update(of=[Decision, Submission]).execution_options(populate_existing=True)
    return [(decision, submission) for decision, submission in session.execute(query)]


def decisions_of(session: Session, submission_ids: Collection[int]) -> dict[int, Decision]:
    """The decisions of these submissions, locked."""
    rows = session.scalars(
        select(Decision)
        .where(Decision.submission_id.in_(submission_ids))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.submission_id: row for row in rows}


def find_at_desk(
    session: Session, edition_id: int, standing: Standing, number: int, *, lock: bool = False
) -> Submission | None:
    """A submission a chair may see, with track."""
    query = (
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(Submission.edition_id == edition_id, Submission.number == number, visible_to(standing))
    )
    if lock:
        query = query.with_for_update(of=Submission).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def by_numbers(
    session: Session, edition_id: int, standing: Standing, numbers: Collection[int]
) -> dict[int, Submission]:
    """Submissions a chair may see, by number, locked."""
    rows = session.scalars(
        select(Submission)
        .where(Submission.edition_id == edition_id, Submission.number.in_(numbers), visible_to(standing))
        .order_by(Submission.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.number: row for row in rows}


def assignments_of(session: Session, submission_ids: Collection[int]) -> dict[int, list[Assignment]]:
    """Who reads these submissions, with their people (one query)."""
    found: dict[int, list[Assignment]] = {one: [] for one in submission_ids}
    if found:
        rows = session.scalars(
            select(Assignment)
            .join(Assignment.reviewer)
            .options(contains_eager(Assignment.reviewer))
            .where(Assignment.submission_id.in_(found))
            .order_by(Assignment.id)
        )
        for row in rows:
            found[row.submission_id].append(row)
    return found


def states_of_reviews(session: Session, submission_ids: Collection[int]) -> dict[tuple[int, int], ReviewState]:
    """How far each review is, by (submission, reviewer)."""
    if not submission_ids:
        return {}
    rows = session.execute(
        select(Review.submission_id, Review.reviewer_id, Review.state).where(Review.submission_id.in_(submission_ids))
    )
    return {(submission, reviewer): state for submission, reviewer, state in rows if reviewer is not None}


def conflicts_of(session: Session, submission_id: int) -> Sequence[DeclaredConflict]:
    """The conflicts declared about a submission, with their people."""
    return session.scalars(
        select(DeclaredConflict)
        .join(DeclaredConflict.person)
        .options(contains_eager(DeclaredConflict.person))
        .where(DeclaredConflict.submission_id == submission_id)
        .order_by(DeclaredConflict.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Load:
    """A possible reviewer and what they have."""

    person: Person
    assigned: int
    done: int


def loads(session: Session, edition_id: int, roles: Collection[Role]) -> list[Load]:
    """Everybody with one of these roles, with how many submissions of this edition they have and how many are done."""
    assigned = (
        select(Assignment.reviewer_id, func.count(Assignment.id).label("n"))
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Submission.edition_id == edition_id, Submission.state != State.WITHDRAWN)
        .group_by(Assignment.reviewer_id)
        .subquery()
    )
    done = (
        select(Review.reviewer_id, func.count(Review.id).label("n"))
        .join(Submission, Submission.id == Review.submission_id)
        .where(
            Submission.edition_id == edition_id,
            Submission.state != State.WITHDRAWN,
            Review.state == ReviewState.SUBMITTED,
        )
        .group_by(Review.reviewer_id)
        .subquery()
    )
    member = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(roles))
    rows = session.execute(
        select(Person, func.coalesce(assigned.c.n, 0), func.coalesce(done.c.n, 0))
        .outerjoin(assigned, assigned.c.reviewer_id == Person.id)
        .outerjoin(done, done.c.reviewer_id == Person.id)
        .where(Person.id.in_(member))
        .order_by(func.coalesce(assigned.c.n, 0), Person.name, Person.id)
    )
    return [Load(person, number, finished) for person, number, finished in rows]


@dataclass(frozen=True, slots=True)
class Progress:
    """How reviewing goes in an edition."""

    submissions: int
    assigned: int
    done: int
    thin: int
    """Submissions with fewer reviewers than wanted."""


def progress(session: Session, edition_id: int, standing: Standing) -> Progress:
    """Counts over what this person may see (two queries)."""
    seen = and_(Submission.edition_id == edition_id, visible_to(standing), Submission.state != State.WITHDRAWN)
    per = (
        select(Submission.id, func.count(Assignment.id).label("n"))
        .outerjoin(Assignment, Assignment.submission_id == Submission.id)
        .where(seen)
        .group_by(Submission.id)
        .subquery()
    )
    number, assigned, thin = session.execute(
        select(
            func.count(per.c.id),
            func.coalesce(func.sum(per.c.n), 0),
            func.count(per.c.id).filter(per.c.n < WANTED_REVIEWS),
        )
    ).one()
    done = session.execute(
        select(func.count(Review.id))
        .join(Submission, Submission.id == Review.submission_id)
        .where(seen, Review.state == ReviewState.SUBMITTED)
    ).scalar_one()
    return Progress(number, int(assigned), done, thin)


def open_assignments_of(session: Session, person_id: int) -> Sequence[Assignment]:
    """A person's assignments without a review handed in."""
    handed_in = exists().where(
        Review.submission_id == Assignment.submission_id,
        Review.reviewer_id == Assignment.reviewer_id,
        Review.state == ReviewState.SUBMITTED,
    )
    return session.scalars(select(Assignment).where(Assignment.reviewer_id == person_id, ~handed_in)).all()


def reviews_by(session: Session, person_id: int) -> Sequence[Review]:
    """Everything a person wrote."""
    return session.scalars(select(Review).where(Review.reviewer_id == person_id)).all()
