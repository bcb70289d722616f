"""The number that rises with every change a visitor might see, and with nothing else."""

import threading
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.factories import make_edition, make_person
from workshop_manager.accounts.models import SignIn
from workshop_manager.core.audit import record
from workshop_manager.core.database import Database
from workshop_manager.core.jobs import WorkerBeat
from workshop_manager.workshops.models import Community, Edition


def rename(uow: Any) -> None:
    uow.session.execute(select(Community)).scalar_one().name = "Another"


def bulk(uow: Any) -> None:
    uow.session.execute(update(Community).values(name="Another"))


def core(uow: Any) -> None:
    uow.session.execute(update(Community.__table__).values(name="Another"))


def connection(uow: Any) -> None:
    uow.session.connection().execute(delete(Edition.__table__))


def plain(uow: Any) -> None:
    uow.session.execute(text("  update communities set name = 'Another'"))


def driver(uow: Any) -> None:
    uow.session.connection().exec_driver_sql("DELETE FROM editions")


def remarked(uow: Any) -> None:
    uow.session.execute(text("/* a\nremark */ -- and another\n UPDATE communities SET name = 'Another'"))


@pytest.mark.parametrize("change", [rename, bulk, core, connection, plain, driver, remarked])
def test_it_rises_with_a_change_however_it_is_written(work: Any, database: Database, change: Any) -> None:
    with work() as uow:
        make_edition(uow)
    before = database.shown.number()
    with work() as uow:
        change(uow)
        assert database.shown.number() == before, "not before the commit"
    assert database.shown.number() > before


def test_it_stays_for_what_visitors_never_see_for_reading_and_for_what_was_not_committed(
    work: Any, database: Database
) -> None:
    with work() as uow:
        edition = make_edition(uow)
        edition_id = edition.id
    before = database.shown.number()
    with work() as uow:
        uow.session.execute(insert(WorkerBeat).values(name="one", seen_at=uow.now))
        record(uow, "looked", "edition", edition_id)
        uow.session.execute(select(Edition)).all()
    with work() as uow:
        make_person(uow)
        uow.session.flush()
        uow.rollback()
    assert database.shown.number() == before
    with pytest.raises(IntegrityError), work() as uow:
        uow.session.execute(insert(Edition).values(id=edition_id))
    with work() as uow:
        uow.session.execute(select(Edition)).all()
    assert database.shown.number() == before


def test_each_of_many_at_once_raises_it(work: Any, database: Database) -> None:
    before = database.shown.number() or 0

    def one(number: int) -> None:
        with work() as uow:
            make_person(uow, email=f"p{number}@example.org")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.shown.number() == before + 12


@pytest.mark.sqlite
def test_a_database_that_cannot_say_says_nothing(tmp_path: Any) -> None:
    database = Database(f"sqlite:///{tmp_path}/none.sqlite3")
    assert database.shown.number() is None
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite3", may_create=True)
    assert empty.shown.number() is None
    empty.dispose()


def test_closing_the_database_leaves_no_connection_behind(database: Database) -> None:
    assert database.shown.number() is not None
    database.dispose()
    assert len(database.shown._idle) == 0
    assert database.shown.number() is not None, "and it can be asked again"


def test_a_write_inside_another_one_is_not_hidden_by_it(work: Any, database: Database) -> None:
    with work() as uow:
        make_edition(uow)
    before = database.shown.number()
    if database.is_sqlite:  # which writes to one table a statement
        with pytest.raises(OperationalError), work() as uow:
            uow.session.execute(text("WITH inside AS (DELETE FROM editions RETURNING id) SELECT id FROM inside"))
        assert database.shown.number() == before
        return
    inside = update(Edition).values(name="Another").returning(Edition.id).cte("inside")
    with work() as uow:
        uow.session.execute(delete(SignIn).where(SignIn.person_id.in_(select(inside.c.id))))
    assert database.shown.number() > before


@pytest.mark.sqlite
def test_a_database_that_cannot_count_is_met_like_one_that_is_gone(work: Any, database: Database) -> None:
    with work() as uow:
        uow.session.execute(text("DROP TABLE shown_version"))
    with pytest.raises(OperationalError), work() as uow:
        make_edition(uow)
    with work() as uow:
        assert uow.session.scalars(select(Edition)).all() == []
