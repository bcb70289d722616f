"""The report, a sponsor's PDF and the treasurer's awards through the pages."""

import csv
import io
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from tests.factories import client_for, join_team, make_person, send
from tests.grants.factories import make_committee, make_fund, make_row, open_grants
from tests.queries import count_queries
from tests.shows import shows
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.dashboard.queries import glance
from workshop_manager.funds import ledger, queries
from workshop_manager.funds.figures import fund_figures
from workshop_manager.funds.states import Account
from workshop_manager.grants import queries as queries_of_grants
from workshop_manager.grants.models import Award, GrantConflict
from workshop_manager.grants.states import State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/grants"
NAME = "=HYPERLINK(“x”)"


@dataclass
class Stage:
    """Twelve were offered 101.01 each: six of Ghana took and were paid it, two of them a cent less."""

    edition_id: int
    fund_id: int
    organiser: FlaskClient
    member: FlaskClient
    partial: FlaskClient


@pytest.fixture
def stage(app: Any, work: Any) -> Stage:
    with work() as uow:
        edition = open_grants(uow)
        organiser, partial = make_person(uow, "Kofi Mensah"), make_person(uow, "Partial Person")
        for person in (organiser, partial):
            join_team(uow, edition, person, Role.ORGANISER)
        fund = make_fund(uow, edition, 500_000)
        for n in range(12):
            person = make_person(uow, NAME if n == 0 else f"Somebody {n}")
            person.country = "GH" if n < 6 else "PE"
            made = make_row(uow, edition, person, State.OFFERED, fund, asked=10_101)
            if n == 0:
                uow.session.add(GrantConflict(application_id=made.id, person_id=partial.id, declared_at=uow.now))
            if n < 6:
                award = uow.session.scalars(select(Award).where(Award.application_id == made.id)).one()
                one = ledger.Slice(fund, 10_101, made.id, award.id, award.line_id, "air")
                less = ledger.Slice(fund, 10_101 - (n < 2), made.id, award.id, award.line_id, "air")
                ledger.accept(uow, [one], key=f"t:{n}:accept")
                ledger.claim(uow, [less], key=f"t:{n}:claim")
                ledger.pay(uow, [less], key=f"t:{n}:pay")
        people = organiser, make_committee(uow, edition), partial
        ids = edition.id, fund.id
    with work() as uow:
        return Stage(*ids, *(client_for(app, uow, person) for person in people))


def _rows(client: FlaskClient, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"{DESK}/{name}.csv").get_data().decode("utf-8-sig"))))


