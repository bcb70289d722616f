"""Verbs on calls and submissions, on both databases."""

import random
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from tests.factories import join_team, make_date, make_edition, make_person, make_track
from tests.pdfs import make_pdf
from tests.shows import keeps, shows
from tests.submissions.factories import WORDING, make_submission, open_edition
from workshop_manager.calls import queries as calls
from workshop_manager.calls import service as calls_service
from workshop_manager.calls.models import Call
from workshop_manager.calls.rules import MOST_PER_PERSON
from workshop_manager.conflicts import queries as conflicts
from workshop_manager.core import events
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions import queries, rules, service
from workshop_manager.submissions.content import AuthorContent, Content, Upload
from workshop_manager.submissions.events import SubmissionSubmitted, SubmissionWithdrawn
from workshop_manager.submissions.models import Author, Declaration, Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import DateKey, Role

UPLOAD = Upload(b"%PDF-1.7 original", b"%PDF-1.7 blind", "a" * 64, 2, "wahyuni-final.pdf")


def complete(track_id, *authors):
    return Content(
        title="Whose Dialect Is Default?",
        abstract="We measure what it costs.",
        track_id=track_id,
        authors=authors or (AuthorContent("Wahyuni", "wahyuni@example.org", "UGM", True),),
        is_eligible=True,
        not_published=True,
    )


class Scene:
    """An open edition, an author at work, and what they do."""

    def __init__(self, uow):
        self.uow = uow
        self.edition = open_edition(uow)
        self.first, self.second = workshops.tracks(uow.session, self.edition.id)
        self.eligibility = {self.first.id: self.first.eligibility, self.second.id: ""}
        self.author = make_person(uow, "Wahyuni", "wahyuni@example.org")
        uow.actor = self.author

    def begin(self, key="form-1"):
        return service.begin(self.uow, self.edition, key)

    def save(self, submission, content, upload=None):
        track = self.first if content.track_id == self.first.id else self.second
        return service.save(self.uow, self.edition, submission, content, upload, track)

    def submit(self, submission):
        service.submit(self.uow, self.edition, submission, self.eligibility)

    def submitted(self, content=None):
        submission = self.begin()
        self.save(submission, content or complete(self.first.id), UPLOAD)
        self.submit(submission)
        return submission

    def declaration(self, submission):
        return self.uow.session.get_one(Declaration, submission.id)

    def subjects(self):
        return sorted(self.uow.session.scalars(select(OutboxMail.subject)))


@pytest.fixture
def scene(uow):
    return Scene(uow)


def heard(event, monkeypatch):
    told = []
    monkeypatch.setitem(events._handlers, event, [lambda _uow, e: told.append(e)])
    return told


# -- writing


@shows("Submissions", "A draft may leave anything out")
def test_a_draft_may_leave_anything_out(scene):
    draft = scene.begin()
    assert not scene.save(draft, Content())
    assert scene.save(draft, Content(title="Only a title"))
    assert (draft.state, draft.number, draft.title) == (State.DRAFT, 1, "Only a title")
    assert scene.subjects() == []


def test_the_same_form_begins_one_draft(scene):
    assert scene.begin("form-1") is scene.begin("form-1")
    assert scene.begin("form-2").number == 2


def test_a_person_begins_twenty_abstracts_and_no_more(scene):
    for number in range(MOST_PER_PERSON):
        scene.begin(f"form-{number}")
    with pytest.raises(Conflict, match="Remove a draft first"):
        scene.begin("one more")


@shows("Submissions", "A submitted abstract is confirmed by mail, and its co-authors are told once")
def test_submitting_writes_to_the_submitter_and_once_to_each_co_author(scene, monkeypatch):
    told = heard(SubmissionSubmitted, monkeypatch)
    authors = (
        AuthorContent("Wahyuni", "Wahyuni@Example.org", "UGM", True),
        AuthorContent("عائشة", "aisha@example.org"),
        AuthorContent("No address"),
    )
    submission = scene.submitted(complete(scene.first.id, *authors))
    assert submission.state is State.SUBMITTED
    assert submission.submitted_at == scene.uow.now
    assert told == [SubmissionSubmitted(submission.id, scene.edition.id)]
    named = "You are named as an author of “Whose Dialect Is Default?”"
    received = "Your abstract is in: Whose Dialect Is Default?"
    assert scene.subjects() == [named, received]
    more = (*authors, AuthorContent("Chukwuemeka", "chuk@example.org"))
    scene.save(submission, complete(scene.first.id, *more))
    assert scene.subjects() == [named, named, received]
    scene.save(submission, replace(complete(scene.first.id, *more), title="Another title"))
    assert len(scene.subjects()) == 3


