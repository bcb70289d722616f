"""Scoring by a rubric, sharing applications out, talking with applicants, reminding of offers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import join_team, make_person
from tests.grants.factories import (
    AIR,
    LODGING,
    acting,
    make_application,
    make_committee,
    make_fund,
    make_offer,
    open_grants,
    propose,
    release,
)
from tests.shows import keeps, shows
from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.grantreview import queries, reading, rubrics, talking
from workshop_manager.grantreview.rules import Axis
from workshop_manager.grants import queries as grants
from workshop_manager.grants import service
from workshop_manager.grants.models import Application, Score
from workshop_manager.grants.states import State
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.states import Role

NEED = Axis("", "Need", 3, ("none", "some", "much"))
GAIN = Axis("", "Gain", 1, tuple("abcdef"))


@pytest.fixture
def edition(uow: UnitOfWork) -> Edition:
    return open_grants(uow)


@pytest.fixture
def fund(uow: UnitOfWork, edition: Edition) -> Fund:
    return make_fund(uow, edition)


@pytest.fixture
def chair(uow: UnitOfWork, edition: Edition) -> Person:
    person = make_person(uow, "Chair")
    join_team(uow, edition, person, Role.ORGANISER)
    return person


@pytest.fixture
def member(uow: UnitOfWork, edition: Edition) -> Person:
    return make_committee(uow, edition)


@pytest.fixture
def ada(uow: UnitOfWork) -> Person:
    return make_person(uow, "Ada")


@pytest.fixture
def application(uow: UnitOfWork, edition: Edition, fund: Fund, ada: Person) -> Application:
    assert fund.amount
    return make_application(uow, edition, ada)


def mails(uow: UnitOfWork, template: str) -> list[OutboxMail]:
    query = select(OutboxMail).where(OutboxMail.template == f"grantreview/{template}").order_by(OutboxMail.id)
    return list(uow.session.scalars(query))


def due(uow: UnitOfWork, days: int = 3) -> Deadline:
    return Deadline(uow.now + timedelta(days=days), AOE)


@shows("Grants", "A rubric is versioned: scores on axes that go on are weighed anew, others count until given again")
def test_a_changed_rubric_weighs_anew_what_goes_on(
    uow: UnitOfWork, edition: Edition, application: Application, member: Person, chair: Person
) -> None:
    with acting(uow, member):
        reading.score(uow, edition, application.id, {"overall": 5}, "Good")
    with acting(uow, chair):
        _row, again = rubrics.write(uow, edition, [NEED, GAIN])
    assert again == 1
    axes = rubrics.axes_of(rubrics.newest(uow.session, edition.id))
    score = uow.session.scalars(select(Score)).one()
    assert (score.score, rubrics.is_older(score, rubrics.newest(uow.session, edition.id))) == (5, True)
    with acting(uow, member):
        with pytest.raises(FieldConflict):
            reading.score(uow, edition, application.id, {axes[0].key: 3}, "")
        reading.score(uow, edition, application.id, {axes[0].key: 3, axes[1].key: 1}, "")
    assert score.score == pytest.approx(4.75)
    with acting(uow, chair):
        row, again = rubrics.write(uow, edition, [replace(NEED, weight=1), GAIN])
    assert (row.number, again) == (2, 0)
    assert score.score == pytest.approx(3.5)
    standing = standing_of(uow.session, edition.id, member.id)
    assert grants.ranked(uow.session, edition.id, standing)[0].average == pytest.approx(3.5)


@pytest.mark.parametrize("axes", [[], [NEED, NEED], [replace(NEED, anchors=("one",))], [replace(NEED, weight=0)]])
def test_a_rubric_that_cannot_be_judged_by_is_refused(
    uow: UnitOfWork, edition: Edition, chair: Person, axes: list[Axis]
) -> None:
    with acting(uow, chair), pytest.raises(Conflict):
        rubrics.write(uow, edition, axes)


def test_only_organisers_set_up_how_it_is_read(uow: UnitOfWork, edition: Edition, member: Person) -> None:
    with acting(uow, member):
        with pytest.raises(NotFound):
            rubrics.write(uow, edition, [NEED])
        with pytest.raises(NotFound):
            reading.set_up(uow, edition, readers=1, is_blind=True)
        with pytest.raises(NotFound):
            reading.share_out(uow, edition, seen="")


@keeps("A12")
@shows(
    "Grants",
    "Each application is read by as many people as the organisers say, assigned with a preview before it is made",
    "Reminders go to exactly those who owe scores, with a preview",
)
def test_readers_are_asked_after_a_look_and_reminded_of_exactly_theirs(
    uow: UnitOfWork, edition: Edition, fund: Fund, chair: Person
) -> None:
    readers = [make_committee(uow, edition, name) for name in ("Noor", "Idris", "Tomasz")]
    works = [make_application(uow, edition, make_person(uow, f"Applicant {number}")) for number in range(4)]
    readers[0].affiliation = "University of the North"
    works[0].person.affiliation = "University of the North"  # type: ignore[union-attr]
    uow.session.flush()
    with acting(uow, chair):
        reading.set_up(uow, edition, readers=2, is_blind=False)
        share = reading.propose(uow, edition)
        assert len(share.pairs) == 8
        assert (works[0].id, readers[0].id) not in share.pairs
        with pytest.raises(Stale):
            reading.share_out(uow, edition, seen="something else")
        reading.share_out(uow, edition, seen=share.digest)
        assert reading.propose(uow, edition).pairs == ()
    assert len(mails(uow, "asked")) == 3
    asked = grants.unread_by_member(uow.session, edition.id)
    assert sum(asked[one.id] for one in readers) == 8
    assert chair.id not in asked
    mine = next(work for work, reader in share.pairs if reader == readers[0].id)
    with acting(uow, readers[0]):
        reading.score(uow, edition, mine, {"overall": 4}, "")
    owed = {one.person.id: one.number for one in reading.wave(uow, edition).owing}
    assert owed.get(readers[0].id, 0) == asked[readers[0].id] - 1
    standing = standing_of(uow.session, edition.id, readers[0].id)
    listed = queries.tasks(uow.session, edition.id, standing)
    assert [task.score is None for task in listed] == [True] * (len(listed) - 1) + [False]
    assert len(listed) == asked[readers[0].id]
    with acting(uow, chair):
        with pytest.raises(Stale):
            reading.remind(uow, edition, seen="")
        reading.remind(uow, edition, seen=reading.wave(uow, edition).digest)
    assert len(mails(uow, "reminder")) == len(owed)
    # A conflict that comes to light later ends the reading, and somebody else is proposed.
    works[1].person.affiliation = "University of the North"  # type: ignore[union-attr]
    uow.session.flush()
    later = reading.propose(uow, edition)
    assert all(reader != readers[0].id for work, reader in later.pairs if work == works[1].id)
    held = (works[1].id, readers[0].id) in share.pairs
    assert later.dropped == (((works[1].id, readers[0].id),) if held else ())


@shows(
    "Grants",
    "A discussion with internal notes and messages to the applicant; mails to the applicant about visible ones only",
    "Messages nobody has read yet are marked, for both sides",
)
def test_the_applicant_hears_of_visible_messages_only(
    uow: UnitOfWork, edition: Edition, application: Application, member: Person, chair: Person, ada: Person
) -> None:
    with acting(uow, member):
        talking.say(uow, edition, application.id, "Between us", to_applicant=False)
    assert mails(uow, "message") == []
    with acting(uow, member):
        talking.say(uow, edition, application.id, "Which train?", to_applicant=True)
    assert "Which train?" in mails(uow, "message")[0].text_body
    applicant = application.person_id or 0

    def unseen(person_id: int, *, own: bool = False) -> int:
        return queries.unseen(uow.session, [application.id], person_id, visible_only=own).get(application.id, 0)

    assert (unseen(member.id), unseen(chair.id), unseen(applicant, own=True)) == (0, 2, 1)
    assert [one.text for one in queries.thread(uow.session, application.id, visible_only=True)] == ["Which train?"]
    with acting(uow, ada):
        talking.mark_read(uow, application, visible_only=True)
        talking.reply(uow, edition, "The night train.")
    told = mails(uow, "replied")
    assert {one.person_id for one in told} == {member.id}
    assert all("night train" not in one.text_body for one in told)
    assert (unseen(member.id), unseen(applicant, own=True)) == (1, 0)
    with acting(uow, ada), pytest.raises(NotFound):
        talking.say(uow, edition, application.id, "I am no member", to_applicant=False)
    with acting(uow, make_person(uow, "Nobody")), pytest.raises(NotFound):
        talking.reply(uow, edition, "Hello")


@shows(
    "Grants",
    "Information needed by a date: answered and the asked lines changed even after the deadline; open and overdue seen",
)
def test_what_was_asked_is_answered_and_changed_after_the_deadline(
    uow: UnitOfWork, edition: Edition, fund: Fund, application: Application, member: Person, chair: Person, ada: Person
) -> None:
    with acting(uow, member):
        with pytest.raises(FieldConflict):
            talking.ask(uow, edition, application.id, "Train?", due(uow, days=0), [AIR])
        asked = talking.ask(uow, edition, application.id, "Train?", due(uow), [AIR])
    assert "Train?" in mails(uow, "question")[0].text_body
    propose(uow, edition, member, application, fund)
    uow.now += timedelta(days=20)  # the deadline of applications and the date asked for have passed
    standing = standing_of(uow.session, edition.id, chair.id)
    assert [one.id for one in queries.open_questions(uow.session, edition.id, standing)] == [asked.id]
    with acting(uow, ada):
        with pytest.raises(Conflict):
            service.save(uow, edition, service.ApplicationContent("USD", (), "New"), started_from=application.version)
        talking.answer(uow, edition, asked.id, "By train then.", {AIR: 40_000, LODGING: 90_000})
    assert {line.kind: line.asked for line in application.lines} == {AIR: 40_000, LODGING: 30_000}
    assert application.verdict is None  # more was proposed than is asked for now
    assert asked.answered_at is not None
    with acting(uow, member):
        talking.close(uow, edition, application.id, asked.id)
    assert queries.count_open(uow.session, edition.id, standing) == 0
    with acting(uow, ada), pytest.raises(Conflict):
        talking.answer(uow, edition, asked.id, "One more thing", {})
    with acting(uow, make_person(uow, "Another")), pytest.raises(NotFound):
        talking.answer(uow, edition, asked.id, "Not mine", {})


@shows("Grants", "Who is offered a grant asks for more with a reason: it goes to the thread and the committee's list")
def test_asking_for_more_changes_nothing_of_the_offer(
    uow: UnitOfWork, edition: Edition, fund: Fund, member: Person, chair: Person
) -> None:
    applicant = make_person(uow, "Ada")
    application = make_offer(uow, edition, member, fund, applicant)
    with acting(uow, applicant):
        talking.want_more(uow, edition, "The flight is dearer now.")
        with pytest.raises(Conflict):
            talking.want_more(uow, edition, "Again")
    assert (application.state, application.promised) == (State.OFFERED, 150_000)
    standing = standing_of(uow.session, edition.id, chair.id)
    assert [one.text for one in queries.open_questions(uow.session, edition.id, standing)] == [
        "The flight is dearer now."
    ]
    assert len(queries.thread(uow.session, application.id, visible_only=True)) == 1


def test_without_an_offer_there_is_nothing_to_ask_more_of(
    uow: UnitOfWork, edition: Edition, application: Application, ada: Person
) -> None:
    assert application.state is State.SUBMITTED
    with acting(uow, ada), pytest.raises(Conflict):
        talking.want_more(uow, edition, "More")


@shows("Grants", "An offer is reminded of before it expires, once, with its end in the announced zone")
def test_an_offer_is_reminded_of_once_before_it_ends(
    uow: UnitOfWork, edition: Edition, fund: Fund, member: Person
) -> None:
    application = make_offer(uow, edition, member, fund)
    assert queries.ending(uow.session, uow.now) == []
    uow.now = application.accept_by - timedelta(days=2)  # type: ignore[operator]
    assert list(queries.ending(uow.session, uow.now)) == [(application.id, edition.id)]
    assert talking.nag(uow, edition.id, application.id)
    assert "AoE" in mails(uow, "ending")[0].subject
    assert queries.ending(uow.session, uow.now) == []
    with acting(uow, application.person):
        service.accept(uow, edition)
    assert not talking.nag(uow, edition.id, application.id)


def test_an_offer_made_again_is_reminded_of_again(
    uow: UnitOfWork, edition: Edition, fund: Fund, member: Person
) -> None:
    application = make_offer(uow, edition, member, fund)
    uow.now = application.accept_by - timedelta(days=2)  # type: ignore[operator]
    talking.nag(uow, edition.id, application.id)
    uow.now = application.accept_by + timedelta(seconds=1)  # type: ignore[operator]
    with acting(uow, application.person), pytest.raises(Conflict, match="This offer ended on"):
        service.accept(uow, edition)
    assert service.expire(uow, edition.id, application.id)
    propose(uow, edition, member, application, fund)
    release(uow, edition, member, application)
    uow.now = application.accept_by - timedelta(days=1)  # type: ignore[operator]
    assert list(queries.ending(uow.session, uow.now)) == [(application.id, edition.id)]


@keeps("P1")
def test_whoever_deletes_their_account_leaves_no_words_behind(
    uow: UnitOfWork, edition: Edition, application: Application, member: Person
) -> None:
    with acting(uow, member):
        talking.say(uow, edition, application.id, "A note", to_applicant=False)
        talking.ask(uow, edition, application.id, "Which train?", due(uow), [])
    talking.on_person_erased(uow, PersonErased(application.person_id or 0))
    uow.session.expire_all()
    said = queries.thread(uow.session, application.id, visible_only=False)
    assert {one.text for one in said} == {""}
    assert {one.text for one in queries.questions_of(uow.session, application.id)} == {""}
