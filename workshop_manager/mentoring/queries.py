"""Every select of this package; each says what it loads.

A chair sees a participant or a match only if no work in it is kept from them: `seen_work` and `seen_match`. Drafts are
among what mentoring chairs see, with the consent of whoever joined.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session, aliased, contains_eager

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.conflicts.models import AuthorKey
from workshop_manager.conflicts.queries import conflicted
from workshop_manager.conflicts.states import KeyKind
from workshop_manager.mentoring.models import Match, Mentor, Participant, Reading, Round
from workshop_manager.mentoring.rules import MAY_MATCH, MAY_MENTOR, TAKES_PART
from workshop_manager.mentoring.states import MatchState
from workshop_manager.submissions.models import Author, Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.queries import own
from workshop_manager.workshops.models import Edition, ImportantDate, TeamMember
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import DateKey


def find_round(session: Session, edition_id: int, *, lock: bool = False) -> Round | None:
    """The mentored round of an edition; None if it was never turned on."""
    query = select(Round).where(Round.edition_id == edition_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def is_on(session: Session, edition_id: int) -> bool:
    """True while the edition has a mentored round."""
    return session.scalars(select(Round.is_on).where(Round.edition_id == edition_id)).one_or_none() is True


def has_announced(session: Session, edition_id: int) -> bool:
    """True once anybody was told of a partner."""
    told = select(Match.id).where(Match.edition_id == edition_id, Match.state != MatchState.PROPOSED).limit(1)
    return session.execute(told).first() is not None


# -- what a chair may see -----------------------------------------------------------------------------------------


def seen_work(standing: Standing) -> ColumnElement[bool]:
    """Works that a mentoring chair may see, drafts among them: none of their own, none they have a conflict with."""
    if not standing.may(MAY_MATCH):
        return false()
    if standing.person_id is None:
        return true()
    return Submission.id.not_in(conflicted(standing.person_id))


def seen_match(standing: Standing) -> ColumnElement[bool]:
    """Matches of such works only: of a pair with a work that is kept from them, a chair sees neither side."""
    if not standing.may(MAY_MATCH):
        return false()
    if standing.person_id is None:
        return true()
    kept = conflicted(standing.person_id)
    # A work may have been removed since: NOT IN of nothing would be neither true nor false.
    side = aliased(Reading)
    return ~exists().where(
        side.match_id == Match.id,
        or_(side.submission_id.in_(kept), and_(side.reader_work_id.is_not(None), side.reader_work_id.in_(kept))),
    )


def _is_theirs() -> ColumnElement[bool]:
    """The participant's person still is an author of the work, or its submitter."""
    author = exists().where(Author.submission_id == Submission.id, Author.person_id == Participant.person_id)
    return or_(Submission.submitter_id == Participant.person_id, author)


# -- taking part --------------------------------------------------------------------------------------------------


