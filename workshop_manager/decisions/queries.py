"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from workshop_manager.calls.models import Call, Round
from workshop_manager.calls.words import own_round_name
from workshop_manager.decisions.models import Decision, EarlierDecision, PassedPlace, Recommendation
from workshop_manager.decisions.rules import ACCEPTING, DECIDABLE, EVERYTHING, FIRST_ROUND, REOPENABLE, Within
from workshop_manager.mail import queries as mails
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.reviews.models import AuthorResponse, MetaReview, Review
from workshop_manager.reviews.queries import IS_IN, came_in, ranked_figures, stretch
from workshop_manager.reviews.rules import SPLIT
from workshop_manager.reviews.states import Advice
from workshop_manager.submissions.models import Declaration, Submission
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.rules import Standing


def is_undecided_again() -> ColumnElement[bool]:
    """A second decision is being made; the first still holds."""
    return and_(Decision.reopened_at.is_not(None), Submission.state.in_(REOPENABLE))


def _is_decidable() -> ColumnElement[bool]:
    return or_(Submission.state.in_(DECIDABLE), is_undecided_again())


def _is_pending() -> ColumnElement[bool]:
    return and_(Decision.outcome.is_not(None), Decision.released_at.is_(None), _is_decidable())


def _is_open() -> ColumnElement[bool]:
    return and_(or_(Submission.state == State.SUBMITTED, is_undecided_again()), Decision.outcome.is_(None))


def within(part: Within) -> list[ColumnElement[bool]]:
    """One part of an edition, as conditions on Submission."""
    found: list[ColumnElement[bool]] = []
    if part.track_id is not None:
        found.append(Submission.track_id == part.track_id)
    if part.round_id == FIRST_ROUND:
        found.append(Submission.round_id.is_(None))
    elif part.round_id is not None:
        found.append(Submission.round_id == part.round_id)
    return found


FREED_AT = case((Submission.state == State.WITHDRAWN, Submission.withdrawn_at), else_=Submission.answered_at)
"""When a place was given back."""
IS_FREE = and_(
    Submission.state.in_((State.DECLINED, State.WITHDRAWN)),
    Submission.outcome.in_(ACCEPTING),
    Submission.decided_at.is_not(None),
    FREED_AT.is_not(None),
    ~exists().where(PassedPlace.from_id == Submission.id, PassedPlace.freed_at == FREED_AT),
)
"""A place that was given back or withdrawn, and not passed on."""


def count_free_places(edition_id: int, standing: Standing) -> Select[int]:
    """How many places nobody has, as far as this person sees."""
    return select(func.count(Submission.id)).where(Submission.edition_id == edition_id, visible_to(standing), IS_FREE)


# -- the board ----------------------------------------------------------------------------------------------------

