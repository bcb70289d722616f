"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.committee.models import ReviewerProfile
from workshop_manager.grantreview.models import GrantMessage, GrantQuestion, GrantSeen
from workshop_manager.grantreview.rules import DIVIDED, NAG_BEFORE
from workshop_manager.grants import partial
from workshop_manager.grants.models import Application, GrantReader, Line, Score
from workshop_manager.grants.queries import visible_to
from workshop_manager.grants.rules import TO_SCORE
from workshop_manager.grants.states import State
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops.models import Edition, TeamMember
from workshop_manager.workshops.rules import MAY_GRANTS, Standing
from workshop_manager.workshops.states import Role

# -- who reads ------------------------------------------------------------------------------------------------------


def members(session: Session, edition_id: int) -> Sequence[Person]:
    """Who reads: the grants committee, or the organisers where nobody else is on it; by name."""

    def with_roles(roles: Collection[Role]) -> Sequence[Person]:
        here = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(roles))
        return session.scalars(
            select(Person)
            .where(Person.id.in_(here), Person.erased_at.is_(None))
            .order_by(func.lower(Person.name), Person.id)
        ).all()

    return with_roles([Role.GRANTS_COMMITTEE]) or with_roles(MAY_GRANTS)


def hearers(session: Session, application: Application) -> Sequence[Person]:
    """Who hears by mail of what an applicant writes: its readers, or all who read; nobody in conflict of interest."""
    readers = select(GrantReader.person_id).where(GrantReader.application_id == application.id)
    everybody = members(session, application.edition_id)
    asked = set(session.scalars(readers))
    chosen = [one for one in everybody if one.id in asked] or list(everybody)
    apart = partial.against(session, application.edition_id, [one.id for one in chosen], [application.id])
    return [one for one in chosen if (application.id, one.id) not in apart]


def languages(session: Session, edition_id: int, person_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """In which languages they said they read, by person; nobody is in it who said nothing."""
    rows = session.execute(
        select(ReviewerProfile.person_id, ReviewerProfile.languages).where(
            ReviewerProfile.edition_id == edition_id, ReviewerProfile.person_id.in_(person_ids)
        )
    )
    return {person: frozenset(listed) for person, listed in rows if listed}


@dataclass(frozen=True, slots=True)
class ToRead:
    """An application that is to be read: in which language its applicant writes to us, and who reads it already."""

    id: int
    locale: str
    readers: frozenset[int]


def to_read(session: Session, edition_id: int, *, lock: bool = False) -> list[ToRead]:
    """Every application that waits for scores, with its readers (two queries)."""
    query = (
        select(Application.id, Person.locale)
        .outerjoin(Person, Person.id == Application.person_id)
        .where(Application.edition_id == edition_id, Application.state.in_(TO_SCORE))
        .order_by(Application.id)
    )
    if lock:
        query = query.with_for_update(of=Application)
    rows = session.execute(query).all()
    given: dict[int, set[int]] = {}
    for application, person in session.execute(
        select(GrantReader.application_id, GrantReader.person_id)
        .join(Application, Application.id == GrantReader.application_id)
        .where(Application.edition_id == edition_id)
    ):
        given.setdefault(application, set()).add(person)
    return [ToRead(one, locale or "en", frozenset(given.get(one, ()))) for one, locale in rows]


@dataclass(frozen=True, slots=True)
class Load:
    """What one member was asked to read, and how much of it they scored."""

    person: Person
    asked: int
    done: int


def loads(session: Session, edition_id: int, people: Sequence[Person]) -> list[Load]:
    """Progress by member (one query)."""
    scored = exists().where(
        Score.application_id == GrantReader.application_id, Score.person_id == GrantReader.person_id
    )
    rows = session.execute(
        select(GrantReader.person_id, func.count(), func.count().filter(scored))
        .join(Application, Application.id == GrantReader.application_id)
        .where(Application.edition_id == edition_id, Application.state != State.WITHDRAWN)
        .group_by(GrantReader.person_id)
    )
    found = {person: (asked, done) for person, asked, done in rows}
    return [Load(person, *found.get(person.id, (0, 0))) for person in people]


@dataclass(frozen=True, slots=True)
class Task:
    """An application somebody is to read, with their score if there is one."""

    application: Application
    score: Score | None


def tasks(session: Session, edition_id: int, standing: Standing) -> list[Task]:
    """What the viewer is to read or has scored, what is missing first (one query, with applicants)."""
    me = standing.person_id or 0
    other = aliased(Application)
    given_out = exists().where(GrantReader.application_id == other.id, other.edition_id == edition_id)
    mine = exists().where(GrantReader.application_id == Application.id, GrantReader.person_id == me)
    waits = and_(Application.state.in_(TO_SCORE), or_(mine, not_(given_out)))
    rows = session.execute(
        select(Application, Score)
        .outerjoin(Score, and_(Score.application_id == Application.id, Score.person_id == me))
        .outerjoin(Application.person)
        .options(contains_eager(Application.person))
        .where(visible_to(edition_id, standing), or_(waits, Score.id.is_not(None)))
        .where(Application.state != State.WITHDRAWN)
        .order_by(Score.id.is_not(None), Application.submitted_at, Application.id)
        .limit(600)
    )
    return [Task(application, score) for application, score in rows]


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody and the applications whose scores they owe."""

    person: Person
    number: int


def owing(session: Session, edition_id: int) -> list[Owing]:
    """Who was asked to read what waits, and has not scored it (one query); conflicts are the caller's question."""
    rows = session.execute(
        select(Person, func.count())
        .join(GrantReader, GrantReader.person_id == Person.id)
        .join(Application, Application.id == GrantReader.application_id)
        .where(Application.edition_id == edition_id, Application.state.in_(TO_SCORE), Person.erased_at.is_(None))
        .where(
            not_(
                exists().where(
                    Score.application_id == GrantReader.application_id, Score.person_id == GrantReader.person_id
                )
            )
        )
        .group_by(Person.id)
        .order_by(func.lower(Person.name), Person.id)
    )
    return [Owing(person, number) for person, number in rows]


# -- scores ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spread:
    """How far scores of an application lie apart."""

    least: float
    most: float
    readers: int

    @property
    def width(self) -> float:
        return self.most - self.least


def spreads(session: Session, application_ids: Collection[int]) -> dict[int, Spread]:
    """By application, of those that have a score (one query); `readers` is how many are asked to read it."""
    asked = (
        select(func.count())
        .select_from(GrantReader)
        .where(GrantReader.application_id == Score.application_id)
        .correlate(Score)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Score.application_id, func.min(Score.score), func.max(Score.score), asked)
        .where(Score.application_id.in_(application_ids))
        .group_by(Score.application_id)
    )
    return {application: Spread(least, most, readers) for application, least, most, readers in rows}


