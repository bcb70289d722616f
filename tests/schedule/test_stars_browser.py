"""Stars on the public page: kept in the browser, nobody signed in."""

from typing import Any

import pytest

from tests.factories import client_for, make_edition, make_person
from tests.schedule.factories import make_item, make_release
from tests.served import served
from tests.shows import shows
from workshop_manager.schedule.exports import star_of
from workshop_manager.schedule.programme import Kind
from workshop_manager.schedule.stars import stars_of_person

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


@shows(
    "Schedule",
    "Signed in, stars of the public page are the account's, and those of this browser are taken over if one asks",
    "A star pressed without a network waits in the browser, and is sent when it is back",
)
def test_stars_of_an_account_follow_it(app: Any, work: Any, chromium: Any):
    with work() as uow:
        edition = make_edition(uow)
        one, other = (
            make_item(uow, edition, title, n * 30, kind=Kind.TALK) for n, title in enumerate(("One", "Other"))
        )
        make_release(uow, edition)
        person = make_person(uow)
        cookie = client_for(app, uow, person).get_cookie(app.config["SESSION_COOKIE_NAME"])
        uids = {"One": one.uid, "Other": other.uid}

    def stars() -> set[str]:
        with work() as uow:
            mine = stars_of_person(uow.session, edition.id, person.id)
        return {title for title, uid in uids.items() if uid in mine}

    complaints: list[str] = []
    with served(app) as base:
        context = chromium.new_context(base_url=base, viewport={"width": 390, "height": 844})
        try:
            page = context.new_page()
            page.set_default_timeout(5_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(PAGE)
            page.get_by_role("button", name="Star One").click()
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
            page.reload()
            star = page.get_by_role("button", name="Star One")
            assert (star.get_attribute("aria-pressed"), stars()) == ("false", set())
            join = page.get_by_role("button", name="Take over what you starred here before signing in")
            with page.expect_response("**/my-stars/change"):
                join.click()
            join.wait_for(state="hidden")
            assert (star.get_attribute("aria-pressed"), stars()) == ("true", {"One"})
            context.set_offline(True)
            page.get_by_role("button", name="Star Other").click()
            page.get_by_text("your stars are sent when it is back").wait_for()
            assert stars() == {"One"}
            with page.expect_response("**/my-stars/change"):
                context.set_offline(False)
            page.get_by_text("your stars are sent when it is back").wait_for(state="hidden")
            assert stars() == {"One", "Other"}
            with page.expect_response("**/my-stars/change"):
                star.click()
            page.reload()
            assert (star.get_attribute("aria-pressed"), stars()) == ("false", {"Other"})
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
        finally:
            context.close()
    assert [said for said in complaints if "offline" not in said.lower()] == []
