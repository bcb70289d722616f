"""Verbs of deciding: set what is pending, release it all in one act, and what authors answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import emails, queries, rules
from workshop_manager.decisions.events import SubmissionConfirmed, SubmissionDecided, SubmissionDeclined
from workshop_manager.decisions.models import Decision
from workshop_manager.mail.service import post
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.events import SubmissionRevived
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import leads_to
from workshop_manager.submissions.states import Action, Outcome, State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE
from workshop_manager.workshops.service import acting_person, require
from workshop_manager.workshops.states import DateKey


@dataclass(frozen=True, slots=True)
class Choice:
    """What a chair chose for one submission, and what the page had shown: `before`, in `version`."""

    outcome: Outcome | None
    before: Outcome | None
    version: int


class Overtaken(Conflict):
    """Another chair decided on these numbers meanwhile; nothing was saved."""

    def __init__(self, numbers: Collection[int]) -> None:
        listed = ", ".join(f"#{number}" for number in sorted(numbers))
        super().__init__(
            str(
                _(
                    "Another chair changed %(listed)s while you had the board open. Nothing of yours is saved yet: "
                    "look at what stands there now, then save again.",
                    listed=listed,
                )
            )
        )
        self.numbers = frozenset(numbers)


class Changed(Conflict):
    """What is pending is not what the chair saw before confirming; nothing was released."""

    def __init__(self) -> None:
        super().__init__(
            str(_("What is pending changed while you looked at it. Nothing is released: read it again, then release."))
        )


def decide(uow: UnitOfWork, edition: Edition, chosen: Mapping[int, Choice]) -> int:
    """Set pending decisions by submission number; no outcome takes one back. Nobody outside the board learns of it.

    What the chair left as it was shown is left alone, whatever others did to it. Raises Overtaken, with nothing
    changed, if another chair changed one that this chair changed too. Returns how many changed.
    """
    standing = require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    touched = {number: choice for number, choice in chosen.items() if choice.outcome is not choice.before}
    found = submissions.by_numbers(uow.session, edition.id, standing, list(touched))
    if touched.keys() - found.keys():
        raise NotFound
    known = queries.decisions_of(uow.session, [s.id for s in found.values()])
    overtaken = [n for n, choice in touched.items() if choice.version != _version(known.get(found[n].id))]
    if overtaken:
        raise Overtaken(overtaken)
    for number, choice in touched.items():
        _decide_one(uow, edition, found[number], known.get(found[number].id), choice.outcome)
    uow.session.flush()
    return len(touched)


def _version(row: Decision | None) -> int:
    return row.version if row is not None else 0


def _decide_one(
    uow: UnitOfWork, edition: Edition, submission: Submission, row: Decision | None, outcome: Outcome | None
) -> None:
    if submission.state not in rules.DECIDABLE:
        raise Conflict(str(_("The decision on #%(number)s is out already.", number=submission.number)))
    if submission.state is State.WAITLISTED and outcome is Outcome.WAITLIST:
        raise Conflict(str(_("#%(number)s is on the waitlist already.", number=submission.number)))
    if row is None:
        row = Decision(submission_id=submission.id, version=0)
        uow.session.add(row)
    row.outcome, row.decided_at, row.decided_by, row.released_at = outcome, uow.now, acting_person(uow).id, None
    row.version += 1
    value = outcome.value if outcome else None
    record(uow, "decided", "submission", submission.id, edition_id=edition.id, outcome=value)


def confirm_by(uow: UnitOfWork, edition: Edition) -> Deadline | None:
    """Until when the accepted are asked to confirm, if that date is set and still ahead."""
    date = workshops.date_by_key(uow.session, edition.id, DateKey.CONFIRM_BY)
    return date.deadline if date is not None and date.at > uow.now else None


def release(uow: UnitOfWork, edition: Edition, seen: str | None = None) -> int:
    """Release every pending decision in one act: states, mails and pages change together, or not at all.

    `seen` is `rules.release_digest` of what the chair read; Changed is raised if something else is pending now. A
    decision on the chair's own work is not among them: another chair releases it. Returns how many were released;
    raises Conflict if there is none, so that a second click releases nothing twice.
    """
    standing = require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    pending = queries.pending_decisions(uow.session, edition.id, standing, lock=True)
    if not pending:
        raise Conflict(str(_("There is nothing to release. Perhaps somebody did it a moment ago.")))
    if seen is not None and seen != digest(pending):
        raise Changed
    by = confirm_by(uow, edition)
    letters = emails.decisions(uow, edition, pending, by)
    for decision, submission in pending:
        _release_one(uow, edition, decision, submission, by)
        for letter in letters[submission.id]:
            post(uow, letter)
        uow.tell(SubmissionDecided(submission.id, edition.id))
    uow.session.flush()
    return len(pending)


def digest(pending: Collection[tuple[Decision, Submission]]) -> str:
    """A name for exactly these pending decisions."""
    return rules.release_digest((d.submission_id, d.version, d.outcome) for d, _s in pending if d.outcome is not None)


def _release_one(
    uow: UnitOfWork, edition: Edition, decision: Decision, submission: Submission, by: Deadline | None
) -> None:
    outcome = emails.outcome_of(decision)
    target = leads_to(rules.ACTIONS[outcome], submission.state)
    if target is None:
        raise Conflict(str(_("The decision on #%(number)s is out already.", number=submission.number)))
    decision.released_at = uow.now
    submission.state, submission.outcome, submission.decided_at = target, outcome, uow.now
    if target is State.ACCEPTED:
        submission.confirm_by, submission.confirm_by_zone = (by.at, by.zone) if by is not None else (None, None)
    submission.version += 1
    record(uow, "released", "submission", submission.id, edition_id=edition.id, outcome=outcome.value)


# -- the authors' answer ------------------------------------------------------------------------------------------


def answer(uow: UnitOfWork, edition: Edition, number: int, *, confirm: bool) -> Submission:
    """An author confirms the place in the programme, or gives it back."""
    person = acting_person(uow)
    submission = submissions.find_own(uow.session, edition.id, number, person.id, lock=True)
    if submission is None:
        raise NotFound
    if confirm and submission.state is State.CONFIRMED:
        return submission
    if confirm and not rules.may_answer(submission.state, submission.confirm_by, uow.now):
        raise Conflict(str(_("The time to confirm is over, or the place is not yours. Write to the organisers.")))
    target = leads_to(Action.CONFIRM if confirm else Action.DECLINE, submission.state)
    if target is None:
        raise Conflict(str(_("There is no place to give back here.")))
    submission.state, submission.answered_at = target, uow.now
    submission.version += 1
    record(uow, target.value, "submission", submission.id, edition_id=edition.id)
    emails.answered(uow, edition, submission, person)
    told = SubmissionConfirmed if confirm else SubmissionDeclined
    uow.tell(told(submission.id, edition.id))
    uow.session.flush()
    return submission


# -- what lower packages tell -------------------------------------------------------------------------------------


def on_submission_revived(uow: UnitOfWork, event: SubmissionRevived) -> None:
    """What came back waits for a decision again: the one it had is taken back, and its version goes on counting."""
    row = queries.decisions_of(uow.session, [event.submission_id]).get(event.submission_id)
    if row is not None:
        row.outcome, row.released_at, row.version = None, None, row.version + 1
        uow.session.flush()
