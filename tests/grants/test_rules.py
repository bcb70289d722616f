"""Truth tables: no database, no web."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.shows import shows
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.funds.rules import bar_shares
from workshop_manager.grants import rules
from workshop_manager.grants.rules import Phase
from workshop_manager.grants.states import Action, State

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DRAFT, SUBMITTED, OFFERED, ACCEPTED = State.DRAFT, State.SUBMITTED, State.OFFERED, State.ACCEPTED
DECLINED, EXPIRED, WAITLISTED, REJECTED = State.DECLINED, State.EXPIRED, State.WAITLISTED, State.REJECTED
WITHDRAWN, NONE = State.WITHDRAWN, None

LIFE = {
    # from: submit, offer, waitlist, reject, accept, decline, expire, withdraw, reopen, take back, hope again
    DRAFT:      (SUBMITTED, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    SUBMITTED:  (NONE, OFFERED, WAITLISTED, REJECTED, NONE, NONE, NONE, WITHDRAWN, NONE, NONE, NONE),
    WAITLISTED: (NONE, OFFERED, NONE, REJECTED, NONE, NONE, NONE, WITHDRAWN, NONE, NONE, NONE),
    OFFERED:    (NONE, NONE, NONE, NONE, ACCEPTED, DECLINED, EXPIRED, WITHDRAWN, NONE, REJECTED, NONE),
    ACCEPTED:   (NONE, NONE, NONE, NONE, NONE, DECLINED, NONE, WITHDRAWN, NONE, REJECTED, NONE),
    EXPIRED:    (NONE, OFFERED, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    DECLINED:   (NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, WAITLISTED),
    REJECTED:   (NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    WITHDRAWN:  (NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, DRAFT, NONE, NONE),
}  # fmt: skip
ORDER = (
    Action.SUBMIT, Action.OFFER, Action.WAITLIST, Action.REJECT, Action.ACCEPT, Action.DECLINE, Action.EXPIRE,
    Action.WITHDRAW, Action.REOPEN, Action.TAKE_BACK, Action.HOPE_AGAIN,
)  # fmt: skip


@pytest.mark.parametrize("state", State)
@shows("Grants", "An application goes from draft to its end on the ways of one table, and on no other")
def test_an_application_goes_the_ways_of_the_table(state: State) -> None:
    assert tuple(rules.leads_to(action, state) for action in ORDER) == LIFE[state]


def test_the_table_knows_every_action_and_state() -> None:
    assert set(ORDER) == set(Action)
    assert set(LIFE) == set(State)


@pytest.mark.parametrize(
    ("opens", "due", "has_funds", "phase"),
    [
        (None, None, True, Phase.UNDATED),
        (NOW - HOUR, None, True, Phase.UNDATED),
        (NOW - HOUR, NOW + HOUR, False, Phase.UNDATED),
        (NOW + HOUR, NOW + 2 * HOUR, True, Phase.AHEAD),
        (NOW, NOW + HOUR, True, Phase.OPEN),
        (None, NOW + HOUR, True, Phase.OPEN),
        (NOW - HOUR, NOW, True, Phase.OPEN),
        (NOW - HOUR, NOW - timedelta(seconds=1), True, Phase.CLOSED),
        (None, NOW - HOUR, True, Phase.CLOSED),
    ],
)
def test_applications_are_taken_from_the_opening_to_the_announced_second(
    opens: datetime | None, due: datetime | None, has_funds: bool, phase: Phase
) -> None:
    found = rules.phase_of(
        NOW, Deadline(opens, AOE) if opens else None, Deadline(due, AOE) if due else None, has_funds=has_funds
    )
    assert found is phase


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("state", [None, *State])
def test_only_what_is_not_answered_is_edited_and_only_in_time(state: State | None, phase: Phase) -> None:
    expected = phase is Phase.OPEN and state in (None, DRAFT, SUBMITTED, WITHDRAWN)
    assert rules.may_edit(state, phase) is expected


def test_an_offer_ends_after_its_second_and_not_in_it() -> None:
    assert not rules.offer_has_ended(None, NOW)
    assert not rules.offer_has_ended(NOW, NOW)
    assert rules.offer_has_ended(NOW, NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("asked", "statement", "fields"),
    [
        (100, "I come.", []),
        (0, "I come.", ["amount_air"]),
        (100, "", ["statement"]),
        (0, "…", ["amount_air", "statement"]),
        (100, "word " * 500, []),
        (100, "word " * 501, ["statement"]),
    ],
)
def test_an_application_needs_an_estimate_and_a_statement(asked: int, statement: str, fields: list[str]) -> None:
    assert [gap.field for gap in rules.gaps(asked, statement)] == fields


def test_a_fund_is_short_by_what_goes_beyond_what_is_left() -> None:
    needed = rules.needs([(1, 300), (2, 50), (1, 220)])
    assert needed == {1: 520, 2: 50}
    assert rules.shortfalls(needed, {1: 520, 2: 50}) == {}
    assert rules.shortfalls(needed, {1: 180, 2: 50}) == {1: 340}
    assert rules.shortfalls(needed, {2: 49}) == {1: 520, 2: 1}


@pytest.mark.parametrize(
    ("taken", "is_lower"),
    [
        ({1: 100}, True),
        ({1: 0}, True),
        ({}, True),
        ({1: 101}, False),
        ({1: -1}, False),
        ({2: 0}, False),
        ({2: 5}, False),
    ],
)
def test_a_grant_is_only_ever_lowered(taken: dict[int, int], is_lower: bool) -> None:
    assert rules.is_lower({1: 100}, taken) is is_lower


def test_a_bar_never_goes_beyond_its_fund() -> None:
    assert bar_shares(1000, (250, 250, 100)) == [0.25, 0.25, 0.1]
    assert bar_shares(1000, (600, 300, 400)) == [0.6, 0.3, 0.1]
    assert bar_shares(0, (0, 0)) == [0.0, 0.0]
