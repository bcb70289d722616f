"""Materials stay as long as the programme, unless organisers choose a time."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.materials.models import Material, RecordingAnswer
from workshop_manager.retention.keeping import Kept
from workshop_manager.workshops.models import Edition

MATERIALS = "materials"


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """Slides, posters, links and recordings of an edition's items."""
    count = select(func.count(Material.id)).where(Material.edition_id == edition.id)
    number = uow.session.execute(count).scalar_one()
    return (Kept(MATERIALS, str(_("Slides, posters and recordings of talks")), number, None, _remove),)


def _remove(uow: UnitOfWork, edition: Edition) -> int:
    done = uow.session.execute(delete(Material).where(Material.edition_id == edition.id))
    uow.session.execute(delete(RecordingAnswer).where(RecordingAnswer.edition_id == edition.id))
    return int(done.rowcount)  # type: ignore[attr-defined]
