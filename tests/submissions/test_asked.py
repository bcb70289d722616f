"""The submission's form with what organisers ask beside the work: questions, statements, a CV for sponsors."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from tests.factories import client_for, join_team, make_person
from tests.pdfs import make_pdf
from tests.queries import count_queries
from tests.questions.factories import make_question, make_statement
from tests.shows import keeps, shows
from tests.submissions.factories import make_call, open_edition, post_form, typed
from workshop_manager.core.database import Database
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.questions import queries as questions
from workshop_manager.questions import service as asking
from workshop_manager.questions.service import StatementContent
from workshop_manager.questions.states import Kind, Requirement, StatementKind
from workshop_manager.submissions import form, queries, service
from workshop_manager.submissions.models import SponsorCv
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.states import Role

NEW = "/musiml/2026/submissions/new"
MINE = "/musiml/2026/submissions/"


@pytest.fixture
def scene(app: Flask, work: Any) -> SimpleNamespace:
    """An open call that asks for a choice, a hanging link, a track's question and a statement."""
    found = SimpleNamespace(app=app, work=work)
    with work() as uow:
        found.edition = edition = open_edition(uow)
        make_call(uow, edition, needs_pdf=False)
        found.first, found.second = workshops.tracks(uow.session, edition.id)
        found.code = make_question(uow, edition, "Is there code?", Kind.YES_NO, requirement=Requirement.ALWAYS)
        found.where = make_question(
            uow, edition, "Where is it?", Kind.LINK, shown_if_id=found.code.id, shown_if_values=frozenset({"yes"}),
            requirement=Requirement.ALWAYS,
        )  # fmt: skip
        found.society = make_question(
            uow, edition, "Which communities?", Kind.LONG, word_limit=3, scopes=frozenset({f"track:{found.second.id}"})
        )
        found.dual = make_statement(uow, edition)
        found.author = make_person(uow, affiliation="Universitas Gadjah Mada")
        found.client = client_for(app, uow, found.author)
    return found


def _sent(scene: SimpleNamespace, **values: Any) -> dict[str, Any]:
    """A complete form for the second track."""
    return typed(scene.second, **{f"q{scene.code.id}": "no", f"s{scene.dual.id}": "y"} | values)


def _stored(scene: SimpleNamespace, number: int = 1) -> Any:
    with scene.work() as uow:
        found = queries.find_own(uow.session, scene.edition.id, number, scene.author.id)
        if found is None:
            return None
        filled = form.filled(uow, scene.edition.id, found)
        return SimpleNamespace(row=found, answers=filled.answers, told=filled.told)


def _is_hidden(page: str, field: str) -> bool:
    return " hidden" in page.split(f'data-asked="{field}"')[1].split(">")[0]


@shows("Submissions", "The form asks an organiser's questions and statements of each author, per track and answer")
def test_what_is_asked_depends_on_track_and_answers(scene: SimpleNamespace) -> None:
    page = scene.client.get(NEW).text
    where, society = f"q{scene.where.id}", f"q{scene.society.id}"
    assert _is_hidden(page, where)
    assert _is_hidden(page, society)
    assert "Show my questions" in page
    sent = _sent(scene, do="show", **{f"q{scene.code.id}": "yes"})
    page = post_form(scene.client, NEW, sent).text
    assert not _is_hidden(page, where)
    assert not _is_hidden(page, society)
    assert "Whose Dialect Is Default?" in page
    assert _stored(scene).row.state is State.DRAFT


