"""The mails of this package, one function each."""

from flask_babel import gettext as _

from workshop_manager.calls import queries as calls
from workshop_manager.calls.states import Blinding
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.emails import announced, sender
from workshop_manager.workshops.models import Edition, Invitation
from workshop_manager.workshops.states import DateKey


def invitation(uow: UnitOfWork, edition: Edition, row: Invitation, token: str, name: str, message: str) -> None:
    """To somebody asked to review: what for, until when, and the link that answers."""
    post(uow, letter(uow, edition, row, token, name, message))


def reminder(uow: UnitOfWork, edition: Edition, row: Invitation, token: str, name: str, message: str) -> None:
    """To somebody who was asked and has not answered: the same, with a new link."""
    post(uow, letter(uow, edition, row, token, name, message, is_reminder=True))


def letter(
    uow: UnitOfWork,
    edition: Edition,
    row: Invitation,
    token: str,
    name: str,
    message: str,
    *,
    is_reminder: bool = False,
) -> Letter:
    """That letter, to be posted or shown beforehand."""
    dates = workshops.dates_by_key(uow.session, edition.id)
    due = dates.get(DateKey.REVIEWS_DUE)
    blinding = calls.find_call(uow.session, edition.id).blinding
    by = str(getattr(uow.actor, "name", "") or "")
    facts = (
        (str(_("Edition")), edition.name),
        (str(_("Reviews due")), announced(due.at, due.zone) if due else ""),
        (str(_("Asked by")), by),
        (str(_("Answer by")), announced(row.expires_at, edition.time_zone)),
    )
    return Letter(
        template="committee/invitation",
        key=f"invitation:{row.id}",
        to_address=row.email,
        to_name=name,
        values={
            "edition": edition.name,
            "by": by,
            "message": message,
            "is_blind": blinding is Blinding.DOUBLE,
            "is_reminder": is_reminder,
        },
        facts=tuple((label, value) for label, value in facts if value),
        button=(str(_("Say yes or no")), absolute("workshops.invitation", token=token)),
        why=str(_("You get this because the team of that workshop thought of you as a reviewer."))
        if is_reminder
        else str(_("You get this once, because the team of that workshop thought of you as a reviewer.")),
        is_secret=True,
        **sender(edition),
    )
