"""A person's own pages: profile, password, devices, deletion; and what other packages call."""

import re
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests.accounts.factories import PASSWORD, Authenticator, add_passkey, link_in, mails, make_member, sign_in
from tests.accounts.test_sign_in import is_signed_in
from tests.factories import client_for, make_person, send
from tests.queries import count_queries
from tests.shows import keeps, shows
from workshop_manager.accounts import erasure, queries, second_step, service, sessions
from workshop_manager.accounts.events import ErasureAsked, PersonErased
from workshop_manager.accounts.models import Listing, OneTimeToken, Passkey, Person, SignIn
from workshop_manager.accounts.rules import NotAnAddress
from workshop_manager.core import events
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.models import MailState

PROFILE = {
    "version": "1", "name": "Wahyuni Sari", "legal_name": "Sri Wahyuni", "pronouns": "she/her",
    "affiliation": "Universitas Gadjah Mada", "country": "ID", "time_zone": "asia/jakarta", "listing": "name_only",
}  # fmt: skip
OWN_PAGES = [
    "/account", "/account/password", "/account/email", "/account/two-step", "/account/passkeys", "/account/sessions",
    "/account/deletion",
]  # fmt: skip


def signed_in(app: Flask, work: Any) -> Any:
    with work() as uow:
        make_member(uow)
    client = app.test_client()
    sign_in(client)
    return client


@shows("Accounts", "change name, chosen and legal name, pronouns, affiliation, country")
def test_a_person_changes_what_they_say_about_themselves(app: Flask, work: Any) -> None:
    client = signed_in(app, work)
    assert send(client, "/account", PROFILE).status_code == 303
    page = client.get("/account").text
    for value in ("Wahyuni Sari", "Sri Wahyuni", "she/her", "Universitas Gadjah Mada", "Asia/Jakarta"):
        assert f'value="{value}"' in page
    assert '<option selected value="ID">Indonesia' in page
    assert re.search(r'<input checked [^>]*value="name_only"', page)
    with work() as uow:
        person = uow.session.scalars(select(Person)).one()
        assert (person.name, person.country, person.listing) == ("Wahyuni Sari", "ID", Listing.NAME_ONLY)
    bare = dict.fromkeys(PROFILE, "") | {"version": "2", "name": "Wahyuni", "listing": "full"}
    assert send(client, "/account", bare).status_code == 303
    with work() as uow:
        person = uow.session.scalars(select(Person)).one()
        assert (person.legal_name, person.pronouns, person.country, person.time_zone) == (None, None, None, None)


@keeps("I13", "A8")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": ""}, "Write the name you go by"),
        ({"name": " \u200b\u3164 "}, "Write the name you go by"),
        ({"name": "N" * 10_000}, "longer than the 300 characters"),
        ({"pronouns": "p" * 61}, "longer than the 60 characters"),
        ({"time_zone": "Mars/Olympus"}, "not a time zone we know"),
        ({"country": "XX"}, "Not a valid choice"),
        ({"listing": "famous"}, "Not a valid choice"),
    ],
)
def test_what_a_profile_cannot_hold_comes_back_with_the_reason(
    app: Flask, work: Any, change: dict[str, str], reason: str
) -> None:
    client = signed_in(app, work)
    answer = send(client, "/account", PROFILE | change)
    assert answer.status_code == 422
    assert reason in answer.text
    assert 'value="Universitas Gadjah Mada"' in answer.text
    with work() as uow:
        assert uow.session.scalars(select(Person.name)).one() == "Wahyuni"


@keeps("A8")
def test_extra_fields_change_nothing(app: Flask, work: Any) -> None:
    client = signed_in(app, work)
    extra = {
        "is_administrator": "1",
        "email": "x@example.org",
        "password": "x",
        "id": "7",
        "active": "",
        "is_demo": "1",
    }
    send(client, "/account", PROFILE | extra)
    with work() as uow:
        person = uow.session.scalars(select(Person)).one()
        assert (person.is_administrator, person.email, person.is_demo) == (False, "wahyuni@example.org", False)


