"""Registering without an account: nothing is held before the address is proven, nobody learns who has an account."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select, text

from tests.factories import client_for, make_edition, make_person, send
from tests.registrations.factories import make_kind, make_registration
from tests.registrations.invariants import check, line
from tests.shows import shows
from workshop_manager.accounts.models import Person
from workshop_manager.handover import rules, service, visiting
from workshop_manager.handover.models import VisitorRegistration
from workshop_manager.mail.models import OutboxMail
from workshop_manager.questions import service as forms
from workshop_manager.questions.service import QuestionContent
from workshop_manager.questions.states import Kind, Requirement
from workshop_manager.registrations import asking, queries
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import Mode, State

REGISTER = "/musiml/2026/registration"
FORM = f"{REGISTER}/visitor"


class House:
    """One seat in the room, with a question for those there."""

    def __init__(self, app: Any, work: Any) -> None:
        self.app, self.work = app, work
        with work() as uow:
            self.edition = make_edition(uow)
            self.room = make_kind(uow, self.edition, capacity=1, position=1)
            self.afar = make_kind(uow, self.edition, "Virtual", mode=Mode.VIRTUAL, position=2)
            content = QuestionContent(
                Kind.SHORT, "Size", requirement=Requirement.ALWAYS, scopes=frozenset({f"kind:{self.room.id}"})
            )
            owner = make_person(uow, is_administrator=True)
            uow.actor = owner
            self.size = forms.add_question(uow, self.edition, asking.KEY, content).id
        self.visitor = app.test_client()

    def typed(self, email: str = "nur@example.org", **more: str) -> dict[str, str]:
        said = {
            "email": email,
            "version": "0",
            "kind": str(self.room.id),
            "badge_name": "Nur Haddad",
            "listing": "full",
        }
        return said | {"conduct": "y", "diet": "halal", "needs": "a ramp", f"q{self.size}": "XL"} | more

    def ask(self, email: str = "nur@example.org", **more: str) -> Any:
        return send(self.visitor, FORM, self.typed(email, **more))

    def link(self) -> str:
        with self.work() as uow:
            mail = uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
            assert mail.is_secret
            return str(re.search(r"(/seats/confirmation/[\w-]+)", mail.text_body)[1])

    def row(self, email: str = "nur@example.org") -> Registration | None:
        with self.work() as uow:
            person = uow.session.scalars(select(Person).where(Person.email == email)).one_or_none()
            return queries.registration_of(uow.session, self.edition.id, person.id) if person else None

    def count(self, model: Any) -> int:
        with self.work() as uow:
            return int(uow.session.execute(select(func.count()).select_from(model)).scalar_one())


@pytest.fixture
def house(app: Any, work: Any) -> House:
    return House(app, work)


@shows("Registration", "A visitor registers without an account, and a link in a mail confirms it")
@shows(
    "Registration", "An address that is not proven holds no seat; what was typed is encrypted, and deleted after a day"
)
def test_a_visitor_registers_by_a_link(house: House) -> None:
    assert FORM in house.visitor.get(REGISTER).text
    assert house.ask(badge_name="").status_code == 422
    assert house.ask(**{f"q{house.size}": ""}).status_code == 422
    assert house.ask(email="nobody").status_code == 422
    assert house.count(VisitorRegistration) == 0
    answer = house.ask()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{FORM}/sent")
    assert "You are not registered yet" in house.visitor.get(f"{FORM}/sent").text
    with house.work() as uow:
        assert uow.session.get_one(RegistrationKind, house.room.id).taken == 0
        stored = " ".join(map(str, uow.session.execute(text("SELECT * FROM visitor_registrations")).one()))
        # Three letters turn up in sealed bytes by chance.
        assert not any(word in stored for word in ("Nur Haddad", "halal", "a ramp"))
        mail = uow.session.scalars(select(OutboxMail)).one()
        assert "Nur Haddad" not in mail.text_body, "what a stranger typed stands in no mail"
    phone, link = house.app.test_client(), house.link()
    assert "Confirm my registration" in phone.get(link).text
    assert (house.row(), house.count(VisitorRegistration)) == (None, 1)
    done = send(phone, link, {})
    assert (done.status_code, done.headers["Location"]) == (303, f"{REGISTER}/ticket")
    row = house.row()
    assert row is not None
    assert (row.state, row.badge_name, row.diet, row.needs) == (State.REGISTERED, "Nur Haddad", ["halal"], "a ramp")
    assert "XL" in phone.get(f"{REGISTER}/ticket").text
    assert phone.get(link).status_code == 404
    assert house.count(VisitorRegistration) == 0


@shows("Registration", "No page and no mail tells a visitor whether an address has an account")
def test_an_address_with_an_account_answers_alike_and_its_owner_signs_in(house: House) -> None:
    with house.work() as uow:
        owner = make_person(uow, "Owner", email="owner@example.org")
        browser, other = client_for(house.app, uow, owner), house.app.test_client()
    answers, texts = [], []
    for email in ("owner@example.org", "fresh@example.org"):
        answers.append(house.ask(email))
        with house.work() as uow:
            mail = uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
            texts.append(re.sub(r"confirmation/[\w-]+", "", mail.text_body.replace(email, "")))
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert texts[0] == texts[1]
    house.ask("owner@example.org")
    link = house.link()
    assert "Sign in and confirm" in other.get(link).text
    assert "/sign-in?next=" in send(other, link, {}).headers["Location"]
    assert house.row("owner@example.org") is None
    assert send(browser, link, {}).status_code == 303
    row = house.row("owner@example.org")
    assert row is not None
    assert row.state is State.REGISTERED
    house.ask("owner@example.org", kind=str(house.afar.id))
    assert "You are registered already" in browser.get(house.link()).text
    assert send(browser, house.link(), {}).status_code == 409


def test_the_last_seat_goes_to_whoever_confirms_first(house: House) -> None:
    house.ask("one@example.org")
    first = house.link()
    house.ask("two@example.org")
    second = house.link()
    assert send(house.app.test_client(), second, {}).status_code == 303
    late = house.app.test_client()
    assert send(late, first, {}).status_code == 303
    assert "number 1" in late.get(f"{REGISTER}/ticket").text
    with house.work() as uow:
        check(uow, house.edition.id)
        assert len(line(uow, house.room.id)) == 1


def test_a_refusal_at_the_link_makes_no_account_and_keeps_the_link(house: House) -> None:
    house.ask()
    with house.work() as uow:
        room = uow.session.get_one(RegistrationKind, house.room.id)
        room.line_places = 0
        make_registration(uow, house.edition, room, make_person(uow))
    people, phone = house.count(Person), house.app.test_client()
    answer = send(phone, house.link(), {})
    assert answer.status_code == 409
    assert "there is no waitlist" in BeautifulSoup(answer.text, "html.parser").text
    assert house.count(Person) == people
    assert phone.get(house.link()).status_code == 200


def test_what_nobody_confirms_is_deleted(house: House, app: Any, database: Any, clock: Any) -> None:
    house.ask()
    link = house.link()
    clock.at += rules.PROOF_LASTS + timedelta(seconds=1)
    assert house.visitor.get(link).status_code == 404
    with app.app_context():
        service.return_unclaimed(database, clock)
    assert house.count(VisitorRegistration) == 0


def test_whoever_is_signed_in_or_too_late_is_led_to_the_page(house: House, clock: Any) -> None:
    with house.work() as uow:
        browser = client_for(house.app, uow, make_person(uow))
    assert browser.get(FORM).headers["Location"] == REGISTER
    clock.at = house.edition.ends_at + timedelta(days=1)
    assert house.visitor.get(FORM).headers["Location"] == REGISTER


def test_an_address_that_was_written_to_too_often_gets_no_more(house: House) -> None:
    with house.work() as uow:
        details = visiting.details_of(visiting._written(visiting.Details("Nur Haddad", answers={house.size: "L"})))
        assert details.answers == {house.size: "L"}
        visiting.begin(
            uow, house.edition, "a@example.org", house.room.id, details, keep_virtual=False, is_quiet=True
        )  # fmt: skip
    assert house.count(VisitorRegistration) == house.count(OutboxMail) == 0
