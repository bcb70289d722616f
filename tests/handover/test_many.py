"""Several registrations at once: mails to a part of them, cancelling, another kind; lists to take along."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tests.commands import runner, told
from tests.factories import join_team, make_edition, make_person, send
from tests.registrations.factories import make_kind, make_registration
from tests.registrations.invariants import check
from tests.registrations.test_pages import DESK, House, _main
from tests.shows import shows
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.handover import mailing
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import many, segments
from workshop_manager.registrations.queries import Show
from workshop_manager.registrations.segments import Segment
from workshop_manager.registrations.states import Group, Mode, State
from workshop_manager.web.spreadsheets import workbook
from workshop_manager.workshops.states import Role

MANY = f"{DESK}/many"


class _Crowd:
    """Three in the room (one of the team, one who owes the host's registration), one who waits, one virtual."""

    def __init__(self, uow: Any) -> None:
        self.edition, self.owner = make_edition(uow), make_person(uow, "Owner")
        join_team(uow, self.edition, self.owner, Role.OWNER)
        self.room = make_kind(uow, self.edition, "In person", 2, needs_host=True)
        self.afar = make_kind(uow, self.edition, "Virtual", 2, Mode.VIRTUAL, position=1)
        names = ("Amal", "Bo", "Chidi", "Dewi")
        self.people = [make_person(uow, name) for name in names]
        kinds = (self.room, self.room, self.afar, self.room)
        states = (State.REGISTERED, State.REGISTERED, State.REGISTERED, State.WAITLISTED)
        self.rows = [
            make_registration(uow, self.edition, kind, person, state)
            for kind, person, state in zip(kinds, self.people, states, strict=True)
        ]
        self.rows[1].host_checked_at = uow.now
        join_team(uow, self.edition, self.people[0], Role.ORGANISER)
        uow.session.flush()
        uow.actor = self.owner

    def named(self, uow: Any, **wanted: Any) -> list[str]:
        return [row.badge_name for row in segments.people(uow.session, self.edition.id, Segment(**wanted))]


def test_parts_of_those_who_registered(uow: Any) -> None:
    crowd = _Crowd(uow)
    assert crowd.named(uow) == ["Amal", "Bo", "Chidi", "Dewi"]
    assert crowd.named(uow, kind_id=crowd.afar.id) == ["Chidi"]
    assert crowd.named(uow, show=Show.WAITING) == ["Dewi"]
    assert crowd.named(uow, group=Group.TEAM) == ["Amal"]
    assert crowd.named(uow, mark="owes_host") == ["Amal"]
    assert crowd.named(uow, mark="arrived") == []
    assert crowd.named(uow, mark="not_arrived") == ["Amal", "Bo", "Chidi", "Dewi"]


@shows("Registration", "Organisers write to any part of those who registered: a letter a person, filled in, each once")
def test_a_mail_to_a_part_of_them_goes_out_once(uow: Any) -> None:
    crowd = _Crowd(uow)
    rows = segments.people(uow.session, crowd.edition.id, Segment(show=Show.SEAT))
    sent = mailing.send(uow, crowd.edition, rows, "News for {name}", "You come as {kind}.\n\nBring {ticket}.", "k1")
    assert sent is not None
    assert mailing.send(uow, crowd.edition, rows, "News for {name}", "Again", "k1") is None
    mails = list(uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "handover/mailing")))
    assert len(mails) == 3
    assert "Amal" in mails[0].subject
    assert "You come as In person." in mails[0].text_body
    assert crowd.rows[0].ticket_code in mails[0].text_body
    with pytest.raises(Conflict, match=r"\{nmae\}"):
        mailing.send(uow, crowd.edition, rows, "For {nmae}", "x", "k2")
    uow.actor = crowd.people[1]
    with pytest.raises(NotFound):
        mailing.send(uow, crowd.edition, rows, "x", "x", "k3")


@shows("Registration", "Several people are cancelled or given another kind at once, after a look at what would happen")
def test_several_are_moved_or_cancelled(uow: Any) -> None:
    crowd = _Crowd(uow)
    rows = segments.people(uow.session, crowd.edition.id, Segment())
    foreseen = many.foresee_move(uow, crowd.edition, rows, crowd.afar.id)
    assert [one.why_not for one in foreseen] == ["", "no place is free", "has a seat of this kind", "has no seat"]
    ids = [row.id for row in crowd.rows]
    with pytest.raises(Conflict):
        many.move(uow, crowd.edition, ids[:2], crowd.afar.id)
    uow.session.expire_all()