@shows("Submissions", "A form that lacks an answer says where, and everything typed is saved")
def test_what_is_missing_is_said_at_each_question(scene: SimpleNamespace) -> None:
    sent = _sent(scene, **{f"q{scene.code.id}": "yes", f"q{scene.society.id}": "one two three four",
                           f"s{scene.dual.id}": None})  # fmt: skip
    answer = post_form(scene.client, NEW, sent)
    assert answer.status_code == 422
    assert "3 things before this can be submitted" in answer.text
    assert f'href="#q{scene.where.id}"' in answer.text
    assert "4 words. Take out 1." in answer.text
    assert "Read this statement and agree to it." in answer.text
    stored = _stored(scene)
    draft = re.sub(r"[\u2066-\u2069]", "", scene.client.get(f"{NEW.removesuffix('new')}{stored.row.number}").text)
    assert "Which communities?: 4 words. Take out 1." in draft, "away from the fields each is named"
    assert "Dual submission: Read this statement and agree to it." in draft
    assert stored.answers == {scene.code.id: True, scene.society.id: "one two three four"}
    assert stored.row.state is State.DRAFT


def test_a_complete_form_is_submitted_and_its_answers_are_read(scene: SimpleNamespace) -> None:
    answer = post_form(
        scene.client, NEW, _sent(scene, **{f"q{scene.code.id}": "yes", f"q{scene.where.id}": "https://example.org/c"})
    )
    assert answer.status_code == 303, answer.text
    stored = _stored(scene)
    assert stored.row.state is State.SUBMITTED
    assert stored.answers == {scene.code.id: True, scene.where.id: "https://example.org/c"}
    assert stored.told == {scene.dual.id: True}
    page = scene.client.get(f"{MINE}1").text
    assert "Where is it?" in page
    assert "https://example.org/c" in page
    assert "The work is not under review elsewhere." in page
    assert "wording 1" in page


def test_an_answer_that_is_hidden_is_neither_required_nor_kept(scene: SimpleNamespace) -> None:
    first = _sent(scene, **{f"q{scene.code.id}": "yes", f"q{scene.where.id}": "https://example.org/c"})
    post_form(scene.client, NEW, first | {"do": "draft"})
    version = str(_stored(scene).row.version)
    again = first | {f"q{scene.code.id}": "no", "version": version, "do": "submit"}
    assert post_form(scene.client, f"{MINE}1/edit", again).status_code == 303
    assert _stored(scene).answers == {scene.code.id: False}


@shows("Bad input", "Two co-authors saving at once: the second sees both versions, nothing lost")
@shows("Submissions", "Two co-authors saving at once: the second sees both versions, answers too, and nothing is lost")
@keeps("X3")
def test_the_second_of_two_sees_both_answers(scene: SimpleNamespace) -> None:
    post_form(scene.client, NEW, _sent(scene, do="draft"))
    version = str(_stored(scene).row.version)
    one = _sent(scene, version=version, do="draft", **{f"q{scene.society.id}": "Hers"})
    other = _sent(scene, version=version, do="draft", **{f"q{scene.society.id}": "His"})
    assert post_form(scene.client, f"{MINE}1/edit", one).status_code == 303
    answer = post_form(scene.client, f"{MINE}1/edit", other)
    assert answer.status_code == 422
    assert "<dt>Which communities?</dt><dd><bdi>Hers</bdi></dd>" in answer.text
    assert ">\r\nHis</textarea>" in answer.text
    assert _stored(scene).answers[scene.society.id] == "Hers"


def test_an_answer_stays_as_it_is_once_its_date_has_passed(scene: SimpleNamespace, clock: Any) -> None:
    with scene.work() as uow:
        fixed = make_question(uow, scene.edition, "How long?", Kind.NUMBER,
                              frozen_after=Deadline(uow.now + timedelta(days=1), AOE))  # fmt: skip
    post_form(scene.client, NEW, _sent(scene, **{f"q{fixed.id}": "20"}))
    clock.at += timedelta(days=2)
    page = scene.client.get(f"{MINE}1/edit").text
    assert "Fixed since" in page
    assert f'name="q{fixed.id}"' not in page
    version = str(_stored(scene).row.version)
    changed = _sent(scene, version=version, title="Another title", **{f"q{fixed.id}": "40"})
    assert post_form(scene.client, f"{MINE}1/edit", changed).status_code == 303
    assert _stored(scene).answers[fixed.id] == 20


