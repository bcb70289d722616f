"""Joining, matching, feedback, and what follows when somebody leaves."""

import inspect
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.conflicts.factories import add_author
from tests.factories import join_team, make_edition, make_person
from tests.mentoring.factories import Round
from tests.reviews.factories import make_assignment
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.accounts import merging
from workshop_manager.accounts.events import PersonErased
from workshop_manager.assignments.models import Assignment
from workshop_manager.commands.mentoring import announce_matches, match_authors, remind_partners
from workshop_manager.conflicts import queries as conflicts
from workshop_manager.conflicts import service as declaring
from workshop_manager.conflicts.states import ConflictKind, Why
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.models import OutboxMail
from workshop_manager.mentoring import matching, queries, reminding, service, views
from workshop_manager.mentoring.models import Mentor, Participant, Reading
from workshop_manager.mentoring.service import FeedbackContent, RoundContent
from workshop_manager.mentoring.states import MatchState
from workshop_manager.questions import queries as questions
from workshop_manager.submissions import authorship, topics
from workshop_manager.submissions import emails as submission_emails
from workshop_manager.submissions import history as histories
from workshop_manager.submissions import service as submissions
from workshop_manager.submissions.models import Author
from workshop_manager.submissions.queries import find_own, submission_of_author
from workshop_manager.submissions.states import State
from workshop_manager.workshops import team
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.queries import team as team_of
from workshop_manager.workshops.rules import MACHINE
from workshop_manager.workshops.states import Role


@pytest.fixture
def round_(uow: UnitOfWork) -> Round:
    return Round(uow)


def mails(uow: UnitOfWork, template: str) -> list[OutboxMail]:
    return list(
        uow.session.scalars(
            select(OutboxMail).where(OutboxMail.template == f"mentoring/{template}").order_by(OutboxMail.id)
        )
    )


def free(round_: Round) -> set[int]:
    return {one.submission.number for one in queries.free(round_.uow.session, round_.edition.id, MACHINE)}


# -- setting up ---------------------------------------------------------------------------------------------------


@shows(
    "Mentored round", "Organisers turn it on with dates in an announced zone, an introduction and a form of their own"
)
def test_the_first_time_three_questions_are_asked(round_: Round) -> None:
    sheet = questions.sheet(round_.uow.session, round_.edition.id, service.KEY)
    assert [asked.label for asked in sheet.questions] == [
        "What works well?", "What could be clearer?", "One concrete suggestion",
    ]  # fmt: skip
    round_.act(round_.owner)
    service.set_up(round_.uow, round_.edition, RoundContent(False, False), version=1)
    assert len(questions.sheet(round_.uow.session, round_.edition.id, service.KEY).questions) == 3
    with pytest.raises(service.Stale):
        service.set_up(round_.uow, round_.edition, RoundContent(True, True), version=1)


@pytest.mark.parametrize("who", ["chair", "reviewer"])
def test_only_organisers_set_it_up(round_: Round, who: str) -> None:
    round_.act(getattr(round_, who))
    with pytest.raises((Forbidden, NotFound)):
        service.set_up(round_.uow, round_.edition, RoundContent(True, True), version=1)


# -- joining ------------------------------------------------------------------------------------------------------


@shows("Mentored round", "An author joins with a draft or a submitted work, and steps out again")
def test_an_author_joins_and_steps_out(round_: Round) -> None:
    work = round_.work("Amal", state=State.SUBMITTED)
    assert free(round_) == {work.number}
    round_.act(round_.people[work.id])
    with pytest.raises(Conflict, match="already"):
        service.join(round_.uow, round_.edition, work.number)
    service.step_out(round_.uow, round_.edition, work.number)
    assert free(round_) == set()
    with pytest.raises(Conflict, match="no part"):
        service.step_out(round_.uow, round_.edition, work.number)
    service.join(round_.uow, round_.edition, work.number)
    assert free(round_) == {work.number}


