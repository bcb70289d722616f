"""A session that ends while somebody types: the text waits on the server until its owner is back."""

import io
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from tests.accounts.factories import PASSWORD, link_in, mails, make_member, sign_in, turn_two_steps_on
from tests.factories import join_team, make_edition, send
from tests.markup import forms_of
from tests.pdfs import make_pdf
from tests.shows import keeps, shows
from tests.submissions.factories import open_edition, post_form, typed
from workshop_manager.accounts import attempts, erasure, kept, one_time
from workshop_manager.accounts.models import OneTimeToken, Person, SignIn
from workshop_manager.accounts.states import Purpose
from workshop_manager.core.tokens import token_hash
from workshop_manager.grants.models import Application
from workshop_manager.submissions.models import Submission
from workshop_manager.web.typed import is_secret
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.states import Role, Visibility

NEW, GRANT, KEPT = "/musiml/2026/submissions/new", "/musiml/2026/grants/application", "/account/kept"
LEAVE = "/account/kept/removal"
HERE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Origin": "http://localhost"}
LONG = "Subword tokenisers are trained on standard text.\r\n\r\n  <b>Indented</b> & “quoted”, عربي \t end."
GRANT_TYPED = {
    "version": "0", "currency": "USD", "amount_air": "1200", "statement": LONG, "other_funding": "", "do": "submit",
}  # fmt: skip
WAHYUNI, AISHA = "wahyuni@example.org", "aisha@example.org"


