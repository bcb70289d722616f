"""Letters for visa applications: asked for, issued, declined, verified, purged; passports are sealed, looks noted."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sqlalchemy import select
from structlog.testing import capture_logs

from tests.clear import everything
from tests.door.factories import BASE, Door
from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.shows import shows
from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.door import letters, rules
from workshop_manager.door.models import VisaLetter
from workshop_manager.mail.models import OutboxMail
from workshop_manager.proceedings.printing import PressFailed
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.states import Role

OWN = "/musiml/2026/registration/visa-letter"
DESK = f"{BASE}/letters"
TYPED = {
    "name": "NUR AISYAH BINTI ABDUL RAHMAN", "passport": "A1234567", "nationality": "Malaysia",
    "born": "1990-02-03", "expires": "2031-04-05", "consulate": "Embassy in Jakarta",
}  # fmt: skip
SECRETS = ("BINTI ABDUL RAHMAN", "A1234567", "1990-02-03", "3 February 1990")


class Desk(Door):
    """A door whose organisers offer letters months before the day, and somebody who needs one."""

    def __init__(self, app: Any, work: Any, clock: Any) -> None:
        super().__init__(app, work, clock)
        clock.at = self.start - timedelta(days=90)
        self.row = self.guest("Nur Aisyah")
        with work() as uow:
            self.guest_client = client_for(app, uow, uow.session.get_one(Person, self.row.person_id))
            self.desk = client_for(app, uow, self.owner)
        with work(self.owner) as uow:
            letters.save_settings(
                uow, self.edition, is_offered=True, wording=letters.WORDING, signed_by="Amina\nChair", version=0
            )

    def letter(self) -> VisaLetter | None:
        with self.work() as uow:
            return uow.session.scalars(select(VisaLetter)).one_or_none()

    def issued(self) -> VisaLetter:
        with self.work(self._guest()) as uow:
            asked = letters.ask(uow, self.edition, letters.Passport(**TYPED))
        with self.work(self.owner) as uow:
            return letters.issue(uow, self.edition, asked.id)

    def _guest(self) -> Person:
        with self.work() as uow:
            return uow.session.get_one(Person, self.row.person_id)


@pytest.fixture
def door(app: Any, work: Any, clock: Any) -> Desk:
    return Desk(app, work, clock)


@pytest.mark.parametrize(
    ("state", "mode", "minutes", "offered", "may"),
    [
        (State.REGISTERED, Mode.IN_PERSON, 0, True, True),
        (State.REGISTERED, Mode.IN_PERSON, 1, True, False),
        (State.REGISTERED, Mode.IN_PERSON, 0, False, False),
        (State.REGISTERED, Mode.VIRTUAL, 0, True, False),
        (State.WAITLISTED, Mode.IN_PERSON, 0, True, False),
        (State.CANCELLED, Mode.IN_PERSON, 0, True, False),
    ],
)
def test_a_letter_is_for_those_with_a_seat_in_the_room(
    clock: Any, state: State, mode: Mode, minutes: int, offered: bool, may: bool
):
    now = clock.at + timedelta(minutes=minutes)
    assert rules.may_ask_for_letter(state, mode, clock.at, now, is_offered=offered) is may


def test_a_wording_is_filled_and_what_cannot_be_is_named():
    assert (
        rules.filled("{name} of {edition}, {name}", {"name": "{edition}", "edition": "E"})
        == "{edition} of E, {edition}"
    )
    assert rules.unknown_placeholders("{name} {diet} {} {diet}") == ["diet", ""]
    assert rules.unknown_placeholders(letters.WORDING) == []


@shows(
    "At the door",
    "A letter of invitation is asked for with passport fields, on a form that says when they are deleted",
    "Letters of invitation are issued from the organisers’ wording, numbered, and logged",
)
def test_a_letter_is_asked_for_and_issued(door: Desk, database: Any):
    form = door.guest_client.get(OWN)
    assert "11 January 2027" in form.text
    assert form.headers["Cache-Control"] == "no-store"
    assert send(door.guest_client, OWN, TYPED | {"born": "yesterday"}).status_code == 422
    assert send(door.guest_client, OWN, TYPED).status_code == 303
    assert send(door.guest_client, OWN, TYPED).status_code == 409
    waiting = door.guest_client.get(OWN).text
    listed = door.desk.get(DESK).text
    assert "Nur Aisyah" in listed
    row = door.letter()
    with capture_logs() as logged:
        shown = door.desk.get(f"{DESK}/{row.id}").text
    assert [one["event"] for one in logged] == ["passport read"]
    assert "A1234567" in shown
    assert send(door.desk, f"{DESK}/{row.id}/issue").status_code == 303
    assert send(door.desk, f"{DESK}/{row.id}/issue").status_code == 409
    later = {"version": "1", "wording": "Something else.", "signed_by": "Bilal", "is_offered": "y"}
    assert send(door.desk, f"{DESK}/wording", later).status_code == 303
    file = door.guest_client.get(f"{OWN}.pdf")
    text = " ".join(PdfReader(io.BytesIO(file.data)).pages[0].extract_text().split())
    for part in ("NUR AISYAH BINTI ABDUL RAHMAN", "A1234567", "3 February 1990", "Letter no. 1", "Chair", "/verify/"):
        assert part in text
    with door.work() as uow:
        mails = uow.session.scalars(select(OutboxMail)).all()
    assert [one.subject for one in mails] == ["Your letter of invitation is issued: Muslims in ML 2026"]
    stored = everything(database)
    for secret in SECRETS:
        assert secret not in stored + waiting + listed + str(logged)


@shows("At the door", "An embassy verifies a letter by its code and sees “valid” and the name, and nothing else")
def test_a_letter_is_verified(door: Desk):
    row = door.issued()
    visitor = door.app.test_client()
    shown = visitor.get(f"/verify/{row.code}")
    words = " ".join(BeautifulSoup(shown.data, "html.parser").main.text.split())
    assert words == "This letter is valid Valid NameNUR AISYAH BINTI ABDUL RAHMAN Verify another"
    with door.work() as uow:
        uow.session.get_one(Registration, door.row.id).state = State.CANCELLED
    gone = visitor.get(f"/verify/{row.code}").text
    assert "does not hold any more" in gone
    assert "BINTI" not in gone
    assert door.guest_client.get(f"{OWN}.pdf").status_code == 404


@shows("At the door", "What stands in passports is deleted on the day that was shown when asking")
def test_passports_are_purged_on_their_day(door: Desk, database: Any):
    row = door.issued()
    assert row.purge_on == date(2027, 1, 11)
    for at, is_kept in (("2027-01-11T11:00", True), ("2027-01-11T13:00", False)):
        door.clock.at = door.start.fromisoformat(f"{at}+00:00")
        letters.purge(database, door.clock)
        found = door.letter()
        assert (bool(found.passport), found.code_hash is not None, found.purged_at is None) == (is_kept,) * 3
    assert door.app.test_client().get(f"/verify/{row.code}").status_code == 404


def test_a_letter_is_declined_with_a_reason_and_the_passport_goes(door: Desk):
    send(door.guest_client, OWN, TYPED)
    row = door.letter()
    assert send(door.desk, f"{DESK}/{row.id}/refusal", {"reason": ""}).status_code == 422
    assert send(door.desk, f"{DESK}/{row.id}/refusal", {"reason": "The seat is not paid."}).status_code == 303
    assert door.letter().passport == {}
    assert "The seat is not paid." in door.guest_client.get(OWN).text
    assert send(door.guest_client, f"{OWN}/removal").status_code == 303
    assert door.letter() is None
    assert send(door.guest_client, f"{OWN}/removal").status_code == 404


def test_the_wording_is_saved_once_by_each(door: Desk):
    typed = {"version": "1", "wording": "We invite {name}.", "signed_by": "Amina", "is_offered": "y"}
    assert "{diet}" in send(door.desk, f"{DESK}/wording", typed | {"wording": "{diet}"}).text
    assert send(door.desk, f"{DESK}/wording", typed).status_code == 303
    assert send(door.desk, f"{DESK}/wording", typed).status_code == 409
    off = {name: value for name, value in typed.items() if name != "is_offered"} | {"version": "2"}
    assert send(door.desk, f"{DESK}/wording", off).status_code == 303
    assert send(door.guest_client, OWN, TYPED).status_code == 409


def test_letters_are_for_organisers_of_the_edition_only(door: Desk):
    row = door.issued()
    with door.work() as uow:
        other, outsider = make_edition(uow, "wimlds"), make_person(uow)
        join_team(uow, other, outsider, Role.OWNER)
        clients = [client_for(door.app, uow, outsider), client_for(door.app, uow, door.helper)]
    for client in clients:
        for path in ("", f"/{row.id}", f"/{row.id}.pdf", "/wording"):
            assert client.get(f"{DESK}{path}").status_code == 404
    assert clients[0].get(f"/wimlds/2026/organise/door/letters/{row.id}").status_code == 404
    with door.work(outsider) as uow, pytest.raises(NotFound):
        letters.issue(uow, other, row.id)
    with door.work(door.owner) as uow, pytest.raises(Conflict):
        letters.decline(uow, door.edition, row.id, "no")


def test_a_letter_goes_with_the_account(door: Desk):
    door.issued()
    with door.work() as uow:
        uow.tell(PersonErased(door.row.person_id))
    assert door.letter() is None


def test_a_letter_holds_for_a_seat_in_the_room_only(door: Desk, app: Any):
    letter, visitor = door.issued(), app.test_client()
    assert "is valid" in visitor.get(f"/verify/{letter.code}").text
    with door.work() as uow:
        uow.session.get_one(Registration, door.row.id).kind_id = door.afar.id
    shown = visitor.get(f"/verify/{letter.code}").text
    assert "does not hold any more" in shown
    assert TYPED["name"] not in shown
    assert door.guest_client.get(f"{OWN}.pdf").status_code == 404


def test_none_is_issued_to_whoever_joins_online_by_now(door: Desk):
    with door.work(door._guest()) as uow:
        asked = letters.ask(uow, door.edition, letters.Passport(**TYPED))
    with door.work() as uow:
        uow.session.get_one(Registration, door.row.id).kind_id = door.afar.id
    with door.work(door.owner) as uow, pytest.raises(Conflict):
        letters.issue(uow, door.edition, asked.id)


def test_a_letter_that_cannot_be_printed_leaves_nothing_of_the_passport_in_the_log(
    door: Desk, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_given: Any, **_named: Any) -> None:
        raise PressFailed(f"the text `{TYPED['name']}` could not be displayed")

    door.issued()
    monkeypatch.setattr(letters.printing, "printed", refuse)
    with capture_logs() as seen:
        assert door.guest_client.get(f"{OWN}.pdf").status_code == 409
    assert "letter not printed" in str(seen)
    assert not any(secret in str(seen) for secret in SECRETS)
