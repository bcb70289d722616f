"""Two steps: an app's code or a recovery code after password or link. Each code works once; nothing gets round it."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.factories import PASSWORD, hidden, link_in, mails, make_member, sign_in, turn_two_steps_on
from tests.accounts.test_sign_in import is_signed_in
from tests.factories import client_for, make_person, send
from tests.shows import keeps, shows
from workshop_manager.accounts.models import OneTimeToken, Person, SignIn
from workshop_manager.accounts.states import Purpose
from workshop_manager.core.clock import FixedClock

ME = "wahyuni@example.org"


def give(client: FlaskClient, code: str) -> Any:
    return send(client, "/sign-in/second-step", {"code": code})


def member_with_app(app: Flask, work: Any, clock: FixedClock) -> tuple[Any, list[str]]:
    """Somebody with two steps; the clock then stands a minute later, so that the next code is a new one."""
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    sign_in(client)
    made = turn_two_steps_on(client, clock.at)
    clock.at += timedelta(minutes=1)
    return made


@shows("Accounts", "TOTP and passkeys (WebAuthn) and recovery codes")
def test_after_the_password_a_code_from_the_app_is_asked(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    client = app.test_client()
    first = sign_in(client, next="/account/sessions")
    assert first.location == "/sign-in/second-step"
    assert not is_signed_in(client)
    assert client.get("/sign-in/second-step").status_code == 200
    wrong = give(client, "000000")
    assert wrong.status_code == 422
    assert not is_signed_in(client)
    code = phone.at(clock.at)
    done = give(client, f"{code[:3]} {code[3:]}")
    assert (done.status_code, done.location) == (303, "/account/sessions")
    assert is_signed_in(client)


@keeps("B10")
def test_a_code_works_once(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    code = phone.at(clock.at)
    first, second = app.test_client(), app.test_client()
    sign_in(first)
    sign_in(second)
    assert give(first, code).status_code == 303
    assert give(second, code).status_code == 422
    assert not is_signed_in(second)
    assert give(second, phone.at(clock.at - timedelta(seconds=30))).status_code == 422, "nor does an older one"
    clock.at += timedelta(seconds=30)
    assert give(second, phone.at(clock.at)).status_code == 303


@keeps("B10")
def test_the_code_that_turned_it_on_does_not_sign_in(app: Flask, work: Any, clock: FixedClock) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    sign_in(client)
    phone, _codes = turn_two_steps_on(client, clock.at)
    other = app.test_client()
    sign_in(other)
    assert give(other, phone.at(clock.at)).status_code == 422


@keeps("B10")
def test_a_recovery_code_works_once_and_is_told_by_mail(app: Flask, work: Any, clock: FixedClock) -> None:
    _phone, codes = member_with_app(app, work, clock)
    assert len(set(codes)) == 8
    first, second = app.test_client(), app.test_client()
    sign_in(first)
    assert give(first, codes[3].replace("-", " ").upper()).status_code == 303
    sign_in(second)
    assert give(second, codes[3]).status_code == 422
    assert give(second, codes[4]).status_code == 303
    with work() as uow:
        person = uow.session.scalars(select(Person)).one()
        assert len(person.mf_recovery_codes or []) == 6
        assert not any(code in str(person.mf_recovery_codes) for code in codes)
        assert "You have 7 left" in mails(uow)[-2].text_body


@keeps("B10", "X1")
def test_one_code_given_by_many_browsers_at_once_lets_one_in(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    clients = [app.test_client() for _ in range(5)]
    for client in clients:
        sign_in(client)
    answers: list[int] = []
    barrier = threading.Barrier(len(clients))

    def run(client: FlaskClient) -> None:
        barrier.wait()
        answers.append(give(client, phone.at(clock.at)).status_code)

    threads = [threading.Thread(target=run, args=(c,)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 422, 422, 422, 422]


@keeps("B5")
def test_five_wrong_codes_lead_back_to_the_first_step(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    client = app.test_client()
    sign_in(client)
    answers = [give(client, f"00000{n}").status_code for n in range(5)]
    assert answers == [422] * 4 + [303]
    assert give(client, phone.at(clock.at)).location == "/sign-in"
    assert not is_signed_in(client)


@pytest.mark.sqlite
@keeps("B5")
def test_codes_are_limited_by_account_over_many_first_steps_and_sources(
    app: Flask, work: Any, clock: FixedClock
) -> None:
    member_with_app(app, work, clock)
    answers = []
    for n in range(8):
        client = app.test_client()
        away = {"REMOTE_ADDR": f"203.0.113.{n}"}
        send(client, "/sign-in", {"email": ME, "password": PASSWORD}, environ_overrides=away)
        answers += [
            send(client, "/sign-in/second-step", {"code": "000000"}, environ_overrides=away).status_code
            for _ in range(4)
        ]
    assert answers[:30].count(429) == 0
    assert answers[30:] == [429, 429]


@keeps("B10")
def test_a_link_does_not_get_round_the_second_step(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    client = app.test_client()
    send(client, "/sign-in/link", {"email": ME})
    with work() as uow:
        link = link_in(mails(uow)[-1])
    assert send(client, link).location == "/sign-in/second-step"
    assert not is_signed_in(client)
    assert give(client, phone.at(clock.at)).status_code == 303
    assert is_signed_in(client)


@keeps("B10")
def test_a_reset_does_not_get_round_the_second_step(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, codes = member_with_app(app, work, clock)
    owner = app.test_client()
    sign_in(owner)
    give(owner, phone.at(clock.at))
    send(app.test_client(), "/reset", {"email": ME})
    with work() as uow:
        link = link_in(mails(uow)[-1])
    thief = app.test_client()
    for code in ("", "000000", phone.at(clock.at)):
        answer = send(thief, link, {"password": "an entirely new one", "code": code})
        assert answer.status_code == 422
    assert is_signed_in(owner), "nothing changes without the second factor"
    assert send(thief, link, {"password": "an entirely new one", "code": codes[0]}).status_code == 303
    assert is_signed_in(thief)
    assert not is_signed_in(owner)


@keeps("B10")
def test_five_wrong_codes_end_a_reset_link(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    send(app.test_client(), "/reset", {"email": ME})
    with work() as uow:
        link = link_in(mails(uow)[-1])
    client = app.test_client()
    for n in range(5):
        send(client, link, {"password": "an entirely new one", "code": f"00000{n}"})
    answer = send(client, link, {"password": "an entirely new one", "code": phone.at(clock.at)})
    assert answer.status_code == 410


def test_the_second_step_waits_ten_minutes_and_needs_the_first(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    assert app.test_client().get("/sign-in/second-step").location == "/sign-in"
    assert give(app.test_client(), phone.at(clock.at)).location == "/sign-in"
    client = app.test_client()
    sign_in(client)
    clock.at += timedelta(minutes=10)
    assert give(client, phone.at(clock.at)).location == "/sign-in"
    assert not is_signed_in(client)


def test_taking_the_first_step_ends_whatever_session_the_browser_had(app: Flask, work: Any, clock: FixedClock) -> None:
    member_with_app(app, work, clock)
    with work() as uow:
        client = client_for(app, uow, make_person(uow))
    sign_in(client)
    assert not is_signed_in(client)


@keeps("X2")
def test_a_second_click_on_the_right_code_gets_in_too(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    client = app.test_client()
    sign_in(client)
    client.get("/sign-in/second-step")
    cookie = client.get_cookie("session")
    assert cookie is not None
    data = {"code": phone.at(clock.at), "csrf_token": hidden(client.get("/sign-in/second-step").text, "csrf_token")}
    assert client.post("/sign-in/second-step", data=data).status_code == 303
    client.set_cookie("session", cookie.value)
    assert client.post("/sign-in/second-step", data=data).status_code == 303
    assert is_signed_in(client)


@keeps("B3")
def test_turning_it_on_asks_for_password_and_code_ends_other_sessions_and_is_told(
    app: Flask, work: Any, clock: FixedClock
) -> None:
    with work() as uow:
        make_member(uow)
    client, elsewhere = app.test_client(), app.test_client()
    sign_in(client)
    sign_in(elsewhere)
    page = client.get("/account/two-step").text
    sealed = hidden(page, "sealed")
    for data in (
        {"code": "000000", "present": PASSWORD},
        {"code": "123456", "present": "not the password"},
        {"code": "123456"},
        {"code": "", "present": PASSWORD},
    ):
        answer = send(client, "/account/two-step", {"sealed": sealed} | data)
        assert answer.status_code == 422
        assert hidden(answer.text, "sealed") == sealed, "the same key is shown again"
    assert is_signed_in(elsewhere)
    turn_two_steps_on(client, clock.at)
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    with work() as uow:
        assert "two steps" in mails(uow)[-1].subject


def test_what_was_offered_to_somebody_else_or_long_ago_is_not_taken(app: Flask, work: Any, clock: FixedClock) -> None:
    with work() as uow:
        make_member(uow)
        make_member(uow, "nur@example.org", "Nur")
    client, nur = app.test_client(), app.test_client()
    sign_in(client)
    sign_in(nur, "nur@example.org")
    hers = hidden(nur.get("/account/two-step").text, "sealed")
    mine = hidden(client.get("/account/two-step").text, "sealed")
    clock.at += timedelta(hours=2)
    for sealed in (hers, mine, "", "nonsense", mine + "x"):
        answer = send(client, "/account/two-step", {"sealed": sealed, "code": "123456", "present": PASSWORD})
        assert answer.status_code == 422
        assert hidden(answer.text, "sealed") not in (hers, mine)


@keeps("B3")
def test_turning_it_off_asks_for_the_password(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    client = app.test_client()
    sign_in(client)
    give(client, phone.at(clock.at))
    assert "8 recovery codes left" in client.get("/account/two-step").text
    assert send(client, "/account/two-step/removal").status_code == 422
    assert send(client, "/account/two-step/removal", {"present": PASSWORD}).status_code == 303
    assert sign_in(app.test_client()).location != "/sign-in/second-step"
    with work() as uow:
        person = uow.session.scalars(select(Person)).one()
        assert (person.tf_totp_secret, person.mf_recovery_codes, person.totp_last_step) == (None, None, None)


def test_new_recovery_codes_count_once_accepted_and_the_old_ones_end(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, old = member_with_app(app, work, clock)
    client = app.test_client()
    sign_in(client)
    give(client, phone.at(clock.at))
    page = client.get("/account/recovery-codes").text
    new = re.findall(r"<code>([0-9a-f-]{14})</code>", page)
    data = {"sealed": hidden(page, "sealed")}
    assert send(client, "/account/recovery-codes", data).status_code == 422
    assert send(client, "/account/recovery-codes", data | {"present": PASSWORD}).status_code == 303
    other = app.test_client()
    sign_in(other)
    assert give(other, old[0]).status_code == 422
    assert give(other, new[0]).status_code == 303


@keeps("T3")
def test_the_apps_key_is_stored_encrypted(app: Flask, work: Any, clock: FixedClock) -> None:
    phone, _codes = member_with_app(app, work, clock)
    with work() as uow:
        stored = uow.session.scalars(select(Person.tf_totp_secret)).one()
    assert stored is not None
    assert phone.secret not in stored


def test_a_changed_site_key_makes_codes_wrong_and_not_a_failure(
    app: Flask, work: Any, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workshop_manager.accounts.library import OnceOnlyTotp

    phone, recovery = member_with_app(app, work, clock)
    monkeypatch.setattr(codes_of(app), "_totp", OnceOnlyTotp({"1": "another key altogether"}, "x")._totp)
    client = app.test_client()
    sign_in(client)
    assert give(client, phone.at(clock.at)).status_code == 422
    assert give(client, recovery[0]).status_code == 303


def codes_of(app: Flask) -> Any:
    return app.extensions["security"].totp_factory


def test_only_the_hash_of_the_step_between_is_stored(app: Flask, work: Any, clock: FixedClock) -> None:
    member_with_app(app, work, clock)
    client = app.test_client()
    sign_in(client)
    with client.session_transaction() as session:
        token = session["step"]
    with work() as uow:
        row = uow.session.scalars(select(OneTimeToken).where(OneTimeToken.purpose == Purpose.SECOND_STEP)).one()
        assert token not in str(vars(row))
        assert len(uow.session.scalars(select(SignIn)).all()) == 1, "only the session that turned it on"
