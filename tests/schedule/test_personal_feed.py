"""A registered person's own calendar: with the link to join, at an address that is theirs to make, replace and end."""

import logging
import re
from datetime import timedelta

import icalendar
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from tests.factories import client_for, make_edition, make_person, send
from tests.queries import count_queries
from tests.registrations.factories import JOIN, make_join_link, make_kind, make_registration
from tests.schedule.factories import make_item, make_release
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Person
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.schedule import personal, releasing
from workshop_manager.schedule.models import FeedToken
from workshop_manager.workshops.models import Edition, Room
from workshop_manager.workshops.states import Visibility

MINE = "/musiml/2026/schedule/my-calendar"
ROOM = "https://zoom.example/j/room-b"


@pytest.fixture
def attendee(app, work):
    """A client of somebody registered for an edition with a released schedule."""
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        make_join_link(uow, edition)
        make_registration(uow, edition, make_kind(uow, edition), person)
        make_item(uow, edition, "Opening")
        make_item(uow, edition, "In room B", 60, room="Room B")
        room = uow.session.execute(select(Room)).scalar_one()
        room.join_url = ROOM
        make_release(uow, edition)
        client = client_for(app, uow, person)
        client.person_id, client.edition_id = person.id, edition.id
    return client


def make(client):
    """Make the calendar and read its address off the page that shows it once."""
    answer = send(client, MINE)
    assert answer.status_code == 200
    return re.search(r"http://localhost(/calendars/[\w-]+\.ics)", answer.text)[1]


def events(body):
    return {str(event["SUMMARY"]): event for event in icalendar.Calendar.from_ical(body).walk("VEVENT")}


@shows(
    "Schedule",
    "A registered person has a calendar of their own at /calendars/<token>.ics, with a way to join of their own",
)
@keeps("T1", "T2")
def test_34_35_38_ones_own_calendar_holds_ones_own_way_to_join_and_no_link(app, attendee):
    path = make(attendee)
    visitor = app.test_client()
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    found = events(answer.data)
    ours = str(found["Opening"]["CONFERENCE"])
    assert ours.startswith("http://localhost/join/")
    assert ours in str(found["Opening"]["DESCRIPTION"])
    assert str(found["In room B"]["CONFERENCE"]).startswith(ours.rpartition("/")[0])
    assert path[11:-4] not in answer.text.replace("\r\n ", ""), "whoever gets an event of it does not get the calendar"
    for link in (JOIN, ROOM):
        assert link not in answer.text.replace("\r\n ", "")
    for public in ("schedule.ics", "schedule", "", "schedule/changes", "deadlines.ics"):
        text = visitor.get(f"/musiml/2026/{public}").text
        assert JOIN not in text
        assert ROOM not in text


def test_14_28_the_same_calendar_is_the_same_bytes_and_304(app, attendee, clock):
    path = make(attendee)
    first = app.test_client().get(path)
    clock.at += timedelta(days=1)
    second = app.test_client().get(path, headers={"Accept-Language": "ar"})
    assert first.data == second.data
    tag = first.headers["ETag"]
    for sent in (tag, f"W/{tag}", f'"a", {tag}'):
        assert app.test_client().get(path, headers={"If-None-Match": sent}).status_code == 304
    assert app.test_client().get(path, headers={"If-None-Match": '"a"'}).status_code == 200
    assert app.test_client().head(path).headers["Content-Length"] == str(len(first.data))


@pytest.mark.parametrize("state", [State.CANCELLED, State.WAITLISTED])
def test_36_without_a_seat_the_link_is_gone_at_the_next_fetch(app, work, attendee, state):
    path = make(attendee)
    before = app.test_client().get(path)
    with work() as uow:
        row = uow.session.execute(select(Registration)).scalar_one()
        row.state = state
        if state is State.WAITLISTED:
            row.waits_for_id, row.line_number = row.kind_id, 1
    after = app.test_client().get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert JOIN.encode() not in after.data.replace(b"\r\n ", b"")
    assert set(events(after.data)) == {"Opening", "In room B"}


@shows(
    "Schedule",
    "A personal calendar's address pasted in public names nobody, is found by no search, and is replaced at once",
)
def test_an_address_that_was_pasted_in_public_tells_little_and_ends(app, work, attendee):
    path = make(attendee)
    stranger = app.test_client()
    answer = stranger.get(path, headers={"Referer": "https://forum.example/"})
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    with work() as uow:
        person = uow.session.get(Person, attendee.person_id)
        told = answer.text.replace("\r\n ", "")
        assert person.name not in told
        assert "mailto" not in told.lower()
    join = str(events(answer.data)["Opening"]["CONFERENCE"]).removeprefix("http://localhost")
    assert make(attendee) != path
    assert stranger.get(path).status_code == 404
    assert stranger.get(join).status_code == 404, "what others copied out of it leads nowhere any more"


