"""What an edition asks its speakers about time, whom it asked, and what they said."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.availability.states import From, Word
from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE


class AvailabilityAsking(Base):
    """That an edition asks when its speakers can come, and until when it wants to know."""

    __tablename__ = "availability_askings"
    __table_args__ = {"info": PRIVATE}

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    reply_by: Mapped[datetime]
    message: Mapped[str] = mapped_column(String(2000), default="")
    asked_at: Mapped[datetime]


class SpeakerAvailability(Base):
    """Somebody who was asked: an account, or an address that authors gave. Their link is made from `nonce`."""

    __tablename__ = "speaker_availabilities"
    __table_args__ = (
        Index(
            "uq_speaker_availabilities_person",
            "edition_id",
            "person_id",
            unique=True,
            sqlite_where=text("person_id IS NOT NULL"),
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        Index(
            "uq_speaker_availabilities_address",
            "edition_id",
            "address",
            unique=True,
            sqlite_where=text("person_id IS NULL"),
            postgresql_where=text("person_id IS NULL"),
        ),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(320))
    """Lower case; where the last mail went."""
    name: Mapped[str] = mapped_column(String(300))
    nonce: Mapped[str] = mapped_column(String(40))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last_mail: Mapped[str | None] = mapped_column(String(200))
    mails: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    zone: Mapped[str | None] = mapped_column(String(64))
    """Where they are then, as they said; an IANA name."""
    speaks_from: Mapped[From | None]
    note: Mapped[str] = mapped_column(String(2000), default="")
    asked_of: Mapped[str] = mapped_column(String(64), default="")
    """Names the hours they were shown when they answered: of other ones they said nothing."""
    hours: Mapped[list["SpeakerHours"]] = relationship(
        lazy="raise", order_by="SpeakerHours.starts_at", cascade="all, delete-orphan", passive_deletes=True
    )


class SpeakerHours(Base):
    """A stretch of time at which somebody cannot come, or would rather not."""

    __tablename__ = "speaker_hours"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    availability_id: Mapped[int] = mapped_column(
        ForeignKey("speaker_availabilities.id", ondelete="CASCADE"), index=True
    )
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    word: Mapped[Word]
