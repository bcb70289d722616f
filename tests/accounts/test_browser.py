"""Signing in with a real browser: a passkey from its virtual authenticator, and everything else without JavaScript."""

import dataclasses
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.accounts.factories import PASSWORD, link_in, mails, make_member
from tests.shows import shows
from tests.smtp import free_port
from workshop_manager.web.request import Platform

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    """The application served at localhost, where browsers take passkeys."""
    port = free_port()
    here: Platform = app.extensions["platform"]
    address = f"http://localhost:{port}"
    settings = dataclasses.replace(here.settings, site_base_url=address)
    app.extensions["platform"] = Platform(settings, here.database, here.clock)
    server = make_server("localhost", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
@shows("Accounts", "TOTP and passkeys (WebAuthn) and recovery codes")
def test_a_browser_adds_a_passkey_and_signs_in_with_it(base: str, chromium: Any, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    context = chromium.new_context(base_url=base)
    page = context.new_page()
    page.set_default_timeout(10_000)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    page.goto("/sign-in?next=/account/passkeys")
    page.fill("#email", "wahyuni@example.org")
    page.click("summary:has-text('Use a password')")
    page.fill("[name=password]", PASSWORD)
    assert page.input_value("#password-email") == "wahyuni@example.org", "the address is not asked for twice"
    page.click(".pw-in button")
    page.wait_for_url("**/account/passkeys")
    page.fill("[name=name]", "my loom")
    page.fill("[name=present]", PASSWORD)
    page.click("button:has-text('Add a passkey')")
    page.click("button:has-text('Add the passkey')")
    page.wait_for_selector("bdi:has-text('my loom')")

    context.clear_cookies()
    page.goto("/sign-in?next=/account/sessions")
    page.click("button:has-text('Use a passkey')")
    page.click("button:has-text('Use my passkey')")
    page.wait_for_url("**/account/sessions")
    assert "Chrome on Linux" in page.inner_text("main")
    assert refused == []
    context.close()


@pytest.mark.browser
def test_without_javascript_a_newcomer_registers_and_signs_in_by_password(base: str, chromium: Any, work: Any) -> None:
    context = chromium.new_context(base_url=base, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto("/register")
    page.fill("[name=name]", "Nur")
    page.fill("[name=email]", "nur@example.org")
    page.click("button:has-text('Send me the link')")
    assert "nur@example.org" in page.inner_text("main")
    with work() as uow:
        [mail] = mails(uow)
        path = link_in(mail, base)
    page.goto(path)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Make my account')")
    page.goto("/account")
    assert page.input_value("[name=name]") == "Nur"
    page.click("summary:has-text('Nur')")
    page.click("button:has-text('Sign out')")
    page.goto("/account")
    page.click("summary:has-text('Use a password')")
    page.fill("#password-email", "nur@example.org")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/account")
    context.close()
