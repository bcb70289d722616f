"""How long the text of a mail is kept, and what a refusal says of its address."""

import re
from datetime import datetime, timedelta

TEXT_KEPT = timedelta(days=180)
"""From when it was sent, or tried for the last time. Subject, recipient, state and times stay: that there was one."""


def text_goes_at(sent_at: datetime | None, failed_at: datetime | None) -> datetime | None:
    """From when the text may be removed; None while the mail is still to be sent."""
    done = sent_at or failed_at
    return done + TEXT_KEPT if done else None


_NO_SUCH_PERSON = frozenset({"550", "551", "553", "556"})
_ADDRESS = ("5.1.", "5.2.1")
_STATUS = re.compile(r"^5\.[0-9]{1,3}\.[0-9]{1,3}$")


def refuses_address(last_error: str | None) -> bool:
    """Whether a mail failed because its address is none: another one to it would fail, too.

    By the enhanced status code where the server gives one (RFC 3463: 5.1.x is the address, 5.2.1 a mailbox that is
    closed), else by the reply (RFC 5321: 550, 551, 553; RFC 7504: 556). A full mailbox, or a server that dislikes what
    it says or where it comes from, is no reason to write no more.
    """
    code, _, rest = (last_error or "").partition(" ")
    status = rest.split(" ", 1)[0]
    if len(code) != 3 or not code.startswith("5"):
        return False
    return status.startswith(_ADDRESS) if _STATUS.match(status) else code in _NO_SUCH_PERSON
