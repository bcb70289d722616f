"""Submissions with their ordered authors and files, and declarations kept apart from both."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.database import Base
from workshop_manager.core.sealed import Sealed
from workshop_manager.core.shown import PRIVATE
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.models import Track


class Submission(Base):
    """One abstract with its record. `number` is its name within the edition: #27."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        UniqueConstraint("submitter_id", "form_key"),
        Index("ix_submissions_list", "edition_id", "state", "number"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    number: Mapped[int]
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("call_rounds.id"), index=True)
    """Empty: the call's own round, whose dates are the edition's."""
    type_id: Mapped[int | None] = mapped_column(ForeignKey("submission_types.id"), index=True)
    """Empty: the call's own type, whose limits are the call's."""
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(400), default="")
    abstract: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    outcome: Mapped[Outcome | None]
    outcome_name: Mapped[str | None] = mapped_column(String(80))
    """What the edition called that outcome when it was released; empty: the usual word for its kind."""
    listing: Mapped[Listing] = mapped_column(default=Listing.FULL)
    language: Mapped[str | None] = mapped_column(String(8))
    """What it is written in, as an ISO 639 code; None: English."""
    remote: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves; a form that started from an older version is told so instead of overwriting."""
    form_key: Mapped[str | None] = mapped_column(String(40))
    """Names the form that made it: the same form sent twice makes one draft."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """When an accepted work was confirmed or declined."""
    withdrawn_at: Mapped[datetime | None]
    confirm_by: Mapped[datetime | None]
    confirm_by_zone: Mapped[str | None] = mapped_column(String(60))
    desk_reason: Mapped[str | None] = mapped_column(Text)
    """Why the chairs did not send it to review; only with the state REJECTED."""
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"))
    """The submission that this one repeats; only with the state WITHDRAWN."""
    track: Mapped[Track | None] = relationship(lazy="raise")
    declared: Mapped["Declaration | None"] = relationship(lazy="raise", viewonly=True)
    authors: Mapped[list["Author"]] = relationship(
        lazy="raise", order_by="Author.position", cascade="all, delete-orphan", passive_deletes=True
    )
    files: Mapped[list["SubmissionFile"]] = relationship(
        lazy="raise", order_by="SubmissionFile.version", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def about(self) -> str:
        """What a mail of this submission says it tells of (`Letter.about`)."""
        return f"submission:{self.id}"


class Author(Base):
    """One author, in order. An account is not needed; `person_id` is set when the address belongs to one."""

    __tablename__ = "authors"
    __table_args__ = (Index("ix_authors_order", "submission_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(320), index=True)
    affiliation: Mapped[str | None] = mapped_column(String(300))
    """As typed; several are parted by semicolons."""
    is_presenter: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    person: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def affiliations(self) -> tuple[str, ...]:
        """Each place for itself."""
        return tuple(one for part in (self.affiliation or "").split(";") if (one := part.strip()))


class AuthorInvitation(Base):
    """The question to somebody named as an author whether they are one. Only the hash of its token is stored."""

    __tablename__ = "author_invitations"
    __table_args__ = {"info": PRIVATE}

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(320))
    """Where it went: the answer proves that this address is theirs, and no other."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    author: Mapped[Author] = relationship(lazy="raise")


class ClaimedAddress(Base):
    """A further address of somebody's, proven by a link that went there: authors of that address are them."""

    __tablename__ = "claimed_addresses"
    __table_args__ = {"info": PRIVATE}

    address: Mapped[str] = mapped_column(String(320), primary_key=True)
    """In lower case."""
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    claimed_at: Mapped[datetime]


class SubmissionFile(Base):
    """One uploaded version. Its bytes lie in the database (`SubmissionBytes`): a row and its file commit together."""

    __tablename__ = "submission_files"
    __table_args__ = (UniqueConstraint("submission_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    pages: Mapped[int]
    original_name: Mapped[str] = mapped_column(String(200))
    """Shown to its uploader only, never used in a path or header, never shown to a reviewer."""
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What was read of it (`pdf.FACTS`), for its authors and the chairs; None for a file of before, or forgotten."""
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class SubmissionBytes(Base):
    """The bytes of a file, as uploaded and as reviewers get them (no metadata); apart, so no list loads them."""

    __tablename__ = "submission_bytes"

    file_id: Mapped[int] = mapped_column(ForeignKey("submission_files.id", ondelete="CASCADE"), primary_key=True)
    original: Mapped[bytes] = mapped_column(LargeBinary)
    blind: Mapped[bytes] = mapped_column(LargeBinary)


class Declaration(Base):
    """What the submitter declared: eligibility and side flags. Reviewers never see any of it; organisers see totals."""

    __tablename__ = "declarations"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    is_eligible: Mapped[bool | None] = mapped_column(Sealed())
    wording: Mapped[str] = mapped_column(String(500), default="")
    """The statement as it read when it was declared."""
    not_published: Mapped[bool] = mapped_column(default=False)
    wants_grant: Mapped[bool] = mapped_column(default=False)
    willing_to_review: Mapped[bool] = mapped_column(default=False)
    cv_to_sponsors: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Consent: without it no CV is kept."""
    cv_pages: Mapped[int | None]
    """Of the CV that is kept; None without one."""
    country: Mapped[str | None] = mapped_column(Sealed())
    """Where the presenter works or studies (ISO 3166-1, two letters), if they say so."""
    career_stage: Mapped[str | None] = mapped_column(Sealed())
    """A value of `CareerStage`, if they say so."""
    declared_at: Mapped[datetime]


class SponsorCv(Base):
    """The CV that a submitter gives to sponsors, without metadata. It goes when the consent is taken back."""

    __tablename__ = "sponsor_cvs"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    pages: Mapped[int]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
