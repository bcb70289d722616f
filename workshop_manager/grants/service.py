"""Verbs of applicants: apply, change, withdraw, answer an offer; offers that end; what other packages tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import structlog
from flask_babel import gettext as _

from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, one_by_one
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.funds.states import Account, Stage
from workshop_manager.grants import asking, authors, emails, queries, rounds, rules, words
from workshop_manager.grants.costs import Limits, nights
from workshop_manager.grants.costs import asked as asked_for
from workshop_manager.grants.models import Application, Line
from workshop_manager.grants.money import (
    Funds,
    acting,
    answered,
    clear_verdict,
    drop_proposal,
    give_back,
    move,
    note,
    take,
)
from workshop_manager.grants.rules import Phase
from workshop_manager.grants.states import Action, AwardState, CostKind, State, Upfront
from workshop_manager.questions.content import Answers
from workshop_manager.web.times import when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.events import EditionCancelled
from workshop_manager.workshops.models import Edition

log = structlog.get_logger("workshop_manager.grants")


# -- applying ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cost:
    """One kind of cost: the estimate in minor units, what for, what of it the person pays, and who pays all of it."""

    kind: CostKind
    estimate: int
    about: str = ""
    own: int = 0
    paid_by: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationContent:
    """What an applicant says; every estimate in `currency`."""

    currency: str
    costs: tuple[Cost, ...]
    statement: str
    cannot_front: bool = False
    other_funding: str = ""
    upfront: Upfront | None = None
    arrives_on: date | None = None
    departs_on: date | None = None
    stage: Stage | None = None
    presented_before: bool | None = None
    answers: Answers = field(default_factory=dict)
    """To what organisers ask besides, by question."""

    @property
    def asked(self) -> int:
        """What is hoped for, before any cap."""
        return sum(max(0, cost.estimate - cost.own) for cost in self.costs)

    @property
    def is_empty(self) -> bool:
        """Nothing is said at all."""
        said = (
            self.statement,
            self.other_funding,
            self.arrives_on,
            self.departs_on,
            self.stage,
            self.cannot_front,
            self.answers,
        )
        costs = any(cost.estimate or cost.about or cost.own or cost.paid_by for cost in self.costs)
        return not costs and not any(said) and self.presented_before is None

    @property
    def has_lodging(self) -> bool:
        return any(cost.kind is CostKind.LODGING and cost.estimate > 0 for cost in self.costs)


def _require_open(uow: UnitOfWork, edition: Edition, funds: Funds, found: Application | None) -> int:
    """The number of the round that takes applications now; Conflict where nothing of this one can be changed."""
    dates = workshops.dates_by_key(uow.session, edition.id)
    now = rounds.now(uow, edition, dates, has_funds=bool(funds))
    current, number = now.phase, now.window.number
    state = found.state if found else None
    was_given = found is not None and found.was_given
    if rules.may_edit(state, current, is_earlier=found is not None and found.round < number, was_given=was_given):
        return number
    require_on(edition)
    sentences = {
        Phase.UNDATED: _("Applications for grants are not announced yet."),
        Phase.AHEAD: _("Applications for grants are not open yet."),
        Phase.CLOSED: _("The deadline for grant applications has passed. Nothing was changed."),
        Phase.OPEN: _("This application is answered, so it cannot be changed any more."),
    }
    raise Conflict(str(sentences[current]))


def save(uow: UnitOfWork, edition: Edition, content: ApplicationContent, *, started_from: int) -> Application:
    """Begin or change one's application; a draft may lack anything, what is submitted stays complete.

    Raises Stale if it was saved elsewhere after version `started_from` (0: there was none).
    """
    person = acting(uow)
    funds = fund_rows.locked_funds(uow.session, edition.id)
    found = queries.application_of(uow.session, edition.id, person.id, lock=True)
    number = _require_open(uow, edition, funds, found)
    if found is not None and begins_again(found, number):
        found = None
    if (found.version if found else 0) != started_from:
        raise Stale(str(_("Another version was saved after you opened this page.")))
    if content.currency not in {fund.currency for fund in funds.values()}:
        raise FieldConflict("currency", str(_("No fund is in that currency. Choose one from the list.")))
    limits = queries.limits(uow.session, edition.id, content.currency)
    sheet = asking.sheet_of(uow, edition.id)
    _require_sound(content)
    if found is not None and found.state is State.SUBMITTED:
        asking.require_complete(uow, sheet, content.answers)
        _require_complete(content.asked, content.statement)
        _require_days(content.has_lodging, nights(content.arrives_on, content.departs_on), limits)
    application = found or _begin(uow, edition, person, content.currency, number)
    _apply(uow, application, content, limits)
    if application.state is State.DRAFT:  # also one that was begun in a round that is over
        application.round = number
    uow.session.flush()
    asking.save(uow, application, sheet, content.answers)
    return application


def _is_next(uow: UnitOfWork, edition: Edition, found: Application) -> bool:
    has_funds = bool(fund_rows.funds(uow.session, edition.id))
    now = rounds.now(uow, edition, workshops.dates_by_key(uow.session, edition.id), has_funds=has_funds)
    return now.phase is Phase.OPEN and begins_again(found, now.window.number)


def begins_again(application: Application, number: int) -> bool:
    """True if what was decided in an earlier round is over, so that another application can begin in round `number`."""
    return application.round < number and application.state in rules.OVER


def keep_typing(
    uow: UnitOfWork, edition: Edition, content: ApplicationContent, *, started_from: int
) -> Application | None:
    """Save a draft while it is typed, as `save` does. None: nothing is typed yet, so nothing is begun.

    Only a draft: what is handed in, and what was withdrawn, changes by the person's own act.
    """
    found = queries.application_of(uow.session, edition.id, acting(uow).id)
    if found is None and content.is_empty:
        return None
    if found is not None and found.state is not State.DRAFT and not _is_next(uow, edition, found):
        raise Conflict(str(_("What is handed in is changed with the button only.")))
    return save(uow, edition, content, started_from=started_from)


def _require_sound(content: ApplicationContent) -> None:
    """One source a line, and a stay that ends after it began: also in a draft, which would not say so later."""
    refusal = next(rules.refusals(content.costs, content.arrives_on, content.departs_on), None)
    if refusal is not None:
        raise FieldConflict(refusal.field, words.gap_text(refusal))


def _require_days(has_lodging: bool, stayed: int | None, limits: Limits) -> None:
    gap = rules.days_gap(limits.get(CostKind.LODGING), stayed, has_lodging=has_lodging)
    if gap is not None:
        raise FieldConflict(gap.field, words.gap_text(gap))


def _begin(uow: UnitOfWork, edition: Edition, person: Person, currency: str, number: int) -> Application:
    made = Application(
        edition_id=edition.id,
        person_id=person.id,
        person=person,
        round=number,
        state=State.DRAFT,
        currency=currency,
        created_at=uow.now,
        changed_at=uow.now,
        version=0,
        lines=[],
    )
    uow.session.add(made)
    return made


def _apply(uow: UnitOfWork, application: Application, content: ApplicationContent, limits: Limits) -> None:
    if application.state is State.WITHDRAWN:
        move(application, Action.REOPEN)
        application.submitted_at = application.released_at = application.answered_at = None
        application.accept_by = application.accept_by_zone = None
        note(uow, application, "reopened")
    elif application.state is State.SUBMITTED:
        note(uow, application, "changed")
    wanted = _settled(content, limits)
    if application.currency != content.currency or _outgrown(application, wanted):
        drop_proposal(uow, application)
    application.currency = content.currency
    application.statement = content.statement
    application.cannot_front = content.cannot_front
    application.upfront = content.upfront if content.cannot_front else None
    application.other_funding = content.other_funding
    application.paid_elsewhere = {cost.kind.value: cost.paid_by for cost in content.costs if cost.paid_by}
    application.arrives_on, application.departs_on = content.arrives_on, content.departs_on
    application.stage = content.stage.value if content.stage else None
    application.presented_before = content.presented_before
    application.changed_at = uow.now
    application.version += 1
    _set_lines(application, content.costs, wanted)


def _settled(content: ApplicationContent, limits: Limits) -> dict[CostKind, int]:
    """What is asked for by kind: estimates without one's own part, at most the caps."""
    stayed = nights(content.arrives_on, content.departs_on)
    return {cost.kind: asked_for(cost.estimate, cost.own, limits.get(cost.kind), stayed) for cost in content.costs}


