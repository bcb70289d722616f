"""Declaring, adding, waiving, naming: who may, what follows, and that nobody learns what they must not."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.conflicts.factories import work_of
from tests.factories import join_team, make_edition, make_person
from tests.reviews.factories import make_assignment
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.assignments.models import Assignment
from workshop_manager.conflicts import queries, service
from workshop_manager.conflicts.keys import keys_of
from workshop_manager.conflicts.models import DeclaredConflict, Opposed, Statement, Waiver
from workshop_manager.conflicts.service import Whom
from workshop_manager.conflicts.states import About, ConflictKind, Why
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.states import State
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.states import Role


class Scene:
    """Two chairs, one at the author's institution; a reviewer of the same company as an author."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow, self.edition = uow, make_edition(uow)
        self.chair = make_person(uow, "Chadia Chairsson", "chadia@team.net")
        self.kin = make_person(uow, "Kin Kinsson", "kin@uni.edu")
        self.reviewer = make_person(uow, "Rania Reviewsson", "rania@big.net", affiliation="Big Company")
        self.author = make_person(uow, "Amal Authorsdottir", "amal@uni.edu", affiliation="Big Company")
        for person, role in (
            (self.chair, Role.PROGRAMME_CHAIR),
            (self.kin, Role.OWNER),
            (self.reviewer, Role.REVIEWER),
        ):
            join_team(uow, self.edition, person, role)
        self.work = make_submission(uow, self.edition, self.author)
        uow.actor = self.chair

    def why(self, person: Any) -> Why | None:
        return queries.against(self.uow.session, self.work, [person.id]).get(person.id)

    def sees(self, person: Any) -> bool:
        standing = standing_of(self.uow.session, self.edition.id, person.id)
        return submissions.find_at_desk(self.uow.session, self.edition.id, standing, self.work.number) is not None


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    return Scene(uow)


@shows(
    "Review and decisions", "What was found by comparing is waived by another chair, with a reason, and can count again"
)
def test_another_chair_waives_what_was_found(scene: Scene) -> None:
    assert scene.why(scene.reviewer) is Why.AFFILIATION
    with pytest.raises(Conflict, match="Say why"):
        service.waive(scene.uow, scene.edition, scene.work.number, scene.reviewer.id, "")
    service.waive(scene.uow, scene.edition, scene.work.number, scene.reviewer.id, "Ten thousand people work there.")
    assert scene.why(scene.reviewer) is None
    make_assignment(scene.uow, scene.work, scene.reviewer)
    service.end_waiver(scene.uow, scene.edition, scene.work.number, scene.reviewer.id)
    assert scene.why(scene.reviewer) is Why.AFFILIATION
    assert scene.uow.session.scalars(select(Assignment)).all() == []
    acts = scene.uow.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == "submission").order_by(AuditEntry.id)
    ).all()
    assert {"conflict waived", "conflict counts again"} <= set(acts)


@keeps("A12")
@shows(
    "Review and decisions", "A chair with a conflict found from data sees nothing of the work, and cannot lift it alone"
)
def test_a_chair_cannot_waive_their_own(scene: Scene) -> None:
    assert scene.why(scene.kin) is Why.DOMAIN
    assert not scene.sees(scene.kin)
    scene.uow.actor = scene.kin
    for act in (
        lambda: service.waive(scene.uow, scene.edition, scene.work.number, scene.kin.id, "It is nothing."),
        lambda: service.waive(scene.uow, scene.edition, scene.work.number, scene.reviewer.id, "It is nothing."),
        lambda: service.add(scene.uow, scene.edition, scene.work.number, scene.reviewer.id, ConflictKind.OTHER, ""),
    ):
        with pytest.raises(NotFound):
            act()
    scene.uow.actor = scene.chair
    service.waive(scene.uow, scene.edition, scene.work.number, scene.kin.id, "Another faculty of a huge university.")
    assert scene.sees(scene.kin)


def test_what_somebody_is_or_said_is_not_waived(scene: Scene) -> None:
    join_team(scene.uow, scene.edition, scene.author, Role.REVIEWER)
    with pytest.raises(Conflict, match="can be waived"):
        service.waive(scene.uow, scene.edition, scene.work.number, scene.author.id, "It is nothing.")
    stranger = make_person(scene.uow, "Stranger")
    with pytest.raises(NotFound):
        service.waive(scene.uow, scene.edition, scene.work.number, stranger.id, "It is nothing.")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.FRONT_DESK, Role.GRANTS_COMMITTEE, None])
