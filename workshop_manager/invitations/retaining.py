"""What speakers were told and said by their links: kept until its time has come, then gone with their addresses."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.invitations.models import SpeakerContact
from workshop_manager.retention.keeping import Kept
from workshop_manager.retention.rules import USUAL
from workshop_manager.workshops.models import Edition

INVITED = "speaker_contacts"


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """Everybody who was invited to a slot, with what they said of it."""
    everybody = select(func.count(SpeakerContact.id)).where(SpeakerContact.edition_id == edition.id)
    number = uow.session.execute(everybody).scalar_one()
    return (Kept(INVITED, str(_("Speakers’ answers to their invitations")), number, USUAL, _forget_edition),)


def _forget_edition(uow: UnitOfWork, edition: Edition) -> int:
    done = uow.session.execute(delete(SpeakerContact).where(SpeakerContact.edition_id == edition.id))
    return int(done.rowcount)  # type: ignore[attr-defined]
