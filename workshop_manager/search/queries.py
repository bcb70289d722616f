"""Every select of this package; each says what it loads. What the terms of a search stand for comes first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, and_, case, exists, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased, contains_eager, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.calls import queries as calls
from workshop_manager.calls.models import PersonalDeadline
from workshop_manager.calls.words import Choice, round_choices, type_choices
from workshop_manager.conflicts.models import DeclaredConflict
from workshop_manager.decisions.models import Decision
from workshop_manager.decisions.outcomes import Named
from workshop_manager.grants import queries as grants
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import State as GrantState
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.queries import IS_IN, RANKED_BY, readable
from workshop_manager.reviews.rules import SPLIT
from workshop_manager.reviews.states import ReviewState
from workshop_manager.search.models import Batch, BatchItem, SavedSearch, SubmissionTag, Tag
from workshop_manager.submissions.models import Author, Submission, SubmissionFile
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.rules import DECIDED
from workshop_manager.submissions.states import Outcome
from workshop_manager.submissions.topics import SubmissionTopic
from workshop_manager.workshops.rules import Standing

Condition = ColumnElement[bool]


# -- what terms stand for -----------------------------------------------------------------------------------------


def _within(column: ColumnElement[str | None] | ColumnElement[str], text: str) -> Condition:
    return func.lower(func.coalesce(column, "")).contains(text.lower(), autoescape=True)


def _any(rows: type[Any], *conditions: Condition) -> Condition:
    """A submission has such rows, whatever else the query around joins."""
    there = select(1).select_from(rows).where(rows.submission_id == Submission.id, *conditions)
    return exists(there.correlate(Submission))


def in_title(text: str) -> Condition:
    """The title holds it."""
    return _within(Submission.title.expression, text)


def in_abstract(text: str) -> Condition:
    """The abstract holds it."""
    return _within(Submission.abstract.expression, text)


def words_for_reviewers(text: str) -> Condition:
    """What a bare word finds for a reviewer: the work, never who wrote it."""
    return or_(in_title(text), in_abstract(text))


def words_for_chairs(text: str) -> Condition:
    """What a bare word finds for a chair."""
    return or_(in_title(text), in_abstract(text), has_author(text), has_affiliation(text))


def has_author(text: str) -> Condition:
    """An author's name or address holds it."""
    said = or_(_within(Author.name.expression, text), _within(Author.email.expression, text))
    return _any(Author, said)


def has_affiliation(text: str) -> Condition:
    """An author's affiliation holds it."""
    return _any(Author, _within(Author.affiliation.expression, text))


def has_account() -> Condition:
    """An author has an account."""
    return _any(Author, Author.person_id.is_not(None))


def has_reviewer(text: str) -> Condition:
    """It was given to somebody whose name or address holds it."""
    return exists(
        select(1)
        .select_from(Assignment)
        .join(Person, Person.id == Assignment.reviewer_id)
        .where(Assignment.submission_id == Submission.id)
        .where(or_(_within(Person.name.expression, text), _within(Person.email.expression, text)))
        .correlate(Submission)
    )


def has_file() -> Condition:
    """A PDF was uploaded."""
    return _any(SubmissionFile)


def has_conflict() -> Condition:
    """Somebody declared a conflict of interest."""
    return _any(DeclaredConflict)


def has_tag(edition_id: int | None = None, name: str | None = None) -> Condition:
    """It bears that tag, or any."""
    made = select(1).select_from(SubmissionTag).where(SubmissionTag.submission_id == Submission.id)
    if name is not None:
        made = made.join(Tag, Tag.id == SubmissionTag.tag_id).where(Tag.edition_id == edition_id, Tag.name == name)
    return exists(made.correlate(Submission))


def has_grant(edition_id: int, standing: Standing) -> Condition:
    """Its submitter or an author applied for a grant, as far as this person may read the application."""
    people = select(Application.person_id).where(
        grants.known_to(edition_id, standing),
        Application.state != GrantState.WITHDRAWN,
        Application.person_id.is_not(None),
    )
    return or_(
        and_(Submission.submitter_id.is_not(None), Submission.submitter_id.in_(people)),
        _any(Author, Author.person_id.in_(people)),
    )


def has_decision() -> Condition:
    """It is decided, released or not."""
    return _any(Decision, Decision.outcome.is_not(None))


