"""How long an edition keeps what, where that differs from the usual, and what was removed when: numbers only."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE


class RetentionRule(Base):
    """`days` after the event that kind of answer is deleted."""

    __tablename__ = "retention_rules"
    __table_args__ = (CheckConstraint("days >= 0", name="days_not_negative"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    what: Mapped[str] = mapped_column(String(60), primary_key=True)
    days: Mapped[int]


class Removal(Base):
    """So many answers of a kind were removed. Says nothing of whose they were."""

    __tablename__ = "removals"
    __table_args__ = (Index("ix_removals_edition", "edition_id", "id"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(500))
    """How it was called then: a question may be gone."""
    number: Mapped[int]
    at: Mapped[datetime]
