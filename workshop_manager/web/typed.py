"""What somebody typed into a form, when the session it was typed in is over: read here, kept by whoever knows people.

A POST to a page for signed-in people that comes without a session, or with the token of an earlier one, is carried out
by nothing. Before it is answered, `rescue` asks the keeper (`accounts` is one) to hold on to what it says.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from workshop_manager.web import once
from workshop_manager.web.access import Access
from workshop_manager.web.request import settings, unit
from workshop_manager.web.urls import is_local

LONGEST_ADDRESS = 1000
MOST_SHOWN = 500
_SECRET = re.compile(r"passw|passport|passphrase|secret|token|csrf|credential|sealed|otp|selfid")
_SECRET_LAST = frozenset({"code", "pin", "present"})
"""`access_code` is a secret, `code_of_conduct` is not; `present` is the present password."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that came too late: where it was going, its fields in order, and the files that came with it by name."""

    address: str
    endpoint: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    had_secrets: bool

    @property
    def size(self) -> int:
        """Bytes of names and values."""
        return sum(len(part.encode("utf-8", "replace")) for field in (*self.fields, *self.files) for part in field)


@dataclass(frozen=True, slots=True)
class Keeper:
    """`keep` answers instead of losing it, or returns None; `sent` hears of every form that was carried out."""

    keep: Callable[[Typed], Response | None]
    sent: Callable[[str], None]


def keep_with(app: Flask, keeper: Keeper) -> None:
    """Name who keeps what was typed."""
    app.extensions["typed_keeper"] = keeper


def rescue(declared: Access | None) -> Response | None:
    """An answer that keeps what was typed, for a form that cannot be carried out now; None if there is none to keep."""
    keeper: Keeper | None = current_app.extensions.get("typed_keeper")
    if keeper is None or declared is None or not declared.personal or not _is_from_our_own_page():
        return None
    typed = _read()
    answer = keeper.keep(typed) if typed is not None else None
    if answer is not None:
        unit().commit()
    return answer


def was_sent() -> None:
    """Called for each form that was carried out, in its transaction."""
    keeper: Keeper | None = current_app.extensions.get("typed_keeper")
    key = request.form.get(once.FIELD, "")
    if keeper is not None and key:
        keeper.sent(key)


def is_secret(name: str) -> bool:
    """True for a field whose value is never kept: passwords, codes, tokens, passports, who one says one is."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    return _SECRET.search(name.lower()) is not None or words[-1] in _SECRET_LAST


def _read() -> Typed | None:
    """The form of this request; None if nothing was typed, or the address is itself a secret or not of this site."""
    address = quote(request.script_root + request.path, safe="/:@!$&'()*+,;=~-._")
    if query := request.query_string.decode("ascii", "replace"):
        address += f"?{query}"
    if not is_local(address) or len(address) > LONGEST_ADDRESS or "token" in (request.view_args or {}):
        return None
    sent = [(n, v) for n, v in request.form.items(multi=True) if n not in (once.FIELD, "csrf_token")]
    fields = tuple((n, v) for n, v in sent if not is_secret(n))
    if not any(value.strip() for _name, value in fields):
        return None
    files = tuple((n, f.filename) for n, f in request.files.items(multi=True) if f.filename)
    return Typed(address, request.endpoint or "", fields, files, had_secrets=len(fields) < len(sent))


def label_of(name: str) -> str:
    """`authors-0-name` reads “Authors 1 name”: a form's own labels are not sent with it."""
    words = [word for word in re.split(r"[-_\s]+", name) if word]
    label = " ".join(str(int(word) + 1) if re.fullmatch(r"[0-9]{1,3}", word) else word for word in words)
    return label[:1].upper() + label[1:]


def to_copy() -> list[tuple[str, str]]:
    """What a refused form held, as (label, text), to be shown once more and copied; nothing of another site's form."""
    says_nothing = not any(name in request.headers for name in ("Sec-Fetch-Site", "Origin", "Referer"))
    if request.method != "POST" or not (says_nothing or _is_said_to_be_ours()):
        return []
    found = _read()
    if found is None or len(found.fields) > MOST_SHOWN:
        return []
    return [
        (label_of(name), value) for name, value in found.fields if value.strip() and name not in ("next", "version")
    ]


def _is_from_our_own_page() -> bool:
    """True if the browser says that a page of this site sent the form, and the form's token was made here.

    The token need not be of this session, which is what is gone. Without the browser's word nothing is kept: another
    site must not be able to put words into somebody's mouth.
    """
    return request.method == "POST" and _has_our_token() and _is_said_to_be_ours()


def _is_said_to_be_ours() -> bool:
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":  # a script, which reads no page
        return False
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return _is_own(origin)
    return site is not None or _is_own(request.headers.get("Referer", ""))


def _is_own(address: str) -> bool:
    return _origin(address) in {_origin(settings().base_url), _origin(request.host_url)}


def _origin(address: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return (parts.scheme, parts.netloc) if parts.scheme in ("http", "https") and parts.netloc else None


def _has_our_token() -> bool:
    try:
        URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token").loads(
            request.form.get("csrf_token", "")
        )
    except BadData:
        return False
    return True
