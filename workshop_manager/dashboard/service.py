"""What the pages of this package need from one place each."""

from workshop_manager.core.errors import NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail import queries as mail_queries
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here
from workshop_manager.workshops.cover import EditionLine, line

SHOWN_EDITIONS = 12


def public_editions(uow: UnitOfWork) -> list[EditionLine]:
    """What a visitor finds on the front page: editions ahead, then the latest past ones."""
    return [line(edition, uow.now) for edition in workshops.public_editions(uow.session, uow.now, SHOWN_EDITIONS)]


def edition_mail(uow: UnitOfWork, at: Here, mail_id: int) -> OutboxMail:
    """One mail of this edition; raises NotFound for another's, and for one hidden from whoever looks."""
    mail = mail_queries.find_edition_mail(uow.session, at.edition.id, mail_id, uow.actor.id if uow.actor else None)
    if mail is None:
        raise NotFound
    return mail