def test_who_cannot_join(round_: Round) -> None:
    uow, author, stranger = round_.uow, make_person(round_.uow, "Late"), make_person(round_.uow, "Stranger")
    accepted = make_submission(uow, round_.edition, author, state=State.ACCEPTED)
    draft = make_submission(uow, round_.edition, author, state=State.DRAFT)
    round_.act(author)
    with pytest.raises(Conflict, match="Only drafts"):
        service.join(uow, round_.edition, accepted.number)
    round_.act(stranger)
    with pytest.raises(NotFound):
        service.join(uow, round_.edition, draft.number)
    round_.act(author)
    uow.now += timedelta(days=6)
    with pytest.raises(Conflict, match="has passed"):
        service.join(uow, round_.edition, draft.number)
    other = make_edition(uow, slug="2031")
    elsewhere = make_submission(uow, other, author, state=State.DRAFT)
    with pytest.raises(NotFound):
        service.join(uow, other, elsewhere.number)


# -- matching -----------------------------------------------------------------------------------------------------


@shows(
    "Mentored round", "Works that share an author, or between which there is a conflict of interest, are never matched"
)
@pytest.mark.parametrize("how", ["person", "address", "name", "domain", "wrote together", "reviews"])
def test_what_keeps_two_apart(round_: Round, how: str) -> None:
    uow = round_.uow
    one, other = round_.work("Amal Onesdottir", 0), round_.work("Bilal Othersson", 0)
    if how == "person":
        add_author(uow, other, "Amal Onesdottir", person=round_.people[one.id])
    elif how == "address":
        for work in (one, other):
            add_author(uow, work, "Ghost", "ghost@nowhere.org")
    elif how == "name":
        for work in (one, other):
            add_author(uow, work, "Zubaydah Quartz")
    elif how == "domain":
        round_.people[one.id].email, round_.people[other.id].email = "a@cs.loom.edu", "b@loom.edu"
    elif how == "wrote together":
        earlier = make_submission(
            uow, make_edition(uow, slug="2019"), round_.people[one.id], authors=(round_.people[other.id],)
        )
        assert earlier.submitted_at
    else:
        make_assignment(uow, one, round_.people[other.id])
    uow.session.flush()
    assert round_.match() == []
    with pytest.raises(Conflict, match=r"share an author|conflict of interest|reviews the work"):
        matching.pair(uow, round_.edition, one.number, other.number)


def test_matching_again_keeps_what_is_announced_and_set_by_hand(round_: Round) -> None:
    one, other = round_.pair()
    assert free(round_) == set()
    late, later, last, very_last = (round_.work(name, place % 2) for place, name in enumerate("CDEF"))
    round_.match()
    matching.pair(round_.uow, round_.edition, late.number, later.number)
    newest = round_.work("G"), round_.work("H")
    found = round_.match()
    assert {late.number, later.number} in found
    assert {last.number, very_last.number} in found
    assert {work.number for work in newest} in found
    announced = round_.readings(MatchState.ANNOUNCED)
    assert [{e.submission_id for e in each} for each in announced.values()] == [{one.id, other.id}]


