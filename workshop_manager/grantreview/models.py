"""What is said about an application, who has read it, and what is asked of whom until when."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.core.deadlines import Deadline
from workshop_manager.grantreview.states import Ask
from workshop_manager.grants.models import Application


class GrantMessage(Base):
    """Something said about an application: an internal note, or a message its applicant reads."""

    __tablename__ = "grant_messages"
    __table_args__ = (Index("ix_grant_messages_application", "application_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("grant_applications.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    is_theirs: Mapped[bool]
    """By the applicant; whatever they write is read by the committee."""
    is_visible: Mapped[bool]
    """The applicant reads it too."""
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship(lazy="raise")


class GrantSeen(Base):
    """Up to which message somebody has read what is said about an application."""

    __tablename__ = "grant_seen"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("grant_applications.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    message_id: Mapped[int]


class GrantQuestion(Base):
    """Something open between the committee and an applicant."""

    __tablename__ = "grant_questions"
    __table_args__ = (
        CheckConstraint("(due_at IS NULL) = (due_zone IS NULL)", name="due_with_zone"),
        CheckConstraint("kind <> 'information' OR due_at IS NOT NULL", name="information_is_due"),
        Index("ix_grant_questions_application", "application_id", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("grant_applications.id", ondelete="CASCADE"))
    kind: Mapped[Ask]
    text: Mapped[str] = mapped_column(Text)
    lines: Mapped[list[str]] = mapped_column(default=list)
    """Kinds of cost the applicant may change for it, after the deadline as well."""
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_zone: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """The committee has what it needs, or has dealt with the wish."""
    application: Mapped[Application] = relationship(lazy="raise")

    @property
    def due(self) -> Deadline | None:
        """Until when an answer is needed; it is taken later as well."""
        if self.due_at is None or self.due_zone is None:
            return None
        return Deadline(self.due_at, self.due_zone)
