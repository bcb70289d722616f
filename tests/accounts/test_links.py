"""Links by mail: sign in, register, reset, new address. GET shows a button, POST acts: once, for one thing."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.accounts.factories import PASSWORD, link_in, mails, make_member, sign_in
from tests.accounts.test_sign_in import bare, is_signed_in
from tests.factories import make_person, send
from tests.queries import count_queries
from tests.shows import keeps, shows
from workshop_manager.accounts import service
from workshop_manager.accounts.events import AddressProven
from workshop_manager.accounts.models import OneTimeToken, Person, SignIn
from workshop_manager.core import events
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database

ME = "wahyuni@example.org"


def asked_link(app: Flask, work: Any, path: str, **data: str) -> str:
    """Ask for a mail at that page; the path of the link in it."""
    assert send(app.test_client(), path, data).status_code == 303
    with work() as uow:
        return link_in(mails(uow)[-1])


def people(work: Any) -> int:
    with work() as uow:
        return int(uow.session.scalar(select(func.count()).select_from(Person)) or 0)


@shows("Accounts", "log in by magic link")
@keeps("B9")
def test_a_sign_in_link_shows_a_button_and_signs_in_once(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow, password=None)
    link = asked_link(app, work, "/sign-in/link", email="WAHYUNI@example.org", next="/account")
    for _scanner in range(3):
        page = app.test_client().get(link)
        assert page.status_code == 200
        assert ME in page.text
        assert app.test_client().head(link).status_code == 200
    client = app.test_client()
    answer = send(client, link)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert is_signed_in(client)
    other = app.test_client()
    assert send(other, link).status_code == 410
    assert not is_signed_in(other)
    assert app.test_client().get(link).status_code == 410


@keeps("X2")
def test_a_second_click_of_the_same_browser_gets_in_too(app: Flask, work: Any, clock: FixedClock) -> None:
    with work() as uow:
        make_member(uow)
    link = asked_link(app, work, "/sign-in/link", email=ME)
    client = app.test_client()
    client.get("/sign-in")
    cookie = client.get_cookie("session")
    assert cookie is not None
    with client.session_transaction() as session:
        from itsdangerous import URLSafeTimedSerializer

        app_key = app.config["SECRET_KEY"]
        token = URLSafeTimedSerializer(app_key, salt="wtf-csrf-token").dumps(session["csrf_token"])
    first = client.post(link, data={"csrf_token": token})
    client.set_cookie("session", cookie.value)  # the answer to the first click was thrown away
    second = client.post(link, data={"csrf_token": token})
    assert (first.status_code, second.status_code) == (303, 303)
    assert is_signed_in(client)
    client.set_cookie("session", cookie.value)
    clock.at += timedelta(seconds=61)
    assert client.post(link, data={"csrf_token": token}).status_code == 410


@keeps("B9")
def test_a_link_is_for_one_thing_only(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    tokens = {
        "/sign-in/link/": asked_link(app, work, "/sign-in/link", email=ME),
        "/register/": asked_link(app, work, "/register", email="new@example.org", name="New"),
        "/reset/": asked_link(app, work, "/reset", email=ME),
    }
    for right, link in tokens.items():
        token = link.rpartition("/")[2]
        for address in [*tokens, "/account/email/"]:
            expected = 200 if address == right else 410
            assert app.test_client().get(address + token).status_code == expected, (right, address)
            if address != right:
                assert send(app.test_client(), address + token, {"password": "x" * 9 + "yz"}).status_code == 410


@keeps("B9")
@pytest.mark.parametrize(("path", "minutes"), [("/sign-in/link", 15), ("/reset", 30), ("/register", 24 * 60)])
def test_a_link_is_good_for_as_long_as_its_mail_says(
    app: Flask, work: Any, clock: FixedClock, path: str, minutes: int
) -> None:
    email = "new@example.org" if path == "/register" else ME
    with work() as uow:
        make_member(uow)
    link = asked_link(app, work, path, email=email, name="Nur")
    clock.at += timedelta(minutes=minutes, seconds=-1)
    assert app.test_client().get(link).status_code == 200
    clock.at += timedelta(seconds=1)
    assert app.test_client().get(link).status_code == 410


@pytest.mark.sqlite
@pytest.mark.parametrize("token", ["x", "A" * 27, "%00", "..", "é" * 40, "x" * 5000])
def test_an_unknown_link_answers_as_a_used_one(app: Flask, token: str) -> None:
    pages = [app.test_client().get(f"{path}{token}") for path in ("/sign-in/link/", "/reset/", "/account/email/")]
    assert {p.status_code for p in pages} <= {410, 404}


@keeps("T3")
def test_no_token_is_stored(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    token = asked_link(app, work, "/sign-in/link", email=ME).rpartition("/")[2]
    with work() as uow:
        row = uow.session.scalars(select(OneTimeToken)).one()
        assert len(token) >= 27
        assert token not in str(vars(row))
        mail = mails(uow)[-1]
        assert mail.is_secret


@keeps("T3")
def test_an_address_with_a_secret_in_it_is_not_stored_while_somebody_signs_in(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    there = "/invitations/a-secret-of-an-invitation"
    link = asked_link(app, work, "/sign-in/link", email=ME, next=there)
    with work() as uow:
        row = uow.session.scalars(select(OneTimeToken)).one()
        assert row.details["next"]
        assert "invitation" not in str(row.details)
    assert send(app.test_client(), link).location == there


def test_an_address_of_any_length_is_not_carried_along(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    link = asked_link(app, work, "/sign-in/link", email=ME, next="/" + "a" * 3000)
    with work() as uow:
        assert uow.session.scalars(select(OneTimeToken)).one().details["next"] == ""
    assert send(app.test_client(), link).location == "/"


@keeps("M6")
def test_the_link_uses_the_configured_address_whatever_host_the_request_names(app: Flask, work: Any) -> None:
    send(app.test_client(), "/sign-in/link", {"email": ME}, headers={"X-Forwarded-Host": "evil.example"})
    client = app.test_client()
    client.get("/sign-in", headers={"Host": "evil.example"})
    with work() as uow:
        assert "evil" not in mails(uow)[-1].text_body
        assert link_in(mails(uow)[-1]).startswith("/register/")


@keeps("B9", "X1")
def test_two_browsers_at_once_do_not_both_get_in(app: Flask, work: Any, database: Database) -> None:
    with work() as uow:
        make_member(uow)
    link = asked_link(app, work, "/sign-in/link", email=ME)
    clients = [app.test_client() for _ in range(6)]
    codes: list[int] = []
    barrier = threading.Barrier(len(clients))

    def follow(client: FlaskClient) -> None:
        barrier.wait()
        codes.append(send(client, link).status_code)

    threads = [threading.Thread(target=follow, args=(c,)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303] + [410] * 5
    with work() as uow:
        assert len(uow.session.scalars(select(SignIn)).all()) == 1


# Registering.


@shows("Accounts", "Register, confirm")
def test_somebody_new_registers_confirms_and_is_in(app: Flask, work: Any) -> None:
    client = app.test_client()
    answer = send(client, "/register", {"name": "Nur", "email": "nur@example.org", "next": "/account"})
    assert answer.location == "/sign-in/sent"
    assert "nur@example.org" in client.get("/sign-in/sent").text
    assert people(work) == 0
    with work() as uow:
        [mail] = mails(uow)
        assert mail.subject == "Make your account"
        link = link_in(mail)
    page = client.get(link)
    assert 'value="Nur"' in page.text
    assert people(work) == 0, "opening the link makes nothing"
    done = send(client, link, {"name": "Nur Aisyah", "password": PASSWORD})
    assert (done.status_code, done.location) == (303, "/account")
    assert is_signed_in(client)
    with work() as uow:
        person = uow.session.scalars(select(Person)).one()
        assert (person.name, person.email, person.is_confirmed) == ("Nur Aisyah", "nur@example.org", True)
    assert sign_in(app.test_client(), "nur@example.org").status_code == 303


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "name", ["Wahyuni", "王", "محمد عبد الرحمن", "José María Ñandú de la Cruz y Ortega", "\U0001f9f5"]
)
def test_every_name_is_taken_as_it_is(app: Flask, work: Any, name: str) -> None:
    link = asked_link(app, work, "/register", name=name, email="x@example.org")
    client = app.test_client()
    assert name in client.get(link).text
    assert send(client, link, {"name": name}).status_code == 303
    assert f"<bdi>{name}</bdi>" in client.get("/account").text


@pytest.mark.sqlite
@shows("Accounts", "An address that is not one, a name of one word, an emoji, 10,000 characters")
@keeps("I13", "I12")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"name": "Nur", "email": "nur"}, "not an e-mail address yet"),
        ({"name": "Nur", "email": ""}, "Write your e-mail address"),
        ({"name": "", "email": "nur@example.org"}, "Write the name you go by"),
        ({"name": "N" * 10_000, "email": "nur@example.org"}, "longer than the 300 characters"),
        ({"name": "Nur", "email": "n" * 10_000 + "@example.org"}, "not an e-mail address yet"),
    ],
)
def test_what_cannot_be_taken_comes_back_beside_the_reason(
    app: Flask, work: Any, data: dict[str, str], reason: str
) -> None:
    answer = send(app.test_client(), "/register", data)
    assert answer.status_code == 422
    assert reason in answer.text
    assert all(f'value="{value}"' in answer.text for value in data.values() if value)
    with work() as uow:
        assert mails(uow) == []


def test_a_password_that_is_too_common_is_refused_and_the_link_stays_good(app: Flask, work: Any) -> None:
    link = asked_link(app, work, "/register", name="Nur", email="nur@example.org")
    client = app.test_client()
    refused = send(client, link, {"name": "Nur", "password": "password123"})
    assert refused.status_code == 422
    assert "tried first" in refused.text
    assert send(client, link, {"name": "Nur", "password": PASSWORD}).status_code == 303


@shows("Accounts", "Registering, resetting and asking for a link answer alike whether or not there is an account")
@keeps("B4")
@pytest.mark.parametrize(("path", "data"), [("/register", {"name": "Nur"}), ("/sign-in/link", {}), ("/reset", {})])
def test_asking_for_a_mail_answers_alike_for_known_and_unknown_people(
    app: Flask, work: Any, database: Database, path: str, data: dict[str, str]
) -> None:
    with work() as uow:
        make_member(uow, "aaaaa@example.org")
        make_member(uow, "ccccc@example.org", "Gone")
        gone = service.find_by_email(uow.session, "ccccc@example.org")
        assert gone is not None
        gone.active = False
    seen = []
    for email in ("aaaaa@example.org", "bbbbb@example.org", "ccccc@example.org"):
        client = app.test_client()
        with count_queries(database) as statements:
            answer = send(client, path, {"email": email} | data)
        page = client.get(answer.location)
        headers = [(k, v) for k, v in page.headers if k not in ("Set-Cookie", "X-Request-Id", "Date")]
        kinds = [s.split()[0] + s.partition("INTO ")[2][:20] for s in statements]
        text = bare(page.text).replace(email, "").replace(email.replace("@", "%40"), "")
        seen.append((answer.status_code, answer.location, bare(answer.text), text, headers, kinds))
    assert seen[0] == seen[1] == seen[2]
    with work() as uow:
        assert len(mails(uow)) == 3, "everybody gets one mail"


def test_registering_a_known_address_makes_nothing_and_tells_the_owner(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    link = asked_link(app, work, "/register", name="Somebody else", email=ME)
    assert people(work) == 1
    with work() as uow:
        [mail] = mails(uow)
        assert mail.subject == "You already have an account"
        assert "Somebody else" not in mail.text_body
    client = app.test_client()
    assert send(client, link).status_code == 303
    with work() as uow:
        assert uow.session.scalars(select(Person.name)).one() == "Wahyuni"


@keeps("M5")
def test_a_name_typed_by_a_stranger_stands_in_no_mail(app: Flask, work: Any) -> None:
    send(app.test_client(), "/register", {"name": "WIN A PRIZE http://evil.example", "email": "victim@example.org"})
    with work() as uow:
        [mail] = mails(uow)
        assert "PRIZE" not in mail.text_body + mail.html_body + mail.subject + mail.to_name


@keeps("B4")
def test_who_registers_with_anothers_address_leaves_no_password_of_their_own(app: Flask, work: Any) -> None:
    link = asked_link(app, work, "/register", name="Nur", email="nur@example.org", password="the strangers own one")
    send(app.test_client(), link, {"name": "Nur", "password": PASSWORD})
    assert sign_in(app.test_client(), "nur@example.org", "the strangers own one").status_code == 422


def test_two_links_for_one_new_address_make_one_account(app: Flask, work: Any) -> None:
    links = [asked_link(app, work, "/register", name="Nur", email="nur@example.org") for _ in range(2)]
    for link in links:
        client = app.test_client()
        assert send(client, link, {"name": "Nur"}).status_code == 303
        assert is_signed_in(client)
    assert people(work) == 1


@keeps("X1")
def test_two_links_for_one_new_address_used_at_once_make_one_account(app: Flask, work: Any) -> None:
    links = [asked_link(app, work, "/register", name="Nur", email="nur@example.org") for _ in range(4)]
    codes: list[int] = []
    barrier = threading.Barrier(len(links))

    def confirm(link: str) -> None:
        barrier.wait()
        codes.append(send(app.test_client(), link, {"name": "Nur"}).status_code)

    threads = [threading.Thread(target=confirm, args=(link,)) for link in links]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) <= {303, 409}
    assert 303 in codes
    assert people(work) == 1


def test_features_learn_that_an_address_is_proven(app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[AddressProven] = []
    monkeypatch.setitem(events._handlers, AddressProven, [lambda _uow, event: told.append(event)])
    link = asked_link(app, work, "/sign-in/link", email="nur@example.org")
    send(app.test_client(), link, {"name": "Nur"})
    assert [e.email for e in told] == ["nur@example.org"]


@keeps("B5")
def test_mails_a_visitor_can_cause_are_limited(app: Flask, work: Any) -> None:
    client = app.test_client()
    one = [send(client, "/sign-in/link", {"email": ME}).status_code for _ in range(7)]
    assert one == [303] * 6 + [429]
    many = [send(client, "/reset", {"email": f"p{n}@example.org"}).status_code for n in range(15)]
    assert many[-1] == 429
    with work() as uow:
        assert len(mails(uow)) <= 20


@keeps("B5")
def test_one_address_is_not_flooded_from_many_sources_and_the_page_does_not_tell(app: Flask, work: Any) -> None:
    answers = [
        send(app.test_client(), "/sign-in/link", {"email": ME}, environ_overrides={"REMOTE_ADDR": f"203.0.113.{n}"})
        for n in range(1, 36)
    ]
    assert {a.status_code for a in answers} == {303}
    with work() as uow:
        assert len(mails(uow, ME)) == 30


# A new password.


@shows("Accounts", "reset")
@keeps("B3")
def test_a_reset_changes_the_password_ends_every_session_and_signs_in_here(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    elsewhere = app.test_client()
    sign_in(elsewhere)
    earlier = asked_link(app, work, "/sign-in/link", email=ME)
    link = asked_link(app, work, "/reset", email=ME)
    client = app.test_client()
    assert client.get(link).status_code == 200
    assert is_signed_in(elsewhere)
    assert send(client, link, {"password": "short"}).status_code == 422
    assert send(client, link, {"password": "an entirely new one"}).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert app.test_client().get(earlier).status_code == 410, "older links end too"
    assert sign_in(app.test_client()).status_code == 422
    assert sign_in(app.test_client(), password="an entirely new one").status_code == 303
    assert send(app.test_client(), link, {"password": "yet another new one"}).status_code == 410
    with work() as uow:
        assert mails(uow)[-1].template == "accounts/notice"


def test_a_reset_for_an_unknown_address_says_so_in_the_mail_alone(app: Flask, work: Any) -> None:
    asked_link(app, work, "/reset", email="unknown@example.org")
    with work() as uow:
        [mail] = mails(uow)
        assert mail.subject == "There is no account with this address"
    assert people(work) == 0


# A new address.


@shows("Accounts", "change e-mail (confirmed by link)")
@keeps("B3")
def test_a_new_address_counts_once_its_link_is_used(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    client, elsewhere = app.test_client(), app.test_client()
    sign_in(client)
    sign_in(elsewhere)
    assert send(client, "/account/email", {"email": "new@example.org"}).status_code == 422
    wrong = send(client, "/account/email", {"email": "new@example.org", "present": "not the password"})
    assert wrong.status_code == 422
    assert "not your present password" in wrong.text
    right = send(client, "/account/email", {"email": "New@example.org", "present": PASSWORD})
    assert right.status_code == 303
    with work() as uow:
        to_new, to_old = mails(uow, "new@example.org"), mails(uow, ME)
        assert [m.subject for m in to_new] == ["Confirm your new address"]
        assert "new@example.org" in to_old[-1].text_body
        link = link_in(to_new[0])
        assert uow.session.scalars(select(Person.email)).one() == ME
    assert client.get(link).status_code == 200
    assert send(client, link).status_code == 303
    with work() as uow:
        assert uow.session.scalars(select(Person.email)).one() == "new@example.org"
        assert "is now new@example.org" in mails(uow, ME)[-1].text_body
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


@keeps("B4")
def test_a_taken_address_answers_alike_and_only_its_owner_is_told(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
        make_person(uow, email="taken@example.org", name="Nur")
    client = app.test_client()
    sign_in(client)
    pages = []
    for email in ("taken@example.org", "fresh@example.org"):
        assert send(client, "/account/email", {"email": email, "present": PASSWORD}).status_code == 303
        pages.append(bare(client.get("/account").text).replace(email, ""))
    assert pages[0] == pages[1]
    with work() as uow:
        [mail] = mails(uow, "taken@example.org")
        assert mail.subject == "This address already has an account"


def test_an_address_taken_meanwhile_stays_with_its_new_owner(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    sign_in(client)
    send(client, "/account/email", {"email": "new@example.org", "present": PASSWORD})
    with work() as uow:
        link = link_in(mails(uow, "new@example.org")[0])
        make_person(uow, email="new@example.org")
    answer = send(client, link)
    assert answer.status_code == 409
    assert "belongs to another account" in answer.text
    with work() as uow:
        assert service.find_by_email(uow.session, ME) is not None


def test_mails_are_committed_with_what_they_tell_or_not_at_all(
    app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("mail cannot be written")

    with work() as uow:
        make_member(uow)
    monkeypatch.setattr(service.emails, "sign_in_link", broken)
    assert send(app.test_client(), "/sign-in/link", {"email": ME}).status_code == 500
    with work() as uow:
        assert uow.session.scalars(select(OneTimeToken)).all() == []
        assert mails(uow) == []


def test_every_link_mail_says_how_long_it_works_and_what_to_do_if_it_was_not_you(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    for path, email in [("/sign-in/link", ME), ("/sign-in/link", "n1@example.org"), ("/reset", ME), ("/register", ME)]:
        send(app.test_client(), path, {"email": email, "name": "Nur"})
    with work() as uow:
        for mail in mails(uow):
            assert re.search(r"works once, for \d+ (minutes|hours)", mail.text_body), mail.text_body
            assert "you need do nothing" in mail.text_body
