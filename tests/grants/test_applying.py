"""What applicants tell of themselves, and what organisers ask besides."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import client_for, join_team, make_person, send
from tests.grants.factories import acting, content, make_application, make_committee, make_fund, open_grants
from tests.shows import keeps, shows
from workshop_manager.accounts.events import PersonErased
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.funds.states import Stage
from workshop_manager.grants import asking, queries, service
from workshop_manager.grants.models import GrantSettings
from workshop_manager.questions import queries as questions
from workshop_manager.questions import service as forms
from workshop_manager.questions.service import QuestionContent
from workshop_manager.questions.states import Kind, Requirement
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Role

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


def _ask(uow: UnitOfWork, edition: Edition) -> tuple[int, int]:
    """A question that has to be answered and tells who applies, and one that tells nothing."""
    tells = QuestionContent(Kind.SHORT, "Your supervisor", requirement=Requirement.ALWAYS)
    plain = QuestionContent(Kind.YES_NO, "Is this your first journey abroad?", for_reviewers=True)
    first = forms.add_question(uow, edition, asking.KEY, tells).id
    second = forms.add_question(uow, edition, asking.KEY, plain).id
    uow.session.flush()
    return first, second


@shows("Grants", "Organisers ask applicants more by the same form builder as the call; a draft may leave answers open")
def test_questions_are_answered_in_the_application(app: Flask, work: Work) -> None:
    with work() as uow:
        edition, person = open_grants(uow), make_person(uow)
        make_fund(uow, edition)
        tells, plain = _ask(uow, edition)
        client = client_for(app, uow, person)
    assert "Your supervisor" in client.get(MINE).text
    typed = {"version": "0", "upfront": "booking", "amount_air": "900", "statement": "Because", f"q{plain}": "yes"}
    refused = send(client, MINE, typed | {"do": "submit"})
    assert refused.status_code == 422
    assert f'href="#q{tells}"' in refused.text
    assert send(client, MINE, typed | {"do": "draft"}).status_code == 303
    answered = typed | {"version": "1", f"q{tells}": "Ngozi Adeyemi"}
    assert send(client, MINE, answered | {"do": "submit"}).status_code == 303
    shown = client.get(MINE).text
    assert "Ngozi Adeyemi" in shown
    with work() as uow:
        found = queries.application_of(uow.session, 1, person.id)
        assert found is not None
        assert [one.text for one in asking.read(uow, found)] == ["Ngozi Adeyemi", "Yes"]
        forms.remove_question(uow, get_edition(uow.session, 1), asking.KEY, tells)
        uow.session.flush()
        assert [one.text for one in asking.read(uow, found)] == ["Ngozi Adeyemi", "Yes"]


@keeps("A12")
@shows("Grants", "Readers without names see no answer that may tell who applies; the organisers and the export see all")
def test_blinded_readers_see_only_answers_that_tell_nothing(app: Flask, work: Work) -> None:
    with work() as uow:
        edition = open_grants(uow)
        make_fund(uow, edition)
        tells, plain = _ask(uow, edition)
        number = make_application(uow, edition, answers={tells: "Ngozi Adeyemi", plain: True}).id
        uow.session.add(GrantSettings(edition_id=edition.id, about="", deciding="", version=1, is_blind=True))
        blind = client_for(app, uow, make_committee(uow, edition))
        organiser = make_person(uow)
        join_team(uow, edition, organiser, Role.ORGANISER)
        sees = client_for(app, uow, organiser)
    for page in (f"{DESK}/applications/{number}", f"{DESK}/reading/{number}"):
        text = blind.get(page).text
        assert "Is this your first journey abroad?" in text, page
        assert "Ngozi Adeyemi" not in text, page
        assert "Your supervisor" not in text, page
        assert "Ngozi Adeyemi" in sees.get(page).text, page
    listed = sees.get(f"{DESK}.csv").text
    assert "Your supervisor" in listed
    assert "Ngozi Adeyemi" in listed


def test_answers_go_with_their_application(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    make_fund(uow, edition)
    tells, plain = _ask(uow, edition)
    with acting(uow, person):
        made = service.save(uow, edition, content(answers={plain: True}), started_from=0)
        with pytest.raises(FieldConflict) as refused:
            service.submit(uow, edition)
        assert refused.value.field == f"q{tells}"
        owner = asking.owner_of(made.id)
        service.discard(uow, edition)
    assert questions.answers_of(uow.session, owner) == {}
    kept = make_application(uow, edition, person, answers={tells: "Somebody"})
    service.on_person_erased(uow, PersonErased(person.id))
    assert asking.read(uow, kept) == []