def _outgrown(application: Application, asked: Mapping[CostKind, int]) -> bool:
    """True if something is proposed that is no longer asked for."""
    return any(line.live and line.live.amount > asked.get(line.kind, 0) for line in application.lines)


def _set_lines(application: Application, costs: Sequence[Cost], wanted: Mapping[CostKind, int]) -> None:
    known = {line.kind: line for line in application.lines}
    for line in [line for line in application.lines if wanted.get(line.kind, 0) <= 0]:
        application.lines.remove(line)
    order = list(CostKind)
    for cost in costs:
        if wanted[cost.kind] <= 0:
            continue
        line = known.get(cost.kind) or Line(kind=cost.kind, position=order.index(cost.kind), awards=[])
        if cost.kind not in known:
            application.lines.append(line)
        line.asked, line.estimate, line.own, line.about = wanted[cost.kind], cost.estimate, cost.own, cost.about
    application.lines.sort(key=lambda line: line.position)


def _require_complete(asked: int, statement: str) -> None:
    gap = next(rules.gaps(asked, statement), None)
    if gap is not None:
        raise FieldConflict(gap.field, words.gap_text(gap))


def submit(uow: UnitOfWork, edition: Edition) -> Application:
    """Hand in one's draft; a mail says that it is in."""
    person = acting(uow)
    funds = fund_rows.locked_funds(uow.session, edition.id)
    application = _own(uow, edition, person)
    number = _require_open(uow, edition, funds, application)
    if begins_again(application, number):
        raise Conflict(str(_("There is no draft to hand in. Begin an application for this round first.")))
    application.round = number
    _require_complete(application.asked, application.statement)
    sheet = asking.sheet_of(uow, edition.id)
    asking.require_complete(uow, sheet, asking.answers_of(uow, sheet, application))
    _require_days(
        any(line.kind is CostKind.LODGING for line in application.lines),
        nights(application.arrives_on, application.departs_on),
        queries.limits(uow.session, edition.id, application.currency),
    )
    move(application, Action.SUBMIT)
    application.submitted_at = uow.now
    application.version += 1
    note(uow, application, "submitted")
    emails.received(uow, edition, application)
    uow.session.flush()
    return application