def test_what_is_no_number_stays_as_typed_in_a_draft_and_is_refused_when_submitting(scene: SimpleNamespace) -> None:
    with scene.work() as uow:
        number = make_question(uow, scene.edition, "How many?", Kind.NUMBER)
    post_form(scene.client, NEW, _sent(scene, do="draft", **{f"q{number.id}": "a few"}))
    assert _stored(scene).answers[number.id] == "a few"
    assert 'value="a few"' in scene.client.get(f"{MINE}1/edit").text
    version = str(_stored(scene).row.version)
    answer = post_form(scene.client, f"{MINE}1/edit", _sent(scene, version=version, **{f"q{number.id}": "a few"}))
    assert answer.status_code == 422
    assert "Write a number, such as 3 or 2.5." in answer.text


@shows(
    "Submissions", "A file as an answer is looked at like the paper, refused with its reason, and never under its name"
)
@keeps("D1", "D4")
def test_a_file_is_an_answer(scene: SimpleNamespace) -> None:
    with scene.work() as uow:
        extra = make_question(uow, scene.edition, "Supplement", Kind.FILE, requirement=Requirement.ALWAYS, most=2)
    name = f"q{extra.id}"
    picture = {name: (_stream(b"\x89PNG\r\n\x1a\n"), "wahyuni.png")}
    answer = post_form(scene.client, NEW, _sent(scene, **picture))
    assert answer.status_code == 422
    assert "The file is not a PDF" in answer.text
    version = str(_stored(scene).row.version)
    good = {name: (_stream(make_pdf()), "wahyuni-secret.pdf")}
    answer = post_form(scene.client, f"{MINE}1/edit", _sent(scene, version=version, **good))
    assert answer.status_code == 303, answer.text
    assert _stored(scene).answers[extra.id] == {"version": 1}
    page = scene.client.get(f"{MINE}1").text
    address = f"{MINE}1/answers/{extra.id}/1"
    assert address in page
    got = scene.client.get(address)
    assert got.data.startswith(b"%PDF-")
    assert "wahyuni" not in got.headers["Content-Disposition"]
    assert "sandbox" in got.headers["Content-Security-Policy"]
    version = str(_stored(scene).row.version)
    gone = post_form(scene.client, f"{MINE}1/edit", _sent(scene, version=version, **{f"{name}_gone": "y"}))
    assert gone.status_code == 422, "it is required"
    with scene.work() as uow:
        stranger = client_for(scene.app, uow, make_person(uow))
    assert stranger.get(address).status_code == 404


def _stream(content: bytes) -> Any:
    from io import BytesIO

    return BytesIO(content)


def test_a_file_of_an_answer_that_came_with_an_incomplete_change_is_asked_for_again(scene: SimpleNamespace) -> None:
    with scene.work() as uow:
        extra = make_question(uow, scene.edition, "Supplement", Kind.FILE)
    post_form(scene.client, NEW, _sent(scene))
    sent = _sent(
        scene, version=str(_stored(scene).row.version), title="", **{f"q{extra.id}": (_stream(make_pdf()), "a.pdf")}
    )
    answer = post_form(scene.client, f"{MINE}1/edit", sent)
    assert answer.status_code == 422
    assert "A file has to be chosen again" in answer.text
    assert _stored(scene).answers == {scene.code.id: False}


# -- a CV for sponsors ----------------------------------------------------------------------------------------------


