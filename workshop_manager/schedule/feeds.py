"""Calendars over HTTP: conditional requests answered first, the same bytes for the same schedule (RFC 9110 §8.8, §13).

A calendar program asks again for years. What it sends is only compared, never trusted; nothing here reads a session,
sets a cookie or writes.
"""

import gzip
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flask import Response
from werkzeug.http import http_date

from workshop_manager.schedule import calendar
from workshop_manager.schedule.programme import Programme
from workshop_manager.web.conditional import Condition

CALENDAR = "text/calendar; charset=utf-8"
PUBLIC = "public, no-cache"
PRIVATE = "private, no-cache"


def answer(
    asked: Condition,
    *,
    etag: str,
    modified_at: datetime | None,
    body: bytes | None,
    is_gzip: bool,
    cache: str = PUBLIC,
    content_type: str = CALENDAR,
) -> Response:
    """200 with the bytes, or 304 without. The compressed form has a weak tag: the same content in other bytes."""
    if asked.holds(etag, modified_at) or body is None:
        response = Response(status=304)
        del response.headers["Content-Type"]
    else:
        response = Response(body, content_type=content_type)
        if is_gzip:
            response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = f'W/"{etag}"' if is_gzip else f'"{etag}"'
    if modified_at is not None:
        response.headers["Last-Modified"] = http_date(modified_at)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = cache
    if cache == PRIVATE:
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def answer_made(
    asked: Condition,
    made: bytes,
    modified_at: datetime | None,
    cache: str = PUBLIC,
    etag: str = "",
    *,
    content_type: str = CALENDAR,
) -> Response:
    """The answer for what is made for the request; its tag is that of its bytes unless given."""
    etag = etag or hashlib.sha256(made).hexdigest()
    body = gzip.compress(made, mtime=0) if asked.gzip else made
    return answer(
        asked,
        etag=etag,
        modified_at=modified_at,
        body=body,
        is_gzip=asked.gzip,
        cache=cache,
        content_type=content_type,
    )


@dataclass(frozen=True, slots=True)
class Packed:
    """An export as it is kept in memory: compressed, with the tag of its bytes."""

    etag: str
    packed: bytes


def packed(made: bytes) -> Packed:
    """An export compressed once, for everybody who asks."""
    return Packed(hashlib.sha256(made).hexdigest(), gzip.compress(made, mtime=0))


def answer_packed(asked: Condition, kept: Packed, content_type: str) -> Response:
    """The answer of an export that is kept. It has no Last-Modified, since a tag that names the bytes cannot be late:
    a name, a place or a colour of the edition is in them too.
    """
    is_known = asked.holds(kept.etag, None)
    body = None if is_known else kept.packed if asked.gzip else gzip.decompress(kept.packed)
    return answer(asked, etag=kept.etag, modified_at=None, body=body, is_gzip=asked.gzip, content_type=content_type)


@lru_cache(maxsize=256)
def empty_feed(name: str, zone: str, url: str, colour: str, domain: str) -> bytes:
    """The calendar before the first release: valid, empty, and the same bytes each time."""
    return calendar.feed(Programme(domain, name, zone, (), url), name=name, url=url, colour=colour)
