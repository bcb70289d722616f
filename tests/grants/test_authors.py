"""One funded author a submission, and what of a submission stands beside an application."""

import pytest

from tests.factories import make_person
from tests.grants.factories import acting, make_application, make_committee, make_fund, open_grants, propose, release
from tests.shows import shows
from tests.submissions.factories import make_submission
from workshop_manager.accounts.models import Person
from workshop_manager.conflicts import service as conflicts
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import queries, service
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import State
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.workshops.models import Edition


def two_authors(uow: UnitOfWork) -> tuple[Edition, Fund, Person, Submission, Application, Application]:
    edition = open_grants(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    first, second = make_person(uow, "Ada Diallo"), make_person(uow, "Binta Sow")
    work = make_submission(uow, edition, first, authors=(second,))
    return edition, fund, member, work, make_application(uow, edition, first), make_application(uow, edition, second)


@shows("Grants", "One funded author a submission: a second offer is refused, with a sentence that says what to do")
def test_a_second_author_is_not_offered_beside_the_first(uow: UnitOfWork) -> None:
    edition, fund, member, work, one, other = two_authors(uow)
    propose(uow, edition, member, one, fund)
    propose(uow, edition, member, other, fund)
    with pytest.raises(FieldConflict, match="choose one of the two") as both:
        release(uow, edition, member, one, other)
    assert both.value.field == "chosen"
    release(uow, edition, member, one)
    with pytest.raises(FieldConflict, match="One author of a submission is funded") as late:
        release(uow, edition, member, other)
    assert "Ada Diallo" in late.value.sentence
    assert other.state is State.SUBMITTED
    with pytest.raises(FieldConflict, match="take that one back first"):
        propose(uow, edition, member, other, fund)
    work.state = WorkState.WITHDRAWN
    uow.session.flush()
    release(uow, edition, member, other)
    assert other.state is State.OFFERED


def test_of_two_offers_the_first_accepted_counts_until_it_is_given_back(uow: UnitOfWork) -> None:
    edition, fund, member, work, one, other = two_authors(uow)
    work.state = WorkState.WITHDRAWN
    uow.session.flush()
    for each in (one, other):
        propose(uow, edition, member, each, fund)
        release(uow, edition, member, each)
    work.state = WorkState.SUBMITTED
    assert one.person is not None
    assert other.person is not None
    with acting(uow, one.person):
        service.accept(uow, edition)
    with acting(uow, other.person), pytest.raises(Conflict, match="one author of a submission is funded"):
        service.accept(uow, edition)
    with acting(uow, one.person):
        service.decline(uow, edition)
    with acting(uow, other.person):
        assert service.accept(uow, edition).state is State.ACCEPTED


def test_a_submission_in_conflict_does_not_stand_beside_the_application(uow: UnitOfWork) -> None:
    edition, _fund, member, work, one, _other = two_authors(uow)
    people = [one.person_id or 0]
    assert [part.state for part in queries.parts_of(uow.session, edition.id, people, member.id)[people[0]]] == [
        WorkState.SUBMITTED
    ]
    conflicts.keep_apart(uow, work, member.id, ConflictKind.OTHER)
    uow.session.flush()
    assert not queries.parts_of(uow.session, edition.id, people, member.id).get(people[0])
    assert queries.parts_of(uow.session, edition.id, people)[people[0]]
