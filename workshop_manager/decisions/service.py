"""Verbs of deciding: set what is pending, release it in one act, decide again, and what authors answer."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.calls import queries as calls
from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import emails, queries, rules
from workshop_manager.decisions.events import (
    SubmissionConfirmed,
    SubmissionDecided,
    SubmissionDeclined,
    SubmissionTurnedDown,
)
from workshop_manager.decisions.models import Decision, EarlierDecision, Recommendation
from workshop_manager.decisions.outcomes import Named, Outcomes, outcomes_of
from workshop_manager.decisions.rules import EVERYTHING, ConfirmBy, Within
from workshop_manager.mail.service import Letter, post
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.events import SubmissionRevived
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import leads_to
from workshop_manager.submissions.states import Action, Outcome, State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE, Standing
from workshop_manager.workshops.service import acting_person, require
from workshop_manager.workshops.states import DateKey


@dataclass(frozen=True, slots=True)
class Choice:
    """What a chair chose for one submission, and what the page had shown: `before`, in `version`.

    Both are keys of the edition's outcomes; those of the usual ones are their kinds.
    """

    outcome: Outcome | str | None
    before: Outcome | str | None
    version: int

    @property
    def key(self) -> str | None:
        """The key of what was chosen; None takes a decision back."""
        return _key(self.outcome)

    @property
    def is_touched(self) -> bool:
        """False for what the chair left as it was shown."""
        return self.key != _key(self.before)


def _key(outcome: Outcome | str | None) -> str | None:
    return outcome.value if isinstance(outcome, Outcome) else outcome or None


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


# -- what is pending ----------------------------------------------------------------------------------------------


def decide(uow: UnitOfWork, edition: Edition, chosen: Mapping[int, Choice]) -> int:
    """Set pending decisions by submission number; no outcome takes one back. Nobody outside the board learns of it.

    What the chair left as it was shown is left alone, whatever others did to it. Raises Overtaken, with nothing
    changed, if another chair changed one that this chair changed too. Returns how many changed.
    """
    standing = require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    outcomes = outcomes_of(uow.session, edition.id)
    touched = {number: choice for number, choice in chosen.items() if choice.is_touched}
    wanted = {number: named_by(outcomes, choice.key) for number, choice in touched.items()}
    found = submissions.by_numbers(uow.session, edition.id, standing, list(touched))
    if touched.keys() - found.keys():
        raise NotFound
    known = queries.decisions_of(uow.session, [s.id for s in found.values()])
    overtaken = [n for n, choice in touched.items() if choice.version != _version(known.get(found[n].id))]
    if overtaken:
        raise Overtaken(overtaken)
    for number, named in wanted.items():
        _decide_one(uow, edition, found[number], known.get(found[number].id), named)
    uow.session.flush()
    return len(touched)


def named_by(outcomes: Outcomes, key: str | None) -> Named | None:
    """The outcome of that key; a Conflict for one that the edition has no more."""
    if key is None:
        return None
    named = outcomes.find(key)
    if named is None:
        raise Conflict(str(_("One of these outcomes is not there any more. Look at the board again.")))
    return named


def _said(named: Named | None) -> dict[str, str | None]:
    """An outcome as the history keeps it: its kind, and its name if it has one of its own."""
    return {"outcome": named.kind.value, "named": named.own_name} if named else {"outcome": None}


def _version(row: Decision | None) -> int:
    return row.version if row is not None else 0


def _decide_one(
    uow: UnitOfWork, edition: Edition, submission: Submission, row: Decision | None, named: Named | None
) -> Decision:
    is_reopened = row is not None and row.reopened_at is not None
    if not rules.may_decide(submission.state, is_reopened=is_reopened):
        raise Conflict(str(_("The decision on #%(number)s is out already.", number=submission.number)))
    waits = submission.state is State.WAITLISTED and not is_reopened
    if waits and named is not None and named.kind is Outcome.WAITLIST:
        raise Conflict(str(_("#%(number)s is on the waitlist already.", number=submission.number)))
    if row is None:
        row = Decision(submission_id=submission.id, version=0)
        uow.session.add(row)
    row.outcome, row.outcome_id = (named.kind, named.id) if named else (None, None)
    row.decided_at, row.decided_by, row.released_at = uow.now, acting_person(uow).id, None
    row.version += 1
    record(uow, "decided", "submission", submission.id, edition_id=edition.id, **_said(named))
    return row


# -- recommendations ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Advice:
    """What somebody recommends for one submission: the key of an outcome, and why. No outcome takes it back."""

    outcome: str | None
    reason: str = ""


def recommend(uow: UnitOfWork, edition: Edition, advice: Mapping[int, Advice]) -> int:
    """Say what one would decide, by submission number: the chairs see it beside the decision, nobody else does.

    Only for what one may see at the desk and what is still to be decided. Returns how many changed.
    """
    standing = require(uow, edition, rules.MAY_RECOMMEND)
    person = acting_person(uow)
    outcomes = outcomes_of(uow.session, edition.id)
    found = submissions.by_numbers(uow.session, edition.id, standing, list(advice))
    if advice.keys() - found.keys():
        raise NotFound
    own = queries.recommendations_by(uow.session, person.id, [s.id for s in found.values()])
    changed = 0
    for number, said in advice.items():
        named, row = named_by(outcomes, said.outcome), own.get(found[number].id)
        if _is_same(outcomes, row, named, said.reason):
            continue
        changed += 1
        if named is None:
            uow.session.delete(row)
        else:
            if row is None:
                row = Recommendation(submission_id=found[number].id, person_id=person.id)
                uow.session.add(row)
            row.outcome, row.outcome_id, row.reason, row.made_at = named.kind, named.id, said.reason[:500], uow.now
        record(uow, "recommended", "submission", found[number].id, edition_id=edition.id, **_said(named))
    uow.session.flush()
    return changed


def _is_same(outcomes: Outcomes, row: Recommendation | None, named: Named | None, reason: str) -> bool:
    if row is None or named is None:
        return row is None and named is None
    return outcomes.chosen(row) == named and row.reason == reason


# -- the release --------------------------------------------------------------------------------------------------


def confirm_by(uow: UnitOfWork, edition: Edition) -> ConfirmBy:
    """Until when the accepted are asked to confirm, each by the date of its round or track (one query)."""
    return ConfirmBy(calls.plan_for(uow.session, edition.id, DateKey.CONFIRM_BY), uow.now)


def release(uow: UnitOfWork, edition: Edition, seen: str | None = None, part: Within = EVERYTHING) -> int:
    """Release every pending decision of that part in one act: states, mails and pages change together, or not at all.

    `seen` is `rules.release_digest` of what the chair read; Changed is raised if something else is pending now. A
    decision on the chair's own work is not among them: another chair releases it. Returns how many were released;
    raises Conflict if there is none, so that a second click releases nothing twice.
    """
    return release_as(uow, edition, require(uow, edition, MAY_DECIDE), seen, part)


def release_as(
    uow: UnitOfWork, edition: Edition, standing: Standing, seen: str | None = None, part: Within = EVERYTHING
) -> int:
    """As `release`, for whoever was asked already whether they may: what that standing sees is released."""
    require_on(workshops.locked_edition(uow.session, edition.id))
    pending = queries.pending_decisions(uow.session, edition.id, standing, part, lock=True)
    if not pending:
        raise Conflict(str(_("There is nothing to release. Perhaps somebody did it a moment ago.")))
    if seen is not None and seen != digest(pending):
        raise Changed
    outcomes, by = outcomes_of(uow.session, edition.id), confirm_by(uow, edition)
    letters = emails.decisions(uow, edition, outcomes, pending, by.of)
    for decision, submission in pending:
        _release_one(uow, edition, outcomes, decision, submission, by.of(submission), letters[submission.id])
    uow.session.flush()
    return len(pending)


def digest(pending: Collection[tuple[Decision, Submission]]) -> str:
    """A name for exactly these pending decisions."""
    return rules.release_digest((d.submission_id, d.version, d.outcome) for d, _s in pending if d.outcome is not None)


def _release_one(
    uow: UnitOfWork,
    edition: Edition,
    outcomes: Outcomes,
    decision: Decision,
    submission: Submission,
    by: Deadline | None,
    letters: Iterable[Letter],
) -> None:
    named = outcomes.chosen(decision)
    before = submission.state
    target = rules.after(named.kind, before, is_reopened=decision.reopened_at is not None) if named else None
    if named is None or target is None:
        raise Conflict(str(_("The decision on #%(number)s is out already.", number=submission.number)))
    decision.released_at, decision.reopened_at = uow.now, None
    submission.state, submission.outcome, submission.decided_at = target, named.kind, uow.now
    submission.outcome_name = named.own_name or None
    is_accepted = target is State.ACCEPTED
    submission.confirm_by, submission.confirm_by_zone = (by.at, by.zone) if is_accepted and by else (None, None)
    submission.version += 1
    record(uow, "released", "submission", submission.id, edition_id=edition.id, **_said(named))
    for letter in letters:
        post(uow, letter)
    uow.tell(SubmissionDecided(submission.id, edition.id))
    if before is State.ACCEPTED and not is_accepted:
        uow.tell(SubmissionTurnedDown(submission.id, edition.id))


def release_now(
    uow: UnitOfWork, edition: Edition, submission: Submission, named: Named, by: Deadline, freed: bool = False
) -> None:
    """Decide and release one submission at once, as a place off the waitlist is. Needs its authors; locked."""
    known = queries.decisions_of(uow.session, [submission.id]).get(submission.id)
    if known is not None and known.outcome is not None and known.released_at is None:
        raise Conflict(
            str(_("A decision on #%(number)s is pending. Release it or take it back first.", number=submission.number))
        )
    outcomes = outcomes_of(uow.session, edition.id)
    row = _decide_one(uow, edition, submission, known, named)
    uow.session.flush()
    letters = emails.decisions(uow, edition, outcomes, [(row, submission)], lambda _work: by, is_place_freed=freed)
    _release_one(uow, edition, outcomes, row, submission, by, letters[submission.id])
    uow.session.flush()


# -- a second decision --------------------------------------------------------------------------------------------

MOST_REOPENED = 1000


def decide_again(uow: UnitOfWork, edition: Edition, numbers: Collection[int], reason: str = "") -> int:
    """Open released decisions for a second one, after the authors' response say. What was released is kept.

    Until the second decision is released the first holds: nothing changes for the authors, and nobody is told.
    """
    standing = require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    wanted = list(dict.fromkeys(numbers))[:MOST_REOPENED]
    if not wanted:
        raise Conflict(str(_("Choose what is to be decided again.")))
    found = submissions.by_numbers(uow.session, edition.id, standing, wanted)
    if set(wanted) - found.keys():
        raise NotFound
    known = queries.decisions_of(uow.session, [s.id for s in found.values()])
    for number in wanted:
        _reopen(uow, edition, found[number], known.get(found[number].id), reason)
    uow.session.flush()
    return len(wanted)


def _reopen(uow: UnitOfWork, edition: Edition, submission: Submission, row: Decision | None, reason: str) -> None:
    is_pending = row is not None and row.outcome is not None and row.released_at is None
    is_reopened = row is not None and row.reopened_at is not None
    if submission.state not in rules.REOPENABLE or submission.outcome is None or is_pending or is_reopened:
        raise Conflict(
            str(
                _(
                    "#%(number)s cannot be decided again now: its place is confirmed or given back, or a decision "
                    "on it is being made already.",
                    number=submission.number,
                )
            )
        )
    uow.session.add(
        EarlierDecision(
            submission_id=submission.id,
            outcome=submission.outcome,
            name=submission.outcome_name,
            released_at=submission.decided_at,
            reopened_at=uow.now,
            reopened_by=acting_person(uow).id,
            reason=reason[:300],
        )
    )
    if row is None:
        row = Decision(submission_id=submission.id, decided_at=uow.now, version=0)
        uow.session.add(row)
    row.outcome, row.outcome_id, row.released_at, row.reopened_at = None, None, None, uow.now
    row.version += 1
    record(uow, "opened again", "submission", submission.id, edition_id=edition.id)


# -- the authors' answer ------------------------------------------------------------------------------------------


def answer(uow: UnitOfWork, edition: Edition, number: int, *, confirm: bool) -> Submission:
    """An author confirms the place in the programme, or gives it back."""
    person = acting_person(uow)
    submission = submissions.find_own(uow.session, edition.id, number, person.id, lock=True)
    if submission is None:
        raise NotFound
    if confirm and submission.state is State.CONFIRMED:
        return submission
    if confirm:
        require_on(edition)
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
        row.outcome, row.outcome_id, row.released_at, row.reopened_at = None, None, None, None
        row.version += 1
        uow.session.flush()
