"""Columns whose content stands in no table, backup or file of the database in clear (ASVS 5.0 V14.2.4).

What people say about themselves, their faith, their health or their food, is encrypted with a key that is not in the
database: authenticated, with a fresh random part each time, so that equal answers do not look alike. Nothing can be
searched or counted by such a column in SQL but whether there is an answer at all: an empty one is NULL.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.fernet import Fernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_locks: "WeakKeyDictionary[Dialect, Fernet]" = WeakKeyDictionary()


class Locked(RuntimeError):
    """The database was opened without the key: a bug of whoever opened it."""


def unlock(dialect: Dialect, key: bytes) -> None:
    """Let sealed columns be read and written on this engine. `key`: 32 bytes."""
    _locks[dialect] = Fernet(urlsafe_b64encode(key))


def _lock_of(dialect: Dialect) -> Fernet:
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
        return _lock_of(dialect).encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return self.empty()
        return json.loads(_lock_of(dialect).decrypt(value))
