"""Who belongs to the groups seats are kept for. What only higher packages know, they register:

    groups.register(Group.GRANTEES, queries.grantees)

with `grantees(edition_id)` a select of the ids of people. It is asked whenever a seat is given: never stale.
"""

from collections.abc import Callable, Collection

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from workshop_manager.registrations.states import Group
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import State as SubmissionState
from workshop_manager.workshops.models import TeamMember

Members = Callable[[int], Select[int | None]]

PRESENTED = frozenset({SubmissionState.ACCEPTED, SubmissionState.CONFIRMED})


def _presenters(edition_id: int) -> Select[int | None]:
    """Whoever presents a work whose acceptance was released."""
    return (
        select(Author.person_id)
        .join(Submission, Submission.id == Author.submission_id)
        .where(Submission.edition_id == edition_id, Submission.state.in_(PRESENTED), Author.is_presenter)
    )


def _team(edition_id: int) -> Select[int | None]:
    return select(TeamMember.person_id).where(TeamMember.edition_id == edition_id)


_members: dict[Group, Members] = {Group.PRESENTERS: _presenters, Group.TEAM: _team}


def register(group: Group, members: Members) -> None:
    """Say who belongs to a group; the last one registered counts."""
    _members[group] = members


def members(session: Session, edition_id: int, group: Group) -> frozenset[int]:
    """The ids of the people who belong to it now."""
    asked = _members.get(group)
    found = session.scalars(asked(edition_id)) if asked is not None else ()
    return frozenset(person_id for person_id in found if person_id is not None)


def of_person(session: Session, edition_id: int, person_id: int, asked: Collection[Group]) -> frozenset[Group]:
    """To which of these groups somebody belongs, in one query."""
    parts = [
        select(literal(group.value)).where(literal(person_id).in_(_members[group](edition_id)))
        for group in sorted(asked, key=lambda one: one.value)
        if group in _members
    ]
    return frozenset(Group(value) for value in session.scalars(union_all(*parts))) if parts else frozenset()
