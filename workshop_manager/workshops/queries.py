"""Every select of this package; each says what it loads."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from workshop_manager.workshops.models import Community, Edition, ImportantDate, Logo, Room, TeamMember, Track
from workshop_manager.workshops.rules import NOBODY, Standing
from workshop_manager.workshops.states import DateKey, Role


def find_edition(session: Session, community: str, edition: str) -> Edition | None:
    """The edition at `/<community>/<edition>/`, with its community."""
    return session.execute(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Community.slug == community, Edition.slug == edition)
    ).scalar_one_or_none()


def get_edition(session: Session, edition_id: int) -> Edition:
    """The edition of that id, with its community."""
    return session.execute(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Edition.id == edition_id)
    ).scalar_one()


def logo_digest(session: Session, edition_id: int) -> str | None:
    """The digest in the logo's address, or None without a logo."""
    return session.execute(select(Logo.digest).where(Logo.edition_id == edition_id)).scalar_one_or_none()


def standing_of(session: Session, edition_id: int, person_id: int | None) -> Standing:
    """What that person is in this edition."""
    if person_id is None:
        return NOBODY
    rows = session.execute(
        select(TeamMember.role, TeamMember.track_id).where(
            TeamMember.edition_id == edition_id, TeamMember.person_id == person_id
        )
    ).all()
    tracks = frozenset(track for role, track in rows if role is Role.TRACK_CHAIR and track is not None)
    return Standing(person_id, frozenset(role for role, _track in rows), tracks)


def dates(session: Session, edition_id: int) -> Sequence[ImportantDate]:
    """All dates in order, with what they were before (two queries)."""
    return session.scalars(
        select(ImportantDate)
        .options(selectinload(ImportantDate.earlier))
        .where(ImportantDate.edition_id == edition_id)
        .order_by(ImportantDate.at, ImportantDate.id)
    ).all()


def date_by_key(session: Session, edition_id: int, key: DateKey) -> ImportantDate | None:
    """The one date that features obey under this key, or None if it is not set."""
    return session.scalars(
        select(ImportantDate)
        .where(ImportantDate.edition_id == edition_id, ImportantDate.key == key)
        .order_by(ImportantDate.id)
        .limit(1)
    ).one_or_none()


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


def rooms(session: Session, edition_id: int) -> Sequence[Room]:
    """The rooms in their order."""
    return session.scalars(select(Room).where(Room.edition_id == edition_id).order_by(Room.position, Room.id)).all()


def team(session: Session, edition_id: int) -> Sequence[TeamMember]:
    """The whole team with its people."""
    return session.scalars(
        select(TeamMember)
        .join(TeamMember.person)
        .options(contains_eager(TeamMember.person))
        .where(TeamMember.edition_id == edition_id)
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
