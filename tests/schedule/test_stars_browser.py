"""Stars on the public page: kept in the browser, nobody signed in."""

from typing import Any

import pytest

from tests.factories import make_edition
from tests.schedule.factories import make_item, make_release
from tests.served import served
from tests.shows import shows
from workshop_manager.schedule.exports import star_of
from workshop_manager.schedule.programme import Kind

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]
PAGE = "/musiml/2026/schedule"


@shows(
    "Schedule",
    "Without an account one stars items of the public schedule; the stars stay in the browser",
    "The public schedule shows only what is starred, also by a link, and leads to a calendar of it",
)
def test_stars_stay_in_the_browser_and_lead_to_a_calendar(app: Any, work: Any, chromium: Any):
    with work() as uow:
        edition = make_edition(uow)
        session = make_item(uow, edition, "Lightning", 0, length=60, kind=Kind.SESSION)
        talk = make_item(uow, edition, "محمد and a talk", 0, length=15, parent_id=session.id)
        make_item(uow, edition, "Another talk", 15, length=15, parent_id=session.id)
        make_item(uow, edition, "Coffee", 60, kind=Kind.BREAK)
        make_item(uow, edition, "Late keynote", 90, kind=Kind.KEYNOTE)
        make_release(uow, edition)
        star = star_of(talk.uid)
    complaints: list[str] = []
    with served(app) as base:
        context = chromium.new_context(base_url=base, viewport={"width": 390, "height": 844})
        try:
            page = context.new_page()
            page.set_default_timeout(5_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(PAGE)
            assert page.locator("button.star").count() == 4
            button = page.get_by_role("button", name="Star محمد and a talk", exact=True)
            button.click()
            page.reload()
            assert button.get_attribute("aria-pressed") == "true"
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.goto("about:blank")
            page.goto(f"{PAGE}#starred")
            page.get_by_role("heading", name="Lightning").wait_for()
            assert page.get_by_text("Late keynote").is_hidden()
            assert page.get_by_text("Another talk").is_hidden()
            page.get_by_role("link", name="What you starred, in your calendar").click()
            page.wait_for_url("**/subscribe?*")
            assert page.url.endswith(f"/subscribe?star={star}")
            assert f"/schedule/starred/{star}.ics" in page.content()
            page.go_back()
            button.click()
            page.get_by_text("Nothing on this page is starred yet.").wait_for()
            assert {cookie["name"] for cookie in context.cookies()} == {"tz"}  # no session: nobody is known
        finally:
            context.close()
    assert complaints == []