def divided() -> Select[int]:
    """Ids of applications whose scores lie far apart."""
    return (
        select(Score.application_id)
        .group_by(Score.application_id)
        .having(func.max(Score.score) - func.min(Score.score) >= DIVIDED)
    )


def unfinished(readers: int) -> Select[int]:
    """Ids of applications that fewer than this many have scored and that wait for it."""
    scores = select(func.count()).select_from(Score).where(Score.application_id == Application.id).scalar_subquery()
    return select(Application.id).where(Application.state.in_(TO_SCORE), scores < readers)


def count_among(session: Session, edition_id: int, standing: Standing, ids: Select[int] | None) -> int:
    """How many of these the viewer may see; None: all."""
    query = select(func.count(Application.id)).where(visible_to(edition_id, standing))
    if ids is not None:
        query = query.where(Application.id.in_(ids))
    return session.execute(query).scalar_one()


# -- what is said ---------------------------------------------------------------------------------------------------


def thread(session: Session, application_id: int, *, visible_only: bool) -> Sequence[GrantMessage]:
    """What is said about an application in order, with writers; for its applicant only what they may read."""
    query = (
        select(GrantMessage)
        .outerjoin(GrantMessage.person)
        .options(contains_eager(GrantMessage.person))
        .where(GrantMessage.application_id == application_id)
        .order_by(GrantMessage.id)
    )
    if visible_only:
        query = query.where(GrantMessage.is_visible.is_(True))
    return session.scalars(query).all()


def read_thread(
    session: Session, application_id: int, person_id: int, *, visible_only: bool
) -> tuple[Sequence[GrantMessage], int]:
    """As `thread`, with how many of them by others this person has not read (one query)."""
    query = (
        select(GrantMessage, func.coalesce(GrantSeen.message_id, 0))
        .outerjoin(GrantMessage.person)
        .outerjoin(
            GrantSeen,
            and_(GrantSeen.application_id == GrantMessage.application_id, GrantSeen.person_id == person_id),
        )
        .options(contains_eager(GrantMessage.person))
        .where(GrantMessage.application_id == application_id)
        .order_by(GrantMessage.id)
    )
    if visible_only:
        query = query.where(GrantMessage.is_visible.is_(True))
    rows = session.execute(query).all()
    new = sum(said.id > seen and said.person_id != person_id for said, seen in rows)
    return [said for said, _seen in rows], new


