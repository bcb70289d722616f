"""The treasurer's list of awards: beside the ledger's entries, what is where of each award now."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds import uses
from workshop_manager.funds.models import Fund
from workshop_manager.funds.statements import cell
from workshop_manager.grantreport import queries
from workshop_manager.workshops.rules import Standing

ACCOUNTS = ("offered", "accepted", "claimed", "paid", "returned")
HEADER = (
    "award", "application", "line", "cost", "name", "fund", "sponsor", "currency", *ACCOUNTS,
)  # fmt: skip


def rows(session: Session, edition_id: int, standing: Standing) -> list[tuple[object, ...]]:
    """One row an award and fund; those of a fund add up to what its statement says.

    Awards that the viewer must not know of are one row a fund without a name, for the sums: how many they are, of how
    much each, and at which place among the others is not told.
    """
    found = queries.awards(session, edition_id)
    names = uses.names(session, edition_id, standing, {one.application_id for one in found})
    funds = {fund.id: fund for fund in fund_rows.funds(session, edition_id, with_removed=True)}
    hidden: dict[int, list[queries.Awarded]] = {}
    told = []
    for one in found:
        if one.application_id in names:
            whose = (one.award_id, one.application_id, one.line_id, one.cost, names[one.application_id])
            told.append((*whose, *_money(funds[one.fund_id], [one])))
        else:
            hidden.setdefault(one.fund_id, []).append(one)
    return told + [(*("",) * 5, *_money(funds[fund_id], hidden[fund_id])) for fund_id in sorted(hidden)]


def _money(fund: Fund, awards: Sequence[queries.Awarded]) -> tuple[object, ...]:
    sums = [sum(getattr(one, name) for one in awards) for name in ACCOUNTS]
    return (fund.name, fund.sponsor, fund.currency, *(cell(minor, fund.currency) for minor in sums))
