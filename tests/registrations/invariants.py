"""What is true of an edition's seats after every act."""

from collections.abc import Sequence

from sqlalchemy import func, select

from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import hall, queries
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.workshops.models import Edition


def check(uow: UnitOfWork, edition_id: int) -> None:
    """Never oversold, every seat counted once, nobody waits beside a seat they may have, nobody twice."""
    uow.session.expire_all()
    places = queries.occupants(uow.session, edition_id)
    stored = {("kind", kind.id): kind.held_back for kind in queries.kinds(uow.session, edition_id)}
    stored |= {("quota", quota.id): quota.held_back for quota in queries.quotas(uow.session, edition_id)}
    seats = hall.enter(uow.session, edition_id, uow.now)
    for (what, number), pool in seats.pools.items():
        kinds = {number} if what == "kind" else seats.quotas[number].kind_ids
        held = sum(bool(place.occupied & kinds) for _person, place in places)
        assert pool.taken == held, f"{what} {number}: {held} seats are held or set aside, {pool.taken} counted"
        assert stored[what, number] == pool.held_back
        assert pool.capacity is None or held + pool.held_back <= pool.capacity, f"{what} {number} is oversold"
    waiting = uow.session.scalars(
        select(Registration).where(
            Registration.edition_id == edition_id,
            Registration.waits_for_id.is_not(None),
            Registration.offer_until.is_(None),
        )
    )
    for one in waiting:
        free = seats.has_room(one.waits_for_id or 0, one.place, seats.groups_of(one.person_id))
        assert not free, f"registration {one.id} waits beside a free seat"
    twice = uow.session.execute(
        select(Registration.person_id)
        .where(Registration.edition_id == edition_id, Registration.person_id.is_not(None))
        .group_by(Registration.person_id)
        .having(func.count() > 1)
    ).all()
    assert not twice


def states(uow: UnitOfWork, edition: Edition, people: Sequence[Person]) -> list[State | None]:
    """Each person's state, None for somebody who never registered."""
    rows = [queries.registration_of(uow.session, edition.id, person.id) for person in people]
    return [row.state if row is not None else None for row in rows]


def line(uow: UnitOfWork, kind_id: int) -> list[int | None]:
    """Who waits for that kind, in order."""
    return list(
        uow.session.scalars(
            select(Registration.person_id)
            .where(Registration.waits_for_id == kind_id)
            .order_by(Registration.line_number)
        )
    )
