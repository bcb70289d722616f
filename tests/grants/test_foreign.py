"""Numbers of another edition and of somebody else, at every address of the grants and inside their forms."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.claims.test_service import Scene
from tests.factories import client_for, join_team, make_person, send
from tests.grants.factories import AIR, acting, make_application, make_committee, make_fund, make_offer, open_grants
from tests.shows import keeps, shows
from workshop_manager import tables
from workshop_manager.claims import service as claims
from workshop_manager.claims.states import Way
from workshop_manager.grants import queries, service
from workshop_manager.workshops.states import Role

pytestmark = pytest.mark.sqlite
PACKAGES = ("funds", "grants", "grantreview", "grantreport", "proposals", "succession", "claims")
OURS = "/musiml/2026"


@dataclass
class Two:
    """An edition with an open application, and one beside it with a grant, a claim, a receipt and a payment."""

    organiser: FlaskClient
    applicant: FlaskClient
    theirs: dict[str, int]
    line: int
    application: int
    seen: int
    fund: int


@pytest.fixture
def two(app: Flask, work: Any) -> Two:
    with work() as uow:
        other, ours = open_grants(uow, slug="2025"), open_grants(uow)
        fund, grantee, treasurer = make_fund(uow, other), make_person(uow, "Grantee"), make_person(uow, "Treasurer")
        fund_of_ours = make_fund(uow, ours).id
        join_team(uow, other, treasurer, Role.ORGANISER)
        number = make_offer(uow, other, make_committee(uow, other), fund, grantee).id
        with acting(uow, grantee):
            service.accept(uow, other)
        uow.actor = treasurer
        application = queries.find_locked(uow.session, number)
        assert application is not None
        scene = Scene(uow, other, fund, grantee, treasurer, application)
        claim = scene.claim(50_000)
        claims.approve(uow, other, claim.id, 50_000, started_from=claim.version)
        made = claims.pay(uow, other, claim.id, 10_000, Way.CASH, uow.now.date(), started_from=claim.version)
        organiser, applicant = make_person(uow, "Organiser"), make_person(uow, "Applicant")
        join_team(uow, ours, organiser, Role.ORGANISER)
        mine = make_application(uow, ours, applicant)
        theirs = {
            "application_id": number, "fund_id": fund.id, "claim_id": claim.id, "payment_id": made.id,
            "line_id": scene.line(AIR), "receipt_id": claim.receipts[0].id, "person_id": grantee.id,
            "question_id": 1, "override_id": 1, "successor_id": 1, "number": 1, "other": 2,
        }  # fmt: skip
        clients = [client_for(app, uow, one) for one in (organiser, applicant)]
        return Two(*clients, theirs, mine.lines[0].id, mine.id, mine.seen, fund_of_ours)


def _money(work: Any) -> dict[str, list[Any]]:
    names = [one for one in tables.metadata.tables if one.startswith(("grant_", "ledger_", "fund_", "exchange_"))]
    with work() as uow:
        return {name: sorted(map(str, uow.session.execute(select(tables.metadata.tables[name])))) for name in names}


@keeps("A3", "A4")
@shows("Grants", "A number of another edition or of somebody else opens nothing, at any address of the grants")
def test_numbers_of_another_edition_open_nothing(app: Flask, two: Two, work: Any) -> None:
    before, asked = _money(work), 0
    for rule in app.url_map.iter_rules():
        own = {"community", "edition"}
        if rule.endpoint.partition(".")[0] not in PACKAGES or not rule.arguments - own:
            continue
        values = {"community": "musiml", "edition": "2026"} | {one: two.theirs[one] for one in rule.arguments - own}
        with app.test_request_context():
            path = url_for(rule.endpoint, **values)
        client = two.organiser if "/organise/" in path else two.applicant
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = client.get(path) if method == "GET" else send(client, path)
            assert answer.status_code in (403, 404), f"{method} {path}: {answer.status_code}"
            asked += 1
    assert asked > 40
    assert _money(work) == before


@keeps("A3", "A8")
def test_numbers_of_another_edition_inside_a_form_change_nothing(two: Two, work: Any) -> None:
    desk, number, theirs = f"{OURS}/organise/grants", two.application, two.theirs
    before = _money(work)
    forms = [
        (f"{desk}/applications/{number}/proposal",
         {"verdict": "offer", f"amount_{two.line}": "10", f"fund_{two.line}": theirs["fund_id"]}),
        (f"{desk}/applications/{number}/proposal",
         {"verdict": "offer", f"amount_{theirs['line_id']}": "10", f"fund_{theirs['line_id']}": theirs["fund_id"]}),
        (f"{desk}/applications/{number}/payments",
         {"line": theirs["line_id"], "amount": "10", "way": "cash", "paid_on": "2026-05-01"}),
        (f"{desk}/proposals", {"based_on": 1}),
        (f"{desk}/release",
         {"chosen": f"{theirs['application_id']}:1", "day": "2026-06-20", "time": "12:00", "zone": "UTC"}),
    ]  # fmt: skip
    for path, data in forms:
        answer = send(two.organiser, path, {"version": str(two.seen), **data})
        assert answer.status_code in (403, 404, 409, 422), f"{path} {data}: {answer.status_code}"
    assert _money(work) == before
    path, data = forms[0]
    answer = send(two.organiser, path, {"version": str(two.seen), **data, f"fund_{two.line}": two.fund})
    assert answer.status_code == 303, "the same with a fund of this edition is taken"
