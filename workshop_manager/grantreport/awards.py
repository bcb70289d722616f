"""The treasurer's list of awards: beside the ledger's entries, what is where of each award now."""

from sqlalchemy.orm import Session

from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds import uses
from workshop_manager.funds.statements import cell
from workshop_manager.grantreport import queries
from workshop_manager.workshops.rules import Standing

HEADER = (
    "award", "application", "line", "cost", "name", "fund", "sponsor", "currency", "offered", "accepted", "claimed",
    "paid", "returned",
)  # fmt: skip


def rows(session: Session, edition_id: int, standing: Standing) -> list[tuple[object, ...]]:
    """One row an award and fund; those of a fund add up to what its statement says.

    Awards that the viewer must not know of are there with their money, for the sums, and with nothing that names them.
    """
    found = queries.awards(session, edition_id)
    names = uses.names(session, edition_id, standing, {one.application_id for one in found})
    funds = {fund.id: fund for fund in fund_rows.funds(session, edition_id, with_removed=True)}
    return [
        (
            *(
                (one.award_id, one.application_id, one.line_id, one.cost, names[one.application_id])
                if one.application_id in names
                else ("",) * 5
            ),
            funds[one.fund_id].name,
            funds[one.fund_id].sponsor,
            one.currency,
            *(cell(minor, one.currency) for minor in (one.offered, one.accepted, one.claimed, one.paid, one.returned)),
        )
        for one in found
    ]
