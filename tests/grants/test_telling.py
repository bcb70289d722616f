"""The mails of a release looked at before, and places on the waitlist told or kept back."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import client_for, join_team, make_person
from tests.grants.factories import acting, make_application, make_committee, make_fund, open_grants, propose
from tests.season.hands import Hands
from tests.shows import shows
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants import deciding
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import Verdict
from workshop_manager.mail.models import OutboxMail
from workshop_manager.workshops.states import Role

RELEASE = "/musiml/2026/organise/grants/release"


@shows(
    "Grants",
    "The mails of a release can be read before it, as they would go out",
    "Places on the waitlist are told, or withheld, as the organisers choose at each release",
)
@pytest.mark.parametrize("is_told", [True, False])
def test_mails_are_read_before_and_places_told_or_not(
    app: Flask, work: Callable[[], AbstractContextManager[UnitOfWork]], is_told: bool
) -> None:
    with work() as uow:
        edition = open_grants(uow)
        fund, member, organiser = make_fund(uow, edition), make_committee(uow, edition), make_person(uow, "Teuila")
        join_team(uow, edition, organiser, Role.ORGANISER)
        people = [make_person(uow, f"Asker{number}") for number in range(3)]
        rows = [make_application(uow, edition, person) for person in people]
        propose(uow, edition, member, rows[0], fund)
        with acting(uow, member):
            for row, score in zip(rows[1:], (2, 6), strict=True):
                deciding.rate(uow, edition, row.id, score, "")
                propose(uow, edition, member, row, None, verdict=Verdict.WAITLIST)
        desk, *hands = [Hands(client_for(app, uow, one)) for one in (organiser, *people)]
    desk.open(RELEASE).press("Look at the mails first", 200, tells_rank=is_told)
    desk.says("3 mails. None is sent yet.", "is offered to you")
    assert ("You are number 1 on the waitlist." in desk.text) == is_told
    with work() as uow:
        sent = select(func.count(OutboxMail.id)).where(OutboxMail.template == "grants/offered")
        assert uow.session.scalar(sent) == 0
        assert uow.session.scalars(select(Application.released_at)).all() == [None] * 3
    desk.press("Release what is ticked")
    told = [each.open("/musiml/2026/grants/application").text for each in hands[1:]]
    assert ["You are number 2" in told[0], "You are number 1" in told[1]] == [is_told] * 2
