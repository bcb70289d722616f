"""Sessions that live on the server. The cookie holds a random key; the database holds its hash and whose it is."""

from datetime import timedelta

from flask import request, session
from sqlalchemy import delete, select

from workshop_manager.accounts.models import Person, SignIn
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.web.request import forget_viewer, unit

KEY = "sid"
LASTS = timedelta(days=14)


def start(uow: UnitOfWork, person: Person) -> None:
    """Sign this person in: a new session, whatever key came from outside (ASVS V7.2.4)."""
    keep = {k: v for k, v in session.items() if k.startswith("_flashes")}
    session.clear()
    session.update(keep)
    key = new_token()
    session[KEY] = key
    session.permanent = True
    browser = request.headers.get("User-Agent", "")[:200]
    uow.session.add(
        SignIn(key_hash=token_hash(key), person_id=person.id, created_at=uow.now, seen_at=uow.now, browser=browser)
    )
    uow.session.flush()
    forget_viewer()


def end(uow: UnitOfWork) -> None:
    """Sign out: the session is gone on the server too."""
    key = session.pop(KEY, None)
    if key:
        uow.session.execute(delete(SignIn).where(SignIn.key_hash == token_hash(key)))
    session.clear()
    forget_viewer()


def end_others(uow: UnitOfWork, person: Person) -> None:
    """End every other session of this person: after a new password, a reset, a new factor (ASVS V7.4.3)."""
    key = session.get(KEY, "")
    uow.session.execute(delete(SignIn).where(SignIn.person_id == person.id, SignIn.key_hash != token_hash(key)))


def current_person() -> Person | None:
    """Who this request's session belongs to; one query, and none without a session cookie."""
    key = session.get(KEY)
    if not isinstance(key, str):
        return None
    uow = unit()
    found = uow.session.execute(
        select(Person)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.key_hash == token_hash(key), Person.active.is_(True))
        .where(SignIn.created_at > uow.now - LASTS)
    ).scalar_one_or_none()
    return found