def test_a_move_hands_the_seat_on_and_so_does_cancelling(uow: Any) -> None:
    crowd = _Crowd(uow)
    assert many.move(uow, crowd.edition, [crowd.rows[0].id], crowd.afar.id) == 1
    uow.session.refresh(crowd.rows[3])
    assert crowd.rows[3].state is State.REGISTERED
    assert many.cancel(uow, crowd.edition, [row.id for row in crowd.rows[:2]], "The room is closed.") == 2
    assert many.cancel(uow, crowd.edition, [crowd.rows[0].id], "Again") == 0
    check(uow, crowd.edition.id)


@pytest.mark.sqlite
def test_nobody_is_given_a_seat_to_lose_it_in_the_same_act(uow: Any) -> None:
    crowd = _Crowd(uow)
    many.cancel(uow, crowd.edition, [row.id for row in crowd.rows], "The room burnt down.")
    assert set(uow.session.scalars(select(OutboxMail.template))) == {"registrations/cancelled"}
    check(uow, crowd.edition.id)


def test_the_page_shows_what_would_happen_first(app: Any, work: Any) -> None:
    house = House(app, work)
    house.registered(house.person)
    typed = {"do": "mail", "state": "seat", "subject": "Hello {name}", "body": "Bring {ticket}", "key": "abc"}
    looked = send(house.desk, MANY, typed)
    assert "1 person gets a mail" in _main(looked)
    assert "Hello Nur Aisyah" in _main(looked)
    seen = looked.text.partition('name="seen" value="')[2][:24]
    assert send(house.desk, MANY, typed | {"apply": "y", "seen": "x"}).status_code == 409
    assert send(house.desk, MANY, typed | {"apply": "y", "seen": seen}).location == DESK
    assert send(house.desk, MANY, {"do": "mail", "subject": "Hello", "body": ""}).status_code == 422
    cancel = {"do": "cancel", "reason": "The room is closed."}
    assert "1 registration is cancelled" in _main(send(house.desk, MANY, cancel))
    assert "1 person gets a seat" in _main(send(house.desk, MANY, {"do": "move", "to_kind": str(house.afar.id)}))
    assert house.row().kind_id == house.room.id
    assert house.member(Role.FRONT_DESK).get(MANY).status_code == 404


@pytest.mark.sqlite
@shows("Registration", "Lists come as CSV and as Excel, in which no cell is a formula whatever people typed")
def test_no_cell_of_a_spreadsheet_is_a_formula(app: Any, work: Any) -> None:
    made = load_workbook(io.BytesIO(workbook(("name",), [("=1+1",), ("@SUM(A1)",), (7,), ("\x00x",)])))
    cells = [row[0] for row in made.worksheets[0].iter_rows()]
    assert [(cell.value, cell.data_type) for cell in cells] == [
        ("name", "s"), ("=1+1", "s"), ("@SUM(A1)", "s"), (7, "n"), ("x", "s"),
    ]  # fmt: skip
    house = House(app, work)
    house.registered(house.person)
    answer = house.desk.get("/musiml/2026/organise/registrations.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet["A2"].value == "Nur Aisyah"


@pytest.mark.sqlite
def test_the_commands(app: Any, work: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    house = House(app, work)
    house.registered(house.person, kind=house.afar)
    run = runner(app, monkeypatch)
    file, text = tmp_path / "list.csv", tmp_path / "text.txt"
    file.write_text("Email,Name,Ticket type\nw@example.org,Wahyuni,Online\n")
    text.write_text("Dear {name}")
    words = ("registrations", "import", "musiml/2026", str(file), "--list", "Sponsor", "--json")
    found = told(run(*words, "--dry-run"))
    assert (found["counts"], found["done"]) == ({"seats": 1, "known": 0, "mails": 1}, False)
    assert told(run(*words))["counts"]["seats"] == 1
    assert told(run(*words))["counts"] == {"seats": 0, "known": 1, "mails": 0}
    file.write_text("Email,Name,Ticket type\nnobody,Wahyuni,Gold\n")
    assert [one["row"] for one in told(run(*words))["problems"]] == [2]
    words = ("registrations", "mail", "musiml/2026", "--subject", "News", "--text", str(text), "--key", "a", "--json")
    assert told(run(*words, "--state", "seat"))["counts"] == {"people": 1, "mails": 1}
    assert told(run(*words))["counts"] == {"people": 0, "mails": 0}
    assert told(run("registrations", "export", "musiml/2026", "--json"))["counts"]["registrations"] == 2