def withdraw(uow: UnitOfWork, edition: Edition) -> Application:
    """Take one's application back, whatever became of it; money that was promised returns to its funds."""
    person = acting(uow)
    funds = fund_rows.locked_funds(uow.session, edition.id)
    application = _own(uow, edition, person)
    returned = _let_go(uow, funds, application)
    total = words.money(returned, application.currency) if returned else None
    emails.withdrawn(uow, edition, application, total)
    uow.session.flush()
    return application


def _let_go(uow: UnitOfWork, funds: Funds, application: Application) -> int:
    """Withdraw an application and say how much returned."""
    move(application, Action.WITHDRAW)
    clear_verdict(application)
    returned = give_back(uow, funds, application, AwardState.RETURNED)
    answered(uow, application)
    note(uow, application, "withdrawn", returned)
    return returned


def discard(uow: UnitOfWork, edition: Edition) -> None:
    """Remove one's draft for good."""
    person = acting(uow)
    application = _own(uow, edition, person)
    if application.state is not State.DRAFT or application.was_given:
        raise Conflict(str(_("Only a draft can be removed. Withdraw the application instead.")))
    asking.forget(uow, application)
    uow.session.delete(application)
    record(uow, "discarded", queries.SUBJECT, application.id, edition_id=edition.id)
    uow.session.flush()


def _own(uow: UnitOfWork, edition: Edition, person: Person) -> Application:
    application = queries.application_of(uow.session, edition.id, person.id, lock=True)
    if application is None:
        raise NotFound
    application.person = person
    return application


# -- answering ---------------------------------------------------------------------------------------------------------


