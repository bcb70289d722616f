"""Migrations make what the models say, on both databases, and a kill half-way leaves what was before."""

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, MetaData, Table, create_engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from tests.operations.conftest import PREFIX
from tests.shows import keeps, shows
from workshop_manager import tables
from workshop_manager.app import alembic_config, newest_migration
from workshop_manager.core.database import Database
from workshop_manager.core.settings import load_settings
from workshop_manager.doctor import tables_problem
from workshop_manager.funds.models import LedgerTransaction

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


def _row_of(table: Table, **given: object) -> dict[str, object]:
    """A row with something in every column that needs it."""
    plain = {
        int: 1,
        str: "x",
        bool: False,
        bytes: b"x",
        datetime: datetime(2026, 6, 1, 12),
        dict: {},
        list: [],
        object: {},
    }
    needed = [c for c in table.columns if not c.nullable and c.name not in given]
    return {c.name: plain[c.type.python_type] for c in needed} | given


@keeps("P1")
@shows("Durability", "What people said about themselves before it was sealed is sealed by the migration, and readable")
def test_answers_of_before_are_sealed(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "SITE_SECRET_KEY", "a-secret-that-only-this-test-knows-0000")
    (key,) = load_settings().sealing_keys
    command.upgrade(alembic_config(empty_url), "0001")
    given = {
        "registrations": {"diet": ["halal"], "needs": "a ramp"},
        "declarations": {"is_eligible": True},
        "one_time_tokens": {"details": {"next": "/somewhere"}},
    }
    parents = {"editions": {"ends_at": datetime(2026, 6, 2, 12)}}
    engine = create_engine(empty_url)
    for name in ("communities", "people", "editions", "registration_kinds", "submissions", *given):
        table = Table(name, MetaData(), autoload_with=engine, resolve_fks=False)
        with engine.begin() as connection:
            connection.execute(insert(table), [_row_of(table, **(given | parents).get(name, {}))])
    command.upgrade(alembic_config(empty_url), "0002")
    database = Database(empty_url)
    database.unlock(key)
    with database.connection() as connection:
        for name, values in given.items():
            for column, value in values.items():
                kind = tables.metadata.tables[name].c[column].type
                stored = connection.execute(text(f"SELECT {column} FROM {name}")).scalar_one()
                assert stored.startswith("gAAAA")
                typed = text(f"SELECT {column} FROM {name}").columns(Column(column, kind))
                assert connection.execute(typed).scalar_one() == value
    database.dispose()
    command.downgrade(alembic_config(empty_url), "0001")
    for name, values in given.items():
        table = Table(name, MetaData(), autoload_with=engine, resolve_fks=False)
        with engine.connect() as connection:
            row = connection.execute(select(*(table.c[column] for column in values))).one()
        assert row._asdict() == values
    engine.dispose()


def test_a_seat_that_was_offered_is_free_again_in_the_version_that_offers_none(empty_url: str) -> None:
    command.upgrade(alembic_config(empty_url), "0004")
    at = datetime(2026, 6, 2, 12)
    given = {
        "editions": {"ends_at": at},
        "registration_kinds": {"capacity": 3, "taken": 2},
        "registrations": {
            "state": "waitlisted", "waits_for_id": 1, "line_number": 1, "waiting_since": at, "offer_until": at
        },
    }  # fmt: skip
    engine = create_engine(empty_url)
    for name in ("communities", "people", "editions", "registration_kinds", "registrations"):
        table = Table(name, MetaData(), autoload_with=engine, resolve_fks=False)
        with engine.begin() as connection:
            connection.execute(insert(table), [_row_of(table, **given.get(name, {}))])
    command.downgrade(alembic_config(empty_url), "0003")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT taken FROM registration_kinds")).scalar_one() == 1
    engine.dispose()


