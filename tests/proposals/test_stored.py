"""Proposals that are kept: asked for at the pages, worked out by the worker, tried otherwise, noted as decisions."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import client_for, join_team, make_person
from tests.grants.factories import acting, make_application, make_committee, make_fund, open_grants, propose
from tests.queries import count_queries
from tests.season.hands import Hands
from tests.shows import shows
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import deciding, visa
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import CostKind, Verdict
from workshop_manager.proposals import queries, storing, working
from workshop_manager.proposals.models import GrantProposal
from workshop_manager.proposals.settings import Settings, dumped, loaded
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import MACHINE
from workshop_manager.workshops.states import Role

Work = Callable[[], AbstractContextManager[UnitOfWork]]
DESK = "/musiml/2026/organise/grants"


@dataclass
class Cast:
    """Four who ask for 1,500 each of a fund of 5,000; an organiser, and a member of the committee too close to one."""

    organiser: Hands
    member: Hands
    ids: list[int]
    fund: int
    run: Callable[[], None]


@pytest.fixture
def cast(app: Flask, work: Work, database: Database, clock: FixedClock) -> Cast:
    with work() as uow:
        edition = open_grants(uow)
        fund, member, organiser = make_fund(uow, edition), make_committee(uow, edition), make_person(uow, "Teuila")
        join_team(uow, edition, organiser, Role.ORGANISER)
        rows = [make_application(uow, edition, make_person(uow, f"Asker{number}")) for number in range(4)]
        with acting(uow, member):
            for row, score in zip(rows, (6, 5, 4, 3), strict=True):
                deciding.rate(uow, edition, row.id, score, "")
        hands = [Hands(client_for(app, uow, one)) for one in (organiser, member)]
        ids, fund_id = [row.id for row in rows], fund.id

    def run() -> None:
        with app.app_context():
            storing.work_all(database, clock)

    return Cast(*hands, ids, fund_id, run)


@shows(
    "Grants",
    "A proposal is worked out by the worker and kept as it is; each applicant has a reason in one sentence",
    "What if: budgets, caps, aims, weights and people chosen by hand make another proposal, and two stand side by side",
    "With a little more in a fund, a proposal says whom that would help",
    "A proposal's decisions are noted in one act, and nobody is told until they are released",
)
def test_a_proposal_is_tried_otherwise_and_noted(cast: Cast, database: Database, work: Work) -> None:
    desk = cast.organiser.open(f"{DESK}/proposals").press("Work it out").says("It is being worked out")
    cast.run()
    with count_queries(database) as counted:
        desk.open(f"{DESK}/proposals/1")
    assert len(counted) <= 24
    desk.says("Helps 3 of 4 applicants. It is the best there is", "Asker3 Would need 850 USD more in “", "500 left")
    desk.says("With 1,000 USD more in “", "Asker3.")
    desk.press("Work it out again", 422, merit="11").says("From 0 to 10")
    hand = {f"hand_{cast.ids[3]}": "in", f"hand_{cast.ids[0]}": "out"}
    desk.open(f"{DESK}/proposals/1").client.post(
        f"{DESK}/proposals", data=_whole(desk) | hand | {f"budget_{cast.fund}": "3000"}
    )
    cast.run()
    desk.open(f"{DESK}/proposals/2").says("Helps 2 of 4", "Left out by hand", "of 3,000 USD")
    desk.follow("Compare with 1").says("Asker0", "People helped 3 2")
    desk.open(f"{DESK}/proposals/1").press("Note these decisions").says("Asker2")
    with work() as uow:
        found = uow.session.scalars(select(Application.verdict).order_by(Application.id)).all()
        assert found == [Verdict.OFFER] * 3 + [Verdict.WAITLIST]
        edition_id = uow.session.scalars(select(Edition.id)).one()
        assert queries.latest_settings(uow.session, edition_id) == Settings()
    desk.open(f"{DESK}/proposals/1").says("Its decisions were noted")


def _whole(hands: Hands) -> dict[str, object]:
    form = hands.page.find("form", id="what-if")
    return {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}


def test_what_has_changed_since_is_not_noted(cast: Cast, work: Work) -> None:
    desk = cast.organiser.open(f"{DESK}/proposals").press("Work it out")
    cast.run()
    with work() as uow:
        edition = get_edition(uow.session, uow.session.scalars(select(Edition.id)).one())
        make_application(uow, edition, make_person(uow, "Asker4"))
    desk.open(f"{DESK}/proposals/1").says("have changed since")
    answer = desk.client.post(f"{DESK}/proposals/1/noting", data=_whole(desk))
    assert answer.status_code == 409


def test_money_that_is_not_there_is_supposed_and_not_noted(cast: Cast) -> None:
    desk = cast.organiser.open(f"{DESK}/proposals")
    desk.press("Work it out", **{f"budget_{cast.fund}": "9000"})
    cast.run()
    desk.open(f"{DESK}/proposals/1").says("Helps 4 of 4", "It supposes money that is not there")
    assert desk.client.post(f"{DESK}/proposals/1/noting", data=_whole(desk)).status_code == 409


@shows(
    "Grants", "Whoever has a conflict of interest reads no proposal that would tell of it, and may have one without it"
)
def test_a_conflict_hides_what_others_had_worked_out(cast: Cast, work: Work) -> None:
    for hands in (cast.organiser, cast.member):
        hands.open(f"{DESK}/proposals").press("Work it out")
    cast.run()
    cast.member.open(f"{DESK}/proposals/1")
    cast.member.open(f"{DESK}/applications/{cast.ids[0]}").press("I should not judge this")
    for number in (1, 2):
        cast.member.open(f"{DESK}/proposals/{number}", 404)
    cast.member.open(f"{DESK}/proposals").press("Work it out")
    cast.run()
    own = cast.member.open(f"{DESK}/proposals/3").says("Helps 3 of 3")
    assert "Asker0" not in own.text
    cast.organiser.open(f"{DESK}/proposals/3")
    with work() as uow:
        assert uow.session.scalars(select(GrantProposal.is_failed)).all() == [False] * 3


def test_settings_are_kept_as_they_were() -> None:
    settings = Settings({"region:africa": 10}, 2, 3, 4, 50, {}, {7: 100}, frozenset({1, 2}), frozenset({3}))
    assert loaded(dumped(settings)) == settings


@shows(
    "Grants", "After a refused visa no proposal holds a journey, only what helps from afar, and says so in one sentence"
)
def test_a_proposal_holds_no_journey_for_whoever_was_refused_a_visa(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    flight = {CostKind.AIR: 120_000}
    both = make_application(uow, edition, make_person(uow), {**flight, CostKind.DATA: 8_000})
    only = make_application(uow, edition, make_person(uow), flight)
    for one in (both, only):
        with acting(uow, one.person):
            visa.refuse(uow, edition, seen=visa.follows(uow, edition, one))
    found = {
        row["application"]: row for row in working.items(working.work_out(uow.session, edition.id, MACHINE, Settings()))
    }
    assert [(row["kind"], row["amount"]) for row in found[both.id]["awards"]] == [("data", 8_000)]
    assert found[only.id]["awards"] == []
    assert "and nothing for the journey" in found[both.id]["sentence"]
    assert "nothing is given for a journey" in found[only.id]["sentence"]
    assert not any("visa" in row["sentence"].casefold() for row in found.values())  # blind readers see it too
    with pytest.raises(FieldConflict, match="from afar"):
        propose(uow, edition, member, only, fund)
