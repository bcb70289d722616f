"""Reminders: to exactly those who were asked to review and have not answered, looked at before they go."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.committee import emails, queries, service
from workshop_manager.committee.models import Recruit
from workshop_manager.committee.rules import MAY_RECRUIT
from workshop_manager.committee.states import Stage
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition, Invitation
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import Role
from workshop_manager.workshops.team import INVITATION_LASTS


@dataclass(frozen=True, slots=True)
class Wave:
    """Who would be reminded now, the one who was asked first before the others."""

    waiting: Sequence[Recruit]

    @property
    def digest(self) -> str:
        """Names exactly these invitations: what a chair saw is what is sent."""
        return hashlib.sha256(";".join(str(one.invitation_id) for one in self.waiting).encode()).hexdigest()[:32]


class Changed(Conflict):
    """Somebody answered, was asked or was reminded meanwhile; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(str(_("Who has not answered changed while you looked at it. Read it again, then send.")))


def prepare(uow: UnitOfWork, edition: Edition) -> Wave:
    """Who was asked and has not answered, while their invitation can be."""
    found = queries.recruits(uow.session, edition.id, Stage.WAITING, uow.now)
    return Wave(sorted(found, key=lambda one: one.id))


def letters(uow: UnitOfWork, edition: Edition, rows: Sequence[Recruit], message: str) -> Sequence[Letter]:
    """The mails as they would go out, with links that lead nowhere."""
    token, until = str(_("a-link-of-their-own")), uow.now + INVITATION_LASTS
    return [
        emails.letter(
            uow,
            edition,
            Invitation(id=0, edition_id=edition.id, email=address_of(one), role=Role.REVIEWER, expires_at=until),
            token,
            one.name,
            message,
            is_reminder=True,
        )
        for one in rows
    ]


def address_of(row: Recruit) -> str:
    """Where the invitation went, as it was spelled."""
    return row.invitation.email if row.invitation else row.address


def remind(uow: UnitOfWork, edition: Edition, message: str = "", *, seen: str | None = None) -> Wave:
    """Send a new link to everybody who has not answered; the earlier ones end.

    `seen` names what the chair looked at; Changed if it is another.
    """
    require(uow, edition, MAY_RECRUIT)
    require_on(workshops.locked_edition(uow.session, edition.id))
    wave = prepare(uow, edition)
    if seen is not None and wave.digest != seen:
        raise Changed
    if not wave.waiting:
        raise Conflict(str(_("Nobody has an invitation that waits for an answer.")))
    for row in wave.waiting:
        service.remind(uow, edition, row, message)
    return wave
