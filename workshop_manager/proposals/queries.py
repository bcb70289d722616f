"""Every select of this package: what a proposal is worked out from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Float, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from workshop_manager.funds.figures import FundFigures, fund_figures
from workshop_manager.funds.models import Fund
from workshop_manager.funds.rules import Facts, FundRules, allows
from workshop_manager.grants import authors
from workshop_manager.grants import queries as grants
from workshop_manager.grants.facts import facts_of, is_kept_home
from workshop_manager.grants.models import Application, Line, Score
from workshop_manager.grants.queries import Seat
from workshop_manager.grants.rules import COMMITTED, JOURNEY
from workshop_manager.grants.states import CostKind, State
from workshop_manager.proposals.models import GrantProposal, GrantProposalRow
from workshop_manager.proposals.rules import Applicant, Ask, Pot, Problem
from workshop_manager.proposals.settings import Settings, loaded
from workshop_manager.workshops.rules import MACHINE, Standing

WAITING = frozenset({State.SUBMITTED, State.WAITLISTED})
"""Whom a proposal is about. Whoever let an offer end is asked again by hand only."""
HELPED = frozenset({State.OFFERED, State.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Basis:
    """What a proposal is worked out from, and the rows it came from."""

    problem: Problem
    applications: Mapping[int, Application]
    funds: Mapping[int, Fund]
    kept_out: Mapping[int, Applicant]
    """Who is left out by hand."""
    refused: Mapping[int, str]
    """By applicant: the first reason why a fund's rules refuse a line, where none allows it."""
    from_afar: frozenset[int] = frozenset()
    """Whose visa was refused: nothing is proposed for their journey."""


