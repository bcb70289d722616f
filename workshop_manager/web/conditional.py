"""Conditional requests (RFC 9110 §8.8, §13): what the asker has already, which is only compared, never trusted."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flask import request
from werkzeug.wrappers import Request

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
MOST_TAGS = 50


@dataclass(frozen=True, slots=True)
class Condition:
    """What the asker has already: tags (weak or strong, alike), `*`, or the date of what they last got."""

    tags: frozenset[str]
    any_tag: bool
    since: datetime | None
    gzip: bool

    def holds(self, etag: str, modified_at: datetime | None) -> bool:
        """True if they have it: 304. Tags beat the date (RFC 9110 §13.2.2)."""
        if self.any_tag or etag in self.tags:
            return True
        if self.tags or self.since is None or modified_at is None:
            return False
        return modified_at <= self.since


def condition(asked: Request | None = None) -> Condition:
    """The conditions of this request. A date that is none, and a tag that cannot be one, count as not sent."""
    asked = asked or request
    sent = asked.headers.get("If-None-Match", "")
    tags = frozenset(_TAG.findall(sent)[:MOST_TAGS])
    since = None
    if not sent:
        since = _date(asked.headers.get("If-Modified-Since", ""))
    elif not tags and sent.strip() != "*":
        # Sent, but nothing of ours: it still rules out the date.
        tags = frozenset({""})
    return Condition(tags, sent.strip() == "*", since, asked.accept_encodings.quality("gzip") > 0)


def _date(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
        return found.astimezone(UTC) if found.tzinfo else None  # the last day of year 9999 has no later hour
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
