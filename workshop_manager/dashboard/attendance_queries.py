"""The selects behind the plots of who registers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.submissions.models import Author, Declaration, Submission


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody who registered once, in the order in which people did; `takes_part` False for who cancelled."""

    person_id: int | None
    at: datetime
    takes_part: bool
    country: str | None


def registered(session: Session, edition_id: int) -> list[Registered]:
    """Everybody who ever registered, the first first."""
    rows = session.execute(
        select(Registration.person_id, Registration.created_at, Registration.state, Person.country)
        .outerjoin(Person, Person.id == Registration.person_id)
        .where(Registration.edition_id == edition_id)
        .order_by(Registration.id)
    )
    return [Registered(person_id, at, state is not State.CANCELLED, country) for person_id, at, state, country in rows]


def stages(session: Session, edition_id: int) -> dict[int, str | None]:
    """The career stage of presenters by their person, as they said it with a work: for totals, never for one."""
    rows = session.execute(
        select(Author.person_id, Declaration.career_stage)
        .join(Submission, Submission.id == Author.submission_id)
        .join(Declaration, Declaration.submission_id == Submission.id)
        .where(Submission.edition_id == edition_id, Author.is_presenter.is_(True), Author.person_id.is_not(None))
        .order_by(Submission.id)
    )
    return {person_id: stage for person_id, stage in rows if person_id is not None}
