"""Every select of this package; each says what it loads."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.rules import REVIEWERS
from workshop_manager.workshops.models import TeamMember


def find_reviewer(session: Session, edition_id: int, person_id: int) -> Person | None:
    """Somebody who may review in that edition."""
    member = select(TeamMember.person_id).where(TeamMember.edition_id == edition_id, TeamMember.role.in_(REVIEWERS))
    return session.execute(select(Person).where(Person.id == person_id, Person.id.in_(member))).scalar_one_or_none()