def is_pending(outcome: Outcome) -> Condition:
    """That is decided and nobody has been told."""
    return _any(Decision, Decision.outcome == outcome, Decision.released_at.is_(None))


def was_released(outcome: Outcome) -> Condition:
    """That was decided and released."""
    return and_(Submission.state.in_(DECIDED), Submission.outcome.is_not(None), Submission.outcome == outcome)


def _names(named: Named, is_first: bool) -> Condition:
    """A decision says that outcome: by its row, or as the first of its kind by the kind alone."""
    said = Decision.outcome_id == named.id
    return or_(said, and_(Decision.outcome_id.is_(None), Decision.outcome == named.kind)) if is_first else said


def is_pending_as(named: Named, is_first: bool) -> Condition:
    """That outcome of the edition's own is decided and nobody has been told."""
    return _any(Decision, Decision.outcome == named.kind, _names(named, is_first), Decision.released_at.is_(None))


def was_released_as(named: Named, is_first: bool) -> Condition:
    """That outcome of the edition's own was decided and released, and holds: also while it is decided again."""
    said = [
        Submission.outcome_name == named.name,
        _any(Decision, _names(named, False), Decision.released_at.is_not(None)),
    ]
    if is_first:
        said.append(Submission.outcome_name.is_(None))
    return and_(was_released(named.kind), or_(*said))


def rounds(session: Session, edition_id: int) -> list[Choice]:
    """All rounds with their names; the call's own has no id (two queries)."""
    return round_choices(calls.find_call(session, edition_id), calls.rounds_of(session, edition_id))


def types(session: Session, edition_id: int) -> list[Choice]:
    """All types with their names; the call's own has no id (one query)."""
    return type_choices(*calls.call_with_types(session, edition_id))


def has_topic(topic_id: int | None = None) -> Condition:
    """Its authors say that it is about that, or about anything on the list."""
    return _any(SubmissionTopic, *([] if topic_id is None else [SubmissionTopic.topic_id == topic_id]))


def came_after(edition_id: int, dues: Mapping[tuple[int | None, int | None], datetime]) -> Condition:
    """It came after its deadline: of its round and track, else of its round; a later one of its people counts for it.

    `dues`: by round and track, None for the call's own round and for every track without a date of its own.
    """
    if not dues:
        return false()
    # A track of its own goes before the rest of its round.
    ordered = sorted(dues.items(), key=lambda one: one[0][1] is None)
    at_once = [
        (
            and_(
                Submission.round_id.is_not_distinct_from(round_id),
                *([] if track_id is None else [Submission.track_id == track_id]),
            ),
            literal(at, DateTime(timezone=True)),
        )
        for (round_id, track_id), at in ordered
    ]
    own = aliased(Author)
    theirs = or_(
        PersonalDeadline.person_id == Submission.submitter_id,
        exists(
            select(1)
            .select_from(own)
            .where(own.submission_id == Submission.id, own.person_id == PersonalDeadline.person_id)
            .correlate(Submission, PersonalDeadline)
        ),
    )
    extended = exists(
        select(1)
        .select_from(PersonalDeadline)
        .where(
            PersonalDeadline.edition_id == edition_id,
            PersonalDeadline.round_id.is_not_distinct_from(Submission.round_id),
            or_(PersonalDeadline.track_id.is_(None), PersonalDeadline.track_id == Submission.track_id),
            PersonalDeadline.at >= Submission.submitted_at,
            theirs,
        )
        .correlate(Submission)
    )
    return and_(Submission.submitted_at.is_not(None), Submission.submitted_at > case(*at_once), ~extended)


def score() -> ColumnElement[float]:
    """The average of the reviews that are in; NULL without any."""
    return (
        select(func.avg(RANKED_BY))
        .where(Review.submission_id == Submission.id, IS_IN)
        .correlate(Submission)
        .scalar_subquery()
    )


def spread() -> ColumnElement[float]:
    """How far the best score lies from the worst; NULL without a review."""
    return (
        select(func.max(RANKED_BY) - func.min(RANKED_BY))
        .where(Review.submission_id == Submission.id, IS_IN)
        .correlate(Submission)
        .scalar_subquery()
    )


def is_split() -> Condition:
    """Its reviewers lie far apart."""
    return func.coalesce(spread(), 0) >= SPLIT


