"""All of one's data: nothing forgotten, nothing of others, fetched by its person only, deleted after some days."""

import json
import zipfile
from base64 import b64decode
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import client_for, make_person, send
from tests.registrations.factories import make_registration
from tests.selfid.factories import House
from tests.shows import keeps, shows
from workshop_manager.accounts.erasure import erase
from workshop_manager.core import audit
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Base, Database
from workshop_manager.door import letters
from workshop_manager.handover.models import VisitorRegistration
from workshop_manager.handover.service import make_claim
from workshop_manager.handover.states import Purpose
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations.models import Registration
from workshop_manager.selfid.rules import Reply
from workshop_manager.submissions.models import Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.states import State
from workshop_manager.takeout import archive, parts, service
from workshop_manager.takeout.models import DataExport

PAGE = "/account/data"


def test_every_column_that_names_a_person_is_in_a_part_or_left_out_with_a_reason(app: Flask) -> None:
    naming = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "people" for key in column.foreign_keys)
    }
    held = {
        f"{one.table}.{one.owner}"
        for one in parts.SECTIONS
        if not (one.through or one.by_registration | one.by_address)
    }
    assert sorted(naming - held - parts.LEFT_OUT.keys()) == [], "say in takeout.parts what an archive holds of it"
    assert held | parts.LEFT_OUT.keys() == naming
    assert not held & parts.LEFT_OUT.keys()


def test_every_column_with_an_address_is_in_a_part_or_left_out_with_a_reason(app: Flask) -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name in ("address", "reply_to") or column.name.endswith(("email", "_address"))
    }
    held = {f"{one.table}.{one.owner}" for one in parts.SECTIONS if one.by_address}
    assert sorted(found - held - parts.ADDRESSES.keys()) == [], "say in takeout.parts what an archive holds of it"
    assert held | parts.ADDRESSES.keys() == found
    assert not held & parts.ADDRESSES.keys()
    names = [one.name for one in parts.SECTIONS]
    assert len(names) == len(set(names)), "one would stand in the place of the other"


def test_every_table_about_a_registration_is_in_a_part(app: Flask) -> None:
    naming = {
        table.name
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "registrations" for key in column.foreign_keys)
    }
    held = {one.table for one in parts.SECTIONS if one.by_registration}
    assert naming - held == {"badge_prints", "door_scans"}, "what stood on a badge, and tickets held up, stand there"


def opened(client: Any) -> dict[str, Any]:
    link = next(line for line in client.get(PAGE).text.split('"') if line.startswith(f"{PAGE}/"))
    answer = client.get(link)
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@keeps("P4")
@shows(
    "Accounts",
    "Everybody fetches all of their data: JSON, a page to read and their files, made by the worker, for three days",
)
def test_somebody_takes_their_data_along(app: Flask, work: Any, database: Database, clock: FixedClock) -> None:
    with work() as uow:
        house = House(uow, 2)
        me, other = house.people
        house.say(uow, me, Reply((), "quartz"), Reply((0,)))
        house.say(uow, other, Reply((), "granite"))
        uow.actor = house.organiser
        letters.save_settings(
            uow, house.edition, is_offered=True, wording="We invite {name}.", signed_by="O", version=0
        )
        for person, number in ((me, "X-mine"), (other, "X-theirs")):
            uow.actor = person
            letters.ask(uow, house.edition, letters.Passport(person.name, number, "MY", "1990-01-01", "2030-01-01"))
        work_ = Submission(
            edition_id=house.edition.id, number=1, title="<b>My work</b>", abstract="A", state=State.SUBMITTED,
            submitter_id=me.id, form_key="k", created_at=uow.now, changed_at=uow.now, version=1,
        )  # fmt: skip
        uow.session.add(work_)
        uow.session.flush()
        file = SubmissionFile(
            submission_id=work_.id, version=1, sha256="0" * 64, size=4, pages=1, original_name="a.pdf", facts={},
            uploaded_at=uow.now, uploaded_by=me.id,
        )  # fmt: skip
        uow.session.add(file)
        uow.session.flush()
        uow.session.add(SubmissionBytes(file_id=file.id, original=b"%PDF-original", blind=b"%PDF-blind"))
        mine, theirs = client_for(app, uow, me), client_for(app, uow, other)
    for _twice in range(2):
        assert send(mine, PAGE).status_code == 303
    assert "being put together" in mine.get(PAGE).text
    with app.app_context():
        service.make_all(database, clock)
    found = opened(mine)
    file_name = f"files/submission_files-{file.id}.pdf"
    own_words = {"self-identification.json", "self-identification.html"}
    assert found.keys() == {"data.json", "data.html", file_name} | own_words
    with database.connection() as connection:
        kept = b64decode(connection.execute(select(DataExport.body)).scalar_one())
    assert not own_words & set(zipfile.ZipFile(BytesIO(kept)).namelist()), "put in while it is fetched"
    assert b"quartz" not in b"".join(found[name] for name in found.keys() - own_words)
    assert found[file_name] == b"%PDF-original"
    data = json.loads(found["data.json"])["data"]
    assert data["people"][0]["email"] == me.email
    assert data["registrations"][0]["edition"] == house.edition.name
    said = json.loads(found["self-identification.json"])["data"]
    assert said["self_identification"][0]["answer"] == ["quartz"]
    assert data["visa_letters"][0]["passport"]["passport"] == "X-mine"
    page = found["data.html"].decode()
    assert "&lt;b&gt;My work&lt;/b&gt;" in page
    assert "<b>My" not in page
    for body in map(bytes.decode, (found[name] for name in found.keys() - {file_name})):
        assert "granite" not in body
        assert "X-theirs" not in body
        assert other.email not in body
    with work() as uow:
        (row,) = uow.session.scalars(select(DataExport)).all()
        mail = uow.session.scalars(select(OutboxMail)).one()
        assert mail.subject == "Your data is ready"
        assert "http://localhost/account/data" in mail.text_body
        assert uow.session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == "person").order_by(AuditEntry.id)
        ).all() == ["data asked for"]
    assert theirs.get(f"{PAGE}/{row.id}.zip").status_code == 404
    assert app.test_client().get(f"{PAGE}/{row.id}.zip").status_code in (302, 303, 401)
    clock.at += service.KEPT
    assert mine.get(f"{PAGE}/{row.id}.zip").status_code in (302, 303, 404)
    service.make_all(database, clock)
    with work() as uow:
        assert not uow.session.scalars(select(DataExport)).all()


