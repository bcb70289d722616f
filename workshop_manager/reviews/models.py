"""Reviews."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.reviews.states import Advice, ReviewState


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
