"""The public calendar is answered before Flask, byte for byte as Flask would."""

from typing import Any

import pytest
from werkzeug.test import Client

from tests.factories import make_edition
from tests.queries import count_queries
from tests.schedule.factories import make_item, make_release
from tests.shows import shows
from workshop_manager.schedule.shortcut import FeedShortcut
from workshop_manager.workshops.states import Visibility

FEED = "/musiml/2026/schedule.ics"


@pytest.fixture
def released(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        make_item(uow, edition, "Keynote")
        make_release(uow, edition)
        make_edition(uow, slug="2027", visibility=Visibility.DRAFT)
        make_edition(uow, slug="2025")


@shows("Schedule", "The public calendar costs one query, and none of the application's own work")
@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "asked",
    [{}, {"Accept-Encoding": "gzip"}, {"If-None-Match": '"nothing"'}, {"If-None-Match": "*"},
     {"If-Modified-Since": "garbage"}, {"If-Modified-Since": "Wed, 01 Jan 2031 00:00:00 GMT"}],
)  # fmt: skip
def test_it_answers_as_the_application_does(app: Any, database: Any, method: str, asked: dict[str, str]) -> None:
    shortcut = app.wsgi_app
    assert isinstance(shortcut, FeedShortcut)
    with count_queries(database) as queries:
        ours = Client(shortcut).open(FEED, method=method, headers=asked)
    theirs = Client(shortcut.inner).open(FEED, method=method, headers=asked)
    assert len(queries) == 1
    assert (ours.status_code, ours.data) == (theirs.status_code, theirs.data)
    assert sorted(ours.headers.items()) == sorted(theirs.headers.items())


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize(
    "path", ["/musiml/2027/schedule.ics", "/musiml/2031/schedule.ics", "/musiml/2025/schedule.ics"]
)
def test_what_is_not_plain_is_left_to_the_application(app: Any, path: str) -> None:
    shortcut = app.wsgi_app
    ours, theirs = Client(shortcut).get(path), Client(shortcut.inner).get(path)
    assert ours.status_code == theirs.status_code
    assert Client(shortcut).post(FEED).status_code in (400, 405)
