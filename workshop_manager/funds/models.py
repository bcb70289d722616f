"""Funds, overrides, exchange rates, and the ledger: transactions of entries that add up to nothing."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.core.money import Money
from workshop_manager.funds import guards
from workshop_manager.funds.rules import FundRules
from workshop_manager.funds.states import Account, Kind

_STANDS = text("removed_at IS NULL")


class Fund(Base):
    """Money to be given, in minor units of one currency.

    `amount`, `overdraft` and `committed` are written by the ledger's trigger alone, as its entries come in: what is
    pledged, what two people allowed beyond it, and what is offered, accepted, claimed or paid. They are there for the
    constraint, which keeps the last money from being given twice, whatever the program does. What pages show is summed.
    """

    __tablename__ = "grant_funds"
    __table_args__ = (
        Index("uq_grant_funds_name", "edition_id", "name", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
        CheckConstraint("committed <= amount + overdraft", name="not_overdrawn"),
        CheckConstraint("committed >= 0", name="committed_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    name: Mapped[str] = mapped_column(String(100))
    sponsor: Mapped[str] = mapped_column(String(200), default="")
    purpose: Mapped[str] = mapped_column(String(500), default="")
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    overdraft: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    committed: Mapped[int] = mapped_column(BigInteger, default=0)
    restrictions: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """As `FundRules`; empty for none."""
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """Taken away before anything was proposed from it. It stays for its entries."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves of the form, not of the money: two organisers who edit learn of each other."""

    @property
    def left(self) -> int:
        """What can still be offered."""
        return self.amount + self.overdraft - self.committed

    @property
    def rules(self) -> FundRules:
        """Whom and what it is for."""
        kept = self.restrictions or {}
        return FundRules(
            first_time_only=bool(kept.get("first_time_only")),
            regions=frozenset(kept.get("regions", ())),
            stages=frozenset(kept.get("stages", ())),
            virtual_only=bool(kept.get("virtual_only")),
            kinds=frozenset(kept.get("kinds", ())),
        )

    def money(self, minor: int) -> Money:
        """An amount in this fund's currency."""
        return Money(minor, self.currency)


class Override(Base):
    """More than a fund holds: asked for by one person with a reason, allowed by another."""

    __tablename__ = "fund_overrides"
    __table_args__ = (
        CheckConstraint("amount > 0", name="allows_something"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_at_some_time"),
        CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="takes_two"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("grant_funds.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500))
    # As in the history: ids, so that nobody who deletes their account leaves a name, and two people stay two.
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    approved_by: Mapped[int | None]
    approved_at: Mapped[datetime | None]


class ExchangeRate(Base):
    """How much of `into` one of `currency` was worth on a day, and who says so. A new day is a new row."""

    __tablename__ = "exchange_rates"
    __table_args__ = (UniqueConstraint("edition_id", "currency", "into", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    currency: Mapped[str] = mapped_column(String(3))
    into: Mapped[str] = mapped_column(String(3))
    day: Mapped[date]
    rate: Mapped[str] = mapped_column(String(30))
    """A decimal as it was typed, never a float."""
    source: Mapped[str] = mapped_column(String(200))
    entered_by: Mapped[int | None]
    entered_at: Mapped[datetime]


class LedgerTransaction(Base):
    """An act with money. It is written after its entries and closes them: the trigger refuses what does not add up."""

    __tablename__ = "ledger_transactions"
    __table_args__ = (Index("ix_ledger_transactions_edition", "edition_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """What makes the act one and the same however often it is sent."""
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    kind: Mapped[Kind]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    """As in the history: an id that outlives its person's name, or None for the machine."""
    reason: Mapped[str] = mapped_column(Text, default="")
    corrects: Mapped[str | None] = mapped_column(ForeignKey("ledger_transactions.uid"), unique=True)


class LedgerEntry(Base):
    """An amount into an account of a fund, or out of it (below zero). Never changed, never deleted.

    Nobody is named: whoever is meant is reached through the application, which knows its person as long as there is
    one. What the numbers refer to stands in tables above this package, whose rows may go; the entries stay.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="moves_something"),
        Index("ix_ledger_entries_fund", "fund_id", "account", "amount"),
        Index("ix_ledger_entries_application", "application_id", "account"),
        Index("ix_ledger_entries_transaction", "transaction_uid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transaction_uid: Mapped[str] = mapped_column(
        ForeignKey("ledger_transactions.uid", deferrable=True, initially="DEFERRED")
    )
    fund_id: Mapped[int] = mapped_column(ForeignKey("grant_funds.id"))
    account: Mapped[Account]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    application_id: Mapped[int | None]
    award_id: Mapped[int | None]
    line_id: Mapped[int | None]
    cost: Mapped[str] = mapped_column(String(40), default="")
    """The kind of cost of the line."""


event.listen(LedgerEntry.__table__, "after_create", guards.create)