def test_the_confirmation_says_until_when_things_can_change_in_the_announced_zone(scene):
    scene.submitted()
    mail = scene.uow.session.scalars(select(OutboxMail)).one()
    assert "until Thursday 11 June 2026, 00:00 AoE; the last version counts" in mail.text_body
    assert "http://localhost/musiml/2026/submissions/1" in mail.text_body
    assert mail.key == f"submission-received:{scene.uow.session.scalars(select(Submission.id)).one()}"


@keeps("M5", "I7")
def test_a_title_makes_no_second_mail_header(scene):
    scene.submitted(replace(complete(scene.first.id), title="A\r\nBcc: victim@example.org"))
    mail = scene.uow.session.scalars(select(OutboxMail)).one()
    assert (mail.subject, mail.to_address) == ("Your abstract is in: A", "wahyuni@example.org")


def test_an_incomplete_draft_cannot_be_submitted(scene):
    draft = scene.begin()
    scene.save(draft, Content(title="Only a title"))
    with pytest.raises(Conflict, match="missing"):
        scene.submit(draft)


def test_submitting_twice_is_refused(scene):
    submission = scene.submitted()
    with pytest.raises(Conflict):
        scene.submit(submission)


@shows("Submissions", "Eligibility is stored apart, with the wording as it read when it was declared")
def test_eligibility_is_stored_apart_with_the_wording_as_it_read(scene):
    submission = scene.submitted()
    declared = scene.declaration(submission)
    assert (declared.is_eligible, declared.wording) == (True, WORDING)
    scene.first.eligibility = "New words."
    scene.uow.session.flush()
    assert scene.declaration(submission).wording == WORDING
    assert scene.save(submission, complete(scene.first.id))  # the author answered the new words
    assert scene.declaration(submission).wording == "New words."


def test_changing_to_a_track_without_a_statement_forgets_the_answer(scene):
    submission = scene.submitted()
    scene.save(submission, replace(complete(scene.second.id), is_eligible=None))
    assert (scene.declaration(submission).is_eligible, scene.declaration(submission).wording) == (None, "")


def test_saving_the_same_again_changes_nothing(scene):
    submission = scene.submitted()
    before = submission.version
    assert not scene.save(submission, complete(scene.first.id), UPLOAD)
    assert (submission.version, len(submission.files)) == (before, 1)


@shows("Submissions", "Versions of a file are kept, with who and when")
def test_every_new_file_is_a_version_with_who_and_when(scene):
    submission = scene.submitted()
    scene.save(submission, complete(scene.first.id), replace(UPLOAD, sha256="b" * 64, original=b"%PDF two"))
    assert [(f.version, f.uploaded_by, f.uploaded_at) for f in submission.files] == [
        (1, scene.author.id, scene.uow.now),
        (2, scene.author.id, scene.uow.now),
    ]
    found = queries.find_bytes(scene.uow.session, submission.id, 2)
    assert found is not None
    assert (found[1].original, found[1].blind) == (b"%PDF two", UPLOAD.blind)


def test_thirty_versions_of_a_file_are_kept_and_no_more(scene):
    submission = scene.begin()
    for number in range(rules.MOST_VERSIONS):
        scene.save(submission, Content(), replace(UPLOAD, sha256=f"{number:064}"))
    with pytest.raises(Conflict, match="more are not kept"):
        scene.save(submission, Content(), replace(UPLOAD, sha256="f" * 64))


