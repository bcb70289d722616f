"""The public calendar over HTTP: conditional requests, compression, identity; read by other people's readers."""

import gzip
import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import icalendar
import pytest
import recurring_ical_events

from tests.factories import client_for, join_team, make_date, make_edition, make_person
from tests.queries import count_queries
from tests.schedule.consumers import app_json
from tests.schedule.factories import CHAIR, content, make_item, make_release
from tests.schedule.readers import vobject_calendar
from tests.shows import keeps, shows
from workshop_manager.core.deadlines import Deadline
from workshop_manager.schedule import service
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.service import EditionSettings, move_date, save_settings, set_colour
from workshop_manager.workshops.states import DateKey, Role, Visibility
from workshop_manager.workshops.states import Kind as EditionKind

FEED = "/musiml/2026/schedule.ics"
DAY = date(2026, 12, 11)


@pytest.fixture
def released(work):
    """An edition with two released items; gives their ids by title and the edition's."""
    with work() as uow:
        edition = make_edition(uow)
        ids = {"edition": edition.id}
        for title, minutes in (("Opening", 0), ("Red Teaming", 30)):
            ids[title] = make_item(uow, edition, title, minutes).id
        make_release(uow, edition)
    return ids


def change(work, released, which, **values):
    """Edit one item and release."""
    with work() as uow:
        edition = get_edition(uow.session, released["edition"])
        item = service.get_item(uow, edition, released[which])
        known = {"start": item.starts_at, "title": which} | values
        name = known.pop("title")
        service.edit(uow, edition, CHAIR, item.id, item.version, content(name, **known))
        make_release(uow, edition)


def read(body):
    """What icalendar makes of the feed: by title (start, sequence, status, uid)."""
    found = {}
    for event in icalendar.Calendar.from_ical(body).walk("VEVENT"):
        start = event["DTSTART"].dt
        start = start.astimezone(UTC) if isinstance(start, datetime) else start
        found[str(event["SUMMARY"])] = (start, int(event["SEQUENCE"]), str(event["STATUS"]), str(event["UID"]))
    return found


def agreed(body):
    """The same three facts as three readers see them; they must agree."""
    mine = {title: start for title, (start, *_rest) in read(body).items()}
    theirs = {event.summary.value: event.dtstart.value.astimezone(UTC) for event in vobject_calendar(body).vevent_list}
    on_the_day = {
        str(event["SUMMARY"]): event["DTSTART"].dt.astimezone(UTC)
        for event in recurring_ical_events.of(icalendar.Calendar.from_ical(body)).at(DAY)
    }
    assert mine == theirs == on_the_day
    return mine


