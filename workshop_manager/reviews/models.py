"""Conflicts of interest, assignments, reviews, and decisions that are pending until released."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.reviews.states import Advice, ConflictKind, ReviewState
from workshop_manager.submissions.states import Outcome


class DeclaredConflict(Base):
    """Somebody said that they should not judge this work. From then on it does not exist for them."""

    __tablename__ = "declared_conflicts"
    __table_args__ = (UniqueConstraint("submission_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ConflictKind]
    note: Mapped[str] = mapped_column(String(500), default="")
    declared_at: Mapped[datetime]
    person: Mapped[Person] = relationship(lazy="raise")


class Assignment(Base):
    """One submission to be read by one reviewer."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("submission_id", "reviewer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    assigned_at: Mapped[datetime]
    reviewer: Mapped[Person] = relationship(lazy="raise", foreign_keys=[reviewer_id])


class Review(Base):
    """What a reviewer wrote. `remark` is for the chairs only and never reaches the authors."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("submission_id", "reviewer_id"),
        CheckConstraint("score IS NULL OR score BETWEEN 1 AND 6", name="score"),
        CheckConstraint("confidence IS NULL OR confidence BETWEEN 1 AND 4", name="confidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    state: Mapped[ReviewState]
    score: Mapped[int | None]
    advice: Mapped[Advice | None]
    confidence: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    is_signed: Mapped[bool] = mapped_column(default=False)
    """Written under open review: authors and fellow reviewers may learn who wrote it. False for ever otherwise."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    reviewer: Mapped[Person | None] = relationship(lazy="raise")


class Decision(Base):
    """What the chairs decided. Until `released_at` it is pending: nothing outside the decision board knows of it.

    A decision taken back keeps its row, with no outcome: `version` goes on counting, so that whoever still looks at an
    older one is told.
    """

    __tablename__ = "decisions"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    outcome: Mapped[Outcome | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
