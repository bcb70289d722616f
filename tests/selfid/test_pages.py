"""The pages: asking, answering, deleting, and a form that is never kept elsewhere."""

import re
from typing import Any

from flask import Flask

from tests.factories import client_for, send
from tests.queries import count_queries
from tests.registrations.factories import make_registration
from tests.selfid.factories import CONTENT, House
from tests.shows import keeps, shows
from workshop_manager.core.database import Database
from workshop_manager.selfid import service
from workshop_manager.web.typed import is_secret

OWN = "/musiml/2026/self-identification"
DESK = "/musiml/2026/organise/self-identification"


@shows(
    "Registration",
    "“Prefer not to say”, skipping and own words are always there; purpose and purge date are shown when asking",
)
def test_somebody_answers_on_the_page(app: Flask, work: Any) -> None:
    with work() as uow:
        house = House(uow)
        client = client_for(app, uow, house.people[0])
    one, many = (f"selfid_{number}" for number in house.questions)
    assert OWN in client.get("/musiml/2026/registration/ticket").text
    page = client.get(OWN)
    assert page.headers["Cache-Control"] == "no-store"
    for words in (CONTENT.purpose, "15 January 2027", "I prefer not to say", "Skip this question", "in your own words"):
        assert words in page.text
    wrong = send(client, OWN, {one: "1", f"{one}_own": "both"})
    assert wrong.status_code == 422
    assert 'value="both"' in wrong.text
    assert send(client, OWN, {one: "17"}).status_code == 422
    assert send(client, OWN, {one: "1", many: ["0", "declined"]}).status_code == 422
    assert send(client, OWN, {one: "1", many: ["0", "1"]}).status_code == 303
    forms = re.findall(rf'<form[^>]*action="{OWN}[^>]*>.*?</form>', client.get(OWN).text, re.DOTALL)
    assert len(forms) == 2
    assert "once" not in "".join(forms), "a key of a form is kept with its person, and a digest of what they said"
    assert client.get(OWN).text.count("checked") == 3
    assert send(client, f"{OWN}/removal").status_code == 303
    assert "Delete my answers" not in client.get(OWN).text
    assert "nothing is kept" in send(client, OWN, {one: "", f"{one}_own": " "}, follow_redirects=True).text


def test_nothing_is_there_before_it_is_asked(app: Flask, work: Any) -> None:
    with work() as uow:
        house = House(uow)
        uow.actor = house.organiser
        service.discard(uow, house.edition)
        client = client_for(app, uow, house.people[0])
    assert client.get(OWN).status_code == 404
    assert OWN not in client.get("/musiml/2026/registration/ticket").text


@keeps("P1")
def test_what_is_typed_there_is_never_kept_for_after_signing_in(app: Flask, work: Any) -> None:
    with work() as uow:
        house = House(uow)
    assert is_secret(f"selfid_{house.questions[0]}")
    assert is_secret(f"selfid_{house.questions[0]}_own")


@shows("Registration", "Organisers word the questions, ask, stop asking and discard; they meet no single answer")
def test_organisers_ask(app: Flask, work: Any, database: Database) -> None:
    with work() as uow:
        house = House(uow, 7)
        for person in house.people:
            house.say(uow, person)
        client = client_for(app, uow, house.organiser)
    assert client.get(f"{DESK}/questions").status_code == 303, "asked questions stay"
    assert send(client, f"{DESK}/discarding").status_code == 303
    form = {
        "version": "3", "purpose": "Why", "purge_on": "2027-02-01", "questions-0-text": "Who?",
        "questions-0-options": "One\nTwo", "questions-1-text": "", "questions-1-options": "",
    }  # fmt: skip
    for wrong in (
        {"questions-1-text": "Only a question"},
        {"questions-1-options": "Only\nanswers"},
        {"questions-0-options": "A\nA"},
    ):
        assert send(client, f"{DESK}/questions", form | wrong).status_code == 422
    assert send(client, f"{DESK}/questions", form | {"version": "1"}).status_code == 409
    assert send(client, f"{DESK}/questions", form).status_code == 303
    assert send(client, f"{DESK}/questions", form | {"version": "4", "purge_on": "2020-01-01"}).status_code == 303
    assert send(client, f"{DESK}/asking").status_code == 409, "that day has passed"
    assert send(client, f"{DESK}/questions", form | {"version": "5"}).status_code == 303
    assert send(client, f"{DESK}/asking").status_code == 303
    assert send(client, f"{DESK}/asking/end").status_code == 303
    with work() as uow:
        make_registration(uow, house.edition, house.kind, house.organiser)
    with count_queries(database) as seen:
        assert "Totals appear" in client.get(DESK).text
    assert len(seen) <= 12
