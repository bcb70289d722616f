"""What chairs ask and authors hand in, reminders, poster numbers, and the book, on both databases."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from tests.factories import join_team, make_person, make_track
from tests.proceedings.factories import STATEMENT, STRICT, accepted, asked_edition, hand_in
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Listing
from workshop_manager.calls.models import CallDate, Round
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.mail.models import OutboxMail
from workshop_manager.proceedings import numbering, publishing, queries, reminding, rules, service
from workshop_manager.proceedings.content import PrintedAuthor, Wanted
from workshop_manager.proceedings.models import Book, CameraReady, PosterNumber, RightsWording
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.states import DateKey, Role

Work = Callable[..., AbstractContextManager[UnitOfWork]]


def mails(uow: UnitOfWork, begins: str) -> list[OutboxMail]:
    uow.session.flush()
    return list(
        uow.session.scalars(select(OutboxMail).where(OutboxMail.key.startswith(begins)).order_by(OutboxMail.id))
    )


# -- what is asked --------------------------------------------------------------------------------------------------


def test_only_chairs_say_what_is_asked(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    for role in (Role.REVIEWER, Role.TRACK_CHAIR, Role.GRANTS_COMMITTEE, Role.FRONT_DESK):
        uow.actor = make_person(uow)
        join_team(uow, edition, uow.actor, role)
        with pytest.raises(NotFound):
            service.ask(uow, edition, Wanted(), "", started_from=1)


def test_a_chair_of_another_edition_says_nothing_here(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    _other, uow.actor = asked_edition(uow, slug="2025")
    with pytest.raises(NotFound):
        service.ask(uow, edition, Wanted(), "", started_from=1)


@keeps("X3")
def test_two_chairs_learn_of_each_other(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    service.ask(uow, edition, STRICT, STATEMENT, started_from=1)
    with pytest.raises(service.Stale):
        service.ask(uow, edition, Wanted(), STATEMENT, started_from=1)


@shows("Proceedings", "The rights statement is versioned: who agreed to an earlier wording is asked again")
def test_a_new_wording_is_asked_about_again(uow: UnitOfWork) -> None:
    edition, chair = asked_edition(uow, replace(STRICT, final=Ask.NO, poster=Ask.NO))
    author = make_person(uow)
    work = accepted(uow, edition, author)
    camera = hand_in(uow, edition, work, author, agrees=True, is_confirmed=True)
    assert (camera.rights_version, camera.rights_by) == (1, author.id)
    assert owed(uow, work) == ()
    uow.actor = chair
    row = service.ask(uow, edition, replace(STRICT, final=Ask.NO, poster=Ask.NO), "Other words.", started_from=1)
    assert row.rights_version == 2
    assert owed(uow, work) == (Item.RIGHTS,)
    kept = uow.session.scalars(select(RightsWording.text).order_by(RightsWording.version)).all()
    assert list(kept) == [STATEMENT, "Other words."]


def test_a_statement_taken_away_and_written_again_has_a_number_of_its_own(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    assert service.ask(uow, edition, STRICT, "", started_from=1).rights_version == 0
    assert service.ask(uow, edition, STRICT, STATEMENT, started_from=2).rights_version == 2


def owed(uow: UnitOfWork, work: Submission) -> tuple[Item, ...]:
    asked = queries.asked(uow.session, work.edition_id)
    assert asked is not None
    asks = rules.asked_of(queries.wanted(asked), work.outcome, has_wording=asked.rights_version > 0)
    return rules.owed(asks, queries.given(queries.camera_ready(uow.session, work.id)), asked.rights_version)


# -- what is handed in ----------------------------------------------------------------------------------------------


@shows(
    "Proceedings",
    "Accepted authors hand in final PDF, poster, slides, video link and rights; each piece counts at once",
)
def test_each_piece_counts_at_once_and_completion_is_told_once(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    author = make_person(uow)
    work = accepted(uow, edition, author)
    assert owed(uow, work) == (Item.DETAILS, Item.FINAL, Item.POSTER, Item.RIGHTS)
    hand_in(uow, edition, work, author, Item.FINAL)
    assert owed(uow, work) == (Item.DETAILS, Item.POSTER, Item.RIGHTS)
    camera = hand_in(uow, edition, work, author, Item.POSTER, is_confirmed=True, agrees=True)
    assert owed(uow, work) == ()
    assert camera.completed_at == uow.now
    hand_in(uow, edition, work, author, video_url="https://video.example.org/1")
    assert [mail.to_address for mail in mails(uow, "camera-ready-complete:")] == [author.email]


@pytest.mark.parametrize("state", [State.REJECTED, State.SUBMITTED, State.WITHDRAWN, State.DECLINED, State.WAITLISTED])
def test_what_is_not_accepted_hands_nothing_in(uow: UnitOfWork, state: State) -> None:
    edition, _chair = asked_edition(uow)
    author = make_person(uow)
    work = accepted(uow, edition, author, state=state)
    with pytest.raises(Conflict):
        hand_in(uow, edition, work, author, Item.FINAL)


def test_nobody_hands_in_for_others(uow: UnitOfWork) -> None:
    edition, chair = asked_edition(uow)
    work = accepted(uow, edition, make_person(uow))
    for stranger in (make_person(uow), chair):
        with pytest.raises(NotFound):
            hand_in(uow, edition, work, stranger, Item.FINAL)


def test_the_same_file_twice_is_one_version_and_another_is_the_next(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    author = make_person(uow)
    work = accepted(uow, edition, author)
    hand_in(uow, edition, work, author, Item.FINAL)
    camera = hand_in(uow, edition, work, author, Item.FINAL)
    assert [(file.version, file.uploaded_by) for file in camera.files] == [(1, author.id)]


def test_after_the_date_a_strict_edition_takes_nothing_but_from_those_a_chair_lets_in(
    uow: UnitOfWork, clock: FixedClock
) -> None:
    edition, chair = asked_edition(uow, replace(STRICT, takes_late=False))
    author = make_person(uow)
    work = accepted(uow, edition, author)
    uow.now += timedelta(days=11)
    with pytest.raises(Conflict):
        hand_in(uow, edition, work, author, Item.FINAL)
    uow.actor = chair
    service.let_be_late(uow, edition, work.number, allowed=True)
    assert hand_in(uow, edition, work, author, Item.FINAL).files


@shows("Proceedings", "Each round hands its camera-ready versions in by its own date, and is reminded of that one")
def test_a_round_with_a_date_of_its_own_hands_in_by_that(uow: UnitOfWork) -> None:
    edition, chair = asked_edition(uow, replace(STRICT, takes_late=False))
    author = make_person(uow)
    early = Round(edition_id=edition.id, name="Early round", position=1)
    uow.session.add(early)
    uow.session.flush()
    due = uow.now + timedelta(days=3)
    uow.session.add(
        CallDate(edition_id=edition.id, round_id=early.id, key=DateKey.CAMERA_READY, at=due, zone="Africa/Accra")
    )
    first, other = accepted(uow, edition, author, round_id=early.id), accepted(uow, edition, author)
    uow.actor = chair
    asked = queries.asked(uow.session, edition.id)
    assert asked is not None
    seen = visible_to(standing_of(uow.session, edition.id, chair.id))
    facts = {
        one.work.id: dict(one.letters[0].facts)["Due"] for one in reminding.due_reminders(uow, edition, seen, asked)
    }
    assert facts[first.id] != facts[other.id]
    assert "GMT" in facts[first.id]
    uow.now += timedelta(days=4)
    with pytest.raises(Conflict):
        hand_in(uow, edition, first, author, Item.FINAL)
    assert hand_in(uow, edition, other, author, Item.FINAL).files


@shows(
    "Proceedings", "Title, abstract, names and their order are confirmed and corrected by the authors before printing"
)
def test_names_and_order_are_corrected_and_chairs_see_what_it_was(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    author, other = make_person(uow, "Wahyuni"), make_person(uow, "Noor")
    work = accepted(uow, edition, author, authors=(other,), title="Wrok")
    first, second = work.authors
    printed = (PrintedAuthor(second.id, "Noor Ali", "Cairo"), PrintedAuthor(first.id, "Wahyuni", ""))
    camera = hand_in(uow, edition, work, author, title="Work", authors=printed)
    assert (work.title, camera.accepted_title) == ("Work", "Wrok")
    assert [(a.name, a.affiliation, a.person_id) for a in work.authors] == [
        ("Noor Ali", "Cairo", other.id),
        ("Wahyuni", None, author.id),
    ]


def test_nobody_is_added_or_left_out_that_way(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    author = make_person(uow)
    work = accepted(uow, edition, author, authors=(make_person(uow),))
    for ids in ([work.authors[0].id], [work.authors[0].id] * 2, [work.authors[0].id, 999_999]):
        with pytest.raises(service.Stale):
            hand_in(uow, edition, work, author, authors=tuple(PrintedAuthor(one, "X", "") for one in ids))


@keeps("X3")
def test_two_authors_saving_at_once_lose_nothing(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    author, other = make_person(uow), make_person(uow)
    work = accepted(uow, edition, author, authors=(other,))
    hand_in(uow, edition, work, author, slides_url="https://a.example.org/")
    typed = replace(service.stored(work, None, 1), slides_url="https://b.example.org/")
    uow.actor = other
    with pytest.raises(service.Stale):
        service.hand_in(uow, edition, work, typed, [], started_from=0)


@keeps("P4")
def test_files_of_somebody_who_leaves_go_unless_a_co_author_stays(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    author, other = make_person(uow), make_person(uow)
    alone, together = accepted(uow, edition, author), accepted(uow, edition, author, authors=(other,))
    for work in (alone, together):
        hand_in(uow, edition, work, author, Item.FINAL)
    service.let_go(uow, author.id)
    assert list(uow.session.scalars(select(CameraReady.submission_id))) == [together.id]


# -- who owes what --------------------------------------------------------------------------------------------------


def test_the_board_in_sql_agrees_with_the_rule(uow: UnitOfWork) -> None:
    edition, chair = asked_edition(uow, replace(STRICT, video=Ask.MUST))
    author = make_person(uow)
    for outcome in (Outcome.POSTER, Outcome.ORAL, Outcome.LIGHTNING):
        for items, changes in (
            ((), {}),
            ((Item.FINAL,), {"is_confirmed": True}),
            ((Item.FINAL, Item.POSTER), {"agrees": True, "video_url": "https://v.example.org/"}),
            ((Item.SLIDES,), {"is_confirmed": True, "agrees": True}),
            ((), {"slides_url": "https://s.example.org/"}),
        ):
            work = accepted(uow, edition, author, outcome)
            if items or changes:
                hand_in(uow, edition, work, author, *items, **changes)
    accepted(uow, edition, author, state=State.REJECTED)
    asked = queries.asked(uow.session, edition.id)
    assert asked is not None
    asks, newest = queries.wanted(asked), asked.rights_version
    standing = standing_of(uow.session, edition.id, chair.id)
    rows = queries.board(uow.session, edition.id, true(), queries.Filter(), asks, newest)
    assert len(rows) == 15
    for item in Item:
        owing = queries.board(uow.session, edition.id, true(), queries.Filter(item=item), asks, newest)
        expected = [row.submission.number for row in rows if item in queries.owed_by(row, asks, newest)]
        assert [row.submission.number for row in owing] == expected, item
    counts = queries.counts(uow.session, edition.id, standing, asks, newest)
    assert counts.all == 15
    assert counts.owing == sum(bool(queries.owed_by(row, asks, newest)) for row in rows)
    complete = queries.board(uow.session, edition.id, true(), queries.Filter(show="complete"), asks, newest)
    assert len(complete) == counts.complete


# -- reminders ------------------------------------------------------------------------------------------------------


@keeps("M7")
@shows("Proceedings", "Reminders go to exactly those who owe something, seen before, each once a wave")
def test_exactly_those_who_owe_something_are_reminded(uow: UnitOfWork) -> None:
    edition, chair = asked_edition(uow, replace(STRICT, poster=Ask.NO))
    late, early, refused = make_person(uow, "Late"), make_person(uow, "Early"), make_person(uow)
    helper = make_person(uow, "Helper")
    owing = accepted(uow, edition, late, authors=(helper,))
    done = accepted(uow, edition, early)
    hand_in(uow, edition, done, early, Item.FINAL, is_confirmed=True, agrees=True)
    accepted(uow, edition, refused, state=State.REJECTED)
    uow.actor = chair
    reminding.remind(uow, edition, wave=1, remark="The printer waits.")
    (mail,) = mails(uow, "camera-ready-reminder:")
    assert (mail.to_address, mail.about) == (late.email, owing.about)
    assert "the final PDF of the paper; agree to the rights statement" in mail.text_body
    assert "The printer waits." in mail.text_body
    camera = queries.camera_ready(uow.session, owing.id)
    assert camera is not None
    assert (camera.reminders, camera.reminded_at) == (1, uow.now)


def test_a_second_click_writes_to_nobody_twice(uow: UnitOfWork) -> None:
    edition, chair = asked_edition(uow)
    accepted(uow, edition, make_person(uow))
    uow.actor = chair
    reminding.remind(uow, edition, wave=1)
    with pytest.raises(Conflict):
        reminding.remind(uow, edition, wave=1)
    assert len(mails(uow, "camera-ready-reminder:")) == 1
    reminding.remind(uow, edition, wave=2)
    assert len(mails(uow, "camera-ready-reminder:")) == 2


def test_with_nobody_owing_nothing_is_sent_and_no_wave_is_counted(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    with pytest.raises(Conflict):
        reminding.remind(uow, edition, wave=1)
    asked = queries.asked(uow.session, edition.id)
    assert asked is not None
    assert asked.waves == 0


@keeps("A12")
def test_a_chair_reminds_of_nothing_of_their_own(uow: UnitOfWork) -> None:
    edition, chair = asked_edition(uow)
    accepted(uow, edition, chair, title="The chair's own")
    other = accepted(uow, edition, make_person(uow))
    uow.actor = chair
    found = reminding.remind(uow, edition, wave=1)
    assert [one.work.id for one in found] == [other.id]
    standing = standing_of(uow.session, edition.id, chair.id)
    assert [work.id for work, _mail in queries.mails_of_wave(uow.session, edition.id, visible_to(standing), 1)] == [
        other.id
    ]


@keeps("X2")
def test_two_chairs_pressing_at_once_send_one_wave(
    app: Flask, database: Database, clock: FixedClock, work: Work
) -> None:
    with work() as uow:
        edition, chair = asked_edition(uow)
        other = make_person(uow)
        join_team(uow, edition, other, Role.PROGRAMME_CHAIR)
        for _one in range(3):
            accepted(uow, edition, make_person(uow))
        edition_id = edition.id
    refused: list[Exception] = []
    barrier = threading.Barrier(2)

    def press(person: object) -> None:
        barrier.wait()
        try:
            with app.app_context(), unit_of_work(database, clock, actor=person) as uow:  # type: ignore[arg-type]
                edition = queries_edition(uow, edition_id)
                reminding.remind(uow, edition, wave=1)
        except Exception as error:
            refused.append(error)

    threads = [threading.Thread(target=press, args=(person,)) for person in (chair, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1, refused
    with work() as uow:
        assert len(mails(uow, "camera-ready-reminder:")) == 3


def queries_edition(uow: UnitOfWork, edition_id: int) -> object:
    return uow.session.scalars(
        select(Edition).options(joinedload(Edition.community)).where(Edition.id == edition_id)
    ).one()


# -- poster numbers ---------------------------------------------------------------------------------------------------


def numbers(uow: UnitOfWork) -> dict[int, int]:
    rows = uow.session.execute(
        select(Submission.number, PosterNumber.number).join(Submission, Submission.id == PosterNumber.submission_id)
    )
    return {row[0]: row[1] for row in rows}


@shows("Proceedings", "Poster numbers are given by track or by the order of the programme, or by hand, each once")
def test_posters_are_numbered_and_talks_are_not(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    first, second = make_track(uow, edition, "a", "A"), make_track(uow, edition, "b", "B")
    late = accepted(uow, edition, make_person(uow), track=second)
    talk = accepted(uow, edition, make_person(uow), Outcome.ORAL, track=first)
    early = accepted(uow, edition, make_person(uow), track=first)
    assert numbering.give(uow, edition, by_session=False, afresh=False) == 2
    assert numbers(uow) == {early.number: 1, late.number: 2}
    assert talk.number not in numbers(uow)
    assert numbering.give(uow, edition, by_session=False, afresh=False) == 0


def test_two_posters_change_places_by_hand(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    one, two = accepted(uow, edition, make_person(uow)), accepted(uow, edition, make_person(uow))
    numbering.give(uow, edition, by_session=False, afresh=False)
    seen = {one.number: 1, two.number: 2}
    assert numbering.set_by_hand(uow, edition, {one.number: 2, two.number: 1}, seen) == 2
    assert numbers(uow) == {one.number: 2, two.number: 1}
    with pytest.raises(Conflict, match="twice"):
        numbering.set_by_hand(uow, edition, {one.number: 1}, {one.number: 2})
    with pytest.raises(service.Stale):
        numbering.set_by_hand(uow, edition, {one.number: 9}, {one.number: 1})
    assert numbering.set_by_hand(uow, edition, {one.number: None}, {one.number: 2}) == 1
    assert numbers(uow) == {two.number: 1}


@shows("Proceedings", "A published poster number never changes silently: its authors get a mail")
def test_published_numbers_change_with_a_mail_only(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    person = make_person(uow)
    one = accepted(uow, edition, person)
    numbering.give(uow, edition, by_session=False, afresh=False)
    assert queries.published_numbers(uow.session, edition.id) == {}
    assert mails(uow, "poster-number:") == []
    assert numbering.publish(uow, edition) == 1
    assert queries.published_numbers(uow.session, edition.id) == {one.id: 1}
    with pytest.raises(Conflict):
        numbering.publish(uow, edition)
    with pytest.raises(Conflict):
        numbering.give(uow, edition, by_session=False, afresh=True)
    numbering.set_by_hand(uow, edition, {one.number: 7}, {one.number: 1})
    subjects = [mail.subject for mail in mails(uow, "poster-number:")]
    assert subjects == [
        f"Your poster hangs on board 1: {one.title}",
        f"Your poster hangs on another board, 7: {one.title}",
    ]


def test_a_number_is_given_once_even_by_the_database(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    works = [accepted(uow, edition, make_person(uow)) for _one in range(2)]
    with pytest.raises(IntegrityError), uow.session.begin_nested():
        for work in works:
            uow.session.add(PosterNumber(submission_id=work.id, edition_id=edition.id, number=1))
        uow.session.flush()


# -- the book -------------------------------------------------------------------------------------------------------


def seen(uow: UnitOfWork, edition: object) -> str:
    return publishing.made(uow.session, edition, 1).digest  # type: ignore[arg-type]


@shows("Proceedings", "The book and its BibTeX hold to each listing choice: in full, anonymous, unlisted")
def test_the_book_holds_what_is_accepted_and_wants_to_be_listed(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    person = make_person(uow, "Named")
    hidden = make_person(uow, "Hidden", listing=Listing.UNLISTED)
    listed = accepted(uow, edition, person, title="Listed")
    accepted(uow, edition, person, title="Nameless", listing=Listing.ANONYMOUS)
    accepted(uow, edition, person, title="Unlisted", listing=Listing.UNLISTED)
    accepted(uow, edition, person, title="Rejected", state=State.REJECTED)
    accepted(uow, edition, person, title="Pending", state=State.SUBMITTED)
    accepted(uow, edition, hidden, authors=(person,), title="Half hidden")
    made = publishing.made(uow.session, edition, 1)
    names = {work.title: tuple(who.name for who in work.authors) for work in made.works}
    assert names == {"Listed": ("Named",), "Nameless": (None,), "Half hidden": ("Named",)}
    assert listed.abstract in str(made.document)
    text = publishing.bibliography(made.works, edition)
    assert "Hidden" not in text
    assert "author    = {Anonymous}" in text
    assert text.count("@inproceedings{musiml2026-") == 3


@keeps("T6")
@shows("Proceedings", "Who does not want to be named any more is gone from the published book at the next look")
def test_the_public_book_forgets_a_name_at_once(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    person = make_person(uow, "Quartz Marker")
    accepted(uow, edition, person)
    row = publishing.publish(uow, edition, seen(uow, edition))
    first, etag = publishing.public_pdf(uow.session, edition, row)
    assert queries.book_bytes(uow.session, edition.id) == first
    person.listing = Listing.UNLISTED
    uow.session.flush()
    second, other = publishing.public_pdf(uow.session, edition, row)
    assert etag != other
    assert "Quartz" in text_of(first)
    assert "Quartz" not in text_of(second)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_the_job_makes_the_next_version_of_what_changed_and_leaves_the_rest(
    app: Flask, database: Database, clock: FixedClock, work: Work
) -> None:
    with work() as uow:
        edition, chair = asked_edition(uow)
        person = make_person(uow, "Quartz Marker")
        accepted(uow, edition, person)
        uow.actor = chair
        publishing.publish(uow, edition, seen(uow, edition))
        ids = edition.id, person.id
    with app.app_context():
        publishing.renew(database, clock)
    with work() as uow:
        assert uow.session.get_one(Book, ids[0]).number == 1
        person_now = uow.session.get_one(type(person), ids[1])
        person_now.listing = Listing.ANONYMOUS
    with app.app_context():
        publishing.renew(database, clock)
    with work() as uow:
        assert uow.session.get_one(Book, ids[0]).number == 2
        assert "Quartz" not in text_of(queries.book_bytes(uow.session, ids[0]))


def test_a_book_that_changed_since_it_was_read_is_not_published(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    one = accepted(uow, edition, make_person(uow))
    digest = seen(uow, edition)
    one.title = "Another title"
    uow.session.flush()
    with pytest.raises(Conflict, match="changed"):
        publishing.publish(uow, edition, digest)


def test_an_empty_book_is_not_published(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    with pytest.raises(Conflict, match="empty"):
        publishing.publish(uow, edition, seen(uow, edition))


def test_a_book_taken_back_is_gone_and_comes_back_with_a_higher_number(uow: UnitOfWork) -> None:
    edition, uow.actor = asked_edition(uow)
    accepted(uow, edition, make_person(uow))
    publishing.publish(uow, edition, seen(uow, edition))
    with pytest.raises(Conflict):
        publishing.publish(uow, edition, seen(uow, edition))
    publishing.take_back(uow, edition)
    assert queries.book_bytes(uow.session, edition.id) == b""
    with pytest.raises(Conflict):
        publishing.take_back(uow, edition)
    assert publishing.publish(uow, edition, seen(uow, edition)).number == 2


def test_only_chairs_publish(uow: UnitOfWork) -> None:
    edition, _chair = asked_edition(uow)
    uow.actor = make_person(uow)
    join_team(uow, edition, uow.actor, Role.REVIEWER)
    for act in (
        lambda: publishing.publish(uow, edition, ""),
        lambda: publishing.take_back(uow, edition),
        lambda: numbering.give(uow, edition, by_session=False, afresh=False),
        lambda: numbering.publish(uow, edition),
        lambda: numbering.set_by_hand(uow, edition, {}, {}),
        lambda: reminding.remind(uow, edition, wave=1),
        lambda: service.let_be_late(uow, edition, 1, allowed=True),
    ):
        with pytest.raises(NotFound):
            act()
