"""Verbs about people and how they sign in. Each flushes, none commits."""

import secrets
from dataclasses import dataclass, fields

import structlog
from flask_babel import gettext as _

from workshop_manager.accounts import emails, one_time, passwords, sessions
from workshop_manager.accounts.events import AddressProven, ListingChanged
from workshop_manager.accounts.models import Listing, OneTimeToken, Person
from workshop_manager.accounts.queries import find_by_email, find_person, lock_person, merged_into
from workshop_manager.accounts.rules import NotAnAddress, normalise_email, password_problem
from workshop_manager.accounts.states import Purpose
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import clean_line
from workshop_manager.core.unit_of_work import UnitOfWork

log = structlog.get_logger("workshop_manager.security")


class NotAPassword(ValueError):
    """A password that is not taken; says why in a sentence."""


class StaleProfile(Exception):
    """The profile was changed elsewhere since this form was opened; `changed` holds what differs now, by field."""

    def __init__(self, changed: dict[str, object]) -> None:
        super().__init__("profile changed elsewhere")
        self.changed = changed


@dataclass(frozen=True, slots=True)
class Profile:
    """What people say about themselves. `name` is the chosen one, `country` an ISO 3166 code, `time_zone` IANA."""

    name: str
    legal_name: str | None
    pronouns: str | None
    affiliation: str | None
    country: str | None
    time_zone: str | None
    listing: Listing


def create_person(
    uow: UnitOfWork,
    *,
    email: str,
    name: str,
    password: str | None = None,
    is_administrator: bool = False,
    is_demo: bool = False,
    confirmed: bool = True,
) -> Person:
    """A new person. Raises `NotAnAddress` or `NotAPassword` with a sentence, Conflict if the address has an account."""
    address = normalise_email(email)
    if find_by_email(uow.session, address) is not None:
        raise Conflict(str(_("There is an account with this address already.")))
    if password is not None:
        _require_good(password, address, name)
    person = Person(
        email=address,
        name=clean_line(name) or address.partition("@")[0],
        password=passwords.hash_password(password) if password is not None else None,
        is_administrator=is_administrator,
        is_demo=is_demo,
        active=True,
        fs_uniquifier=secrets.token_hex(16),
        fs_webauthn_user_handle=secrets.token_hex(32),
        confirmed_at=uow.now if confirmed else None,
        created_at=uow.now,
    )
    uow.session.add(person)
    uow.session.flush()
    audit.record(uow, "account made", "person", person.id)
    if confirmed:
        uow.tell(AddressProven(person.id, person.email))
    return person


def person_problem(uow: UnitOfWork, email: str, password: str | None) -> str | None:
    """Why `create_person` would refuse, as a sentence; None if it would not."""
    try:
        address = normalise_email(email)
    except NotAnAddress as error:
        return str(error)
    if find_by_email(uow.session, address) is not None:
        return str(_("There is an account with this address already."))
    return password_problem(password, address) if password is not None else None


def _require_good(password: str, *about: str) -> None:
    problem = password_problem(password, *about)
    if problem:
        raise NotAPassword(problem)


# Asking for a mail: the same work, the same answer, whether or not the address has an account.


def ask_for_link(uow: UnitOfWork, email: str, next_: str = "") -> None:
    """Mail a link that signs in, or, to somebody new, one that makes an account."""
    address = normalise_email(email)
    person = _active(uow, address)
    if person is not None:
        token = one_time.issue(uow, Purpose.SIGN_IN, person_id=person.id, email=person.email, next=next_)
        emails.sign_in_link(uow, person, token)
    else:
        token = one_time.issue(uow, Purpose.MAKE_ACCOUNT, email=address, next=next_, name="")
        emails.make_account(uow, address, token)


def ask_to_register(uow: UnitOfWork, email: str, name: str, next_: str = "") -> None:
    """Mail a link that makes an account; to somebody who has one, a link that signs in, with a word about it."""
    address = normalise_email(email)
    person = _active(uow, address)
    if person is not None:
        token = one_time.issue(uow, Purpose.SIGN_IN, person_id=person.id, email=person.email, next=next_)
        emails.already_registered(uow, person, token)
    else:
        token = one_time.issue(uow, Purpose.MAKE_ACCOUNT, email=address, next=next_, name=clean_line(name))
        emails.make_account(uow, address, token)


def ask_for_reset(uow: UnitOfWork, email: str) -> None:
    """Mail a link to a new password; to an address without account, a word that it has none."""
    address = normalise_email(email)
    person = _active(uow, address)
    if person is not None:
        token = one_time.issue(uow, Purpose.RESET, person_id=person.id, email=person.email)
        emails.new_password(uow, person, token)
    else:
        token = one_time.issue(uow, Purpose.MAKE_ACCOUNT, email=address, next="", name="")
        emails.no_account(uow, address, token)


def _active(uow: UnitOfWork, address: str) -> Person | None:
    person = find_by_email(uow.session, address)
    return person if person is not None and person.active else None


# Acting on what the mail said.


def check_password(uow: UnitOfWork, email: str, password: str) -> Person | None:
    """The person with this address and password, or None. Takes the same time for unknown people."""
    person = find_by_email(uow.session, email)
    return person if passwords.is_right(person, password) else None


