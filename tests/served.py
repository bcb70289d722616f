"""The application of a test behind a real address, and browsers of people who are signed in there."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.smtp import free_port
from workshop_manager.accounts.models import SignIn
from workshop_manager.core.tokens import new_token, token_hash


class _Silent(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which this application answers, in threads of this process."""
    port = free_port()
    server = make_server("localhost", port, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{port}"
    finally:  # also when the test failed, or its pages would go on asking beside the tests after it
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browsers_at(app: Flask, work: Any, chromium: Any, base: str, **options: Any) -> Iterator[Callable[..., Any]]:
    """`page = open_for(person_id)`: a browser of their own, signed in. No script of a page may have failed."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_for(person_id: int, **own: Any) -> Any:
        key = new_token()
        with work() as uow:
            at = uow.now
            row = SignIn(key_hash=token_hash(key), person_id=person_id, created_at=at, seen_at=at, browser="")
            uow.session.add(row)
        context = chromium.new_context(base_url=base, **options | own)
        contexts.append(context)
        interface: Any = app.session_interface
        cookie = interface.get_signing_serializer(app).dumps({"sid": key})
        context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": base}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    try:
        yield open_for
    finally:
        for context in contexts:
            context.close()
    assert complaints == []
