"""Verbs of the committee: score, conflict of interest, proposal, and the release of all answers in one act."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.figures import FundFigures, fund_figures
from workshop_manager.funds.refusals import FieldConflict, Overdrawn, Stale
from workshop_manager.funds.rules import allows
from workshop_manager.funds.service import find_fund
from workshop_manager.grants import authors, emails, partial, queries, rules, words
from workshop_manager.grants.facts import facts_of, is_kept_home
from workshop_manager.grants.models import Application, Award, GrantConflict, GrantWaiver, Score
from workshop_manager.grants.money import Funds, acting, clear_verdict, commit_money, move, note
from workshop_manager.grants.states import AwardState, Verdict
from workshop_manager.mail.service import Draft, draft
from workshop_manager.web.times import when_text
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_FUNDS, MAY_GRANTS
from workshop_manager.workshops.service import require


def judged(uow: UnitOfWork, edition: Edition, application_id: int) -> Application:
    """The application, locked, if the actor may judge it; NotFound for others', and with a conflict of interest."""
    standing = require(uow, edition, MAY_GRANTS)
    application = queries.find_at_desk(uow.session, edition.id, standing, application_id, lock=True)
    if application is None:
        raise NotFound
    return application


def rate(uow: UnitOfWork, edition: Edition, application_id: int, score: int, remark: str) -> Score:
    """Give one's score, or change it, until the answer is out."""
    application = judged(uow, edition, application_id)
    if application.state not in rules.OPEN_TO_DECISION:
        raise Conflict(str(_("This application is answered already; scores are closed.")))
    if score not in rules.SCORES:
        raise FieldConflict("score", str(_("Choose a score from 1 to 6.")))
    person = acting(uow)
    given = uow.session.execute(
        select(Score).where(Score.application_id == application.id, Score.person_id == person.id)
    ).scalar_one_or_none()
    if given is None:
        given = Score(application_id=application.id, person_id=person.id, score=score, changed_at=uow.now)
        uow.session.add(given)
    given.score, given.remark, given.changed_at = score, remark, uow.now
    uow.session.flush()
    return given


def declare_conflict(uow: UnitOfWork, edition: Edition, application_id: int) -> None:
    """Say that one should not judge this; from then on it does not exist for the actor, and their score goes."""
    application = judged(uow, edition, application_id)
    person = acting(uow)
    uow.session.add(GrantConflict(application_id=application.id, person_id=person.id, declared_at=uow.now))
    for score in queries.scores_of(uow.session, application.id):
        if score.person_id == person.id:
            uow.session.delete(score)
    record(uow, "conflict-declared", "edition", edition.id, edition_id=edition.id, application=application.id)
    uow.session.flush()


def lift(uow: UnitOfWork, edition: Edition, application_id: int, person_id: int, reason: str) -> None:
    """An organiser who sees the application says that what was found about somebody else is no conflict, and why."""
    require(uow, edition, MAY_FUNDS)
    application = judged(uow, edition, application_id)
    why = partial.against(uow.session, edition.id, [person_id], [application.id]).get((application.id, person_id))
    if why is None or person_id == acting(uow).id:
        raise NotFound
    if not partial.may_lift(why):
        raise Conflict(str(_("Their own word, or their own application, cannot be lifted by somebody else.")))
    if not reason.strip():
        raise FieldConflict("reason", str(_("Say why it is no conflict: the others read it.")))
    uow.session.add(
        GrantWaiver(
            application_id=application.id,
            person_id=person_id,
            reason=reason.strip(),
            waived_by=acting(uow).id,
            waived_at=uow.now,
        )
    )
    note(uow, application, "conflict-lifted", person=person_id)
    uow.session.flush()


