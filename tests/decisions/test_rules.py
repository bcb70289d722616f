"""Truth tables of deciding, and totals that tell of nobody; no database."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.shows import keeps, shows
from workshop_manager.core.balance import SMALLEST_CELL, STEP, balance, steps_of, totals
from workshop_manager.decisions import plots
from workshop_manager.decisions.outcomes import Named, Outcomes
from workshop_manager.decisions.parts import quotas
from workshop_manager.decisions.queries import Cell, Pending
from workshop_manager.decisions.rules import (
    ACTIONS,
    FIRST_ROUND,
    REOPENABLE,
    Within,
    after,
    dealt,
    filled,
    first_ones,
    may_decide,
    unknown_placeholders,
    wave_at,
)
from workshop_manager.submissions.states import Outcome, State

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST, SECOND = False, True


@pytest.mark.parametrize("state", list(State))
def test_what_can_be_decided_first_and_again(state):
    assert may_decide(state, is_reopened=FIRST) is (state in (State.SUBMITTED, State.WAITLISTED))
    again = (State.SUBMITTED, State.WAITLISTED, State.ACCEPTED, State.REJECTED)
    assert may_decide(state, is_reopened=SECOND) is (state in again)


ACCEPTS, WAITS, REJECTS = Outcome.POSTER, Outcome.WAITLIST, Outcome.REJECT_ENCOURAGED


@pytest.mark.parametrize(
    ("kind", "state", "is_second", "target"),
    [
        (ACCEPTS, State.SUBMITTED, FIRST, State.ACCEPTED),
        (ACCEPTS, State.WAITLISTED, FIRST, State.ACCEPTED),
        (ACCEPTS, State.REJECTED, FIRST, None),
        (ACCEPTS, State.REJECTED, SECOND, State.ACCEPTED),
        (ACCEPTS, State.ACCEPTED, FIRST, None),
        (ACCEPTS, State.ACCEPTED, SECOND, State.ACCEPTED),
        (WAITS, State.SUBMITTED, FIRST, State.WAITLISTED),
        (WAITS, State.WAITLISTED, FIRST, None),
        (WAITS, State.WAITLISTED, SECOND, State.WAITLISTED),
        (WAITS, State.ACCEPTED, SECOND, State.WAITLISTED),
        (REJECTS, State.SUBMITTED, FIRST, State.REJECTED),
        (REJECTS, State.ACCEPTED, FIRST, None),
        (REJECTS, State.ACCEPTED, SECOND, State.REJECTED),
        (REJECTS, State.CONFIRMED, SECOND, None),
        (REJECTS, State.DECLINED, SECOND, None),
        (ACCEPTS, State.WITHDRAWN, SECOND, None),
        (ACCEPTS, State.DRAFT, SECOND, None),
    ],
)
def test_what_a_released_decision_leads_to(kind, state, is_second, target):
    assert after(kind, state, is_reopened=is_second) is target


def test_every_kind_leads_somewhere_and_no_confirmed_place_is_taken():
    assert set(ACTIONS) == set(Outcome)
    assert State.CONFIRMED not in REOPENABLE


@keeps("I6")
@shows(
    "Decisions",
    "The mail of an outcome is the organisers' own, with placeholders that are only ever names and titles",
)
def test_placeholders_are_names_and_nothing_else():
    assert filled("{title} of {name}", {"title": "{name}", "name": "Ada"}) == "{name} of Ada"
    assert filled("{title.__class__} {0} {} {unknown}", {"title": "x"}) == "{title.__class__} {0} {} {unknown}"
    assert unknown_placeholders("{name} {title.__class__} {0} {0} {confirm_by}") == ["{title.__class__}", "{0}"]


@pytest.mark.parametrize(
    ("until", "decided", "wave"),
    [
        (None, -30 * DAY, None),
        (-DAY, -30 * DAY, None),
        (4 * DAY, -30 * DAY, None),
        (3 * DAY, -30 * DAY, 0),
        (2 * DAY, -30 * DAY, 0),
        (DAY, -30 * DAY, 1),
        (timedelta(0), -30 * DAY, 1),
        (2 * DAY, timedelta(0), None),
        (DAY / 2, -DAY, 1),
        (DAY / 2, timedelta(0), None),
    ],
)
def test_when_a_reminder_is_due(until, decided, wave):
    assert wave_at(NOW + until if until is not None else None, NOW + decided, NOW) == wave


def test_the_first_ones_of_everything_or_of_each_track():
    ranked = [(1, 7), (2, 7), (3, 8), (4, None), (5, 8)]
    assert list(first_ones(ranked, 3, each_track=False)) == [1, 2, 3]
    assert list(first_ones(ranked, 1, each_track=True)) == [1, 3, 4]
    assert list(first_ones(ranked, 0, each_track=True)) == []


def test_places_are_given_away_in_order():
    assert dealt(5, [("oral", 2), ("poster", 1)]) == ["oral", "oral", "poster"]
    assert dealt(3, [("oral", 0), ("poster", None)]) == ["poster"] * 3
    assert dealt(2, [("oral", -4)]) == []


def test_a_part_of_an_edition_holds_its_works():
    assert Within().holds(None, None)
    assert Within(3).holds(3, 9)
    assert not Within(3).holds(4, 9)
    assert Within(round_id=FIRST_ROUND).holds(3, None)
    assert not Within(round_id=FIRST_ROUND).holds(3, 9)
    assert Within(3, 9).holds(3, 9)
    assert not Within(3, 9).holds(3, None)


@shows("Decisions", "Quotas show while deciding: places given, pending and released, and how many are left")
def test_quotas_count_what_is_given():
    outcomes = Outcomes([Named("talk", Outcome.ORAL, "Talk", 3, id=1), Named("poster", Outcome.POSTER, id=2)])
    cells = (
        Cell(1, None, Outcome.ORAL, 1, "pending", 2),
        Cell(2, None, Outcome.ORAL, 1, "released", 2),
        Cell(1, None, Outcome.ORAL, 1, "given_back", 5),
        Cell(1, None, None, None, "open", 4),
    )
    every = Pending(cells)
    talk, poster = quotas(outcomes, every, every.within(Within(1)))
    assert (talk.given, talk.pending, talk.released, talk.places, talk.left, talk.here) == (4, 2, 2, 3, -1, 2)
    assert (poster.given, poster.places) == (0, None)
    assert every.accepted_by_track() == {1: (2, 11), 2: (2, 2)}
    assert (every.open, every.waiting) == (4, 2)


# -- totals that tell of nobody


def test_the_ladder_has_few_steps_and_ends_with_everything():
    assert steps_of(19) == []
    assert steps_of(95) == [20, 40, 60, 95]
    assert steps_of(40) == [20, 40]
    assert len(steps_of(2000)) == 10
    assert steps_of(2000)[0] == 200


@keeps("P3")
@shows(
    "Decisions",
    "“Accept the first 40” shows country and career stage as totals from which no difference tells of a few people",
)
def test_no_difference_of_two_totals_tells_of_fewer_than_five_people():
    """Whatever a chair asks for, one number after the other: each group grows by none or by at least five."""
    random, shown = Random(7), 0
    for _case in range(200):
        size = random.choice([18, 40, 95, 200, 410])
        answers = random.choices(["GH", "IN", "NG", "BR", None], [random.random() for _n in range(5)], k=size)
        before: dict[str | None, int] = {}
        every = {group.key: group.all for group in balance(answers, size).groups}
        for first in range(size + 1):
            found = balance(answers, first)
            assert {group.key: group.all for group in found.groups} == every
            now = {group.key: group.among for group in found.groups}
            assert sum(now.values()) in (0, found.of)
            for key, number in now.items():
                grown = number - before.get(key, 0)
                assert grown == 0 or grown >= SMALLEST_CELL
                assert every[key] - number == 0 or every[key] - number >= SMALLEST_CELL
            before, shown = now, shown + bool(now)
    assert shown > 1000


def test_a_few_people_stand_with_the_others_or_nowhere():
    assert totals(["GH"] * 6 + ["IN"] * 3 + [None] * 4).groups == totals(["GH"] * 6 + [None] * 7).groups
    assert [(g.key, g.all) for g in totals(["GH"] * 6 + [None] * 7).groups] == [("GH", 6), (None, 7)]
    assert totals(["GH"] * 6 + [None] * 3).groups == ()
    assert totals([]).groups == ()
    assert totals(["GH"] * 4).groups == ()
    assert balance(["GH", "IN"] * STEP, 39).of == STEP


def test_a_step_of_one_group_alone_tells_of_everybody_and_is_not_shown():
    assert totals(["GH"] * 9).groups == ()
    assert balance(["GH"] * STEP + ["IN"] * STEP, STEP).groups == ()
    assert balance(["GH", "IN"] * STEP, STEP).groups != ()


# -- plots


def test_axes_end_at_round_numbers():
    assert [plots.ceiling(n) for n in (0, 1, 2, 3, 9, 11, 95, 101, 2000)] == [2, 2, 2, 5, 10, 20, 100, 200, 2000]


def test_bars_and_lines_stay_on_the_canvas():
    days = {NOW.date() + n * DAY: n + 1 for n in range(30)}
    mark = plots.Mark(NOW.date() + 31 * DAY, "deadline")
    words = dict.fromkeys(plots.ends_of(days, [mark]), "a day")
    line = plots.over_time("x", "X", "", ("", "", ""), days, [mark], words, goal=900)
    assert line.rows[-1][2] == sum(days.values())
    assert len(line.lines) == 2
    bars = plots.columns("x", "X", "", ("", ""), [("1", 0), ("2", 7)])
    for plot in (line, bars):
        assert all(b.x >= 0 and b.x + b.width <= plots.WIDTH and b.y >= 0 for b in plot.bars)
        assert all(0 <= w.x <= plots.WIDTH and 0 <= w.y <= plots.HEIGHT for w in plot.words)
    lying = plots.lying("x", "X", "", ("", "", ""), [("A very long name of a track that does not fit here", 8, 2)])
    assert lying.rows == (("A very long name of a track that does not fit here", 8, 2),)
    assert lying.words[0].text.endswith("…")
    assert plots.bins_of([1.0, 3.49, 3.5, 6.0])[4:6] == [("3", 1), ("3.5", 1)]
