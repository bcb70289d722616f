"""Addresses as people type them, and redirects that stay where they are."""

import pytest
from flask import Flask

from tests.factories import client_for, make_edition, make_person
from tests.shows import keeps, shows

pytestmark = pytest.mark.sqlite


@shows("Addresses", "Capitals or a slash at the end, as people type them, lead to the page that was meant")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/MusIML/2026/", "/musiml/2026/"),
        ("/MUSIML/2026/schedule", "/musiml/2026/schedule"),
        ("/musiml/2026/schedule/", "/musiml/2026/schedule"),
        ("/musiml/2026/Schedule/?kind=talks", "/musiml/2026/schedule?kind=talks"),
        ("/musiml/2026/call/", "/musiml/2026/call"),
        ("/MUSIML/", "/musiml/"),
        ("/NOWHERE/2031/call", "/nowhere/2031/call"),
        ("/musiml/2026/organise/", None),
        ("/nowhere/2031/", None),
        ("/calendars/AbCdEf.ics", None),
        ("/invitations/AbCdEf/", "/invitations/AbCdEf"),
        ("/musiml/2026/%C3%A9t%C3%A9", None),
        ("/musiml/%C3%A9t%C3%A9/call", None),
        ("/a%2Fb/%25/call", None),
    ],
)
def test_what_was_meant_is_found(app: Flask, work: object, typed: str, meant: str | None) -> None:
    with work() as uow:  # type: ignore[operator]
        make_edition(uow)
    answer = app.test_client().get(typed)
    if meant is None:
        assert answer.status_code in (303, 404)
        assert answer.headers.get("Location", "/sign-in").startswith("/sign-in")
    else:
        assert (answer.status_code, answer.headers["Location"]) == (308, meant)
        assert app.test_client().post(typed).status_code in (400, 404, 405)


@keeps("M6")
@pytest.mark.parametrize("path", ["/musiml/2026", "/musiml", "/MUSIML/2026/"])
def test_no_redirect_repeats_the_host_it_was_asked_for(app: Flask, work: object, path: str) -> None:
    with work() as uow:  # type: ignore[operator]
        make_edition(uow)
    answer = app.test_client().get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 308
    assert answer.headers["Location"].startswith("/musiml")


@shows("Accounts", "The address for signing out asks first: looking signs nobody out")
def test_signing_out_by_address_asks_first(app: Flask, work: object) -> None:
    with work() as uow:  # type: ignore[operator]
        client = client_for(app, uow, make_person(uow, "Nur"))
    assert "You are signed in here as" in client.get("/sign-out").text
    assert client.get("/account").status_code == 200
    assert "Nobody is signed in here" in app.test_client().get("/sign-out").text
