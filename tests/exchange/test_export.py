"""Exports: who may have which, what they hold, and that no cell is a formula."""

import csv
import io
import json

import pytest
from sqlalchemy import select

from tests.factories import make_person
from tests.reviews.factories import DESK, declare, make_assignment, make_decision, make_review
from tests.shows import keeps, shows
from workshop_manager.questions import service
from workshop_manager.questions.content import Owner
from workshop_manager.questions.models import Answer
from workshop_manager.questions.service import QuestionContent
from workshop_manager.questions.states import Kind
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State

EXPORTS = f"{DESK}/submissions/exports"


@pytest.fixture
def full(house):
    """Three submissions with a review, an assignment and a pending decision; a draft; titles that are formulas."""
    with house.work() as uow:
        season = house.season
        season.uow = uow
        amina = make_person(uow, "=Amina", affiliation="@Lagos")
        first = season.work(amina, title="=HYPERLINK(1)", abstract="+1\nsecond line")
        second = season.work(title="In the second track", track=season.second)
        season.work(title="Only a draft", state=State.DRAFT)
        make_review(uow, first, season.rania, 5, text="-good", remark="Look at the ethics.")
        make_assignment(uow, second, season.kenza)
        make_decision(uow, first, Outcome.POSTER)
    return house


def rows(answer):
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@keeps("I8")
@shows(
    "Export",
    "Submissions, reviews, assignments and decisions as CSV without formulas, or as JSON, as far as one may see",
)
def test_what_an_owner_takes_along(full):
    client = full.client(full.owner)
    works = rows(client.get(f"{EXPORTS}/submissions.csv"))
    assert [row["number"] for row in works] == ["1", "2"]
    assert works[0]["title"] == "'=HYPERLINK(1)"
    assert works[0]["abstract"] == "'+1\nsecond line"
    assert works[0]["authors"] == "'=Amina"
    assert rows(client.get(f"{EXPORTS}/reviews.csv"))[0]["text"] == "'-good"
    assert rows(client.get(f"{EXPORTS}/assignments.csv"))[1]["reviewer"] == "Kenza"
    assert rows(client.get(f"{EXPORTS}/decisions.csv"))[0]["decision"] == "poster"
    for kind in ("submissions", "reviews", "assignments", "decisions"):
        answer = client.get(f"{EXPORTS}/{kind}.json")
        assert answer.headers["Content-Type"] == "application/json"
        assert json.loads(answer.text)[kind]
        assert kind in answer.headers["Content-Disposition"]
    assert json.loads(client.get(f"{EXPORTS}/submissions.json").text)["submissions"][0]["title"] == "=HYPERLINK(1)"
    for path in ("secrets.csv", "submissions.xml", "submissions"):
        assert client.get(f"{EXPORTS}/{path}").status_code == 404


@shows(
    "Export",
    "Submissions leave with the answers to the organisers’ own questions, a column each, as the import reads them",
)
def test_answers_leave_with_their_submissions(full):
    with full.work() as uow:
        uow.actor = full.owner
        about, code, title, track = (
            service.add_question(uow, full.season.edition, "submission", one)
            for one in (
                QuestionContent(Kind.MANY, "What is it about?", options=("Speech", "Text")),
                QuestionContent(Kind.YES_NO, "=Is there code?"),
                QuestionContent(Kind.SHORT, "title"),
                QuestionContent(Kind.NUMBER, "Speakers", scopes=(f"track:{full.season.second.id}",)),
            )
        )
        work = uow.session.scalars(select(Submission).where(Submission.number == 1)).one()
        values = {about.id: list(about.options), code.id: False, title.id: "=1+1", track.id: 3}
        owner = Owner("submission", work.id)
        for question_id, value in values.items():
            uow.session.add(
                Answer(owner_kind=owner.kind, owner_id=owner.id, question_id=question_id, value=value, at=uow.now)
            )
    client = full.client(full.owner)
    first, second = rows(client.get(f"{EXPORTS}/submissions.csv"))
    assert first["What is it about?"] == "Speech; Text"
    assert (first["'=Is there code?"], first["title (2)"]) == ("no", "'=1+1")
    assert first["Speakers"] == "", "what is not asked in its track is read nowhere"
    assert second["What is it about?"] == ""
    written = json.loads(client.get(f"{EXPORTS}/submissions.json").text)["submissions"][0]
    assert (written["What is it about?"], written["title"]) == (["Speech", "Text"], "=HYPERLINK(1)")


@keeps("A1", "A4", "A12", "A13")
def test_exports_hold_what_one_may_see_and_nothing_else(full):
    with full.work() as uow:
        full.season.uow = uow
        third = full.season.work(title="Hidden from the chair", track=full.second)
        make_review(uow, third, full.kenza, 1)
        make_decision(uow, third, Outcome.ORAL)
        declare(uow, third, full.chair)
    chair, track_chair = full.client(full.chair), full.client(full.track_chair)
    for kind in ("submissions", "reviews", "assignments", "decisions"):
        assert "Hidden" not in chair.get(f"{EXPORTS}/{kind}.csv").text
        assert "Hidden" not in chair.get(f"{EXPORTS}/{kind}.json").text
    assert [row["number"] for row in rows(track_chair.get(f"{EXPORTS}/submissions.csv"))] == ["2", "4"]
    assert [row["submission"] for row in rows(track_chair.get(f"{EXPORTS}/reviews.csv"))] == ["4"]
    assert track_chair.get(f"{EXPORTS}/decisions.csv").status_code == 404
    assert "decisions" not in track_chair.get(EXPORTS).text
    for person in (full.rania, full.author):
        for path in ("", "/submissions.csv", "/reviews.json"):
            assert full.client(person).get(EXPORTS + path).status_code == 404
