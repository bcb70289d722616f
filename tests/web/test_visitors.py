"""What is kept for visitors is what the application would have said, and only for those it is the same for."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from tests.factories import client_for, make_edition, make_person
from tests.queries import count_queries
from tests.schedule.factories import make_item, make_release
from tests.shows import keeps, shows
from workshop_manager.web import visitors
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Visibility

FEED = "/musiml/2026/schedule.ics"
PAGE = "/musiml/2026/"
KEPT = (
    "/", "/workshops", "/musiml/", PAGE, "/musiml/2026/call", "/musiml/2026/registration", "/musiml/2026/grants",
    "/musiml/2026/schedule", "/musiml/2026/schedule/changes", "/musiml/2026/conduct", FEED,
    "/musiml/2026/deadlines.ics",
)  # fmt: skip


@pytest.fixture
def released(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        make_item(uow, edition, "Keynote")
        make_release(uow, edition)
        make_edition(uow, slug="2027", visibility=Visibility.DRAFT)


def kept_by(app: Flask) -> visitors.Visitors:
    outermost = app.wsgi_app
    assert isinstance(outermost, visitors.Visitors)
    return outermost


@pytest.fixture(autouse=True)
def _empty(app: Flask) -> None:
    """The application is the same for all tests: nothing of another is kept."""
    kept_by(app).kept.clear()
    kept_by(app)._bytes = 0


@shows("Pages", "A visitor's pages and the public calendar are kept in memory while nothing they show has changed")
@shows("Schedule", "The public calendar costs one query, and none of the application's own work")
@pytest.mark.usefixtures("released")
def test_a_kept_page_is_what_the_application_says(app: Flask, database: Any) -> None:
    inner, client = Client(kept_by(app).inner), app.test_client()
    for path in KEPT:
        theirs = inner.get(path)
        assert theirs.status_code == 200, path
        assert client.get(path).data == theirs.data, path
        with count_queries(database) as seen:
            ours = client.get(path)
        assert ours.data == theirs.data, path
        assert seen == [], path
        assert "Set-Cookie" not in ours.headers, path
        for name, value in theirs.headers.items():
            if name not in ("ETag", "Vary"):
                assert ours.headers[name] == value, (path, name)


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("path", [FEED, PAGE])
def test_compressed_conditional_and_head_are_answered_from_it(app: Flask, path: str) -> None:
    client = app.test_client()
    plain = client.get(path)
    small = client.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["ETag"] == f"W/{plain.headers['ETag']}"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip;q=0"}).headers
    for sent in (plain.headers["ETag"], small.headers["ETag"], f'"x", {plain.headers["ETag"]}', "*"):
        answer = client.get(path, headers={"If-None-Match": sent})
        assert (answer.status_code, answer.data) == (304, b"")
        assert "Content-Type" not in answer.headers
        assert answer.headers["ETag"] == plain.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": '"x"'}).data == plain.data
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(plain.data))


@keeps("A1", "T5")
@pytest.mark.usefixtures("released")
def test_whoever_has_a_session_gets_and_leaves_nothing(app: Flask, work: Any) -> None:
    with work() as uow:
        client = client_for(app, uow, make_person(uow, "Amina Yusuf-Okafor"))
    assert "Amina Yusuf-Okafor" in client.get(PAGE).text
    assert kept_by(app).kept == {}
    visitor = app.test_client().get(PAGE).text
    assert "Amina Yusuf-Okafor" not in visitor
    assert "Amina Yusuf-Okafor" in client.get(PAGE).text
    assert client.get(PAGE).headers["Cache-Control"] == "no-store"


@keeps("A1")
@pytest.mark.usefixtures("released")
def test_only_what_is_marked_and_fine_is_kept(app: Flask) -> None:
    client, keeper = app.test_client(), kept_by(app)
    for path in ("/musiml/2027/", "/musiml/2031/", "/nowhere", "/musiml/2026/organise/", "/healthz", "/readyz"):
        client.get(path)
    app.test_client().get("/sign-in")
    app.test_client().post(PAGE)
    app.test_client().get(f"{PAGE}?{'x' * 300}")
    app.test_client().get(PAGE, headers={"Authorization": "Bearer x"})
    assert keeper.kept == {}


@pytest.mark.usefixtures("released")
def test_zone_and_theme_have_their_own_and_nonsense_has_not(app: Flask) -> None:
    keeper = kept_by(app)
    for name, value in (("tz", "Asia/Jakarta"), ("theme", "dark"), ("tz", "Mars/Olympus"), ("other", "thing")):
        client = app.test_client()
        client.set_cookie(name, value)
        client.get(PAGE)
    assert [(key.zone, key.theme) for key in keeper.kept] == [("Asia/Jakarta", ""), ("", "dark"), ("", "")]


@keeps("A2")
def test_an_edition_that_is_taken_back_is_gone_at_the_next_look(app: Flask, work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        edition_id = edition.id
    client = app.test_client()
    assert client.get(PAGE).status_code == 200
    with work() as uow:
        uow.session.get_one(Edition, edition_id).visibility = Visibility.DRAFT
    assert client.get(PAGE).status_code == 404


@pytest.mark.usefixtures("released")
def test_time_passes_for_kept_pages_too(app: Flask, clock: Any, database: Any) -> None:
    client = app.test_client()
    client.get(PAGE)
    clock.at += timedelta(seconds=visitors.SECONDS)
    with count_queries(database) as seen:
        client.get(PAGE)
    assert seen != []
    assert 60 % visitors.SECONDS == 0


@keeps("O2")
@pytest.mark.usefixtures("released")
def test_memory_has_an_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client, keeper = app.test_client(), kept_by(app)
    client.get(PAGE)
    (one,) = keeper.kept.values()
    size = len(one.body) + len(one.packed) + visitors.AROUND
    monkeypatch.setattr(visitors, "MOST_BYTES", 3 * size + size // 2)
    for number in range(9):
        client.get(f"{PAGE}?number={number}")
    assert len(keeper.kept) == 3
    assert [key.query for key in keeper.kept] == ["number=6", "number=7", "number=8"]
    assert keeper._bytes == sum(len(k.body) + len(k.packed) + visitors.AROUND for k in keeper.kept.values())


@pytest.mark.sqlite
@pytest.mark.usefixtures("released")
def test_without_the_number_the_application_answers(app: Flask, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.shown, "number", lambda: None)
    assert app.test_client().get(FEED).status_code == 200
    assert kept_by(app).kept == {}


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("path", [PAGE, FEED, "/nowhere", "/sign-in"])
def test_a_header_that_nobody_can_read_is_as_good_as_none(app: Flask, path: str) -> None:
    client = Client(app.wsgi_app, use_cookies=False)
    expected = client.get(path).status_code
    for name, value in (
        ("Cookie", "stray=\xff"),
        ("Cookie", "stray=\xff; session=\xfe"),
        ("Cookie", "tz=\xff\xfe; theme=\xff"),
        ("If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 -0100"),
        ("If-Modified-Since", "Mon, 01 Jan 0001 00:00:00 +0500"),
        ("Accept-Language", "\xff;q=\xb2"),
    ):
        assert client.get(path, headers={name: value}).status_code == expected, (name, value)
    assert client.get("/musiml/2026/", headers={"Cookie": "stray=\xff; theme=dark"}).text.count('"dark"') > 0


@pytest.mark.usefixtures("released")
def test_small_answers_do_not_fill_the_memory_either(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MOST_BYTES", 100_000)
    client = app.test_client()
    for number in range(60):
        assert client.get(f"/robots.txt?{number}").status_code == 200
    assert 0 < len(kept_by(app).kept) < 30  # what keeps an answer weighs more than a small answer


@pytest.mark.sqlite
@pytest.mark.usefixtures("released")
def test_what_is_kept_under_one_root_is_not_given_out_under_another(app: Flask) -> None:
    client = Client(app.wsgi_app, use_cookies=False)
    under = client.get(PAGE, environ_overrides={"SCRIPT_NAME": "/elsewhere"})
    assert "/elsewhere/" in under.text
    for overrides in ({}, {"HTTP_HOST": "elsewhere.example"}, {"HTTP_X_FORWARDED_PREFIX": "/elsewhere"}):
        assert "elsewhere" not in client.get(PAGE, environ_overrides=overrides).text
        assert "elsewhere" not in client.get(PAGE).text