def test_what_funds_promised_before_the_ledger_is_in_it(empty_url: str) -> None:
    command.upgrade(alembic_config(empty_url), "0005")
    at = datetime(2026, 6, 2, 12)
    given = {
        "editions": {"ends_at": at},
        "grant_funds": {"amount": 50_000, "committed": 30_000, "currency": "USD"},
        "grant_applications": {"state": "accepted", "currency": "USD"},
        "grant_lines": {"kind": "air", "asked": 40_000},
        "grant_awards": {"state": "accepted", "amount": 30_000},
    }
    engine = create_engine(empty_url)
    for name in ("communities", "people", "editions", *list(given)[1:]):
        table = Table(name, MetaData(), autoload_with=engine, resolve_fks=False)
        with engine.begin() as connection:
            connection.execute(insert(table), [_row_of(table, **given.get(name, {}))])
    command.upgrade(alembic_config(empty_url), "0006")
    of = "SELECT account, SUM(amount) FROM ledger_entries GROUP BY account"
    with engine.begin() as connection:
        sums = {account: int(amount) for account, amount in connection.execute(text(of))}
        assert sums == {"pledged": -50_000, "available": 20_000, "accepted": 30_000}
        assert connection.execute(text("SELECT amount, committed FROM grant_funds")).one() == (50_000, 30_000)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text("UPDATE ledger_entries SET amount = 1"))
    database = Database(empty_url)
    with database.session(writing=False) as session:
        assert session.scalars(select(LedgerTransaction).order_by(LedgerTransaction.id)).all()[1].at.year == 2026
    database.dispose()
    command.downgrade(alembic_config(empty_url), "0005")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT amount, committed FROM grant_funds")).one() == (50_000, 30_000)
    engine.dispose()


@keeps("P1")
def test_files_given_as_answers_before_are_sealed(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "SITE_SECRET_KEY", "a-secret-that-only-this-test-knows-0000")
    (key,) = load_settings().sealing_keys
    command.upgrade(alembic_config(empty_url), "0005")
    engine = create_engine(empty_url)
    given = {"answer_bytes": {"original": b"%PDF-1", "plain": b"%PDF-2"}}
    for name in ("communities", "people", "editions", "built_forms", "questions", "answer_files", "answer_bytes"):
        table = Table(name, MetaData(), autoload_with=engine, resolve_fks=False)
        values = {"ends_at": datetime(2026, 6, 2, 12)} if name == "editions" else given.get(name, {})
        with engine.begin() as connection:
            connection.execute(insert(table), [_row_of(table, **values)])
    command.upgrade(alembic_config(empty_url), "0006")
    database = Database(empty_url)
    database.unlock(key)
    with database.connection() as connection:
        assert b"%PDF" not in bytes(connection.execute(text("SELECT original FROM answer_bytes")).scalar_one())
        assert connection.execute(select(tables.metadata.tables["answer_bytes"])).one() == (1, b"%PDF-1", b"%PDF-2")
    database.dispose()
    command.downgrade(alembic_config(empty_url), "0005")
    with engine.connect() as connection:
        assert connection.execute(select(table)).one() == (1, b"%PDF-1", b"%PDF-2")
    engine.dispose()


@keeps("P1")
def test_visas_told_of_before_are_sealed(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "SITE_SECRET_KEY", "a-secret-that-only-this-test-knows-0000")
    (key,) = load_settings().sealing_keys
    command.upgrade(alembic_config(empty_url), "0008")
    engine = create_engine(empty_url)
    told = {"visa": "appointment", "visa_day": date(2026, 7, 1)}
    given = {"editions": {"ends_at": datetime(2026, 6, 2, 12)}, "grant_applications": told}
    for name in ("communities", "people", "editions", "grant_applications"):
        table = Table(name, MetaData(), autoload_with=engine, resolve_fks=False)
        with engine.begin() as connection:
            connection.execute(insert(table), [_row_of(table, **given.get(name, {}))])
    command.upgrade(alembic_config(empty_url), "0009")
    database = Database(empty_url)
    database.unlock(key)
    with database.connection() as connection:
        stored = connection.execute(text("SELECT visa_told FROM grant_applications")).scalar_one()
        assert stored.startswith("gAAAA")
        column = tables.metadata.tables["grant_applications"].c.visa_told
        assert connection.execute(select(column)).scalar_one() == {"visa": "appointment", "day": "2026-07-01"}
    database.dispose()
    command.downgrade(alembic_config(empty_url), "0008")
    with engine.connect() as connection:
        assert connection.execute(select(table.c.visa, table.c.visa_day)).one() == tuple(told.values())
    engine.dispose()