@shows("Submissions", "Authors stand in the order that is given to them, with one marked as presenter")
def test_rows_of_authors_keep_their_ids_when_they_move_and_lose_them_when_they_go(scene):
    submission = scene.begin()
    two = (AuthorContent("Anna", "anna@example.org", "", True), AuthorContent("Bo"))
    scene.save(submission, replace(Content(), authors=two))
    anna, bo = (a.id for a in submission.authors)
    swapped = (AuthorContent("Bo", id=bo), AuthorContent("Anna", "anna@example.org", "", True, id=anna))
    scene.save(submission, replace(Content(), authors=swapped))
    assert [(a.id, a.name, a.position) for a in submission.authors] == [(bo, "Bo", 0), (anna, "Anna", 1)]
    assert [a.is_presenter for a in submission.authors] == [False, True]
    scene.save(submission, replace(Content(), authors=swapped[1:]))
    assert [a.id for a in submission.authors] == [anna]
    assert scene.uow.session.scalar(select(func.count(Author.id))) == 1


@keeps("A3", "A8")
def test_another_submissions_author_id_is_not_taken_over(scene):
    other = make_submission(scene.uow, scene.edition, make_person(scene.uow, "Other"))
    foreign = other.authors[0].id
    draft = scene.begin()
    scene.save(draft, replace(Content(), authors=(AuthorContent("Mine now", id=foreign),)))
    assert scene.uow.session.get_one(Author, foreign).name == "Other"
    assert draft.authors[0].id != foreign


# -- who


def test_a_confirmed_account_of_an_authors_address_is_linked_and_an_unconfirmed_one_is_not(scene):
    aisha = make_person(scene.uow, "عائشة", "Aisha@Example.org")
    make_person(scene.uow, "Bo", "bo@example.org").confirmed_at = None
    draft = scene.begin()
    authors = (AuthorContent("عائشة", "aisha@example.org"), AuthorContent("Bo", "bo@example.org"))
    scene.save(draft, replace(Content(), authors=authors))
    assert [a.person_id for a in draft.authors] == [aisha.id, None]


@shows("Submissions", "A co-author gets at the work as soon as their account has the address that stands there")
def test_an_address_that_is_proven_later_links_the_author(scene):
    draft = scene.begin()
    scene.save(draft, replace(Content(), authors=(AuthorContent("Late", "Late@example.org"),)))
    late = make_person(scene.uow, "Late", "late@example.org")
    assert queries.find_own(scene.uow.session, scene.edition.id, 1, late.id) is None
    service.link_address(scene.uow, late.id, "late@EXAMPLE.org")
    assert queries.find_own(scene.uow.session, scene.edition.id, 1, late.id) is draft


def test_an_author_whose_address_is_changed_is_no_longer_theirs(scene):
    aisha = make_person(scene.uow, "عائشة", "aisha@example.org")
    draft = scene.begin()
    scene.save(draft, replace(Content(), authors=(AuthorContent("عائشة", "aisha@example.org"),)))
    row = draft.authors[0]
    scene.save(draft, replace(Content(), authors=(AuthorContent("عائشة", "slip@example.org", id=row.id),)))
    assert queries.find_own(scene.uow.session, scene.edition.id, 1, aisha.id) is None


@keeps("A3", "A7")
def test_nobody_else_can_save_submit_withdraw_or_remove(scene):
    submission = scene.submitted()
    for actor in (make_person(scene.uow, "Stranger"), None):
        scene.uow.actor = actor
        for act in (
            lambda: scene.save(submission, Content()),
            lambda: scene.submit(submission),
            lambda: service.withdraw(scene.uow, scene.edition, submission),
            lambda: service.discard(scene.uow, submission),
        ):
            with pytest.raises(NotFound):
                act()
    with pytest.raises(Forbidden):
        scene.begin("visitor")


# -- when


@pytest.mark.parametrize("late", [timedelta(seconds=1), timedelta(days=9)])
def test_after_the_deadline_nothing_is_begun_saved_or_submitted(scene, late):
    draft = scene.begin()
    scene.save(draft, complete(scene.first.id), UPLOAD)
    due = workshops.date_by_key(scene.uow.session, scene.edition.id, DateKey.ABSTRACTS_DUE)
    scene.uow.now = due.at + late
    for act in (
        lambda: scene.begin("late"),
        lambda: scene.save(draft, Content(title="late")),
        lambda: scene.submit(draft),
    ):
        with pytest.raises(Conflict, match="not open"):
            act()


