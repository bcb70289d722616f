"""The mentored round when one person's two accounts become one: nobody reads their own draft."""

from flask_babel import ngettext

from workshop_manager.accounts.merging import Afterwards, Pair, Part, moved
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mentoring import ending
from workshop_manager.mentoring.models import Mentor, Participant, Reading, Round


def _move(uow: UnitOfWork, pair: Pair) -> Afterwards:
    def afterwards() -> None:
        ending.end_own(uow, pair.into.id)

    return afterwards


PART = Part(
    "mentoring",
    (
        moved(Round.before_by),
        moved(
            Participant.person_id,
            says=lambda n: str(ngettext("%(num)s work in a mentored round", "%(num)s works in mentored rounds", n)),
        ),
        moved(Mentor.person_id, Mentor.edition_id),
        moved(
            Reading.reader_id,
            says=lambda n: str(
                ngettext("%(num)s draft that it reads as a partner", "%(num)s drafts that it reads as a partner", n)
            ),
        ),
    ),
    move=_move,
)
