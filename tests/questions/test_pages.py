"""The pages on which organisers build a form."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.factories import client_for, join_team, make_edition, make_person, make_track, send
from tests.queries import count_queries
from tests.questions.factories import PURPOSE, make_question, make_statement, sheet
from tests.shows import shows
from workshop_manager.core.database import Database
from workshop_manager.questions import rules, service
from workshop_manager.questions.content import Owner
from workshop_manager.questions.states import Kind, Requirement, StatementKind
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

FORMS = "/musiml/2026/organise/forms/submission"


@pytest.fixture
def edition(work: Any) -> Edition:
    with work() as uow:
        made = make_edition(uow)
        make_track(uow, made, "1", "Any topic", "One of us is eligible.")
        make_track(uow, made, "2", "Society")
    return made


@pytest.fixture
def client(app: Flask, work: Any, edition: Edition) -> Any:
    with work() as uow:
        person = make_person(uow)
        join_team(uow, edition, person, Role.ORGANISER)
        return client_for(app, uow, person)


def test_an_empty_form_says_what_to_do(client: Any) -> None:
    page = client.get(FORMS).text
    assert "Nothing of your own is asked yet" in page
    assert all(kind in page for kind in ("Short text", "Several choices", "Yes or no", "Person"))
    assert "Nothing to try out yet" in client.get(f"{FORMS}/preview").text
    assert "One of us is eligible." in client.get(f"{FORMS}/statements").text, "what tracks ask for stands there too"


@shows("Submissions", "Organisers build a form of questions, per track, and try it out")
def test_a_question_of_every_kind_is_added_changed_and_shown(client: Any, work: Any, edition: Edition) -> None:
    for kind in Kind:
        path = f"{FORMS}/questions/new?kind={kind.value}"
        assert client.get(path).status_code == 200
        data = {"label": f"About {kind.value}", "requirement": "never", "options": "Red\nGreen\n"}
        answer = send(client, path, data)
        assert answer.status_code == 303, answer.text
    page = client.get(FORMS).text
    assert all(f"About {kind.value}" in page for kind in Kind)
    with work() as uow:
        first = sheet(uow, edition).questions[0]
        track = sheet(uow, edition)
    one = f"{FORMS}/questions/{first.id}"
    assert "About short" in client.get(one).text
    data = {
        "version": "1", "label": "Keywords", "help": "Three or so.", "section": "More", "requirement": "from",
        "required_day": "2026-10-01", "required_time": "23:59", "required_zone": "AoE",
        "frozen_day": "2026-10-06", "frozen_time": "23:59", "frozen_zone": "AoE",
    }  # fmt: skip
    assert send(client, one, data).status_code == 303
    page = client.get(FORMS).text
    assert "Required from Thu 1 October, 23:59 AoE, fixed after Tue 6 October, 23:59 AoE" in page
    stale = send(client, one, data | {"label": "Mine"})
    assert stale.status_code == 422
    assert "Somebody else saved this question" in stale.text
    assert 'value="Mine"' in stale.text
    assert len(track.questions) == len(Kind)


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("short", {"label": ""}, "Write the question."),
        ("choice", {"options": "Only one"}, "List at least two answers"),
        ("choice", {"options": "Red\nRed"}, "stands there twice"),
        ("number", {"least": "many"}, "Write a number, or nothing."),
        ("number", {"least": "3", "most": "2"}, "This lies below the other one."),
        ("date", {"earliest": "2026-06-02", "latest": "2026-06-01"}, "This lies below the other one."),
        ("short", {"requirement": "from"}, "Say from which day on"),
        ("short", {"frozen_day": "2026-06-02"}, "Say at what time"),
        ("short", {"requirement": "sometimes"}, "Not a valid choice"),
        ("long", {"word_limit": "0"}, "Write a whole number from 1 to 3000"),
    ],
)
def test_what_makes_no_sense_comes_back_with_everything_typed(
    client: Any, kind: str, data: dict[str, str], sentence: str
) -> None:
    sent = {"label": "Which?", "help": "As typed", "requirement": "never", "options": "Red\nGreen"} | data
    answer = send(client, f"{FORMS}/questions/new?kind={kind}", sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "As typed" in answer.text


def test_a_question_is_narrowed_to_tracks_and_hangs_on_another(client: Any, work: Any, edition: Edition) -> None:
    with work() as uow:
        source = make_question(uow, edition, "Is there code?", Kind.YES_NO)
        track_id = service.queries.find_form(uow.session, edition.id, PURPOSE) and 1
    assert track_id
    page = client.get(f"{FORMS}/questions/new?kind=link").text
    assert "Is there code?: Yes" in page
    value = page.split('name="in_track" type="checkbox" value="')[1].split('"')[0]
    data = {"label": "Where?", "requirement": "always", "shown_if": f"{source.id}=yes", "in_track": value}
    assert send(client, f"{FORMS}/questions/new?kind=link", data).status_code == 303
    with work() as uow:
        asked = sheet(uow, edition).questions[1]
    assert asked.scopes == {f"track:{value}"}
    assert asked.condition is not None
    assert asked.condition.values == {"yes"}
    page = client.get(FORMS).text
    assert "Only for Any topic" in page
    assert "Only if “Is there code?” is: Yes" in page


@shows("Questions", "A question can be shown if any of several answers of another was given")
def test_a_question_hangs_on_any_of_several_answers(client: Any, work: Any, edition: Edition) -> None:
    with work() as uow:
        source = make_question(uow, edition, "Which kind?", Kind.CHOICE, options=("Data", "Model", "Survey"))
        other = make_question(uow, edition, "Is there code?", Kind.YES_NO)
        first, second, _third = sheet(uow, edition).questions[0].options
    one = f"{source.id}={first}"
    data = {"label": "Where?", "requirement": "always", "shown_if": [one, f"{source.id}={second}"]}
    both = send(client, f"{FORMS}/questions/new?kind=link", data | {"shown_if": [one, f"{other.id}=yes"]})
    assert both.status_code == 422
    assert "Tick answers of one question only" in both.text
    assert send(client, f"{FORMS}/questions/new?kind=link", data).status_code == 303
    with work() as uow:
        hanging = sheet(uow, edition).questions[2]
        asked = sheet(uow, edition).questions
    assert hanging.condition is not None
    assert hanging.condition.values == {first, second}
    shown = [rules.shown(asked, {source.id: key}, frozenset()) for key in asked[0].options]
    assert [hanging in found for found in shown] == [True, True, False]
    page = client.get(FORMS).text
    assert "Only if “Which kind?” is: Data or Model" in page
    edit = f"{FORMS}/questions/{hanging.id}"
    boxes = BeautifulSoup(client.get(edit).text, "html.parser").find_all("input", {"name": "shown_if", "checked": True})
    assert [box["value"] for box in boxes] == data["shown_if"], "saving again keeps both"


def test_questions_move_are_archived_and_brought_back(client: Any, work: Any, edition: Edition) -> None:
    with work() as uow:
        rows = [make_question(uow, edition, label) for label in ("First", "Second")]
        service.save_answers(uow, Owner("submission", 1), sheet(uow, edition), {rows[0].id: "said"}, ())
    place = f"{FORMS}/questions/{rows[1].id}/place"
    assert send(client, place, {"to": "up"}).headers["Location"].endswith(f"#question-{rows[1].id}")
    with work() as uow:
        assert [asked.label for asked in sheet(uow, edition).questions] == ["Second", "First"]
    send(client, f"{FORMS}/questions/{rows[0].id}/removal")
    page = client.get(FORMS).text
    assert "archived" in page
    assert "Ask again" in page
    send(client, f"{FORMS}/questions/{rows[1].id}/removal")
    assert "Second" not in client.get(FORMS).text.split("flash")[0]
    send(client, f"{FORMS}/questions/{rows[0].id}/return")
    with work() as uow:
        assert [asked.label for asked in sheet(uow, edition).questions] == ["First"]


@shows(
    "Submissions",
    "Attestations of eligibility, dual submission, non-archival, licence and conduct are built by organisers",
)
def test_statements_of_every_kind_are_added_and_reworded(client: Any, work: Any, edition: Edition) -> None:
    for kind in (one for one in StatementKind if one is not StatementKind.PHOTOS):
        page = client.get(f"{FORMS}/statements/new?kind={kind.value}").text
        assert f'value="{kind.value}"' in page
        data = {"kind": kind.value, "text": f"We state {kind.value}.", "is_required": "y"}
        assert send(client, f"{FORMS}/statements/new", data).status_code == 303
    assert send(client, f"{FORMS}/statements/new", {"kind": "licence", "text": ""}).status_code == 422
    with work() as uow:
        told = sheet(uow, edition).statements[0]
        service.save_statements(uow, Owner("submission", 1), sheet(uow, edition).statements, {told.id: True}, ())
    one = f"{FORMS}/statements/{told.id}"
    data = {"version": "1", "kind": told.kind.value, "text": "Reworded."}
    assert send(client, one, data).status_code == 303
    page = client.get(one).text
    assert "Earlier wordings" in page
    assert "We state eligible_presenter." in page
    assert send(client, one, data | {"text": "Again"}).status_code == 422
    assert send(client, f"{one}/place", {"to": "down"}).status_code == 303
    assert "archived" in send(client, f"{one}/removal", follow_redirects=True).text


@shows("Submissions", "A preview of the form shows and hides questions by track and answers")
def test_a_preview_without_javascript_shows_what_hangs_on_answers(client: Any, work: Any, edition: Edition) -> None:
    with work() as uow:
        source = make_question(uow, edition, "Is there code?", Kind.YES_NO)
        hanging = make_question(
            uow, edition, "Where?", Kind.LINK, shown_if_id=source.id, shown_if_values=frozenset({"yes"}),
            requirement=Requirement.ALWAYS,
        )  # fmt: skip
        make_question(uow, edition, "A supplement", Kind.FILE)
        make_statement(uow, edition)
    page = client.get(f"{FORMS}/preview").text
    assert _is_hidden(page, hanging.id)
    page = client.get(f"{FORMS}/preview?try=1&q{source.id}=yes").text
    assert not _is_hidden(page, hanging.id)
    assert "2 things would be missing" in page
    assert "A supplement" in page


def _is_hidden(page: str, question_id: int) -> bool:
    return " hidden" in page.split(f'data-asked="q{question_id}"')[1].split(">")[0]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.PROGRAMME_CHAIR, Role.FRONT_DESK])
def test_only_organisers_build_forms(app: Flask, work: Any, edition: Edition, role: Role) -> None:
    with work() as uow:
        person = make_person(uow)
        join_team(uow, edition, person, role)
        row = make_question(uow, edition)
        other = client_for(app, uow, person)
    for path in (FORMS, f"{FORMS}/preview", f"{FORMS}/statements", f"{FORMS}/questions/{row.id}"):
        assert other.get(path).status_code == 404
    assert send(other, f"{FORMS}/questions/new", {"label": "Mine", "requirement": "never"}).status_code == 404


def test_another_editions_question_and_an_unknown_form_do_not_exist(client: Any, work: Any) -> None:
    with work() as uow:
        other = make_edition(uow, slug="2027")
        row = make_question(uow, other)
        told = make_statement(uow, other)
    assert client.get(f"{FORMS}/questions/{row.id}").status_code == 404
    assert client.get(f"{FORMS}/statements/{told.id}").status_code == 404
    assert client.get("/musiml/2026/organise/forms/nothing").status_code == 404
    assert client.get(f"{FORMS}/questions/new?kind=riddle").status_code == 404


def test_a_long_form_costs_no_more_queries_than_a_short_one(
    client: Any, work: Any, edition: Edition, database: Database
) -> None:
    def cost(path: str) -> int:
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    with work() as uow:
        make_question(uow, edition)
        make_statement(uow, edition)
    short = [cost(path) for path in (FORMS, f"{FORMS}/preview", f"{FORMS}/statements")]
    with work() as uow:
        for number in range(40):
            make_question(uow, edition, f"Question {number}")
        for number in range(15):
            make_statement(uow, edition, f"Statement {number}")
    assert [cost(path) for path in (FORMS, f"{FORMS}/preview", f"{FORMS}/statements")] == short
    assert max(short) <= 12