def accept(uow: UnitOfWork, edition: Edition, taken: Mapping[int, int] | None = None) -> Application:
    """Accept one's offer, all of it or the lines in `taken` (minor units by line, at most what was offered).

    For who has accepted already, `taken` lowers the grant. Taking nothing is declining. What is not taken returns to
    its fund at once. One instant after the announced one the offer cannot be accepted any more.
    """
    person = acting(uow)
    funds = fund_rows.locked_funds(uow.session, edition.id)
    application = _own(uow, edition, person)
    is_lowered = application.state is State.ACCEPTED and taken is not None
    if not is_lowered:
        require_on(edition)
        _require_offer(uow, application)
    offered = {line.id: line.live.amount for line in application.lines if line.live}
    wanted = offered if taken is None else dict.fromkeys(offered, 0) | dict(taken)
    if not rules.is_lower(offered, wanted):
        raise Conflict(str(_("A grant can only be lowered: take at most what was offered for each line.")))
    if not any(wanted.values()):
        return _decline(uow, edition, funds, application)
    _require_claimed(uow, application, wanted)
    if is_lowered and wanted == offered:
        return application
    if not is_lowered:
        authors.require_none_accepted(uow, application)
    returned = take(uow, funds, application, wanted)
    application.state = State.ACCEPTED
    answered(uow, application)
    note(uow, application, "lowered" if is_lowered else "accepted", emails.given(application))
    if returned:
        note(uow, application, "returned", returned)
    emails.accepted(uow, edition, application, is_lowered=is_lowered)
    uow.session.flush()
    return application


def _require_claimed(uow: UnitOfWork, application: Application, wanted: Mapping[int, int]) -> None:
    """What was claimed or paid of a line cannot be given back."""
    given = [line.live for line in application.lines if line.live]
    there = fund_rows.award_balances(uow.session, [award.id for award in given])
    for line in application.lines:
        if line.live is None:
            continue
        gone = sum(there.get((line.live.id, line.live.fund_id, one), 0) for one in (Account.CLAIMED, Account.PAID))
        if wanted.get(line.id, 0) < gone:
            money = words.money(gone, application.currency)
            raise FieldConflict(
                f"take_{line.id}",
                str(_("%(money)s of this is claimed or paid already: keep at least that.", money=money)),
            )


def _require_offer(uow: UnitOfWork, application: Application) -> None:
    ended = application.state is State.EXPIRED or (
        application.state is State.OFFERED and rules.offer_has_ended(application.accept_by, uow.now)
    )
    if ended and application.offer_deadline:
        when = when_text(application.offer_deadline.at, application.offer_deadline.zone)
        sentence = _(
            "This offer ended on %(when)s, and the money goes back to the fund. "
            "Write to the organisers if you still need it: they can offer it again.",
            when=when,
        )
        raise Conflict(str(sentence))
    if rules.leads_to(Action.ACCEPT, application.state) is None:
        raise Conflict(str(_("There is no offer to accept. Look at your application to see where it stands.")))


def decline(uow: UnitOfWork, edition: Edition) -> Application:
    """Decline one's offer, or give back what one had accepted."""
    person = acting(uow)
    funds = fund_rows.locked_funds(uow.session, edition.id)
    application = _own(uow, edition, person)
    if application.state is State.OFFERED:
        _require_offer(uow, application)
    return _decline(uow, edition, funds, application)


def _decline(uow: UnitOfWork, edition: Edition, funds: Funds, application: Application) -> Application:
    move(application, Action.DECLINE)
    returned = give_back(uow, funds, application, AwardState.DECLINED)
    answered(uow, application)
    note(uow, application, "declined", returned)
    note(uow, application, "returned", returned)
    emails.declined(uow, edition, application, words.money(returned, application.currency))
    uow.session.flush()
    return application


def expire_offers(database: Database, clock: Clock) -> None:
    """The job: every offer that nobody answered in time, each in a transaction of its own."""
    one_by_one(
        database,
        clock,
        lambda uow: queries.overdue(uow.session, uow.now),
        lambda uow, found: expire(uow, found[1], found[0]),
        lambda found, error: log.error("offer not ended", application=found[0], exc_info=error),
    )