@shows("Accounts", "the same person in two tabs")
@keeps("X3")
def test_a_second_tab_learns_of_the_first_and_nothing_typed_is_lost(app: Flask, work: Any) -> None:
    client = signed_in(app, work)
    send(client, "/account", PROFILE)
    late = send(client, "/account", PROFILE | {"name": "Wahyuni the Second", "version": "1"})
    assert late.status_code == 409
    assert "changed in another tab" in late.text
    assert "Name: “Wahyuni Sari”" in late.text
    assert 'value="Wahyuni the Second"' in late.text
    again = send(client, "/account", PROFILE | {"name": "Wahyuni the Second", "version": "2"})
    assert again.status_code == 303


@keeps("B3")
@shows("Accounts", "change e-mail (confirmed by link) and password")
def test_a_new_password_needs_the_present_one_and_ends_the_other_sessions(app: Flask, work: Any) -> None:
    client = signed_in(app, work)
    elsewhere = app.test_client()
    sign_in(elsewhere)
    new = "an entirely new one"
    for data, reason in [
        ({"password": new}, "Write your present password"),
        ({"password": new, "present": "not the password"}, "not your present password"),
        ({"password": "short", "present": PASSWORD}, "at least 8 characters"),
        ({"password": "password1", "present": PASSWORD}, "tried first"),
        ({"password": "wahyuni@example.org", "present": PASSWORD}, "easily guessed"),
    ]:
        answer = send(client, "/account/password", data)
        assert answer.status_code == 422
        assert reason in answer.text
        assert new not in answer.text
    assert is_signed_in(elsewhere)
    assert send(client, "/account/password", {"password": new, "present": PASSWORD}).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert sign_in(app.test_client(), password=new).status_code == 303
    with work() as uow:
        assert mails(uow)[-1].subject == "Your password was changed"
        assert new not in str([vars(e) for e in uow.session.scalars(select(AuditEntry))])


@keeps("B5")
def test_the_present_password_cannot_be_guessed_in_a_stolen_session(app: Flask, work: Any) -> None:
    client = signed_in(app, work)
    codes = [
        send(client, "/account/password", {"password": "an entirely new one", "present": f"guess {n}"}).status_code
        for n in range(11)
    ]
    assert codes == [422] * 10 + [429]


@keeps("B3")
def test_without_a_password_a_fresh_sign_in_is_asked_for(app: Flask, work: Any, clock: FixedClock) -> None:
    with work() as uow:
        client = client_for(app, uow, make_person(uow, email="nur@example.org"))
    assert client.get("/account/password").status_code == 200
    clock.at += timedelta(minutes=16)
    changing = ["/account/password", "/account/email", "/account/two-step", "/account/passkeys", "/account/deletion"]
    for path in changing:
        assert "Sign in once more" in client.get(path).text, path
        assert send(client, path, {"password": "an entirely new one", "sure": "y"}).status_code == 403, path
    assert send(client, "/account/sessions", {"which": "others"}).status_code == 403
    assert client.get("/account").status_code == 200
    send(client, "/account/fresh-link", {"next": "/account/password"})
    with work() as uow:
        link = link_in(mails(uow)[-1])
    assert send(client, link).location == "/account/password"
    assert send(client, "/account/password", {"password": "an entirely new one"}).status_code == 303
    with work() as uow:
        assert len(uow.session.scalars(select(SignIn)).all()) == 1, "the old session made way for the fresh one"


