"""What reviewers say they can take on, when one person's two accounts become one."""

from flask_babel import ngettext
from sqlalchemy import delete, select, update

from workshop_manager.accounts.merging import Pair, Part, by_hand, moved
from workshop_manager.committee.models import Recruit, ReviewerProfile, ReviewerTrack
from workshop_manager.core.unit_of_work import UnitOfWork


def _move(uow: UnitOfWork, pair: Pair) -> None:
    """The account that stays keeps what it said itself; where it said nothing, the other's word is taken over."""
    session = uow.session
    theirs = session.scalars(select(ReviewerProfile).where(ReviewerProfile.person_id == pair.gone.id)).all()
    said = set(
        session.scalars(select(ReviewerProfile.edition_id).where(ReviewerProfile.person_id == pair.into.id)).all()
    )
    for profile in theirs:
        of_it = (ReviewerTrack.edition_id == profile.edition_id, ReviewerTrack.person_id == pair.gone.id)
        if profile.edition_id not in said:
            values = {c.name: getattr(profile, c.name) for c in ReviewerProfile.__table__.columns}
            session.add(ReviewerProfile(**values | {"person_id": pair.into.id}))
            session.flush()
            session.execute(update(ReviewerTrack).where(*of_it).values(person_id=pair.into.id))
        session.execute(delete(ReviewerTrack).where(*of_it))
        session.execute(
            delete(ReviewerProfile).where(
                ReviewerProfile.edition_id == profile.edition_id, ReviewerProfile.person_id == pair.gone.id
            )
        )


PART = Part(
    "committee",
    (
        by_hand(
            ReviewerProfile.person_id,
            ReviewerProfile.edition_id,
            says=lambda n: str(ngettext("%(num)s profile as a reviewer", "%(num)s profiles as a reviewer", n)),
        ),
        moved(Recruit.added_by),
    ),
    move=_move,
)
