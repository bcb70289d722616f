"""The mentored round of an edition, who takes part, who reads whose draft, and what they said."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.core.sealed import Sealed
from workshop_manager.core.shown import PRIVATE
from workshop_manager.mentoring.states import MatchState
from workshop_manager.submissions.models import Submission


class Round(Base):
    """The mentored round of an edition. No row: it was never turned on. Its dates are the edition's."""

    __tablename__ = "mentoring_rounds"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=True)
    shows_names: Mapped[bool] = mapped_column(default=True)
    """Partners learn each other's names."""
    intro: Mapped[str] = mapped_column(Text, default="")
    waves: Mapped[int] = mapped_column(default=0)
    """How many times reminders went out."""
    before: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    """What was proposed before the last change, for undoing it."""
    before_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves of the settings, so that two organisers learn of each other."""


class Match(Base):
    """Works whose authors read each other: two, three in a circle, or one with a mentor from the committee."""

    __tablename__ = "mentoring_matches"
    __table_args__ = (Index("ix_mentoring_matches_edition", "edition_id", "state"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    state: Mapped[MatchState] = mapped_column(default=MatchState.PROPOSED)
    by_hand: Mapped[bool] = mapped_column(default=False)
    """A chair set it: matching again leaves it as it is."""
    made_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Participant(Base):
    """A work in the mentored round, and the author who reads for it. `match_id` holds one match: no work is in two."""

    __tablename__ = "mentoring_participants"
    __table_args__ = (Index("ix_mentoring_participants_edition", "edition_id", "match_id"), {"info": PRIVATE})

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    match_id: Mapped[int | None] = mapped_column(ForeignKey("mentoring_matches.id", ondelete="SET NULL"), index=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Mentor(Base):
    """Somebody of the committee who reads drafts of those who are left without a partner."""

    __tablename__ = "mentoring_mentors"
    __table_args__ = (CheckConstraint("most BETWEEN 1 AND 3", name="most"), {"info": PRIVATE})

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    most: Mapped[int] = mapped_column(default=1)
    volunteered_at: Mapped[datetime]
    person: Mapped[Person] = relationship(lazy="raise")


class Reading(Base):
    """Somebody reads a work and says what would help it. The answers to the form are kept under this row's id."""

    __tablename__ = "mentoring_readings"
    __table_args__ = (UniqueConstraint("match_id", "submission_id"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("mentoring_matches.id", ondelete="CASCADE"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), index=True)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    reader_work_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"), index=True)
    """The work the reader takes part with; None for a mentor from the committee."""
    remark: Mapped[str | None] = mapped_column(Sealed(), nullable=True)
    """For the mentoring chairs only."""
    saved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """One of the two stepped out: the draft is read no longer. What was sent before stays with its author."""
    thanked_at: Mapped[datetime | None]
    is_helpful: Mapped[bool] = mapped_column(default=False)
    thanks: Mapped[str | None] = mapped_column(Sealed(), nullable=True)
    version: Mapped[int] = mapped_column(default=0)
    """Counts saves of the feedback; a form that started from an older version is told so."""
    match: Mapped[Match] = relationship(lazy="raise")
    submission: Mapped[Submission] = relationship(lazy="raise", foreign_keys=[submission_id])
    reader: Mapped[Person | None] = relationship(lazy="raise")
