"""The public page in a browser that stays open: what is on moves along, a release is told, and no network is needed."""

from datetime import timedelta
from typing import Any

import pytest

from tests.factories import make_edition
from tests.schedule.factories import START, make_item, make_release
from tests.served import served
from tests.shows import shows
from workshop_manager.schedule.programme import Kind
from workshop_manager.workshops.queries import get_edition

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]
PAGE = "/musiml/2026/schedule"


@shows(
    "Schedule",
    "In an open page now and next move along by themselves, and a new release says that it is there",
    "The public schedule is there without a network once it was opened, and says of when it is",
)
def test_an_open_page_moves_along_and_is_there_without_a_network(app: Any, work: Any, clock: Any, chromium: Any):
    with work() as uow:
        edition = make_edition(uow)
        make_item(uow, edition, "First talk", 0, length=30, kind=Kind.TALK)
        make_item(uow, edition, "Second talk", 30, length=30, kind=Kind.TALK)
        make_release(uow, edition)
    clock.at = START + timedelta(minutes=10)
    complaints: list[str] = []
    with served(app) as base:
        context = chromium.new_context(base_url=base, viewport={"width": 390, "height": 844})
        try:
            page = context.new_page()
            page.set_default_timeout(8_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.clock.install()
            page.goto(PAGE)
            assert page.locator(".now h2").inner_text() == "First talk"
            clock.at += timedelta(minutes=25)
            page.clock.fast_forward(61_000)
            page.locator(".now h2", has_text="Second talk").wait_for()
            assert page.locator(".slot.past h3").inner_text() == "First talk"
            page.wait_for_function(
                "async () => { for (const name of await caches.keys()) if (await (await caches.open(name)).match"
                f"('{PAGE}')) return true; return false; }}"
            )
            with work() as uow:
                edition = get_edition(uow.session, edition.id)
                make_item(uow, edition, "Third talk", 60, length=30, kind=Kind.TALK)
                make_release(uow, edition)
            page.clock.fast_forward(61_000)
            page.get_by_text("There is a new release of the schedule.").wait_for()
            context.set_offline(True)
            page.reload()
            page.get_by_text("No connection: this is the schedule as it was on").wait_for()
            assert page.get_by_role("heading", name="Second talk").count() >= 1
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
        finally:
            context.close()
    assert complaints == []
