"""Money that came back goes to the next in rank whom it can really help, by the rules of a proposal.

What came back is read from the ledger, so whatever returned it (an answer, an end, a paper that left, a claim) counts,
and a job that is killed finds the same again. Whoever offers holds the locks of the edition's funds, and each offer
uses up what came back in the same transaction: the same money is never offered twice.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import structlog
from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.deadlines import Deadline, instant
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, one_by_one
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.grants import authors, deciding
from workshop_manager.grants import queries as grants
from workshop_manager.grants.models import Application, Award
from workshop_manager.grants.money import Funds, note
from workshop_manager.grants.rules import needs
from workshop_manager.grants.states import AwardState, State, Verdict
from workshop_manager.proposals import queries, succession_queries
from workshop_manager.proposals.rules import Applicant, MostPer, Problem
from workshop_manager.proposals.succession_models import Handover, Next, Passing, SuccessionSettings, Successor
from workshop_manager.proposals.succession_rules import Returned, unspent, use
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MACHINE, MAY_FUNDS
from workshop_manager.workshops.service import require

log = structlog.get_logger("workshop_manager.proposals")
Amounts = Mapping[int, tuple[int, int]]
"""By line: (fund, minor units)."""


def choose(uow: UnitOfWork, edition: Edition, mode: Passing, days: int, *, started_from: int) -> None:
    """Say what happens to money that comes back, and how many days the next has to answer."""
    require(uow, edition, MAY_FUNDS)
    workshops.locked_edition(uow.session, edition.id)
    row = succession_queries.settings_of(uow.session, edition.id, lock=True)
    if row.version != started_from:
        raise Stale(str(_("Somebody changed this after you opened it. Nothing of yours is saved.")))
    if not 1 <= days <= 60:
        raise FieldConflict("days", str(_("From 1 to 60 days.")))
    row.mode, row.days, row.looked_at = mode, days, ""
    row.version += 1
    uow.session.add(row)
    if mode is not Passing.ASK:
        for one in succession_queries.waiting(uow.session, edition.id):
            one.state, one.ended_at = Next.DROPPED, uow.now
    record(uow, "succession-set", "edition", edition.id, edition_id=edition.id, mode=mode.value, days=days)
    uow.session.flush()


def pass_on_returned(database: Database, clock: Clock) -> None:
    """The job: every edition whose returned money is passed on, each in a transaction of its own."""
    one_by_one(
        database,
        clock,
        lambda uow: succession_queries.passing_on(uow.session),
        pass_on,
        lambda edition_id, error: log.error("returned money not passed on", edition=edition_id, exc_info=error),
    )


@dataclass(slots=True)
class _Purse:
    """What came back and what is left, by fund, less what waits for an organiser or for its release."""

    back: dict[int, deque[Returned]]
    left: dict[int, int]

    def take(self, amounts: Amounts) -> None:
        for fund_id, minor in amounts.values():
            self.left[fund_id] = self.left.get(fund_id, 0) - minor
            use(self.back.setdefault(fund_id, deque()), minor)

    @property
    def has_money(self) -> bool:
        return any(waiting and self.left.get(fund_id, 0) > 0 for fund_id, waiting in self.back.items())


def pass_on(uow: UnitOfWork, edition_id: int) -> list[int]:
    """Offer what came back, or suggest it to the organisers; the applications, by rank."""
    funds = fund_rows.locked_funds(uow.session, edition_id)
    settings = succession_queries.settings_of(uow.session, edition_id, lock=True)
    edition = workshops.get_edition(uow.session, edition_id)
    progress = succession_queries.progress(uow.session, edition_id)
    if settings.mode is Passing.OFF or edition.cancelled_at is not None or settings.looked_at == progress:
        return []
    gone = succession_queries.without_paper(uow.session, edition_id)
    purse = _purse(uow, edition_id, funds, gone)
    found: list[int] = []
    if purse.has_money:
        found = _pass_on(uow, edition, settings, funds, purse, gone)
    # What is found is history itself, so the next run looks once more; nothing found is not worked out again.
    settings.looked_at = progress
    uow.session.flush()
    return found


def _purse(uow: UnitOfWork, edition_id: int, funds: Funds, gone: frozenset[int]) -> _Purse:
    noted = succession_queries.noted(uow.session, edition_id)
    purse = _Purse(
        {
            fund_id: unspent(moves)
            for fund_id, moves in succession_queries.available_moves(uow.session, edition_id).items()
            if fund_id in funds
        },
        {fund.id: max(0, fund.left - noted.get(fund.id, 0)) for fund in funds.values()},
    )
    for one in succession_queries.waiting(uow.session, edition_id):
        application = grants.find_locked(uow.session, one.application_id)
        amounts = _amounts(one)
        fits = all(purse.left.get(fund_id, 0) >= minor for fund_id, minor in amounts.values())
        if application is None or not fits or not _is_waiting(application, gone) or application.seen != one.seen:
            one.state, one.ended_at = Next.DROPPED, uow.now
        else:
            purse.take(amounts)
    uow.session.flush()
    return purse


def _amounts(one: Successor) -> Amounts:
    return {int(line_id): (fund_id, minor) for line_id, (fund_id, minor) in one.amounts.items()}


def _is_waiting(application: Application, gone: frozenset[int]) -> bool:
    """On the waitlist with nothing noted, somebody who is still there and whose paper is too."""
    return (
        application.state is State.WAITLISTED
        and application.verdict is None
        and application.person_id is not None
        and application.person_id not in gone
    )


def _pass_on(
    uow: UnitOfWork, edition: Edition, settings: SuccessionSettings, funds: Funds, purse: _Purse, gone: frozenset[int]
) -> list[int]:
    basis = queries.basis(uow.session, edition.id, MACHINE, queries.latest_settings(uow.session, edition.id))
    suggested = {one.application_id for one in succession_queries.waiting(uow.session, edition.id)}
    taken, helped = set(basis.problem.funded), dict(basis.problem.helped)
    for one in basis.problem.applicants:
        if one.id in suggested:
            taken |= one.submissions
    found = []
    for one in sorted(basis.problem.applicants, key=lambda each: each.rank):
        if not purse.has_money:
            break
        if one.id in suggested or not _is_waiting(basis.applications[one.id], gone):
            continue
        problem = replace(basis.problem, funded=frozenset(taken), helped=helped)
        amounts = _help(problem, one, purse)
        if not amounts:
            continue
        _make(uow, edition, settings, funds, one.id, amounts)
        purse.take(amounts)
        taken |= one.submissions
        if one.institution:
            helped[one.institution] = helped.get(one.institution, 0) + 1
        found.append(one.id)
    return found


def _help(problem: Problem, one: Applicant, purse: _Purse) -> Amounts:
    """The best for this person from funds to which something came back; nothing if it would not really help."""
    # Here, so that the solver is not in the memory of who serves pages.
    from workshop_manager.proposals import solver

    most = min((aim.most for aim in problem.aims if isinstance(aim, MostPer)), default=None)
    if most is not None and one.institution and problem.helped.get(one.institution, 0) >= most:
        return {}
    pots = tuple(replace(pot, left=purse.left.get(pot.id, 0)) for pot in problem.pots if purse.back.get(pot.id))
    alone = replace(problem, applicants=(one,), pots=pots, aims=())
    return solver.solve(alone).awards.get(one.id, {}) if solver.is_eligible(alone, one) else {}


def _make(
    uow: UnitOfWork, edition: Edition, settings: SuccessionSettings, funds: Funds, application_id: int, amounts: Amounts
) -> None:
    application = grants.find_locked(uow.session, application_id)
    if application is None:
        return
    if settings.mode is Passing.AUTOMATIC:
        _offer(uow, edition, settings, funds, application, amounts)
        return
    uow.session.add(
        Successor(
            edition_id=edition.id,
            application_id=application.id,
            state=Next.WAITING,
            seen=application.seen,
            amounts={str(line_id): list(given) for line_id, given in amounts.items()},
            made_at=uow.now,
        )
    )
    note(uow, application, "next-suggested", sum(minor for _fund, minor in amounts.values()))
    uow.session.flush()


def _offer(
    uow: UnitOfWork, edition: Edition, settings: SuccessionSettings, funds: Funds, application: Application,
    amounts: Amounts,
) -> None:  # fmt: skip
    """Offer these amounts, and write down whose money they were."""
    needed = needs(amounts.values())
    # Without figures: whoever approves may not know what others got.
    if any(fund_id not in funds or funds[fund_id].left < minor for fund_id, minor in needed.items()):
        raise Conflict(str(_("The money is not there any more. Nothing was offered.")))
    back = {
        fund_id: unspent(moves)
        for fund_id, moves in succession_queries.available_moves(uow.session, edition.id).items()
    }
    for line in application.lines:
        if line.id in amounts:
            fund_id, minor = amounts[line.id]
            line.awards.append(
                Award(
                    application_id=application.id,
                    fund_id=fund_id,
                    state=AwardState.PROPOSED,
                    amount=minor,
                    changed_at=uow.now,
                )
            )
    application.verdict = Verdict.OFFER
    uow.session.flush()
    terms = deciding.Terms(*succession_queries.latest_terms(uow.session, edition.id))
    deciding.release_one(uow, edition, funds, application, _until(uow, edition, settings.days), terms)
    trail: list[tuple[int, int]] = []
    for line in application.lines:
        if line.live is not None:
            trail += _hand_over(uow, edition.id, line.live, use(back.get(line.live.fund_id, deque()), line.live.amount))
    note(uow, application, "succeeded", awards=trail)
    uow.session.flush()


def _hand_over(uow: UnitOfWork, edition_id: int, award: Award, parts: list[Returned]) -> list[tuple[int, int]]:
    """Write down whose money this award is; (award it came from, this one) for each."""
    sums: dict[tuple[int, int], int] = {}
    for part in parts:
        key = part.award_id, part.application_id
        sums[key] = sums.get(key, 0) + part.minor
    for (award_id, application_id), minor in sums.items():
        uow.session.add(
            Handover(
                edition_id=edition_id,
                fund_id=award.fund_id,
                from_award_id=award_id,
                from_application_id=application_id,
                to_award_id=award.id,
                to_application_id=award.application_id,
                minor=minor,
                at=uow.now,
            )
        )
    return [(award_id, award.id) for award_id, _application in sums]


def _until(uow: UnitOfWork, edition: Edition, days: int) -> Deadline:
    """The last minute of the day, so many days from today where the event takes place."""
    zone = edition.time_zone
    day = uow.now.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    return Deadline(instant(day, time(23, 59), zone), zone)


def approve(uow: UnitOfWork, edition: Edition, successor_id: int) -> Application:
    """An organiser agrees: the offer goes out at once. Sent again it does nothing."""
    standing = require(uow, edition, MAY_FUNDS)
    require_on(edition)
    funds = fund_rows.locked_funds(uow.session, edition.id)
    one = succession_queries.find(uow.session, edition.id, standing, successor_id)
    if one is None:
        raise NotFound
    application = grants.find_locked(uow.session, one.application_id)
    if application is None:
        raise NotFound
    if one.state is Next.OFFERED:
        return application
    gone = succession_queries.without_paper(uow.session, edition.id)
    if one.state is Next.DROPPED or application.seen != one.seen or not _is_waiting(application, gone):
        raise Conflict(str(_("This no longer fits: something changed since it was suggested. Nothing was offered.")))
    authors.require_one(uow, edition.id, standing, [application], field="chosen")
    _offer(uow, edition, succession_queries.settings_of(uow.session, edition.id), funds, application, _amounts(one))
    one.state, one.ended_at = Next.OFFERED, uow.now
    uow.session.flush()
    return application
