"""Brings what is sealed to the newest key, so that earlier ones can be thrown away.

Every value is replaced only if it still is what was read, and nothing is locked meanwhile: people go on working, and a
command that is killed half-way is simply run again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, LargeBinary, MetaData, Text, select, type_coerce, update
from sqlalchemy.types import TypeEngine

from workshop_manager.core.database import Database
from workshop_manager.core.sealed import Age, Sealed, SealedBytes, lock_of

BATCH = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """A column with sealed values: with which key one was sealed, and the same sealed with the newest."""

    column: Column[Any]
    age: Callable[[Any], Age]
    renew: Callable[[Any], Any]
    stored: TypeEngine[Any] = field(default_factory=Text)
    """What the database sees of it."""

    @property
    def batch(self) -> int:
        """How many are read at once: of whole files one, whatever their size."""
        return 1 if isinstance(self.stored, LargeBinary) else BATCH


@dataclass(slots=True)
class Tally:
    """How many values are sealed with the newest key, with an earlier one, and with none of those given."""

    newest: int = 0
    earlier: int = 0
    lost: int = 0

    def add(self, age: Age) -> None:
        match age:
            case Age.NEWEST:
                self.newest += 1
            case Age.EARLIER:
                self.earlier += 1
            case Age.LOST:
                self.lost += 1


def sealed_kinds(database: Database, metadata: MetaData) -> Iterator[Kind]:
    """Every sealed column of these tables; the database has been given its keys."""
    lock = lock_of(database.engine.dialect)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed):
                yield Kind(column, lock.age, lock.renew)
            elif isinstance(column.type, SealedBytes):
                yield Kind(column, lock.age, lock.renew_bytes, LargeBinary())


def examine(database: Database, kinds: Iterable[Kind]) -> Tally:
    """Count, and change nothing."""
    tally = Tally()
    for kind in kinds:
        for batch in _batches(database, kind):
            for _key, value in batch:
                tally.add(kind.age(value))
    return tally


def reseal(database: Database, kinds: Iterable[Kind]) -> Tally:
    """Seal with the newest key whatever was sealed with an earlier one. Counts as things stood before."""
    tally = Tally()
    for kind in kinds:
        for batch in _batches(database, kind):
            renewed = []
            for key, value in batch:
                age = kind.age(value)
                tally.add(age)
                if age is Age.EARLIER:
                    renewed.append((key, value, kind.renew(value)))
            if renewed:
                _replace(database, kind, renewed)
    return tally


def _batches(database: Database, kind: Kind) -> Iterator[list[tuple[Any, Any]]]:
    (key,) = kind.column.table.primary_key.columns
    value = type_coerce(kind.column, kind.stored)
    query = select(key, value).where(kind.column.is_not(None)).order_by(key).limit(kind.batch)
    last = None
    while True:
        with database.connection() as connection:
            rows = connection.execute(query if last is None else query.where(key > last)).all()
        if not rows:
            return
        yield [(row[0], row[1]) for row in rows]
        last = rows[-1][0]


def _replace(database: Database, kind: Kind, renewed: list[tuple[Any, Any, Any]]) -> None:
    table = kind.column.table
    (key,) = table.primary_key.columns
    plain = type_coerce(kind.column, kind.stored)
    with database.session(writing=True) as session:
        for number, before, after in renewed:
            session.execute(
                update(table)
                .where(key == number, plain == before)
                .values({kind.column: type_coerce(after, kind.stored)})
            )
        session.commit()
