"""Sessions that live on the server. The cookie holds a random key; the database holds its hash and whose it is."""

from datetime import timedelta

from flask import g, has_request_context, request, session
from sqlalchemy import delete

from workshop_manager.accounts import kept, queries
from workshop_manager.accounts.models import Person, SignIn
from workshop_manager.accounts.rules import FRESH, SESSION
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.web.request import WRITING_METHODS, forget_viewer, unit, viewer_person

KEY = "sid"
WHOSE = "whose"
"""Session key of the person signed in: names them to this browser still when the session has ended elsewhere."""
SEEN_EVERY = timedelta(hours=1)


def start(uow: UnitOfWork, person: Person, method: str = "") -> None:
    """Sign this person in: a new session, whatever key came from outside (ASVS V7.2.4). `method`: by what."""
    _end_present(uow)
    keep = {k: v for k, v in session.items() if k.startswith("_flashes")} | kept.carry()
    session.clear()
    session.update(keep)
    kept.claim(uow, person)
    key = new_token()
    session[KEY], session[WHOSE] = key, person.id
    session.permanent = True
    browser = request.headers.get("User-Agent", "")[:200]
    uow.session.add(
        SignIn(
            key_hash=token_hash(key),
            person_id=person.id,
            created_at=uow.now,
            seen_at=uow.now,
            browser=browser,
            method=method,
        )
    )
    uow.session.flush()
    forget_viewer()


def start_afresh(uow: UnitOfWork) -> None:
    """A visitor's empty session, whoever was signed in before: between the two steps of signing in."""
    _end_present(uow)
    keep = kept.carry()
    session.clear()
    session.update(keep)
    forget_viewer()


def end(uow: UnitOfWork) -> None:
    """Sign out: the session is gone on the server too."""
    person = viewer_person()
    _end_present(uow)
    keep = kept.after_sign_out(uow, person.id if person else None)
    session.clear()
    session.update(keep)
    forget_viewer()


def end_others(uow: UnitOfWork, person: Person) -> None:
    """End every other session of this person: after a new password, a reset, a new factor (ASVS V7.4.3)."""
    key = str(session.get(KEY, "")) if has_request_context() else ""
    uow.session.execute(delete(SignIn).where(SignIn.person_id == person.id, SignIn.key_hash != token_hash(key)))


def end_all(uow: UnitOfWork, person_id: int) -> None:
    """End every session of this person."""
    uow.session.execute(delete(SignIn).where(SignIn.person_id == person_id))


def end_one(uow: UnitOfWork, person: Person, name: str) -> bool:
    """End the session of that name (see `name_of`); False if this person has none such."""
    for sign_in in queries.sign_ins_of(uow.session, person.id, uow.now):
        if name_of(sign_in) == name:
            uow.session.delete(sign_in)
            return True
    return False


def name_of(sign_in: SignIn) -> str:
    """Names a session in a form without giving its whole hash away."""
    return sign_in.key_hash[:16]


def current_person() -> Person | None:
    """Who this request's session belongs to; one query, and none without a session cookie."""
    key = session.get(KEY)
    if not isinstance(key, str):
        return None
    uow = unit()
    found = queries.find_sign_in(uow.session, token_hash(key), uow.now, hold=request.method in WRITING_METHODS)
    if found is None:
        return None
    person, sign_in = found
    g.sign_in = sign_in
    if request.method in WRITING_METHODS and uow.now - sign_in.seen_at > SEEN_EVERY:
        sign_in.seen_at = uow.now  # never on GET, which writes nothing
    return person


def current_sign_in() -> SignIn | None:
    """The session of the request, once `current_person` has found it."""
    return g.get("sign_in")  # type: ignore[no-any-return]


def last_person(uow: UnitOfWork) -> int | None:
    """Who is signed in, or was before the session ended; None if this browser does not know."""
    person = viewer_person()
    if person is not None:
        return int(person.id)
    known, key = session.get(WHOSE), session.get(KEY)
    if not isinstance(known, int) and isinstance(key, str):
        known = queries.person_of_sign_in(uow.session, token_hash(key))
    return known if isinstance(known, int) and queries.find_person(uow.session, known) else None


def is_fresh(uow: UnitOfWork) -> bool:
    """True shortly after signing in: enough for those who have no password to be asked for."""
    sign_in = current_sign_in()
    return sign_in is not None and uow.now - sign_in.created_at <= FRESH


def forget_old(uow: UnitOfWork) -> None:
    """Remove sessions that have run out."""
    uow.session.execute(delete(SignIn).where(SignIn.created_at < uow.now - SESSION))


def _end_present(uow: UnitOfWork) -> None:
    key = session.get(KEY)
    if isinstance(key, str):
        uow.session.execute(delete(SignIn).where(SignIn.key_hash == token_hash(key)))
