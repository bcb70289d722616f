"""Two clicks, two tabs, a resent form: one record and the same answer (Stripe's rule for idempotency keys).

A form made by `form_open` carries a key of its own. The key is stored in the transaction of what the form did, with the
address it led to. The same key again gets that address; the same key with other content is refused.

Of the content only a digest is kept, made with a key of the site's, since what is typed may be short enough to be
guessed; the address is kept sealed, since it may hold a token.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import IO

from flask import g, redirect, request
from sqlalchemy import String, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response

from workshop_manager.core.database import Base
from workshop_manager.core.errors import Conflict
from workshop_manager.core.sealed import Sealed
from workshop_manager.core.shown import PRIVATE
from workshop_manager.core.tokens import derived_key
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.web.request import settings, unit, viewer_person

FIELD = "once"
KEPT = timedelta(days=7)


class OnceKey(Base):
    """A form that was carried out, and where it led."""

    __tablename__ = "once_keys"
    __table_args__ = {"info": PRIVATE}

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    content: Mapped[str] = mapped_column(String(64))
    location: Mapped[str] = mapped_column(Sealed())
    at: Mapped[datetime] = mapped_column(index=True)


def new_key() -> str:
    """A key for one rendering of one form; keeps the one that was sent, when the form comes back with an error."""
    sent = request.form.get(FIELD, "") if request.method == "POST" else ""
    return sent if 16 <= len(sent) <= 40 else secrets.token_urlsafe(18)


def _key() -> str | None:
    sent = request.form.get(FIELD, "")
    if not 16 <= len(sent) <= 40:
        return None
    person = viewer_person()
    return f"{person.id if person else 0}:{sent}"


def _content() -> str:
    """A digest of what was sent. The CSRF token differs between two tabs and does not count."""
    if "once_content" not in g:
        digest = hmac.new(derived_key(settings().site_secret_key, "forms"), digestmod=hashlib.sha256)
        parts = [request.path]
        parts += [f"{k}={v}" for k, v in sorted(request.form.items(multi=True)) if k not in (FIELD, "csrf_token")]
        for name, file in sorted(request.files.items(multi=True), key=lambda sent: sent[0]):
            parts += [f"{name}:{file.filename}", _digest(file.stream)]
        digest.update("\x00".join(parts).encode("utf-8", "surrogatepass"))
        g.once_content = digest.hexdigest()
    return str(g.once_content)


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(262_144):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def replay() -> Response | None:
    """The answer given to this very form before, or None if it is new."""
    key = _key()
    if key is None:
        return None
    uow = unit()
    if not uow.is_sqlite:
        # Two copies at the same moment: the second waits here until the first has committed, then finds its answer.
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
        uow.session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": number})
    earlier = uow.session.execute(select(OnceKey).where(OnceKey.key == key)).scalar_one_or_none()
    g.once_key = key
    content = _content()  # before a view has read the files
    if earlier is None:
        return None
    if earlier.content != content:
        raise Conflict("This form was already sent with other content. Open the page again to send a changed one.")
    return redirect(earlier.location, 303)


def remember(response: Response) -> None:
    """Store where the form led, in its own transaction."""
    key = g.get("once_key")
    if key and response.status_code in (302, 303):
        uow = unit()
        location = response.headers["Location"]
        uow.session.add(OnceKey(key=key, content=_content(), location=location, at=uow.now))
        uow.session.flush()


def forget_old(uow: UnitOfWork) -> None:
    """Remove keys that are older than a week."""
    uow.session.execute(delete(OnceKey).where(OnceKey.at < uow.now - KEPT))
