"""A hybrid edition of three hundred people, through the pages: from the window that opens to the day all is purged.

At the end, and before the purge too, every table, file, log line and mail is searched for what people said about
themselves and what stands in their passports.
"""

import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from structlog.testing import capture_logs

from tests.clear import everything
from tests.factories import join_team, make_date, make_edition, make_person
from tests.registrations.invariants import check
from tests.season.hands import Hands
from tests.season.place import Place
from tests.served import browsers_at, served
from tests.shows import keeps, shows
from tests.smtp import Inbox, smtp_server
from workshop_manager.accounts.models import Person
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.door.models import Arrival, Certificate, Scan, VisaLetter
from workshop_manager.questions.models import Answer
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import State
from workshop_manager.selfid.models import SelfIdAnswer
from workshop_manager.workshops.states import DateKey, Role

PEOPLE, SEATS, LINE, SPEAKERS = 300, 150, 50, 5
WISHING = SEATS + LINE + 25
"""So many want to be in the room; those for whom not even a place on the waitlist is left come virtually."""
LEAVING, TURNING, LATER = range(20, 28), range(30, 42), range(WISHING, WISHING + 4)
"""Who cancels, who gives the room up for the screen, and who would rather be in the room after all."""
SAYING, TRAVELLING = range(60, 95), range(70, 74)
"""Who says who they are, and who needs a visa."""
OPENS, CHANGES, DAY = 10, 20, 120
BASE = "/weavers/2026"
DESK = f"{BASE}/organise"
REGISTER, OFFER, SELFID = f"{BASE}/registration", f"{BASE}/registration/offer", f"{BASE}/self-identification"
NAMES = {
    70: "Zubaydah",
    71: "نور عائشة بنت عبد الرحمن",
    72: "陈小雨",
    73: "Wahyuni Kusumawardhani-Tjokroaminoto van Oudenaarde",
}
WORDING = "To whom it may concern\n\n{name}, passport {passport}, born on {born}, is expected in {place}."


def email_of(number: int) -> str:
    return f"weaver{number}@mill{number}.example"


def name_of(number: int) -> str:
    return NAMES.get(number, f"Weaver{number} Threadwell{number}")


def own_words(number: int) -> str:
    """What that person says about themselves."""
    return f"Quartzmarker{number}"


def passport_of(number: int) -> dict[str, str]:
    return {
        "name": f"Lapislazuli Passportname{number}", "passport": f"QZ77345{number}", "nationality": "Obsidianland",
        "born": "1990-01-02", "expires": "2031-01-02", "consulate": f"Malachite Consulate {number}",
    }  # fmt: skip


SECRETS = re.compile(rb"quartzmarker|lapislazuli|qz77345|obsidianland|malachite|feldspar", re.IGNORECASE)
"""Of each secret a part that nothing else has."""


class Hybrid(Place):
    """The edition, its people, and what they say that nobody may read."""

    room: int
    virtual: int
    speaker: int
    code: str

    def __init__(self, app: Flask, work: Any, database: Database, clock: FixedClock, inbox: Inbox) -> None:
        super().__init__(app, work, database, clock, inbox)
        begins = self.start.replace(hour=14, minute=30) + timedelta(days=DAY)
        with work() as uow:
            edition = make_edition(
                uow, "weavers", "2026", name="Weavers 2026", contact_email="team@weavers.example",
                starts_at=begins, ends_at=begins + timedelta(hours=8),
            )  # fmt: skip
            self.edition_id = edition.id
            for key, days in ((DateKey.REGISTRATION_OPENS, OPENS), (DateKey.REGISTRATION_CLOSES, DAY - 1)):
                make_date(uow, edition, key, self.start + timedelta(days=days), label=key.value)
            chair, helper = make_person(uow, "Xanda Chair"), make_person(uow, "Bilal Helper")
            join_team(uow, edition, chair, Role.OWNER)
            join_team(uow, edition, helper, Role.FRONT_DESK)
            self.chair_id, self.helper_id = chair.id, helper.id
            for number in range(PEOPLE):
                person = make_person(uow, name_of(number), email=email_of(number))
                self.people[person.email] = person.id

    def of(self, number: int) -> Hands:
        """That person at the pages."""
        return self.hands(self.people[email_of(number)])

    def kind(self, name: str) -> int:
        with self.work() as uow:
            return int(uow.session.scalars(select(RegistrationKind.id).where(RegistrationKind.name == name)).one())

    def states(self, kind: int, state: State = State.REGISTERED) -> int:
        return self.count(Registration, Registration.kind_id == kind, Registration.state == state)

    def offered(self) -> list[str]:
        """The addresses of those who are asked whether they take a seat, in order."""
        with self.work() as uow:
            rows = uow.session.scalars(
                select(Person.email)
                .join(Registration, Registration.person_id == Person.id)
                .where(Registration.offer_until.is_not(None))
                .order_by(Registration.line_number)
            )
            return [str(one) for one in rows]

    def is_sound(self) -> None:
        """No seat oversold, none free beside somebody who waits, each counted once."""
        with self.work() as uow:
            check(uow, self.edition_id)


