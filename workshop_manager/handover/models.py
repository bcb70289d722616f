"""Who is asked to take which seat, and the lists of people that seats were set aside for."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.core.database import Base
from workshop_manager.core.sealed import Sealed
from workshop_manager.core.shown import PRIVATE
from workshop_manager.handover.states import Answer, Purpose
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.workshops.models import Announced

_OPEN = text("answer = 'open'")


class SeatList(Announced, Base):
    """People for whom seats were set aside together, by a sponsor's list or from another tool; until `at`."""

    __tablename__ = "seat_lists"
    __table_args__ = {"info": PRIVATE}

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    returned_at: Mapped[datetime | None]
    """When its date had come, and what nobody had claimed went to everybody."""


class SeatClaim(Base):
    """The question to an address whether its owner takes a seat. Only the hash of its token is stored."""

    __tablename__ = "seat_claims"
    __table_args__ = (
        Index("uq_seat_claims_open", "registration_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        UniqueConstraint("list_id", "email"),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    """The seat that is given up when they say yes."""
    list_id: Mapped[int | None] = mapped_column(ForeignKey("seat_lists.id", ondelete="CASCADE"))
    purpose: Mapped[Purpose]
    email: Mapped[str | None] = mapped_column(String(320))
    """Where it went; empty once nobody needs to know any more."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    answer: Mapped[Answer] = mapped_column(default=Answer.OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    registration: Mapped[Registration] = relationship(lazy="raise")


class VisitorRegistration(Base):
    """What a visitor without an account filled in, until they prove the address: it holds no seat and no place in line.

    Only the hash of its token is stored; the row goes when it is claimed, or when its time is over.
    """

    __tablename__ = "visitor_registrations"
    __table_args__ = {"info": PRIVATE}

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("registration_kinds.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    said: Mapped[dict[str, Any]] = mapped_column(Sealed(dict), nullable=True)
    """All they typed."""
    conduct_version: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[RegistrationKind] = relationship(lazy="raise")


class Mailing(Base):
    """A mail to a part of those who registered; its letters lie in the outbox, one a person."""

    __tablename__ = "mailings"
    __table_args__ = (UniqueConstraint("edition_id", "key"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    """Given when it was looked at: the same is never sent twice."""
    subject: Mapped[str] = mapped_column(String(300))
    count: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
