"""What organisers ask, and what people answered: the latter names nobody, and no moment."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE
from workshop_manager.selfid.states import Stage


class SelfIdForm(Base):
    """Whether an edition asks who comes, what for, and until when it keeps what people say. Its row is the lock."""

    __tablename__ = "selfid_forms"
    __table_args__ = {"info": PRIVATE}

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    purge_on: Mapped[date | None]
    """The day that is shown when asking: on it all answers are deleted, and only the totals stay."""
    stage: Mapped[Stage] = mapped_column(default=Stage.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    gone: Mapped[int] = mapped_column(default=0)
    """How many answers were deleted that the totals still count."""
    counted_on: Mapped[date | None]
    totals: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By the id of a question: `[key or None, at least so many]`, see `rules.total`."""
    questions: Mapped[list["SelfIdQuestion"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True, order_by="SelfIdQuestion.position"
    )


class SelfIdQuestion(Base):
    """One question with the answers to choose from; it stays as it is from the moment it is asked."""

    __tablename__ = "selfid_questions"
    __table_args__ = {"info": PRIVATE}

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("selfid_forms.edition_id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    options: Mapped[list[str]]
    is_multiple: Mapped[bool] = mapped_column(default=False)
    takes_own_words: Mapped[bool] = mapped_column(default=True)


class SelfIdAnswer(Base):
    """What somebody answered. `name` can be made of a person by whoever has the key (`core.apart`), and by nobody else.

    Without a rowid, which would say in which order people answered.
    """

    __tablename__ = "selfid_answers"
    __table_args__ = {"info": PRIVATE, "sqlite_with_rowid": False}

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("selfid_forms.edition_id", ondelete="CASCADE"), index=True)
    content: Mapped[str] = mapped_column(Text)
