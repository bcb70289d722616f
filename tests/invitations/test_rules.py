"""Who is told what of a slot, without a database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.schedule.test_rules import at
from workshop_manager.invitations.rules import Slot, What, present_answer, step
from workshop_manager.invitations.states import Answer

NOW = at(6)
TALK = Slot("a", "Talk", at(9), at(10), "Hall", 3)


@pytest.mark.parametrize(
    ("told", "now", "was_off", "what", "sequence"),
    [
        (None, TALK, False, What.FIRST, 3),
        (TALK, TALK, False, None, None),
        (TALK, replace(TALK, sequence=4), False, None, None),
        (TALK, replace(TALK, start=at(9, 30), sequence=4), False, What.CHANGED, 4),
        (TALK, replace(TALK, end=None, sequence=4), False, What.CHANGED, 4),
        (TALK, replace(TALK, room="", sequence=4), False, What.CHANGED, 4),
        (TALK, replace(TALK, title="Poster", sequence=4), False, What.CHANGED, 4),
        # An hour apart the calendars' number may have stood still: a message is above the last one all the same.
        (replace(TALK, sequence=7), replace(TALK, room="Garden"), False, What.CHANGED, 8),
        (TALK, None, False, What.OFF, 4),
        (TALK, None, True, None, None),
        (None, None, False, None, None),
        (TALK, replace(TALK, sequence=5), True, What.AGAIN, 5),
        (replace(TALK, end=at(5), start=at(4)), None, False, None, None),
        (None, replace(TALK, start=at(4), end=at(5)), False, None, None),
    ],
)
def test_a_slot_is_told_once_and_again_only_when_it_changes(told, now, was_off, what, sequence):
    found = step(told, now, NOW, was_off=was_off)
    assert (found and found.what, found and found.sequence) == (what, sequence)


def test_a_cancellation_is_above_what_calendars_have():
    assert step(TALK, None, NOW, sequence=9).sequence == 9


def test_what_began_is_still_told_until_it_is_over():
    assert step(None, TALK, at(9, 30)).what is What.FIRST
    assert step(None, TALK, at(10)) is None


def test_an_answer_counts_for_the_time_it_was_given_for():
    assert present_answer(Answer.YES, at(9), at(9)) is Answer.YES
    assert present_answer(Answer.YES, at(9), at(9) + timedelta(minutes=1)) is None
    assert present_answer(None, None, at(9)) is None