def reviews_in() -> ColumnElement[int]:
    """How many reviews are in."""
    return (
        select(func.count(Review.id))
        .where(Review.submission_id == Submission.id, IS_IN)
        .correlate(Submission)
        .scalar_subquery()
    )


def assigned() -> ColumnElement[int]:
    """How many reviewers it was given to."""
    return (
        select(func.count(Assignment.id))
        .where(Assignment.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )


def own_review(person_id: int) -> Mapping[str, Condition]:
    """How far a reviewer's own review is, by the words for it."""
    mine = Review.reviewer_id == person_id
    done = _any(Review, mine, Review.state == ReviewState.SUBMITTED)
    draft = _any(Review, mine, Review.state == ReviewState.DRAFT)
    return {"open": ~done, "draft": draft, "done": done}


# -- what is found ------------------------------------------------------------------------------------------------


def found(
    session: Session, edition_id: int, standing: Standing, conditions: Iterable[Condition], most: int
) -> Sequence[Submission]:
    """What a search at the desk finds, by number, with tracks (one query)."""
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(Submission.edition_id == edition_id, visible_to(standing), *conditions)
        .order_by(Submission.number)
        .limit(most)
    ).all()


def locked(session: Session, edition_id: int, standing: Standing, numbers: Collection[int]) -> Sequence[Submission]:
    """Submissions a chair may see, by number, locked (one query)."""
    return session.scalars(
        select(Submission)
        .where(Submission.edition_id == edition_id, Submission.number.in_(numbers), visible_to(standing))
        .order_by(Submission.id)
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    ).all()


def readable_works(
    session: Session, edition_id: int, person_id: int, condition: Condition | None
) -> list[tuple[Submission, ReviewState | None]]:
    """What a reviewer's search finds: submissions with tracks and how far their own review is (one query)."""
    own = and_(Review.submission_id == Submission.id, Review.reviewer_id == person_id)
    rows = session.execute(
        select(Submission, Review.state)
        .outerjoin(Submission.track)
        .outerjoin(Review, own)
        .options(contains_eager(Submission.track))
        .where(Submission.edition_id == edition_id, readable(person_id), *([] if condition is None else [condition]))
        .order_by(Submission.number)
        .limit(500)
    )
    return [(submission, state) for submission, state in rows]


# -- tags ---------------------------------------------------------------------------------------------------------


def find_tag(session: Session, edition_id: int, name: str) -> Tag | None:
    """The tag of that name."""
    return session.execute(select(Tag).where(Tag.edition_id == edition_id, Tag.name == name)).scalar_one_or_none()


def count_tags(session: Session, edition_id: int) -> int:
    """How many tags an edition has."""
    return session.execute(select(func.count(Tag.id)).where(Tag.edition_id == edition_id)).scalar_one()


def used_tags(session: Session, edition_id: int, standing: Standing) -> list[tuple[str, int]]:
    """The tags on submissions this person may see, with how many, by name. Others are not told of."""
    rows = session.execute(
        select(Tag.name, func.count(Submission.id))
        .join(SubmissionTag, SubmissionTag.tag_id == Tag.id)
        .join(Submission, Submission.id == SubmissionTag.submission_id)
        .where(Tag.edition_id == edition_id, Submission.edition_id == edition_id, visible_to(standing))
        .group_by(Tag.name)
        .order_by(Tag.name)
    )
    return [(name, number) for name, number in rows]


