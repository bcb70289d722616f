"""Certificates: for those who came, verified by whoever has the code, taken back, gone with the account."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sqlalchemy import func, select, text

from tests.clear import everything
from tests.commands import runner
from tests.door.factories import BASE, Door
from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.shows import shows
from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.door import certifying, queries, rules, service
from workshop_manager.door.models import Certificate
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations.models import Registration
from workshop_manager.workshops.states import Role

OWN = "/musiml/2026/registration/certificate"


@pytest.fixture
def door(app: Any, work: Any, clock: Any) -> Door:
    return Door(app, work, clock)


@pytest.fixture
def guest(door: Door) -> Registration:
    row = door.guest("Nur Aisyah")
    with door.work(door.helper) as uow:
        service.check_in(uow, door.edition, door.held(row))
    return row


def _client(door: Door, row: Registration) -> Any:
    with door.work() as uow:
        return client_for(door.app, uow, uow.session.get_one(Person, row.person_id))


def _mine(door: Door, row: Registration) -> list[Certificate]:
    with door.work() as uow:
        return list(
            uow.session.scalars(
                select(Certificate).where(Certificate.registration_id == row.id).order_by(Certificate.number)
            )
        )


@pytest.mark.parametrize(("came", "minutes", "may"), [(0, 60, False), (1, -1, False), (1, 0, True), (2, 60, True)])
def test_a_certificate_is_for_those_who_came(door: Door, came: int, minutes: int, may: bool):
    assert rules.may_have_certificate(came, door.start, door.start + timedelta(minutes=minutes)) is may


@shows("At the door", "Whoever was checked in gets a certificate of attendance as a PDF; who was not there gets none")
def test_whoever_came_gets_a_certificate(door: Door, guest: Registration):
    client, absent = _client(door, guest), _client(door, door.guest("Absent"))
    assert send(absent, OWN).status_code == 409
    assert "for those who came" in absent.get(OWN).text
    assert absent.get(f"{OWN}.pdf").status_code == 404
    assert door.client.get(OWN).status_code == 404
    assert "certificate" in client.get("/musiml/2026/registration/ticket").text
    for _attempt in range(2):
        assert send(client, OWN).status_code == 303
    (row,) = _mine(door, guest)
    file = client.get(f"{OWN}.pdf")
    words = PdfReader(io.BytesIO(file.data)).pages[0].extract_text()
    assert file.headers["Cache-Control"] == "no-store"
    for part in ("Nur Aisyah", "Muslims in ML 2026", "11 December 2026", f"/verify/{row.code}"):
        assert part in words


@shows("At the door", "Anybody with its code verifies a certificate: name, event and days, and nothing else")
def test_a_certificate_is_verified_by_anybody(door: Door, guest: Registration, database: Any):
    with door.work(door.owner) as uow:
        (row,) = certifying.issue_all(uow, door.edition, writes=False).certificates
    visitor = door.app.test_client()
    typed = send(visitor, "/verify", {"code": row.code.lower().replace("-", " ")})
    page = visitor.get(typed.location)
    shown = BeautifulSoup(page.data, "html.parser").main.text
    assert page.headers["Cache-Control"] == "no-store"
    for part in ("is valid", "Nur Aisyah", "Muslims in ML 2026", "11 December 2026"):
        assert part in shown
    assert "person" not in shown
    assert guest.ticket_code not in page.text
    assert row.code not in everything(database), "a stolen database forges no certificate"
    assert send(visitor, "/verify", {"code": "7K4P"}).status_code == 422
    assert visitor.get("/verify/7K4P-QM2X-B9TR-HW3C").status_code == 404
    with door.work(door.owner) as uow:
        certifying.revoke(uow, door.edition, row.id)
        with pytest.raises(Conflict):
            certifying.revoke(uow, door.edition, row.id)
    gone = visitor.get(typed.location).text
    assert "does not hold any more" in gone
    assert "Nur Aisyah" not in gone


def test_a_changed_name_or_another_day_makes_a_new_certificate(door: Door, guest: Registration):
    def issue() -> certifying.Issued:
        with door.work(door.owner) as uow:
            return certifying.issue_all(uow, door.edition, writes=True)

    assert [issue().new for _attempt in range(2)] == [1, 0]
    with door.work() as uow:
        uow.session.get_one(Registration, guest.id).badge_name = "Aisyah Nur"
    assert issue().new == 1
    before, now = _mine(door, guest)
    assert (before.number, before.revoked_at is None) == (1, False)
    assert (now.number, now.name, now.revoked_at) == (2, "Aisyah Nur", None)
    with door.work() as uow:
        subjects = uow.session.scalars(select(OutboxMail.subject)).all()
    assert subjects == ["Your certificate of attendance is ready: Muslims in ML 2026"] * 2


def test_organisers_issue_to_all_and_take_back(door: Door, guest: Registration):
    door.guest("Absent")
    assert send(door.desk, f"{BASE}/certificates").status_code == 303
    shown = BeautifulSoup(door.desk.get(f"{BASE}/certificates").data, "html.parser")
    assert "1 of 1 person who came" in " ".join(shown.select_one(".door-count").text.split())
    pdf = door.desk.get(f"{BASE}/certificates.pdf")
    assert len(PdfReader(io.BytesIO(pdf.data)).pages) == 1
    form = shown.find("form", action=lambda a: a and a.endswith("/removal"))
    assert send(door.desk, form["action"]).status_code == 303
    assert door.desk.get(f"{BASE}/certificates.pdf").status_code == 404
    for path in ("certificates", "certificates.pdf"):
        assert door.client.get(f"{BASE}/{path}").status_code == 404
    with door.work() as uow:
        other, outsider = make_edition(uow, "wimlds"), make_person(uow)
        join_team(uow, other, outsider, Role.OWNER)
    (row,) = _mine(door, guest)
    for edition in (other, door.edition):
        with door.work(outsider) as uow, pytest.raises(NotFound):
            certifying.revoke(uow, edition, row.id)


def test_a_certificate_goes_with_the_account(door: Door, guest: Registration):
    with door.work(door.owner) as uow:
        certifying.issue_all(uow, door.edition, writes=False)
    with door.work() as uow:
        uow.tell(PersonErased(guest.person_id))
    assert _mine(door, guest) == []
    with door.work(door.owner) as uow:
        assert certifying.issue_all(uow, door.edition, writes=False) == certifying.Issued(0, ())


@shows("At the door", "Certificates are also issued and printed by command, with a dry run and JSON")
def test_certificates_are_issued_by_command(
    door: Door, guest: Registration, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
):
    run, file = runner(door.app, monkeypatch), tmp_path / "all.pdf"
    wanted = ("door", "certificates", "musiml/2026", "--write", "-o", str(file), "--json")
    said = json.loads(run(*wanted, "--dry-run").output)
    assert (said["done"], said["counts"], file.exists()) == (False, {"certificates": 1, "new": 1, "mails": 1}, False)
    assert json.loads(run(*wanted).output)["done"]
    assert len(PdfReader(io.BytesIO(file.read_bytes())).pages) == 1
    with door.work() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_what_organisers_took_back_only_they_issue_anew(door: Door, guest: Registration):
    client = _client(door, guest)
    assert send(client, OWN).status_code == 303
    with door.work(door.owner) as uow:
        certifying.revoke(uow, door.edition, _mine(door, guest)[0].id)
    assert "took your certificate back" in client.get(OWN).text
    assert "Get the certificate" not in client.get(OWN).text
    assert send(client, OWN).status_code == 409
    with door.work(door.owner) as uow:
        assert certifying.issue_all(uow, door.edition, writes=False).new == 1
    assert client.get(f"{OWN}.pdf").status_code == 200


@pytest.mark.server
def test_certificates_for_all_keep_nobody_waiting_at_the_door(door: Door, guest: Registration):
    other = door.guest("Somebody else")
    with door.work(door.owner) as uow:
        queries.lock_numbers(uow.session, door.edition.id)
        with door.work(door.helper) as beside:
            beside.session.execute(text("SET LOCAL lock_timeout = '3s'"))
            assert service.check_in(beside, door.edition, door.held(other)).arrival is not None
