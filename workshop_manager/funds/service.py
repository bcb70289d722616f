"""Verbs of funds: what organisers may change, and what money that is promised forbids."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.money import Money, convert
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import ledger, queries, rules, uses
from workshop_manager.funds.models import ExchangeRate, Fund, Override
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.funds.rules import FundRules
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.service import acting_person, require

Funds = Mapping[int, Fund]


@dataclass(frozen=True, slots=True)
class FundContent:
    """What organisers say about a fund; `amount` in minor units."""

    name: str
    sponsor: str
    purpose: str
    currency: str
    amount: int
    rules: FundRules = field(default_factory=FundRules)


def add_fund(uow: UnitOfWork, edition: Edition, content: FundContent) -> Fund:
    """A new fund, nothing of it promised."""
    require(uow, edition, MAY_FUNDS)
    funds = queries.locked_funds(uow.session, edition.id)
    if len(funds) >= rules.MOST:
        raise Conflict(str(_("%(most)s funds are the most that fit here.", most=rules.MOST)))
    _refuse_same_name(funds, content.name)
    fund = Fund(
        edition_id=edition.id, amount=0, overdraft=0, committed=0, created_at=uow.now, version=1, **_columns(content)
    )
    uow.session.add(fund)
    uow.session.flush()
    ledger.pledge(uow, fund, content.amount, key=_pledge_key(fund))
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
    if content.amount + fund.overdraft < fund.committed:
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
    fund.version += 1
    if content.currency != fund.currency:
        # Nothing but its own money is in it: that goes, and comes again in the other currency.
        ledger.pledge(uow, fund, -before, key=f"{_pledge_key(fund)}:out")
    for name, value in _columns(content).items():
        setattr(fund, name, value)
    uow.session.flush()
    ledger.pledge(uow, fund, content.amount - fund.amount, key=_pledge_key(fund))
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
    fund.version += 1
    ledger.pledge(uow, fund, -fund.amount, key=_pledge_key(fund))
    fund.removed_at = uow.now
    uow.session.flush()
    record(uow, "removed", "grant_fund", fund_id, edition_id=edition.id)


def _columns(content: FundContent) -> dict[str, Any]:
    """What the form gives, without the amount: that is pledged."""
    rules_of = content.rules
    restrictions = {
        "first_time_only": rules_of.first_time_only,
        "regions": sorted(rules_of.regions),
        "stages": sorted(rules_of.stages),
        "virtual_only": rules_of.virtual_only,
        "kinds": sorted(rules_of.kinds),
    }
    kept = {name: value for name, value in restrictions.items() if value}
    return {name: getattr(content, name) for name in ("name", "sponsor", "purpose", "currency")} | {
        "restrictions": kept
    }


def _pledge_key(fund: Fund) -> str:
    return f"fund:{fund.id}:pledged:{fund.version}"


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


# -- beyond a fund --------------------------------------------------------------------------------------------------


def ask_override(uow: UnitOfWork, edition: Edition, fund_id: int, amount: int, reason: str) -> Override:
    """Ask that more may be given than the fund holds. Nothing changes until somebody else allows it."""
    require(uow, edition, MAY_FUNDS)
    fund = find_fund(queries.locked_funds(uow.session, edition.id), fund_id)
    if not reason.strip():
        raise FieldConflict("reason", str(_("Say why, for whoever decides about it.")))
    if amount <= 0:
        raise FieldConflict("amount", str(_("Say how much more.")))
    asked = Override(
        fund_id=fund.id, amount=amount, reason=reason.strip(), asked_by=acting_person(uow).id, asked_at=uow.now
    )
    uow.session.add(asked)
    uow.session.flush()
    record(uow, "override-asked", "grant_fund", fund.id, edition_id=edition.id, minor=amount, currency=fund.currency)
    return asked


def approve_override(uow: UnitOfWork, edition: Edition, fund_id: int, override_id: int) -> Override:
    """Allow what somebody else asked for; from then on the fund can give it."""
    require(uow, edition, MAY_FUNDS)
    fund = find_fund(queries.locked_funds(uow.session, edition.id), fund_id)
    asked = uow.session.get(Override, override_id, populate_existing=True)
    if asked is None or asked.fund_id != fund.id:
        raise NotFound
    me = acting_person(uow).id
    if asked.approved_by is not None:
        return asked
    if asked.asked_by == me:
        raise Conflict(str(_("You asked for this yourself: somebody else has to allow it.")))
    asked.approved_by, asked.approved_at = me, uow.now
    uow.session.flush()
    ledger.allow(uow, fund, asked.amount, key=f"override:{asked.id}", reason=asked.reason)
    record(
        uow, "override-approved", "grant_fund", fund.id,
        edition_id=edition.id, minor=asked.amount, currency=fund.currency,
    )  # fmt: skip
    return asked


# -- exchange rates -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RateContent:
    """How much of `into` one of `currency` was worth on a day, and who says so."""

    currency: str
    into: str
    day: date
    rate: Decimal
    source: str


def add_rate(uow: UnitOfWork, edition: Edition, content: RateContent) -> ExchangeRate:
    """Enter a rate. A day that has one keeps it: what was counted with it stays right."""
    require(uow, edition, MAY_FUNDS)
    workshops.locked_edition(uow.session, edition.id)
    if content.currency == content.into:
        raise FieldConflict("into", str(_("Choose two currencies.")))
    if not content.rate.is_finite() or content.rate <= 0:
        raise FieldConflict("rate", str(_("A rate is above zero.")))
    if content.day > uow.now.date():
        raise FieldConflict("day", str(_("That day has not come yet.")))
    found = queries.rate_on(uow.session, edition.id, content.currency, content.into, content.day)
    if found is not None and found.day == content.day:
        raise FieldConflict("day", str(_("There is a rate of that day: %(rate)s, %(source)s.",
                                         rate=found.rate, source=isolated(found.source))))  # fmt: skip
    made = ExchangeRate(
        edition_id=edition.id, currency=content.currency, into=content.into, day=content.day,
        rate=f"{content.rate.normalize():f}", source=content.source, entered_at=uow.now,
        entered_by=uow.actor.id if uow.actor else None,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    record(
        uow, "rate-entered", "edition", edition.id,
        edition_id=edition.id, currency=made.currency, into=made.into, rate=made.rate, day=made.day.isoformat(),
    )  # fmt: skip
    return made


def converted(uow: UnitOfWork, edition_id: int, money: Money, into: str, day: date) -> int:
    """Minor units of `into`, at the rate of that day or the last one before it; refuses a currency without a rate."""
    if money.currency == into:
        return money.minor
    rate = queries.rate_on(uow.session, edition_id, money.currency, into, day)
    if rate is None:
        raise Conflict(
            str(
                _(
                    "There is no rate from %(currency)s to %(into)s for %(day)s or before. Enter one, with its source.",
                    currency=money.currency,
                    into=into,
                    day=day.isoformat(),
                )
            )
        )
    return convert(money.minor, money.currency, Decimal(rate.rate), into)
