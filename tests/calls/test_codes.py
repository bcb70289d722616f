"""Access codes as those use them who were given one, also when several do at once."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import make_person, send
from tests.shows import shows
from tests.world import acting
from workshop_manager.calls import codes, queries
from workshop_manager.calls.codes import CodeContent
from workshop_manager.calls.models import AccessCode, CodeUse, PersonalDeadline
from workshop_manager.codes.rules import normal
from workshop_manager.codes.service import Refused
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Track

BASE = "/musiml/2026"
USE, CALL, NEW = f"{BASE}/call/code", f"{BASE}/call", f"{BASE}/submissions/new"


def made(house, *, hide=False, late_days=None, uses=1, expires_days=None):
    """A code, for the second track if that is to be hidden."""
    with house.work() as uow, acting(uow, house.owner):
        track = uow.session.get_one(Track, house.second.id)
        track.is_hidden = hide
        late = Deadline(uow.now + timedelta(days=late_days), AOE) if late_days is not None else None
        expires = Deadline(uow.now + timedelta(days=expires_days), AOE) if expires_days is not None else None
        content = CodeContent("For friends", None, track.id if hide else None, late, uses, expires)
        return codes.make(uow, uow.session.merge(house.edition), content)


def test_a_code_cannot_be_guessed_and_reads_the_same_however_it_is_typed(house):
    row = made(house, late_days=30)
    assert len(normal(row.code)) == 16
    assert normal(f" {row.code.lower().replace('-', ' ')} ") == normal(row.code)
    with house.work() as uow, acting(uow, house.owner), pytest.raises(Conflict):
        codes.make(uow, uow.session.merge(house.edition), CodeContent("Nothing", None, None, None, 1, None))
    with house.work() as uow, acting(uow, house.author), pytest.raises(NotFound):
        codes.make(uow, uow.session.merge(house.edition), CodeContent("x", None, house.first.id, None, 1, None))


@shows("Call", "A hidden track stands on no public page; an access code opens it to whoever was given one")
def test_a_hidden_track_is_open_to_those_with_a_code_only(house):
    row = made(house, hide=True)
    other = house.person("Bo", "bo@example.org")
    for path in (f"{BASE}/", CALL):
        assert house.second.name not in house.client.get(path).text, path
    assert house.second.name not in house.client.get(NEW).text
    assert send(house.client, USE, {"code": row.code.lower()}).status_code == 303
    assert house.second.name in house.client.get(NEW).text
    assert house.second.name not in other.get(NEW).text
    assert house.second.name not in house.client.get(CALL).text, "public pages stay as they are"


@shows("Call", "A code for a late entry lets whoever uses it submit after the deadline, and nobody else")
def test_a_late_entry_is_for_those_with_a_code_only(house, clock):
    row = made(house, late_days=30, expires_days=20)
    clock.at += timedelta(days=11)
    other = house.person("Bo", "bo@example.org")
    assert house.client.get(NEW).status_code == 303, "the call is closed"
    answer = send(house.client, USE, {"code": row.code})
    assert (answer.status_code, answer.location) == (303, NEW)
    assert house.client.get(NEW).status_code == 200
    assert other.get(NEW).status_code == 303
    clock.at += timedelta(days=20)
    assert house.client.get(NEW).status_code == 303


def test_why_a_code_opens_nothing_is_said_in_plain_words(house, clock):
    row = made(house, late_days=30, expires_days=5)
    wrong = send(house.client, USE, {"code": "AAAA-BBBB-CCCC-DDDD"})
    assert wrong.status_code == 422
    assert "opens nothing here" in wrong.text
    assert "AAAA-BBBB-CCCC-DDDD" in wrong.text
    assert send(house.client, USE, {"code": ""}).status_code == 422
    assert send(house.client, USE, {"code": row.code}).status_code == 303
    assert send(house.client, USE, {"code": row.code}).status_code == 303, "once more counts once"
    other = house.person("Bo", "bo@example.org")
    assert "used as often as it could be" in send(other, USE, {"code": row.code}).text
    late = made(house, late_days=30, expires_days=5)
    clock.at += timedelta(days=6)
    assert "has expired" in send(other, USE, {"code": late.code}).text
    assert house.app.test_client().get(USE).status_code == 303


def test_a_code_of_another_edition_opens_nothing(house):
    row = made(house, late_days=30)
    with house.work() as uow:
        uow.session.get_one(AccessCode, row.id).edition_id += 0
        with pytest.raises(Refused):
            other = workshops.get_edition(uow.session, house.edition.id)
            uow.session.expunge(other)
            other.id += 1000
            codes.use(uow, other, house.author, row.code)


@pytest.mark.sqlite
def test_codes_are_not_tried_without_end(house):
    answers = [send(house.client, USE, {"code": f"WRONG{number}"}).status_code for number in range(12)]
    assert answers[:10] == [422] * 10
    assert answers[10:] == [429, 429]


@shows("Call", "Several people at once use a code no more often than it has uses")
def test_a_code_with_two_uses_is_used_twice_by_six_at_once(house, database):
    row = made(house, hide=True, late_days=30, uses=2)
    with house.work() as uow:
        people = [make_person(uow, f"Person {number}") for number in range(6)]
    outcomes, start = [], threading.Barrier(6)

    def use(person):
        start.wait()
        try:
            with unit_of_work(database, FixedClock(row.created_at), actor=person) as uow:
                edition = workshops.get_edition(uow.session, house.edition.id)
                codes.use(uow, edition, uow.session.merge(person), row.code)
            outcomes.append("opened")
        except Refused:
            outcomes.append("refused")

    threads = [threading.Thread(target=use, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["opened"] * 2 + ["refused"] * 4
    with house.work() as uow:
        assert uow.session.get_one(AccessCode, row.id).used == 2
        for table in (CodeUse, PersonalDeadline):
            assert uow.session.execute(select(func.count()).select_from(table)).scalar_one() == 2


def test_the_database_itself_refuses_a_use_too_many(house):
    row = made(house, late_days=30)
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), house.work() as uow:
        uow.session.get_one(AccessCode, row.id).used = 2


def test_what_was_given_to_an_address_is_its_owners_once_they_sign_up_and_goes_with_them(house):
    from workshop_manager.calls import service

    with house.work() as uow, acting(uow, house.owner):
        late = Deadline(uow.now + timedelta(days=30), AOE)
        service.give_time(uow, house.edition, "New@Example.org", None, None, late, person_id=None)
    with house.work() as uow:
        person = make_person(uow, "New", "new@example.org")
        service.link_address(uow, person.id, "new@example.org")
        assert len(queries.plan_of(uow.session, house.edition.id, person.id).extensions) == 1
        service.forget_person(uow, person.id)
        assert queries.plan_of(uow.session, house.edition.id, person.id).extensions == ()
