"""Answers the public calendar before Flask: most requests to a workshop, for years, are calendars asking for news.

The same functions make the same bytes as `views.feed`, which stays the answer to all that is not plain: no edition,
nothing released yet, a database that is away. A test holds the two against each other.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.wrappers import Request, Response

from workshop_manager.schedule import feeds, queries
from workshop_manager.web.request import Platform

_PATH = re.compile(r"/([a-z0-9-]{1,40})/([a-z0-9-]{1,40})/schedule\.ics")
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class FeedShortcut:
    """WSGI middleware around the application."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.inner: Wsgi = app.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        response = None
        if environ["REQUEST_METHOD"] in ("GET", "HEAD") and (asked := _PATH.fullmatch(environ.get("PATH_INFO", ""))):
            response = self._answer(asked.group(1), asked.group(2), Request(environ))
        return (response or self.inner)(environ, start_response)

    def _answer(self, community: str, edition: str, request: Request) -> Response | None:
        asked = feeds.condition(request)
        platform: Platform = self.app.extensions["platform"]
        try:
            with platform.database.connection() as connection:
                found = queries.public_feed(
                    connection, community, edition, known=asked.tags, since=asked.since, gzip=asked.gzip
                )
        except Exception:
            # The application asks again, says calmly what is wrong, and logs it once.
            return None
        if found is None or found.etag is None:
            return None
        response = feeds.answer(
            asked, etag=found.etag, modified_at=found.modified_at, body=found.body, is_gzip=asked.gzip
        )
        for name, value in self.app.extensions["fixed_headers"]:
            response.headers.setdefault(name, value)
        return response
