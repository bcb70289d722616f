"""Files on their way in, and what was brought in before: by which a repeated import changes nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.exchange.states import Sort, Source


class ImportFile(Base):
    """An uploaded file with what its uploader says of it; gone as soon as it is applied, discarded or a day old."""

    __tablename__ = "import_files"
    __table_args__ = (Index("ix_import_files_list", "edition_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    """Shown to its uploader only."""
    size: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    wishes: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Imported(Base):
    """Something brought in: its name where it comes from, what it became here, and digests of what the file said of it.

    The digests are those of the file, field by field, not of what is here: what was changed here since stays, and only
    what the file says otherwise than last time is taken.
    """

    __tablename__ = "imported"
    __table_args__ = (UniqueConstraint("edition_id", "source", "sort", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    source: Mapped[Source]
    sort: Mapped[Sort]
    key: Mapped[str] = mapped_column(String(400))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"), index=True)
    digests: Mapped[dict[str, Any]]
    imported_at: Mapped[datetime]
