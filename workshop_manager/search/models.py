"""Tags, saved searches, and what was done to many submissions at once, with how each was before."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.search.states import Act
from workshop_manager.submissions.models import Submission


class Tag(Base):
    """A word of the team's own on submissions of one edition. Only chairs ever see it."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("edition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    """In small letters, without spaces: it is typed as `tag:needs-talk`."""


class SubmissionTag(Base):
    """A submission bears a tag."""

    __tablename__ = "submission_tags"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True)


class SavedSearch(Base):
    """A search kept by a name: one's own, or the whole team's."""

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("edition_id", "person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(500))
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Batch(Base):
    """One act on many submissions; it can be undone where nothing has changed since."""

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_list", "edition_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    act: Mapped[Act]
    value: Mapped[str] = mapped_column(Text)
    """The tag's name, the key of the track, the name of the round, or the reason."""
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    person: Mapped[Person | None] = relationship(lazy="raise")


class BatchItem(Base):
    """What a batch did to one submission."""

    __tablename__ = "batch_items"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    is_undone: Mapped[bool] = mapped_column(default=False)
    submission: Mapped[Submission] = relationship(lazy="raise")
