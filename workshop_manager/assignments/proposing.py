"""Verbs of the automatic assignment: ask for one, change it by hand, apply it; and the job that works it out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import delete, insert

from workshop_manager.assignments import queries
from workshop_manager.assignments.basis import Basis, Pairs
from workshop_manager.assignments.models import Assignment, Proposal, ProposedPair
from workshop_manager.assignments.rules import BUSY
from workshop_manager.assignments.service import assign_pairs
from workshop_manager.assignments.settings import Result, Settings
from workshop_manager.assignments.states import PairKind, ProposalState
from workshop_manager.conflicts.queries import conflict_pairs
from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.submissions import queries as submissions
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MACHINE, MAY_SUBMISSIONS, Standing
from workshop_manager.workshops.service import acting_person, require

if TYPE_CHECKING:
    from workshop_manager.assignments.pairing import Pair

JOB = "assignments.solve"
LEFT_BEHIND = timedelta(minutes=15)
"""A proposal begun that long ago and not finished: its worker is gone."""
TOLD_EVERY = 4
"""Every so many steps the page hears how far it is: each telling is a transaction."""


class Stale(Conflict):
    """What a proposal was worked out from is no longer so."""


def _own(uow: UnitOfWork, edition: Edition) -> tuple[Standing, Proposal]:
    standing = require(uow, edition, MAY_SUBMISSIONS)
    found = queries.find_proposal(uow.session, edition.id, acting_person(uow).id, lock=True)
    if found is None:
        raise NotFound
    return standing, found


def ask(uow: UnitOfWork, edition: Edition, settings: Settings) -> Proposal:
    """Have an assignment worked out for the acting chair, over what they may see. What they set by hand stays set."""
    require(uow, edition, MAY_SUBMISSIONS)
    chair = acting_person(uow)
    found = queries.find_proposal(uow.session, edition.id, chair.id, lock=True)
    if found is None:
        found = Proposal(edition_id=edition.id, chair_id=chair.id, version=0)
        uow.session.add(found)
    found.state, found.asked_at, found.begun_at = ProposalState.WAITING, uow.now, None
    found.version += 1
    found.done = found.of = 0
    found.settings, found.result, found.basis = settings.kept(), {}, {}
    uow.session.flush()
    nudge = current_app.extensions.get("nudge")
    if nudge is not None:
        uow.after_commit(f"nudge:{JOB}", lambda: nudge(JOB))
    return found


def discard(uow: UnitOfWork, edition: Edition) -> None:
    """Forget the proposal, and what was set by hand in it."""
    _standing, found = _own(uow, edition)
    uow.session.delete(found)
    uow.session.flush()


def set_by_hand(uow: UnitOfWork, edition: Edition, number: int, reviewer_id: int, kind: PairKind | None) -> None:
    """Put a pair into the proposal (BY_HAND), bar it (BARRED), or leave it to the next run (None).

    What is set stays set when it is worked out again. A conflict of interest cannot be overruled.
    """
    standing, found = _own(uow, edition)
    if found.state is not ProposalState.READY:
        raise Conflict(str(_("It is still being worked out. Wait a moment.")))
    work = submissions.find_row_at_desk(uow.session, edition.id, standing, number)
    if work is None:
        raise NotFound
    row = uow.session.get(ProposedPair, (found.id, work.id, reviewer_id))
    if kind is PairKind.BY_HAND:
        _require_possible(uow, edition, standing, work.id, reviewer_id)
    elif row is None:
        raise NotFound
    if kind is None:
        uow.session.delete(row)
    elif row is None:
        uow.session.add(ProposedPair(proposal_id=found.id, submission_id=work.id, reviewer_id=reviewer_id, kind=kind))
    else:
        row.kind = kind
    found.version += 1
    uow.session.flush()


def _require_possible(uow: UnitOfWork, edition: Edition, standing: Standing, work: int, reviewer_id: int) -> None:
    if queries.find_reviewer(uow.session, edition.id, reviewer_id) is None:
        raise Conflict(str(_("Choose somebody who reviews for this edition.")))
    if any((w, p) == (work, reviewer_id) for w, p, _why in conflict_pairs(uow.session, edition.id)):
        raise Conflict(str(_("They have a conflict of interest with it. Choose somebody else.")))
    if (work, reviewer_id) in queries.given_pairs(uow.session, edition.id, standing):
        raise Conflict(str(_("They have it already.")))


def apply(uow: UnitOfWork, edition: Edition, version: int) -> list[Assignment]:
    """Assign what the proposal says, in one act, with one mail a reviewer; then it is gone.

    Refused if the proposal is not the one that was looked at, or if what it rests on has changed.
    """
    standing, found = _own(uow, edition)
    if found.state is not ProposalState.READY or found.version != version:
        raise Stale(str(_("The proposal changed since this page was opened. Look at it again, then apply it.")))
    queries.lock_assigning(uow.session, edition.id)
    loads = queries.loads_of_reviewers(uow.session, edition.id)
    if changed := changes(found, queries.now(uow.session, edition.id, standing, loads)):
        raise Stale(str(_("%(what)s Nothing was assigned. Work it out again.", what=" ".join(changed))))
    made = assign_pairs(uow, edition, queries.pairs_to_apply(uow.session, found), standing)
    if not made:
        raise Conflict(str(_("There is nothing in it to assign.")))
    _record(uow, edition, made)
    uow.session.delete(found)
    uow.session.flush()
    return made


_CHANGES = {
    "works": _l("Abstracts came in or left since this was worked out."),
    "reviewers": _l("Somebody joined or left the reviewers, or changed how much they take."),
    "conflicts": _l("A conflict of interest came up or was lifted."),
    "assignments": _l("Somebody assigned or took back reviews meanwhile."),
}


def changes(proposal: Proposal, now: queries.Now) -> list[str]:
    """What is no longer as it was when the proposal was worked out, each as a sentence."""
    return [str(words) for kind, words in _CHANGES.items() if proposal.basis.get(kind) != now.digests[kind]]


# -- working it out -----------------------------------------------------------------------------------------------


def run(database: Database, clock: Clock) -> None:
    """The job: work out every proposal that somebody waits for, one after the other."""
    with unit_of_work(database, clock) as uow:
        stale = Proposal.begun_at < uow.now - LEFT_BEHIND
        waiting = list(queries.waiting_proposals(uow.session, stale))
    for proposal_id in waiting:
        _run_one(database, clock, proposal_id)


def _run_one(database: Database, clock: Clock, proposal_id: int) -> None:
    with unit_of_work(database, clock) as uow:
        begun = _begin(uow, proposal_id)
    if begun is None:
        return
    told = _Teller(database, clock, begun)
    try:
        pairs, result = begun.solve(told.tell)
    except Exception:
        with unit_of_work(database, clock) as uow:
            _keep(uow, begun, None, [])
        raise
    with unit_of_work(database, clock) as uow:
        _keep(uow, begun, result, pairs)


def work_out_now(uow: UnitOfWork, proposal: Proposal) -> None:
    """The job's work in one transaction, for whoever waits for it: commands and the demo."""
    begun = _begin(uow, proposal.id)
    if begun is not None:
        pairs, result = begun.solve()
        _keep(uow, begun, result, pairs)


