"""What applicants tell of themselves, and what organisers ask besides."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from flask import Flask

from tests.factories import client_for, make_person, send
from tests.grants.factories import acting, content, make_application, make_committee, make_fund, open_grants
from tests.shows import shows
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.states import Stage
from workshop_manager.grants import queries, service

Work = Callable[[], AbstractContextManager[UnitOfWork]]
PUBLIC, MINE, DESK = "/musiml/2026/grants", "/musiml/2026/grants/application", "/musiml/2026/organise/grants"


@shows("Grants", "Applicants may say where they are in their career and whether they present for the first time")
def test_career_and_first_presentation_are_told_and_taken_back(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    make_fund(uow, edition)
    made = make_application(uow, edition, person, stage=Stage.STUDENT, presented_before=False)
    assert (made.stage, made.presented_before) == ("student", False)
    with acting(uow, person):
        service.save(uow, edition, content(), started_from=made.version)
    assert (made.stage, made.presented_before) == (None, None)


def test_the_committee_reads_what_was_told(app: Flask, work: Work) -> None:
    with work() as uow:
        edition = open_grants(uow)
        make_fund(uow, edition)
        number = make_application(uow, edition, stage=Stage.POSTDOC, presented_before=True).id
        member = client_for(app, uow, make_committee(uow, edition))
    text = member.get(f"{DESK}/applications/{number}").text
    assert "Postdoc" in text
    assert "has presented at such a workshop before" in text


@shows("Grants", "A draft of an application is saved while it is typed; what is handed in changes by the button only")
def test_a_draft_is_saved_while_it_is_typed(app: Flask, work: Work, clock: FixedClock) -> None:
    with work() as uow:
        edition, person = open_grants(uow), make_person(uow)
        make_fund(uow, edition)
        client = client_for(app, uow, person)
    nothing = send(client, f"{MINE}/draft", {"version": "0", "upfront": "booking"})
    assert nothing.get_json()["saved"] is False
    typed = {"version": "0", "upfront": "booking", "amount_air": "900", "statement": "So that I"}
    kept = send(client, f"{MINE}/draft", typed).get_json()
    assert (kept["saved"], kept["version"]) == (True, "1")
    stale = send(client, f"{MINE}/draft", typed | {"statement": "Something older"})
    assert stale.status_code == 409
    wrong = send(client, f"{MINE}/draft", typed | {"version": "1", "amount_air": "much"})
    assert (wrong.status_code, wrong.get_json()["saved"]) == (422, False)
    shown = client.get(MINE).text
    assert "So that I" in shown
    assert 'data-autosave="/musiml/2026/grants/application/draft"' in shown
    send(client, MINE, typed | {"version": "1", "do": "submit"})
    handed_in = send(client, f"{MINE}/draft", typed | {"version": "3", "statement": "Half a sen"})
    assert handed_in.status_code == 409
    with work() as uow:
        found = queries.application_of(uow.session, 1, person.id)
        assert found is not None
        assert found.statement == "So that I"


@shows("Grants", "What is sent after the deadline is not saved, and the page says so and still holds every word")
def test_what_comes_too_late_is_not_lost(app: Flask, work: Work, clock: FixedClock) -> None:
    with work() as uow:
        edition = open_grants(uow)
        make_fund(uow, edition)
        client = client_for(app, uow, make_person(uow))
    typed = {"version": "0", "upfront": "booking", "amount_air": "900", "statement": "Typed a minute too long"}
    clock.at += timedelta(days=12)
    late = send(client, MINE, typed | {"do": "submit"})
    assert late.status_code == 409
    assert "What you sent after it was not saved" in late.text
    assert "Typed a minute too long" in late.text
    assert send(client, f"{MINE}/draft", typed).status_code == 409
