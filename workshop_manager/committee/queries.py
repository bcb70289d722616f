"""Every select of this package; each says what it loads."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Select, String, and_, case, exists, func, not_, or_, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.committee.models import Recruit, ReviewerProfile, ReviewerTrack
from workshop_manager.committee.rules import MAY_HAVE_PROFILE
from workshop_manager.committee.states import Stage
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.submissions import topics
from workshop_manager.submissions.models import Declaration, Submission
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition, Invitation, TeamMember, Track
from workshop_manager.workshops.rules import MACHINE, Standing
from workshop_manager.workshops.states import Role

# -- how much somebody has: told by a higher package --------------------------------------------------------------

Loads = Callable[[Session, int, Standing, Collection[int]], Mapping[int, tuple[int, int]]]
LoadOf = Callable[[int, Standing, ColumnElement[int]], ColumnElement[int]]
_loads: list[tuple[Loads, LoadOf]] = []


def register_loads(loads: Loads, load_of: LoadOf) -> None:
    """For the package that assigns: `loads(session, edition_id, standing, person_ids)` gives, by person, how many
    reviews they were asked for and how many of these are in, as far as the looking chair may know (one query);
    `load_of(edition_id, standing, person)` is the first of these in SQL, of the person in that column.
    """
    _loads[:] = [(loads, load_of)]


def loads_of(
    session: Session, edition_id: int, standing: Standing, person_ids: Collection[int]
) -> Mapping[int, tuple[int, int]]:
    """(asked for, in) by person; nothing if no package assigns."""
    return _loads[0][0](session, edition_id, standing, person_ids) if _loads and person_ids else {}


# -- reviewers and what they said of themselves -------------------------------------------------------------------


def find_profile(session: Session, edition_id: int, person_id: int, *, lock: bool = False) -> ReviewerProfile | None:
    """What somebody said of themselves for that edition, with their tracks."""
    query = (
        select(ReviewerProfile)
        .options(selectinload(ReviewerProfile.tracks))
        .where(ReviewerProfile.edition_id == edition_id, ReviewerProfile.person_id == person_id)
    )
    if lock:
        query = query.with_for_update(of=ReviewerProfile).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def latest_profile(session: Session, person_id: int) -> ReviewerProfile | None:
    """What somebody said of themselves last, in whichever edition: to begin from."""
    return session.scalars(
        select(ReviewerProfile)
        .where(ReviewerProfile.person_id == person_id)
        .order_by(ReviewerProfile.saved_at.desc(), ReviewerProfile.edition_id.desc())
        .limit(1)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the list of reviewers is narrowed to; `show` is one of `SHOWS`, `load` one of `LOADS`."""

    text: str = ""
    track_id: int | None = None
    topic_id: int | None = None
    language: str = ""
    show: str = ""
    load: str = ""


SHOWS = ("silent", "told", "senior", "away")
LOADS = ("none", "room", "full")
"""Has nothing so far; can take more than they have; has all they want, or more. Who named no number has room."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who may review in an edition, with what they said of themselves, if anything."""

    person: Person
    profile: ReviewerProfile | None


def _member(edition_id: int) -> ColumnElement[bool]:
    """Reviewers, and whoever organises and offered to read by filling in a profile."""
    has = exists().where(TeamMember.edition_id == edition_id, TeamMember.person_id == Person.id)
    return or_(
        has.where(TeamMember.role == Role.REVIEWER),
        and_(has.where(TeamMember.role.in_(MAY_HAVE_PROFILE)), ReviewerProfile.person_id.is_not(None)),
    )