@shows("Grants", "The treasurer's list of awards adds up to the ledger and to each fund's statement, to the cent")
def test_awards_add_up_to_the_ledger(stage: Stage, work: Any) -> None:
    answer = stage.organiser.get(f"{DESK}/awards.csv")
    assert answer.headers["Cache-Control"] == "no-store"
    awards, entries = _rows(stage.organiser, "awards"), _rows(stage.organiser, "ledger")
    with work() as uow:
        balance = queries.balances(uow.session, stage.edition_id)[stage.fund_id]
    for account in (Account.OFFERED, Account.ACCEPTED, Account.CLAIMED, Account.PAID):
        listed = sum(Decimal(row[account.value]) for row in awards)
        assert listed == sum(Decimal(row["amount"]) for row in entries if row["account"] == account.value)
        assert listed == Decimal(getattr(balance, account.value)) / 100
    assert awards[0]["name"] == f"'{NAME}"
    assert answer.get_data() == stage.organiser.get(f"{DESK}/awards.csv").get_data()
    sheet = load_workbook(io.BytesIO(stage.organiser.get(f"{DESK}/awards.xlsx").get_data())).active
    assert sheet is not None
    paid = [Decimal(str(row[11])) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert sum(paid) == Decimal("606.04")
    payments = [row["payment"] for row in entries if row["payment"]]
    assert len(payments) == len(set(payments)) == 6
    assert payments == [row["payment"] for row in _rows(stage.partial, "ledger") if row["payment"]]


@shows("Grants", "In the treasurer’s files an award in conflict of interest has its money and nothing that names it")
def test_an_organiser_in_conflict_reads_no_name_and_no_number_of_the_award(stage: Stage) -> None:
    hidden = [row for row in _rows(stage.partial, "awards") if not row["award"]]
    assert [(row["name"], row["application"], row["line"], row["cost"]) for row in hidden] == [("", "", "", "")]
    assert "HYPERLINK" not in stage.partial.get(f"{DESK}/awards.csv").text


def test_several_awards_in_conflict_are_one_row_and_nobody_counts_them(stage: Stage, work: Any) -> None:
    with work() as uow:
        person = uow.session.scalars(select(GrantConflict.person_id)).one()
        hidden = select(GrantConflict.application_id)
        other = uow.session.scalars(select(Award.application_id).where(Award.application_id.not_in(hidden))).first()
        uow.session.add(GrantConflict(application_id=other, person_id=person, declared_at=uow.now))
    mine, whole = _rows(stage.partial, "awards"), _rows(stage.organiser, "awards")
    assert (len(mine), [row["award"] for row in mine].count("")) == (len(whole) - 1, 1)
    for account in ("offered", "accepted", "claimed", "paid", "returned"):
        assert sum(Decimal(row[account]) for row in mine) == sum(Decimal(row[account]) for row in whole)


@shows("Grants", "Afterwards: asked, offered, taken, paid and unclaimed by kind, region and career stage, with plots")
def test_the_report_tells_by_region(stage: Stage, database: Any) -> None:
    with count_queries(database) as queries_made:
        page = stage.organiser.get(f"{DESK}/report").text
    assert len(queries_made) <= 12
    for words in ("1,212.12", "606.04", "Africa", "Latin America", "50 %", 'class="plot"'):
        assert words in page
    # One of six without a cent: nobody learns whose.
    assert "Not by group, because it would tell of fewer than five people: Unclaimed." in page
    assert "Somebody" not in page
    assert stage.member.get(f"{DESK}/report").status_code == 404
    # Five others: Africa stands, without the one.
    partial = stage.partial.get(f"{DESK}/report").text
    assert "1,111.11" in partial
    assert "1,212.12" not in partial


@shows("Grants", "A sponsor gets a PDF of what the money of a fund did, without a name and in coarse shares")
def test_a_sponsor_reads_sums_and_shares(stage: Stage) -> None:
    answer = stage.organiser.get(f"{DESK}/funds/{stage.fund_id}/report.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = re.sub(r"\s+", " ", " ".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.data)).pages))
    for words in ("Northern Lake Lab", "5,000 USD", "606.04 USD", "It helped at least 5 people", "By region"):
        assert words in text
    assert "Somebody" not in text
    assert stage.member.get(f"{DESK}/funds/{stage.fund_id}/report.pdf").status_code == 404
    assert stage.organiser.get(f"{DESK}/funds/{stage.fund_id + 1}/report.pdf").status_code == 404


@shows("Grants", "What a fund has left, as the committee reads it, tells nobody what somebody in conflict got")
def test_no_total_less_the_others_gives_what_one_in_conflict_got(stage: Stage, work: Any) -> None:
    with work() as uow:
        member = make_committee(uow, _edition(uow, stage), "Near Person")
        first = uow.session.scalars(select(Award).order_by(Award.id)).all()[6]
        uow.session.add(GrantConflict(application_id=first.application_id, person_id=member.id, declared_at=uow.now))
        uow.session.flush()
        standing = standing_of(uow.session, stage.edition_id, member.id)
        (seen,) = fund_figures(uow.session, stage.edition_id, standing)
        visible = uow.session.scalars(queries_of_grants.ids_seen(stage.edition_id, standing)).all()
        others = sum(one.amount for one in uow.session.scalars(select(Award)) if one.application_id in visible)
        assert (len(visible), seen.is_partial) == (11, True)
        # A cent less was claimed of two, and stays accepted.
        assert seen.balance.held - seen.left == others == 11 * 10_101
        assert glance(uow.session, stage.edition_id, standing).committed == others
    page = stage.member.get(DESK).text
    assert "at most 3,787.88 left" in page
    assert "at most" not in stage.organiser.get(DESK).text


def test_the_statement_of_a_fund_that_was_taken_away_opens(stage: Stage, work: Any) -> None:
    with work() as uow:
        spare = make_fund(uow, _edition(uow, stage), 5_000, "Never used")
    assert send(stage.organiser, f"{DESK}/funds/{spare.id}/removal").status_code == 303
    path = f"{DESK}/funds/{spare.id}/statement"
    assert path in stage.organiser.get(f"{DESK}/funds").text
    page = stage.organiser.get(path)
    assert page.status_code == 200
    assert "This fund was taken away" in page.text
    assert stage.organiser.get(f"{DESK}/funds/{spare.id}").status_code == 404


def _edition(uow: UnitOfWork, stage: Stage) -> Edition:
    found = uow.session.get(Edition, stage.edition_id)
    assert found is not None
    return found