def test_in_the_very_second_of_the_deadline_one_is_in_time(scene):
    draft = scene.begin()
    scene.save(draft, complete(scene.first.id), UPLOAD)
    scene.uow.now = workshops.date_by_key(scene.uow.session, scene.edition.id, DateKey.ABSTRACTS_DUE).at
    scene.submit(draft)


def test_before_the_opening_and_without_a_deadline_nothing_is_begun(uow):
    uow.actor = make_person(uow)
    ahead = make_edition(uow, slug="ahead")
    make_date(uow, ahead, DateKey.CALL_OPENS, uow.now + timedelta(seconds=1))
    make_date(uow, ahead, DateKey.ABSTRACTS_DUE, uow.now + timedelta(days=1))
    for edition in (ahead, make_edition(uow, slug="undated")):
        with pytest.raises(Conflict):
            service.begin(uow, edition, "form")


# -- taking back


@shows("Submissions", "Authors withdraw their work, whatever was decided, and a mail says so")
@pytest.mark.parametrize("state", [State.SUBMITTED, State.WAITLISTED, State.ACCEPTED, State.CONFIRMED])
def test_withdrawing_is_told_and_mailed(scene, monkeypatch, state):
    told = heard(SubmissionWithdrawn, monkeypatch)
    submission = make_submission(scene.uow, scene.edition, scene.author, state)
    service.withdraw(scene.uow, scene.edition, submission)
    assert (submission.state, submission.withdrawn_at) == (State.WITHDRAWN, scene.uow.now)
    assert told == [SubmissionWithdrawn(submission.id, scene.edition.id)]
    assert scene.subjects() == [f"Withdrawn: {submission.title}"]


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN, State.REJECTED, State.DECLINED])
def test_what_is_not_in_cannot_be_withdrawn(scene, state):
    submission = make_submission(scene.uow, scene.edition, scene.author, state)
    with pytest.raises(Conflict):
        service.withdraw(scene.uow, scene.edition, submission)


def test_a_co_author_withdraws_and_the_submitter_reads_who_did(scene):
    other = make_person(scene.uow, "عائشة")
    submission = make_submission(scene.uow, scene.edition, scene.author, authors=(other,))
    scene.uow.actor = other
    service.withdraw(scene.uow, scene.edition, submission)
    mail = scene.uow.session.scalars(select(OutboxMail)).one()
    assert mail.to_address == scene.author.email
    assert "\u2068عائشة\u2069, who is named as an author, withdrew" in mail.text_body


def test_a_draft_is_removed_with_its_files_and_a_submission_is_not(scene):
    draft = scene.begin()
    scene.save(draft, complete(scene.first.id), UPLOAD)
    service.discard(scene.uow, draft)
    for model in (Submission, Author, SubmissionFile, SubmissionBytes, Declaration):
        assert scene.uow.session.scalar(select(func.count()).select_from(model)) == 0
    with pytest.raises(Conflict):
        service.discard(scene.uow, scene.submitted())


@keeps("P4")
def test_who_deletes_their_account_leaves_neither_drafts_nor_name(scene, monkeypatch):
    told = heard(SubmissionWithdrawn, monkeypatch)
    friend = make_person(scene.uow, "Friend")
    draft = scene.begin()
    scene.save(draft, complete(scene.first.id), UPLOAD)
    alone = make_submission(scene.uow, scene.edition, scene.author, pdf=make_pdf())
    shared = make_submission(scene.uow, scene.edition, scene.author, authors=(friend,), pdf=make_pdf())
    decided = make_submission(scene.uow, scene.edition, scene.author, State.ACCEPTED, pdf=make_pdf())
    theirs = make_submission(scene.uow, scene.edition, friend, authors=(scene.author,))
    service.let_go(scene.uow, scene.author.id)
    assert set(scene.uow.session.scalars(select(Submission))) == {alone, shared, decided, theirs}
    assert [s.state for s in (alone, shared, decided)] == [State.WITHDRAWN, State.SUBMITTED, State.ACCEPTED]
    assert [len(s.files) for s in (alone, shared, decided)] == [0, 1, 1]
    assert shared.files[0].original_name == "paper.pdf"
    assert told == [SubmissionWithdrawn(alone.id, scene.edition.id)]
    names = list(scene.uow.session.scalars(select(Author.name).where(Author.submission_id.in_([shared.id, theirs.id]))))
    assert sorted(names) == ["", "", "Friend", "Friend"]
    assert scene.uow.session.scalar(select(func.count()).where(Author.email == "wahyuni@example.org")) == 0
    assert queries.of_person(scene.uow.session, scene.author.id) == []


