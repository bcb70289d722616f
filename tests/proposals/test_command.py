"""`workshop-manager grants propose`."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.commands import runner, told
from tests.grants.factories import make_application, make_fund, open_grants
from tests.shows import shows
from workshop_manager.grants.models import Award
from workshop_manager.grants.states import CostKind


@shows("Grants", "`workshop-manager grants propose` gives the proposal with a reason for each applicant")
def test_the_command_says_who_gets_what_and_why_and_writes_nothing(
    app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work() as uow:
        edition = open_grants(uow)
        make_fund(uow, edition, 200_000)
        for _number in range(2):
            make_application(uow, edition)
        where = "/".join(edition.slugs.values())
    run = runner(app, monkeypatch)
    found = told(run("grants", "propose", where, "--json", "--cap", "lodging=50x4 USD"))
    assert found["counts"] == {"helped": 1, "not helped": 1, "mails": 0}
    first, second = found["items"]
    assert [(award["kind"], award["amount"]) for award in first["awards"]] == [("air", 120_000), ("lodging", 20_000)]
    assert "lodging 200 USD of 300 USD" in first["sentence"]
    assert (second["reason"], second["extra"]) == ("money", {"General fund": 70_000})
    assert "700 USD more" in second["sentence"]
    with work() as uow:
        assert uow.session.scalars(select(Award)).all() == []
    wrong = told(run("grants", "propose", where, "--json", "--share", "atlantis=9"))
    assert "atlantis" in wrong["problems"][0]["sentence"]
    wrong = told(run("grants", "propose", where, "--json", "--cap", "x"))
    assert CostKind.LODGING.value in wrong["problems"][0]["sentence"]
