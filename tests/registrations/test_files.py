"""Files that organisers ask for on registering: PDFs only, stored, shown to those who may, taken along, deleted."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.pdfs import make_pdf
from tests.registrations.factories import details, make_kind
from tests.shows import shows
from workshop_manager.accounts import erasure
from workshop_manager.accounts.models import Person
from workshop_manager.questions import service as forms
from workshop_manager.questions.models import AnswerBytes
from workshop_manager.questions.service import QuestionContent
from workshop_manager.questions.states import Kind, Requirement
from workshop_manager.registrations import asking, queries, service
from workshop_manager.retention import service as retention
from workshop_manager.takeout import archive
from workshop_manager.workshops.states import Role

REGISTER = "/musiml/2026/registration"
DESK = "/musiml/2026/organise/registration"


class House:
    """An edition that asks everybody for a letter, and somebody who registers."""

    def __init__(self, app: Any, work: Any) -> None:
        self.work = work
        with work() as uow:
            self.edition, self.owner = make_edition(uow), make_person(uow, "Amina")
            join_team(uow, self.edition, self.owner, Role.OWNER)
            self.kind, self.person, other = make_kind(uow, self.edition), make_person(uow, "Nur"), make_person(uow)
            self.mine, self.other, self.desk = (client_for(app, uow, one) for one in (self.person, other, self.owner))
        with work(self.owner) as uow:
            letter = QuestionContent(Kind.FILE, "Your letter", requirement=Requirement.ALWAYS, most=2)
            self.asked = forms.add_question(uow, self.edition, asking.KEY, letter).id

    def send(self, body: bytes | None = None, name: str = "nur-letter.pdf", **more: str) -> Any:
        row = self.row()
        data: dict[str, Any] = {"kind": str(self.kind.id), "badge_name": "Nur", "listing": "unlisted", "conduct": "y"}
        data |= {"version": str(row.version if row else 0)} | more
        if body is not None:
            data[f"q{self.asked}"] = (io.BytesIO(body), name)
        return send(self.mine, REGISTER, data, content_type="multipart/form-data")

    def row(self) -> Any:
        with self.work() as uow:
            return queries.registration_of(uow.session, self.edition.id, self.person.id)

    def count(self) -> int:
        with self.work() as uow:
            return int(uow.session.execute(select(func.count(AnswerBytes.file_id))).scalar_one())


@pytest.fixture
def house(app: Any, work: Any) -> House:
    return House(app, work)


@shows("Registration", "Organisers may ask for files: a PDF only, looked at as a paper is, and read by those who may")
def test_a_file_is_asked_for_looked_at_and_read_by_those_who_may(house: House) -> None:
    assert 'enctype="multipart/form-data"' in house.mine.get(REGISTER).text
    assert house.send().status_code == 422, "it is needed"
    refused = house.send(b"\x89PNG\r\n", "letter.png")
    assert refused.status_code == 422
    assert "The file is not a PDF" in refused.text
    assert house.row() is None
    assert house.send(make_pdf()).status_code == 303
    row = house.row()
    address, at_desk = f"{REGISTER}/files/{house.asked}/1", f"{DESK}/{row.id}/files/{house.asked}/1"
    assert address in house.mine.get(f"{REGISTER}/ticket").text
    assert at_desk in house.desk.get(f"{DESK}/{row.id}").text
    for client, where in ((house.mine, address), (house.desk, at_desk)):
        got = client.get(where)
        assert got.data.startswith(b"%PDF-")
        assert "nur" not in got.headers["Content-Disposition"]
        assert "sandbox" in got.headers["Content-Security-Policy"]
    assert [house.other.get(where).status_code for where in (address, at_desk)] == [404, 404]
    assert house.mine.get(at_desk).status_code == 404
    assert house.send(badge_name="Nur Aisyah").status_code == 303, "what is there stays without choosing it again"
    with house.work() as uow:
        assert asking.filled(uow, house.edition, house.row()).answers == {house.asked: {"version": 1}}
        with zipfile.ZipFile(io.BytesIO(archive.make(uow, uow.session.get_one(Person, house.person.id)))) as found:
            bodies = [found.read(name) for name in found.namelist() if name.startswith("files/answer_files")]
        assert [body[:5] for body in bodies] == [b"%PDF-"]
    with house.work(house.person) as uow:
        service.cancel(uow, house.edition)
    assert house.count() == 0


@shows("Registration", "Files given on registering go with the account, and on the day that was shown when asking")
@pytest.mark.parametrize("by", ["account", "time"])
def test_files_are_deleted_with_the_account_and_in_time(
    house: House, app: Any, database: Any, clock: Any, by: str
) -> None:
    assert "Deleted on" in house.mine.get(REGISTER).text
    assert house.send(make_pdf()).status_code == 303
    assert house.count() == 1
    if by == "account":
        with house.work(house.person) as uow:
            erasure.erase(uow, uow.session.get_one(Person, house.person.id))
    else:
        clock.at = house.edition.ends_at + timedelta(days=40)
        with app.app_context():
            retention.carry_out(database, clock)
    assert house.count() == 0


def test_a_visitor_adds_files_later(house: House, app: Any) -> None:
    page = app.test_client().get(f"{REGISTER}/visitor").text
    assert "Your letter" in page
    assert f'name="q{house.asked}"' not in page
    with house.work(house.person) as uow:
        service.register(uow, house.edition, house.kind.id, details(answers={}, files_later=True))
    assert "1 answer is missing" in house.mine.get(f"{REGISTER}/ticket").text