def test_only_chairs_waive_and_add(scene: Scene, role: Role | None) -> None:
    scene.uow.actor = make_person(scene.uow, "Somebody Else")
    if role:
        join_team(scene.uow, scene.edition, scene.uow.actor, role)
    other = make_edition(scene.uow, slug="2031")
    join_team(scene.uow, other, scene.uow.actor, Role.OWNER)  # of another edition
    number = scene.work.number
    for act in (
        lambda: service.waive(scene.uow, scene.edition, number, scene.reviewer.id, "It is nothing."),
        lambda: service.end_waiver(scene.uow, scene.edition, number, scene.reviewer.id),
        lambda: service.add(scene.uow, scene.edition, number, scene.reviewer.id, ConflictKind.OTHER, ""),
    ):
        with pytest.raises(NotFound):
            act()


@shows("Review and decisions", "A chair adds a conflict for somebody, and what they had of the work goes")
def test_a_chair_adds_a_conflict_for_somebody(scene: Scene) -> None:
    other = make_person(scene.uow, "Other Othersson", "o@other.net")
    join_team(scene.uow, scene.edition, other, Role.REVIEWER)
    make_assignment(scene.uow, scene.work, other)
    service.add(scene.uow, scene.edition, scene.work.number, other.id, ConflictKind.PERSONAL, "They told us.")
    assert scene.why(other) is Why.DECLARED
    assert scene.uow.session.scalars(select(Assignment)).all() == []
    row = scene.uow.session.scalars(select(DeclaredConflict)).one()
    assert row.added_by == scene.chair.id
    with pytest.raises(Conflict, match="already"):
        service.add(scene.uow, scene.edition, scene.work.number, other.id, ConflictKind.PERSONAL, "")
    with pytest.raises(NotFound):
        stranger = make_person(scene.uow, "Stranger")
        service.add(scene.uow, scene.edition, scene.work.number, stranger.id, ConflictKind.OTHER, "")


@keeps("A9")
def test_saying_a_name_to_see_whether_a_work_vanishes_costs_the_assignment(scene: Scene) -> None:
    """Else a reviewer finds out who wrote a blind abstract by guessing, and takes the guess back."""
    reader = make_person(scene.uow, "Curious Curiousson", "c@curious.net")
    join_team(scene.uow, scene.edition, reader, Role.REVIEWER)
    make_assignment(scene.uow, scene.work, reader)
    scene.uow.actor = reader
    wrong = service.state(scene.uow, Whom(About.PERSON, "Somebody Otherwise"))
    assert len(scene.uow.session.scalars(select(Assignment)).all()) == 1
    right = service.state(scene.uow, Whom(About.PERSON, "Authorsdottir, Amal"))
    assert scene.why(reader) is Why.STATED
    for row in (wrong, right):
        service.take_back(scene.uow, row.id)
    scene.uow.session.expire_all()
    assert scene.uow.session.scalars(select(Assignment)).all() == []
    acts = scene.uow.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_id == scene.work.id).order_by(AuditEntry.id)
    ).all()
    assert "conflict stated" in acts


@pytest.mark.parametrize(
    "whom",
    [
        Whom(About.PERSON, "Wahyuni"),
        Whom(About.INSTITUTION, "University"),
        Whom(About.INSTITUTION, "", "gmail.com"),
        Whom(About.PERSON, "", "not an address"),
    ],
)
def test_what_would_match_everybody_or_nobody_is_refused(scene: Scene, whom: Whom) -> None:
    with pytest.raises(Conflict, match="Write"):
        service.state(scene.uow, whom)


@keeps("A3")
def test_statements_are_their_owners(scene: Scene) -> None:
    row = service.state(scene.uow, Whom(About.INSTITUTION, "University of Nairobi"))
    scene.uow.actor = scene.reviewer
    with pytest.raises(NotFound):
        service.take_back(scene.uow, row.id)
    scene.uow.actor = scene.chair
    service.take_back(scene.uow, row.id)
    assert scene.uow.session.scalars(select(Statement)).all() == []


@shows("Review and decisions", "Authors name people and institutions who should not review them; only chairs read it")
def test_authors_name_somebody_and_only_theirs(scene: Scene) -> None:
    rival = make_person(scene.uow, "Rival Rivalsson", "rival@rivals.net")
    join_team(scene.uow, scene.edition, rival, Role.REVIEWER)
    scene.uow.actor = scene.author
    row = service.oppose(scene.uow, scene.edition, scene.work.number, Whom(About.PERSON, "", "RIVAL@rivals.net"))
    assert scene.why(rival) is Why.NAMED
    other = make_submission(scene.uow, scene.edition, make_person(scene.uow, "Other Author"))
    with pytest.raises(NotFound):
        service.oppose(scene.uow, scene.edition, other.number, Whom(About.PERSON, "Rival Rivalsson"))
    with pytest.raises(NotFound):
        service.take_out(scene.uow, scene.edition, other.number, row.id)
    scene.uow.actor = scene.chair
    service.waive(scene.uow, scene.edition, scene.work.number, rival.id, "Authors name all who know the field.")
    assert scene.why(rival) is None
    scene.uow.actor = scene.author
    scene.work.state = State.REJECTED
    with pytest.raises(Conflict, match="decision is out"):
        service.take_out(scene.uow, scene.edition, scene.work.number, row.id)
    scene.work.state = State.SUBMITTED
    service.take_out(scene.uow, scene.edition, scene.work.number, row.id)
    assert scene.uow.session.scalars(select(Opposed)).all() == []


