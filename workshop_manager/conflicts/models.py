"""What conflicts of interest are found by: what people declared, and the keys of what is known of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.models import Person
from workshop_manager.conflicts.matching import MOST
from workshop_manager.conflicts.states import About, ConflictKind, KeyKind
from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE


class DeclaredConflict(Base):
    """Somebody should not judge this work, they said or a chair did. From then on it does not exist for them."""

    __tablename__ = "declared_conflicts"
    __table_args__ = (UniqueConstraint("submission_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ConflictKind]
    note: Mapped[str] = mapped_column(String(500), default="")
    declared_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    """The chair who added it for somebody; None if they said so themselves."""
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class Statement(Base):
    """A person or an institution whose work somebody should not judge, in any edition."""

    __tablename__ = "conflict_statements"
    __table_args__ = (CheckConstraint("last_year IS NULL OR first_year <= last_year", name="years"), {"info": PRIVATE})

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    """Who says it."""
    about: Mapped[About]
    name: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(320), default="")
    """Of an institution: its domain, or any address there."""
    relation: Mapped[ConflictKind]
    first_year: Mapped[int | None]
    last_year: Mapped[int | None]
    counts_until: Mapped[datetime | None]
    """Works of editions that begin later are not concerned; None: it goes on."""
    added_at: Mapped[datetime]


class StatementKey(Base):
    """What a statement is compared by."""

    __tablename__ = "conflict_statement_keys"
    __table_args__ = (Index("ix_conflict_statement_keys_person", "person_id", "kind", "key"), {"info": PRIVATE})

    statement_id: Mapped[int] = mapped_column(
        ForeignKey("conflict_statements.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[KeyKind] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(MOST), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))


class Opposed(Base):
    """Somebody, or an institution, whom the authors of a work ask not to judge it. For the chairs' eyes only."""

    __tablename__ = "opposed"
    __table_args__ = {"info": PRIVATE}

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), index=True)
    about: Mapped[About]
    name: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(320), default="")
    relation: Mapped[ConflictKind]
    note: Mapped[str] = mapped_column(String(500), default="")
    added_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    added_at: Mapped[datetime]


class OpposedKey(Base):
    """What whom the authors named is compared by."""

    __tablename__ = "opposed_keys"
    __table_args__ = (
        Index("ix_opposed_keys_key", "key", "kind"),
        Index("ix_opposed_keys_submission", "submission_id"),
        {"info": PRIVATE},
    )

    opposed_id: Mapped[int] = mapped_column(ForeignKey("opposed.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[KeyKind] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(MOST), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))


class Waiver(Base):
    """Another chair looked at what was found about this person and this work, and said that it is no conflict."""

    __tablename__ = "conflict_waivers"
    __table_args__ = {"info": PRIVATE}

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(500))
    waived_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    waived_at: Mapped[datetime]


class PersonKey(Base):
    """What a person's address, affiliation and name are compared by; `keys.py` keeps it as the person is."""

    __tablename__ = "person_keys"
    __table_args__ = (Index("ix_person_keys_key", "key", "kind"), {"info": PRIVATE})

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[KeyKind] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(MOST), primary_key=True)


class AuthorKey(Base):
    """What an author's address, affiliation and name are compared by; `keys.py` keeps it as the author is."""

    __tablename__ = "author_keys"
    __table_args__ = (
        Index("ix_author_keys_key", "key", "kind"),
        Index("ix_author_keys_submission", "submission_id", "kind"),
        {"info": PRIVATE},
    )

    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[KeyKind] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(MOST), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
