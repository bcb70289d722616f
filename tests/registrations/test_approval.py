"""Kinds that need approval: asking, and an organiser's yes or no."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import details, make_kind
from tests.registrations.invariants import check
from tests.shows import shows
from workshop_manager.core.errors import NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import approval, queries, rules, service, waitlist
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.rules import Place
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.states import Role

REGISTER = "/musiml/2026/registration"
DESK = "/musiml/2026/organise/registration/requests"
ANSWER = f"{DESK}/answer"


class House:
    """An edition with two volunteers' places, to be approved, and a virtual kind."""

    def __init__(self, work: Any) -> None:
        self.work = work
        with work() as uow:
            self.edition = make_edition(uow)
            self.helper = make_kind(uow, self.edition, "Volunteer", 2, position=1, needs_approval=True)
            self.afar = make_kind(uow, self.edition, "Virtual", None, Mode.VIRTUAL, position=2)
            self.owner = make_person(uow, "Amina")
            self.people = [make_person(uow, f"Person {number}") for number in range(4)]
            join_team(uow, self.edition, self.owner, Role.OWNER)

    def ask(self, who: int, *, keep: bool = False) -> int:
        with self.work(self.people[who]) as uow:
            return service.register(uow, self.edition, self.helper.id, details(f"P{who}"), keep_virtual=keep).id

    def decide(self, *ids: int, yes: bool = True) -> approval.Decided:
        with self.work(self.owner) as uow:
            return approval.decide(uow, self.edition, ids, yes=yes, word="We need you at nine.")

    def row(self, number: int) -> Registration:
        with self.work() as uow:
            check(uow, self.edition.id)
            row = queries.registration_of(uow.session, self.edition.id, self.people[number].id)
            assert row is not None
            return row

    def mails(self) -> list[str]:
        with self.work() as uow:
            return [row.subject for row in uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id))]


@pytest.fixture
def house(work: Any) -> House:
    return House(work)


def test_asking_waits_for_a_yes_and_takes_nothing_from_what_is_held() -> None:
    ask = {"is_full": False, "needs_approval": True}
    assert rules.after_choosing(Place(), 1, **ask) == Place(asks=1)
    assert rules.after_choosing(Place(), 1, fallback=2, **ask) == Place(seat=2, asks=1)
    assert rules.after_choosing(Place(seat=2), 1, **ask) == Place(seat=2, asks=1)
    assert rules.after_choosing(Place(seat=2, line=3), 1, **ask) == Place(seat=2, asks=1)
    assert rules.after_choosing(Place(seat=1), 1, **ask) == Place(seat=1), "who holds it was approved"
    assert rules.after_choosing(Place(line=1), 1, **ask) == Place(seat=1), "who waits for it was approved"
    assert rules.after_choosing(Place(seat=2, asks=1), 2, is_full=False) == Place(seat=2)
    assert rules.after_approval(Place(seat=2, asks=1), is_full=False) == Place(seat=1)
    assert rules.after_approval(Place(seat=2, asks=1), is_full=True) == Place(seat=2, line=1)
    assert rules.after_rejection(Place(seat=2, asks=1)) == Place(seat=2)
    assert [Place(asks=1).state, Place(seat=2, asks=1).state] == [State.REQUESTED, State.REGISTERED]


@shows("Registration", "A kind can need approval: whoever asks holds no seat until an organiser says yes")
def test_a_yes_gives_a_seat_or_a_place_in_line_and_never_one_too_many(house) -> None:
    ids = [house.ask(number, keep=number == 3) for number in range(4)]
    assert [house.row(number).state for number in range(4)] == [*[State.REQUESTED] * 3, State.REGISTERED]
    with house.work() as uow:
        assert uow.session.get_one(RegistrationKind, house.helper.id).taken == 0
        assert [one.number for one in approval.foresee(uow, house.edition, ids)] == [None, None, 1, 2]
    done = house.decide(*ids)
    assert (done.seated, done.waiting, done.gone) == (2, 2, 0)
    assert house.row(2).state is State.WAITLISTED
    assert (house.row(3).kind_id, house.row(3).waits_for_id) == (house.afar.id, house.helper.id)
    assert house.decide(ids[0]).gone == 1, "once only"
    with house.work(house.people[0]) as uow:
        service.cancel(uow, house.edition)
    assert house.row(2).state is State.REGISTERED, "who was approved and waits gets the seat that comes free"
    subjects = house.mails()
    assert [s.split(":")[0] for s in subjects[4:6]] == ["Approved, you have a seat"] * 2
    assert "Approved, and you are number 1 on the waitlist" in subjects[6]


