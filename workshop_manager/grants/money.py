"""What every verb of grants does with an application and its money: move it, commit, return, write the history.

Whoever calls holds the locks of the edition's funds (`queries.locked_funds`, always before the application's own).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, Forbidden
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import ledger
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.models import Fund
from workshop_manager.funds.states import Account
from workshop_manager.grants import queries, rules, words
from workshop_manager.grants.models import Application, Award, Line
from workshop_manager.grants.rules import COMMITTED
from workshop_manager.grants.states import Action, AwardState, CostKind

Funds = Mapping[int, Fund]
ACCOUNTS = {AwardState.OFFERED: Account.OFFERED, AwardState.ACCEPTED: Account.ACCEPTED}
"""Where the money of an award is; what was claimed or paid of it lies further on."""


def acting(uow: UnitOfWork) -> Person:
    """The person who acts; Forbidden for a visitor."""
    if not isinstance(uow.actor, Person):
        raise Forbidden(str(_("Sign in first.")))
    return uow.actor


def move(application: Application, action: Action) -> None:
    """To the state after that action; Conflict where the table has no way."""
    target = rules.leads_to(action, application.state)
    if target is None:
        state = words.state_name(application.state)
        raise Conflict(str(_("That is not possible: the application is now “%(state)s”.", state=state)))
    application.state = target


def give_back(
    uow: UnitOfWork,
    funds: Funds,
    application: Application,
    state: AwardState,
    *,
    only: Collection[CostKind] = frozenset(CostKind),
) -> int:
    """Return what is committed to its funds, all of it or of these kinds; says how much that was.

    What is claimed or paid has left the promise and stays: the award is then as large as that.
    """
    back: dict[Account, list[ledger.Slice]] = defaultdict(list)
    given = [line.live for line in application.lines if line.live is not None]
    there = fund_rows.award_balances(uow.session, [award.id for award in given])
    for line in application.lines:
        award = line.live
        if award is not None and award.state in COMMITTED and line.kind in only:
            account = ACCOUNTS[award.state]
            minor = min(award.amount, there.get((award.id, award.fund_id, account), 0))
            if minor:
                back[account].append(slice_of(funds, line, award, minor))
            shrink(uow, award, minor, state)
    _release(uow, application, back, state.value)
    return sum(one.minor for slices in back.values() for one in slices)


def slice_of(funds: Funds, line: Line, award: Award, minor: int) -> ledger.Slice:
    """That much of an award, for the ledger."""
    return ledger.Slice(funds[award.fund_id], minor, award.application_id, award.id, line.id, line.kind.value)


def shrink(uow: UnitOfWork, award: Award, minor: int, state: AwardState = AwardState.RETURNED) -> None:
    """So much of an award went back; what was claimed or paid of it stays given."""
    if minor:
        award.changed_at = uow.now
    if minor == award.amount:
        award.state = state
    else:
        award.amount -= minor


def _release(
    uow: UnitOfWork, application: Application, back: Mapping[Account, Sequence[ledger.Slice]], why: str
) -> None:
    for account, slices in back.items():
        if slices:
            ledger.release(uow, slices, account, key=_key(application, f"{why}:{account.value}"), reason=why)


def _key(application: Application, act: str) -> str:
    """Names an act with an application's money for ever: its version grows with each."""
    born = int(application.created_at.timestamp())
    return f"application:{application.id}:{born}:{application.version}:{act}"


def clear_verdict(application: Application) -> None:
    """Forget a pending decision and what it proposed."""
    application.verdict = None
    for line in application.lines:
        line.awards[:] = [award for award in line.awards if award.state is not AwardState.PROPOSED]


def drop_proposal(uow: UnitOfWork, application: Application) -> None:
    """As `clear_verdict`, with a line of history if there was something to forget."""
    if application.verdict is None and not any(line.live for line in application.lines):
        return
    clear_verdict(application)
    note(uow, application, "proposal-dropped")


def answered(uow: UnitOfWork, application: Application) -> None:
    """The applicant has answered, now."""
    application.answered_at = application.changed_at = uow.now
    application.version += 1


def note(uow: UnitOfWork, application: Application, action: str, minor: int | None = None, **details: object) -> None:
    """A line of the application's history."""
    if minor:
        details |= {"minor": minor, "currency": application.currency}
    kept = {name: value for name, value in details.items() if value is not None}
    record(uow, action, queries.SUBJECT, application.id, edition_id=application.edition_id, **kept)


def take(uow: UnitOfWork, funds: Funds, application: Application, wanted: Mapping[int, int]) -> int:
    """Every award as it is wanted, the rest back to its fund; says how much returned."""
    back: dict[Account, list[ledger.Slice]] = defaultdict(list)
    taken: list[ledger.Slice] = []
    for line in application.lines:
        award = line.live
        if award is None:
            continue
        minor, before = wanted[line.id], award.state
        if award.amount > minor:
            back[ACCOUNTS[before]].append(slice_of(funds, line, award, award.amount - minor))
        if minor and before is AwardState.OFFERED:
            taken.append(slice_of(funds, line, award, minor))
        award.changed_at = uow.now
        if minor:
            award.amount, award.state = minor, AwardState.ACCEPTED
        else:
            award.state = AwardState.DECLINED
    _release(uow, application, back, AwardState.DECLINED.value)
    if taken:
        ledger.accept(uow, taken, key=_key(application, "accepted"))
    return sum(one.minor for slices in back.values() for one in slices)


def commit_money(uow: UnitOfWork, funds: Funds, application: Application) -> None:
    """Everything proposed is offered, and counts against its fund from now on."""
    slices = []
    for line in application.lines:
        if line.live:
            line.live.changed_at = uow.now
            line.live.state = AwardState.OFFERED
            slices.append(slice_of(funds, line, line.live, line.live.amount))
    if slices:
        ledger.offer(uow, slices, key=_key(application, "offered"))
