"""The ledger: what the database itself holds of it, and its verbs; on both databases."""

import threading
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.factories import make_edition, make_person
from tests.grants.factories import make_fund
from tests.shows import shows
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import ledger, queries
from workshop_manager.funds.ledger import Slice
from workshop_manager.funds.models import Fund
from workshop_manager.funds.queries import Balance
from workshop_manager.funds.refusals import Overdrawn
from workshop_manager.funds.states import Account, Kind


def _slice(fund: Fund, minor: int, award: int = 1) -> Slice:
    return Slice(fund, minor, application_id=10 + award, award_id=award, line_id=award, cost="air")


def _balance(uow: UnitOfWork, fund: Fund) -> Balance:
    return queries.balances(uow.session, fund.edition_id)[fund.id]


@shows("Grants", "A double-entry ledger: every figure of money is a sum over entries that add up to nothing")
def test_money_goes_from_account_to_account(uow: UnitOfWork) -> None:
    fund = make_fund(uow, make_edition(uow), 1_000)
    ledger.offer(uow, [_slice(fund, 600)], key="o")
    ledger.accept(uow, [_slice(fund, 500)], key="a")
    ledger.release(uow, [_slice(fund, 100)], Account.OFFERED, key="r")
    ledger.claim(uow, [_slice(fund, 400)], key="c")
    ledger.cut(uow, [_slice(fund, 50)], key="x", reason="twice the same receipt")
    ledger.pay(uow, [_slice(fund, 200)], key="p1")
    ledger.pay(uow, [_slice(fund, 150)], key="p2")
    ledger.unpay(uow, [_slice(fund, 30)], key="u", reason="did not attend")
    assert _balance(uow, fund) == Balance(pledged=1_000, available=530, offered=0, accepted=150, claimed=0, paid=320)
    assert queries.returned(uow.session, fund.edition_id) == {fund.id: 130}
    assert (fund.amount, fund.committed, fund.left) == (1_000, 470, 530)
    sums = uow.session.execute(text("SELECT SUM(amount) FROM ledger_entries GROUP BY transaction_uid")).scalars()
    assert set(sums) == {0}


@shows("Grants", "An act with money is entered once, however often it is sent")
def test_a_key_is_entered_once(uow: UnitOfWork) -> None:
    fund = make_fund(uow, make_edition(uow), 1_000)
    first = ledger.offer(uow, [_slice(fund, 1_000)], key="o")
    assert ledger.offer(uow, [_slice(fund, 1_000)], key="o").uid == first.uid
    assert fund.left == 0
    with pytest.raises(Conflict, match="entered already, with other amounts"):
        ledger.offer(uow, [_slice(fund, 900)], key="o")
    with pytest.raises(Overdrawn, match=r"needs 0\.01 USD, and 0 USD is there"):
        ledger.offer(uow, [_slice(fund, 1, award=2)], key="o2")
    with pytest.raises(Overdrawn):
        ledger.accept(uow, [_slice(fund, 1, award=2)], key="a2")


@shows("Grants", "Entries are never changed: a correction is an entry of its own, with its reason")
def test_a_correction_goes_the_other_way_round(uow: UnitOfWork) -> None:
    edition = make_edition(uow)
    fund = make_fund(uow, edition, 1_000)
    offered = ledger.offer(uow, [_slice(fund, 600)], key="o")
    taken = ledger.accept(uow, [_slice(fund, 600)], key="a")
    with pytest.raises(Overdrawn):  # it is not where it was put any more
        ledger.correct(uow, edition.id, offered.uid, "A slip.")
    with pytest.raises(Conflict, match="Say why"):
        ledger.correct(uow, edition.id, taken.uid, "")
    with pytest.raises(NotFound):
        ledger.correct(uow, make_edition(uow, slug="2027").id, taken.uid, "Not theirs.")
    made = ledger.correct(uow, edition.id, taken.uid, "Accepted by a slip of the finger.")
    assert (made.kind, made.corrects) == (Kind.CORRECT, taken.uid)
    assert (_balance(uow, fund).offered, _balance(uow, fund).accepted) == (600, 0)
    assert ledger.correct(uow, edition.id, taken.uid, "Accepted by a slip of the finger.").uid == made.uid
    with pytest.raises(Conflict, match="A correction is not corrected"):
        ledger.correct(uow, edition.id, made.uid, "No.")


