"""Every select of this package; each says what it loads."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.registrations.models import Registration, RegistrationKind, RegistrationSettings
from workshop_manager.registrations.states import State
from workshop_manager.workshops.models import Edition


def kinds(session: Session, edition_id: int) -> Sequence[RegistrationKind]:
    """An edition's kinds in their order."""
    return session.scalars(
        select(RegistrationKind)
        .where(RegistrationKind.edition_id == edition_id)
        .order_by(RegistrationKind.position, RegistrationKind.id)
    ).all()


def locked_kinds(session: Session, edition_id: int) -> dict[int, RegistrationKind]:
    """All kinds of an edition, locked in one order: whoever gives or takes a seat waits here for the one before."""
    rows = session.scalars(
        select(RegistrationKind)
        .where(RegistrationKind.edition_id == edition_id)
        .order_by(RegistrationKind.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def settings_of(session: Session, edition_id: int) -> RegistrationSettings | None:
    return session.get(RegistrationSettings, edition_id)


def registration_of(
    session: Session, edition_id: int, person_id: int | None, *, lock: bool = False
) -> Registration | None:
    """A person's registration in an edition with its kind, cancelled or not."""
    if person_id is None:
        return None
    query = (
        select(Registration)
        .join(Registration.kind)
        .options(contains_eager(Registration.kind))
        .where(Registration.edition_id == edition_id, Registration.person_id == person_id)
    )
    if lock:
        query = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def find(session: Session, edition_id: int, registration_id: int) -> Registration | None:
    """One registration of this edition, with kind and person."""
    return session.execute(
        select(Registration)
        .join(Registration.kind)
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.kind), contains_eager(Registration.person))
        .where(Registration.edition_id == edition_id, Registration.id == registration_id)
    ).scalar_one_or_none()


def is_registered(session: Session, edition_id: int, person_id: int) -> bool:
    """True if that person holds a seat there."""
    return (
        session.execute(
            select(Registration.id).where(
                Registration.edition_id == edition_id,
                Registration.person_id == person_id,
                Registration.state == State.REGISTERED,
            )
        ).first()
        is not None
    )


def first_in_line(session: Session, kind_id: int) -> Registration | None:
    """Who has waited longest for that kind, locked."""
    return session.scalars(
        select(Registration)
        .where(Registration.kind_id == kind_id, Registration.state == State.WAITLISTED)
        .order_by(Registration.waiting_since, Registration.id)
        .limit(1)
        .with_for_update()
    ).one_or_none()


def place_in_line(session: Session, registration: Registration) -> int:
    """1 for the next to be called up."""
    before = or_(
        Registration.waiting_since < registration.waiting_since,
        and_(Registration.waiting_since == registration.waiting_since, Registration.id <= registration.id),
    )
    return session.execute(
        select(func.count()).where(
            Registration.kind_id == registration.kind_id, Registration.state == State.WAITLISTED, before
        )
    ).scalar_one()


def waiting_by_kind(session: Session, edition_id: int) -> dict[int, int]:
    """How many wait for each kind."""
    rows = session.execute(
        select(Registration.kind_id, func.count())
        .where(Registration.edition_id == edition_id, Registration.state == State.WAITLISTED)
        .group_by(Registration.kind_id)
    )
    return dict(rows.tuples().all())


@dataclass(frozen=True, slots=True)
class KindCount:
    """A kind and how it stands."""

    name: str
    capacity: int | None
    taken: int
    waiting: int


def counts(session: Session, edition_id: int) -> list[KindCount]:
    """Every kind with seats taken and people waiting, in one query."""
    waiting = func.coalesce(func.sum(case((Registration.state == State.WAITLISTED, 1), else_=0)), 0)
    rows = session.execute(
        select(RegistrationKind.name, RegistrationKind.capacity, RegistrationKind.taken, waiting)
        .outerjoin(Registration, Registration.kind_id == RegistrationKind.id)
        .where(RegistrationKind.edition_id == edition_id)
        .group_by(RegistrationKind.id)
        .order_by(RegistrationKind.position, RegistrationKind.id)
    )
    return [KindCount(name, capacity, taken, int(number)) for name, capacity, taken, number in rows]


