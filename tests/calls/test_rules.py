"""The rules of a call as truth tables."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tests.shows import shows
from workshop_manager.calls import rules
from workshop_manager.calls.rules import Extension, Phase, Plan
from workshop_manager.calls.states import Blinding
from workshop_manager.codes.rules import CodeProblem, code_problem
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.workshops.states import DateKey

DUE = Deadline(datetime(2023, 10, 7, 11, 59, tzinfo=UTC), AOE)
OPENS = Deadline(datetime(2023, 8, 18, 12, 0, tzinfo=UTC), AOE)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
OWN, EARLY = None, 7
"""The call's own round, and a further one."""
DEMOS, PAPERS = 1, 2
"""A track with a deadline of its own, and one without."""


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


def on(days: float, zone: str = AOE) -> Deadline:
    """A deadline so many days after that of the call."""
    return Deadline(DUE.at + timedelta(days=days), zone)


DATES = {
    (DateKey.CALL_OPENS, OWN, None): OPENS,
    (DateKey.ABSTRACTS_DUE, OWN, None): DUE,
    (DateKey.ABSTRACTS_DUE, OWN, DEMOS): on(5),
    (DateKey.ABSTRACTS_DUE, EARLY, None): on(-30),
    (DateKey.ABSTRACTS_DUE, EARLY, DEMOS): on(-40),
    (DateKey.NOTIFICATION, OWN, None): on(20),
}


@shows("Call", "One answer says until when somebody may submit: track, round and person each with their own deadline")
@pytest.mark.parametrize(
    ("given", "round_id", "track_id", "due"),
    [
        ((), OWN, None, DUE),
        ((), OWN, PAPERS, DUE),
        ((), OWN, DEMOS, on(5)),
        ((), EARLY, PAPERS, on(-30)),
        ((), EARLY, DEMOS, on(-40)),
        ((), 99, None, None),
        ((Extension(OWN, None, on(2)),), OWN, PAPERS, on(2)),
        ((Extension(OWN, None, on(2)),), OWN, DEMOS, on(5)),
        ((Extension(OWN, None, on(9)),), OWN, DEMOS, on(9)),
        ((Extension(OWN, None, on(-2)),), OWN, PAPERS, DUE),
        ((Extension(OWN, None, on(2)),), EARLY, PAPERS, on(-30)),
        ((Extension(OWN, PAPERS, on(2)),), OWN, PAPERS, on(2)),
        ((Extension(OWN, PAPERS, on(2)),), OWN, DEMOS, on(5)),
        ((Extension(OWN, PAPERS, on(2)),), OWN, None, DUE),
        ((Extension(OWN, None, on(2)), Extension(OWN, None, on(1))), OWN, None, on(2)),
        ((Extension(99, None, on(1)),), 99, None, on(1)),
    ],
)
def test_the_latest_deadline_that_applies_counts(given, round_id, track_id, due):
    assert rules.deadline_for(Plan(DATES, (EARLY, OWN), given), round_id, track_id) == due


@pytest.mark.parametrize(
    ("edit", "given", "until"),
    [
        (None, (), DUE),
        (on(3), (), on(3)),
        (on(-3), (), DUE),
        (on(3), (Extension(OWN, None, on(4)),), on(4)),
    ],
)
def test_what_was_submitted_can_be_changed_until_its_own_date_but_never_shorter_than_the_deadline(edit, given, until):
    dates = DATES | ({(DateKey.EDIT_UNTIL, OWN, None): edit} if edit else {})
    assert rules.changes_until(Plan(dates, (OWN,), given), OWN, PAPERS) == until


def test_a_round_takes_notification_from_the_call_but_opens_and_closes_by_its_own_dates_only():
    plan = Plan(DATES, (EARLY, OWN))
    assert plan.date(DateKey.NOTIFICATION, EARLY) == on(20)
    assert plan.date(DateKey.CALL_OPENS, EARLY) is None
    assert plan.date(DateKey.ABSTRACTS_DUE, 99) is None


@pytest.mark.parametrize(
    ("now", "overall", "rounds", "shown"),
    [
        (on(-41).at, Phase.OPEN, (EARLY, OWN), EARLY),
        (on(-20).at, Phase.OPEN, (OWN,), OWN),
        (on(3).at, Phase.OPEN, (OWN,), OWN),
        (on(6).at, Phase.CLOSED, (), OWN),
        (OPENS.at - DAY, Phase.OPEN, (EARLY,), EARLY),
    ],
)
def test_the_call_is_open_while_any_round_or_track_is(now, overall, rounds, shown):
    plan = Plan(DATES, (EARLY, OWN))
    assert rules.overall_phase(plan, now) is overall
    assert rules.open_rounds(plan, now) == rounds
    assert rules.round_to_show(plan, now) == shown


def test_a_call_without_dates_is_not_dated():
    assert rules.overall_phase(Plan({}), DUE.at) is Phase.UNDATED
    assert rules.open_rounds(Plan({}), DUE.at) == ()


def test_the_limits_are_those_of_the_type_or_else_of_the_call():
    call = SimpleNamespace(
        word_limit=250, needs_pdf=True, page_limit=2, reference_pages=1, max_megabytes=10, prior_rule="",
        prior_cutoff=None,
    )  # fmt: skip
    paper = SimpleNamespace(**vars(call) | {"page_limit": 8, "prior_rule": "None.", "prior_cutoff": DUE})
    assert rules.limits_of(call).max_pages == 3
    assert rules.limits_of(call).max_bytes == 10 * 2**20
    found = rules.limits_of(call, paper)
    assert (found.max_pages, found.prior_rule, found.prior_cutoff) == (9, "None.", DUE)


@pytest.mark.parametrize(("said", "cap"), [(None, 20), (1, 1), (3, 3), (50, 20)])
def test_nobody_is_named_in_more_than_fit(said, cap):
    assert rules.cap_of(said) == cap


@pytest.mark.parametrize(
    ("used", "most", "expires", "late", "is_revoked", "problem"),
    [
        (0, 1, None, None, False, None),
        (1, 2, DUE, DUE, False, None),
        (1, 1, None, None, False, CodeProblem.USED_UP),
        (0, 1, on(-1), None, False, CodeProblem.EXPIRED),
        (0, 1, None, on(-1), False, CodeProblem.TOO_LATE),
        (0, 1, None, None, True, CodeProblem.REVOKED),
        (9, 9, on(-1), on(-1), True, CodeProblem.REVOKED),
    ],
)
def test_a_code_works_until_it_is_revoked_expired_or_used_up(used, most, expires, late, is_revoked, problem):
    found = code_problem(DUE.at, used=used, max_uses=most, expires=expires, late=late, is_revoked=is_revoked)
    assert found is problem


@pytest.mark.parametrize(
    ("now", "wanted", "is_promised", "allowed"),
    [
        (Blinding.DOUBLE, Blinding.NONE, False, True),
        (Blinding.DOUBLE, Blinding.SINGLE, True, False),
        (Blinding.DOUBLE, Blinding.DOUBLE, True, True),
        (Blinding.SINGLE, Blinding.DOUBLE, True, True),
        (Blinding.NONE, Blinding.SINGLE, True, True),
    ],
)
def test_names_that_were_to_be_hidden_stay_hidden(now, wanted, is_promised, allowed):
    assert rules.may_blind(now, wanted, is_promised) is allowed
