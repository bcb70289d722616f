"""Forms, questions, statements with their wordings, and what people answered, agreed to and uploaded."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.core.database import Base
from workshop_manager.core.sealed import Sealed, SealedBytes
from workshop_manager.questions.states import Kind, Requirement, StatementKind


class BuiltForm(Base):
    """The form of one purpose in an edition ("submission"). Its row is the lock under which its parts are ordered."""

    __tablename__ = "built_forms"
    __table_args__ = (UniqueConstraint("edition_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(40))
    stamp: Mapped[str] = mapped_column(String(40))
    """Another one after each change: under it a process remembers what is asked."""


class Question(Base):
    """A question. Once answered it is archived instead of removed, and its options that were chosen stay readable."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_order", "form_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("built_forms.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[Kind]
    section: Mapped[str] = mapped_column(String(200), default="")
    label: Mapped[str] = mapped_column(String(500))
    help: Mapped[str] = mapped_column(Text, default="")
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Texts by a key that stays when a text is mended, in their order."""
    old_options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Texts that nobody can choose any more."""
    least: Mapped[float | None]
    most: Mapped[float | None]
    earliest: Mapped[date | None]
    latest: Mapped[date | None]
    word_limit: Mapped[int | None]
    requirement: Mapped[Requirement] = mapped_column(default=Requirement.NEVER)
    required_from: Mapped[datetime | None]
    required_from_zone: Mapped[str | None] = mapped_column(String(60))
    frozen_after: Mapped[datetime | None]
    frozen_after_zone: Mapped[str | None] = mapped_column(String(60))
    scopes: Mapped[list[str]] = mapped_column(default=list)
    shown_if_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    shown_if_values: Mapped[list[str]] = mapped_column(default=list)
    for_reviewers: Mapped[bool] = mapped_column(default=False)
    is_need: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whoever answers it needs something that somebody has to arrange."""
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves, so that two organisers learn of each other."""


class Answer(Base):
    """What was answered. Sealed: whatever organisers ask, people may say things about themselves."""

    __tablename__ = "question_answers"
    __table_args__ = (UniqueConstraint("owner_kind", "owner_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[int]
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    value: Mapped[Any] = mapped_column(Sealed(), nullable=True)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    question: Mapped[Question] = relationship(lazy="raise")


class AnswerFile(Base):
    """A version of a file given as an answer; the answer names the version that counts."""

    __tablename__ = "answer_files"
    __table_args__ = (UniqueConstraint("owner_kind", "owner_id", "question_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[int]
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    pages: Mapped[int]
    original_name: Mapped[str] = mapped_column(String(200))
    """Shown to its uploader only."""
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class AnswerBytes(Base):
    """The bytes of such a file, as uploaded and without metadata; sealed, and apart, so that no list loads them."""

    __tablename__ = "answer_bytes"

    file_id: Mapped[int] = mapped_column(ForeignKey("answer_files.id", ondelete="CASCADE"), primary_key=True)
    original: Mapped[bytes] = mapped_column(SealedBytes)
    plain: Mapped[bytes] = mapped_column(SealedBytes)


class Statement(Base):
    """Something that people state or agree to, in one wording after another."""

    __tablename__ = "statements"
    __table_args__ = (Index("ix_statements_order", "form_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("built_forms.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[StatementKind]
    is_required: Mapped[bool] = mapped_column(default=True)
    scopes: Mapped[list[str]] = mapped_column(default=list)
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves; wordings have numbers of their own."""
    wordings: Mapped[list["Wording"]] = relationship(
        lazy="raise", order_by="Wording.number", cascade="all, delete-orphan", passive_deletes=True
    )


class Wording(Base):
    """How a statement reads from one moment on. Never changed once somebody agreed to it."""

    __tablename__ = "statement_wordings"
    __table_args__ = (UniqueConstraint("statement_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]


class Attestation(Base):
    """What somebody stated, to which wording, and when; one row a wording, so that what was agreed to stays readable.

    Sealed, since it may say who they are.
    """

    __tablename__ = "attestations"
    __table_args__ = (UniqueConstraint("owner_kind", "owner_id", "wording_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[int]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), index=True)
    wording_id: Mapped[int] = mapped_column(ForeignKey("statement_wordings.id"), index=True)
    answer: Mapped[bool] = mapped_column(Sealed(), nullable=True)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
