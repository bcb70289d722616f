"""Passkeys (WebAuthn): a key pair on a person's device, unlocked there by finger, face or PIN; so one is enough."""

import ipaddress
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
import webauthn
from flask_babel import gettext as _
from webauthn.helpers import (
    options_to_json,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from workshop_manager.accounts import emails, one_time, queries, sessions
from workshop_manager.accounts.models import Passkey, Person
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.settings import Settings
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork

log = structlog.get_logger("workshop_manager.security")
MOST = 20


class NotAPasskey(ValueError):
    """An answer of a browser that does not show what it should; the reason is for the log."""


@dataclass(frozen=True, slots=True)
class Site:
    """Who we are to a browser: by the configured address, never by the request's Host header."""

    domain: str
    origin: str
    name: str


def site(settings: Settings, asked: str = "") -> Site | None:
    """The site passkeys are bound to; None where browsers allow none (an address of figures, or without https).

    `asked` is the host of the request: it counts in the demo only, which also answers at localhost.
    """
    address = name_of_the_demo(settings)
    parts = urlsplit(address if address and asked == urlsplit(address).netloc else settings.base_url)
    host = parts.hostname or ""
    if host != "localhost" and parts.scheme != "https":
        return None
    return None if _is_figures(host) else Site(host, f"{parts.scheme}://{parts.netloc}", settings.site_name)


def name_of_the_demo(settings: Settings) -> str:
    """Where a demo that runs at an address of figures can be reached by a name; "" if it is none, or has a name."""
    parts = urlsplit(settings.base_url)
    if not settings.is_demo or parts.hostname != "127.0.0.1":
        return ""
    return f"{parts.scheme}://localhost" + (f":{parts.port}" if parts.port else "")


def _is_figures(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def options_to_sign_in(here: Site, challenge: str) -> str:
    """What `navigator.credentials.get` takes, as JSON. No person is named: the device knows its keys."""
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=here.domain,
            challenge=challenge.encode(),
            timeout=300_000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def options_to_add(uow: UnitOfWork, here: Site, person: Person, challenge: str) -> str:
    """What `navigator.credentials.create` takes, as JSON."""
    known = queries.passkeys_of(uow.session, person.id)
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=here.domain,
            rp_name=here.name,
            user_id=(person.fs_webauthn_user_handle or "").encode(),
            user_name=person.email,
            user_display_name=person.name,
            challenge=challenge.encode(),
            timeout=600_000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=k.credential_id) for k in known],
        )
    )


def prepare(uow: UnitOfWork, person: Person) -> None:
    """Give a person the random handle by which devices know them; it says nothing about them."""
    if len(queries.passkeys_of(uow.session, person.id)) >= MOST:
        raise Conflict(str(_("You have 20 passkeys, which is all that fit. Remove one you no longer use.")))
    if not person.fs_webauthn_user_handle:
        person.fs_webauthn_user_handle = secrets.token_hex(32)
        uow.session.flush()


def add(uow: UnitOfWork, here: Site, person: Person, name: str, challenge: str, answer: str) -> Passkey:
    """Keep the public key a device made; raises `NotAPasskey`. Ends the other sessions: it is a new way in."""
    try:
        credential = parse_registration_credential_json(answer)
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge.encode(),
            expected_origin=here.origin,
            expected_rp_id=here.domain,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotAPasskey(str(error)[:200]) from error
    if queries.lock_passkey(uow.session, made.credential_id) is not None:
        raise NotAPasskey("known already")
    passkey = Passkey(
        user_id=person.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=[t.value for t in credential.response.transports or []],
        backup_state=made.credential_backed_up,
        device_type=made.credential_device_type.value,
        extensions=None,
        lastuse_datetime=uow.now,
        name=name[:64],
        usage="first",
    )
    uow.session.add(passkey)
    uow.session.flush()
    what = _("A passkey was added to your account: %(name)s.", name=isolated(passkey.name))
    _changed(uow, person, "passkey added", str(what))
    return passkey


def remove(uow: UnitOfWork, person: Person, passkey_id: int) -> None:
    """Forget a passkey of this person. Ends the other sessions."""
    passkey = queries.find_passkey(uow.session, person.id, passkey_id)
    if passkey is None:
        raise NotFound
    what = _("A passkey was removed from your account: %(name)s.", name=isolated(passkey.name))
    uow.session.delete(passkey)
    uow.session.flush()
    _changed(uow, person, "passkey removed", str(what))


def whose(uow: UnitOfWork, here: Site, challenge: str, answer: str) -> Person:
    """The person whose device signed the challenge; raises `NotAPasskey`, for an unknown key as for a wrong answer."""
    try:
        credential = parse_authentication_credential_json(answer)
        found = queries.lock_passkey(uow.session, credential.raw_id)
        if found is None:
            raise NotAPasskey("unknown passkey")
        passkey, person = found
        handle = credential.response.user_handle
        if handle and handle != (person.fs_webauthn_user_handle or "").encode():
            raise NotAPasskey("another person's passkey")
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge.encode(),
            expected_origin=here.origin,
            expected_rp_id=here.domain,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count or 0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotAPasskey(str(error)[:200]) from error
    passkey.sign_count, passkey.backup_state = shown.new_sign_count, shown.credential_backed_up
    passkey.lastuse_datetime = uow.now
    return person


def _changed(uow: UnitOfWork, person: Person, action: str, what: str) -> None:
    sessions.end_others(uow, person)
    one_time.forget_for(uow, person.id, person.email)
    audit.record(uow, action, "person", person.id)
    emails.notice(uow, person, what)
    log.info(action, person=person.id)
