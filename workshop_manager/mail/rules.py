"""How long the text of a mail is kept."""

from datetime import datetime, timedelta

TEXT_KEPT = timedelta(days=180)
"""From when it was sent, or tried for the last time. Subject, recipient, state and times stay: that there was one."""


def text_goes_at(sent_at: datetime | None, failed_at: datetime | None) -> datetime | None:
    """From when the text may be removed; None while the mail is still to be sent."""
    done = sent_at or failed_at
    return done + TEXT_KEPT if done else None
