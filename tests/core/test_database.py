"""The database as everything above sees it."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import OperationalError, StatementError

from tests.shows import keeps
from workshop_manager import tables
from workshop_manager.core.audit import AuditEntry, record
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Base, Database
from workshop_manager.core.unit_of_work import unit_of_work

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@keeps("R5")
def test_a_vanished_sqlite_file_does_not_become_an_empty_database(tmp_path: Path) -> None:
    path = tmp_path / "gone.sqlite3"
    database = Database(f"sqlite:///{path}")
    assert not database.is_reachable()
    with pytest.raises(OperationalError), database.connection():
        pass
    assert not path.exists()


@keeps("R7")
def test_sqlite_writes_ahead_and_syncs_fully(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.sqlite3", may_create=True)
    with database.connection() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {p}")).scalar() for p in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


def test_instants_come_back_aware_and_naive_ones_are_refused(database: Database) -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=7)))
    with unit_of_work(database, FixedClock(elsewhere)) as uow:
        record(uow, "tried", "test", 1)
    with unit_of_work(database, FixedClock(AT)) as uow:
        entry = uow.session.scalars(select(AuditEntry)).one()
        assert entry.at == AT
        assert entry.at.utcoffset() == timedelta(0)
    with pytest.raises((TypeError, StatementError)), unit_of_work(database, FixedClock(datetime(2026, 1, 1))) as uow:
        record(uow, "tried", "test", 1)


def test_an_error_in_the_block_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(database, FixedClock(AT)) as uow:
        record(uow, "tried", "test", 1)
        uow.session.flush()
        1 / 0  # noqa: B018
    with unit_of_work(database, FixedClock(AT)) as uow:
        assert uow.session.scalars(select(AuditEntry)).all() == []


def test_what_waits_for_the_commit_runs_once_and_only_after_it(database: Database) -> None:
    ran: list[int] = []
    with unit_of_work(database, FixedClock(AT)) as uow:
        uow.after_commit("k", lambda: ran.append(1))
        uow.after_commit("k", lambda: ran.append(2))
        assert ran == []
    assert ran == [2]


def test_every_relationship_says_what_it_loads() -> None:
    assert tables.MODULES
    lazy = [f"{m.class_.__name__}.{r.key}" for m in Base.registry.mappers for r in m.relationships if r.lazy != "raise"]
    assert lazy == []


def test_letters_of_every_language_are_found_whatever_their_case(database: Database) -> None:
    with database.connection() as connection:
        for typed in ("ÉTÉ", "Żółć", "ΛΟΓΟΙ", "ДАННЫЕ"):
            row = connection.execute(select(func.lower(typed), literal(typed).icontains(typed.lower()))).one()
            assert row == (typed.lower(), True), typed
        assert connection.execute(select(func.lower(None))).scalar_one() is None
