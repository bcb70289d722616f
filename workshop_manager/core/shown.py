"""A number that rises with every commit that may change what a visitor sees, whoever made it: page, job or command.

What is kept in memory carries the number it was made at, and is asked for again once the number has risen. It rises in
the transaction itself, as its last act, so nobody reads the new number before the new rows; tables that visitors never
see, and that are written all the time, are marked `PRIVATE` and do not count.
"""

import re
from collections import deque
from typing import Any

from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, Table, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

PRIVATE = {"never_shown": True}
"""`__table_args__ = {"info": PRIVATE}` for a table that no page of a visitor depends on."""
_FLAG = "wm_shown_changed"
_BEFORE = r"(?:\s+|--[^\n]*\n|/\*.*?\*/)*"
_WRITES = re.compile(_BEFORE + r"(insert|update|delete|with|merge|truncate|replace)\b", re.IGNORECASE | re.DOTALL)
_RAISE = (
    "INSERT INTO shown_version (id, number) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET number = shown_version.number + 1"
)
_READ = "SELECT number FROM shown_version"
_MOST_IDLE = 8


def declare_table(metadata: MetaData) -> None:
    """The table with the one row that holds the number; without a row it is 0."""
    Table(
        "shown_version",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("number", BigInteger, nullable=False),
        info=PRIVATE,
    )


def count_changes(engine: Engine) -> None:
    """Let every commit on this engine that wrote to anything visitors may see raise the number."""
    event.listen(engine, "after_cursor_execute", _note)
    event.listen(engine, "commit", _raise)
    event.listen(engine, "rollback", _forget)


def _note(connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
    if _WRITES.match(statement) is None:
        return
    compiled = getattr(context, "compiled", None)
    table = getattr(getattr(compiled, "statement", None), "table", None)
    # A statement in plain SQL names no table that could be asked, one with another inside may write to two: they count.
    if table is None or getattr(compiled, "ctes", None) or not getattr(table, "info", {}).get("never_shown"):
        connection.info[_FLAG] = True


def _raise(connection: Connection) -> None:
    if connection.info.pop(_FLAG, False):
        cursor = connection.connection.cursor()
        try:
            cursor.execute(_RAISE)
        except connection.dialect.loaded_dbapi.OperationalError as error:
            # Beside SQLAlchemy, which would have said it so: whoever commits knows how to meet a database that is gone.
            raise OperationalError(_RAISE, None, error) from error
        finally:
            cursor.close()


def _forget(connection: Connection) -> None:
    connection.info.pop(_FLAG, None)


class ShownReader:
    """Reads the number, as cheaply as a database can be asked: on connections of its own, without a transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._idle: deque[Any] = deque()

    def number(self) -> int | None:
        """The number as of now; None if the database cannot say."""
        try:
            connection = self._idle.pop()
        except IndexError:
            try:
                connection = self._connect()
            except Exception:
                return None
        try:
            rows = connection.execute(_READ).fetchall()
        except Exception:
            # Whatever is wrong, the application meets it too, and says it calmly.
            connection.close()
            return None
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return int(rows[0][0]) if rows else 0

    def _connect(self) -> Any:
        fairy = self.engine.raw_connection()
        fairy.detach()
        connection: Any = fairy.dbapi_connection
        if self.engine.dialect.name != "sqlite":
            connection.autocommit = True
        return connection

    def close(self) -> None:
        """Close every connection that waits."""
        while self._idle:
            self._idle.pop().close()
