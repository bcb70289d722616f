"""What was typed into a form whose session had ended: kept on the server for this browser until its owner is back.

The browser's session holds one token a form, the database its hash and the text, as with every `OneTimeToken`. It
belongs to the person whose session ended if that is known, otherwise to whoever signs in next in this browser.
"""

from collections.abc import Sequence
from typing import Any

from flask import session, url_for

from workshop_manager.accounts import one_time, queries
from workshop_manager.accounts.models import OneTimeToken, Person
from workshop_manager.accounts.rules import LIFETIMES
from workshop_manager.accounts.states import Purpose
from workshop_manager.core.tokens import token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.web.typed import Typed

KEY = "typed"
"""Session key of the tokens."""
MOST_BYTES, MOST_FIELDS, MOST_FORMS = 200_000, 500, 5


def fits(uow: UnitOfWork, typed: Typed) -> bool:
    """True if there is room for it: a very long text, or a sixth form in one browser, is not kept."""
    fields = len(typed.fields) + len(typed.files)
    return typed.size <= MOST_BYTES and fields <= MOST_FIELDS and len(_rows(uow)) < MOST_FORMS


def keep(uow: UnitOfWork, typed: Typed, person_id: int | None) -> None:
    """Keep it for this browser. `person_id`: whose it is, if that is known."""
    one_time.forget_typed(uow)
    token = one_time.issue(
        uow,
        Purpose.TYPED,
        person_id=person_id,
        address=typed.address,
        endpoint=typed.endpoint,
        fields=[list(field) for field in typed.fields],
        files=[list(file) for file in typed.files],
        had_secrets=typed.had_secrets,
    )
    alive = {row.token_hash for row in _rows(uow)}
    session[KEY] = [*(t for t in _tokens() if token_hash(t) in alive), token]


def forms_of(uow: UnitOfWork, person: Person) -> list[tuple[str, OneTimeToken]]:
    """What this browser holds for this person, oldest first, each with the key that its form is sent with."""
    keys = {token_hash(token): once_key(token) for token in _tokens()}
    return [(keys[row.token_hash], row) for row in _rows(uow) if row.person_id == person.id]


def way(uow: UnitOfWork, person: Person, otherwise: str) -> str:
    """Where to go after signing in: to what was typed, if there is anything."""
    is_there = any(row.person_id in (None, person.id) for row in _rows(uow))
    return url_for("accounts.kept_forms") if is_there else otherwise


def is_waiting(uow: UnitOfWork) -> bool:
    """True if this browser holds something, whoever's it is."""
    return bool(_rows(uow))


def claim(uow: UnitOfWork, person: Person) -> None:
    """Somebody signs in here: what had no owner is theirs from now on, and nobody else's."""
    for row in _rows(uow):
        if row.person_id is None:
            row.person_id = person.id


def carry() -> dict[str, Any]:
    """What a new session of this browser takes over."""
    return {KEY: session[KEY]} if KEY in session else {}


def sent(uow: UnitOfWork, key: str) -> None:
    """A form was carried out: if it was one of these, it need not be kept any longer."""
    for token in _tokens():
        if once_key(token) == key:
            _forget(uow, [token])


def leave(uow: UnitOfWork, person: Person, name: str) -> str | None:
    """Forget the form of that name (see `name_of`), if it is this person's; gives the address it was going to."""
    for row in _rows(uow):
        if row.person_id == person.id and name_of(row) == name:
            address = str(row.details["address"])
            _forget(uow, [token for token in _tokens() if token_hash(token) == row.token_hash])
            return address
    return None


def after_sign_out(uow: UnitOfWork, person_id: int | None) -> dict[str, Any]:
    """Forget what was theirs; what the session that follows takes over is another person's."""
    others = {row.token_hash for row in _rows(uow) if row.person_id not in (None, person_id)}
    _forget(uow, [token for token in _tokens() if token_hash(token) not in others])
    return carry()


def once_key(token: str) -> str:
    """The key its form is sent with: sent from two tabs, it is still one form."""
    return token_hash(f"once {token}")[:32]


def name_of(row: OneTimeToken) -> str:
    """Names a kept form in another form without giving its whole hash away."""
    return row.token_hash[:16]


def _tokens() -> list[str]:
    found = session.get(KEY, [])
    return [token for token in found if isinstance(token, str)] if isinstance(found, list) else []


def _rows(uow: UnitOfWork) -> Sequence[OneTimeToken]:
    tokens = _tokens()
    if not tokens:
        return ()
    since = uow.now - LIFETIMES[Purpose.TYPED]
    return queries.tokens_since(uow.session, Purpose.TYPED, [token_hash(token) for token in tokens], since)


def _forget(uow: UnitOfWork, tokens: Sequence[str]) -> None:
    one_time.remove(uow, Purpose.TYPED, tokens)
    left = [token for token in _tokens() if token not in tokens]
    if left:
        session[KEY] = left
    else:
        session.pop(KEY, None)
