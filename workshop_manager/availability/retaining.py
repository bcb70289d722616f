"""When speakers could come: kept until its time has come, then gone with their addresses."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from workshop_manager.availability.models import SpeakerAvailability
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.retention.keeping import Kept
from workshop_manager.retention.rules import USUAL
from workshop_manager.workshops.models import Edition

TIMES = "speaker_availabilities"


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """Everybody who was asked when they can come, with what they said."""
    everybody = select(func.count(SpeakerAvailability.id)).where(SpeakerAvailability.edition_id == edition.id)
    number = uow.session.execute(everybody).scalar_one()
    return (Kept(TIMES, str(_("When speakers could come")), number, USUAL, _forget_edition),)


def _forget_edition(uow: UnitOfWork, edition: Edition) -> int:
    done = uow.session.execute(delete(SpeakerAvailability).where(SpeakerAvailability.edition_id == edition.id))
    return int(done.rowcount)  # type: ignore[attr-defined]
