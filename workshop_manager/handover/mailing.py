"""A mail of the organisers to a part of those who registered: one letter a person, each once."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.handover import queries
from workshop_manager.handover.models import Mailing
from workshop_manager.mail.service import Letter, post
from workshop_manager.registrations.models import Registration
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require

LONGEST = 10_000
LONGEST_SUBJECT = 300
PLACEHOLDERS = ("name", "kind", "ticket", "edition")
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and means nothing."""
    return [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name not in PLACEHOLDERS]


def filled(text: str, edition: Edition, row: Registration) -> str:
    """The text as that person reads it."""
    values = {
        "name": row.badge_name, "kind": row.kind.name, "ticket": row.ticket_code, "edition": edition.name
    }  # fmt: skip
    return _PLACEHOLDER.sub(lambda one: values.get(one[1], one[0]), text)


def send(
    uow: UnitOfWork, edition: Edition, rows: Sequence[Registration], subject: str, body: str, key: str
) -> Mailing | None:
    """Write to each of them; None if that was done already under this key. All letters are in the outbox, or none."""
    require(uow, edition, MAY_SETTINGS)
    if not subject or not body:
        raise Conflict(str(_("Write a subject and a text.")))
    if unknown := unknown_placeholders(subject + body):
        raise Conflict(str(_("These mean nothing: %(names)s.", names=", ".join(f"{{{one}}}" for one in unknown[:5]))))
    if queries.mailing_of(uow.session, edition.id, key) is not None:
        return None
    mailing = Mailing(
        edition_id=edition.id, key=key, subject=subject, count=len(rows), created_at=uow.now,
        created_by=uow.actor.id if isinstance(uow.actor, Person) else None,
    )  # fmt: skip
    uow.session.add(mailing)
    uow.session.flush()
    for row in rows:
        if row.person is not None:
            _post(uow, edition, mailing, row, row.person, subject, body)
    record(uow, "mailed", "mailing", mailing.id, edition_id=edition.id, people=len(rows))
    return mailing


def _post(
    uow: UnitOfWork, edition: Edition, mailing: Mailing, row: Registration, person: Person, subject: str, body: str
) -> None:
    post(
        uow,
        Letter(
            template="handover/mailing",
            key=f"mailing:{mailing.id}:{row.id}",
            to_address=person.email,
            to_name=row.badge_name or person.name,
            values={"subject": filled(subject, edition, row), "body": filled(body, edition, row) + "\n"},
            button=(str(_("Your registration")), absolute("registrations.ticket", **edition.slugs)),
            signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
            why=str(_("You get this because you registered for %(edition)s.", edition=isolated(edition.name))),
            person_id=person.id,
            locale=person.locale or "en",
            **sender(edition),
        ),
    )