class House:
    """An open edition, two people, and a browser in which the first of them was signed in."""

    def __init__(self, app: Any, work: Any) -> None:
        self.app, self.work = app, work
        with work() as uow:
            edition = open_edition(uow)
            self.second = workshops.tracks(uow.session, edition.id)[1]
            self.wahyuni = make_member(uow)
            self.aisha = make_member(uow, AISHA, "عائشة")
        self.client: FlaskClient = app.test_client()
        sign_in(self.client)

    def end_sessions(self) -> None:
        """As if it had run out, or been ended from another device."""
        with self.work() as uow:
            uow.session.execute(delete(SignIn))

    def type(self, path: str = NEW, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """Send a form from a page of our own."""
        data = typed(abstract=LONG) if data is None else data
        return send(self.client, path, data, **({"headers": HERE} | kwargs))

    def stored(self) -> int:
        with self.work() as uow:
            query = select(func.count()).select_from(OneTimeToken).where(OneTimeToken.purpose == Purpose.TYPED)
            return int(uow.session.scalar(query) or 0)

    def count(self, model: Any) -> int:
        with self.work() as uow:
            return int(uow.session.scalar(select(func.count()).select_from(model)) or 0)

    def page(self) -> str:
        answer = self.client.get(KEPT)
        assert answer.status_code == 200
        return str(answer.text)

    def form(self, action: str) -> Any:
        """That form of the page, as a browser reads it."""
        (found,) = [form for form in forms_of(self.page(), KEPT) if form.action == action]
        return found

    def send_now(self, action: str, **instead: Any) -> Any:
        """Press "Send it now"."""
        return self.client.post(action, data=self.form(action).fields | instead, headers=HERE)


@pytest.fixture
def house(app: Any, work: Any) -> House:
    return House(app, work)


def is_led_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 303 and answer.location == "/sign-in?next=/account/kept"


# The way back.


@keeps("I13")
@shows("Accounts", "A session that ends while somebody types loses nothing: after signing in the text is shown again")
def test_a_form_sent_after_the_session_ended_is_shown_again_and_sent(house: House) -> None:
    house.end_sessions()
    assert is_led_to_sign_in(house.type(GRANT, GRANT_TYPED))
    assert "What you typed is kept" in house.client.get("/sign-in").text
    answer = sign_in(house.client, next=KEPT)
    assert answer.location == KEPT
    page = house.page()
    assert "You had been signed out. What you typed is here" in page
    assert "&lt;b&gt;Indented&lt;/b&gt;" in page
    assert "<b>Indented" not in page
    assert GRANT in page
    assert house.count(Application) == 0
    form = house.form(GRANT)
    assert {name: form.fields[name] for name in GRANT_TYPED} == GRANT_TYPED


@keeps("I13")
def test_sending_it_now_does_what_the_form_would_have_done_and_forgets_it(house: House) -> None:
    house.end_sessions()
    house.type(NEW, typed(house.second, abstract=LONG, do="draft"))
    sign_in(house.client)
    fields = house.form(NEW).fields
    answer = house.client.post(NEW, data=fields, headers=HERE)
    assert (answer.status_code, answer.location) == (303, "/musiml/2026/submissions/")
    with house.work() as uow:
        (stored,) = uow.session.scalars(select(Submission)).all()
        assert stored.title == "Whose Dialect Is Default?"
        assert "  <b>Indented</b> & “quoted”, عربي" in stored.abstract
    again = house.client.post(NEW, data=fields, headers=HERE)
    assert (again.status_code, again.location) == (303, answer.location)
    assert house.count(Submission) == 1
    assert house.stored() == 0
    assert "Nothing is kept here" in house.page()


def test_what_comes_back_with_an_error_stays_kept_until_it_is_carried_out(house: House) -> None:
    house.end_sessions()
    house.type("/account", {"name": "", "affiliation": "Universitas Gadjah Mada", "listing": "full", "version": "1"})
    sign_in(house.client)
    answer = house.send_now("/account")
    assert answer.status_code == 422
    assert "Universitas Gadjah Mada" in answer.text
    assert house.stored() == 1
    assert house.send_now("/account", name="Wahyuni S.").status_code == 303
    assert house.stored() == 0


@shows("Accounts", "What was kept can also be left: it is forgotten at once")
def test_leaving_it_forgets_it_and_leads_to_the_forms_page(house: House) -> None:
    house.end_sessions()
    house.type()
    sign_in(house.client)
    form = house.form(LEAVE)
    answer = house.client.post(LEAVE, data=form.fields)
    assert (answer.status_code, answer.location) == (303, NEW)
    assert house.stored() == 0
    assert house.count(Submission) == 0
    assert house.client.post(LEAVE, data=form.fields).status_code == 404


def test_a_second_sign_in_shows_nothing(house: House) -> None:
    house.end_sessions()
    house.type()
    sign_in(house.client)
    house.client.post(LEAVE, data=house.form(LEAVE).fields)
    house.end_sessions()
    assert sign_in(house.client).location != KEPT
    assert "Nothing is kept here" in house.page()
    assert "What you typed is kept" not in house.app.test_client().get("/sign-in").text


@pytest.mark.parametrize("lost", ["the cookie", "the session"])
def test_a_form_whose_token_is_of_a_session_that_is_gone_is_kept_too(house: House, lost: str) -> None:
    token = _token(house.client)
    if lost == "the cookie":
        house.client.delete_cookie("session")
    else:
        assert send(house.client, "/sign-out").status_code == 303  # in another tab
    answer = house.client.post(NEW, data=typed(abstract=LONG) | {"csrf_token": token}, headers=HERE)
    assert is_led_to_sign_in(answer)
    assert sign_in(house.client).location == KEPT
    assert "Subword tokenisers" in house.page()


def test_a_form_of_an_earlier_session_is_shown_at_once_to_somebody_signed_in_again(house: House) -> None:
    token = _token(house.client)
    send(house.client, "/sign-out")
    sign_in(house.client)
    answer = house.client.post(NEW, data=typed(abstract=LONG) | {"csrf_token": token}, headers=HERE)
    assert (answer.status_code, answer.location) == (303, KEPT)
    assert house.count(Submission) == 0
    assert "Subword tokenisers" in house.page()


def _token(client: FlaskClient) -> str:
    """The token of a form that is open in this browser now."""
    (form, *_rest) = [f for f in forms_of(client.get("/account").text, "/account") if f.action == "/account"]
    return str(form.fields["csrf_token"])


def test_two_forms_typed_in_two_tabs_are_both_kept(house: House) -> None:
    house.end_sessions()
    house.type(NEW)
    house.type(GRANT, GRANT_TYPED)
    sign_in(house.client)
    assert {form.action for form in forms_of(house.page(), KEPT)} >= {NEW, GRANT}
    house.client.post(LEAVE, data=_first(house, LEAVE))
    assert house.stored() == 1


def _first(house: House, action: str) -> Any:
    return next(form for form in forms_of(house.page(), KEPT) if form.action == action).fields


def test_a_sign_in_link_a_new_password_and_a_passkeys_way_all_lead_to_it(house: House, work: Any) -> None:
    house.end_sessions()
    house.type()
    send(house.client, "/sign-in/link", {"email": WAHYUNI})
    assert "is kept in this browser" in house.client.get("/sign-in/sent").text
    with work() as uow:
        link = link_in(mails(uow)[-1])
    assert send(house.client, link).location == KEPT
    house.end_sessions()
    send(house.client, "/reset", {"email": WAHYUNI})
    with work() as uow:
        link = link_in(mails(uow)[-1])
    assert send(house.client, link, {"password": "eight looms & a shuttle"}).location == KEPT
    assert "Subword tokenisers" in house.page()


def test_the_second_step_does_not_lose_it(house: House, clock: Any) -> None:
    app, _codes = turn_two_steps_on(house.client, clock.at)
    house.end_sessions()
    house.type()
    sign_in(house.client)
    clock.at += timedelta(minutes=1)
    answer = send(house.client, "/sign-in/second-step", {"code": app.at(clock.at)})
    assert answer.location == KEPT
    assert "Subword tokenisers" in house.page()


def test_an_organisers_form_of_a_draft_is_kept_and_tells_nobody_of_the_draft(house: House) -> None:
    with house.work() as uow:
        draft = make_edition(uow, slug="2027", visibility=Visibility.DRAFT)
        join_team(uow, draft, uow.session.get_one(Person, house.wahyuni.id), Role.OWNER)
    house.end_sessions()
    for edition in ("2027", "1999"):
        assert is_led_to_sign_in(house.type(f"/musiml/{edition}/organise/call", {"text": "We invite abstracts."}))
    sign_in(house.client)
    assert "We invite abstracts." in house.page()


# Whose it is.


@keeps("A1", "A6")
@shows("Accounts", "What was kept is shown to nobody but the person who typed it, in the browser it was typed in")
def test_another_person_who_signs_in_here_sees_nothing_and_the_owner_still_does(house: House) -> None:
    house.end_sessions()
    house.type()
    assert sign_in(house.client, AISHA).location != KEPT
    assert "Nothing is kept here" in house.page()
    assert "Subword" not in house.page()
    with house.work() as uow:
        name = kept.name_of(uow.session.scalars(select(OneTimeToken)).one())
    assert send(house.client, LEAVE, {"form": name}).status_code == 404
    send(house.client, "/sign-out")
    assert house.stored() == 1
    assert sign_in(house.client).location == KEPT
    assert "Subword tokenisers" in house.page()


def test_the_same_person_on_another_device_is_told_where_it_is(house: House) -> None:
    house.end_sessions()
    house.type()
    other = house.app.test_client()
    sign_in(other)
    assert "Sign in there" in other.get(KEPT).text
    assert "Subword" not in other.get(KEPT).text


def test_what_has_no_owner_belongs_to_whoever_signs_in_first_and_goes_with_them(house: House) -> None:
    token = _token(house.client)
    house.client.delete_cookie("session")
    house.client.post(NEW, data=typed() | {"csrf_token": token}, headers=HERE)
    assert sign_in(house.client, AISHA).location == KEPT
    send(house.client, "/sign-out")
    assert house.stored() == 0
    assert sign_in(house.client).location != KEPT


def test_the_owner_is_known_from_a_session_that_ran_out(house: House, clock: Any) -> None:
    with house.client.session_transaction() as session:
        del session["whose"]
    clock.at += timedelta(days=15)
    house.type()
    assert sign_in(house.client, AISHA).location != KEPT


def test_a_deleted_account_keeps_nothing(house: House) -> None:
    house.end_sessions()
    house.type()
    with house.work() as uow:
        erasure.erase(uow, uow.session.get_one(Person, house.wahyuni.id))
    assert house.stored() == 0


def test_a_new_password_takes_old_links_but_not_what_was_typed(house: House) -> None:
    house.end_sessions()
    house.type()
    with house.work() as uow:
        person = uow.session.get_one(Person, house.wahyuni.id)
        one_time.issue(uow, Purpose.SIGN_IN, person_id=person.id, email=person.email)
        one_time.forget_for(uow, person.id, person.email)
        assert [t.purpose for t in uow.session.scalars(select(OneTimeToken))] == [Purpose.TYPED]


# What is not kept.


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://[bad"},
        {"Referer": "https://evil.example/?http://localhost/"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"},
    ],
)
@keeps("I14")
@shows("Accounts", "Another site cannot plant a text for somebody to send: only forms of our own pages are kept")
def test_what_another_site_or_a_script_sends_is_answered_as_ever(house: House, headers: dict[str, str]) -> None:
    house.end_sessions()
    answer = house.type(headers=headers)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert house.stored() == 0
    forged = house.client.post(NEW, data=typed() | {"csrf_token": "forged"}, headers=HERE)
    assert forged.status_code == 400
    assert house.stored() == 0


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://localhost"}, {"Referer": "http://localhost/musiml/2026"}, {"Sec-Fetch-Site": "same-origin"}],
)
def test_older_browsers_say_it_by_origin_or_referer(house: House, headers: dict[str, str]) -> None:
    house.end_sessions()
    assert is_led_to_sign_in(house.type(headers=headers))


