"""Conflicts of interest when one person's two accounts become one: what kept either away keeps that person away."""

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete

from workshop_manager.accounts.merging import Found, Pair, Part, by_hand, dropped, moved
from workshop_manager.conflicts import queries
from workshop_manager.conflicts.models import DeclaredConflict, Opposed, PersonKey, Statement, StatementKey, Waiver
from workshop_manager.core.unit_of_work import UnitOfWork


def _look(uow: UnitOfWork, pair: Pair) -> Found:
    if not queries.has_waiver(uow.session, pair.gone.id):
        return Found()
    return Found((str(_("Conflicts of interest that chairs waived for it count again; a chair can waive them anew.")),))


def _move(uow: UnitOfWork, pair: Pair) -> None:
    # A waiver weighed one account's reasons. Where the other brings reasons of its own, nobody weighed those.
    uow.session.execute(delete(Waiver).where(Waiver.person_id == pair.gone.id))
    found = queries.conflicted(pair.gone.id)
    uow.session.execute(
        delete(Waiver)
        .where(Waiver.person_id == pair.into.id, Waiver.submission_id.in_(found))
        .execution_options(synchronize_session=False)
    )


PART = Part(
    "conflicts",
    (
        moved(
            DeclaredConflict.person_id,
            DeclaredConflict.submission_id,
            says=lambda n: str(ngettext("%(num)s declared conflict", "%(num)s declared conflicts", n)),
        ),
        moved(DeclaredConflict.added_by),
        moved(
            Statement.person_id,
            says=lambda n: str(
                ngettext(
                    "%(num)s person or institution whose work it should not judge",
                    "%(num)s people or institutions whose work it should not judge",
                    n,
                )
            ),
        ),
        moved(StatementKey.person_id),
        moved(Opposed.added_by),
        dropped(Waiver.person_id),
        moved(Waiver.waived_by),
        by_hand(PersonKey.person_id),  # `keys` makes them anew in the flush in which the accounts become one
    ),
    look=_look,
    move=_move,
)
