"""Flask-Security's machinery without its doors: password hashing, one-time codes, datastore.

The library is set up on an application of its own that serves nothing. Its hooks (a session key and an
Authentication-Token header of its own, read before every request) therefore never run on ours, so that a row of
`sign_ins` stays the only way of being signed in; and no public page pays for them.
"""

import json
from datetime import datetime
from typing import Any, cast

import structlog
from flask import Flask, current_app
from flask_security import RoleMixin, Security, Totp, UserDatastore
from sqlalchemy import Table

from workshop_manager.accounts.models import Passkey, Person
from workshop_manager.core import tokens
from workshop_manager.core.resealing import Kind
from workshop_manager.core.sealed import Age
from workshop_manager.core.settings import Settings

log = structlog.get_logger("workshop_manager.security")
RECOVERY_CODES = 8

_MACHINERY = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # No secret in the hash: a new site key must not end everybody's password.
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
    # OWASP password storage cheat sheet: argon2id with 19 MiB, two passes, one lane.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__type": "ID",
        "argon2__rounds": 2,
        "argon2__memory_cost": 19_456,
        "argon2__parallelism": 1,
    },
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": RECOVERY_CODES,
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
}


class People(UserDatastore):
    """The library's view of our rows. They are in a unit of work already, which alone commits."""

    def put(self, model: Any) -> Any:
        return model

    def commit(self) -> None:
        return None


class OnceOnlyTotp(Totp):
    """Codes by the clock of the unit of work, each of which works once: the library leaves that to the application.

    The first of `secrets` seals what apps share with us. The library would take the one whose name is the greatest.
    """

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._names = tuple(secrets)
        self._totp.wallet.default_tag = self._names[0]

    def step_of(self, code: str, secret: str, now: datetime, last_step: int | None) -> int | None:
        """The time step of a right code that is newer than the last one used; None for any other code."""
        try:
            match = self._totp.verify(code, secret, time=int(now.timestamp()), window=30, last_counter=last_step)
        except ValueError:
            return None
        except KeyError:
            log.error("a one-time-code secret cannot be opened with the keys given")
            return None
        return cast(int, match.counter)

    def age(self, secret: str) -> Age:
        """With which key it was sealed, by the name it gives that key: it holds nothing that could be checked."""
        try:
            name = json.loads(secret)["enckey"]["t"]
        except (ValueError, KeyError, TypeError):
            return Age.LOST
        if name not in self._names:
            return Age.LOST
        return Age.NEWEST if name == self._names[0] else Age.EARLIER

    def renew(self, secret: str) -> str:
        """The same, sealed with the newest key."""
        return str(self._totp.from_source(secret).to_json(encrypt=True))


def attach(app: Flask, settings: Settings) -> None:
    """Make the machinery available on our application, through the library's own names."""
    workshop = Flask("workshop_manager.accounts", static_folder=None)
    workshop.config.update(
        _MACHINERY,
        SECRET_KEY=settings.site_secret_key,
        SECURITY_TOTP_SECRETS=_totp_secrets(settings),
        SECURITY_TOTP_ISSUER=_issuer(settings),
    )
    security = Security(workshop, People(Person, RoleMixin, Passkey), register_blueprint=False, totp_cls=OnceOnlyTotp)
    app.config.update({key: value for key, value in workshop.config.items() if key.startswith("SECURITY_")})
    app.extensions["security"] = security
    # The stand-in hash for unknown people is made once, here, so that the first of them does not wait for it.
    security.pwd_context.dummy_verify()


def _totp_secrets(settings: Settings) -> dict[str, str]:
    """The keys that seal what apps share with us, the newest first, each under a name that says which key it is."""
    keys = [tokens.derived_key(secret, "one-time codes").hex() for secret in settings.secret_keys]
    return {tokens.token_hash(f"name of {key}")[:12]: key for key in keys}


def _issuer(settings: Settings) -> str:
    return settings.site_name.replace(":", " ")


def sealed_kinds(settings: Settings) -> tuple[Kind, ...]:
    """What this package seals in a way of its own."""
    totp = OnceOnlyTotp(_totp_secrets(settings), _issuer(settings))
    return (Kind(cast(Table, Person.__table__).c.tf_totp_secret, totp.age, totp.renew),)


def machinery() -> Security:
    """The running application's Flask-Security."""
    return cast(Security, current_app.extensions["security"])


def codes() -> OnceOnlyTotp:
    """Its one-time codes."""
    return cast(OnceOnlyTotp, machinery().totp_factory)
