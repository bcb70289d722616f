"""What chairs do to submissions of others: withdraw, revive, merge, reject unreviewed, move, hand in for somebody.

Every verb finds the submission among those the chair may see and locks it. The authors hear of each in a mail.
"""

from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.calls.service import locked_call
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import emails, queries, rules
from workshop_manager.submissions.content import AuthorContent, Upload
from workshop_manager.submissions.events import SubmissionRevived, SubmissionSubmitted, SubmissionWithdrawn
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.service import add_file, locked_at_desk, target_of
from workshop_manager.submissions.states import Action, State
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SUBMISSIONS
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import Role


def _find(uow: UnitOfWork, edition: Edition, number: int, may: frozenset[Role] = MAY_SUBMISSIONS) -> Submission:
    return locked_at_desk(uow, edition, require(uow, edition, may), number)


def _leave(uow: UnitOfWork, edition: Edition, submission: Submission) -> None:
    """It is out from now on, and whatever hangs on it is told."""
    submission.state, submission.withdrawn_at = target_of(Action.WITHDRAW, submission), uow.now
    submission.version += 1
    uow.session.flush()
    uow.tell(SubmissionWithdrawn(submission.id, edition.id))


def take_out(uow: UnitOfWork, edition: Edition, number: int, reason: str) -> None:
    """Withdraw a submission because its authors asked for it elsewhere; all of them get a mail that says so."""
    submission = _find(uow, edition, number)
    _leave(uow, edition, submission)
    audit.record(uow, "taken out", "submission", submission.id, edition_id=edition.id, reason=reason)
    emails.taken_out(uow, edition, submission, reason)


def reject_unreviewed(uow: UnitOfWork, edition: Edition, number: int, reason: str) -> None:
    """Say at once, with the reason, that a submission is not sent to review (a desk rejection)."""
    submission = _find(uow, edition, number, MAY_DECIDE)
    if submission.state is not State.SUBMITTED:
        raise Conflict(str(_("Only what waits for a decision can be rejected unreviewed.")))
    submission.state, submission.decided_at = target_of(Action.REJECT, submission), uow.now
    submission.desk_reason, submission.version = reason, submission.version + 1
    audit.record(uow, "not considered", "submission", submission.id, edition_id=edition.id, reason=reason)
    uow.session.flush()
    emails.not_considered(uow, edition, submission)


def revive(uow: UnitOfWork, edition: Edition, number: int) -> None:
    """Bring back what was withdrawn, marked as a repetition or rejected unreviewed: it waits for its decision again."""
    submission = _find(uow, edition, number)
    if not rules.may_revive(submission.state, submission.desk_reason):
        raise Conflict(str(_("Only what was withdrawn or rejected unreviewed can be brought back.")))
    submission.state = target_of(Action.REVIVE, submission)
    submission.withdrawn_at = submission.same_as_id = None
    submission.desk_reason = submission.outcome = submission.outcome_name = submission.decided_at = (
        submission.answered_at
    ) = None
    submission.confirm_by = submission.confirm_by_zone = None
    submission.submitted_at = submission.submitted_at or uow.now
    submission.version += 1
    audit.record(uow, "revived", "submission", submission.id, edition_id=edition.id)
    uow.session.flush()
    uow.tell(SubmissionRevived(submission.id, edition.id))
    emails.revived(uow, edition, submission)


