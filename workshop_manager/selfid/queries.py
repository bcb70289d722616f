"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.selfid.models import SelfIdAnswer, SelfIdForm
from workshop_manager.selfid.states import Stage
from workshop_manager.workshops.models import Edition


def form(session: Session, edition_id: int, *, lock: bool = False) -> SelfIdForm | None:
    """What an edition asks, with its questions."""
    query = select(SelfIdForm).options(selectinload(SelfIdForm.questions)).where(SelfIdForm.edition_id == edition_id)
    if lock:
        query = query.with_for_update(of=SelfIdForm).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def with_answers(session: Session) -> Sequence[int]:
    """The editions that hold answers."""
    return session.scalars(select(SelfIdAnswer.edition_id).distinct().order_by(SelfIdAnswer.edition_id)).all()


def kept(session: Session) -> Sequence[tuple[int, str]]:
    """Editions whose answers are not purged, with their zone: the day there is what counts."""
    rows = session.execute(
        select(SelfIdForm.edition_id, Edition.time_zone)
        .join(Edition, Edition.id == SelfIdForm.edition_id)
        .where(SelfIdForm.stage.in_((Stage.ASKING, Stage.CLOSED)))
        .order_by(SelfIdForm.edition_id)
    )
    return [(edition_id, zone) for edition_id, zone in rows]


def content_of(session: Session, names: Collection[str]) -> str | None:
    """What stands under any of these names."""
    return session.scalars(select(SelfIdAnswer.content).where(SelfIdAnswer.name.in_(names))).first()


def answers(session: Session, edition_id: int) -> list[tuple[str, str]]:
    """Every name of an edition with what stands under it, in the order of the names."""
    rows = session.execute(
        select(SelfIdAnswer.name, SelfIdAnswer.content)
        .where(SelfIdAnswer.edition_id == edition_id)
        .order_by(SelfIdAnswer.name)
    )
    return [(name, content) for name, content in rows]


def count(session: Session, edition_id: int) -> int:
    """How many answered. For deciding only: no page shows it."""
    return session.execute(
        select(func.count()).select_from(SelfIdAnswer).where(SelfIdAnswer.edition_id == edition_id)
    ).scalar_one()


def remove_all(session: Session, edition_id: int) -> None:
    """Delete the answers of an edition."""
    session.execute(delete(SelfIdAnswer).where(SelfIdAnswer.edition_id == edition_id))


def takes_part(session: Session, edition_id: int, person_id: int) -> bool:
    """Whether somebody is registered, or waits for a seat."""
    return session.execute(
        select(
            exists().where(
                Registration.edition_id == edition_id,
                Registration.person_id == person_id,
                Registration.state != State.CANCELLED,
            )
        )
    ).scalar_one()


def people_ids(session: Session) -> Sequence[int]:
    """Everybody, to find under which name of an earlier key they stand."""
    return session.scalars(select(Person.id).where(Person.erased_at.is_(None)).order_by(Person.id)).all()


def stage_of(session: Session, edition_id: int) -> Stage | None:
    """How far an edition's questions are; None if there are none."""
    return session.scalars(select(SelfIdForm.stage).where(SelfIdForm.edition_id == edition_id)).one_or_none()
