"""Money that came back and whom it goes to next: how the organisers want it, what waits for them, the trail."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base


class Passing(enum.Enum):
    """What happens to money that came back."""

    OFF = "off"
    ASK = "ask"
    AUTOMATIC = "automatic"


class Next(enum.Enum):
    """What became of a suggestion."""

    WAITING = "waiting"
    OFFERED = "offered"
    DROPPED = "dropped"
    """It no longer fits: the application changed, or the money is needed elsewhere."""


_WAITING = text("state = 'waiting'")


class SuccessionSettings(Base):
    """Whether returned money of an edition is passed on, and how long the next has to answer. No row is `OFF`."""

    __tablename__ = "grant_succession_settings"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND 60", name="days"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[Passing]
    days: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    looked_at: Mapped[str] = mapped_column(String(60), default="")
    """How far the history was when nobody could be helped: until something happens, nothing is worked out again."""


class Successor(Base):
    """Whom returned money could help next, waiting for an organiser; at most one suggestion waits an application."""

    __tablename__ = "grant_successors"
    __table_args__ = (
        Index(
            "uq_grant_successors_waiting",
            "application_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_grant_successors_edition", "edition_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(ForeignKey("grant_applications.id", ondelete="CASCADE"))
    state: Mapped[Next]
    seen: Mapped[int]
    """`Application.seen` as it was: what was changed since is not offered."""
    amounts: Mapped[dict[str, Any]]
    """By line: [fund, minor units]."""
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Handover(Base):
    """Whose money became whose. Awards are named by number, as in the ledger: the trail outlives them."""

    __tablename__ = "grant_handovers"
    __table_args__ = (
        UniqueConstraint("from_award_id", "to_award_id"),
        CheckConstraint("minor > 0", name="hands_over_something"),
        Index("ix_grant_handovers_edition", "edition_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("grant_funds.id"))
    from_award_id: Mapped[int]
    from_application_id: Mapped[int]
    to_award_id: Mapped[int]
    to_application_id: Mapped[int]
    minor: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
