"""Materials of items, their files, and what speakers say to recordings."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE
from workshop_manager.materials.states import Agrees, Kind, Shown


class Material(Base):
    """A link or a file that belongs to an item of the released programme, named by its uid."""

    __tablename__ = "materials"
    __table_args__ = (Index("ix_materials_item", "edition_id", "uid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(String(100))
    kind: Mapped[Kind]
    title: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(String(1000), default="")
    """Empty where there is a file."""
    licence: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(60), default="")
    shown: Mapped[Shown] = mapped_column(default=Shown.AT_ONCE)
    is_held: Mapped[bool] = mapped_column(default=False)
    """A recording that a speaker does not agree to (any more): organisers alone see that it is there."""
    file_name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    """Of the file, in bytes."""
    by_speaker: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    added_at: Mapped[datetime]
    off_at: Mapped[datetime | None]
    """When organisers took it off; its speakers still see it, with the reason."""
    off_reason: Mapped[str] = mapped_column(String(300), default="")


class MaterialBytes(Base):
    """A file, apart, so that no list loads it."""

    __tablename__ = "material_bytes"

    material_id: Mapped[int] = mapped_column(ForeignKey("materials.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class RecordingAnswer(Base):
    """What a speaker says to a recording of an item; without a person, what those without account told organisers."""

    __tablename__ = "recording_answers"
    __table_args__ = (UniqueConstraint("edition_id", "uid", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(String(100))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    agrees: Mapped[Agrees]
    said_at: Mapped[datetime]


class MaterialAsk(Base):
    """That the speakers of an edition are asked by mail for their slides once it is over, and how far that is."""

    __tablename__ = "material_asks"
    __table_args__ = (Index("ix_material_asks_due", "asked_at", "reminded_at"), {"info": PRIVATE})

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    decided_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
