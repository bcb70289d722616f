"""A slip in a year: refused where it was typed, and no page is lost to it."""

from typing import Any

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.shows import keeps
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/"
DATES = f"{DESK}settings/dates"
DATE = {"key": "abstracts_due", "label": "", "time": "23:59", "zone": "AoE"}


@keeps("I12", "I13")
def test_a_slip_in_the_year_is_refused_and_shuts_nobody_out_of_the_desk(app: Any, work: Any) -> None:
    with work() as uow:
        edition, owner = make_edition(uow), make_person(uow, time_zone="Pacific/Kiritimati")
        join_team(uow, edition, owner, Role.OWNER)
        desk = client_for(app, uow, owner)
    for day in ("0001-01-01", "0206-12-11", "9999-12-31"):
        answer = send(desk, DATES, DATE | {"day": day})
        assert answer.status_code == 422
        assert "must be a slip" in answer.text
    for key, day in (("call_opens", "1970-01-01"), ("abstracts_due", "2199-12-31")):
        assert send(desk, DATES, DATE | {"key": key, "day": day}).status_code == 303
        for path in (DESK, DATES, "/musiml/2026/", "/musiml/2026/deadlines.ics", "/"):
            assert desk.get(path).status_code == 200, path


@keeps("I12", "I13")
def test_no_item_of_a_schedule_stands_in_a_year_that_could_not_be_read_again(app: Any, work: Any) -> None:
    with work() as uow:
        edition, owner = make_edition(uow), make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        desk = client_for(app, uow, owner)
    typed = {"kind": "talk", "title": "Opening", "day": "0202-12-11", "starts": "08:30", "ends": "09:00"}
    answer = send(desk, f"{DESK}schedule/items", typed)
    assert answer.status_code == 422
    assert "The year 202 must be a slip" in answer.text
