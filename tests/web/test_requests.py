"""What every request gets, whatever the feature."""

from typing import Any

import pytest
from flask import Flask, redirect

from tests.factories import client_for, make_person, send
from tests.shows import keeps, shows
from workshop_manager.core.audit import AuditEntry, record
from workshop_manager.web.access import PUBLIC, access, require_declarations
from workshop_manager.web.request import unit
from workshop_manager.web.urls import is_local


@keeps("A11")
@shows("Access", "Every endpoint declares who may use it; one that does not stops the start")
def test_an_endpoint_without_a_declaration_stops_the_start() -> None:
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/silent", "silent", lambda: "")
    with pytest.raises(RuntimeError, match="silent"):
        require_declarations(app)


def test_a_declared_endpoint_does_not(app: Flask) -> None:
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/open", "open", access(PUBLIC)(lambda: ""))
    require_declarations(bare)
    assert len(app.extensions["access"]) == len(app.view_functions)


@shows("Pages", "A strict content security policy and the other headers stand on every answer")
@pytest.mark.sqlite
@keeps("I3", "I4")
@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/static/x/theme.css", "/sign-in"])
def test_every_answer_carries_the_security_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.sqlite
@shows("Addresses", "/healthz says that the process is up, /readyz that the database answers and is migrated")
def test_health_and_readiness_are_two_things(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


@pytest.mark.sqlite
@keeps("Q2")
@shows("Addresses", "/metrics answers only with a configured token")
def test_metrics_exist_only_with_their_token(app: Flask, settings: Any, database: Any, clock: Any) -> None:
    from dataclasses import replace

    from workshop_manager.web.request import Platform

    client = app.test_client()
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    app.extensions["platform"] = Platform(replace(settings, server_metrics_token="t0ken"), database, clock)
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert b"python_info" in client.get("/metrics", headers={"Authorization": "Bearer t0ken"}).data


@shows("Bad input", "A form without its CSRF token changes nothing and says what to do")
@pytest.mark.sqlite
@keeps("I14")
def test_a_post_without_its_token_changes_nothing(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/appearance", data={"theme": "dark"})
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert "What you typed" in answer.text
    assert "Set-Cookie" not in answer.headers or "theme=" not in answer.headers["Set-Cookie"]


@pytest.mark.sqlite
@keeps("I13", "I1")
@shows(
    "Bad input",
    "What was typed into a form without its token is shown, to be copied; of another site's form nothing is",
)
@pytest.mark.parametrize(
    ("headers", "is_shown"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, True),
        ({"Referer": "http://localhost/zone"}, True),
        ({}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Referer": "https://evil.example/"}, False),
    ],
)
def test_what_was_typed_without_a_token_is_shown(app: Flask, headers: dict[str, str], is_shown: bool) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    typed = {"zone": "Asia/<b>Jakarta</b>", "password": "a secret", "next": "/"}
    answer = app.test_client().post("/zone", data=typed, headers=headers)
    assert answer.status_code == 400
    assert ("Asia/&lt;b&gt;Jakarta&lt;/b&gt;" in answer.text) is is_shown
    assert "a secret" not in answer.text


@pytest.mark.sqlite
@shows("Pages", "Light and dark without JavaScript: a form sets a cookie and the server writes the theme")
def test_the_theme_is_remembered_by_the_server(app: Flask) -> None:
    client = app.test_client()
    assert send(client, "/appearance", {"theme": "dark", "next": "/zone"}).status_code == 303
    assert 'data-bs-theme="dark"' in client.get("/zone").text


@pytest.mark.sqlite
def test_a_zone_is_remembered_and_an_unknown_one_is_refused(app: Flask) -> None:
    client = app.test_client()
    refused = send(client, "/zone", {"zone": "Mars/Olympus"})
    assert refused.status_code == 422
    assert "Mars/Olympus" in refused.text
    assert send(client, "/zone", {"zone": "africa/accra"}).status_code == 303
    assert client.get_cookie("tz").value == "Africa/Accra"


@pytest.mark.sqlite
@keeps("P5", "T5")
@shows("Pages", "Static files are hashed and immutable")
def test_static_files_are_immutable_under_their_digest_only(app: Flask) -> None:
    with app.test_request_context("/"):
        address = app.jinja_env.globals["asset"]("theme.css")
    client = app.test_client()
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "immutable" in packed.headers["Cache-Control"]
    assert client.get("/static/old/theme.css").headers["Cache-Control"] == "no-cache"
    assert client.get(address.replace("theme.css", "../app.py")).status_code == 404


@pytest.fixture
def marking(app: Flask) -> Any:
    """An endpoint that writes one line of history and leads on; removed from nothing since names are unique."""
    if "marking" not in app.view_functions:
        app._got_first_request = False

        def mark() -> Any:
            record(unit(), "marked", "test", 1)
            unit().session.flush()
            return redirect("/healthz", 303)

        app.add_url_rule("/demo/mark", "marking", access(PUBLIC)(mark), methods=["POST"])
        app.extensions["access"]["marking"] = PUBLIC
    return app


def _entries(work: Any) -> int:
    from sqlalchemy import func, select

    with work() as uow:
        return uow.session.execute(select(func.count()).select_from(AuditEntry)).scalar_one()


@keeps("X2")
@shows("Bad input", "Two clicks on submit make one record and give the same answer")
def test_the_same_form_twice_is_one_act_with_the_same_answer(marking: Flask, work: Any) -> None:
    with work() as uow:
        person = make_person(uow)
        client = client_for(marking, uow, person)
    key = {"once": "k" * 24}
    first, second = send(client, "/demo/mark", key), send(client, "/demo/mark", key)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert _entries(work) == 1
    assert send(client, "/demo/mark", key | {"other": "content"}).status_code == 409
    assert send(client, "/demo/mark", {"once": "n" * 24}).status_code == 303
    assert _entries(work) == 2


@keeps("X2")
def test_two_clicks_at_the_same_moment_are_one_act(marking: Flask, work: Any) -> None:
    import threading

    with work() as uow:
        person = make_person(uow)
        clients = [client_for(marking, uow, person) for _ in range(6)]
    answers: list[int] = []

    def click(client: Any) -> None:
        answers.append(send(client, "/demo/mark", {"once": "s" * 24}).status_code)

    threads = [threading.Thread(target=click, args=(c,)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 6
    assert _entries(work) == 1


@pytest.mark.parametrize("target", ["/", "/musiml/2026/call?x=1", "/a-b/c_d"])
def test_a_path_of_ours_may_be_led_to(target: str) -> None:
    assert is_local(target)


@keeps("B11")
@pytest.mark.parametrize(
    "target",
    [
        "", "//evil.example", "/\\evil.example", "https://evil.example", "http:evil.example", "javascript:alert(1)",
        "\\/evil.example", "/\tevil", "///evil.example", " //evil.example", "/%0d\n", "evil.example", "/a\\b", "/\x00",
        "ftp://evil", "data:text/html,x", "/é", "\u2028//evil.example",
    ],
)  # fmt: skip
def test_nothing_else_may_be_led_to(target: str) -> None:
    assert not is_local(target)


@pytest.mark.sqlite
@keeps("R5")
def test_a_database_that_is_gone_gives_a_calm_page(app: Flask, database: Any) -> None:
    import os

    client = app.test_client()
    path = database.url.database or next(
        row[2] for row in database.engine.raw_connection().execute("PRAGMA database_list")
    )
    database.dispose()
    os.rename(path, path + ".away")
    answer = client.get("/musiml/2026/")
    assert answer.status_code == 503
    assert "Traceback" not in answer.text
    os.rename(path + ".away", path)
    assert client.get("/musiml/2026/").status_code == 404


@keeps("Q2")
@pytest.mark.parametrize(
    "path",
    [
        "/console", "/console?__debugger__=yes&cmd=resource&f=debugger.js", "/?__debugger__=yes&cmd=1&frm=0&s=x",
        "/.git/config", "/.env", "/pyproject.toml", "/var/workshop_manager.sqlite3", "/workshop_manager.sqlite3",
        "/jobs.sqlite3", "/config/default.toml", "/templates/base.html", "/server-status", "/debug", "/metrics",
        "/static/", "/static/css/", "/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd",
        "/demo/mails/",
    ],
)  # fmt: skip
def test_visitors_find_no_debugger_source_database_or_listing(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, follow_redirects=True)
    assert answer.status_code == (200 if path.startswith("/?") else 404), path
    for trace in ("Traceback", "EVALEX", "Werkzeug", "SQLite format", "Index of", "[site]"):
        assert trace not in answer.text, path
