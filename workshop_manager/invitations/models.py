"""Who was invited to speak when, by which mail; what they said; which releases are still to be told."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE
from workshop_manager.invitations.states import Answer


class Telling(Base):
    """A release of which people are to be told, or were."""

    __tablename__ = "schedule_tellings"
    __table_args__ = (Index("ix_schedule_tellings_due", "told_at"), {"info": PRIVATE})

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    told_at: Mapped[datetime | None]


class SpeakerContact(Base):
    """Somebody who speaks at an edition, as we write to them: an account, or an address that authors gave.

    Their link to answer by is made from `nonce` with the site's secret, so that every mail bears the same one; only its
    hash is stored.
    """

    __tablename__ = "speaker_contacts"
    __table_args__ = (
        Index("ix_speaker_contacts_address", "edition_id", "address"),
        Index(
            "uq_speaker_contacts_person",
            "edition_id",
            "person_id",
            unique=True,
            sqlite_where=text("person_id IS NOT NULL"),
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(320))
    """Lower case; where the last mail went."""
    name: Mapped[str] = mapped_column(String(300))
    nonce: Mapped[str] = mapped_column(String(40))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last_mail: Mapped[str | None] = mapped_column(String(200))
    """The key of the last mail in the outbox."""
    mails: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    slots: Mapped[list["SpeakerInvitation"]] = relationship(
        lazy="raise", order_by="SpeakerInvitation.starts_at", cascade="all, delete-orphan", passive_deletes=True
    )


class SpeakerInvitation(Base):
    """One slot of one speaker as they were last told of it, and what they said."""

    __tablename__ = "speaker_invitations"
    __table_args__ = (UniqueConstraint("contact_id", "uid"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("speaker_contacts.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(String(100))
    sequence: Mapped[int]
    title: Mapped[str] = mapped_column(String(600))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    room: Mapped[str] = mapped_column(String(200), default="")
    is_off: Mapped[bool] = mapped_column(default=False)
    """They were told that it is called off, or no longer theirs."""
    told_at: Mapped[datetime]
    answer: Mapped[Answer | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    answered_at: Mapped[datetime | None]
    answered_start: Mapped[datetime | None]
    """When the slot began of which they said it: an answer to another time is none to this one."""
    answers: Mapped[int] = mapped_column(default=0)
