"""Flask-Security's machinery without its doors: password hashing, one-time codes, datastore.

The library is set up on an application of its own that serves nothing. Its hooks (a session key and an
Authentication-Token header of its own, read before every request) therefore never run on ours, so that a row of
`sign_ins` stays the only way of being signed in; and no public page pays for them.
"""

from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app
from flask_security import RoleMixin, Security, Totp, UserDatastore

from workshop_manager.accounts.models import Passkey, Person
from workshop_manager.core import tokens
from workshop_manager.core.settings import Settings

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
    """Codes by the clock of the unit of work, each of which works once: the library leaves that to the application."""

    def step_of(self, code: str, secret: str, now: datetime, last_step: int | None) -> int | None:
        """The time step of a right code that is newer than the last one used; None for any other code."""
        try:
            match = self._totp.verify(code, secret, time=int(now.timestamp()), window=30, last_counter=last_step)
        except ValueError:
            return None
        return cast(int, match.counter)


def attach(app: Flask, settings: Settings) -> None:
    """Make the machinery available on our application, through the library's own names."""
    workshop = Flask("workshop_manager.accounts", static_folder=None)
    workshop.config.update(
        _MACHINERY,
        SECRET_KEY=settings.site_secret_key,
        SECURITY_TOTP_SECRETS={"1": derived_key(settings, "one-time codes")},
        SECURITY_TOTP_ISSUER=settings.site_name.replace(":", " "),
    )
    security = Security(workshop, People(Person, RoleMixin, Passkey), register_blueprint=False, totp_cls=OnceOnlyTotp)
    app.config.update({key: value for key, value in workshop.config.items() if key.startswith("SECURITY_")})
    app.extensions["security"] = security
    # The stand-in hash for unknown people is made once, here, so that the first of them does not wait for it.
    security.pwd_context.dummy_verify()


def derived_key(settings: Settings, purpose: str) -> str:
    """A key for one purpose, from the site's secret."""
    return tokens.derived_key(settings.site_secret_key, purpose).hex()


def machinery() -> Security:
    """The running application's Flask-Security."""
    return cast(Security, current_app.extensions["security"])


def codes() -> OnceOnlyTotp:
    """Its one-time codes."""
    return cast(OnceOnlyTotp, machinery().totp_factory)
