"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.workshops.models import (
    Community,
    CommunityOwner,
    Edition,
    ImportantDate,
    Invitation,
    Logo,
    Room,
    TeamMember,
    Track,
)
from workshop_manager.workshops.rules import NOBODY, Standing
from workshop_manager.workshops.states import DateKey, Role, Visibility


def find_edition(session: Session, community: str, edition: str) -> Edition | None:
    """The edition at `/<community>/<edition>/`, with its community."""
    return session.execute(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Community.slug == community, Edition.slug == edition)
    ).scalar_one_or_none()


# Asked by every request about an edition: put together once.
_EDITION_AS = (
    select(Edition, TeamMember.role, TeamMember.track_id)
    .join(Edition.community)
    .outerjoin(TeamMember, and_(TeamMember.edition_id == Edition.id, TeamMember.person_id == bindparam("person_id")))
    .options(contains_eager(Edition.community))
    .where(Community.slug == bindparam("community"), Edition.slug == bindparam("edition"))
)


def find_edition_as(session: Session, community: str, edition: str, person_id: int) -> tuple[Edition, Standing] | None:
    """The edition at `/<community>/<edition>/`, with its community, and what that person is in it (one query)."""
    rows = session.execute(_EDITION_AS, {"community": community, "edition": edition, "person_id": person_id}).all()
    if not rows:
        return None
    roles: list[tuple[Role | None, int | None]] = [(role, track) for _edition, role, track in rows]
    return rows[0][0], standing_from(person_id, [(role, track) for role, track in roles if role is not None])


def get_edition(session: Session, edition_id: int) -> Edition:
    """The edition of that id, with its community."""
    return session.execute(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Edition.id == edition_id)
    ).scalar_one()


def locked_edition(session: Session, edition_id: int) -> Edition:
    """The edition with its community as it is now, its row locked: one change of dates, team or settings at a time."""
    return session.execute(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Edition.id == edition_id)
        .with_for_update(of=Edition)
        .execution_options(populate_existing=True)
    ).scalar_one()


def held_edition(session: Session, edition_id: int) -> Edition:
    """The same, but rows that name the edition can still be added meanwhile: nobody who holds seats waits for this."""
    return session.execute(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Edition.id == edition_id)
        .with_for_update(of=Edition, key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()


def share_edition(session: Session, edition_id: int) -> None:
    """Hold the edition as it is until the end of the transaction: a change of dates that is under way is waited for.

    Many may hold it at once. SQLite has one writer at a time anyway.
    """
    session.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(read=True))


def logo_body(session: Session, edition_id: int) -> bytes | None:
    """The logo's PNG, or None without a logo."""
    return session.execute(select(Logo.body).where(Logo.edition_id == edition_id)).scalar_one_or_none()


def find_community(session: Session, slug: str) -> Community | None:
    """The community at `/<slug>/`."""
    return session.execute(select(Community).where(Community.slug == slug)).scalar_one_or_none()


def is_community_owner(session: Session, community_id: int, person_id: int) -> bool:
    """True if that person may edit the community."""
    return session.get(CommunityOwner, (community_id, person_id)) is not None


def community_owners(session: Session, community_id: int) -> Sequence[Person]:
    """Who may edit the community, in the order in which they came."""
    return session.scalars(
        select(Person)
        .join(CommunityOwner, CommunityOwner.person_id == Person.id)
        .where(CommunityOwner.community_id == community_id)
        .order_by(CommunityOwner.created_at, Person.id)
    ).all()


def editions_of_community(session: Session, community_id: int, person_id: int | None) -> Sequence[Edition]:
    """Its public editions and the drafts whose team that person is on; with the community, latest start first."""
    seen = Edition.visibility == Visibility.PUBLIC
    if person_id is not None:
        mine = select(TeamMember.edition_id).where(TeamMember.person_id == person_id)
        seen = or_(seen, Edition.id.in_(mine))
    return session.scalars(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Edition.community_id == community_id, seen)
        .order_by(Edition.starts_at.desc(), Edition.id)
        .limit(200)
    ).all()


def public_editions(session: Session, now: datetime, most: int) -> Sequence[Edition]:
    """At most that many public editions with their communities: soonest first, then the latest past."""
    is_past = case((Edition.ends_at < now, 1), else_=0)
    soonest = case((Edition.ends_at >= now, Edition.starts_at))
    return session.scalars(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Edition.visibility == Visibility.PUBLIC)
        .order_by(is_past, soonest, Edition.starts_at.desc(), Edition.id)
        .limit(most)
    ).all()


def roles_of_person(session: Session, person_id: int) -> Sequence[TeamMember]:
    """Every role of a person anywhere, with edition, community and track; the latest editions first."""
    return session.scalars(
        select(TeamMember)
        .join(TeamMember.edition)
        .join(Edition.community)
        .options(contains_eager(TeamMember.edition).contains_eager(Edition.community), joinedload(TeamMember.track))
        .where(TeamMember.person_id == person_id)
        .order_by(Edition.starts_at.desc(), TeamMember.id)
    ).all()


