"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from workshop_manager.funds import uses
from workshop_manager.funds.models import ExchangeRate, Fund, LedgerEntry, LedgerTransaction, Override
from workshop_manager.funds.states import Account, Kind


def funds(session: Session, edition_id: int, *, with_removed: bool = False) -> Sequence[Fund]:
    """The funds of an edition in the order in which they were made."""
    if with_removed:
        return session.scalars(select(Fund).where(Fund.edition_id == edition_id).order_by(Fund.id)).all()
    return session.scalars(
        select(Fund).where(Fund.edition_id == edition_id, Fund.removed_at.is_(None)).order_by(Fund.id)
    ).all()


def locked_funds(session: Session, edition_id: int, *, with_removed: bool = False) -> dict[int, Fund]:
    """All funds of an edition, locked in one order: whoever gives or returns money waits here for the one before."""
    stands = () if with_removed else (Fund.removed_at.is_(None),)
    rows = session.scalars(
        select(Fund)
        .where(Fund.edition_id == edition_id, *stands)
        .order_by(Fund.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def is_currency_needed(session: Session, edition_id: int, currency: str, besides: int) -> bool:
    """True if applications are written in that currency and no other fund of the edition has it."""
    other = select(Fund.id).where(
        Fund.edition_id == edition_id, Fund.currency == currency, Fund.id != besides, Fund.removed_at.is_(None)
    )
    if session.execute(other.limit(1)).first() is not None:
        return False
    return uses.is_currency_asked(session, edition_id, currency)


# -- the ledger -----------------------------------------------------------------------------------------------------

GIVEN = (Account.OFFERED, Account.ACCEPTED, Account.CLAIMED, Account.PAID)
"""What counts against a fund."""
_BACK = (Kind.RELEASE, Kind.RETURN)


def by_key(session: Session, key: str) -> LedgerTransaction | None:
    """The act of that name, if it was entered."""
    return session.execute(select(LedgerTransaction).where(LedgerTransaction.key == key)).scalar_one_or_none()


def transaction(session: Session, edition_id: int, uid: str) -> LedgerTransaction | None:
    """A transaction of the edition."""
    return session.execute(
        select(LedgerTransaction).where(LedgerTransaction.edition_id == edition_id, LedgerTransaction.uid == uid)
    ).scalar_one_or_none()


def entries_of(session: Session, uid: str) -> Sequence[LedgerEntry]:
    """The entries of a transaction as they were written."""
    return session.scalars(select(LedgerEntry).where(LedgerEntry.transaction_uid == uid).order_by(LedgerEntry.id)).all()


def award_balances(session: Session, award_ids: Collection[int]) -> Mapping[tuple[int, int, Account], int]:
    """(award, fund, account) → what is there, for these awards."""
    if not award_ids:
        return {}
    rows = session.execute(
        select(LedgerEntry.award_id, LedgerEntry.fund_id, LedgerEntry.account, func.sum(LedgerEntry.amount))
        .where(LedgerEntry.award_id.in_(set(award_ids)))
        .group_by(LedgerEntry.award_id, LedgerEntry.fund_id, LedgerEntry.account)
    )
    return {(award or 0, fund, account): int(minor) for award, fund, account, minor in rows}


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands in a fund's accounts (minor units), each a sum over entries."""

    pledged: int = 0
    overdraft: int = 0
    available: int = 0
    offered: int = 0
    accepted: int = 0
    claimed: int = 0
    paid: int = 0

    @property
    def committed(self) -> int:
        """Promised, and not paid yet."""
        return self.offered + self.accepted + self.claimed

    @property
    def held(self) -> int:
        """What there is to give: pledged, and allowed beyond it."""
        return self.pledged + self.overdraft


_NOBODYS = LedgerEntry.application_id.is_(None)
_SOURCES = (Account.PLEDGED, Account.OVERDRAFT)


def with_balances(
    session: Session, edition_id: int, *, of: Iterable[Select[int]] | None = None, with_removed: bool = False
) -> list[tuple[Fund, Balance]]:
    """The funds of an edition with the balances of their accounts, in one query over the entries.

    With `of`, the ids of some applications, only their money is counted, and what concerns no application.
    """
    mine = select(Fund.id).where(Fund.edition_id == edition_id)
    counted = [] if of is None else [or_(*(LedgerEntry.application_id.in_(ids) for ids in of), _NOBODYS)]
    stands = [] if with_removed else [Fund.removed_at.is_(None)]
    sums = (
        select(
            LedgerEntry.fund_id.label("fund_id"),
            *(
                func.sum(case((LedgerEntry.account == account, LedgerEntry.amount), else_=0)).label(account.value)
                for account in Account
            ),
        )
        .where(LedgerEntry.fund_id.in_(mine), *counted)
        .group_by(LedgerEntry.fund_id)
        .subquery()
    )
    rows = session.execute(
        select(Fund, *(func.coalesce(sums.c[account.value], 0) for account in Account))
        .outerjoin(sums, sums.c.fund_id == Fund.id)
        .where(Fund.edition_id == edition_id, *stands)
        .order_by(Fund.id)
    )
    return [(row[0], _balance(row[1:])) for row in rows]


def _balance(sums: Iterable[int]) -> Balance:
    found = dict(zip(Account, map(int, sums), strict=True))
    return Balance(**{one.value: -minor if one in _SOURCES else minor for one, minor in found.items()})


def balances(session: Session, edition_id: int) -> dict[int, Balance]:
    """By fund, the balances of its accounts."""
    return {fund.id: balance for fund, balance in with_balances(session, edition_id)}


def returned(session: Session, edition_id: int) -> dict[int, int]:
    """By fund, what was promised or paid and has come back."""
    rows = session.execute(
        select(LedgerEntry.fund_id, func.sum(LedgerEntry.amount))
        .join(LedgerTransaction, LedgerTransaction.uid == LedgerEntry.transaction_uid)
        .where(LedgerTransaction.edition_id == edition_id, LedgerTransaction.kind.in_(_BACK))
        .where(LedgerEntry.account == Account.AVAILABLE)
        .group_by(LedgerEntry.fund_id)
    )
    return {fund_id: int(minor) for fund_id, minor in rows}


@dataclass(frozen=True, slots=True)
class Line:
    """Money from one account of a fund to another, or into one: a line of a statement."""

    entry_id: int
    uid: str
    at: datetime
    kind: Kind
    reason: str
    actor_id: int | None
    corrects: str | None
    fund_id: int
    account: Account
    minor: int
    currency: str
    application_id: int | None
    award_id: int | None
    line_id: int | None
    cost: str


def lines(
    session: Session,
    edition_id: int,
    *,
    fund_id: int | None = None,
    application_id: int | None = None,
    is_into: bool = False,
    offset: int = 0,
    most: int | None = None,
    latest_first: bool = False,
) -> list[Line]:
    """Entries with their transactions, of a fund or of an application, in the order in which they were written."""
    query = (
        select(
            LedgerEntry.id.label("entry_id"), LedgerTransaction.uid, LedgerTransaction.at, LedgerTransaction.kind,
            LedgerTransaction.reason, LedgerTransaction.actor_id, LedgerTransaction.corrects, LedgerEntry.fund_id,
            LedgerEntry.account, LedgerEntry.amount.label("minor"), LedgerEntry.currency, LedgerEntry.application_id,
            LedgerEntry.award_id, LedgerEntry.line_id, LedgerEntry.cost,
        )
        .join(LedgerTransaction, LedgerTransaction.uid == LedgerEntry.transaction_uid)
        .where(LedgerTransaction.edition_id == edition_id)
        .order_by(LedgerEntry.id.desc() if latest_first else LedgerEntry.id)
        .offset(offset)
        .limit(most)
    )  # fmt: skip
    if fund_id is not None:
        query = query.where(LedgerEntry.fund_id == fund_id)
    if application_id is not None:
        query = query.where(LedgerEntry.application_id == application_id)
    if is_into:
        query = query.where(LedgerEntry.amount > 0)
    return [Line(**row._mapping) for row in session.execute(query)]


def number_of_lines(session: Session, fund_id: int) -> int:
    """How many lines the statement of a fund has: what went into an account."""
    return session.execute(
        select(func.count(LedgerEntry.id)).where(LedgerEntry.fund_id == fund_id, LedgerEntry.amount > 0)
    ).scalar_one()


# -- overrides and exchange rates -----------------------------------------------------------------------------------


def overrides(session: Session, fund_id: int) -> Sequence[Override]:
    """What was asked beyond a fund, the latest first."""
    return session.scalars(select(Override).where(Override.fund_id == fund_id).order_by(Override.id.desc())).all()


def rates(session: Session, edition_id: int) -> Sequence[ExchangeRate]:
    """The exchange rates of an edition, the latest day first."""
    return session.scalars(
        select(ExchangeRate)
        .where(ExchangeRate.edition_id == edition_id)
        .order_by(ExchangeRate.day.desc(), ExchangeRate.id.desc())
    ).all()


def rate_on(session: Session, edition_id: int, currency: str, into: str, day: date) -> ExchangeRate | None:
    """The rate of that day, or else of the last day before it that has one."""
    return session.scalars(
        select(ExchangeRate)
        .where(ExchangeRate.edition_id == edition_id, ExchangeRate.currency == currency, ExchangeRate.into == into)
        .where(ExchangeRate.day <= day)
        .order_by(ExchangeRate.day.desc())
        .limit(1)
    ).first()
