"""A waitlist with a number of places: full, it says so, and nobody is put on it."""

import threading
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import details, make_kind, make_registration
from tests.registrations.invariants import check, line
from tests.shows import keeps, shows
from workshop_manager.registrations import approval, hall, queries, rules, service
from workshop_manager.registrations.rules import NOTHING, Place
from workshop_manager.registrations.service import KindContent
from workshop_manager.registrations.states import Mode, State
from workshop_manager.registrations.waitlist import LineFull
from workshop_manager.workshops.states import Role

PATH = "/musiml/2026/registration"


def test_what_takes_a_place_on_a_waitlist() -> None:
    assert [rules.line_has_room(places, 2) for places in (None, 3, 2, 1, 0)] == [True, True, False, False, False]
    assert rules.joins_line(NOTHING, Place(line=1))
    assert rules.joins_line(Place(line=2), Place(line=1))
    assert not rules.joins_line(Place(line=1), Place(seat=2, line=1))
    assert not rules.joins_line(Place(line=1), Place(seat=1))


class House:
    """A room with one seat and a waitlist of two, and a virtual kind; `holder` sits, and two wait."""

    def __init__(self, work: Any, **values: Any) -> None:
        self.work = work
        with work() as uow:
            self.edition, self.owner = make_edition(uow), make_person(uow)
            join_team(uow, self.edition, self.owner, Role.OWNER)
            self.room = make_kind(uow, self.edition, capacity=1, line_places=2, **values)
            self.afar = make_kind(uow, self.edition, "Virtual", mode=Mode.VIRTUAL)
            self.holder, self.first, self.second, self.late = people = [make_person(uow, f"P{n}") for n in range(4)]
            make_registration(uow, self.edition, self.room, people[0])
            for person in people[1:3]:
                make_registration(uow, self.edition, self.room, person, State.WAITLISTED)

    def register(self, person: Any, kind: Any = None, **values: Any) -> State:
        with self.work(person) as uow:
            row = service.register(uow, self.edition, (kind or self.room).id, details(person.name), **values)
            return row.state

    def resize(self, **values: Any) -> None:
        with self.work(self.owner) as uow:
            content = KindContent("In person", Mode.IN_PERSON, 1, **values)
            service.edit_kind(uow, self.edition, self.room.id, content)


@shows("Registration", "A kind's waitlist can have a number of places; when they are taken, nobody is put on it")
def test_a_full_waitlist_takes_nobody_more_until_somebody_leaves_it(work: Any) -> None:
    house = House(work)
    with pytest.raises(LineFull, match="the waitlist is full"):
        house.register(house.late)
    with pytest.raises(LineFull):
        house.register(house.late, keep_virtual=True)
    assert house.register(house.first) is State.WAITLISTED, "whoever waits may change what they said"
    assert house.register(house.late, house.afar) is State.REGISTERED
    with pytest.raises(LineFull):
        house.register(house.late)
    with work(house.late) as uow:
        made = hall.look(uow.session, house.edition.id, uow.now, house.late.id)
        row = queries.registration_of(uow.session, house.edition.id, house.late.id)
        assert row is not None
        wanted = service.look_at_switch(uow, house.edition, made, row, house.room.id)
        assert wanted.is_shut
        with pytest.raises(LineFull):
            service.switch(uow, house.edition, house.room.id, seen=wanted.seen)
    with work(house.second) as uow:
        service.cancel(uow, house.edition)
    assert house.register(house.late) is State.REGISTERED
    with work() as uow:
        check(uow, house.edition.id)
        assert line(uow, house.room.id) == [house.first.id, house.late.id]


@shows("Registration", "Fewer places on a waitlist than people wait takes nobody's place away")
def test_fewer_places_than_wait_leave_everybody_their_place(work: Any) -> None:
    house = House(work)
    house.resize(line_places=0)
    with work() as uow:
        assert line(uow, house.room.id) == [house.first.id, house.second.id]
    with pytest.raises(LineFull, match="there is no waitlist"):
        house.register(house.late)
    with work(house.holder) as uow:
        service.cancel(uow, house.edition)
    with work() as uow:
        assert line(uow, house.room.id) == [house.second.id]
    house.resize(line_places=None)
    assert house.register(house.late) is State.WAITLISTED


def test_a_yes_to_a_request_waits_until_there_is_a_place(work: Any) -> None:
    house = House(work, needs_approval=True)
    assert house.register(house.late) is State.REQUESTED, "asking is not waiting"
    with work(house.owner) as uow:
        ids = [one.id for one in queries.requests(uow.session, house.edition.id)]
        assert [one.is_stuck for one in approval.foresee(uow, house.edition, ids)] == [True]
        done = approval.decide(uow, house.edition, ids, yes=True, word="")
        assert (done.stuck, done.waiting, done.gone) == (1, 0, 0)
    house.resize(line_places=3, needs_approval=True)
    with work(house.owner) as uow:
        assert approval.decide(uow, house.edition, ids, yes=True, word="").waiting == 1


@keeps("X1")
def test_many_at_once_take_the_last_places_on_a_waitlist(work: Any) -> None:
    house = House(work)
    house.resize(line_places=5)
    with work() as uow:
        people = [make_person(uow, f"Late {n}") for n in range(12)]
    outcomes: list[object] = []
    gate = threading.Barrier(len(people))

    def come(person: Any) -> None:
        gate.wait()
        try:
            outcomes.append(house.register(person))
        except Exception as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=come, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == sorted(map(str, [State.WAITLISTED] * 3 + [LineFull] * 9))
    with work() as uow:
        check(uow, house.edition.id)
        assert len(line(uow, house.room.id)) == 5


@shows("Registration", "The page says plainly when the waitlist is full as well")
def test_the_page_says_that_the_waitlist_is_full(app: Any, work: Any) -> None:
    house = House(work)
    with work() as uow:
        client, other, desk = (client_for(app, uow, one) for one in (house.late, house.first, house.owner))
    page = BeautifulSoup(client.get(PATH).text, "html.parser")
    room = page.find(id=f"kind-{house.room.id}")
    assert room is not None
    assert room.has_attr("disabled")
    assert "Full, waitlist full" in page.text
    typed = {"version": "0", "kind": str(house.room.id), "badge_name": "Nur", "listing": "unlisted", "conduct": "y"}
    answer = send(client, PATH, typed)
    assert answer.status_code == 409
    assert "Nobody was added" in answer.text
    assert 'value="Nur"' in answer.text
    assert not BeautifulSoup(other.get(PATH).text, "html.parser").find(id=f"kind-{house.room.id}").has_attr("disabled")
    assert "waitlist of 2, full" in " ".join(desk.get("/musiml/2026/organise/registration/kinds").text.split())
    with work(house.owner) as uow:
        shut = KindContent("Virtual", Mode.VIRTUAL, 0, line_places=0)
        service.edit_kind(uow, house.edition, house.afar.id, shut)
    text = client.get(PATH).text
    assert "nobody more can wait" in text
    assert "badge_name" not in text