def tags_of(session: Session, submission_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of the tags of these submissions, in order (one query)."""
    made: dict[int, list[str]] = {one: [] for one in submission_ids}
    if made:
        rows = session.execute(
            select(SubmissionTag.submission_id, Tag.name)
            .join(Tag, Tag.id == SubmissionTag.tag_id)
            .where(SubmissionTag.submission_id.in_(made))
            .order_by(Tag.name)
        )
        for submission_id, name in rows:
            made[submission_id].append(name)
    return made


def joined_tags(submission_id: int) -> ColumnElement[str]:
    """The names of a submission's tags, which hold no space, parted by spaces, as a column of a statement."""
    return (
        select(func.aggregate_strings(Tag.name, " "))
        .join(SubmissionTag, SubmissionTag.tag_id == Tag.id)
        .where(SubmissionTag.submission_id == submission_id)
        .scalar_subquery()
    )


def bearing(session: Session, tag_id: int, submission_ids: Collection[int]) -> set[int]:
    """Which of these submissions bear that tag."""
    return set(
        session.scalars(
            select(SubmissionTag.submission_id).where(
                SubmissionTag.tag_id == tag_id, SubmissionTag.submission_id.in_(submission_ids)
            )
        )
    )


# -- saved searches -----------------------------------------------------------------------------------------------


def saved(session: Session, edition_id: int, person_id: int) -> Sequence[SavedSearch]:
    """The searches a person keeps in an edition."""
    return session.scalars(
        select(SavedSearch).where(SavedSearch.edition_id == edition_id, SavedSearch.person_id == person_id)
    ).all()


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A saved search, or a tag with how many submissions bear it (`query` is empty then)."""

    name: str
    query: str
    search_id: int
    is_own: bool
    is_shared: bool
    number: int


def shortcuts(session: Session, edition_id: int, standing: Standing) -> list[Shortcut]:
    """One's own saved searches and the team's, and the tags on what one may see, by name (one query for both)."""
    tags = (
        select(
            Tag.name.label("name"),
            literal("").label("query"),
            literal(0).label("search_id"),
            literal(0).label("person_id"),
            literal(False).label("is_shared"),
            func.count(Submission.id).label("number"),
        )
        .join(SubmissionTag, SubmissionTag.tag_id == Tag.id)
        .join(Submission, Submission.id == SubmissionTag.submission_id)
        .where(Tag.edition_id == edition_id, Submission.edition_id == edition_id, visible_to(standing))
        .group_by(Tag.name)
    )
    searches = select(
        SavedSearch.name,
        SavedSearch.query,
        SavedSearch.id,
        func.coalesce(SavedSearch.person_id, 0),
        SavedSearch.is_shared,
        literal(0),
    ).where(
        SavedSearch.edition_id == edition_id,
        or_(SavedSearch.person_id == standing.person_id, SavedSearch.is_shared.is_(True)),
    )
    both = union_all(tags, searches).subquery()
    rows = session.execute(select(both).order_by(both.c.name, both.c.search_id).limit(400))
    return [
        Shortcut(r.name, r.query, r.search_id, r.person_id == standing.person_id, bool(r.is_shared), r.number)
        for r in rows
    ]


def find_saved(session: Session, edition_id: int, search_id: int, person_id: int) -> SavedSearch | None:
    """A saved search that this person sees: their own, or one of the team's."""
    return session.execute(
        select(SavedSearch).where(
            SavedSearch.id == search_id,
            SavedSearch.edition_id == edition_id,
            or_(SavedSearch.person_id == person_id, SavedSearch.is_shared.is_(True)),
        )
    ).scalar_one_or_none()


# -- batches ------------------------------------------------------------------------------------------------------


def batches(session: Session, edition_id: int, standing: Standing) -> list[tuple[Batch, int]]:
    """The latest batches that touched what this person may see, with who did them, and how many of those."""
    rows = session.execute(
        select(Batch, func.count(BatchItem.submission_id))
        .join(BatchItem, BatchItem.batch_id == Batch.id)
        .join(Submission, Submission.id == BatchItem.submission_id)
        .where(Batch.edition_id == edition_id, visible_to(standing))
        .options(selectinload(Batch.person))
        .group_by(Batch.id)
        .order_by(Batch.id.desc())
        .limit(30)
    )
    return [(batch, number) for batch, number in rows]


def find_batch(session: Session, edition_id: int, batch_id: int, *, lock: bool = False) -> Batch | None:
    """A batch of an edition, with who did it."""
    query = (
        select(Batch).options(selectinload(Batch.person)).where(Batch.id == batch_id, Batch.edition_id == edition_id)
    )
    if lock:
        query = query.with_for_update(of=Batch).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def items(session: Session, batch_id: int, standing: Standing) -> Sequence[BatchItem]:
    """What a batch did to submissions this person may see, with them, by number (one query)."""
    return session.scalars(
        select(BatchItem)
        .join(BatchItem.submission)
        .options(contains_eager(BatchItem.submission))
        .where(BatchItem.batch_id == batch_id, visible_to(standing))
        .order_by(Submission.number)
    ).all()
