"""Communities, editions and what belongs to an edition whatever it does: dates, tracks, rooms, team."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.core.database import Base
from workshop_manager.core.deadlines import Deadline
from workshop_manager.workshops.states import DateKey, Kind, Mode, Repeat, Role, TrackKind, Visibility


class Community(Base):
    """Who runs editions year after year: Muslims in ML, WiMLDS Accra."""

    __tablename__ = "communities"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str | None] = mapped_column(String(500))
    contact_email: Mapped[str | None] = mapped_column(String(320))
    accent: Mapped[str] = mapped_column(String(7), default="#5a3a86")
    created_at: Mapped[datetime]


class CommunityOwner(Base):
    """Who may edit a community and found editions of it. Gives no right inside an edition."""

    __tablename__ = "community_owners"

    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime]


class Edition(Base):
    """One workshop, social, meetup series or bootcamp. Instants are UTC; `time_zone` is where it happens.

    A series (`repeats`) has its first meetup at `starts_at`, each `meeting_minutes` long, and none after `ends_at`.
    """

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("community_id", "slug"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_editions_public", "visibility", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    slug: Mapped[str] = mapped_column(String(40))
    kind: Mapped[Kind]
    mode: Mapped[Mode]
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.DRAFT)
    name: Mapped[str] = mapped_column(String(200))
    tagline: Mapped[str] = mapped_column(String(300), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    host_event: Mapped[str | None] = mapped_column(String(200))
    city: Mapped[str | None] = mapped_column(String(200))
    venue: Mapped[str | None] = mapped_column(String(300))
    time_zone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    repeats: Mapped[Repeat] = mapped_column(default=Repeat.NEVER)
    meeting_minutes: Mapped[int | None]
    contact_email: Mapped[str | None] = mapped_column(String(320))
    accent: Mapped[str | None] = mapped_column(String(7))
    logo_digest: Mapped[str | None] = mapped_column(String(16))
    """Names the logo in its address; None without one. Here, so that no page asks a second table for it."""
    code_of_conduct: Mapped[str] = mapped_column(Text, default="")
    code_of_conduct_version: Mapped[int] = mapped_column(default=1)
    good_to_know: Mapped[str] = mapped_column(Text, default="")
    recording_policy: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What is recorded and what becomes of it; single items may differ."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves of the settings; a form that started from an older version is told so instead of overwriting."""
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    """Set while it is called off; it keeps its visibility, so that everybody can read why."""
    cancel_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    cancel_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Counts each time it was called off or put on again: calendars add it to SEQUENCE (RFC 5545 §3.8.7.4)."""
    cancel_changed_at: Mapped[datetime | None]
    community: Mapped[Community] = relationship(lazy="raise")

    @property
    def is_cancelled(self) -> bool:
        """True while it is called off."""
        return self.cancelled_at is not None

    @property
    def accent_colour(self) -> str:
        """The edition's colour, else its community's. Needs `community` loaded."""
        return self.accent or self.community.accent

    @property
    def slugs(self) -> dict[str, Any]:
        """What every address of this edition begins with, for `url_for`. Needs `community` loaded."""
        return {"community": self.community.slug, "edition": self.slug}


class Logo(Base):
    """An edition's logo, a PNG re-encoded on upload; apart, so that no page loads it by accident."""

    __tablename__ = "logos"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Announced:
    """A moment with the zone it was announced in: the columns of every row that holds a deadline."""

    at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(60))

    @property
    def deadline(self) -> Deadline:
        """The two as one value."""
        return Deadline(self.at, self.zone)


class ImportantDate(Announced, Base):
    """A date of an edition: an instant and the zone it was announced in. What features obey has a `key`, once."""

    __tablename__ = "important_dates"
    __table_args__ = (
        Index("ix_important_dates_edition", "edition_id", "at"),
        Index(
            "uq_important_dates_key",
            "edition_id",
            "key",
            unique=True,
            sqlite_where=text("key != 'other'"),
            postgresql_where=text("key != 'other'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    key: Mapped[DateKey]
    label: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=0)
    """How often anything of it was changed, a mended slip included: SEQUENCE in calendars (RFC 5545 §3.8.7.4)."""
    changed_at: Mapped[datetime | None]
    earlier: Mapped[list["EarlierDate"]] = relationship(
        lazy="raise", order_by="EarlierDate.id", cascade="all, delete-orphan", passive_deletes=True
    )


class EarlierDate(Announced, Base):
    """What a date was before it was moved: kept, and shown struck through."""

    __tablename__ = "earlier_dates"

    id: Mapped[int] = mapped_column(primary_key=True)
    date_id: Mapped[int] = mapped_column(ForeignKey("important_dates.id", ondelete="CASCADE"), index=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class Track(Base):
    """A track of the call. `key` is stable over the years; name, number and wording may change."""

    __tablename__ = "tracks"
    __table_args__ = (UniqueConstraint("edition_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    eligibility: Mapped[str] = mapped_column(String(500), default="")
    """The statement an author declares; empty: open to every author. Reviewers never see the answer."""
    kind: Mapped[TrackKind] = mapped_column(default=TrackKind.TOPIC, server_default=TrackKind.TOPIC.value)
    colour: Mapped[str | None] = mapped_column(String(7))
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    """On no public page: whoever was given an access code may submit to it."""


class Room(Base):
    """A room, a table area or a video channel. `join_url` is for the registered only."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("edition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    join_url: Mapped[str | None] = mapped_column(String(1000))
    capacity: Mapped[int | None]
    """How many people it holds, for the organisers; nothing is known of a room without it."""


class TeamMember(Base):
    """One role of one person in one edition; a track chair has one for each track they chair."""

    __tablename__ = "team_members"
    __table_args__ = (
        Index(
            "uq_team_members_role",
            "edition_id",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("track_id IS NULL"),
            postgresql_where=text("track_id IS NULL"),
        ),
        UniqueConstraint("edition_id", "person_id", "role", "track_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role]
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))
    invited_email: Mapped[str | None] = mapped_column(String(320))
    """Where the invitation went, if it was accepted with an account of another address."""
    created_at: Mapped[datetime]
    person: Mapped[Person] = relationship(lazy="raise")
    track: Mapped[Track | None] = relationship(lazy="raise")
    edition: Mapped[Edition] = relationship(lazy="raise")


class Invitation(Base):
    """An invitation to the team, by mail to any ordinary address. Only the token's hash is stored."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    role: Mapped[Role]
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]
    track: Mapped[Track | None] = relationship(lazy="raise")
    edition: Mapped[Edition] = relationship(lazy="raise")
    inviter: Mapped[Person | None] = relationship(lazy="raise")
