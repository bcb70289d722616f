"""Joining online: only in time, only for the registered who agreed to the code of conduct, counted, never written."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import JOIN, make_join_link, make_kind, make_registration
from tests.schedule.factories import START, make_item, make_release
from tests.shows import keeps, shows
from workshop_manager.registrations.models import Registration, RegistrationSettings
from workshop_manager.registrations.states import State
from workshop_manager.schedule import joining
from workshop_manager.schedule.joining import Joining, Stage
from workshop_manager.schedule.models import JoinUse, ScheduleItem
from workshop_manager.schedule.personal import PersonalFeed
from workshop_manager.schedule.programme import Item, Kind, Programme
from workshop_manager.workshops.models import Community, Edition, Room
from workshop_manager.workshops.states import Role

PAGE = "/musiml/2026/join"
ROOM = "https://other.example/j/room-b"
AT = datetime(2026, 12, 11, 9, tzinfo=UTC)


def item(uid, minutes=0, length=30, **values):
    start = AT + timedelta(minutes=minutes)
    end = None if length is None else start + timedelta(minutes=length)
    return Item(uid, values.pop("kind", Kind.TALK), uid, start, end, **values)


def test_what_stands_in_a_session_has_a_door_of_its_own_only_with_another_link():
    items = (
        item("tables", kind=Kind.SESSION, room="Hall"),
        item("one", parent="tables"),
        item("two", parent="tables", room="Table 2"),
        item("lunch", 60, kind=Kind.MEAL),
        item("off", 90, cancelled=True),
        item("nowhere", 120, room="Garden"),
    )
    programme = Programme("here.example", "Ed", "UTC", items)
    joined = Joining(None, {"Hall": "https://a.example/1", "Table 2": "https://a.example/2"})
    found = {door.uid: door for door in joining.doors(programme, joined)}
    assert set(found) == {"tables", "two"}
    assert joining.door_to(programme, found, programme.item("one")).uid == "tables"
    assert joining.door_to(programme, found, programme.item("nowhere")) is None
    assert "a.example" not in repr(found["two"])


def test_a_calendar_whose_doors_changed_is_another_one(app):
    programme = Programme(
        "here.example", "Ed", "UTC", (item("tables", room="Hall"), item("one", parent="tables", room="Table"))
    )
    edition = Edition(name="Ed", slug="2026", time_zone="UTC", accent="blue", community=Community(slug="musiml"))
    feeds = [
        PersonalFeed(
            edition, programme, programme, "tag", Joining(None, {"Hall": "https://a.example/1", "Table": link}), "t"
        )
        for link in ("https://a.example/1", "https://a.example/2", "https://a.example/3")
    ]
    with app.test_request_context():
        for one, other in ((0, 1), (1, 2)):
            assert (feeds[one].ics() == feeds[other].ics()) == (feeds[one].etag == feeds[other].etag)
        assert feeds[0].ics() != feeds[1].ics()


@pytest.mark.parametrize(
    ("minutes", "length", "stage"),
    [
        (-16, 30, Stage.AHEAD),
        (-15, 30, Stage.OPEN),
        (30, 30, Stage.OPEN),
        (90, 30, Stage.OPEN),
        (91, 30, Stage.OVER),
        (180, None, Stage.OPEN),
        (181, None, Stage.OVER),
    ],
)
def test_a_door_opens_in_time_and_stays_open_a_while(minutes, length, stage):
    programme = Programme("here.example", "Ed", "UTC", (item("talk", 0, length),))
    (door,) = joining.doors(programme, Joining("https://a.example/1"))
    assert door.stage(AT + timedelta(minutes=minutes)) is stage


@pytest.fixture
def attendee(app, work, clock):
    clock.at = START - timedelta(hours=6)  # a session of ours does not live for half a year
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        make_join_link(uow, edition)
        make_registration(uow, edition, make_kind(uow, edition), person)
        make_item(uow, edition, "Opening")
        other = make_item(uow, edition, "In room B", 240, room="Room B")
        uow.session.execute(select(Room)).scalar_one().join_url = ROOM
        make_release(uow, edition)
        client = client_for(app, uow, person)
        client.edition_id, client.person_id = edition.id, person.id
        client.uids = (
            uow.session.scalars(select(ScheduleItem.uid).where(ScheduleItem.id != other.id)).one(),
            other.uid,
        )
    return client


def written(answer):
    """Everything a browser gets, but the place it is sent to."""
    return answer.text + str([(k, v) for k, v in answer.headers.items() if k != "Location"])


@pytest.mark.sqlite
@keeps("T2", "I14")
@shows("Registration", "The join page tells each session's time, and leads in from a set time before it, counted")
def test_the_link_is_in_no_page_and_opens_in_time(app, work, attendee, clock):
    opening, other = (f"{PAGE}/sessions/{uid}" for uid in attendee.uids)
    clock.at = START - timedelta(minutes=16)
    early = attendee.get(PAGE)
    assert "This page is for" in early.text
    assert "example/" not in written(early)
    assert "zoom.example" not in written(early)
    refused = send(attendee, opening)
    assert refused.status_code == 409
    assert "Location" not in refused.headers
    clock.at = START - timedelta(minutes=15)
    answer = attendee.get(PAGE)
    assert JOIN not in written(answer), "the link is in no page even then"
    assert "form-action 'self' https://zoom.example;" in answer.headers["Content-Security-Policy"]
    assert "other.example" not in written(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    went = send(attendee, opening)
    assert (went.status_code, went.headers["Location"], went.text) == (303, JOIN, "")
    assert went.headers["Referrer-Policy"] == "no-referrer"
    assert send(attendee, other).status_code == 409
    assert send(attendee, f"{PAGE}/sessions/nothing").status_code == 404
    assert send(attendee, PAGE).status_code == 404, "with a schedule each session has its own door"
    clock.at = START + timedelta(minutes=91)
    assert send(attendee, opening).status_code == 409
    with work() as uow:
        (use,) = uow.session.scalars(select(JoinUse)).all()
        assert (use.person_id, use.uid, use.by_calendar) == (attendee.person_id, attendee.uids[0], False)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("link", "origin"),
    [
        ("https://会议.example/j", "https://xn--6oqu09l.example"),
        ("https://me:secret@zoom.example:8443/j", "https://zoom.example:8443"),
        ("https://zoom.example;script-src\x0c*/j", ""),
        ("https://zoom.example,x/j", ""),
    ],
)
def test_a_link_says_nothing_else_to_the_policy(work, attendee, clock, link, origin):
    clock.at = START
    with work() as uow:
        uow.session.get(RegistrationSettings, attendee.edition_id).join_url = link
    policy = attendee.get(PAGE).headers["Content-Security-Policy"]
    assert f"form-action 'self'{' ' if origin else ''}{origin};" in policy
    assert "script-src" not in policy
    assert send(attendee, f"{PAGE}/sessions/{attendee.uids[0]}").status_code == 303


@pytest.mark.sqlite
@keeps("T1", "T2", "T3")
@shows("Registration", "A calendar of one's own holds a personal address to join, counted, which ends with it")
def test_a_personal_address_leads_in_in_time(app, work, attendee, clock):
    made = send(attendee, "/musiml/2026/schedule/my-calendar")
    feed = re.search(r"http://localhost(/calendars/[\w-]+\.ics)", made.text)[1]
    text = app.test_client().get(feed).text.replace("\r\n ", "")
    address = re.search(r"CONFERENCE[^\r]*:http://localhost(/join/[\w-]+/[\w.-]+)", text)[1]
    visitor = app.test_client()
    before = visitor.get(address)
    assert (before.status_code, "Not open yet" in before.text) == (200, True)
    assert "zoom.example" not in written(before)
    assert before.headers["Cache-Control"] == "no-store"
    assert send(visitor, address).status_code == 409
    clock.at = START
    looked = visitor.get(address)
    assert "alone, and counts as theirs" in looked.text
    assert JOIN not in written(looked)
    went = send(visitor, address)
    assert (went.status_code, went.headers["Location"]) == (303, JOIN)
    with work() as uow:
        (use,) = uow.session.scalars(select(JoinUse)).all()
        assert (use.person_id, use.by_calendar) == (attendee.person_id, True)
    send(attendee, "/musiml/2026/schedule/my-calendar/revocation")
    for path in (address, "/join/nothing/x"):
        assert visitor.get(path).status_code == send(visitor, path).status_code == 404


@pytest.mark.sqlite
@keeps("T2")
@shows("Registration", "Nobody is led to a session before they agree to the code of conduct as it reads now")
@pytest.mark.parametrize("why", ["conduct", "waits", "cancelled", "stranger"])
def test_only_the_registered_who_agreed_get_in(app, work, attendee, clock, why):
    clock.at = START
    client = attendee
    with work() as uow:
        row = uow.session.execute(select(Registration)).scalar_one()
        if why == "conduct":
            uow.session.get(Edition, attendee.edition_id).code_of_conduct_version += 1
        elif why == "waits":
            row.state, row.waits_for_id, row.line_number = State.WAITLISTED, row.kind_id, 1
        elif why == "cancelled":
            row.state = State.CANCELLED
        else:
            client = client_for(app, uow, make_person(uow))
    answer = client.get(PAGE)
    assert ("The code of conduct comes first" if why == "conduct" else "Register first") in answer.text
    assert "zoom.example" not in written(answer)
    assert send(client, f"{PAGE}/sessions/{attendee.uids[0]}").status_code == 404


@pytest.mark.sqlite
def test_without_a_schedule_the_edition_has_one_door(app, work, clock):
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow)
        make_join_link(uow, edition)
        uow.session.get(RegistrationSettings, edition.id).join_minutes = 60
        make_registration(uow, edition, make_kind(uow, edition), person)
        clock.at = edition.starts_at - timedelta(minutes=60)
    with work() as uow:
        client = client_for(app, uow, person)
        organiser = make_person(uow)
        join_team(uow, edition, organiser, Role.ORGANISER)
        owner = client_for(app, uow, organiser)
    assert send(client, PAGE).headers["Location"] == JOIN
    send(client, PAGE)
    text = owner.get("/musiml/2026/organise/schedule/joined").text
    assert re.search(r'data-label="People">1<.*data-label="Times">2<', text, re.DOTALL)
    assert client.get("/musiml/2026/organise/schedule/joined").status_code == 404
