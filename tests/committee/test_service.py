"""Recruiting: asking, answering, suggesting, and what one can take on."""

import re
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.factories import join_team, make_date, make_edition, make_person, make_track
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Person
from workshop_manager.committee import queries, reminding, service
from workshop_manager.committee.models import Recruit, ReviewerProfile
from workshop_manager.committee.service import Candidate, ProfileContent, Suggestion
from workshop_manager.committee.states import Source, Stage
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops.models import Edition, Invitation
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.states import DateKey, Role


def chaired(uow: UnitOfWork, slug: str = "2026", role: Role = Role.PROGRAMME_CHAIR) -> Edition:
    """An edition in which somebody acts as programme chair."""
    edition = make_edition(uow, slug=slug)
    chair = make_person(uow, "Chadia Chairsson")
    join_team(uow, edition, chair, role)
    uow.actor = chair
    return edition


def token_in(uow: UnitOfWork, address: str) -> str:
    mails = uow.session.scalars(select(OutboxMail).where(OutboxMail.to_address == address).order_by(OutboxMail.id))
    return re.findall(r"/invitations/(\S+)", list(mails)[-1].text_body)[-1]


def stage(uow: UnitOfWork, edition: Edition, address: str) -> Stage:
    return service.stage_of(uow, queries.recruits_of(uow.session, edition.id, [address])[address])