@shows("Accounts", "see and end other sessions")
def test_a_person_sees_their_devices_and_signs_one_or_all_out(app: Flask, work: Any) -> None:
    with work() as uow:
        make_member(uow)
    agents = ["Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "Mozilla/5.0 (iPhone) Safari/604.1", "strange"]
    clients = []
    for agent in agents:
        client = app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = agent
        sign_in(client)
        clients.append(client)
    page = clients[0].get("/account/sessions").text
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert "A device we do not know by name" in page
    assert page.count("this device") == 1
    [name] = re.findall(r'value="([0-9a-f]{16})"[^>]*>\s*<label[^>]*>Safari on iPhone', page)
    assert send(clients[0], "/account/sessions", {"which": name}).status_code == 422
    assert send(clients[0], "/account/sessions", {"which": "f" * 16, "present": PASSWORD}).status_code == 422
    assert send(clients[0], "/account/sessions", {"which": name, "present": PASSWORD}).status_code == 303
    assert [is_signed_in(c) for c in clients] == [True, False, True]
    assert send(clients[0], "/account/sessions", {"which": "others", "present": PASSWORD}).status_code == 303
    assert [is_signed_in(c) for c in clients] == [True, False, False]
    assert "nowhere else" in clients[0].get("/account/sessions").text


@keeps("A3")
def test_nobody_ends_anothers_session(app: Flask, work: Any) -> None:
    client = signed_in(app, work)
    with work() as uow:
        name = uow.session.scalars(select(SignIn.key_hash)).one()[:16]
        nur = client_for(app, uow, make_person(uow))
    assert send(nur, "/account/sessions", {"which": name}).status_code == 422
    assert is_signed_in(client)


@keeps("B13", "P4")
@shows("Accounts", "delete account")
def test_a_deleted_account_leaves_a_nameless_row_and_nothing_else(app: Flask, work: Any) -> None:
    client = signed_in(app, work)
    send(client, "/account", PROFILE)
    add_passkey(client, Authenticator())
    elsewhere = app.test_client()
    sign_in(elsewhere)
    send(app.test_client(), "/sign-in/link", {"email": "wahyuni@example.org"})
    with work() as uow:
        link = link_in(mails(uow)[-1])
        mails(uow)[0].state = MailState.SENT
    assert send(client, "/account/deletion", {"present": PASSWORD}).status_code == 422
    assert send(client, "/account/deletion", {"sure": "y", "present": "not the password"}).status_code == 422
    assert is_signed_in(elsewhere)
    done = send(client, "/account/deletion", {"sure": "y", "present": PASSWORD})
    assert done.location == "/"
    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert app.test_client().get(link).status_code == 410
    assert sign_in(app.test_client()).status_code == 422
    with work() as uow:
        person = uow.session.scalars(select(Person)).one()
        assert (person.name, person.email) == ("Someone", "erased-1@erased.invalid")
        assert person.erased_at is not None
        for table in (SignIn, Passkey, OneTimeToken):
            assert uow.session.scalars(select(table)).all() == []
        kept = "".join(str(vars(row)) for row in [person, *mails(uow), *uow.session.scalars(select(AuditEntry))])
        for trace in ("Wahyuni", "wahyuni", "Gadjah", "Jakarta", "she/her", "argon2"):
            assert trace not in kept, trace
        assert len(mails(uow)) == 1


@keeps("P4", "X3")
def test_what_was_under_way_while_an_account_is_deleted_writes_nothing_back(app: Flask, work: Any) -> None:
    profile = service.Profile("Wahyuni Sari", "Sri Wahyuni", None, "UGM", "ID", None, Listing.FULL)
    with work() as uow:
        stale = make_member(uow)
        given = second_step.offer(uow, stale)
    with work() as uow:
        found = queries.find_person(uow.session, stale.id)
        assert found is not None
        erasure.erase(uow, found)
    # Each of these read the person before the deletion was there, and waited for the row until it was.
    late = (
        lambda uow: service.change_profile(uow, stale, profile, stale.version),
        lambda uow: service.set_password(uow, stale, "another long password"),
        lambda uow: second_step.turn_on(uow, stale, given, "123456"),
    )
    for act in late:
        with pytest.raises(Conflict), work() as uow:
            act(uow)
    with work() as uow:
        person = queries.find_person(uow.session, stale.id)
        assert person is not None
        kept = "".join(str(vars(row)) for row in [person, *mails(uow)])
        assert "Wahyuni" not in kept
        assert (person.password, person.tf_totp_secret) == (None, None)


@keeps("P4")
def test_a_deletion_waits_for_what_is_already_being_written_in_that_name(app: Flask, work: Any) -> None:
    with work() as uow:
        person = make_member(uow)
        uow.session.add(SignIn(key_hash="k" * 64, person_id=person.id, created_at=uow.now, seen_at=uow.now, browser=""))
    seen: list[str] = []

    def delete() -> None:
        with work() as uow:
            mine = queries.find_person(uow.session, person.id)
            assert mine is not None
            erasure.erase(uow, mine)
            seen.append("erased")

    thread = threading.Thread(target=delete)
    with work() as uow:
        assert queries.find_sign_in(uow.session, "k" * 64, uow.now, hold=True) is not None
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
        seen.append("written")
    thread.join(20)
    assert seen == ["written", "erased"]
    with work() as uow:
        assert queries.find_sign_in(uow.session, "k" * 64, uow.now, hold=True) is None


def test_the_address_of_a_deleted_account_is_free_again(app: Flask, work: Any) -> None:
    client = signed_in(app, work)
    send(client, "/account/deletion", {"sure": "y", "present": PASSWORD})
    with work() as uow:
        assert make_member(uow).id != 1


@shows("Accounts", "refuse when the sole owner of an edition with the reason")
def test_a_feature_can_object_to_a_deletion_and_its_reason_is_shown(
    app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def object_to(_uow: UnitOfWork, asked: ErasureAsked) -> None:
        asked.objections.append("You are the only owner of Muslims in ML 2026. Make somebody else an owner first.")

    monkeypatch.setitem(events._handlers, ErasureAsked, [object_to])
    monkeypatch.setitem(events._handlers, PersonErased, [lambda _uow, event: told.append(event.person_id)])
    client = signed_in(app, work)
    assert "only owner of Muslims in ML 2026" in client.get("/account/deletion").text
    refused = send(client, "/account/deletion", {"sure": "y", "present": PASSWORD})
    assert refused.status_code == 409
    assert is_signed_in(client)
    assert told == []
    events._handlers[ErasureAsked].clear()
    assert send(client, "/account/deletion", {"sure": "y", "present": PASSWORD}).status_code == 303
    assert told == [1]


def test_a_feature_that_fails_keeps_the_account_whole(app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_uow: UnitOfWork, _event: PersonErased) -> None:
        raise Conflict("A payment to you is under way.")

    monkeypatch.setitem(events._handlers, PersonErased, [fail])
    client = signed_in(app, work)
    assert send(client, "/account/deletion", {"sure": "y", "present": PASSWORD}).status_code == 409
    assert is_signed_in(client)


@keeps("A11", "T5")
def test_own_pages_are_for_the_signed_in_kept_nowhere_and_few_queries(
    app: Flask, work: Any, database: Database
) -> None:
    client = signed_in(app, work)
    with work() as uow:
        person = uow.session.scalars(select(Person)).one()
        for number in range(60):
            uow.session.add(
                SignIn(key_hash=f"{number:064}", person_id=person.id, created_at=uow.now, seen_at=uow.now, browser="x")
            )
    for path in OWN_PAGES:
        visitor = app.test_client().get(path)
        assert (visitor.status_code, visitor.location) == (303, f"/sign-in?next={path}")
        assert send(app.test_client(), path).status_code == 303
        with count_queries(database) as statements:
            answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'name="robots" content="noindex"' in answer.text
        assert len(statements) <= 6, (path, statements)


# What other packages call.


def test_a_person_is_made_with_what_the_command_line_gives(uow: UnitOfWork) -> None:
    person = service.create_person(
        uow, email=" Root@Example.org", name="", password="workshop-demo", is_administrator=True, is_demo=True
    )
    assert (person.email, person.name, person.is_administrator, person.is_demo) == (
        "root@example.org",
        "root",
        True,
        True,
    )
    assert person.is_confirmed
    assert queries.find_by_email(uow.session, "ROOT@example.org") is person
    assert queries.find_by_email(uow.session, "no address") is None
    assert queries.people_by_id(uow.session, [person.id, 99]) == {person.id: person}
    assert queries.people_by_id(uow.session, []) == {}


def test_a_person_who_cannot_be_is_refused_with_a_sentence(uow: UnitOfWork) -> None:
    make_member(uow)
    for email, password, reason in [
        ("WAHYUNI@example.org", None, "an account with this address already"),
        ("wahyuni", None, "not an e-mail address yet"),
        ("x@example.org", "12345678", "tried first"),
        ("x@example.org", "x@example.org", "easily guessed"),
    ]:
        problem = service.person_problem(uow, email, password)
        assert problem is not None
        assert reason in problem
    assert service.person_problem(uow, "x@example.org", PASSWORD) is None
    with pytest.raises(Conflict, match="already"):
        make_member(uow, "WAHYUNI@example.org")
    with pytest.raises(NotAnAddress):
        make_member(uow, "wahyuni")
    with pytest.raises(service.NotAPassword, match="tried first"):
        make_member(uow, "x@example.org", password="12345678")


def test_a_password_set_from_outside_a_request_ends_every_session(app: Flask, work: Any) -> None:
    client = signed_in(app, work)
    with work() as uow:
        person = queries.find_by_email(uow.session, "wahyuni@example.org")
        assert person is not None
        service.set_password(uow, person, "an entirely new one")
    assert not is_signed_in(client)
    assert sign_in(client, password="an entirely new one").status_code == 303


def test_what_has_run_out_is_cleaned_away(app: Flask, work: Any, clock: FixedClock, database: Database) -> None:
    from workshop_manager.core import jobs

    signed_in(app, work)
    send(app.test_client(), "/sign-in/link", {"email": "wahyuni@example.org"})
    [job] = [j for j in jobs.registered() if j.name == "forget-old-sign-ins"]
    job.run(database, clock)
    with work() as uow:
        assert uow.session.scalars(select(SignIn)).one()
        assert uow.session.scalars(select(OneTimeToken)).one()
    clock.at += timedelta(days=15)
    job.run(database, clock)
    with work() as uow:
        assert uow.session.scalars(select(SignIn)).all() == []
        assert uow.session.scalars(select(OneTimeToken)).all() == []


@keeps("P4")
def test_two_requests_of_one_session_do_not_lock_each_other_out_of_ending_it(work: Any) -> None:
    with work() as uow:
        person = make_member(uow)
        uow.session.add(SignIn(key_hash="k" * 64, person_id=person.id, created_at=uow.now, seen_at=uow.now, browser=""))
    both, found = threading.Barrier(2), []

    def sign_out() -> None:
        with work() as uow:
            was_there = queries.find_sign_in(uow.session, "k" * 64, uow.now, hold=True) is not None
            with suppress(threading.BrokenBarrierError):
                both.wait(0.5)  # a double click: neither has gone on yet, unless one waits for the other
            uow.session.execute(delete(SignIn).where(SignIn.key_hash == "k" * 64))
        found.append(was_there)

    threads = [threading.Thread(target=sign_out) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == [False, True]


@keeps("P4")
def test_deleting_an_account_on_two_devices_at_once_is_answered_calmly_on_both(
    app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = [signed_in(app, work), app.test_client()]
    sign_in(devices[1])
    both, end_all = threading.Barrier(2), sessions.end_all

    def meet(uow: UnitOfWork, person_id: int) -> None:
        with suppress(threading.BrokenBarrierError):
            both.wait(1)
        end_all(uow, person_id)

    monkeypatch.setattr(sessions, "end_all", meet)
    answers: list[Any] = []

    def act(client: Any) -> None:
        answers.append(send(client, "/account/deletion", {"sure": "y", "present": PASSWORD}))

    threads = [threading.Thread(target=act, args=(client,)) for client in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    codes = sorted(answer.status_code for answer in answers)
    assert codes in ([303, 303], [303, 409])
    with work() as uow:
        assert uow.session.scalars(select(Person)).one().erased_at is not None
        assert uow.session.scalars(select(SignIn)).all() == []
