"""What people do with their hands in a browser: fill in, press, follow."""

from datetime import date, timedelta
from typing import Any

from tests.journeys.conftest import PASSWORD, Site, link_in


def fill(page: Any, **typed: object) -> None:
    """Fill fields of the page by their names; `value` may be text, True or False for a box, a list for several."""
    for name, value in typed.items():
        field = page.locator(f'main [name="{name.replace("__", "-")}"]:not([type=hidden])')
        kind = field.first.evaluate("e => e.tagName + ' ' + (e.type || '')")
        if kind.startswith("SELECT"):
            field.first.select_option(_spelling(field.first, str(value)))
        elif kind == "INPUT radio" or isinstance(value, list):
            for wanted in value if isinstance(value, list) else [value]:
                _pick(field, str(wanted)).check()
        elif kind == "INPUT checkbox":
            field.first.set_checked(bool(value))
        else:
            field.first.fill(str(value))


def _spelling(select: Any, wanted: str) -> str:
    values: list[str] = select.evaluate("e => [...e.options].map((o) => o.value)")
    return next(value for value in values if value.lower() == wanted.lower())


def _pick(field: Any, wanted: str) -> Any:
    values: list[str] = field.evaluate_all("all => all.map((e) => e.value)")
    return field.nth(next(place for place, value in enumerate(values) if value.lower() == wanted.lower()))


def press(page: Any, words: str, *, within: str = "main", status: int = 200) -> None:
    """Press the button of these words and see that the next page came as it should."""
    button = page.locator(within).get_by_role("button", name=words).first
    with page.expect_navigation() as going:
        button.click()
    assert going.value.status == status, f"{going.value.url}: {going.value.status}\n{page.inner_text('main')[:2000]}"


def visit(page: Any, path: str) -> None:
    """Go to an address and see that it is there."""
    answer = page.goto(path)
    assert answer.status == 200, f"{path}: {answer.status}\n{page.inner_text('body')[:1000]}"


def says(page: Any, words: str) -> None:
    """The page says this."""
    text = page.inner_text("main")
    assert words.lower() in text.lower(), f"“{words}” is not on {page.url}:\n{text[:3000]}"


def make_account(page: Any, site: Site, name: str, email: str) -> None:
    """From the page that a link in a mail leads to: choose a name and a password, and be in."""
    page.goto(link_in(site.mail_to(email, "Make your account")))
    fill(page, name=name, password=PASSWORD)
    press(page, "Make my account")


def in_days(days: int) -> str:
    """A day as date fields take it, counted from today."""
    return (date.today() + timedelta(days=days)).isoformat()
