"""Reviews and what stands around them: forms, phases, discussion, meta-review, the authors' response."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.reviews.states import Advice, DeclineReason, ReviewState, SeeOthers


class ReviewForm(Base):
    """One version of what reviewers are asked, of an edition or of one of its tracks; see `criteria.Form`.

    A version is never changed: reviews are read with the one they were written with. Without `content` the track is
    asked what all others are.
    """

    __tablename__ = "review_forms"
    __table_args__ = (
        Index(
            "uq_review_forms_general",
            "edition_id",
            "version",
            unique=True,
            sqlite_where=text("track_id IS NULL"),
            postgresql_where=text("track_id IS NULL"),
        ),
        UniqueConstraint("edition_id", "track_id", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    content: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class Review(Base):
    """What a reviewer wrote. `remark` is for the chairs only and never reaches the authors."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("submission_id", "reviewer_id"),
        CheckConstraint("score IS NULL OR score BETWEEN 1 AND 6", name="score"),
        CheckConstraint("confidence IS NULL OR confidence BETWEEN 1 AND 4", name="confidence"),
        CheckConstraint("weighted IS NULL OR weighted BETWEEN 1 AND 6", name="weighted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    state: Mapped[ReviewState]
    form_id: Mapped[int | None] = mapped_column(ForeignKey("review_forms.id", ondelete="SET NULL"), index=True)
    """The version of the form that these answers were given to; None: what every form begins as."""
    score: Mapped[int | None]
    """The overall score, 1 to 6."""
    weighted: Mapped[float | None] = mapped_column(Float)
    """The weighted average of all scales, on the same 1 to 6. Ranking reads `coalesce(weighted, score)`."""
    advice: Mapped[Advice | None]
    confidence: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Answers to everything else that the form asks, by its key."""
    unsent: Mapped[dict[str, Any] | None]
    """What was typed into a review that is in and not handed in again: its writer's alone."""
    is_signed: Mapped[bool] = mapped_column(default=False)
    """Written under open review: authors and fellow reviewers may learn who wrote it. False for ever otherwise."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    reviewer: Mapped[Person | None] = relationship(lazy="raise")
    form: Mapped[ReviewForm | None] = relationship(lazy="raise")


class ReviewPhase(Base):
    """A stretch of reviewing, from its start until the next one's; see `phases.Phase`."""

    __tablename__ = "review_phases"
    __table_args__ = (UniqueConstraint("edition_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(60))
    may_write: Mapped[bool]
    see_others: Mapped[SeeOthers]
    shows_names: Mapped[bool]
    may_discuss: Mapped[bool]
    authors_read: Mapped[bool]
    authors_respond: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)


class ReviewSettings(Base):
    """What an edition says of its reviewing besides forms and phases."""

    __tablename__ = "review_settings"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    response_words: Mapped[int] = mapped_column(default=500)
    response_pdf: Mapped[bool] = mapped_column(default=True)
    """Authors may send a revised PDF with their response."""
    meta_for_authors: Mapped[bool] = mapped_column(default=True)
    """Authors read the meta-review once the decision is out."""
    version: Mapped[int] = mapped_column(default=1)

    @classmethod
    def usual(cls, edition_id: int) -> "ReviewSettings":
        """What holds before anybody changed it."""
        return cls(edition_id=edition_id, response_words=500, response_pdf=True, meta_for_authors=True, version=1)


class ReviewerHandle(Base):
    """By which number a reviewer is called beside one work, whatever happens to others: Reviewer 2."""

    __tablename__ = "reviewer_handles"
    __table_args__ = (UniqueConstraint("submission_id", "number"), UniqueConstraint("submission_id", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    number: Mapped[int]


class Message(Base):
    """A contribution to the discussion of one work, among its reviewers and the chairs."""

    __tablename__ = "discussion_messages"
    __table_args__ = (Index("ix_discussion_messages_thread", "submission_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    speaks_as: Mapped[str] = mapped_column(String(20))
    """`chair`, `lead` or `reviewer`: what its writer was when they wrote it."""
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    """Its writer took it back: the place stays, the words are gone."""
    person: Mapped[Person | None] = relationship(lazy="raise")


class ThreadSeen(Base):
    """Up to which message somebody has read a discussion."""

    __tablename__ = "discussion_seen"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    message_id: Mapped[int]


class MetaReview(Base):
    """Who leads the discussion of a work, and what they sum up."""

    __tablename__ = "meta_reviews"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    assigned_at: Mapped[datetime]
    advice: Mapped[Advice | None]
    text: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    """For the chairs only."""
    written_at: Mapped[datetime | None]
    """When it was handed in; until then it is its writer's alone."""
    version: Mapped[int] = mapped_column(default=1)
    lead: Mapped[Person | None] = relationship(lazy="raise")


class AuthorResponse(Base):
    """What the authors answer to the reviews of their work."""

    __tablename__ = "author_responses"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    is_sent: Mapped[bool] = mapped_column(default=False)
    """Until it is sent, nobody but the authors reads it."""
    sent_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)


class ResponseFile(Base):
    """Marks a version of a submission's PDF as revised in answer to the reviews, not as what was submitted."""

    __tablename__ = "response_files"

    file_id: Mapped[int] = mapped_column(ForeignKey("submission_files.id", ondelete="CASCADE"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), index=True)


class DeclinedReview(Base):
    """Somebody gave an assignment back."""

    __tablename__ = "declined_reviews"
    __table_args__ = (Index("ix_declined_reviews_submission", "submission_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    reason: Mapped[DeclineReason]
    suggestion: Mapped[str] = mapped_column(String(500), default="")
    declined_at: Mapped[datetime]
    person: Mapped[Person] = relationship(lazy="raise")


class ReminderWave(Base):
    """One act of reminding: whom it reached is in the outbox."""

    __tablename__ = "reminder_waves"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    sent_at: Mapped[datetime]
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    people: Mapped[int]
    reviews: Mapped[int]
