"""The world on a real port, and the list of its pages: who sees most of each."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.access.visits import visits_of
from tests.personas import ATTENDEE, AUTHOR, CHAIR, COAUTHOR, GRANTS, ORGANISER, OWNER, REVIEWER, VISITOR, Persona
from tests.smtp import free_port
from tests.stage import Stage

SEEN = (VISITOR, OWNER, ORGANISER, CHAIR, REVIEWER, GRANTS, AUTHOR, COAUTHOR, ATTENDEE)
"""Whose pages are looked at. Of each address the fullest is taken."""

NOT_PAGES = frozenset({"mail.kept_html", "schedule.schedule_html"})
"""The HTML part of a mail, and the schedule as a file to keep: sandboxed, no script can look into them."""

BESIDES = (
    ("nothing here", VISITOR, "/no/such-page"),
    ("nothing here, signed in", ATTENDEE, "/musiml/2026/organise/"),
    ("front, signed in as author", AUTHOR, "/"),
    ("front, signed in as reviewer", REVIEWER, "/"),
    ("front, signed in as attendee", ATTENDEE, "/"),
    ("front, a visitor", VISITOR, "/"),
)
"""Pages that the addresses alone do not give."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a name for reports, whose it is, and where."""

    name: str
    package: str
    persona: Persona
    path: str
    status: int = 200


def pages_of(stage: Stage, shared: Path) -> list[Page]:
    """Every address that shows a page, as the person who sees most there; then the same for an edition just begun."""
    fullest: dict[str, tuple[int, Page]] = {}
    for persona in SEEN:
        for visit in visits_of(stage, persona, shared):
            answer = visit.answer
            is_page = visit.method == "GET" and answer.status == 200 and answer.is_html
            if is_page and visit.endpoint not in NOT_PAGES:
                found = Page(visit.endpoint, visit.endpoint.partition(".")[0], persona, visit.path)
                if len(answer.body) > fullest.get(visit.endpoint, (0,))[0]:
                    fullest[visit.endpoint] = (len(answer.body), found)
    pages = [page for _size, page in fullest.values()]
    pages += [Page(name, "web", persona, path, 404 if "nothing" in name else 200) for name, persona, path in BESIDES]
    return sorted([*pages, *_beginnings(stage, pages)], key=lambda page: page.name)


def _beginnings(stage: Stage, pages: list[Page]) -> Iterator[Page]:
    """The empty states: next year's edition as its owner sees it, a series without anything as a visitor does."""
    draft, series = stage.world.draft, stage.world.series
    for rule in stage.rules():
        if rule.arguments != {"community", "edition"} or "GET" not in (rule.methods or ()):
            continue
        for persona, things, what in ((OWNER, draft, "empty"), (VISITOR, series, "series")):
            path = stage.build(rule.endpoint, community=things.community, edition=things.edition)
            answer = stage.ask(persona, "GET", path)
            if answer.status == 200 and answer.is_html:
                yield Page(f"{rule.endpoint}, {what}", rule.endpoint.partition(".")[0], persona, path)


@contextmanager
def serving(stage: Stage) -> Iterator[str]:
    """The stage's application on a port of loopback, reading the readers' copy; yields its address."""
    port = free_port()

    class Silent(WSGIRequestHandler):
        def log(self, *_args: Any) -> None:
            pass

    server = make_server("localhost", port, stage.app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{port}"
    finally:
        server.shutdown()
        thread.join(10)


def cookies(stage: Stage, persona: Persona, base: str) -> list[Any]:
    """What a browser needs to be that persona."""
    if persona is VISITOR:
        return []
    return [{"name": stage.app.config["SESSION_COOKIE_NAME"], "value": stage.cookie(persona), "url": base}]