def count_again(uow: UnitOfWork, edition: Edition, application_id: int, person_id: int) -> None:
    """Let a conflict that was lifted count again; what the person scored meanwhile goes."""
    require(uow, edition, MAY_FUNDS)
    application = judged(uow, edition, application_id)
    waiver = partial.lifted(uow.session, application.id).get(person_id)
    if waiver is None:
        raise NotFound
    uow.session.delete(waiver)
    for score in queries.scores_of(uow.session, application.id):
        if score.person_id == person_id:
            uow.session.delete(score)
    note(uow, application, "conflict-counts", person=person_id)
    uow.session.flush()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the committee decides: a verdict or None, and with an offer (fund, minor units) by line."""

    verdict: Verdict | None
    amounts: Mapping[int, tuple[int, int]]


def propose(
    uow: UnitOfWork, edition: Edition, application_id: int, proposal: Proposal, *, started_from: int
) -> Application:
    """Note a decision. Nothing is told and nothing is committed until it is released."""
    funds = fund_rows.locked_funds(uow.session, edition.id)
    application = judged(uow, edition, application_id)
    if application.seen != started_from:
        raise Stale(str(_("This application was changed after you opened it.")))
    if proposal.verdict and rules.leads_to(rules.ACTIONS[proposal.verdict], application.state) is None:
        raise Conflict(str(_("This application is answered already; that cannot be decided any more.")))
    _require_last(uow, application)
    amounts = proposal.amounts if proposal.verdict is Verdict.OFFER else {}
    _check_amounts(funds, application, amounts)
    _check_rules(uow, funds, application, amounts)
    if proposal.verdict is Verdict.OFFER and not amounts:
        raise FieldConflict("verdict", str(_("Propose an amount for at least one line, or decide otherwise.")))
    if proposal.verdict is Verdict.OFFER:
        standing = require(uow, edition, MAY_GRANTS)
        authors.require_one(uow, edition.id, standing, [application], field="verdict")
    clear_verdict(application)
    uow.session.flush()
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
    application.verdict = proposal.verdict
    application.revision += 1
    decided = proposal.verdict.value if proposal.verdict else None
    note(uow, application, "proposed", emails.given(application) or None, verdict=decided)
    uow.session.flush()
    return application


def _require_last(uow: UnitOfWork, application: Application) -> None:
    """One application of a person counts: what they began in a later round is decided instead."""
    if queries.has_later(uow.session, application):
        raise Conflict(str(_("This person has applied again in a later round. Decide about that application.")))


def _require_no_journey(application: Application) -> None:
    """A decision that was noted before a refusal of the visa became known."""
    if is_kept_home(application) and any(line.live and line.kind in rules.JOURNEY for line in application.lines):
        name = words.hidden_name(application.id)
        why = _("%(name)s takes part from afar by now: note an offer without the journey first.", name=name)
        raise FieldConflict("chosen", str(why))


def _check_amounts(funds: Funds, application: Application, amounts: Mapping[int, tuple[int, int]]) -> None:
    lines = {line.id: line for line in application.lines}
    for line_id, (fund_id, minor) in amounts.items():
        fund = find_fund(funds, fund_id)
        line = lines.get(line_id)
        if line is None or minor <= 0:
            raise NotFound
        field = f"amount_{line_id}"
        if fund.currency != application.currency:
            raise FieldConflict(
                field,
                str(
                    _(
                        "“%(fund)s” is in %(theirs)s and this application in %(ours)s: choose another fund.",
                        fund=isolated(fund.name),
                        theirs=fund.currency,
                        ours=application.currency,
                    )
                ),
            )
        if minor > line.asked:
            asked = words.money(line.asked, application.currency)
            raise FieldConflict(field, str(_("Only %(asked)s was asked for here.", asked=asked)))


def _check_rules(
    uow: UnitOfWork, funds: Funds, application: Application, amounts: Mapping[int, tuple[int, int]]
) -> None:
    """Each line comes from a fund whose rules allow it for this person, and is for what they can still do."""
    for line in application.lines:
        if is_kept_home(application) and line.kind in rules.JOURNEY and line.id in amounts:
            # Blind readers note decisions too, so this says nothing of a visa.
            why = _("This person takes part from afar: nothing is given for a journey. Leave this line empty.")
            raise FieldConflict(f"amount_{line.id}", str(why))
    if not any(funds[fund_id].restrictions for fund_id, _minor in amounts.values()):
        return
    seat = queries.seats_of(uow.session, application.edition_id, [application.person_id or 0])
    facts = facts_of(application, application.person, seat.get(application.person_id or 0))
    for line in application.lines:
        if line.id not in amounts:
            continue
        fund = funds[amounts[line.id][0]]
        if why := allows(fund.rules, facts, line.kind.value):
            sentence = _(
                "“%(fund)s” cannot give this: %(why)s Choose another fund.", fund=isolated(fund.name), why=_(why)
            )
            raise FieldConflict(f"amount_{line.id}", str(sentence))


@dataclass(frozen=True, slots=True)
class Terms:
    """What an offer asks of who accepts it."""

    conditions: str = ""
    must_present: bool = False
    tells_rank: bool = False
    """Whoever waits is told their place on the waitlist."""


NO_TERMS = Terms()


def release(
    uow: UnitOfWork, edition: Edition, chosen: Mapping[int, int], accept_by: Deadline | None, terms: Terms = NO_TERMS
) -> Sequence[Application]:
    """Answer all of these applications in one act: states, money and mails together, or nothing at all.

    `chosen` gives `Application.seen` of each as it was shown: what was changed since is not released unseen. Offers
    need `accept_by`, in the future.
    """
    standing = require(uow, edition, MAY_GRANTS)
    if not chosen:
        raise FieldConflict("chosen", str(_("Choose at least one answer to release.")))
    funds = fund_rows.locked_funds(uow.session, edition.id)
    found = queries.pending(uow.session, edition.id, standing, list(chosen), lock=True)
    if {a.id: a.seen for a in found} != dict(chosen):
        raise Stale(str(_("Some of these were changed or released after you opened this page. Nothing was released.")))
    offers = [application for application in found if application.verdict is Verdict.OFFER]
    if offers:
        require_on(edition)
        _require_future(uow, accept_by)
        for application in offers:
            _require_last(uow, application)
            _require_no_journey(application)
        _require_money(funds, offers, fund_figures(uow.session, edition.id, standing))
        authors.require_one(uow, edition.id, standing, offers, field="chosen")
    numbers = waitlist_numbers(uow, edition, found, terms)
    for application in found:
        application.waitlist_number = numbers.get(application.id)
        release_one(uow, edition, funds, application, accept_by, terms)
    uow.session.flush()
    return found


def waitlist_numbers(
    uow: UnitOfWork, edition: Edition, found: Iterable[Application], terms: Terms
) -> dict[int, int]:  # fmt: skip
    """The places that those of them who go on the waitlist are told, after whoever was told one before."""
    waiting = [application.id for application in found if application.verdict is Verdict.WAITLIST]
    if not terms.tells_rank or not waiting:
        return {}
    first = queries.last_waitlist_number(uow.session, edition.id) + 1
    return {one: number for number, one in enumerate(queries.by_score(uow.session, waiting), first)}


def drafts(
    uow: UnitOfWork, edition: Edition, found: Sequence[Application], accept_by: Deadline | None, terms: Terms
) -> list[Draft]:
    """The mails that releasing these would send; nothing is told and nothing stored."""
    numbers = waitlist_numbers(uow, edition, found, terms)
    until = when_text(accept_by.at, accept_by.zone) if accept_by else ""
    letters = (
        emails.answer(
            edition, one, one.verdict, until=until, conditions=terms.conditions, must_present=terms.must_present,
            number=numbers.get(one.id),
        )
        for one in found
        if one.verdict is not None
    )  # fmt: skip
    return [draft(letter) for letter in letters if letter is not None]


def _require_future(uow: UnitOfWork, accept_by: Deadline | None) -> None:
    if accept_by is None:
        raise FieldConflict("day", str(_("Say until when offers can be accepted.")))
    if accept_by.at <= uow.now:
        raise FieldConflict("day", str(_("That moment has passed. Give people time to answer.")))


def _require_money(funds: Funds, offers: Iterable[Application], seen: Iterable[FundFigures]) -> None:
    """With the figures, but where the viewer could learn from them what somebody in conflict got."""
    awards = [line.live for application in offers for line in application.lines if line.live]
    needed = rules.needs((award.fund_id, award.amount) for award in awards)
    short = rules.shortfalls(needed, {fund.id: fund.left for fund in funds.values()})
    if not short:
        return
    known = {one.fund.id: one.balance.available for one in seen}
    sentences = [
        _(
            "“%(fund)s” has %(left)s left and these offers need %(needed)s: %(short)s too much.",
            fund=isolated(funds[fund_id].name),
            left=funds[fund_id].money(funds[fund_id].left),
            needed=funds[fund_id].money(needed[fund_id]),
            short=funds[fund_id].money(minor),
        )
        if known[fund_id] == funds[fund_id].left
        else _("“%(fund)s” does not hold what these offers need.", fund=isolated(funds[fund_id].name))
        for fund_id, minor in short.items()
    ]
    raise Overdrawn(" ".join([*map(str, sentences), str(_("Nothing was released."))]))


def release_one(
    uow: UnitOfWork, edition: Edition, funds: Funds, application: Application, accept_by: Deadline | None,
    terms: Terms = NO_TERMS,
) -> None:  # fmt: skip
    """Tell what is noted: state, money and mail. Whoever calls holds the locks and has asked the rules."""
    verdict = application.verdict
    if verdict is None:
        return
    move(application, rules.ACTIONS[verdict])
    application.verdict = None
    application.released_at = application.changed_at = uow.now
    application.version += 1
    match verdict:
        case Verdict.OFFER:
            application.accept_by = accept_by.at if accept_by else None
            application.accept_by_zone = accept_by.zone if accept_by else None
            application.conditions, application.must_present = terms.conditions, terms.must_present
            commit_money(uow, funds, application)
            application.answered_at = None
            note(uow, application, "offered", emails.given(application))
            emails.offered(uow, edition, application)
        case Verdict.WAITLIST:
            note(uow, application, "waitlisted")
            emails.waitlisted(uow, edition, application)
        case Verdict.REJECT:
            note(uow, application, "rejected")
            emails.rejected(uow, edition, application)