def work_out_all(uow: UnitOfWork, edition: Edition, settings: Settings) -> "tuple[list[Pair], Result]":
    """For a command: an assignment over everything that waits for reviews, worked out at once and not kept."""
    from workshop_manager.assignments.pairing import solve

    basis, _given = queries.basis(uow.session, edition.id, MACHINE, uow.now.date())
    return solve(basis, settings)


def assign_all(uow: UnitOfWork, edition: Edition, pairs: "list[Pair]") -> list[Assignment]:
    """For a command: assign what was worked out in the same transaction, with one mail a reviewer."""
    made = assign_pairs(uow, edition, [(pair.submission_id, pair.reviewer_id) for pair in pairs], MACHINE)
    _record(uow, edition, made)
    return made


def _record(uow: UnitOfWork, edition: Edition, made: list[Assignment]) -> None:
    people = len({row.reviewer_id for row in made})
    record(uow, "assignments applied", "edition", edition.id, edition_id=edition.id, number=len(made), reviewers=people)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A proposal that is being worked out, as it was asked for."""

    proposal_id: int
    version: int
    settings: Settings
    basis: Basis
    given: Pairs

    def solve(self, progress: Callable[[int, int], None] | None = None) -> "tuple[list[Pair], Result]":
        # Here, so that neither numpy nor the solver is in the memory of who serves pages.
        from workshop_manager.assignments.pairing import solve
        from workshop_manager.assignments.solving import no_progress

        return solve(self.basis, self.settings, progress or no_progress)


def _begin(uow: UnitOfWork, proposal_id: int) -> _Begun | None:
    """Claim it and read what it needs; None if nobody waits for it any more."""
    found = uow.session.get(Proposal, proposal_id, with_for_update=True)
    if found is None or found.state not in BUSY:
        return None
    found.state, found.begun_at = ProposalState.RUNNING, uow.now
    standing = workshops.standing_of(uow.session, found.edition_id, found.chair_id)
    basis, given = queries.basis(uow.session, found.edition_id, standing, uow.now.date(), found.id)
    return _Begun(found.id, found.version, Settings.read(found.settings), basis, given)


class _Teller:
    """Writes down how far the solver is."""

    def __init__(self, database: Database, clock: Clock, begun: _Begun) -> None:
        self.database, self.clock, self.begun = database, clock, begun

    def tell(self, done: int, of: int) -> None:
        """Every few steps, as long as it is still asked for."""
        if done % TOLD_EVERY:
            return
        with unit_of_work(self.database, self.clock) as uow:
            found = uow.session.get(Proposal, self.begun.proposal_id)
            if found is not None and found.version == self.begun.version:
                found.done, found.of = done, of


def _keep(uow: UnitOfWork, begun: _Begun, result: Result | None, pairs: "list[Pair]") -> None:
    """Keep what was found, unless it was discarded or asked for anew meanwhile; no result: it failed."""
    found = uow.session.get(Proposal, begun.proposal_id, with_for_update=True, populate_existing=True)
    if found is None or found.version != begun.version:
        return
    uow.session.execute(
        delete(ProposedPair).where(ProposedPair.proposal_id == found.id, ProposedPair.kind == PairKind.FOUND)
    )
    found.version += 1
    if result is None:
        found.state = ProposalState.FAILED
        return
    found.state, found.result, found.basis = ProposalState.READY, result.kept(), begun.basis.digests(begun.given)
    rows = [
        {
            "proposal_id": found.id,
            "submission_id": pair.submission_id,
            "reviewer_id": pair.reviewer_id,
            "kind": PairKind.FOUND,
            "fit": pair.fit,
            "bid": pair.bid,
            "known": pair.known,
            "topics": pair.topics,
            "alike": pair.alike,
        }
        for pair in pairs
    ]
    if rows:
        uow.session.execute(insert(ProposedPair), rows)
    uow.session.flush()


def made_sentence(made: list[Assignment]) -> str:
    """What a chair reads after applying."""
    people = len({row.reviewer_id for row in made})
    assigned = ngettext("%(num)s assignment made.", "%(num)s assignments made.", len(made))
    return f"{assigned} {ngettext('One mail tells the reviewer.', '%(num)s reviewers get one mail each.', people)}"
