"""What applicants tell of themselves, and what organisers ask besides."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask

from tests.factories import client_for, make_person
from tests.grants.factories import acting, content, make_application, make_committee, make_fund, open_grants
from tests.shows import shows
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.states import Stage
from workshop_manager.grants import service

Work = Callable[[], AbstractContextManager[UnitOfWork]]
PUBLIC, MINE, DESK = "/musiml/2026/grants", "/musiml/2026/grants/application", "/musiml/2026/organise/grants"


@shows("Grants", "Applicants may say where they are in their career and whether they present for the first time")
def test_career_and_first_presentation_are_told_and_taken_back(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    make_fund(uow, edition)
    made = make_application(uow, edition, person, stage=Stage.STUDENT, presented_before=False)
    assert (made.stage, made.presented_before) == ("student", False)
    with acting(uow, person):
        service.save(uow, edition, content(), started_from=made.version)
    assert (made.stage, made.presented_before) == (None, None)


def test_the_committee_reads_what_was_told(app: Flask, work: Work) -> None:
    with work() as uow:
        edition = open_grants(uow)
        make_fund(uow, edition)
        number = make_application(uow, edition, stage=Stage.POSTDOC, presented_before=True).id
        member = client_for(app, uow, make_committee(uow, edition))
    text = member.get(f"{DESK}/applications/{number}").text
    assert "Postdoc" in text
    assert "has presented at such a workshop before" in text