@pytest.mark.sqlite
def test_what_went_to_an_address_of_theirs_is_in_it_once_it_is_proven(app: Flask, work: Any) -> None:
    with work() as uow:
        house = House(uow, 1)
        me, host = make_person(uow), house.people[0]
        row = uow.session.scalars(select(Registration).where(Registration.person_id == host.id)).one()
        until = uow.now + timedelta(days=1)
        make_claim(uow, row, Purpose.TRANSFER, me.email, until)
        uow.session.add(
            VisitorRegistration(
                edition_id=house.edition.id, kind_id=house.kind.id, email=me.email, token_hash="0" * 64,
                said={"diet": "no basalt"}, conduct_version=1, created_at=uow.now, expires_at=until,
            )
        )  # fmt: skip
        guest = make_registration(uow, house.edition, house.kind, make_person(uow), badge_name="Guest")
        guest.person_id, guest.host_id = None, row.id
        uow.session.flush()

        def data(person: Any) -> Any:
            with zipfile.ZipFile(BytesIO(archive.make(uow, person))) as made:
                return json.loads(made.read("data.json"))["data"]

        with app.test_request_context():
            mine, theirs = data(me), data(host)
            me.confirmed_at = None
            uow.session.flush()
            unproven = data(me)
    assert mine["seats_offered"][0]["purpose"] == "transfer"
    assert "no basalt" in str(mine["visitor_registrations"])
    assert theirs["seat_claims"][0]["email"] == me.email
    assert "seats_offered" not in theirs
    assert [theirs[name][0]["badge_name"] for name in ("registrations", "guests")] == [row.badge_name, guest.badge_name]
    assert not unproven.keys() & {"seats_offered", "visitor_registrations"}


@pytest.mark.sqlite
def test_one_archive_that_cannot_be_made_holds_up_no_other(
    app: Flask, work: Any, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work() as uow:
        first, second = make_person(uow), make_person(uow)
        before = make_person(uow)
        before.merged_into_id = second.id
        uow.actor = before
        audit.record(uow, "earlier act", "person", before.id)
        uow.actor = None
        for person in (first, second):
            service.ask(uow, person)
        client = client_for(app, uow, second)
    made = archive.make

    def make(uow: Any, person: Any) -> bytes:
        if person.id == first.id:
            raise ValueError
        return made(uow, person)

    monkeypatch.setattr(archive, "make", make)
    with app.app_context():
        service.make_all(database, clock)
    acts = json.loads(opened(client)["data.json"])["data"]["acts"]
    assert [one["action"] for one in acts] == ["earlier act"], "what the account that ended did is theirs"


def test_it_goes_with_the_account(app: Flask, work: Any, database: Database, clock: FixedClock) -> None:
    with work() as uow:
        person = make_person(uow)
        service.ask(uow, person)
    with app.app_context():
        service.make_all(database, clock)
    with work() as uow:
        assert uow.session.scalars(select(DataExport.size)).one() > 0
        erase(uow, person)
        assert not uow.session.scalars(select(DataExport)).all()
