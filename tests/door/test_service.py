"""Letting in, taking back, handing out."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from tests.door.factories import Door
from tests.factories import join_team, make_edition, make_person
from tests.registrations.factories import make_kind
from tests.shows import shows
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.door import queries, service
from workshop_manager.door.models import Arrival, Scan
from workshop_manager.door.states import Verdict
from workshop_manager.registrations.states import State
from workshop_manager.workshops.states import Role, Visibility


@pytest.fixture
def door(app: Any, work: Any, clock: Any) -> Door:
    return Door(app, work, clock)


def _enter(door: Door, held: service.Held, by: Any = None) -> service.Said:
    with door.work(by or door.helper) as uow:
        return service.check_in(uow, door.edition, held)


def _count(door: Door, model: Any) -> int:
    with door.work() as uow:
        return uow.session.scalar(select(func.count()).select_from(model))


@shows("At the door", "Two devices agree: the second learns since when, by whom and where somebody is in")
def test_the_second_device_is_told_since_when_and_by_whom(door: Door):
    guest = door.guest()
    assert _enter(door, door.held(guest)).verdict is Verdict.IN
    with capture_logs() as logged:
        said = _enter(door, door.held(guest, 10, "Side door"), door.owner)
    assert said.verdict is Verdict.TWICE
    assert said.arrival is not None
    assert (said.arrival.device, said.arrival.by.name) == ("Main door", "Bilal")
    assert said.arrival.at == door.start
    assert [one["verdict"] for one in logged if one["event"] == "ticket refused"] == ["twice"]
    assert (_count(door, Arrival), _count(door, Scan)) == (1, 2)


@shows("At the door", "What is sent twice after a network loss is entered once")
def test_the_same_key_again_is_the_same_answer(door: Door):
    guest = door.guest()
    held = door.held(guest)
    assert [_enter(door, held).verdict for _attempt in range(3)] == [Verdict.IN] * 3
    nobody = door.held(code="2222-2222")
    assert [_enter(door, nobody).verdict for _attempt in range(2)] == [Verdict.UNKNOWN] * 2
    assert (_count(door, Arrival), _count(door, Scan)) == (1, 2)


def test_two_devices_at_the_same_moment_make_one_arrival(door: Door, database: Any):
    guest = door.guest()
    held = [door.held(guest, device=f"Door {number}") for number in range(4)]
    held += held  # each comes twice, too
    said: list[Verdict] = []
    barrier = threading.Barrier(len(held))

    def arrive(one: service.Held) -> None:
        barrier.wait()
        with door.app.app_context(), unit_of_work(database, door.clock, actor=door.helper) as uow:
            said.append(service.check_in(uow, door.edition, one).verdict)

    threads = [threading.Thread(target=arrive, args=(one,)) for one in held]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.value for one in said) == ["in"] * 2 + ["twice"] * 6
    assert (_count(door, Arrival), _count(door, Scan)) == (1, 4)


@shows(
    "At the door",
    "A ticket of another edition, cancelled, waitlisted or virtual is answered in words, and lets nobody in",
)
def test_whoever_has_no_seat_here_is_not_let_in(door: Door):
    with door.work() as uow:
        other = make_edition(uow, "wimlds", "2026", name="WiMLDS Accra")
        hidden = make_edition(uow, "hidden", "2026", name="Secret", visibility=Visibility.DRAFT)
        kinds = [make_kind(uow, other), make_kind(uow, hidden)]
    cases = [
        (door.guest(state=State.WAITLISTED), Verdict.WAITING, ""),
        (door.guest(state=State.CANCELLED), Verdict.CANCELLED, ""),
        (door.guest(kind=door.afar), Verdict.VIRTUAL, ""),
        (door.guest(edition=other, kind=kinds[0]), Verdict.ELSEWHERE, "WiMLDS Accra"),
        (door.guest(edition=hidden, kind=kinds[1]), Verdict.ELSEWHERE, ""),
    ]
    for guest, verdict, elsewhere in cases:
        said = _enter(door, door.held(guest))
        assert (said.verdict, said.elsewhere, said.arrival) == (verdict, elsewhere, None)
    assert _count(door, Arrival) == 0
    assert said.registration is None, "whose ticket of another edition it is, is not told"


def test_each_day_counts_its_own_arrivals(door: Door):
    guest = door.guest()
    with door.work() as uow:
        uow.session.get(type(door.edition), door.edition.id).ends_at = door.start + timedelta(days=3)
        door.edition.ends_at = door.start + timedelta(days=3)
    assert [_enter(door, door.held(guest, minutes=day * 1440)).verdict for day in (0, 1)] == [Verdict.IN] * 2


def test_before_the_day_nothing_is_kept(door: Door):
    said = _enter(door, door.held(door.guest(), minutes=-1440))
    assert (said.verdict, said.is_kept) == (Verdict.IN, False)
    assert (_count(door, Arrival), _count(door, Scan)) == (0, 0)


@shows("At the door", "A check-in is undone, and made again")
def test_an_arrival_is_taken_back(door: Door):
    guest = door.guest()
    came = _enter(door, door.held(guest)).arrival
    with door.work(door.helper) as uow:
        assert service.take_back(uow, door.edition, came.id).id == guest.id
    with door.work(door.helper) as uow, pytest.raises(NotFound):
        service.take_back(uow, door.edition, came.id)
    assert _enter(door, door.held(guest, 5)).verdict is Verdict.IN


@shows("At the door", "What organisers say is handed out goes to each person once")
def test_everything_is_handed_out_once(door: Door):
    guest = door.guest()
    with door.work(door.owner) as uow:
        badge = service.add_item(uow, door.edition, "Badge")
        with pytest.raises(Conflict):
            service.add_item(uow, door.edition, "badge")
    with door.work(door.helper) as uow:
        service.hand_out(uow, door.edition, guest.id, badge.id)
        with pytest.raises(Conflict, match="already"):
            service.hand_out(uow, door.edition, guest.id, badge.id)
        assert queries.handed_counts(uow.session, door.edition.id) == {badge.id: 1}
        service.hand_back(uow, door.edition, guest.id, badge.id)
        with pytest.raises(Conflict):
            service.hand_back(uow, door.edition, guest.id, badge.id)
        with pytest.raises(NotFound):
            service.remove_item(uow, door.edition, badge.id)
    with door.work(door.owner) as uow:
        assert service.remove_item(uow, door.edition, badge.id) == "Badge"


def test_a_role_counts_in_its_own_edition_only(door: Door):
    guest = door.guest()
    with door.work() as uow:
        other = make_edition(uow, "wimlds", "2026")
        outsider, reviewer = make_person(uow), make_person(uow)
        join_team(uow, other, outsider, Role.OWNER)
        join_team(uow, door.edition, reviewer, Role.REVIEWER)
    came = _enter(door, door.held(guest)).arrival
    for person in (outsider, reviewer):
        with door.work(person) as uow, pytest.raises(NotFound):
            service.check_in(uow, door.edition, door.held(guest))
        with door.work(person) as uow, pytest.raises(NotFound):
            service.take_back(uow, door.edition, came.id)
    with door.work(outsider) as uow, pytest.raises(NotFound):
        service.take_back(uow, other, came.id)
