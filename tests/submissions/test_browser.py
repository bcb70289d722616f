"""The submission's form in a real browser: questions that come and go, drafts saved while somebody types."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.factories import make_person
from tests.questions.factories import make_question, make_statement
from tests.shows import keeps, shows
from tests.smtp import free_port
from tests.stage import ROOT
from tests.submissions.factories import make_call, open_edition
from workshop_manager.accounts.models import SignIn
from workshop_manager.calls.models import SubmissionType
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.questions.states import Kind
from workshop_manager.submissions import form, queries
from workshop_manager.workshops import queries as workshops

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]
NEW = "/musiml/2026/submissions/new"
SAVED = "#saved:has-text('Draft saved at')"


class _Silent(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        pass


@pytest.fixture
def scene(app: Flask, work: Any, chromium: Any) -> Iterator[SimpleNamespace]:
    """An author at the form of a new abstract, with a short wait before drafts are saved."""
    found = SimpleNamespace(app=app, work=work)
    with work() as uow:
        found.edition = edition = open_edition(uow)
        make_call(uow, edition, needs_pdf=False)
        found.first, found.second = workshops.tracks(uow.session, edition.id)
        found.code = make_question(uow, edition, "Is there code?", Kind.YES_NO)
        found.where = make_question(
            uow, edition, "Where is it?", Kind.LINK, shown_if_id=found.code.id, shown_if_values=frozenset({"yes"})
        )
        found.society = make_question(
            uow, edition, "Which communities?", Kind.LONG, word_limit=3, scopes=frozenset({f"track:{found.second.id}"})
        )
        make_statement(uow, edition)
        found.author = make_person(uow)
        key = new_token()
        uow.session.add(
            SignIn(key_hash=token_hash(key), person_id=found.author.id, created_at=uow.now, seen_at=uow.now, browser="")
        )
    port = free_port()
    server = make_server("localhost", port, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://localhost:{port}"
    context = chromium.new_context(base_url=base)
    cookie = app.session_interface.get_signing_serializer(app).dumps({"sid": key})  # type: ignore[attr-defined]
    context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": base}])
    context.route("**/js/drafts.js", _hasten)
    found.context, found.page, found.complaints = context, context.new_page(), []
    found.page.set_default_timeout(10_000)
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.goto(NEW)
    yield found
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert found.complaints == []


def _hasten(route: Any) -> None:
    """The same module, which waits for a moment only: nobody wants to wait four seconds in each test."""
    # From the file: a server that is being stopped would not answer any more.
    body = (ROOT / "workshop_manager/static/js/drafts.js").read_text(encoding="utf-8")
    for slow, quick in (("WAIT = 4000", "WAIT = 150"), ("AGAIN = 30000", "AGAIN = 400")):
        assert slow in body
        body = body.replace(slow, quick)
    route.fulfill(body=body, content_type="text/javascript")


def _stored(scene: SimpleNamespace, number: int = 1) -> Any:
    with scene.work() as uow:
        found = queries.find_own(uow.session, scene.edition.id, number, scene.author.id)
        if found is None:
            return None
        return SimpleNamespace(row=found, answers=form.filled(uow, scene.edition.id, found).answers)


def _kept(page: Any) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('wm-draft:'))")


def test_questions_come_and_go_while_somebody_answers(scene: SimpleNamespace) -> None:
    page = scene.page
    where, society = page.locator(f"[name=q{scene.where.id}]"), page.locator(f"[name=q{scene.society.id}]")
    assert not where.is_visible()
    assert not society.is_visible()
    assert not page.locator("[name=do][value=show]").is_visible(), "no button is needed"
    page.check(f"[name=q{scene.code.id}][value=yes]")
    assert where.is_visible()
    page.check(f"[name=track][value='{scene.second.id}']")
    assert society.is_visible()
    society.fill("one two three four")
    assert "4 of 3 words, 1 over" in page.locator(f"#q{scene.society.id}-count").inner_text()
    page.check(f"[name=track][value='{scene.first.id}']")
    assert not society.is_visible()
    page.check(f"[name=track][value='{scene.second.id}']")
    assert society.input_value() == "one two three four", "nothing typed is lost by looking at another track"


@shows("Submissions", "The word counter takes the limit of the type that is chosen at once, as the server counts it")
def test_the_counter_follows_the_chosen_type(scene: SimpleNamespace) -> None:
    with scene.work() as uow:
        row = SubmissionType(edition_id=scene.edition.id, name="Note", word_limit=3, position=1, needs_pdf=False)
        uow.session.add(row)
    page = scene.page
    page.goto(NEW)
    page.fill("#abstract", "One two three four")
    assert "4 of 3" not in page.locator("#abstract-count").inner_text()
    page.check(f"[name=type][value='{row.id}']")
    assert "4 of 3 words, 1 over" in page.locator("#abstract-count").inner_text()
    page.check("[name=type][value=own]")
    assert "over" not in page.locator("#abstract-count").inner_text()


@shows("Submissions", "Drafts are saved while typing: a form left without any button is found again as it was typed")
def test_a_draft_is_saved_some_seconds_after_the_typing_stops(scene: SimpleNamespace) -> None:
    page = scene.page
    page.fill("#title", "Whose Dialect")
    page.wait_for_selector(SAVED)
    assert page.url.endswith("/submissions/1/edit"), "a reload finds the draft"
    assert _stored(scene).row.title == "Whose Dialect"
    assert page.locator("#todos .done:has-text('Title')").count() == 1, "what is missing is said anew"
    page.check(f"[name=q{scene.code.id}][value=yes]")
    page.fill(f"[name=q{scene.where.id}]", "https://example.org/c")
    page.wait_for_function("() => Object.keys(localStorage).every((key) => !key.startsWith('wm-draft:'))")
    page.reload()
    assert page.input_value("#title") == "Whose Dialect"
    assert page.input_value(f"[name=q{scene.where.id}]") == "https://example.org/c"
    with scene.work() as uow:
        assert queries.count_of_submitter(uow.session, scene.edition.id, scene.author.id) == 1
    page.fill("#abstract", "Written right before the button.")
    page.click("[name=do][value=draft]")
    page.wait_for_url("**/submissions/")
    assert _stored(scene).row.abstract == "Written right before the button."


@shows("Submissions", "A lost connection loses nothing: what was typed stays in the browser and is offered again")
def test_typed_text_survives_a_lost_connection_and_a_closed_tab(scene: SimpleNamespace) -> None:
    page = scene.page
    page.fill("#title", "Begun at home")
    page.wait_for_selector(SAVED)
    scene.context.set_offline(True)
    page.fill("#abstract", "Typed in the train, in a tunnel.")
    page.wait_for_selector("#saved:has-text('Kept on this device')")
    address = page.url
    page.goto("about:blank")  # nothing of the form runs any more when the connection is back
    page.close()
    scene.context.set_offline(False)
    page = scene.context.new_page()
    page.goto(address)
    assert page.input_value("#abstract") == ""
    assert page.locator("#kept-here").is_visible()
    page.click("[data-kept-back]")
    page.wait_for_function("() => document.querySelector('#abstract').value.startsWith('Typed in the train')")
    assert _stored(scene).row.abstract == "Typed in the train, in a tunnel."
    assert not page.locator("#kept-here").is_visible()
    page.wait_for_function("() => Object.keys(localStorage).every((key) => !key.startsWith('wm-draft:'))")


def test_what_was_typed_offline_is_sent_when_the_connection_is_back(scene: SimpleNamespace) -> None:
    page = scene.page
    scene.context.set_offline(True)
    page.fill("#title", "Typed without a net")
    page.wait_for_selector("#saved:has-text('Kept on this device')")
    assert len(_kept(page)) == 1
    scene.context.set_offline(False)
    page.wait_for_selector(SAVED)
    assert _stored(scene).row.title == "Typed without a net"
    page.wait_for_function("() => Object.keys(localStorage).every((key) => !key.startsWith('wm-draft:'))")


@shows("Submissions", "A session that ended while somebody typed loses nothing either")
@keeps("X3")
def test_a_session_that_ended_says_so_and_keeps_what_was_typed(scene: SimpleNamespace) -> None:
    page = scene.page
    page.fill("#title", "Begun")
    page.wait_for_selector(SAVED)
    with scene.work() as uow:
        uow.session.execute(delete(SignIn))
    page.fill("#abstract", "Typed after the session had ended.")
    page.wait_for_selector("#saved:has-text('perhaps you were signed out')")
    assert page.locator("#saved a").get_attribute("href") == "/sign-in"
    assert _stored(scene).row.abstract == ""
    assert len(_kept(page)) == 1
    page.click("[name=do][value=draft]")
    page.wait_for_url("**/sign-in**")
    assert len(_kept(page)) == 1, "the browser still holds it"


def test_another_version_is_never_overwritten_while_typing(scene: SimpleNamespace) -> None:
    page = scene.page
    page.fill("#title", "Mine")
    page.wait_for_selector(SAVED)
    with scene.work() as uow:
        row = queries.find_own(uow.session, scene.edition.id, 1, scene.author.id, lock=True)
        assert row is not None
        row.title, row.version = "Hers", row.version + 1
    page.fill("#title", "Mine, longer")
    page.wait_for_selector("#saved:has-text('Another version was saved meanwhile')")
    assert _stored(scene).row.title == "Hers"
    page.click("[name=do][value=draft]")
    page.wait_for_selector(".crossed")
    assert "Hers" in page.locator(".theirs").inner_text()
    assert page.input_value("#title") == "Mine, longer"


def test_the_form_works_without_javascript(scene: SimpleNamespace, chromium: Any) -> None:
    state = scene.context.storage_state()
    plain = chromium.new_context(
        base_url=scene.page.url.rpartition("/musiml")[0], java_script_enabled=False, storage_state=state
    )
    page = plain.new_page()
    page.goto(NEW)
    page.fill("#title", "Without a script")
    page.check(f"[name=track][value='{scene.second.id}']")
    page.check(f"[name=q{scene.code.id}][value=yes]")
    page.click("[name=do][value=show]")
    page.fill(f"[name=q{scene.where.id}]", "https://example.org/c")
    page.fill(f"[name=q{scene.society.id}]", "ours")
    page.click("[name=do][value=draft]")
    assert _stored(scene).answers == {
        scene.code.id: True, scene.where.id: "https://example.org/c", scene.society.id: "ours"
    }  # fmt: skip
    plain.close()
