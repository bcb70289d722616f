"""The pages: registering, the ticket, the participants' list, the organisers' desk."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from structlog.testing import capture_logs

from tests.clear import everything
from tests.factories import client_for, join_team, make_date, make_edition, make_person, send
from tests.queries import count_queries
from tests.registrations.factories import JOIN, make_join_link, make_kind, make_registration
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.clock import FixedClock
from workshop_manager.registrations import queries
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.models import Room
from workshop_manager.workshops.states import DateKey, Role, Visibility

REGISTER = "/musiml/2026/registration"
TICKET = f"{REGISTER}/ticket"
CANCEL = f"{REGISTER}/cancellation"
PEOPLE = f"{REGISTER}/participants"
DESK = "/musiml/2026/organise/registration"
KINDS = f"{DESK}/kinds"
SETTINGS = f"{DESK}/settings"
NEEDS = f"{DESK}/needs"
CSV = "/musiml/2026/organise/registrations.csv"


class House:
    """An edition with a room of one place and a virtual kind, a person who registers and an owner."""

    def __init__(self, app: Any, work: Any) -> None:
        self.app, self.work = app, work
        with work() as uow:
            self.edition = make_edition(uow, host_event="NeurIPS 2026")
            self.room = make_kind(uow, self.edition, "In person", 1, text="Posters are here.", needs_host=True)
            self.afar = make_kind(uow, self.edition, "Virtual", None, Mode.VIRTUAL, position=1)
            self.person = make_person(uow, "Nur Aisyah", pronouns="she/her", affiliation="ITB")
            self.owner = make_person(uow, "Amina")
            join_team(uow, self.edition, self.owner, Role.OWNER)
            self.client, self.desk = client_for(app, uow, self.person), client_for(app, uow, self.owner)

    def registered(self, who: Person | None = None, kind: Any = None, state: State = State.REGISTERED, **values: Any):
        with self.work() as uow:
            return make_registration(
                uow, self.edition, kind or self.room, who or make_person(uow, "Holder"), state, **values
            )

    def row(self, who: Person | None = None) -> Registration | None:
        with self.work() as uow:
            return queries.registration_of(uow.session, self.edition.id, (who or self.person).id)

    def member(self, role: Role, edition: Any = None) -> Any:
        with self.work() as uow:
            person = make_person(uow, "Member")
            join_team(uow, edition or self.edition, person, role)
            return client_for(self.app, uow, person)

    def typed(self, **values: Any) -> dict[str, Any]:
        return {
            "version": "0",
            "kind": str(self.room.id),
            "badge_name": "Nur",
            "listing": "unlisted",
            "conduct": "y",
        } | (values)


@pytest.fixture
def house(app: Any, work: Any) -> House:
    return House(app, work)


def _soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def _main(response: Any) -> str:
    main = _soup(response).find("main")
    assert main is not None
    return " ".join(main.get_text(" ", strip=True).split())


# -- registering --------------------------------------------------------------------------------------------------


def test_a_visitor_reads_the_kinds_and_is_asked_to_sign_in(house: House, app: Any) -> None:
    house.registered()
    answer = app.test_client().get(REGISTER)
    text = _main(answer)
    assert answer.status_code == 200
    assert "The one place is taken; nobody waits yet. You would be number 1." in text
    assert "Posters are here. Needs a registration with NeurIPS 2026 as well." in text
    assert "No limit." in text
    assert "Sign in to register" in text
    assert not _soup(answer).find("input", {"name": "badge_name"})
    assert app.test_client().post(REGISTER, data={}).status_code in (303, 400)
    assert house.row() is None


def test_the_form_starts_from_the_account(house: House) -> None:
    soup = _soup(house.client.get(REGISTER))
    assert soup.find("input", {"name": "badge_name"})["value"] == "Nur Aisyah"
    assert soup.find("input", {"name": "pronouns"})["value"] == "she/her"
    assert soup.find("input", {"name": "affiliation"})["value"] == "ITB"
    listing = soup.find("select", {"name": "listing"})
    assert listing.find("option", selected=True)["value"] == "unlisted"
    assert not soup.find("input", {"name": "photos"}).has_attr("checked")
    text = _main(house.client.get(REGISTER))
    assert "Read by one organiser only, and deleted on Mon 11 January 2027" in text
    assert "For the kitchen, which gets numbers. Deleted on Mon 11 January 2027" in text
    assert "With it the organisers find you in their list. Deleted on Mon 11 January 2027" in text


@shows(
    "Registration",
    "Name on the badge, pronouns, affiliation, food, access needs, photo consent and visibility are asked, and kept",
)
def test_registering_gives_a_seat_and_a_ticket(house: House) -> None:
    answer = send(
        house.client,
        REGISTER,
        house.typed(
            pronouns="",
            diet=["halal", "no_gluten"],
            needs="A ramp,\nplease.",
            photos="y",
            listing="full",
            host_done="y",
        ),
    )
    assert (answer.status_code, answer.location) == (303, TICKET)
    row = house.row()
    assert row is not None
    assert (row.state, row.badge_name, row.pronouns, row.diet) == (
        State.REGISTERED,
        "Nur",
        None,
        ["halal", "no_gluten"],
    )
    assert (row.needs, row.photo_consent, row.listing, row.host_done) == ("A ramp,\nplease.", True, Listing.FULL, True)
    assert row.conduct_version == 1
    text = _main(house.client.get(TICKET))
    assert "The seat is yours, Nur. This is your ticket." in text
    assert row.ticket_code in text
    assert "Halal" in text
    assert "No photos" not in text


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": ""}, "Choose how you take part."),
        ({"kind": "987654"}, "Choose how you take part."),
        ({"kind": "x"}, "Choose how you take part."),
        ({"badge_name": " \u200b "}, "Write the name you like to be called by."),
        ({"badge_name": "n" * 121}, "That is longer than the 120 characters that fit here."),
        ({"needs": "n" * 2001}, "That is longer than the 2000 characters that fit here."),
        ({"conduct": ""}, "To take part, agree to the code of conduct."),
        ({"listing": "everywhere"}, "Not a valid choice"),
        ({"diet": ["gold"]}, "is not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(house: House, change: Any, sentence: str) -> None:
    answer = send(house.client, REGISTER, house.typed(affiliation="جامعة الخرطوم", **change))
    assert answer.status_code == 422
    assert sentence in _main(answer)
    assert _soup(answer).find("input", {"name": "affiliation"})["value"] == "جامعة الخرطوم"
    assert house.row() is None


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["ن", "Wahyuni", "🌱", "Nur Aisyah binti Abdul Rahman al-Hadrami " * 2])
def test_names_come_as_they_are(house: House, name: str) -> None:
    assert send(house.client, REGISTER, house.typed(badge_name=name)).status_code == 303
    assert f"<bdi>{name.strip()}</bdi>" in house.client.get(TICKET).text


@shows(
    "Registration", "Who joins a waitlist is told their number; who lost the last seat is told that it went just now"
)
def test_a_lost_race_is_said(house: House) -> None:
    page = _soup(house.client.get(REGISTER))
    free = page.find("input", {"name": "free"})["value"]
    house.registered()
    send(house.client, REGISTER, house.typed(free=free))
    text = _main(house.client.get(TICKET))
    assert "The last seat went a moment ago. You are number 1 on the waitlist." in text
    assert "You have no seat yet." in text
    assert not _soup(house.client.get(TICKET)).find(class_="qr")


def test_a_virtual_place_meanwhile_is_offered_and_shown(house: House) -> None:
    house.registered()
    page = house.client.get(REGISTER)
    assert _soup(page).find("input", {"name": "keep_virtual"}).has_attr("checked")
    send(house.client, REGISTER, house.typed(keep_virtual="y"))
    text = _main(house.client.get(TICKET))
    assert "You also wait: number 1 for “In person”" in text
    text = _main(house.client.get(REGISTER))
    assert "Your registration" in text
    assert "You are number 1." in text
    assert "Save changes" in text


def test_with_every_kind_full_the_button_names_the_waitlist(house: House) -> None:
    house.registered()
    with house.work() as uow:
        uow.session.delete(uow.session.get_one(RegistrationKind, house.afar.id))
    assert "Join the waitlist as number 1" in _main(house.client.get(REGISTER))


@keeps("X3")
def test_the_second_tab_is_told_what_the_first_saved(house: House) -> None:
    send(house.client, REGISTER, house.typed(badge_name="Nur", diet=["halal"]))
    answer = send(house.client, REGISTER, house.typed(badge_name="Aisyah", affiliation="UGM", conduct="y"))
    assert answer.status_code == 409
    text = _main(answer)
    assert "This changed while you had it open" in text
    assert "Name on the badge Nur" in text
    assert "Food Halal" in text
    soup = _soup(answer)
    assert soup.find("input", {"name": "badge_name"})["value"] == "Aisyah"
    row = house.row()
    assert row is not None
    assert row.badge_name == "Nur"
    version = soup.find("input", {"name": "version"})["value"]
    again = send(house.client, REGISTER, house.typed(badge_name="Aisyah", version=version))
    assert again.status_code == 303
    assert house.row().badge_name == "Aisyah"


@keeps("X2")
def test_two_clicks_take_one_seat_and_give_one_answer(house: House) -> None:
    once = "x" * 24
    answers = [send(house.client, REGISTER, house.typed(once=once)) for _click in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(303, TICKET)] * 2
    assert house.row().version == 1


@keeps("A8")
def test_extra_fields_set_nothing(house: House) -> None:
    house.registered()
    send(
        house.client,
        REGISTER,
        house.typed(state="registered", person_id="1", ticket_code="AAAA-AAAA", line_number="0", conduct_version="9"),
    )
    row = house.row()
    assert (row.state, row.person_id) == (State.WAITLISTED, house.person.id)
    assert row.ticket_code != "AAAA-AAAA"


def test_the_page_says_when_it_opens_and_when_it_closed(house: House, clock: Any) -> None:
    with house.work() as uow:
        make_date(uow, house.edition, DateKey.REGISTRATION_OPENS, uow.now + timedelta(days=1))
        make_date(uow, house.edition, DateKey.REGISTRATION_CLOSES, uow.now + timedelta(days=3))
    assert "Registration opens Tue 2 June" in _main(house.client.get(REGISTER))
    assert send(house.client, REGISTER, house.typed()).status_code == 409
    clock.at += timedelta(days=2)
    assert "Registration closes Thu 4 June" in _main(house.client.get(REGISTER))
    assert send(house.client, REGISTER, house.typed()).status_code == 303
    clock.at += timedelta(days=2)
    text = _main(house.client.get(REGISTER))
    assert "Registration closed Thu 4 June" in text
    assert "How you take part" not in text
    saved = send(house.client, REGISTER, {"version": "1", "badge_name": "Aisyah", "listing": "full", "conduct": "y"})
    assert saved.status_code == 303
    assert house.row().badge_name == "Aisyah"
    with house.work() as uow:
        other = client_for(house.app, uow, make_person(uow))
    assert "If you meant to come, write to the organisers." in _main(other.get(REGISTER))
    assert send(other, REGISTER, house.typed()).status_code == 409
    clock.at = house.edition.ends_at + timedelta(seconds=1)
    assert "This is over" in _main(house.client.get(REGISTER))
    past = _main(house.app.test_client().get(REGISTER))
    assert "Open" not in past, "nothing stands open once it is over"
    assert "How the waitlist works" not in past


def test_without_kinds_the_page_says_so(app: Any, work: Any) -> None:
    with work() as uow:
        make_edition(uow)
    answer = app.test_client().get(REGISTER)
    assert "No registration here yet" in _main(answer)


def test_a_draft_is_not_there_for_others(house: House, app: Any) -> None:
    with house.work() as uow:
        uow.session.merge(house.edition).visibility = Visibility.DRAFT
    assert app.test_client().get(REGISTER).status_code == 404
    assert house.client.get(REGISTER).status_code == 404
    assert house.desk.get(REGISTER).status_code == 200


def test_an_edition_without_a_code_of_conduct_asks_for_none(house: House) -> None:
    with house.work() as uow:
        uow.session.merge(house.edition).code_of_conduct = ""
    assert "code of conduct" not in _main(house.client.get(REGISTER)).lower()
    assert send(house.client, REGISTER, house.typed(conduct="")).status_code == 303
    assert house.row().conduct_version == 0
    with house.work() as uow:
        make_join_link(uow, house.edition)
    assert _leads_to_join(house.client.get(TICKET))
    with house.work() as uow:
        uow.session.merge(house.edition).code_of_conduct = "Be kind."
    assert not _leads_to_join(house.client.get(TICKET))


def _leads_to_join(answer: Any) -> bool:
    assert JOIN not in answer.text
    return bool(_soup(answer).select('a[href="/musiml/2026/join"]'))


# -- the ticket ---------------------------------------------------------------------------------------------------


@keeps("T2", "T5")
@shows("Registration", "The ticket leads to the join page for people with a seat only, after the code of conduct")
def test_the_way_to_join_is_on_the_ticket_of_those_with_a_seat(house: House) -> None:
    with house.work() as uow:
        make_join_link(uow, house.edition)
        uow.session.add(Room(edition_id=house.edition.id, name="Table 1", position=1, join_url="https://z.example/t1"))
    house.registered(house.person)
    answer = house.client.get(TICKET)
    assert _leads_to_join(answer)
    assert "z.example" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    for path in (REGISTER, PEOPLE, CANCEL):
        assert JOIN not in house.client.get(path).text
    with house.work() as uow:
        waiting = make_person(uow)
        make_registration(uow, house.edition, house.room, waiting, State.WAITLISTED)
        client = client_for(house.app, uow, waiting)
    assert not _leads_to_join(client.get(TICKET))


@shows("Registration", "If the code of conduct changed, the ticket asks to agree again before it leads on to join")
def test_a_new_version_of_the_code_of_conduct_is_agreed_to_again(house: House, clock: FixedClock) -> None:
    clock.at = datetime(2026, 6, 2, 3, 0, tzinfo=UTC)  # still Monday evening where the edition is
    with house.work() as uow:
        make_join_link(uow, house.edition)
    house.registered(house.person)
    with house.work() as uow:
        uow.session.merge(house.edition).code_of_conduct_version = 2
    answer = house.client.get(TICKET)
    assert not _leads_to_join(answer)
    assert "The code of conduct changed" in _main(answer)
    assert send(house.client, f"{REGISTER}/conduct", {"version": "1"}).status_code == 303
    assert not _leads_to_join(house.client.get(TICKET))
    shown = _soup(answer).find("input", {"name": "version"})["value"]
    send(house.client, f"{REGISTER}/conduct", {"version": shown})
    answer = house.client.get(TICKET)
    assert _leads_to_join(answer)
    assert "You agreed to the code of conduct on Mon 1 June 2026." in _main(answer)


def test_the_ticket_shows_name_kind_marks_and_a_code_that_is_not_the_link(house: House) -> None:
    with house.work() as uow:
        make_join_link(uow, house.edition)
    row = house.registered(house.person, affiliation="جامعة الخرطوم", diet=["halal"])
    answer = house.client.get(TICKET)
    soup = _soup(answer)
    assert soup.find("h1").get_text() == "Nur Aisyah"
    assert soup.find(class_="tk-no").get_text() == row.ticket_code
    drawing = soup.find(class_="qr").find("svg")
    assert "style" not in str(drawing)
    # A full QR code of 21 modules with its quiet zone: phones do not read the Micro QR of so short a text.
    assert drawing["viewbox"] == "0 0 25 25"
    assert [m.get_text(strip=True) for m in soup.select(".ticket .mark")] == ["In person", "Halal", "No photos"]
    text = _main(answer)
    assert "NeurIPS 2026 Needs a registration of its own: a seat here is no admission there." in text
    assert "Fri 11 December 2026" in text.replace("Friday", "Fri")


def test_without_a_registration_there_is_no_ticket(house: House, app: Any) -> None:
    assert house.client.get(TICKET).location == REGISTER
    house.registered(house.person, state=State.CANCELLED)
    assert house.client.get(TICKET).location == REGISTER
    assert house.client.get(CANCEL).status_code == 404
    assert house.client.get(PEOPLE).status_code == 404
    assert send(house.client, CANCEL).status_code == 404
    assert "/sign-in" in app.test_client().get(TICKET).location


@shows("Registration", "Cancelling is confirmed on a page that says what follows from it")
def test_cancelling_says_what_follows_and_hands_the_seat_on(house: House) -> None:
    house.registered(house.person, needs="A ramp")
    with house.work() as uow:
        waiting = make_person(uow)
        make_registration(uow, house.edition, house.room, waiting, State.WAITLISTED)
    text = _main(house.client.get(CANCEL))
    assert "Nothing has happened yet." in text
    assert "Your seat (In person) goes to the person who waits for it, at once." in text
    assert "What you told us about food and access is deleted." in text
    assert house.row().state is State.REGISTERED
    answer = send(house.client, CANCEL)
    assert (answer.status_code, answer.location) == (303, REGISTER)
    assert house.row().state is State.CANCELLED
    assert house.row(waiting).state is State.REGISTERED
    assert "Your registration is cancelled." in _main(house.client.get(REGISTER))


def test_the_registration_of_one_edition_opens_nothing_in_another(house: House) -> None:
    with house.work() as uow:
        other = make_edition(uow, slug="2025")
        kind = make_kind(uow, other)
        make_registration(uow, other, kind, house.person)
        make_join_link(uow, house.edition)
    assert house.client.get(TICKET).location == REGISTER
    assert house.client.get(PEOPLE).status_code == 404
    assert house.client.get("/musiml/2025/registration/ticket").status_code == 200
    assert JOIN not in house.client.get("/musiml/2025/registration/ticket").text


# -- the participants' list ---------------------------------------------------------------------------------------


@keeps("A1")
@shows("Registration", "The participants' list is for people with a seat, and shows only whom their own choices allow")
def test_the_participants_list_honours_every_choice(house: House, app: Any) -> None:
    house.registered(house.person, kind=house.afar)
    with house.work() as uow:
        for name, here, account, state in (
            ("Full Amal", Listing.FULL, Listing.FULL, State.REGISTERED),
            ("Named Badr", Listing.NAME_ONLY, Listing.FULL, State.REGISTERED),
            ("Account Dina", Listing.FULL, Listing.NAME_ONLY, State.REGISTERED),
            ("Hidden Esra", Listing.UNLISTED, Listing.FULL, State.REGISTERED),
            ("Away Farid", Listing.FULL, Listing.UNLISTED, State.REGISTERED),
            ("Secret Gul", Listing.FULL, Listing.ANONYMOUS, State.REGISTERED),
            ("Gone Hadi", Listing.FULL, Listing.FULL, State.CANCELLED),
        ):
            person = make_person(uow, name, listing=account)
            make_registration(
                uow, house.edition, house.afar, person, state, listing=here, affiliation=f"{name} Lab", pronouns="they"
            )
    text = _main(house.client.get(PEOPLE))
    for name in ("Full Amal", "Named Badr", "Account Dina"):
        assert name in text
    for hidden in ("Hidden", "Away", "Secret", "Gone", "Named Badr Lab", "Account Dina Lab"):
        assert hidden not in text
    assert text.count("they") == 1
    assert app.test_client().get(PEOPLE).status_code == 303
    with house.work() as uow:
        waiting = make_person(uow)
        make_registration(uow, house.edition, house.afar, waiting, State.WAITLISTED)
        client = client_for(app, uow, waiting)
    assert client.get(PEOPLE).status_code == 404


def test_an_empty_participants_list_says_what_to_do(house: House) -> None:
    house.registered(house.person)
    assert "Nobody is on the list yet" in _main(house.client.get(PEOPLE))


# -- the desk -----------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.OWNER, {DESK, KINDS, SETTINGS, NEEDS, CSV}),
        (Role.ORGANISER, {DESK, KINDS, SETTINGS, NEEDS, CSV}),
        (Role.FRONT_DESK, {DESK}),
        (Role.PROGRAMME_CHAIR, set()),
        (Role.REVIEWER, set()),
        (Role.GRANTS_COMMITTEE, set()),
    ],
)
def test_each_role_opens_its_pages_in_its_own_edition_only(house: House, role: Role, opens: set[str]) -> None:
    row = house.registered()
    one, kind = f"{DESK}/{row.id}", f"{KINDS}/{house.room.id}"
    if KINDS in opens:
        opens = opens | {one, kind}
    with house.work() as uow:
        other = make_edition(uow, slug="2025")
    client, stranger = house.member(role), house.member(role, other)
    for path in (DESK, KINDS, SETTINGS, NEEDS, CSV, one, kind):
        assert client.get(path).status_code == (200 if path in opens else 404), path
        assert stranger.get(path).status_code == 404, path
        assert house.client.get(path).status_code == 404, path
    posts = (KINDS, SETTINGS, kind, f"{kind}/place", f"{kind}/removal", f"{one}/cancellation")
    if KINDS not in opens:
        for path in posts:
            assert send(client, path, {"reason": "x"}).status_code == 404, path
    for path in (
        f"/musiml/2025/organise/registration/{row.id}",
        f"/musiml/2025/organise/registration/kinds/{kind[-1]}",
    ):
        assert house.member(Role.OWNER, other).get(path).status_code == 404


@keeps("A5", "A9")
@keeps("P1")
@shows("Registration", "What somebody eats and needs stands nowhere in the database in clear")
def test_a_stolen_backup_tells_nobodys_needs(house: House, database: Any) -> None:
    form = house.typed(needs="zweirädriger Stuhl", diet=["halal"], once="x" * 24)
    assert send(house.client, REGISTER, form).status_code == 303
    stolen = everything(database)
    assert "Nur" in stolen
    assert house.row().needs == "zweirädriger Stuhl"
    assert "zweir" not in stolen
    assert "halal" not in stolen


@shows("Registration", "The front desk sees names and kinds, but nobody's food, access needs or address")
def test_the_front_desk_sees_names_but_no_needs(house: House) -> None:
    row = house.registered(house.person, needs="a hushed room", diet=["halal"])
    front = house.member(Role.FRONT_DESK)
    answer = front.get(DESK)
    text = _main(answer)
    assert "Nur Aisyah" in text
    assert "no photos" in text
    for hidden in ("hushed", "Halal", "kitchen", house.person.email, f"{DESK}/{row.id}"):
        assert hidden not in answer.text
    for words in ("hushed", "halal", house.person.email):
        assert "Nobody fits this filter." in _main(front.get(DESK, query_string={"q": words}))
    assert "Nur Aisyah" in _main(front.get(DESK, query_string={"q": row.ticket_code.lower()}))


@shows("Registration", "Organisers filter by kind and state, search by name, and see the waitlist in order")
def test_the_list_is_filtered_searched_and_in_order(house: House) -> None:
    house.registered(house.person)
    with house.work() as uow:
        for name in ("Zara", "Badr"):
            make_registration(uow, house.edition, house.room, make_person(uow, name), State.WAITLISTED)
        both = make_person(uow, "Cem")
        make_registration(uow, house.edition, house.afar, both, waits_for=house.room)
        make_registration(uow, house.edition, house.afar, make_person(uow, "Dina"), State.CANCELLED)

    def names(**asked: Any) -> list[str]:
        rows = _soup(house.desk.get(DESK, query_string=asked)).select("tbody th bdi.name")
        return [row.get_text() for row in rows]

    assert names() == ["Zara", "Badr", "Cem", "Nur Aisyah", "Dina"]
    assert names(state="waiting") == ["Zara", "Badr", "Cem"]
    assert names(state="seat", kind=house.room.id) == ["Cem", "Nur Aisyah"]
    assert names(state="cancelled") == ["Dina"]
    assert names(q="AISY") == ["Nur Aisyah"]
    assert names(q="100%_") == []
    assert names(kind="987654", state="nonsense", page="99") == ["Zara", "Badr", "Cem", "Nur Aisyah", "Dina"]
    text = _main(house.desk.get(DESK))
    assert "1 of 1" in text
    assert "3 people wait" in text
    assert "Number 2 on the waitlist" in text
    assert "number 3 on the waitlist: In person" in text


@keeps("P2")
@shows(
    "Registration",
    "Organisers see the kitchen's totals without names, and access needs on a page whose looks are logged",
    "The list to take along has food, needs and answers beside names only where asked for, and that is logged",
)
def test_totals_for_the_kitchen_and_needs_with_names(house: House) -> None:
    with house.work() as uow:
        room = make_kind(uow, house.edition, "Hall", None)
        for n, diet in enumerate((["halal"], ["halal", "no_gluten"], ["no_gluten", "halal"], [])):
            person = make_person(uow, f"Guest {n}")
            make_registration(uow, house.edition, room, person, diet=diet, needs="A ramp" if n == 0 else "")
        make_registration(uow, house.edition, house.afar, make_person(uow, "Far"), diet=["vegan"])
        make_registration(uow, house.edition, room, make_person(uow, "Left"), State.CANCELLED, diet=["kosher"])
    text = _main(house.desk.get(DESK))
    assert "3 people with a seat in the room said what they eat." in text
    assert "Halal 3 No gluten 2 Of these, together Halal, No gluten 2" in text
    for absent in ("Vegan", "Kosher", "A ramp"):
        assert absent not in text
    assert "1 thing is needed on the day. 1 is open." in text
    with capture_logs() as logs:
        text = _main(house.desk.get(NEEDS))
        assert "needs" not in house.desk.get(CSV).text.splitlines()[0]
        house.desk.get(CSV, query_string={"with": "answers"})
        for role in (Role.FRONT_DESK, Role.PROGRAMME_CHAIR, Role.GRANTS_COMMITTEE, Role.REVIEWER):
            member = house.member(role)
            assert [member.get(path).status_code for path in (NEEDS, CSV)] == [404, 404]
    looks = [(line["event"], line["what"], line["person"]) for line in logs]
    assert looks == [("sensitive answers read", what, house.owner.id) for what in ("needs", "csv")]
    assert "ramp" not in str(logs)
    assert "Guest 0" in text
    assert "A ramp" in text
    assert "Guest 1" not in text


@keeps("I8")
@shows("Registration", "The list can be taken along as CSV, in which no cell starts a formula")
def test_the_csv_starts_no_formula(house: House) -> None:
    house.registered(house.person, badge_name="=HYPERLINK(1)", needs="+1 chair", affiliation="@x", pronouns="-")
    answer = house.desk.get(CSV, query_string={"with": "answers"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [rows[0][key] for key in ("name", "needs", "affiliation", "pronouns")] == [
        "'=HYPERLINK(1)", "'+1 chair", "'@x", "'-",
    ]  # fmt: skip
    assert rows[0]["address"] == house.person.email
    assert list(csv.DictReader(io.StringIO(house.desk.get(CSV, query_string={"state": "waiting"}).text))) == []


@shows("Registration", "Organisers cancel on somebody's behalf with a reason, which that person reads")
def test_cancelling_for_somebody_asks_for_a_reason(house: House) -> None:
    row = house.registered(house.person)
    path = f"{DESK}/{row.id}/cancellation"
    answer = send(house.desk, path, {"reason": " "})
    assert answer.status_code == 422
    assert "Write why, in a sentence" in _main(answer)
    assert send(house.desk, path, {"reason": "You asked us."}).location == DESK
    assert house.row().state is State.CANCELLED
    assert send(house.desk, path, {"reason": "You asked us."}).status_code == 409
    assert send(house.desk, f"{DESK}/987654/cancellation", {"reason": "x"}).status_code == 404


def test_kinds_are_added_changed_ordered_and_removed(house: House) -> None:
    added = send(house.desk, KINDS, {"name": "Poster hall", "mode": "in_person", "capacity": "40", "text": "x"})
    assert added.location == KINDS
    with house.work() as uow:
        kind = queries.kinds(uow.session, house.edition.id)[-1]
    assert (kind.name, kind.capacity, kind.mode) == ("Poster hall", 40, Mode.IN_PERSON)
    one = f"{KINDS}/{kind.id}"
    typed = {"name": "Hall", "mode": "virtual", "capacity": "", "text": "", "version": "1"}
    assert send(house.desk, one, typed).location == KINDS
    stale = send(house.desk, one, typed | {"name": "Other"})
    assert stale.status_code == 409
    assert "Name Hall" in _main(stale)
    assert _soup(stale).find("input", {"name": "name"})["value"] == "Other"
    assert send(house.desk, f"{one}/place", {"to": "up"}).status_code == 303
    assert send(house.desk, f"{one}/removal").status_code == 303
    with house.work() as uow:
        assert [k.name for k in queries.kinds(uow.session, house.edition.id)] == ["In person", "Virtual"]
    house.registered()
    assert send(house.desk, f"{KINDS}/{house.room.id}/removal").status_code == 409


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Give it a name"),
        ({"name": "Virtual"}, "There is a kind called “Virtual” already."),
        ({"capacity": "0"}, "1 place is taken. Write 1 or more"),
        ({"capacity": "-1"}, "Write a number between 0 and 100,000"),
        ({"capacity": "100001"}, "Write a number between 0 and 100,000"),
        ({"capacity": "many"}, "Write a number in figures"),
        ({"capacity": "9" * 5000}, "Write a number"),
        ({"mode": "astral"}, "Not a valid choice"),
        ({"text": "x" * 501}, "That is longer than the 500 characters"),
    ],
)
def test_a_kind_that_cannot_be_is_refused_at_its_field(house: House, change: Any, sentence: str) -> None:
    house.registered()
    typed = {"name": "Room", "mode": "in_person", "capacity": "5", "text": "kept", "version": "1"} | change
    answer = send(house.desk, f"{KINDS}/{house.room.id}", typed)
    assert answer.status_code == 422
    assert sentence in _main(answer)
    assert _soup(answer).find("input", {"name": "name"})["value"] == typed["name"]
    with house.work() as uow:
        kind = uow.session.get_one(RegistrationKind, house.room.id)
        assert (kind.name, kind.capacity) == ("In person", 1)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "zoom.example/j/1", "https://", "https://a b.example", "http://[", "x" * 1001]
)
def test_a_join_link_that_is_no_address_is_refused(house: House, typed: str) -> None:
    assert send(house.desk, SETTINGS, {"version": "0", "join_url": typed, "note": ""}).status_code == 422
    with house.work() as uow:
        assert queries.settings_of(uow.session, house.edition.id) is None


def test_the_join_link_and_the_note_are_saved_once(house: House) -> None:
    saved = send(house.desk, SETTINGS, {"version": "0", "join_url": JOIN, "note": "Bring **tea**."})
    assert saved.location == DESK
    stale = send(house.desk, SETTINGS, {"version": "0", "join_url": "https://other.example", "note": ""})
    assert stale.status_code == 409
    assert JOIN in _main(stale)
    assert "<strong>tea</strong>" in house.client.get(REGISTER).text
    assert JOIN not in house.desk.get(CSV).text
    assert JOIN not in house.desk.get(DESK).text


def test_an_empty_desk_says_what_to_do(app: Any, work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        client = client_for(app, uow, owner)
    assert "Nobody can register yet" in _main(client.get(DESK))
    assert "No kinds yet." in _main(client.get(KINDS))
    with work() as uow:
        make_kind(uow, edition)
    assert "Nobody has registered yet" in _main(client.get(DESK))
    assert "Nothing stands here" in _main(client.get(NEEDS))


# -- the edition's page, and how much each page asks ---------------------------------------------------------------


def test_the_editions_page_says_what_is_left_and_leads_on(house: House, app: Any) -> None:
    house.registered()
    text = _main(app.test_client().get("/musiml/2026/"))
    assert "In person: full, 0 on the waitlist; Virtual: no limit" in text
    assert "Register" in text
    house.registered(house.person, kind=house.afar)
    assert "Your ticket" in _main(house.client.get("/musiml/2026/"))


@pytest.mark.sqlite
@shows("Pages", "The pages of registration ask at most 12 queries, at 1 row and at 500")
def test_no_page_asks_more_than_twelve_queries(house: House, database: Any) -> None:
    row = house.registered(house.person, kind=house.afar, needs="A ramp", listing=Listing.FULL)

    def asked() -> dict[str, int]:
        numbers = {}
        for path in (REGISTER, TICKET, CANCEL, PEOPLE):
            with count_queries(database) as seen:
                assert house.client.get(path).status_code == 200
            numbers[path] = len(seen)
        for path in (DESK, NEEDS, KINDS, f"{KINDS}/{house.room.id}", SETTINGS, CSV, DESK + "/one"):
            with count_queries(database) as seen:
                assert house.desk.get(path.replace("/one", f"/{row.id}")).status_code == 200
            numbers[path] = len(seen)
        return numbers

    small = asked()
    with house.work() as uow:
        for n in range(500):
            person = make_person(uow, f"Person {n}")
            state = State.WAITLISTED if n % 2 else State.REGISTERED
            make_registration(
                uow, house.edition, house.afar, person, state, needs="A chair", diet=["halal"], listing=Listing.FULL
            )
    assert asked() == small
    assert max(small.values()) <= 12, small
