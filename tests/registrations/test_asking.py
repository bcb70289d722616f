"""What organisers ask of whoever registers: questions by kind, consent in versions."""

import csv
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select, text
from structlog.testing import capture_logs

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import details, make_kind
from tests.shows import shows
from workshop_manager.questions import queries as questions
from workshop_manager.questions import service as forms
from workshop_manager.questions.models import Answer, Attestation
from workshop_manager.questions.service import QuestionContent, StatementContent
from workshop_manager.questions.states import Kind, Requirement, StatementKind
from workshop_manager.registrations import asking, queries, ready, service
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.states import Role

REGISTER = "/musiml/2026/registration"
DESK = "/musiml/2026/organise/registration"
FORM = "/musiml/2026/organise/forms/registration"


class House:
    """A room whose people are asked for a size and their needs, a virtual kind, and consent to photos."""

    def __init__(self, work: Any) -> None:
        self.work = work
        with work() as uow:
            self.edition = make_edition(uow)
            self.room = make_kind(uow, self.edition, "In person", 5, position=1)
            self.afar = make_kind(uow, self.edition, "Virtual", None, Mode.VIRTUAL, position=2)
            self.owner, self.person = make_person(uow, "Amina"), make_person(uow, "Nur")
            join_team(uow, self.edition, self.owner, Role.OWNER)
        with work(self.owner) as uow:
            size = QuestionContent(
                Kind.CHOICE, "T-shirt size", options=("S", "XL"), requirement=Requirement.ALWAYS,
                scopes=frozenset({f"kind:{self.room.id}"}),
            )  # fmt: skip
            self.size = forms.add_question(uow, self.edition, asking.KEY, size).id
            care = next(one for one in ready.ready() if one.key == "childcare")
            self.care, self.ages = (q.id for q in forms.add_ready(uow, self.edition, asking.KEY, care.questions))
            photos = StatementContent(StatementKind.PHOTOS, "Photos of me may stand on our page.")
            self.photos = forms.add_statement(uow, self.edition, asking.KEY, photos).id

    def typed(self, kind: Any, **more: str) -> dict[str, str]:
        row = self.row()
        version = str(row.version if row else 0)
        said = {"kind": str(kind.id), "badge_name": "Nur", "listing": "unlisted", "conduct": "y", "version": version}
        return said | {name.replace("_", ""): value for name, value in more.items()}

    def row(self) -> Registration | None:
        with self.work() as uow:
            return queries.registration_of(uow.session, self.edition.id, self.person.id)

    def answers(self) -> dict[int, Any]:
        with self.work() as uow:
            row = queries.registration_of(uow.session, self.edition.id, self.person.id)
            return dict(asking.filled(uow, self.edition, row).answers)

    @property
    def xl(self) -> str:
        with self.work() as uow:
            return next(k for k, v in uow.session.get_one(forms.Question, self.size).options.items() if v == "XL")


@pytest.fixture
def house(work: Any) -> House:
    return House(work)


@shows(
    "Registration",
    "Organisers build the form of registration with the call's kinds of question, per kind, with conditions",
    "Answers to it are stored encrypted, and stand on the ticket, at the desk with each look noted, and in the CSV",
)
def test_questions_are_asked_by_kind_and_their_answers_found_where_they_are_needed(house, app, work) -> None:
    with work() as uow:
        mine, desk = client_for(app, uow, house.person), client_for(app, uow, house.owner)
    assert "T-shirt size" in mine.get(REGISTER).text
    refused = send(mine, REGISTER, house.typed(house.room))
    assert refused.status_code == 422
    assert "This question needs an answer." in refused.text
    assert house.row() is None
    shown = send(mine, REGISTER, house.typed(house.room) | {"act": "show"})
    assert (shown.status_code, house.row()) == (200, None)
    sent = house.typed(house.room) | {f"q{house.size}": house.xl, f"q{house.ages}": "Zwei, 3 und 5"}
    sent[f"q{house.care}"] = "no"
    assert send(mine, REGISTER, sent).status_code == 303
    assert house.answers() == {house.size: house.xl, house.care: False}, "what hangs on a yes is not kept"
    sent |= {f"q{house.care}": "yes", "version": "1"}
    assert send(mine, REGISTER, sent).status_code == 303
    assert house.answers()[house.ages] == "Zwei, 3 und 5"
    assert "Zwei, 3 und 5" in mine.get(f"{REGISTER}/ticket").text
    with work() as uow:
        stored = uow.session.execute(text("SELECT value FROM question_answers")).scalars().all()
        assert not any("Zwei" in str(one) for one in stored)
    row = house.row()
    with capture_logs() as logs:
        assert "Zwei, 3 und 5" in desk.get(f"{DESK}/{row.id}").text
        sheet = desk.get("/musiml/2026/organise/registrations.csv?with=answers").text.lstrip("\ufeff")
    lines = list(csv.DictReader(io.StringIO(sheet)))
    assert [one["what"] for one in logs if one["event"] == "sensitive answers read"] == ["answers", "csv"]
    assert (lines[0]["T-shirt size"], lines[0]["How many children, and how old?"]) == ("XL", "Zwei, 3 und 5")
    assert mine.get(f"{DESK}/{row.id}").status_code == 404


