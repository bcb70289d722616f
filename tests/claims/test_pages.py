"""Claims at the pages: receipts that are none, what the treasurer sees, who may look."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from tests.factories import client_for, join_team, make_person
from tests.grants.factories import AIR, acting, make_committee, make_fund, make_offer, open_grants
from tests.pdfs import make_pdf
from tests.queries import count_queries
from tests.season.hands import Hands
from tests.shows import shows
from workshop_manager.claims.models import BankDetails, Claim
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.database import Database
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants import service as granting
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops.states import Role

Work = Callable[[], AbstractContextManager[UnitOfWork]]
OWN, DESK = "/musiml/2026/grants/application/claims", "/musiml/2026/organise/grants"


@dataclass
class Cast:
    """Somebody with an accepted grant, a treasurer, and a member of the committee."""

    person: Hands
    treasurer: Hands
    member: Hands
    line: int
    application: int


@pytest.fixture
def cast(app: Flask, work: Work) -> Cast:
    with work() as uow:
        edition = open_grants(uow)
        fund, person, treasurer = make_fund(uow, edition), make_person(uow), make_person(uow, "Teuila Faleolo")
        join_team(uow, edition, treasurer, Role.ORGANISER)
        member = make_committee(uow, edition)
        application = make_offer(uow, edition, member, fund, person)
        with acting(uow, person):
            granting.accept(uow, edition)
        line = next(line.id for line in application.lines if line.kind is AIR)
        hands = [Hands(client_for(app, uow, one)) for one in (person, treasurer, member)]
        return Cast(*hands, line, application.id)


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def _keep(cast: Cast, name: str, content: bytes, status: int = 303, **typed: Any) -> Hands:
    values = {"amount": "100", "currency": "USD", "day": "2026-05-20"} | typed
    return cast.person.open(f"{OWN}/lines/{cast.line}").press(
        "Keep this receipt", status, file=(io.BytesIO(content), name), **values
    )


@shows(
    "Grants",
    "A receipt that is a 300-page PDF, a picture of 40 megapixels or no file at all is refused beside the field",
    "A claim in a currency without a rate is refused in words, whatever its minor units",
)
def test_receipts_that_are_none(cast: Cast) -> None:
    for name, content, sentence in (
        ("long.pdf", make_pdf(pages=300), "more than the 20 pages"),
        ("large.png", picture(8000, 5000), "8000 × 5000 pixels"),
        ("words.txt", b"I paid 100, honestly", "not a file we can read"),
        ("", b"", "Choose the file"),
    ):
        refused = _keep(cast, name, content, 422, amount="123.45")
        refused.says(sentence)
        assert refused.page.find("input", attrs={"name": "amount"})["value"] == "123.45"
    _keep(cast, "a.pdf", make_pdf(), 422, amount="much").says("not an amount")
    for currency in ("JPY", "KWD"):
        _keep(cast, "a.pdf", make_pdf(), 422, currency=currency).says("No exchange rate is entered")
    _keep(cast, "a.pdf", make_pdf(), 422, day="2026-06-09").says("has not come yet")


@shows(
    "Grants",
    "Receipts are gathered line by line, several a claim, PDF or picture, with the currency and day that are on them",
    "A treasurer approves, cuts or returns a claim with a reason, and pays it in parts; the person gets a mail",
    "Bank details are encrypted, shown to the treasurer alone, each look noted, and deleted with the last payment",
)
def test_a_claim_from_the_first_receipt_to_the_last_payment(cast: Cast, database: Database, work: Work) -> None:
    _keep(cast, "flight.pdf", make_pdf(pages=2, title="A flight"))
    person = _keep(cast, "seat.png", picture(300, 200), amount="20")
    person.says("In all 120 USD").press("Hand in this claim", 422).says("Claims begin after the event")
    person.press("Hand in this claim", in_advance=True).says("Handed in").follow("Say where to")
    bank = {"holder": "A. Name", "where": "A bank, Kenya"}
    person.press("Keep it", 422, account="DE89370400440532013001", **bank).says("This IBAN has a slip")
    person.press("Keep it", account="DE89 3704 0044 0532 0130 00", **bank).says("kept")
    cast.member.open(f"{DESK}/claims", 404)
    desk = cast.treasurer.open("/musiml/2026/organise").says("1 claim is to be decided").open(f"{DESK}/claims")
    with count_queries(database) as counted:
        desk.open(f"{DESK}/claims")
    assert len(counted) <= 12
    desk.open(str(desk.page.select_one("tbody a")["href"]))
    assert desk.client.get(str(desk.page.select(".claim-slip a")[1]["href"])).mimetype == "image/jpeg"
    desk.press("Approve", 422, decision__amount="100").says("Say why").press(
        "Approve", decision__amount="100", decision__reason="Without the seat."
    )
    assert "DE89" not in desk.text
    desk.press("Show it", 200).says("DE89 3704 0044 0532 0130 00")
    desk.open(desk.path.removesuffix("/bank-details")).press("Enter this payment", payment__amount="60").says("40 USD")
    desk.press("Enter this payment", 422, payment__way="booked").says("what was booked")
    desk.press("Enter this payment", payment__reference="TR 7").says("Paid")
    desk.press("Put it right", 422).says("Say why")
    person.open(OWN).says("60 USD", "Without the seat.", "1,100 USD of it not claimed yet")
    with work() as uow:
        assert uow.session.scalars(select(BankDetails)).all() == []
        noted = uow.session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("bank%")).order_by(AuditEntry.id)
        ).all()
        assert noted == ["bank-details-given", "bank-details-seen", "bank-details-removed"]
        mails = uow.session.scalars(select(OutboxMail.template).where(OutboxMail.template.like("claims/%"))).all()
        assert sorted(mails) == ["claims/approved", "claims/paid", "claims/paid"]
        assert uow.session.scalars(select(Claim.paid)).one() == 10_000


@shows("Grants", "Who did not attend gives back what is not paid, and what was paid or booked stays")
def test_who_did_not_come(cast: Cast) -> None:
    desk = cast.treasurer.open(f"{DESK}/applications/{cast.application}/payments")
    desk.press("Enter it", payment__amount="500", payment__reference="LH 400, PNR X7YZ").says("700 USD left")
    desk.press("They did not attend").says("1,000 USD went back")
    cast.person.open(f"{DESK}/applications/{cast.application}/payments", 404)
    cast.person.open("/musiml/2026/grants/application/statement").says("500 USD")


def test_two_treasurers_do_not_pay_twice(cast: Cast) -> None:
    _keep(cast, "flight.pdf", make_pdf()).press("Hand in this claim", in_advance=True)
    desk = cast.treasurer.open(f"{DESK}/claims")
    desk.open(str(desk.page.select_one("tbody a")["href"])).press("Approve")
    other = Hands(desk.client).open(desk.path)
    desk.press("Enter this payment", payment__amount="60")
    other.press("Enter this payment", 422, payment__amount="60").says("Somebody changed this claim")