def _reviewers(
    edition_id: int, standing: Standing, narrowed: Narrowed, now: datetime
) -> Select[Person, ReviewerProfile | None]:
    of_here = and_(ReviewerProfile.person_id == Person.id, ReviewerProfile.edition_id == edition_id)
    query = select(Person, ReviewerProfile).outerjoin(ReviewerProfile, of_here).where(_member(edition_id))
    if narrowed.text:
        wanted = narrowed.text.lower()
        columns = (Person.name, Person.email, func.coalesce(Person.affiliation, ""))
        query = query.where(or_(*(func.lower(column).contains(wanted, autoescape=True) for column in columns)))
    if narrowed.track_id is not None:
        query = query.where(_takes_track(edition_id, narrowed.track_id))
    if narrowed.topic_id is not None:
        knows = select(topics.ReviewerTopic.person_id).where(topics.ReviewerTopic.topic_id == narrowed.topic_id)
        query = query.where(Person.id.in_(knows))
    if narrowed.language:
        query = query.where(_reads(narrowed.language))
    if narrowed.load in LOADS and _loads:
        has = _loads[0][1](edition_id, standing, cast(ColumnElement[int], Person.id))
        most = ReviewerProfile.max_load
        room = or_(most.is_(None), has < most)
        query = query.where({"none": has == 0, "room": room, "full": not_(room)}[narrowed.load])
    shows = {
        "silent": ReviewerProfile.person_id.is_(None),
        "told": ReviewerProfile.person_id.is_not(None),
        "senior": ReviewerProfile.is_senior.is_(True),
        "away": ReviewerProfile.away_until >= now.date(),
    }
    return query.where(shows[narrowed.show]) if narrowed.show in shows else query


def _reads(code: str) -> ColumnElement[bool]:
    """The list of codes stands in the column as text; whoever named none reads English."""
    named = sql_cast(ReviewerProfile.languages, String)
    if code == "en":
        return or_(ReviewerProfile.person_id.is_(None), named == "[]", named.contains('"en"', autoescape=True))
    return named.contains(f'"{code}"', autoescape=True)


def languages_read(session: Session, edition_id: int) -> set[str]:
    """Codes of all languages that reviewers of an edition named (one query)."""
    rows = session.scalars(select(ReviewerProfile.languages).where(ReviewerProfile.edition_id == edition_id))
    return {code for codes in rows for code in codes or ()}


def _takes_track(edition_id: int, track_id: int) -> ColumnElement[bool]:
    """Whoever chose no track takes any."""
    chosen = exists().where(ReviewerTrack.edition_id == edition_id, ReviewerTrack.person_id == Person.id)
    return or_(~chosen, chosen.where(ReviewerTrack.track_id == track_id))


def count_reviewers(session: Session, edition_id: int, standing: Standing, narrowed: Narrowed, now: datetime) -> int:
    """How many that list holds. Loads count what that standing may know of."""
    query = _reviewers(edition_id, standing, narrowed, now).with_only_columns(func.count(Person.id))
    return session.execute(query).scalar_one()


def reviewers(
    session: Session,
    edition_id: int,
    standing: Standing,
    narrowed: Narrowed,
    now: datetime,
    *,
    offset: int = 0,
    most: int | None = None,
) -> list[Reviewer]:
    """A stretch of the list of reviewers by name, with their tracks (one query)."""
    rows = session.execute(
        _reviewers(edition_id, standing, narrowed, now)
        .options(joinedload(ReviewerProfile.tracks))
        .order_by(func.lower(Person.name), Person.id)
        .offset(offset)
        .limit(most)
    )
    return [Reviewer(person, profile) for person, profile in rows.unique()]


