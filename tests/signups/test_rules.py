"""Who may sign up for what, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from workshop_manager.registrations.states import Mode
from workshop_manager.signups import rules
from workshop_manager.signups.rules import Span, Window
from workshop_manager.signups.states import Audience, Phase, Way

pytestmark = pytest.mark.sqlite
AT = datetime(2026, 12, 11, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("way", "now", "allocated", "phase"),
    [
        (Way.FIRST_COME, -1, False, Phase.AHEAD),
        (Way.FIRST_COME, 0, False, Phase.OPEN),
        (Way.FIRST_COME, 1, False, Phase.OPEN),
        (Way.FIRST_COME, 2, False, Phase.CLOSED),
        (Way.RANKED, 1, False, Phase.OPEN),
        (Way.RANKED, 2, False, Phase.DECIDING),
        (Way.RANKED, 2, True, Phase.SETTLED),
    ],
)
def test_where_a_block_stands(way, now, allocated, phase):
    window = Window(way, AT, AT + HOUR, allocated)
    assert rules.phase(window, AT + now * HOUR) is phase
    assert rules.may_choose(way, phase) == (way is Way.RANKED and phase is Phase.OPEN)
    assert rules.may_allocate(way, phase) == (phase is Phase.DECIDING)
    taking = {(Way.FIRST_COME, Phase.OPEN), (Way.RANKED, Phase.SETTLED)}
    assert rules.may_take(way, phase) == ((way, phase) in taking)


@pytest.mark.parametrize(
    ("audience", "modes"),
    [
        (Audience.EVERYBODY, {Mode.IN_PERSON, Mode.VIRTUAL}),
        (Audience.IN_PERSON, {Mode.IN_PERSON}),
        (Audience.VIRTUAL, {Mode.VIRTUAL}),
    ],
)
def test_whose_seat_fits(audience, modes):
    assert {mode for mode in (*Mode, None) if rules.fits(audience, mode)} == modes


def test_what_touches_does_not_clash():
    busy = [Span(AT, AT + HOUR, "A talk")]
    assert rules.clash(Span(AT + HOUR, AT + 2 * HOUR), busy) is None
    assert rules.clash(Span(AT - HOUR, AT), busy) is None
    assert rules.clash(Span(AT + HOUR / 2, AT + 2 * HOUR), busy).title == "A talk"
    assert rules.clash(None, busy) is None


@pytest.mark.parametrize(
    ("ranks", "right"), [([], True), ([1, 2], True), ([1, 1], False), ([9], False), ([1, 2, 3], False)]
)
def test_what_counts_as_ranks(ranks, right):
    assert rules.are_ranks(ranks, [1, 2, 3], 2) is right
