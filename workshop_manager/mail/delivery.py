"""Delivers the outbox through Flask-Mail: claim and commit, send, then mark.

No transaction is open while a server talks.

Leases survive a clock that jumps: a lease or a next attempt further in the future than any we give is not believed.
"""

import re
import secrets
import smtplib
import socket
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr, formatdate

import structlog
from flask import Flask, current_app
from flask_mail import Connection, Mail, Message
from sqlalchemy import or_, select

from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import Settings
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.web.request import settings

log = structlog.get_logger("workshop_manager.mail")
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
BATCH = 20


@dataclass(frozen=True, slots=True)
class _Calendar:
    """One calendar of a mail; `method` is "" for one that is only there to be taken over."""

    text: str
    method: str

    def part(self) -> MIMEText:
        """As a part of a mail, which says the same method as the calendar itself (RFC 6047 §2.4)."""
        part = MIMEText(self.text, "calendar", "utf-8")
        if self.method:
            part.set_param("method", self.method)
        return part


def _calendars(stored: bytes | None) -> list[_Calendar]:
    """A mail's calendars: one message holds one UID (RFC 5546 §3.2), so several events are several calendars in a row.

    In each the method stands above its first component.
    """
    whole = (stored or b"").decode("utf-8")
    texts = re.findall(r"BEGIN:VCALENDAR\r\n.*?\r\nEND:VCALENDAR\r\n", whole, re.DOTALL) or [whole] * bool(whole)
    found = []
    for text in texts:
        said = re.search(r"\r\nMETHOD:([A-Z]+)\r\n", text.partition("\r\nBEGIN:")[0] + "\r\n")
        found.append(_Calendar(text, said[1] if said else ""))
    return found


class _Message(Message):
    """Flask-Mail's message with our Message-ID, and calendar parts that carry `method=`."""

    def __init__(self, mail: OutboxMail, sender: tuple[str, str]) -> None:
        super().__init__(subject=mail.subject, recipients=[mail.to_address], sender=sender, reply_to=mail.reply_to)
        self.mail = mail
        self.msgId = mail.message_id

    def _message(self) -> MIMEBase:
        alternative = MIMEMultipart("alternative")
        alternative.attach(MIMEText(self.mail.text_body, "plain", "utf-8"))
        alternative.attach(MIMEText(self.mail.html_body, "html", "utf-8"))
        calendars = _calendars(self.mail.calendar)
        invitation = next((one for one in calendars if one.method), None)
        if invitation is not None:
            # What a mail program takes for the invitation that the mail is (RFC 6047 §2.4).
            alternative.attach(invitation.part())
        whole: MIMEMultipart = alternative
        if self.mail.calendar or self.mail.picture:
            whole = MIMEMultipart("mixed")
            whole.attach(alternative)
        if self.mail.picture:
            image = MIMEImage(self.mail.picture, "png")
            image.add_header("Content-Disposition", "attachment", filename="ticket.png")
            whole.attach(image)
        for number, one in enumerate(calendars, 1):
            part = one.part()
            name = "invite.ics" if number == 1 else f"invite-{number}.ics"
            part.add_header("Content-Disposition", "attachment", filename=name)
            whole.attach(part)
        whole["Subject"] = self.mail.subject
        whole["From"] = formataddr((self.mail.from_name, settings().mail_sender_address))
        whole["To"] = formataddr((self.mail.to_name, self.mail.to_address))
        whole["Date"] = formatdate(self.mail.created_at.timestamp())
        whole["Message-ID"] = self.mail.message_id
        whole["Auto-Submitted"] = "auto-generated"
        if self.mail.reply_to:
            whole["Reply-To"] = self.mail.reply_to
        whole.policy = policy.SMTP
        return whole


class _TimedConnection(Connection):
    """Flask-Mail's connection with a timeout, which it lacks: a hanging server must not hold the worker."""

    def configure_host(self) -> smtplib.SMTP:
        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(settings().mail_timeout)
        try:
            return super().configure_host()
        finally:
            socket.setdefaulttimeout(before)