def find_reviewer(session: Session, edition_id: int, person_id: int) -> Person | None:
    """Somebody who may review in that edition, whether they said anything of themselves or not."""
    on_team = exists().where(
        TeamMember.edition_id == edition_id, TeamMember.person_id == Person.id, TeamMember.role.in_(MAY_HAVE_PROFILE)
    )
    return session.execute(select(Person).where(Person.id == person_id, on_team)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong the committee is: people, those who said what they can take, seniors, and the sum of limits."""

    people: int
    told: int
    seniors: int
    limited: int
    """How many reviews those can write who named a limit."""
    unlimited: int


def strength(session: Session, edition_id: int, now: datetime) -> Strength:
    """Sums over an edition's reviewers (one query)."""
    told = ReviewerProfile.person_id.is_not(None)
    row = session.execute(
        _reviewers(edition_id, MACHINE, Narrowed(), now).with_only_columns(
            func.count(Person.id),
            func.count(ReviewerProfile.person_id),
            func.count(case((ReviewerProfile.is_senior.is_(True), 1))),
            func.coalesce(func.sum(ReviewerProfile.max_load), 0),
            func.count(case((and_(told, ReviewerProfile.max_load.is_(None)), 1))),
        )
    ).one()
    people, told_, seniors, limited, unlimited = row
    return Strength(people, told_, seniors, int(limited or 0), unlimited)


def reviews_here(session: Session, edition_id: int, addresses: Collection[str]) -> dict[str, int]:
    """Which of these addresses, in small letters, are those of people who review already, with who they are."""
    rows = session.execute(
        select(func.lower(Person.email), TeamMember.person_id)
        .join(TeamMember, TeamMember.person_id == func.coalesce(Person.merged_into_id, Person.id))
        .where(TeamMember.edition_id == edition_id, TeamMember.role == Role.REVIEWER)
        .where(func.lower(Person.email).in_(addresses))
    )
    invited_as = session.execute(
        select(func.lower(TeamMember.invited_email), TeamMember.person_id)
        .where(TeamMember.edition_id == edition_id, TeamMember.role == Role.REVIEWER)
        .where(func.lower(TeamMember.invited_email).in_(addresses))
    )
    return {address or "": person_id for address, person_id in (*rows, *invited_as)}


def people_by_address(session: Session, addresses: Collection[str]) -> dict[str, Person]:
    """People with these addresses, in small letters."""
    typed = aliased(Person)
    rows = session.execute(
        select(func.lower(typed.email), Person)
        .join(Person, Person.id == func.coalesce(typed.merged_into_id, typed.id))
        .where(func.lower(typed.email).in_(addresses), Person.erased_at.is_(None))
    )
    return {row[0]: row[1] for row in rows}


# -- whom one might ask -------------------------------------------------------------------------------------------

MOST_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Former:
    """Somebody who reviewed for an earlier edition of the community."""

    person: Person
    editions: tuple[str, ...]


def former_reviewers(session: Session, edition: Edition) -> list[Former]:
    """Reviewers of other editions of the community that began earlier, and with which of them (one query).

    Their addresses are for the mail only; pages show names.
    """
    rows = session.execute(
        select(Person, Edition.slug)
        .join(TeamMember, TeamMember.person_id == Person.id)
        .join(Edition, Edition.id == TeamMember.edition_id)
        .where(
            Edition.community_id == edition.community_id,
            Edition.id != edition.id,
            Edition.starts_at < edition.starts_at,
            TeamMember.role == Role.REVIEWER,
            Person.erased_at.is_(None),
            Person.active.is_(True),
        )
        .order_by(func.lower(Person.name), Person.id, Edition.starts_at.desc())
        .limit(MOST_SHOWN)
    )
    found: dict[int, tuple[Person, list[str]]] = {}
    for person, slug in rows:
        found.setdefault(person.id, (person, []))[1].append(slug)
    return [Former(person, tuple(slugs)) for person, slugs in found.values()]


def willing_authors(session: Session, edition_id: int, standing: Standing) -> Sequence[Person]:
    """Who submitted something that this chair may see, and said that they are willing to review (one query)."""
    said_yes = (
        select(Submission.submitter_id)
        .join(Declaration, Declaration.submission_id == Submission.id)
        .where(
            Submission.edition_id == edition_id,
            Submission.state.not_in((State.DRAFT, State.WITHDRAWN)),
            Declaration.willing_to_review.is_(True),
            visible_to(standing),
        )
    )
    return session.scalars(
        select(Person)
        .where(Person.id.in_(said_yes), Person.erased_at.is_(None))
        .order_by(func.lower(Person.name), Person.id)
        .limit(MOST_SHOWN)
    ).all()


# -- whom one asked -----------------------------------------------------------------------------------------------


def stage_is(stage: Stage, now: datetime) -> ColumnElement[bool]:
    """Recruits so far along; agrees with `rules.stage_of`. Needs Invitation joined."""
    answered = Invitation.answered_at.is_not(None)
    return {
        Stage.SUGGESTED: Recruit.invitation_id.is_(None),
        Stage.WAITING: and_(Recruit.invitation_id.is_not(None), ~answered, Invitation.expires_at > now),
        Stage.ACCEPTED: and_(answered, Invitation.accepted.is_(True)),
        Stage.DECLINED: and_(answered, Invitation.accepted.is_not(True)),
        Stage.EXPIRED: and_(Recruit.invitation_id.is_not(None), ~answered, Invitation.expires_at <= now),
    }[stage]


def recruit_counts(session: Session, edition_id: int, now: datetime) -> dict[Stage, int]:
    """How many are how far along (one query)."""
    row = session.execute(
        select(*(func.count(case((stage_is(stage, now), 1))) for stage in Stage))
        .select_from(Recruit)
        .outerjoin(Invitation, Invitation.id == Recruit.invitation_id)
        .where(Recruit.edition_id == edition_id)
    ).one()
    return dict(zip(Stage, row, strict=True))


def recruits(
    session: Session, edition_id: int, stage: Stage | None, now: datetime, *, offset: int = 0, most: int | None = None
) -> Sequence[Recruit]:
    """A stretch of those whom the edition asked or might ask, the latest first, with invitations and who named them."""
    query = (
        select(Recruit)
        .outerjoin(Recruit.invitation)
        .options(contains_eager(Recruit.invitation), joinedload(Recruit.suggester))
        .where(Recruit.edition_id == edition_id)
    )
    if stage is not None:
        query = query.where(stage_is(stage, now))
    return session.scalars(query.order_by(Recruit.id.desc()).offset(offset).limit(most)).all()


def recruits_of(session: Session, edition_id: int, addresses: Collection[str]) -> dict[str, Recruit]:
    """What is known of these addresses, in small letters, with their invitations."""
    if not addresses:
        return {}
    rows = session.scalars(
        select(Recruit)
        .options(joinedload(Recruit.invitation))
        .where(Recruit.edition_id == edition_id, Recruit.address.in_(addresses))
    )
    return {row.address: row for row in rows}


def find_recruit(session: Session, edition_id: int, recruit_id: int, *, lock: bool = False) -> Recruit | None:
    """One of those whom that edition asked or might ask, with the invitation."""
    query = (
        select(Recruit)
        .outerjoin(Recruit.invitation)
        .options(contains_eager(Recruit.invitation))
        .where(Recruit.id == recruit_id, Recruit.edition_id == edition_id)
    )
    if lock:
        query = query.with_for_update(of=Recruit).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def open_invitation_addresses(session: Session, edition_id: int, now: datetime) -> frozenset[str]:
    """Where invitations to review wait for an answer, whoever sent them, in small letters."""
    return frozenset(
        session.scalars(
            select(func.lower(Invitation.email)).where(
                Invitation.edition_id == edition_id,
                Invitation.role == Role.REVIEWER,
                Invitation.answered_at.is_(None),
                Invitation.expires_at > now,
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the mail of an invitation."""

    state: MailState
    at: datetime | None


def sent_marks(session: Session, invitation_ids: Collection[int]) -> dict[int, Sent]:
    """What became of the mails of these invitations (one query)."""
    keys = {f"invitation:{number}": number for number in invitation_ids}
    if not keys:
        return {}
    rows = session.execute(select(OutboxMail.key, OutboxMail.state, OutboxMail.sent_at).where(OutboxMail.key.in_(keys)))
    return {keys[key]: Sent(state, at) for key, state, at in rows}


def topic_names(session: Session, edition_id: int) -> dict[int, str]:
    """The names of an edition's topics by id, in their order."""
    return {topic.id: topic.name for topic in topics.topics(session, edition_id)}


def known_topics(session: Session, edition_id: int, person_id: int) -> frozenset[int]:
    """The topics somebody said they know."""
    return topics.topics_of_reviewers(session, edition_id, person_id).get(person_id, frozenset())


def track_names(session: Session, edition_id: int) -> dict[int, str]:
    """The names of an edition's tracks by id, in their order."""
    rows = session.execute(
        select(Track.id, Track.name).where(Track.edition_id == edition_id).order_by(Track.position, Track.id)
    )
    return {row.id: row.name for row in rows}
