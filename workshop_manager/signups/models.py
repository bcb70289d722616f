"""Blocks, the parts one chooses between in them, and who has, waits for, ranked or is proposed for which."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.core.database import Base
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.shown import PRIVATE
from workshop_manager.signups.rules import Window
from workshop_manager.signups.states import Audience, Way


class SignupBlock(Base):
    """Parts of which each person gets one at most, such as “Roundtables, first round”."""

    __tablename__ = "signup_blocks"
    __table_args__ = (
        UniqueConstraint("edition_id", "name"),
        CheckConstraint("choices BETWEEN 1 AND 6", name="some_choices"),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    way: Mapped[Way]
    audience: Mapped[Audience]
    choices: Mapped[int] = mapped_column(default=3)
    """How many parts one ranks at most, in a ranked block."""
    opens_at: Mapped[datetime | None]
    opens_zone: Mapped[str | None] = mapped_column(String(60))
    closes_at: Mapped[datetime]
    closes_zone: Mapped[str] = mapped_column(String(60))
    decides_at: Mapped[datetime | None]
    """By when people were told that they hear, in a ranked block."""
    decides_zone: Mapped[str | None] = mapped_column(String(60))
    decides_itself: Mapped[bool] = mapped_column(default=True)
    """Places are given at `decides_at` without anybody pressing a button."""
    seed: Mapped[str] = mapped_column(String(40))
    """Of the draw. Made with the block and shown once choices are in, so that the draw can be repeated."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """Of what the allocation was made from."""
    proposed_at: Mapped[datetime | None]
    allocated_at: Mapped[datetime | None]
    last_number: Mapped[int] = mapped_column(default=0)
    """Given last to somebody in line, or to a mail, under the row's lock."""
    version: Mapped[int] = mapped_column(default=1)
    parts: Mapped[list["SignupPart"]] = relationship(
        lazy="raise",
        order_by="(SignupPart.position, SignupPart.id)",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def opens(self) -> Deadline | None:
        """As it was announced."""
        return Deadline(self.opens_at, self.opens_zone) if self.opens_at and self.opens_zone else None

    @property
    def closes(self) -> Deadline:
        """As it was announced."""
        return Deadline(self.closes_at, self.closes_zone)

    @property
    def decides(self) -> Deadline | None:
        """As it was announced."""
        return Deadline(self.decides_at, self.decides_zone) if self.decides_at and self.decides_zone else None

    @property
    def window(self) -> Window:
        """What decides where it stands."""
        return Window(self.way, self.opens_at, self.closes_at, self.allocated_at is not None)


class SignupPart(Base):
    """A table, a mentor, a lunch: `taken` counts the places given; the constraint keeps the last from going twice."""

    __tablename__ = "signup_parts"
    __table_args__ = (
        UniqueConstraint("block_id", "item_uid"),
        CheckConstraint("taken <= capacity", name="not_oversold"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("signup_blocks.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(400))
    text: Mapped[str] = mapped_column(Text, default="")
    item_uid: Mapped[str | None] = mapped_column(String(100))
    """Of the session on the schedule that it is; its time and room are those of the released schedule."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    """Of a part that is not on the schedule."""
    where: Mapped[str] = mapped_column(String(200), default="")
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    """Reads who comes, beside those who speak in its session."""
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    block: Mapped[SignupBlock] = relationship(lazy="raise", overlaps="parts")

    @property
    def left(self) -> int:
        """Free places."""
        return self.capacity - self.taken


class SignupPlace(Base):
    """Somebody has a place: one in each block."""

    __tablename__ = "signup_places"
    __table_args__ = (UniqueConstraint("block_id", "person_id"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("signup_blocks.id", ondelete="CASCADE"))
    part_id: Mapped[int] = mapped_column(ForeignKey("signup_parts.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    given_at: Mapped[datetime]


class SignupWait(Base):
    """Somebody stands in line for a place of that part, perhaps with a place of another meanwhile."""

    __tablename__ = "signup_waits"
    __table_args__ = (
        UniqueConstraint("part_id", "person_id"),
        UniqueConstraint("part_id", "line_number"),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("signup_blocks.id", ondelete="CASCADE"), index=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("signup_parts.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    line_number: Mapped[int]


class SignupChoice(Base):
    """What somebody would like, by rank from 1."""

    __tablename__ = "signup_choices"
    __table_args__ = (
        UniqueConstraint("block_id", "person_id", "part_id"),
        Index("ix_signup_choices_part", "part_id"),
        {"info": PRIVATE},
    )

    block_id: Mapped[int] = mapped_column(ForeignKey("signup_blocks.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("signup_parts.id", ondelete="CASCADE"))


class SignupProposal(Base):
    """What an allocation would give somebody (None: nothing), until organisers apply it."""

    __tablename__ = "signup_proposals"
    __table_args__ = ({"info": PRIVATE},)

    block_id: Mapped[int] = mapped_column(ForeignKey("signup_blocks.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("signup_parts.id", ondelete="CASCADE"), index=True)
    by_hand: Mapped[bool] = mapped_column(default=False)
