"""The rules of a call as truth tables."""

from datetime import UTC, datetime, timedelta

import pytest

from workshop_manager.calls import rules
from workshop_manager.calls.rules import Phase
from workshop_manager.core.deadlines import AOE, Deadline

DUE = Deadline(datetime(2023, 10, 7, 11, 59, tzinfo=UTC), AOE)
OPENS = Deadline(datetime(2023, 8, 18, 12, 0, tzinfo=UTC), AOE)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "opens", "due", "is_decided", "phase"),
    [
        (OPENS.at - SECOND, OPENS, DUE, False, Phase.AHEAD),
        (OPENS.at, OPENS, DUE, False, Phase.OPEN),
        (DUE.at, OPENS, DUE, False, Phase.OPEN),
        (DUE.at + SECOND, OPENS, DUE, False, Phase.CLOSED),
        (DUE.at + SECOND, OPENS, DUE, True, Phase.DECIDED),
        (DUE.at, None, DUE, False, Phase.OPEN),
        (DUE.at, OPENS, None, False, Phase.UNDATED),
        (DUE.at, None, None, True, Phase.UNDATED),
    ],
)
def test_a_call_is_open_from_its_opening_to_the_announced_second(now, opens, due, is_decided, phase):
    assert rules.phase_of(now, opens, due, is_decided) is phase
