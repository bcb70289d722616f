"""Forms and what is filled into them, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.factories import make_edition, make_person
from tests.questions.factories import OWNER, PURPOSE, make_question, make_statement, sheet
from tests.shows import keeps, shows
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import filling, queries, service
from workshop_manager.questions.content import Filed, Owner
from workshop_manager.questions.models import Answer, AnswerBytes, AnswerFile
from workshop_manager.questions.service import QuestionContent, StatementContent
from workshop_manager.questions.states import Kind, Requirement, StatementKind


def _answers(uow: UnitOfWork, owner: Owner = OWNER) -> dict[int, Any]:
    return queries.answers_of(uow.session, owner)


@shows("Submissions", "Questions have an order, headings, help and limits, of ten kinds")
def test_questions_are_asked_in_the_order_that_organisers_give(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    rows = [make_question(uow, edition, kind.value, kind) for kind in Kind]
    assert len(rows) >= 10
    service.move_question(uow, edition, PURPOSE, rows[2].id, up=True)
    service.move_question(uow, edition, PURPOSE, rows[0].id, up=True)
    service.move_question(uow, edition, PURPOSE, rows[9].id, up=False)
    labels = [asked.label for asked in sheet(uow, edition).questions]
    assert labels[:3] == ["short", "number", "long"]
    assert labels[-1] == "person"


def test_an_option_keeps_its_key_when_it_is_reworded_moved_or_taken_away(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    row = make_question(uow, edition, "Which?", Kind.CHOICE, options=("Red", "Green", "Blue"))

    def change(*options: str) -> dict[str, str]:
        content = QuestionContent(kind=Kind.CHOICE, label="Which?", options=options)
        service.edit_question(uow, edition, PURPOSE, row.id, content)
        return dict(row.options)

    assert change("Blue", "Red", "Dark green") == {"3": "Blue", "1": "Red", "2": "Dark green"}
    assert change("Blue", "Red") == {"3": "Blue", "1": "Red"}
    assert row.old_options == {"2": "Dark green"}
    assert change("Blue", "Red", "White") == {"3": "Blue", "1": "Red", "4": "White"}
    assert change("Dark green", "Blue", "Red", "White")["2"] == "Dark green"
    assert row.old_options == {}


@shows("Submissions", "A question that was answered is archived instead of removed, and can be brought back")
def test_an_answered_question_is_archived_and_another_removed(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    answered, silent = make_question(uow, edition, "Answered"), make_question(uow, edition, "Silent")
    service.save_answers(uow, OWNER, sheet(uow, edition), {answered.id: "yes"}, ())
    assert service.remove_question(uow, edition, PURPOSE, silent.id)
    assert not service.remove_question(uow, edition, PURPOSE, answered.id)
    assert sheet(uow, edition).questions == ()
    assert _answers(uow) == {answered.id: "yes"}
    service.bring_back(uow, edition, PURPOSE, answered.id)
    assert [asked.label for asked in sheet(uow, edition).questions] == ["Answered"]


def test_what_another_question_hangs_on_is_not_taken_away_and_never_in_a_circle(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    first = make_question(uow, edition, "First", Kind.YES_NO)
    second = make_question(uow, edition, "Second", Kind.YES_NO, shown_if_id=first.id)
    with pytest.raises(Conflict):
        service.remove_question(uow, edition, PURPOSE, first.id)
    with pytest.raises(Conflict):
        content = QuestionContent(Kind.YES_NO, "First", shown_if_id=second.id)
        service.edit_question(uow, edition, PURPOSE, first.id, content)
    other = make_edition(uow, slug="2027")
    with pytest.raises(NotFound):
        make_question(uow, other, "Of another edition", shown_if_id=first.id)
    with pytest.raises(NotFound):
        service.remove_question(uow, other, PURPOSE, first.id)
    with pytest.raises(NotFound):
        service.remove_question(uow, edition, "registration", first.id)


@keeps("A9")
@pytest.mark.parametrize("kind", [Kind.FILE, Kind.PERSON])
def test_what_tells_who_wrote_it_cannot_be_shown_to_reviewers(uow: UnitOfWork, kind: Kind) -> None:
    with pytest.raises(Conflict):
        make_question(uow, make_edition(uow), "Who?", kind, for_reviewers=True)


def test_the_kind_of_an_answered_question_stays(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    row = make_question(uow, edition)
    service.edit_question(uow, edition, PURPOSE, row.id, QuestionContent(Kind.NUMBER, "How many?"))
    service.save_answers(uow, OWNER, sheet(uow, edition), {row.id: 3}, ())
    with pytest.raises(Conflict):
        service.edit_question(uow, edition, PURPOSE, row.id, QuestionContent(Kind.SHORT, "How many?"))


def test_a_form_has_an_end(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    for number in range(60):
        make_question(uow, edition, f"Question {number}")
    with pytest.raises(Conflict):
        make_question(uow, edition)
    for number in range(20):
        make_statement(uow, edition, f"Statement {number}")
    with pytest.raises(Conflict):
        make_statement(uow, edition)


@keeps("P1")
def test_answers_are_kept_as_typed_and_sealed(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    one, other = make_question(uow, edition, kind=Kind.NUMBER), make_question(uow, edition, kind=Kind.PERSON)
    typed = {one.id: "about three", other.id: {"name": "Wahyuni", "email": "", "affiliation": ""}}
    assert service.save_answers(uow, OWNER, sheet(uow, edition), typed, ()) == {one.id, other.id}
    assert _answers(uow) == typed
    assert service.save_answers(uow, OWNER, sheet(uow, edition), typed, ()) == set()
    assert _answers(uow, Owner("submission", 28)) == _answers(uow, Owner("registration", 27)) == {}
    stored = uow.session.execute(text("SELECT value FROM question_answers")).scalars().all()
    assert not any("Wahyuni" in value or "three" in value for value in stored)
    assert queries.answers_to(uow.session, "submission", [27, 28]) == {27: typed, 28: {}}


def test_what_is_hidden_is_not_kept_and_what_is_frozen_stays(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    source = make_question(uow, edition, "Is it so?", Kind.YES_NO)
    hanging = make_question(uow, edition, "Then how?", shown_if_id=source.id, shown_if_values=frozenset({"yes"}))
    scoped = make_question(uow, edition, "Of the track?", scopes=frozenset({"track:1"}))
    frozen = make_question(uow, edition, "Fixed?", frozen_after=Deadline(uow.now + timedelta(hours=1), AOE))
    typed = {source.id: True, hanging.id: "so", scoped.id: "yes", frozen.id: "first"}
    service.save_answers(uow, OWNER, sheet(uow, edition), typed, {"track:1"})
    assert _answers(uow) == typed
    uow.now += timedelta(hours=2)
    later = {source.id: False, hanging.id: "so", scoped.id: "yes", frozen.id: "second"}
    assert service.save_answers(uow, OWNER, sheet(uow, edition), later, {"track:2"}) == {
        source.id,
        hanging.id,
        scoped.id,
    }
    assert _answers(uow) == {source.id: False, frozen.id: "first"}


def _filed(content: bytes = b"%PDF-1", name: str = "wahyuni.pdf") -> Filed:
    return Filed(content, b"%PDF-plain", content.hex().ljust(64, "0")[:64], 1, name)


@shows("Questions", "A file is an answer too, with its versions")
def test_a_file_is_an_answer_with_versions_and_goes_with_it(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    row = make_question(uow, edition, "Supplement", Kind.FILE, requirement=Requirement.ALWAYS)
    form = sheet(uow, edition)
    service.save_answers(uow, OWNER, form, {}, (), {row.id: _filed()})
    service.save_answers(uow, OWNER, form, _answers(uow), (), {row.id: _filed()})
    assert _answers(uow) == {row.id: {"version": 1}}, "the same file twice is one version"
    service.save_answers(uow, OWNER, form, _answers(uow), (), {row.id: _filed(b"%PDF-2")})
    assert _answers(uow) == {row.id: {"version": 2}}
    found = queries.find_file(uow.session, OWNER, row.id, 2)
    assert found is not None
    assert found[1].original == b"%PDF-2"
    assert queries.find_file(uow.session, Owner("submission", 28), row.id, 2) is None
    service.save_answers(uow, OWNER, form, {}, ())
    uow.session.expire_all()
    assert uow.session.scalars(select(AnswerFile.id)).all() == []
    assert uow.session.scalars(select(AnswerBytes.file_id)).all() == []


@keeps("P1")
@shows("Questions", "A file given as an answer lies sealed in the database, like every answer")
def test_no_file_given_as_an_answer_lies_in_clear(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    row = make_question(uow, edition, kind=Kind.FILE)
    service.save_answers(uow, OWNER, sheet(uow, edition), {}, (), {row.id: _filed(b"%PDF-my visa")})
    uow.session.flush()
    uow.session.expire_all()
    stored = [bytes(each) for each in uow.session.execute(text("SELECT original, plain FROM answer_bytes")).one()]
    assert not any(b"%PDF" in each or b"visa" in each for each in stored)
    found = queries.find_file(uow.session, OWNER, row.id, 1)
    assert found is not None
    assert (found[1].original, found[1].plain) == (b"%PDF-my visa", b"%PDF-plain")


def test_whoever_is_forgotten_leaves_no_answer_statement_or_file(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    row, told = make_question(uow, edition, kind=Kind.FILE), make_statement(uow, edition)
    service.save_answers(uow, OWNER, sheet(uow, edition), {}, (), {row.id: _filed()})
    service.save_statements(uow, OWNER, sheet(uow, edition).statements, {told.id: True}, ())
    service.forget(uow, OWNER)
    assert uow.session.scalars(select(Answer.id)).all() == []
    assert queries.files_of(uow.session, OWNER) == []
    assert queries.said_by(uow.session, OWNER) == {}


@shows("Submissions", "Statements are worded in versions: what somebody agreed to stays readable with its date")
def test_a_new_wording_is_read_anew_and_the_old_one_stays_on_record(uow: UnitOfWork) -> None:
    edition, person = make_edition(uow), make_person(uow)
    uow.actor = person
    row = make_statement(uow, edition, "Nobody else reviews it.")
    service.save_statements(uow, OWNER, sheet(uow, edition).statements, {row.id: True}, ())
    agreed_at = uow.now
    uow.now += timedelta(days=3)
    content = StatementContent(StatementKind.DUAL_SUBMISSION, "Nobody else has reviewed it.")
    service.edit_statement(uow, edition, PURPOSE, row.id, content)
    form = sheet(uow, edition)
    said = queries.said_by(uow.session, OWNER)
    assert filling.told_of(form, said) == {row.id: None}, "it has to be read again"
    assert (said[row.id].wording, said[row.id].version, said[row.id].at) == ("Nobody else reviews it.", 1, agreed_at)
    service.save_statements(uow, OWNER, form.statements, {row.id: True}, ())
    every = [(one.version, one.wording, one.at) for one in queries.all_said_by(uow.session, OWNER)]
    assert every == [(1, "Nobody else reviews it.", agreed_at), (2, "Nobody else has reviewed it.", uow.now)]


def test_a_slip_is_mended_without_asking_again(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    row = make_statement(uow, edition, "Nobody els reviews it.")
    service.edit_statement(
        uow, edition, PURPOSE, row.id, StatementContent(StatementKind.DUAL_SUBMISSION, "Nobody ells reviews it.")
    )
    assert len(row.wordings) == 1, "nobody had read it yet"
    service.save_statements(uow, OWNER, sheet(uow, edition).statements, {row.id: True}, ())
    mended = StatementContent(StatementKind.DUAL_SUBMISSION, "Nobody else reviews it.", mends_slip=True)
    service.edit_statement(uow, edition, PURPOSE, row.id, mended)
    form = sheet(uow, edition)
    assert filling.told_of(form, queries.said_by(uow.session, OWNER)) == {row.id: True}


def test_a_statement_is_archived_once_somebody_made_it(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    made, silent = make_statement(uow, edition, "One"), make_statement(uow, edition, "Two")
    service.save_statements(uow, OWNER, sheet(uow, edition).statements, {made.id: True}, ())
    assert service.remove_statement(uow, edition, PURPOSE, silent.id)
    assert not service.remove_statement(uow, edition, PURPOSE, made.id)
    assert sheet(uow, edition).statements == ()
    assert len(queries.said_by(uow.session, OWNER)) == 1


def test_a_statement_of_another_track_is_not_kept_and_one_can_be_taken_back(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    row = make_statement(
        uow, edition, "One of us is eligible.", StatementKind.ELIGIBLE_AUTHOR, scopes=frozenset({"track:1"})
    )
    told = sheet(uow, edition).statements
    assert service.save_statements(uow, OWNER, told, {row.id: True}, {"track:2"}) == set()
    assert service.save_statements(uow, OWNER, told, {row.id: False}, {"track:1"}) == {row.id}
    assert queries.said_by(uow.session, OWNER)[row.id].answer is False
    stored = uow.session.execute(text("SELECT answer FROM attestations")).scalars().all()
    assert all(str(value).startswith("gAAAA") for value in stored), "who is eligible is sealed"
    assert service.save_statements(uow, OWNER, told, {row.id: True}, {"track:2"}) == {row.id}
    assert queries.said_by(uow.session, OWNER) == {}
