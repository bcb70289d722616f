"""The door's pages, and what its devices fetch and send."""

import json
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.door.factories import BASE, Door
from tests.factories import client_for, join_team, make_person, send
from tests.queries import count_queries
from tests.shows import shows
from workshop_manager.door import service
from workshop_manager.door.devices import code_digest
from workshop_manager.workshops.states import Role


@pytest.fixture
def door(app: Any, work: Any, clock: Any) -> Door:
    return Door(app, work, clock)


def _page(client: Any, path: str, status: int = 200) -> Any:
    answer = client.get(path)
    assert answer.status_code == status
    return BeautifulSoup(answer.data, "html.parser")


def _sync(door: Door, scans: Any, now: int = 1_000_000, client: Any = None) -> Any:
    return send(client or door.client, f"{BASE}/scans", {"now": str(now), "scans": json.dumps(scans)})


@shows("At the door", "Somebody is checked in by code or by name without a camera and without JavaScript")
def test_a_code_is_typed_and_a_name_is_searched(door: Door):
    guest, other = door.guest("Nur Aisyah", pronouns="she/her", affiliation="ITB", needs="A chair"), door.guest("Li")
    answer = send(door.client, f"{BASE}/arrivals", {"typed": guest.ticket_code.lower(), "place": "Main door"})
    shown = _page(door.client, answer.location)
    card = shown.select_one("#door-answer .door-ok")
    assert "Come in" in card.text
    assert "Nur Aisyah" in card.text
    assert "she/her" in card.text
    assert shown.select_one("input[name=place]")["value"] == "Main door"
    assert "ITB" not in shown.text
    assert "A chair" not in shown.text
    answer = send(door.client, f"{BASE}/arrivals", {"typed": "li"})
    found = _page(door.client, answer.location)
    assert [one.text for one in found.select("#door-found .name")] == ["Li"]
    answer = send(door.client, f"{BASE}/arrivals", {"registration": str(other.id)})
    assert "Come in" in _page(door.client, answer.location).select_one("#door-answer").text
    answer = send(door.desk, f"{BASE}/arrivals", {"typed": guest.ticket_code})
    twice = _page(door.desk, answer.location).select_one("#door-answer .door-wait").text
    assert "In since 08:30" in twice
    assert "Bilal" in twice
    assert "Main door" in twice
    assert "Nur Aisyah" in twice


def test_a_camera_is_allowed_on_this_page_only(door: Door):
    assert "camera=(self)" in door.client.get(BASE).headers["Permissions-Policy"]
    assert "camera=()" in door.client.get(f"{BASE}/board").headers["Permissions-Policy"]
    assert "unsafe" not in door.client.get(BASE).headers["Content-Security-Policy"]


@shows("At the door", "A phone holds names, pronouns, kinds and digests of codes, and nothing else about anybody")
def test_the_list_for_a_device_says_no_more_than_a_door_needs(door: Door):
    guest = door.guest("Nur Aisyah", pronouns="she/her", affiliation="ITB", needs="A chair", diet=["halal"])
    answer = door.client.get(f"{BASE}/people.json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["people"] == [
        {
            "id": guest.id,
            "code": code_digest(door.edition.id, guest.ticket_code),
            "name": "Nur Aisyah",
            "pronouns": "she/her",
            "seat": "In person",
            "verdict": "in",
            "since": "",
        }
    ]
    assert guest.ticket_code not in answer.text
    assert answer.json["viewer"] != door.desk.get(f"{BASE}/people.json").json["viewer"]
    worker = door.client.get(f"{BASE}/worker.js")
    assert (worker.headers["Service-Worker-Allowed"], worker.mimetype) == (BASE, "text/javascript")


