"""Pending decisions, their release in one act, and the authors' answer, on both databases."""

import html
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import join_team, make_date, make_edition, make_person
from tests.reviews.factories import Season, add_author, declare, make_decision, make_review
from tests.shows import keeps, shows
from workshop_manager.core import events
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.decisions import emails, queries
from workshop_manager.decisions import service as deciding
from workshop_manager.decisions.events import SubmissionConfirmed, SubmissionDecided, SubmissionDeclined
from workshop_manager.decisions.models import Decision
from workshop_manager.decisions.outcomes import outcomes_of
from workshop_manager.decisions.panels import answer_panel
from workshop_manager.decisions.service import Choice
from workshop_manager.mail.models import OutboxMail
from workshop_manager.reviews import criteria
from workshop_manager.reviews.answering import given_to_authors
from workshop_manager.reviews.criteria import Form, Item
from workshop_manager.reviews.models import MetaReview, ReviewForm, ReviewSettings
from workshop_manager.reviews.states import Audience, ItemKind
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.states import DateKey, Role


def decide(season, work, outcome, by=None, before=None, version=0):
    season.uow.actor = by or season.chair
    return deciding.decide(season.uow, season.edition, {work.number: Choice(outcome, before, version)})


def release(season, by=None, seen=None):
    season.uow.actor = by or season.chair
    return deciding.release(season.uow, season.edition, seen)


def decision(uow, work):
    return uow.session.get(Decision, work.id)


def sent(uow):
    uow.session.flush()
    return uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()


@pytest.fixture
def told(monkeypatch):
    heard = []
    for event in (SubmissionDecided, SubmissionConfirmed, SubmissionDeclined):
        monkeypatch.setitem(events._handlers, event, [lambda _uow, event: heard.append(event)])
    return heard


# -- pending


@keeps("A13")
@shows("Review and decisions", "A pending decision changes nothing of the submission and tells nobody")
def test_a_pending_decision_is_known_to_the_board_only(season, uow):
    work = season.work()
    assert decide(season, work, Outcome.ORAL) == 1
    assert (work.state, work.outcome, work.decided_at, work.version) == (State.SUBMITTED, None, None, 2)
    assert sent(uow) == []
    counts = queries.pending_counts(uow.session, season.edition.id, season.standing(season.chair))
    assert (counts.pending, counts.released, counts.open, counts.waiting) == ({Outcome.ORAL: 1}, {}, 0, 1)


def test_a_decision_is_changed_and_taken_back(season, uow):
    work = season.work()
    decide(season, work, Outcome.ORAL)
    decide(season, work, Outcome.REJECT, before=Outcome.ORAL, version=1)
    decide(season, work, None, before=Outcome.REJECT, version=2)
    assert (decision(uow, work).outcome, decision(uow, work).version) == (None, 3)
    assert queries.count_pending(uow.session, season.edition.id, season.standing(season.chair)) == 0
    counts = queries.pending_counts(uow.session, season.edition.id, season.standing(season.chair))
    assert (counts.pending, counts.open) == ({}, 1)


@keeps("X3")
@shows(
    "Review and decisions", "Two chairs at the board: the second learns what the first chose, and overwrites nothing"
)
def test_the_second_chair_learns_of_the_first(season, uow):
    first, second = season.work(), season.work()
    decide(season, first, Outcome.ORAL)
    uow.actor = season.owner
    mine = {first.number: Choice(Outcome.REJECT, None, 0), second.number: Choice(Outcome.POSTER, None, 0)}
    with pytest.raises(deciding.Overtaken, match="#1 ") as told:
        deciding.decide(uow, season.edition, mine)
    assert told.value.numbers == {first.number}
    assert (decision(uow, first).outcome, decision(uow, second)) == (Outcome.ORAL, None)


def test_what_a_chair_left_alone_does_not_collide(season, uow):
    first, second = season.work(), season.work()
    decide(season, first, Outcome.ORAL)
    uow.actor = season.owner
    left = {first.number: Choice(None, None, 0), second.number: Choice(Outcome.POSTER, None, 0)}
    assert deciding.decide(uow, season.edition, left) == 1
    assert decision(uow, first).outcome is Outcome.ORAL


