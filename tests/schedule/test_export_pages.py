"""Exports and parts of the calendar over HTTP, from the command line, and the page that offers them."""

import gzip
import html
import io
import json
import re
from datetime import timedelta

import icalendar
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from tests.commands import runner, told
from tests.factories import client_for, make_edition, make_person
from tests.queries import count_queries
from tests.registrations.factories import make_join_link
from tests.schedule.consumers import app_json, app_xml, engine_json_ld, reader_atom
from tests.schedule.factories import CHAIR, START, content, make_item, make_release
from tests.schedule.test_calendar import check_bytes
from tests.shows import shows
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.schedule import exports, queries, releasing, service
from workshop_manager.schedule.content import Named
from workshop_manager.workshops.models import Room
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import Visibility

pytestmark = pytest.mark.sqlite
BASE = "/musiml/2026/schedule"
EXPORTS = {
    "xml": "application/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "/changes.atom": "application/atom+xml; charset=utf-8",
}


def address(form):
    return f"{BASE}{form}" if form.startswith("/") else f"{BASE}.{form}"


@pytest.fixture
def released(work):
    """Two days, two rooms, two tracks; gives the edition's id, the speaker's and the uids by title."""
    with work() as uow:
        edition, speaker = make_edition(uow), make_person(uow, "Nur Aisyah", affiliation="Gadjah Mada")
        uids = {}
        for title, start, room, track in (
            ("Opening", START, "Main hall", None),
            ("Dialects", START + timedelta(hours=1), "Main hall", "Language"),
            ("Looms", START + timedelta(hours=1), "Studio", "Craft"),
            ("Closing", START + timedelta(days=1), "Studio", None),
        ):
            who = (Named("Nur Aisyah", "Gadjah Mada"),) if title == "Dialects" else ()
            made = make_item(uow, edition, title, start=start, room=room, track=track, speakers=who)
            uids[title] = made.uid
            for one in made.speakers:
                one.person_id = speaker.id
        uow.session.flush()
        make_release(uow, edition, "The first")
        return {"edition": edition.id, "speaker": speaker.id, "uids": uids}


def summaries(body):
    return [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(body).walk("VEVENT")]


@pytest.mark.parametrize("form", EXPORTS)
def test_27_28_31_an_export_is_for_everybody_and_answered_like_the_feed(app, released, database, form):
    client = app.test_client()
    with count_queries(database) as seen:
        answer = client.get(address(form))
    assert len(seen) <= 2, "one read of the snapshot, one of the releases"
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, EXPORTS[form])
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in answer.headers
    assert "Vary" in answer.headers
    tag = answer.headers["ETag"]
    for sent, status in ((tag, 304), (f"W/{tag}", 304), (f'"a", {tag}', 304), ('"a"', 200)):
        assert client.get(address(form), headers={"If-None-Match": sent}).status_code == status
    packed = client.get(address(form), headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == answer.data == client.get(address(form)).data
    head = client.head(address(form))
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(answer.data)))


def test_the_exports_say_what_was_released(app, released):
    client = app.test_client()
    names = ["Opening", "Dialects", "Looms", "Closing"]
    for form, read in (("xml", app_xml), ("json", app_json)):
        assert {one[0] for one in read(client.get(address(form)).data).values()} == set(names)
    assert [line.split(",")[5] for line in client.get(address("csv")).text.splitlines()[1:]] == names
    assert reader_atom(client.get(address("/changes.atom")).data)[0][0] == "Release 1: The first"
    assert [one["name"] for one in engine_json_ld(client.get(BASE).text)["subEvent"]] == names


@shows("Schedule", "The whole programme is one HTML file to keep that asks nothing of any other address")
def test_the_archive_holds_everything_itself(app, released):
    answer = app.test_client().get(address("html"))
    text = answer.text
    for title in ("Opening", "Dialects", "Looms", "Closing", "Nur Aisyah", "Gadjah Mada", "Friday 11 December 2026"):
        assert title in html.unescape(text)
    assert not re.findall(
        r'<(?:link(?! rel="canonical")|img|iframe|object)|<script(?! type="application/ld\+json")|@import|url\(', text
    )
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert app.test_client().get(address("html"), headers={"Accept-Language": "ar"}).data == answer.data