def count_messages(session: Session, application_id: int) -> int:
    """How many messages there are."""
    return session.execute(
        select(func.count(GrantMessage.id)).where(GrantMessage.application_id == application_id)
    ).scalar_one()


def seen_row(session: Session, application_id: int, person_id: int) -> GrantSeen | None:
    """Up to where somebody has read."""
    return session.get(GrantSeen, (application_id, person_id))


def unseen(
    session: Session, application_ids: Collection[int], person_id: int, *, visible_only: bool = False
) -> dict[int, int]:
    """By application, how many messages by others somebody has not read; without those at zero (one query)."""
    query = (
        select(GrantMessage.application_id, func.count())
        .outerjoin(
            GrantSeen,
            and_(GrantSeen.application_id == GrantMessage.application_id, GrantSeen.person_id == person_id),
        )
        .where(GrantMessage.application_id.in_(application_ids))
        .where(GrantMessage.id > func.coalesce(GrantSeen.message_id, 0))
        .where(func.coalesce(GrantMessage.person_id, 0) != person_id)
        .group_by(GrantMessage.application_id)
    )
    if visible_only:
        query = query.where(GrantMessage.is_visible.is_(True))
    return {row[0]: row[1] for row in session.execute(query)}


# -- what is asked --------------------------------------------------------------------------------------------------


def questions_of(session: Session, application_id: int) -> Sequence[GrantQuestion]:
    """What is or was open between the committee and an applicant, in order."""
    return session.scalars(
        select(GrantQuestion).where(GrantQuestion.application_id == application_id).order_by(GrantQuestion.id)
    ).all()


def find_question(
    session: Session, application_id: int, question_id: int, *, lock: bool = False
) -> GrantQuestion | None:
    """One of an application."""
    query = select(GrantQuestion).where(GrantQuestion.id == question_id, GrantQuestion.application_id == application_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def _open(edition_id: int, standing: Standing) -> tuple[ColumnElement[bool], ...]:
    return (visible_to(edition_id, standing), GrantQuestion.closed_at.is_(None))


def open_questions(session: Session, edition_id: int, standing: Standing) -> Sequence[GrantQuestion]:
    """Everything open that the viewer may see, what is due first, with applications and applicants."""
    return session.scalars(
        select(GrantQuestion)
        .join(GrantQuestion.application)
        .outerjoin(Application.person)
        .options(contains_eager(GrantQuestion.application).contains_eager(Application.person))
        .where(*_open(edition_id, standing))
        .order_by(GrantQuestion.due_at.is_(None), GrantQuestion.due_at, GrantQuestion.id)
        .limit(500)
    ).all()


def count_open(session: Session, edition_id: int, standing: Standing) -> int:
    """How much is open."""
    return session.execute(
        select(func.count(GrantQuestion.id)).join(GrantQuestion.application).where(*_open(edition_id, standing))
    ).scalar_one()


# -- offers that end ------------------------------------------------------------------------------------------------


def ending(session: Session, now: datetime) -> Sequence[tuple[int, int]]:
    """(application, edition) ids of offers in their last days that nobody was reminded of, the soonest first."""
    reminded = exists().where(
        OutboxMail.template == "grantreview/ending",
        OutboxMail.edition_id == Application.edition_id,
        OutboxMail.person_id == Application.person_id,
        OutboxMail.created_at >= Application.released_at,
    )
    rows = session.execute(
        select(Application.id, Application.edition_id)
        .where(Application.state == State.OFFERED, Application.person_id.is_not(None))
        .where(Application.accept_by >= now, Application.accept_by <= now + NAG_BEFORE, not_(reminded))
        .order_by(Application.accept_by)
        .limit(100)
    )
    return [(row[0], row[1]) for row in rows]


def applications_of(session: Session, ids: Collection[int]) -> Mapping[int, Application]:
    """These with lines, awards and people: for mails."""
    rows = session.scalars(
        select(Application)
        .where(Application.id.in_(ids))
        .options(joinedload(Application.person), selectinload(Application.lines).selectinload(Line.awards))
    )
    return {row.id: row for row in rows}


def edition_of(session: Session, edition_id: int) -> Edition:
    """The edition with its community."""
    return session.execute(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Edition.id == edition_id)
    ).scalar_one()
