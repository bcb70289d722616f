"""When one may register and what a wish leads to: truth tables."""

from datetime import UTC, datetime, timedelta

import pytest

from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.registrations.rules import (
    NOTHING,
    Kept,
    Phase,
    Place,
    Pool,
    Seats,
    after_call_up,
    after_choosing,
    after_expiry,
    after_offer,
    after_refusal,
    has_run_out,
    may_cancel,
    may_choose,
    may_describe,
    may_join,
    offer_until,
    phase,
)
from workshop_manager.registrations.states import Group, State

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAST, AHEAD, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1), NOW + timedelta(days=9)
NO_DATE = None
SECOND = timedelta(seconds=1)


def _date(at: datetime | None) -> Deadline | None:
    return Deadline(at, AOE) if at else None


@pytest.mark.parametrize(
    ("opens", "closes", "ends", "has_kinds", "expected"),
    [
        (NO_DATE, NO_DATE, LATER, True, Phase.OPEN),
        (NO_DATE, NO_DATE, LATER, False, Phase.NOT_PLANNED),
        (AHEAD, NO_DATE, LATER, True, Phase.AHEAD),
        (NOW + SECOND, NO_DATE, LATER, True, Phase.AHEAD),
        (NOW, AHEAD, LATER, True, Phase.OPEN),
        (PAST, AHEAD, LATER, True, Phase.OPEN),
        (PAST, NOW, LATER, True, Phase.OPEN),
        (PAST, NOW - SECOND, LATER, True, Phase.CLOSED),
        (PAST, AHEAD, NOW, True, Phase.OPEN),
        (PAST, AHEAD, PAST, True, Phase.OVER),
        (NO_DATE, NO_DATE, PAST, True, Phase.OVER),
    ],
)
def test_registration_is_open_between_its_dates(
    opens: datetime | None, closes: datetime | None, ends: datetime, has_kinds: bool, expected: Phase
) -> None:
    assert phase(_date(opens), _date(closes), ends, NOW, has_kinds) is expected


@pytest.mark.parametrize("at", list(Phase))
def test_a_kind_is_chosen_only_while_registration_is_open(at: Phase) -> None:
    assert may_choose(at) == (at is Phase.OPEN)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("at", list(Phase))
def test_answers_can_be_changed_until_the_event_is_over(state: State, at: Phase) -> None:
    expected = state is not State.CANCELLED and at in (Phase.AHEAD, Phase.OPEN, Phase.CLOSED)
    assert may_describe(state, at) == expected


def test_a_seat_can_be_given_up_until_the_event_is_over() -> None:
    assert may_cancel(State.REGISTERED, NOW, NOW)
    assert may_cancel(State.WAITLISTED, AHEAD, NOW)
    assert not may_cancel(State.REGISTERED, PAST, NOW)
    assert not may_cancel(State.CANCELLED, AHEAD, NOW)


@pytest.mark.parametrize(
    ("capacity", "taken", "left", "full"),
    [(None, 500, None, False), (0, 0, 0, True), (2, 1, 1, False), (2, 2, 0, True)],
)
def test_seats_left(capacity: int | None, taken: int, left: int | None, full: bool) -> None:
    assert (Seats(capacity, taken).left, Seats(capacity, taken).is_full) == (left, full)


ROOM, AFAR, THIRD = 1, 2, 3
HAS_ROOM, HAS_AFAR = Place(seat=ROOM), Place(seat=AFAR)
WAITS, WAITS_WITH_SEAT = Place(line=ROOM), Place(seat=AFAR, line=ROOM)


