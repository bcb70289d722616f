"""The database: base class, types, engine. SQLite and PostgreSQL behave alike to everything above."""

import enum
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import JSON, Dialect, Engine, Enum, MetaData, create_engine, event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import DateTime, TypeDecorator

from workshop_manager.core import apart, sealed, shown

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

STATEMENTS = 1500
"""How many compiled statements an engine remembers: all pages and forms have some 600, without their variants."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; a naive one is a bug and refused. SQLite stores it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"naive datetime {value!r}: only aware instants are stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table. Relationships are `lazy="raise"`: a query says what it loads, or reading it is an error."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: Instant(),
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            length=40,
            create_constraint=False,
            values_callable=lambda members: [m.value for m in members],
        ),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[int]: JSON(),
    }


shown.declare_table(Base.metadata)


class Database:
    """One engine and how to open a session on it.

    Sessions that may write open with `writing=True`: on SQLite that is `BEGIN IMMEDIATE`, because a read transaction
    that turns to writing after somebody else wrote is refused with "database is locked".
    """

    def __init__(self, url: str, *, may_create: bool = False) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._sqlite_engine(may_create) if self.is_sqlite else self._postgresql_engine()
        self._writing = self.engine.execution_options(wm_writing=True)
        shown.count_changes(self.engine)
        self.shown = shown.ShownReader(self.engine)

    def _sqlite_engine(self, may_create: bool) -> Engine:
        def connect() -> sqlite3.Connection:
            # mode=rw: a vanished file must not become an empty database that acknowledges writes.
            mode = "rwc" if may_create else "rw"
            connection = sqlite3.connect(
                f"file:{quote(self.url.database or '')}?mode={mode}",
                uri=True,
                isolation_level=None,
                timeout=15,
                check_same_thread=False,
            )
            # What is erased is overwritten in the file too.
            for pragma in (
                "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "secure_delete=ON"
            ):  # fmt: skip
                connection.execute(f"PRAGMA {pragma}")
            # SQLite's own knows English letters only: a search for "été" must find "ÉTÉ". No index depends on it.
            connection.create_function("lower", 1, _lower, deterministic=True)
            return connection

        engine = create_engine(
            URL.create("sqlite"),
            creator=connect,
            poolclass=QueuePool,
            pool_size=16,
            max_overflow=16,
            query_cache_size=STATEMENTS,
        )
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _postgresql_engine(self) -> Engine:
        return create_engine(self.url, pool_size=8, max_overflow=8, pool_pre_ping=True, query_cache_size=STATEMENTS)

    def unlock(self, *keys: bytes) -> None:
        """Open its sealed columns with these keys of 32 bytes, the first of which seals; who only counts needs none."""
        sealed.unlock(self.engine.dialect, *keys)

    def unlock_apart(self, *keys: bytes) -> None:
        """Let what is stored without a link to whom it is of be found, with keys of 32 bytes of its own."""
        apart.unlock(self.engine.dialect, *keys)

    @property
    def vault(self) -> "apart.Vault | None":
        """What finds and opens that; None where the site has no key for it."""
        return apart.vault_of(self.engine.dialect)

    def session(self, *, writing: bool) -> Session:
        """A new session; the caller commits or rolls back, and closes."""
        return Session(self._writing if writing else self.engine, expire_on_commit=False)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for checks that need no objects."""
        with self.engine.connect() as connection:
            yield connection

    def is_reachable(self) -> bool:
        """True if the database answers a query now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception:
            return False
        return True

    def dispose(self) -> None:
        """Close every connection of the pool."""
        self.shown.close()
        self.engine.dispose()


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("wm_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def copy_sqlite(database: Database, target: Path) -> None:
    """A consistent copy of a SQLite database as of one moment, while others read and write it."""
    with database.connection() as connection, closing(sqlite3.connect(target)) as copy:
        source: Any = connection.connection.driver_connection
        source.backup(copy)
