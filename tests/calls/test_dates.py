"""The dates of rounds and tracks, wherever dates are read; and that nobody is given more time in silence."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from tests.factories import make_date, send
from tests.queries import count_queries
from tests.schedule.test_feed import read
from tests.shows import shows
from tests.submissions.factories import make_submission
from tests.world import acting
from workshop_manager.calls import queries, service
from workshop_manager.calls.models import CallDate, Round
from workshop_manager.calls.rules import Plan, is_extension
from workshop_manager.calls.service import RoundContent
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.states import DateKey

BASE = "/musiml/2026"
DESK = f"{BASE}/organise"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def words_of(answer):
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())


@pytest.fixture
def dated(house):
    """An early round with dates of its own, a track with its own deadline, and a hidden one with another."""
    with house.work() as uow, acting(uow, house.owner):
        edition = workshops.get_edition(uow.session, house.edition.id)
        now = uow.now
        dates = {
            DateKey.CALL_OPENS: Deadline(now - 9 * DAY, AOE),
            DateKey.ABSTRACTS_DUE: Deadline(now + 4 * DAY - HOUR, AOE),
            DateKey.NOTIFICATION: Deadline(now + 20 * DAY, AOE),
            DateKey.CAMERA_READY: Deadline(now + 30 * DAY, AOE),
        }
        house.round = service.save_round(uow, edition, None, RoundContent("Early round", "", dates))
        due = DateKey.ABSTRACTS_DUE
        service.set_call_date(uow, edition, due, None, house.first.id, Deadline(now + 6 * DAY, AOE))
        service.set_call_date(uow, edition, due, None, house.first.id, Deadline(now + 7 * DAY, AOE))
        service.set_call_date(uow, edition, due, None, house.second.id, Deadline(now + 8 * DAY, AOE))
        uow.session.merge(house.second).is_hidden = True
    return house


EARLY, VISION = "Abstracts due: Early round", "Abstracts due: Research by Muslim authors"
HIDDEN = "Abstracts due: Research on what Muslim communities face"


@shows("Call", "Dates of rounds and tracks stand among the edition’s: on its page, in the calendar, at the desk")
def test_the_dates_of_rounds_and_tracks_are_read_wherever_dates_are(dated, database):
    public = dated.app.test_client()
    with count_queries(database) as queried:
        page = words_of(public.get(f"{BASE}/"))
    assert len(queried) <= 14
    for name in (EARLY, VISION, "Camera-ready copies due: Early round"):
        assert name in page, name
    assert "Old date:" in page
    assert HIDDEN not in page
    calendar = read(public.get(f"{BASE}/deadlines.ics").data)
    assert {f"{EARLY} (23:00 AoE)", f"{VISION} (00:00 AoE)"} <= set(calendar)
    assert not any(HIDDEN in title for title in calendar)
    for path in (f"{DESK}/", f"{DESK}/settings/dates"):
        page = words_of(dated.desk.get(path))
        for name in (EARLY, VISION, HIDDEN):
            assert name in page, (path, name)


def test_a_round_shows_the_dates_it_takes_from_the_call(dated):
    with dated.work() as uow:
        make_date(uow, dated.edition, DateKey.CONFIRM_BY, uow.now + 25 * DAY)
    page = BeautifulSoup(dated.client.get(f"{BASE}/call").text, "html.parser")
    early = next(panel for panel in page.select(".panel") if "Early round" in panel.get_text())
    assert [one.get_text() for one in early.select(".thread-what")] == [
        "Call opens", "Abstracts due", "Authors hear from us", "Authors confirm", "Camera-ready copies due",
    ]  # fmt: skip


@shows("Submissions", "Every page of a work counts down to the deadline of its own round, track and author")
def test_a_work_has_the_dates_of_its_round_and_track(dated):
    with dated.work() as uow:
        now = uow.now
        early = make_submission(uow, dated.edition, dated.author, State.DRAFT, round_id=dated.round.id)
        tracked = make_submission(uow, dated.edition, dated.author, State.DRAFT, track=uow.session.merge(dated.first))
        plan = queries.plan_of(uow.session, dated.edition.id, is_desk=True)
        dates = workshops.dates_by_key(uow.session, dated.edition.id)
        rows = queries.dates_at(uow.session, dated.edition.id, (None, dated.first.id), dates, plan)
        assert rows[DateKey.ABSTRACTS_DUE].deadline.at == now + 7 * DAY
        assert [e.deadline.at for e in rows[DateKey.ABSTRACTS_DUE].earlier] == [now + 6 * DAY]
    for work, left in ((early, "3 d 23 h left"), (tracked, "7 d 0 h left")):
        for path in (f"{BASE}/submissions/{work.number}", f"{BASE}/submissions/{work.number}/edit"):
            assert left in words_of(dated.client.get(path)), path
        assert left in words_of(dated.client.get(f"{BASE}/submissions/"))
    page = words_of(dated.client.get(f"{BASE}/submissions/{tracked.number}"))
    assert "Old date:" in page


# -- no silent extension ------------------------------------------------------------------------------------------


def typed(day, **values):
    return {"day": f"2026-06-{day:02}", "time": "23:59", "zone": "AoE", "label": "", "key": "abstracts_due"} | values


@shows("Call", "Wherever a deadline is moved later, this leads to the one act that tells everybody with a draft")
def test_a_later_deadline_in_the_settings_leads_to_the_extension(house):
    due, before = f"{DESK}/settings/dates/{house.due().id}", house.due().deadline
    seen = {"seen": BeautifulSoup(house.desk.get(due).text, "html.parser").find("input", {"name": "seen"})["value"]}
    later = send(house.desk, due, typed(20, label="Papers due", **seen))
    assert (later.status_code, house.due().deadline, house.due().label) == (303, before, "Papers due")
    page = house.desk.get(later.location)
    assert "A later deadline is an extension" in page.text
    filled = {name: page.text.count(f'value="{name}"') for name in ("2026-06-20", "23:59")}
    assert all(filled.values()), filled
    slip = send(house.desk, due, typed(20, mends_slip="y", **seen))
    assert slip.location == f"{DESK}/settings/dates", "a slip is mended knowingly"
    assert house.due().deadline.at > before.at
    seen["seen"] = BeautifulSoup(house.desk.get(due).text, "html.parser").find("input", {"name": "seen"})["value"]
    assert send(house.desk, due, typed(18, **seen)).location == f"{DESK}/settings/dates", "an earlier one is saved"


def test_a_later_deadline_of_a_round_or_a_track_leads_there_too(dated):
    one = f"{DESK}/call/rounds/{dated.round.id}"
    soup = BeautifulSoup(dated.desk.get(one).text, "html.parser")
    form = {field["name"]: field.get("value", "") for field in soup.find("form", {"action": one}).select("input")}
    answer = send(dated.desk, one, form | {"abstracts_due-day": "2026-06-19", "notification-day": "2026-06-25"})
    assert f"round={dated.round.id}" in answer.location
    with dated.work() as uow:
        rows = {r.key: r.deadline.local.day for r in uow.session.scalars(select(CallDate).where(CallDate.round_id > 0))}
        assert uow.session.scalars(select(Round)).one().name == "Early round"
    assert (rows[DateKey.ABSTRACTS_DUE], rows[DateKey.NOTIFICATION]) == (4, 25)
    one = f"{DESK}/call/tracks/{dated.first.id}"
    soup = BeautifulSoup(dated.desk.get(one).text, "html.parser")
    seen = soup.find("input", {"name": "seen"})["value"]
    own = {"seen": seen, "kind": "topic", "due_own-day": "2026-06-19", "due_own-time": "23:59", "due_own-zone": "AoE"}
    early = f"due_{dated.round.id}"
    twice = own | {f"{early}-day": "2026-06-20", f"{early}-time": "23:59", f"{early}-zone": "AoE"}
    assert "Extend one after the other" in send(dated.desk, one, twice).text
    assert f"track={dated.first.id}" in send(dated.desk, one, own).location
    nothing = own | {"due_own-day": ""}
    seen = BeautifulSoup(dated.desk.get(one).text, "html.parser").find("input", {"name": "seen"})["value"]
    taken = send(dated.desk, one, nothing | {"seen": seen})
    assert "/extension" in taken.location, "without its own it would have the later one of its round"


@pytest.mark.parametrize(
    ("opens", "due", "wanted", "extends"),
    [
        (-1, 5, 6, True),
        (-1, 5, 4, False),
        (-1, -2, 3, True),
        (-1, 5, 5, False),
        (1, 5, 6, False),
        (-9, -5, -4, False),
        (-1, None, 4, False),
    ],
)
def test_more_time_is_an_extension_once_people_could_begin(house, opens, due, wanted, extends):
    with house.work() as uow:
        now = uow.now
    dates = {(DateKey.CALL_OPENS, None, None): Deadline(now + opens * DAY, AOE)}
    if due is not None:
        dates[(DateKey.ABSTRACTS_DUE, None, None)] = Deadline(now + due * DAY, AOE)
    assert is_extension(Plan(dates), now, None, None, Deadline(now + wanted * DAY, AOE)) is extends
