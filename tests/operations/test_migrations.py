"""Migrations make what the models say, on both databases, and a kill half-way leaves what was before."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from tests.operations.conftest import PREFIX
from tests.shows import keeps, shows
from workshop_manager import tables
from workshop_manager.app import alembic_config, newest_migration
from workshop_manager.core.database import Database
from workshop_manager.doctor import tables_problem

KILLED = """
import os, signal, sys
from alembic import command
from sqlalchemy import Engine, event
from workshop_manager.app import alembic_config

@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *rest, seen=[]):
    seen.append(statement)
    if len([s for s in seen if s.lstrip().startswith("CREATE TABLE")]) == 12:
        os.kill(os.getpid(), signal.SIGKILL)

command.upgrade(alembic_config(sys.argv[1]), "head")
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.sqlite3"
    return str(request.getfixturevalue("fresh_postgres"))


@shows("The house", "What the migrations make is what the models say, on SQLite and on PostgreSQL")
def test_migrations_match_the_models(empty_url: str) -> None:
    command.upgrade(alembic_config(empty_url), "head")
    database = Database(empty_url)
    with database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    assert tables_problem(database) is None
    database.dispose()


@keeps("R9")
@shows("Durability", "A migration killed half-way leaves the database as it was, and runs through the next time")
def test_a_migration_killed_half_way_leaves_nothing(empty_url: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, empty_url], env={PREFIX + "SITE_VAR": "/nowhere"}, timeout=60
    )
    assert killed.returncode == -9
    database = Database(empty_url)
    with database.connection() as connection:
        assert [name for name in inspect(connection).get_table_names() if name != "alembic_version"] == []
    assert f"not at {newest_migration()}" in (tables_problem(database) or "")
    database.dispose()
    command.upgrade(alembic_config(empty_url), "head")
    database = Database(empty_url)
    assert tables_problem(database) is None
    database.dispose()
