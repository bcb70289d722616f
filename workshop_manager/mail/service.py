"""Promise a mail: rendered now, stored in the caller's transaction, delivered later by the worker."""

import re
import secrets
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import clean_line, isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail import queries
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.web.accent import derive
from workshop_manager.web.request import settings

JOB = "deliver-mail"
_ACCENT = "#5a3a86"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one person.

    `template`: `package/name` of `templates/mail/package/name.txt`, whose first line is the subject and whose rest,
    parted by blank lines, are the paragraphs (what people typed stays text). `key`: unique for ever, such as
    `submission-received:27`. `about`: what it tells of, `submission:27`, or `submissions` for several: who must not
    know of that sees the mail in no list. `facts`: (label, value) pairs for the one table. `button`: (label, address).
    """

    template: str
    key: str
    to_address: str
    to_name: str
    values: dict[str, Any] = field(default_factory=dict)
    facts: tuple[tuple[str, str], ...] = ()
    button: tuple[str, str] | None = None
    signature: str = ""
    why: str = ""
    person_id: int | None = None
    edition_id: int | None = None
    about: str | None = None
    reply_to: str | None = None
    from_name: str | None = None
    accent: str = _ACCENT
    locale: str = "en"
    calendar: bytes | None = None
    picture: bytes | None = None
    """A PNG that goes along, such as the code of a ticket."""
    is_secret: bool = False


def preview(letter: Letter) -> tuple[str, str]:
    """Subject and text of that letter as they would go out; nothing is stored."""
    with force_locale(letter.locale):
        subject, paragraphs = _render(letter)
        return subject, _text(letter, paragraphs)


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail as it would go out, for whoever looks before sending it."""

    name: str
    address: str
    subject: str
    text: str


def draft(letter: Letter) -> Draft:
    """That letter as it would go out, and to whom; nothing is stored."""
    return Draft(letter.to_name, letter.to_address, *preview(letter))


def post(uow: UnitOfWork, letter: Letter) -> OutboxMail:
    """Put a letter into the outbox, in this transaction. The same key twice is an error of the database."""
    with force_locale(letter.locale):
        subject, paragraphs = _render(letter)
        text, html = _text(letter, paragraphs), _html(letter, subject, paragraphs)
    here = settings()
    host = here.mail_sender_address.rpartition("@")[2] or "localhost"
    mail = OutboxMail(
        key=letter.key,
        template=letter.template,
        edition_id=letter.edition_id,
        about=letter.about,
        person_id=letter.person_id,
        to_name=clean_line(letter.to_name)[:300],
        to_address=_address(letter.to_address),
        from_name=clean_line(letter.from_name or here.mail_sender_name)[:300],
        reply_to=_address(letter.reply_to) if letter.reply_to else None,
        subject=subject[:480],
        text_body=text,
        html_body=html,
        calendar=letter.calendar,
        picture=letter.picture,
        message_id=f"<{secrets.token_hex(12)}@{host}>",
        state=MailState.KEPT if here.mail_delivery == "keep" else MailState.QUEUED,
        created_at=uow.now,
        next_attempt_at=uow.now,
        sent_at=uow.now if here.mail_delivery == "keep" else None,
        is_secret=letter.is_secret,
    )
    uow.session.add(mail)
    nudge = current_app.extensions.get("nudge")
    if nudge is not None:
        uow.after_commit(f"nudge:{JOB}", lambda: nudge(JOB))
    return mail


def _address(address: str) -> str:
    """The bare address; raises ValueError for one that could smuggle a second recipient or a header."""
    bare = parseaddr(address)[1]
    if not bare or bare != address.strip() or re.search(r"[\s,;<>\x00-\x1f]", bare):
        raise ValueError("not a single mail address")
    return bare


def _template(name: str, **values: Any) -> str:
    """Rendered without what pages get: a mail may be posted by a job, where there is no request."""
    return current_app.jinja_env.get_template(name).render(**values)


