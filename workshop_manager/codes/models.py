"""The columns that every table of codes has. What a code opens is a column of the package that makes it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.sealed import Sealed

USES = "used >= 0 AND used <= max_uses"
"""A constraint of every such table: the last use is not given twice."""


class Code:
    """Opens something to as many people as it has uses."""

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(200))
    """For whom it is, in the organisers' words; nobody else reads it."""
    code: Mapped[str] = mapped_column(Sealed())
    """Sealed, so that organisers can read it again and a stolen database cannot be used."""
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    max_uses: Mapped[int] = mapped_column(default=1)
    used: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime | None]
    expires_zone: Mapped[str | None] = mapped_column(String(60))
    revoked_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    @property
    def expiry(self) -> Deadline | None:
        """Until when it can be used."""
        return Deadline(self.expires_at, self.expires_zone) if self.expires_at and self.expires_zone else None
