"""Weighted scores, rubrics that go on, and who reads what, in plain values."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.shows import shows
from workshop_manager.grantreview import rules
from workshop_manager.grantreview.rules import Axis
from workshop_manager.grantreview.solving import share_out, spread

NEED = Axis("need", "Need", 3, ("none", "some", "much"))
GAIN = Axis("gain", "Gain", 1, tuple("abcdef"))


@pytest.mark.parametrize(
    ("need", "gain", "score"), [(1, 1, 1.0), (3, 6, 6.0), (3, 1, 4.75), (1, 6, 2.25), (2, 1, 2.875)]
)
@shows("Grants", "A rubric of several axes with weights; the weighted score stands on the scale from 1 to 6")
def test_axes_are_stretched_to_one_scale_and_weighed(need: int, gain: int, score: float) -> None:
    assert rules.weighted((NEED, GAIN), {"need": need, "gain": gain}) == pytest.approx(score)


def test_a_single_axis_of_six_points_is_its_point() -> None:
    assert [rules.weighted([GAIN], {"gain": point}) for point in range(1, 7)] == [1, 2, 3, 4, 5, 6]


def test_an_axis_goes_on_under_its_key_only_with_its_name_and_points() -> None:
    new = [Axis("x", "need", 1, ("a", "b", "c")), Axis("y", "Gain", 1, ("a", "b"))]
    assert [axis.key for axis in rules.kept_keys([NEED, GAIN], new)] == ["need", "y"]
    assert not rules.is_complete([NEED], {"need": 4})
    assert not rules.is_complete([NEED], {})


def test_what_is_asked_is_overdue_one_second_after_and_not_once_answered() -> None:
    assert not rules.is_overdue(NOW, None, NOW)
    assert rules.is_overdue(NOW, None, NOW + timedelta(seconds=1))
    assert not rules.is_overdue(NOW, NOW, NOW + timedelta(days=1))
    assert not rules.is_overdue(None, None, NOW)


def test_offers_are_reminded_of_in_their_last_days_and_not_after() -> None:
    assert not rules.needs_nagging(NOW + timedelta(days=3, seconds=1), NOW)
    assert rules.needs_nagging(NOW + timedelta(days=3), NOW)
    assert rules.needs_nagging(NOW, NOW)
    assert not rules.needs_nagging(NOW, NOW + timedelta(seconds=1))


@shows("Grants", "Readers are given out as a flow: no conflicts, level loads, languages where they are known")
def test_readings_are_level_and_keep_conflicts_apart() -> None:
    wanted, loads = dict.fromkeys(range(1, 11), 2), {100: 0, 200: 0, 300: 4}
    apart = {(one, 100) for one in range(1, 4)}
    pairs = share_out(wanted, loads, apart)
    assert len(pairs) == len(set(pairs)) == 20
    assert not apart & set(pairs)
    given = [load + sum(reader == one for _work, reader in pairs) for one, load in loads.items()]
    assert spread(given)[0] >= 7
    assert sum(given) == 24


def test_languages_decide_between_readers_who_carry_the_same() -> None:
    pairs = share_out({1: 1, 2: 1}, {10: 0, 20: 0}, set(), foreign={(1, 10), (2, 20)})
    assert sorted(pairs) == [(1, 20), (2, 10)]
    assert share_out({1: 1}, {10: 1, 20: 0}, set(), foreign={(1, 20)}) == [(1, 20)]


def test_what_nobody_can_read_stays_empty() -> None:
    assert share_out({1: 2, 2: 1}, {10: 0}, {(2, 10)}) == [(1, 10)]
    assert share_out({}, {10: 0}, set()) == []
    assert share_out({1: 1}, {}, set()) == []
