"""`workshop-manager grants ledger`."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests.commands import runner, told
from tests.factories import join_team, make_person
from tests.grants.factories import AIR, acting, make_committee, make_fund, make_offer, open_grants
from tests.shows import shows
from workshop_manager.claims import service as claims
from workshop_manager.claims.states import Way
from workshop_manager.funds.statements import BALANCES
from workshop_manager.grants import service
from workshop_manager.workshops.states import Role


@shows("Grants", "`workshop-manager grants ledger --json` gives the balances of every fund, and they add up")
def test_the_command_gives_balances_that_add_up(app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with work() as uow:
        edition = open_grants(uow)
        fund, member, organiser = make_fund(uow, edition), make_committee(uow, edition), make_person(uow, "Teuila")
        make_fund(uow, edition, 90_000, "Yen", "JPY")
        make_fund(uow, edition, 12_345, "Dinar", "KWD")
        join_team(uow, edition, organiser, Role.ORGANISER)
        person = make_person(uow)
        made = make_offer(uow, edition, member, fund, person)
        make_offer(uow, edition, member, fund, make_person(uow), {AIR: 10_001})
        with acting(uow, person):
            service.accept(uow, edition, {line.id: line.asked - 1 for line in made.lines})
        flight = next(line.id for line in made.lines if line.kind is AIR)
        with acting(uow, organiser):
            claims.book(uow, edition, made.id, flight, 50_000, Way.BOOKED, uow.now.date(), "LH 400")
        where = "/".join(edition.slugs.values())
    found = told(runner(app, monkeypatch)("grants", "ledger", where, "--json"))
    assert (found["counts"]["funds"], len(found["items"])) == (3, 3)
    assert all(list(item) == list(BALANCES) for item in found["items"])
    name, currency, *others = BALANCES
    rows = {item[name]: [Decimal(item[one]) for one in others] for item in found["items"]}
    for pledged, overdraft, available, offered, accepted, claimed, paid, _returned, total in rows.values():
        assert available + offered + accepted + claimed + paid == pledged + overdraft
        assert total == 0
    assert [str(one) for one in rows["General fund"]] == [
        "5000.00", "0.00", "3400.01", "100.01", "999.98", "0.00", "500.00", "0.02", "0.00",
    ]  # fmt: skip
    assert {item[name]: item[currency] for item in found["items"]}["Yen"] == "JPY"
    assert [str(rows[one][0]) for one in ("Yen", "Dinar")] == ["90000", "12.345"]
