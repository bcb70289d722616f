"""The call for abstracts of an edition: what it asks for, its rounds, types, own dates and access codes.

An edition's own dates (CALL_OPENS, ABSTRACTS_DUE …) and the call's own limits are those of its first round and type,
which have no row: a call with one round and one type is complete without any of the tables below `calls`.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.calls.states import Blinding
from workshop_manager.codes.models import USES, Code
from workshop_manager.core.database import Base
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.shown import PRIVATE
from workshop_manager.workshops.models import Announced, Track
from workshop_manager.workshops.states import DateKey


class _Asked:
    """What is asked of a work: the columns that a call and a submission type share."""

    needs_pdf: Mapped[bool] = mapped_column(default=True)
    page_limit: Mapped[int] = mapped_column(default=2)
    reference_pages: Mapped[int] = mapped_column(default=1)
    word_limit: Mapped[int] = mapped_column(default=250)
    max_megabytes: Mapped[int] = mapped_column(default=10)
    prior_rule: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What may have been published before, in words; empty: nothing may."""
    prior_cutoff_at: Mapped[datetime | None]
    """Before which day the work must not have appeared; empty: before the call opened."""
    prior_cutoff_zone: Mapped[str | None] = mapped_column(String(60))

    @property
    def prior_cutoff(self) -> Deadline | None:
        """The cut-off as it was announced."""
        if self.prior_cutoff_at is None or self.prior_cutoff_zone is None:
            return None
        return Deadline(self.prior_cutoff_at, self.prior_cutoff_zone)


class Call(_Asked, Base):
    """An edition's call for abstracts."""

    __tablename__ = "calls"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    headline: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    blinding: Mapped[Blinding] = mapped_column(default=Blinding.DOUBLE)
    round_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """What the call's own round is called where there are others."""
    type_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """What the call's own type is called where there are others."""
    most_per_person: Mapped[int | None]
    """In how many submissions one person may be named; empty: as many as fit."""
    last_number: Mapped[int] = mapped_column(default=0)
    """The number given last; the next is taken under the row's lock, so two drafts never share one."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves of the call itself, so that two organisers learn of each other."""

    @classmethod
    def blank(cls, edition_id: int) -> "Call":
        """A call as it stands before anybody wrote it; readers may show it without adding it to a session."""
        return cls(
            edition_id=edition_id,
            headline="",
            text="",
            blinding=Blinding.DOUBLE,
            needs_pdf=True,
            page_limit=2,
            reference_pages=1,
            word_limit=250,
            max_megabytes=10,
            prior_rule="",
            prior_cutoff_at=None,
            prior_cutoff_zone=None,
            round_name="",
            type_name="",
            most_per_person=None,
            last_number=0,
            version=1,
        )


class Round(Base):
    """A further round of the call, such as an early one for those who need a visa; its dates are `CallDate`s."""

    __tablename__ = "call_rounds"
    __table_args__ = (UniqueConstraint("edition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]


class SubmissionType(_Asked, Base):
    """A further kind of work with limits of its own: a paper of eight pages beside the abstract of two."""

    __tablename__ = "submission_types"
    __table_args__ = (UniqueConstraint("edition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]


class CallDate(Announced, Base):
    """A date of one round, of one track, or of one track in one round; without a row the wider date holds."""

    __tablename__ = "call_dates"
    __table_args__ = (
        CheckConstraint("round_id IS NOT NULL OR track_id IS NOT NULL", name="scope"),
        UniqueConstraint("round_id", "track_id", "key"),
        Index(
            "uq_call_dates_round",
            "round_id",
            "key",
            unique=True,
            sqlite_where=text("track_id IS NULL"),
            postgresql_where=text("track_id IS NULL"),
        ),
        Index(
            "uq_call_dates_track",
            "track_id",
            "key",
            unique=True,
            sqlite_where=text("round_id IS NULL"),
            postgresql_where=text("round_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("call_rounds.id", ondelete="CASCADE"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id", ondelete="CASCADE"))
    key: Mapped[DateKey]
    revision: Mapped[int] = mapped_column(default=0)
    """How often it was changed: SEQUENCE in calendars, and part of the keys of the mails that tell of it."""
    changed_at: Mapped[datetime | None]
    earlier: Mapped[list["EarlierCallDate"]] = relationship(
        lazy="raise", order_by="EarlierCallDate.id", cascade="all, delete-orphan", passive_deletes=True
    )


class EarlierCallDate(Announced, Base):
    """What such a date was before it was moved: kept, and shown struck through."""

    __tablename__ = "earlier_call_dates"

    id: Mapped[int] = mapped_column(primary_key=True)
    date_id: Mapped[int] = mapped_column(ForeignKey("call_dates.id", ondelete="CASCADE"), index=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class PersonalDeadline(Announced, Base):
    """Until when one person may submit, later than everybody else: granted by an organiser or opened by a code.

    Kept by address, so that nobody learns who has an account; `person_id` is set as soon as the address is somebody's.
    """

    __tablename__ = "personal_deadlines"
    __table_args__ = (Index("ix_personal_deadlines_person", "edition_id", "person_id"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("call_rounds.id", ondelete="CASCADE"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id", ondelete="CASCADE"))
    """Empty: in every track of the round."""
    code_id: Mapped[int | None] = mapped_column(ForeignKey("access_codes.id", ondelete="SET NULL"))
    given_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    given_at: Mapped[datetime]


class AccessCode(Code, Base):
    """Opens a hidden track, a late entry, or both, to as many people as it has uses."""

    __tablename__ = "access_codes"
    __table_args__ = (
        CheckConstraint(USES, name="uses"),
        CheckConstraint("track_id IS NOT NULL OR late_until IS NOT NULL", name="opens_something"),
        {"info": PRIVATE},
    )

    round_id: Mapped[int | None] = mapped_column(ForeignKey("call_rounds.id", ondelete="CASCADE"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id", ondelete="CASCADE"))
    late_until: Mapped[datetime | None]
    late_zone: Mapped[str | None] = mapped_column(String(60))
    track: Mapped[Track | None] = relationship(lazy="raise")
    round: Mapped[Round | None] = relationship(lazy="raise")

    @property
    def late(self) -> Deadline | None:
        """Until when it lets somebody submit late."""
        return Deadline(self.late_until, self.late_zone) if self.late_until and self.late_zone else None


class CodeUse(Base):
    """Who used a code; once each."""

    __tablename__ = "access_code_uses"
    __table_args__ = {"info": PRIVATE}

    code_id: Mapped[int] = mapped_column(ForeignKey("access_codes.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    used_at: Mapped[datetime]
