"""Funds."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.core.money import Money


class Fund(Base):
    """Money to be given, in minor units of one currency.

    `committed` is the sum of its awards that are offered or accepted. It is changed under the row's lock; the
    constraint keeps the last money from being given twice, whatever the program does.
    """

    __tablename__ = "grant_funds"
    __table_args__ = (
        UniqueConstraint("edition_id", "name"),
        CheckConstraint("committed <= amount", name="not_overdrawn"),
        CheckConstraint("committed >= 0", name="committed_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    name: Mapped[str] = mapped_column(String(100))
    sponsor: Mapped[str] = mapped_column(String(200), default="")
    purpose: Mapped[str] = mapped_column(String(500), default="")
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    committed: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves of the form, not of the money: two organisers who edit learn of each other."""

    @property
    def left(self) -> int:
        """What can still be offered."""
        return self.amount - self.committed

    def money(self, minor: int) -> Money:
        """An amount in this fund's currency."""
        return Money(minor, self.currency)
