"""Proposals as they were worked out: never changed afterwards, only noted."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base


class GrantProposal(Base):
    """A question to the solver and its answer."""

    __tablename__ = "grant_proposals"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    number: Mapped[int]
    settings: Mapped[dict[str, Any]]
    """As `settings.dumped` writes them."""
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    """When it was worked out; None while it waits for the worker."""
    is_failed: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str] = mapped_column(String(64), default="")
    """Names what it was worked out from: applications, scores, funds."""
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Figures of the whole, without a name in them; see `working.figures`."""
    noted_at: Mapped[datetime | None]
    """When its awards were noted as decisions that wait to be released."""
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)


class GrantProposalRow(Base):
    """What a proposal says of one applicant. Amounts are minor units of the application's currency."""

    __tablename__ = "grant_proposal_rows"
    __table_args__ = (UniqueConstraint("proposal_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("grant_proposals.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(ForeignKey("grant_applications.id", ondelete="CASCADE"), index=True)
    rank: Mapped[int]
    asked: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(40))
    sentence: Mapped[str] = mapped_column(Text)
    awards: Mapped[dict[str, Any]]
    """By line, as text: [fund, minor units, kind of cost]."""
