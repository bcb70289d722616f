"""Kinds with dates of their own: what can be chosen when, and what people read about it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOW
from tests.factories import make_date, send
from tests.registrations.factories import details
from tests.registrations.test_pages import KINDS, REGISTER, House, _main, _soup
from tests.shows import shows
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict
from workshop_manager.registrations import queries, rules, service
from workshop_manager.registrations.rules import Phase, Place
from workshop_manager.registrations.service import KindContent
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.service import Taken
from workshop_manager.workshops.states import DateKey

DAY = timedelta(days=1)


@pytest.fixture
def house(app: Any, work: Any) -> House:
    return House(app, work)


def _set(house: House, kind: Any, opens: Any = None, closes: Any = None) -> None:
    dates = [Deadline(NOW + days * DAY, AOE) if days is not None else None for days in (opens, closes)]
    with house.work(house.owner) as uow:
        content = KindContent(kind.name, kind.mode, kind.capacity, opens=dates[0], closes=dates[1])
        service.edit_kind(uow, house.edition, kind.id, content)


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        (set(), Phase.NOT_PLANNED),
        ({Phase.AHEAD}, Phase.AHEAD),
        ({Phase.AHEAD, Phase.CLOSED}, Phase.AHEAD),
        ({Phase.AHEAD, Phase.OPEN, Phase.CLOSED}, Phase.OPEN),
        ({Phase.CLOSED}, Phase.CLOSED),
        ({Phase.OVER}, Phase.OVER),
    ],
)
def test_registration_is_open_as_long_as_one_kind_is(phases: set[Phase], expected: Phase) -> None:
    assert rules.together(phases) is expected


@pytest.mark.parametrize(
    ("before", "after", "entered"),
    [
        (Place(), Place(seat=1), {1}),
        (Place(), Place(seat=2, line=1), {1, 2}),
        (Place(seat=1), Place(seat=1), set()),
        (Place(seat=2, line=1), Place(seat=2), set()),
        (Place(seat=2, line=1), Place(seat=1), set()),
        (Place(seat=2), Place(seat=2, line=1), {1}),
    ],
)
def test_only_what_is_newly_entered_must_be_open(before: Place, after: Place, entered: set[int]) -> None:
    assert rules.entered(before, after) == entered


@shows("Registration", "Each kind can open and close by dates of its own, announced in a zone; else the edition's hold")
def test_a_kind_is_chosen_within_its_own_dates(house: House, clock: Any) -> None:
    with house.work() as uow:
        make_date(uow, house.edition, DateKey.REGISTRATION_CLOSES, NOW + 5 * DAY)
    _set(house, house.room, opens=2, closes=9)
    for at, kind, opens in (
        (0, house.room, False), (0, house.afar, True), (2, house.room, True), (6, house.afar, False),
        (6, house.room, True), (9, house.room, True), (10, house.room, False),
    ):  # fmt: skip
        clock.at = NOW + at * DAY
        with house.work() as uow:
            person = uow.session.merge(house.person)
            row = queries.registration_of(uow.session, house.edition.id, person.id)
            if row is not None and row.state is not State.CANCELLED:
                uow.actor = person
                service.cancel(uow, house.edition)
        with house.work(house.person) as uow:
            if opens:
                service.register(uow, house.edition, kind.id, details())
            else:
                with pytest.raises(Conflict):
                    service.register(uow, house.edition, kind.id, details())


def test_no_virtual_place_meanwhile_after_the_virtual_kind_closed(house: House) -> None:
    house.registered()
    _set(house, house.afar, closes=-1)
    with house.work(house.person) as uow:
        assert (
            service.register(uow, house.edition, house.room.id, details(), keep_virtual=True).state is State.WAITLISTED
        )


def test_whoever_holds_a_seat_of_a_closed_kind_can_change_answers_and_leave_a_line(house: House) -> None:
    house.registered()
    house.registered(house.person, kind=house.afar, waits_for=house.room)
    _set(house, house.afar, closes=-1)
    _set(house, house.room, closes=-1)
    with house.work(house.person) as uow:
        assert service.register(uow, house.edition, house.afar.id, details("Nur")).waits_for_id is None


def test_the_page_says_when_a_kind_opens_and_does_not_let_it_be_chosen(house: House, app: Any) -> None:
    _set(house, house.room, opens=2)
    answer = house.client.get(REGISTER)
    assert "Opens Wed 3 June, 00:00 AoE." in _main(answer)
    assert _soup(answer).find("input", id=f"kind-{house.room.id}").has_attr("disabled")
    assert not _soup(answer).find("input", id=f"kind-{house.afar.id}").has_attr("disabled")
    sent = send(house.client, REGISTER, house.typed())
    assert sent.status_code == 409
    _set(house, house.afar, opens=3)
    assert "Registration opens Wed 3 June, 00:00 AoE" in _main(app.test_client().get(REGISTER))
    assert "Opens soon" in _main(app.test_client().get("/musiml/2026/"))


def test_dates_are_typed_on_the_form_of_a_kind(house: House) -> None:
    typed = {
        "name": "Room", "mode": Mode.IN_PERSON.value, "capacity": "5", "version": "1",
        "opens-day": "2026-06-10", "opens-time": "09:00", "opens-zone": "Africa/Accra",
        "closes-day": "2026-06-09", "closes-time": "09:00", "closes-zone": "AoE",
    }  # fmt: skip
    one = f"{KINDS}/{house.room.id}"
    wrong = send(house.desk, one, typed)
    assert (wrong.status_code, "It would close before it opens." in _main(wrong)) == (422, True)
    assert send(house.desk, one, typed | {"closes-day": "2026-06-19"}).status_code == 303
    with house.work() as uow:
        kind = queries.kinds(uow.session, house.edition.id)[0]
        assert (kind.opens.zone, kind.closes.zone) == ("Africa/Accra", AOE)
    assert "opens Wed 10 June, 09:00 GMT, closes Fri 19 June, 09:00 AoE" in _main(house.desk.get(KINDS))
    with pytest.raises(Taken):
        _set(house, house.afar, opens=3, closes=2)