SORTS = ("", "sure", "spread", "missing", "number")
"""What the board can be ordered by: average, average by confidence, spread, missing reviews, number."""
SHOWS = ("undecided", "pending", "split", "recommended")


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board is narrowed to, and in which order it stands."""

    show: str = ""
    words: str = ""
    part: Within = EVERYTHING
    sort: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.show or self.words) or not self.part.is_all

    def conditions(self) -> list[ColumnElement[bool]]:
        """Part and words as conditions on Submission."""
        found = within(self.part)
        if self.words:
            found.append(func.lower(Submission.title).contains(self.words.lower(), autoescape=True))
        return found


@dataclass(frozen=True, slots=True)
class Scored:
    """A submission with its rank and what its reviews say, computed in SQL."""

    submission: Submission
    rank: int
    average: float | None
    sure: float | None
    reviews: int
    spread: float
    assigned: int
    missing: int
    """Assignments whose review is not in."""
    decision: Decision | None
    lead: Advice | None = None
    """What whoever led the discussion would make of it, once they handed that in."""

    @property
    def is_reopened(self) -> bool:
        return self.decision is not None and self.decision.reopened_at is not None


@dataclass(frozen=True, slots=True)
class BoardCounts:
    """How many rows each view of the board has, within part and words."""

    all: int
    undecided: int
    pending: int
    split: int
    recommended: int
    free: int
    """Places that nobody has, in the whole edition."""

    def of(self, show: str) -> int:
        """The rows of that view."""
        return int(getattr(self, show or "all"))


def _recommended() -> ColumnElement[bool]:
    return Submission.id.in_(select(Recommendation.submission_id))


def board_counts(session: Session, edition_id: int, standing: Standing, wanted: BoardFilter) -> BoardCounts:
    """How many rows each view of the board has (one query); `show` does not count."""
    ranked = ranked_figures(edition_id, standing).subquery()
    number = func.count(Submission.id)
    row = session.execute(
        select(
            number,
            number.filter(_is_open()),
            number.filter(_is_pending()),
            number.filter(ranked.c.spread >= SPLIT),
            number.filter(_recommended()),
            count_free_places(edition_id, standing).scalar_subquery(),
        )
        .join(ranked, ranked.c.id == Submission.id)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .where(*wanted.conditions())
    ).one()
    return BoardCounts(*row)


def board(
    session: Session, edition_id: int, standing: Standing, wanted: BoardFilter, offset: int, most: int
) -> list[Scored]:
    """A stretch of the board in the wanted order, with tracks and decisions (one query)."""
    ranked = ranked_figures(edition_id, standing).subquery()
    shown = {
        "undecided": _is_open(),
        "pending": _is_pending(),
        "split": ranked.c.spread >= SPLIT,
        "recommended": _recommended(),
    }
    order: dict[str, tuple[Any, ...]] = {
        "sure": (ranked.c.sure.is_(None), ranked.c.sure.desc()),
        "spread": (ranked.c.spread.desc(),),
        "missing": (ranked.c.missing.desc(), ranked.c.reviews),
        "number": (Submission.number,),
    }
    conditions = [*wanted.conditions(), *([shown[wanted.show]] if wanted.show in shown else [])]
    decided = Decision.submission_id == Submission.id
    cut = stretch(ranked, conditions, (*order.get(wanted.sort, ()), ranked.c.rank), offset, most, (Decision, decided))
    rows = session.execute(
        select(Submission, Decision, MetaReview.advice.label("lead"), cut)
        .join(cut, cut.c.id == Submission.id)
        .outerjoin(Submission.track)
        .outerjoin(MetaReview, and_(MetaReview.submission_id == Submission.id, MetaReview.written_at.is_not(None)))
        .outerjoin(Decision, decided)
        .options(contains_eager(Submission.track))
        .order_by(cut.c.place)
    )
    return [
        Scored(
            submission=row[0],
            decision=row[1],
            lead=row.lead,
            rank=row.rank,
            average=_float(row.average),
            sure=_float(row.sure),
            reviews=row.reviews,
            spread=row.spread,
            assigned=row.assigned,
            missing=row.missing,
        )
        for row in rows
    ]


def _float(value: object) -> float | None:
    return float(value) if value is not None else None  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Cell:
    """How many works stand alike: in which track and round, what of them is decided, and how far that is."""

    track_id: int | None
    round_id: int | None
    kind: Outcome | None
    outcome_id: int | None
    stage: str
    """`pending`, `open`, `released`, or `given_back` for a place whose authors do not want it."""
    number: int


@dataclass(frozen=True, slots=True)
class Pending:
    """How the decisions stand, over what one chair may see."""

    cells: tuple[Cell, ...]

    def _by_kind(self, stage: str) -> dict[Outcome, int]:
        found: dict[Outcome, int] = {}
        for cell in self.cells:
            if cell.stage == stage and cell.kind is not None:
                found[cell.kind] = found.get(cell.kind, 0) + cell.number
        return found

    @property
    def pending(self) -> dict[Outcome, int]:
        """Decided and not released, by kind."""
        return self._by_kind("pending")

    @property
    def released(self) -> dict[Outcome, int]:
        """Released, by kind, without places that were given back."""
        return self._by_kind("released")

    @property
    def open(self) -> int:
        """How many have no decision."""
        return sum(cell.number for cell in self.cells if cell.stage == "open")

    @property
    def waiting(self) -> int:
        """How many decisions are pending."""
        return sum(cell.number for cell in self.cells if cell.stage == "pending")

    def within(self, part: Within) -> "Pending":
        """The same for one part of the edition."""
        return Pending(tuple(cell for cell in self.cells if part.holds(cell.track_id, cell.round_id)))

    def accepted_by_track(self) -> dict[int | None, tuple[int, int]]:
        """Of each track: how many are accepted, released or not, and how many there are."""
        found: dict[int | None, tuple[int, int]] = {}
        for cell in self.cells:
            taken, every = found.get(cell.track_id, (0, 0))
            is_taken = cell.kind in ACCEPTING and cell.stage in ("pending", "released")
            found[cell.track_id] = (taken + cell.number * is_taken, every + cell.number)
        return found


def pending_counts(session: Session, edition_id: int, standing: Standing) -> Pending:
    """Counts over what this person may see (one query). Only for chairs: authors learn nothing before the release."""
    each = (
        select(
            Submission.track_id.label("track"),
            Submission.round_id.label("round"),
            Submission.state.label("state"),
            Submission.outcome.label("outcome"),
            Decision.outcome.label("wanted"),
            Decision.outcome_id.label("named"),
            _is_pending().label("is_pending"),
            _is_open().label("is_open"),
        )
        .select_from(Submission)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .where(came_in(edition_id, standing))
        .subquery()
    )
    alike = tuple(each.c)
    cells = []
    for row in session.execute(select(*alike, func.count()).group_by(*alike)):
        track, round_id, state, outcome, wanted, named, is_pending, is_open, number = tuple(row)
        stage = "pending" if is_pending else "open" if is_open else "released"
        if stage == "released" and state is State.DECLINED:
            stage = "given_back"
        cells.append(
            Cell(track, round_id, wanted if is_pending else None if is_open else outcome, named, stage, number)
        )
    return Pending(tuple(cells))


# -- the release --------------------------------------------------------------------------------------------------


def count_pending(session: Session, edition_id: int, standing: Standing, part: Within = EVERYTHING) -> int:
    """How many decisions a release by this person would release."""
    return session.execute(
        select(func.count(Decision.submission_id))
        .join(Submission, Submission.id == Decision.submission_id)
        .where(came_in(edition_id, standing), _is_pending(), *within(part))
    ).scalar_one()


def pending_decisions(
    session: Session,
    edition_id: int,
    standing: Standing,
    part: Within = EVERYTHING,
    *,
    offset: int = 0,
    most: int | None = None,
    lock: bool = False,
) -> list[tuple[Decision, Submission]]:
    """What a release would release, with submissions, tracks and authors, in the order of numbers (two queries)."""
    query = _pending(select(Decision, Submission), edition_id, standing, part).offset(offset).limit(most)
    if lock:
        query = query.with_for_update(of=[Decision, Submission]).execution_options(populate_existing=True)
    return [(decision, submission) for decision, submission in session.execute(query)]


def _pending(query: Any, edition_id: int, standing: Standing, part: Within) -> Any:
    return (
        query.join(Submission, Submission.id == Decision.submission_id)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track), selectinload(Submission.authors))
        .where(came_in(edition_id, standing), _is_pending(), *within(part))
        .order_by(Submission.number)
    )


def pending_reviewed(
    session: Session, edition_id: int, standing: Standing, part: Within = EVERYTHING
) -> list[tuple[Decision, Submission, bool]]:
    """As `pending_decisions`, each with whether a review of it is in (two queries)."""
    is_reviewed = exists().where(Review.submission_id == Submission.id, IS_IN)
    rows = session.execute(_pending(select(Decision, Submission, is_reviewed), edition_id, standing, part))
    return [(decision, submission, bool(reviewed)) for decision, submission, reviewed in rows]


def rounds(session: Session, edition_id: int) -> list[tuple[int, str]]:
    """The rounds of the call with their names, its own last as `FIRST_ROUND`; none if that is the only one."""
    rows = session.execute(
        select(Round.id, Round.name, Call.round_name)
        .outerjoin(Call, Call.edition_id == Round.edition_id)
        .where(Round.edition_id == edition_id)
        .order_by(Round.position, Round.id)
    ).all()
    if not rows:
        return []
    return [*((row.id, row.name) for row in rows), (FIRST_ROUND, rows[0].round_name or own_round_name())]


def decisions_of(session: Session, submission_ids: Collection[int]) -> dict[int, Decision]:
    """The decisions of these submissions, locked."""
    rows = session.scalars(
        select(Decision)
        .where(Decision.submission_id.in_(submission_ids))
        .order_by(Decision.submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.submission_id: row for row in rows}


def released(
    session: Session, edition_id: int, standing: Standing, part: Within = EVERYTHING
) -> list[tuple[Submission, bool]]:
    """What could be decided again: released and not answered, with tracks, by number (one query).

    Each with whether its authors sent a response to the reviews; those come first.
    """
    responded = exists().where(AuthorResponse.submission_id == Submission.id, AuthorResponse.is_sent.is_(True))
    rows = session.execute(
        select(Submission, responded.label("responded"))
        .outerjoin(Submission.track)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .options(contains_eager(Submission.track))
        .where(came_in(edition_id, standing), Submission.state.in_(REOPENABLE), *within(part))
        .where(or_(Decision.reopened_at.is_(None), Decision.submission_id.is_(None)), Submission.outcome.is_not(None))
        .order_by(responded.desc(), Submission.number)
        .limit(1000)
    )
    return [(submission, bool(has_response)) for submission, has_response in rows]


def earlier_decisions(session: Session, submission_ids: Collection[int]) -> dict[int, list[EarlierDecision]]:
    """What was decided before the decision that holds, oldest first (one query)."""
    found: dict[int, list[EarlierDecision]] = {one: [] for one in submission_ids}
    if found:
        for row in session.scalars(
            select(EarlierDecision).where(EarlierDecision.submission_id.in_(found)).order_by(EarlierDecision.id)
        ):
            found[row.submission_id].append(row)
    return found


# -- recommendations ----------------------------------------------------------------------------------------------


def recommendations(session: Session, submission_ids: Collection[int]) -> dict[int, list[Recommendation]]:
    """What was recommended for these, by whom, oldest first (one query)."""
    found: dict[int, list[Recommendation]] = {one: [] for one in submission_ids}
    if found:
        rows = session.scalars(
            select(Recommendation)
            .join(Recommendation.person)
            .options(contains_eager(Recommendation.person))
            .where(Recommendation.submission_id.in_(found))
            .order_by(Recommendation.id)
        )
        for row in rows:
            found[row.submission_id].append(row)
    return found


def recommendations_by(session: Session, person_id: int, submission_ids: Collection[int]) -> dict[int, Recommendation]:
    """A person's own recommendations for these, locked."""
    rows = session.scalars(
        select(Recommendation)
        .where(Recommendation.person_id == person_id, Recommendation.submission_id.in_(submission_ids))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.submission_id: row for row in rows}