# -- nobody left to decide ----------------------------------------------------------------------------------------


@shows(
    "Review and decisions", "Owners learn how many works wait for a chair without a conflict, and nothing else of them"
)
@keeps("A12")
def test_owners_are_told_that_works_wait_and_not_which(scene: Scene) -> None:
    assert queries.unattended(scene.uow.session, scene.edition.id) == 0
    scene.chair.email = "chadia@uni.edu"  # now both chairs are at the author's institution
    scene.uow.session.flush()
    assert queries.unattended(scene.uow.session, scene.edition.id) == 1
    for _twice in range(2):
        service.tell_owners(scene.uow, scene.edition)
    mail = scene.uow.session.scalars(select(OutboxMail)).one()
    assert mail.to_address == "kin@uni.edu"
    assert mail.subject == "1 abstract waits for a chair without a conflict: Muslims in ML 2026"
    for secret in ("Amal", scene.work.title, f"#{scene.work.number}"):
        assert secret not in mail.text_body
    joined = make_person(scene.uow, "New Newsson", "new@else.net")
    join_team(scene.uow, scene.edition, joined, Role.PROGRAMME_CHAIR)
    assert queries.unattended(scene.uow.session, scene.edition.id) == 0


# -- before somebody is asked -------------------------------------------------------------------------------------


@shows(
    "Review and decisions",
    "Before people are asked to review, chairs see with which abstracts they would have a conflict",
)
@keeps("A12")
def test_conflicts_are_checked_before_somebody_is_asked(scene: Scene) -> None:
    uow, edition = scene.uow, scene.edition
    old = make_submission(uow, make_edition(uow, slug="2024"), make_person(uow, "Old Oldsson"), State.REJECTED)
    from tests.conflicts.factories import add_author, oppose

    add_author(uow, old, "No Account", "fellow@free.net")
    add_author(uow, old, "Amal", person=scene.author, email="amal@uni.edu")
    hidden = work_of(uow, edition, "ghost@team.net")  # the chair's own institution
    work = work_of(uow, edition, "ghost@deep.cs.place.edu", "Loom Institute")
    oppose(uow, work, About.PERSON, "Rival Rivalsson")
    account = make_person(uow, "With Account", "with@place.edu")
    asked = {
        "there": ("there@place.edu", "", ""),
        "works": ("w@free.net", "", "The Loom Institute, Somewhere"),
        "named": ("r@free.net", "Rivalsson, Rival", ""),
        "fellow": ("fellow@free.net", "", ""),
        "hidden": ("x@team.net", "", ""),
        "nobody": ("n@nowhere.net", "Nobody Nobodysson", ""),
    }
    candidates = {who: (None, keys_of(name, address, place)) for who, (address, name, place) in asked.items()}
    candidates["account"] = (account.id, frozenset())
    standing = standing_of(uow.session, edition.id, scene.chair.id)
    found = {
        who: [(one.number, one.why) for one in listed]
        for who, listed in queries.beforehand(uow.session, edition.id, standing, candidates).items()
    }
    assert found == {
        "there": [(work.number, Why.DOMAIN)],
        "works": [(work.number, Why.AFFILIATION)],
        "named": [(work.number, Why.NAMED)],
        "fellow": [(scene.work.number, Why.COAUTHOR)],
        "account": [(work.number, Why.DOMAIN)],
    }
    assert hidden.number not in {number for listed in found.values() for number, _why in listed}


def test_what_was_declared_goes_with_an_account(scene: Scene) -> None:
    from workshop_manager.accounts.events import PersonErased

    service.state(scene.uow, Whom(About.INSTITUTION, "University of Nairobi"))
    scene.uow.session.add(
        Waiver(submission_id=scene.work.id, person_id=scene.chair.id, reason="x", waived_at=scene.uow.now)
    )
    service.on_person_erased(scene.uow, PersonErased(scene.chair.id))
    for model in (Statement, Waiver):
        assert scene.uow.session.scalars(select(model)).all() == []
