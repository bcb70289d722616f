"""What a ticket at the door leads to, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workshop_manager.door import rules
from workshop_manager.door.rules import Shown
from workshop_manager.door.states import Doors, Verdict
from workshop_manager.registrations.service import new_ticket_code
from workshop_manager.registrations.states import Mode, State

NINE = datetime(2026, 12, 11, 15, 0, tzinfo=UTC)
HELD, WAITS, GONE = State.REGISTERED, State.WAITLISTED, State.CANCELLED
ROOM, AFAR = Mode.IN_PERSON, Mode.VIRTUAL


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (None, Verdict.UNKNOWN),
        (Shown(False, HELD, ROOM), Verdict.ELSEWHERE),
        (Shown(False, HELD, ROOM, NINE, "A"), Verdict.ELSEWHERE),
        (Shown(True, HELD, ROOM), Verdict.IN),
        (Shown(True, HELD, AFAR), Verdict.VIRTUAL),
        (Shown(True, WAITS, ROOM), Verdict.WAITING),
        (Shown(True, WAITS, AFAR), Verdict.WAITING),
        (Shown(True, GONE, ROOM), Verdict.CANCELLED),
        (Shown(True, HELD, ROOM, NINE - timedelta(seconds=30), "A"), Verdict.AGAIN),
        (Shown(True, HELD, ROOM, NINE - timedelta(minutes=3), "A"), Verdict.TWICE),
        (Shown(True, HELD, ROOM, NINE - timedelta(seconds=30), "B"), Verdict.TWICE),
        (Shown(True, HELD, ROOM, NINE + timedelta(minutes=9), "A"), Verdict.TWICE),
        (Shown(True, GONE, ROOM, NINE - timedelta(hours=1), "A"), Verdict.TWICE),
    ],
)
def test_a_ticket_gets_one_answer(shown: Shown | None, said: Verdict):
    assert rules.verdict(shown, NINE, "A") is said


@pytest.mark.parametrize("typed", ["7K4P-QM2X", "7k4pqm2x", " 7K4P QM2X ", "7K4P\u2011QM2X"])
def test_a_code_is_read_however_it_is_written(typed: str):
    assert rules.code_of(typed) == "7K4P-QM2X"


@pytest.mark.parametrize(
    "typed", ["", "7K4P", "7K4P-QM2XX", "https://evil.example", "Nur Aisyah", "7K4P-QM0O", "7K4P‮QM2X"]
)
def test_what_is_no_code_is_none(typed: str):
    assert rules.code_of(typed) is None


def test_doors_open_half_a_day_before_and_close_a_week_after():
    start, end = NINE, NINE + timedelta(hours=4)
    ats = [start - rules.OPEN_BEFORE - timedelta(seconds=1), start - rules.OPEN_BEFORE, end + rules.OPEN_AFTER]
    ats.append(ats[-1] + timedelta(seconds=1))
    assert [rules.doors(start, end, at) for at in ats] == [Doors.AHEAD, Doors.OPEN, Doors.OPEN, Doors.OVER]


def test_a_browser_keeps_the_list_for_hours_and_never_beyond_the_event():
    ends = [NINE + timedelta(days=2), NINE + timedelta(hours=4), NINE, NINE - timedelta(days=1)]
    kept = [rules.kept_through_reload(end, NINE) for end in ends]
    assert kept == [rules.KEPT_ON_DEVICE, timedelta(hours=4), timedelta(0), timedelta(0)]


def test_the_day_is_that_of_the_place():
    assert rules.day_of(datetime(2026, 12, 12, 3, 0, tzinfo=UTC), "America/Chicago") == date(2026, 12, 11)


def test_a_devices_clock_is_never_trusted_for_more_than_how_long_ago():
    wrong = datetime(2031, 1, 1, tzinfo=UTC)
    assert rules.said_at(NINE, wrong, wrong - timedelta(minutes=20)) == NINE - timedelta(minutes=20)
    assert rules.said_at(NINE, wrong, wrong + timedelta(minutes=20)) == NINE
    assert rules.said_at(NINE, None, wrong) == rules.said_at(NINE, wrong, None) == NINE
    # A forged pair of times reaches no year that cannot be reckoned with: no door was open so long ago.
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    assert rules.said_at(NINE, last, first) == NINE - rules.LONG_AGO


def test_every_code_that_is_given_can_be_read():
    for _attempt in range(300):
        code = new_ticket_code()
        assert rules.code_of(code.replace("-", "").lower()) == code