def init_mail(app: Flask, here: Settings) -> None:
    """Configure Flask-Mail from the settings."""
    app.config.update(
        MAIL_SERVER=here.mail_server,
        MAIL_PORT=here.mail_port,
        MAIL_USE_TLS=here.mail_use_tls,
        MAIL_USE_SSL=here.mail_use_ssl,
        MAIL_USERNAME=here.mail_username or None,
        MAIL_PASSWORD=here.mail_password or None,
        MAIL_SUPPRESS_SEND=False,
        MAIL_DEFAULT_SENDER=(here.mail_sender_name, here.mail_sender_address),
    )
    Mail(app)


def deliver_due(database: Database, clock: Clock) -> None:
    """Deliver every mail that is due, a batch at a time. Called every few seconds and on each nudge."""
    while claimed := _claim(database, clock):
        for mail in claimed:
            _deliver(database, clock, mail)


def _claim(database: Database, clock: Clock) -> list[OutboxMail]:
    with unit_of_work(database, clock) as uow:
        now = uow.now
        due = (OutboxMail.state == MailState.QUEUED) & or_(
            OutboxMail.next_attempt_at <= now, OutboxMail.next_attempt_at > now + LONGEST_WAIT
        )
        stranded = (OutboxMail.state == MailState.SENDING) & or_(
            OutboxMail.lease_until <= now, OutboxMail.lease_until > now + LEASE
        )
        found = uow.session.scalars(
            select(OutboxMail)
            .where(or_(due, stranded))
            .order_by(OutboxMail.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for mail in found:
            mail.state, mail.lease_until, mail.lease_token = MailState.SENDING, now + LEASE, secrets.token_hex(8)
            mail.attempts += 1
    return list(found)


def _deliver(database: Database, clock: Clock, mail: OutboxMail) -> None:
    error, final = _send(mail)
    with unit_of_work(database, clock) as uow:
        row = uow.session.execute(
            select(OutboxMail)
            .where(OutboxMail.id == mail.id, OutboxMail.lease_token == mail.lease_token)
            .with_for_update()
        ).scalar_one_or_none()
        if row is None:
            return  # another worker took it over after our lease had ended
        row.lease_until = row.lease_token = None
        if error is None:
            row.state, row.sent_at, row.last_error = MailState.SENT, uow.now, None
            _forget_secret(row)
        elif final or row.attempts >= settings().mail_attempts:
            row.state, row.last_error, row.next_attempt_at = MailState.FAILED, error, uow.now
            _forget_secret(row)
        else:
            row.state, row.last_error = MailState.QUEUED, error
            row.next_attempt_at = uow.now + min(timedelta(seconds=15 * 4 ** (row.attempts - 1)), LONGEST_WAIT)


def _forget_secret(row: OutboxMail) -> None:
    """A link that was delivered, or never will be, has done its work: it must not lie in the database or a backup.

    Nobody tries such a mail again: whoever asked for the link asks for another one.
    """
    if row.is_secret:
        row.text_body = row.html_body = ""


def _send(mail: OutboxMail) -> tuple[str | None, bool]:
    """(None, False) if the server accepted it, else the reason and whether trying again is pointless."""
    here = settings()
    message = _Message(mail, (mail.from_name, here.mail_sender_address))
    accepted = False
    try:
        with _TimedConnection(current_app.extensions["mail"]) as connection:
            connection.send(message)
            accepted = True
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        return _reason(code, words), code >= 500
    except smtplib.SMTPResponseException as refused:
        return _reason(refused.smtp_code, refused.smtp_error), refused.smtp_code >= 500 and not isinstance(
            refused, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError
        )
    except (OSError, smtplib.SMTPException) as problem:
        if accepted:  # the server took the mail and then dropped the line: sending again would be a second copy
            return None, False
        log.warning("mail server not available", mail=mail.id, error=type(problem).__name__)
        return f"The mail server could not be used: {problem}"[:480], False
    log.info("mail sent", mail=mail.id, template=mail.template)
    return None, False


def _reason(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {said}"[:480]
