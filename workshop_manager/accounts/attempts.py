"""Limits on attempts, by source and by account together: a stranger cannot lock an owner out."""

import ipaddress

import structlog
from flask_limiter.util import get_remote_address
from limits import parse
from werkzeug.exceptions import TooManyRequests

from workshop_manager.core.tokens import token_hash
from workshop_manager.web.limits import limiter
from workshop_manager.web.request import settings

log = structlog.get_logger("workshop_manager.security")
MAIL_ADDRESS_SOURCE = "6 per hour"
MAIL_ADDRESS = "30 per hour"
CODES_ACCOUNT = "30 per hour"
TYPED_SOURCE = "60 per hour"


def source() -> str:
    """Where the request comes from: an IPv4 address, or the /64 network of an IPv6 one, which one household has."""
    address = get_remote_address()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{found}/64", strict=False))
    return str(found)


def _count(rule: str, kind: str, *who: str) -> None:
    if not limiter.limiter.hit(parse(rule), "accounts", kind, *who):
        log.warning("limit reached", kind=kind, source=source())
        raise TooManyRequests


def _account(email: str) -> str:
    """Names an account in the store of counts without its address."""
    return token_hash(email.strip().casefold())[:32]


def count_sign_in(email: str) -> None:
    """One more try to sign in; the same for known and unknown addresses."""
    _count(settings().limits_sign_in_source, "sign-in", source())
    _count(settings().limits_sign_in_account, "sign-in", _account(email), source())


def count_passkey() -> None:
    """One more try with a passkey."""
    _count(settings().limits_sign_in_source, "sign-in", source())


def count_code(person_id: int) -> None:
    """One more code of the second step. By account alone: who gets here has shown the first factor."""
    _count(settings().limits_sign_in_source, "code", source())
    _count(CODES_ACCOUNT, "code", str(person_id))


def count_present_password(person_id: int) -> None:
    """One more try to give the present password inside a session."""
    _count(settings().limits_sign_in_account, "present password", str(person_id), source())


def count_mail(email: str) -> None:
    """One more mail that a visitor asks for."""
    _count(settings().limits_mail_source, "mail", source())
    _count(MAIL_ADDRESS_SOURCE, "mail", _account(email), source())


def may_mail(email: str) -> bool:
    """False if this address was sent so much from many sources that we keep quiet; the page answers as ever."""
    return bool(limiter.limiter.hit(parse(MAIL_ADDRESS), "accounts", "mail to", _account(email)))


def may_keep() -> bool:
    """False if so much was kept for visitors from this source that a database could be filled with it."""
    return bool(limiter.limiter.hit(parse(TYPED_SOURCE), "accounts", "typed", source()))
