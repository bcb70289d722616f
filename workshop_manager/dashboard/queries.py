"""The one select of this package: editions at a glance, asked once for what many pages count."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from workshop_manager.assignments.models import Assignment
from workshop_manager.assignments.rules import WANTED_REVIEWS
from workshop_manager.claims import queries as claims
from workshop_manager.claims.states import ClaimState
from workshop_manager.conflicts import queries as conflicts
from workshop_manager.decisions.models import Decision
from workshop_manager.decisions.queries import count_free_places
from workshop_manager.decisions.rules import DECIDABLE
from workshop_manager.funds import queries as funds
from workshop_manager.funds.models import Fund, LedgerEntry
from workshop_manager.funds.states import Account
from workshop_manager.grants import papers
from workshop_manager.grants import queries as grants
from workshop_manager.grants.models import Application, Line, Score
from workshop_manager.grants.rules import OPEN_TO_DECISION
from workshop_manager.grants.states import State as GrantState
from workshop_manager.mail import queries as mails
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.proposals import succession_queries as successions
from workshop_manager.proposals.succession_models import Successor
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import NeedState
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.states import ReviewState
from workshop_manager.schedule.models import Draft, Release
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops.rules import MAY_FUNDS, MAY_TEAM, Standing


@dataclass(frozen=True, slots=True)
class Glance:
    """Counts over what this person may see; money in minor units of `currency`."""

    failed_mails: int
    assigned: int
    reviewed: int
    thin: int
    unattended: int
    pending: int
    undecided: int
    free_places: int
    schedule_errors: int
    schedule_differs: bool
    release: int | None
    applications: int
    unread: int
    asked: int
    funds: int
    committed: int
    currency: str | None
    grants_undecided: int
    grants_unscored: int
    grants_pending: int
    grants_paperless: int
    claims_to_decide: int
    claims_to_pay: int
    grants_returned: int
    waitlisted: int
    needs: int
    needs_mine: int
    requests: int


def glance(session: Session, edition_id: int, standing: Standing) -> Glance:
    """One edition, in one query."""
    return glances(session, {edition_id: standing})[edition_id]


def glances(session: Session, standings: Mapping[int, Standing]) -> dict[int, Glance]:
    """All these editions, each with what one may see there, in one query."""
    if not standings:
        return {}
    rows = session.execute(union_all(*(select(*_parts(one, standing)) for one, standing in standings.items())))
    return {edition_id: _glance(row) for edition_id, *row in rows}


def _parts(edition_id: int, standing: Standing) -> tuple[ColumnElement[Any], ...]:
    return (
        literal(edition_id),
        *_mail(edition_id, standing),
        *_reviewing(edition_id, standing),
        *_schedule(edition_id),
        *_grants(edition_id, standing),
        *_undecided(edition_id, standing),
        *_registered(edition_id, standing),
    )


def _glance(row: Sequence[Any]) -> Glance:
    (
        failed,
        assigned,
        reviewed,
        thin,
        unattended,
        pending,
        undecided,
        free_places,
        errors,
        differs,
        release,
        *money,
    ) = row
    applications, unread, asked, funds, committed, currency, *people = money
    grants_undecided, grants_unscored, grants_pending, grants_paperless, *rest = people
    claims_to_decide, claims_to_pay, grants_returned, waitlisted, needs, needs_mine, requests = rest
    return Glance(
        failed_mails=failed,
        assigned=assigned,
        reviewed=reviewed,
        thin=thin,
        unattended=unattended,
        pending=pending,
        undecided=undecided,
        free_places=free_places,
        schedule_errors=errors,
        schedule_differs=bool(differs),
        release=release,
        applications=applications,
        unread=unread,
        asked=int(asked or 0),
        funds=int(funds or 0),
        committed=int(committed or 0),
        currency=currency,
        grants_undecided=grants_undecided,
        grants_unscored=grants_unscored,
        grants_pending=grants_pending,
        grants_paperless=grants_paperless,
        claims_to_decide=claims_to_decide,
        claims_to_pay=claims_to_pay,
        grants_returned=grants_returned,
        waitlisted=waitlisted,
        needs=needs,
        needs_mine=needs_mine,
        requests=requests,
    )


def _mail(edition_id: int, standing: Standing) -> tuple[ScalarSelect[int]]:
    failed = select(func.count(OutboxMail.id)).where(
        OutboxMail.state == MailState.FAILED, *mails.shown(edition_id, standing.person_id)
    )
    return (failed.scalar_subquery(),)


def _reviewing(edition_id: int, standing: Standing) -> tuple[ColumnElement[int], ...]:
    seen = and_(
        Submission.edition_id == edition_id, submissions.visible_to(standing), Submission.state != State.WITHDRAWN
    )
    undecided = and_(seen, Submission.state.in_(DECIDABLE))
    readers = (
        select(func.count(Assignment.id)).where(Assignment.submission_id == Submission.id).correlate(Submission)
    ).scalar_subquery()
    decided = exists().where(Decision.submission_id == Submission.id, Decision.outcome.is_not(None))
    on = Submission.id
    return (
        select(func.count(Assignment.id))
        .join(Submission, on == Assignment.submission_id)
        .where(seen)
        .scalar_subquery(),
        select(func.count(Review.id))
        .join(Submission, on == Review.submission_id)
        .where(seen, Review.state == ReviewState.SUBMITTED)
        .scalar_subquery(),
        select(func.count(on))
        .where(seen, Submission.state == State.SUBMITTED, readers < WANTED_REVIEWS)
        .scalar_subquery(),
        conflicts.count_unattended(edition_id) if standing.may(MAY_TEAM) else literal(0),
        select(func.count(on))
        .join(Decision, Decision.submission_id == on)
        .where(undecided, Decision.outcome.is_not(None), Decision.released_at.is_(None))
        .scalar_subquery(),
        select(func.count(on)).where(undecided, ~decided).scalar_subquery(),
        count_free_places(edition_id, standing).scalar_subquery(),
    )


def _schedule(edition_id: int) -> tuple[ScalarSelect[int], ...]:
    draft = Draft.edition_id == edition_id
    return (
        select(func.coalesce(func.max(Draft.error_count), 0)).where(draft).scalar_subquery(),
        select(func.count(Draft.edition_id)).where(draft, Draft.differs.is_(True)).scalar_subquery(),
        select(func.max(Release.number)).where(Release.edition_id == edition_id).scalar_subquery(),
    )


def _grants(edition_id: int, standing: Standing) -> tuple[ScalarSelect[Any], ...]:
    seen = and_(grants.visible_to(edition_id, standing), Application.state != GrantState.WITHDRAWN)
    mine = exists().where(Score.application_id == Application.id, Score.person_id == standing.person_id)
    unread = and_(seen, Application.state == GrantState.SUBMITTED, ~mine)
    of_edition = and_(Fund.edition_id == edition_id, Fund.removed_at.is_(None))
    # From the whole, the committee could subtract what others got and know what somebody in conflict did.
    known = LedgerEntry.application_id.in_(grants.ids_seen(edition_id, standing))
    theirs = true() if standing.may(MAY_FUNDS) else known
    # Sums of money in one currency only: that of the oldest fund.
    currency = select(Fund.currency).where(of_edition).order_by(Fund.id).limit(1).scalar_subquery()
    return (
        select(func.count(Application.id)).where(seen).scalar_subquery(),
        select(func.count(Application.id)).where(unread).scalar_subquery(),
        select(func.sum(Line.asked))
        .join(Application, Application.id == Line.application_id)
        .where(seen, Application.currency == currency)
        .scalar_subquery(),
        _entries(of_edition, currency, (Account.PLEDGED, Account.OVERDRAFT), -1),
        _entries(and_(of_edition, theirs), currency, funds.GIVEN, 1),
        currency,
    )


def _entries(
    of_edition: ColumnElement[bool], currency: ScalarSelect[str], accounts: Collection[Account], sign: int
) -> ScalarSelect[Any]:
    """The sum over the ledger's entries in these accounts, of the edition's funds in one currency."""
    return (
        select(sign * func.sum(LedgerEntry.amount))
        .join(Fund, Fund.id == LedgerEntry.fund_id)
        .where(of_edition, Fund.currency == currency, LedgerEntry.account.in_(accounts))
        .scalar_subquery()
    )


def _undecided(edition_id: int, standing: Standing) -> tuple[ScalarSelect[int], ...]:
    seen = grants.visible_to(edition_id, standing)
    without = and_(seen, Application.state.in_(OPEN_TO_DECISION), Application.verdict.is_(None))
    scored = exists().where(Score.application_id == Application.id)
    number = select(func.count(Application.id))
    return (
        number.where(without).scalar_subquery(),
        number.where(without, ~scored).scalar_subquery(),
        number.where(seen, Application.verdict.is_not(None)).scalar_subquery(),
        number.where(papers.waits(edition_id, standing)).scalar_subquery(),
        claims.number(edition_id, standing, ClaimState.HANDED_IN).scalar_subquery(),
        claims.number(edition_id, standing, ClaimState.APPROVED).scalar_subquery(),
        select(func.count(Successor.id))
        .join(Application, Application.id == Successor.application_id)
        .where(*successions.seen_waiting(edition_id, standing))
        .scalar_subquery(),
    )


def _registered(edition_id: int, standing: Standing) -> tuple[ScalarSelect[int], ...]:
    number = select(func.count(Registration.id))
    waits = (Registration.edition_id == edition_id, Registration.waits_for_id.is_not(None))
    return (
        number.where(*waits).scalar_subquery(),
        registrations.needs_number(edition_id, NeedState.OPEN).scalar_subquery(),
        registrations.needs_of_taker(edition_id, standing.person_id or 0).scalar_subquery(),
        number.where(*registrations.asks(edition_id)).scalar_subquery(),
    )
