"""Every select of this package. Rows come without relationships; passkeys are asked for by themselves."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import OneTimeToken, Passkey, Person, SignIn
from workshop_manager.accounts.rules import CLOCK_SLACK, SESSION, NotAnAddress, normalise_email
from workshop_manager.accounts.states import Purpose


def find_by_email(session: Session, email: str) -> Person | None:
    """The person with this address, however it was spelled; disabled people included, erased ones have none.

    The address of an account that ended in another one is that one's.
    """
    try:
        address = normalise_email(email)
    except NotAnAddress:
        return None
    found = session.execute(select(Person).where(Person.email == address)).scalar_one_or_none()
    if found is not None and found.merged_into_id is not None:
        return session.get_one(Person, found.merged_into_id)
    return found


def merged_into(session: Session, person_id: int) -> Sequence[Person]:
    """The accounts that ended in this one, oldest first."""
    return session.scalars(select(Person).where(Person.merged_into_id == person_id).order_by(Person.id)).all()


def by_address(session: Session, people: Iterable[Person]) -> dict[str, Person]:
    """These people by their address in small letters, and by those of the accounts that ended in theirs."""
    found = {person.id: person for person in people}
    gone = select(Person.email, Person.merged_into_id).where(Person.merged_into_id.in_(found)) if found else None
    rows = session.execute(gone) if gone is not None else ()
    old = {email.casefold(): found[into] for email, into in rows if into is not None}
    return old | {person.email.casefold(): person for person in found.values()}


def hold_sign_ins(session: Session, person_id: int) -> None:
    """Wait for every request that writes in this person's name, and let none begin before this transaction ends."""
    session.execute(select(SignIn.key_hash).where(SignIn.person_id == person_id).with_for_update()).all()


def find_person(session: Session, person_id: int) -> Person | None:
    """The person of this number, erased or not."""
    return session.get(Person, person_id)


def people_by_id(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    """These people by their number, in one query."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    return {p.id: p for p in session.scalars(select(Person).where(Person.id.in_(wanted)))}


def lock_person(session: Session, person_id: int) -> Person | None:
    """The person's row, locked and read anew: two requests with one code must not both find it unused."""
    query = select(Person).where(Person.id == person_id).with_for_update()
    return session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()


# Asked by every request of somebody signed in: put together once.
_SIGN_IN = (
    select(Person, SignIn)
    .join(SignIn, SignIn.person_id == Person.id)
    .where(SignIn.key_hash == bindparam("key_hash"), Person.active.is_(True))
    .where(SignIn.created_at > bindparam("oldest"), SignIn.created_at <= bindparam("newest"))
)
_HELD_SIGN_IN = _SIGN_IN.with_for_update(of=SignIn)


def find_sign_in(session: Session, key_hash: str, now: datetime, *, hold: bool = False) -> tuple[Person, SignIn] | None:
    """Whose session this is, and the session; None if it has ended, is too old, or the person is disabled.

    `hold`: it cannot end before this transaction does, so that nothing is written in the name of a deleted account.
    For itself alone: of two clicks on "Sign out", each would otherwise wait for the other to let go.
    """
    asked = {"key_hash": key_hash, "oldest": now - SESSION, "newest": now + CLOCK_SLACK}
    row = session.execute(_HELD_SIGN_IN if hold else _SIGN_IN, asked).one_or_none()
    return (row[0], row[1]) if row else None


def sign_ins_of(session: Session, person_id: int, now: datetime, most: int = 50) -> Sequence[SignIn]:
    """A person's sessions that still hold, newest first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.created_at > now - SESSION)
        .order_by(SignIn.created_at.desc(), SignIn.key_hash)
        .limit(most)
    ).all()


def passkeys_of(session: Session, person_id: int) -> Sequence[Passkey]:
    """A person's passkeys, in the order of adding."""
    return session.scalars(select(Passkey).where(Passkey.user_id == person_id).order_by(Passkey.id)).all()


def find_passkey(session: Session, person_id: int, passkey_id: int) -> Passkey | None:
    """A passkey of this very person."""
    return session.execute(
        select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == person_id)
    ).scalar_one_or_none()


def lock_passkey(session: Session, credential_id: bytes) -> tuple[Passkey, Person] | None:
    """The passkey a browser answers with, locked (its counter must not be used twice), and whose it is."""
    row = session.execute(
        select(Passkey, Person)
        .join(Person, Person.id == Passkey.user_id)
        .where(Passkey.credential_id == credential_id, Person.active.is_(True))
        .with_for_update()
    ).one_or_none()
    return (row[0], row[1]) if row else None


def find_token(session: Session, purpose: Purpose, token_hash: str, *, lock: bool) -> OneTimeToken | None:
    """The token of this purpose, used or not."""
    query = select(OneTimeToken).where(OneTimeToken.token_hash == token_hash, OneTimeToken.purpose == purpose)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def tokens_since(
    session: Session, purpose: Purpose, token_hashes: Iterable[str], since: datetime
) -> Sequence[OneTimeToken]:
    """Those of these tokens that are of this purpose, unused and younger than that, oldest first."""
    return session.scalars(
        select(OneTimeToken)
        .where(OneTimeToken.token_hash.in_(set(token_hashes)), OneTimeToken.purpose == purpose)
        .where(OneTimeToken.created_at > since, OneTimeToken.used_at.is_(None))
        .order_by(OneTimeToken.id)
    ).all()


def person_of_sign_in(session: Session, key_hash: str) -> int | None:
    """Whose session this was, also when it is too old to sign anybody in."""
    return session.execute(select(SignIn.person_id).where(SignIn.key_hash == key_hash)).scalar_one_or_none()
