"""Who sees what when, and when a recording may be published."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.shows import shows
from workshop_manager.materials.rules import Why, is_shown, recording_refusal, stricter
from workshop_manager.materials.states import Agrees, Shown
from workshop_manager.schedule.programme import Recording

NOW = datetime(2026, 12, 11, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
YES, ONLY, NO = Agrees.YES, Agrees.REGISTERED, Agrees.NO
TWO = (("a", "Amina"), ("b", "Bilal"))


@pytest.mark.parametrize(
    ("shown", "item", "event", "registered", "expected"),
    [
        (Shown.AT_ONCE, HOUR, HOUR, False, True),
        (Shown.AFTER_ITEM, HOUR, HOUR, True, False),
        (Shown.AFTER_ITEM, timedelta(0), HOUR, False, True),
        (Shown.AFTER_EVENT, -HOUR, HOUR, True, False),
        (Shown.AFTER_EVENT, -HOUR, timedelta(0), False, True),
        (Shown.REGISTERED, -HOUR, -HOUR, False, False),
        (Shown.REGISTERED, HOUR, HOUR, True, True),
        (Shown.TEAM, -HOUR, -HOUR, True, False),
    ],
)
def test_who_sees_what_when(shown: Shown, item: timedelta, event: timedelta, registered: bool, expected: bool):
    seen = is_shown(shown, item_over=NOW + item, event_over=NOW + event, now=NOW, is_registered=registered)
    assert seen is expected


@shows("Schedule", "A recording is not shown where a speaker said no, and the refusal says why and whom to ask")
@pytest.mark.parametrize(
    ("planned", "said", "shown", "expected"),
    [
        (Recording.RECORDED, {}, Shown.AT_ONCE, None),
        (Recording.RECORDED, {"b": NO}, Shown.TEAM, (Why.SAID_NO, ("Bilal",))),
        (Recording.FORBIDDEN, {}, Shown.AT_ONCE, (Why.PLANNED_NOT, ("Amina", "Bilal"))),
        (Recording.FORBIDDEN, {"a": YES, "b": YES}, Shown.AT_ONCE, None),
        (Recording.UNDECIDED, {"a": YES}, Shown.AT_ONCE, (Why.NOT_ASKED, ("Bilal",))),
        (Recording.NOT_RECORDED, {"a": YES, "b": YES}, Shown.AT_ONCE, None),
        (Recording.RECORDED, {"a": ONLY}, Shown.AFTER_EVENT, (Why.ONLY_REGISTERED, ("Amina",))),
        (Recording.RECORDED, {"a": ONLY}, Shown.REGISTERED, None),
        (Recording.RECORDED, {"a": ONLY, "b": NO}, Shown.REGISTERED, (Why.SAID_NO, ("Bilal",))),
    ],
)
def test_a_recording_needs_every_speaker(planned, said, shown, expected):
    found = recording_refusal(planned, TWO, said, shown)
    assert (None if found is None else (found.why, found.names)) == expected


@pytest.mark.parametrize(("one", "other", "expected"), [(YES, NO, NO), (ONLY, YES, ONLY), (NO, ONLY, NO)])
def test_of_two_answers_the_stricter_counts(one: Agrees, other: Agrees, expected: Agrees):
    assert stricter(one, other) is stricter(other, one) is expected
