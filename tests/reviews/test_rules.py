"""Who may judge and read what: truth tables, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.shows import keeps
from workshop_manager.calls.states import Blinding
from workshop_manager.decisions import rules as decisions
from workshop_manager.reviews import phases, rules
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.states import Role

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ASSIGNED, NOT_ASSIGNED = True, False
CLEAR = None


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("assigned", [ASSIGNED, NOT_ASSIGNED])
@pytest.mark.parametrize("conflict", [CLEAR, "own", "declared"])
def test_only_an_assigned_reviewer_without_conflict_reads_what_came_in(role, assigned, conflict, state):
    may = rules.may_read_for_review({role}, assigned=assigned, conflict=conflict, state=state)
    assert may == (
        role not in (Role.GRANTS_COMMITTEE, Role.FRONT_DESK)
        and assigned
        and conflict is None
        and state not in (State.DRAFT, State.WITHDRAWN)
    )
    writes = rules.may_write_review({role}, assigned=assigned, conflict=conflict, state=state)
    assert writes == (may and state is State.SUBMITTED)


def test_nobody_without_a_role_reviews():
    assert not rules.may_read_for_review((), assigned=True, conflict=None, state=State.SUBMITTED)


def test_the_first_opinion_is_ones_own():
    assert phases.may_see_others_reviews(phases.UNDIVIDED, own_is_in=True)
    assert not phases.may_see_others_reviews(phases.UNDIVIDED, own_is_in=False)


@pytest.mark.parametrize(
    ("blinding", "authors", "signed"),
    [(Blinding.DOUBLE, False, False), (Blinding.SINGLE, True, False), (Blinding.NONE, True, True)],
)
def test_who_sees_whose_name(blinding, authors, signed):
    assert (rules.shows_authors(blinding), rules.is_signed(blinding)) == (authors, signed)


@pytest.mark.parametrize(
    ("state", "by", "may"),
    [
        (State.ACCEPTED, None, True),
        (State.ACCEPTED, NOW, True),
        (State.ACCEPTED, NOW - timedelta(seconds=1), False),
        (State.CONFIRMED, NOW, False),
        (State.SUBMITTED, NOW, False),
        (State.REJECTED, None, False),
    ],
)
def test_an_accepted_author_confirms_until_the_very_second(state, by, may):
    assert decisions.may_answer(state, by, NOW) is may


@pytest.mark.parametrize(
    ("scores", "split"), [((6, 3), True), ((5, 3), False), ((1, 1, 4), True), ((4,), False), ((), False)]
)
def test_scores_three_apart_are_a_split(scores, split):
    assert rules.is_split(scores) is split


@keeps("X3")
def test_the_name_of_what_is_pending_changes_with_any_decision():
    first, second = (1, 1, Outcome.ORAL), (2, 1, Outcome.REJECT)
    name = decisions.release_digest([first, second])
    assert decisions.release_digest([second, first]) == name
    others = ([first], [first, (2, 2, Outcome.REJECT)], [first, (2, 1, Outcome.POSTER)], [])
    assert name not in {decisions.release_digest(one) for one in others}


def test_every_outcome_leads_somewhere():
    assert set(decisions.ACTIONS) == set(Outcome)
