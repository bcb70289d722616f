"""Plots of who registers: days and kinds as they are, countries only where they tell of nobody."""

from typing import Any

from flask import Flask

from tests.factories import client_for, join_team, make_edition, make_person
from tests.queries import count_queries
from tests.registrations.factories import make_kind, make_registration
from tests.shows import keeps, shows
from workshop_manager.core.database import Database
from workshop_manager.dashboard.attendance import plots_of
from workshop_manager.registrations.states import State
from workshop_manager.workshops.states import Role

PAGE = "/musiml/2026/organise/registration/statistics"


@keeps("P3")
@shows("Registration", "Plots of who registers: over time, by kind, country and career stage, small cells hidden")
def test_plots_of_who_registers(app: Flask, work: Any, database: Database) -> None:
    with work() as uow:
        edition = make_edition(uow)
        organiser, guest = make_person(uow, "Omar"), make_person(uow)
        join_team(uow, edition, organiser, Role.ORGANISER)
        desk, other = client_for(app, uow, organiser), client_for(app, uow, guest)
    assert "Nothing to count yet" in desk.get(PAGE).text
    assert other.get(PAGE).status_code == 404
    with work() as uow:
        kind = make_kind(uow, edition)
        for country, number in (("GH", 13), ("IN", 5), ("MY", 2)):
            for _number in range(number):
                make_registration(uow, edition, kind, make_person(uow, country=country))
        make_registration(uow, edition, kind, make_person(uow), State.WAITLISTED)
        make_registration(uow, edition, kind, make_person(uow), State.CANCELLED)
        plots = {plot.name: plot for plot in plots_of(uow, edition)}
        assert plots.keys() == {"registrations", "kinds", "countries"}
        assert plots["registrations"].rows == (("2026-06-01", 21, 21),)
        assert plots["kinds"].rows == (("In person", 21, 20),)
        assert plots["countries"].rows == (("Ghana", 10), ("Others, and those who did not say", 5))
        before = plots["countries"].rows
        for _number in range(17):
            make_registration(uow, edition, kind, make_person(uow, country="IN"))
        (now,) = (plot.rows for plot in plots_of(uow, edition) if plot.name == "countries")
        assert now == before, "39 came, 20 are counted"
    with count_queries(database) as seen:
        page = desk.get(PAGE).text
    assert len(seen) <= 12
    assert "Counted over the first 20" in page
    assert "Malaysia" not in page
