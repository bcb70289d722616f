"""Funds and applications for tests, in the state they need."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tests.factories import join_team, make_date, make_edition, make_person
from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import ledger
from workshop_manager.funds.models import Fund
from workshop_manager.grants import deciding, queries, service
from workshop_manager.grants.deciding import Proposal
from workshop_manager.grants.models import Application, Award, Line
from workshop_manager.grants.service import ApplicationContent, Cost
from workshop_manager.grants.states import AwardState, CostKind, State, Verdict
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey, Role

AIR, LODGING = CostKind.AIR, CostKind.LODGING


@contextmanager
def acting(uow: UnitOfWork, person: Person | None) -> Iterator[None]:
    """Within the block the unit of work acts as that person."""
    before, uow.actor = uow.actor, person
    try:
        yield
    finally:
        uow.actor = before


def open_grants(uow: UnitOfWork, **values: Any) -> Edition:
    """An edition that takes applications, without a fund yet."""
    edition = make_edition(uow, **values)
    make_date(uow, edition, DateKey.GRANTS_OPEN, uow.now - timedelta(days=10), label="Grants open")
    make_date(uow, edition, DateKey.GRANTS_DUE, uow.now + timedelta(days=10), label="Grant applications due")
    return edition


def make_fund(
    uow: UnitOfWork, edition: Edition, amount: int = 500_000, name: str = "General fund", currency: str = "USD"
) -> Fund:
    """A fund of 5,000.00 USD unless told otherwise."""
    fund = Fund(
        edition_id=edition.id, name=name, sponsor="Northern Lake Lab", purpose="any presenter", currency=currency,
        amount=0, overdraft=0, committed=0, created_at=uow.now,
    )  # fmt: skip
    uow.session.add(fund)
    uow.session.flush()
    ledger.pledge(uow, fund, amount, key=f"fund:{fund.id}:pledged:1")
    return fund


def make_committee(uow: UnitOfWork, edition: Edition, name: str = "Leilani Kahananui") -> Person:
    """A member of the grants committee."""
    person = make_person(uow, name)
    join_team(uow, edition, person, Role.GRANTS_COMMITTEE)
    return person


def content(costs: Mapping[CostKind, int] | None = None, currency: str = "USD", **values: Any) -> ApplicationContent:
    """A complete application: a flight of 1,200 and a bed of 300."""
    asked = {AIR: 120_000, LODGING: 30_000} if costs is None else costs
    return ApplicationContent(
        currency=currency,
        costs=tuple(Cost(kind, minor) for kind, minor in asked.items()),
        **({"statement": "I would present my first paper."} | values),
    )


def make_application(
    uow: UnitOfWork,
    edition: Edition,
    person: Person | None = None,
    costs: Mapping[CostKind, int] | None = None,
    *,
    hand_in: bool = True,
    **values: Any,
) -> Application:
    """A submitted application (or a draft), made by the verbs of the product."""
    with acting(uow, person or make_person(uow)):
        made = service.save(uow, edition, content(costs, **values), started_from=0)
        return service.submit(uow, edition) if hand_in else made


def propose(
    uow: UnitOfWork,
    edition: Edition,
    member: Person,
    application: Application,
    fund: Fund | None,
    amounts: Mapping[CostKind, int] | None = None,
    verdict: Verdict = Verdict.OFFER,
) -> Application:
    """A pending decision; an offer gives what was asked unless told otherwise."""
    found = queries.find_locked(uow.session, application.id)
    assert found is not None
    wanted = amounts if amounts is not None else {line.kind: line.asked for line in found.lines}
    given = {
        line.id: (fund.id, wanted[line.kind])
        for line in found.lines
        if fund is not None and wanted.get(line.kind) and verdict is Verdict.OFFER
    }
    with acting(uow, member):
        return deciding.propose(uow, edition, found.id, Proposal(verdict, given), started_from=found.seen)


def fortnight(uow: UnitOfWork) -> Deadline:
    """Two weeks to answer."""
    return Deadline(uow.now + timedelta(days=14), AOE)


def release(uow: UnitOfWork, edition: Edition, member: Person, *applications: Application) -> None:
    """Answer these."""
    chosen = {application.id: application.seen for application in applications}
    with acting(uow, member):
        deciding.release(uow, edition, chosen, fortnight(uow))


def make_offer(
    uow: UnitOfWork,
    edition: Edition,
    member: Person,
    fund: Fund,
    person: Person | None = None,
    costs: Mapping[CostKind, int] | None = None,
) -> Application:
    """An application with an offer of all it asked for."""
    application = make_application(uow, edition, person, costs)
    propose(uow, edition, member, application, fund)
    release(uow, edition, member, application)
    assert application.state is State.OFFERED
    return application


def make_row(
    uow: UnitOfWork, edition: Edition, person: Person, state: State, fund: Fund | None = None, asked: int = 100
) -> Application:
    """An application written straight into its tables, for crowds; with a fund all of it is offered or proposed."""
    made = Application(
        edition_id=edition.id, person_id=person.id, state=state, currency="USD", statement="I would come.",
        created_at=uow.now, changed_at=uow.now, submitted_at=uow.now,
    )  # fmt: skip
    made.accept_by, made.accept_by_zone = (
        (uow.now + timedelta(days=14), AOE) if state is State.OFFERED else (None, None)
    )
    made.lines = [Line(kind=AIR, position=1, asked=asked, awards=[])]
    uow.session.add(made)
    uow.session.flush()
    if fund is not None:
        is_offer = state is State.OFFERED
        award = AwardState.OFFERED if is_offer else AwardState.PROPOSED
        line = made.lines[0]
        given = Award(
            application_id=made.id, line_id=line.id, fund_id=fund.id, state=award, amount=asked, changed_at=uow.now
        )
        uow.session.add(given)
        uow.session.flush()
        if is_offer:
            slices = [ledger.Slice(fund, asked, made.id, given.id, line.id, line.kind.value)]
            ledger.offer(uow, slices, key=f"row:{made.id}:offered")
        made.verdict = None if is_offer else Verdict.OFFER
    uow.session.flush()
    return made


def committed_of(uow: UnitOfWork, fund: Fund) -> int:
    """What the database says is committed, read anew."""
    uow.session.flush()
    uow.session.refresh(fund)
    return fund.committed
