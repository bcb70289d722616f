"""What is sealed can be read with the key only, and an empty answer is told from a given one without it."""

from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, insert, select, type_coerce

from tests.conftest import KEY
from tests.shows import keeps
from workshop_manager.core.database import Database
from workshop_manager.core.resealing import examine, reseal, sealed_kinds
from workshop_manager.core.sealed import Locked, Sealed, SealedBytes


@pytest.fixture
def table(database: Database) -> Any:
    table = Table(
        "sealed_things",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("words", Sealed(str)),
        Column("many", Sealed(list)),
        Column("yes", Sealed()),
        Column("file", SealedBytes),
    )
    table.create(database.engine)
    yield table
    table.drop(database.engine)


@keeps("P1")
def test_nothing_stands_in_clear_and_equal_answers_do_not_look_alike(database: Database, table: Table) -> None:
    rows = [
        {"words": "a ramp", "many": ["halal"], "yes": True},
        {"words": "a ramp", "many": ["halal"], "yes": False},
        {"words": "", "many": [], "yes": None},
    ]
    with database.engine.begin() as connection:
        connection.execute(insert(table), rows)
        read = connection.execute(select(table.c.words, table.c.many, table.c.yes).order_by(table.c.id)).all()
        raw = Table("sealed_things", MetaData(), *(Column(c.name, Text) for c in table.c if c.name != "file"))
        stored = connection.execute(select(raw.c.words, raw.c.many, raw.c.yes).order_by(raw.c.id)).all()
        given = connection.execute(select(table.c.id).where(table.c.words.is_not(None))).all()
    assert [row._asdict() for row in read] == rows
    assert len({value for row in stored[:2] for value in row}) == 6
    assert not any(word in str(stored) for word in ("ramp", "halal", "true", "false"))
    assert tuple(stored[2]) == (None, None, None)
    assert len(given) == 2


@keeps("P1")
def test_without_the_key_or_with_another_it_cannot_be_read(database: Database, table: Table) -> None:
    with database.engine.begin() as connection:
        connection.execute(insert(table), [{"words": "a ramp"}])
    other = Database(database.url.render_as_string(hide_password=False))
    with pytest.raises(Locked), other.connection() as connection:
        connection.execute(select(table.c.words)).all()
    other.unlock(b"x" * 32)
    with pytest.raises(InvalidToken), other.connection() as connection:
        connection.execute(select(table.c.words)).all()
    other.unlock(KEY)
    with other.connection() as connection:
        assert connection.execute(select(table.c.words)).scalar_one() == "a ramp"
    other.dispose()


@keeps("P1")
def test_files_are_sealed_anew_with_a_new_key(database: Database, table: Table) -> None:
    files = [{"file": b"%PDF-1"}, {"file": None}, {"file": b""}, {"file": b"\x00\xff%PDF-2"}]

    def stored() -> list[bytes | None]:
        with database.connection() as connection:
            return list(connection.scalars(select(type_coerce(table.c.file, LargeBinary)).order_by(table.c.id)))

    try:
        with database.engine.begin() as connection:
            for each in files:
                connection.execute(insert(table), each)
        before = stored()
        assert not any(b"%PDF" in bytes(each) for each in before if each is not None)
        database.unlock(b"n" * 32, KEY)
        kinds = [kind for kind in sealed_kinds(database, table.metadata) if kind.column is table.c.file]
        assert (examine(database, kinds).earlier, examine(database, kinds).newest) == (3, 0)
        assert reseal(database, kinds).earlier == 3
        database.unlock(b"n" * 32)
        assert examine(database, sealed_kinds(database, table.metadata)).newest == 3
        assert not set(before) & set(stored()) - {None}
        with database.connection() as connection:
            assert [{"file": one} for one in connection.scalars(select(table.c.file).order_by(table.c.id))] == files
    finally:
        database.unlock(KEY)
