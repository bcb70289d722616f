"""A search through every table, file, log line and mail: what people say of themselves stands nowhere in clear."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from tests.clear import everything
from tests.factories import client_for, send
from tests.selfid.factories import House
from tests.shows import keeps, shows
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import Settings
from workshop_manager.door import letters
from workshop_manager.retention import service as retention
from workshop_manager.selfid import service
from workshop_manager.takeout import service as takeout

OWN = "/musiml/2026/self-identification"
LETTER = "/musiml/2026/registration/visa-letter"
SECRETS = ("Quartzmarker", "QZ7734551", "Zubaydah Passportname", "Obsidian Consulate")
PASSPORT = {
    "name": SECRETS[2], "passport": SECRETS[1], "nationality": "Nowhere", "born": "1990-01-02", "expires": "2031-01-02",
    "consulate": SECRETS[3],
}  # fmt: skip


@keeps("P1")
@shows(
    "Registration",
    "A search through every table, file, log line and mail finds no self-identification and no passport in clear",
)
def test_nothing_stands_in_clear(
    app: Flask, work: Any, database: Database, clock: FixedClock, settings: Settings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said = io.StringIO()
    monkeypatch.setattr("sys.stdout", said)
    monkeypatch.setattr("sys.stderr", said)
    with work() as uow:
        house = House(uow)
        uow.actor = house.organiser
        letters.save_settings(uow, house.edition, is_offered=True, wording="{name}", signed_by="O", version=0)
        guest, desk = client_for(app, uow, house.people[0]), client_for(app, uow, house.organiser)
    own = {f"selfid_{house.questions[0]}": "", f"selfid_{house.questions[0]}_own": SECRETS[0]}
    with capture_logs() as logged:
        assert send(guest, OWN, own | {"once": "a" * 24}).status_code == 303
        assert send(guest, OWN, own | {"once": "a" * 24}).status_code == 303, "the same click again"
        assert send(guest, OWN, own | {f"selfid_{house.questions[1]}": "17"}).status_code == 422
        assert send(guest, LETTER, PASSPORT | {"born": "never"}).status_code == 422
        assert send(guest, LETTER, PASSPORT | {"once": "b" * 24}).status_code == 303
        assert SECRETS[0] in guest.get(OWN).text
        with work() as uow:
            (letter,) = letters.queries.letters(uow.session, house.edition.id, 0, 10)
        assert SECRETS[1] in desk.get(f"/musiml/2026/organise/door/letters/{letter.id}").text
        assert send(desk, f"/musiml/2026/organise/door/letters/{letter.id}/refusal", {"reason": ""}).status_code == 422
        for path, typed in ((OWN, own), (LETTER, PASSPORT)):  # the session has ended meanwhile
            gone = app.test_client()
            origin = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
            assert send(gone, path, typed, headers=origin).status_code in (200, 302, 303, 401, 403)
        assert send(guest, "/account/data").status_code == 303
        with app.app_context():
            for job in (takeout.make_all, service.count_and_purge, retention.carry_out):
                job(database, clock)
        for page in ("registration", "registrations.csv", "retention", "self-identification", "mail", "door/letters"):
            answer = desk.get(f"/musiml/2026/organise/{page}")
            assert answer.status_code == 200
            assert not [one for one in SECRETS if one in answer.text], page
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    places = {"log": str(logged), "output": said.getvalue(), "tables": everything(database)}
    places |= {f"file {number}": body.decode("latin-1") for number, body in enumerate(files)}
    for place, text in places.items():
        assert not [one for one in SECRETS if one.lower() in text.lower()], place
