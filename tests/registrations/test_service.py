"""Seats and the line, on both databases."""

import random
import threading
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.factories import join_team, make_date, make_edition, make_person
from tests.registrations.factories import make_kind, make_registration
from tests.shows import keeps, shows
from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import queries, service
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.service import Details, KindContent
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.states import DateKey, Role


def _people(uow: Any, number: int) -> list[Person]:
    return [make_person(uow, name=f"Person {n}") for n in range(number)]


def _details(name: str = "Nur Aisyah", **values: Any) -> Details:
    return Details(badge_name=name, **values)


def _mails(uow: Any) -> list[str]:
    return list(uow.session.scalars(select(OutboxMail.template).order_by(OutboxMail.id)))


def _invariants(uow: Any, edition_id: int) -> None:
    for kind in queries.kinds(uow.session, edition_id):
        seats = uow.session.execute(
            select(func.count()).where(Registration.kind_id == kind.id, Registration.state == State.REGISTERED)
        ).scalar_one()
        waiting = uow.session.execute(
            select(func.count()).where(Registration.kind_id == kind.id, Registration.state == State.WAITLISTED)
        ).scalar_one()
        assert kind.taken == seats
        assert kind.capacity is None or seats <= kind.capacity
        assert waiting == 0 or kind.taken == kind.capacity, "somebody waits while a seat is free"


@shows("Registration", "A full kind gives a waitlist place; a cancelled seat goes to the next at once, with a mail")
def test_a_cancelled_seat_goes_to_the_next_in_line(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=1)
        first, second, third = _people(uow, 3)
    for person in (first, second, third):
        with work(person) as uow:
            service.register(uow, edition, kind.id, _details(person.name))
    with work() as uow:
        row = queries.registration_of(uow.session, edition.id, third.id)
        assert row is not None
        assert queries.place_in_line(uow.session, row) == 2
    with work(first) as uow:
        service.cancel(uow, edition)
    with work() as uow:
        states = [queries.registration_of(uow.session, edition.id, p.id).state for p in (first, second, third)]
        assert states == [State.CANCELLED, State.REGISTERED, State.WAITLISTED]
        _invariants(uow, edition.id)
        assert _mails(uow) == [
            "registrations/registered",
            "registrations/waitlisted",
            "registrations/waitlisted",
            "registrations/called_up",
            "registrations/cancelled",
        ]


@keeps("X1")
@shows("Registration", "The last seat survives 50 concurrent takers, on SQLite and on PostgreSQL")
def test_fifty_people_want_the_last_three_seats(app: Any, work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=3)
        people = _people(uow, 50)
    outcomes: list[object] = []

    def take(person: Person) -> None:
        try:
            with work(person) as uow:
                outcomes.append(service.register(uow, edition, kind.id, _details(person.name)).state)
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=take, args=(p,)) for p in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(State.REGISTERED) == 3
    assert outcomes.count(State.WAITLISTED) == 47
    with work() as uow:
        _invariants(uow, edition.id)
        line = uow.session.scalars(select(Registration).where(Registration.state == State.WAITLISTED)).all()
        places = sorted(queries.place_in_line(uow.session, row) for row in line)
        assert places == list(range(1, 48))


@keeps("X2")
def test_two_tabs_of_one_person_take_one_seat(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=5)
        person = make_person(uow)
    outcomes: list[object] = []

    def take() -> None:
        try:
            with work(person) as uow:
                outcomes.append(service.register(uow, edition, kind.id, _details()).state)
        except IntegrityError:
            outcomes.append("second")

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {State.REGISTERED, "second"}
    with work() as uow:
        assert uow.session.execute(select(func.count(Registration.id))).scalar_one() == 1
        _invariants(uow, edition.id)


def test_the_database_itself_refuses_one_seat_too_many(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=1)
    with pytest.raises(IntegrityError), work() as uow:
        uow.session.get_one(RegistrationKind, kind.id).taken = 2


@shows("Registration", "Closes and opens by date; one second past, nothing is taken")
def test_nothing_is_taken_outside_the_dates(work: Any, clock: Any) -> None:
    from datetime import timedelta

    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition)
        make_date(uow, edition, DateKey.REGISTRATION_OPENS, uow.now - timedelta(days=1))
        make_date(uow, edition, DateKey.REGISTRATION_CLOSES, uow.now + timedelta(days=1))
        person = make_person(uow)
    clock.at += timedelta(days=1, seconds=1)
    with pytest.raises(Conflict, match="closed"), work(person) as uow:
        service.register(uow, edition, kind.id, _details())
    clock.at -= timedelta(days=3)
    with pytest.raises(Conflict, match="not open"), work(person) as uow:
        service.register(uow, edition, kind.id, _details())