@shows("Review and decisions", "Chairs ask people to review from a pasted list, each with a mail of their own")
def test_a_chair_asks_several_people_at_once(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    make_date(uow, edition, DateKey.REVIEWS_DUE, uow.now + timedelta(days=30))
    made = service.invite(
        uow, edition, [Candidate("Amal@uni.edu", "Amal Bello"), Candidate("b@uni.edu")], "Three abstracts at most."
    )
    assert [row.address for row in made] == ["amal@uni.edu", "b@uni.edu"]
    mail = uow.session.scalars(select(OutboxMail).where(OutboxMail.to_address == "Amal@uni.edu")).one()
    assert mail.subject == "Would you review for Muslims in ML 2026?"
    assert "Hello Amal Bello," in mail.text_body
    assert "Three abstracts at most." in mail.text_body
    assert "Reviews due:" in mail.text_body
    assert mail.is_secret
    assert stage(uow, edition, "amal@uni.edu") is Stage.WAITING


@shows("Review and decisions", "Nobody is asked twice by accident: who was asked, and what they said, is shown")
def test_nobody_is_asked_twice_by_accident(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    reviewer = make_person(uow, "Rania", "rania@uni.edu")
    join_team(uow, edition, reviewer, Role.REVIEWER)
    service.invite(uow, edition, [Candidate("a@uni.edu")])
    assert service.invite(uow, edition, [Candidate("A@uni.edu"), Candidate("Rania@uni.edu")]) == []
    assert uow.session.scalar(select(func.count()).select_from(OutboxMail)) == 1


RECRUITERS = (Role.OWNER, Role.ORGANISER, Role.PROGRAMME_CHAIR)


@pytest.mark.parametrize(("role", "may"), [(role, role in RECRUITERS) for role in Role])
@keeps("A4")
def test_who_may_recruit(uow: UnitOfWork, role: Role, may: bool) -> None:
    edition = chaired(uow, role=role)
    if may:
        assert service.invite(uow, edition, [Candidate("a@uni.edu")])
        return
    with pytest.raises(NotFound):
        service.invite(uow, edition, [Candidate("a@uni.edu")])
    chaired(uow, "2027")  # chairs of another edition neither
    with pytest.raises(NotFound):
        service.invite(uow, edition, [Candidate("a@uni.edu")])


@shows("Review and decisions", "Who declines can suggest others; the chair asks them with one click")
def test_who_declines_suggests_somebody_whom_the_chair_asks(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    chair = uow.actor
    service.invite(uow, edition, [Candidate("busy@uni.edu", "Busy Busysson")])
    uow.actor = None
    others = [Suggestion("Instead Insteadsson", "Instead@uni.edu"), Suggestion("Busy again", "busy@uni.edu")]
    service.decline(uow, token_in(uow, "busy@uni.edu"), "I teach all autumn.", others)
    assert stage(uow, edition, "busy@uni.edu") is Stage.DECLINED
    before = uow.session.scalar(select(func.count()).select_from(OutboxMail))
    row = queries.recruits_of(uow.session, edition.id, ["instead@uni.edu"])["instead@uni.edu"]
    assert (row.source, row.name) == (Source.SUGGESTION, "Instead Insteadsson")
    assert before == 1  # a suggestion sends no mail
    uow.actor = chair
    service.ask(uow, edition, row.id)
    assert stage(uow, edition, "instead@uni.edu") is Stage.WAITING
    with pytest.raises(Conflict):
        service.drop(uow, edition, row.id)
    service.invite(uow, edition, [Candidate("busy@uni.edu")])  # asked again only because a chair says so
    assert stage(uow, edition, "busy@uni.edu") is Stage.WAITING


def test_a_suggestion_can_be_forgotten(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    service.invite(uow, edition, [Candidate("busy@uni.edu")])
    service.decline(uow, token_in(uow, "busy@uni.edu"), "", [Suggestion("", "instead@uni.edu")])
    row = queries.recruits_of(uow.session, edition.id, ["instead@uni.edu"])["instead@uni.edu"]
    service.drop(uow, edition, row.id)
    assert queries.recruits_of(uow.session, edition.id, ["instead@uni.edu"]) == {}


@keeps("B9")
def test_an_answer_is_given_once(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    service.invite(uow, edition, [Candidate("a@uni.edu")])
    token, uow.actor = token_in(uow, "a@uni.edu"), make_person(uow, "Amal", "a@uni.edu")
    service.accept(uow, token)
    assert stage(uow, edition, "a@uni.edu") is Stage.ACCEPTED
    assert Role.REVIEWER in standing_of(uow.session, edition.id, uow.actor.id).roles
    for again in (lambda: service.accept(uow, token), lambda: service.decline(uow, token)):
        with pytest.raises(NotFound):
            again()


def test_reminding_ends_the_earlier_link_and_withdrawing_the_last(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    row = service.invite(uow, edition, [Candidate("a@uni.edu", "Amal")])[0]
    first = token_in(uow, "a@uni.edu")
    uow.now += timedelta(days=2)
    service.ask(uow, edition, row.id)
    second = token_in(uow, "a@uni.edu")
    assert first != second
    with pytest.raises(NotFound):
        service.decline(uow, first)
    service.withdraw(uow, edition, row.id)
    with pytest.raises(NotFound):
        service.decline(uow, second)
    assert stage(uow, edition, "a@uni.edu") is Stage.EXPIRED


@keeps("A3")
def test_other_editions_recruits_do_not_exist(uow: UnitOfWork) -> None:
    first = chaired(uow)
    row = service.invite(uow, first, [Candidate("a@uni.edu")])[0]
    other = chaired(uow, "2027")
    for act in (service.ask, service.withdraw, service.drop):
        with pytest.raises(NotFound):
            act(uow, other, row.id)


def test_the_stage_in_sql_is_that_of_the_rule(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    rows = service.invite(uow, edition, [Candidate(f"{n}@uni.edu") for n in range(4)])
    service.decline(uow, token_in(uow, "0@uni.edu"), "", [Suggestion("", "x@uni.edu")])
    chair, uow.actor = uow.actor, make_person(uow, "Yes", "1@uni.edu")
    service.accept(uow, token_in(uow, "1@uni.edu"))
    uow.actor = chair
    service.withdraw(uow, edition, rows[2].id)
    uow.session.expire_all()
    counts = queries.recruit_counts(uow.session, edition.id, uow.now)
    assert set(counts.values()) == {1}
    for each in Stage:
        found = queries.recruits(uow.session, edition.id, each, uow.now)
        assert [service.stage_of(uow, row) for row in found] == [each]


def test_two_chairs_who_ask_the_same_person_at_once_send_one_mail(
    app: Any, work: Any, database: Any, clock: Any
) -> None:
    with work() as uow:
        edition = chaired(uow)
        chair_id, edition_id = uow.actor.id, edition.id
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            with app.app_context(), unit_of_work(database, clock) as uow:
                uow.actor = uow.session.get(Person, chair_id)
                edition = queries_edition(uow, edition_id)
                service.invite(uow, edition, [Candidate("a@uni.edu", "Amal")])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert errors == []
    with work() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Invitation)) == 1
        assert uow.session.scalar(select(func.count()).select_from(Recruit)) == 1


def queries_edition(uow: UnitOfWork, edition_id: int) -> Edition:
    from workshop_manager.workshops.queries import get_edition

    return get_edition(uow.session, edition_id)


# -- what one can take on -----------------------------------------------------------------------------------------


@shows("Review and decisions", "Reviewers say how many they can read, in which tracks and languages, and when away")
def test_a_reviewer_says_what_they_can_take(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    tracks = [make_track(uow, edition, key, key) for key in ("one", "two")]
    elsewhere = make_track(uow, make_edition(uow, slug="2031"), "x", "x")
    uow.actor = make_person(uow, "Rania")
    join_team(uow, edition, uow.actor, Role.REVIEWER)
    content = ProfileContent(3, True, ("en", "ar"), (tracks[0].id, elsewhere.id), (), date(2026, 7, 1), "Mornings.")
    row = service.save_profile(uow, edition, content, version=0)
    assert [track.track_id for track in row.tracks] == [tracks[0].id]
    assert (row.max_load, row.is_senior, row.languages, row.version) == (3, True, ["en", "ar"], 1)
    with pytest.raises(service.Stale):
        service.save_profile(uow, edition, ProfileContent(5), version=0)
    row = service.save_profile(uow, edition, ProfileContent(track_ids=tuple(t.id for t in tracks)), version=1)
    assert row.tracks == []  # every track is any track
    strength = queries.strength(uow.session, edition.id, uow.now)
    assert (strength.people, strength.told, strength.unlimited) == (1, 1, 1)


@pytest.mark.parametrize("role", [None, Role.FRONT_DESK, Role.GRANTS_COMMITTEE])
def test_whoever_does_not_review_has_no_profile(uow: UnitOfWork, role: Role | None) -> None:
    edition = make_edition(uow)
    uow.actor = make_person(uow, "Somebody")
    if role is not None:
        join_team(uow, edition, uow.actor, role)
    with pytest.raises(NotFound):
        service.save_profile(uow, edition, ProfileContent(), version=0)


def test_a_chair_writes_down_what_a_reviewer_told_and_only_of_their_own_edition(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    reviewer, stranger = make_person(uow, "Rania"), make_person(uow, "Stranger")
    join_team(uow, edition, reviewer, Role.REVIEWER)
    assert service.save_for(uow, edition, reviewer.id, ProfileContent(2), version=0).max_load == 2
    with pytest.raises(NotFound):
        service.save_for(uow, edition, stranger.id, ProfileContent(2), version=0)
    other = chaired(uow, "2027")
    with pytest.raises(NotFound):
        service.save_for(uow, other, reviewer.id, ProfileContent(2), version=0)


def test_what_somebody_said_goes_with_their_account(uow: UnitOfWork) -> None:
    from workshop_manager.accounts.events import PersonErased

    edition = chaired(uow)
    reviewer = make_person(uow, "Rania", "rania@uni.edu")
    service.invite(uow, edition, [Candidate("rania@uni.edu", "Rania")])
    join_team(uow, edition, reviewer, Role.REVIEWER)
    service.save_for(uow, edition, reviewer.id, ProfileContent(2), version=0)
    service.on_person_erased(uow, PersonErased(reviewer.id))
    assert uow.session.scalars(select(ReviewerProfile)).all() == []
    assert uow.session.scalars(select(Recruit)).all() == []


@shows(
    "Review and decisions", "Chairs remind exactly those who were asked and have not answered, after reading the mails"
)
def test_who_has_not_answered_is_reminded_as_looked_at(uow: UnitOfWork) -> None:
    edition = chaired(uow)
    with pytest.raises(Conflict):
        reminding.remind(uow, edition)
    service.invite(
        uow, edition, [Candidate("Amal@uni.edu", "Amal Bello"), Candidate("b@uni.edu"), Candidate("c@x.org")]
    )
    first = token_in(uow, "Amal@uni.edu")
    service.decline(uow, token_in(uow, "c@x.org"))
    looked_at = reminding.prepare(uow, edition).digest
    service.decline(uow, token_in(uow, "b@uni.edu"))
    with pytest.raises(reminding.Changed):
        reminding.remind(uow, edition, seen=looked_at)
    wave = reminding.prepare(uow, edition)
    (draft,) = reminding.letters(uow, edition, wave.waiting, "Just one.")
    assert (draft.to_address, draft.to_name) == ("Amal@uni.edu", "Amal Bello")
    reminding.remind(uow, edition, "Just one.", seen=wave.digest)
    sent = uow.session.scalars(select(OutboxMail).where(OutboxMail.subject.startswith("No answer yet"))).all()
    assert [(mail.to_address, "Just one." in mail.text_body) for mail in sent] == [("Amal@uni.edu", True)]
    assert "Hello Amal Bello," in sent[0].text_body
    with pytest.raises(NotFound):
        service.decline(uow, first)
