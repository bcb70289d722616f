"""Decisions that are pending until released."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.submissions.states import Outcome


class Decision(Base):
    """What the chairs decided. Until `released_at` it is pending: nothing outside the decision board knows of it.

    A decision taken back keeps its row, with no outcome: `version` goes on counting, so that whoever still looks at an
    older one is told.
    """

    __tablename__ = "decisions"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    outcome: Mapped[Outcome | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
