"""How states are said on these pages."""

from flask_babel import gettext as _

from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.web.times import when_text


def mail_state(state: MailState) -> tuple[str, str]:
    """(sign, word) of a mail's state."""
    return {
        MailState.QUEUED: ("wait", str(_("Queued"))),
        MailState.SENDING: ("wait", str(_("On its way"))),
        MailState.SENT: ("ok", str(_("Sent"))),
        MailState.FAILED: ("stop", str(_("Failed"))),
        MailState.KEPT: ("note", str(_("Kept, not sent"))),
    }[state]


def mail_facts(mail: OutboxMail, zone: str) -> list[tuple[str, str]]:
    """What is known of a mail besides its text."""
    facts = [
        (str(_("To")), f"{mail.to_name} <{mail.to_address}>"),
        (str(_("Written")), when_text(mail.created_at, zone)),
        (str(_("State")), mail_state(mail.state)[1]),
        (str(_("Attempts")), str(mail.attempts)),
    ]
    if mail.sent_at:
        facts.append((str(_("Sent")), when_text(mail.sent_at, zone)))
    if mail.last_error:
        facts.append((str(_("What the mail server said")), mail.last_error))
    if not mail.has_text:
        facts.append((str(_("Text")), str(_("Removed"))))
    elif mail.text_goes_at:
        facts.append((str(_("Text kept until")), when_text(mail.text_goes_at, zone)))
    return facts
