"""A disk that is full and a folder that cannot be written: said in words, nothing lost, well again by itself."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from tests.factories import client_for, make_person, send
from tests.shows import keeps, shows
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.web.request import Platform

pytestmark = pytest.mark.sqlite
NOBODY = 65534


def found(client: Any, slug: str, description: str = "") -> Any:
    return send(
        client, "/communities/new", {"name": slug, "slug": slug, "accent": "#5a3a86", "description": description}
    )


def slugs(database: Database) -> list[str]:
    with database.connection() as connection:
        return [str(row[0]) for row in connection.execute(text("SELECT slug FROM communities ORDER BY id"))]


@keeps("R3", "R2")
@shows(
    "Durability",
    "A full disk is said in words and loses nothing; when there is room again, it goes on without a restart",
)
def test_a_full_disk_is_said_in_words(app: Flask, work: Any, database: Database) -> None:
    with work() as uow:
        client = client_for(app, uow, make_person(uow))
    assert found(client, "before").status_code == 303
    database.dispose()
    full = True

    def limit(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages if full else 1_000_000}")

    event.listen(database.engine, "connect", limit)
    try:
        answers = [found(client, f"full-{n}", "words " * 800) for n in range(4)]
        refused = [a for a in answers if a.status_code != 303]
        assert refused, "the disk was never full"
        for answer in refused:
            assert answer.status_code == 503
            assert "We are away for a moment" in answer.text
        there = slugs(database)
        assert there == ["before", *(f"full-{n}" for n, a in enumerate(answers) if a.status_code == 303)]
        assert client.get("/").status_code == 200
        full = False
        database.dispose()
        assert found(client, "after", "words " * 800).status_code == 303
    finally:
        event.remove(database.engine, "connect", limit)
    assert slugs(database) == [*there, "after"]


@contextmanager
def as_somebody_without_rights(folder: Path) -> Iterator[None]:
    """The folder can be read, not written. Root may write everything, so this becomes somebody else for a while."""
    is_root = os.geteuid() == 0
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


@keeps("R4")
@shows("Durability", "In a folder that cannot be written nothing is promised: a calm page, and nothing half done")
def test_a_read_only_folder_promises_nothing(app: Flask, database: Database, clock: FixedClock) -> None:
    with TemporaryDirectory(prefix="wm-read-only-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with database.connection() as connection, connection.begin():
            pass
        copy = folder / "site.sqlite3"
        with database.connection() as connection:
            source: Any = connection.connection.driver_connection
            source.execute(f"VACUUM INTO '{copy}'")
        here = Database(f"sqlite:///{copy}")
        app.extensions["platform"] = Platform(app.extensions["platform"].settings, here, clock)
        with app.app_context(), unit_of_work(here, clock) as uow:
            client = client_for(app, uow, make_person(uow))
        assert found(client, "before").status_code == 303
        here.dispose()
        with as_somebody_without_rights(folder):
            refused = found(client, "while")
            assert refused.status_code == 503
            assert "We are away for a moment" in refused.text
        here.dispose()
        assert slugs(here) == ["before"]
        assert found(client, "after").status_code == 303
        assert slugs(here) == ["before", "after"]
        here.dispose()
