"""Columns whose content stands in no table, backup or file of the database in clear (ASVS 5.0 V14.2.4).

What people say about themselves, their faith, their health or their food, is encrypted with a key that is not in the
database: authenticated, with a fresh random part each time, so that equal answers do not look alike. Nothing can be
searched or counted by such a column in SQL but whether there is an answer at all: an empty one is NULL. What was sealed
with an earlier key stays readable as long as that key is given too; see `core.resealing`.
"""

import enum
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

_locks: "WeakKeyDictionary[Dialect, Lock]" = WeakKeyDictionary()


class Locked(RuntimeError):
    """The database was opened without the key: a bug of whoever opened it."""


class Age(enum.Enum):
    """With which key something was sealed."""

    NEWEST = "newest"
    EARLIER = "earlier"
    LOST = "lost"


class Lock:
    """Seals with the first key; opens what was sealed with any. Each key has 32 bytes."""

    def __init__(self, *keys: bytes) -> None:
        made = [Fernet(urlsafe_b64encode(key)) for key in keys]
        self._newest, self._any = made[0], MultiFernet(made)

    def seal(self, words: str) -> str:
        return self._any.encrypt(words.encode()).decode()

    def open(self, sealed: str) -> str:
        return self._any.decrypt(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        return self._any.encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        return self._any.decrypt(sealed)

    def age(self, sealed: str | bytes) -> Age:
        """With which key it was sealed."""
        for opener, age in ((self._newest, Age.NEWEST), (self._any, Age.EARLIER)):
            try:
                opener.decrypt(sealed)
            except InvalidToken:
                continue
            return age
        return Age.LOST

    def renew(self, sealed: str) -> str:
        """The same, sealed with the newest key."""
        return self._any.rotate(sealed).decode()

    def renew_bytes(self, sealed: bytes) -> bytes:
        """The same file, sealed with the newest key."""
        return self._any.rotate(sealed)


def unlock(dialect: Dialect, *keys: bytes) -> None:
    """Let sealed columns be read and written on this engine, and write them with the first key."""
    _locks[dialect] = Lock(*keys)


def lock_of(dialect: Dialect) -> Lock:
    """What opens this engine's sealed columns."""
    lock = _locks.get(dialect)
    if lock is None:
        raise Locked("this database was opened without the key of its sealed columns")
    return lock


class Sealed(TypeDecorator[Any]):
    """Any JSON value, encrypted. `empty()` is what NULL reads as, and is stored as NULL."""

    impl = Text
    cache_ok = True

    def __init__(self, empty: Callable[[], Any] = type(None)) -> None:
        super().__init__()
        self.empty = empty

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None or value == self.empty():
            return None
        return lock_of(dialect).seal(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return self.empty()
        return json.loads(lock_of(dialect).open(value))


class SealedBytes(TypeDecorator[bytes]):
    """The bytes of a file, encrypted; a third longer than the file."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else lock_of(dialect).seal_bytes(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else lock_of(dialect).open_bytes(bytes(value))
