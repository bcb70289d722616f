"""Funds, overrides, rates, statements and exports through the pages."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.factories import client_for, join_team, make_person, send
from tests.grants.factories import AIR, acting, make_committee, make_fund, make_offer, open_grants
from tests.queries import count_queries
from tests.shows import shows
from workshop_manager.accounts.models import Person
from workshop_manager.core.errors import Conflict
from workshop_manager.core.money import Money
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries, service
from workshop_manager.funds.models import Fund
from workshop_manager.grants import service as grants
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/grants"


@dataclass
class Stage:
    """An edition with a fund of 1,000, of which somebody took 600 of an offer of 800."""

    edition_id: int
    fund_id: int
    organiser: FlaskClient
    second: FlaskClient
    grantee: FlaskClient
    stranger: FlaskClient


@pytest.fixture
def stage(app: Any, work: Any) -> Stage:
    with work() as uow:
        edition = open_grants(uow)
        organiser, second = make_person(uow, "Kofi Mensah"), make_person(uow, "Second")
        for person in (organiser, second):
            join_team(uow, edition, person, Role.ORGANISER)
        grantee = make_person(uow, "=cmd|’ /C calc’!A0")
        fund = make_fund(uow, edition, 100_000)
        made = make_offer(uow, edition, make_committee(uow, edition), fund, grantee, {AIR: 80_000})
        with acting(uow, grantee):
            grants.accept(uow, edition, {made.lines[0].id: 60_000})
        people: list[Person | None] = [organiser, second, grantee, make_person(uow, "Stranger")]
        ids = edition.id, fund.id
    with work() as uow:
        return Stage(*ids, *(client_for(app, uow, person) for person in people))


def _edition(uow: UnitOfWork, stage: Stage) -> Edition:
    found = uow.session.get(Edition, stage.edition_id)
    assert found is not None
    return found


@shows("Grants", "A statement for each fund, each award and each person, of the ledger's own lines")
def test_statements_say_where_the_money_is(stage: Stage) -> None:
    fund = f"{DESK}/funds/{stage.fund_id}/statement"
    page = stage.organiser.get(fund).text
    for words in ("600 USD", "200 USD", "400 USD", "Back in the fund", "declined, or taken in part"):
        assert words in page
    own = stage.grantee.get("/musiml/2026/grants/application/statement").text
    assert "600 USD" in own
    assert "General fund" in own
    assert stage.stranger.get("/musiml/2026/grants/application/statement").status_code == 404
    assert stage.grantee.get(fund).status_code == 404


@shows("Grants", "The treasurer's export balances to the cent and names each payment for ever")
def test_the_export_adds_up(stage: Stage) -> None:
    answer = stage.organiser.get(f"{DESK}/ledger.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["transaction"]] += Decimal(row["amount"])
        sums[row["account"]] += Decimal(row["amount"])
    assert {name: minor for name, minor in sums.items() if minor} == {
        "pledged": Decimal(-1000), "available": Decimal(400), "accepted": Decimal(600)
    }  # fmt: skip
    assert {row["name"] for row in rows} == {"", "'=cmd|’ /C calc’!A0"}
    sheet = load_workbook(io.BytesIO(stage.organiser.get(f"{DESK}/ledger.xlsx").get_data())).active
    assert sheet is not None
    amounts = [row[9] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert sum(amounts) == 0
    assert len(amounts) == len(rows)
    assert stage.organiser.get(f"{DESK}/ledger.csv").get_data() == answer.get_data()


@shows("Grants", "More than a fund holds is given only when a second person allows what one asked for with a reason")
def test_an_override_takes_two(stage: Stage, work: Any) -> None:
    one = f"{DESK}/funds/{stage.fund_id}"
    assert send(stage.organiser, f"{one}/overrides", {"more": "500", "reason": ""}).status_code == 422
    assert send(stage.organiser, f"{one}/overrides", {"more": "500", "reason": "The sponsor wrote"}).status_code == 303
    with work() as uow:
        (asked,) = queries.overrides(uow.session, stage.fund_id)
    approval = f"{one}/overrides/{asked.id}/approval"
    assert send(stage.organiser, approval).status_code == 409
    assert send(stage.second, approval).status_code == 303
    assert send(stage.second, approval).status_code == 303  # once
    statement = stage.organiser.get(f"{one}/statement").text
    assert "The sponsor wrote" in statement
    with work() as uow:
        fund = uow.session.get(Fund, stage.fund_id)
        assert fund is not None
        assert (fund.overdraft, fund.left) == (50_000, 90_000)


@shows("Grants", "Rules of a fund: first-time presenters, regions, career stages, virtual aid, kinds of cost")
def test_a_fund_has_rules(stage: Stage, work: Any) -> None:
    typed = {
        "version": "0", "name": "Virtual aid", "amount": "300", "currency": "USD", "first_time_only": "y",
        "virtual_only": "y", "regions": ["africa", "asia"], "stages": ["student"], "kinds": ["data"],
    }  # fmt: skip
    assert send(stage.organiser, f"{DESK}/funds", typed).status_code == 303
    with work() as uow:
        fund = queries.funds(uow.session, stage.edition_id)[-1]
        assert (fund.rules.regions, fund.rules.kinds) == ({"africa", "asia"}, {"data"})
    page = stage.organiser.get(f"{DESK}/funds/{fund.id}").text
    assert "People who present for the first time" in page
    assert "Africa, Asia" in page


@shows("Bad input", "A currency without a rate is refused in a sentence; a rate has its day and source")
def test_rates_have_a_day_and_a_source(stage: Stage, work: Any) -> None:
    typed = {"currency": "KWD", "into": "JPY", "rate": "508.35", "day": "2026-05-01", "source": "A central bank"}
    for wrong in ({"rate": "0"}, {"rate": "half"}, {"into": "KWD"}, {"day": "2026-07-01"}, {"source": ""}):
        assert send(stage.organiser, f"{DESK}/rates", typed | wrong).status_code == 422
    assert send(stage.organiser, f"{DESK}/rates", typed).status_code == 303
    assert send(stage.organiser, f"{DESK}/rates", typed).status_code == 422
    assert "1 KWD is 508.35 JPY" in stage.organiser.get(f"{DESK}/rates").text
    with work() as uow:
        day = queries.rates(uow.session, stage.edition_id)[0].day
        assert service.converted(uow, stage.edition_id, Money(1_500, "KWD"), "JPY", day) == 763
        assert service.converted(uow, stage.edition_id, Money(5, "USD"), "USD", day) == 5
        with pytest.raises(Conflict, match="There is no rate from KWD to USD for 2026-05-01"):
            service.converted(uow, stage.edition_id, Money(1_500, "KWD"), "USD", day)


def test_no_page_of_funds_asks_more_than_twelve_queries(stage: Stage, database: Any) -> None:
    for path in ("funds", f"funds/{stage.fund_id}", f"funds/{stage.fund_id}/statement", "rates", "ledger.csv"):
        with count_queries(database) as queries_made:
            assert stage.organiser.get(f"{DESK}/{path}").status_code == 200
        assert len(queries_made) <= 12, (path, len(queries_made))
