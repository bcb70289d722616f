"""Kinds with their seats, and registrations."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.database import Base
from workshop_manager.registrations.states import Mode, State


class RegistrationSettings(Base):
    """What an edition says about taking part. `join_url` is shown to the registered only, never elsewhere."""

    __tablename__ = "registration_settings"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    join_url: Mapped[str | None] = mapped_column(String(1000))
    note: Mapped[str] = mapped_column(Text, default="")


class RegistrationKind(Base):
    """In person, virtual …: `taken` counts the seats given; the constraint keeps the last from being given twice."""

    __tablename__ = "registration_kinds"
    __table_args__ = (
        UniqueConstraint("edition_id", "name"),
        CheckConstraint("capacity IS NULL OR taken <= capacity", name="not_oversold"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    mode: Mapped[Mode]
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(String(500), default="")


class Registration(Base):
    """One person's part in one edition, once: cancelled and begun again it stays the same row."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("edition_id", "person_id"),
        Index("ix_registrations_line", "kind_id", "state", "waiting_since", "id"),
        Index("ix_registrations_list", "edition_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("registration_kinds.id"))
    state: Mapped[State]
    badge_name: Mapped[str] = mapped_column(String(300))
    pronouns: Mapped[str | None] = mapped_column(String(60))
    affiliation: Mapped[str | None] = mapped_column(String(300))
    listing: Mapped[Listing] = mapped_column(default=Listing.UNLISTED)
    """On the participants' list, which only the registered see."""
    diet: Mapped[list[str]]
    needs: Mapped[str] = mapped_column(Text, default="")
    photo_consent: Mapped[bool] = mapped_column(default=False)
    conduct_version: Mapped[int]
    """The version of the code of conduct that was accepted."""
    ticket_code: Mapped[str] = mapped_column(String(40), unique=True)
    waiting_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    changes: Mapped[int] = mapped_column(default=0)
    """How often the state changed: makes the key of each mail its own."""
    kind: Mapped[RegistrationKind] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
