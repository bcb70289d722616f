"""After a release: a second decision, places off the waitlist, reminders; on both databases."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import make_person
from tests.reviews.factories import Season, declare, make_decision, make_review
from tests.shows import keeps, shows
from workshop_manager.calls.models import Round
from workshop_manager.core import events
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.decisions import queries, reminding, waitlist
from workshop_manager.decisions import service as deciding
from workshop_manager.decisions.events import SubmissionTurnedDown
from workshop_manager.decisions.models import Decision, PassedPlace
from workshop_manager.decisions.outcomes import outcomes_of
from workshop_manager.decisions.rules import FIRST_ROUND, Within
from workshop_manager.decisions.service import Choice
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.rules import MACHINE
from workshop_manager.workshops.states import Role


@pytest.fixture
def desk(season, uow):
    uow.actor = season.chair
    return season


def sent(uow):
    uow.session.flush()
    return uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()


def out(desk, work, outcome, **values):
    """That decision was released."""
    states = {Outcome.WAITLIST: State.WAITLISTED, Outcome.REJECT: State.REJECTED}
    work.state, work.outcome, work.decided_at = states.get(outcome, State.ACCEPTED), outcome, desk.uow.now
    for name, value in values.items():
        setattr(work, name, value)
    make_decision(desk.uow, work, outcome, released_at=desk.uow.now)
    return work


def given_back(desk, outcome=Outcome.POSTER, **values):
    return out(desk, desk.work(**values), outcome, answered_at=desk.uow.now, state=State.DECLINED)


# -- one part of the edition


@shows("Decisions", "Decisions are released of one track or one round as well as of everything")
def test_a_part_is_released_and_the_rest_stays_pending(desk, uow):
    early = Round(edition_id=desk.edition.id, name="Early", position=0)
    uow.session.add(early)
    uow.session.flush()
    first, second, third = desk.work(), desk.work(track=desk.second), desk.work(round_id=early.id)
    for work in (first, second, third):
        deciding.decide(uow, desk.edition, {work.number: Choice(Outcome.ORAL, None, 0)})
    standing = desk.standing(desk.chair)
    parts = {
        Within(desk.first.id): 2,
        Within(desk.second.id): 1,
        Within(round_id=early.id): 1,
        Within(round_id=FIRST_ROUND): 2,
        Within(desk.second.id, early.id): 0,
        Within(987654): 0,
    }
    every = queries.pending_counts(uow.session, desk.edition.id, standing)
    for part, number in parts.items():
        assert queries.count_pending(uow.session, desk.edition.id, standing, part) == number
        assert every.within(part).waiting == number
    assert deciding.release(uow, desk.edition, part=Within(round_id=early.id)) == 1
    with pytest.raises(Conflict, match="nothing to release"):
        deciding.release(uow, desk.edition, part=Within(round_id=early.id))
    assert [w.state for w in (first, second, third)] == [State.SUBMITTED, State.SUBMITTED, State.ACCEPTED]
    assert deciding.release(uow, desk.edition, part=Within(desk.first.id)) == 1
    assert second.state is State.SUBMITTED
    assert queries.rounds(uow.session, desk.edition.id) == [(early.id, "Early"), (FIRST_ROUND, "Regular round")]


# -- a second decision


@keeps("A13")
@shows(
    "Decisions",
    "After the response a decision is made again: history is kept, and the first holds until the second is released",
)
def test_a_second_decision_shows_only_once_it_is_released(desk, uow, monkeypatch):
    told = []
    monkeypatch.setitem(events._handlers, SubmissionTurnedDown, [lambda _uow, event: told.append(event)])
    work = out(desk, desk.work(title="On looms"), Outcome.POSTER)
    make_review(uow, work, desk.rania, text="Better now.")
    before = (work.state, work.outcome, work.version, work.decided_at)
    assert deciding.decide_again(uow, desk.edition, [work.number], "They answered every point.") == 1
    deciding.decide(uow, desk.edition, {work.number: Choice(Outcome.REJECT, None, 2)})
    assert (work.state, work.outcome, work.version, work.decided_at) == before
    assert sent(uow) == []
    assert deciding.release(uow, desk.edition) == 1
    assert (work.state, work.outcome) == (State.REJECTED, Outcome.REJECT)
    assert told == [SubmissionTurnedDown(work.id, desk.edition.id)]
    assert "This is the decision after your response" in sent(uow)[0].text_body
    (kept,) = queries.earlier_decisions(uow.session, [work.id])[work.id]
    assert (kept.outcome, kept.reason, kept.reopened_by) == (
        Outcome.POSTER, "They answered every point.", desk.chair.id,
    )  # fmt: skip
    assert uow.session.get(Decision, work.id).reopened_at is None
    deciding.decide_again(uow, desk.edition, [work.number])
    deciding.decide(uow, desk.edition, {work.number: Choice(Outcome.ORAL, None, 4)})
    deciding.release(uow, desk.edition)
    assert (work.state, work.outcome) == (State.ACCEPTED, Outcome.ORAL)
    assert len({mail.key for mail in sent(uow)}) == 2


def test_what_cannot_be_decided_again(desk, uow):
    works = {
        "submitted": desk.work(),
        "confirmed": out(desk, desk.work(), Outcome.POSTER, state=State.CONFIRMED),
        "given back": given_back(desk),
        "rejected unreviewed": desk.work(state=State.REJECTED),
    }
    for work in works.values():
        with pytest.raises(Conflict, match="cannot be decided again"):
            deciding.decide_again(uow, desk.edition, [work.number])
    twice = out(desk, desk.work(), Outcome.REJECT)
    deciding.decide_again(uow, desk.edition, [twice.number])
    with pytest.raises(Conflict, match="cannot be decided again"):
        deciding.decide_again(uow, desk.edition, [twice.number])
    with pytest.raises(Conflict, match="Choose"):
        deciding.decide_again(uow, desk.edition, [])
    own = out(desk, desk.work(desk.chair), Outcome.REJECT)
    with pytest.raises(NotFound):
        deciding.decide_again(uow, desk.edition, [own.number])
    uow.actor = desk.track_chair
    with pytest.raises(NotFound):
        deciding.decide_again(uow, desk.edition, [twice.number])


def test_a_place_confirmed_meanwhile_is_not_taken(desk, uow):
    work = out(desk, desk.work(), Outcome.POSTER)
    deciding.decide_again(uow, desk.edition, [work.number])
    deciding.decide(uow, desk.edition, {work.number: Choice(Outcome.REJECT, None, 2)})
    uow.actor = desk.author
    deciding.answer(uow, desk.edition, work.number, confirm=True)
    uow.actor = desk.chair
    with pytest.raises(Conflict, match="nothing to release"):
        deciding.release(uow, desk.edition)
    assert work.state is State.CONFIRMED


# -- a place that came free


@shows(
    "Decisions", "A place that is given back, or withdrawn, goes to the next on the waitlist in one click, with a mail"
)
def test_a_free_place_goes_to_the_next_on_the_waitlist(desk, uow):
    freed = given_back(desk, Outcome.LIGHTNING)
    weak, strong = (out(desk, desk.work(), Outcome.WAITLIST) for _n in range(2))
    make_review(uow, strong, desk.rania, 6)
    make_review(uow, weak, desk.rania, 3)
    standing = desk.standing(desk.chair)
    free = waitlist.free_places(uow.session, desk.edition.id, standing, outcomes_of(uow.session, desk.edition.id))
    assert [(place.submission, place.named.key) for place in free] == [(freed, "lightning")]
    line = waitlist.waiting(uow.session, desk.edition.id, standing)
    assert [(one.place, one.submission.number) for one in line] == [(1, strong.number), (2, weak.number)]
    waitlist.pass_on(uow, desk.edition, freed.number, strong.number)
    assert (strong.state, strong.outcome) == (State.ACCEPTED, Outcome.LIGHTNING)
    assert strong.confirm_by is not None
    assert strong.confirm_by - uow.now >= timedelta(days=5)
    (mail,) = sent(uow)
    assert mail.subject.startswith("A place came free for you")
    assert "Confirm by" in mail.text_body
    for number in (strong.number, weak.number):
        with pytest.raises(Conflict, match="not free any more"):
            waitlist.pass_on(uow, desk.edition, freed.number, number)
    assert weak.state is State.WAITLISTED
    assert len(sent(uow)) == 1


def test_a_withdrawn_place_is_free_and_one_that_was_never_given_is_not(desk, uow):
    withdrawn = out(desk, desk.work(), Outcome.ORAL, state=State.WITHDRAWN, withdrawn_at=uow.now)
    desk.work(state=State.WITHDRAWN)
    waits = out(desk, desk.work(), Outcome.WAITLIST)
    waits.state, waits.withdrawn_at = State.WITHDRAWN, uow.now
    uow.session.flush()
    standing, outcomes = desk.standing(desk.chair), outcomes_of(uow.session, desk.edition.id)
    free = waitlist.free_places(uow.session, desk.edition.id, standing, outcomes)
    assert [place.submission for place in free] == [withdrawn]
    waitlist.leave_empty(uow, desk.edition, withdrawn.number)
    assert waitlist.free_places(uow.session, desk.edition.id, standing, outcomes) == []
    assert sent(uow) == []


def test_a_place_is_passed_to_somebody_who_waits_and_has_nothing_else_pending(desk, uow):
    freed, waits, other = given_back(desk), out(desk, desk.work(), Outcome.WAITLIST), desk.work()
    with pytest.raises(Conflict, match="not on the waitlist"):
        waitlist.pass_on(uow, desk.edition, freed.number, other.number)
    deciding.decide(uow, desk.edition, {waits.number: Choice(Outcome.REJECT, None, 1)})
    assert waitlist.waiting(uow.session, desk.edition.id, desk.standing(desk.chair)) == []
    with pytest.raises(Conflict, match="is pending"):
        waitlist.pass_on(uow, desk.edition, freed.number, waits.number)


@keeps("A12", "A3", "A4")
def test_a_conflicted_chair_neither_sees_nor_passes_on_that_place(desk, uow):
    hidden, own = given_back(desk), out(desk, desk.work(desk.chair), Outcome.WAITLIST)
    declare(uow, hidden, desk.chair)
    shown = given_back(desk)
    standing, outcomes = desk.standing(desk.chair), outcomes_of(uow.session, desk.edition.id)
    free = waitlist.free_places(uow.session, desk.edition.id, standing, outcomes)
    assert [place.submission for place in free] == [shown]
    assert waitlist.waiting(uow.session, desk.edition.id, standing) == []
    for of, to in ((hidden, own), (shown, own)):
        with pytest.raises(NotFound):
            waitlist.pass_on(uow, desk.edition, of.number, to.number)
    with pytest.raises(NotFound):
        waitlist.leave_empty(uow, desk.edition, hidden.number)
    uow.actor = desk.member("Member", Role.TRACK_CHAIR, desk.first)
    with pytest.raises(NotFound):
        waitlist.leave_empty(uow, desk.edition, shown.number)


@keeps("X1", "X2")
@shows("Decisions", "Two chairs offer the same place at the same moment: it is given once")
def test_two_offers_of_one_place_give_it_once(app, database, clock, work):
    with work() as uow:
        season = Season(uow)
        freed = given_back(season)
        waits = [out(season, season.work(), Outcome.WAITLIST) for _n in range(2)]
    answers, barrier = [], threading.Barrier(2)

    def one(person, to):
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work(database, clock, actor=person) as own:
                    waitlist.pass_on(own, season.edition, freed.number, to.number)
                    answers.append("given")
            except Conflict as refusal:
                answers.append(refusal.sentence)

    people = zip((season.chair, season.owner), waits, strict=True)
    threads = [threading.Thread(target=one, args=each) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=len)[0] == "given"
    assert "not free any more" in sorted(answers, key=len)[1]
    with work() as uow:
        states = sorted(s.value for s in uow.session.scalars(select(Submission.state)))
        assert states == ["accepted", "declined", "waitlisted"]
        assert len(uow.session.scalars(select(PassedPlace)).all()) == 1
        assert len(sent(uow)) == 1


# -- reminders


def test_exactly_those_who_have_not_answered_are_reminded_once_a_day(desk, uow, clock):
    soon = uow.now + timedelta(days=9)
    waits = out(desk, desk.work(), Outcome.POSTER, confirm_by=soon, confirm_by_zone="UTC")
    out(desk, desk.work(), Outcome.POSTER, state=State.CONFIRMED)
    out(desk, desk.work(), Outcome.POSTER, confirm_by=uow.now - timedelta(days=1), confirm_by_zone="UTC")
    out(desk, desk.work(), Outcome.REJECT)
    undated = out(desk, desk.work(), Outcome.POSTER)
    own = out(desk, desk.work(desk.chair), Outcome.POSTER, confirm_by=soon, confirm_by_zone="UTC")
    works = reminding.waiting_for(uow, desk.edition, desk.standing(desk.chair))
    assert works == [waits, undated]
    assert reminding.remind_now(uow, desk.edition) == 2
    assert {mail.about for mail in sent(uow)} == {waits.about, undated.about}
    assert "nobody has told us yet whether you present it. Say so by" in sent(uow)[0].text_body
    with pytest.raises(Conflict, match="had a reminder today"):
        reminding.remind_now(uow, desk.edition)
    assert reminding.remind(uow, desk.edition, MACHINE) == 1
    assert sent(uow)[-1].about == own.about
    uow.actor = make_person(uow)
    with pytest.raises(NotFound):
        reminding.remind_now(uow, desk.edition)


@keeps("M7")
@shows("Decisions", "Accepted authors who have not answered are reminded three days and one day before the date")
def test_the_worker_reminds_once_a_wave(app, database, clock, work):
    with work() as uow:
        season = Season(uow)
        by = uow.now + timedelta(days=10)
        one = out(season, season.work(), Outcome.POSTER, confirm_by=by, confirm_by_zone="UTC")
        out(season, season.work(), Outcome.POSTER, state=State.CONFIRMED, confirm_by=by, confirm_by_zone="UTC")

    def mails():
        with work() as uow:
            return len(sent(uow))

    counts = []
    for days in (6, 7, 7.5, 9, 9.9, 10.1):
        clock.at = by - timedelta(days=10) + timedelta(days=days)
        with app.app_context():
            for _twice in range(2):
                reminding.remind_due(database, clock)
        counts.append(mails())
    assert counts == [0, 1, 1, 2, 2, 2]
    with work() as uow:
        assert {mail.about for mail in sent(uow)} == {one.about}
