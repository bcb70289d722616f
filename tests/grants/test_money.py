"""No fund is ever overdrawn: fifty at once, and a long random life."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import join_team, make_person
from tests.grants.factories import AIR, LODGING, acting, content, fortnight, make_application, make_fund, open_grants
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Person
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Refusal
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds import service as funds
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import Overdrawn
from workshop_manager.funds.service import FundContent
from workshop_manager.grants import deciding, queries, service
from workshop_manager.grants.deciding import Proposal
from workshop_manager.grants.models import Application, Award
from workshop_manager.grants.rules import COMMITTED
from workshop_manager.grants.states import State, Verdict
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role


@keeps("X1")
@shows("Grants", "The last money survives fifty concurrent offers, on SQLite and on PostgreSQL")
def test_the_last_money_is_given_once(work: Any, app: Flask, database: Database, clock: FixedClock) -> None:
    with work() as uow:
        edition = open_grants(uow)
        fund = make_fund(uow, edition, 500)
        member = make_person(uow)
        join_team(uow, edition, member, Role.GRANTS_COMMITTEE)
        chosen = []
        for _number in range(50):
            application = make_application(uow, edition, None, {AIR: 200})
            line = application.lines[0]
            with acting(uow, member):
                deciding.propose(
                    uow, edition, application.id, Proposal(Verdict.OFFER, {line.id: (fund.id, 200)}),
                    started_from=application.seen,
                )  # fmt: skip
            chosen.append((application.id, application.seen))

    def offer(one: tuple[int, int]) -> str:
        with app.app_context():
            try:
                with unit_of_work(database, clock) as uow:
                    uow.actor = uow.session.get(Person, member.id)
                    found = workshops.get_edition(uow.session, edition.id)
                    deciding.release(uow, found, dict([one]), fortnight(uow))
            except Overdrawn:
                return "overdrawn"
            return "offered"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(offer, chosen))
    assert sorted(answers).count("offered") == 2
    with work() as uow:
        assert uow.session.get(Fund, fund.id).committed == 400
        assert _sum_of(uow, fund.id) == 400
        states = uow.session.scalars(select(Application.state)).all()
        assert states.count(State.OFFERED) == 2
        assert uow.session.scalar(select(func.count(OutboxMail.id)).where(OutboxMail.template == "grants/offered")) == 2


@keeps("X1", "X2")
def test_one_offer_is_answered_once_by_two_at_once(
    work: Any, app: Flask, database: Database, clock: FixedClock
) -> None:
    """Accepting, declining and ending meet: one of them happens, and the money is where it belongs."""
    with work() as uow:
        edition = open_grants(uow)
        fund, member, person = make_fund(uow, edition, 500), make_person(uow), make_person(uow)
        join_team(uow, edition, member, Role.OWNER)
        application = make_application(uow, edition, person, {AIR: 200})
        with acting(uow, member):
            amounts = {application.lines[0].id: (fund.id, 200)}
            deciding.propose(
                uow, edition, application.id, Proposal(Verdict.OFFER, amounts), started_from=application.seen
            )
            deciding.release(uow, edition, {application.id: application.seen}, fortnight(uow))

    def run(verb: Callable[[UnitOfWork, Edition], Any]) -> int:
        with app.app_context():
            try:
                with unit_of_work(database, clock) as uow:
                    uow.actor = uow.session.get(Person, person.id)
                    verb(uow, workshops.get_edition(uow.session, edition.id))
            except Refusal:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(run, [service.accept, service.accept] * 8))
    assert sum(done) == 1
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(run, [service.decline, service.withdraw] * 8))
    assert sum(done) == 1
    with work() as uow:
        assert uow.session.get(Fund, fund.id).committed == 0
        assert _sum_of(uow, fund.id) == 0


def _sum_of(uow: UnitOfWork, fund_id: int) -> int:
    found = uow.session.scalar(
        select(func.coalesce(func.sum(Award.amount), 0)).where(Award.fund_id == fund_id, Award.state.in_(COMMITTED))
    )
    return int(found or 0)


class Life:
    """Everything that can happen to two funds and six applicants, in any order."""

    def __init__(self, uow: UnitOfWork, seed: int) -> None:
        self.uow, self.dice = uow, random.Random(seed)
        self.edition_id = open_grants(uow).id
        self.funds = [make_fund(uow, self.edition, 900, name) for name in ("One", "Two")]
        self.organiser = make_person(uow)
        join_team(uow, self.edition, self.organiser, Role.OWNER)
        self.people = [make_person(uow) for _ in range(6)]
        for person in self.people:
            make_application(uow, self.edition, person, {AIR: 400, LODGING: 200})
        self.acts = (
            self.propose, self.propose, self.release, self.release, self.accept, self.accept_in_part, self.decline,
            self.expire, self.withdraw, self.begin_again, self.change_fund, self.pass_time,
        )  # fmt: skip
        self.done: dict[str, int] = {}

    @property
    def edition(self) -> Edition:
        """Found anew: a refusal rolls back to a savepoint, after which nothing is loaded any more."""
        return workshops.get_edition(self.uow.session, self.edition_id)

    def step(self) -> None:
        act = self.dice.choice(self.acts)
        try:
            with self.uow.session.begin_nested():
                act()
        except Refusal:
            return
        self.done[act.__name__] = self.done.get(act.__name__, 0) + 1

    def balance(self) -> None:
        self.uow.session.flush()
        self.uow.session.expire_all()
        for fund in fund_rows.funds(self.uow.session, self.edition.id):
            assert _sum_of(self.uow, fund.id) == fund.committed <= fund.amount

    def _any(self) -> Application:
        person = self.dice.choice(self.people)
        found = queries.application_of(self.uow.session, self.edition.id, person.id, lock=True)
        assert found is not None
        return found

    def propose(self) -> None:
        found = self._any()
        amounts = {
            line.id: (self.dice.choice(self.funds).id, self.dice.randint(1, line.asked))
            for line in found.lines
            if self.dice.random() < 0.8
        }
        with acting(self.uow, self.organiser):
            verdict = self.dice.choice([Verdict.OFFER] * 8 + [Verdict.WAITLIST])
            proposal = Proposal(verdict, amounts)
            deciding.propose(self.uow, self.edition, found.id, proposal, started_from=found.seen)

    def release(self) -> None:
        standing = workshops.standing_of(self.uow.session, self.edition.id, self.organiser.id)
        found = queries.pending(self.uow.session, self.edition.id, standing)
        chosen = self.dice.sample(list(found), self.dice.randint(0, len(found)))
        with acting(self.uow, self.organiser):
            deciding.release(self.uow, self.edition, {a.id: a.seen for a in chosen}, fortnight(self.uow))

    def _mine(self, verb: Callable[..., Any], *rest: Any) -> None:
        with acting(self.uow, self.dice.choice(self.people)):
            verb(self.uow, self.edition, *rest)

    def accept(self) -> None:
        self._mine(service.accept)

    def decline(self) -> None:
        self._mine(service.decline)

    def withdraw(self) -> None:
        if self.dice.random() < 0.3:
            self._mine(service.withdraw)

    def accept_in_part(self) -> None:
        found = self._any()
        taken = {line.id: self.dice.randint(0, line.live.amount + 1) for line in found.lines if line.live}
        with acting(self.uow, self.uow.session.get(Person, found.person_id)):
            service.accept(self.uow, self.edition, taken)

    def begin_again(self) -> None:
        found = self._any()
        with acting(self.uow, self.uow.session.get(Person, found.person_id)):
            costs = {AIR: self.dice.randint(1, 500), LODGING: self.dice.randint(0, 300)}
            service.save(self.uow, self.edition, content(costs), started_from=found.version)
            if found.state is State.DRAFT:
                service.submit(self.uow, self.edition)

    def expire(self) -> None:
        for application_id, edition_id in queries.overdue(self.uow.session, self.uow.now):
            service.expire(self.uow, edition_id, application_id)

    def change_fund(self) -> None:
        fund = self.dice.choice(fund_rows.funds(self.uow.session, self.edition.id))
        wanted = FundContent(fund.name, "", "", "USD", self.dice.randint(1, 1500))
        with acting(self.uow, self.organiser):
            funds.edit_fund(self.uow, self.edition, fund.id, wanted, started_from=fund.version)

    def pass_time(self) -> None:
        # Applications stay open for most of the life, offers end within it.
        self.uow.now += timedelta(hours=self.dice.randint(1, 6))


@pytest.mark.parametrize("seed", [5, 62, 1729])
@keeps("X1")
@shows("Grants", "Whatever is offered, taken, ended, returned, raised or lowered in any order, every fund balances")
def test_every_fund_balances_whatever_happens(uow: UnitOfWork, seed: int) -> None:
    life = Life(uow, seed)
    for _number in range(150):
        life.step()
        life.balance()
    assert {"propose", "release", "accept", "accept_in_part", "decline", "change_fund"} <= set(life.done)
