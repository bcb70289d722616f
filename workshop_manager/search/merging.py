"""Kept searches, when one person's two accounts become one."""

from flask_babel import ngettext
from sqlalchemy import select

from workshop_manager.accounts.merging import Pair, Part, moved
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.search.models import Batch, SavedSearch


def _move(uow: UnitOfWork, pair: Pair) -> None:
    """Two searches of one name both stay: the second gets a number."""
    rows = list(uow.session.scalars(select(SavedSearch).where(SavedSearch.person_id.in_((pair.into.id, pair.gone.id)))))
    taken = {(row.edition_id, row.name) for row in rows if row.person_id == pair.into.id}
    for row in rows:
        if row.person_id != pair.gone.id:
            continue
        name, number = row.name, 2
        while (row.edition_id, row.name) in taken:
            row.name, number = f"{name[:70]} ({number})", number + 1
        taken.add((row.edition_id, row.name))


PART = Part(
    "search",
    (
        moved(
            SavedSearch.person_id,
            says=lambda n: str(ngettext("%(num)s kept search", "%(num)s kept searches", n)),
        ),
        moved(Batch.person_id),
    ),
    move=_move,
)
