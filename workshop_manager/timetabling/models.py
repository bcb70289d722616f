"""The automatic draft that was asked for, and what came of it: one an edition."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE


class SchedulePlan(Base):
    """The newest question and its answer; another question takes its place."""

    __tablename__ = "schedule_plans"
    __table_args__ = {"info": PRIVATE}

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int]
    """Counts the questions, so that an answer that comes late is not taken for that of another."""
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As `options.to_json` writes them."""
    asked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    """How often a worker began with it; one that ends with its worker each time is given up."""
    aims: Mapped[int] = mapped_column(default=0)
    """How many of the solver's aims are settled."""
    done_at: Mapped[datetime | None]
    is_failed: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str] = mapped_column(String(32), default="")
    """Names what it was worked out from (`Gathered.digest`)."""
    places: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """By number of the work: the stretch it is in, and the minute of its start."""
    steps: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """By aim: its name, what was reached, the gap."""
