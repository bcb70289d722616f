"""Tokens that work once: issued, looked at without using them up, spent."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from flask import has_request_context, session
from sqlalchemy import delete, or_, update

from workshop_manager.accounts import queries
from workshop_manager.accounts.models import OneTimeToken
from workshop_manager.accounts.rules import LIFETIMES, SESSION, in_time
from workshop_manager.accounts.states import Purpose
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork

DOUBLE_CLICK = timedelta(seconds=60)
"""A second click on the same button, from the same browser, gets the same answer within this time."""


def issue(
    uow: UnitOfWork, purpose: Purpose, *, person_id: int | None = None, email: str | None = None, **details: Any
) -> str:
    """A new token; its hash is stored, the token itself goes out and is nowhere else."""
    token = new_token()
    if details.get("next"):
        details["next"] = _lock_of(token).encrypt(details["next"].encode()).decode()
    uow.session.add(
        OneTimeToken(
            token_hash=token_hash(token),
            purpose=purpose,
            person_id=person_id,
            email=email,
            details=details,
            created_at=uow.now,
        )
    )
    uow.session.flush()
    return token


def look_at(uow: UnitOfWork, purpose: Purpose, token: str) -> OneTimeToken | None:
    """The token if it would work now, or was used by this very browser a moment ago. Uses nothing up."""
    return _valid(uow, queries.find_token(uow.session, purpose, token_hash(token), lock=False))


def next_of(found: OneTimeToken, token: str) -> str:
    """Where its bearer was going; "" for nowhere.

    Such an address may hold a secret itself, that of an invitation, so only whoever has the token can read it.
    """
    try:
        return _lock_of(token).decrypt(found.details.get("next", "")).decode()
    except InvalidToken:
        return ""


def _lock_of(token: str) -> Fernet:
    return Fernet(urlsafe_b64encode(hashlib.sha256(f"next {token}".encode()).digest()))


def spend(uow: UnitOfWork, purpose: Purpose, token: str) -> OneTimeToken | None:
    """Use the token up. None if it is unknown, too old, for something else, or was used before by another browser."""
    found = _valid(uow, queries.find_token(uow.session, purpose, token_hash(token), lock=True))
    if found is not None and found.used_at is None:
        found.used_at, found.used_by = uow.now, _browser()
        uow.session.flush()
    return found


def lock(uow: UnitOfWork, purpose: Purpose, token: str) -> OneTimeToken | None:
    """As `look_at`, but nobody else can use it until this transaction ends."""
    return _valid(uow, queries.find_token(uow.session, purpose, token_hash(token), lock=True))


def forget_for(uow: UnitOfWork, person_id: int, email: str, keep: OneTimeToken | None = None) -> None:
    """End every token of this person: after a new password, address or factor, old links open nothing.

    `keep`: the one being used just now, which a second click may bring again. What they typed opens nothing and stays:
    somebody who chooses a new password in order to sign in wants it back.
    """
    uow.session.execute(
        delete(OneTimeToken)
        .where(or_(OneTimeToken.person_id == person_id, OneTimeToken.email == email))
        .where(OneTimeToken.id != (keep.id if keep else 0), OneTimeToken.purpose != Purpose.TYPED)
    )


def remove(uow: UnitOfWork, purpose: Purpose, tokens: Iterable[str]) -> None:
    """Remove these tokens and what they carry."""
    hashes = [token_hash(token) for token in tokens]
    uow.session.execute(
        delete(OneTimeToken).where(OneTimeToken.token_hash.in_(hashes), OneTimeToken.purpose == purpose)
    )


def hand_over_typed(uow: UnitOfWork, from_id: int, to_id: int) -> None:
    """What one account typed waits for another's owner: they are the same person."""
    typed = update(OneTimeToken).where(OneTimeToken.purpose == Purpose.TYPED, OneTimeToken.person_id == from_id)
    uow.session.execute(typed.values(person_id=to_id))


def forget_typed(uow: UnitOfWork, person_id: int | None = None) -> None:
    """Remove what was typed too long ago, or all of it that is this person's."""
    typed = delete(OneTimeToken).where(OneTimeToken.purpose == Purpose.TYPED)
    too_old = OneTimeToken.created_at < uow.now - LIFETIMES[Purpose.TYPED]
    uow.session.execute(typed.where(too_old if person_id is None else OneTimeToken.person_id == person_id))


def forget_old(uow: UnitOfWork) -> None:
    """Remove tokens that can no longer work."""
    forget_typed(uow)
    uow.session.execute(delete(OneTimeToken).where(OneTimeToken.created_at < uow.now - SESSION))


def _valid(uow: UnitOfWork, found: OneTimeToken | None) -> OneTimeToken | None:
    if found is None or not in_time(found.created_at, LIFETIMES[found.purpose], uow.now):
        return None
    if found.used_at is None:
        return found
    mark = _browser()
    is_double_click = mark is not None and found.used_by == mark and uow.now - found.used_at <= DOUBLE_CLICK
    return found if is_double_click else None


def _browser() -> str | None:
    """Names the browser by the secret in its own session that also guards its forms."""
    own = session.get("csrf_token") if has_request_context() else None
    return token_hash(own) if isinstance(own, str) else None