# -- what the first ones would be ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ranked:
    """A work in the order of averages, as the simulation counts it."""

    id: int
    number: int
    title: str
    track_id: int | None
    average: float | None
    state: State
    kind: Outcome | None
    """What is decided, pending or released; None while it is open."""
    is_open: bool
    version: int
    """Of its decision; 0 without one."""


def ranking(
    session: Session, edition_id: int, standing: Standing, part: Within = EVERYTHING, *, by_confidence: bool = False
) -> list[Ranked]:
    """Everything this person may see, best first (one query)."""
    ranked = ranked_figures(edition_id, standing).subquery()
    order = (ranked.c.sure.is_(None), ranked.c.sure.desc()) if by_confidence else ()
    rows = session.execute(
        select(
            Submission.id,
            Submission.number,
            Submission.title,
            Submission.track_id,
            ranked.c.sure if by_confidence else ranked.c.average,
            Submission.state,
            Submission.outcome,
            Decision.outcome,
            _is_open(),
            func.coalesce(Decision.version, 0),
        )
        .join(ranked, ranked.c.id == Submission.id)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .where(*within(part))
        .order_by(*order, ranked.c.rank)
    )
    return [
        Ranked(one, number, title, track, _float(score), state, wanted or outcome, bool(is_open), version)
        for one, number, title, track, score, state, outcome, wanted, is_open, version in rows
    ]


