"""Materials and answers to recordings, when one person's two accounts become one."""

from flask_babel import ngettext
from sqlalchemy import select

from workshop_manager.accounts.merging import Pair, Part, moved
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.materials.models import Material, RecordingAnswer
from workshop_manager.materials.rules import stricter


def _move(uow: UnitOfWork, pair: Pair) -> None:
    """Where both accounts answered about one recording, the stricter answer counts."""
    rows = uow.session.scalars(
        select(RecordingAnswer).where(RecordingAnswer.person_id.in_((pair.into.id, pair.gone.id)))
    ).all()
    gone = {(row.edition_id, row.uid): row for row in rows if row.person_id == pair.gone.id}
    for row in rows:
        other = gone.get((row.edition_id, row.uid))
        if row.person_id == pair.into.id and other is not None:
            row.agrees = stricter(row.agrees, other.agrees)
    uow.session.flush()


PART = Part(
    "materials",
    (
        moved(
            Material.added_by,
            says=lambda n: str(ngettext("%(num)s material of a talk", "%(num)s materials of talks", n)),
        ),
        moved(RecordingAnswer.person_id, RecordingAnswer.edition_id, RecordingAnswer.uid),
    ),
    move=_move,
)
