"""Several treasurers at one claim at the same moment: nothing is paid twice, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from tests.claims.test_service import Scene
from tests.factories import join_team, make_person
from tests.grants.factories import AIR, acting, make_committee, make_fund, make_offer, open_grants
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Person
from workshop_manager.claims import queries, service
from workshop_manager.claims.models import Claim
from workshop_manager.claims.states import ClaimState, Way
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Refusal
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.funds import queries as fund_rows
from workshop_manager.grants import queries as grants
from workshop_manager.grants import service as granting
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

Verb = Callable[[UnitOfWork, Edition], Any]


@keeps("X1", "X2")
@shows("Grants", "Two treasurers who pay, correct or close one claim at the same moment do so once")
def test_a_claim_is_paid_and_corrected_once(work: Any, app: Flask, database: Database, clock: FixedClock) -> None:
    with work() as uow:
        edition = open_grants(uow)
        fund, person = make_fund(uow, edition), make_person(uow)
        treasurers = [make_person(uow, name) for name in ("Teuila Faleolo", "Mareta Tuilagi")]
        for one in treasurers:
            join_team(uow, edition, one, Role.ORGANISER)
        number = make_offer(uow, edition, make_committee(uow, edition), fund, person).id
        with acting(uow, person):
            granting.accept(uow, edition)
        uow.actor = treasurers[0]
        application = grants.find_locked(uow.session, number)
        assert application is not None
        scene = Scene(uow, edition, fund, person, treasurers[0], application)
        claim, line = scene.claim(100_000), scene.line(AIR)
        service.approve(uow, edition, claim.id, 100_000, started_from=claim.version)
        claim_id, version, today = claim.id, claim.version, uow.now.date()

    def run(who: int, verb: Verb) -> int:
        with app.app_context():
            try:
                with unit_of_work(database, clock) as uow:
                    uow.actor = uow.session.get(Person, treasurers[who].id)
                    verb(uow, workshops.get_edition(uow.session, edition.id))
            except Refusal:
                return 0
            return 1

    def at_once(verb: Verb) -> int:
        with ThreadPoolExecutor(4) as pool:
            return sum(pool.map(run, [0, 1, 0, 1], [verb] * 4))

    def now() -> tuple[Claim, tuple[int, int, int]]:
        with work() as uow:
            found = fund_rows.balances(uow.session, edition.id)[fund.id]
            first = next(c for c in queries.of_application(uow.session, number) if c.id == claim_id)
            return first, (found.accepted, found.claimed, found.paid)

    pay = lambda uow, at: service.pay(uow, at, claim_id, 60_000, Way.CASH, today, started_from=version)  # noqa: E731
    assert at_once(pay) == 1
    claim, balances = now()
    assert balances == (50_000, 40_000, 60_000)
    version, payment = claim.version, claim.payments[0].id
    assert at_once(
        lambda uow, at: service.correct_payment(
            uow, at, claim_id, payment, "Not paid.", came_back=False, started_from=version
        )
    ) == 1  # fmt: skip
    assert now()[1] == (50_000, 100_000, 0)
    book = lambda uow, at: service.book(uow, at, number, line, 20_000, Way.BOOKED, today, "Flight 7")  # noqa: E731
    assert at_once(book) == 1, "20,000 are left of the flight"
    assert now()[1] == (30_000, 100_000, 20_000)
    at_once(lambda uow, at: service.did_not_attend(uow, at, number))
    claim, balances = now()
    assert (claim.state, balances) == (ClaimState.CLOSED, (0, 0, 20_000))
    with work() as uow:
        assert uow.session.get(type(fund), fund.id).committed == 20_000
