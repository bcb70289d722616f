"""The drawing of the dates."""

import itertools
from datetime import UTC, datetime, timedelta

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from workshop_manager.core.deadlines import AOE
from workshop_manager.dashboard.timeline import WIDTH, Point, draw

NOW = datetime(2023, 10, 11, tzinfo=UTC)


def test_dates_of_one_moment_are_not_drawn(app: Flask) -> None:
    with app.test_request_context("/"):
        assert draw([], NOW) is None
        assert draw([Point(NOW, AOE, "Now")], NOW) is None


def test_the_next_date_is_marked_and_the_old_one_struck(app: Flask) -> None:
    points = [
        Point(NOW - timedelta(days=50), AOE, "Call opened"),
        Point(NOW - timedelta(days=19), AOE, "Abstracts due", is_old=True),
        Point(NOW + timedelta(days=2), AOE, "Reviews due"),
        Point(NOW + timedelta(days=61), AOE, "The day", is_event=True),
    ]
    with app.test_request_context("/"):
        drawn = draw(points, NOW)
    assert drawn is not None
    assert [m.is_next for m in drawn.marks] == [False, False, True, False]
    assert [m.is_old for m in drawn.marks] == [False, True, False, False]


@given(st.lists(st.integers(-400, 400), min_size=1, max_size=30))
def test_labels_never_run_into_each_other(app_free_days: list[int]) -> None:
    from flask_babel import Babel

    app = Flask("drawing")
    Babel(app)
    with app.app_context():
        drawn = draw([Point(NOW + timedelta(days=d), AOE, "Abstracts due") for d in app_free_days], NOW)
    if drawn is None:
        return
    for above in (True, False):
        spans = []
        for mark in drawn.marks:
            assert 0 <= mark.x <= WIDTH
            if mark.label and mark.above is above:
                width = max(len(mark.label), len(mark.day)) * 8.2
                left = {"start": mark.x, "middle": mark.x - width / 2, "end": mark.x - width}[mark.anchor]
                spans.append((left, left + width))
        assert all(a[1] < b[0] for a, b in itertools.pairwise(sorted(spans)))


def test_where_there_is_little_room_the_next_and_the_main_dates_keep_their_labels(app: Flask) -> None:
    days = {"Mentored round: join until": 3, "Mentored round: feedback due": 7, "Early authors hear": 8}
    points = [Point(NOW + timedelta(days=n), AOE, label) for label, n in days.items()]
    points += [Point(NOW + timedelta(days=11), AOE, "Abstracts due", is_main=True)]
    points += [Point(NOW + timedelta(days=75), AOE, "The day", is_event=True)]
    with app.test_request_context("/"):
        drawn = draw(points, NOW)
    assert drawn is not None
    assert {"Mentored round: join until", "Abstracts due", "The day"} <= {mark.label for mark in drawn.marks}
