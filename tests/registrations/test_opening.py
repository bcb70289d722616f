"""Hidden kinds and the access codes that open them."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import details, make_kind
from tests.shows import shows
from workshop_manager.codes.service import Refused
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.registrations import opening, queries, service
from workshop_manager.registrations.models import KindCode
from workshop_manager.registrations.opening import CodeContent
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.states import Role

REGISTER = "/musiml/2026/registration"
CODE = f"{REGISTER}/code"
DESK = "/musiml/2026/organise/registration/codes"


class House:
    """An edition with an open kind and a hidden one."""

    def __init__(self, work: Any) -> None:
        self.work = work
        with work() as uow:
            self.edition = make_edition(uow)
            self.open = make_kind(uow, self.edition, "Virtual", None, Mode.VIRTUAL, position=1)
            self.hidden = make_kind(uow, self.edition, "Sponsor", 3, position=2, is_hidden=True)
            self.owner, self.person, self.other = (make_person(uow, name) for name in ("Amina", "Nur", "Bo"))
            join_team(uow, self.edition, self.owner, Role.OWNER)

    def code(self, uses: int = 1, expires: Deadline | None = None) -> KindCode:
        with self.work(self.owner) as uow:
            return opening.make(uow, self.edition, CodeContent("Sponsors", self.hidden.id, uses, expires))


@pytest.fixture
def house(work: Any) -> House:
    return House(work)


@shows("Registration", "A kind can be hidden: only whoever uses its access code sees it and can choose it")
def test_a_hidden_kind_is_there_for_whoever_used_its_code_and_for_nobody_else(house, app, work) -> None:
    row = house.code()
    with work() as uow:
        mine, theirs = client_for(app, uow, house.person), client_for(app, uow, house.other)
    visitor = app.test_client()
    for client in (mine, theirs, visitor):
        for path in (REGISTER, "/musiml/2026/"):
            assert "Sponsor" not in client.get(path).text
    with pytest.raises(NotFound), work(house.person) as uow:
        service.register(uow, house.edition, house.hidden.id, details())
    wrong = send(mine, CODE, {"code": "AAAA-BBBB-CCCC-DDDD"})
    assert wrong.status_code == 422
    assert "opens nothing here" in wrong.text
    assert send(mine, CODE, {"code": row.code.lower().replace("-", " ")}).location == REGISTER
    assert "Sponsor" in mine.get(REGISTER).text
    assert "Sponsor" not in theirs.get(REGISTER).text
    typed = {"kind": str(house.hidden.id), "badge_name": "Nur", "listing": "unlisted", "conduct": "y", "version": "0"}
    assert send(mine, REGISTER, typed).status_code == 303
    assert send(theirs, REGISTER, typed).status_code == 422
    with work() as uow:
        assert queries.registration_of(uow.session, house.edition.id, house.person.id).kind_id == house.hidden.id
    assert "used as often as it could be" in send(theirs, CODE, {"code": row.code}).text


def test_whoever_holds_a_kind_keeps_it_when_it_is_hidden_and_nobody_falls_back_to_a_hidden_one(house, work) -> None:
    with work(house.person) as uow:
        service.register(uow, house.edition, house.open.id, details())
    with work() as uow:
        uow.session.merge(house.open).is_hidden = True
        full = make_kind(uow, house.edition, "In person", 0, position=3)
    with work(house.person) as uow:
        row = service.register(uow, house.edition, house.open.id, details("Nur again"))
        assert (row.state, row.badge_name) == (State.REGISTERED, "Nur again")
    with work(house.other) as uow:
        row = service.register(uow, house.edition, full.id, details(), keep_virtual=True)
        assert row.state is State.WAITLISTED


def test_organisers_make_codes_and_take_them_back(house, app, work, clock) -> None:
    with work() as uow:
        desk, other = client_for(app, uow, house.owner), client_for(app, uow, house.other)
    typed = {"label": "Sponsors", "kind": str(house.hidden.id), "max_uses": "2"}
    assert send(desk, DESK, typed | {"max_uses": "0"}).status_code == 422
    assert send(desk, DESK, typed).status_code == 303
    with work() as uow:
        (row,) = queries.codes(uow.session, house.edition.id)
    assert row.code in desk.get(DESK).text
    assert other.get(DESK).status_code == 404
    with pytest.raises(NotFound), work(house.other) as uow:
        opening.make(uow, house.edition, CodeContent("Mine", house.hidden.id, 1))
    assert send(desk, f"{DESK}/{row.id}/revocation", {}).status_code == 303
    assert row.code not in desk.get(DESK).text
    assert send(desk, f"{DESK}/{row.id + 9}/revocation", {}).status_code == 404
    late = house.code(expires=Deadline(clock.at + timedelta(days=1), "UTC"))
    clock.at += timedelta(days=2)
    for code in (row, late):
        with pytest.raises(Refused), work(house.person) as uow:
            opening.use(uow, house.edition, house.person, code.code)


@shows("Registration", "Several people at once use an access code no more often than it has uses")
def test_a_code_with_two_uses_is_used_twice_by_five_at_once(house, work, database, app) -> None:
    row = house.code(uses=2)
    with work() as uow:
        people = [make_person(uow) for _number in range(5)]
    outcomes, start = [], threading.Barrier(5)

    def use(person: Any) -> None:
        start.wait()
        try:
            with app.app_context(), unit_of_work(database, FixedClock(row.created_at), actor=person) as uow:
                opening.use(uow, house.edition, person, row.code)
            outcomes.append("opened")
        except Refused:
            outcomes.append("refused")

    threads = [threading.Thread(target=use, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["opened"] * 2 + ["refused"] * 3
