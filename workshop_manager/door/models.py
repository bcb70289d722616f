"""Who came in, each ticket that was held up, and what was handed out."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.core.sealed import Sealed
from workshop_manager.core.shown import PRIVATE
from workshop_manager.door.states import Verdict
from workshop_manager.registrations.models import Registration


class Arrival(Base):
    """Somebody came in on that day, once: two devices that say so at the same moment make one arrival."""

    __tablename__ = "arrivals"
    __table_args__ = (
        UniqueConstraint("registration_id", "day"),
        Index("ix_arrivals_board", "edition_id", "day", "at"),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    day: Mapped[date]
    at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(60), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    registration: Mapped[Registration] = relationship(lazy="raise")
    by: Mapped[Person | None] = relationship(lazy="raise")


class Scan(Base):
    """A ticket held up at the door, and what the door said. `key` is made by the device: sent twice, it is one scan."""

    __tablename__ = "door_scans"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        Index("ix_door_scans_twice", "edition_id", "verdict", "at"),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    key: Mapped[str] = mapped_column(String(40))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), index=True)
    """None for a code that is nobody's here."""
    arrival_id: Mapped[int | None] = mapped_column(ForeignKey("arrivals.id", ondelete="SET NULL"), index=True)
    """The arrival that it made, or met."""
    verdict: Mapped[Verdict]
    elsewhere: Mapped[str] = mapped_column(String(200), default="")
    """The name of the public edition whose ticket it was."""
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(60), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    registration: Mapped[Registration | None] = relationship(lazy="raise")
    arrival: Mapped[Arrival | None] = relationship(lazy="raise")
    by: Mapped[Person | None] = relationship(lazy="raise")


class HandoutItem(Base):
    """Something handed out once to everybody: a badge, a shirt, a meal."""

    __tablename__ = "handout_items"
    __table_args__ = (UniqueConstraint("edition_id", "name"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]


class Handout(Base):
    """Somebody got it: once, whoever else wants to hand it out."""

    __tablename__ = "handouts"
    __table_args__ = (UniqueConstraint("item_id", "registration_id"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("handout_items.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    by: Mapped[Person | None] = relationship(lazy="raise")


class BadgeBatch(Base):
    """Badges that were printed together: a log of who printed whose, and how to print the same again."""

    __tablename__ = "badge_batches"
    __table_args__ = (Index("ix_badge_batches_edition", "edition_id", "id"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    layout: Mapped[dict[str, Any]]
    by: Mapped[Person | None] = relationship(lazy="raise")


class BadgePrint(Base):
    """Somebody's badge within a batch. `content` names what stood on it, so that what changed since can be found."""

    __tablename__ = "badge_prints"
    __table_args__ = {"info": PRIVATE}

    batch_id: Mapped[int] = mapped_column(ForeignKey("badge_batches.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    content: Mapped[str] = mapped_column(String(16))


class Certificate(Base):
    """That somebody was there, issued to them. Whoever has its code sees that it is valid, and for whom.

    The code is kept sealed to be printed again, and as a digest to be found by: a stolen database forges none.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        Index(
            "uq_certificates_standing",
            "registration_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    number: Mapped[int]
    code: Mapped[str] = mapped_column(Sealed())
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    """As it read when the certificate was issued."""
    days: Mapped[list[str]]
    """On which they came, as ISO dates."""
    issued_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None]
    """Taken back, or replaced by one with another name or more days."""
    registration: Mapped[Registration] = relationship(lazy="raise")
    by: Mapped[Person | None] = relationship(lazy="raise")


class LetterSettings(Base):
    """Whether an edition writes letters for visa applications, in which words, and who signs them."""

    __tablename__ = "letter_settings"
    __table_args__ = {"info": PRIVATE}

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    is_offered: Mapped[bool] = mapped_column(default=False)
    wording: Mapped[str] = mapped_column(Text, default="")
    signed_by: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)


class VisaLetter(Base):
    """Somebody asked for a letter of invitation. What stands in the passport is sealed, and purged on `purge_on`.

    `number` and the code come with issuing. The code is kept sealed to be printed again, and as a digest to be found
    by. Purged, nothing is left but that there was a letter.
    """

    __tablename__ = "visa_letters"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("(number IS NULL) = (issued_at IS NULL)", name="numbered_when_issued"),
        CheckConstraint("issued_at IS NULL OR declined_at IS NULL", name="issued_or_declined"),
        Index("ix_visa_letters_purge", "purged_at", "purge_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), unique=True)
    passport: Mapped[dict[str, str]] = mapped_column(Sealed(dict), nullable=True)
    asked_at: Mapped[datetime]
    purge_on: Mapped[date]
    """The day that was shown when asking."""
    purged_at: Mapped[datetime | None]
    number: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(Sealed())
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    """Who issued or declined it."""
    declined_at: Mapped[datetime | None]
    wording: Mapped[str] = mapped_column(Text, default="")
    signed_by: Mapped[str] = mapped_column(String(300), default="")
    """Both as they read when it was issued."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Of declining, as it was written to them."""
    registration: Mapped[Registration] = relationship(lazy="raise")
    by: Mapped[Person | None] = relationship(lazy="raise")