@shows("Mentored round", "A chair swaps partners by hand and undoes the last change")
def test_pairing_by_hand_swaps_partners_and_can_be_undone(round_: Round) -> None:
    a, b, c, d = (round_.work(name, place // 2) for place, name in enumerate("ABCD"))
    before = round_.match()
    assert sorted(before, key=min) == [{a.number, b.number}, {c.number, d.number}]
    matching.pair(round_.uow, round_.edition, a.number, c.number)
    assert sorted(round_.proposed(), key=min) == [{a.number, c.number}, {b.number, d.number}]
    matching.undo(round_.uow, round_.edition)
    assert sorted(round_.proposed(), key=min) == sorted(before, key=min)
    matching.undo(round_.uow, round_.edition)
    assert {a.number, c.number} in round_.proposed()
    match_id = next(iter(round_.readings(MatchState.PROPOSED)))
    assert matching.take_apart(round_.uow, round_.edition, match_id) is MatchState.PROPOSED
    assert len(round_.proposed()) == 1
    round_.act(round_.owner)
    with pytest.raises(Conflict, match="nothing of yours"):
        matching.undo(round_.uow, round_.edition)
    assert mails(round_.uow, "matched") == []


def test_a_work_cannot_be_matched_with_itself_or_with_what_is_announced(round_: Round) -> None:
    one, _other = round_.pair()
    waits = round_.work("Waits")
    for number, with_number in ((waits.number, waits.number), (waits.number, one.number), (waits.number, 999)):
        with pytest.raises(Conflict):
            matching.pair(round_.uow, round_.edition, number, with_number)


@pytest.mark.parametrize("act", ["match", "pair", "mentor", "undo", "announce", "take_apart", "remind"])
def test_only_mentoring_chairs_match(round_: Round, act: str) -> None:
    one, other = round_.work("A"), round_.work("B")
    round_.match()
    match_id = next(iter(round_.readings(MatchState.PROPOSED)))
    edition, uow = round_.edition, round_.uow
    for somebody in (round_.reviewer, make_person(uow, "Elsewhere")):
        join_team(uow, make_edition(uow, slug=f"e{somebody.id}"), somebody, Role.OWNER)
        round_.act(somebody)
        calls: dict[str, Any] = {
            "match": lambda: matching.match(uow, edition),
            "pair": lambda: matching.pair(uow, edition, one.number, other.number),
            "mentor": lambda: matching.mentor(uow, edition, one.number, round_.reviewer.id),
            "undo": lambda: matching.undo(uow, edition),
            "announce": lambda: matching.announce(uow, edition, seen=""),
            "take_apart": lambda: matching.take_apart(uow, edition, match_id),
            "remind": lambda: reminding.remind(uow, edition, seen=""),
        }
        with pytest.raises((Forbidden, NotFound)):
            calls[act]()


# -- announcing ---------------------------------------------------------------------------------------------------


@shows("Mentored round", "Announcing sends one mail to each in one act; doing it twice sends none")
def test_announcing_twice_sends_each_mail_once(round_: Round) -> None:
    one, other = round_.work("Amal", 0), round_.work("Bilal", 0)
    round_.match()
    seen = matching.proposal(round_.uow, round_.edition, MACHINE).digest
    with pytest.raises(matching.Changed):
        matching.announce(round_.uow, round_.edition, seen="another")
    assert matching.announce(round_.uow, round_.edition, seen=seen) == 2
    with pytest.raises(Conflict, match="Nothing is proposed"):
        matching.announce(round_.uow, round_.edition, seen=seen)
    sent = mails(round_.uow, "matched")
    assert {mail.person_id for mail in sent} == {round_.people[one.id].id, round_.people[other.id].id}
    assert all(mail.about == "submissions" for mail in sent)


@keeps("A9")
@shows("Mentored round", "Whoever reads a draft never reviews it: a conflict is written down, and a review taken away")
def test_a_partner_gets_a_conflict_with_the_work(round_: Round) -> None:
    one, other = round_.work("Amal", 0), round_.work("Bilal", 0, state=State.SUBMITTED)
    reader = round_.people[one.id]
    join_team(round_.uow, round_.edition, reader, Role.REVIEWER)
    assert reader.id not in conflicts.against(round_.uow.session, other)
    round_.match()
    assert reader.id not in conflicts.against(round_.uow.session, other)
    round_.announce()
    assert conflicts.against(round_.uow.session, other)[reader.id] is Why.DECLARED
    with pytest.raises(Conflict, match="declared already"):
        declaring.add(round_.uow, round_.edition, other.number, reader.id, ConflictKind.OTHER, "")


def test_a_conflict_found_meanwhile_stops_the_announcement(round_: Round) -> None:
    one, other = round_.work("Amal", 0), round_.work("Bilal", 0)
    round_.match()
    make_assignment(round_.uow, other, round_.people[one.id])
    with pytest.raises(Conflict, match=f"#{other.number}"):
        round_.announce()
    assert mails(round_.uow, "matched") == []
    assert round_.uow.session.scalars(select(Assignment)).all()


@shows("Mentored round", "Mentors of the committee volunteer, and get a conflict with what they read")
def test_a_mentor_reads_what_is_left(round_: Round) -> None:
    uow = round_.uow
    work = round_.work("Amal", 0)
    assert round_.match() == []
    round_.act(round_.reviewer)
    service.volunteer(uow, round_.edition, 1)
    service.volunteer(uow, round_.edition, 2)
    assert round_.match() == [{work.number}]
    assert round_.announce() == 2
    reading = round_.reading_of(work)
    assert (reading.reader_id, reading.reader_work_id) == (round_.reviewer.id, None)
    assert conflicts.against(uow.session, work)[round_.reviewer.id] is Why.DECLARED
    assert queries.mentors(uow.session, round_.edition.id)[0].room == 1
    round_.act(round_.reviewer)
    service.volunteer(uow, round_.edition, 0)
    assert uow.session.scalars(select(Mentor)).all() == []
    round_.act(round_.people[work.id])
    with pytest.raises(NotFound):
        service.volunteer(uow, round_.edition, 1)


def test_a_mentor_is_chosen_by_hand_and_never_against_a_conflict(round_: Round) -> None:
    uow = round_.uow
    one, other = round_.work("Amal", 0), round_.work("Bilal", 0)
    round_.act(round_.reviewer)
    service.volunteer(uow, round_.edition, 1)
    round_.match()
    matching.mentor(uow, round_.edition, one.number, round_.reviewer.id)
    assert round_.proposed() == [{one.number}]
    make_assignment(uow, other, round_.reviewer)
    with pytest.raises(Conflict, match="conflict of interest"):
        matching.mentor(uow, round_.edition, other.number, round_.reviewer.id)
    with pytest.raises(NotFound):
        matching.mentor(uow, round_.edition, other.number, round_.owner.id)


# -- a chair with a conflict --------------------------------------------------------------------------------------


@keeps("A12")
@shows("Mentored round", "A chair with a conflict sees neither side of a pair; another chair matches and announces it")
def test_a_chair_with_a_conflict_sees_nothing_of_the_pair(round_: Round) -> None:
    uow = round_.uow
    hidden, partner, third, fourth = (round_.work(name, place // 2) for place, name in enumerate("ABCD"))
    kin = make_person(uow, "Kin Kinsson", "kin@loom.edu")
    join_team(uow, round_.edition, kin, Role.PROGRAMME_CHAIR)
    round_.people[hidden.id].email = "amal@cs.loom.edu"
    uow.session.flush()
    kins = standing_of(uow.session, round_.edition.id, kin.id)
    assert {one.submission.id for one in queries.free(uow.session, round_.edition.id, kins)} == {
        partner.id, third.id, fourth.id,
    }  # fmt: skip
    round_.match()
    assert queries.counts(uow.session, round_.edition.id, kins) == queries.Counts(0, 1, 0, 0)
    assert {number for number, _title in queries.choosable(uow.session, round_.edition.id, kins)} == {
        third.number, fourth.number,
    }  # fmt: skip
    with_hidden = next(i for i, each in round_.readings(MatchState.PROPOSED).items() if len(each) == 2
                       and hidden.id in {e.submission_id for e in each})  # fmt: skip
    round_.act(kin)
    with pytest.raises(NotFound):
        matching.take_apart(uow, round_.edition, with_hidden)
    with pytest.raises(Conflict):
        matching.pair(uow, round_.edition, partner.number, third.number)
    assert matching.announce(uow, round_.edition, seen=matching.proposal(uow, round_.edition, kins).digest) == 2
    assert round_.proposed() == [{hidden.number, partner.number}]
    round_.announce()
    assert queries.counts(uow.session, round_.edition.id, kins).announced == 1
    assert {reading.submission_id for reading in queries.owing(uow.session, round_.edition.id, kins)} == {
        third.id, fourth.id,
    }  # fmt: skip
    tells = conflicts.hidden_mails(kin.id)
    seen = uow.session.scalars(select(OutboxMail.id).where(~tells, OutboxMail.template == "mentoring/matched")).all()
    assert seen == []


# -- feedback -----------------------------------------------------------------------------------------------------


@shows("Mentored round", "Feedback is kept as a draft, sent, read by the author with a mail, and thanked for")
def test_feedback_is_given_and_thanked_for(round_: Round) -> None:
    uow = round_.uow
    one, other = round_.pair()
    reading = round_.reading_of(one)
    round_.act(round_.people[other.id])
    content = FeedbackContent(round_.answers("Begin with the loom."), "A word for the chairs.")
    service.save_feedback(uow, round_.edition, reading.id, content, version=0, send=False)
    assert mails(uow, "came_in") == []
    assert reading.sent_at is None
    with pytest.raises(service.Stale):
        service.save_feedback(uow, round_.edition, reading.id, content, version=0, send=True)
    service.save_feedback(uow, round_.edition, reading.id, content, version=1, send=True)
    service.save_feedback(uow, round_.edition, reading.id, content, version=2, send=True)
    assert [mail.person_id for mail in mails(uow, "came_in")] == [round_.people[one.id].id]
    assert "loom" not in mails(uow, "came_in")[0].text_body
    stored = questions.answers_of(uow.session, service.owner_of(reading.id))
    assert set(stored.values()) == {"Begin with the loom."}
    round_.act(round_.people[one.id])
    service.thank(uow, round_.edition, one.number, reading.id, is_helpful=True, words="It did.")
    with pytest.raises(Conflict, match="already"):
        service.thank(uow, round_.edition, one.number, reading.id, is_helpful=True, words="")
    assert [mail.person_id for mail in mails(uow, "thanked")] == [round_.people[other.id].id]
    assert "It did" not in mails(uow, "thanked")[0].text_body
    round_.act(round_.people[other.id])
    with pytest.raises(Conflict, match="over"):
        service.save_feedback(uow, round_.edition, reading.id, content, version=3, send=True)


def test_feedback_that_is_not_complete_is_not_sent(round_: Round) -> None:
    one, other = round_.pair()
    reading = round_.reading_of(one)
    round_.act(round_.people[other.id])
    with pytest.raises(service.Incomplete) as refusal:
        service.save_feedback(round_.uow, round_.edition, reading.id, FeedbackContent({}), version=0, send=True)
    assert len(refusal.value.gaps) == 3


def test_nobody_else_writes_reads_or_thanks(round_: Round) -> None:
    uow = round_.uow
    one, _other = round_.pair()
    reading = round_.say(one)
    for somebody in (round_.chair, round_.people[one.id], make_person(uow, "Stranger")):
        round_.act(somebody)
        with pytest.raises(NotFound):
            service.save_feedback(uow, round_.edition, reading.id, FeedbackContent({}), version=1, send=False)
        assert queries.find_task(uow.session, round_.edition.id, reading.id, somebody.id) is None
    for somebody in (round_.chair, make_person(uow, "Stranger")):
        round_.act(somebody)
        with pytest.raises(NotFound):
            service.thank(uow, round_.edition, one.number, reading.id, is_helpful=True, words="")


def test_what_is_only_proposed_is_read_by_nobody(round_: Round) -> None:
    one, other = round_.work("Amal", 0), round_.work("Bilal", 0)
    round_.match()
    edges = next(iter(round_.readings(MatchState.PROPOSED).values()))
    for edge in edges:
        assert edge.reader_id is not None
        found = queries.find_task(round_.uow.session, round_.edition.id, edge.id, edge.reader_id)
        assert found is None
    assert queries.received(round_.uow.session, one.id) == queries.received(round_.uow.session, other.id) == []


# -- reminders ----------------------------------------------------------------------------------------------------


@shows("Mentored round", "Reminders go to exactly those who owe feedback, as they were looked at")
def test_exactly_those_who_owe_feedback_are_reminded(round_: Round) -> None:
    uow = round_.uow
    one, other = round_.pair()
    round_.say(one)
    standing = standing_of(uow.session, round_.edition.id, round_.chair.id)
    wave = reminding.prepare(uow, round_.edition, standing)
    assert [person.id for person, _readings in wave.owing] == [round_.people[one.id].id]
    with pytest.raises(reminding.Changed):
        reminding.remind(uow, round_.edition, seen="another")
    for _time in range(2):
        reminding.remind(uow, round_.edition, seen=wave.digest)
    assert len(mails(uow, "reminder")) == 2
    round_.say(other)
    with pytest.raises(Conflict, match="Nobody owes"):
        reminding.remind(uow, round_.edition, seen=reminding.prepare(uow, round_.edition, standing).digest)


@shows("Mentored round", "Matching, announcing and reminding are commands, with a dry run that changes nothing")
def test_the_commands_match_and_remind(round_: Round) -> None:
    one, other, odd = round_.work("Amal", 0), round_.work("Bilal", 0), round_.work("Odd", 1)
    add_author(round_.uow, odd, "Amal", person=round_.people[one.id])
    add_author(round_.uow, odd, "Bilal", person=round_.people[other.id])
    told = act_of(match_authors)(round_.uow, round_.edition)
    assert dict(told.counts) == {"matches": 1, "left": 1}
    assert {item["number"] for item in told.items} == {one.number, other.number}
    assert list(told.notes) == [f"#{odd.number} has no partner."]
    round_.uow.actor = None
    assert dict(act_of(announce_matches)(round_.uow, round_.edition).counts) == {"matches": 1}
    assert dict(act_of(announce_matches)(round_.uow, round_.edition).counts) == {"matches": 0}
    assert len(mails(round_.uow, "matched")) == 2
    assert dict(act_of(remind_partners)(round_.uow, round_.edition).counts) == {"people": 2, "feedback": 2}
    assert len(mails(round_.uow, "reminder")) == 2


def act_of(command: Any) -> Any:
    """What a command does in its transaction; that a dry run is taken back is tried once, for all commands."""
    return inspect.unwrap(command.callback)


# -- somebody leaves ----------------------------------------------------------------------------------------------


@shows("Mentored round", "If one steps out or withdraws, the partner is told and can be matched anew")
@pytest.mark.parametrize("how", ["steps out", "withdraws", "removes the draft", "deletes the account", "chair"])
def test_the_partner_of_one_who_leaves_is_told(round_: Round, how: str) -> None:
    uow = round_.uow
    state = State.SUBMITTED if how == "withdraws" else State.DRAFT
    one, other = round_.work("Amal", 0, state=state), round_.work("Bilal", 0)
    round_.match()
    round_.announce()
    leaver, stays = round_.people[one.id], round_.people[other.id]
    number, reading_id = one.number, round_.reading_of(other).id
    round_.act(leaver)
    own = find_own(uow.session, round_.edition.id, number, leaver.id, lock=True)
    assert own is not None
    if how == "steps out":
        service.step_out(uow, round_.edition, number)
    elif how == "withdraws":
        submissions.withdraw(uow, round_.edition, own)
    elif how == "removes the draft":
        submissions.discard(uow, own)
    elif how == "deletes the account":
        uow.tell(PersonErased(leaver.id))
    else:
        round_.act(round_.chair)
        matching.take_apart(uow, round_.edition, next(iter(round_.readings(MatchState.ANNOUNCED))))
    told = {mail.person_id for mail in mails(uow, "ended")}
    assert told == ({leaver.id, stays.id} if how == "chair" else {stays.id})
    assert free(round_) == ({number, other.number} if how == "chair" else {other.number})
    uow.session.expire_all()
    task = queries.find_task(uow.session, round_.edition.id, reading_id, leaver.id)
    assert task is None or not service.can_read(task)
    for own in (None, number):
        for kept in queries.tasks(uow.session, round_.edition.id, leaver.id, work_id=own):
            assert views.titles([kept]) == [(kept, "A draft that you read")]
    newcomer = round_.work("Newcomer", 0)
    assert newcomer.number in set().union(*round_.match())


def test_whoever_has_feedback_keeps_it_and_needs_nobody_new(round_: Round) -> None:
    one, other = round_.pair()
    reading = round_.say(other)
    round_.act(round_.people[one.id])
    service.step_out(round_.uow, round_.edition, one.number)
    assert free(round_) == set()
    assert [kept.id for kept in queries.received(round_.uow.session, other.id)] == [reading.id]
    assert reading.sent_at is not None


@keeps("A1")
def test_names_stay_hidden_once_partners_were_matched_without_them(uow: UnitOfWork) -> None:
    round_ = Round(uow, shows_names=False)
    wanted = RoundContent(is_on=True, shows_names=True)
    round_.act(round_.owner)
    service.set_up(uow, round_.edition, wanted, version=1)
    service.set_up(uow, round_.edition, RoundContent(is_on=True, shows_names=False), version=2)
    round_.pair()
    round_.act(round_.owner)
    with pytest.raises(service.Promised):
        service.set_up(uow, round_.edition, wanted, version=3)
    service.set_up(uow, round_.edition, RoundContent(is_on=False, shows_names=False), version=3)


@keeps("A1")
@pytest.mark.parametrize("who", ["the one who leaves", "the one who stays"])
def test_after_one_stepped_out_not_even_those_who_sent_feedback_read_the_draft(round_: Round, who: str) -> None:
    uow = round_.uow
    one, other = round_.pair()
    read = other if who == "the one who leaves" else one
    reading = round_.say(read)
    reader_id = reading.reader_id
    assert reader_id is not None
    round_.act(round_.people[one.id])
    service.step_out(uow, round_.edition, one.number)
    task = queries.find_task(uow.session, round_.edition.id, reading.id, reader_id)
    assert task is not None
    assert not service.can_read(task)


@keeps("A1")
@pytest.mark.parametrize("is_sent", [True, False])
def test_a_mentor_who_left_the_committee_reads_no_draft(round_: Round, is_sent: bool) -> None:
    uow = round_.uow
    work = round_.work("Amal", 0)
    round_.act(round_.reviewer)
    service.volunteer(uow, round_.edition, 1)
    round_.match()
    round_.announce()
    reading = round_.say(work) if is_sent else round_.reading_of(work)
    remove_from_team(round_)
    task = queries.find_task(uow.session, round_.edition.id, reading.id, round_.reviewer.id)
    assert task is not None
    assert not service.can_read(task)
    assert free(round_) == (set() if is_sent else {work.number})


def test_what_was_proposed_for_a_mentor_who_left_is_forgotten(round_: Round) -> None:
    work = round_.work("Amal", 0)
    round_.act(round_.reviewer)
    service.volunteer(round_.uow, round_.edition, 1)
    assert round_.match() == [{work.number}]
    remove_from_team(round_)
    assert round_.proposed() == []
    assert free(round_) == {work.number}


def remove_from_team(round_: Round) -> None:
    """The owner takes the reviewer's role away."""
    round_.act(round_.owner)
    member = next(one for one in team_of(round_.uow.session, round_.edition.id) if one.person_id == round_.reviewer.id)
    team.remove_member(round_.uow, round_.edition, member.id)


def test_in_a_circle_the_others_go_on(round_: Round) -> None:
    works = [round_.work(name, 0) for name in "ABC"]
    round_.match()
    round_.announce()
    edges = next(iter(round_.readings(MatchState.ANNOUNCED).values()))
    leaver = works[0]
    stays = next(e for e in edges if leaver.id not in (e.submission_id, e.reader_work_id))
    round_.act(round_.people[leaver.id])
    service.step_out(round_.uow, round_.edition, leaver.number)
    assert stays.ended_at is None
    assert sum(e.ended_at is not None for e in edges) == 2
    assert stays.reader_id is not None
    task = queries.find_task(round_.uow.session, round_.edition.id, stays.id, stays.reader_id)
    assert task is not None
    assert service.can_write(task)


@keeps("P1")
def test_an_erased_reader_leaves_feedback_without_a_name(round_: Round) -> None:
    one, other = round_.pair()
    sent = round_.say(one, remark="Only for chairs.")
    round_.act(round_.people[other.id])
    round_.uow.tell(PersonErased(round_.people[other.id].id))
    assert (sent.reader_id, sent.remark) == (None, None)
    assert sent.sent_at is not None
    taking_part = round_.uow.session.scalars(select(Participant.person_id)).all()
    assert taking_part == [round_.people[one.id].id]


def test_two_accounts_that_are_one_person_go_on_as_one(round_: Round) -> None:
    uow = round_.uow
    one, other = round_.pair()
    old, new = round_.people[one.id], make_person(uow, "Amal again")
    authorship._take_over(uow, new.id, old.email, old.id)
    reading = round_.reading_of(other)
    assert reading.reader_id == new.id
    assert uow.session.get_one(Participant, one.id).person_id == new.id
    assert conflicts.conflicts_between(uow.session, [new.id], [other.id]) == [(other.id, new.id, Why.DECLARED)]


def test_two_accounts_matched_with_each_other_end_their_match(round_: Round) -> None:
    uow = round_.uow
    one, other = round_.pair()
    pair = merging.Pair(round_.people[one.id], round_.people[other.id])
    merging.merge(uow, pair, merging.look(uow, pair).digest)
    assert round_.readings(MatchState.ANNOUNCED) == {}
    assert free(round_) == {one.number, other.number}
    assert round_.match() == []


def test_claiming_the_draft_one_reads_ends_the_match(round_: Round) -> None:
    uow = round_.uow
    one, other = round_.pair()
    uow.session.add(Author(submission_id=other.id, position=5, name="Amal", email="amal@elsewhere.example"))
    uow.session.flush()
    uow.session.refresh(other, ["authors", "files"])
    submission_emails.named(uow, round_.edition, other)
    asked = uow.session.scalars(select(OutboxMail).where(OutboxMail.to_address == "amal@elsewhere.example")).one()
    found = re.search(r"/authorships/(\S+)", asked.text_body)
    assert found is not None
    round_.act(round_.people[one.id])
    authorship.claim(uow, found[1])
    assert round_.readings(MatchState.ANNOUNCED) == {}
    assert free(round_) == {one.number, other.number}
    assert round_.match() == []


def test_whoever_is_no_author_any_more_reads_nothing(round_: Round) -> None:
    uow = round_.uow
    one, other = round_.pair()
    reading = round_.reading_of(other)
    work = submission_of_author(uow.session, one.id, lock=True)
    work.submitter_id = None
    for author in work.authors:
        author.person_id = None
    uow.session.flush()
    task = queries.find_task(uow.session, round_.edition.id, reading.id, round_.people[one.id].id)
    assert task is not None
    assert not service.can_read(task)


def test_what_happens_to_a_work_stands_in_its_history_without_the_partner(round_: Round) -> None:
    one, other = round_.work("Amal", 0, state=State.SUBMITTED), round_.work("Bilal", 0)
    round_.match()
    round_.announce()
    round_.say(one)
    standing = standing_of(round_.uow.session, round_.edition.id, round_.chair.id)
    told = [line.text for line in histories.lines(histories.entries_of(round_.uow, standing, one), {})]
    assert [text for text in told if "mentored" in text] == [
        "Feedback of the mentored round came in",
        "Somebody reads the draft in the mentored round",
        "Joined the mentored round",
    ]
    acts = round_.uow.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == "submission", AuditEntry.subject_id == other.id)
    )
    assert {act for act in acts if act.startswith("mentoring")} <= histories.known()


def test_topics_of_mentors_count(round_: Round) -> None:
    uow = round_.uow
    second = make_person(uow, "Second Reviewsson")
    join_team(uow, round_.edition, second, Role.REVIEWER)
    for person in (round_.reviewer, second):
        round_.act(person)
        service.volunteer(uow, round_.edition, 1)
    topics.choose_for_reviewer(uow, round_.edition.id, second.id, [round_.topics[1]])
    topics.choose_for_reviewer(uow, round_.edition.id, round_.reviewer.id, [round_.topics[2]])
    round_.work("Amal", 1)
    round_.match()
    edges = next(iter(round_.readings(MatchState.PROPOSED).values()))
    assert [edge.reader_id for edge in edges] == [second.id]
    assert uow.session.scalars(select(Reading)).all()
