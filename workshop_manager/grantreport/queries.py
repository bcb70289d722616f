"""Every select of this package; each says what it loads. Every amount but what was asked is a sum over entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from workshop_manager.accounts.models import Person
from workshop_manager.funds.models import LedgerEntry, LedgerTransaction
from workshop_manager.funds.states import Account, Kind
from workshop_manager.grants.models import Application, Line
from workshop_manager.grants.queries import visible_to
from workshop_manager.grants.states import State
from workshop_manager.workshops.rules import Standing


@dataclass(frozen=True, slots=True)
class Asked:
    """An application: where its person lives and where they are in their career, as far as they said it."""

    id: int
    currency: str
    country: str | None
    stage: str | None
    is_withdrawn: bool


def applications(session: Session, edition_id: int, standing: Standing | None) -> list[Asked]:
    """All that were handed in; with a standing only those that this person may see."""
    seen = (
        and_(Application.edition_id == edition_id, Application.state != State.DRAFT)
        if standing is None
        else visible_to(edition_id, standing)
    )
    rows = session.execute(
        select(
            Application.id, Application.currency, Person.country, Application.stage, Application.state
        )
        .outerjoin(Person, Person.id == Application.person_id)
        .where(seen)
        .order_by(Application.id)
    )  # fmt: skip
    return [
        Asked(one, currency, country, stage, state is State.WITHDRAWN) for one, currency, country, stage, state in rows
    ]


def asked(session: Session, edition_id: int) -> list[tuple[int, str, int]]:
    """(application, kind of cost, what is asked for it)."""
    rows = session.execute(
        select(Line.application_id, Line.kind, Line.asked)
        .join(Application, Application.id == Line.application_id)
        .where(Application.edition_id == edition_id, Application.state != State.DRAFT)
        .where(or_(Line.estimate.is_(None), Line.estimate > 0))  # 0: aid that was given instead of a journey
        .order_by(Line.application_id, Line.position)
    )
    return [(application_id, kind.value, minor) for application_id, kind, minor in rows]


@dataclass(frozen=True, slots=True)
class Moved:
    """What the money of one application did for one kind of cost, from one fund."""

    application_id: int
    cost: str
    fund_id: int
    offered: int
    taken: int
    claimed: int
    paid: int


def moved(session: Session, edition_id: int, fund_id: int | None = None) -> list[Moved]:
    """By application, kind of cost and fund: what was offered and taken at any time, claimed, and paid and not back.

    A correction counts as the act it undoes.
    """
    undone = aliased(LedgerTransaction)
    kind = case((LedgerTransaction.kind == Kind.CORRECT, undone.kind), else_=LedgerTransaction.kind)

    def total(account: Account, *kinds: Kind) -> ColumnElement[int]:
        meant = and_(LedgerEntry.account == account, or_(*(kind == one for one in kinds)) if kinds else true())
        return func.sum(case((meant, LedgerEntry.amount), else_=0))

    rows = session.execute(
        select(
            LedgerEntry.application_id,
            LedgerEntry.cost,
            LedgerEntry.fund_id,
            total(Account.OFFERED, Kind.OFFER),
            total(Account.ACCEPTED, Kind.ACCEPT),
            total(Account.CLAIMED, Kind.CLAIM, Kind.CUT),
            total(Account.PAID),
        )
        .join(LedgerTransaction, LedgerTransaction.uid == LedgerEntry.transaction_uid)
        .outerjoin(undone, undone.uid == LedgerTransaction.corrects)
        .where(LedgerTransaction.edition_id == edition_id, LedgerEntry.application_id.is_not(None))
        .where(LedgerEntry.fund_id == fund_id if fund_id is not None else true())
        .group_by(LedgerEntry.application_id, LedgerEntry.cost, LedgerEntry.fund_id)
        .order_by(LedgerEntry.application_id)
    )
    return [Moved(row[0] or 0, row[1], row[2], *map(int, row[3:])) for row in rows]


@dataclass(frozen=True, slots=True)
class Awarded:
    """An award as the ledger knows it (minor units): what is where of it now."""

    award_id: int
    application_id: int
    line_id: int | None
    cost: str
    fund_id: int
    currency: str
    offered: int
    accepted: int
    claimed: int
    paid: int
    returned: int


def awards(session: Session, edition_id: int) -> Sequence[Awarded]:
    """Every award with money in the ledger; what came back of it went to `available` again."""
    given = (Account.OFFERED, Account.ACCEPTED, Account.CLAIMED, Account.PAID)

    def total(account: Account) -> ColumnElement[int]:
        return func.sum(case((LedgerEntry.account == account, LedgerEntry.amount), else_=0))

    back = and_(LedgerEntry.account == Account.AVAILABLE, LedgerTransaction.kind.in_([Kind.RELEASE, Kind.RETURN]))
    rows = session.execute(
        select(
            LedgerEntry.award_id, LedgerEntry.application_id, LedgerEntry.line_id, LedgerEntry.cost,
            LedgerEntry.fund_id, LedgerEntry.currency, *map(total, given),
            func.sum(case((back, LedgerEntry.amount), else_=0)),
        )
        .join(LedgerTransaction, LedgerTransaction.uid == LedgerEntry.transaction_uid)
        .where(LedgerTransaction.edition_id == edition_id, LedgerEntry.award_id.is_not(None))
        .group_by(
            LedgerEntry.award_id, LedgerEntry.application_id, LedgerEntry.line_id, LedgerEntry.cost,
            LedgerEntry.fund_id, LedgerEntry.currency,
        )
        .order_by(LedgerEntry.award_id, LedgerEntry.fund_id)
    )  # fmt: skip
    return [Awarded(row[0] or 0, row[1] or 0, *row[2:6], *map(int, row[6:])) for row in rows]
