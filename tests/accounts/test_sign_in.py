"""Signing in by password and out: sessions, answers alike, limits, where one lands."""

import dataclasses
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs

from tests.accounts.factories import PASSWORD, mails, make_member, sign_in
from tests.factories import client_for, make_person, send
from tests.queries import count_queries
from tests.shows import keeps, shows
from workshop_manager.accounts import library
from workshop_manager.accounts.models import SignIn
from workshop_manager.accounts.passwords import hash_password
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import Settings
from workshop_manager.core.tokens import token_hash
from workshop_manager.web.assets import asset


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def bare(page: str) -> str:
    """A page without what is new in each: request id, form keys, tokens."""
    page = re.sub(r'name="(csrf_token|once)" value="[^"]*"', "", page)
    return re.sub(r"<code>[0-9a-f]{4}-[0-9a-f]{4}</code>", "", page)


@shows("Accounts", "log in by password")
def test_the_right_password_signs_in_and_leads_where_one_was_going(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    answer = sign_in(client, " Wahyuni@EXAMPLE.org ", next="/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert is_signed_in(client)


def test_a_visitor_to_a_closed_page_is_led_through_sign_in_and_back(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    asked = client.get("/account?x=1")
    assert asked.status_code == 303
    page = client.get(asked.location).text
    assert "Where you were going" in page
    assert sign_in(client, next="/account?x=1").location == "/account?x=1"


@keeps("B4", "I13")
def test_a_wrong_password_is_told_without_saying_what_was_wrong(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
        make_person(uow, email="nopassword@example.org")
    answers = [
        sign_in(app.test_client(), email, password)
        for email, password in [
            ("wahyuni@example.org", "not the password"),
            ("unknown@example.org", "not the password"),
            ("nopassword@example.org", "not the password"),
            ("no address", "not the password"),
            ("wahyuni@example.org", "x" * 1_000),
        ]
    ]
    assert {a.status_code for a in answers} == {422}
    assert len({re.sub(r'value="[^"]*"', "", bare(a.text)) for a in answers}) == 1
    assert "do not belong together" in answers[0].text
    assert 'value="unknown@example.org"' in answers[1].text


@keeps("B4")
def test_one_hash_is_computed_for_known_and_for_unknown_people(
    app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work() as uow:
        make_member(uow)
        make_person(uow, email="nopassword@example.org")
    context = app.extensions["security"].pwd_context
    hashed: list[str] = []
    verify = type(context).verify

    def counting(self: Any, secret: str, stored: str | None, *args: Any, **kwargs: Any) -> bool:
        if stored is not None:
            hashed.append(stored.split("$")[1])
        return bool(verify(self, secret, stored, *args, **kwargs))

    monkeypatch.setattr(type(context), "verify", counting)
    for email in ("wahyuni@example.org", "unknown@example.org", "nopassword@example.org", "no address"):
        hashed.clear()
        sign_in(app.test_client(), email, "not the password")
        assert hashed == ["argon2id"], email


def test_passwords_are_hashed_as_owasp_says(settings: Settings) -> None:
    app = Flask("as in production")
    library.attach(app, settings)
    with app.app_context():
        stored = hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in stored


@keeps("B8")
def test_a_password_typed_on_another_keyboard_is_the_same_password(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow, password="re\u0301sume\u0301 of looms")
    assert sign_in(app.test_client(), password="r\u00e9sum\u00e9 of looms").status_code == 303


@keeps("B1")
def test_signing_in_makes_a_new_session_and_takes_no_key_from_outside(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    with client.session_transaction() as session:
        session["sid"] = "planted-by-somebody-else"
        session["csrf_token"] = "planted"
        session["_user_id"] = "1"
    sign_in(client)
    with client.session_transaction() as session:
        key = session["sid"]
        assert key != "planted-by-somebody-else"
        assert "csrf_token" not in session
        assert "_user_id" not in session
    with work() as uow:
        assert [s.key_hash for s in uow.session.scalars(select(SignIn))] == [token_hash(key)]


@pytest.mark.sqlite
@keeps("B1")
@pytest.mark.parametrize("name", ["_user_id", "user_id", "_id", "fs_uniquifier"])
def test_the_librarys_own_session_key_opens_nothing(app: Flask, work: Any, name: str) -> None:
    with work() as uow:
        unique = make_member(uow).fs_uniquifier
    client = app.test_client()
    with client.session_transaction() as session:
        session[name] = unique
        session["_fresh"] = True
    assert not is_signed_in(client)


@keeps("B1")
def test_the_librarys_own_token_opens_nothing(app: Flask, work: Any) -> None:
    with work() as uow, app.test_request_context("/"):
        token = make_member(uow).get_auth_token()
    client = app.test_client()
    assert client.get("/account", headers={"Authentication-Token": token}).status_code == 303
    assert client.get(f"/account?auth_token={token}").status_code == 303


@keeps("B2")
@shows("Accounts", "sign out by POST")
def test_signing_out_ends_the_session_on_the_server_whatever_cookie_is_kept(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    client, thief = app.test_client(), app.test_client()
    sign_in(client)
    cookie = client.get_cookie("session")
    assert cookie is not None
    thief.set_cookie("session", cookie.value)
    assert is_signed_in(thief)
    assert send(client, "/sign-out").status_code == 303
    assert not is_signed_in(client)
    assert not is_signed_in(thief)
    with work() as uow:
        assert uow.session.scalars(select(SignIn)).all() == []


@keeps("I14")
def test_get_does_not_sign_out_and_posts_need_the_sessions_token(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    assert client.post("/sign-in", data={"email": "wahyuni@example.org", "password": PASSWORD}).status_code == 400
    sign_in(client)
    assert client.get("/sign-out").status_code == 200, "it asks first"
    assert client.post("/sign-out").status_code == 400
    assert is_signed_in(client)


@keeps("B13")
def test_a_disabled_person_is_signed_out_at_once_and_does_not_get_in(app: Flask, work: Any) -> None:
    with work() as uow:
        person = make_member(uow)
    client = app.test_client()
    sign_in(client)
    with work() as uow:
        uow.session.merge(person).active = False
    assert not is_signed_in(client)
    assert sign_in(client).status_code == 422


@keeps("R6")
def test_a_session_ends_after_14_days_and_survives_a_clock_three_hours_back(
    app: Flask, work: Any, clock: FixedClock
) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    sign_in(client)
    start = clock.at
    for moved, holds in [(-3, True), (13 * 24, True), (14 * 24 + 1, False), (-365 * 24, False)]:
        clock.at = start + timedelta(hours=moved)
        assert is_signed_in(client) is holds, moved


def test_a_page_read_writes_nothing_and_a_post_notes_when_the_session_was_seen(
    app: Flask, work: Any, clock: FixedClock, database: Database
) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    sign_in(client)
    before = clock.at
    clock.at += timedelta(hours=2)
    with count_queries(database) as statements:
        assert client.get("/account").status_code == 200
    assert not [s for s in statements if not s.startswith("SELECT")]
    with work() as uow:
        assert uow.session.scalars(select(SignIn.seen_at)).one() == before
    send(client, "/appearance", {"theme": "dark"})
    send(client, "/account", {"name": "Wahyuni", "country": "", "listing": "full", "version": "1"})
    with work() as uow:
        assert uow.session.scalars(select(SignIn.seen_at)).one() == clock.at


def test_a_public_page_asks_no_database_for_a_visitor_and_says_nothing_of_cookies(
    app: Flask, database: Database
) -> None:
    with count_queries(database) as statements:
        answer = app.test_client().get("/healthz")
    assert statements == []
    assert "Set-Cookie" not in answer.headers


@keeps("B7")
@pytest.mark.parametrize("base", ["http://localhost", "https://workshops.example.org"])
def test_the_session_cookie_is_guarded(settings: Settings, base: str, tmp_path: Any) -> None:
    from workshop_manager.app import create_app
    from workshop_manager.core.clock import SystemClock

    here = dataclasses.replace(settings, site_base_url=base)
    made = create_app(here, Database(f"sqlite:///{tmp_path}/none.sqlite3"), SystemClock())
    cookie = made.test_client().get("/sign-in", base_url=base).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert ("Secure" in cookie) is base.startswith("https")
    assert cookie.startswith("__Host-session=" if base.startswith("https") else "session=")
    assert "Domain" not in cookie


@keeps("B2", "T5")
def test_the_cookie_is_sent_once_and_never_with_what_anybody_may_keep(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    assert "Set-Cookie" in sign_in(client).headers
    client.get("/account")
    with app.test_request_context("/"):
        stylesheet = asset("theme.css")
    for path in (stylesheet, "/favicon.ico", "/healthz", "/account"):
        assert "Set-Cookie" not in client.get(path).headers, path


SPELLINGS = [
    "https://evil.example", "http://evil.example", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "/\\/evil.example", "https:evil.example", "https:/evil.example",
    "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\n/evil.example", " //evil.example",
    "%2f%2fevil.example", "\x19//evil.example", "\u200a//evil.example", "evil.example", "@evil.example",
    "/%0d%0aLocation:%20https://evil.example\r\n", "http://localhost@evil.example",
]  # fmt: skip


@pytest.mark.sqlite
@keeps("B11")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_next_never_leaves_the_site(app: Flask, work: Any, spelling: str) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    home = sign_in(app.test_client()).location
    assert sign_in(client, next=spelling).location == home
    again = client.get("/sign-in", query_string={"next": spelling})
    assert (again.status_code, again.location) == (303, home)


@keeps("B5")
def test_tries_are_limited_by_account_and_source_for_known_and_unknown_alike(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    for email in ("wahyuni@example.org", "unknown@example.org"):
        client = app.test_client()
        answers = [sign_in(client, email, "not the password").status_code for _ in range(11)]
        assert answers == [422] * 10 + [429]
    assert sign_in(app.test_client()).status_code == 429, "the right password does not get round the limit"


@keeps("B5")
def test_a_stranger_elsewhere_does_not_lock_the_owner_out(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    stranger = app.test_client()
    for _ in range(12):
        send(
            stranger,
            "/sign-in",
            {"email": "wahyuni@example.org", "password": "not the password"},
            environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
        )
    assert sign_in(app.test_client()).status_code == 303


@pytest.mark.sqlite
@keeps("B5")
def test_tries_are_limited_by_source_over_many_accounts_and_a_whole_ipv6_network_is_one_source(app: Flask) -> None:
    client = app.test_client()
    codes = [
        send(
            client,
            "/sign-in",
            {"email": f"person{n}@example.org", "password": "not the password"},
            environ_overrides={"REMOTE_ADDR": f"2001:db8::{n:x}"},
        ).status_code
        for n in range(1, 32)
    ]
    assert codes == [422] * 30 + [429]


@pytest.mark.sqlite
@keeps("B6")
def test_a_forwarded_header_does_not_get_round_the_limit(app: Flask) -> None:
    client = app.test_client()
    codes = [
        send(
            client,
            "/sign-in",
            {"email": "a@example.org", "password": "not the password"},
            headers={"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"},
        ).status_code
        for n in range(11)
    ]
    assert codes[-1] == 429


def test_somebody_unconfirmed_is_mailed_a_link_and_gets_in_by_it_only(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow, confirmed=False)
    client = app.test_client()
    assert sign_in(client).location == "/sign-in/sent"
    assert not is_signed_in(client)
    with work() as uow:
        assert [m.template for m in mails(uow)] == ["accounts/sign_in_link"]


def test_signing_in_again_ends_the_session_that_this_browser_had(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
        make_member(uow, "nur@example.org", "Nur")
    client = app.test_client()
    sign_in(client)
    sign_in(client, "nur@example.org")
    with work() as uow:
        assert len(uow.session.scalars(select(SignIn)).all()) == 1


@keeps("Q3")
def test_sign_ins_and_refusals_are_logged_without_secrets(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    with capture_logs() as log:
        sign_in(app.test_client(), password="a wrong password")
        sign_in(app.test_client())
    assert [entry["event"] for entry in log] == ["sign-in refused", "signed in"]
    for secret in (PASSWORD, "a wrong password", "wahyuni@example.org"):
        assert secret not in str(log)


def test_a_second_visit_to_sign_in_goes_home(app: Flask, work: Any) -> None:
    with work() as uow:
        client = client_for(app, uow, make_person(uow))
    assert client.get("/sign-in").status_code == 303


def test_the_machinery_of_the_library_is_there_without_its_hooks(app: Flask) -> None:
    hooks = [f for group in (app.before_request_funcs, app.after_request_funcs) for fs in group.values() for f in fs]
    assert not [f for f in hooks if f.__module__.startswith(("flask_login", "flask_principal", "flask_security"))]
    assert isinstance(app.extensions["security"].totp_factory, library.OnceOnlyTotp)
    assert not [e for e in app.view_functions if e.startswith("security.")]
