"""The mentored round when one person's two accounts become one: nobody reads their own draft."""

from flask_babel import ngettext
from sqlalchemy import select

from workshop_manager.accounts.merging import Afterwards, Pair, Part, moved
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mentoring import ending
from workshop_manager.mentoring.models import Match, Mentor, Participant, Reading, Round
from workshop_manager.mentoring.states import MatchState
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.queries import own
from workshop_manager.workshops.queries import get_edition


def _move(uow: UnitOfWork, pair: Pair) -> Afterwards:
    def afterwards() -> None:
        """Matches in which that person would read a work of their own come to an end."""
        theirs = (
            select(Reading.match_id)
            .join(Submission, Submission.id == Reading.submission_id)
            .where(Reading.reader_id == pair.into.id, own(pair.into.id))
        )
        found = select(Match).where(Match.id.in_(theirs), Match.state != MatchState.ENDED).order_by(Match.id)
        for match in uow.session.scalars(found.with_for_update()).all():
            if match.state is MatchState.PROPOSED:
                ending.forget(uow, match)
            else:
                ending.end(uow, get_edition(uow.session, match.edition_id), match, leaver=None)

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
