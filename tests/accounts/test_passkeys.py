"""Passkeys, with an authenticator made of software: adding, signing in, and everything that must not work."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.accounts.factories import (
    PASSWORD,
    Authenticator,
    add_passkey,
    mails,
    make_member,
    options_in,
    sign_in,
    sign_in_by_passkey,
    turn_two_steps_on,
)
from tests.accounts.test_sign_in import is_signed_in
from tests.factories import client_for, make_person, send
from tests.shows import keeps, shows
from workshop_manager.accounts import passkeys
from workshop_manager.accounts.models import Passkey
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.settings import Settings


def member_with_passkey(app: Flask, work: Any) -> Authenticator:
    with work() as uow:
        make_member(uow)
    client, device = app.test_client(), Authenticator()
    sign_in(client)
    assert add_passkey(client, device).location == "/account/passkeys"
    return device


@shows("Accounts", "TOTP and passkeys (WebAuthn) and recovery codes")
def test_a_passkey_is_added_and_signs_in(app: Flask, work: Any) -> None:
    device = member_with_passkey(app, work)
    with work() as uow:
        key = uow.session.scalars(select(Passkey)).one()
        assert (key.name, key.transports, key.usage) == ("my phone", ["internal"], "first")
        assert "my phone" in mails(uow)[-1].subject
    client = app.test_client()
    answer = sign_in_by_passkey(client, device, next="/account/passkeys")
    assert (answer.status_code, answer.location) == (303, "/account/passkeys")
    assert "my phone" in client.get("/account/passkeys").text
    with work() as uow:
        assert uow.session.scalars(select(Passkey.sign_count)).one() == 1


def test_a_passkey_is_both_steps_at_once(app: Flask, work: Any, clock: FixedClock) -> None:
    device = member_with_passkey(app, work)
    client = app.test_client()
    sign_in(client)
    turn_two_steps_on(client, clock.at)
    other = app.test_client()
    sign_in_by_passkey(other, device)
    assert is_signed_in(other)


@keeps("B3")
def test_adding_one_asks_for_the_present_password_and_ends_other_sessions(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    client, elsewhere = app.test_client(), app.test_client()
    sign_in(client)
    sign_in(elsewhere)
    for data in ({"name": "x"}, {"name": "x", "present": "not the password"}, {"name": "", "present": PASSWORD}):
        assert send(client, "/account/passkeys", data).status_code == 422
    assert client.get("/account/passkeys/new").location == "/account/passkeys"
    assert is_signed_in(elsewhere)
    add_passkey(client, Authenticator())
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"flags": 0x01},
        {"credential_id": b"another-key-0123"},
        {"user_handle": b"somebody else"},
    ],
    ids=["another origin", "not unlocked by its owner", "an unknown key", "another person's handle"],
)
def test_a_wrong_answer_opens_nothing_and_says_the_same(app: Flask, work: Any, change: dict[str, Any]) -> None:
    device = member_with_passkey(app, work)
    for name, value in change.items():
        setattr(device, name, value)
    client = app.test_client()
    assert sign_in_by_passkey(client, device).location == "/sign-in"
    assert "That passkey does not open an account here" in client.get("/sign-in").text
    assert not is_signed_in(client)


def test_a_key_of_the_same_name_but_another_secret_opens_nothing(app: Flask, work: Any) -> None:
    device = member_with_passkey(app, work)
    forged = Authenticator(user_handle=device.user_handle)
    client = app.test_client()
    sign_in_by_passkey(client, forged)
    assert not is_signed_in(client)


@keeps("B9")
def test_a_challenge_is_good_once_for_one_browser_and_five_minutes(app: Flask, work: Any, clock: FixedClock) -> None:
    device = member_with_passkey(app, work)
    client = app.test_client()
    send(client, "/sign-in/passkey")
    options = options_in(client.get("/sign-in/passkey").text)
    answer = device.get(options)
    other = app.test_client()
    send(other, "/sign-in/passkey")
    send(other, "/sign-in/passkey/answer", {"credential": answer})
    assert not is_signed_in(other), "another browser has another challenge"
    clock.at += timedelta(minutes=5)
    send(client, "/sign-in/passkey/answer", {"credential": answer})
    assert not is_signed_in(client), "too late"
    assert client.get("/sign-in/passkey").location == "/sign-in"


def test_a_copied_key_whose_counter_goes_back_opens_nothing(app: Flask, work: Any) -> None:
    device = member_with_passkey(app, work)
    sign_in_by_passkey(app.test_client(), device)
    sign_in_by_passkey(app.test_client(), device)
    device.count = 0
    client = app.test_client()
    sign_in_by_passkey(client, device)
    assert not is_signed_in(client)


@pytest.mark.sqlite
@keeps("I12")
@pytest.mark.parametrize(
    "answer", ["", "{}", "null", "[]", "not json", '{"id": 1}', '{"id": "a", "rawId": "a", "response": {}}', "x" * 9999]
)
def test_nonsense_is_refused_calmly(app: Flask, work: Any, answer: str) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    send(client, "/sign-in/passkey")
    assert send(client, "/sign-in/passkey/answer", {"credential": answer}).location == "/sign-in"
    sign_in(client)
    send(client, "/account/passkeys", {"name": "x", "present": PASSWORD})
    assert send(client, "/account/passkeys/new", {"credential": answer}).location == "/account/passkeys"
    with work() as uow:
        assert uow.session.scalars(select(Passkey)).all() == []


def test_an_answer_to_one_question_is_none_to_the_other(app: Flask, work: Any) -> None:
    device = member_with_passkey(app, work)
    client = app.test_client()
    send(client, "/sign-in/passkey")
    options = json.loads(options_in(client.get("/sign-in/passkey").text))
    made = device.create(json.dumps(options | {"user": {"id": "eA"}, "rp": {"id": options["rpId"]}}))
    assert send(client, "/sign-in/passkey/answer", {"credential": made}).location == "/sign-in"


def test_one_device_is_not_added_twice_and_options_name_those_known(app: Flask, work: Any) -> None:
    device = member_with_passkey(app, work)
    client = app.test_client()
    sign_in_by_passkey(client, device)
    send(client, "/account/passkeys", {"name": "again", "present": PASSWORD})
    page = client.get("/account/passkeys/new").text
    options = json.loads(options_in(page))
    assert len(options["excludeCredentials"]) == 1
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert "wahyuni" not in options["user"]["id"]
    answer = send(client, "/account/passkeys/new", {"credential": device.create(json.dumps(options))})
    assert answer.location == "/account/passkeys"
    with work() as uow:
        assert [k.name for k in uow.session.scalars(select(Passkey))] == ["my phone"]


@keeps("A3", "B3")
def test_a_passkey_is_removed_by_its_owner_with_the_password_only(app: Flask, work: Any) -> None:
    device = member_with_passkey(app, work)
    with work() as uow:
        number = uow.session.scalars(select(Passkey.id)).one()
        stranger = client_for(app, uow, make_person(uow))
    assert stranger.get(f"/account/passkeys/{number}/removal").status_code == 404
    assert send(stranger, f"/account/passkeys/{number}/removal").status_code == 404
    client = app.test_client()
    sign_in_by_passkey(client, device)
    assert client.get(f"/account/passkeys/{number}/removal").status_code == 200
    assert send(client, f"/account/passkeys/{number}/removal").status_code == 422
    assert send(client, f"/account/passkeys/{number}/removal", {"present": PASSWORD}).status_code == 303
    assert is_signed_in(client)
    other = app.test_client()
    sign_in_by_passkey(other, device)
    assert not is_signed_in(other)
    with work() as uow:
        assert uow.session.scalars(select(Passkey)).all() == []


@pytest.mark.parametrize(
    ("base", "possible"),
    [("https://workshops.example.org", True), ("http://localhost:8000", True), ("http://127.0.0.1:8000", False),
     ("https://192.0.2.7", False), ("http://workshops.example.org", False), ("https://[2001:db8::1]", False)],
)  # fmt: skip
def test_passkeys_are_offered_where_browsers_take_them(settings: Settings, base: str, possible: bool) -> None:
    here = passkeys.site(dataclasses.replace(settings, site_base_url=base))
    assert (here is not None) is possible
    if here:
        assert here.origin == base


@pytest.mark.parametrize(
    ("mode", "base", "asked", "origin"),
    [
        ("demo", "http://127.0.0.1:8000", "localhost:8000", "http://localhost:8000"),
        ("demo", "http://127.0.0.1:8000", "127.0.0.1:8000", None),
        ("demo", "http://127.0.0.1:8000", "localhost:9000", None),
        ("demo", "http://127.0.0.1:8000", "evil.example", None),
        ("demo", "https://workshops.example.org", "localhost:8000", "https://workshops.example.org"),
        ("production", "http://127.0.0.1:8000", "localhost:8000", None),
        ("production", "https://workshops.example.org", "localhost", "https://workshops.example.org"),
    ],
)
def test_a_demo_at_figures_takes_passkeys_by_its_name_too(
    settings: Settings, mode: str, base: str, asked: str, origin: str | None
) -> None:
    here = passkeys.site(dataclasses.replace(settings, site_mode=mode, site_base_url=base), asked)
    assert (here.origin if here else None) == origin


def test_where_browsers_take_none_nothing_is_offered(app: Flask, work: Any, settings: Settings) -> None:
    from workshop_manager.web.request import Platform

    with work() as uow:
        client = client_for(app, uow, make_person(uow))
    here: Platform = app.extensions["platform"]
    bare = dataclasses.replace(settings, site_base_url="http://127.0.0.1:8000")
    app.extensions["platform"] = Platform(bare, here.database, here.clock)
    assert "Use a passkey" not in app.test_client().get("/sign-in").text
    assert 'href="http://localhost:8000/account/passkeys"' in client.get("/account/passkeys").text
    bare = dataclasses.replace(bare, site_mode="production")
    app.extensions["platform"] = Platform(bare, here.database, here.clock)
    assert "browsers would refuse" in client.get("/account/passkeys").text
    assert send(app.test_client(), "/sign-in/passkey").status_code == 404
    assert send(app.test_client(), "/sign-in/passkey/answer").status_code == 404