# -- the steps ----------------------------------------------------------------------------------------------------


def prepare(place: Hybrid) -> None:
    """The chair says who can come how, what is asked, and until when it is kept."""
    chair = place.chair().open(f"{DESK}/registration/kinds")
    chair.press("Add this kind", name="In person", capacity=SEATS, line_places=LINE)
    chair.press("Add this kind", name="Virtual", mode="virtual")
    chair.press("Add this kind", name="Speaker", capacity=10, is_hidden=True)
    place.room, place.virtual, place.speaker = map(place.kind, ("In person", "Virtual", "Speaker"))
    chair.open(f"{DESK}/registration/settings").press("Save", offer_hours=48)
    chair.open(f"{DESK}/registration/codes").press(
        "Make the code", label="The keynotes", kind=place.speaker, max_uses=SPEAKERS
    )
    place.code = re.search(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b", chair.text)[0]
    chair.open(f"{DESK}/forms/registration/questions/new?kind=short")
    chair.press("Add question", label="Number of your identity card, for the guards")
    purge = (place.start + timedelta(days=DAY + 20)).date().isoformat()
    chair.open(f"{DESK}/self-identification/questions").press(
        "Save the draft", purpose="Our funder asks whom we reach.", purge_on=purge,
        questions__0__text="What is your gender?", questions__0__options="Woman\nMan\nNon-binary",
    )  # fmt: skip
    chair.press("Ask whoever takes part")
    chair.open(f"{DESK}/door/letters/wording").press("Save", is_offered=True, wording=WORDING, signed_by="X. Chair")


def see_it_shut(place: Hybrid) -> None:
    """Before the window opens nobody gets in, whatever they send."""
    early = place.of(0).open(REGISTER).says("Registration opens")
    assert not early.page.find("input", attrs={"name": "badge_name"})


def press_register(hands: Hands, status: int = 303, is_looked_at: bool = False, **typed: object) -> Hands:
    """Send the form, whatever its button says today."""
    button = hands.page.select(".asked-form .form-end button")[-1].get_text(strip=True)
    return hands.press(button, status, is_looked_at=is_looked_at, conduct=True, **typed)


def register_in_a_browser(place: Hybrid, page: Any) -> None:
    """The first of them fills in the form by hand, forgets the code of conduct, is told so, and has a seat."""
    page.goto(REGISTER)
    page.get_by_label("In person").check()
    page.get_by_label("Pronouns").fill("she/her")
    page.get_by_label("Vegetarian").check()
    page.get_by_role("button", name="Register").click()
    page.wait_for_selector("text=To take part, agree to the code of conduct")
    assert page.get_by_label("Pronouns").input_value() == "she/her"
    page.get_by_label("I will keep to the code of conduct").check()
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/registration/ticket")
    page.wait_for_selector(".ticket-code .qr svg")
    page.wait_for_selector("h1:has-text('Weaver0')")


def register(place: Hybrid, number: int) -> None:
    """One person sends the form: for the room as long as it takes anybody, else from home."""
    hands = place.of(number)
    if number >= PEOPLE - SPEAKERS:
        hands.open(f"{REGISTER}/code").press("Use the code", code=place.code.lower())
        press_register(hands.open(REGISTER), kind=place.speaker)
        return
    hands.open(REGISTER)
    if number >= WISHING:
        press_register(hands, kind=place.virtual)
        return
    waits = {"keep_virtual": number % 2 == 1} if hands.page.find("input", attrs={"name": "keep_virtual"}) else {}
    if number < SEATS + LINE:
        press_register(hands, kind=place.room, is_looked_at=number % 25 == 0, **waits)
        return
    press_register(hands, 409, kind=place.room)
    press_register(hands, kind=place.virtual)


def register_all(place: Hybrid) -> None:
    """Everybody comes; who comes too late for the room and its waitlist is told so, and takes part from home."""
    for number in range(1, PEOPLE):
        register(place, number)
    place.deliver()
    in_line = range(SEATS, SEATS + LINE)
    assert place.states(place.room) == SEATS
    assert place.states(place.room, State.WAITLISTED) == len(in_line[::2])
    assert place.states(place.virtual) == PEOPLE - SEATS - SPEAKERS - len(in_line[::2])
    assert place.states(place.speaker) == SPEAKERS
    assert len(place.inbox.mails) == PEOPLE
    place.of(SEATS).open(f"{REGISTER}/ticket").says("You are number 1 on the waitlist")
    place.of(SEATS + LINE - 1).open(f"{REGISTER}/ticket").says(f"You also wait: number {LINE}")
    place.is_sound()


def say_who_they_are(place: Hybrid) -> None:
    """Some say of themselves what nobody is to read, and some what stands in their passports."""
    for number in SAYING:
        hands = place.of(number).open(SELFID)
        name = str(hands.page.find("input", attrs={"name": re.compile(r"selfid_\d+_own")})["name"])
        hands.press("Save my answers", is_looked_at=number % 10 == 0, **{name: own_words(number)})
    for number in TRAVELLING:
        hands = place.of(number).open(REGISTER)
        asked = hands.page.select("[data-asked] input[type=text], [data-asked] textarea")[0]
        press_register(hands, **{str(asked["name"]).replace("-", "__"): f"Feldspar{number}"})
        hands.open(f"{REGISTER}/visa-letter").press("Ask for the letter", **passport_of(number))
    place.of(TRAVELLING[0]).open("/account/data").press("Put my data together")
    place.deliver()


def answer_letters(place: Hybrid) -> None:
    """The chair reads each passport, writes three letters and declines one; an embassy learns a name."""
    with place.work() as uow:
        letters = [int(one) for one in uow.session.scalars(select(VisaLetter.id).order_by(VisaLetter.id))]
    chair = place.chair()
    for number, letter in zip(TRAVELLING[1:], letters[1:], strict=True):
        chair.open(f"{DESK}/door/letters/{letter}").says(passport_of(number)["passport"]).press("Issue the letter")
    chair.open(f"{DESK}/door/letters/{letters[0]}").press("Decline and tell them", reason="You are from here.")
    place.deliver()
    number = TRAVELLING[1]
    hands = place.of(number).open(f"{REGISTER}/visa-letter").says("It is issued")
    text = pages_of(hands.client.get(f"{REGISTER}/visa-letter.pdf").data)[0]
    assert all(passport_of(number)[part] in text for part in ("name", "passport"))
    verified = Hands(place.app.test_client()).open(str(hands.page.select_one("a.door-address")["href"]))
    verified.says(passport_of(number)["name"])
    assert passport_of(number)["passport"] not in verified.text


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def hand_seats_on(place: Hybrid, page: Any) -> None:
    """Twenty give their seats up; each is offered in order, and what is declined or left lying passes on."""
    for number in LEAVING:
        place.of(number).open(f"{REGISTER}/cancellation").press("Cancel my registration", is_looked_at=False)
    for number in TURNING:
        hands = place.of(number).open(f"{REGISTER}/switch?kind={place.virtual}").says("at once")
        hands.press("Change it", is_looked_at=number == TURNING[0])
    place.deliver()
    free = len(LEAVING) + len(TURNING)
    asked = place.offered()
    assert asked == [email_of(number) for number in range(SEATS, SEATS + free)]
    assert all(place.mails(one, "A seat is yours if you want it") for one in asked)
    assert place.states(place.room) == SEATS - free
    place.is_sound()
    accept_in_a_browser(place, page, asked[0])
    for address in asked[1:10]:
        accept(place, address)
    for address in asked[10:14]:
        answer_offer(place, address, "No, ask the next person")
    silent = asked[14:]
    place.deliver()
    next_asked = [one for one in place.offered() if one not in silent]
    assert next_asked == [email_of(number) for number in range(SEATS + free, SEATS + free + 4)]
    for address in next_asked:
        accept(place, address)
    for number in LATER:
        place.of(number).open(f"{REGISTER}/switch?kind={place.room}").press("Join the waitlist", is_looked_at=False)
    place.is_sound()
    place.clock.at += timedelta(hours=49)
    place.deliver()
    late = place.hands(place.people[silent[0]])
    late.open(place.link(silent[0], "A seat is yours", "/registration/offer")).says("This offer is over")
    assert place.mails(silent[0], "The seat went to the next person")
    passed_on = place.offered()
    assert passed_on == [email_of(number) for number in range(SEATS + free + 4, SEATS + free + 4 + len(silent))]
    for address in passed_on:
        accept(place, address)
    assert place.states(place.room) == SEATS
    place.is_sound()


def answer_offer(place: Hybrid, address: str, words: str) -> None:
    hands = place.hands(place.people[address])
    hands.open(place.link(address, "A seat is yours", "/registration/offer")).press(words, is_looked_at=False)


def accept(place: Hybrid, address: str) -> None:
    answer_offer(place, address, "Yes, I take the seat")


def accept_in_a_browser(place: Hybrid, page: Any, address: str) -> None:
    page.goto(place.link(address, "A seat is yours", "/registration/offer"))
    page.wait_for_selector("text=Nothing is decided yet.")
    page.get_by_role("button", name="Yes, I take the seat").click()
    page.wait_for_url("**/registration/ticket")
    page.wait_for_selector(".ticket-code .qr svg")


def change_the_room(place: Hybrid) -> None:
    """The chair cannot have fewer seats than are taken; two more go to the first two in line."""
    path = f"{DESK}/registration/kinds/{place.room}"
    place.chair().open(path).press("Save this kind", 422, capacity=SEATS - 1)
    place.chair().open(path).press("Save this kind", capacity=SEATS + 2)
    place.deliver()
    asked = place.offered()
    assert len(asked) == 2
    for address in asked:
        accept(place, address)
    assert place.states(place.room) == SEATS + 2
    place.is_sound()


def open_the_door(place: Hybrid, phones: list[Any]) -> list[int]:
    """Two phones, one without a network for a while: nobody is in twice, and both know everybody. Gives who came."""
    with place.work() as uow:
        seated = uow.session.execute(
            select(Registration.id, Registration.ticket_code, Registration.badge_name)
            .where(Registration.kind_id.in_((place.room, place.speaker)), Registration.state == State.REGISTERED)
            .order_by(Registration.id)
        ).all()
    first, second, rest = seated[:14], seated[9:24], seated[24:60]
    offline, online = phones
    for phone in phones:
        phone.goto(f"{DESK}/door")
        phone.wait_for_selector("#door-said:has-text('people known here')")
    offline.context.set_offline(True)
    show_tickets(offline, first)
    assert "Kept on this device" in offline.text_content("#door-answer")
    place.clock.at += timedelta(minutes=7)
    show_tickets(online, second)
    online.wait_for_selector("#door-said[data-waiting='0']", state="attached")
    assert place.count(Arrival) == len(second)
    offline.context.set_offline(False)
    offline.wait_for_selector("#door-said[data-waiting='0']", state="attached")
    both = {row.id for row in [*first, *second]}
    assert place.count(Arrival) == len(both)
    assert place.count(Scan) == len(first) + len(second)
    desk = place.hands(place.helper_id).open(f"{DESK}/door")
    for row in rest:
        desk.press("Check in or search", typed=row.ticket_code, is_looked_at=False)
    came = both | {row.id for row in rest}
    for phone in phones:
        phone.goto(f"{DESK}/door")
        phone.wait_for_selector("#door-said:has-text('people known here')")
        assert phone.text_content(".door-count b") == str(len(came))
        phone.fill("#typed", seated[10].badge_name)
        phone.wait_for_selector("#door-found:has-text('In since')")
    assert place.count(Arrival) == len(came)
    return sorted(came)


def show_tickets(phone: Any, rows: Any) -> None:
    for row in rows:
        phone.fill("#typed", row.ticket_code)
        phone.press("#typed", "Enter")
        phone.wait_for_selector(f"#door-answer:has-text('{row.badge_name}')")


def print_badges(place: Hybrid) -> bytes:
    """All badges on sheets of four; each name is on one, whatever it is written in."""
    chair = place.chair().open(f"{DESK}/door/badges").press("Print badges", sheet="a4-4", is_looked_at=False)
    chair.open(f"{DESK}/door/badges")
    link = next(str(a["href"]) for a in chair.page.select("main a[href$='.pdf']"))
    pdf = chair.client.get(link).data
    text = "\n".join(pages_of(pdf))
    assert len(pages_of(pdf)) == -(-(SEATS + 2 + SPEAKERS) // 4)
    assert all(word in text for word in ("Zubaydah", "陈小雨", "Tjokroaminoto", name_of(1).split()[1]))
    assert name_of(LEAVING[0]).split()[1] not in text
    return bytes(pdf)


def certify(place: Hybrid, came: list[int]) -> bytes:
    """Everybody who came has a certificate; whoever has its address learns that it holds."""
    chair = place.chair().open(f"{DESK}/door/certificates").press("Issue to everybody who came")
    place.deliver()
    assert place.count(Certificate) == len(came)
    pdf = chair.client.get(f"{DESK}/door/certificates.pdf").data
    pages = pages_of(pdf)
    assert len(pages) == len(came)
    with place.work() as uow:
        rows = uow.session.execute(select(Certificate.name, Certificate.code).order_by(Certificate.number)).all()
    for row, words in list(zip(rows, pages, strict=True))[:20]:
        assert row.code in words
        Hands(place.app.test_client()).open(f"/verify/{row.code}").says(row.name)
    return bytes(pdf)


def purge(place: Hybrid) -> None:
    """The days come that were shown when asking, and the worker deletes."""
    before = place.count(Answer), place.count(SelfIdAnswer)
    assert before == (len(TRAVELLING), len(SAYING))
    place.on(DAY + 21)
    assert place.count(SelfIdAnswer) == 0
    assert place.count(VisaLetter, VisaLetter.purged_at.is_(None), VisaLetter.declined_at.is_(None)) > 0
    place.on(DAY + 33)
    assert place.count(VisaLetter, VisaLetter.purged_at.is_(None), VisaLetter.declined_at.is_(None)) == 0
    assert place.count(Answer) == 0
    with place.work() as uow:
        assert not any(any(row.passport.values()) for row in uow.session.scalars(select(VisaLetter)))
        assert not any(row.diet or row.needs for row in uow.session.scalars(select(Registration)))
    place.chair().open(f"{DESK}/retention").says("removed: What stands in passports", "removed: What people eat")


class Everywhere:
    """What can be read by whoever gets hold of the database, the folder, the logs or the mails."""

    def __init__(self, place: Hybrid, folder: Path, logged: list[Any], caplog: Any) -> None:
        self.place, self.folder, self.logged, self.caplog = place, folder, logged, caplog

    def search(self) -> None:
        """No secret stands anywhere; and the search finds what does stand there."""
        found = {"tables": everything(self.place.database).encode(), "logs": self._logs().encode()}
        for path in self.folder.rglob("*"):
            if path.is_file():
                found[str(path)] = path.read_bytes()
        for number, envelope in enumerate(self.place.inbox.mails):
            parts = [part.get_payload(decode=True) or b"" for part in self.place.inbox.parsed(envelope).walk()]
            found[f"mail {number}"] = b"\n".join(map(bytes, [envelope.content, *parts]))
        leaks = {where: match.group() for where, body in found.items() if (match := SECRETS.search(body))}
        assert leaks == {}
        known = [where for where, body in found.items() if b"Threadwell1" in body]
        assert {"tables", "test.sqlite3", "mail"} <= {Path(where).name.partition(" ")[0] for where in known}
        assert "passport read" in self._logs()

    def _logs(self) -> str:
        lines = [json.dumps(one, default=repr, ensure_ascii=False) for one in self.logged]
        return "\n".join([*lines, *(record.getMessage() for record in self.caplog.records)])


@pytest.fixture
def place(app: Flask, work: Any, database: Database, clock: FixedClock) -> Iterator[Hybrid]:
    with smtp_server() as inbox:
        app.extensions["mail"].server, app.extensions["mail"].port = "127.0.0.1", inbox.port
        yield Hybrid(app, work, database, clock, inbox)


@pytest.mark.browser
@pytest.mark.slow(60)
@keeps("P1", "X1")
@shows(
    "A season",
    "A hybrid edition of 300 people: windows open, seats run out, offers pass on, people switch, two phones at the "
    "door, badges, certificates and letters, and what was sensitive purged on its day and never in clear anywhere",
)
def test_three_hundred_people_come_and_nothing_of_them_stays_that_should_not(
    place: Hybrid, chromium: Any, tmp_path: Path, caplog: Any
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, "mail.log")  # the server’s, which hears the envelopes alone
    with capture_logs() as logged, ExitStack() as opened:
        base = opened.enter_context(served(place.app))
        browser = opened.enter_context(browsers_at(place.app, place.work, chromium, base))
        prepare(place)
        place.on(1)
        see_it_shut(place)
        place.on(OPENS)
        register_in_a_browser(place, browser(place.people[email_of(0)]))
        register_all(place)
        say_who_they_are(place)
        answer_letters(place)
        place.on(CHANGES)
        hand_seats_on(place, browser(place.people[email_of(SEATS)]))
        change_the_room(place)
        place.clock.at = place.start.replace(hour=14) + timedelta(days=DAY)
        place.deliver()
        came = open_the_door(place, [browser(place.helper_id), browser(place.chair_id)])
        badges = print_badges(place)
        place.clock.at += timedelta(hours=2)
        certificates = certify(place, came)
        search = Everywhere(place, tmp_path, logged, caplog)
        search.search()
        purge(place)
        search.search()
    assert badges
    assert certificates
