"""kill -9 at the worst moment: what was acknowledged is there, once."""

import os
import shutil
import signal
import sqlite3
import threading
import time
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.operations.conftest import PASSWORD, Browser, Site, until
from tests.shows import keeps, shows
from workshop_manager.accounts import service as accounts
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.sqlite
EMAIL = "wahyuni@example.org"


def person(site: Site) -> None:
    with site.unit() as uow:
        accounts.create_person(uow, email=EMAIL, name="Wahyuni", password=PASSWORD)


def signed_in(site: Site) -> Browser:
    browser = site.browser()
    browser.get("/sign-in")
    assert browser.post("/sign-in", email=EMAIL, password=PASSWORD)[0] == 303
    browser.get("/communities/new")
    return browser


@keeps("R1", "R2", "O4")
@shows(
    "Durability", "What was acknowledged survives kill -9 of every process while requests are under way, exactly once"
)
def test_what_was_acknowledged_survives_a_kill_of_everything(site: Site) -> None:
    person(site)
    server = site.serve()
    acknowledged: list[str] = []
    over = threading.Event()

    def found(writer: int, browser: Browser) -> None:
        number = 0
        while not over.is_set():
            slug = f"c{writer}-{number}"
            try:
                status, where = browser.post("/communities/new", name=f"Community {slug}", slug=slug, accent="#5a3a86")
            except (OSError, HTTPException):
                return
            assert status == 303, where
            acknowledged.append(slug)
            number += 1

    writers = [threading.Thread(target=found, args=(n, signed_in(site))) for n in range(3)]
    for writer in writers:
        writer.start()
    until(lambda: len(acknowledged) > 20)
    os.killpg(server.pid, signal.SIGKILL)
    over.set()
    for writer in writers:
        writer.join(20)
    server.wait()
    begun = time.monotonic()
    site.serve()
    assert time.monotonic() - begun < 20
    there = [str(slug) for (slug,) in site.rows("SELECT slug FROM communities")]
    assert set(acknowledged) <= set(there)
    # What the kill caught between commit and answer may be there as well: one for each writer at most.
    assert len(there) - len(acknowledged) <= len(writers)
    # With each its history and its owner, or none of them.
    assert site.rows("SELECT count(*) FROM community_owners") == [(len(there),)]
    assert site.rows("SELECT count(*) FROM audit_entries WHERE subject = 'community'") == [(len(there),)]
    assert site.rows("PRAGMA integrity_check") == [("ok",)]


@keeps("O4")
@shows("Durability", "A web process that is killed is replaced; the others answer meanwhile")
def test_a_killed_web_process_is_replaced(site: Site) -> None:
    server = site.serve()
    children = _children(server.pid)
    assert len(children) == 2
    os.kill(children[0], signal.SIGKILL)
    for _time in range(5):
        until(site.answers, 2)
    until(lambda: len(_children(server.pid)) == 2 and children[0] not in _children(server.pid), 20)
    begun = time.monotonic()
    server.terminate()
    assert server.wait(20) == 0
    assert time.monotonic() - begun < 20
    assert "Traceback" not in site.log


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@keeps("R8")
@shows(
    "Durability", "`db backup` copies a SQLite database while it is written; put back, it holds whole transactions only"
)
def test_a_backup_made_while_running_restores_to_the_same_counts(site: Site, tmp_path: Path) -> None:
    person(site)
    database = Database(site.settings.database)
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            with unit_of_work(database, SystemClock()) as uow:  # always two rows together
                for action in ("one", "two"):
                    uow.session.add(AuditEntry(at=uow.now, action=action, subject="backup", details={"x": "y" * 500}))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        until(lambda: site.rows("SELECT count(*) >= 40 FROM audit_entries") == [(1,)])
        copy = tmp_path / "copy.sqlite3"
        result = site.run("db", "backup", str(copy))
    finally:
        over.set()
        writer.join(10)
        database.dispose()
    assert result.exit_code == 0, result.output
    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        count = "SELECT count(*) FROM audit_entries WHERE action = ?"
        ones, twos = (connection.execute(count, (action,)).fetchone()[0] for action in ("one", "two"))
    assert ones == twos >= 20
    for file in site.file.parent.glob("workshop_manager.sqlite3*"):
        file.unlink()
    shutil.copy(copy, site.file)
    assert site.rows("SELECT count(*) FROM audit_entries WHERE subject = 'backup'") == [(ones + twos,)]
    assert site.rows("SELECT email FROM people") == [(EMAIL,)]
    assert "ok     Tables: Up to date." in site.run("doctor").output


def test_a_backup_keeps_what_is_there_and_says_what_it_cannot_do(site: Site, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("precious")
    for words, sentence in (
        ((str(kept),), "exists already and is kept"),
        ((str(tmp_path / "no/such/folder/copy"),), "could not be written"),
    ):
        result = site.run("db", "backup", *words)
        assert result.exit_code == 1
        assert sentence in result.output
    assert kept.read_text() == "precious"
    elsewhere = site.run("db", "backup", str(tmp_path / "x"), database_url="postgresql+psycopg://127.0.0.1:1/none")
    assert "For PostgreSQL use pg_dump." in elsewhere.output
    site.file.unlink()
    assert "cannot be opened" in site.run("db", "backup", str(tmp_path / "x")).output
    assert not (tmp_path / "x").exists()
