"""Pages of readers within their queries, blinding on them, and the command that gives readings out."""

from typing import Any

import pytest
from flask import Flask

from tests.commands import runner, told
from tests.factories import client_for, join_team, make_person, send
from tests.grants.factories import make_application, make_committee, make_fund, make_row, open_grants
from tests.queries import count_queries
from tests.shows import keeps, shows
from workshop_manager.core.database import Database
from workshop_manager.grants.models import GrantReader, GrantSettings
from workshop_manager.grants.states import State
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/grants"


@keeps("A12")
def test_blinded_readers_meet_no_name_on_any_page_and_no_page_asks_too_much(
    app: Flask, work: Any, database: Database
) -> None:
    with work() as uow:
        edition = open_grants(uow)
        make_fund(uow, edition)
        application = make_application(uow, edition, make_person(uow, "Zubaydah", affiliation="Ghost Institute"))
        number = application.id
        for place in range(60):
            make_row(uow, edition, make_person(uow, f"Zubaydah {place}"), State.SUBMITTED)
        uow.session.add(GrantSettings(edition_id=edition.id, about="", deciding="", is_blind=True))
        member, chair = make_committee(uow, edition), make_person(uow, "Chair")
        join_team(uow, edition, chair, Role.ORGANISER)
        blind, sees = client_for(app, uow, member), client_for(app, uow, chair)
    paths = (DESK, f"{DESK}/applications/{number}", f"{DESK}/release", f"{DESK}/reading", f"{DESK}/reading/{number}")
    for path in (*paths, f"{DESK}/ranking?show=unread", f"{DESK}/questions"):
        with count_queries(database) as asked:
            answer = blind.get(path)
        assert answer.status_code == 200, path
        assert "Zubaydah" not in answer.text, path
        assert "Ghost Institute" not in answer.text, path
        assert len(asked) <= 13, (path, len(asked))
    assert "Zubaydah" in sees.get(f"{DESK}/ranking").text
    for path in (f"{DESK}/readers", f"{DESK}/readers/reminders", f"{DESK}/rubric", f"{DESK}/reading/{number}"):
        with count_queries(database) as asked:
            assert sees.get(path).status_code == 200, path
        assert len(asked) <= 12, (path, len(asked))
    assert blind.get(f"{DESK}/readers").status_code == 404
    assert send(blind, f"{DESK}/reading/{number}/score", {"axis_overall": "9"}).status_code == 422


@shows("Grants", "`workshop-manager grants assign` gives readings out; with `--dry-run` it says who would read what")
def test_the_command_gives_readings_out(app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with work() as uow:
        edition = open_grants(uow)
        make_fund(uow, edition)
        make_application(uow, edition)
        make_committee(uow, edition)
        make_committee(uow, edition, "Idris")
    run = runner(app, monkeypatch)
    dry = told(run("grants", "assign", "musiml/2026", "--dry-run", "--json"))
    assert (dry["counts"], dry["done"]) == ({"readings": 2, "missing": 0, "mails": 2}, False)
    with work() as uow:
        assert uow.session.query(GrantReader).count() == 0
    done = told(run("grants", "assign", "musiml/2026", "--json"))
    assert [one["reader"] for one in done["items"]] == [one["reader"] for one in dry["items"]]
    with work() as uow:
        assert uow.session.query(GrantReader).count() == 2
    assert told(run("grants", "assign", "musiml/2026", "--json"))["counts"]["readings"] == 0
