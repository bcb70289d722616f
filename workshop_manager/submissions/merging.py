"""Works, files and addresses, when one person's two accounts become one."""

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from workshop_manager.accounts.merging import Found, Pair, Part, moved
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Author, ClaimedAddress, SponsorCv, Submission, SubmissionFile
from workshop_manager.submissions.topics import ReviewerTopic
from workshop_manager.submissions.words import title_of


def _look(uow: UnitOfWork, pair: Pair) -> Found:
    one, other = aliased(Author), aliased(Author)
    both = (
        select(Submission.title)
        .join(one, one.submission_id == Submission.id)
        .join(other, other.submission_id == Submission.id)
        .where(one.person_id == pair.into.id, other.person_id == pair.gone.id)
        .order_by(Submission.id)
    )
    lines = [
        str(_("“%(title)s” names you twice, once by each address: take one out in its form.", title=isolated(title)))
        for title in map(title_of, uow.session.scalars(both))
    ]
    return Found(tuple(lines))


def _move(uow: UnitOfWork, pair: Pair) -> None:
    # The key keeps two clicks of one form from making two drafts; both were made long ago.
    keyed = update(Submission).where(Submission.submitter_id == pair.gone.id)
    uow.session.execute(keyed.values(form_key=None))
    address = pair.gone.email.lower()
    if uow.session.get(ClaimedAddress, address) is None:
        uow.session.add(ClaimedAddress(address=address, person_id=pair.into.id, claimed_at=uow.now))


PART = Part(
    "submissions",
    (
        moved(
            Submission.submitter_id,
            says=lambda n: str(ngettext("%(num)s work that it handed in or began", "%(num)s works that it began", n)),
        ),
        moved(Submission.changed_by),
        moved(
            Author.person_id,
            says=lambda n: str(ngettext("%(num)s work that names it as author", "%(num)s works that name it", n)),
        ),
        moved(ClaimedAddress.person_id),
        moved(SubmissionFile.uploaded_by),
        moved(SponsorCv.uploaded_by),
        moved(ReviewerTopic.person_id, ReviewerTopic.topic_id),
    ),
    look=_look,
    move=_move,
)
