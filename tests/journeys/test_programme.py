"""From a page that somebody wrote by hand to a published schedule, by one organiser in a browser."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from tests.journeys import doing
from tests.journeys.conftest import Site
from tests.journeys.doing import fill, says, visit
from tests.journeys.test_main_job import TABLE, ZONE
from tests.shows import shows

pytestmark = [pytest.mark.browser, pytest.mark.slow(15)]

PAGE = Path(__file__).parents[2].parent / "shared" / "schedules" / "musiml2023_schedule.html"
KEEP = os.environ.get("WORKSHOP_TESTS_TRACES")
"""A folder to keep the recording in: `playwright show-trace FILE` plays it, picture by picture."""
DAY = "2023-12-11"


class Hands:
    """What an organiser does, counted: a press, a page asked for, a field filled."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base, self.acts = page, base, 0

    def press(self, words: str) -> None:
        self.acts += 1
        doing.press(self.page, words)

    def visit(self, path: str) -> None:
        self.acts += 1
        visit(self.page, path)

    def fill(self, **typed: object) -> None:
        self.acts += len(typed)
        fill(self.page, **typed)


@pytest.fixture
def organiser(site: Site, person: Callable[..., Any]) -> Hands:
    """Signed in, with an edition that has nothing but a day and a place."""
    name = f"musiml-{secrets.token_hex(3)}"
    site.add_person("Amina Organiser", f"amina@{name}.example.org")
    page = person(f"amina@{name}.example.org")
    visit(page, "/communities/new")
    fill(page, name="Muslims in ML", slug=name, description="", contact_email=f"amina@{name}.example.org")
    doing.press(page, "Found the community")
    fill(page, name="Muslims in ML 2023", slug="2023", kind="workshop", mode="hybrid", city="New Orleans")
    fill(page, time_zone=ZONE, start_day=DAY, start_time="08:30", end_day=DAY, end_time="13:00")
    doing.press(page, "Found the edition")
    fill(page, visibility="public", summary="A morning.", contact_email=f"amina@{name}.example.org")
    doing.press(page, "Save")
    return Hands(page, f"/{name}/2023")


@contextmanager
def recorded(page: Any, name: str) -> Iterator[None]:
    """Record what happens, if somebody wants to see it."""
    if KEEP:
        page.context.tracing.start(screenshots=True, snapshots=True)
    yield
    if KEEP:
        page.context.tracing.stop(path=str(Path(KEEP) / f"{name}.zip"))


def _pasted(page: Any) -> str:
    """The page as its text lands in a box: opened in a browser, all of it selected and copied."""
    if not PAGE.exists():
        return TABLE
    shown = page.context.new_page()
    shown.route("http*://**", lambda route: route.abort())
    shown.goto(PAGE.as_uri(), wait_until="domcontentloaded")
    text = str(shown.evaluate("() => { getSelection().selectAllChildren(document.body); return `${getSelection()}`; }"))
    shown.close()
    return text


@shows("Schedule", "From a pasted page to a published schedule with its calendar in ten acts of one organiser")
def test_a_pasted_page_becomes_a_published_schedule(site: Site, organiser: Hands, person: Callable[..., Any]) -> None:
    page, base = organiser.page, organiser.base
    text = _pasted(page)
    begun = time.monotonic()
    with recorded(page, "musiml-2023"):
        organiser.visit(f"{base}/organise/schedule/import")
        organiser.fill(day=DAY, zone=ZONE, text=text)
        organiser.press("See what we understand")
        says(page, "11:05am")
        says(page, "Probably")
        organiser.press("Take it into the draft")
        assert b"oster" not in site.get(f"{base}/schedule.ics")[1]  # nothing is public by being typed
        organiser.visit(f"{base}/organise/schedule/releases/new")
        organiser.fill(note="The programme")
        organiser.press("Release it")
        says(page, "Release 1 is public")
    print(f"{organiser.acts} acts, {time.monotonic() - begun:.1f} s of them the machine's")
    assert organiser.acts <= 10
    visitor = person()
    visit(visitor, f"{base}/schedule")
    says(visitor, "Poster session")
    events = {
        str(event["SUMMARY"]): event
        for event in icalendar.Calendar.from_ical(site.get(f"{base}/schedule.ics")[1]).walk("VEVENT")
    }
    posters = next(event for title, event in events.items() if "poster" in title.lower())
    local = posters["DTSTART"].dt.astimezone(ZoneInfo(ZONE))
    assert (local.hour, local.minute, posters["DTEND"].dt.astimezone(UTC)) == (
        11,
        5,
        datetime(2023, 12, 11, 17, 45, tzinfo=UTC),
    )
    if PAGE.exists():
        # Nine sessions, a break, three lightning talks and four tables.
        assert len(events) == 17
