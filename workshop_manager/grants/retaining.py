"""What applications keep of people's visas, and how it is removed."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants.models import Application
from workshop_manager.retention.keeping import Kept
from workshop_manager.retention.rules import USUAL
from workshop_manager.workshops.models import Edition

VISA = "grant_visa"


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """How far their visas are, by their own word."""
    number = uow.session.scalar(select(func.count(Application.visa_told)).where(Application.edition_id == edition.id))
    return (Kept(VISA, str(_("What grantees told of their visas")), number, USUAL, _remove),)


def _remove(uow: UnitOfWork, edition: Edition) -> int:
    done = uow.session.execute(
        update(Application)
        .where(Application.edition_id == edition.id, Application.visa_told.is_not(None))
        .values(visa_told={}, visa_at=None)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
