"""Deleting an account: the row stays without anything of the person, so that what others see keeps its place."""

import secrets

import structlog
from flask_babel import gettext as _
from sqlalchemy import delete

from workshop_manager.accounts import one_time, sessions
from workshop_manager.accounts.events import ErasureAsked, PersonErased
from workshop_manager.accounts.models import Listing, Passkey, Person
from workshop_manager.accounts.queries import lock_person, merged_into
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import forget_mails

log = structlog.get_logger("workshop_manager.security")


def objections(uow: UnitOfWork, person: Person) -> list[str]:
    """Why this account cannot be deleted yet: sentences of the features, such as being an edition's only owner."""
    asked = ErasureAsked(person.id)
    uow.tell(asked)
    return asked.objections


def erase(uow: UnitOfWork, person: Person) -> None:
    """Remove everything personal: name, address, password, factors, sessions, mails. Raises Conflict if refused."""
    # First: it waits for every request that already writes in this person's name, and no other can begin.
    sessions.end_all(uow, person.id)
    locked = lock_person(uow.session, person.id)
    if locked is None or locked.erased_at is not None:
        raise Conflict(str(_("This account is deleted already.")))
    if refused := objections(uow, locked):
        raise Conflict(" ".join(refused))
    for one in (*merged_into(uow.session, locked.id), locked):
        _forget(uow, one)
    audit.record(uow, "account erased", "person", locked.id)
    log.info("account erased", person=locked.id)


def _forget(uow: UnitOfWork, locked: Person) -> None:
    uow.tell(PersonErased(locked.id))
    address = locked.email
    one_time.forget_for(uow, locked.id, address)
    one_time.forget_typed(uow, locked.id)
    uow.session.execute(delete(Passkey).where(Passkey.user_id == locked.id))
    tombstone = f"erased-{locked.id}@erased.invalid"
    forget_mails(uow, locked.id, address, tombstone)
    locked.name, locked.email = str(_("Someone")), tombstone
    locked.legal_name = locked.pronouns = locked.affiliation = locked.country = None
    locked.time_zone = locked.locale = locked.password = locked.fs_webauthn_user_handle = None
    locked.tf_primary_method = locked.tf_totp_secret = locked.totp_last_step = None
    locked.us_totp_secrets = locked.mf_recovery_codes = locked.confirmed_at = None
    locked.listing, locked.active, locked.is_administrator = Listing.UNLISTED, False, False
    locked.fs_uniquifier, locked.erased_at = secrets.token_hex(16), uow.now
    uow.session.flush()
