"""Reviews and discussions when one person's two accounts become one; conflicts are looked up anew."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from workshop_manager.accounts.merging import Afterwards, Found, Pair, Part, moved
from workshop_manager.assignments.models import Assignment
from workshop_manager.conflicts.events import ConflictFound
from workshop_manager.conflicts.queries import conflicted
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews.models import (
    AuthorResponse,
    DeclinedReview,
    Message,
    MetaReview,
    ReminderWave,
    Review,
    ReviewerHandle,
    ReviewForm,
    ThreadSeen,
)
from workshop_manager.reviews.states import ReviewState
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition


def _reviewed_twice(session: Session, pair: Pair) -> Sequence[tuple[str, str]]:
    """(title, edition) of works that both accounts handed a review in of."""
    one, other = aliased(Review), aliased(Review)
    rows = session.execute(
        select(Submission.title, Edition.name)
        .join(one, one.submission_id == Submission.id)
        .join(other, other.submission_id == Submission.id)
        .join(Edition, Edition.id == Submission.edition_id)
        .where(one.reviewer_id == pair.into.id, other.reviewer_id == pair.gone.id)
        .where(one.state == ReviewState.SUBMITTED, other.state == ReviewState.SUBMITTED)
        .order_by(Submission.id)
    )
    return [(title, name) for title, name in rows]


def _now_in_conflict(session: Session, pair: Pair) -> set[int]:
    """Undecided works that one account reads or leads although the other must not judge them."""
    found: set[int] = set()
    for reader, other in ((pair.into.id, pair.gone.id), (pair.gone.id, pair.into.id)):
        reads = or_(
            Submission.id.in_(select(Assignment.submission_id).where(Assignment.reviewer_id == reader)),
            Submission.id.in_(select(Review.submission_id).where(Review.reviewer_id == reader)),
            Submission.id.in_(select(MetaReview.submission_id).where(MetaReview.lead_id == reader)),
        )
        works = select(Submission.id).where(Submission.state == State.SUBMITTED, reads)
        found |= set(session.scalars(works.where(Submission.id.in_(conflicted(other)))))
    return found


def _look(uow: UnitOfWork, pair: Pair) -> Found:
    refusals = [
        str(
            _(
                "Both accounts handed in a review of “%(title)s” (%(edition)s). Ask its chairs to take one back first.",
                title=isolated(title), edition=isolated(edition),
            )
        )
        for title, edition in _reviewed_twice(uow.session, pair)
    ]  # fmt: skip
    lines = []
    if number := len(_now_in_conflict(uow.session, pair)):
        lines.append(
            str(
                ngettext(
                    "You stop reviewing %(num)s work: one of your accounts has a conflict of interest with it. "
                    "What you wrote of it goes.",
                    "You stop reviewing %(num)s works: one of your accounts has a conflict of interest with them. "
                    "What you wrote of them goes.",
                    number,
                )
            )
        )
    return Found(tuple(lines), tuple(refusals))


def _move(uow: UnitOfWork, pair: Pair) -> Afterwards:
    session = uow.session
    ended = _now_in_conflict(session, pair)
    _keep_what_is_in(session, pair)
    # Their number stays taken, so that nobody else is called by it.
    both = select(ReviewerHandle.submission_id).where(ReviewerHandle.person_id == pair.into.id)
    session.execute(
        update(ReviewerHandle)
        .where(ReviewerHandle.person_id == pair.gone.id, ReviewerHandle.submission_id.in_(both))
        .values(person_id=None)
        .execution_options(synchronize_session=False)
    )

    def afterwards() -> None:
        for submission_id in sorted(ended):
            uow.tell(ConflictFound(submission_id, pair.into.id))

    return afterwards


def _keep_what_is_in(session: Session, pair: Pair) -> None:
    """Of two reviews of one work the one that is in stays; of two drafts that of the account that stays."""
    handed_in = select(Review.submission_id).where(
        Review.reviewer_id == pair.gone.id, Review.state == ReviewState.SUBMITTED
    )
    session.execute(
        delete(Review)
        .where(Review.reviewer_id == pair.into.id, Review.state == ReviewState.DRAFT)
        .where(Review.submission_id.in_(handed_in))
        .execution_options(synchronize_session=False)
    )


PART = Part(
    "reviews",
    (
        moved(
            Review.reviewer_id,
            Review.submission_id,
            says=lambda n: str(ngettext("%(num)s review", "%(num)s reviews", n)),
        ),
        moved(ReviewForm.created_by),
        moved(ReviewerHandle.person_id),
        moved(
            Message.person_id,
            says=lambda n: str(ngettext("%(num)s message in a discussion", "%(num)s messages in discussions", n)),
        ),
        moved(ThreadSeen.person_id, ThreadSeen.submission_id),
        moved(
            MetaReview.lead_id,
            says=lambda n: str(ngettext("%(num)s work that it leads", "%(num)s works that it leads", n)),
        ),
        moved(AuthorResponse.changed_by),
        moved(DeclinedReview.person_id),
        moved(ReminderWave.sent_by),
    ),
    look=_look,
    move=_move,
)