def test_a_button_without_anything_typed_and_a_public_form_are_answered_as_ever(house: House) -> None:
    house.end_sessions()
    assert house.type(NEW, {"title": "  "}).location == "/sign-in"
    assert house.client.post("/zone", data={"zone": "UTC", "csrf_token": "x"}, headers=HERE).status_code == 400
    assert house.stored() == 0


@pytest.mark.parametrize("path", ["/account/password", "/account/email", "/account/deletion", "/account/two-step"])
def test_how_one_signs_in_is_decided_afresh(house: House, path: str) -> None:
    house.end_sessions()
    answer = house.type(path, {"present": PASSWORD, "password": "new one & long", "email": "a@b.example", "sure": "y"})
    assert (answer.location, house.stored()) == ("/sign-in", 0)


@shows("Accounts", "Passwords, codes and tokens are never kept")
def test_secrets_are_never_kept(house: House) -> None:
    house.end_sessions()
    secrets = {"present": "s3-a", "password": "s3-b", "access_code": "s3-c", "client-secret": "s3-d", "once": "s3-" * 8}
    house.type(NEW, typed() | secrets | {"code_of_conduct": "Be kind to each other."})
    with house.work() as uow:
        (row,) = uow.session.scalars(select(OneTimeToken)).all()
        assert "s3-" not in str(row.details)
        assert "csrf_token" not in str(row.details)
        assert ["code_of_conduct", "Be kind to each other."] in row.details["fields"]
        with house.client.session_transaction() as session:
            assert token_hash(session[kept.KEY][0]) == row.token_hash
            assert session[kept.KEY][0] not in str(row.details)
    sign_in(house.client)
    page = house.page()
    assert "s3-" not in page
    assert "never kept" in page


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True), ("new_password", True), ("code", True), ("recovery-code", True), ("csrf_token", True),
        ("sealed", True), ("present", True), ("passport", True), ("credential", True), ("totp", True),
        ("code_of_conduct", False), ("is_presenter", False), ("abstract", False), ("country", False), ("slug", False),
    ],
)  # fmt: skip
def test_which_fields_are_secret(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


@keeps("I13")
@shows("Accounts", "A text too long to be kept while signing in is shown, to be copied, and not swallowed")
def test_what_is_too_long_is_shown_to_be_copied(house: House) -> None:
    house.end_sessions()
    long = "Tenun.\n" * 40_000
    answer = house.type(NEW, typed(abstract=long))
    assert answer.status_code == 413
    shown = BeautifulSoup(answer.text, "html.parser").find("textarea")
    assert shown is not None
    assert shown.text.strip() == long.strip()
    assert "We could not keep it" in answer.text
    assert "Whose Dialect Is Default?" in answer.text
    assert house.stored() == 0
    many = house.type(NEW, {f"field-{n}": "x" for n in range(501)})
    assert many.status_code == 413
    assert house.stored() == 0


def test_a_sixth_form_is_shown_to_be_copied(house: House) -> None:
    house.end_sessions()
    answers = [house.type(NEW, typed(abstract=f"Text {n}")).status_code for n in range(6)]
    assert answers == [303] * 5 + [413]


def test_one_source_cannot_fill_the_database(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "TYPED_SOURCE", "1 per hour")
    house.end_sessions()
    assert house.type().status_code == 303
    answer = house.type(NEW, typed(abstract="The second text."))
    assert answer.status_code == 413
    assert "The second text." in answer.text
    assert house.stored() == 1


def test_it_is_kept_for_two_hours(house: House, clock: Any) -> None:
    house.end_sessions()
    house.type()
    clock.at += timedelta(hours=2, minutes=1)
    assert "What you typed is kept" not in house.client.get("/sign-in").text
    assert sign_in(house.client).location != KEPT
    assert house.stored() == 1
    with house.work() as uow:
        one_time.forget_old(uow)
    assert house.stored() == 0


def test_files_are_named_and_have_to_be_chosen_again(house: House) -> None:
    house.end_sessions()
    data = typed(house.second, abstract=LONG) | {"file": (io.BytesIO(b"%PDF-1.7 tenun"), "wahyuni & co.pdf")}
    answer = post_form_here(house.client, NEW, data)
    assert is_led_to_sign_in(answer)
    sign_in(house.client)
    page = house.page()
    assert "A file has to be chosen again" in page
    assert "wahyuni &amp; co.pdf" in page
    form = house.form(NEW)
    assert form.files == ["file"]
    assert 'enctype="multipart/form-data"' in page
    with house.work() as uow:
        assert "tenun" not in str(uow.session.scalars(select(OneTimeToken)).one().details)
    fields = {name: value for name, value in form.fields.items() if name != "file"}
    answer = post_form_here(house.client, NEW, fields | {"file": (io.BytesIO(make_pdf()), "again.pdf")})
    assert (answer.status_code, answer.location) == (303, "/musiml/2026/submissions/1")
    assert house.stored() == 0


def test_a_draft_saved_beside_its_errors_leaves_the_kept_form_until_it_is_carried_out(house: House) -> None:
    house.end_sessions()
    house.type()
    sign_in(house.client)
    assert house.send_now(NEW).status_code == 422
    assert house.stored() == 1


def post_form_here(client: FlaskClient, path: str, data: dict[str, Any]) -> Any:
    client.environ_base |= {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "http://localhost"}
    return post_form(client, path, data)


@keeps("B11")
def test_the_form_goes_nowhere_but_to_its_own_address(house: House) -> None:
    house.end_sessions()
    house.type(f"{NEW}?next=https://evil.example/", typed())
    sign_in(house.client)
    actions = {form.action for form in forms_of(house.page(), KEPT)}
    assert f"{NEW}?next=https://evil.example/" in actions
    assert all(action.startswith("/") and not action.startswith("//") for action in actions)


def test_visitors_get_no_session_from_it(house: House) -> None:
    visitor = house.app.test_client()
    visitor.get("/musiml/2026")
    assert visitor.get_cookie("session") is None


def test_nobody_reads_it_without_signing_in(house: House) -> None:
    house.end_sessions()
    house.type()
    answer = house.client.get(KEPT)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")
    assert send(house.client, LEAVE, {"form": "x"}).status_code == 303
