"""The history: who did what to which thing, when. Written in the transaction of the act; never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE
from workshop_manager.core.unit_of_work import UnitOfWork


class AuditEntry(Base):
    """One line of history. Holds ids, not names: an erased person leaves no name behind."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject", "subject_id"),
        Index("ix_audit_edition", "edition_id", "id"),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    edition_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]


def record(
    uow: UnitOfWork, action: str, subject: str, subject_id: int | None, *, edition_id: int | None = None, **details: Any
) -> None:
    """Add a line of history: `record(uow, "withdrawn", "submission", 27, edition_id=3)`. No secrets in `details`."""
    uow.session.add(
        AuditEntry(
            at=uow.now,
            actor_id=uow.actor.id if uow.actor else None,
            edition_id=edition_id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            details=details,
        )
    )