def of_person(session: Session, person_id: int) -> Sequence[tuple[Registration, Edition]]:
    """A person's registrations anywhere that are not cancelled, with kind, edition and community."""
    rows = session.execute(
        select(Registration, Edition)
        .join(Edition, Edition.id == Registration.edition_id)
        .join(Edition.community)
        .join(Registration.kind)
        .options(contains_eager(Edition.community), contains_eager(Registration.kind))
        .where(Registration.person_id == person_id, Registration.state != State.CANCELLED)
        .order_by(Edition.starts_at.desc())
        .limit(200)
    )
    return [(registration, edition) for registration, edition in rows]


@dataclass(frozen=True, slots=True)
class Filter:
    """What the organisers' list is narrowed to."""

    kind_id: int | None = None
    state: State | None = None
    words: str = ""


def _narrow(edition_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    where = [Registration.edition_id == edition_id]
    if wanted.kind_id is not None:
        where.append(Registration.kind_id == wanted.kind_id)
    if wanted.state is not None:
        where.append(Registration.state == wanted.state)
    if wanted.words:
        where.append(Registration.badge_name.icontains(wanted.words, autoescape=True))
    return where


def count_list(session: Session, edition_id: int, wanted: Filter) -> int:
    return session.execute(select(func.count(Registration.id)).where(*_narrow(edition_id, wanted))).scalar_one()


def listed(session: Session, edition_id: int, wanted: Filter, offset: int, most: int) -> Sequence[Registration]:
    """A page of the organisers' list, with kind and person: who waits first in their order, then the newest."""
    waits = case((Registration.state == State.WAITLISTED, 0), (Registration.state == State.REGISTERED, 1), else_=2)
    return session.scalars(
        select(Registration)
        .join(Registration.kind)
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.kind), contains_eager(Registration.person))
        .where(*_narrow(edition_id, wanted))
        .order_by(waits, Registration.waiting_since, Registration.badge_name, Registration.id)
        .offset(offset)
        .limit(most)
    ).all()


def diet_totals(session: Session, edition_id: int) -> dict[str, int]:
    """How many with a seat asked for which food."""
    rows = session.scalars(
        select(Registration.diet).where(Registration.edition_id == edition_id, Registration.state == State.REGISTERED)
    )
    return dict(Counter(diet for diets in rows for diet in diets))


def with_needs(session: Session, edition_id: int) -> Sequence[Registration]:
    """Everybody with a seat who wrote what they need, with kind."""
    return session.scalars(
        select(Registration)
        .join(Registration.kind)
        .options(contains_eager(Registration.kind))
        .where(Registration.edition_id == edition_id, Registration.state == State.REGISTERED, Registration.needs != "")
        .order_by(Registration.badge_name, Registration.id)
        .limit(500)
    ).all()


def participants(session: Session, edition_id: int, offset: int, most: int) -> Sequence[Registration]:
    """Who wants to be on the participants' list: their own choice here and the one in their account both allow it."""
    return session.scalars(
        select(Registration)
        .join(Registration.kind)
        .join(Registration.person)
        .options(contains_eager(Registration.kind), contains_eager(Registration.person))
        .where(*_on_list(edition_id))
        .order_by(Registration.badge_name, Registration.id)
        .offset(offset)
        .limit(most)
    ).all()


def count_participants(session: Session, edition_id: int) -> int:
    return session.execute(
        select(func.count(Registration.id)).join(Registration.person).where(*_on_list(edition_id))
    ).scalar_one()


def _on_list(edition_id: int) -> list[ColumnElement[bool]]:
    named: Collection[Listing] = (Listing.FULL, Listing.NAME_ONLY)
    return [
        Registration.edition_id == edition_id,
        Registration.state == State.REGISTERED,
        Registration.listing.in_(named),
        Person.listing.in_(named),
    ]


def seats_of(session: Session, person_id: int) -> Sequence[Registration]:
    """Every registration of a person, whatever its state."""
    return session.scalars(select(Registration).where(Registration.person_id == person_id)).all()
