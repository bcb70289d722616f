"""Every page in a real browser, as the person who sees most on it."""

from collections.abc import Callable

import pytest

from tests.pages.look import Look
from tests.shows import shows
from workshop_manager.app import FEATURES

pytestmark = [pytest.mark.browser, pytest.mark.slow(20), pytest.mark.sqlite]
PACKAGES = (*(feature.__name__.split(".")[1] for feature in FEATURES), "web")
every_package = pytest.mark.parametrize("package", PACKAGES)
Looks = Callable[[str], list[Look]]

MOST_BYTES = 300 * 1024
MOST_REQUESTS = 25


@every_package
@shows("Pages", "axe finds nothing on any page: WCAG 2.2 AA and best practice, light and dark, at 390 and 1280 px")
def test_axe_finds_nothing(looks: Looks, package: str) -> None:
    found = [f"{look.page}: {violation}" for look in looks(package) for violation in look.axe]
    assert not found, "\n".join(found)


@every_package
@shows("Pages", "No page scrolls sideways at 320 px")
def test_no_page_scrolls_sideways(looks: Looks, package: str) -> None:
    found = [f"{look.page}: {look.wide}" for look in looks(package) if look.wide]
    assert not found, "\n".join(found)


@every_package
@shows("Pages", "Every page weighs at most 300 KB in at most 25 requests, with an empty cache")
def test_every_page_is_light(looks: Looks, package: str) -> None:
    found = [
        f"{look.page}: {look.transferred // 1024} KB in {look.requests} requests"
        for look in looks(package)
        if look.transferred > MOST_BYTES or look.requests > MOST_REQUESTS
    ]
    assert not found, "\n".join(found)


@every_package
@shows("Pages", "No page makes the browser complain, about its policy or anything else")
def test_the_browser_has_nothing_to_complain_of(looks: Looks, package: str) -> None:
    found = [f"{look.page}: {said}" for look in looks(package) for said in look.complaints if look.status == 200]
    assert not found, "\n".join(found)


@every_package
@shows("Pages", "Wherever the keyboard is, it can be seen")
def test_the_focus_can_be_seen(looks: Looks, package: str) -> None:
    assert [look.page for look in looks(package) if not look.is_focus_shown] == []


@every_package
@shows(
    "Pages",
    "Every page has one heading of the first rank and says its language and direction",
    "Every page begins with a skip link that can be seen",
)
def test_every_page_says_what_it_is(looks: Looks, package: str) -> None:
    found = [
        f"{look.page}: {look.headings} h1, lang {look.lang!r}, dir {look.direction!r}, skip link {look.has_skip_link}"
        for look in looks(package)
        if (look.headings, look.lang, look.direction, look.has_skip_link) != (1, "en", "ltr", True)
    ]
    assert not found, "\n".join(found)
