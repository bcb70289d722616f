"""The outbox. A row is a mail that was promised; the queue elsewhere is only a nudge."""

import enum
from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workshop_manager.core.database import Base
from workshop_manager.core.shown import PRIVATE
from workshop_manager.mail.rules import text_goes_at


class MailState(enum.Enum):
    """queued → sending → sent, or back to queued until the attempts run out, then failed. `kept`: the demo's mails."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    KEPT = "kept"


class OutboxMail(Base):
    """One mail to one person, rendered when promised. `key` is unique: no mail can be promised twice."""

    __tablename__ = "outbox_mails"
    __table_args__ = (
        Index("ix_outbox_mails_due", "state", "next_attempt_at"),
        Index("ix_outbox_mails_edition", "edition_id", "id"),
        Index("ix_outbox_mails_about", "about"),
        {"info": PRIVATE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    template: Mapped[str] = mapped_column(String(80))
    edition_id: Mapped[int | None]
    about: Mapped[str | None] = mapped_column(String(40))
    """What it tells of, such as `submission:27`: whoever must not know of that does not see the mail in any list."""
    person_id: Mapped[int | None] = mapped_column(index=True)
    to_name: Mapped[str] = mapped_column(String(320))
    to_address: Mapped[str] = mapped_column(String(320))
    from_name: Mapped[str] = mapped_column(String(320))
    reply_to: Mapped[str | None] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(500))
    text_body: Mapped[str] = mapped_column(Text)
    html_body: Mapped[str] = mapped_column(Text)
    calendar: Mapped[bytes | None]
    picture: Mapped[bytes | None]
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[MailState]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    """Of a failed one: when it was tried for the last time."""
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(40))
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
    is_secret: Mapped[bool] = mapped_column(default=False)
    """Carries a link that signs in or resets: never shown to organisers, its body is blanked once delivered."""

    @property
    def has_text(self) -> bool:
        """False once it was removed."""
        return bool(self.text_body)

    @property
    def text_goes_at(self) -> datetime | None:
        """From when its text may be removed; None while it is still to be sent."""
        return text_goes_at(self.sent_at, self.next_attempt_at if self.state is MailState.FAILED else None)
