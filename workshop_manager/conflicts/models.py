"""Conflicts of interest that people declared."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.database import Base


class DeclaredConflict(Base):
    """Somebody said that they should not judge this work. From then on it does not exist for them."""

    __tablename__ = "declared_conflicts"
    __table_args__ = (UniqueConstraint("submission_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ConflictKind]
    note: Mapped[str] = mapped_column(String(500), default="")
    declared_at: Mapped[datetime]
    person: Mapped[Person] = relationship(lazy="raise")
