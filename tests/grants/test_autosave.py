"""The grants' form in a real browser: kept while it is typed, in two tabs, and without a connection."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.factories import make_person
from tests.grants.factories import make_fund, open_grants
from tests.shows import keeps, shows
from tests.smtp import free_port
from workshop_manager.accounts.models import SignIn
from workshop_manager.core.tokens import new_token, token_hash

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]
FORM = "/musiml/2026/grants/application/edit"
STATEMENT, SAID = "[name=statement]", "[data-autosave-said]"


class _Silent(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        pass


@pytest.fixture
def context(app: Flask, work: Any, chromium: Any) -> Iterator[Any]:
    """Somebody signed in who may apply, in a browser whose forms are kept after a moment."""
    with work() as uow:
        make_fund(uow, open_grants(uow))
        key, person = new_token(), make_person(uow)
        uow.session.add(
            SignIn(key_hash=token_hash(key), person_id=person.id, created_at=uow.now, seen_at=uow.now, browser="")
        )
    port = free_port()
    server = make_server("localhost", port, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://localhost:{port}"
    made = chromium.new_context(base_url=base)
    cookie = app.session_interface.get_signing_serializer(app).dumps({"sid": key})  # type: ignore[attr-defined]
    made.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": base}])
    made.route("**/js/autosave.js", _hasten)
    made.set_default_timeout(10_000)
    yield made
    made.close()
    server.shutdown()
    thread.join()
    server.server_close()


def _hasten(route: Any) -> None:
    answer = route.fetch()
    body = answer.text()
    for slow, quick in (("WAIT = 2000", "WAIT = 100"), ("AGAIN = 15000", "AGAIN = 300")):
        assert slow in body
        body = body.replace(slow, quick)
    route.fulfill(response=answer, body=body)


def _says(page: Any, words: str) -> None:
    page.locator(f"{SAID}:has-text('{words}')").wait_for()


@keeps("X3")
@shows("Grants", "A form kept while it is typed is there after a reload; an older tab overwrites nothing unseen")
def test_what_is_typed_is_kept_and_an_older_tab_overwrites_nothing(context: Any) -> None:
    one, other = context.new_page(), context.new_page()
    for page in (one, other):
        page.goto(FORM)
    one.fill(STATEMENT, "Our lab has no budget.")
    _says(one, "Draft saved at")
    one.reload()
    assert one.input_value(STATEMENT) == "Our lab has no budget."

    other.fill(STATEMENT, "An older tab.")
    _says(other, "Another version was saved meanwhile")
    one.reload()
    assert one.input_value(STATEMENT) == "Our lab has no budget."
    other.click("button[name=do][value=draft]:visible")
    other.get_by_role("alert").filter(has_text="Another version was saved after you opened this page").wait_for()
    assert other.input_value(STATEMENT) == "An older tab.", "nothing typed is lost"

    context.set_offline(True)
    one.fill(STATEMENT, "Typed without a connection.")
    _says(one, "Not saved: no connection")
    context.set_offline(False)
    _says(one, "Draft saved at")
    one.reload()
    assert one.input_value(STATEMENT) == "Typed without a connection."
