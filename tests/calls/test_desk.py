"""The organisers' pages of the call: text with its preview, dates and rounds, tracks, types, codes, extensions."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from tests.factories import send
from tests.queries import count_queries
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.calls import queries
from workshop_manager.calls.models import AccessCode, CallDate, PersonalDeadline, Round, SubmissionType
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.states import DateKey, Role, TrackKind

BASE = "/musiml/2026"
CALL, DESK = f"{BASE}/call", f"{BASE}/organise/call"
DATES, TRACKS, CODES, EXTENSION = f"{DESK}/dates", f"{DESK}/tracks", f"{DESK}/codes", f"{DESK}/extension"
PAGES = (DESK, DATES, TRACKS, CODES, EXTENSION)

ROUND = {
    "name": "Early round", "description": "For authors who need a visa.",
    "call_opens-day": "2026-05-20", "call_opens-time": "09:00", "call_opens-zone": "AoE",
    "abstracts_due-day": "2026-06-05", "abstracts_due-time": "23:59", "abstracts_due-zone": "AoE",
    "notification-day": "2026-06-20", "notification-time": "12:00", "notification-zone": "Africa/Accra",
}  # fmt: skip
TYPE = {
    "name": "Paper", "description": "For finished work.", "needs_pdf": "y", "page_limit": "8", "reference_pages": "2",
    "word_limit": "200", "max_megabytes": "12", "prior_rule": "Nothing with proceedings.",
    "prior_cutoff-day": "2026-01-31", "prior_cutoff-time": "23:59", "prior_cutoff-zone": "AoE",
}  # fmt: skip


def words_of(answer):
    soup = BeautifulSoup(answer.text, "html.parser")
    return " ".join(soup.find("main").get_text(" ").split())


def test_every_page_of_the_calls_desk_opens_for_organisers_and_for_nobody_else(house):
    others = [house.client, house.member(Role.PROGRAMME_CHAIR), house.member(Role.REVIEWER)]
    for path in PAGES:
        assert house.desk.get(path).status_code == 200, path
        assert {client.get(path).status_code for client in others} == {404}, path
        assert house.app.test_client().get(path).status_code == 303, path


@shows("Call", "The call’s desk is one entry with parts: text, limits, dates, rounds, tracks, types, questions, codes")
def test_the_desk_of_the_call_is_one_entry_with_parts(house):
    for path in PAGES:
        soup = BeautifulSoup(house.desk.get(path).text, "html.parser")
        parts = soup.find("nav", class_="seg")
        assert [a.get_text() for a in parts.find_all("a")] == [
            "Text and limits", "Dates and rounds", "Tracks and types", "Questions", "Statements", "Try the form",
            "Access codes",
        ], path  # fmt: skip
        assert len(parts.find_all(attrs={"aria-current": True})) == 1, path
        current = soup.find("nav", id="menu").find(attrs={"aria-current": "page"})
        assert "Call" in current.get_text(), path


# -- the text -----------------------------------------------------------------------------------------------------


@shows("Call", "The call is written in Markdown, and shown as it will look while it is typed, by the same rendering")
@keeps("I1", "I2")
def test_the_preview_is_rendered_as_the_public_page_and_runs_nothing(house):
    typed = "# Come\n\n**Bold** <script>1</script> ![x](https://elsewhere.example/pixel.png) [y](javascript:2)"
    looks = send(house.desk, f"{DESK}/preview", {"text": typed})
    assert "<h3>Come</h3>" in looks.text
    assert "<strong>Bold</strong>" in looks.text
    for bad in ("<script", "<img", 'href="javascript'):
        assert bad not in looks.text
    without_js = send(house.desk, DESK, {"version": "1", "text": typed, "do": "preview"})
    assert without_js.status_code == 200
    assert "<h3>Come</h3>" in without_js.text
    with house.work() as uow:
        assert queries.find_call(uow.session, house.edition.id).text == ""
    assert send(house.client, f"{DESK}/preview", {"text": typed}).status_code == 404


# -- dates and rounds ---------------------------------------------------------------------------------------------


@shows("Call", "Rounds, an early one and the regular one, have their own opening, deadline and notification")
def test_a_round_is_added_changed_and_shown_to_authors(house):
    assert send(house.desk, DATES, ROUND).status_code == 303
    page = words_of(house.client.get(CALL))
    for said in (
        "Early round",
        "For authors who need a visa.",
        "Fri 5 June, 23:59 AoE",
        "Regular round",
        "d 23 h left",
    ):
        assert said in page, said
    assert send(house.desk, DATES, ROUND).status_code == 422, "the name is taken"
    with house.work() as uow:
        row = uow.session.scalars(select(Round)).one()
        plan = queries.plan_of(uow.session, house.edition.id)
    assert plan.rounds == (row.id, None)
    one = f"{DESK}/rounds/{row.id}"
    seen = BeautifulSoup(house.desk.get(one).text, "html.parser").find("input", attrs={"name": "seen"})["value"]
    moved = ROUND | {"abstracts_due-day": "2026-06-08", "seen": seen}
    assert send(house.desk, one, moved | {"abstracts_due-day": "2026-06-04"}).status_code == 303
    assert "Old date: Fri 5 June" in words_of(house.client.get(CALL))
    stale = send(house.desk, one, moved | {"abstracts_due-day": "2026-06-03"})
    assert stale.status_code == 409
    assert "Somebody else saved this" in stale.text
    assert "2026-06-03" in stale.text


def test_a_round_with_abstracts_stays_and_one_without_can_go(house):
    send(house.desk, DATES, ROUND)
    with house.work() as uow:
        row = uow.session.scalars(select(Round)).one()
        submission = make_submission(uow, house.edition, house.author, round_id=row.id)
    assert send(house.desk, f"{DESK}/rounds/{row.id}/removal").status_code == 409
    with house.work() as uow:
        uow.session.merge(submission).round_id = None
    assert send(house.desk, f"{DESK}/rounds/{row.id}/removal").status_code == 303
    assert send(house.desk, f"{DESK}/rounds/{row.id}/removal").status_code == 404


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"abstracts_due-zone": "Nowhere"}, {"abstracts_due-time": ""}, {"abstracts_due-zone": ""}]
)
def test_a_round_that_makes_no_sense_is_refused_and_nothing_typed_is_lost(house, wrong):
    answer = send(house.desk, DATES, ROUND | wrong)
    assert answer.status_code == 422
    assert "For authors who need a visa." in answer.text
    with house.work() as uow:
        assert uow.session.execute(select(func.count(Round.id))).scalar_one() == 0


def test_the_calls_own_round_can_be_named(house):
    send(house.desk, DATES, ROUND)
    assert send(house.desk, f"{DESK}/rounds/own", {"round_name": "Main round"}).status_code == 303
    assert "Main round" in words_of(house.client.get(CALL))


# -- tracks and types ---------------------------------------------------------------------------------------------


@shows("Call", "A track has a kind (identity, topic, format, competition), a colour and a deadline of its own")
def test_a_track_gets_kind_colour_and_deadline(house):
    one = f"{TRACKS}/{house.first.id}"
    seen = BeautifulSoup(house.desk.get(one).text, "html.parser").find("input", attrs={"name": "seen"})["value"]
    typed = {
        "seen": seen, "kind": "competition", "colour": "#2F6F4F",
        "due_own-day": "2026-06-09", "due_own-time": "18:00", "due_own-zone": "Africa/Accra",
    }  # fmt: skip
    assert send(house.desk, one, typed | {"colour": "red"}).status_code == 422
    assert send(house.desk, one, typed).status_code == 303
    with house.work() as uow:
        track = uow.session.get_one(Track, house.first.id)
        assert (track.kind, track.colour, track.is_hidden) == (TrackKind.COMPETITION, "#2f6f4f", False)
    page = words_of(house.app.test_client().get(CALL))
    assert "Competition" in page
    assert "Tue 9 June, 18:00 GMT" in page
    assert send(house.desk, one, typed).status_code == 409, "it was saved since"


@shows("Call", "Submission types have their own limits: words, pages, references, files, what counts as published")
def test_a_type_is_added_changed_and_removed(house):
    assert send(house.desk, TRACKS, TYPE).status_code == 303
    page = words_of(house.client.get(CALL))
    for said in ("Paper", "For finished work.", "8 pages and 2 pages of references, at most 12 MB", "up to 200 words",
                 "Nothing with proceedings. Nothing published before Sat 31 January."):  # fmt: skip
        assert said in page, said
    with house.work() as uow:
        row = uow.session.scalars(select(SubmissionType)).one()
    one = f"{DESK}/types/{row.id}"
    seen = BeautifulSoup(house.desk.get(one).text, "html.parser").find("input", attrs={"name": "seen"})["value"]
    assert send(house.desk, one, TYPE | {"page_limit": "9", "seen": seen}).status_code == 303
    assert send(house.desk, one, TYPE | {"page_limit": "7", "seen": seen}).status_code == 409
    assert send(house.desk, one, TYPE | {"page_limit": "0", "seen": seen}).status_code == 422
    with house.work() as uow:
        make_submission(uow, house.edition, house.author, type_id=row.id)
    assert send(house.desk, f"{one}/removal").status_code == 409


# -- access codes -------------------------------------------------------------------------------------------------

CODE = {"label": "Invited demos", "track": "all", "round": "own", "max_uses": "2",
        "late-day": "2026-06-30", "late-time": "23:59", "late-zone": "AoE"}  # fmt: skip


@shows("Call", "Access codes open a hidden track or a late entry; they have a number of uses, expire, can be revoked")
def test_a_code_is_made_read_again_and_revoked(house):
    assert send(house.desk, CODES, CODE | {"late-day": ""}).status_code == 422, "it would open nothing"
    assert send(house.desk, CODES, CODE).status_code == 303
    page = house.desk.get(CODES)
    with house.work() as uow:
        row = uow.session.scalars(select(AccessCode)).one()
        assert row.code in page.text
        stored = uow.session.connection().exec_driver_sql("SELECT code FROM access_codes").scalar_one()
        assert row.code not in stored, "sealed"
    assert "0 of 2 uses" in words_of(page)
    assert send(house.desk, f"{CODES}/{row.id}/revocation").status_code == 303
    page = house.desk.get(CODES)
    assert row.code not in page.text
    assert "Taken back" in page.text
    assert send(house.desk, f"{CODES}/999/revocation").status_code == 404


# -- extending ----------------------------------------------------------------------------------------------------

MORE = {"round": "own", "track": "all", "email": "", "day": "2026-06-20", "time": "23:59", "zone": "AoE", "note": ""}


def seen_in(answer):
    return BeautifulSoup(answer.text, "html.parser").find("input", attrs={"name": "seen"})["value"]


@shows(
    "Call",
    "Extending a deadline is one act, previewed with its mail and its readers; the old date stays",
)
def test_extending_shows_what_happens_first_and_then_tells_everybody_with_a_draft(house):
    house.draft(title="One of mine")
    with house.work() as uow:
        make_submission(uow, house.edition, house.owner, title="Handed in")
    looked = send(house.desk, EXTENSION, MORE | {"note": "Take your time.", "do": "preview"})
    assert looked.status_code == 200
    text = words_of(looked)
    for said in ("Thu 11 June, 00:00 AoE", "Sat 20 June, 23:59 AoE", "the one person with a draft", "Take your time."):
        assert said in text, said
    assert "One of mine" not in text, "drafts are their authors' own"
    with house.work() as uow:
        assert uow.session.scalars(select(OutboxMail)).all() == []
    done = send(house.desk, EXTENSION, MORE | {"note": "Take your time.", "do": "extend", "seen": seen_in(looked)})
    assert (done.status_code, done.location) == (303, DATES)
    with house.work() as uow:
        mail = uow.session.scalars(select(OutboxMail)).one()
        assert mail.to_address == "wahyuni@example.org"
        assert mail.subject == "More time for your draft: it is due Saturday 20 June 2026, 23:59 AoE"
        assert "One of mine" in mail.text_body
        assert "Take your time." in mail.text_body
    assert "Old date: Thu 11 June" in words_of(house.client.get(CALL))


def test_an_extension_needs_the_deadline_it_was_shown_for(house):
    house.draft()
    assert send(house.desk, EXTENSION, MORE | {"do": "extend", "seen": ""}).status_code == 409
    looked = send(house.desk, EXTENSION, MORE)
    send(house.desk, EXTENSION, MORE | {"day": "2026-06-15", "do": "extend", "seen": seen_in(looked)})
    late = send(house.desk, EXTENSION, MORE | {"do": "extend", "seen": seen_in(looked)})
    assert late.status_code == 409
    assert "Mon 15 June" in late.text
    for wrong in ({"day": "2026-06-10"}, {"day": ""}, {"email": "nobody"}, {"zone": "Nowhere"}, {"track": "999"}):
        assert send(house.desk, EXTENSION, MORE | wrong).status_code == 422, wrong


@shows("Call", "A deadline can be extended for one track, one round or one person")
def test_an_extension_for_one_person_is_theirs_alone(house):
    typed = MORE | {"email": "Wahyuni@Example.org"}
    looked = send(house.desk, EXTENSION, typed)
    assert "One mail goes to" in words_of(looked)
    assert send(house.desk, EXTENSION, typed | {"do": "extend", "seen": seen_in(looked)}).status_code == 303
    with house.work() as uow:
        row = uow.session.scalars(select(PersonalDeadline)).one()
        assert (row.person_id, row.email) == (house.author.id, "wahyuni@example.org")
        mail = uow.session.scalars(select(OutboxMail)).one()
        assert mail.subject == "You have more time: you can submit until Saturday 20 June 2026, 23:59 AoE"
        assert uow.session.scalars(select(CallDate)).all() == []
    assert "Wahyuni" in words_of(house.desk.get(DATES))


def test_an_extension_for_one_track_keeps_the_common_date_struck_through(house):
    with house.work() as uow:
        track = uow.session.get_one(Track, house.second.id)
    house.draft(track=house.first, title="In the first")
    before = house.due().deadline
    typed = MORE | {"track": str(track.id)}
    looked = send(house.desk, EXTENSION, typed)
    assert "Nobody has a draft" in words_of(looked)
    assert send(house.desk, EXTENSION, typed | {"do": "extend", "seen": seen_in(looked)}).status_code == 303
    with house.work() as uow:
        row = queries.find_call_date(uow.session, house.edition.id, DateKey.ABSTRACTS_DUE, None, track.id)
        assert [e.deadline for e in row.earlier] == [before]
        assert uow.session.scalars(select(OutboxMail)).all() == []
    assert "Old date: Thu 11 June" in words_of(house.client.get(CALL))


# -- how many queries ---------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_pages_ask_the_same_few_queries_at_one_row_and_at_many(house, database):
    def asked(path):
        with count_queries(database) as seen:
            assert house.desk.get(path).status_code == 200
        return len(seen)

    send(house.desk, DATES, ROUND)
    send(house.desk, TRACKS, TYPE)
    send(house.desk, CODES, CODE)
    with house.work() as uow:
        row, kind = uow.session.scalars(select(Round)).one(), uow.session.scalars(select(SubmissionType)).one()
    pages = (*PAGES, CALL, f"{DESK}/rounds/{row.id}", f"{DESK}/types/{kind.id}", f"{TRACKS}/{house.first.id}")
    few = [asked(path) for path in pages]
    for number in range(20):
        send(house.desk, DATES, ROUND | {"name": f"Round {number}"})
        send(house.desk, TRACKS, TYPE | {"name": f"Type {number}"})
        send(house.desk, CODES, CODE | {"label": f"Code {number}"})
    with house.work() as uow:
        for number in range(300):
            uow.session.add(
                PersonalDeadline(
                    edition_id=house.edition.id, email=f"{number}@example.org", at=uow.now + timedelta(days=20),
                    zone="UTC", given_at=uow.now,
                )
            )  # fmt: skip
    assert max(few) <= 12
    assert [asked(path) for path in pages] == few