def said(session: Session, submission_ids: Sequence[int]) -> tuple[list[str | None], list[str | None]]:
    """Country and career stage of the presenters of these, in this order: for totals, never for one (one query).

    Opened here: what was declared is sealed, so SQL cannot count it.
    """
    rows = session.execute(
        select(Declaration.submission_id, Declaration.country, Declaration.career_stage).where(
            Declaration.submission_id.in_(submission_ids),
            or_(Declaration.country.is_not(None), Declaration.career_stage.is_not(None)),
        )
    ).all()
    countries = {row.submission_id: row.country for row in rows}
    stages = {row.submission_id: row.career_stage for row in rows}
    return [countries.get(one) for one in submission_ids], [stages.get(one) for one in submission_ids]


# -- after the release --------------------------------------------------------------------------------------------


def unanswered(session: Session, edition_id: int, standing: Standing) -> Sequence[Submission]:
    """Accepted, and neither confirmed nor given back, with tracks and authors, by number (two queries)."""
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track), selectinload(Submission.authors))
        .where(came_in(edition_id, standing), Submission.state == State.ACCEPTED)
        .order_by(Submission.number)
    ).all()


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of the places that were offered."""

    confirmed: int
    waiting: int
    declined: int


def answers(session: Session, edition_id: int, standing: Standing) -> Answers:
    """How many confirmed, have not answered, gave their place back (one query)."""
    rows = session.execute(
        select(Submission.state, func.count(Submission.id))
        .where(came_in(edition_id, standing), Submission.state.in_((*ON_PROGRAMME, State.DECLINED)))
        .group_by(Submission.state)
    )
    found = {row[0]: row[1] for row in rows}
    return Answers(found.get(State.CONFIRMED, 0), found.get(State.ACCEPTED, 0), found.get(State.DECLINED, 0))


def answered(
    session: Session, edition_id: int, standing: Standing, state: State, *, offset: int, most: int
) -> Sequence[Submission]:
    """A stretch of the works in that state with tracks: who answers soonest first (one query)."""
    return session.scalars(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track))
        .where(came_in(edition_id, standing), Submission.state == state)
        .order_by(Submission.confirm_by.is_(None), Submission.confirm_by, Submission.number)
        .offset(offset)
        .limit(most)
    ).all()


def decided_more_than_once(
    session: Session, edition_id: int, standing: Standing
) -> list[tuple[Submission, list[EarlierDecision]]]:
    """Works with decisions of before, which are loaded, by number (two queries, at most 200 works)."""
    works = session.scalars(
        select(Submission)
        .where(came_in(edition_id, standing), Submission.id.in_(select(EarlierDecision.submission_id)))
        .order_by(Submission.number)
        .limit(200)
    ).all()
    earlier = earlier_decisions(session, [work.id for work in works])
    return [(work, earlier[work.id]) for work in works]


# -- the mails of a release ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail about a decision: of which work, to whom, and how far it is. Its text is not loaded."""

    id: int
    number: int
    title: str
    to_name: str
    to_address: str
    subject: str
    state: MailState
    sent_at: datetime | None
    created_at: datetime
    last_error: str | None