@pytest.mark.parametrize(
    ("before", "wanted", "is_full", "fallback", "after"),
    [
        (NOTHING, ROOM, False, None, HAS_ROOM),
        (NOTHING, ROOM, False, AFAR, HAS_ROOM),
        (NOTHING, ROOM, True, None, WAITS),
        (NOTHING, ROOM, True, AFAR, WAITS_WITH_SEAT),
        (HAS_ROOM, ROOM, True, None, HAS_ROOM),
        (HAS_ROOM, AFAR, False, None, HAS_AFAR),
        (HAS_AFAR, ROOM, True, None, WAITS_WITH_SEAT),
        (HAS_AFAR, ROOM, True, THIRD, WAITS_WITH_SEAT),
        (WAITS, ROOM, True, None, WAITS),
        (WAITS, ROOM, True, AFAR, WAITS_WITH_SEAT),
        (WAITS, AFAR, False, None, HAS_AFAR),
        (WAITS_WITH_SEAT, ROOM, True, None, WAITS_WITH_SEAT),
        (WAITS_WITH_SEAT, AFAR, True, None, HAS_AFAR),
        (WAITS_WITH_SEAT, THIRD, False, None, Place(seat=THIRD)),
        (WAITS_WITH_SEAT, THIRD, True, None, Place(seat=AFAR, line=THIRD)),
    ],
)
def test_what_choosing_a_kind_leads_to(
    before: Place, wanted: int, is_full: bool, fallback: int | None, after: Place
) -> None:
    assert after_choosing(before, wanted, is_full=is_full, fallback=fallback) == after


@pytest.mark.parametrize("before", [NOTHING, HAS_ROOM, HAS_AFAR, WAITS, WAITS_WITH_SEAT])
@pytest.mark.parametrize("wanted", [ROOM, AFAR, THIRD])
@pytest.mark.parametrize("is_full", [True, False])
@pytest.mark.parametrize("fallback", [None, THIRD])
def test_nobody_loses_a_seat_by_choosing(before: Place, wanted: int, is_full: bool, fallback: int | None) -> None:
    after = after_choosing(before, wanted, is_full=is_full, fallback=fallback)
    assert after.wish == wanted
    assert before.seat is None or after.seat is not None


@pytest.mark.parametrize("before", [WAITS, WAITS_WITH_SEAT])
def test_a_seat_that_comes_free_replaces_the_one_held_meanwhile(before: Place) -> None:
    assert after_call_up(before) == HAS_ROOM


OFFERED, OFFERED_WITH_SEAT = Place(line=ROOM, is_offered=True), Place(seat=AFAR, line=ROOM, is_offered=True)


@pytest.mark.parametrize(
    ("before", "occupied", "yes", "no", "first_missed", "second_missed"),
    [
        (OFFERED, {ROOM}, HAS_ROOM, NOTHING, WAITS, NOTHING),
        (OFFERED_WITH_SEAT, {ROOM, AFAR}, HAS_ROOM, HAS_AFAR, WAITS_WITH_SEAT, HAS_AFAR),
    ],
)
def test_what_an_answer_to_an_offer_leads_to(
    before: Place, occupied: set[int], yes: Place, no: Place, first_missed: Place, second_missed: Place
) -> None:
    assert before.occupied == occupied
    assert (after_call_up(before), after_refusal(before)) == (yes, no)
    assert (after_expiry(before, 1), after_expiry(before, 2)) == (first_missed, second_missed)
    assert after_offer(first_missed) == before


@pytest.mark.parametrize(
    ("before", "wanted", "is_full", "after"),
    [
        (OFFERED, ROOM, False, OFFERED),
        (OFFERED_WITH_SEAT, ROOM, False, OFFERED_WITH_SEAT),
        (OFFERED_WITH_SEAT, AFAR, True, HAS_AFAR),
        (OFFERED, THIRD, False, Place(seat=THIRD)),
        (OFFERED_WITH_SEAT, THIRD, True, Place(seat=AFAR, line=THIRD)),
    ],
)
def test_changing_answers_never_accepts_an_offer(before: Place, wanted: int, is_full: bool, after: Place) -> None:
    assert after_choosing(before, wanted, is_full=is_full) == after


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("hours", "last_week", "begins_in", "until"),
    [
        (None, None, 90 * DAY, None),
        (48, None, 90 * DAY, 48 * HOUR),
        (48, 12, 90 * DAY, 48 * HOUR),
        (48, 12, 7 * DAY + HOUR, 48 * HOUR),
        (48, 12, 7 * DAY, 12 * HOUR),
        (48, None, 7 * DAY, 48 * HOUR),
        (48, None, DAY, DAY),
        (48, 12, 3 * HOUR, 3 * HOUR),
        (48, 12, HOUR, None),
        (48, 12, -HOUR, None),
        (None, 12, DAY, 12 * HOUR),
    ],
)
def test_how_long_a_seat_is_offered(
    hours: int | None, last_week: int | None, begins_in: timedelta, until: timedelta | None
) -> None:
    found = offer_until(NOW, NOW + begins_in, hours, last_week)
    assert found == (NOW + until if until is not None else None)