def test_27_32_33_it_is_a_calendar_for_everybody_without_cookie_or_attachment(app, released):
    answer = app.test_client().get(FEED)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers
    assert "Content-Disposition" not in answer.headers
    assert list(agreed(answer.data)) == ["Opening", "Red Teaming"]
    calendar = icalendar.Calendar.from_ical(answer.data)
    for name in ("NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "COLOR", "PRODID", "VERSION"):
        assert name in calendar
    assert "METHOD" not in calendar


@shows(
    "Schedule",
    "schedule.ics keeps each UID, raises SEQUENCE on a change, and says STATUS:CANCELLED for what was dropped",
)
def test_11_13_15_a_move_a_new_title_and_a_cancellation_arrive_in_every_reader(app, work, clock, released):
    client = app.test_client()
    before = client.get(FEED)
    start, _sequence, _status, uid = read(before.data)["Opening"]
    clock.at += timedelta(hours=1)
    change(work, released, "Opening", start=start + timedelta(minutes=10), length=20)
    moved = client.get(FEED)
    assert agreed(moved.data)["Opening"] == start + timedelta(minutes=10)
    assert read(moved.data)["Opening"][1:] == (1, "CONFIRMED", uid)
    assert moved.headers["ETag"] != before.headers["ETag"]
    assert moved.headers["Last-Modified"] != before.headers["Last-Modified"]
    clock.at += timedelta(hours=1)
    change(work, released, "Opening", title="Welcome", start=start + timedelta(minutes=10), length=20)
    renamed = client.get(FEED)
    assert read(renamed.data)["Welcome"][1:] == (2, "CONFIRMED", uid)
    assert "Opening" not in read(renamed.data)
    with work() as uow:
        edition = get_edition(uow.session, released["edition"])
        service.remove(uow, edition, CHAIR, released["Opening"])
        make_release(uow, edition)
    cancelled = client.get(FEED)
    agreed(cancelled.data)
    assert read(cancelled.data)["Welcome"][1:] == (3, "CANCELLED", uid)
    assert read(cancelled.data)["Red Teaming"][1] == 0


@shows("Schedule", "The feed is the same to the byte while nothing changed")
def test_14_the_same_schedule_is_the_same_bytes_whenever_it_is_asked(app, released, clock):
    client = app.test_client()
    first = client.get(FEED)
    clock.at += timedelta(days=3)
    second = client.get(FEED)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Last-Modified"] == second.headers["Last-Modified"]


def conditions(tag, modified):
    """What clients send, and what they get."""
    bare = tag.strip('"')
    later, earlier = (
        format_datetime(datetime.fromtimestamp(modified.timestamp() + by, UTC), usegmt=True) for by in (60, -60)
    )
    exact = format_datetime(modified, usegmt=True)
    return [
        ({}, 200),
        ({"If-None-Match": f'"{bare}"'}, 304),
        ({"If-None-Match": f'W/"{bare}"'}, 304),
        ({"If-None-Match": f'"other", W/"{bare}", "third"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": bare}, 200),
        ({"If-None-Match": '"'}, 200),
        ({"If-Modified-Since": exact}, 304),
        ({"If-Modified-Since": later}, 304),
        ({"If-Modified-Since": earlier}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Modified-Since": "Mon, 99 Foo 2026 00:00:00 GMT"}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": later}, 200),
        ({"If-None-Match": "rubbish", "If-Modified-Since": later}, 200),
        ({"If-None-Match": f'"{bare}"', "If-Modified-Since": earlier}, 304),
    ]


@shows("Schedule", "ETag and Last-Modified are answered with 304 when nothing changed")
@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_28_29_31_whoever_has_it_already_gets_304(app, released, clock, method, encoding):
    client = app.test_client()
    tag = client.get(FEED).headers["ETag"]
    modified = clock.at
    whole = client.get(FEED).data
    for sent, status in conditions(tag, modified):
        answer = getattr(client, method)(FEED, headers=sent | ({"Accept-Encoding": encoding} if encoding else {}))
        assert answer.status_code == status, sent
        assert answer.headers["ETag"].endswith(tag)
        assert answer.headers["Vary"] == "Accept-Encoding"
        if status == 200:
            assert answer.headers["Last-Modified"] == format_datetime(modified, usegmt=True)
        if status == 304 or method == "head":
            assert answer.data == b""
        else:
            assert (gzip.decompress(answer.data) if encoding else answer.data) == whole


@shows("Schedule", "The feed is sent compressed to whoever takes gzip")
def test_31_compressed_is_the_same_in_fewer_bytes(app, released):
    client = app.test_client()
    plain, small = client.get(FEED), client.get(FEED, headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert "Content-Encoding" not in client.get(FEED, headers={"Accept-Encoding": "gzip;q=0"}).headers
    head = client.head(FEED)
    assert head.headers["Content-Length"] == str(len(plain.data))
    assert {k: v for k, v in head.headers.items() if k != "Date"} == {
        k: v for k, v in plain.headers.items() if k != "Date"
    }


@keeps("A13")
def test_6_before_the_first_release_the_feed_is_valid_empty_and_stable(app, work, clock):
    with work() as uow:
        make_item(uow, make_edition(uow), "Secret keynote")
    client = app.test_client()
    first = client.get(FEED)
    clock.at += timedelta(hours=2)
    assert first.status_code == 200
    assert read(first.data) == {}
    assert len(vobject_calendar(first.data).contents.get("vevent", [])) == 0
    assert client.get(FEED).data == first.data
    assert client.get(FEED, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert b"Secret" not in first.data


@keeps("A13")
def test_nothing_of_the_draft_is_in_the_feed_after_a_release(app, work, released):
    with work() as uow:
        make_item(uow, get_edition(uow.session, released["edition"]), "Secret keynote", 120)
    assert b"Secret" not in app.test_client().get(FEED).data


def test_16_27_a_draft_edition_has_no_feed_for_anybody_and_nobody_is_sent_to_sign_in(app, work):
    with work() as uow:
        edition, owner = make_edition(uow, visibility=Visibility.DRAFT), make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        make_item(uow, edition)
        make_release(uow, edition)
        client = client_for(app, uow, owner)
    for who in (app.test_client(), client):
        for path in (FEED, "/musiml/2026/deadlines.ics", "/musiml/none/schedule.ics", "/none/2026/schedule.ics"):
            assert who.get(path).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"x"'}, {"Accept-Encoding": "gzip"}])
def test_it_costs_one_query_and_no_look_at_who_asks(app, work, released, database, headers):
    with work() as uow:
        client = client_for(app, uow, make_person(uow))
    with count_queries(database) as seen:
        assert client.get(FEED, headers=headers).status_code == 200
    assert len(seen) == 1
    tag = client.get(FEED).headers["ETag"]
    with count_queries(database) as seen:
        assert client.get(FEED, headers={"If-None-Match": tag}).status_code == 304
    assert len(seen) == 1


@shows("Schedule", "The dates of the call are a calendar of their own")
def test_25_deadlines_are_moments_in_the_zone_they_were_announced_in(app, work):
    due = datetime(2026, 10, 7, 11, 59, tzinfo=UTC)
    with work() as uow:
        edition = make_edition(uow)
        make_date(uow, edition, DateKey.ABSTRACTS_DUE, due, label="Abstracts due")
    client = app.test_client()
    answer = client.get("/musiml/2026/deadlines.ics")
    assert read(answer.data)["Abstracts due (23:59 AoE)"][0] == due
    assert b"Etc/GMT+12" in answer.data
    assert b"GMT-12" not in answer.data
    again = client.get("/musiml/2026/deadlines.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/musiml/2026/deadlines.ics", headers={"Accept-Language": "ar"}).data == answer.data


DUE = datetime(2026, 9, 23, 11, 59, tzinfo=UTC)


def test_29_a_slip_that_was_mended_reaches_programs_that_ask_by_date(app, work):
    with work() as uow:
        edition = make_edition(uow)
        date = make_date(uow, edition, DateKey.ABSTRACTS_DUE, DUE, label="Abstracts due")
    first = app.test_client().get("/musiml/2026/deadlines.ics")
    asked = {"If-Modified-Since": first.headers.get("Last-Modified", "Tue, 01 Jan 2030 00:00:00 GMT")}
    with work() as uow:
        edition = get_edition(uow.session, date.edition_id)
        uow.actor = make_person(uow)
        join_team(uow, edition, uow.actor, Role.OWNER)
        moved = Deadline(DUE + timedelta(days=1), date.zone)
        move_date(uow, edition, date.id, date.label, moved, mends_slip=True)
    again = app.test_client().get("/musiml/2026/deadlines.ics", headers=asked)
    assert again.status_code == 200
    due, sequence, *_rest = read(again.data)["Abstracts due (23:59 AoE)"]
    assert (due, sequence) == (DUE + timedelta(days=1), 1), "calendars follow a higher SEQUENCE only"


@shows("Schedule", "The calendar of deadlines holds the event itself too, as whole days where it takes place")
def test_24_the_event_is_there_as_whole_days_with_an_exclusive_end(app, work):
    with work() as uow:
        edition = make_edition(uow)
        begin, zone = datetime(2026, 12, 11, 23, tzinfo=UTC), edition.time_zone
        # From 17:00 on Friday until midnight of Saturday in Chicago: two days, and none of the third.
        edition.starts_at, edition.ends_at = begin, datetime(2026, 12, 13, 6, tzinfo=UTC)
        assert zone == "America/Chicago"
    answer = app.test_client().get("/musiml/2026/deadlines.ics")
    [event] = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 12, 11), date(2026, 12, 13))
    assert b"DTSTART;VALUE=DATE:20261211\r\nDTEND;VALUE=DATE:20261213\r\n" in answer.data
    [seen] = vobject_calendar(answer.data).vevent_list
    assert (seen.dtstart.value, seen.dtend.value) == (date(2026, 12, 11), date(2026, 12, 13))
    days = recurring_ical_events.of(icalendar.Calendar.from_ical(answer.data))
    assert [len(days.at(date(2026, 12, day))) for day in (10, 11, 12, 13)] == [0, 1, 1, 0]
    sequence = int(event["SEQUENCE"])
    with work() as uow:
        found = get_edition(uow.session, edition.id)
        found.ends_at, found.version = found.ends_at + timedelta(days=1), found.version + 1
    [later] = icalendar.Calendar.from_ical(app.test_client().get("/musiml/2026/deadlines.ics").data).walk("VEVENT")
    assert (later["DTEND"].dt, int(later["SEQUENCE"])) == (date(2026, 12, 14), sequence + 1)
    assert later["UID"] == event["UID"]


def test_6_a_series_without_dates_has_an_empty_calendar_of_deadlines(app, work):
    with work() as uow:
        make_edition(uow, kind=EditionKind.MEETUP)
    answer = app.test_client().get("/musiml/2026/deadlines.ics")
    assert (answer.status_code, read(answer.data)) == (200, {})


def test_29_two_changes_within_one_second_do_not_look_like_one(app, work, released):
    client = app.test_client()
    first = client.get(FEED).headers["Last-Modified"]
    change(work, released, "Opening", title="Welcome")
    answer = client.get(FEED, headers={"If-Modified-Since": first})
    assert answer.status_code == 200
    assert b"Welcome" in answer.data


def test_31_34_exports_and_parts_read_alike_on_every_database(app, work, released):
    client = app.test_client()
    seen = app_json(client.get("/musiml/2026/schedule.json").data)
    assert [one[0] for one in seen.values()] == ["Opening", "Red Teaming"] == list(read(client.get(FEED).data))
    assert list(read(client.get("/musiml/2026/schedule/day/2026-12-11.ics").data)) == ["Opening", "Red Teaming"]
    assert client.get("/musiml/2026/schedule/subscribe").status_code == 200


def test_30_33_a_new_name_and_colour_of_the_edition_reach_the_calendar_without_a_release(app, work, clock, released):
    client = app.test_client()
    before = client.get(FEED)
    clock.at += timedelta(minutes=1)
    with work() as uow:
        edition = get_edition(uow.session, released["edition"])
        uow.actor = make_person(uow)
        join_team(uow, edition, uow.actor, Role.OWNER)
        set_colour(uow, edition, "#008080")
        wanted = EditionSettings(**{f.name: getattr(edition, f.name) for f in fields(EditionSettings)})
        save_settings(uow, edition, replace(wanted, name="Looms 2026"), edition.version)
    after = client.get(FEED, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert b"X-WR-CALNAME:Looms 2026\r\n" in after.data
    assert b"COLOR:teal\r\n" in after.data
    assert after.headers["Last-Modified"] != before.headers["Last-Modified"]
    assert re.findall(rb"BEGIN:VEVENT.*?END:VEVENT", after.data, re.DOTALL) == re.findall(
        rb"BEGIN:VEVENT.*?END:VEVENT", before.data, re.DOTALL
    )
