"""What organisers may learn of answers: truth tables, no database."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shows import keeps
from workshop_manager.selfid import rules
from workshop_manager.selfid.rules import DECLINED, Reply
from workshop_manager.selfid.states import Stage

DAY = date(2026, 6, 1)
A, B, NO, NOTHING = Reply((0,)), Reply((1,)), Reply(declined=True), Reply()


@pytest.mark.parametrize(
    ("reply", "multiple", "own", "expected"),
    [
        (A, False, False, True),
        (NOTHING, False, False, True),
        (NO, False, False, True),
        (Reply((0,), declined=True), True, True, False),
        (Reply((0, 1)), False, True, False),
        (Reply((0, 1)), True, True, True),
        (Reply((0,), "both"), False, True, False),
        (Reply((0,), "both"), True, True, True),
        (Reply((), "mine"), False, True, True),
        (Reply((), "mine"), False, False, False),
        (Reply((), "x" * 201), False, True, False),
        (Reply((2,)), False, True, False),
        (Reply((-1,)), True, True, False),
        (Reply((1, 1)), True, True, False),
    ],
)
def test_what_can_be_an_answer(reply: Reply, multiple: bool, own: bool, expected: bool) -> None:
    assert rules.fits(reply, 2, is_multiple=multiple, takes_own_words=own) is expected


@pytest.mark.parametrize(
    ("stage", "part", "has", "expected"),
    [
        (Stage.DRAFT, True, True, False),
        (Stage.ASKING, True, False, True),
        (Stage.ASKING, False, False, False),
        (Stage.ASKING, False, True, True),
        (Stage.CLOSED, True, False, False),
        (Stage.CLOSED, False, True, True),
        (Stage.PURGED, True, True, False),
    ],
)
def test_who_can_answer(stage: Stage, part: bool, has: bool, expected: bool) -> None:
    assert rules.may_answer(stage, takes_part=part, has_answered=has) is expected


@pytest.mark.parametrize(
    ("since", "answers", "fresh", "gone", "expected"),
    [
        (None, 4, 4, 0, False),
        (None, 5, 5, 0, True),
        (0, 50, 50, 50, False),  # once a day
        (1, 50, 4, 0, False),
        (1, 50, 4, 4, False),  # these may be the same four people
        (1, 50, 5, 0, True),
        (1, 50, 0, 5, True),
        (1, 4, 0, 46, False),
    ],
)
def test_totals_are_made_anew_once_a_day_after_five_people(
    since: int | None, answers: int, fresh: int, gone: int, expected: bool
) -> None:
    last = None if since is None else DAY - timedelta(days=since)
    assert rules.may_count(DAY, last, answers, fresh, gone) is expected


def test_a_small_group_stands_with_the_others_and_numbers_are_rounded_down() -> None:
    said = [A] * 13 + [B] * 7 + [NO] * 6 + [Reply((), "Mine")] * 3 + [NOTHING] * 4
    assert rules.total(said, is_multiple=False) == [["0", 10], ["1", 5], [DECLINED, 5], [None, 5]]
    assert rules.total([A] * 13 + [B], is_multiple=False) == [], "it would tell of one person"
    assert rules.total([Reply((), " My  own")] * 5 + [Reply((), "my OWN")] + [A] * 6, is_multiple=False) == [
        ["0", 5], ["own:my own", 5]
    ]  # fmt: skip


def test_of_several_choices_each_is_shown_if_five_chose_it_and_five_did_not() -> None:
    said = [Reply((0, 1))] * 9 + [Reply((0,))] * 6 + [NO] * 4
    assert rules.total(said, is_multiple=True) == [["1", 5]], "but four chose 0, or would be told of by it"


@keeps("P3")
@given(st.lists(st.sampled_from([A, B, NO, NOTHING, Reply((2,)), Reply((), "words")]), max_size=60))
def test_no_total_tells_of_fewer_than_five(said: list[Reply]) -> None:
    true = Counter(next(iter(reply.keys()), None) for reply in said)
    shown = rules.total(said, is_multiple=False)
    named = {key for key, _number in shown if key is not None}
    for key, number in shown:
        whole = true[key] if key is not None else sum(n for other, n in true.items() if other not in named)
        assert number % 5 == 0
        assert 5 <= number <= whole
    left = len(said) - sum(true[key] for key in named)
    assert not shown or left == 0 or left >= 5, "nor by what is left"


def test_what_is_written_can_be_read() -> None:
    said = {7: Reply((0, 2), "näh"), 9: NO, 11: NOTHING}
    assert rules.read(rules.written(said)) == {7: Reply((0, 2), "näh"), 9: NO}
    assert rules.read(None) == {}


@pytest.mark.parametrize("stage", list(Stage))
def test_answers_are_deleted_on_their_day(stage: Stage) -> None:
    keeps_answers = stage in (Stage.ASKING, Stage.CLOSED)
    assert rules.is_due(DAY, stage, DAY) is keeps_answers
    assert not rules.is_due(DAY, stage, DAY - timedelta(days=1))
    assert not rules.is_due(None, stage, DAY)


def test_what_is_missing_before_asking() -> None:
    assert rules.missing("", None, [], DAY) == ["purpose", "purge_on", "questions"]
    assert rules.missing("why", DAY, [1], DAY) == ["purge_on"]
    assert rules.missing("why", DAY + timedelta(days=1), [1], DAY) == []
