"""An applicant who withdraws the paper, or whose paper is turned down."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import client_for, join_team, make_person, send
from tests.grants.factories import acting, make_committee, make_fund, make_offer, open_grants
from tests.shows import shows
from tests.submissions.factories import make_submission
from workshop_manager.accounts.models import Person
from workshop_manager.conflicts import service as conflicts
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.models import Fund
from workshop_manager.grants import papers, queries, service
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import State
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.events import SubmissionWithdrawn
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.states import Role


def withdrawn(uow: UnitOfWork) -> tuple[Edition, Fund, Person, Submission, Application]:
    """Somebody with an accepted grant has withdrawn their only paper."""
    edition = open_grants(uow)
    fund, member, organiser = make_fund(uow, edition), make_committee(uow, edition), make_person(uow, "Idris")
    join_team(uow, edition, organiser, Role.ORGANISER)
    applicant = make_person(uow, "Ada Diallo")
    work = make_submission(uow, edition, applicant, WorkState.ACCEPTED)
    application = make_offer(uow, edition, member, fund, applicant)
    with acting(uow, applicant):
        service.accept(uow, edition)
    work.state = WorkState.WITHDRAWN
    uow.session.flush()
    uow.tell(SubmissionWithdrawn(work.id, edition.id))
    uow.session.flush()
    return edition, fund, organiser, work, application


@shows("Grants", "A withdrawn or turned-down paper: marked, and what is promised waits to be kept or taken back")
def test_a_promise_without_a_paper_waits_for_an_organiser(work: Any, app: Flask) -> None:
    with work() as uow:
        edition, fund, organiser, _paper, application = withdrawn(uow)
        standing = standing_of(uow.session, edition.id, organiser.id)
        assert queries.list_counts(uow.session, edition.id, standing)["paperless"] == 1
        assert fund.left < fund.amount
        client, application_id, fund_id = client_for(app, uow, organiser), application.id, fund.id
        left, edition_id = fund.amount, edition.id
    desk = "/musiml/2026/organise/grants"
    page = client.get(f"{desk}/applications/{application_id}").text
    assert "The paper is gone" in page
    assert "paper gone" in client.get(f"{desk}?show=paperless").text
    back = f"{desk}/applications/{application_id}/taken-back"
    assert send(client, back, {"reason": " "}).status_code == 422
    assert send(client, back, {"reason": "You would have presented."}).status_code == 303
    assert send(client, back, {"reason": "Twice."}).status_code == 409
    with work() as uow:
        row, fund = uow.session.get_one(Application, application_id), uow.session.get_one(Fund, fund_id)
        assert row.state is State.REJECTED
        assert fund.left == left
        mail = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "grants/taken_back")).one()
        assert "You would have presented." in mail.text_body
        assert edition_id == row.edition_id


def test_kept_it_waits_no_more_and_where_the_paper_is_in_conflict_nothing_shows(uow: UnitOfWork) -> None:
    edition, _fund, organiser, paper, application = withdrawn(uow)
    other = make_person(uow, "Other Organiser")
    join_team(uow, edition, other, Role.ORGANISER)
    conflicts.keep_apart(uow, paper, other.id, ConflictKind.OTHER)
    uow.session.flush()
    blind = standing_of(uow.session, edition.id, other.id)
    assert queries.list_counts(uow.session, edition.id, blind)["paperless"] == 0
    assert not papers.does_wait(uow.session, blind, application)
    lines = {one.action for one in queries.history_of(uow.session, application.id, other.id)}
    assert "submission-withdrawn" not in lines
    assert "accepted" in lines
    with acting(uow, organiser):
        papers.keep(uow, edition, application.id)
        with pytest.raises(Conflict, match="Nothing waits here"):
            papers.keep(uow, edition, application.id)
    assert application.state is State.ACCEPTED
