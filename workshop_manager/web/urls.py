"""Addresses for mails and calendars: built from the configured base address, never from the request's Host header."""

from typing import Any

from flask import current_app, request

from workshop_manager.web.request import settings

_LONGEST = 2000


def absolute(endpoint: str, **values: Any) -> str:
    """The full address of an endpoint."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return settings().base_url + path


def is_local(target: str) -> bool:
    """True for a path on this site: one slash, no scheme, no backslash, no control character, of a usual length."""
    return (
        len(target) <= _LONGEST
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and "\\" not in target
        and all(32 < ord(c) < 127 for c in target)
    )


def next_address(fallback: str) -> str:
    """Where `next=` asks to go, if that is a page of this site; the fallback otherwise."""
    asked = request.values.get("next", "")
    return asked if is_local(asked) else fallback