def test_what_another_kind_asks_is_missed_on_the_ticket_and_never_refused_by_imports(house, app, work) -> None:
    with work(house.person) as uow:
        service.register(uow, house.edition, house.room.id, details())
    with work() as uow:
        mine = client_for(app, uow, house.person)
        row = queries.registration_of(uow.session, house.edition.id, house.person.id)
        filled = asking.filled(uow, house.edition, row)
        assert filled.missing(row.place, uow) == 1
    assert "1 answer is missing" in mine.get(f"{REGISTER}/ticket").text
    with work(house.person) as uow:
        with pytest.raises(asking.Incomplete):
            service.register(uow, house.edition, house.room.id, details(answers={}))
        service.register(uow, house.edition, house.afar.id, details(answers={}))


@shows(
    "Registration", "Without JavaScript every question of every kind stands on the page, and says of whom it is asked"
)
def test_every_question_says_of_whom_it_is_asked(house, app, work) -> None:
    with work() as uow:
        mine = client_for(app, uow, house.person)
    soup = BeautifulSoup(mine.get(REGISTER).text, "html.parser")
    said = {one["data-asked"]: one.find(class_="asked-when") for one in soup.select(".asked-whole .asked")}
    assert said[f"q{house.size}"].text == "Only for: In person."
    assert "with: Yes" in said[f"q{house.ages}"].text
    assert said[f"q{house.care}"] is None


@shows("Registration", "Consent is kept with its wording and version; worded anew, it is asked for again")
def test_consent_to_photos_is_given_to_a_wording_and_asked_for_anew(house, app, work) -> None:
    with work() as uow:
        mine = client_for(app, uow, house.person)
    agreed = house.typed(house.afar) | {f"s{house.photos}": "y"}
    assert send(mine, REGISTER, agreed).status_code == 303
    assert house.row().photo_consent
    with work(house.owner) as uow:
        newer = StatementContent(StatementKind.PHOTOS, "Photos of me may be sold.")
        forms.edit_statement(uow, house.edition, asking.KEY, house.photos, newer)
    page = mine.get(REGISTER).text
    assert "This has been worded anew since you agreed to" in page
    assert send(mine, REGISTER, house.typed(house.afar)).status_code == 303, "nobody has to"
    assert not house.row().photo_consent
    with work() as uow:
        said = questions.all_said_by(uow.session, asking.owner_of(house.row()))
        assert [(one.version, one.wording) for one in said] == [(1, "Photos of me may stand on our page.")]


def test_whoever_cancels_takes_the_answers_along(house, work) -> None:
    with work(house.person) as uow:
        said = details(answers={house.size: house.xl, house.care: True}, told={house.photos: True}, needs="A ramp.")
        service.register(uow, house.edition, house.room.id, said)
    assert len(house.answers()) == 2
    with work(house.person) as uow:
        service.cancel(uow, house.edition)
    assert (house.row().state, house.row().needs) == (State.CANCELLED, "")
    with work() as uow:
        for table in (Answer, Attestation):
            assert uow.session.execute(select(func.count()).select_from(table)).scalar_one() == 0


@shows("Registration", "Questions that are often asked are added with one click and changed like others")
def test_ready_made_questions_are_added_with_one_click(house, app, work) -> None:
    with work() as uow:
        desk, mine = client_for(app, uow, house.owner), client_for(app, uow, house.person)
    assert "Arrival and departure" in desk.get(FORM).text
    assert send(desk, f"{FORM}/questions/ready", {"key": "journey"}).status_code == 303
    assert send(desk, f"{FORM}/questions/ready", {"key": "nothing"}).status_code == 404
    assert send(mine, f"{FORM}/questions/ready", {"key": "journey"}).status_code == 404
    assert "When do you arrive?" in mine.get(REGISTER).text
