"""Registration at the host conference: asked, checked off, reminded of."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import details, make_kind, make_registration
from tests.shows import shows
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import hosting, queries, service
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import Host, Mode, State
from workshop_manager.workshops.states import Role

REGISTER = "/musiml/2026/registration"
DESK = "/musiml/2026/organise/registration/host"


class House:
    """Three in the room (a number, only a tick, nothing), one waiting, one online."""

    def __init__(self, work: Any) -> None:
        self.work = work
        with work() as uow:
            self.edition = make_edition(uow, host_event="NeurIPS 2026")
            room = make_kind(uow, self.edition, "In person", 3, needs_host=True)
            self.afar = make_kind(uow, self.edition, "Virtual", None, Mode.VIRTUAL)
            self.owner = make_person(uow, "Amina")
            join_team(uow, self.edition, self.owner, Role.OWNER)
            names = ("Nur", "Bo", "Wei", "Waits", "Afar")
            self.people = [make_person(uow, name, f"{name.lower()}@example.org") for name in names]
            said: list[dict[str, Any]] = [{"host_done": True, "host_number": "NIPS-2026/004711"}, {"host_done": True}]
            rows = [
                make_registration(uow, self.edition, kind, person, state, **more)
                for person, kind, state, more in zip(
                    self.people,
                    (room, room, room, room, self.afar),
                    (*[State.REGISTERED] * 3, State.WAITLISTED, State.REGISTERED),
                    (*said, {}, {}, {}),
                    strict=True,
                )
            ]
            self.ids = [row.id for row in rows]

    def row(self, number: int) -> Registration:
        with self.work() as uow:
            return queries.find(uow.session, self.edition.id, self.ids[number])


@pytest.fixture
def house(work: Any) -> House:
    return House(work)


@shows("Registration", "The host's list, pasted, is matched by address or number, looked at, and then marks people")
def test_a_pasted_list_finds_people_by_address_and_number_and_marks_nobody_by_itself(house, work) -> None:
    people = ("N. Aisyah;other@example.com;nips 2026 004711", "<BO@Example.org>,", "stranger@x.org", "afar@example.org")
    text = "\n".join(("Name;Mail;No", *people))
    with work(house.owner) as uow:
        found = hosting.read(uow, house.edition, text)
        assert [(one.row.badge_name, one.by) for one in found.matches] == [
            ("Bo", "bo@example.org"),
            ("Nur", "nips2026004711"),
        ]
        assert (found.known, found.absent, len(found.strangers)) == (0, 1, 3)
    assert house.row(0).host is Host.STATED
    with work(house.owner) as uow:
        assert hosting.check(uow, house.edition, [house.ids[1], house.ids[4], 10**6]) == 1, "only who needs it"
    assert (house.row(1).host, house.row(1).host_checked_by) == (Host.CHECKED, house.owner.id)
    with work(house.owner) as uow:
        assert hosting.read(uow, house.edition, "bo@example.org").known == 1
        assert hosting.check(uow, house.edition, [house.ids[1]]) == 0
        assert queries.host_counts(uow.session, house.edition.id) == {
            Host.MISSING: 1, Host.STATED: 1, Host.CHECKED: 1
        }  # fmt: skip
        hosting.take_back(uow, house.edition, house.ids[1])
    assert house.row(1).host is Host.STATED
    with pytest.raises(NotFound), work(house.people[0]) as uow:
        hosting.check(uow, house.edition, [house.ids[0]])
    with pytest.raises(NotFound), work(house.owner) as uow:
        hosting.take_back(uow, house.edition, house.ids[4])


def test_a_number_that_two_people_give_says_of_neither(house, work) -> None:
    with work() as uow:
        for number in (1, 2):
            uow.session.get_one(Registration, house.ids[number]).host_number = "GROUP-77"
    with work(house.owner) as uow:
        assert hosting.read(uow, house.edition, "group 77").matches == ()


@shows("Registration", "Exactly those with a seat who have not said that they registered with the host are reminded")
def test_reminders_go_to_the_missing_and_only_as_they_were_looked_at(house, work) -> None:
    with work(house.owner) as uow:
        wave = hosting.prepare(uow, house.edition)
        assert [person.name for _row, person in wave.owing] == ["Wei"]
        with pytest.raises(Conflict):
            hosting.remind(uow, house.edition, seen="something else")
    with work(house.owner) as uow:
        assert hosting.remind(uow, house.edition, seen=wave.digest) == 1
    with work() as uow:
        (mail,) = uow.session.scalars(select(OutboxMail)).all()
        assert (mail.to_address, mail.subject.split(":")[0]) == (
            "wei@example.org",
            "Your seat needs a registration with NeurIPS 2026 as well",
        )
    with pytest.raises(NotFound), work(house.people[2]) as uow:
        hosting.remind(uow, house.edition, seen=wave.digest)


@shows("Registration", "Registration with the host conference is stated with a number, checked off by name, and shown")
def test_people_state_it_and_see_that_it_was_checked(house, app, work) -> None:
    with work() as uow:
        desk, mine = client_for(app, uow, house.owner), client_for(app, uow, house.people[2])
    assert "a seat here is no admission there" in mine.get(f"{REGISTER}/ticket").text
    typed = {"kind": str(house.row(2).kind_id), "badge_name": "Wei", "listing": "unlisted", "version": "1"}
    assert send(mine, REGISTER, typed | {"conduct": "y", "host_number": "X-9981"}).status_code == 303
    assert (house.row(2).host, house.row(2).host_number) == (Host.STATED, "X-9981")
    assert "X-9981" in desk.get(DESK).text
    pasted = send(desk, f"{DESK}/list", {"text": "x9981, Wei\n"})
    assert (pasted.status_code, pasted.text.count('name="id"')) == (200, 1 + 3)
    assert send(desk, f"{DESK}/list", {"text": ""}).status_code == 422
    assert send(desk, f"{DESK}/checks", {"id": str(house.ids[2])}).location == DESK
    assert "by Amina" in desk.get(f"{DESK}?show=checked").text.replace("⁨", "").replace("⁩", "")
    assert "found you in its list" in mine.get(f"{REGISTER}/ticket").text
    at_door = "/musiml/2026/organise/door/people"
    assert "nobody has checked it" in desk.get(f"{at_door}/{house.ids[0]}").text
    assert "nobody has checked it" not in desk.get(f"{at_door}/{house.ids[2]}").text
    assert "Everybody with a seat" in desk.get(f"{DESK}/reminders").text
    assert mine.get(DESK).status_code == 404
    typed["version"] = str(house.row(2).version)
    assert send(mine, REGISTER, typed | {"conduct": "y", "host_number": ""}).status_code == 303
    assert (house.row(2).host, house.row(2).host_number) == (Host.MISSING, ""), "taken back by the person themselves"


def test_another_number_is_not_the_one_that_was_checked(house: House, work: Any) -> None:
    with work() as uow:
        row = queries.find(uow.session, house.edition.id, house.ids[0], lock=True)
        row.host_checked_at, row.host_checked_by, uow.actor = uow.now, house.owner.id, house.people[0]
    for number, expected in (("NIPS 2026 004711", Host.CHECKED), ("NIPS-2026-004712", Host.STATED)):
        with work() as uow:
            uow.actor = house.people[0]
            said = details("Nur", host_done=True, host_number=number)
            service.register(uow, house.edition, house.row(0).kind_id, said)
        assert house.row(0).host is expected


def test_a_check_ends_with_the_seat_it_was_made_for(house: House, work: Any) -> None:
    with work(house.owner) as uow:
        hosting.check(uow, house.edition, [house.ids[1]])
    kind_id = house.row(0).kind_id
    with work() as uow:
        uow.session.get_one(RegistrationKind, kind_id).capacity = 9
    with work(house.people[1]) as uow:
        service.cancel(uow, house.edition)
        service.register(uow, house.edition, kind_id, details("Bo", host_done=True))
    assert house.row(1).host is Host.STATED, "no number then, none now: it is still another statement"


def test_a_list_that_is_too_long_is_refused_and_kept_in_the_form(house: House, app: Any, work: Any) -> None:
    with work() as uow:
        desk = client_for(app, uow, house.owner)
    answer = send(desk, f"{DESK}/list", {"text": "Nobody here\n" * (hosting.MOST_LINES + 1)})
    assert (answer.status_code, "More than 20000 lines" in answer.text, "Nobody here" in answer.text) == (
        422,
        True,
        True,
    )