@keeps("X3")
def test_a_decision_taken_back_and_made_again_is_not_the_one_a_chair_saw(season, uow):
    work = season.work()
    decide(season, work, Outcome.ORAL)
    decide(season, work, None, before=Outcome.ORAL, version=1)
    decide(season, work, Outcome.POSTER, version=2)
    with pytest.raises(deciding.Overtaken):
        decide(season, work, Outcome.REJECT, season.owner, before=Outcome.ORAL, version=1)


@pytest.mark.parametrize("role", [Role.TRACK_CHAIR, Role.REVIEWER, Role.GRANTS_COMMITTEE, Role.FRONT_DESK])
@keeps("A4")
def test_only_chairs_decide_and_release(season, uow, role):
    work = season.work()
    make_decision(uow, work, Outcome.ORAL)
    outsider = make_person(uow)
    join_team(uow, make_edition(uow, slug="2025"), outsider, Role.OWNER)
    for person in (season.member("Member", role, season.first), outsider, season.author):
        with pytest.raises(NotFound):
            decide(season, work, Outcome.REJECT, person, Outcome.ORAL, 1)
        with pytest.raises(NotFound):
            release(season, person)


@keeps("A12")
def test_a_conflicted_chair_neither_decides_nor_releases_that_work(season, uow):
    own, declared, other = season.work(season.chair), season.work(), season.work()
    declare(uow, declared, season.chair)
    for work in (own, declared):
        with pytest.raises(NotFound):
            decide(season, work, Outcome.ORAL)
        decide(season, work, Outcome.ORAL, season.owner)
    decide(season, other, Outcome.POSTER)
    assert queries.count_pending(uow.session, season.edition.id, season.standing(season.chair)) == 1
    assert release(season) == 1
    assert [own.state, declared.state, other.state] == [State.SUBMITTED, State.SUBMITTED, State.ACCEPTED]
    with pytest.raises(Conflict, match="nothing to release"):
        release(season)
    assert release(season, season.owner) == 2


@keeps("A3")
def test_numbers_of_another_edition_and_drafts_are_not_there(season, uow):
    draft = season.work(state=State.DRAFT)
    for number in (draft.number, 987654):
        uow.actor = season.chair
        with pytest.raises(NotFound):
            deciding.decide(uow, season.edition, {number: Choice(Outcome.ORAL, None, 0)})


def test_what_is_out_cannot_be_decided_again_but_the_waitlist_can(season, uow):
    out, waiting = season.work(state=State.REJECTED), season.work(state=State.WAITLISTED, outcome=Outcome.WAITLIST)
    with pytest.raises(Conflict, match="is out already"):
        decide(season, out, Outcome.ORAL)
    with pytest.raises(Conflict, match="on the waitlist already"):
        decide(season, waiting, Outcome.WAITLIST)
    decide(season, waiting, Outcome.POSTER)
    counts = queries.pending_counts(uow.session, season.edition.id, season.standing(season.chair))
    assert (counts.pending, counts.released) == ({Outcome.POSTER: 1}, {})
    assert release(season) == 1
    assert (waiting.state, waiting.outcome) == (State.ACCEPTED, Outcome.POSTER)


# -- the release


