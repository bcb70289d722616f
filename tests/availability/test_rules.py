"""Which hours are asked about, in whatever zone, and what answers say."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from workshop_manager.availability.rules import Block, Hours, blocks, digest, said, windows, word_of
from workshop_manager.availability.states import Word

ZONE = "America/Chicago"
START = datetime(2026, 12, 11, 14, 30, tzinfo=UTC)  # 08:30
END = datetime(2026, 12, 12, 23, tzinfo=UTC)  # 17:00 of the second day


def test_each_day_is_asked_about_between_the_first_and_the_last_clock() -> None:
    assert windows(START, END, ZONE, ()) == [
        Block(START, datetime(2026, 12, 11, 23, tzinfo=UTC)),
        Block(datetime(2026, 12, 12, 14, 30, tzinfo=UTC), END),
    ]


def test_a_day_reaches_as_far_as_what_stands_on_it_and_days_beside_the_event_count_too() -> None:
    dinner = (datetime(2026, 12, 12, 0, tzinfo=UTC), datetime(2026, 12, 12, 3, tzinfo=UTC))  # 18:00–21:00
    virtual = (datetime(2026, 12, 18, 15, tzinfo=UTC), datetime(2026, 12, 18, 17, tzinfo=UTC))
    found = windows(START, END, ZONE, (dinner, virtual))
    assert [(block.start, block.end) for block in found] == [
        (START, dinner[1]),
        (datetime(2026, 12, 12, 14, 30, tzinfo=UTC), END),
        virtual,
    ]


def test_a_night_belongs_to_the_day_it_begins_on() -> None:
    start, end = datetime(2026, 12, 12, 1, tzinfo=UTC), datetime(2026, 12, 12, 8, tzinfo=UTC)  # 19:00–02:00
    late = (datetime(2026, 12, 12, 7, tzinfo=UTC), datetime(2026, 12, 12, 7, 30, tzinfo=UTC))  # 01:00 of the next day
    assert windows(start, end, ZONE, (late,)) == [Block(start, end)]


@pytest.mark.parametrize(("days", "lengths"), [(1, [30, 60]), (4, [90, 120]), (9, [210, 240])])
def test_few_days_are_asked_hour_by_hour_and_many_in_quarters(days: int, lengths: list[int]) -> None:
    found = blocks([Block(START + timedelta(days=n), START + timedelta(days=n, hours=9)) for n in range(days)], ZONE)
    assert [(each.end - each.start) // timedelta(minutes=1) for each in found[0][:2]] == lengths
    assert all(day[0].start == START + timedelta(days=n) for n, day in enumerate(found))
    assert all(one.end == other.start for day in found for one, other in pairwise(day))


def test_a_day_on_which_clocks_change_has_each_hour_once() -> None:
    start = datetime(2026, 11, 1, 5, tzinfo=UTC)  # midnight, an hour before the hour that comes twice
    (day,) = blocks([Block(start, start + timedelta(hours=5))], ZONE)
    assert len({block.key for block in day}) == 5


def test_what_touches_and_says_the_same_is_one_stretch() -> None:
    asked = blocks(windows(START, END, ZONE, ()), ZONE)
    first, second, third, fourth = asked[0][:4]
    words = {first.key: Word.CANNOT, second.key: Word.CANNOT, third.key: Word.RATHER_NOT}
    hours = said(asked, words)
    assert hours == [Hours(first.start, second.end, Word.CANNOT), Hours(third.start, third.end, Word.RATHER_NOT)]
    assert [word_of(block, hours) for block in (first, second, third, fourth)] == [
        Word.CANNOT, Word.CANNOT, Word.RATHER_NOT, Word.CAN,
    ]  # fmt: skip


def test_of_a_block_that_was_answered_in_parts_the_worst_counts() -> None:
    block = Block(START, START + timedelta(hours=2))
    parts = [Hours(START, START + timedelta(hours=1), Word.RATHER_NOT),
             Hours(START + timedelta(hours=1), block.end, Word.CANNOT)]  # fmt: skip
    assert word_of(block, parts) is Word.CANNOT


def test_other_days_are_another_question() -> None:
    days = windows(START, END, ZONE, ())
    assert digest(days) == digest(list(days)) != digest(days[:1])