def find_participant(session: Session, submission_id: int, *, lock: bool = False) -> Participant | None:
    """The row of that work, also of one that was taken out again."""
    query = select(Participant).where(Participant.submission_id == submission_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def participants_of(session: Session, person_id: int) -> Sequence[Participant]:
    """Everywhere that person takes part, locked."""
    return session.scalars(
        select(Participant)
        .where(Participant.person_id == person_id)
        .order_by(Participant.submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def in_match(session: Session, match_id: int) -> Sequence[Participant]:
    """Who is in a match, locked."""
    return session.scalars(
        select(Participant)
        .where(Participant.match_id == match_id)
        .order_by(Participant.submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


@dataclass(frozen=True, slots=True)
class Free:
    """A work without a partner, and who joined with it."""

    participant: Participant
    submission: Submission
    person: Person


def _free(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    return and_(
        Participant.edition_id == edition_id,
        Participant.match_id.is_(None),
        Participant.left_at.is_(None),
        Submission.state.in_(TAKES_PART),
        Person.active.is_(True),
        _is_theirs(),
        seen_work(standing),
    )


def free(session: Session, edition_id: int, standing: Standing) -> list[Free]:
    """Works that wait for a partner, in the order in which they joined (one query)."""
    rows = session.execute(
        select(Participant, Submission, Person)
        .join(Submission, Submission.id == Participant.submission_id)
        .join(Person, Person.id == Participant.person_id)
        .where(_free(edition_id, standing))
        .order_by(Participant.joined_at, Submission.number)
    )
    return [Free(*row) for row in rows]


def _choosable(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    proposed = and_(Match.state == MatchState.PROPOSED, seen_match(standing))
    return and_(
        Participant.edition_id == edition_id,
        Participant.left_at.is_(None),
        Submission.state.in_(TAKES_PART),
        seen_work(standing),
        or_(Participant.match_id.is_(None), proposed),
    )


def choosable(session: Session, edition_id: int, standing: Standing) -> list[tuple[int, str]]:
    """Number and title of works a chair can match by hand: free ones, and those in what is proposed (one query)."""
    rows = session.execute(
        select(Submission.number, Submission.title)
        .join(Participant, Participant.submission_id == Submission.id)
        .outerjoin(Match, Match.id == Participant.match_id)
        .where(_choosable(edition_id, standing))
        .order_by(Submission.number)
    )
    return [(row[0], row[1]) for row in rows]


def find_choosable(session: Session, edition_id: int, standing: Standing, number: int) -> int | None:
    """The id of such a work."""
    return session.execute(
        select(Submission.id)
        .join(Participant, Participant.submission_id == Submission.id)
        .outerjoin(Match, Match.id == Participant.match_id)
        .where(Submission.number == number, _choosable(edition_id, standing))
    ).scalar_one_or_none()


def hold_works(session: Session, edition_id: int) -> None:
    """Lock every work that takes part: nobody withdraws one, or steps out, while it is being matched.

    Works come before participants and matches in every transaction, so that none waits for another in a circle.
    """
    taking_part = select(Participant.submission_id).where(
        Participant.edition_id == edition_id, Participant.left_at.is_(None)
    )
    session.execute(
        select(Submission.id).where(Submission.id.in_(taking_part)).order_by(Submission.id).with_for_update()
    ).all()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many a chair sees, by list."""

    waiting: int
    proposed: int
    announced: int
    mentors: int


def counts(session: Session, edition_id: int, standing: Standing) -> Counts:
    """Numbers beside the lists of the desk (one query)."""
    waiting = (
        select(func.count())
        .select_from(Participant)
        .join(Submission, Submission.id == Participant.submission_id)
        .join(Person, Person.id == Participant.person_id)
        .where(_free(edition_id, standing))
    )

    def matches(state: MatchState) -> ColumnElement[int]:
        found = select(func.count(Match.id)).where(
            Match.edition_id == edition_id, Match.state == state, seen_match(standing)
        )
        return found.scalar_subquery()

    mentors = select(func.count()).select_from(Mentor).where(Mentor.edition_id == edition_id)
    row = session.execute(
        select(
            waiting.scalar_subquery(),
            matches(MatchState.PROPOSED),
            matches(MatchState.ANNOUNCED),
            mentors.scalar_subquery(),
        )
    ).one()
    return Counts(*row)


# -- what keeps works apart ---------------------------------------------------------------------------------------


def authors_of(session: Session, submission_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Marks of whoever wrote these: accounts, addresses and names, by work (one query)."""
    found: dict[int, set[str]] = {one: set() for one in submission_ids}
    accounts = select(Author.submission_id, literal("person"), cast(Author.person_id, String)).where(
        Author.submission_id.in_(found), Author.person_id.is_not(None)
    )
    keys = select(AuthorKey.submission_id, cast(AuthorKey.kind, String), AuthorKey.key).where(
        AuthorKey.submission_id.in_(found), AuthorKey.kind.in_((KeyKind.ADDRESS, KeyKind.NAME))
    )
    for work, kind, key in session.execute(union_all(accounts, keys)):
        found[work].add(f"{kind}:{key}")
    return {work: frozenset(marks) for work, marks in found.items()}


def assigned_among(
    session: Session, person_ids: Collection[int], submission_ids: Collection[int]
) -> list[tuple[int, int]]:
    """(submission, person) of everybody among these who reviews one of these works."""
    rows = session.execute(
        select(Assignment.submission_id, Assignment.reviewer_id).where(
            Assignment.submission_id.in_(submission_ids), Assignment.reviewer_id.in_(person_ids)
        )
    )
    return [(row[0], row[1]) for row in rows]


# -- mentors ------------------------------------------------------------------------------------------------------


def find_mentor(session: Session, edition_id: int, person_id: int) -> Mentor | None:
    """What that person volunteered for in that edition."""
    return session.get(Mentor, (edition_id, person_id))


@dataclass(frozen=True, slots=True)
class MentorLoad:
    """Somebody who volunteered, and how many works they have, proposed ones among them."""

    mentor: Mentor
    person: Person
    has: int

    @property
    def room(self) -> int:
        return max(self.mentor.most - self.has, 0)


def _on_committee(person: Any, edition: Any) -> tuple[ColumnElement[bool], ...]:
    return (TeamMember.person_id == person, TeamMember.edition_id == edition, TeamMember.role.in_(MAY_MENTOR))


def mentors(session: Session, edition_id: int) -> list[MentorLoad]:
    """Who volunteered and is still on the team, by name (one query)."""
    has = (
        select(func.count(Reading.id))
        .join(Match, Match.id == Reading.match_id)
        .where(
            Match.edition_id == edition_id,
            Reading.reader_id == Mentor.person_id,
            Reading.reader_work_id.is_(None),
            Reading.ended_at.is_(None),
        )
        .correlate(Mentor)
        .scalar_subquery()
    )
    team = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(MAY_MENTOR))
    rows = session.execute(
        select(Mentor, Person, has)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentor.edition_id == edition_id, Mentor.person_id.in_(team), Person.active.is_(True))
        .order_by(func.lower(Person.name), Person.id)
    )
    return [MentorLoad(*row) for row in rows]


# -- matches ------------------------------------------------------------------------------------------------------


def find_match(
    session: Session, edition_id: int, match_id: int, standing: Standing, *, lock: bool = True
) -> Match | None:
    """A match this chair may see, locked unless it is only looked at."""
    query = select(Match).where(Match.id == match_id, Match.edition_id == edition_id, seen_match(standing))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def locked_match(session: Session, match_id: int) -> Match:
    """A match by its id, locked."""
    return session.execute(
        select(Match).where(Match.id == match_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def locked_matches_of_own(session: Session, person_id: int) -> Sequence[Match]:
    """Matches not ended in which somebody reads a work of their own, locked."""
    theirs = (
        select(Reading.match_id)
        .join(Submission, Submission.id == Reading.submission_id)
        .where(Reading.reader_id == person_id, own(person_id))
    )
    found = select(Match).where(Match.id.in_(theirs), Match.state != MatchState.ENDED).order_by(Match.id)
    return session.scalars(found.with_for_update().execution_options(populate_existing=True)).all()


def matches(
    session: Session,
    edition_id: int,
    standing: Standing,
    state: MatchState,
    *,
    offset: int = 0,
    most: int | None = None,
) -> list[Match]:
    """A stretch of the matches of that state that this chair may see, in the order in which they were made."""
    return list(
        session.scalars(
            select(Match)
            .where(Match.edition_id == edition_id, Match.state == state, seen_match(standing))
            .order_by(Match.id)
            .offset(offset)
            .limit(most)
        )
    )


def readings_of(session: Session, match_ids: Iterable[int]) -> dict[int, list[Reading]]:
    """Who reads what in these matches, by match, each with its work and its reader (one query)."""
    found: dict[int, list[Reading]] = {one: [] for one in match_ids}
    if found:
        rows = session.scalars(
            select(Reading)
            .join(Reading.submission)
            .outerjoin(Reading.reader)
            .options(contains_eager(Reading.submission), contains_eager(Reading.reader))
            .where(Reading.match_id.in_(found))
            .order_by(Reading.id)
        )
        for row in rows:
            found[row.match_id].append(row)
    return found


def readings_on(session: Session, submission_id: int) -> Sequence[Reading]:
    """Every reading of that work."""
    return session.scalars(select(Reading).where(Reading.submission_id == submission_id)).all()


# -- reading and being read ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """A reading of somebody, with the work, and whether they still are an author of the one they joined with.

    Of a mentor from the committee `is_author` says that they still are on it.
    """

    reading: Reading
    is_author: bool


def _still_author(person_id: int) -> ColumnElement[bool]:
    """True for mentors who are on the committee still, and for authors of the work they take part with."""
    author = exists().where(Author.submission_id == Reading.reader_work_id, Author.person_id == person_id)
    own = aliased(Submission)
    submitter = exists().where(own.id == Reading.reader_work_id, own.submitter_id == person_id)
    is_mentor = and_(Reading.reader_work_id.is_(None), exists().where(*_on_committee(person_id, Match.edition_id)))
    return or_(is_mentor, author, submitter)


def find_task(session: Session, edition_id: int, reading_id: int, person_id: int, *, lock: bool = False) -> Task | None:
    """What that person reads, with match and work; nothing that is only proposed."""
    query = (
        select(Reading, _still_author(person_id))
        .join(Reading.match)
        .join(Reading.submission)
        .options(contains_eager(Reading.match), contains_eager(Reading.submission))
        .where(
            Reading.id == reading_id,
            Reading.reader_id == person_id,
            Match.edition_id == edition_id,
            Match.state != MatchState.PROPOSED,
        )
    )
    if lock:
        query = query.with_for_update(of=Reading).execution_options(populate_existing=True)
    row = session.execute(query).one_or_none()
    return Task(row[0], bool(row[1])) if row else None


def tasks(session: Session, edition_id: int, person_id: int, *, work_id: int | None = None) -> list[Reading]:
    """What that person reads in an edition, with works; for the work they take part with, or as a mentor."""
    return list(
        session.scalars(
            select(Reading)
            .join(Reading.match)
            .join(Reading.submission)
            .options(contains_eager(Reading.submission), contains_eager(Reading.match))
            .where(
                Reading.reader_id == person_id,
                Match.edition_id == edition_id,
                Match.state != MatchState.PROPOSED,
                Reading.reader_work_id.is_(None) if work_id is None else Reading.reader_work_id == work_id,
            )
            .order_by(Reading.id)
        )
    )


def received(session: Session, submission_id: int) -> list[Reading]:
    """Who reads that work, or has read it, with readers and matches; nothing that is only proposed."""
    return list(
        session.scalars(
            select(Reading)
            .join(Reading.match)
            .outerjoin(Reading.reader)
            .options(contains_eager(Reading.match), contains_eager(Reading.reader))
            .where(Reading.submission_id == submission_id, Match.state != MatchState.PROPOSED)
            .order_by(Reading.id)
        )
    )


def find_received(session: Session, submission_id: int, reading_id: int) -> Reading | None:
    """Feedback that came in for that work, locked."""
    return session.execute(
        select(Reading)
        .where(Reading.id == reading_id, Reading.submission_id == submission_id, Reading.sent_at.is_not(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def authors_by_work(session: Session, submission_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of the authors of these works, in order (one query)."""
    found: dict[int, list[str]] = {one: [] for one in submission_ids}
    rows = session.execute(
        select(Author.submission_id, Author.name)
        .where(Author.submission_id.in_(found))
        .order_by(Author.submission_id, Author.position)
    )
    for work, name in rows:
        found[work].append(name)
    return found


def newest_pages(session: Session, submission_id: int) -> int | None:
    """How many pages the newest PDF of a work has; None without one."""
    return session.scalars(
        select(SubmissionFile.pages)
        .where(SubmissionFile.submission_id == submission_id)
        .order_by(SubmissionFile.version.desc())
        .limit(1)
    ).first()


def newest_file(session: Session, submission_id: int) -> tuple[SubmissionFile, SubmissionBytes] | None:
    """The newest PDF of a work with its bytes."""
    row = session.execute(
        select(SubmissionFile, SubmissionBytes)
        .join(SubmissionBytes, SubmissionBytes.file_id == SubmissionFile.id)
        .where(SubmissionFile.submission_id == submission_id)
        .order_by(SubmissionFile.version.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True, slots=True)
class OfWork:
    """The round as it stands for one work."""

    is_on: bool
    join_until: datetime | None
    participant: Participant | None
    is_announced: bool
    received: int


def standing_of_work(session: Session, edition_id: int, submission_id: int) -> OfWork | None:
    """How the round stands for a work (one query); None if the edition has none."""
    sent = (
        select(func.count(Reading.id))
        .where(Reading.submission_id == submission_id, Reading.sent_at.is_not(None))
        .scalar_subquery()
    )
    row = session.execute(
        select(Round.is_on, ImportantDate.at, Participant, Match.state, sent)
        .outerjoin(
            ImportantDate,
            and_(ImportantDate.edition_id == Round.edition_id, ImportantDate.key == DateKey.MENTORING_JOIN),
        )
        .outerjoin(Participant, Participant.submission_id == submission_id)
        .outerjoin(Match, Match.id == Participant.match_id)
        .where(Round.edition_id == edition_id)
    ).one_or_none()
    if row is None:
        return None
    return OfWork(row[0], row[1], row[2], row[3] is not None and row[3] is not MatchState.PROPOSED, row[4])


# -- who owes feedback --------------------------------------------------------------------------------------------


def owing(session: Session, edition_id: int, standing: Standing) -> list[Reading]:
    """Feedback that is awaited, of matches this chair may see, with readers and works, by reader (one query)."""
    return list(
        session.scalars(
            select(Reading)
            .join(Reading.match)
            .join(Reading.submission)
            .join(Reading.reader)
            .options(contains_eager(Reading.submission), contains_eager(Reading.reader))
            .where(
                Match.edition_id == edition_id,
                Match.state != MatchState.PROPOSED,
                seen_match(standing),
                *_awaited(),
            )
            .order_by(func.lower(Person.name), Reading.reader_id, Reading.id)
        )
    )


def _awaited() -> tuple[ColumnElement[bool], ...]:
    return (
        Reading.sent_at.is_(None),
        Reading.ended_at.is_(None),
        Submission.state.in_(TAKES_PART),
        Person.active.is_(True),
    )


def owed_by(session: Session, person_id: int) -> list[tuple[Reading, Edition]]:
    """Feedback that is awaited of that person, anywhere, with works, editions and communities (one query)."""
    rows = session.execute(
        select(Reading, Edition)
        .join(Reading.match)
        .join(Reading.submission)
        .join(Reading.reader)
        .join(Edition, Edition.id == Match.edition_id)
        .join(Edition.community)
        .options(contains_eager(Reading.submission), contains_eager(Edition.community))
        .where(Reading.reader_id == person_id, Match.state != MatchState.PROPOSED, *_awaited())
        .order_by(Reading.id)
    )
    return [(row[0], row[1]) for row in rows]


def of_reader(session: Session, person_id: int) -> Sequence[Reading]:
    """Everything that person reads or has read, locked, with matches."""
    return session.scalars(
        select(Reading)
        .join(Reading.match)
        .options(contains_eager(Reading.match))
        .where(Reading.reader_id == person_id)
        .order_by(Reading.id)
        .with_for_update(of=Reading)
        .execution_options(populate_existing=True)
    ).all()


def read_as_mentor(session: Session, edition_id: int, person_id: int) -> Sequence[Match]:
    """Matches of that edition in which that person reads as a mentor, locked; none that has ended."""
    theirs = select(Reading.match_id).where(Reading.reader_id == person_id, Reading.reader_work_id.is_(None))
    return session.scalars(
        select(Match)
        .where(Match.id.in_(theirs), Match.edition_id == edition_id, Match.state != MatchState.ENDED)
        .order_by(Match.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def mentorships(session: Session, person_id: int) -> Sequence[Mentor]:
    """Everywhere that person volunteered."""
    return session.scalars(select(Mentor).where(Mentor.person_id == person_id)).all()