def prove_address(uow: UnitOfWork, token: OneTimeToken) -> Person | None:
    """The person a spent link belongs to; its arrival confirms their address. None if they have gone since."""
    person = find_person(uow.session, token.person_id) if token.person_id else None
    if person is None or not person.active or person.email != token.email:
        return None
    _confirm(uow, person)
    return person


def _confirm(uow: UnitOfWork, person: Person) -> None:
    if person.confirmed_at is None:
        person.confirmed_at = uow.now
        audit.record(uow, "address confirmed", "person", person.id)
        uow.tell(AddressProven(person.id, person.email))


def make_account(uow: UnitOfWork, token: OneTimeToken, name: str, password: str | None) -> Person:
    """The account a spent link was for; one made meanwhile is as good, since the link proves the address."""
    address = token.email or ""
    known = find_by_email(uow.session, address)
    if known is None:
        return create_person(uow, email=address, name=name, password=password)
    if not known.active:
        raise Conflict(str(_("This account is closed. Write to us if that is a mistake.")))
    _confirm(uow, known)
    return known


def reset_password(uow: UnitOfWork, person: Person, password: str, token: OneTimeToken) -> None:
    """A new password by a link from a mail. Ends every session and every other link."""
    _replace_password(uow, person, password)
    sessions.end_all(uow, person.id)
    one_time.forget_for(uow, person.id, person.email, keep=token)
    audit.record(uow, "password reset", "person", person.id)
    emails.notice(uow, person, str(_("Your password was changed by a link from a mail.")))
    log.info("password reset", person=person.id)


def set_password(uow: UnitOfWork, person: Person, password: str) -> None:
    """A new password; the other sessions and all links end. Raises `NotAPassword` with the reason."""
    _replace_password(uow, person, password)
    sessions.end_others(uow, person)
    one_time.forget_for(uow, person.id, person.email)
    audit.record(uow, "password changed", "person", person.id)
    emails.notice(uow, person, str(_("Your password was changed.")))
    log.info("password changed", person=person.id)


def _replace_password(uow: UnitOfWork, person: Person, password: str) -> None:
    _require_good(password, person.email, person.name)
    hashed = passwords.hash_password(password)
    locked_person(uow, person).password = hashed
    uow.session.flush()


def locked_person(uow: UnitOfWork, person: Person) -> Person:
    """That person, locked; Conflict if the account was deleted or closed since the request began.

    What is written after a deletion would bring back a name that was to be forgotten.
    """
    locked = lock_person(uow.session, person.id)
    if locked is None or not locked.active:
        raise Conflict(str(_("This account is closed.")))
    return locked


# A person's own account.


def change_profile(uow: UnitOfWork, person: Person, profile: Profile, version: int) -> None:
    """Save the profile typed into a form that was opened at `version`; raises `StaleProfile` if it changed since."""
    locked = locked_person(uow, person)
    saved = {f.name: getattr(locked, f.name) for f in fields(Profile)}
    typed = {f.name: getattr(profile, f.name) for f in fields(Profile)}
    differing = {name: value for name, value in saved.items() if value != typed[name]}
    if version != locked.version and differing:
        raise StaleProfile(differing)
    for name, value in typed.items():
        setattr(locked, name, value)
    locked.version += 1
    uow.session.flush()
    audit.record(uow, "profile changed", "person", person.id, fields=sorted(differing))
    if differing.keys() & {"listing", "name", "affiliation"}:
        uow.tell(ListingChanged(person.id))


def ask_to_change_email(uow: UnitOfWork, person: Person, email: str) -> None:
    """Mail a link to the new address and a word to the old one. A taken address answers alike; its owner is told."""
    address = normalise_email(email)
    owner = find_by_email(uow.session, address)
    if owner is None or (owner.id == person.id and address != person.email):
        token = one_time.issue(uow, Purpose.CHANGE_EMAIL, person_id=person.id, email=address)
        emails.confirm_address(uow, person, address, token)
    elif owner.id != person.id:
        emails.address_taken(uow, owner)
    what = _("Somebody signed in to your account asked to change its address to %(new)s.", new=address)
    emails.notice(uow, person, str(what))
    audit.record(uow, "new address asked", "person", person.id)


def change_email(uow: UnitOfWork, token: OneTimeToken) -> Person:
    """Make the address a spent link was sent to the person's own; other sessions and links end."""
    person = find_person(uow.session, token.person_id) if token.person_id else None
    address = token.email or ""
    if person is None or not person.active:
        raise Conflict(str(_("This account is closed.")))
    if person.email == address:
        return person
    person = locked_person(uow, person)
    owner = find_by_email(uow.session, address)
    if owner is not None and owner.id != person.id:
        raise Conflict(str(_("By now this address belongs to another account, so yours keeps the one it had.")))
    before = person.email
    one_time.forget_for(uow, person.id, before, keep=token)
    ended = next((one for one in merged_into(uow.session, person.id) if one.email == address), None)
    if ended is not None:  # of an account that ended in this one: the two addresses change places
        ended.email = f"changing-{ended.id}@merged.invalid"
        uow.session.flush()
    person.email, person.confirmed_at = address, uow.now
    uow.session.flush()
    if ended is not None:
        ended.email = before
        uow.session.flush()
    sessions.end_others(uow, person)
    what = _("The address of your account is now %(new)s. Mails go there from now on.", new=address)
    emails.notice(uow, person, str(what), address=before)
    audit.record(uow, "address changed", "person", person.id)
    uow.tell(AddressProven(person.id, address))
    log.info("address changed", person=person.id)
    return person
