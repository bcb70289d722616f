"""Pages and feeds kept in memory for visitors: on the day everybody in the room opens the same page at once, and
calendars ask for years, mostly for nothing new.

@blueprint.get("/…")
@access(EDITION)
@kept_for_visitors
def page() -> Response: ...

What a view marked like this answers to somebody without a session is kept in each process for up to ten seconds, and
only while one query says that nothing visitors could see has changed anywhere (`core.shown`). It is given out before
Flask is asked, by address, zone, theme and language: the only things about a visitor that a page may depend on. An
answer that sets a cookie, or is not 200, is never kept.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header, parse_cookie, parse_date
from werkzeug.wrappers import Request

from workshop_manager.core.deadlines import zone_names
from workshop_manager.web.conditional import condition
from workshop_manager.web.request import THEMES, Platform, best_language

View = TypeVar("View", bound=Callable[..., Any])
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

SECONDS = 10
"""Divides a minute, so that what opens or closes on the minute is never shown late."""
LONGEST_QUERY = 200
LARGEST = 1_000_000
MOST_BYTES = 32_000_000
AROUND = 4_000
"""Bytes that an answer takes besides its body, about: headers, address, places in tables. Some bodies are one line."""
_ASKS_FOR_LESS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_ACCEPT_ENCODING", "HTTP_RANGE")


def kept_for_visitors(view: View) -> View:
    """Declare that what this view shows a visitor depends on address, zone, theme and language only."""
    view.kept_for_visitors = True  # type: ignore[attr-defined]
    return view


class Key(NamedTuple):
    """What a visitor's page depends on."""

    root: str
    path: str
    query: str
    zone: str
    theme: str
    language: str


class Stamp(NamedTuple):
    """Of what it was made, at which number of `core.shown`, and in which ten seconds."""

    platform: Platform
    number: int
    moment: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, plain and compressed, each with its headers; the compressed form has a weak tag."""

    stamp: Stamp
    etag: str
    modified: str
    body: bytes
    packed: bytes
    headers: list[tuple[str, str]]
    packed_headers: list[tuple[str, str]]
    bare: list[tuple[str, str]]
    """The headers of 304, but for the tag."""


class Visitors:
    """WSGI middleware around the application."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.inner: Wsgi = app.wsgi_app
        self.session_cookie: str = app.config["SESSION_COOKIE_NAME"]
        self.kept: dict[Key, Kept] = {}
        self._bytes = 0
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        _make_readable(environ)
        key = self._key(environ)
        if key is None or (key not in self.kept and not self._is_marked(environ)):
            return self.inner(environ, start_response)
        platform: Platform = self.app.extensions["platform"]
        number = platform.database.shown.number()
        if number is None:
            return self.inner(environ, start_response)
        stamp = Stamp(platform, number, int(platform.clock.now().timestamp()) // SECONDS)
        kept = self.kept.get(key)
        if kept is None or kept.stamp != stamp:
            made = self._make(environ, stamp)
            if isinstance(made, Other):
                start_response(made.status, made.headers)
                return [made.body] if environ["REQUEST_METHOD"] == "GET" else []
            kept = made
            self._keep(key, kept)
        return _answer(kept, environ, start_response)

    def _key(self, environ: dict[str, Any]) -> Key | None:
        """What the answer depends on; None if it may depend on more."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        query = environ.get("QUERY_STRING", "")
        if len(query) > LONGEST_QUERY or "HTTP_AUTHORIZATION" in environ:
            return None
        zone = theme = ""
        if sent := environ.get("HTTP_COOKIE"):
            cookies = parse_cookie(sent)
            if self.session_cookie in cookies:
                return None
            zone = chosen if (chosen := cookies.get("tz", "")) in zone_names() else ""
            theme = chosen if (chosen := cookies.get("theme", "")) in THEMES else ""
        language = best_language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        root, path = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
        return Key(root, path, query, zone, theme, language)

    def _is_marked(self, environ: dict[str, Any]) -> bool:
        try:
            endpoint, _values = self.app.url_map.bind("here").match(environ.get("PATH_INFO", ""), "GET")
        except HTTPException:
            return False
        return getattr(self.app.view_functions.get(endpoint), "kept_for_visitors", False)

    def _make(self, environ: dict[str, Any], stamp: Stamp) -> "Kept | Other":
        whole = {name: value for name, value in environ.items() if name not in _ASKS_FOR_LESS}
        whole["REQUEST_METHOD"] = "GET"
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            begun[:] = [(status, headers)]

        answer = self.inner(whole, start)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        ((status, headers),) = begun
        found = Headers(headers)
        if not status.startswith("200 ") or "Set-Cookie" in found or len(body) > LARGEST:
            return Other(status, headers, body)
        return _kept(stamp, found, body)

    def _keep(self, key: Key, kept: Kept) -> None:
        with self._lock:
            if (earlier := self.kept.pop(key, None)) is not None:
                self._bytes -= _weight(earlier)
            self.kept[key] = kept
            self._bytes += _weight(kept)
            while self._bytes > MOST_BYTES:
                oldest = self.kept.pop(next(iter(self.kept)))
                self._bytes -= _weight(oldest)


class Other(NamedTuple):
    """An answer that is not kept."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def _make_readable(environ: dict[str, Any]) -> None:
    """Replace what is no text in the cookies, which others of the same domain may have set: werkzeug fails at it."""
    sent: str = environ.get("HTTP_COOKIE", "")
    if not sent.isascii():
        environ["HTTP_COOKIE"] = sent.encode("latin-1").decode("utf-8", "replace").encode().decode("latin-1")


def _weight(kept: Kept) -> int:
    return len(kept.body) + len(kept.packed) + AROUND


def _kept(stamp: Stamp, found: Headers, body: bytes) -> Kept:
    etag = found.get("ETag", "").removeprefix("W/").strip('"') or hashlib.sha256(body).hexdigest()
    for name in ("ETag", "Content-Length"):
        found.remove(name)
    vary = [part.strip() for part in found.get("Vary", "").split(",") if part.strip()]
    if "Accept-Encoding" not in vary:
        vary.append("Accept-Encoding")
    found["Vary"] = ", ".join(vary)
    packed = gzip.compress(body, mtime=0)
    common = list(found)
    plain = [*common, ("ETag", f'"{etag}"'), ("Content-Length", str(len(body)))]
    small = [*common, ("ETag", f'W/"{etag}"'), ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
    bare = [(name, value) for name, value in common if name != "Content-Type"]
    return Kept(stamp, etag, found.get("Last-Modified", ""), body, packed, plain, small, bare)


def _answer(kept: Kept, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    is_packed = _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if ("HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ) and _has_it(kept, environ):
        tag = f'W/"{kept.etag}"' if is_packed else f'"{kept.etag}"'
        start_response("304 NOT MODIFIED", [*kept.bare, ("ETag", tag)])
        return []
    start_response("200 OK", kept.packed_headers if is_packed else kept.headers)
    if environ["REQUEST_METHOD"] == "HEAD":
        return []
    return [kept.packed if is_packed else kept.body]


def _has_it(kept: Kept, environ: dict[str, Any]) -> bool:
    tag = environ.get("HTTP_IF_NONE_MATCH", "")
    if tag.removeprefix("W/") == f'"{kept.etag}"':
        return True
    return condition(Request(environ)).holds(kept.etag, parse_date(kept.modified))


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted).quality("gzip") > 0