def mark_same(uow: UnitOfWork, edition: Edition, number: int, kept_number: int, *, merge: bool) -> None:
    """This submission repeats that one: it leaves the call, and that one stays.

    With `merge` its authors join those of the one that stays, behind them, each once. Raises Conflict if there is no
    such other submission or the other is not in the call.
    """
    if number == kept_number:
        raise Conflict(str(_("That is its own number. Write the number of the one that stays.")))
    standing = require(uow, edition, MAY_SUBMISSIONS)
    # In the order of their numbers, so that two chairs who do the reverse do not wait for each other.
    found = {
        n: queries.find_row_at_desk(uow.session, edition.id, standing, n, lock=True)
        for n in sorted((number, kept_number))
    }
    submission, kept = found[number], found[kept_number]
    if submission is None:
        raise NotFound
    if kept is None or kept.state in rules.OUT:
        raise Conflict(str(_("There is no #%(number)s in the call.", number=kept_number)))
    for one in (submission, kept):
        uow.session.refresh(one, ["authors"])
    _leave(uow, edition, submission)
    submission.same_as_id = kept.id
    said = "merged" if merge else "same as"
    audit.record(uow, said, "submission", submission.id, edition_id=edition.id, number=kept.number)
    if merge:
        _add_authors(uow, kept, submission)
        audit.record(uow, "received authors", "submission", kept.id, edition_id=edition.id, number=submission.number)
    uow.session.flush()
    emails.same_work(uow, edition, submission, kept, merged=merge)


def _key(author: Author) -> str:
    return (author.email or author.name).casefold()


def _add_authors(uow: UnitOfWork, kept: Submission, submission: Submission) -> None:
    there = {_key(author) for author in kept.authors} | {a.person_id for a in kept.authors if a.person_id is not None}
    for author in submission.authors:
        if _key(author) in there or author.person_id in there:
            continue
        copy = Author(
            submission_id=kept.id,
            position=len(kept.authors),
            name=author.name,
            email=author.email,
            affiliation=author.affiliation,
            is_presenter=False,
            person_id=author.person_id,
        )
        kept.authors.append(copy)
    kept.version += 1
    kept.changed_at, kept.changed_by = uow.now, uow.actor.id if uow.actor else None


def move(uow: UnitOfWork, edition: Edition, number: int, track: Track) -> bool:
    """Put a submission into another track of its edition; its authors get a mail. False if it was there already."""
    submission = _find(uow, edition, number)
    if submission.track_id == track.id:
        return False
    if submission.state in rules.OUT:
        raise Conflict(str(_("It is not in the call any more. Bring it back first.")))
    submission.track_id, submission.version = track.id, submission.version + 1
    submission.changed_at, submission.changed_by = uow.now, uow.actor.id if uow.actor else None
    audit.record(uow, "moved", "submission", submission.id, edition_id=edition.id, track=track.name)
    uow.session.flush()
    emails.moved(uow, edition, submission, track)
    return True


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """What a chair hands in for somebody: of the authors, the first presents."""

    title: str
    abstract: str
    track: Track | None
    round_id: int | None
    type_id: int | None
    authors: tuple[AuthorContent, ...]


def submit_on_behalf(uow: UnitOfWork, edition: Edition, work: OnBehalf, upload: Upload | None) -> Submission:
    """Hand in for authors who could not, whatever the deadline. Nobody needs an account: whoever shows that an author's
    address is theirs finds the work among their own.
    """
    require(uow, edition, MAY_SUBMISSIONS)
    call = locked_call(uow, edition.id)
    call.last_number += 1
    accounts = queries.person_ids_by_address(uow.session, {a.email for a in work.authors if a.email})
    submission = Submission(
        edition_id=edition.id,
        number=call.last_number,
        title=work.title,
        abstract=work.abstract,
        track_id=work.track.id if work.track else None,
        round_id=work.round_id,
        type_id=work.type_id,
        state=State.SUBMITTED,
        created_at=uow.now,
        changed_at=uow.now,
        changed_by=uow.actor.id if uow.actor else None,
        submitted_at=uow.now,
        version=1,
        files=[],
        authors=[
            Author(
                position=place,
                name=author.name,
                email=author.email or None,
                affiliation=author.affiliation or None,
                is_presenter=place == 0,
                person_id=accounts.get(author.email.casefold()) if author.email else None,
            )
            for place, author in enumerate(work.authors)
        ],
    )
    uow.session.add(submission)
    uow.session.flush()
    if upload is not None:
        add_file(uow, submission, upload)
    audit.record(uow, "submitted on behalf", "submission", submission.id, edition_id=edition.id)
    emails.handed_in(uow, edition, submission)
    uow.tell(SubmissionSubmitted(submission.id, edition.id))
    uow.session.flush()
    return submission
