"""Assigning, conflicts and reviews, on both databases."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from tests.factories import join_team, make_date, make_edition, make_person
from tests.reviews.factories import Season, add_author, declare, make_assignment, make_review
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.accounts.events import PersonErased
from workshop_manager.assignments import service as assigning
from workshop_manager.assignments.models import Assignment
from workshop_manager.calls import queries as calls
from workshop_manager.calls.states import Blinding
from workshop_manager.conflicts import queries as conflicts
from workshop_manager.conflicts.models import DeclaredConflict
from workshop_manager.conflicts.service import lift
from workshop_manager.conflicts.service import on_person_erased as forget_conflicts
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.decisions import queries as boards
from workshop_manager.mail import queries as mails
from workshop_manager.mail.models import OutboxMail
from workshop_manager.mail.service import Letter, post
from workshop_manager.reviews import queries, rules, service
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.service import ReviewContent
from workshop_manager.reviews.states import Advice, ReviewState
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import TeamMember
from workshop_manager.workshops.states import DateKey, Role

GOOD = ReviewContent(5, Advice.ORAL, 3, "A clear question.", "Between us: a bit long.")


def count(uow, model):
    return uow.session.execute(select(func.count()).select_from(model)).scalar_one()


def sent(uow):
    uow.session.flush()
    return uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()


def assign(season, works, people, by=None):
    season.uow.actor = by or season.chair
    return assigning.assign(season.uow, season.edition, [w.number for w in works], [p.id for p in people])


def review(season, work, by, content=GOOD, version=0, hand_in=True):
    season.uow.actor = by
    return service.save_review(season.uow, season.edition, work.number, content, version=version, hand_in=hand_in)


# -- assigning


@shows("Review and decisions", "A chair assigns by hand, several works to several reviewers, with one mail to each")
def test_one_act_of_assigning_is_one_mail_a_reviewer(season, uow):
    make_date(uow, season.edition, DateKey.REVIEWS_DUE, uow.now.replace(month=7))
    works = [season.work(title="Whose Dialect"), season.work(title="Prayer Calls")]
    assert len(assign(season, works, [season.rania, season.kenza])) == 4
    letters = sent(uow)
    assert {m.to_address for m in letters} == {season.rania.email, season.kenza.email}
    assert len(letters) == 2
    assert letters[0].subject == "2 abstracts to review for Muslims in ML 2026"
    for words in ("#1:", "Whose Dialect", "#2:", "Prayer Calls", "Reviews due", "AoE", "/musiml/2026/reviews/"):
        assert words in letters[0].text_body, words
    assert "Wahyuni" not in letters[0].text_body
    assert uow.session.scalars(select(AuditEntry.action)).all().count("assigned") == 4


def test_what_somebody_has_already_is_not_assigned_nor_mailed_twice(season, uow):
    first, second = season.work(), season.work()
    assign(season, [first], [season.rania])
    assert [row.submission_id for row in assign(season, [first, second], [season.rania])] == [second.id]
    assert "#1" not in sent(uow)[-1].text_body
    with pytest.raises(Conflict, match="already"):
        assign(season, [first, second], [season.rania])
    assert (count(uow, Assignment), len(sent(uow))) == (2, 2)


def test_a_work_taken_back_can_be_given_again(season, uow):
    work = season.work()
    for _again in range(2):
        assign(season, [work], [season.rania])
        service.unassign(uow, season.edition, work.number, season.rania.id)
    assert count(uow, Assignment) == 0
    assert len(sent(uow)) == 2


@shows(
    "Review and decisions",
    "Nobody can be given their own work, a co-author's, one whose author has their address, or one they declared a "
    "conflict with: refused with the reason, on the server",
)
@keeps("A9", "A12")
def test_a_conflict_is_refused_with_its_reason_and_nothing_is_assigned(season, uow):
    own, shared, by_address, declared = season.work(season.rania), season.work(), season.work(), season.work()
    add_author(uow, shared, person=season.rania)
    add_author(uow, by_address, season.rania.email.upper())
    declare(uow, declared, season.rania)
    fine = season.work()
    for work, reason in (
        (own, "Rania submitted #1"),
        (shared, "Rania is an author of #2"),
        (by_address, "An author of #3 has the address of Rania"),
        (declared, "Rania declared a conflict of interest with #4"),
    ):
        with pytest.raises(Conflict, match=reason), uow.session.begin_nested():
            assign(season, [fine, work], [season.kenza, season.rania])
    assert (count(uow, Assignment), sent(uow)) == (0, [])


def test_only_those_who_review_here_can_be_chosen(season, uow):
    work = season.work()
    stranger, desk = make_person(uow), season.member("Farid", Role.FRONT_DESK)
    elsewhere = make_edition(uow, slug="2025")
    join_team(uow, elsewhere, stranger, Role.REVIEWER)
    for person in (stranger, desk):
        with pytest.raises(Conflict, match="who reviews for this edition"):
            assign(season, [work], [person])
    assert assign(season, [work], [season.track_chair, season.owner])


def test_only_what_waits_for_reviews_can_be_assigned(season):
    for state in State:
        work = season.work(state=state)
        if state is State.DRAFT:
            with pytest.raises(NotFound):
                assign(season, [work], [season.rania])
        elif state is not State.SUBMITTED:
            with pytest.raises(Conflict, match="not waiting for reviews"):
                assign(season, [work], [season.rania])


def test_choosing_nothing_or_a_thousand_is_refused(season):
    work = season.work()
    for works, people in (([], [season.rania]), ([work], [])):
        with pytest.raises(Conflict, match="at least one"):
            assign(season, works, people)
    season.uow.actor = season.chair
    with pytest.raises(Conflict, match="At most 200"):
        assigning.assign(season.uow, season.edition, range(1, 102), [1, 2])


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.GRANTS_COMMITTEE, Role.FRONT_DESK])
@keeps("A4")
def test_only_chairs_assign_and_a_track_chair_only_in_the_own_track(season, role):
    here, other = season.work(track=season.second), season.work(track=season.first)
    assert assign(season, [here], [season.rania], season.track_chair)
    outsider = make_person(season.uow)
    join_team(season.uow, make_edition(season.uow, slug="2025"), outsider, Role.OWNER)
    for person, work in (
        (season.track_chair, other),
        (season.member("Member", role), here),
        (outsider, here),
        (season.author, here),
    ):
        with pytest.raises(NotFound):
            assign(season, [work], [season.kenza], person)
        with pytest.raises(NotFound):
            season.uow.actor = person
            service.unassign(season.uow, season.edition, work.number, season.rania.id)


def test_a_review_that_is_in_keeps_its_assignment_and_a_draft_goes_with_it(season, uow):
    work = season.work()
    make_review(uow, work, season.rania)
    make_review(uow, work, season.kenza, state=ReviewState.DRAFT)
    uow.actor = season.chair
    with pytest.raises(Conflict, match="review is in"):
        service.unassign(uow, season.edition, work.number, season.rania.id)
    service.unassign(uow, season.edition, work.number, season.kenza.id)
    assert uow.session.scalars(select(Review.reviewer_id)).all() == [season.rania.id]
    with pytest.raises(NotFound):
        service.unassign(uow, season.edition, work.number, season.kenza.id)


def test_two_chairs_who_assign_the_same_at_once_make_one_assignment(app, database, clock, work):
    with work() as uow:
        season = Season(uow)
        number, reviewer = season.work().number, season.rania.id
    answers = []

    def one(person):
        with app.app_context():
            try:
                with unit_of_work(database, clock, actor=person) as own:
                    answers.append(len(assigning.assign(own, season.edition, [number], [reviewer])))
            except Conflict:
                answers.append(0)

    threads = [threading.Thread(target=one, args=(p,)) for p in (season.chair, season.owner)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with work() as uow:
        assert (sorted(answers), count(uow, Assignment), count(uow, OutboxMail)) == ([0, 1], 1, 1)


# -- conflicts


@shows("Review and decisions", "A declared conflict removes the assignment and hides the work at once; chairs see why")
def test_declaring_a_conflict_removes_what_one_had_and_hides_the_work(season, uow):
    work = season.work()
    make_review(uow, work, season.rania)
    uow.actor = season.rania
    service.declare_conflict(uow, season.edition, work.number, ConflictKind.ADVISOR, "She was my student.")
    assert (count(uow, Assignment), count(uow, Review)) == (0, 0)
    assert queries.find_for_reviewer(uow.session, season.edition.id, work.number, season.rania.id) is None
    row = conflicts.conflicts_of(uow.session, work.id)[0]
    assert (row.person.name, row.kind, row.note) == ("Rania", ConflictKind.ADVISOR, "She was my student.")
    with pytest.raises(NotFound):
        service.declare_conflict(uow, season.edition, work.number, ConflictKind.OTHER, "")


@keeps("A12")
def test_a_chair_declares_a_conflict_at_the_desk_and_another_lifts_it(season, uow):
    work = season.work()
    uow.actor = season.chair
    service.declare_conflict(uow, season.edition, work.number, ConflictKind.PERSONAL, "")
    row = uow.session.scalars(select(DeclaredConflict)).one()
    assert (
        submissions.find_row_at_desk(uow.session, season.edition.id, season.standing(season.chair), work.number) is None
    )
    with pytest.raises(NotFound):
        lift(uow, season.edition, work.number, row.id)
    uow.actor = season.owner
    other = season.work()
    with pytest.raises(NotFound):
        lift(uow, season.edition, other.number, row.id)
    lift(uow, season.edition, work.number, row.id)
    assert submissions.find_row_at_desk(uow.session, season.edition.id, season.standing(season.chair), work.number)


def test_nobody_declares_a_conflict_with_what_they_cannot_see(season, uow):
    work = season.work()
    for person in (season.rania, season.author, make_person(uow)):
        uow.actor = person
        with pytest.raises(NotFound):
            service.declare_conflict(uow, season.edition, work.number, ConflictKind.OTHER, "")
    uow.actor = None
    with pytest.raises(Forbidden):
        service.declare_conflict(uow, season.edition, work.number, ConflictKind.OTHER, "")


@st.composite
def situations(draw):
    flag = st.booleans()
    return {
        "submits": draw(flag),
        "is_author": draw(flag),
        "address": draw(st.sampled_from(["none", "same", "upper", "other"])),
        "declared": draw(flag),
        "assigned": draw(flag),
        "role": draw(st.sampled_from([None, *Role])),
        "state": draw(st.sampled_from(list(State))),
    }


@keeps("A1", "A9")
@shows("Review and decisions", "The filter in SQL agrees with the rule on who may read what for review")
def test_the_filter_in_sql_agrees_with_the_rules(season, uow):
    person = make_person(uow, "Someone", "someone@example.org")

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(situations())
    def agree(case):
        savepoint = uow.session.begin_nested()
        work = season.work(person if case["submits"] else season.author, state=case["state"])
        if case["submits"]:
            work.authors.clear()  # the submitter need not be an author
        if case["is_author"]:
            add_author(uow, work, person=person)
        address = {"same": person.email, "upper": person.email.upper(), "other": "x@example.org"}.get(case["address"])
        if address:
            add_author(uow, work, address)
        if case["declared"]:
            declare(uow, work, person)
        if case["assigned"]:
            make_assignment(uow, work, person)
        roles = set()
        if case["role"]:
            join_team(uow, season.edition, person, case["role"])
            roles = {case["role"]}
        conflict = conflicts.against(uow.session, work, [person.id]).get(person.id)
        may = rules.may_read_for_review(roles, assigned=case["assigned"], conflict=conflict, state=case["state"])
        found = queries.find_for_reviewer(uow.session, season.edition.id, work.number, person.id)
        assert (found is not None) == may, case
        hidden = uow.session.scalars(conflicts.conflicted(person.id)).all()
        assert (work.id in hidden) == (conflict is not None), case
        assert conflicts.conflicts_with(uow.session, season.edition.id, person.id).get(work.id) == conflict
        owed = [t.submission.id for t in queries.owed(uow.session, person.id)]
        assert (work.id in owed) == (may and case["state"] is State.SUBMITTED)
        standing = season.standing(person)
        at_desk = uow.session.scalars(select(Submission.id).where(submissions.visible_to(standing))).all()
        if conflict is not None:
            assert work.id not in at_desk
        savepoint.rollback()
        uow.session.expire_all()

    agree()


# -- reading and writing


def test_a_role_that_ended_ends_reading(season, uow):
    work = season.work()
    make_assignment(uow, work, season.rania)
    assert queries.find_for_reviewer(uow.session, season.edition.id, work.number, season.rania.id)
    uow.session.execute(delete(TeamMember).where(TeamMember.person_id == season.rania.id))
    join_team(uow, make_edition(uow, slug="2025"), season.rania, Role.REVIEWER)
    assert queries.find_for_reviewer(uow.session, season.edition.id, work.number, season.rania.id) is None
    assert queries.owed(uow.session, season.rania.id) == []
    with pytest.raises(NotFound):
        review(season, work, season.rania)


@shows("Review and decisions", "A review is saved as a draft, handed in, and changed until decisions are released")
def test_a_review_goes_from_draft_to_in_and_can_be_changed(season, uow):
    work = season.work()
    make_assignment(uow, work, season.rania)
    row = review(season, work, season.rania, ReviewContent(score=4), hand_in=False)
    assert (row.state, row.submitted_at, row.version) == (ReviewState.DRAFT, None, 1)
    with pytest.raises(service.Incomplete) as missing:
        review(season, work, season.rania, ReviewContent(score=4), version=1)
    assert missing.value.fields == ["advice", "confidence", "text"]
    review(season, work, season.rania, version=1)
    assert (row.state, row.submitted_at) == (ReviewState.SUBMITTED, uow.now)
    with pytest.raises(service.Incomplete):
        review(season, work, season.rania, ReviewContent(), version=2, hand_in=False)
    review(season, work, season.rania, ReviewContent(2, Advice.DECLINE, 4, "On second thoughts."), version=2)
    assert (row.score, row.text, row.version) == (2, "On second thoughts.", 3)
    work.state = State.REJECTED
    uow.session.flush()
    with pytest.raises(Conflict, match="do not change any more"):
        review(season, work, season.rania, version=3)


@keeps("X3")
def test_the_second_of_two_tabs_is_told(season):
    work = season.work()
    make_assignment(season.uow, work, season.rania)
    review(season, work, season.rania, hand_in=False)
    with pytest.raises(service.Stale, match="another tab"):
        review(season, work, season.rania, ReviewContent(1), hand_in=False)


@keeps("A3")
def test_nobody_reviews_what_they_were_not_given(season, uow):
    work, other = season.work(), season.work(state=State.DRAFT)
    make_assignment(uow, work, season.kenza)
    make_assignment(uow, other, season.rania)
    elsewhere = make_edition(uow, slug="2025")
    foreign = make_submission(uow, elsewhere, season.author)
    make_assignment(uow, foreign, season.rania)
    for person, number in ((season.rania, work.number), (season.rania, other.number), (season.author, work.number)):
        uow.actor = person
        with pytest.raises(NotFound):
            service.save_review(uow, season.edition, number, GOOD, version=0, hand_in=True)
    assert [t.submission.id for t in queries.owed(uow.session, season.rania.id)] == []


@shows("Bad input", "A review of a work that was withdrawn meanwhile: a clear message, and nothing typed is lost")
def test_a_withdrawn_work_is_said_to_be_withdrawn(season, uow):
    work = season.work()
    make_assignment(uow, work, season.rania)
    work.state = State.WITHDRAWN
    uow.session.flush()
    with pytest.raises(service.Withdrawn, match="withdrew #1"):
        review(season, work, season.rania)
    with pytest.raises(NotFound):
        review(season, work, season.kenza)


def test_a_review_is_signed_only_under_open_review(season, uow):
    call = calls.find_call(uow.session, season.edition.id)
    for blinding, signed in ((Blinding.DOUBLE, False), (Blinding.SINGLE, False), (Blinding.NONE, True)):
        call.blinding = blinding
        work = season.work()
        make_assignment(uow, work, season.rania)
        assert review(season, work, season.rania).is_signed is signed
    first = uow.session.scalars(select(Review).order_by(Review.id)).first()
    assert review(season, uow.session.get(Submission, first.submission_id), season.rania, version=1).is_signed is False


def test_two_tabs_at_the_same_moment_make_one_review(app, database, clock, work):
    with work() as uow:
        season = Season(uow)
        number = season.work().number
        make_assignment(uow, uow.session.scalars(select(Submission)).one(), season.rania)
    answers = []

    def one():
        with app.app_context():
            try:
                with unit_of_work(database, clock, actor=season.rania) as own:
                    service.save_review(own, season.edition, number, GOOD, version=0, hand_in=True)
                answers.append("in")
            except service.Stale:
                answers.append("told")

    threads = [threading.Thread(target=one) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with work() as uow:
        assert (sorted(answers), count(uow, Review)) == (["in", "told"], 1)


# -- numbers


@shows("Review and decisions", "Averages, spreads and what is missing are computed over what a chair may see")
def test_progress_and_ranking_are_computed(season, uow):
    first, second, third = season.work(), season.work(), season.work()
    make_review(uow, first, season.rania, 6)
    make_review(uow, first, season.kenza, 3)
    make_review(uow, second, season.rania, 5)
    make_assignment(uow, second, season.kenza)
    season.work(state=State.WITHDRAWN)
    standing = season.standing(season.chair)
    assert queries.progress(uow.session, season.edition.id, standing) == queries.Progress(3, 4, 3, 1, 2, 1)
    board = boards.board(uow.session, season.edition.id, standing, boards.BoardFilter(), 0, 50)
    rows = [(r.submission.id, r.rank, r.average, r.reviews, r.spread, r.assigned, r.missing) for r in board]
    assert rows == [
        (second.id, 1, 5.0, 1, 0, 2, 1),
        (first.id, 2, 4.5, 2, 3, 2, 0),
        (third.id, 3, None, 0, 0, 0, 0),
    ]
    split = boards.board(uow.session, season.edition.id, standing, boards.BoardFilter("split"), 0, 50)
    assert [(r.submission.id, r.rank) for r in split] == [(first.id, 2)]
    counts = boards.board_counts(uow.session, season.edition.id, standing, boards.BoardFilter())
    assert counts == boards.BoardCounts(3, 3, 0, 1, 0, 0)
    thin = queries.needing_counts(uow.session, season.edition.id, standing, queries.BoardFilter())
    assert thin == (3, 1)
    assert counts.of("split") == 1


@keeps("A12", "A1")
@shows(
    "Review and decisions", "A chair with a conflict sees nothing of that work: lists, counts, loads, mails, decisions"
)
def test_a_conflicted_chairs_counts_leave_the_work_out(season, uow):
    own, other = season.work(season.owner, title="Mine"), season.work(title="Theirs")
    uow.actor = season.chair
    assigning.assign(uow, season.edition, [own.number, other.number], [season.rania.id])
    assigning.assign(uow, season.edition, [other.number], [season.kenza.id])
    # A mail about nothing in particular is no work's: it stays where it was.
    values = {"role": "reviewer", "edition": "MusIML"}
    post(uow, Letter("workshops/role_ended", "x:1", "a@example.org", "", values, edition_id=season.edition.id))
    uow.session.flush()
    for person, works, loads, letters in ((season.owner, 1, {0, 1}, 1), (season.chair, 2, {0, 1, 2}, 3)):
        standing = season.standing(person)
        assert queries.progress(uow.session, season.edition.id, standing).submissions == works
        assert {load.assigned for load in queries.loads(uow.session, season.edition.id, standing)} == loads
        assert sum(mails.counts_by_state(uow.session, season.edition.id, person.id).values()) == letters
        assert len(mails.edition_mails(uow.session, season.edition.id, None, 0, viewer_id=person.id)) == letters
    mail = sent(uow)[0]
    assert mails.find_edition_mail(uow.session, season.edition.id, mail.id, season.owner.id) is None
    assert mails.find_edition_mail(uow.session, season.edition.id, mail.id, season.chair.id) is mail


# -- erasure


@keeps("P4")
def test_an_erased_reviewer_leaves_reviews_without_a_name(season, uow):
    first, second, third = season.work(), season.work(), season.work()
    make_review(uow, first, season.rania)
    make_review(uow, second, season.rania, state=ReviewState.DRAFT)
    make_assignment(uow, third, season.rania)
    make_assignment(uow, third, season.kenza)
    declare(uow, season.work(), season.rania)
    service.on_person_erased(uow, PersonErased(season.rania.id))
    forget_conflicts(uow, PersonErased(season.rania.id))
    assert uow.session.execute(select(Review.submission_id, Review.reviewer_id)).all() == [(first.id, None)]
    assert uow.session.scalars(select(Assignment.reviewer_id)).all() == [season.kenza.id]
    assert count(uow, DeclaredConflict) == 0
    row = boards.board(uow.session, season.edition.id, season.standing(season.chair), boards.BoardFilter(), 0, 1)[0]
    assert (row.submission.id, row.reviews, row.missing) == (first.id, 1, 0)