@shows(
    "Review and decisions",
    "All pending decisions are released at once: states, mails and pages change in the same act",
    "The mail of a decision carries the reviews, and nothing that was for the chairs only",
)
@keeps("X5", "M1", "M7")
def test_a_release_changes_states_and_posts_mails_in_one_act(season, uow, told):
    by = uow.now + timedelta(days=10, hours=-1, minutes=59)
    make_date(uow, season.edition, DateKey.CONFIRM_BY, by)
    season.author.time_zone = "Asia/Jakarta"
    works = {outcome: season.work(title=f"On {outcome.value}") for outcome in Outcome}
    for outcome, work in works.items():
        make_review(uow, work, season.rania, text="Clear question.\n\nBcc: all@example.org", remark="Weak, between us.")
        add_author(uow, work, "ghost@example.org")
        add_author(uow, work, season.author.email.upper())
        decide(season, work, outcome)
    open_work = season.work()
    assert release(season) == 6
    states = {outcome: work.state for outcome, work in works.items()}
    assert states == {
        Outcome.ORAL: State.ACCEPTED, Outcome.LIGHTNING: State.ACCEPTED, Outcome.POSTER: State.ACCEPTED,
        Outcome.WAITLIST: State.WAITLISTED, Outcome.REJECT: State.REJECTED,
        Outcome.REJECT_ENCOURAGED: State.REJECTED,
    }  # fmt: skip
    assert all((w.outcome, w.decided_at) == (o, uow.now) for o, w in works.items())
    assert [w.confirm_by for w in works.values()] == [by, by, by, None, None, None]
    assert (open_work.state, open_work.decided_at) == (State.SUBMITTED, None)
    letters = sent(uow)
    assert len(letters) == 12
    assert len({m.key for m in letters}) == 12
    assert {m.to_address for m in letters} == {season.author.email, "ghost@example.org"}
    subjects = [m.subject for m in letters if m.to_address == season.author.email]
    assert subjects == [
        "Your abstract is accepted: On oral", "Your abstract is accepted: On lightning",
        "Your abstract is accepted: On poster", "Your abstract is on the waitlist: On waitlist",
        "Not this time: On reject", "Not this time: On reject_encouraged",
    ]  # fmt: skip
    for mail in letters:
        assert "Review 1:" in mail.text_body
        assert "Clear question." in mail.text_body
        for secret in ("between us", "Rania", season.rania.email):
            assert secret not in mail.text_body + mail.html_body
    first = letters[0].text_body
    assert "Confirm by" in first
    assert "AoE (" in first
    assert "in Jakarta)" in first
    assert "/musiml/2026/submissions/1" in first
    assert [event.submission_id for event in told] == [work.id for work in works.values()]


@keeps("X5", "X2")
@shows("Bad input", "Decisions released twice: the second time does nothing and says so")
def test_releasing_twice_does_nothing_the_second_time(season, uow):
    work = season.work()
    decide(season, work, Outcome.ORAL)
    release(season)
    before = (work.version, work.state, len(sent(uow)))
    with pytest.raises(Conflict, match="nothing to release"):
        release(season)
    assert (work.version, work.state, len(sent(uow))) == before


@keeps("X3")
def test_what_a_chair_did_not_read_is_not_released(season, uow):
    first, second = season.work(), season.work()
    decide(season, first, Outcome.ORAL)
    standing = season.standing(season.chair)
    seen = deciding.digest(queries.pending_decisions(uow.session, season.edition.id, standing))
    decide(season, second, Outcome.REJECT, season.owner)
    with pytest.raises(deciding.Changed):
        release(season, seen=seen)
    assert (first.state, sent(uow)) == (State.SUBMITTED, [])
    assert (
        release(season, seen=deciding.digest(queries.pending_decisions(uow.session, season.edition.id, standing))) == 2
    )


@keeps("X5", "M1")
@shows("Review and decisions", "A release that breaks off in the middle has released nothing")
def test_a_kill_in_the_middle_leaves_nothing_half_released(app, database, clock, work, monkeypatch):
    with work() as uow:
        season = Season(uow)
        for _number in range(5):
            make_decision(uow, season.work(), Outcome.ORAL)
    posted = []
    real = deciding.post

    def breaks(uow, letter):
        if len(posted) == 3:
            raise KeyboardInterrupt
        posted.append(real(uow, letter))

    monkeypatch.setattr(deciding, "post", breaks)
    with pytest.raises(KeyboardInterrupt), work(season.chair) as uow:
        deciding.release(uow, season.edition)
    with work() as uow:
        assert uow.session.execute(select(func.count(OutboxMail.id))).scalar_one() == 0
        assert set(uow.session.scalars(select(Submission.state))) == {State.SUBMITTED}
        assert set(uow.session.scalars(select(Decision.released_at))) == {None}
    monkeypatch.undo()
    with work(season.chair) as uow:
        assert deciding.release(uow, season.edition) == 5