@shows("Submissions", "A CV goes to sponsors with consent only, is listed for organisers, and goes when consent does")
@keeps("A9")
def test_a_cv_is_kept_with_consent_only(scene: SimpleNamespace) -> None:
    with scene.work() as uow:
        organiser = make_person(uow, "Oumou")
        join_team(uow, scene.edition, organiser, Role.ORGANISER)
        desk = client_for(scene.app, uow, organiser)
        reviewer = make_person(uow, "Rita")
        join_team(uow, scene.edition, reviewer, Role.REVIEWER)
        other = client_for(scene.app, uow, reviewer)
    cvs = "/musiml/2026/organise/submissions/cvs"
    without = post_form(scene.client, NEW, _sent(scene, cv=(_stream(make_pdf()), "cv.pdf"), do="draft"))
    assert without.status_code == 422
    assert "without your consent no CV is kept" in without.text
    version = str(_stored(scene).row.version)
    sent = _sent(scene, version=version, cv_to_sponsors="y", cv=(_stream(make_pdf()), "cv.pdf"))
    assert post_form(scene.client, f"{MINE}1/edit", sent).status_code == 303
    page = desk.get(cvs).text
    assert scene.author.name in page
    got = desk.get(f"{cvs}/1")
    assert got.data.startswith(b"%PDF-")
    assert "Wahyuni" not in got.headers["Content-Disposition"]
    assert other.get(cvs).status_code == other.get(f"{cvs}/1").status_code == 404
    assert "You gave one of" in scene.client.get(f"{MINE}1/edit").text
    version = str(_stored(scene).row.version)
    assert post_form(scene.client, f"{MINE}1/edit", _sent(scene, version=version)).status_code == 303
    assert "Nobody has given" in desk.get(cvs).text
    assert desk.get(f"{cvs}/1").status_code == 404
    with scene.work() as uow:
        assert uow.session.get(SponsorCv, _stored(scene).row.id) is None


def test_nobody_meets_their_own_or_a_drafts_cv_in_the_list(scene: SimpleNamespace) -> None:
    sent = _sent(scene, cv_to_sponsors="y", cv=(_stream(make_pdf()), "cv.pdf"), do="draft")
    post_form(scene.client, NEW, sent)
    with scene.work() as uow:
        join_team(uow, scene.edition, scene.author, Role.ORGANISER)
        organiser = make_person(uow)
        join_team(uow, scene.edition, organiser, Role.ORGANISER)
        desk = client_for(scene.app, uow, organiser)
    cvs = "/musiml/2026/organise/submissions/cvs"
    assert "Nobody has given" in desk.get(cvs).text, "it is a draft"
    version = str(_stored(scene).row.version)
    post_form(scene.client, f"{MINE}1/edit", _sent(scene, version=version, cv_to_sponsors="y"))
    assert scene.author.name in desk.get(cvs).text
    assert "Nobody has given" in scene.client.get(cvs).text


# -- who reads what -------------------------------------------------------------------------------------------------


@keeps("A9")
@shows("Submissions", "Answers are read at the desk, and by reviewers only where organisers chose so")
def test_chairs_read_answers_and_reviewers_only_what_is_for_them(scene: SimpleNamespace) -> None:
    from workshop_manager.submissions import panels

    with scene.work() as uow:
        open_one = make_question(uow, scene.edition, "Format you prefer?", for_reviewers=True)
        make_statement(uow, scene.edition, "One of us is eligible.", StatementKind.ELIGIBLE_AUTHOR, is_required=False)
        told = questions.sheet(uow.session, scene.edition.id, "submission").statements[1]
        chair = make_person(uow)
        join_team(uow, scene.edition, chair, Role.PROGRAMME_CHAIR)
        desk = client_for(scene.app, uow, chair)
    sent = _sent(scene, **{f"q{open_one.id}": "A poster", f"q{scene.society.id}": "Mine alone", f"s{told.id}": "yes"})
    assert post_form(scene.client, NEW, sent).status_code == 303
    page = desk.get("/musiml/2026/organise/submissions/1").text
    assert "A poster" in page
    assert "Mine alone" in page
    assert "The work is not under review elsewhere." in page
    assert "One of us is eligible." not in page, "of eligibility there are totals only"
    assert "One of us is eligible." in scene.client.get(f"{MINE}1").text
    with scene.app.test_request_context("/"), scene.work() as uow:
        row = queries.find_own(uow.session, scene.edition.id, 1, scene.author.id)
        assert row is not None
        read = " ".join(panels.review_panels(uow, scene.edition, row))
    assert "A poster" in read
    assert "Mine alone" not in read
    assert "eligible" not in read
    assert "under review elsewhere" not in read


