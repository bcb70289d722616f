"""Decisions that are pending until released, the outcomes an edition names, and who recommends what."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.submissions.states import Outcome


class NamedOutcome(Base):
    """What an edition calls an outcome: `Spotlight talk`, of the kind ORAL, eight places, with a letter of its own.

    An edition without any has the usual ones, one of each kind (`rules.USUAL`); they are stored once somebody edits
    them.
    """

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        CheckConstraint("places IS NULL OR places >= 0", name="places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    """Its name in forms and commands, for ever; the usual ones have their kind's."""
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80), default="")
    """Empty: the usual word for its kind, in the reader's language."""
    kind: Mapped[Outcome]
    places: Mapped[int | None]
    """How many there are to give; empty: no limit is shown."""
    letter: Mapped[str] = mapped_column(Text, default="")
    """What the mail says instead of our words: plain text with the placeholders of `rules.PLACEHOLDERS`."""
    version: Mapped[int] = mapped_column(default=1)
    letters: Mapped[list["RoundLetter"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True, order_by="RoundLetter.round_id"
    )


class RoundLetter(Base):
    """What the mail of an outcome says in one round of the call, where that is not what it says in the others."""

    __tablename__ = "round_letters"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id", ondelete="CASCADE"), primary_key=True)
    round_id: Mapped[int] = mapped_column(
        ForeignKey("call_rounds.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    letter: Mapped[str] = mapped_column(Text)


class Decision(Base):
    """What the chairs decided. Until `released_at` it is pending: nothing outside the decision board knows of it.

    A decision taken back keeps its row, with no outcome: `version` goes on counting, so that whoever still looks at an
    older one is told.
    """

    __tablename__ = "decisions"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    outcome: Mapped[Outcome | None]
    """The kind of it."""
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcomes.id"), index=True)
    """Which of the edition's; empty: the usual one of its kind."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    """Set while a second decision is being made; what was released before still holds until that one is."""
    version: Mapped[int] = mapped_column(default=1)


class EarlierDecision(Base):
    """A decision that was released and then decided again: kept, with who did that and why."""

    __tablename__ = "earlier_decisions"
    __table_args__ = (Index("ix_earlier_decisions_of", "submission_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    outcome: Mapped[Outcome]
    name: Mapped[str | None] = mapped_column(String(80))
    released_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime]
    reopened_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(300), default="")


class Recommendation(Base):
    """What somebody at the desk would decide. It decides nothing; the board shows it beside the decision."""

    __tablename__ = "recommendations"
    __table_args__ = (UniqueConstraint("submission_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[Outcome]
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcomes.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
    person: Mapped[Person] = relationship(lazy="raise")


class PassedPlace(Base):
    """A place that came free, and who on the waitlist got it: each place is passed on once."""

    __tablename__ = "passed_places"
    __table_args__ = (UniqueConstraint("from_id", "freed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    freed_at: Mapped[datetime]
    to_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), index=True)
    """Empty: the chairs leave the place empty."""
    passed_at: Mapped[datetime]
    passed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
