"""What an edition asks of accepted authors, what they handed in, poster numbers, and the published book."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.core.database import Base
from workshop_manager.proceedings.states import Ask, Item


class Asked(Base):
    """What an edition asks for the proceedings. No row: nothing is asked yet."""

    __tablename__ = "camera_ready_asked"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    final: Mapped[Ask] = mapped_column(default=Ask.MUST)
    poster: Mapped[Ask] = mapped_column(default=Ask.MAY)
    slides: Mapped[Ask] = mapped_column(default=Ask.MAY)
    video: Mapped[Ask] = mapped_column(default=Ask.NO)
    rights: Mapped[Ask] = mapped_column(default=Ask.MUST)
    extra_pages: Mapped[int] = mapped_column(default=1)
    """Pages that an accepted paper may have beyond those of the call."""
    takes_late: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")
    foreword: Mapped[str] = mapped_column(Text, default="")
    rights_version: Mapped[int] = mapped_column(default=0)
    """The newest wording of the rights statement (`RightsWording`); 0 while there is none."""
    waves: Mapped[int] = mapped_column(default=0)
    """How many times reminders went out; the next one is taken under the row's lock."""
    turns: Mapped[int] = mapped_column(default=0)
    """How many times poster numbers were given or published; part of the keys of mails about them."""
    numbers_published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves of the settings, so that two organisers learn of each other."""


class RightsWording(Base):
    """A wording of the rights statement: kept for ever, because somebody may have agreed to it."""

    __tablename__ = "rights_wordings"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class CameraReady(Base):
    """What one accepted work has handed in so far. Nothing is a draft: each piece counts as soon as it is saved."""

    __tablename__ = "camera_ready"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    accepted_title: Mapped[str] = mapped_column(String(400), default="")
    accepted_abstract: Mapped[str] = mapped_column(Text, default="")
    """As they were when the work was accepted, so that chairs see what was changed since."""
    slides_url: Mapped[str | None] = mapped_column(String(1000))
    video_url: Mapped[str | None] = mapped_column(String(1000))
    details_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    details_at: Mapped[datetime | None]
    rights_version: Mapped[int | None]
    rights_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    rights_at: Mapped[datetime | None]
    may_be_late: Mapped[bool] = mapped_column(default=False)
    completed_at: Mapped[datetime | None]
    """When nothing was owed for the first time."""
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=0)
    """Counts saves; a form that started from an older version is told so instead of overwriting."""
    files: Mapped[list["CameraFile"]] = relationship(
        lazy="raise", order_by="CameraFile.version", cascade="all, delete-orphan", passive_deletes=True
    )


class CameraFile(Base):
    """One version of a final paper, a poster or slides. Its bytes lie apart (`CameraBytes`)."""

    __tablename__ = "camera_files"
    __table_args__ = (UniqueConstraint("submission_id", "item", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("camera_ready.submission_id", ondelete="CASCADE"))
    item: Mapped[Item]
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    pages: Mapped[int]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What was read of it (`submissions.pdf.FACTS`), without its text."""
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class CameraBytes(Base):
    """The bytes of a file, apart, so that no list loads them."""

    __tablename__ = "camera_bytes"

    file_id: Mapped[int] = mapped_column(ForeignKey("camera_files.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class PosterNumber(Base):
    """The board a poster hangs on. A number is given once in an edition."""

    __tablename__ = "poster_numbers"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 9999", name="number"),
    )

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    number: Mapped[int]


class Book(Base):
    """The book of abstracts as the public gets it. `number` counts its versions: it is never changed, only replaced."""

    __tablename__ = "books"
    __table_args__ = (Index("ix_books_published", "published_at"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
    """Of what it was made from: as soon as the public may see something else, the digests differ."""
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    made_at: Mapped[datetime | None]
    pages: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    unprintable: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Letters for which no font was found."""


class BookBytes(Base):
    """The PDF itself, apart, so that no page loads it."""

    __tablename__ = "book_bytes"

    edition_id: Mapped[int] = mapped_column(ForeignKey("books.edition_id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
