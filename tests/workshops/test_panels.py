"""The registry through which other packages show something on the edition page."""

import pytest
from markupsafe import Markup

from tests.factories import client_for, make_edition
from workshop_manager.workshops import panels


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_open", "_actions", "_panels", "_feeds"):
        monkeypatch.setattr(panels, name, [])


def _row(uow, edition, dates):
    return panels.OpenRow("Call for abstracts", "/there", "Two pages", "ok", "Open")


def _no_row(uow, edition, dates):
    return None


def test_rows_actions_and_sections_stand_on_the_page_in_their_order(app, work) -> None:
    panels.register_open(30, _no_row)
    panels.register_open(20, _row)
    panels.register_open(20, _row)
    panels.register_action(30, lambda uow, edition, dates: panels.Action("Register", "/register-here"))
    panels.register_action(20, lambda uow, edition, dates: panels.Action("Submit an abstract", "/submit-here"))
    panels.register_panel(60, lambda uow, edition: Markup("<p>the keynotes</p>"))
    panels.register_panel(40, lambda uow, edition: Markup("<p>the morning</p>"))
    panels.register_panel(45, lambda uow, edition: None)
    panels.register_dates_feed("workshops.conduct")
    with work() as uow:
        make_edition(uow)
        client = client_for(app, uow)
    text = client.get("/musiml/2026/").text
    assert text.count("Call for abstracts") == 1
    places = [
        text.index(x) for x in ("/submit-here", "/register-here", "the morning", "Add to calendar", "the keynotes")
    ]
    assert places == sorted(places)


def test_a_page_without_any_of_them_is_whole(app, work) -> None:
    with work() as uow:
        make_edition(uow)
        client = client_for(app, uow)
    text = client.get("/musiml/2026/").text
    assert "What is open" not in text
    assert "Add to calendar" not in text
    assert "Muslims in ML 2026" in text
