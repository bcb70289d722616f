"""The call for abstracts of an edition."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.calls.states import Blinding
from workshop_manager.core.database import Base


class Call(Base):
    """An edition's call for abstracts. Its dates are the edition's: CALL_OPENS, ABSTRACTS_DUE, NOTIFICATION."""

    __tablename__ = "calls"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    headline: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    blinding: Mapped[Blinding] = mapped_column(default=Blinding.DOUBLE)
    needs_pdf: Mapped[bool] = mapped_column(default=True)
    page_limit: Mapped[int] = mapped_column(default=2)
    reference_pages: Mapped[int] = mapped_column(default=1)
    word_limit: Mapped[int] = mapped_column(default=250)
    max_megabytes: Mapped[int] = mapped_column(default=10)
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
            last_number=0,
            version=1,
        )

    @property
    def max_bytes(self) -> int:
        """The largest PDF, in bytes."""
        return self.max_megabytes * 1024 * 1024

    @property
    def max_pages(self) -> int:
        """The most pages of a PDF, those of references included."""
        return self.page_limit + self.reference_pages