def communities_of_person(session: Session, person_id: int) -> Sequence[Community]:
    """The communities that person may edit."""
    return session.scalars(
        select(Community)
        .join(CommunityOwner, CommunityOwner.community_id == Community.id)
        .where(CommunityOwner.person_id == person_id)
        .order_by(Community.name, Community.id)
    ).all()


def standing_of(session: Session, edition_id: int, person_id: int | None) -> Standing:
    """What that person is in this edition."""
    if person_id is None:
        return NOBODY
    rows = session.execute(
        select(TeamMember.role, TeamMember.track_id).where(
            TeamMember.edition_id == edition_id, TeamMember.person_id == person_id
        )
    ).all()
    return standing_from(person_id, [(role, track) for role, track in rows])


def standing_from(person_id: int, rows: Sequence[tuple[Role, int | None]]) -> Standing:
    """What somebody with these roles is in their edition; each role comes with the track it is for."""
    tracks = frozenset(track for role, track in rows if role is Role.TRACK_CHAIR and track is not None)
    return Standing(person_id, frozenset(role for role, _track in rows), tracks)


def dates(session: Session, edition_id: int) -> Sequence[ImportantDate]:
    """All dates in order, with what they were before, in one query."""
    rows = session.scalars(
        select(ImportantDate)
        .options(joinedload(ImportantDate.earlier))
        .where(ImportantDate.edition_id == edition_id)
        .order_by(ImportantDate.at, ImportantDate.id)
    )
    return rows.unique().all()


def date_by_key(session: Session, edition_id: int, key: DateKey) -> ImportantDate | None:
    """The one date that features obey under this key, or None if it is not set."""
    return session.scalars(
        select(ImportantDate)
        .where(ImportantDate.edition_id == edition_id, ImportantDate.key == key)
        .order_by(ImportantDate.id)
        .limit(1)
    ).one_or_none()


def dates_of_key(session: Session, edition_ids: Collection[int], key: DateKey) -> dict[int, ImportantDate]:
    """The date of this key in each of these editions, by edition (one query, earlier ones not loaded)."""
    if not edition_ids:
        return {}
    rows = session.scalars(
        select(ImportantDate)
        .where(ImportantDate.edition_id.in_(edition_ids), ImportantDate.key == key)
        .order_by(ImportantDate.id.desc())
    )
    return {row.edition_id: row for row in rows}


def dates_by_key(session: Session, edition_id: int) -> dict[DateKey, ImportantDate]:
    """The dates that features obey (one query, earlier ones not loaded)."""
    rows = session.scalars(
        select(ImportantDate)
        .where(ImportantDate.edition_id == edition_id, ImportantDate.key != DateKey.OTHER)
        .order_by(ImportantDate.id.desc())
    )
    return {row.key: row for row in rows}


def tracks(session: Session, edition_id: int) -> Sequence[Track]:
    """The tracks in their order."""
    return session.scalars(select(Track).where(Track.edition_id == edition_id).order_by(Track.position, Track.id)).all()


def public_tracks(session: Session, edition_id: int) -> Sequence[Track]:
    """The tracks that everybody may know of, in their order."""
    return session.scalars(
        select(Track)
        .where(Track.edition_id == edition_id, Track.is_hidden.is_(False))
        .order_by(Track.position, Track.id)
    ).all()


def rooms(session: Session, edition_id: int) -> Sequence[Room]:
    """The rooms in their order."""
    return session.scalars(select(Room).where(Room.edition_id == edition_id).order_by(Room.position, Room.id)).all()