def test_a_new_wording_is_asked_again_when_the_work_is_changed(scene: SimpleNamespace, clock: Any) -> None:
    post_form(scene.client, NEW, _sent(scene))
    clock.at += timedelta(days=1)
    with scene.work() as uow:
        content = StatementContent(StatementKind.DUAL_SUBMISSION, "Nobody else has reviewed it.")
        asking.edit_statement(uow, scene.edition, "submission", scene.dual.id, content)
    page = scene.client.get(f"{MINE}1/edit").text
    assert "This has been worded anew since you agreed to: “The work is not under review elsewhere.”" in page
    version = str(_stored(scene).row.version)
    answer = post_form(scene.client, f"{MINE}1/edit", _sent(scene, version=version, **{f"s{scene.dual.id}": None}))
    assert answer.status_code == 422
    assert post_form(scene.client, f"{MINE}1/edit", _sent(scene, version=version)).status_code == 303
    page = scene.client.get(f"{MINE}1").text
    assert "Nobody else has reviewed it." in page
    assert "The work is not under review elsewhere." in page, "what was agreed to first stays readable"


# -- drafts saved while typing --------------------------------------------------------------------------------------


@shows("Submissions", "A draft is saved while somebody types, idempotently, and never over a newer version")
@keeps("X2", "X3")
def test_a_draft_is_saved_in_the_background(scene: SimpleNamespace) -> None:
    empty = typed(None, title="", abstract="", do="auto", not_published=None, **{"authors-0-affiliation": None})
    first = {"authors-0-name": scene.author.name, "authors-0-email": scene.author.email}
    first |= {"authors-0-affiliation": scene.author.affiliation}
    answer = post_form(scene.client, NEW, empty | first)
    assert answer.json == {"saved": False}, "nothing was typed, nothing is begun"
    sent = _sent(scene, do="auto", **{f"q{scene.society.id}": "Ours"})
    answers = [post_form(scene.client, NEW, sent).json for _attempt in range(2)]
    assert answers[0]["saved"]
    assert answers[0]["address"] == f"{MINE}1/edit"
    assert answers[0]["said"] == "Draft saved at 07:00"
    assert answers[0]["authors"][0] == answers[1]["authors"][0]
    assert answers[0]["version"] == answers[1]["version"], "the same text twice changes nothing"
    stored = _stored(scene)
    assert stored.row.state is State.DRAFT
    assert stored.answers == {scene.code.id: False, scene.society.id: "Ours"}
    older = _sent(scene, do="auto", version="1", title="Over a newer one")
    refused = post_form(scene.client, f"{MINE}1/edit", older)
    assert refused.status_code == 409
    assert "Another version was saved meanwhile" in refused.json["why"]
    assert _stored(scene).row.title == "Whose Dialect Is Default?"


def test_what_was_submitted_is_never_changed_in_the_background(scene: SimpleNamespace) -> None:
    post_form(scene.client, NEW, _sent(scene))
    version = str(_stored(scene).row.version)
    refused = post_form(scene.client, f"{MINE}1/edit", _sent(scene, version=version, do="auto", title="Another"))
    assert refused.status_code == 409
    assert _stored(scene).row.title == "Whose Dialect Is Default?"
    shown = post_form(scene.client, f"{MINE}1/edit", _sent(scene, version=version, do="show", title="Another"))
    assert "Not saved yet." in shown.text
    assert _stored(scene).row.title == "Whose Dialect Is Default?"


def test_a_closed_call_and_a_text_too_long_say_why_nothing_is_saved(scene: SimpleNamespace, clock: Any) -> None:
    long = post_form(scene.client, NEW, _sent(scene, do="auto", title="x" * 500))
    assert (long.status_code, _stored(scene)) == (409, None)
    clock.at += timedelta(days=11)
    closed = post_form(scene.client, NEW, _sent(scene, do="auto"))
    assert closed.status_code == 409
    assert "The call closed" in closed.json["why"]