@shows("Schedule", "The programme can be printed as a tagged PDF")
def test_the_programme_on_paper(app, released):
    answer = app.test_client().get(address("pdf"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    found = PdfReader(io.BytesIO(answer.data))
    text = "\n".join(one.extract_text() for one in found.pages)
    for part in ("Friday 11 December 2026", "08:30", "Dialects", "Nur Aisyah (Gadjah Mada)", "Studio", "Release 1"):
        assert part in text
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert app.test_client().get(address("pdf"), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


PARTS = {
    "/day/2026-12-11": (["Opening", "Dialects", "Looms"], "Friday 11 December 2026"),
    "/day/2026-12-12": (["Closing"], "Saturday 12 December 2026"),
    "/day/2026-12-13": ([], "Sunday 13 December 2026"),
    "/room/main-hall": (["Opening", "Dialects"], "room Main hall"),
    "/room/gone": ([], "room gone"),
    "/track/craft": (["Looms"], "track Craft"),
}


@shows("Schedule", "A day, a room and a track are calendars of their own, each with its own name")
def test_33_parts_hold_the_same_events_under_names_of_their_own(app, released):
    client = app.test_client()
    whole = client.get(f"{BASE}.ics").data
    names = set()
    for path, (titles, name) in PARTS.items():
        answer = client.get(f"{BASE}{path}.ics")
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        check_bytes(answer.data)
        assert summaries(answer.data) == titles
        calendar = icalendar.Calendar.from_ical(answer.data)
        assert calendar["NAME"] == calendar["X-WR-CALNAME"]
        assert str(calendar["NAME"]).endswith(f": {name}")
        names.add(str(calendar["NAME"]))
        for event in re.findall(rb"BEGIN:VEVENT.*?END:VEVENT\r\n", answer.data, re.DOTALL):
            assert event in whole
        assert client.get(f"{BASE}{path}.ics", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert len(names) == len(PARTS)
    for path in ("/day/today", "/room/Main%20hall", "/track/..", "/starred/zz"):
        assert client.get(f"{BASE}{path}.ics").status_code == 404


@shows("Schedule", "A calendar of what one starred needs no account: its short address says it all")
def test_a_starred_calendar_follows_what_was_chosen(app, work, released, database):
    client = app.test_client()
    stars = exports.stars_of([released["uids"]["Looms"], released["uids"]["Closing"]])
    path = f"{BASE}/starred/{stars}.ics"
    with count_queries(database) as seen:
        first = client.get(path)
    assert len(seen) == 1
    assert summaries(first.data) == ["Looms", "Closing"]
    with work() as uow:
        edition = get_edition(uow.session, released["edition"])
        service.edit(uow, edition, CHAIR, *_item(uow, edition, "Looms"), content("Warps", 70, room="Studio"))
        make_release(uow, edition)
    again = client.get(path)
    assert summaries(again.data) == ["Warps", "Closing"]
    assert again.headers["ETag"] != first.headers["ETag"]


def _item(uow, edition, title):
    found = next(row.item for row in queries.draft_rows(uow.session, edition.id) if row.item.title == title)
    return found.id, found.version


def test_before_the_first_release_parts_are_empty_and_exports_are_not_there(app, work):
    with work() as uow:
        make_item(uow, make_edition(uow), "Secret keynote")
    client = app.test_client()
    for path in ("/day/2026-12-11.ics", "/room/x.ics", "/track/x.ics", "/starred/aaaa.ics"):
        answer = client.get(f"{BASE}{path}")
        assert (answer.status_code, summaries(answer.data)) == (200, [])
        check_bytes(answer.data)
    for form in ("xml", "json", "csv", "html", "pdf"):
        assert client.get(address(form)).status_code == 404
    assert reader_atom(client.get(address("/changes.atom")).data) == []
    assert b"Secret" not in client.get(f"{BASE}/subscribe").data


def test_a_draft_edition_has_none_of_them_for_anybody(app, work, released):
    with work() as uow:
        get_edition(uow.session, released["edition"]).visibility = Visibility.DRAFT
    for path in [*map(address, EXPORTS), f"{BASE}/day/2026-12-11.ics", f"{BASE}/subscribe", address("pdf")]:
        assert app.test_client().get(path).status_code == 404


def test_15_44_an_edition_called_off_says_so_in_parts_page_and_table(app, work, released):
    with work() as uow:
        edition = get_edition(uow.session, released["edition"])
        edition.cancelled_at = edition.cancel_changed_at = uow.now
        edition.cancel_revision = 1
    client = app.test_client()
    calendar = icalendar.Calendar.from_ical(client.get(f"{BASE}/room/studio.ics").data)
    assert {(str(e["STATUS"]), int(e["SEQUENCE"])) for e in calendar.walk("VEVENT")} == {("CANCELLED", 1)}
    assert app_json(client.get(address("json")).data) == {}
    assert client.get(address("csv")).text.count(",cancelled,") == 4
    assert engine_json_ld(client.get(BASE).text)["eventStatus"].endswith("EventCancelled")


@pytest.mark.parametrize("choice", [Listing.NAME_ONLY, Listing.ANONYMOUS, Listing.UNLISTED])
@shows("Schedule", "How a speaker wants to be listed holds in every export at the next look")
def test_30_a_choice_of_listing_reaches_every_format_and_changes_its_tag(app, work, released, choice):
    client = app.test_client()
    paths = [*(address(form) for form in EXPORTS if form != "/changes.atom"), f"{BASE}/room/main-hall.ics", BASE]
    before = {path: client.get(path) for path in paths}
    assert all("Nur Aisyah" in one.text for one in before.values())
    with work() as uow:
        uow.session.get_one(Person, released["speaker"]).listing = choice
        releasing.listing_changed(uow, released["speaker"])
    for path in paths:
        answer = client.get(path)
        # The formats of apps have no place for an affiliation, so nothing of theirs changes where the name stays.
        is_changed = choice is not Listing.NAME_ONLY or "Gadjah Mada" in before[path].text
        assert (answer.headers["ETag"] != before[path].headers["ETag"]) == is_changed
        assert ("Nur Aisyah" in answer.text) == (choice is Listing.NAME_ONLY)
        assert "Gadjah Mada" not in answer.text


@pytest.mark.parametrize("form", ["ics", *EXPORTS, "pdf"])
def test_34_no_link_to_join_and_no_address_of_anybody_is_in_what_is_public(app, work, released, form):
    link, address_of_team = "https://zoom.example/j/secret", "team@secret.example.org"
    with work() as uow:
        edition = get_edition(uow.session, released["edition"])
        make_join_link(uow, edition, link)
        edition.contact_email = address_of_team
        for room in uow.session.scalars(select(Room)):
            room.join_url = f"{link}/{room.id}"
        make_item(uow, edition, "Online", start=START + timedelta(days=1, hours=2), room="Studio", remote=True)
        make_release(uow, edition)
        known = uow.session.get_one(Person, released["speaker"]).email
    answer = app.test_client().get(address(form))
    text = answer.get_data().replace(b"\r\n ", b"") if form != "pdf" else _text(answer.data).encode()
    assert b"Online" in text or form == "/changes.atom"
    for secret in ("zoom.example", "CONFERENCE", address_of_team, known, "mailto:"):
        assert secret.encode() not in text


def _text(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_an_editions_new_name_is_in_every_format_at_once(app, work, released):
    client = app.test_client()
    client.get(address("json"))
    with work() as uow:
        get_edition(uow.session, released["edition"]).name = "Renamed"
    assert json.loads(client.get(address("json")).data)["schedule"]["conference"]["title"] == "Renamed"
    assert b"X-WR-CALNAME:Renamed: room Studio" in client.get(f"{BASE}/room/studio.ics").data


# -- the page --------------------------------------------------------------------------------------------------------


@shows("Schedule", "One page offers every calendar for the common programs, with a QR code and how soon changes arrive")
def test_32_33_the_page_offers_https_webcal_a_code_and_the_truth(app, released):
    text = app.test_client().get(f"{BASE}/subscribe").text
    base = app.extensions["platform"].settings.base_url
    whole = f"{base}{BASE}.ics"
    for found in (whole, whole.replace("http://", "webcal://").replace("https://", "webcal://"), "calendar.google.com",
                  "outlook.live.com", "outlook.office.com", "<svg", "about once a day", "schedule.pdf"):  # fmt: skip
        assert found in text
    assert 'value="day.2026-12-12"' in text
    assert 'value="room.studio"' in text
    assert 'value="track.craft"' in text


def test_the_page_tells_the_address_of_what_was_chosen(app, released):
    client = app.test_client()
    assert f"{BASE}/room/studio.ics" in client.get(f"{BASE}/subscribe?of=room.studio").text
    stars = sorted(exports.star_of(released["uids"][title]) for title in ("Looms", "Closing"))
    text = client.get(f"{BASE}/subscribe?star={stars[1]}&star={stars[0]}&star=zzzz").text
    assert f"{BASE}/starred/{''.join(stars)}.ics" in text
    assert len(re.findall(r"checked", text)) == 2
    for odd in ("?of=room.gone", "?of=", "?star=zzzz", "?of=feed.x"):
        answer = client.get(f"{BASE}/subscribe{odd}")
        assert answer.status_code == 200
        assert f"{BASE}.ics" in answer.text
    assert "Nothing was chosen" in client.get(f"{BASE}/subscribe?star=zzzz").text


def test_the_page_costs_few_queries(app, work, released, database):
    with work() as uow:
        client = client_for(app, uow, make_person(uow))
    client.get(f"{BASE}/subscribe")
    with count_queries(database) as seen:
        client.get(f"{BASE}/subscribe")
    assert len(seen) <= 8


# -- the command -----------------------------------------------------------------------------------------------------


@shows("Schedule", "A release or the draft is written to a file in every format from the command line")
def test_the_command_writes_a_release_an_earlier_one_or_the_draft(app, work, released, monkeypatch, tmp_path):
    run = runner(app, monkeypatch)
    with work() as uow:
        edition = get_edition(uow.session, released["edition"])
        make_item(uow, edition, "Second thoughts", start=START + timedelta(days=1, hours=1))
        make_release(uow, edition)
        make_item(uow, edition, "Only drafted", start=START + timedelta(days=1, hours=2))

    def written(form, *more):
        file = tmp_path / f"out.{form}"
        said = told(run("schedule", "export", "musiml/2026", "--format", form, "-o", str(file), "--json", *more))
        return said, file.read_bytes()

    for form, extra, number in (("json", (), 5), ("json", ("--draft",), 6), ("json", ("--release", "1"), 4)):
        said, body = written(form, *extra)
        assert len(app_json(body)) == said["counts"]["items"] == number
    assert written("json", "--draft")[0]["version"] == "Draft"
    client = app.test_client()
    for form in ("xml", "csv", "html"):
        assert written(form)[1] == client.get(address(form)).data
    assert written("ics")[1] == client.get(f"{BASE}.ics").data
    refused = told(run("schedule", "export", "musiml/2026", "--format", "csv", "--release", "9", "--json"))
    assert "There is no release 9" in refused["problems"][0]["sentence"]


def test_nothing_to_export_before_a_release_but_the_draft(app, work, monkeypatch, tmp_path):
    with work() as uow:
        make_item(uow, make_edition(uow))
    run = runner(app, monkeypatch)
    words = ("schedule", "export", "musiml/2026", "--format", "xml", "-o", str(tmp_path / "x.xml"), "--json")
    assert "released yet" in told(run(*words))["problems"][0]["sentence"]
    assert told(run(*words, "--draft"))["counts"]["items"] == 1
