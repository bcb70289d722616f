"""Which work was given to which reviewer; what reviewers asked for; what the solver proposes to one chair."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.states import BidLevel, PairKind, ProposalState
from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE


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


class Bidding(Base):
    """What an edition asks to know before works are given out; without a row, nothing.

    While `is_open`, its reviewers see titles and abstracts of what came in, and say what they want to read. With
    `asks_language`, authors say which language their work is in.
    """

    __tablename__ = "bidding"
    __table_args__ = {"info": PRIVATE}

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=False)
    asks_language: Mapped[bool] = mapped_column(default=False)


class Bid(Base):
    """What one reviewer says of reading one work."""

    __tablename__ = "bids"
    __table_args__ = {"info": PRIVATE}

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    level: Mapped[BidLevel]
    changed_at: Mapped[datetime]


class Proposal(Base):
    """An automatic assignment on its way to one chair: what was asked, how far it is, what came of it.

    One a chair and edition: it is about what that chair may see. `settings` and `result` are plain values of
    `assignments.settings`; `version` counts every change, so that what was looked at is what is applied.
    """

    __tablename__ = "assignment_proposals"
    __table_args__ = (UniqueConstraint("edition_id", "chair_id"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    chair_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    state: Mapped[ProposalState]
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    of: Mapped[int] = mapped_column(default=0)
    settings: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    basis: Mapped[dict[str, Any]]
    """Digests of what it was worked out from, by kind: whatever has changed is said before anything is applied."""


class ProposedPair(Base):
    """One pair of a proposal, with why: `known` of the work's `topics` topics are the reviewer's, and in per cent how
    `alike` the work is to what they wrote and know; None if there is nothing to compare or it did not count.
    """

    __tablename__ = "proposed_pairs"
    __table_args__ = {"info": PRIVATE}

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("assignment_proposals.id", ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[PairKind]
    fit: Mapped[int] = mapped_column(default=0)
    bid: Mapped[BidLevel | None]
    known: Mapped[int] = mapped_column(default=0)
    topics: Mapped[int] = mapped_column(default=0)
    alike: Mapped[int | None]
