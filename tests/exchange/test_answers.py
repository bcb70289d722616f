"""Columns that answer the questions of the form: recognised by wording, mapped by hand, held to the same rules."""

from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from tests.exchange.test_import import IMPORT, counts, works
from tests.factories import send
from tests.shows import shows
from tests.submissions.factories import post_form
from workshop_manager.exchange.answers import answer_of, recognised
from workshop_manager.exchange.files import content_of
from workshop_manager.exchange.service import Refused, bring_in
from workshop_manager.exchange.states import DateOrder
from workshop_manager.questions import queries, service
from workshop_manager.questions.content import Asked, Owner
from workshop_manager.questions.models import Answer
from workshop_manager.questions.service import QuestionContent
from workshop_manager.questions.states import Kind, Requirement

ZONE = ZoneInfo("Africa/Accra")
OPTIONS = {"a": "Speech", "b": "Text, and more text", "c": "Text"}
READ = (
    (Kind.SHORT, "  two\nlines ", "two lines"),
    (Kind.NUMBER, "2,5", 2.5),
    (Kind.NUMBER, "7", 7),
    (Kind.NUMBER, "many", "many"),
    (Kind.DATE, "13/05/2026", "2026-05-13"),
    (Kind.DATE, "soon", "soon"),
    (Kind.CHOICE, "speech", "a"),
    (Kind.CHOICE, "Music", "Music"),
    (Kind.MANY, "Speech, Text, and more text", ["a", "b"]),
    (Kind.MANY, "Text;Speech;;Text", ["c", "a"]),
    (Kind.MANY, "Text, Music", ["c", "Music"]),
    (Kind.YES_NO, "Yes", True),
    (Kind.YES_NO, "non", False),
    (Kind.YES_NO, "", None),
    (Kind.PERSON, "Ada King <ada@king.example>", {"name": "Ada King", "email": "ada@king.example", "affiliation": ""}),
)


@pytest.mark.parametrize(("kind", "cell", "value"), READ, ids=[f"{kind.value}-{cell}" for kind, cell, _value in READ])
def test_a_cell_is_read_as_its_question_keeps_answers(kind, cell, value):
    assert answer_of(Asked(1, kind, "Which?", options=OPTIONS), cell, ZONE, DateOrder.DAY_FIRST) == value


def test_columns_answer_the_question_they_are_worded_like():
    questions = (Asked(1, Kind.SHORT, "Which language(s)?"), Asked(2, Kind.SHORT, "Why?"))
    assert recognised(["which languages", "Which language(s)?*", "WHY", "Why?"], questions) == {
        "Which language(s)?*": 1,
        "WHY": 2,
    }


FORM = """Timestamp,Email Address,Title of the work,Abstract,What is it about?,Code
13/05/2026 10:22:33,{sender},Tokens,Subwords cost.,"Speech, Text, and more text",https://code.example/a
14/05/2026 23:01:00,ada@king.example,Engine,It weaves.,Text,
"""


@pytest.fixture
def asked(season, uow):
    """A form that asks what a work is about, for its code, and who helped."""
    before, uow.actor = uow.actor, season.owner
    about = QuestionContent(Kind.MANY, "What is it about?", options=tuple(OPTIONS.values()), most=2)
    made = [
        service.add_question(uow, season.edition, "submission", one).id
        for one in (
            about,
            QuestionContent(Kind.LINK, "A link to your code"),
            QuestionContent(Kind.SHORT, "Who helped?", requirement=Requirement.ALWAYS),
        )
    ]
    uow.actor = before
    return made


def answers(uow, work):
    return queries.answers_of(uow.session, Owner("submission", work.id))


@shows(
    "Import",
    "Answers to the organisers' own questions come in by the questions' wording, or as somebody maps them, held to the"
    " questions' rules with every problem named by row; a repeated import changes none",
)
@shows("Import", "Whoever filled in a Google form with an account's address owns the submission")
def test_answers_come_in_once_and_are_held_to_their_questions(season, asked, uow):
    content = content_of(FORM.format(sender=season.rania.email.upper()).encode())
    plan = bring_in(uow, season.edition, None, content, {})
    assert counts(plan) == [2, 0, 0, 0]
    assert [one.values["question"] for one in plan.remarks if "question" in one.values] == ["Who helped?"]
    first, second = works(uow)
    assert (first.submitter_id, second.submitter_id) == (season.rania.id, None)
    about = uow.session.scalars(select(Answer).where(Answer.owner_id == first.id)).one()
    assert len(about.value) == 2
    assert len(answers(uow, second)[asked[0]]) == 1
    assert counts(bring_in(uow, season.edition, None, content, {})) == [0, 0, 2, 0]
    mapped = {
        "source": "google",
        "sort": "submissions",
        "mapping": {
            "Timestamp": "submitted", "Email Address": "contact_email", "Title of the work": "title",
            "Abstract": "abstract", "What is it about?": f"q{asked[0]}", "Code": f"q{asked[1]}",
        },
    }  # fmt: skip
    again = bring_in(uow, season.edition, None, content, mapped)
    assert [(one.what, one.fields) for one in again.steps] == [("changed", (f"answer:{asked[1]}",)), ("same", ())]
    assert answers(uow, first)[asked[1]] == "https://code.example/a"
    assert len(answers(uow, first)[asked[0]]) == 2
    assert counts(bring_in(uow, season.edition, None, content, mapped)) == [0, 0, 2, 0]
    wrong = FORM.format(sender="x@y.example").replace("Engine,It weaves.,Text,", "Engine,It weaves.,Music,no link")
    with pytest.raises(Refused) as refused:
        bring_in(uow, season.edition, None, content_of(wrong.encode()), mapped)
    assert [(one.line, one.values["said"]) for one in refused.value.problems] == [(3, "Music"), (3, "no link")]


@shows(
    "Import", "Times without a zone are read in the zone that one names; more rows than a page has time for are refused"
)
def test_the_page_offers_questions_and_a_zone_and_bounds_its_rows(house, monkeypatch):
    with house.work(house.owner) as uow:
        question = service.add_question(uow, house.edition, "submission", QuestionContent(Kind.LINK, "Code")).id
    client = house.chair_client
    name = "form.csv"
    body = FORM.format(sender="a@b.example").encode()
    sent = post_form(client, IMPORT, {"file": (BytesIO(body), name)})
    look = sent.headers["Location"]
    page = BeautifulSoup(client.get(look).text, "html.parser")
    assert page.select_one("#map-5 option[selected]")["value"] == f"q{question}"
    assert page.select_one("#zone")["value"] == house.edition.time_zone
    said = {
        one["name"]: one.select_one("option[selected]")["value"] for one in page.select("select:has(option[selected])")
    }
    assert send(client, look, said | {"zone": "AoE", "map-4": ""}).status_code == 303
    page = client.get(look)
    assert BeautifulSoup(page.text, "html.parser").select_one("#zone")["value"] == "AoE"
    seen = BeautifulSoup(page.text, "html.parser").select_one("[name=seen]")["value"]
    assert send(client, f"{look}/application", {"seen": seen}).status_code == 303
    with house.work() as uow:
        assert [work.submitted_at.hour for work in works(uow)] == [22, 11]
    monkeypatch.setattr("workshop_manager.exchange.views.MOST_HERE", 1)
    refused = post_form(client, IMPORT, {"file": (BytesIO(body), name)})
    assert refused.status_code == 422
    assert "workshop-manager submissions import musiml/2026 FILE" in refused.text