def _about_decisions(edition_id: int, standing: Standing) -> list[ColumnElement[bool]]:
    return [
        *mails.shown(edition_id, standing.person_id),
        OutboxMail.key.startswith("decision:"),
        came_in_or_left(edition_id, standing),
    ]


def came_in_or_left(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    """What this person may see at the desk, what was withdrawn included."""
    return and_(Submission.edition_id == edition_id, visible_to(standing))


_OF_MAIL = OutboxMail.about == literal("submission:").concat(cast(Submission.id, String))


def sent_counts(session: Session, edition_id: int, standing: Standing) -> dict[MailState, int]:
    """How many mails about decisions are in which state (one query)."""
    rows = session.execute(
        select(OutboxMail.state, func.count(OutboxMail.id))
        .join(Submission, _OF_MAIL)
        .where(*_about_decisions(edition_id, standing))
        .group_by(OutboxMail.state)
    )
    return {row[0]: row[1] for row in rows}


def sent_mails(
    session: Session,
    edition_id: int,
    standing: Standing,
    states: Collection[MailState] | None,
    *,
    offset: int,
    most: int,
) -> list[SentMail]:
    """A stretch of the mails about decisions, what failed first, then the latest (one query)."""
    query = (
        select(
            OutboxMail.id,
            Submission.number,
            Submission.title,
            OutboxMail.to_name,
            OutboxMail.to_address,
            OutboxMail.subject,
            OutboxMail.state,
            OutboxMail.sent_at,
            OutboxMail.created_at,
            OutboxMail.last_error,
        )
        .join(Submission, _OF_MAIL)
        .where(*_about_decisions(edition_id, standing))
        .order_by(OutboxMail.state != MailState.FAILED, OutboxMail.id.desc())
        .offset(offset)
        .limit(most)
    )
    if states is not None:
        query = query.where(OutboxMail.state.in_(states))
    return [SentMail(*tuple(row)) for row in session.execute(query)]


def is_about_a_decision(session: Session, edition_id: int, standing: Standing, mail_id: int) -> bool:
    """True of a mail about a decision that this person may see."""
    found = (
        select(OutboxMail.id)
        .join(Submission, _OF_MAIL)
        .where(*_about_decisions(edition_id, standing), OutboxMail.id == mail_id)
    )
    return session.execute(found).first() is not None