@keeps("X5", "X2", "M2")
@shows("Review and decisions", "Two releases at the same moment: one releases, one says that it was done")
def test_two_releases_at_once_release_once(app, database, clock, work):
    with work() as uow:
        season = Season(uow)
        for _number in range(6):
            make_decision(uow, season.work(), Outcome.ORAL)
    answers, barrier = [], threading.Barrier(2)

    def one(person):
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work(database, clock, actor=person) as own:
                    answers.append(str(deciding.release(own, season.edition)))
            except Conflict as refusal:
                answers.append(refusal.sentence)

    threads = [threading.Thread(target=one, args=(p,)) for p in (season.chair, season.owner)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers)[0] == "6"
    assert "nothing to release" in sorted(answers)[1]
    with work() as uow:
        assert uow.session.execute(select(func.count(OutboxMail.id))).scalar_one() == 6


def test_deciding_and_releasing_at_once_do_not_block_each_other_for_ever(app, database, clock, work):
    with work() as uow:
        season = Season(uow)
        works = [season.work() for _number in range(4)]
        for one in works[:2]:
            make_decision(uow, one, Outcome.ORAL)
    failures, barrier = [], threading.Barrier(2)

    def act(person, verb):
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work(database, clock, actor=person) as own:
                    verb(own)
            except Conflict:
                pass
            except Exception as error:
                failures.append(error)

    chosen = {w.number: Choice(Outcome.REJECT, None, 0) for w in works[2:]}
    threads = [
        threading.Thread(target=act, args=(season.chair, lambda own: deciding.release(own, season.edition))),
        threading.Thread(target=act, args=(season.owner, lambda own: deciding.decide(own, season.edition, chosen))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    with work() as uow:
        states = uow.session.scalars(select(Submission.state).order_by(Submission.id)).all()
        assert states[:2] == [State.ACCEPTED] * 2


def test_a_withdrawn_work_is_not_released(season, uow):
    work = season.work()
    decide(season, work, Outcome.ORAL)
    work.state = State.WITHDRAWN
    uow.session.flush()
    with pytest.raises(Conflict, match="nothing to release"):
        release(season)


def test_a_date_that_has_passed_is_not_asked_for(season, uow):
    make_date(uow, season.edition, DateKey.CONFIRM_BY, uow.now - timedelta(days=1))
    work = season.work()
    decide(season, work, Outcome.ORAL)
    release(season)
    assert work.confirm_by is None
    assert "Confirm by" not in sent(uow)[0].text_body


def test_everybody_hears_once_where_they_read_their_mail_now(season, uow):
    coauthor = make_person(uow, "Aicha", "aicha-now@example.org")
    work = season.work(authors=(coauthor,))
    work.authors[1].email = "aicha-then@example.org"
    for address in ("GHOST@example.org", "ghost@example.org", "no address", None):
        add_author(uow, work, address)
    uow.session.expire(work, ["authors"])
    pending = [(make_decision(uow, work, Outcome.REJECT), work)]
    uow.session.refresh(work, ["authors", "track"])
    letters = emails.decisions(
        uow, season.edition, outcomes_of(uow.session, season.edition.id), pending, lambda _work: None
    )[work.id]
    assert [letter.to_address for letter in letters] == [season.author.email, coauthor.email, "GHOST@example.org"]


def test_a_signed_review_bears_its_name_and_no_other_does(season, uow):
    work = season.work()
    make_review(uow, work, season.rania, is_signed=True)
    make_review(uow, work, season.kenza)
    decide(season, work, Outcome.REJECT)
    release(season)
    text = sent(uow)[0].text_body
    assert "Review 1, Rania:" in text
    assert "Review 2:" in text
    assert "Kenza" not in text


@shows("Review and decisions", "Mail, panel and page show authors the same: what is theirs to read, in sum and in full")
@keeps("A9")
def test_authors_read_the_same_in_mail_panel_and_page(app, season, uow):
    work = season.work()
    asked = Form(
        (
            Item("score", ItemKind.SCALE, "Overall", weight=1, steps=("no", "yes, gladly"), audience=Audience.AUTHORS),
            Item("clear", ItemKind.SCALE, "Clarity", steps=("muddled", "clear"), audience=Audience.AUTHORS),
            Item("novel", ItemKind.SCALE, "Novelty", steps=("old", "new")),
            Item("next", ItemKind.TEXT, "What comes next", required=False, audience=Audience.AUTHORS),
            Item("text", ItemKind.TEXT, "For the authors", audience=Audience.AUTHORS),
            Item("remark", ItemKind.TEXT, "For the chairs", required=False, audience=Audience.CHAIRS),
        )
    )
    form = ReviewForm(edition_id=season.edition.id, version=1, content=criteria.to_json(asked), created_at=uow.now)
    uow.session.add(form)
    uow.session.flush()
    make_review(
        uow, work, season.rania, 2, text="A joy.", remark="Between us.", form_id=form.id,
        answers={"clear": 2, "novel": 1, "next": "More looms."},
    )  # fmt: skip
    uow.session.add(
        MetaReview(
            submission_id=work.id, lead_id=season.kenza.id, assigned_at=uow.now, written_at=uow.now, text="All agree.",
            remark="Not for them.",
        )
    )  # fmt: skip
    decide(season, work, Outcome.REJECT)
    release(season)
    given = given_to_authors(uow, [work.id], is_released=True)[work.id]
    read = {given.reviews[0].headline, *(line.text for line in given.reviews[0].lines), given.in_sum.text}
    assert read == {"2, yes, gladly", "2: clear", "More looms.", "A joy.", "All agree."}
    with app.test_request_context("/"):
        panel = answer_panel(uow, season.edition, work)
    mail = sent(uow)[0].text_body
    for place in (mail, html.unescape(panel)):
        assert all(words in place for words in (*read, "Clarity", "What comes next"))
        for secret in ("Between us", "Not for them", "Novelty", "Rania", "Kenza"):
            assert secret not in place
    uow.session.add(ReviewSettings(edition_id=season.edition.id, meta_for_authors=False))
    uow.session.flush()
    assert given_to_authors(uow, [work.id], is_released=True)[work.id].in_sum is None


# -- the authors' answer


def answer(season, work, by, confirm):
    season.uow.actor = by
    return deciding.answer(season.uow, season.edition, work.number, confirm=confirm)


@shows("Review and decisions", "Accepted authors confirm or give the place back by themselves; all authors hear of it")
def test_an_author_confirms_and_later_gives_the_place_back(season, uow, told):
    coauthor = make_person(uow, "Aicha")
    work = season.work(state=State.ACCEPTED, authors=(coauthor,))
    answer(season, work, coauthor, True)
    assert (work.state, work.answered_at) == (State.CONFIRMED, uow.now)
    answer(season, work, season.author, True)  # a second click: nothing more happens
    assert [m.to_address for m in sent(uow)] == [season.author.email, coauthor.email]
    assert "Aicha confirmed" in sent(uow)[0].text_body
    assert "You confirmed" in sent(uow)[1].text_body
    answer(season, work, season.author, False)
    assert work.state is State.DECLINED
    assert told == [SubmissionConfirmed(work.id, season.edition.id), SubmissionDeclined(work.id, season.edition.id)]
    for confirm in (True, False):
        with pytest.raises(Conflict):
            answer(season, work, season.author, confirm)


@pytest.mark.parametrize("state", [s for s in State if s not in (State.ACCEPTED, State.CONFIRMED)])
def test_only_a_place_one_has_can_be_confirmed_or_given_back(season, state):
    work = season.work(state=state)
    for confirm in (True, False):
        with pytest.raises(Conflict):
            answer(season, work, season.author, confirm)


def test_the_last_second_confirms_and_the_next_does_not(season, uow):
    work = season.work(state=State.ACCEPTED, confirm_by=uow.now)
    late = season.work(state=State.ACCEPTED, confirm_by=uow.now - timedelta(seconds=1))
    answer(season, work, season.author, True)
    with pytest.raises(Conflict, match="time to confirm is over"):
        answer(season, late, season.author, True)
    answer(season, late, season.author, False)
    assert late.state is State.DECLINED


@keeps("A3")
def test_nobody_answers_for_others(season, uow):
    work = season.work(state=State.ACCEPTED)
    for person in (season.chair, season.rania, make_person(uow)):
        for confirm in (True, False):
            with pytest.raises(NotFound):
                answer(season, work, person, confirm)
