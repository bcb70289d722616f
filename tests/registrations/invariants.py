"""What is true of an edition's seats after every act."""

from collections.abc import Sequence

from sqlalchemy import func, select

from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import queries
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.workshops.models import Edition


def check(uow: UnitOfWork, edition_id: int) -> None:
    """Never oversold, every seat counted, nobody waits beside a free seat, nobody twice."""
    for kind in queries.counts(uow.session, edition_id):
        seats = uow.session.execute(
            select(func.count()).where(Registration.kind_id == kind.id, Registration.state == State.REGISTERED)
        ).scalar_one()
        assert kind.taken == seats, f"{kind}: {seats} seats are held"
        assert kind.capacity is None or seats <= kind.capacity, f"{kind} is oversold"
        assert not kind.waiting or kind.taken == kind.capacity, f"somebody waits beside a free seat: {kind}"
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
