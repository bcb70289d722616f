"""The way of a visa, and a refusal: seat, money and aid in one act."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.factories import client_for, join_team, make_person
from tests.grants.factories import (
    AIR,
    LODGING,
    acting,
    make_application,
    make_committee,
    make_fund,
    make_offer,
    open_grants,
    propose,
    release,
)
from tests.registrations.factories import make_kind, make_registration
from tests.season.hands import Hands
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Person
from workshop_manager.claims import service as claims
from workshop_manager.claims.states import Way
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grantreport import queries as report
from workshop_manager.grants import attending, caps, deciding, queries, retaining, service, visa, words
from workshop_manager.grants.costs import Limit
from workshop_manager.grants.deciding import Proposal
from workshop_manager.grants.forms import digest
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import CostKind, State, Verdict, Visa
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.consequences import Step
from workshop_manager.registrations.rules import Place
from workshop_manager.registrations.states import Mode
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

Scene = tuple[Edition, Fund, Person, Person]


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    return _scene(uow)


def _scene(uow: UnitOfWork) -> Scene:
    """An accepted grant of 1,200 for the flight and 300 for a bed; data is capped at 80."""
    edition = open_grants(uow)
    fund, person, organiser = make_fund(uow, edition), make_person(uow), make_person(uow, "Teuila")
    join_team(uow, edition, organiser, Role.ORGANISER)
    with acting(uow, organiser):
        caps.save_caps(uow, edition, {"USD": [Limit(CostKind.DATA, 8_000)]}, seen=digest([]))
    make_offer(uow, edition, make_committee(uow, edition), fund, person)
    with acting(uow, person):
        service.accept(uow, edition)
    uow.actor = person
    return edition, fund, person, organiser


def _mine(uow: UnitOfWork, edition: Edition, person: Person) -> Application:
    found = queries.application_of(uow.session, edition.id, person.id, lock=True)
    assert found is not None
    return found


@shows(
    "Grants",
    "A refused visa turns seat and journey into a virtual seat and aid where a fund allows it, in one act",
)
def test_a_refusal_is_one_act(uow: UnitOfWork, scene: Scene) -> None:
    edition, fund, person, _organiser = scene
    visa.tell(uow, edition, Visa.APPOINTMENT, date(2026, 7, 1))
    after = visa.follows(uow, edition, _mine(uow, edition, person))
    assert after == visa.Following(150_000, 0, 8_000, fund.id)
    with pytest.raises(Conflict, match="changed while you read"):
        visa.refuse(uow, edition, seen=visa.Following(1, 0, 0, None))
    room, screen = make_kind(uow, edition), make_kind(uow, edition, "Virtual", mode=Mode.VIRTUAL)
    make_registration(uow, edition, room, person)
    visa.refuse(uow, edition, seen=after)
    found = _mine(uow, edition, person)
    seat = registrations.registration_of(uow.session, edition.id, person.id)
    assert seat is not None
    assert seat.kind_id == screen.id
    held = fund_rows.balances(uow.session, edition.id)[fund.id]
    assert (found.state, found.visa, found.promised) == (State.ACCEPTED, Visa.REFUSED, 8_000)
    assert (held.accepted, held.available) == (8_000, 492_000)
    assert uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "grants/visa_refused")).one()
    for again in (lambda: visa.refuse(uow, edition, seen=after), lambda: visa.tell(uow, edition, Visa.GRANTED, None)):
        with pytest.raises(Conflict, match="everything that follows is done"):
            again()


@shows("Grants", "What was paid when a visa is refused stays, until an organiser settles it")
def test_what_was_paid_stays(uow: UnitOfWork, scene: Scene) -> None:
    edition, fund, person, organiser = scene
    found = _mine(uow, edition, person)
    flight = next(line.id for line in found.lines if line.kind is AIR)
    with acting(uow, organiser):
        claims.book(uow, edition, found.id, flight, 50_000, Way.BOOKED, uow.now.date(), "LH 400")
    after = visa.follows(uow, edition, _mine(uow, edition, person))
    assert after == visa.Following(100_000, 50_000, 8_000, fund.id)
    visa.refuse(uow, edition, seen=after)
    held = fund_rows.balances(uow.session, edition.id)[fund.id]
    assert (held.accepted, held.paid) == (8_000, 50_000)


def test_what_was_paid_is_not_said_to_go_back_when_the_room_is_left(uow: UnitOfWork, scene: Scene) -> None:
    edition, _fund, person, organiser = scene
    room, _screen = make_kind(uow, edition), make_kind(uow, edition, "Virtual", mode=Mode.VIRTUAL)
    make_registration(uow, edition, room, person)
    found = _mine(uow, edition, person)
    flight = next(line.id for line in found.lines if line.kind is AIR)
    with acting(uow, organiser):
        claims.book(uow, edition, found.id, flight, 50_000, Way.BOOKED, uow.now.date(), "LH 400")
    visa.refuse(uow, edition, seen=visa.follows(uow, edition, _mine(uow, edition, person)))
    sent = [one.template for one in uow.session.scalars(select(OutboxMail))]
    assert (sent.count("grants/visa_refused"), sent.count("grants/went_virtual")) == (1, 0)
    history = queries.history_of(uow.session, found.id, organiser.id)
    assert not [entry for entry in history if entry.action == "returned"]
    assert all(words.entry_text(entry.action, entry.details) for entry in history)


@shows("Grants", "Before somebody leaves the room they read what goes back, without what was claimed or paid")
def test_what_was_paid_is_not_said_to_go_back_before_leaving_the_room(uow: UnitOfWork, scene: Scene) -> None:
    edition, _fund, person, organiser = scene
    found = _mine(uow, edition, person)
    flight = next(line.id for line in found.lines if line.kind is AIR)
    room, screen = make_kind(uow, edition), make_kind(uow, edition, "Virtual", mode=Mode.VIRTUAL)
    leaving = Step(Place(room.id), Place(screen.id), {room.id: room, screen.id: screen})
    (before,) = attending.consequences(uow, edition, person.id, leaving)
    assert words.money(150_000, "USD") in before
    with acting(uow, organiser):
        claims.book(uow, edition, found.id, flight, 50_000, Way.BOOKED, uow.now.date(), "LH 400")
    (after,) = attending.consequences(uow, edition, person.id, leaving)
    assert words.money(100_000, "USD") in after
    assert f"{words.money(50_000, 'USD')} stays" in after


def test_aid_comes_from_a_fund_that_holds_it(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    flights, beds = make_fund(uow, edition, 120_000, "Flights"), make_fund(uow, edition, 30_000, "Beds")
    person, organiser, member = make_person(uow), make_person(uow, "Teuila"), make_committee(uow, edition)
    join_team(uow, edition, organiser, Role.ORGANISER)
    with acting(uow, organiser):
        caps.save_caps(uow, edition, {"USD": [Limit(CostKind.DATA, 8_000)]}, seen=digest([]))
    made = make_application(uow, edition, person)
    given = {line.id: ((flights if line.kind is AIR else beds).id, line.asked) for line in made.lines}
    with acting(uow, member):
        deciding.propose(uow, edition, made.id, Proposal(Verdict.OFFER, given), started_from=made.seen)
    release(uow, edition, member, made)
    with acting(uow, person):
        service.accept(uow, edition)
    flight = next(line.id for line in made.lines if line.kind is AIR)
    with acting(uow, organiser):
        claims.book(uow, edition, made.id, flight, 120_000, Way.BOOKED, uow.now.date(), "LH 400")
    uow.actor = person
    after = visa.follows(uow, edition, _mine(uow, edition, person))
    assert after == visa.Following(30_000, 120_000, 8_000, beds.id)
    visa.refuse(uow, edition, seen=after)
    assert _mine(uow, edition, person).visa is Visa.REFUSED


def test_without_a_fund_for_it_there_is_no_aid(uow: UnitOfWork, scene: Scene) -> None:
    edition, fund, person, _organiser = scene
    fund.restrictions = {"kinds": [AIR.value, LODGING.value]}
    uow.session.flush()
    after = visa.follows(uow, edition, _mine(uow, edition, person))
    assert (after.aid, after.fund_id) == (0, None)
    visa.refuse(uow, edition, seen=after)
    assert _mine(uow, edition, person).state is State.DECLINED


def test_only_ones_own_and_only_while_it_matters(uow: UnitOfWork, scene: Scene) -> None:
    edition, _fund, _person, organiser = scene
    with acting(uow, organiser), pytest.raises(NotFound):
        visa.tell(uow, edition, Visa.GRANTED, None)
    with pytest.raises(Conflict, match="day of the appointment"):
        visa.tell(uow, edition, Visa.APPOINTMENT, None)
    service.decline(uow, edition)
    with pytest.raises(NotFound):
        visa.tell(uow, edition, Visa.GRANTED, None)


@shows("Grants", "How far a visa is stands beside the application; a refusal says what follows before it is done")
def test_the_pages_say_what_follows(app: Flask, work: Callable[[], AbstractContextManager[UnitOfWork]]) -> None:
    with work() as uow:
        edition, _fund, person, organiser = _scene(uow)
        number = _mine(uow, edition, person).id
        hands, desk = [Hands(client_for(app, uow, one)) for one in (person, organiser)]
    hands.open("/musiml/2026/grants/application")
    hands.follow("Say how far your visa is").press("Keep it", 422).says("Choose one.")
    hands.press("Keep it", visa="granted").says("granted")
    desk.open(f"/musiml/2026/organise/grants/applications/{number}").says("Visa granted")
    hands.follow("Say how far your visa is").press("Keep it", visa="refused")
    hands.says("1,500 USD for the journey goes back", "80 USD comes to you instead").press("Yes, it was refused")
    hands.says("refused", "80 USD")
    desk.open(desk.path).says("80 USD of virtual aid instead of the journey")


@shows("Grants", "A refusal told by mistake is taken back: a journey can be given again, nothing is taken from others")
@pytest.mark.parametrize("has_aid", [True, False])
def test_a_refusal_is_taken_back(uow: UnitOfWork, scene: Scene, has_aid: bool) -> None:
    edition, fund, person, organiser = scene
    if not has_aid:
        with acting(uow, organiser):
            caps.save_caps(uow, edition, {"USD": []}, seen=digest(queries.caps(uow.session, edition.id)))
    visa.refuse(uow, edition, seen=visa.follows(uow, edition, _mine(uow, edition, person)))
    left = fund_rows.balances(uow.session, edition.id)[fund.id].available
    with pytest.raises(Conflict):
        visa.take_back(uow, edition, Visa.REFUSED, None)
    found = visa.take_back(uow, edition, Visa.GRANTED, None)
    assert (found.visa, found.state) == (Visa.GRANTED, State.ACCEPTED if has_aid else State.WAITLISTED)
    assert fund_rows.balances(uow.session, edition.id)[fund.id].available == left
    assert uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "grants/visa_taken_back")).one()
    assert sum(minor for _application, _kind, minor in report.asked(uow.session, edition.id)) == 150_000
    with pytest.raises(NotFound):
        visa.take_back(uow, edition, Visa.GRANTED, None)


def test_a_journey_noted_before_the_refusal_is_not_released(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, person, member = make_fund(uow, edition), make_person(uow), make_committee(uow, edition)
    application = make_application(uow, edition, person)
    propose(uow, edition, member, application, fund)
    uow.actor = person
    visa.refuse(uow, edition, seen=visa.follows(uow, edition, _mine(uow, edition, person)))
    with pytest.raises(FieldConflict, match="takes part from afar") as told:
        release(uow, edition, member, _mine(uow, edition, person))
    assert told.value.field == "chosen"


@keeps("P1", "P4")
@shows("Grants", "What grantees told of their visas is sealed, and deleted some days after the event")
def test_what_was_told_is_sealed_and_deleted_in_time(uow: UnitOfWork, scene: Scene) -> None:
    edition, _fund, person, _organiser = scene
    visa.tell(uow, edition, Visa.APPOINTMENT, date(2026, 7, 1))
    stored = uow.session.execute(text("SELECT visa_told FROM grant_applications")).scalar_one()
    assert stored.startswith("gAAAA")
    (kept,) = retaining.kept(uow, edition)
    assert (kept.number, kept.days) == (1, 31)
    assert kept.remove is not None
    assert kept.remove(uow, edition) == 1
    uow.session.expire_all()
    found = _mine(uow, edition, person)
    assert (found.visa, found.visa_day, found.visa_at) == (None, None, None)
    assert retaining.kept(uow, edition)[0].number == 0


def test_the_history_says_nothing_of_a_refusal(uow: UnitOfWork, scene: Scene) -> None:
    edition, _fund, person, _organiser = scene
    visa.refuse(uow, edition, seen=visa.follows(uow, edition, _mine(uow, edition, person)))
    visa.take_back(uow, edition, Visa.GRANTED, None)
    told = uow.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert {"journey-back", "journey-again"} <= set(told)
    assert not [one for one in told if "refused" in one]
