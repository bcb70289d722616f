"""Claims, their receipts, payments, and where to pay to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.claims.states import ClaimState, FileKind, Way
from workshop_manager.core.database import Base
from workshop_manager.core.sealed import Sealed, SealedBytes

_THEIRS = text("state IN ('draft', 'returned')")


class Claim(Base):
    """What somebody spent of one award. Amounts are minor units of the application's currency."""

    __tablename__ = "grant_claims"
    __table_args__ = (
        CheckConstraint("asked > 0", name="asks_for_something"),
        CheckConstraint("approved BETWEEN 0 AND asked", name="approves_at_most_what_is_asked"),
        CheckConstraint("paid BETWEEN 0 AND approved", name="pays_at_most_what_is_approved"),
        Index("ix_grant_claims_list", "edition_id", "state"),
        # While one of an award is open to its person, receipts are added to that one.
        Index("uq_grant_claims_open", "award_id", unique=True, sqlite_where=_THEIRS, postgresql_where=_THEIRS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("grant_applications.id", ondelete="CASCADE"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("grant_awards.id", ondelete="CASCADE"), index=True)
    state: Mapped[ClaimState] = mapped_column(default=ClaimState.DRAFT)
    in_advance: Mapped[bool] = mapped_column(default=False)
    asked: Mapped[int] = mapped_column(BigInteger)
    approved: Mapped[int] = mapped_column(BigInteger, default=0)
    paid: Mapped[int] = mapped_column(BigInteger, default=0)
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was cut or sent back; the person reads it."""
    handed_in_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    receipts: Mapped[list["Receipt"]] = relationship(
        lazy="raise", order_by="Receipt.id", cascade="all, delete-orphan", passive_deletes=True
    )
    payments: Mapped[list["Payment"]] = relationship(
        lazy="raise", order_by="Payment.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def due(self) -> int:
        """What is approved and not paid yet."""
        return self.approved - self.paid


class Receipt(Base):
    """One receipt of a claim, in the currency and of the day it has on it."""

    __tablename__ = "grant_receipts"
    __table_args__ = (
        UniqueConstraint("claim_id", "sha256"),
        CheckConstraint("amount > 0", name="is_for_something"),
        Index("ix_grant_receipts_same", "edition_id", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("grant_claims.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FileKind]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file as it was sent."""
    pages: Mapped[int]
    original_name: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    counted: Mapped[int] = mapped_column(BigInteger)
    """In the application's currency, at the rate of that day."""
    uploaded_at: Mapped[datetime]


class ReceiptBytes(Base):
    """A receipt made anew from what was sent; sealed, and apart, so that no list loads it."""

    __tablename__ = "grant_receipt_bytes"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("grant_receipts.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(SealedBytes)


class Payment(Base):
    """Money that left for a claim, whole or a part of it."""

    __tablename__ = "grant_payments"
    __table_args__ = (
        UniqueConstraint("claim_id", "number"),
        CheckConstraint("amount > 0", name="pays_something"),
        CheckConstraint("way <> 'booked' OR reference <> ''", name="booked_says_what"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("grant_claims.id", ondelete="CASCADE"))
    number: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    way: Mapped[Way]
    reference: Mapped[str] = mapped_column(String(300), default="")
    paid_on: Mapped[date]
    transaction_uid: Mapped[str] = mapped_column(String(32))
    entered_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    undone_at: Mapped[datetime | None]
    """When it was put right: entered by mistake, or the money came back."""
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    undone_reason: Mapped[str] = mapped_column(String(500), default="")


class BankDetails(Base):
    """Where to pay to; sealed, and deleted once nothing is left to be paid."""

    __tablename__ = "grant_bank_details"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("grant_applications.id", ondelete="CASCADE"), primary_key=True
    )
    details: Mapped[dict[str, Any]] = mapped_column(Sealed(dict))
    entered_at: Mapped[datetime]
