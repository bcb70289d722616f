"""The second step of signing in: a code from an app, or one of eight recovery codes. Each works once."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import segno
import structlog
from flask_babel import gettext as _
from itsdangerous import BadData

from workshop_manager.accounts import emails, one_time, sessions
from workshop_manager.accounts.library import RECOVERY_CODES, codes, machinery
from workshop_manager.accounts.models import OneTimeToken, Person
from workshop_manager.accounts.queries import lock_person
from workshop_manager.accounts.rules import WRONG_CODES
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork

log = structlog.get_logger("workshop_manager.security")
METHOD = "authenticator"
OFFER_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret and recovery codes shown to a person, in force only once they are sent back with a right code.

    Nothing is stored meanwhile: the form carries `sealed`, signed and made out to this person.
    """

    secret: str
    recovery_codes: tuple[str, ...]
    sealed: str

    @property
    def typed_key(self) -> str:
        """The secret for those who type it, in groups of four."""
        return codes().get_totp_pretty_key(self.secret)

    def address(self, person: Person) -> str:
        """The otpauth address that an app takes."""
        return codes().get_totp_uri(person.email, self.secret)

    def picture(self, person: Person) -> str:
        """A QR code as a data address, dark on white with a quiet zone in either theme."""
        return segno.make(self.address(person), error="m").svg_data_uri(scale=5, dark="#000", light="#fff")


def offer(uow: UnitOfWork, person: Person, *, only_codes: bool = False) -> Offer:
    """A new secret and new codes for this person; with `only_codes` the codes alone."""
    secret = "" if only_codes else codes().generate_totp_secret()
    recovery = codes().generate_recovery_codes(RECOVERY_CODES)
    parts = [person.id, int(uow.now.timestamp()), secret, recovery]
    return Offer(secret, tuple(recovery), str(machinery().tf_setup_serializer.dumps(parts)))


def opened(uow: UnitOfWork, person: Person, sealed: str) -> Offer | None:
    """The offer a form brings back; None if it is not ours, too old, or somebody else's."""
    try:
        person_id, made_at, secret, recovery = machinery().tf_setup_serializer.loads(sealed)
    except (BadData, ValueError, TypeError):
        return None
    age = uow.now - datetime.fromtimestamp(made_at, uow.now.tzinfo)
    if person_id != person.id or age > OFFER_LASTS:
        return None
    return Offer(secret, tuple(recovery), sealed)


def turn_on(uow: UnitOfWork, person: Person, given: Offer, code: str) -> bool:
    """Ask for a second step from now on, if the code shows that the app works. Ends the other sessions."""
    locked = _locked(uow, person)
    step = codes().step_of(_digits(code), given.secret, uow.now, None)
    if step is None or not given.secret:
        return False
    locked.tf_primary_method, locked.tf_totp_secret, locked.totp_last_step = METHOD, given.secret, step
    locked.mf_recovery_codes = _hashes(given)
    _changed(uow, locked, "two steps on", str(_("Signing in now takes two steps: an app gives you a code.")))
    return True


def turn_off(uow: UnitOfWork, person: Person) -> None:
    """One step is enough again. Ends the other sessions."""
    locked = _locked(uow, person)
    locked.tf_primary_method = locked.tf_totp_secret = locked.totp_last_step = locked.mf_recovery_codes = None
    _changed(uow, locked, "two steps off", str(_("Signing in takes one step again: no code is asked for.")))


def renew_codes(uow: UnitOfWork, person: Person, given: Offer) -> None:
    """Replace the recovery codes by those of the offer; the old ones open nothing any more."""
    locked = _locked(uow, person)
    locked.mf_recovery_codes = _hashes(given)
    _changed(uow, locked, "recovery codes renewed", str(_("Your recovery codes were replaced by new ones.")))


def take(uow: UnitOfWork, token: OneTimeToken, person: Person, typed: str) -> bool:
    """Use up a code from the app or a recovery code. A wrong one counts against the token it came with."""
    locked = _locked(uow, person)
    if token.wrong_codes >= WRONG_CODES:
        return False
    right = _take_digits(uow, locked, typed) or _take_recovery(uow, locked, typed)
    if not right:
        token.wrong_codes += 1
        log.warning("wrong code", person=person.id, times=token.wrong_codes)
    uow.session.flush()
    return right


def is_worn_out(token: OneTimeToken) -> bool:
    """True after too many wrong codes: the first step has to be taken again."""
    return token.wrong_codes >= WRONG_CODES


def _take_digits(uow: UnitOfWork, person: Person, typed: str) -> bool:
    digits = _digits(typed)
    if len(digits) != 6 or not digits.isdecimal() or person.tf_totp_secret is None:
        return False
    step = codes().step_of(digits, person.tf_totp_secret, uow.now, person.totp_last_step)
    if step is None:
        return False
    person.totp_last_step = step
    return True


def _take_recovery(uow: UnitOfWork, person: Person, typed: str) -> bool:
    plain = _digits(typed).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", plain):
        return False
    code = "-".join(plain[i : i + 4] for i in range(0, 12, 4))
    context = machinery().pwd_context
    used = [stored for stored in person.mf_recovery_codes or [] if context.verify(code, stored)]
    if not used:
        return False
    left = [stored for stored in person.mf_recovery_codes or [] if stored not in used]
    person.mf_recovery_codes = left
    what = _("A recovery code was used to sign in. You have %(left)s left.", left=len(left))
    emails.notice(uow, person, str(what))
    audit.record(uow, "recovery code used", "person", person.id, left=len(left))
    return True


def _digits(typed: str) -> str:
    return re.sub(r"[\s\-–]", "", typed)


def _hashes(given: Offer) -> list[str]:
    context: Any = machinery().pwd_context
    return [str(context.hash(code)) for code in given.recovery_codes]


def _locked(uow: UnitOfWork, person: Person) -> Person:
    locked = lock_person(uow.session, person.id)
    if locked is None or not locked.active:
        raise Conflict(str(_("This account is closed.")))
    return locked


def _changed(uow: UnitOfWork, person: Person, action: str, what: str) -> None:
    uow.session.flush()
    sessions.end_others(uow, person)
    one_time.forget_for(uow, person.id, person.email)
    audit.record(uow, action, "person", person.id)
    emails.notice(uow, person, what)
    log.info(action, person=person.id)
