"""Counts the queries that a block runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from workshop_manager.core.database import Database


@contextmanager
def count_queries(database: Database) -> Iterator[list[str]]:
    """Yields the list of statements that ran, filled as they run."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
