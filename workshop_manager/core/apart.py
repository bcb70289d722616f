"""What is stored without a link to whom it is of: under a name that only the key can make of a person.

The key is one of its own, apart from that of other sealed columns, and in no database. Whoever reads the database sees
rows named by numbers that look random. Three things that would else tell one from another are taken out as well: what
is sealed holds no time (`Fernet` writes one in clear), it is filled up to whole blocks, so that its length says little,
and packages that use this write all rows of an edition anew whenever one changes (see `selfid.service`).
"""

import hmac
import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Dialect

from workshop_manager.core.sealed import Age

BLOCK = 2048
"""Bytes to which what is sealed is filled up."""
_vaults: "WeakKeyDictionary[Dialect, Vault]" = WeakKeyDictionary()


class Vault:
    """Names and seals with the first key; finds and opens what was named and sealed with any. Each has 32 bytes."""

    def __init__(self, *keys: bytes) -> None:
        self._naming = [_part(key, b"names") for key in keys]
        self._sealing = [Fernet(urlsafe_b64encode(_part(key, b"content"))) for key in keys]

    def names(self, edition_id: int, person_id: int) -> list[str]:
        """What a person's row of an edition is called, by each key; the first is the one to write under."""
        of = f"{edition_id}:{person_id}".encode()
        return [hmac.new(key, of, "sha256").hexdigest() for key in self._naming]

    def name(self, edition_id: int, person_id: int) -> str:
        """What it is called from now on."""
        return self.names(edition_id, person_id)[0]

    def seal(self, value: Any, by: int = 0) -> str:
        """Any JSON value, without the time at which it was sealed. `by`: the key, the same that made its name."""
        words = json.dumps(value, ensure_ascii=False).encode()
        return self._sealing[by].encrypt_at_time(words.ljust(-(-len(words) // BLOCK) * BLOCK), 0).decode()

    def open(self, sealed: str) -> tuple[Any, int]:
        """The value, and by which key it was sealed. InvalidToken if by none of these."""
        for by, opener in enumerate(self._sealing):
            with suppress(InvalidToken):
                return json.loads(opener.decrypt(sealed)), by
        raise InvalidToken

    def age(self, sealed: str) -> Age:
        """With which key it was sealed, and named."""
        with suppress(InvalidToken):
            return Age.EARLIER if self.open(sealed)[1] else Age.NEWEST
        return Age.LOST


def _part(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, purpose, "sha256").digest()


def unlock(dialect: Dialect, *keys: bytes) -> None:
    """Let what is stored apart be found on this engine; without a key nothing is."""
    if keys:
        _vaults[dialect] = Vault(*keys)
    else:
        _vaults.pop(dialect, None)


def vault_of(dialect: Dialect) -> Vault | None:
    """What finds and opens it on this engine; None where the site has no such key."""
    return _vaults.get(dialect)
