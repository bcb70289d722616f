"""Fifty people at once: nothing is oversold, nobody is lost, nobody counts twice, everybody has an answer."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import details, make_kind, make_registration
from tests.registrations.invariants import check, line, states
from tests.shows import keeps, shows
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import queries, service
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.service import KindContent
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.service import Stale
from workshop_manager.workshops.states import Role

PEOPLE, PLACES = 50, 3


def _all_at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Each act in a thread of its own, begun together; what each gave or raised, in their order."""
    outcomes: list[object] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            outcomes[number] = act()
        except Exception as error:
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@keeps("X1")
@shows("Registration", "The last seats survive 50 concurrent takers, on SQLite and on PostgreSQL")
def test_fifty_people_want_the_last_three_seats(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=PLACES)
        people = [make_person(uow, f"Person {n}") for n in range(PEOPLE)]

    def take(person: Any) -> Callable[[], State]:
        def act() -> State:
            with work(person) as uow:
                return service.register(uow, edition, kind.id, details(person.name)).state

        return act

    outcomes = _all_at_once([take(person) for person in people])
    assert outcomes.count(State.REGISTERED) == PLACES
    assert outcomes.count(State.WAITLISTED) == PEOPLE - PLACES
    with work() as uow:
        check(uow, edition.id)
        assert states(uow, edition, people) == outcomes
        rows = [queries.registration_of(uow.session, edition.id, person) for person in line(uow, kind.id)]
        assert [queries.number_in_line(uow.session, row) for row in rows if row] == list(range(1, PEOPLE - PLACES + 1))
        assert uow.session.execute(select(func.count(OutboxMail.id))).scalar_one() == PEOPLE


@keeps("X1")
@shows(
    "Registration", "Fifty browsers send the form at once: nobody is oversold, lost, counted twice or without an answer"
)
def test_fifty_browsers_send_the_form_at_once(app: Any, work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=PLACES)
        people = [make_person(uow, f"Person {n}") for n in range(PEOPLE)]
        clients = [client_for(app, uow, person) for person in people]
    path = "/musiml/2026/registration"
    typed = {"version": "0", "kind": str(kind.id), "badge_name": "Nur", "listing": "unlisted", "conduct": "y"}

    def take(client: Any) -> Callable[[], int]:
        return lambda: send(client, path, typed).status_code

    assert _all_at_once([take(client) for client in clients]) == [303] * PEOPLE
    with work() as uow:
        check(uow, edition.id)
        assert uow.session.execute(select(func.count(Registration.id))).scalar_one() == PEOPLE
    codes, numbers = set(), set()
    for client in clients:
        ticket = BeautifulSoup(client.get(f"{path}/ticket").text, "html.parser")
        if code := ticket.find(class_="tk-no"):
            codes.add(code.get_text())
        else:
            numbers.add(int(ticket.select_one(".ticket-wait b").get_text()))
    assert len(codes) == PLACES
    assert numbers == set(range(1, PEOPLE - PLACES + 1))


@keeps("X2")
@shows("Registration", "The same person in many tabs takes one seat")
def test_one_person_in_many_tabs_takes_one_seat(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=5)
        person = make_person(uow)

    def take() -> State:
        with work(person) as uow:
            return service.register(uow, edition, kind.id, details(), version=0).state

    outcomes = _all_at_once([take] * 8)
    assert outcomes.count(State.REGISTERED) == 1
    assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 7
    with work() as uow:
        check(uow, edition.id)
        assert uow.session.execute(select(func.count(OutboxMail.id))).scalar_one() == 1


@keeps("X1")
def test_seats_given_back_taken_and_added_at_once_keep_their_order(work: Any) -> None:
    """Those with seats cancel or switch while others come and an organiser adds places: the line is served in order."""
    with work() as uow:
        edition = make_edition(uow)
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        kind, afar = make_kind(uow, edition, capacity=10), make_kind(uow, edition, "Virtual", mode=Mode.VIRTUAL)
        holders = [make_person(uow, f"Holder {n}") for n in range(10)]
        waiting = [make_person(uow, f"Waiting {n}") for n in range(30)]
        newcomers = [make_person(uow, f"Newcomer {n}") for n in range(10)]
        for person in holders:
            make_registration(uow, edition, kind, person)
        for person in waiting:
            make_registration(uow, edition, kind, person, State.WAITLISTED)

    def act(person: Any, do: Callable[[Any], object]) -> Callable[[], object]:
        def run() -> object:
            with work(person) as uow:
                return do(uow)

        return run

    acts = [act(p, lambda uow: service.cancel(uow, edition)) for p in holders[:5]]
    acts += [act(p, lambda uow: service.register(uow, edition, afar.id, details())) for p in holders[5:]]
    acts += [act(p, lambda uow: service.register(uow, edition, kind.id, details())) for p in newcomers]
    acts += [
        act(owner, lambda uow: service.edit_kind(uow, edition, kind.id, KindContent("In person", Mode.IN_PERSON, 15)))
    ]
    failures = [outcome for outcome in _all_at_once(acts) if isinstance(outcome, Exception)]
    assert failures == []
    with work() as uow:
        check(uow, edition.id)
        assert states(uow, edition, waiting) == [State.REGISTERED] * 15 + [State.WAITLISTED] * 15
        assert states(uow, edition, newcomers) == [State.WAITLISTED] * 10
        assert line(uow, kind.id)[:15] == [person.id for person in waiting[15:]]


@pytest.mark.parametrize("swapped", [False, True])
def test_two_acts_that_touch_both_kinds_do_not_block_each_other_for_ever(work: Any, swapped: bool) -> None:
    with work() as uow:
        edition = make_edition(uow)
        room, afar = make_kind(uow, edition), make_kind(uow, edition, "Virtual", mode=Mode.VIRTUAL)
        people = [make_person(uow) for _n in range(12)]
        for n, person in enumerate(people):
            make_registration(uow, edition, room if n % 2 else afar, person)

    def switch(number: int, person: Any) -> Callable[[], object]:
        target = afar if (number % 2 == 1) != swapped else room

        def run() -> object:
            with work(person) as uow:
                return service.register(uow, edition, target.id, details()).kind_id

        return run

    outcomes = _all_at_once([switch(n, person) for n, person in enumerate(people)])
    assert all(isinstance(outcome, int) for outcome in outcomes)
    with work() as uow:
        check(uow, edition.id)


def test_a_kind_is_added_while_people_register(work: Any) -> None:
    with work() as uow:
        edition, owner = make_edition(uow), make_person(uow, "Amina")
        join_team(uow, edition, owner, Role.OWNER)
        kind = make_kind(uow, edition)
        people = [make_person(uow) for _n in range(12)]

    def add(number: int) -> Callable[[], object]:
        def run() -> object:
            with work(owner) as uow:
                return service.add_kind(uow, edition, KindContent(f"Kind {number}", Mode.VIRTUAL, None)).id

        return run

    def come(person: Any) -> Callable[[], object]:
        def run() -> object:
            with work(person) as uow:
                return service.register(uow, edition, kind.id, details()).id

        return run

    acts = [act for number, person in enumerate(people) for act in (add(number), come(person))]
    assert [outcome for outcome in _all_at_once(acts) if isinstance(outcome, Exception)] == []
