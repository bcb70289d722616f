"""Calendars over HTTP: conditional requests answered first, the same bytes for the same schedule (RFC 9110 §8.8, §13).

A calendar program asks again for years. What it sends is only compared, never trusted; nothing here reads a session,
sets a cookie or writes.
"""

import gzip
import hashlib
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
) -> Response:
    """200 with the calendar, or 304 without. The compressed form has a weak tag: the same content in other bytes."""
    if asked.holds(etag, modified_at) or body is None:
        response = Response(status=304)
        del response.headers["Content-Type"]
    else:
        response = Response(body, content_type=CALENDAR)
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
    asked: Condition, ics: bytes, modified_at: datetime | None, cache: str = PUBLIC, etag: str = ""
) -> Response:
    """The answer for a calendar that is made for the request; its tag is that of its bytes unless given."""
    etag = etag or hashlib.sha256(ics).hexdigest()
    body = gzip.compress(ics, mtime=0) if asked.gzip else ics
    return answer(asked, etag=etag, modified_at=modified_at, body=body, is_gzip=asked.gzip, cache=cache)


@lru_cache(maxsize=256)
def empty_feed(name: str, zone: str, url: str, colour: str, domain: str) -> bytes:
    """The calendar before the first release: valid, empty, and the same bytes each time."""
    return calendar.feed(Programme(domain, name, zone, (), url), name=name, url=url, colour=colour)
