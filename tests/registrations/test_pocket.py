"""The ticket on a phone without a network, and on a browser that somebody else uses next."""

import threading

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.factories import client_for, make_edition, make_person
from tests.registrations.factories import make_kind, make_registration
from tests.shows import shows
from tests.smtp import free_port
from workshop_manager.accounts.models import SignIn
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.registrations.states import State

pytestmark = pytest.mark.sqlite
PAGE = "/musiml/2026/registration/ticket/pocket"


class _Silent(WSGIRequestHandler):
    def log(self, *_args):
        pass


def test_it_holds_the_code_and_nothing_to_act_with(app, work):
    with work() as uow:
        edition, person, waits = make_edition(uow), make_person(uow, "نور العين"), make_person(uow)
        kind = make_kind(uow, edition)
        row = make_registration(uow, edition, kind, person)
        make_registration(uow, edition, kind, waits, State.WAITLISTED)
        client, other = client_for(app, uow, person), client_for(app, uow, waits)
        code = row.ticket_code
    answer = client.get(PAGE)
    assert answer.headers["Cache-Control"] == "no-store"
    assert code in answer.text
    assert "نور العين" in answer.text
    assert "csrf" not in answer.text
    assert "<form" not in answer.text
    assert other.get(PAGE).location.endswith("/registration/ticket")
    worker = client.get(f"{PAGE}/worker.js")
    assert (worker.headers["Service-Worker-Allowed"], worker.mimetype) == (PAGE, "text/javascript")
    manifest = client.get(f"{PAGE}/manifest.json")
    assert (manifest.json["scope"], manifest.mimetype) == (PAGE, "application/manifest+json")
    assert "نور" not in manifest.text


@pytest.mark.browser
@shows("Registration", "The ticket's page works without a network once opened, and is forgotten on signing out")
def test_it_opens_without_a_network_until_one_signs_out(app, work, chromium):
    key = new_token()
    with work() as uow:
        edition, person = make_edition(uow), make_person(uow, "Nur Aisyah")
        code = make_registration(uow, edition, make_kind(uow, edition), person).ticket_code
        uow.session.add(
            SignIn(key_hash=token_hash(key), person_id=person.id, created_at=uow.now, seen_at=uow.now, browser="")
        )
    port = free_port()
    server = make_server("localhost", port, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://localhost:{port}"
    context = chromium.new_context(base_url=base, viewport={"width": 390, "height": 844})
    try:
        cookie = app.session_interface.get_signing_serializer(app).dumps({"sid": key})
        context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": base}])
        phone = context.new_page()
        phone.set_default_timeout(15_000)
        phone.goto(PAGE)
        phone.wait_for_selector("#pocket-said:not([hidden])")
        context.set_offline(True)
        phone.reload()
        assert code in phone.inner_text("main")
        assert "Nur Aisyah" in phone.inner_text("h1")
        context.set_offline(False)
        phone.goto("/sign-out")
        phone.click("main button")
        phone.wait_for_url(f"{base}/")
        phone.wait_for_function("caches.keys().then((names) => names.length === 0)")
        context.set_offline(True)
        with pytest.raises(Exception, match="ERR_"):
            phone.goto(PAGE)
    finally:
        context.close()
        server.shutdown()
        thread.join()
