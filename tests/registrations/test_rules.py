"""When one may register: a truth table."""

from datetime import UTC, datetime, timedelta

import pytest

from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.registrations.rules import Action, Phase, Seats, leads_to, may_cancel, may_join, phase
from workshop_manager.registrations.states import State

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAST, AHEAD, OVER = NOW - timedelta(days=1), NOW + timedelta(days=1), NOW + timedelta(days=9)
NO_DATE = None


def _date(at: datetime | None) -> Deadline | None:
    return Deadline(at, AOE) if at else None


@pytest.mark.parametrize(
    ("opens", "closes", "ends", "has_kinds", "expected"),
    [
        (NO_DATE, NO_DATE, OVER, True, Phase.OPEN),
        (NO_DATE, NO_DATE, OVER, False, Phase.NOT_PLANNED),
        (AHEAD, NO_DATE, OVER, True, Phase.AHEAD),
        (PAST, AHEAD, OVER, True, Phase.OPEN),
        (PAST, NOW, OVER, True, Phase.OPEN),
        (PAST, NOW - timedelta(seconds=1), OVER, True, Phase.CLOSED),
        (PAST, AHEAD, PAST, True, Phase.CLOSED),
        (NOW, AHEAD, OVER, True, Phase.OPEN),
    ],
)
def test_registration_is_open_between_its_dates(
    opens: datetime | None, closes: datetime | None, ends: datetime, has_kinds: bool, expected: Phase
) -> None:
    assert phase(_date(opens), _date(closes), ends, NOW, has_kinds) is expected


@pytest.mark.parametrize("state", [*State, None])
@pytest.mark.parametrize("action", list(Action))
def test_each_action_leads_where_the_table_says(state: State | None, action: Action) -> None:
    allowed = {
        Action.TAKE_SEAT: {None, State.CANCELLED, State.REGISTERED, State.WAITLISTED},
        Action.JOIN_LINE: {None, State.CANCELLED, State.REGISTERED, State.WAITLISTED},
        Action.CALL_UP: {State.WAITLISTED},
        Action.CANCEL: {State.REGISTERED, State.WAITLISTED},
    }[action]
    assert (leads_to(state, action) is not None) == (state in allowed)


@pytest.mark.parametrize(
    ("capacity", "taken", "left", "full"),
    [(None, 500, None, False), (0, 0, 0, True), (2, 1, 1, False), (2, 2, 0, True)],
)
def test_seats_left(capacity: int | None, taken: int, left: int | None, full: bool) -> None:
    assert (Seats(capacity, taken).left, Seats(capacity, taken).is_full) == (left, full)


def test_a_seat_can_be_given_up_until_the_event_is_over() -> None:
    assert may_cancel(State.REGISTERED, NOW, NOW)
    assert may_cancel(State.WAITLISTED, AHEAD, NOW)
    assert not may_cancel(State.REGISTERED, PAST, NOW)
    assert not may_cancel(State.CANCELLED, AHEAD, NOW)


@pytest.mark.parametrize(
    ("state", "accepted", "current", "may"),
    [
        (State.REGISTERED, 1, 1, True),
        (State.REGISTERED, 1, 2, False),
        (State.WAITLISTED, 1, 1, False),
        (State.CANCELLED, 1, 1, False),
        (None, 0, 1, False),
    ],
)
def test_the_join_link_needs_a_seat_and_the_present_code_of_conduct(
    state: State | None, accepted: int, current: int, may: bool
) -> None:
    assert may_join(state, accepted, current) is may
