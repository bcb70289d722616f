"""Whom an edition asks to review, and what those who said yes can take on."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.committee.states import Source
from workshop_manager.core.database import Base
from workshop_manager.workshops.models import Invitation


class Recruit(Base):
    """Somebody whom an edition asked, or might ask, to review. Each address stands once: nobody is asked by accident
    a second time. What became of it stands in the invitation sent last; without one it is a suggestion.
    """

    __tablename__ = "recruits"
    __table_args__ = (UniqueConstraint("edition_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(320), index=True)
    """In small letters."""
    name: Mapped[str] = mapped_column(String(300), default="")
    affiliation: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[Source]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id", ondelete="SET NULL"), index=True)
    suggested_by: Mapped[int | None] = mapped_column(ForeignKey("recruits.id", ondelete="SET NULL"))
    words: Mapped[str] = mapped_column(String(1000), default="")
    """What whoever declined wrote to the chairs, or why somebody was suggested."""
    added_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    added_at: Mapped[datetime]
    invitation: Mapped[Invitation | None] = relationship(lazy="raise")
    suggester: Mapped["Recruit | None"] = relationship(lazy="raise", remote_side="Recruit.id")


class ReviewerProfile(Base):
    """What one reviewer of one edition said of themselves. Who said nothing takes whatever there is."""

    __tablename__ = "reviewer_profiles"
    __table_args__ = (CheckConstraint("max_load IS NULL OR max_load >= 0", name="max_load"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    max_load: Mapped[int | None]
    """The most reviews they want to write here; None: the chairs decide."""
    is_senior: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[list[str]] = mapped_column(default=list)
    """The languages they review in, as ISO 639 codes; none: English."""
    away_until: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    """For the chairs."""
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    person: Mapped[Person] = relationship(lazy="raise")
    tracks: Mapped[list["ReviewerTrack"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )


class ReviewerTrack(Base):
    """A track somebody wants to review in; none of these: any track."""

    __tablename__ = "reviewer_tracks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["edition_id", "person_id"],
            ["reviewer_profiles.edition_id", "reviewer_profiles.person_id"],
            ondelete="CASCADE",
        ),
    )

    edition_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True)
