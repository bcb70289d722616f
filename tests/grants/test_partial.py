"""Conflicts of interest with an application: the reasons of reviewing, and what readers do not learn."""

import pytest

from tests.factories import join_team, make_edition, make_person
from tests.grants.factories import acting, make_application, make_committee, make_fund, open_grants
from tests.shows import shows
from tests.submissions.factories import make_submission
from workshop_manager.conflicts import service as conflicts
from workshop_manager.conflicts.service import Whom
from workshop_manager.conflicts.states import About, ConflictKind, Why
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import deciding, partial, queries
from workshop_manager.grants.models import Application, GrantSettings
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.states import Role


def seen_by(uow: UnitOfWork, edition: Edition, person_id: int) -> list[int]:
    """What stands in somebody's list, which must agree with what they are asked to read and what is counted."""
    standing = standing_of(uow.session, edition.id, person_id)
    found = [one.application.id for one in queries.ranked(uow.session, edition.id, standing)]
    assert queries.list_counts(uow.session, edition.id, standing)["all"] == len(found)
    assert queries.unread_by_member(uow.session, edition.id).get(person_id, 0) == len(found)
    assert queries.unread_of(uow.session, person_id, [edition.id]).get(edition.id, 0) == len(found)
    return found


@shows("Grants", "Conflicts of interest by the rules of reviewing: declared, same work, co-author, institution")
@pytest.mark.parametrize("why", [Why.DOMAIN, Why.AFFILIATION, Why.COAUTHOR, Why.STATED, Why.DECLARED])
def test_whoever_is_too_close_knows_of_no_such_application(uow: UnitOfWork, why: Why) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    other = make_application(uow, edition, make_person(uow, "Somebody Else"))
    same = why in (Why.AFFILIATION, Why.DOMAIN)
    applicant = make_person(
        uow, "Ada Diallo",
        "ada@mail.uni-nord.edu" if why is Why.DOMAIN else None,
        affiliation="University of the North" if same else "Elsewhere College",
    )  # fmt: skip
    member = make_committee(uow, edition)
    if why is Why.DOMAIN:
        member.email = "leilani@cs.uni-nord.edu"
    if why is Why.AFFILIATION:
        member.affiliation = "Univ. of the North, Dept. of Physics"
    uow.session.flush()
    application = make_application(uow, edition, applicant)
    if why is Why.COAUTHOR:
        make_submission(uow, make_edition(uow, slug="earlier"), applicant, authors=(member,))
    with acting(uow, member):
        if why is Why.STATED:
            conflicts.state(uow, Whom(About.PERSON, "", applicant.email, ConflictKind.ADVISOR))
        if why is Why.DECLARED:
            deciding.declare_conflict(uow, edition, application.id)
    uow.session.flush()
    assert partial.against(uow.session, edition.id, [member.id])[application.id, member.id] is why
    assert seen_by(uow, edition, member.id) == [other.id]


@shows("Grants", "What was only found by comparing, another organiser lifts with a reason; one’s own word stays")
def test_another_organiser_lifts_what_was_only_found_by_comparing(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    applicant = make_person(uow, "Ada Diallo", affiliation="University of the North")
    application = make_application(uow, edition, applicant)
    member, chair = make_committee(uow, edition), make_person(uow, "Chair")
    join_team(uow, edition, chair, Role.ORGANISER)
    member.affiliation = "University of the North"
    uow.session.flush()
    assert seen_by(uow, edition, member.id) == []
    with acting(uow, chair):
        with pytest.raises(FieldConflict):
            deciding.lift(uow, edition, application.id, member.id, " ")
        deciding.lift(uow, edition, application.id, member.id, "Forty thousand people work there.")
    assert seen_by(uow, edition, member.id) == [application.id]
    with acting(uow, chair):
        deciding.count_again(uow, edition, application.id, member.id)
    assert seen_by(uow, edition, member.id) == []
    make_submission(uow, edition, applicant, authors=(member,))
    with acting(uow, chair), pytest.raises(Conflict):
        deciding.lift(uow, edition, application.id, member.id, "They say so.")
    with acting(uow, member), pytest.raises(NotFound):
        deciding.declare_conflict(uow, edition, application.id)


@shows("Grants", "Optional blinding: readers learn neither name nor affiliation before the answer is out")
def test_readers_learn_no_names_before_the_answer_if_the_edition_says_so(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    application: Application = make_application(uow, edition)
    member, chair = make_committee(uow, edition), make_person(uow, "Chair")
    join_team(uow, edition, chair, Role.ORGANISER)
    uow.session.add(GrantSettings(edition_id=edition.id, about="", deciding="", is_blind=True))
    uow.session.flush()

    def known(person_id: int) -> int:
        standing = standing_of(uow.session, edition.id, person_id)
        where = queries.known_to(edition.id, standing)
        return uow.session.query(Application).filter(where).count()

    assert (known(member.id), known(chair.id)) == (0, 1)
    application.released_at = uow.now
    uow.session.flush()
    assert known(member.id) == 1