# -- the call


def test_the_call_is_made_when_it_is_first_needed(uow):
    edition = make_edition(uow)
    assert calls.find_call(uow.session, edition.id).word_limit == 250
    assert uow.session.scalar(select(func.count()).select_from(Call)) == 0
    assert calls_service.locked_call(uow, edition.id) is calls_service.locked_call(uow, edition.id)


@keeps("X2")
@shows("Submissions", "Fifty authors who start at the same moment get fifty different numbers")
def test_numbers_are_given_once_however_many_begin_at_the_same_moment(database, clock, app):
    with app.app_context(), unit_of_work(database, clock) as uow:
        edition = make_edition(uow)
        make_date(uow, edition, DateKey.ABSTRACTS_DUE, uow.now + timedelta(days=1))
        people = [make_person(uow) for _ in range(25)]
    failures, barrier = [], threading.Barrier(50)

    def begin(person, key):
        barrier.wait()
        try:
            with app.app_context(), unit_of_work(database, clock, actor=person) as uow:
                service.begin(uow, uow.session.get_one(Edition, edition.id), key)
        except Exception as error:
            failures.append(error)

    # Each form is sent twice at the same moment, by two clicks.
    threads = [threading.Thread(target=begin, args=(p, f"form-{p.id}")) for p in people for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with unit_of_work(database, clock) as uow:
        assert sorted(uow.session.scalars(select(Submission.number))) == list(range(1, 26))


# -- what others ask


@keeps("A1", "A4", "A12")
def test_what_sql_shows_at_the_desk_is_what_the_rule_allows(uow):
    """Random people with random roles in two editions look at random submissions."""
    dice = random.Random(20231211)
    people = [make_person(uow) for _ in range(24)]
    editions = [make_edition(uow, slug=slug) for slug in ("2025", "2026")]
    tracks = {e.id: [make_track(uow, e, str(n)) for n in range(3)] for e in editions}
    for edition in editions:
        for _ in range(40):
            make_submission(
                uow,
                edition,
                dice.choice([*people, None]),
                state=dice.choice(list(State)),
                track=dice.choice([*tracks[edition.id], None]),
                authors=tuple(dice.sample(people, dice.randrange(3))),
            )
        for person in people:
            for role in dice.sample(list(Role), dice.randrange(4)):
                track = dice.choice(tracks[edition.id]) if role is Role.TRACK_CHAIR else None
                join_team(uow, edition, person, role, track)
    submissions = uow.session.scalars(select(Submission).options(selectinload(Submission.authors))).all()
    seen = 0
    for person in [*people, None]:
        for edition in editions:
            standing = workshops.standing_of(uow.session, edition.id, person.id if person else None)
            shown = {s.id for s in queries.at_desk(uow.session, edition.id, standing, queries.Filter())}
            allowed = {
                s.id
                for s in submissions
                if s.edition_id == edition.id
                and rules.may_read_at_desk(
                    standing, s.state, s.track_id, s.submitter_id, [a.person_id for a in s.authors]
                )
            }
            if person is not None:  # what a conflict of interest hides, the packages above say
                allowed -= set(uow.session.scalars(conflicts.conflicted(person.id)))
            assert shown == allowed
            assert queries.count_at_desk(uow.session, edition.id, standing, queries.Filter()) == len(allowed)
            for submission in dice.sample(submissions, 6):
                found = queries.find_at_desk(uow.session, edition.id, standing, submission.number)
                if submission.edition_id == edition.id:
                    assert (found is not None) == (submission.id in allowed)
            seen += len(shown)
    assert seen > 10


def test_what_sql_calls_ones_own_is_what_the_rule_does(uow):
    dice = random.Random(7)
    people = [make_person(uow) for _ in range(4)]
    edition = make_edition(uow)
    for _ in range(40):
        make_submission(
            uow, edition, dice.choice([*people, None]), authors=tuple(dice.sample(people, dice.randrange(3)))
        )
    submissions = uow.session.scalars(select(Submission).options(selectinload(Submission.authors))).all()
    for person in people:
        mine = {s.id for s in queries.own_in_edition(uow.session, edition.id, person.id)}
        assert mine == {
            s.id for s in submissions if rules.is_own(person.id, s.submitter_id, [a.person_id for a in s.authors])
        }


def test_a_higher_package_can_hide_submissions_from_the_desk(uow, monkeypatch):
    monkeypatch.setattr(queries, "_hidden", [])
    edition, chair = make_edition(uow), make_person(uow)
    one, two = (make_submission(uow, edition, make_person(uow)) for _ in range(2))
    standing = Standing(chair.id, frozenset({Role.OWNER}))
    queries.register_hidden(lambda _person_id: select(Submission.id).where(Submission.id == one.id))
    assert queries.at_desk(uow.session, edition.id, standing, queries.Filter()) == [two]
    assert queries.counts(uow.session, edition.id, standing).submitted == 1


def test_parts_say_who_presents_without_asking(uow):
    edition, person, friend = make_edition(uow), make_person(uow), make_person(uow)
    make_submission(uow, edition, person, State.ACCEPTED, title="presents")
    make_submission(uow, edition, friend, State.REJECTED, title="is named", authors=(person,))
    make_submission(uow, edition, person, State.DRAFT, title="draft")
    make_submission(uow, make_edition(uow, slug="2025"), person, title="elsewhere")
    parts = queries.submission_states_of(uow.session, edition.id, person.id)
    assert [(p.title, p.state, p.is_presenter) for p in parts] == [
        ("presents", State.ACCEPTED, True),
        ("is named", State.REJECTED, False),
    ]


def test_counts_by_state_and_track_and_day(scene):
    uow, edition = scene.uow, scene.edition
    for state in (State.SUBMITTED, State.SUBMITTED, State.ACCEPTED, State.WITHDRAWN, State.DRAFT):
        make_submission(uow, edition, None, state, track=scene.second)
    found = queries.counts(uow.session, edition.id)
    assert found.by_state == {State.SUBMITTED: 2, State.ACCEPTED: 1, State.WITHDRAWN: 1, State.DRAFT: 1}
    assert (found.by_track, found.submitted, found.drafts) == ({scene.second.id: 3}, 3, 1)
    chair = Standing(None, frozenset({Role.PROGRAMME_CHAIR}))
    assert list(queries.per_day(uow.session, edition.id, chair, "Asia/Jakarta").values()) == [4]


def test_accepted_work_comes_with_its_people_for_public_pages(uow):
    edition = make_edition(uow)
    make_submission(uow, edition, make_person(uow, "A"), State.ACCEPTED)
    make_submission(uow, edition, make_person(uow, "B"), State.CONFIRMED)
    make_submission(uow, edition, make_person(uow, "C"), State.DECLINED)
    make_submission(uow, edition, make_person(uow, "D"))
    found = queries.accepted(uow.session, edition.id)
    assert [[a.name for a in rules.public_authors(s)] for s in found] == [["A"], ["B"]]


def test_a_persons_home_knows_drafts_and_submissions_of_every_edition(uow):
    person = make_person(uow)
    for slug in ("2025", "2026"):
        edition = make_edition(uow, slug=slug)
        make_submission(uow, edition, person)
        make_submission(uow, edition, person, State.DRAFT)
        make_submission(uow, edition, make_person(uow))
    assert len(queries.of_person(uow.session, person.id)) == 4
    assert [(s.state, e.community.slug) for s, e in queries.drafts_of(uow.session, person.id)] == [
        (State.DRAFT, "musiml")
    ] * 2