@shows("At the door", "Tickets scanned without a network are sent later with the time they were held up")
def test_a_device_sends_what_it_scanned_offline(door: Door):
    guest, other = door.guest("Nur Aisyah"), door.guest("Li")
    door.clock.at = door.start + timedelta(hours=1)
    scans = [
        {"key": "k" * 24, "at": 400_000, "code": guest.ticket_code, "device": "Main door"},
        {"key": "l" * 24, "at": 940_000, "id": other.id},
        {"key": "m" * 24, "at": 940_000, "code": "rubbish"},
        {"key": "n" * 24, "at": "never", "id": True},
        {"key": "short", "code": guest.ticket_code},
        "nothing",
    ]
    for _attempt in range(2):
        answer = _sync(door, scans)
        got = {one["key"][0]: (one["verdict"], one["name"]) for one in answer.json["results"]}
        assert got == {"k": ("in", "Nur Aisyah"), "l": ("in", "Li"), "m": ("unknown", "")}
        assert answer.json["dropped"] == ["n" * 24]
    shown = _page(door.client, f"{BASE}/people/{guest.id}")
    assert "In since 09:20, by Bilal" in shown.text.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    "sent", ["", "{", "[" * 5000, "null", '{"key": 1}', '[{"key": "' + "k" * 20 + '", "at": 1e400}]']
)
def test_rubbish_from_a_device_is_harmless(door: Door, sent: str):
    answer = send(door.client, f"{BASE}/scans", {"now": "x", "scans": sent})
    assert (answer.status_code, answer.json["results"]) == (200, [])


@shows("At the door", "The board shows arrivals by kind and over time, and codes that were shown twice")
def test_the_board_counts_and_names_what_is_doubtful(door: Door):
    guests = [door.guest(f"Guest {number}") for number in range(3)]
    for minutes, guest in ((0, guests[0]), (20, guests[1]), (40, guests[0])):
        with door.work(door.helper) as uow:
            service.check_in(uow, door.edition, door.held(guest, minutes))
    shown = _page(door.desk, f"{BASE}/board")
    assert "2 of 3" in shown.select_one(".quotas").text
    assert [[cell.text for cell in row.select("th, .num")] for row in shown.select(".door-times tbody tr")] == [
        ["08:30–08:45", "1", "1"],
        ["08:45–09:00", "1", "2"],
    ]
    twice = shown.find("section", {"aria-labelledby": "twice-h"}).text
    assert "Guest 0" in twice
    assert "09:10" in twice
    assert "Guest 1" not in twice


def test_an_arrival_is_undone_on_the_persons_page(door: Door):
    guest = door.guest()
    send(door.client, f"{BASE}/arrivals", {"registration": str(guest.id)})
    form = _page(door.client, f"{BASE}/people/{guest.id}").find("form", action=lambda a: a and a.endswith("/removal"))
    assert send(door.client, form["action"]).location == f"{BASE}/people/{guest.id}"
    assert "have not come in" in _page(door.client, f"{BASE}/people/{guest.id}").text


def test_things_are_handed_out_on_the_persons_page(door: Door):
    guest = door.guest()
    assert send(door.desk, f"{BASE}/items", {"name": ""}).status_code == 422
    assert send(door.client, f"{BASE}/items", {"name": "Badge"}).status_code == 404
    assert send(door.desk, f"{BASE}/items", {"name": "Badge"}).status_code == 303
    assert "already" in send(door.desk, f"{BASE}/items", {"name": "Badge"}).text
    form = _page(door.client, f"{BASE}/people/{guest.id}").find("form", action=lambda a: a and "/items/" in a)
    assert send(door.client, form["action"]).status_code == 303
    assert send(door.client, form["action"]).status_code == 409
    assert "1 person has got it" in _page(door.client, f"{BASE}/items").text


def test_the_pages_are_for_the_front_desk_and_organisers(door: Door):
    guest = door.guest()
    with door.work() as uow:
        reviewer, chair = make_person(uow), make_person(uow)
        join_team(uow, door.edition, reviewer, Role.REVIEWER)
        join_team(uow, door.edition, chair, Role.PROGRAMME_CHAIR)
        clients = [client_for(door.app, uow, one) for one in (reviewer, chair)]
    for client in clients:
        for path in ("", "/people.json", "/board", "/items", f"/people/{guest.id}"):
            assert client.get(f"{BASE}{path}").status_code == 404
        assert _sync(door, [], client=client).status_code == 404


def test_pages_ask_no_more_for_many(door: Door, database: Any):
    for number in range(30):
        guest = door.guest(f"Guest {number}")
        with door.work(door.helper) as uow:
            service.check_in(uow, door.edition, door.held(guest, number))
            service.check_in(uow, door.edition, door.held(guest, number + 5))
    for path in (BASE, f"{BASE}?q=guest", f"{BASE}/board", f"{BASE}/people.json"):
        door.desk.get(path)
        with count_queries(database) as seen:
            assert door.desk.get(path).status_code == 200
        assert len(seen) <= 12, path
