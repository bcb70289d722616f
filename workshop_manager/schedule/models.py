"""The working draft (items with speakers), immutable releases, and the tokens of personal feeds."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.core.database import Base
from workshop_manager.core.sealed import Sealed
from workshop_manager.core.shown import PRIVATE
from workshop_manager.schedule.programme import Kind, Recording
from workshop_manager.schedule.states import KeptFor, Outcome
from workshop_manager.workshops.models import Room


class ScheduleItem(Base):
    """One item of the draft: a session, a break, or a talk inside a session. `uid` is its name in every calendar."""

    __tablename__ = "schedule_items"
    __table_args__ = (
        UniqueConstraint("edition_id", "uid"),
        Index("ix_schedule_items_order", "edition_id", "starts_at", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("schedule_items.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Kind]
    title: Mapped[str] = mapped_column(String(400))
    abstract: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="SET NULL"))
    track: Mapped[str | None] = mapped_column(String(200))
    label: Mapped[str | None] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(default=0)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"), index=True)
    remote: Mapped[bool] = mapped_column(default=False)
    recording: Mapped[Recording] = mapped_column(default=Recording.UNDECIDED)
    cancelled: Mapped[bool] = mapped_column(default=False)
    """Published once and then called off: shown struck through until its end, and can be taken back."""
    is_fixed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its time and room stay as they are: the grid and the automatic draft leave it alone."""
    version: Mapped[int] = mapped_column(default=1)
    room: Mapped[Room | None] = relationship(lazy="raise")
    people: Mapped[list["ItemSpeaker"]] = relationship(
        lazy="raise", order_by="ItemSpeaker.position", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def speakers(self) -> list["ItemSpeaker"]:
        """Those who speak, in order."""
        return [who for who in self.people if not who.is_chair]

    @property
    def chairs(self) -> list["ItemSpeaker"]:
        """Those who chair it, in order."""
        return [who for who in self.people if who.is_chair]


class ItemSpeaker(Base):
    """Somebody who speaks in an item or chairs it; with `person_id` their visibility choice holds
    wherever the item is shown.
    """

    __tablename__ = "item_speakers"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("schedule_items.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    affiliation: Mapped[str | None] = mapped_column(String(300))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    is_chair: Mapped[bool] = mapped_column(default=False, server_default=false())
    """They lead it and need not give anything in it."""


class SpeakerPage(Base):
    """The address of a released speaker's own page in one edition, and what they say about themselves on it.

    Nobody's account can be told from the address, nor that two editions name the same person.
    """

    __tablename__ = "speaker_pages"
    __table_args__ = (UniqueConstraint("edition_id", "person_id"), UniqueConstraint("edition_id", "name_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the name of who has no account (`visibility.speaker_key`)."""
    code: Mapped[str] = mapped_column(String(16), unique=True)
    details: Mapped[dict[str, str]] = mapped_column(Sealed(dict), nullable=True)
    """`{"pronouns", "biography", "link"}`."""
    shown_at: Mapped[datetime | None]
    """Since when they agree that the details are shown; until then nobody else reads them."""
    version: Mapped[int] = mapped_column(default=1)


class ItemOrigin(Base):
    """What an item was brought in with: by which a repeated import finds it, and tells what was changed here since."""

    __tablename__ = "schedule_origins"
    __table_args__ = (UniqueConstraint("edition_id", "key"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("schedule_items.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    key: Mapped[str | None] = mapped_column(String(200))
    """Its name at the source, such as an UID; none where the source names nothing."""
    digests: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Of each field as the source said it the last time, by field."""


class PendingImport(Base):
    """A programme on its way in, as it was read and put right; gone once taken over, discarded or a day old."""

    __tablename__ = "schedule_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    """Of the file; empty for what was pasted."""
    row_count: Mapped[int]
    reading: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    corrections: Mapped[dict[str, Any]] = mapped_column(JSON)
    """By row: `correcting.correction_to_json`."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ProtectedTime(Base):
    """A stretch of the programme that nothing may cover: prayer, lunch."""

    __tablename__ = "schedule_protected"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    kind: Mapped[KeptFor] = mapped_column(default=KeptFor.OTHER)
    label: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class SettledConflict(Base):
    """Something doubtful that was looked at and left, with the reason; void once it is about something else."""

    __tablename__ = "schedule_settled"
    __table_args__ = (UniqueConstraint("edition_id", "code", "subject", "about"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(250))
    """`clashes.Conflict.subject`."""
    about: Mapped[str] = mapped_column(String(32), default="")
    """`clashes.Conflict.about`."""
    degree: Mapped[int] = mapped_column(default=0)
    """`clashes.Conflict.degree` when it was left."""
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(300))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    settled_at: Mapped[datetime]


class Draft(Base):
    """What is known of an edition's working draft without loading it; written with every change of an item."""

    __tablename__ = "schedule_drafts"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    changed_at: Mapped[datetime]
    item_count: Mapped[int] = mapped_column(default=0)
    error_count: Mapped[int] = mapped_column(default=0)
    """Errors follow from the draft alone. Of warnings nothing is kept: they change with sign-ups and people's zones."""
    differs: Mapped[bool] = mapped_column(default=False)
    """Whether releasing it now would change anything."""


class Release(Base):
    """A published version: numbered, never changed. Everything the public reads is rendered from it once."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    released_at: Mapped[datetime]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    repeats: Mapped[int | None]
    """The number of the earlier release that it goes back to, if it does."""
    item_count: Mapped[int]
    programme: Mapped[bytes] = mapped_column(LargeBinary)
    """`programme.to_json`: what was released, with sequences and tombstones. Holds names that may not be shown."""
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Against the release before, as the public may read it: `{"what", "uid", "sentence", "was_start", "was_end"}`."""


class PlannedRelease(Base):
    """The draft as somebody looked at it, to be released at a moment; kept with what became of it."""

    __tablename__ = "planned_releases"
    __table_args__ = (
        Index(
            "uq_planned_releases_waiting",
            "edition_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_planned_releases_due", "ended_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500), default="")
    seen: Mapped[str] = mapped_column(String(64))
    """The fingerprint of the draft that was looked at."""
    known_errors: Mapped[list[str]] = mapped_column(JSON)
    """The errors it had then, which somebody accepted: `planning.error_keys`."""
    tells: Mapped[bool] = mapped_column(default=True)
    planned_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    planned_at: Mapped[datetime]
    outcome: Mapped[Outcome | None]
    release_number: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class ReleasedPerson(Base):
    """Whose choice of visibility a released programme depends on, so that a new choice finds every edition."""

    __tablename__ = "released_people"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)


class Snapshot(Base):
    """What an edition's public feed answers just now: bytes made once, read by one indexed query.

    Apart from `releases`, because it also changes without a release: a tombstone whose time has passed leaves, and a
    person who asked not to be named is forgotten at the next fetch.
    """

    __tablename__ = "schedule_snapshots"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
    etag: Mapped[str] = mapped_column(String(64))
    modified_at: Mapped[datetime]
    ics: Mapped[bytes] = mapped_column(LargeBinary)
    ics_gzip: Mapped[bytes] = mapped_column(LargeBinary)
    programme: Mapped[bytes] = mapped_column(LargeBinary)
    """The programme as the public may see it now: unlisted people already without their names."""
    renders: Mapped[int] = mapped_column(default=0)
    """How often it was made anew: a page kept in memory is another page after that."""
    stale_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the first tombstone in it has to leave; the worker renders it anew then."""


class FeedToken(Base):
    """A personal feed's address: only the token's hash is stored, and revoking works at once."""

    __tablename__ = "feed_tokens"
    __table_args__ = (
        Index(
            "uq_feed_tokens_live",
            "edition_id",
            "person_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    join_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the personal address that stands in it where others write a link to join; none in addresses made before."""
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class StarredItem(Base):
    """Something that somebody follows with their account."""

    __tablename__ = "schedule_stars"
    __table_args__ = (Index("ix_schedule_stars_uid", "edition_id", "uid"), {"info": PRIVATE})

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    uid: Mapped[str] = mapped_column(String(100), primary_key=True)


class JoinUse(Base):
    """Somebody went through to a session's video room. Organisers read totals; nobody reads who."""

    __tablename__ = "join_uses"
    __table_args__ = (Index("ix_join_uses_totals", "edition_id", "uid"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    uid: Mapped[str] = mapped_column(String(100))
    """Of the item; empty for the edition as a whole."""
    room: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    by_calendar: Mapped[bool] = mapped_column(default=False)
    """Through the personal address of a calendar rather than signed in."""
    nobody: Mapped[str | None] = mapped_column(String(32))
    """In place of the person once they are forgotten: drawn for each session, so that people stay counted."""


class ScheduleEdit(Base):
    """One change somebody made in the grid, so that they can take it back; forgotten after a day."""

    __tablename__ = "schedule_edits"
    __table_args__ = (Index("ix_schedule_edits_own", "edition_id", "person_id", "id"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    what: Mapped[str] = mapped_column(String(20))
    """`moved`, `resized`, `placed`, `copied` or `removed`."""
    title: Mapped[str] = mapped_column(String(400))
    """Of the item it was done to, for the button that takes it back."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What each item was, by uid: its columns, or null where there was none (`editing.undoing.State`)."""
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None]


class EditorSeen(Base):
    """Who has the grid or an item's form open just now, and at which item."""

    __tablename__ = "schedule_editors"
    __table_args__ = ({"info": PRIVATE},)

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    uid: Mapped[str | None] = mapped_column(String(100))
    """Of the item they have chosen, if any."""
    seen_at: Mapped[datetime]