def test_until_the_new_code_of_conduct_is_accepted_the_link_rests(app, work, attendee):
    path = make(attendee)
    with work() as uow:
        uow.session.get(Edition, attendee.edition_id).code_of_conduct_version += 1
    assert "CONFERENCE" not in app.test_client().get(path).text


@shows("Schedule", "One's own calendar's address is replaced or revoked at once")
def test_37_an_address_is_replaced_and_ended_at_once(app, attendee):
    first = make(attendee)
    second = make(attendee)
    assert first != second
    visitor = app.test_client()
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    assert send(attendee, f"{MINE}/revocation").status_code == 303
    assert visitor.get(second).status_code == 404
    assert send(attendee, f"{MINE}/revocation").status_code == 409


@shows("Schedule", "A personal calendar's address that is guessed, cut or revoked answers as if there never was one")
@keeps("A6")
def test_38_every_address_that_does_not_work_answers_alike(app, work, attendee):
    ended = make(attendee)
    make(attendee)
    visitor = app.test_client()
    answers = [visitor.get(path) for path in (ended, "/calendars/nothing.ics", "/calendars/x.ics", f"{ended[:-5]}.ics")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert len({tuple(sorted((k, v) for k, v in answer.headers.items() if k != "Date")) for answer in answers}) == 1


@keeps("B13")
def test_a_deleted_or_closed_account_has_no_calendar(app, work, attendee):
    path = make(attendee)
    with work() as uow:
        uow.session.get(Person, attendee.person_id).active = False
    assert app.test_client().get(path).status_code == 404
    with work() as uow:
        uow.session.get(Person, attendee.person_id).active = True
        releasing.forget_person(uow, attendee.person_id)
        assert uow.session.scalars(select(FeedToken)).all() == []
    assert app.test_client().get(path).status_code == 404


def test_16_an_edition_back_in_draft_has_no_calendars(app, work, attendee):
    path = make(attendee)
    with work() as uow:
        uow.session.get(Edition, attendee.edition_id).visibility = Visibility.DRAFT
    assert app.test_client().get(path).status_code == 404


def test_37_the_address_is_told_once_stored_hashed_and_never_logged(app, work, attendee, caplog):
    with caplog.at_level(logging.DEBUG), capture_logs() as lines:
        path = make(attendee)
        app.test_client().get(path)
    token = path.removeprefix("/calendars/").removesuffix(".ics")
    assert len(token) * 6 >= 128
    with work() as uow:
        stored = uow.session.execute(select(FeedToken)).scalar_one()
        assert token not in (stored.token_hash, str(vars(stored)))
    assert token not in attendee.get(MINE).text
    assert token not in caplog.text + str(lines)


def test_37_a_failure_logs_the_pattern_of_the_address_and_not_the_address(app, attendee, monkeypatch):
    path = make(attendee)
    monkeypatch.setattr(personal, "find_feed", lambda *_args: 1 / 0)
    with capture_logs() as lines:
        assert app.test_client().get(path).status_code == 500
    assert [line["path"] for line in lines] == ["/calendars/<token>.ics"]


def test_only_the_registered_make_one(app, work):
    with work() as uow:
        edition = make_edition(uow)
        person, waiting = make_person(uow), make_person(uow)
        kind = make_kind(uow, edition)
        make_registration(uow, edition, kind, waiting, State.WAITLISTED, waits_for_id=kind.id, line_number=1)
        clients = [client_for(app, uow, who) for who in (person, waiting)]
    for client in clients:
        assert "Register first" in client.get(MINE).text
        assert send(client, MINE).status_code == 403
    assert app.test_client().get(MINE).status_code == 303


def test_before_the_first_release_it_is_empty(app, work):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        make_registration(uow, edition, make_kind(uow, edition), person)
        make_item(uow, edition, "Secret")
        client = client_for(app, uow, person)
    answer = app.test_client().get(make(client))
    assert (answer.status_code, events(answer.data)) == (200, {})


def test_a_fetch_writes_nothing_and_costs_few_queries(app, attendee, database):
    path = make(attendee)
    with count_queries(database) as seen:
        app.test_client().get(path)
    assert len(seen) <= 5
    assert all(statement.startswith("SELECT") for statement in seen)


@keeps("T1")
@shows("Schedule", "Whoever cancels their registration loses their own calendar's address at once")
def test_cancelling_ends_the_calendars_address(app, attendee):
    path = make(attendee)
    assert app.test_client().get(path).status_code == 200
    assert send(attendee, "/musiml/2026/registration/cancellation").status_code == 303
    assert app.test_client().get(path).status_code == 404
