"""The whole life of money in any order: after each step the ledger adds up, and no fund is overdrawn."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.factories import make_edition
from tests.grants.factories import make_fund
from tests.shows import shows
from workshop_manager.core.errors import Conflict
from workshop_manager.funds import ledger, queries
from workshop_manager.funds.ledger import Slice
from workshop_manager.funds.models import Fund, LedgerEntry, LedgerTransaction
from workshop_manager.funds.queries import Balance
from workshop_manager.funds.states import Account

_STEPS = st.tuples(
    st.sampled_from(("offer", "accept", "expire", "return", "claim", "cut", "pay", "unpay", "correct")),
    st.integers(1, 3),
    st.integers(1, 700),
)


def _act(uow: Any, fund: Fund, act: str, award: int, minor: int, key: str, done: list[str]) -> None:
    slices = [Slice(fund, minor, award, award, award, "air")]
    match act:
        case "expire":
            made = ledger.release(uow, slices, Account.OFFERED, key=key)
        case "return":
            made = ledger.release(uow, slices, Account.ACCEPTED, key=key)
        case "unpay":
            made = ledger.unpay(uow, slices, key=key, reason="did not attend")
        case "correct":
            made = ledger.correct(uow, fund.edition_id, done[minor % len(done)], "A slip.")
        case _:
            made = getattr(ledger, act)(uow, slices, key=key)
    done.append(made.uid)


@shows("Grants", "Whatever happens to money, in any order, the ledger balances and no fund is overdrawn")
def test_the_ledger_balances_after_every_step(work: Any) -> None:
    number = iter(range(10_000))

    @settings(max_examples=15)
    @given(st.lists(_STEPS, max_size=14))
    def run(steps: list[tuple[str, int, int]]) -> None:
        with work() as uow:
            fund = make_fund(uow, make_edition(uow, community=f"model{next(number)}"), 1_000)
            done = list(uow.session.scalars(select(LedgerTransaction.uid).where(LedgerTransaction.key.like("fund:%"))))
            done = done[-1:]
            for place, (act, award, minor) in enumerate(steps):
                before = queries.balances(uow.session, fund.edition_id)[fund.id]
                try:
                    _act(uow, fund, act, award, minor, f"{fund.id}:{place}", done)
                except Conflict:
                    assert queries.balances(uow.session, fund.edition_id)[fund.id] == before
                _check(uow, fund)

    run()


def _check(uow: Any, fund: Fund) -> None:
    balance: Balance = queries.balances(uow.session, fund.edition_id)[fund.id]
    assert balance.committed + balance.paid + balance.available == balance.held
    assert min(balance.available, balance.offered, balance.accepted, balance.claimed, balance.paid) >= 0
    assert (fund.amount, fund.committed, fund.left) == (
        balance.pledged,
        balance.committed + balance.paid,
        balance.available,
    )
    total = select(func.sum(LedgerEntry.amount)).where(LedgerEntry.fund_id == fund.id)
    assert not uow.session.execute(total).scalar_one()
