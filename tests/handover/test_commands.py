"""Bulk acts on registrations as commands: the dry run tells the same and does nothing."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.commands import runner, told
from tests.factories import make_person
from tests.registrations.factories import make_kind, make_registration
from tests.registrations.test_pages import House
from tests.shows import shows
from workshop_manager.core.deadlines import Deadline
from workshop_manager.handover import lists
from workshop_manager.handover.lists import Listed
from workshop_manager.registrations import hosting
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State

pytestmark = pytest.mark.sqlite
EDITION = "musiml/2026"


class _Desk:
    """Amal and Bo sit in the room for two, Chidi waits for it, Dewi asks for a kind that needs approval."""

    def __init__(self, app: Any, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house, self.work = House(app, work), work
        with work() as uow:
            edition = self.house.edition
            self.room = make_kind(uow, edition, "Hall", 2, needs_host=True)
            self.speakers = make_kind(uow, edition, "Speakers", 1, needs_approval=True)
            self.ids, self.mails = {}, {}
            for name in ("Amal", "Bo", "Chidi", "Dewi"):
                person = make_person(uow, name)
                waits, asks = name == "Chidi", name == "Dewi"
                kind = self.speakers if asks else self.room
                state = State.REQUESTED if asks else State.WAITLISTED if waits else State.REGISTERED
                more = {"waits_for": self.room} if waits else {"asks_for": self.speakers} if asks else {}
                row = make_registration(uow, edition, kind, person, state, **more)
                self.ids[name], self.mails[name] = row.id, person.email
        run = runner(app, monkeypatch)
        self.run = lambda name, *words: told(run("registrations", name, EDITION, *words, "--json"))
        self.text = lambda *words: run("registrations", *words)

    def states(self) -> dict[str, tuple[State, int]]:
        with self.work() as uow:
            rows = {name: uow.session.get_one(Registration, one) for name, one in self.ids.items()}
            return {name: (row.state, row.kind_id) for name, row in rows.items()}


@pytest.fixture
def desk(app: Any, work: Any, monkeypatch: pytest.MonkeyPatch) -> _Desk:
    return _Desk(app, work, monkeypatch)


@shows("Registration", "Answering requests, cancelling and moving several people are commands too, with a dry run")
def test_requests_moves_and_cancellations(desk: _Desk) -> None:
    before = desk.states()
    asked = desk.run("answer", "--yes", "--person", desk.mails["Dewi"], "--person", "x@y.example", "--dry-run")
    assert (asked["counts"]["seats"], asked["counts"]["mails"], asked["done"]) == (1, 1, False)
    assert "x@y.example" in asked["notes"][0]
    assert desk.states() == before
    assert desk.run("answer", "--yes")["counts"]["seats"] == 1
    assert desk.states()["Dewi"] == (State.REGISTERED, desk.speakers.id)
    moved = desk.run("move", "--to", "Hall", "--kind", "Speakers")
    assert (moved["counts"]["people"], len(moved["notes"])) == (0, 1)
    assert desk.run("cancel", "--reason", "x")["problems"]
    gone = desk.run("cancel", "--reason", "The hall is smaller", "--kind", "Hall", "--state", "seat")
    assert {one["to"] for one in gone["items"]} == {desk.mails["Amal"], desk.mails["Bo"]}
    assert desk.states()["Amal"][0] is State.CANCELLED
    assert desk.states()["Chidi"][0] is State.REGISTERED


@shows("Registration", "The host's list and reminders about it are commands too, with a dry run and as JSON")
def test_the_hosts_list_and_reminders(desk: _Desk, tmp_path: Path) -> None:
    file = tmp_path / "host.csv"
    file.write_text(f"No,Mail\n1,{desk.mails['Amal']}\n2,nobody@elsewhere.example\n")
    found = desk.run("host-check", str(file), "--dry-run")
    assert (found["counts"]["people"], found["counts"]["absent"]) == (1, 1)
    assert any("nobody@elsewhere.example" in note for note in found["notes"])
    assert desk.run("host-check", str(file))["counts"]["people"] == 1
    assert desk.run("host-check", str(file))["counts"]["people"] == 0
    reminded = desk.run("host-remind")
    assert [one["to"] for one in reminded["mails"]] == [desk.mails["Bo"]]


def test_what_a_page_refuses_a_command_refuses_too(desk: _Desk, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    for body, subject in (
        (b"", "News"),
        (b"Dear", " "),
        (b"Dear", "x" * 301),
        (b"\xff\xfe", "News"),
        (b"x" * 10_001, "x"),
    ):
        text.write_bytes(body)
        assert desk.run("mail", "--subject", subject, "--text", str(text))["problems"]
    assert desk.run("cancel", "--reason", " ", "--kind", "Hall")["problems"]
    text.write_text("nobody\n" * (hosting.MOST_LINES + 1))
    assert desk.run("host-check", str(text))["problems"], "nobody is left out silently"


def test_lists_of_one_name_end_together(desk: _Desk) -> None:
    with desk.work(desk.house.owner) as uow:
        until = Deadline(uow.now + timedelta(days=1), "UTC")
        for address in ("a@example.org", "b@example.org"):
            lists.set_aside(uow, desk.house.edition, "Lab", until, [Listed(address, "", desk.house.afar.id)])
    assert desk.run("end-list", "Lab")["counts"] == {"seats": 2, "lists": 2, "mails": 0}


def test_the_list_as_a_sheet_of_excel(desk: _Desk, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    assert desk.text("export", EDITION, "--format", "xlsx", "-o", str(file)).exit_code == 0
    assert load_workbook(io.BytesIO(file.read_bytes())).active.max_row == 5


def test_an_edition_is_cancelled_and_put_on_again(app: Any, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(app, work)
    house.registered(house.person, kind=house.afar)
    run = runner(app, monkeypatch)
    words = (EDITION, "--reason", "No venue", "--json")
    foreseen = told(run("editions", "cancel", *words, "--dry-run"))
    done = told(run("editions", "cancel", *words))
    assert foreseen["counts"] == done["counts"]
    assert done["counts"]["mails"] == done["counts"]["people"] > 0
    assert told(run("editions", "cancel", *words))["problems"]
    assert told(run("editions", "reinstate", EDITION, "--json"))["counts"] == done["counts"]
