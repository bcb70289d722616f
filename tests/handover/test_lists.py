"""Lists of people: read, looked at, set aside all or nothing, claimed, returned; sign-ups from other tools."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from tests.factories import join_team, make_edition, make_person, send
from tests.registrations.factories import make_kind, make_registration
from tests.registrations.invariants import check
from tests.registrations.test_pages import DESK, House, _main
from tests.shows import shows
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.exchange import attendees, workbooks
from workshop_manager.exchange.attendees import Holds, Kind, Origin, Wish
from workshop_manager.exchange.reading import Unreadable
from workshop_manager.exchange.words import problem_text
from workshop_manager.handover import lists, service
from workshop_manager.handover.lists import Listed
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import many, queries
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import State
from workshop_manager.workshops.states import Role

PEOPLE = f"{DESK}/people"
KINDS = (Kind(1, "In person", is_virtual=False), Kind(2, "Virtual", is_virtual=True))
EVENTBRITE = (
    "Order #,First Name,Last Name,Email,Ticket Type,Attendee Status,Company\n"
    "1,Wahyuni,Sari,w@example.org,General in-person,Attending,ITB\n"
    "2,Omar,,o@example.org,Online ticket,Attending,\n"
    "3,Gone,Home,g@example.org,Online ticket,Not Attending,\n"
)
GOOGLE = (
    "Timestamp,Email Address,Your name,How will you attend?\n"
    "1/6/2026 10:00:00,w@example.org,=1+1,In person (New Orleans)\n"
    "1/6/2026 10:01:00,w@example.org,Wahyuni,Over Zoom\n"
    "1/6/2026 10:02:00,not an address,Nobody,Over Zoom\n"
    "1/6/2026 10:03:00,v@example.org,Vera,VIP\n"
)


def _people(found: attendees.Understood) -> list[tuple[str, str, int]]:
    return [(one.email, one.name, one.kind_id) for one in found.people]


def test_pasted_lines_are_read_however_they_are_written() -> None:
    text = "Wahyuni <W@Example.org>\nomar@example.org\nSari, Dewi, dewi@example.org\n\n李\tli@example.org\nnobody\n"
    found = attendees.read(text, KINDS, Wish(default=1))
    assert _people(found) == [
        ("w@example.org", "Wahyuni", 1),
        ("omar@example.org", "omar", 1),
        ("dewi@example.org", "Sari, Dewi", 1),
        ("li@example.org", "李", 1),
    ]
    assert [(one.line, problem_text(one)) for one in found.problems] == [(6, "There is no e-mail address: nobody")]


@shows("Registration", "Sign-ups of Google Forms and Eventbrite are read by their columns, and problems named by row")
def test_exports_of_other_tools_are_read_by_their_columns() -> None:
    found = attendees.read(EVENTBRITE, KINDS, Wish())
    assert found.origin is Origin.EVENTBRITE
    assert _people(found) == [("w@example.org", "Wahyuni Sari", 1), ("o@example.org", "Omar", 2)]
    assert [problem_text(one) for one in found.remarks] == ["g@example.org is left out: not attending"]
    found = attendees.read(GOOGLE, KINDS, Wish())
    assert found.origin is Origin.GOOGLE
    assert _people(found) == [("w@example.org", "=1+1", 1)]
    assert [one.line for one in found.problems] == [4, 5]
    assert found.words["VIP"] is None
    said = Wish(kinds={"VIP": 2}, mapping=dict(found.mapping) | {"Your name": Holds.AFFILIATION})
    found = attendees.read(GOOGLE, KINDS, said)
    assert _people(found)[-1] == ("v@example.org", "v", 2)
    assert [one.line for one in found.problems] == [4]


def test_what_cannot_be_read_is_said() -> None:
    for text in ("", "x" * 500_000):
        with pytest.raises(Unreadable):
            attendees.read(text, KINDS, Wish())
    found = attendees.read("a,b\n1,2\n", KINDS, Wish(origin=Origin.CSV))
    assert [problem_text(one) for one in found.problems] == ["No column holds e-mail addresses. Say which one does."]
    with pytest.raises(Unreadable):
        workbooks.text_of(b"PK\x03\x04 broken")


def test_a_spreadsheet_is_read_as_its_first_sheet() -> None:
    book, kept = Workbook(), io.BytesIO()
    book.active.append(["Email", "Name", "Nights"])
    book.active.append(["w@example.org", "Wahyuni", 2.0])
    book.save(kept)
    assert workbooks.text_of(kept.getvalue()) == "Email,Name,Nights\nw@example.org,Wahyuni,2\n"


class _Set:
    def __init__(self, uow: Any) -> None:
        self.uow, self.edition, self.owner = uow, make_edition(uow), make_person(uow, "Owner")
        join_team(uow, self.edition, self.owner, Role.OWNER)
        self.room = make_kind(uow, self.edition, "In person", 3)
        self.until = Deadline(uow.now + timedelta(days=5), AOE)
        uow.actor = self.owner

    def aside(self, *addresses: str, name: str = "Northern Lake Lab") -> Any:
        people = [Listed(f"{one}@example.org", one.title(), self.room.id) for one in addresses]
        return lists.set_aside(self.uow, self.edition, name, self.until, people)

    def taken(self) -> int:
        return self.uow.session.get_one(RegistrationKind, self.room.id).taken

    def token(self, address: str) -> str:
        text = self.uow.session.scalars(
            select(OutboxMail.text_body).where(OutboxMail.to_address == f"{address}@example.org")
        ).one()
        return str(re.search(r"/seats/([\w-]+)", text)[1])


@shows("Registration", "Seats for a sponsor's list are set aside all or nothing; each claims theirs by a mail link")
def test_a_list_is_set_aside_all_or_nothing_and_claimed(uow: Any) -> None:
    made = _Set(uow)
    with pytest.raises(Conflict, match="1 place is missing"):
        made.aside("a", "b", "c", "d")
    assert made.taken() == 0
    _listed, plan = made.aside("a", "b")
    assert (len(plan.new), made.taken()) == (2, 2)
    again, plan = made.aside("a", "b")
    assert (again, len(plan.known), made.taken()) == (None, 2, 2)
    uow.actor = make_person(uow, "Somebody else entirely")
    row = service.take(uow, made.token("a"), "A", 1)
    assert (row.person_id, row.badge_name, made.taken()) == (uow.actor.id, "A", 2)
    uow.actor = None
    service.refuse(uow, made.token("b"))
    assert made.taken() == 1
    check(uow, made.edition.id)


def test_who_said_no_can_be_asked_again_and_a_cancelled_seat_is_told_of_in_its_list(uow: Any) -> None:
    made = _Set(uow)
    made.aside("a", "b")
    uow.actor = None
    service.refuse(uow, made.token("a"))
    uow.actor = made.owner
    assert made.aside("a", "b")[1].new == (), "the same list again writes to nobody who said no"
    assert [one.email for one in made.aside("a", "b", name="A list of its own")[1].new] == ["a@example.org"]
    seat = uow.session.scalars(select(Registration.id).where(Registration.badge_name == "B")).one()
    many.cancel(uow, made.edition, [seat], "The lab said so")
    assert [(line.open, line.gone) for line in lists.lines(uow, made.edition)] == [(1, 0), (0, 2)]
    with pytest.raises(NotFound):
        service.find_open(uow, made.token("b"))


def test_who_claimed_a_seat_and_gave_it_back_can_be_asked_again(uow: Any) -> None:
    made = _Set(uow)
    made.aside("a")
    uow.actor = make_person(uow, "Another address")
    row = service.take(uow, made.token("a"), "A", 1)
    uow.actor = made.owner
    assert made.aside("a")[0] is None
    many.cancel(uow, made.edition, [row.id], "They wrote so")
    assert [one.email for one in made.aside("a")[1].new] == ["a@example.org"]


@shows("Registration", "Seats of a list that nobody claims by its date go to whoever waits")
def test_what_is_not_claimed_goes_on(app: Any, work: Any, clock: Any, database: Any) -> None:
    with work() as uow:
        made = _Set(uow)
        made.aside("a", "b", "c")
        made.uow = None
        waiting = make_registration(uow, made.edition, made.room, make_person(uow, "Waits"), State.WAITLISTED).id
    clock.at += timedelta(days=6)
    with app.app_context():
        service.return_unclaimed(database, clock)
    with work() as uow:
        assert uow.session.get_one(Registration, waiting).state is State.REGISTERED
        assert uow.session.get_one(RegistrationKind, made.room.id).taken == 1
        assert [line.is_over for line in lists.lines(uow, made.edition)] == [True]
        check(uow, made.edition.id)


@pytest.mark.sqlite
def test_a_list_is_looked_at_before_it_is_set_aside(app: Any, work: Any) -> None:
    house = House(app, work)
    typed = {"name": "Google", "kind": str(house.afar.id), "day": "2026-11-20", "text": EVENTBRITE, "origin": ""}
    looked = send(house.desk, PEOPLE, {**typed, "do": "look"})
    text = _main(looked)
    assert "2 people are new" in text
    assert "1 place is missing" not in text
    seen = re.search(r'name="seen" value="(\w+)"', looked.text)[1]
    assert send(house.desk, PEOPLE, {**typed, "do": "apply", "seen": "x"}).status_code == 409
    assert send(house.desk, PEOPLE, {**typed, "do": "apply", "seen": seen}).location == PEOPLE
    with work() as uow:
        names = {row.badge_name for row, _n in queries.listed(uow.session, house.edition.id, queries.Filter(), 0, 9)}
        assert names == {"Wahyuni Sari", "Omar"}
    text = _main(send(house.desk, PEOPLE, {**typed, "do": "look"}))
    assert "Everybody of this list is here already" in text
    broken = _main(send(house.desk, PEOPLE, {**typed, "text": GOOGLE, "do": "look"}))
    assert "“VIP” is none of your kinds" in broken
    assert house.member(Role.FRONT_DESK).get(PEOPLE).status_code == 404
