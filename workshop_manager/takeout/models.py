"""An archive that somebody asked for; it is deleted after a few days."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.core.sealed import Sealed
from workshop_manager.core.shown import PRIVATE


class DataExport(Base):
    """One archive. Sealed: it holds what is sealed everywhere else. At most one a person waits to be made."""

    __tablename__ = "data_exports"
    __table_args__ = (
        Index(
            "uq_data_exports_waiting",
            "person_id",
            unique=True,
            sqlite_where=text("made_at IS NULL"),
            postgresql_where=text("made_at IS NULL"),
        ),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(default=0)
    body: Mapped[str | None] = mapped_column(Sealed(), deferred=True, deferred_raiseload=True)
    """The archive, in base 64."""