def test_a_no_leaves_what_was_held_and_says_why(house) -> None:
    alone, beside = house.ask(0), house.ask(1, keep=True)
    done = house.decide(alone, beside, yes=False)
    assert done.rejected == 2
    assert (house.row(0).state, house.row(0).needs) == (State.CANCELLED, "")
    assert (house.row(1).state, house.row(1).asks_for_id) == (State.REGISTERED, None)
    assert house.mails()[-1].startswith("Not as “Volunteer”")
    with pytest.raises(NotFound), house.work(house.people[0]) as uow:
        approval.decide(uow, house.edition, [beside], yes=True, word="")


@shows("Registration", "Requests are answered singly or several at once, with a preview and a word, by mail")
def test_an_organiser_sees_what_follows_before_answering(house, app, work) -> None:
    ids = [house.ask(number) for number in range(3)]
    with work() as uow:
        desk, mine = client_for(app, uow, house.owner), client_for(app, uow, house.people[0])
    assert "Your request is with the organisers" in mine.get(REGISTER).text
    assert "An organiser says yes or no" in mine.get(f"{REGISTER}/ticket").text
    assert mine.get(DESK).status_code == 404
    assert desk.get(DESK).text.count('name="id"') == 3
    assert desk.get("/musiml/2026/organise/registration?state=asking").text.count("Asks to take part") == 3
    assert desk.get(ANSWER).location == DESK
    chosen = "&".join(f"id={number}" for number in ids)
    shown = desk.get(f"{ANSWER}?{chosen}&answer=yes").text
    assert shown.count("Would have a seat") == 2
    assert shown.count("Would be number 1 on the waitlist") == 1
    assert send(desk, ANSWER, {"id": str(ids[2]), "answer": "no", "word": ""}).status_code == 422
    assert (
        send(desk, ANSWER, {"id": [str(one) for one in ids[:2]], "answer": "yes", "word": "Welcome."}).location == DESK
    )
    assert [house.row(number).state for number in range(3)] == [State.REGISTERED] * 2 + [State.REQUESTED]
    assert "Take my request back" not in mine.get(f"{REGISTER}/ticket").text
    other = queries.Filter(show=queries.Show.ASKING)
    with work() as uow:
        assert queries.count_list(uow.session, house.edition.id, other) == 1
        assert queries.requests(uow.session, house.edition.id + 1) == []


def test_switching_to_such_a_kind_is_asking_for_it(house) -> None:
    with house.work(house.people[0]) as uow:
        service.register(uow, house.edition, house.afar.id, details())
    with house.work(house.people[0]) as uow:
        made = waitlist.enter(uow, house.edition)
        row = queries.registration_of(uow.session, house.edition.id, house.people[0].id)
        shown = service.look_at_switch(uow, house.edition, made, row, house.helper.id)
        assert (shown.step.asks, shown.step.waits) == (True, True)
        row = service.switch(uow, house.edition, house.helper.id, seen=shown.seen)
        assert row.place == Place(seat=house.afar.id, asks=house.helper.id)


def test_no_virtual_seat_that_needs_a_yes_is_given_meanwhile(uow: Any) -> None:
    edition, person = make_edition(uow), make_person(uow)
    room = make_kind(uow, edition, "In person", 0)
    make_kind(uow, edition, "Virtual", None, Mode.VIRTUAL, position=1, needs_approval=True)
    uow.actor = person
    row = service.register(uow, edition, room.id, details(), keep_virtual=True)
    assert row.place == Place(line=room.id)


def test_who_asks_for_another_kind_by_now_is_not_answered(house, app, work) -> None:
    number = house.ask(0)
    with work() as uow:
        desk = client_for(app, uow, house.owner)
        other = make_kind(uow, house.edition, "Sponsor", needs_approval=True, position=3).id
    shown = desk.get(f"{ANSWER}?id={number}&answer=yes").text
    assert f'name="asked-{number}" value="{house.helper.id}"' in shown
    with work(house.people[0]) as uow:
        service.register(uow, house.edition, other, details())
    answer = {"id": str(number), f"asked-{number}": str(house.helper.id), "answer": "yes", "word": ""}
    assert send(desk, ANSWER, answer).status_code == 303
    assert (house.row(0).state, house.row(0).asks_for_id) == (State.REQUESTED, other)
