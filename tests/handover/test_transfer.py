"""Seats that are passed on, and guests."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import details, make_kind, make_registration
from tests.registrations.invariants import check
from tests.registrations.test_pages import REGISTER, TICKET, House, _main
from tests.shows import shows
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.handover import rules, service
from workshop_manager.handover.models import SeatClaim
from workshop_manager.handover.rules import Refusal
from workshop_manager.handover.states import Answer
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import bringing, queries, segments
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations.models import Registration, RegistrationKind, RegistrationSettings, SeatReserve
from workshop_manager.registrations.states import Group, Mode, State
from workshop_manager.workshops.service import Taken
from workshop_manager.workshops.states import Role

TRANSFER, GUESTS = f"{REGISTER}/transfer", f"{REGISTER}/guests"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None), ({"has_seat": False}, Refusal.NO_SEAT), ({"hours": 0}, None), ({"hours": -1}, Refusal.OVER),
        ({"starts": 0}, Refusal.OVER), ({"needs_approval": True}, Refusal.APPROVAL),
        ({"needs_approval": True, "allowed": True}, None), ({"has_arrived": True}, Refusal.ARRIVED),
    ],
)  # fmt: skip
def test_a_seat_is_passed_on_until_its_date(values: dict[str, Any], expected: Refusal | None) -> None:
    hours, starts = values.pop("hours", None), values.pop("starts", 5)
    asked = {"has_seat": True, "needs_approval": False, "allowed": False} | values
    until = None if hours is None else Deadline(NOW + timedelta(hours=hours), AOE)
    assert rules.refusal(until=until, starts_at=NOW + timedelta(hours=starts), now=NOW, **asked) is expected


def _token(uow: Any) -> str:
    mail = uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail.is_secret, "whoever holds the link takes the seat"
    text = mail.text_body
    return str(re.search(r"/seats/([\w-]+)", text)[1])


def _row(uow: Any, edition: Any, person: Any) -> Registration | None:
    return queries.registration_of(uow.session, edition.id, person.id)


@pytest.fixture
def hall(uow: Any) -> Any:
    """A room of one seat that the giver holds, with somebody who waits behind."""

    class Made:
        edition = make_edition(uow)
        room = make_kind(uow, edition, "In person", 1)
        afar = make_kind(uow, edition, "Virtual", None, Mode.VIRTUAL, position=1)
        giver, colleague, behind = (make_person(uow, name) for name in ("Giver", "Colleague", "Behind"))

    make_registration(uow, Made.edition, Made.room, Made.giver, needs="A ramp")
    make_registration(uow, Made.edition, Made.room, Made.behind, State.WAITLISTED)
    return Made


def _ask(uow: Any, hall: Any) -> str:
    uow.actor = hall.giver
    service.ask(uow, hall.edition, "somebody@example.org")
    return _token(uow)


def test_an_answer_that_never_came_leaves_room_for_the_next_question(uow: Any, hall: Any, clock: Any) -> None:
    _ask(uow, hall)
    with pytest.raises(Conflict):
        _ask(uow, hall)
    claim = uow.session.scalars(select(SeatClaim)).one()
    claim.expires_at = uow.now - timedelta(seconds=1)
    _ask(uow, hall)
    assert claim.answer is Answer.ENDED


def test_who_was_checked_in_passes_nothing_on(uow: Any, hall: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = _ask(uow, hall)
    is_giver = Registration.person_id == hall.giver.id
    monkeypatch.setitem(segments._marks, "arrived", segments.Mark(str, lambda _edition_id: is_giver))
    with pytest.raises(NotFound):
        service.find_open(uow, token)
    with pytest.raises(Conflict, match="checked in"):
        _ask(uow, hall)


def test_who_is_checked_in_while_a_colleague_says_yes_keeps_the_seat(
    uow: Any, hall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, find = _ask(uow, hall), queries.find

    def found(*asked: Any, **how: Any) -> Any:
        monkeypatch.setitem(segments._marks, "arrived", segments.Mark(str, lambda _: Registration.id > 0))
        return find(*asked, **how)

    monkeypatch.setattr(queries, "find", found)
    uow.actor = hall.colleague
    with pytest.raises(NotFound):
        service.take(uow, token, "Coll", 1)
    assert _row(uow, hall.edition, hall.giver).state is State.REGISTERED


@shows("Registration", "A seat is passed on to a colleague by mail; never free in between, and the old ticket dies")
def test_a_colleague_takes_the_seat_past_everybody_who_waits(uow: Any, hall: Any) -> None:
    code = _row(uow, hall.edition, hall.giver).ticket_code
    token = _ask(uow, hall)
    assert _row(uow, hall.edition, hall.giver).state is State.REGISTERED
    with pytest.raises(Conflict):
        service.ask(uow, hall.edition, "another@example.org")
    uow.actor = hall.colleague
    service.take(uow, token, "Coll", 1)
    mine, theirs = _row(uow, hall.edition, hall.colleague), _row(uow, hall.edition, hall.giver)
    assert (mine.state, mine.badge_name, mine.kind_id) == (State.REGISTERED, "Coll", hall.room.id)
    assert (theirs.state, theirs.needs) == (State.CANCELLED, "")
    assert code not in (mine.ticket_code, theirs.ticket_code)
    assert _row(uow, hall.edition, hall.behind).state is State.WAITLISTED
    claim = uow.session.scalars(select(SeatClaim)).one()
    assert (claim.answer, claim.email) == (Answer.TAKEN, None)
    with pytest.raises(NotFound):
        service.take(uow, token, "Coll", 1)
    mails = set(uow.session.scalars(select(OutboxMail.template)))
    assert mails == {"handover/asked", "handover/passed_on", "registrations/registered"}
    check(uow, hall.edition.id)


def test_whoever_takes_a_seat_hands_their_own_on(uow: Any, hall: Any) -> None:
    make_registration(uow, hall.edition, hall.afar, hall.colleague)
    token = _ask(uow, hall)
    uow.actor = hall.colleague
    assert service.take(uow, token, "Coll", 1).kind_id == hall.room.id
    check(uow, hall.edition.id)


@shows("Registration", "A place on a waitlist is not passed on, and a kept seat only goes to a member of its group")
def test_what_is_not_passed_on(uow: Any, hall: Any) -> None:
    uow.actor = hall.behind
    with pytest.raises(Conflict, match="a place on a waitlist stays with you"):
        service.ask(uow, hall.edition, "somebody@example.org")
    join_team(uow, hall.edition, hall.giver, Role.ORGANISER)
    uow.session.add(
        SeatReserve(edition_id=hall.edition.id, kind_id=hall.room.id, whom=Group.TEAM, seats=1,
                    at=uow.now + timedelta(days=2), zone=AOE)
    )  # fmt: skip
    uow.session.flush()
    token = _ask(uow, hall)
    uow.actor = hall.colleague
    with pytest.raises(Conflict, match="kept for the team"):
        service.take(uow, token, "Coll", 1)
    uow.actor = hall.giver
    with pytest.raises(Conflict, match="already"):
        service.take(uow, token, "Me", 1)


def test_an_offer_of_a_seat_ends_when_it_is_taken_back_refused_or_late(uow: Any, hall: Any, clock: Any) -> None:
    token = _ask(uow, hall)
    service.take_back(uow, hall.edition)
    with pytest.raises(NotFound):
        service.find_open(uow, token)
    token = _ask(uow, hall)
    uow.actor = None
    service.refuse(uow, token)
    assert _row(uow, hall.edition, hall.giver).state is State.REGISTERED
    with pytest.raises(NotFound):
        service.refuse(uow, token)
    token = _ask(uow, hall)
    registrations.cancel(uow, hall.edition)
    with pytest.raises(NotFound):
        service.find_open(uow, token)
    uow.actor = hall.behind
    with pytest.raises(Taken, match="your own address"):
        service.ask(uow, hall.edition, hall.behind.email)


@pytest.mark.sqlite
@pytest.mark.parametrize("what", ["rejoined", "switched", "closed", "approval"])
def test_a_link_opens_no_seat_but_the_one_it_was_about(uow: Any, hall: Any, what: str) -> None:
    token, kind = _ask(uow, hall), uow.session.get_one(RegistrationKind, hall.room.id)
    if what == "switched":
        registrations.register(uow, hall.edition, hall.afar.id, details())
    elif what == "rejoined":
        registrations.cancel(uow, hall.edition)
        registrations.register(uow, hall.edition, hall.afar.id, details())
    elif what == "approval":
        kind.needs_approval = True
    else:
        day = NOW - timedelta(hours=1)
        uow.session.add(RegistrationSettings(edition_id=hall.edition.id, transfer_at=day, transfer_zone="UTC"))
    uow.session.flush()
    uow.actor = hall.colleague
    with pytest.raises(NotFound):
        service.take(uow, token, "Coll", 1)


def test_guests_leave_with_their_host_also_where_nobody_new_may_bring_any(uow: Any) -> None:
    edition, host = make_edition(uow), make_person(uow)
    room = make_kind(uow, edition, "In person", 2, guests=1)
    make_kind(uow, edition, "Virtual", None, Mode.VIRTUAL, position=1)
    make_registration(uow, edition, room, host)
    uow.actor = host
    bringing.bring(uow, edition, "Child")
    uow.session.get_one(RegistrationKind, room.id).guests = 0
    registrations.cancel(uow, edition)
    assert uow.session.get_one(RegistrationKind, room.id).taken == 0
    check(uow, edition.id)


def test_no_guest_takes_a_seat_of_a_kind_that_is_closed(uow: Any) -> None:
    edition, host = make_edition(uow), make_person(uow)
    room = make_kind(uow, edition, guests=1, closes_at=NOW - timedelta(hours=1), closes_zone="UTC")
    make_kind(uow, edition, "Virtual", None, Mode.VIRTUAL, position=1)
    make_registration(uow, edition, room, host)
    uow.actor = host
    with pytest.raises(Conflict):
        bringing.bring(uow, edition, "Child")


def test_seats_of_kinds_that_need_approval_are_passed_on_where_organisers_allow_it(uow: Any, hall: Any) -> None:
    hall.room.needs_approval = True
    uow.session.flush()
    uow.actor = hall.giver
    with pytest.raises(Conflict, match="say yes to each person"):
        service.ask(uow, hall.edition, "somebody@example.org")
    uow.session.add(RegistrationSettings(edition_id=hall.edition.id, note="", transfer_approved=True))
    uow.session.flush()
    assert _ask(uow, hall)


@shows("Registration", "A kind may allow guests: each takes a seat, has a badge of their own, and goes with the host")
def test_guests_take_seats_and_go_with_their_host(uow: Any) -> None:
    edition, owner, host = make_edition(uow), make_person(uow, "Owner"), make_person(uow, "Host")
    join_team(uow, edition, owner, Role.OWNER)
    room = make_kind(uow, edition, "In person", 3)
    afar = make_kind(uow, edition, "Virtual", None, Mode.VIRTUAL, position=1)
    make_registration(uow, edition, room, host)
    uow.actor = host
    with pytest.raises(Conflict):
        bringing.bring(uow, edition, "Child")
    uow.actor = owner
    bringing.allow(uow, edition, room.id, 2, None)
    uow.actor = host
    child = bringing.bring(uow, edition, "Child")
    bringing.bring(uow, edition, "Carer")
    with pytest.raises(Conflict, match="2 guests"):
        bringing.bring(uow, edition, "Third")
    waiting = make_registration(uow, edition, room, make_person(uow, "Waits"), State.WAITLISTED)
    bringing.leave_at_home(uow, edition, child.id)
    uow.session.refresh(waiting)
    assert (waiting.state, child.state, child.badge_name) == (State.REGISTERED, State.CANCELLED, "")
    with pytest.raises(Conflict, match="All places are taken"):
        bringing.bring(uow, edition, "Child")
    registrations.register(uow, edition, afar.id, registrations.Details("Host"))
    assert queries.guests_of(uow.session, _row(uow, edition, host).id) == []
    check(uow, edition.id)


@pytest.fixture
def house(app: Any, work: Any) -> House:
    made = House(app, work)
    made.registered(made.person)
    with work(made.owner) as uow:
        bringing.allow(uow, made.edition, made.room.id, 1, made.afar.id)
    return made


@pytest.mark.sqlite
def test_the_pages_of_passing_a_seat_on(house: House) -> None:
    ticket = house.client.get(TICKET).text
    assert TRANSFER in ticket
    assert GUESTS in ticket
    assert send(house.client, GUESTS, {"name": "Child"}).location == GUESTS
    text = _main(house.client.get(TRANSFER))
    assert "Your seat (In person) is theirs at once" in text
    assert "gives their seat back: Child" in text
    assert send(house.client, TRANSFER, {"email": "nobody"}).status_code == 422
    assert send(house.client, TRANSFER, {"email": "colleague@example.org"}).location == TRANSFER
    assert "colleague@example.org" in house.client.get(TRANSFER).text
    with house.work() as uow:
        path = f"/seats/{_token(uow)}"
        colleague = client_for(house.app, uow, make_person(uow, "Colleague"))
    visitor = house.app.test_client()
    assert "Sign in and take it" in _main(visitor.get(path))
    assert send(visitor, path, {"do": "take"}).location.startswith("/sign-in")
    assert "Nur Aisyah would like to pass a seat" in _main(colleague.get(path))
    typed = {"do": "take", "badge_name": "Coll", "conduct_version": "1", "conduct": "y"}
    assert send(colleague, path, typed).location == TICKET
    assert "Coll" in colleague.get(TICKET).text
    assert house.row().state is State.CANCELLED
    assert colleague.get(path).status_code == visitor.get("/seats/wrong").status_code == 404
