"""The verbs of stored proposals: ask for one, work out what was asked for, note its awards as decisions."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import structlog
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.accounts.queries import find_person
from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.funds import queries as fund_rows
from workshop_manager.grants import deciding
from workshop_manager.grants import queries as grants
from workshop_manager.grants.deciding import Proposal
from workshop_manager.grants.states import Verdict
from workshop_manager.proposals import queries, working
from workshop_manager.proposals.models import GrantProposal, GrantProposalRow
from workshop_manager.proposals.queries import Basis
from workshop_manager.proposals.settings import Settings, dumped, loaded
from workshop_manager.proposals.working import WorkedOut
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_GRANTS
from workshop_manager.workshops.service import acting_person, require

JOB = "work-out-grant-proposals"
MOST_WAITING = 5
"""So many of one person can wait to be worked out."""
log = structlog.get_logger("workshop_manager.proposals")


def ask(uow: UnitOfWork, edition: Edition, settings: Settings) -> GrantProposal:
    """Have a proposal worked out; nothing is decided by it."""
    require(uow, edition, MAY_GRANTS)
    me = acting_person(uow)
    workshops.locked_edition(uow.session, edition.id)
    if queries.waiting_of(uow.session, edition.id, me.id) >= MOST_WAITING:
        raise Conflict(str(_("Several of yours are being worked out. Wait until they are there.")))
    made = GrantProposal(
        edition_id=edition.id, number=queries.newest_number(uow.session, edition.id) + 1, settings=dumped(settings),
        made_by=me.id, made_at=uow.now,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    nudge = current_app.extensions.get("nudge")
    if nudge is not None:
        uow.after_commit(f"nudge:{JOB}", lambda: nudge(JOB))
    return made


def work_all(database: Database, clock: Clock) -> None:
    """A job: work out what was asked for. No transaction is open while the solver is at work."""
    with unit_of_work(database, clock) as uow:
        waiting = list(queries.to_work_out(uow.session))
    for proposal_id in waiting:
        try:
            _work_out(database, clock, proposal_id)
        except Exception as error:  # others get theirs
            log.error("proposal not worked out", proposal=proposal_id, exc_info=error)
            with unit_of_work(database, clock) as uow:
                row = uow.session.get(GrantProposal, proposal_id, with_for_update=True)
                if row is not None and row.done_at is None:
                    row.is_failed = True


def _work_out(database: Database, clock: Clock, proposal_id: int) -> None:
    with unit_of_work(database, clock) as uow:
        row = uow.session.get(GrantProposal, proposal_id)
        person = find_person(uow.session, row.made_by) if row is not None and row.made_by is not None else None
        if row is None or person is None:
            raise NotFound
        standing = workshops.standing_of(uow.session, row.edition_id, person.id)
        found = queries.basis(uow.session, row.edition_id, standing, loaded(row.settings))
        locale = person.locale or "en"
    done = working.solved(found)
    more = working.further(done)
    with force_locale(locale), unit_of_work(database, clock) as uow:
        row = uow.session.get(GrantProposal, proposal_id, with_for_update=True)
        if row is not None and row.done_at is None:
            write_down(uow, row, done, more)


def write_down(uow: UnitOfWork, row: GrantProposal, done: WorkedOut, more: list[dict[str, Any]]) -> None:
    """Keep what was worked out; nothing of it is changed afterwards."""
    row.digest, row.result, row.done_at = digest_of(done.basis), working.figures(done, more), uow.now
    for one in working.items(done):
        uow.session.add(_row(row.id, one))
    uow.session.flush()


def _row(proposal_id: int, one: Mapping[str, Any]) -> GrantProposalRow:
    return GrantProposalRow(
        proposal_id=proposal_id, application_id=one["application"], rank=one["rank"], asked=one["asked"],
        amount=one["amount"], currency=one["currency"], reason=one["reason"], sentence=one["sentence"],
        awards={str(award["line"]): [award["fund_id"], award["amount"], award["kind"]] for award in one["awards"]},
    )  # fmt: skip


def digest_of(found: Basis) -> str:
    """Names what a proposal is worked out from; another one once anybody applies, scores, decides or moves money."""
    applicants = [*found.problem.applicants, *found.kept_out.values()]
    said = [
        [[one.id, one.rank, [[ask.id, ask.asked] for ask in one.asks], sorted(one.submissions)] for one in applicants],
        [[fund.id, fund.amount, fund.left] for fund in found.funds.values()],
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def is_stale(uow: UnitOfWork, edition: Edition, found: GrantProposal) -> bool:
    """Something it was worked out from has changed, as whoever asked for it sees that."""
    if found.made_by is None:
        return True
    standing = workshops.standing_of(uow.session, edition.id, found.made_by)
    return digest_of(queries.basis(uow.session, edition.id, standing, loaded(found.settings))) != found.digest


def supposes_money(settings: Settings, funds: Mapping[int, Any]) -> bool:
    """It was worked out with more money than a fund holds."""
    return any(minor > funds[fund].amount for fund, minor in settings.budgets.items() if fund in funds)


def note(uow: UnitOfWork, edition: Edition, number: int) -> int:
    """Note its awards as decisions that wait to be released, and everybody else for the waitlist. Says how many.

    Nobody is told, and nothing is offered: a person releases it.
    """
    standing = require(uow, edition, MAY_GRANTS)
    fund_rows.locked_funds(uow.session, edition.id)
    found = queries.proposal(uow.session, edition.id, standing, number)
    if found is None or found.done_at is None:
        raise NotFound
    funds = {fund.id: fund for fund in fund_rows.funds(uow.session, edition.id)}
    if supposes_money(loaded(found.settings), funds):
        raise Conflict(str(_("It supposes money that is not there. Raise the fund first, and work it out again.")))
    if is_stale(uow, edition, found):
        raise Conflict(str(_("Applications, scores or funds have changed since. Work it out again.")))
    rows = queries.rows_of(uow.session, found.id)
    for row in rows:
        _note_one(uow, edition, row, Verdict.WAITLIST)
    for row in rows:  # after the others, so that what they had proposed is free
        if row.awards:
            _note_one(uow, edition, row, Verdict.OFFER)
    found.noted_at, found.noted_by = uow.now, acting_person(uow).id
    record(uow, "grant proposal noted", "edition", edition.id, edition_id=edition.id, number=number)
    uow.session.flush()
    return len(rows)


def _note_one(uow: UnitOfWork, edition: Edition, row: GrantProposalRow, verdict: Verdict) -> None:
    if verdict is Verdict.WAITLIST and row.awards:
        return
    application = grants.find_locked(uow.session, row.application_id)
    if application is None:
        raise NotFound
    amounts = {int(line): (int(fund), int(minor)) for line, (fund, minor, _kind) in row.awards.items()}
    deciding.propose(uow, edition, row.application_id, Proposal(verdict, amounts), started_from=application.seen)
