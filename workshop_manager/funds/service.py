"""Verbs of funds: what organisers may change, and what money that is promised forbids."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries, rules, uses
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.service import require

Funds = Mapping[int, Fund]


@dataclass(frozen=True, slots=True)
class FundContent:
    """What organisers say about a fund; `amount` in minor units."""

    name: str
    sponsor: str
    purpose: str
    currency: str
    amount: int


def add_fund(uow: UnitOfWork, edition: Edition, content: FundContent) -> Fund:
    """A new fund, nothing of it promised."""
    require(uow, edition, MAY_FUNDS)
    funds = queries.locked_funds(uow.session, edition.id)
    if len(funds) >= rules.MOST:
        raise Conflict(str(_("%(most)s funds are the most that fit here.", most=rules.MOST)))
    _refuse_same_name(funds, content.name)
    fund = Fund(edition_id=edition.id, committed=0, created_at=uow.now, version=1, **_columns(content))
    uow.session.add(fund)
    uow.session.flush()
    record(uow, "founded", "grant_fund", fund.id, edition_id=edition.id, minor=fund.amount, currency=fund.currency)
    return fund


def edit_fund(uow: UnitOfWork, edition: Edition, fund_id: int, content: FundContent, *, started_from: int) -> Fund:
    """Change a fund: never below what is promised from it, and its currency only while nothing is."""
    require(uow, edition, MAY_FUNDS)
    funds = queries.locked_funds(uow.session, edition.id)
    fund = find_fund(funds, fund_id)
    if fund.version != started_from:
        raise Stale(str(_("Somebody saved this fund after you opened it.")))
    _refuse_same_name(funds, content.name, besides=fund.id)
    if content.currency != fund.currency:
        _refuse_other_currency(uow, fund)
    if content.amount < fund.committed:
        raise FieldConflict(
            "amount",
            str(
                _(
                    "%(committed)s of this fund is offered or accepted: it cannot be lowered below that.",
                    committed=fund.money(fund.committed),
                )
            ),
        )
    before = fund.amount
    for name, value in _columns(content).items():
        setattr(fund, name, value)
    fund.version += 1
    uow.session.flush()
    record(
        uow, "edited", "grant_fund", fund.id,
        edition_id=edition.id, before=before, minor=fund.amount, currency=fund.currency,
    )  # fmt: skip
    return fund


def remove_fund(uow: UnitOfWork, edition: Edition, fund_id: int) -> None:
    """Take away a fund from which nothing was ever proposed or given."""
    require(uow, edition, MAY_FUNDS)
    fund = find_fund(queries.locked_funds(uow.session, edition.id), fund_id)
    if uses.is_in_use(uow.session, fund.id):
        raise Conflict(str(_("Grants were proposed or given from this fund, so it stays. Lower its amount instead.")))
    if queries.is_currency_needed(uow.session, edition.id, fund.currency, besides=fund.id):
        raise Conflict(str(_only_fund(fund.currency)))
    uow.session.delete(fund)
    uow.session.flush()
    record(uow, "removed", "grant_fund", fund_id, edition_id=edition.id)


def _columns(content: FundContent) -> dict[str, str | int]:
    return {name: getattr(content, name) for name in FundContent.__slots__}


def find_fund(funds: Funds, fund_id: int) -> Fund:
    """The fund of that id; NotFound for another edition's."""
    fund = funds.get(fund_id)
    if fund is None:
        raise NotFound
    return fund


def _refuse_same_name(funds: Funds, name: str, besides: int | None = None) -> None:
    if any(fund.name.casefold() == name.casefold() for fund in funds.values() if fund.id != besides):
        raise FieldConflict("name", str(_("There is a fund of that name. Choose another.")))


def _refuse_other_currency(uow: UnitOfWork, fund: Fund) -> None:
    if uses.is_promised(uow.session, fund.id):
        sentence = _("Money is proposed or given from this fund in %(old)s: its currency is fixed.", old=fund.currency)
        raise FieldConflict("currency", str(sentence))
    if queries.is_currency_needed(uow.session, fund.edition_id, fund.currency, besides=fund.id):
        raise FieldConflict("currency", str(_only_fund(fund.currency)))


def _only_fund(currency: str) -> str:
    return str(
        _("Applications are written in %(currency)s, and no other fund could help with them.", currency=currency)
    )
