"""Which questions are asked, required, frozen, and what is wrong with an answer: truth tables, no database."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.questions.factories import asked
from tests.shows import shows
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.questions import rules
from workshop_manager.questions.content import Asked, Condition, Said, Sheet, Stated, tidy
from workshop_manager.questions.states import Kind, Requirement, StatementKind

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EARLIER, AT_THE_SECOND, LATER = Deadline(NOW - SECOND, AOE), Deadline(NOW, AOE), Deadline(NOW + SECOND, AOE)
NEVER, ALWAYS, FROM = Requirement.NEVER, Requirement.ALWAYS, Requirement.FROM


@pytest.mark.parametrize(
    ("scopes", "given_scopes", "expected"),
    [
        ([], [], True),
        ([], ["track:1"], True),
        (["track:1"], [], False),
        (["track:1"], ["track:1"], True),
        (["track:1"], ["track:2"], False),
        (["track:1", "track:2"], ["track:2"], True),
        (["track:1", "type:5"], ["track:1"], False),
        (["track:1", "type:5"], ["track:1", "type:5"], True),
        (["track:1", "type:5"], ["track:2", "type:5"], False),
    ],
)
def test_every_kind_of_scope_that_is_named_must_hold(
    scopes: list[str], given_scopes: list[str], expected: bool
) -> None:
    assert rules.is_in_scope(scopes, given_scopes) is expected


@pytest.mark.parametrize(
    ("requirement", "since", "frozen", "expected"),
    [
        (NEVER, None, None, False),
        (NEVER, EARLIER, None, False),
        (ALWAYS, None, None, True),
        (FROM, None, None, False),
        (FROM, EARLIER, None, True),
        (FROM, AT_THE_SECOND, None, True),
        (FROM, LATER, None, False),
        (ALWAYS, None, EARLIER, False),
        (ALWAYS, None, AT_THE_SECOND, True),
        (ALWAYS, None, LATER, True),
        (FROM, EARLIER, EARLIER, False),
        (FROM, EARLIER, LATER, True),
    ],
)
@shows("Submissions", "A question can be required from a date on, and frozen after one")
def test_required_from_a_second_on_until_it_is_frozen(
    requirement: Requirement, since: Deadline | None, frozen: Deadline | None, expected: bool
) -> None:
    one = asked(1, requirement=requirement, required_from=since, frozen_after=frozen)
    assert rules.is_required(one, NOW) is expected


@pytest.mark.parametrize(
    ("frozen", "expected"), [(None, False), (EARLIER, True), (AT_THE_SECOND, False), (LATER, False)]
)
def test_the_announced_second_is_still_in_time(frozen: Deadline | None, expected: bool) -> None:
    assert rules.is_frozen(asked(1, frozen_after=frozen), NOW) is expected


def test_of_a_frozen_question_the_stored_answer_counts_whatever_is_sent() -> None:
    questions = [asked(1, frozen_after=EARLIER), asked(2, frozen_after=LATER), asked(3, is_archived=True)]
    assert rules.as_typed(questions, {1: "old", 2: "old", 3: "old"}, {1: "new", 2: "new", 3: "new"}, NOW) == {
        1: "old",
        2: "new",
    }


YES_NO = asked(1, Kind.YES_NO)
CHOICE = asked(1, Kind.CHOICE, options={"1": "Red", "2": "Green"})
MANY = asked(1, Kind.MANY, options={"1": "Red", "2": "Green"})


@pytest.mark.parametrize(
    ("source", "value", "wanted", "expected"),
    [
        (YES_NO, True, {"yes"}, True),
        (YES_NO, False, {"yes"}, False),
        (YES_NO, False, {"no"}, True),
        (YES_NO, None, {"no"}, False),
        (YES_NO, False, set(), True),
        (CHOICE, "1", {"1"}, True),
        (CHOICE, "2", {"1"}, False),
        (CHOICE, "2", {"1", "2"}, True),
        (CHOICE, None, set(), False),
        (MANY, ["1", "2"], {"2"}, True),
        (MANY, ["1"], {"2"}, False),
        (MANY, ["1"], set(), True),
        (asked(1), "anything", set(), True),
        (asked(1), "anything", {"anything"}, False),
        (asked(1), None, set(), False),
        (asked(1, Kind.NUMBER), 0, set(), True),
    ],
)
def test_a_condition_is_met_by_one_of_its_answers_or_by_any(
    source: Asked, value: Any, wanted: set[str], expected: bool
) -> None:
    assert rules.matches(Condition(1, frozenset(wanted)), source, value) is expected


def _chain() -> list[Asked]:
    """2 hangs on 1, 3 on 2, and 2 is for track 1 only."""
    return [
        asked(1, Kind.YES_NO),
        asked(2, Kind.YES_NO, condition=Condition(1, frozenset({"yes"})), scopes=frozenset({"track:1"})),
        asked(3, condition=Condition(2, frozenset({"yes"}))),
    ]


@pytest.mark.parametrize(("first", "second", "track"), list(product([True, False, None], [True, False, None], [1, 2])))
@shows("Submissions", "A question is shown only if another answer is so; hidden, it is neither required nor kept")
def test_what_hangs_on_a_hidden_question_is_hidden_too(first: bool | None, second: bool | None, track: int) -> None:
    answers = {1: first, 2: second, 3: "text"}
    expected = [1]
    if first and track == 1:
        expected.append(2)
        if second:
            expected.append(3)
    seen = [one.id for one in rules.shown(_chain(), answers, {f"track:{track}"})]
    assert seen == expected
    kept = rules.kept(_chain(), answers, {f"track:{track}"})
    assert set(kept) == {number for number in expected if answers[number] is not None}


def test_what_hangs_on_an_archived_or_missing_question_or_on_itself_is_not_asked() -> None:
    archived = asked(1, is_archived=True)
    assert rules.shown([archived, asked(2, condition=Condition(1))], {1: "a"}, ()) == ()
    assert rules.shown([asked(2, condition=Condition(9))], {9: "a"}, ()) == ()
    circle = [asked(1, condition=Condition(2)), asked(2, condition=Condition(1))]
    assert rules.shown(circle, {1: "a", 2: "b"}, ()) == ()
    assert rules.shown([asked(1, condition=Condition(1))], {1: "a"}, ()) == ()


@pytest.mark.parametrize(
    ("question_id", "on", "expected"), [(1, 1, True), (1, 2, True), (1, 3, True), (4, 3, False), (3, 1, False)]
)
def test_no_question_hangs_on_itself_by_way_of_others(question_id: int, on: int, expected: bool) -> None:
    assert rules.makes_circle([*_chain(), asked(4)], question_id, on) is expected


@pytest.mark.parametrize(
    ("one", "value", "is_right"),
    [
        (asked(1, word_limit=2), "two words", True),
        (asked(1, Kind.LONG, word_limit=2), "now three words", False),
        (asked(1, Kind.NUMBER), "abc", False),
        (asked(1, Kind.NUMBER), "nan", False),
        (asked(1, Kind.NUMBER), "1e400", False),
        (asked(1, Kind.NUMBER), 3, True),
        (asked(1, Kind.NUMBER, least=1, most=3), 0, False),
        (asked(1, Kind.NUMBER, least=1, most=3), 1, True),
        (asked(1, Kind.NUMBER, least=1, most=3), 3, True),
        (asked(1, Kind.NUMBER, least=1, most=3), 3.5, False),
        (asked(1, Kind.DATE), "6 October", False),
        (asked(1, Kind.DATE), "2026-02-30", False),
        (asked(1, Kind.DATE, earliest=date(2026, 6, 1)), "2026-05-31", False),
        (asked(1, Kind.DATE, earliest=date(2026, 6, 1), latest=date(2026, 6, 1)), "2026-06-01", True),
        (asked(1, Kind.DATE, latest=date(2026, 6, 1)), "2026-06-02", False),
        (CHOICE, "1", True),
        (CHOICE, "9", False),
        (MANY, ["1", "9"], False),
        (asked(1, Kind.MANY, options={"1": "R", "2": "G"}, least=2), ["1"], False),
        (asked(1, Kind.MANY, options={"1": "R", "2": "G"}, most=1), ["1", "2"], False),
        (asked(1, Kind.MANY, options={"1": "R", "2": "G"}, least=1, most=2), ["1", "2"], True),
        (asked(1, Kind.LINK), "https://example.org/a?b=c", True),
        (asked(1, Kind.LINK), "example.org", False),
        (asked(1, Kind.LINK), "javascript:alert(1)", False),
        (asked(1, Kind.LINK), "https://exa mple.org", False),
        (asked(1, Kind.LINK), "https://[", False),
        (asked(1, Kind.PERSON), {"name": "Wahyuni", "email": "", "affiliation": ""}, True),
        (asked(1, Kind.PERSON), {"name": "", "email": "w@example.org", "affiliation": ""}, False),
        (asked(1, Kind.PERSON), {"name": "W", "email": "no address", "affiliation": ""}, False),
        (asked(1, Kind.YES_NO), False, True),
        (asked(1, Kind.FILE), {"version": 1}, True),
    ],
)
def test_an_answer_is_right_or_says_what_to_do(one: Asked, value: Any, is_right: bool) -> None:
    assert (list(rules.problems(one, value)) == []) is is_right


def test_only_what_is_asked_is_missing_and_a_frozen_answer_is_never_wrong() -> None:
    sheet = Sheet(
        (
            asked(1, Kind.YES_NO, requirement=ALWAYS),
            asked(2, requirement=ALWAYS, condition=Condition(1, frozenset({"yes"}))),
            asked(3, Kind.NUMBER, frozen_after=EARLIER),
            asked(4, Kind.PERSON, requirement=ALWAYS),
        )
    )
    fields = [gap.field for gap in rules.gaps(sheet, {1: False, 3: "no number"}, (), NOW)]
    assert fields == ["q4-name"]
    assert [gap.field for gap in rules.gaps(sheet, {1: True, 4: {"name": "W"}}, (), NOW)] == ["q2"]


@pytest.mark.parametrize(
    ("kind", "is_required", "answer", "is_missing"),
    [
        (StatementKind.DUAL_SUBMISSION, True, None, True),
        (StatementKind.DUAL_SUBMISSION, True, True, False),
        (StatementKind.LICENCE, False, None, False),
        (StatementKind.ELIGIBLE_AUTHOR, True, None, True),
        (StatementKind.ELIGIBLE_AUTHOR, True, False, True),
        (StatementKind.ELIGIBLE_PRESENTER, True, True, False),
        (StatementKind.ELIGIBLE_PRESENTER, False, False, False),
    ],
)
def test_a_required_statement_is_missing_until_it_is_made(
    kind: StatementKind, is_required: bool, answer: bool | None, is_missing: bool
) -> None:
    one = Stated(1, kind, 10, "It holds.", 1, NOW, is_required=is_required, scopes=frozenset({"track:1"}))
    assert bool(list(rules.statement_gaps([one], {1: answer}, {"track:1"}))) is is_missing
    assert list(rules.statement_gaps([one], {1: answer}, {"track:2"})) == []


@pytest.mark.parametrize(("wording", "expected"), [(10, True), (9, None)])
def test_what_was_agreed_to_holds_for_the_wording_that_was_read(wording: int, expected: bool | None) -> None:
    one = Stated(1, StatementKind.LICENCE, 10, "It holds.", 2, NOW)
    assert rules.still_holds(one, Said(1, one.kind, wording, "It held.", 1, True, NOW)) is expected
    assert rules.still_holds(one, None) is None


@given(st.text(max_size=30))
def test_whatever_is_typed_as_a_number_day_or_link_is_read_or_refused(text: str) -> None:
    number = rules.number_of(text)
    assert number is None or abs(number) < 1e15
    rules.day_of(text)
    rules.is_link(text)
    rules.is_address(text)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.SHORT, "", None),
        (Kind.MANY, [], None),
        (Kind.YES_NO, False, False),
        (Kind.NUMBER, 0, 0),
        (Kind.PERSON, {"name": "", "email": "", "affiliation": ""}, None),
        (Kind.PERSON, {"name": "W"}, {"name": "W", "email": "", "affiliation": ""}),
        (Kind.LONG, None, None),
    ],
)
def test_nothing_answered_is_nothing_stored(kind: Kind, value: Any, expected: Any) -> None:
    assert tidy(kind, value) == expected
