"""Two organisers at the grid: one drags, moves by keys and undoes, the other changes the same item meanwhile."""

from typing import Any

import pytest

from tests.factories import join_team, make_edition, make_person
from tests.schedule.factories import CHAIR, content, make_item, make_work
from tests.served import browsers_at, served
from tests.shows import shows
from workshop_manager.schedule import queries, service
from workshop_manager.schedule.programme import Kind
from workshop_manager.workshops.states import Role

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]
GRID = "/musiml/2026/organise/schedule/grid"


def _drag(page: Any, source: Any, x: float, y: float) -> None:
    """By the middle of its first line, so far."""
    box = source.bounding_box()
    at = box["x"] + box["width"] / 2, box["y"] + 8
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + x / 2, at[1] + y / 2, steps=3)
    page.mouse.move(at[0] + x, at[1] + y, steps=3)
    page.mouse.up()


@shows(
    "Schedule",
    "On the grid items are dragged, resized and moved by keys; each change is saved at once and can be undone",
    "The grid puts a block back, with a note, when somebody else changed the item meanwhile",
    "On a phone the grid is dragged by a finger at its grips and scrolls everywhere else",
    "When the connection is lost the grid says what is not saved, and tries again",
)
def test_two_organisers_at_the_grid(app: Any, work: Any, chromium: Any):
    with work() as uow:
        edition, amina, wahyuni = make_edition(uow), make_person(uow, name="Amina"), make_person(uow, name="Wahyuni")
        for person in (amina, wahyuni):
            join_team(uow, edition, person, Role.PROGRAMME_CHAIR)
        session = make_item(uow, edition, "Talks", 0, length=60, kind=Kind.SESSION, room="Hall")
        make_item(uow, edition, "A talk", 15, length=30, parent_id=session.id)
        make_item(uow, edition, "Coffee", 90, kind=Kind.BREAK, room="Side room")
        make_work(uow, edition, 7, "Waiting")
        edition_id = edition.id

    def times() -> dict[str, tuple[str, int, str]]:
        with work() as uow:
            rows = [row.item for row in queries.draft_rows(uow.session, edition_id)]
            return {
                item.title: (
                    f"{item.starts_at:%H:%M}",
                    int((item.ends_at - item.starts_at).total_seconds() // 60),
                    item.room.name if item.room else "",
                )
                for item in rows
            }

    with (
        served(app) as base,
        browsers_at(app, work, chromium, base, viewport={"width": 1280, "height": 1000}) as opened,
    ):
        page = opened(amina.id)
        page.goto(GRID)
        page.wait_for_selector("#grid[data-ready]")
        block = page.locator(".g-block", has_text="Talks").first
        column = page.locator(".g-column").first.bounding_box()
        _drag(page, block.locator("> .g-open"), column["width"] + 1, 60 * 2)
        page.wait_for_selector("#grid-said:has-text('09:30–10:30')")
        assert times()["Talks"] == ("15:30", 60, "Side room")
        assert times()["A talk"][0] == "15:45"

        handle = page.locator(".g-block", has_text="Coffee").locator(".g-edge")
        handle.scroll_into_view_if_needed()
        edge = handle.bounding_box()
        page.mouse.move(edge["x"] + 40, edge["y"] + 3)
        page.mouse.down()
        page.mouse.move(edge["x"] + 40, edge["y"] + 3 + 15 * 2, steps=4)
        page.mouse.up()
        page.wait_for_selector("#grid-said:has-text('Coffee')")
        assert times()["Coffee"][1] == 45

        coffee = page.locator(".g-block", has_text="Coffee").locator(".g-open")
        coffee.focus()
        for key in ("ArrowDown", "ArrowDown", "ArrowLeft", "Shift+ArrowUp"):
            page.keyboard.press(key)
        page.wait_for_selector("#grid-said:has-text('Saved: “Coffee”, Fri 11 December, 10:10–10:50')")
        assert times()["Coffee"] == ("16:10", 40, "Hall")
        assert page.evaluate("document.activeElement.textContent").count("Coffee"), "the focus stays where it was"
        page.keyboard.press("Control+z")
        page.wait_for_selector("#grid-said:has-text('Undone')")

        with page.expect_response("**/grid/news"):  # where Amina is, for the others
            page.locator(".g-work .btn").click()
            page.wait_for_selector(".g-block:has-text('Waiting')")
        assert "Waiting" in times()

        other = opened(wahyuni.id)
        other.goto(GRID)
        other.wait_for_selector("#grid-here:has-text('Amina is at “Waiting”')")
        other.wait_for_selector(".g-held:has-text('Waiting')")
        other.locator(".g-block", has_text="Coffee").locator(".g-open").focus()
        other.keyboard.press("ArrowDown")
        other.wait_for_selector("#grid-said:has-text('Saved')")
        page.evaluate("dispatchEvent(new Event('focus'))")
        page.wait_for_selector("#grid-said:has-text('Somebody changed the draft')")
        page.wait_for_selector("#grid-here:has-text('Wahyuni')")

        # Wahyuni saves the same item in the form; Amina has not seen it.
        with work() as uow:
            uow.actor = wahyuni
            service.edit(
                uow, edition, CHAIR, session.id, service.get_item(uow, edition, session.id).version,
                content("Talks", 150, length=60, kind=Kind.SESSION, room="Hall"),
            )  # fmt: skip
        page.locator(".g-block", has_text="Talks").first.locator("> .g-open").focus()
        page.keyboard.press("ArrowDown")
        page.wait_for_selector("#grid-said.g-wrong:has-text('Wahyuni changed “Talks” meanwhile')")
        assert times()["Talks"][0] == "17:00"
        assert (
            page.locator(".g-column").first.locator(".g-block", has_text="Talks").first.get_attribute("data-minute")
            == "660"
        )

        page.context.set_offline(True)
        page.locator(".g-block", has_text="Talks").first.locator("> .g-open").focus()
        page.keyboard.press("ArrowDown")
        page.wait_for_selector("#grid-said.g-wrong:has-text('no connection')")
        page.context.set_offline(False)
        page.wait_for_selector("#grid-said:has-text('11:05')")
        assert times()["Talks"][0] == "17:05"

        # By a finger on a phone: the grip drags, everything else scrolls.
        phone = opened(amina.id, has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
        phone.goto(GRID)
        phone.wait_for_selector("#grid[data-ready]")
        phone.evaluate(
            "const s = document.querySelector('.g-scroll'); scrollTo(0, s.getBoundingClientRect().top);"
            " s.scrollTop = 400"
        )
        grip = phone.locator(".g-block", has_text="Talks").first.locator("> .g-grip").bounding_box()
        x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
        finger = phone.context.new_cdp_session(phone)
        for kind, by in (("Start", 0), ("Move", 10), ("Move", 30), ("Move", 60)):
            point = {"x": x, "y": y + by}
            finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        phone.wait_for_selector("#grid-said:has-text('Saved: “Talks”')")
        assert times()["Talks"][0] == "17:35"