def find_date(session: Session, edition_id: int, date_id: int) -> ImportantDate | None:
    """That date of this edition, with what it was before."""
    return session.execute(
        select(ImportantDate)
        .options(selectinload(ImportantDate.earlier))
        .where(ImportantDate.id == date_id, ImportantDate.edition_id == edition_id)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def find_track(session: Session, edition_id: int, track_id: int) -> Track | None:
    """That track of this edition."""
    return session.execute(
        select(Track).where(Track.id == track_id, Track.edition_id == edition_id)
    ).scalar_one_or_none()


def find_room(session: Session, edition_id: int, room_id: int) -> Room | None:
    """That room of this edition."""
    return session.execute(select(Room).where(Room.id == room_id, Room.edition_id == edition_id)).scalar_one_or_none()


def find_member(session: Session, edition_id: int, member_id: int) -> TeamMember | None:
    """That role of somebody in this edition, with person and track."""
    return session.execute(
        select(TeamMember)
        .join(TeamMember.person)
        .options(contains_eager(TeamMember.person), joinedload(TeamMember.track))
        .where(TeamMember.id == member_id, TeamMember.edition_id == edition_id)
    ).scalar_one_or_none()


def count_owners(session: Session, edition_id: int) -> int:
    """How many people own the edition."""
    return session.execute(
        select(func.count()).where(TeamMember.edition_id == edition_id, TeamMember.role == Role.OWNER)
    ).scalar_one()


def owned_alone(session: Session, person_id: int, now: datetime) -> Sequence[Edition]:
    """Public editions that have not ended and have no owner but that person."""
    others = select(TeamMember.edition_id).where(TeamMember.role == Role.OWNER, TeamMember.person_id != person_id)
    return session.scalars(
        select(Edition)
        .join(TeamMember, TeamMember.edition_id == Edition.id)
        .where(TeamMember.person_id == person_id, TeamMember.role == Role.OWNER, Edition.id.not_in(others))
        .where(Edition.visibility == Visibility.PUBLIC, Edition.ends_at > now)
        .order_by(Edition.starts_at)
    ).all()


def has_role(session: Session, edition_id: int, person_id: int, role: Role, track_id: int | None) -> bool:
    """True if that person has this very role already."""
    found = session.execute(
        select(TeamMember.id)
        .where(TeamMember.edition_id == edition_id, TeamMember.person_id == person_id, TeamMember.role == role)
        .where(TeamMember.track_id.is_(None) if track_id is None else TeamMember.track_id == track_id)
    )
    return found.first() is not None


def is_track_in_use(session: Session, track_id: int, now: datetime) -> bool:
    """True if somebody chairs the track or is invited to."""
    chairs = select(TeamMember.id).where(TeamMember.track_id == track_id)
    invited = select(Invitation.id).where(
        Invitation.track_id == track_id, Invitation.answered_at.is_(None), Invitation.expires_at > now
    )
    return session.execute(chairs.union_all(invited).limit(1)).first() is not None


def open_invitations(session: Session, edition_id: int, now: datetime) -> Sequence[Invitation]:
    """Invitations that can still be answered, with track and inviter; the newest first."""
    return session.scalars(
        select(Invitation)
        .options(joinedload(Invitation.track), joinedload(Invitation.inviter))
        .where(Invitation.edition_id == edition_id, Invitation.answered_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.id.desc())
    ).all()


def unreached(session: Session, invitation_ids: Collection[int]) -> frozenset[int]:
    """Those of these invitations whose mail was refused for good."""
    keys = {f"invitation:{number}": number for number in invitation_ids}
    if not keys:
        return frozenset()
    failed = select(OutboxMail.key).where(OutboxMail.key.in_(keys), OutboxMail.state == MailState.FAILED)
    return frozenset(keys[key] for key in session.scalars(failed))


def find_invitation(session: Session, token_hash: str, *, lock: bool = False) -> Invitation | None:
    """The invitation of that token's hash, with edition, community, track and inviter; locked to be answered."""
    query = (
        select(Invitation)
        .join(Invitation.edition)
        .join(Edition.community)
        .options(
            contains_eager(Invitation.edition).contains_eager(Edition.community),
            joinedload(Invitation.track),
            joinedload(Invitation.inviter),
        )
        .where(Invitation.token_hash == token_hash)
    )
    if lock:
        query = query.with_for_update(of=Invitation).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def team(session: Session, edition_id: int) -> Sequence[TeamMember]:
    """The whole team with its people and the tracks they chair."""
    return session.scalars(
        select(TeamMember)
        .join(TeamMember.person)
        .options(contains_eager(TeamMember.person), joinedload(TeamMember.track))
        .where(TeamMember.edition_id == edition_id)
        .order_by(TeamMember.id)
    ).all()


def team_but_reviewers(session: Session, edition_id: int) -> Sequence[TeamMember]:
    """The team with its people, with one of its reviewers at most: of these there may be hundreds."""
    first = (
        select(func.min(TeamMember.id))
        .where(TeamMember.edition_id == edition_id, TeamMember.role == Role.REVIEWER)
        .scalar_subquery()
    )
    return session.scalars(
        select(TeamMember)
        .join(TeamMember.person)
        .options(contains_eager(TeamMember.person))
        .where(TeamMember.edition_id == edition_id, or_(TeamMember.role != Role.REVIEWER, TeamMember.id == first))
        .order_by(TeamMember.id)
    ).all()


def with_role(session: Session, edition_id: int, roles: frozenset[Role]) -> Sequence[TeamMember]:
    """Everybody on the team with one of these roles, with their people."""
    return session.scalars(
        select(TeamMember)
        .join(TeamMember.person)
        .options(contains_eager(TeamMember.person))
        .where(TeamMember.edition_id == edition_id, TeamMember.role.in_(roles))
        .order_by(TeamMember.id)
    ).all()