def expire(uow: UnitOfWork, edition_id: int, application_id: int) -> bool:
    """End one offer if its time is over; False if it was answered in the meantime."""
    funds = fund_rows.locked_funds(uow.session, edition_id)
    application = queries.find_locked(uow.session, application_id)
    if application is None or application.state is not State.OFFERED:
        return False
    if not rules.offer_has_ended(application.accept_by, uow.now):
        return False
    returned = _end_offer(uow, funds, application)
    edition = workshops.get_edition(uow.session, edition_id)
    emails.expired(uow, edition, application, words.money(returned, application.currency))
    uow.session.flush()
    return True


def _end_offer(uow: UnitOfWork, funds: Funds, application: Application) -> int:
    """Without an answer the money goes back to its fund; how much."""
    application.state = State.EXPIRED
    returned = give_back(uow, funds, application, AwardState.EXPIRED)
    application.version += 1
    application.changed_at = uow.now
    note(uow, application, "expired")
    note(uow, application, "returned", returned)
    return returned


# -- what other packages tell ------------------------------------------------------------------------------------------


def on_cancelled(uow: UnitOfWork, event: EditionCancelled) -> None:
    """Offers that nobody has answered end with the edition; its own mail says so. What was accepted stays."""
    funds = fund_rows.locked_funds(uow.session, event.edition_id)
    for application_id in queries.offered_ids(uow.session, event.edition_id):
        application = queries.find_locked(uow.session, application_id)
        if application is not None and application.state is State.OFFERED:
            _end_offer(uow, funds, application)
    uow.session.flush()


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Whoever deletes their account: promised money returns, what they wrote is removed, drafts go."""
    for application_id, edition_id in queries.ids_of_person(uow.session, event.person_id):
        funds = fund_rows.locked_funds(uow.session, edition_id)
        application = queries.find_locked(uow.session, application_id)
        if application is not None:
            _forget(uow, funds, application)
    for score in queries.scores_by(uow.session, event.person_id):
        score.remark = ""
    uow.session.flush()


def _forget(uow: UnitOfWork, funds: Funds, application: Application) -> None:
    if application.state is State.DRAFT:
        asking.forget(uow, application)
        uow.session.delete(application)
        return
    if rules.leads_to(Action.WITHDRAW, application.state):
        _let_go(uow, funds, application)
    else:  # what a claim of theirs gave back after they had declined
        give_back(uow, funds, application, AwardState.RETURNED)
    _empty(uow, application)
    note(uow, application, "erased")


def _empty(uow: UnitOfWork, application: Application) -> None:
    """Remove what was written in it and about it."""
    application.statement = application.other_funding = application.conditions = ""
    asking.forget(uow, application)
    application.paid_elsewhere = {}
    application.arrives_on = application.departs_on = None
    application.stage = application.presented_before = None
    application.tell_visa(None, None, None)
    for line in application.lines:
        line.about = ""
    for score in queries.scores_of(uow.session, application.id):
        score.remark = ""


def join_applications(uow: UnitOfWork, edition_id: int, mine_id: int, theirs_id: int) -> None:
    """Both accounts of one person applied here: what is a draft or over gives way to the other. Conflict if neither is.

    The one that stays belongs to the account of `mine_id`; the other, without its texts, to the account that ends.
    """
    fund_rows.locked_funds(uow.session, edition_id)
    mine, theirs = queries.find_locked(uow.session, mine_id), queries.find_locked(uow.session, theirs_id)
    if mine is None or theirs is None:
        return
    kept = rules.which_stays(*(State.ACCEPTED if one.promised else one.state for one in (mine, theirs)))
    if kept is None:
        raise Conflict(str(_("Both accounts applied for a grant. Withdraw one of the two applications first.")))
    stays, leaves = (mine, theirs) if kept == 0 else (theirs, mine)
    into_id, gone_id = mine.person_id, theirs.person_id
    leaves.person_id = None
    uow.session.flush()
    stays.person_id = into_id
    uow.session.flush()
    if leaves.state is State.DRAFT:
        asking.forget(uow, leaves)
        uow.session.delete(leaves)
    else:
        _empty(uow, leaves)
        leaves.person_id = gone_id
    stays.version += 1
    note(uow, stays, "joined")
    uow.session.flush()