def test_a_file_whose_question_is_hidden_for_a_moment_is_not_lost(scene: SimpleNamespace) -> None:
    with scene.work() as uow:
        extra = make_question(
            uow, scene.edition, "Supplement", Kind.FILE, scopes=frozenset({f"track:{scene.second.id}"})
        )
    post_form(scene.client, NEW, _sent(scene, do="draft", **{f"q{extra.id}": (_stream(make_pdf()), "a.pdf")}))
    version = str(_stored(scene).row.version)
    sent = _sent(scene, version=version, track=str(scene.first.id))
    answer = post_form(scene.client, f"{MINE}1/edit", sent | {"do": "auto"})
    assert _stored(scene).answers[extra.id] == {"version": 1}
    post_form(scene.client, f"{MINE}1/edit", sent | {"version": str(answer.json["version"]), "do": "draft"})
    assert extra.id not in _stored(scene).answers


# -- ends -----------------------------------------------------------------------------------------------------------


def test_a_removed_draft_leaves_no_answers(scene: SimpleNamespace) -> None:
    post_form(scene.client, NEW, _sent(scene, do="draft"))
    row = _stored(scene).row
    with scene.work(scene.author) as uow:
        found = queries.find_own(uow.session, scene.edition.id, 1, scene.author.id, lock=True)
        assert found is not None
        service.discard(uow, found)
    with scene.work() as uow:
        assert questions.answers_of(uow.session, form.owner_of(row)) == {}
        assert questions.said_by(uow.session, form.owner_of(row)) == {}


def test_whoever_deletes_their_account_takes_their_cv_and_drafts_along(scene: SimpleNamespace) -> None:
    sent = _sent(scene, cv_to_sponsors="y", cv=(_stream(make_pdf()), "cv.pdf"))
    post_form(scene.client, NEW, sent)
    row = _stored(scene).row
    with scene.work() as uow:
        service.let_go(uow, scene.author.id)
    with scene.work() as uow:
        assert uow.session.get(SponsorCv, row.id) is None
        assert questions.answers_of(uow.session, form.owner_of(row)) == {}


@shows("Bad input", "A hundred authors, and a title of right-to-left text with control characters")
@shows("Submissions", "A hundred authors, or a right-to-left title with control characters, are met in words")
def test_a_hundred_authors_and_a_title_full_of_controls_lose_nothing(scene: SimpleNamespace) -> None:
    hundred = {f"authors-{place}-name": f"Author {place}" for place in range(100)}
    title = "\u202eعنوان\u0000 البحث\u0007\u2066"
    answer = post_form(scene.client, NEW, _sent(scene, title=title, **hundred))
    assert answer.status_code == 422
    assert "100 authors. At most 30 fit: take out 70." in answer.text
    assert all(f'value="Author {place}"' in answer.text for place in range(100)), "nothing typed is lost"
    assert "عنوان البحث" in answer.text
    stored = _stored(scene).row
    assert (stored.title, len(stored.authors), stored.state) == ("عنوان البحث\u2066\u2069", 100, State.DRAFT)


@pytest.mark.sqlite
def test_the_form_costs_the_same_few_queries_however_much_is_asked(scene: SimpleNamespace, database: Database) -> None:
    def cost(path: str) -> int:
        scene.client.get(path)  # what is asked is remembered from then on
        with count_queries(database) as seen:
            assert scene.client.get(path).status_code == 200
        return len(seen)

    post_form(scene.client, NEW, _sent(scene, cv_to_sponsors="y", cv=(_stream(make_pdf()), "cv.pdf")))
    few = [cost(path) for path in (NEW, f"{MINE}1/edit", f"{MINE}1")]
    with scene.work() as uow:
        for number in range(40):
            make_question(uow, scene.edition, f"Question {number}")
    assert [cost(path) for path in (NEW, f"{MINE}1/edit", f"{MINE}1")] == few
    assert max(few) <= 14, few
