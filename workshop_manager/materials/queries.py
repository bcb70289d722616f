"""Every select of this package; each says what it loads."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.materials.models import Material, MaterialBytes, RecordingAnswer
from workshop_manager.materials.states import Shown
from workshop_manager.schedule import publishing
from workshop_manager.schedule.models import Release
from workshop_manager.schedule.programme import Item, Programme
from workshop_manager.schedule.visibility import person_key


def released(session: Session, edition_id: int) -> Programme | None:
    """The newest release with every name, or None before the first."""
    stored = session.execute(
        select(Release.programme).where(Release.edition_id == edition_id).order_by(Release.number.desc()).limit(1)
    ).scalar_one_or_none()
    return publishing.parsed(stored) if stored is not None else None


def items_of(programme: Programme | None, person_id: int) -> list[Item]:
    """What that person gives, by the released programme, and what is not called off."""
    if programme is None:
        return []
    key = person_key(person_id)
    return [
        item for item in programme.items if not item.cancelled and any(who.person_key == key for who in item.speakers)
    ]


def of_item(session: Session, edition_id: int, uid: str) -> Sequence[Material]:
    """Everything of an item, also what is not shown (one query)."""
    return session.scalars(
        select(Material).where(Material.edition_id == edition_id, Material.uid == uid).order_by(Material.id)
    ).all()


def public_of_item(session: Session, edition_id: int, uid: str) -> Sequence[Material]:
    """What of an item may be shown to somebody at some time (one query)."""
    return session.scalars(_public(edition_id).where(Material.uid == uid).order_by(Material.id)).all()


def public_of_edition(session: Session, edition_id: int) -> Sequence[Material]:
    """What of an edition may be shown to somebody at some time, by item (one query)."""
    return session.scalars(_public(edition_id).order_by(Material.uid, Material.id)).all()


def _public(edition_id: int) -> Select[Material]:
    # Slides say on their first page who gives them: who is named nowhere does not show theirs either.
    names = (Listing.FULL, Listing.NAME_ONLY)
    return (
        select(Material)
        .outerjoin(Person, Person.id == Material.added_by)
        .where(
            Material.edition_id == edition_id,
            Material.off_at.is_(None),
            Material.is_held.is_(False),
            Material.shown != Shown.TEAM,
            or_(Material.by_speaker.is_(False), Person.listing.in_(names)),
        )
    )


def of_edition(session: Session, edition_id: int) -> Sequence[Material]:
    """Everything of an edition, by item (one query)."""
    return session.scalars(
        select(Material).where(Material.edition_id == edition_id).order_by(Material.uid, Material.id)
    ).all()


def find(session: Session, edition_id: int, uid: str, material_id: int, *, lock: bool = False) -> Material | None:
    """That material of that item."""
    query = select(Material).where(Material.id == material_id, Material.edition_id == edition_id, Material.uid == uid)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def body(session: Session, material_id: int) -> bytes | None:
    """The bytes of its file."""
    return session.execute(
        select(MaterialBytes.body).where(MaterialBytes.material_id == material_id)
    ).scalar_one_or_none()


def answers(session: Session, edition_id: int, uid: str | None = None) -> Sequence[RecordingAnswer]:
    """What was said to recordings of an item, or of all of them (one query)."""
    query = select(RecordingAnswer).where(RecordingAnswer.edition_id == edition_id)
    if uid is not None:
        query = query.where(RecordingAnswer.uid == uid)
    return session.scalars(query.order_by(RecordingAnswer.id)).all()