def test_an_offer_ends_after_its_last_second() -> None:
    assert not has_run_out(NOW, NOW)
    assert has_run_out(NOW, NOW + SECOND)
    assert not has_run_out(None, NOW)


P, G = Group.PRESENTERS, Group.GRANTEES
ANYBODY: tuple[Group, ...] = ()


@pytest.mark.parametrize(
    ("capacity", "taken", "kept", "held_back", "anybody", "presenter", "both"),
    [
        (None, 999, {}, 0, True, True, True),
        (None, 999, {P: Kept(5, 0)}, 0, True, True, True),
        (10, 9, {}, 0, True, True, True),
        (10, 10, {}, 0, False, False, False),
        (10, 5, {P: Kept(5, 0)}, 5, False, True, True),
        (10, 5, {P: Kept(5, 1)}, 4, True, True, True),
        (10, 9, {P: Kept(5, 5)}, 0, True, True, True),
        (10, 9, {P: Kept(5, 6)}, 0, True, True, True),
        (10, 9, {P: Kept(5, 0)}, 1, False, True, True),
        (10, 10, {P: Kept(5, 0)}, 0, False, False, False),
        (10, 8, {G: Kept(2, 0)}, 2, False, False, True),
        (10, 8, {P: Kept(1, 1), G: Kept(2, 0)}, 2, False, False, True),
        (10, 8, {P: Kept(1, 0), G: Kept(1, 0)}, 2, False, True, True),
        (0, 0, {P: Kept(1, 0)}, 0, False, False, False),
    ],
)
def test_kept_seats_are_for_members_and_the_rest_for_everybody(
    capacity: int | None,
    taken: int,
    kept: dict[Group, Kept],
    held_back: int,
    anybody: bool,
    presenter: bool,
    both: bool,
) -> None:
    pool = Pool(capacity, taken, kept)
    assert pool.held_back == held_back
    assert (pool.has_room(ANYBODY), pool.has_room([P]), pool.has_room([P, G])) == (anybody, presenter, both)


def test_a_member_of_two_groups_counts_in_both() -> None:
    pool = Pool(10, 0, {P: Kept(2, 0), G: Kept(2, 0)}).after(1, [P, G])
    assert (pool.taken, pool.held_back) == (1, 2)
    assert pool.after(-1, [P, G]) == Pool(10, 0, {P: Kept(2, 0), G: Kept(2, 0)})


@pytest.mark.parametrize(
    ("place", "state"),
    [
        (NOTHING, State.CANCELLED),
        (WAITS, State.WAITLISTED),
        (HAS_ROOM, State.REGISTERED),
        (WAITS_WITH_SEAT, State.REGISTERED),
    ],
)
def test_the_state_follows_from_what_somebody_holds(place: Place, state: State) -> None:
    assert place.state is state


@pytest.mark.parametrize(
    ("state", "accepted", "current", "may"),
    [
        (State.REGISTERED, 1, 1, True),
        (State.REGISTERED, 1, 2, False),
        (State.REGISTERED, 0, 1, False),
        (State.REGISTERED, 0, 0, True),
        (State.REGISTERED, 3, 0, True),
        (State.WAITLISTED, 1, 1, False),
        (State.CANCELLED, 1, 1, False),
        (None, 0, 1, False),
    ],
)
def test_the_join_link_needs_a_seat_and_the_present_code_of_conduct(
    state: State | None, accepted: int, current: int, may: bool
) -> None:
    assert may_join(state, accepted, current) is may
