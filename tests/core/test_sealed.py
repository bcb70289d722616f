"""What is sealed can be read with the key only, and an empty answer is told from a given one without it."""

from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select

from tests.conftest import KEY
from tests.shows import keeps
from workshop_manager.core.database import Database
from workshop_manager.core.sealed import Locked, Sealed


@pytest.fixture
def table(database: Database) -> Any:
    table = Table(
        "sealed_things",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("words", Sealed(str)),
        Column("many", Sealed(list)),
        Column("yes", Sealed()),
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
        raw = Table("sealed_things", MetaData(), *(Column(c.name, Text) for c in table.c))
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
