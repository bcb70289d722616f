"""Money that came back goes to the next in rank, once."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.factories import client_for, join_team, make_person, send
from tests.grants.factories import (
    acting,
    committed_of,
    make_application,
    make_committee,
    make_fund,
    make_offer,
    open_grants,
    propose,
    release,
)
from tests.shows import shows
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.models import Fund
from workshop_manager.funds.states import Kind
from workshop_manager.grants import deciding, queries, service, visa
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import CostKind, State, Verdict
from workshop_manager.mail.models import OutboxMail
from workshop_manager.proposals import succession, succession_queries
from workshop_manager.proposals.succession_models import Handover, Passing
from workshop_manager.proposals.succession_rules import Moved, Returned, unspent, use
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role


def test_an_offer_uses_up_what_came_back_first_and_the_oldest_of_it() -> None:
    moves = [
        Moved(Kind.PLEDGE, 100, None, None),
        Moved(Kind.OFFER, -100, 1, 1),
        Moved(Kind.RELEASE, 60, 1, 1),
        Moved(Kind.RETURN, 20, 2, 2),
        Moved(Kind.OFFER, -30, 3, 3),
        Moved(Kind.PLEDGE, -10, None, None),
    ]
    waiting = unspent(moves)
    assert list(waiting) == [Returned(1, 1, 30), Returned(2, 2, 20)]
    assert use(waiting, 40) == [Returned(1, 1, 30), Returned(2, 2, 10)]
    assert use(waiting, 40) == [Returned(2, 2, 10)]


def _scene(uow: UnitOfWork, mode: Passing) -> tuple[Edition, Fund, Application, list[Application], Any]:
    """A fund that is all offered to one person; three on the waitlist, who need 1,800, 1,500 and 1,500."""
    edition = open_grants(uow)
    fund = make_fund(uow, edition, 150_000)
    member = make_committee(uow, edition)
    organiser = make_person(uow, "Organiser")
    join_team(uow, edition, organiser, Role.ORGANISER)
    first = make_offer(uow, edition, member, fund, make_person(uow, "Giver"))
    rest = []
    for number, air in enumerate((150_000, 120_000, 120_000)):
        costs = {CostKind.AIR: air, CostKind.LODGING: 30_000}
        one = make_application(uow, edition, make_person(uow, f"Waits {number}"), costs)
        with acting(uow, member):
            deciding.rate(uow, edition, one.id, 6 - number, "")
        propose(uow, edition, member, one, None, verdict=Verdict.WAITLIST)
        release(uow, edition, member, one)
        rest.append(one)
    with acting(uow, organiser):
        succession.choose(uow, edition, mode, 7, started_from=0)
    return edition, fund, first, rest, organiser


def _states(uow: UnitOfWork, rest: list[Application]) -> list[State]:
    return [uow.session.get_one(Application, one.id, populate_existing=True).state for one in rest]


def _handovers(uow: UnitOfWork) -> int:
    return uow.session.execute(select(func.count(Handover.id))).scalar_one()


@shows("Grants", "Expired and returned money goes at once to the next in rank it can really help, and never twice")
def test_what_came_back_is_offered_to_the_next_whom_it_really_helps_once(work: Any) -> None:
    with work() as uow:
        edition, fund, first, rest, _organiser = _scene(uow, Passing.AUTOMATIC)
        with acting(uow, first.person):
            service.decline(uow, edition)
        assert succession.pass_on(uow, edition.id) == [rest[1].id]
        assert _states(uow, rest) == [State.WAITLISTED, State.OFFERED, State.WAITLISTED]
        assert committed_of(uow, fund) == 150_000
        assert succession.pass_on(uow, edition.id) == []
        trail = uow.session.scalars(select(Handover)).all()
        assert {(one.from_application_id, one.to_application_id) for one in trail} == {(first.id, rest[1].id)}
        assert sum(one.minor for one in trail) == 150_000
        sent = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "grants/offered")).all()
        assert len(sent) == 2
        offered = queries.find_locked(uow.session, rest[1].id)
        assert offered
        assert offered.accept_by
        assert offered.accept_by > uow.now + timedelta(days=6)
        service.expire(uow, edition.id, rest[1].id)
        assert succession.pass_on(uow, edition.id) == []


def test_two_jobs_at_once_offer_the_same_money_once(work: Any) -> None:
    with work() as uow:
        edition, fund, first, rest, _organiser = _scene(uow, Passing.AUTOMATIC)
        with acting(uow, first.person):
            service.decline(uow, edition)
        edition_id, fund_id = edition.id, fund.id

    def run() -> None:
        with work() as uow:
            succession.pass_on(uow, edition_id)

    threads = [Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with work() as uow:
        assert _states(uow, rest).count(State.OFFERED) == 1
        assert fund_rows.balances(uow.session, edition_id)[fund_id].offered == 150_000


@pytest.mark.parametrize("kind", ["off", "withdrawn", "noted"])
def test_nobody_is_offered_anything_where_they_should_not_be(work: Any, kind: str) -> None:
    with work() as uow:
        edition, _fund, first, rest, organiser = _scene(uow, Passing.OFF if kind == "off" else Passing.AUTOMATIC)
        with acting(uow, first.person):
            service.decline(uow, edition)
        for one in rest[1:]:
            if kind == "withdrawn":
                with acting(uow, queries.find_locked(uow.session, one.id).person):  # type: ignore[union-attr]
                    service.withdraw(uow, edition)
            elif kind == "noted":
                propose(uow, edition, organiser, one, None, verdict=Verdict.REJECT)
        assert succession.pass_on(uow, edition.id) == []
        assert _handovers(uow) == 0


@shows("Grants", "Returned money passes over whoever's visa was refused and asks for a journey")
def test_nobody_whose_visa_was_refused_is_offered_a_journey(work: Any) -> None:
    with work() as uow:
        edition, _fund, first, rest, _organiser = _scene(uow, Passing.AUTOMATIC)
        with acting(uow, rest[1].person):
            visa.refuse(uow, edition, seen=visa.follows(uow, edition, rest[1]))
        with acting(uow, first.person):
            service.decline(uow, edition)
        assert succession.pass_on(uow, edition.id) == [rest[2].id]


@shows(
    "Grants", "Returned money waits for one click of an organiser where they want it so; the trail says whose it was"
)
def test_an_organiser_approves_with_one_click_and_sees_whose_money_it_was(app: Any, work: Any) -> None:
    with work() as uow:
        edition, fund, first, rest, organiser = _scene(uow, Passing.ASK)
        with acting(uow, first.person):
            service.decline(uow, edition)
        assert succession.pass_on(uow, edition.id) == [rest[1].id]
        assert committed_of(uow, fund) == 0
        assert succession.pass_on(uow, edition.id) == []
        (one,) = succession_queries.waiting(uow.session, edition.id)
        client = client_for(app, uow, organiser)
        path = f"/{edition.community.slug}/{edition.slug}/organise/grants/returned"
        number = one.id
    assert "Waits 1" in client.get(path).text
    assert send(client, f"{path}/{number}/approval", {}).status_code == 303
    assert send(client, f"{path}/{number}/approval", {}).status_code == 303
    text = client.get(path).text
    assert "Giver" in text
    assert "Whose money became whose" in text
    with work() as uow:
        assert _states(uow, rest)[1] is State.OFFERED
        assert sum(one.minor for one in uow.session.scalars(select(Handover))) == 150_000