def _render(letter: Letter) -> tuple[str, list[str]]:
    # Names and titles stand within our sentences; a text of many lines stands by itself and keeps its own direction.
    values = {k: isolated(v) if isinstance(v, str) and "\n" not in v else v for k, v in letter.values.items()}
    rendered = _template(f"mail/{letter.template}.txt", **values)
    subject, _newline, body = rendered.strip().partition("\n")
    paragraphs = [" ".join(p.split("\n")) if not p.startswith("  ") else p for p in re.split(r"\n\s*\n", body.strip())]
    return clean_line(subject), [p.strip() for p in paragraphs if p.strip()]


def _text(letter: Letter, paragraphs: list[str]) -> str:
    parts = [_("Hello %(name)s,", name=isolated(letter.to_name)) if letter.to_name else _("Hello,"), *paragraphs]
    if letter.facts:
        width = max(len(label) for label, _value in letter.facts) + 2
        parts.append("\n".join(f"  {(label + ':').ljust(width)} {value}" for label, value in letter.facts))
    if letter.button:
        parts.append(f"{letter.button[0]}:\n{letter.button[1]}")
    if letter.signature:
        parts.append(letter.signature)
    parts.append(f"-- \n{_footer(letter)}")
    return "\n\n".join(str(p) for p in parts) + "\n"


def _footer(letter: Letter) -> str:
    where = settings()
    sender = _("Sent by %(site)s, %(url)s.", site=isolated(where.site_name), url=where.base_url)
    return " ".join(filter(None, (letter.why, str(sender))))


def _html(letter: Letter, subject: str, paragraphs: list[str]) -> str:
    tokens = derive(letter.accent)["light"]
    greeting = _("Hello %(name)s,", name=isolated(letter.to_name)) if letter.to_name else _("Hello,")
    return _template(
        "mail/layout.html",
        subject=subject,
        paragraphs=[str(greeting), *paragraphs],
        facts=list(letter.facts),
        button=letter.button,
        signature=letter.signature,
        footer=_footer(letter),
        accent=tokens["accent"],
        on_accent=tokens["on-accent"],
        lang=letter.locale,
        dir="rtl" if letter.locale in ("ar", "fa", "he", "ur") else "ltr",
    )


def try_again(uow: UnitOfWork, edition_id: int, mail_id: int) -> OutboxMail:
    """Queue a failed mail of this edition once more, from the first attempt; none that is hidden from the actor."""
    found = uow.session.execute(
        select(OutboxMail)
        .where(OutboxMail.id == mail_id, *queries.shown(edition_id, uow.actor.id if uow.actor else None))
        .with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    if found.state is not MailState.FAILED:
        raise Conflict(str(_("This mail is not a failed one any more.")))
    if not found.has_text:
        raise Conflict(str(_("The text of this mail was removed, so there is nothing to send.")))
    found.state, found.attempts, found.next_attempt_at, found.last_error = MailState.QUEUED, 0, uow.now, None
    return found


def hand_over_mails(uow: UnitOfWork, from_id: int, to_id: int) -> None:
    """Mails to one account belong to another from now on: they are the same person's. Where they went stays."""
    uow.session.execute(update(OutboxMail).where(OutboxMail.person_id == from_id).values(person_id=to_id))


def forget_mails(uow: UnitOfWork, person_id: int, address: str, tombstone: str) -> None:
    """A person is gone: what waits for them is not sent; what was sent keeps its row without name, address or text."""
    theirs = or_(OutboxMail.person_id == person_id, OutboxMail.to_address == address)
    waiting = OutboxMail.state.in_((MailState.QUEUED, MailState.SENDING))
    uow.session.execute(delete(OutboxMail).where(theirs, waiting))
    uow.session.execute(
        update(OutboxMail)
        .where(theirs)
        .values(
            to_name="",
            to_address=tombstone,
            subject="",
            text_body="",
            html_body="",
            calendar=None,
            picture=None,
            reply_to=None,
        )
    )
