"""A place that is given back goes to the next on the waitlist, in one act; each place once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import service
from workshop_manager.decisions.models import Decision, PassedPlace
from workshop_manager.decisions.outcomes import Named, Outcomes, outcomes_of
from workshop_manager.decisions.queries import FREED_AT, IS_FREE
from workshop_manager.decisions.rules import ANSWER_WITHIN
from workshop_manager.reviews.queries import ranked_figures
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE, Standing
from workshop_manager.workshops.service import actor_id, require

_IS_SETTLED = or_(Decision.outcome.is_(None), Decision.released_at.is_not(None))


@dataclass(frozen=True, slots=True)
class FreePlace:
    """A place that nobody has: whose it was, as what, and since when."""

    submission: Submission
    named: Named
    freed_at: datetime


def free_places(session: Session, edition_id: int, standing: Standing, outcomes: Outcomes) -> list[FreePlace]:
    """Places that were given back or withdrawn and not passed on, the oldest first (one query)."""
    rows = session.execute(
        select(Submission, Decision.outcome_id, FREED_AT)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .where(Submission.edition_id == edition_id, visible_to(standing), IS_FREE)
        .order_by(FREED_AT, Submission.number)
    )
    return [
        FreePlace(submission, outcomes.of(submission.outcome, outcome_id), freed_at)
        for submission, outcome_id, freed_at in rows
        if submission.outcome is not None
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on the waitlist; `place` counts from 1, by the average of the reviews."""

    place: int
    submission: Submission
    average: float | None


def waiting(session: Session, edition_id: int, standing: Standing, most: int | None = None) -> list[Waiting]:
    """The waitlist, the next first, with tracks (one query). Who has another decision pending does not wait."""
    ranked = ranked_figures(edition_id, standing).subquery()
    rows = session.execute(
        select(Submission, ranked.c.average)
        .join(ranked, ranked.c.id == Submission.id)
        .outerjoin(Submission.track)
        .outerjoin(Decision, Decision.submission_id == Submission.id)
        .options(contains_eager(Submission.track))
        .where(Submission.state == State.WAITLISTED)
        .where(or_(Decision.submission_id.is_(None), and_(Decision.reopened_at.is_(None), _IS_SETTLED)))
        .order_by(ranked.c.rank)
        .limit(most)
    )
    return [
        Waiting(place, submission, float(average) if average is not None else None)
        for place, (submission, average) in enumerate(rows, start=1)
    ]


def answer_by(uow: UnitOfWork, edition: Edition, work: Submission) -> Deadline:
    """Until when somebody off the waitlist is asked to answer: the date of its round, if it leaves them long enough."""
    by = service.confirm_by(uow, edition).of(work)
    soon = (uow.now + ANSWER_WITHIN).astimezone(ZoneInfo(edition.time_zone))
    own = datetime.combine(soon.date(), time(23, 59), ZoneInfo(edition.time_zone))
    return by if by is not None and by.at >= own else Deadline(own, edition.time_zone)


def pass_on(uow: UnitOfWork, edition: Edition, from_number: int, to_number: int) -> Submission:
    """Give the place of one to another on the waitlist: accepted, told and asked to confirm, in one act.

    Both must be what the chair saw: a place that went to somebody meanwhile, or a work that waits no more, is a
    Conflict, and nothing happened.
    """
    standing = require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    outcomes = outcomes_of(uow.session, edition.id)
    place = _free(uow, edition, standing, outcomes, from_number)
    to = uow.session.execute(
        select(Submission)
        .outerjoin(Submission.track)
        .options(contains_eager(Submission.track), selectinload(Submission.authors))
        .where(Submission.edition_id == edition.id, Submission.number == to_number, visible_to(standing))
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if to is None:
        raise NotFound
    if to.state is not State.WAITLISTED:
        raise Conflict(str(_("#%(number)s is not on the waitlist any more. Nothing happened.", number=to_number)))
    _take(uow, place, to)
    service.release_now(uow, edition, to, place.named, answer_by(uow, edition, to), freed=True)
    record(uow, "place passed on", "submission", to.id, edition_id=edition.id, place_of=from_number)
    return to


def leave_empty(uow: UnitOfWork, edition: Edition, from_number: int) -> None:
    """Nobody gets this place: it is not offered any more."""
    standing = require(uow, edition, MAY_DECIDE)
    workshops.locked_edition(uow.session, edition.id)
    place = _free(uow, edition, standing, outcomes_of(uow.session, edition.id), from_number)
    _take(uow, place, None)
    record(uow, "place left empty", "submission", place.submission.id, edition_id=edition.id)


def _free(uow: UnitOfWork, edition: Edition, standing: Standing, outcomes: Outcomes, number: int) -> FreePlace:
    found = {place.submission.number: place for place in free_places(uow.session, edition.id, standing, outcomes)}
    if number in found:
        return found[number]
    known = select(Submission.id).where(Submission.edition_id == edition.id, Submission.number == number)
    if uow.session.execute(known.where(visible_to(standing))).first() is None:
        raise NotFound
    raise Conflict(str(_("This place is not free any more. Perhaps somebody gave it away a moment ago.")))


def _take(uow: UnitOfWork, place: FreePlace, to: Submission | None) -> None:
    uow.session.add(
        PassedPlace(
            from_id=place.submission.id,
            freed_at=place.freed_at,
            to_id=to.id if to else None,
            passed_at=uow.now,
            passed_by=actor_id(uow),
        )
    )
    uow.session.flush()


def passed(session: Session, edition_id: int, standing: Standing) -> Sequence[tuple[PassedPlace, int, int | None]]:
    """Places that were passed on, the latest first, with the numbers of both works, as far as this person sees both."""
    of, to = Submission, Submission.__table__.alias("next")
    rows = session.execute(
        select(PassedPlace, of.number, to.c.number)
        .join(of, of.id == PassedPlace.from_id)
        .outerjoin(to, to.c.id == PassedPlace.to_id)
        .where(of.edition_id == edition_id, visible_to(standing))
        .where(or_(PassedPlace.to_id.is_(None), PassedPlace.to_id.in_(_seen(edition_id, standing))))
        .order_by(PassedPlace.id.desc())
        .limit(100)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _seen(edition_id: int, standing: Standing) -> Select[int]:
    return select(Submission.id).where(Submission.edition_id == edition_id, visible_to(standing))