@shows("Registration", "Switching between in person and virtual hands the seat on at once")
def test_switching_hands_the_old_seat_on(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        here, afar = make_kind(uow, edition, capacity=1), make_kind(uow, edition, "Virtual", mode=Mode.VIRTUAL)
        first, second = _people(uow, 2)
        make_registration(uow, edition, here, first)
        make_registration(uow, edition, here, second, State.WAITLISTED)
    with work(first) as uow:
        service.register(uow, edition, afar.id, _details())
    with work() as uow:
        assert queries.is_registered(uow.session, edition.id, second.id)
        _invariants(uow, edition.id)


def test_whoever_has_a_seat_does_not_lose_it_by_asking_for_a_full_kind(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        here, afar = make_kind(uow, edition, capacity=0), make_kind(uow, edition, "Virtual", mode=Mode.VIRTUAL)
        person = make_person(uow)
        make_registration(uow, edition, afar, person)
    with pytest.raises(service.Full), work(person) as uow:
        service.register(uow, edition, here.id, _details())
    with work() as uow:
        assert queries.is_registered(uow.session, edition.id, person.id)


@shows("Bad input", "A capacity below what is taken is refused with the figure")
def test_capacity_cannot_fall_below_what_is_taken_and_raising_it_calls_up(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        kind = make_kind(uow, edition, capacity=2)
        people = _people(uow, 4)
        for n, person in enumerate(people):
            make_registration(uow, edition, kind, person, State.REGISTERED if n < 2 else State.WAITLISTED)
    with pytest.raises(Conflict, match="2 places are taken"), work(owner) as uow:
        service.edit_kind(uow, edition, kind.id, KindContent("In person", Mode.IN_PERSON, 1))
    with work(owner) as uow:
        service.edit_kind(uow, edition, kind.id, KindContent("In person", Mode.IN_PERSON, 3))
    with work() as uow:
        assert queries.is_registered(uow.session, edition.id, people[2].id)
        assert not queries.is_registered(uow.session, edition.id, people[3].id)
        _invariants(uow, edition.id)


def test_another_editions_organiser_changes_nothing_here(work: Any) -> None:
    with work() as uow:
        edition, other = make_edition(uow), make_edition(uow, slug="2025")
        stranger = make_person(uow)
        join_team(uow, other, stranger, Role.OWNER)
        kind = make_kind(uow, edition)
        row = make_registration(uow, edition, kind, make_person(uow))
    for act in (
        lambda uow: service.edit_kind(uow, edition, kind.id, KindContent("x", Mode.VIRTUAL, None)),
        lambda uow: service.cancel_for(uow, edition, row.id),
        lambda uow: service.cancel_for(uow, other, row.id),
        lambda uow: service.save_settings(uow, edition, join_url="https://x.example", note=""),
    ):
        with pytest.raises(NotFound), work(stranger) as uow:
            act(uow)


def test_a_deleted_person_leaves_a_free_seat_and_no_answers(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=1)
        leaving, waiting = _people(uow, 2)
        make_registration(uow, edition, kind, leaving, needs="a quiet room")
        make_registration(uow, edition, kind, waiting, State.WAITLISTED)
    with work() as uow:
        service.on_person_erased(uow, PersonErased(leaving.id))
    with work() as uow:
        assert queries.is_registered(uow.session, edition.id, waiting.id)
        rows = uow.session.scalars(select(Registration)).all()
        assert not [r for r in rows if r.needs or r.badge_name == leaving.name]
        _invariants(uow, edition.id)


@shows("Registration", "In any order of acts it is never oversold, and nobody waits beside a free seat")
@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_acts_keeps_the_invariants(work: Any, seed: int) -> None:
    chance = random.Random(seed)
    with work() as uow:
        edition = make_edition(uow)
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        kinds = [make_kind(uow, edition, "In person", 2), make_kind(uow, edition, "Virtual", None, Mode.VIRTUAL)]
        people = _people(uow, 6)
    for _step in range(40):
        act, person, kind = (
            chance.choice(("register", "register", "cancel", "resize")),
            chance.choice(people),
            chance.choice(kinds),
        )
        try:
            if act == "register":
                with work(person) as uow:
                    service.register(uow, edition, kind.id, _details(person.name))
            elif act == "cancel":
                with work(person) as uow:
                    service.cancel(uow, edition)
            else:
                with work(owner) as uow:
                    service.edit_kind(
                        uow, edition, kinds[0].id, KindContent("In person", Mode.IN_PERSON, chance.randrange(0, 5))
                    )
        except (Conflict, NotFound):
            pass
        with work() as uow:
            _invariants(uow, edition.id)