def _seen_by(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    # The machine is nobody in particular: nothing is kept from whoever may run commands there.
    if standing == MACHINE:
        return Application.edition_id == edition_id
    return grants.visible_to(edition_id, standing)


def _applications(session: Session, edition_id: int, standing: Standing, number: int) -> Sequence[Application]:
    """Who waits for an answer (0: of any round), by average score, the best first; with people, lines and awards."""
    means = (
        select(Score.application_id.label("id"), func.avg(cast(Score.score, Float)).label("average"))
        .group_by(Score.application_id)
        .subquery()
    )
    return session.scalars(
        select(Application)
        .outerjoin(means, means.c.id == Application.id)
        .options(joinedload(Application.person), selectinload(Application.lines).selectinload(Line.awards))
        .where(_seen_by(edition_id, standing), Application.state.in_(WAITING), grants.of_round(number))
        .order_by(func.coalesce(means.c.average, 0).desc(), Application.submitted_at, Application.id)
    ).all()


def _helped(
    session: Session, edition_id: int, standing: Standing
) -> tuple[Sequence[Application], Sequence[Application]]:
    """Who has an offer or accepted one: everybody, and those whom the standing may see."""
    rows = session.execute(
        select(Application, case((_seen_by(edition_id, standing), 1), else_=0))
        .options(joinedload(Application.person), selectinload(Application.lines).selectinload(Line.awards))
        .where(Application.edition_id == edition_id, Application.state.in_(HELPED))
        .order_by(Application.id)
    ).all()
    return [row[0] for row in rows], [row[0] for row in rows if row[1]]


def basis(session: Session, edition_id: int, standing: Standing, settings: Settings) -> Basis:
    """Everything that decides, as the standing may see it: what they may not see is not among the applicants."""
    waiting = _applications(session, edition_id, standing, settings.round)
    helped, known = _helped(session, edition_id, standing)
    people = [one.person_id for one in (*waiting, *helped) if one.person_id is not None]
    works = authors.works_of(session, edition_id, people)
    seats = grants.seats_of(session, edition_id, people)
    # As far as they may know: the committee's own count only what they see, and a release asks the ledger anyway.
    figures = fund_figures(session, edition_id, standing)
    rows = {one.fund.id: one.fund for one in figures}
    rules_of = {fund.id: (fund.currency, fund.rules) for fund in rows.values()}
    applicants, kept_out, refused = [], {}, {}
    for rank, one in enumerate(waiting, 1):
        facts = facts_of(one, one.person, seats.get(one.person_id or 0))
        made = _applicant(one, rank, rules_of, facts, works.get(one.person_id or 0, frozenset()), settings)
        if one.id in settings.kept_out:
            kept_out[one.id] = made
            continue
        applicants.append(made)
        if not any(ask.funds for ask in made.asks):
            refused[one.id] = _refusal(one, rules_of, facts)
    problem = Problem(
        applicants=tuple(applicants),
        pots=tuple(_pot(one, settings) for one in figures),
        aims=settings.aims(),
        merit=settings.merit,
        first_timers=settings.first_timers,
        funded=frozenset().union(*(works.get(one.person_id or 0, frozenset()) for one in helped)),
        # A missed aim would tell whoever may not see somebody what that person got.
        helped=_by_institution(known),
        given=_by_group(known, seats),
        by_all_means=settings.by_all_means,
    )
    from_afar = frozenset(one.id for one in waiting if is_kept_home(one))
    return Basis(problem, {one.id: one for one in waiting}, rows, kept_out, refused, from_afar)


def _pot(figures: FundFigures, settings: Settings) -> Pot:
    fund, left = figures.fund, figures.balance.available
    amount = settings.budgets.get(fund.id, fund.amount)
    return Pot(fund.id, fund.name, fund.currency, amount, max(0, left + amount - fund.amount))


def _institution(one: Application) -> str:
    return " ".join((one.person.affiliation or "").casefold().split()) if one.person else ""


def _groups(facts: Facts) -> frozenset[str]:
    groups = (("region", facts.region), ("stage", facts.stage))
    return frozenset(f"{kind}:{name}" for kind, name in groups if name)


def _applicant(
    one: Application,
    rank: int,
    rules_of: Mapping[int, tuple[str, FundRules]],
    facts: Facts,
    works: frozenset[int],
    settings: Settings,
) -> Applicant:
    asks = []
    useful = 0
    for line in one.lines:
        is_out = is_kept_home(one) and line.kind in JOURNEY
        most = settings.most(line.kind, line.asked, one.currency)
        allowed = [
            fund
            for fund, (currency, rules) in rules_of.items()
            if not is_out and currency == one.currency and allows(rules, facts, line.kind.value) is None
        ]
        least = settings.least(line.kind, most)
        # What no fund pays for keeps nobody from the rest, but for the journey itself.
        is_needed = bool(allowed) or (line.kind is CostKind.AIR and not is_out)
        essential = settings.is_essential(line.kind) and is_needed
        useful += 0 if is_out else most
        asks.append(Ask(line.id, line.kind.value, line.asked, most, least, tuple(allowed), essential))
    return Applicant(
        id=one.id,
        rank=rank,
        currency=one.currency,
        asks=tuple(asks),
        least=settings.least_of_all(useful),
        groups=_groups(facts),
        institution=_institution(one),
        is_first_time=facts.presents_first_time is True,
        submissions=works,
    )


def _refusal(one: Application, rules_of: Mapping[int, tuple[str, FundRules]], facts: Facts) -> str:
    for line in one.lines:
        for currency, rules in rules_of.values():
            if currency == one.currency and (why := allows(rules, facts, line.kind.value)):
                return why
    return ""


def _by_institution(helped: Sequence[Application]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in helped:
        if where := _institution(one):
            counts[where] = counts.get(where, 0) + 1
    return counts


def _by_group(helped: Sequence[Application], seats: Mapping[int, Seat]) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for one in helped:
        minor = sum(line.live.amount for line in one.lines if line.live and line.live.state in COMMITTED)
        for group in _groups(facts_of(one, one.person, seats.get(one.person_id or 0))):
            sums[group, one.currency] = sums.get((group, one.currency), 0) + minor
    return sums


# -- what was worked out ----------------------------------------------------------------------------------------------


def visible_to(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    """Proposals somebody may read: those of which every applicant is one they may read.

    What is left of a fund would tell whoever may not see all that was given what the rest got: to them only the
    proposals are there that were worked out for themselves, from what they see.
    """
    seen = select(Application.id).where(grants.visible_to(edition_id, standing))
    unseen = select(Application.id).where(
        Application.edition_id == edition_id, Application.state != State.DRAFT, Application.id.not_in(seen)
    )
    hidden = select(GrantProposalRow.id).where(
        GrantProposalRow.proposal_id == GrantProposal.id, GrantProposalRow.application_id.not_in(seen)
    )
    for_them = or_(GrantProposal.made_by == standing.person_id, ~unseen.exists())
    return and_(GrantProposal.edition_id == edition_id, for_them, ~hidden.exists())


def proposals(
    session: Session, edition_id: int, standing: Standing, *, offset: int, most: int
) -> Sequence[GrantProposal]:
    """The newest first."""
    return session.scalars(
        select(GrantProposal)
        .where(visible_to(edition_id, standing))
        .order_by(GrantProposal.number.desc())
        .offset(offset)
        .limit(most)
    ).all()


def number_of_proposals(session: Session, edition_id: int, standing: Standing) -> int:
    query = select(func.count(GrantProposal.id)).where(visible_to(edition_id, standing))
    return int(session.scalar(query) or 0)


def proposal(session: Session, edition_id: int, standing: Standing, number: int) -> GrantProposal | None:
    """One of them, by its number."""
    return session.scalars(
        select(GrantProposal).where(visible_to(edition_id, standing), GrantProposal.number == number)
    ).one_or_none()


def newest_number(session: Session, edition_id: int) -> int:
    """Of all proposals of an edition, whoever may see them; 0 without any."""
    query = select(func.max(GrantProposal.number)).where(GrantProposal.edition_id == edition_id)
    return int(session.scalar(query) or 0)


def to_work_out(session: Session) -> Sequence[int]:
    """Those that wait for the worker, the oldest first."""
    waits = (GrantProposal.done_at.is_(None), GrantProposal.is_failed.is_(False))
    return session.scalars(select(GrantProposal.id).where(*waits).order_by(GrantProposal.id)).all()


def waiting_of(session: Session, edition_id: int, person_id: int) -> int:
    """How many that person has asked for in an edition that are not worked out."""
    query = select(func.count(GrantProposal.id)).where(
        GrantProposal.edition_id == edition_id, GrantProposal.made_by == person_id,
        GrantProposal.done_at.is_(None), GrantProposal.is_failed.is_(False),
    )  # fmt: skip
    return int(session.scalar(query) or 0)


def rows_of(session: Session, proposal_id: int) -> Sequence[GrantProposalRow]:
    """Its applicants by rank."""
    return session.scalars(
        select(GrantProposalRow)
        .where(GrantProposalRow.proposal_id == proposal_id)
        .order_by(GrantProposalRow.rank, GrantProposalRow.id)
    ).all()


def people_of(session: Session, application_ids: Collection[int]) -> Mapping[int, Application]:
    """These applications with their people."""
    found = session.scalars(
        select(Application).options(joinedload(Application.person)).where(Application.id.in_(application_ids))
    )
    return {one.id: one for one in found}


def latest_settings(session: Session, edition_id: int) -> Settings:
    """Those of the last proposal whose awards were noted; without one, as they begin. Nobody is chosen by hand."""
    stored = session.scalars(
        select(GrantProposal.settings)
        .where(GrantProposal.edition_id == edition_id, GrantProposal.noted_at.is_not(None))
        .order_by(GrantProposal.noted_at.desc())
        .limit(1)
    ).one_or_none()
    if stored is None:
        return Settings()
    return replace(loaded(stored), budgets={}, by_all_means=frozenset(), kept_out=frozenset())
