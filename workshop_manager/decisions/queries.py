"""Every select of this package; each says what it loads."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from workshop_manager.decisions.models import Decision
from workshop_manager.decisions.rules import DECIDABLE
from workshop_manager.reviews.queries import BoardFilter, came_in, narrowed, ranked_figures
from workshop_manager.reviews.rules import SPLIT
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.rules import Standing


def _is_pending() -> ColumnElement[bool]:
    return and_(Decision.outcome.is_not(None), Decision.released_at.is_(None), Submission.state.in_(DECIDABLE))


def _is_open() -> ColumnElement[bool]:
    return and_(Submission.state == State.SUBMITTED, Decision.outcome.is_(None))


@dataclass(frozen=True, slots=True)
class Scored:
    """A submission with its rank and what its reviews say, computed in SQL."""

    submission: Submission
    rank: int
    average: float | None
    reviews: int
    spread: float
    assigned: int
    missing: int
    """Assignments whose review is not in."""
    decision: Decision | None

    @property
    def pending(self) -> Outcome | None:
        """What is decided and not released."""
        return self.decision.outcome if self.decision and self.decision.released_at is None else None


@dataclass(frozen=True, slots=True)
class BoardCounts:
    """How many rows each view of the board has, within track and words."""

    all: int
    undecided: int
    split: int

    def of(self, show: str) -> int:
        """The rows of that view."""
        return {"undecided": self.undecided, "split": self.split}.get(show, self.all)


def board_counts(session: Session, edition_id: int, standing: Standing, wanted: BoardFilter) -> BoardCounts:
    """How many rows each view of the board has (one query); `show` does not count."""
    ranked = ranked_figures(edition_id, standing).subquery()
    row = session.execute(
        select(
            func.count(Submission.id),
            func.count(Submission.id).filter(_is_open()),
            func.count(Submission.id).filter(ranked.c.spread >= SPLIT),
        )
        .join(ranked, ranked.c.id == Submission.id)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .where(*narrowed(wanted))
    ).one()
    return BoardCounts(*row)


def board(
    session: Session,
    edition_id: int,
    standing: Standing,
    wanted: BoardFilter,
    offset: int,
    most: int,
) -> list[Scored]:
    """A stretch of the board, best average first, with tracks and decisions (one query)."""
    ranked = ranked_figures(edition_id, standing).subquery()
    shown = {
        "undecided": _is_open(),
        "split": ranked.c.spread >= SPLIT,
    }
    conditions = narrowed(wanted) + ([shown[wanted.show]] if wanted.show in shown else [])
    rows = session.execute(
        select(Submission, Decision, ranked)
        .join(ranked, ranked.c.id == Submission.id)
        .outerjoin(Submission.track)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .options(contains_eager(Submission.track))
        .where(*conditions)
        .order_by(ranked.c.rank)
        .offset(offset)
        .limit(most)
    )
    return [
        Scored(
            submission=row[0],
            decision=row[1],
            rank=row.rank,
            average=float(row.average) if row.average is not None else None,
            reviews=row.reviews,
            spread=row.spread,
            assigned=row.assigned,
            missing=row.missing,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Pending:
    """How the decisions stand: pending by outcome, released by outcome, open ones."""

    pending: dict[Outcome, int]
    released: dict[Outcome, int]
    open: int

    @property
    def waiting(self) -> int:
        """How many decisions are pending."""
        return sum(self.pending.values())


def pending_counts(session: Session, edition_id: int, standing: Standing) -> Pending:
    """Counts over what this person may see (one query). Only for chairs: authors learn nothing before the release."""
    each = (
        select(
            Decision.outcome.label("wanted"),
            Submission.outcome.label("outcome"),
            _is_pending().label("is_pending"),
            _is_open().label("is_open"),
        )
        .select_from(Submission)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .where(came_in(edition_id, standing))
        .subquery()
    )
    kinds = (each.c.wanted, each.c.outcome, each.c.is_pending, each.c.is_open)
    rows = session.execute(select(*kinds, func.count()).group_by(*kinds))
    pending: dict[Outcome, int] = {}
    released: dict[Outcome, int] = {}
    undecided = 0
    for wanted, outcome, is_pending, is_open, number in rows:
        if is_pending and wanted is not None:
            pending[wanted] = pending.get(wanted, 0) + number
        elif is_open:
            undecided += number
        elif outcome is not None:
            released[outcome] = released.get(outcome, 0) + number
    return Pending(pending, released, undecided)


def count_pending(session: Session, edition_id: int, standing: Standing) -> int:
    """How many decisions a release by this person would release."""
    return session.execute(
        select(func.count(Decision.submission_id))
        .join(Submission, Submission.id == Decision.submission_id)
        .where(came_in(edition_id, standing), _is_pending())
    ).scalar_one()


def pending_decisions(
    session: Session,
    edition_id: int,
    standing: Standing,
    *,
    offset: int = 0,
    most: int | None = None,
    lock: bool = False,
) -> list[tuple[Decision, Submission]]:
    """What a release would release, with submissions and authors, in the order of numbers (two queries)."""
    query = (
        select(Decision, Submission)
        .join(Submission, Submission.id == Decision.submission_id)
        .options(selectinload(Submission.authors))
        .where(came_in(edition_id, standing), _is_pending())
        .order_by(Submission.number)
        .offset(offset)
        .limit(most)
    )
    if lock:
        query = query.with_for_update(of=[Decision, Submission]).execution_options(populate_existing=True)
    return [(decision, submission) for decision, submission in session.execute(query)]


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
