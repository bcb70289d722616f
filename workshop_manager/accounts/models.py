"""People, their sign-ins and passkeys, and tokens that work once. The columns Flask-Security knows keep its names."""

import enum
from datetime import datetime
from typing import Any

from flask_security import AsaList, UserMixin, WebAuthnMixin
from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String, Text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop_manager.accounts.states import Purpose
from workshop_manager.core.database import Base
from workshop_manager.core.sealed import Sealed
from workshop_manager.core.shown import PRIVATE


class Listing(enum.Enum):
    """How a person may appear where others see them: one choice, held on pages, feeds, badges, exports."""

    FULL = "full"
    NAME_ONLY = "name_only"
    ANONYMOUS = "anonymous"
    UNLISTED = "unlisted"


class Person(Base, UserMixin):
    """A person with an account. `name` is the chosen name, shown everywhere; `legal_name` stands on letters only."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(300), default="")
    legal_name: Mapped[str | None] = mapped_column(String(300))
    pronouns: Mapped[str | None] = mapped_column(String(60))
    affiliation: Mapped[str | None] = mapped_column(String(300))
    country: Mapped[str | None] = mapped_column(String(2))
    time_zone: Mapped[str | None] = mapped_column(String(60))
    locale: Mapped[str | None] = mapped_column(String(10))
    listing: Mapped[Listing] = mapped_column(default=Listing.FULL)
    is_administrator: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    """Rises with each change of the profile: a second tab learns of the first."""
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    """The account this one ended in: same person, and its address leads there. Nothing else names this row any more."""

    # Flask-Security
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The time step of the last code accepted: no code works twice."""
    us_totp_secrets: Mapped[str | None] = mapped_column(Text)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # type: ignore[assignment]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))
    """Hashes, as of passwords; each is removed when its code is used."""
    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Flask-Security's roles are not used: what a person may do hangs on editions, see `workshops.rules`."""
        return []

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def has_two_steps(self) -> bool:
        """True if signing in by password or link also asks for a code."""
        return self.tf_primary_method is not None


class Passkey(Base, WebAuthnMixin):
    """A WebAuthn credential."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int | None] = mapped_column(default=0)  # type: ignore[assignment]
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    lastuse_datetime: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))
    user: Mapped[Person] = relationship(back_populates="webauthn", lazy="raise")


class SignIn(Base):
    """A session on the server: signing out ends it here, whatever cookie somebody kept (ASVS V7.4.1)."""

    __tablename__ = "sign_ins"
    __table_args__ = {"info": PRIVATE}

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(String(200))
    method: Mapped[str] = mapped_column(String(20), default="")


class OneTimeToken(Base):
    """A random token that works once, for one purpose, for a short time: a link in a mail, the step between two
    factors, a passkey's challenge, a form that waits for its owner to sign in. Only its hash is stored.
    """

    __tablename__ = "one_time_tokens"
    __table_args__ = {"info": PRIVATE}

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[Purpose]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    email: Mapped[str | None] = mapped_column(String(320), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(Sealed(dict), nullable=True)
    """What belongs to it; sealed, since it may be an address with a secret in it, or what somebody typed."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(String(64))
    """A hash that names the browser which used it, so that a double click there is not refused."""
    wrong_codes: Mapped[int] = mapped_column(default=0)
