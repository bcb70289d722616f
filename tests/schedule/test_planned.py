"""A release planned for a moment: exactly what was looked at, or nothing and a mail that says why."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.schedule.factories import CHAIR, content, make_item, make_release, make_work
from tests.shows import shows
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.schedule import planning, queries, releasing, service
from workshop_manager.schedule.states import Outcome
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import TeamMember
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import NOBODY
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/schedule"
LATER = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def planned(uow):
    """An edition with one item, whose chair planned its release."""
    edition, chair = make_edition(uow), make_person(uow, "Chair", "chair@example.org")
    join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
    uow.actor = chair
    make_item(uow, edition)
    return edition, planning.plan(uow, edition, CHAIR, LATER, note="At nine")


def mails(uow):
    return uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "schedule/not_released")).all()


@shows("Schedule", "A release planned for a moment is made then, if the draft is still what was looked at")
def test_at_its_moment_exactly_what_was_looked_at_is_released_once(uow, planned):
    edition, plan = planned
    assert queries.due_plans(uow.session, LATER - timedelta(seconds=1)) == []
    assert queries.due_plans(uow.session, LATER) == [plan.id]
    uow.now, uow.actor = LATER, None
    planning.carry_out(uow, plan.id)
    planning.carry_out(uow, plan.id)
    last = queries.last_release(uow.session, edition.id)
    assert (last.number, last.note, last.released_at, last.released_by) == (1, "At nine", LATER, plan.planned_by)
    assert (plan.outcome, plan.release_number) == (Outcome.RELEASED, 1)
    assert queries.due_plans(uow.session, LATER) == []
    assert mails(uow) == []


def change(uow, edition, plan):
    make_item(uow, edition, "Typed at the last minute", 60)


def withdraw(uow, edition, plan):
    [item] = [row.item for row in queries.draft_rows(uow.session, edition.id) if row.number]
    uow.session.get_one(type(make_work(uow, edition, 99)), item.submission_id).state = State.WITHDRAWN


def cancel(uow, edition, plan):
    edition.cancelled_at, edition.cancel_reason = uow.now, "Flood."


def leave(uow, edition, plan):
    for member in uow.session.scalars(select(TeamMember)):
        uow.session.delete(member)


@shows(
    "Schedule", "If the draft changed before its planned moment, nothing is released and whoever planned it is told why"
)
@pytest.mark.parametrize(
    ("what", "outcome", "said"),
    [
        (change, Outcome.CHANGED, "changed after it was looked at"),
        (withdraw, Outcome.ERRORS, "errors that it did not have"),
        (cancel, Outcome.CANCELLED, "cancelled"),
        (leave, Outcome.NOT_ALLOWED, "no longer"),
    ],
)
def test_a_draft_that_is_not_what_was_looked_at_is_not_released_and_its_planner_hears_why(uow, what, outcome, said):
    edition, chair = make_edition(uow), make_person(uow, "Chair", "chair@example.org")
    join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
    uow.actor = chair
    work = make_work(uow, edition, 1)
    service.add(uow, edition, CHAIR, content("", submission_id=work.id))
    plan = planning.plan(uow, edition, CHAIR, LATER)
    what(uow, edition, plan)
    uow.session.flush()
    uow.now, uow.actor = LATER, None
    planning.carry_out(uow, plan.id)
    planning.carry_out(uow, plan.id)
    assert plan.outcome is outcome
    assert queries.last_release(uow.session, edition.id) is None
    [mail] = mails(uow)
    assert mail.to_address == "chair@example.org"
    assert said in mail.text_body
    assert "04:00 CDT" in mail.text_body


def test_errors_that_were_accepted_when_planning_hold_nothing_back(uow):
    edition, chair = make_edition(uow), make_person(uow)
    join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
    uow.actor = chair
    make_item(uow, edition, "One", room="Hall")
    make_item(uow, edition, "Two", 10, room="Hall")
    with pytest.raises(Conflict, match="errors"):
        planning.plan(uow, edition, CHAIR, LATER)
    plan = planning.plan(uow, edition, CHAIR, LATER, despite_errors=True)
    uow.now = LATER
    planning.carry_out(uow, plan.id)
    assert plan.outcome is Outcome.RELEASED


@shows("Bad input", "A release is not planned for the past, twice, for nothing, or of a draft that changed since")
def test_what_cannot_be_planned_is_refused(uow, planned):
    edition, plan = planned
    with pytest.raises(Conflict, match="planned for Tue 2 June, 04:00 CDT already"):
        planning.plan(uow, edition, CHAIR, LATER)
    planning.call_off(uow, edition, CHAIR, plan.id)
    with pytest.raises(Conflict, match="passed"):
        planning.plan(uow, edition, CHAIR, uow.now)
    with pytest.raises(Conflict, match="changed since"):
        planning.plan(uow, edition, CHAIR, LATER, seen="another")
    with pytest.raises(Forbidden):
        planning.plan(uow, edition, NOBODY, LATER)
    make_release(uow, edition)
    with pytest.raises(Conflict, match="already shows"):
        planning.plan(uow, edition, CHAIR, LATER)
    edition.cancelled_at, edition.cancel_reason = uow.now, "Flood."
    with pytest.raises(Conflict, match="cancelled"):
        planning.plan(uow, edition, CHAIR, LATER)


def test_a_plan_that_was_called_off_or_overtaken_releases_nothing_and_writes_nothing(uow, planned):
    edition, plan = planned
    with pytest.raises(NotFound):
        planning.call_off(uow, make_edition(uow, slug="2027"), CHAIR, plan.id)
    planning.call_off(uow, edition, CHAIR, plan.id)
    with pytest.raises(Conflict, match="not waiting"):
        planning.call_off(uow, edition, CHAIR, plan.id)
    again = planning.plan(uow, edition, CHAIR, LATER)
    releasing.release(uow, edition, CHAIR)
    assert (again.outcome, again.release_number) == (Outcome.OVERTAKEN, 1)
    uow.now = LATER
    for one in (plan, again):
        planning.carry_out(uow, one.id)
    assert queries.count_releases(uow.session, edition.id) == 1
    assert mails(uow) == []


def test_a_worker_that_dies_half_way_releases_once(work, database, clock, app, monkeypatch):
    with work() as uow:
        edition, chair = make_edition(uow), make_person(uow)
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        make_item(uow, edition)
        uow.actor = chair
        planning.plan(uow, edition, CHAIR, LATER)
        edition_id = edition.id
    clock.at = LATER
    monkeypatch.setattr(releasing.audit, "record", lambda *_a, **_k: 1 / 0)
    with app.app_context():
        planning.release_due(database, clock)
    with work() as uow:
        assert queries.count_releases(uow.session, edition_id) == 0
    monkeypatch.undo()
    with app.app_context():
        planning.release_due(database, clock)
        planning.release_due(database, clock)
    with work() as uow:
        assert queries.count_releases(uow.session, edition_id) == 1


def test_the_page_plans_in_the_events_zone_says_what_is_planned_and_ends_it(app, work):
    with work() as uow:
        edition, chair = make_edition(uow), make_person(uow)
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        make_item(uow, edition)
        client, edition_id = client_for(app, uow, chair), edition.id
    path = f"{DESK}/releases/planned"
    for typed, field, said in (
        ({}, "day", "Say on which day"),
        ({"day": "2026-12-01"}, "clock", "Say at what time"),
        ({"day": "2026-05-01", "clock": "09:00"}, "clock", "has passed"),
        ({"day": "2027-03-14", "clock": "02:30"}, "clock", "does not exist in America/Chicago"),
        ({"day": "2026-11-01", "clock": "01:30"}, "clock", "happens twice"),
        ({"day": "tomorrow", "clock": "09:00"}, "day", "date"),
    ):
        answer = send(client, path, typed | {"note": "Kept words"})
        assert answer.status_code == 422, typed
        assert said in answer.text.split(f'id="{field}-error"')[1].split("</p>")[0]
        assert "Kept words" in answer.text
    assert 'name="fold"' in send(client, path, {"day": "2026-11-01", "clock": "01:30"}).text
    assert send(client, path, {"day": "2026-11-01", "clock": "01:30", "fold": "1", "seen": "old"}).status_code == 409
    assert send(client, path, {"day": "2026-11-01", "clock": "01:30", "fold": "1"}).status_code == 303
    with work() as uow:
        plan = queries.waiting_plan(uow.session, edition_id)
        assert plan.at == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
        plan_id = plan.id
    assert "is released by itself: Sun 1 November, 01:30 CST" in client.get(DESK).text
    assert "Planned: Sun 1 November, 01:30 CST" in client.get(f"{DESK}/releases/new").text
    with work() as uow:
        make_item(uow, get_edition(uow.session, edition_id), "Later", 60)
    assert "The draft has changed since" in client.get(f"{DESK}/releases/new").text
    assert send(client, f"{path}/{plan_id}/end").status_code == 303
    assert "is released by itself:" not in client.get(DESK).text
