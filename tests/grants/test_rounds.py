"""Rounds of applications: who may begin another, which window counts, and that nothing of an earlier one is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories import join_team, make_person
from tests.grants.factories import acting, content, make_fund, make_offer, open_grants
from tests.shows import shows
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import deciding, queries, rounds, rules, service
from workshop_manager.grants.deciding import Proposal
from workshop_manager.grants.rounds import RoundContent, Window
from workshop_manager.grants.rules import Phase
from workshop_manager.grants.states import State, Verdict
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import ImportantDate
from workshop_manager.workshops.states import DateKey, Role

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def _date(days: float) -> ImportantDate:
    return ImportantDate(at=NOW + days * DAY, zone=AOE)


def _window(number: int, opens: float | None, due: float | None) -> Window:
    days = {DateKey.GRANTS_OPEN: opens, DateKey.GRANTS_DUE: due}
    return Window(number, f"Round {number}", "", {key: _date(each) for key, each in days.items() if each is not None})


@pytest.mark.parametrize(
    ("found", "looks_ahead", "number", "phase"),
    [
        ([_window(1, -9, 3)], False, 1, Phase.OPEN),
        ([_window(1, None, None)], False, 1, Phase.UNDATED),
        ([_window(1, -9, -3), _window(2, -1, 3)], False, 2, Phase.OPEN),
        ([_window(1, -9, -3), _window(2, 1, 3)], False, 1, Phase.CLOSED),
        ([_window(1, -9, -3), _window(2, 1, 3)], True, 2, Phase.AHEAD),
        ([_window(1, -9, 5), _window(2, -1, 3)], False, 2, Phase.OPEN),
        ([_window(1, -9, -5), _window(2, -4, -3), _window(3, None, None)], True, 2, Phase.CLOSED),
    ],
)
def test_the_round_that_counts(found: list[Window], looks_ahead: bool, number: int, phase: Phase) -> None:
    now = rounds.pick(found, NOW, has_funds=True, is_off=False, looks_ahead=looks_ahead)
    assert (now.window.number, now.phase) == (number, phase)


def test_in_a_later_round_only_what_is_over_can_be_begun_again() -> None:
    allowed = {state for state in State if rules.may_edit(state, Phase.OPEN, is_earlier=True)}
    assert allowed == {State.DRAFT, State.WITHDRAWN, State.DECLINED, State.EXPIRED, State.REJECTED}
    assert not any(rules.may_edit(state, Phase.CLOSED, is_earlier=True) for state in (None, *State))


def _over(uow: Any, edition: Any) -> None:
    """The first round's deadline has passed."""
    workshops.dates_by_key(uow.session, edition.id)[DateKey.GRANTS_DUE].at = uow.now - DAY
    uow.session.flush()


def _second(uow: Any, edition: Any, organiser: Any, name: str = "Late round") -> Any:
    with acting(uow, organiser):
        return rounds.add_round(
            uow, edition,
            RoundContent(name, "For who decided late.", None, Deadline(uow.now + 20 * DAY, AOE), None),
        )  # fmt: skip


@shows("Grants", "Further rounds: what was decided stays, and whoever got nothing applies again with a new application")
def test_another_round_keeps_the_first_as_it_was(uow: Any) -> None:
    edition = open_grants(uow)
    fund = make_fund(uow, edition)
    organiser, lucky, other = (make_person(uow, name) for name in ("Owner", "Lucky", "Other"))
    join_team(uow, edition, organiser, Role.OWNER)
    made = {}
    for person in (lucky, other):
        with acting(uow, person):
            service.save(uow, edition, content(), started_from=0)
            made[person.id] = service.submit(uow, edition)
    with acting(uow, organiser):
        lines = {line.id: (fund.id, line.asked) for line in made[lucky.id].lines}
        offer = Proposal(Verdict.OFFER, lines)
        deciding.propose(uow, edition, made[lucky.id].id, offer, started_from=made[lucky.id].seen)
        no = Proposal(Verdict.REJECT, {})
        deciding.propose(uow, edition, made[other.id].id, no, started_from=made[other.id].seen)
        chosen = {one.id: one.seen for one in made.values()}
        deciding.release(uow, edition, chosen, Deadline(uow.now + 5 * DAY, AOE))
    with acting(uow, other), pytest.raises(Conflict):
        service.save(uow, edition, content(), started_from=0)

    _over(uow, edition)
    _second(uow, edition, organiser)
    with acting(uow, other):
        again = service.save(uow, edition, content(statement="Another try."), started_from=0)
        assert (again.round, again.state) == (2, State.DRAFT)
        assert service.submit(uow, edition).round == 2
        first = queries.earlier_of(uow.session, again)
        assert [(one.state, one.statement) for one in first] == [(State.REJECTED, "I would present my first paper.")]
    # An offer that still waits for its answer, or was taken, is no ground for another application.
    with acting(uow, lucky), pytest.raises(Conflict):
        service.save(uow, edition, content(), started_from=0)
    with acting(uow, organiser), pytest.raises(Conflict):
        rounds.remove_round(uow, edition, 2)


def test_a_draft_of_a_round_that_is_over_is_handed_in_for_the_next(uow: Any) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    organiser, person = make_person(uow, "Owner"), make_person(uow, "Late")
    join_team(uow, edition, organiser, Role.OWNER)
    with acting(uow, person):
        draft = service.save(uow, edition, content(), started_from=0)
    _over(uow, edition)
    with acting(uow, person), pytest.raises(Conflict):
        service.submit(uow, edition)
    _second(uow, edition, organiser)
    with acting(uow, person):
        assert service.submit(uow, edition).id == draft.id
    assert (draft.round, draft.state) == (2, State.SUBMITTED)


def test_dates_out_of_order_and_a_name_twice_are_told_beside_the_field(uow: Any) -> None:
    edition = open_grants(uow)
    organiser = make_person(uow, "Owner")
    join_team(uow, edition, organiser, Role.OWNER)
    _second(uow, edition, organiser)
    with pytest.raises(FieldConflict) as told:
        _second(uow, edition, organiser)
    assert told.value.field == "name"
    due = Deadline(uow.now + 3 * DAY, AOE)
    for field, opens, heard in (("due", uow.now + 4 * DAY, None), ("heard", None, uow.now + 2 * DAY)):
        wrong = RoundContent(
            f"Round {field}", "", Deadline(opens, AOE) if opens else None, due, Deadline(heard, AOE) if heard else None
        )
        with acting(uow, organiser), pytest.raises(FieldConflict) as told:
            rounds.add_round(uow, edition, wrong)
        assert told.value.field == field


def test_an_offer_that_ended_is_not_made_again_beside_a_later_application(uow: Any) -> None:
    edition = open_grants(uow)
    fund = make_fund(uow, edition)
    organiser, person = make_person(uow, "Owner"), make_person(uow, "Twice")
    join_team(uow, edition, organiser, Role.OWNER)
    first = make_offer(uow, edition, organiser, fund, person)
    first.accept_by = uow.now - DAY
    assert service.expire(uow, edition.id, first.id)
    _over(uow, edition)
    _second(uow, edition, organiser)
    with acting(uow, person):
        second = service.save(uow, edition, content(), started_from=0)
        service.submit(uow, edition)
    assert queries.application_of(uow.session, edition.id, person.id) is second
    with acting(uow, organiser), pytest.raises(Conflict, match="applied again in a later round"):
        lines = {line.id: (fund.id, line.asked) for line in first.lines}
        deciding.propose(uow, edition, first.id, Proposal(Verdict.OFFER, lines), started_from=first.seen)