@shows("Grants", "Whatever the program does, the database refuses to change the ledger or to overdraw a fund")
def test_the_database_keeps_the_ledger(uow: UnitOfWork) -> None:
    fund = make_fund(uow, make_edition(uow), 100)
    ledger.offer(uow, [_slice(fund, 60)], key="o")
    entry = (
        "INSERT INTO ledger_entries (transaction_uid, fund_id, account, amount, currency, cost) "
        "VALUES ('{uid}', :fund, '{account}', {amount}, '{currency}', '')"
    )
    closing = (
        "INSERT INTO ledger_transactions (uid, key, edition_id, kind, at, reason) "
        "VALUES ('{uid}', '{uid}', :edition, 'offer', '2026-06-01 12:00:00+00:00', '')"
    )
    uid = uow.session.execute(text("SELECT uid FROM ledger_transactions WHERE key = 'o'")).scalar_one()

    def put(account: str, amount: int, uid: str = "new", currency: str = "USD") -> str:
        return entry.format(uid=uid, account=account, amount=amount, currency=currency)

    refused = [
        ("UPDATE ledger_entries SET amount = 1",),
        ("DELETE FROM ledger_entries",),
        ("UPDATE ledger_transactions SET reason = 'x'",),
        ("DELETE FROM ledger_transactions",),
        (put("offered", -1, uid=uid),),  # closed
        (put("offered", -1, currency="EUR"),),
        (closing.format(uid="new"),),  # without an entry
        (put("offered", -1), closing.format(uid="new")),  # does not add up
        (put("available", -41), put("offered", 41)),  # overdrawn
        (put("offered", -61),),
    ]
    for statements in refused:
        with pytest.raises(IntegrityError), uow.session.begin_nested():
            for statement in statements:
                values = {"fund": fund.id, "edition": fund.edition_id}
                names = {name: value for name, value in values.items() if f":{name}" in statement}
                uow.session.execute(text(statement), names)
    for statement in (put("available", -40), put("offered", 40), closing.format(uid="new")):
        values = {"fund": fund.id, "edition": fund.edition_id}
        uow.session.execute(text(statement), {n: v for n, v in values.items() if f":{n}" in statement})
    uow.session.refresh(fund)
    assert fund.left == 0


@shows("Bad input", "Many who offer the last money at once: it is given once")
def test_fifty_offer_the_last_money_at_once(work: Any, database: Any) -> None:
    with work() as uow:
        fund = make_fund(uow, make_edition(uow), 500)
        edition_id, fund_id = fund.edition_id, fund.id
    given: list[int] = []

    def offer(number: int) -> None:
        try:
            with work() as uow:
                locked = queries.locked_funds(uow.session, edition_id)[fund_id]
                ledger.offer(uow, [_slice(locked, 500, award=number)], key=f"offer:{number}")
        except Overdrawn:
            return
        given.append(number)

    threads = [threading.Thread(target=offer, args=(number,)) for number in range(1, 51)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(given) == 1
    with work() as uow:
        balance = queries.balances(uow.session, edition_id)[fund_id]
        assert (balance.available, balance.offered) == (0, 500)


def test_nobody_stands_in_the_ledger(uow: UnitOfWork) -> None:
    fund = make_fund(uow, make_edition(uow), 100)
    uow.actor = make_person(uow)
    made = ledger.offer(uow, [_slice(fund, 60)], key="o")
    assert made.actor_id == uow.actor.id
    columns = {key.name for table in ("ledger_entries", "ledger_transactions") for key in _foreign(uow, table)}
    assert columns == {"edition_id", "fund_id", "transaction_uid", "corrects"}


def _foreign(uow: UnitOfWork, table: str) -> list[Any]:
    return [column for column in Fund.metadata.tables[table].columns if column.foreign_keys]
