"""The worker as a real process: it delivers when nudged and when not, and no kill loses or repeats a mail."""

import asyncio
import os
import pickle
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from alembic import command

from tests.operations.conftest import PASSWORD, Site, until
from tests.shows import keeps, shows
from tests.smtp import Inbox, free_port, smtp_server
from tests.stores import PostgresStore, RedisStore, SqliteStore, Store
from workshop_manager.accounts import service as accounts
from workshop_manager.app import alembic_config
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.worker import job_store, nudger


def promise(site: Site, *addresses: str) -> None:
    """Mails in the outbox, as some act of somebody's would leave them."""
    with site.unit() as uow:
        for number, address in enumerate(addresses):
            uow.session.add(
                OutboxMail(
                    key=f"test:{number}:{address}", template="test/test", to_name="Wahyuni", to_address=address,
                    from_name="We", subject="Your seat is taken back", text_body="Words.", html_body="<p>Words.</p>",
                    message_id=f"<{number}.{address}>", state=MailState.QUEUED,
                    created_at=uow.now, next_attempt_at=uow.now,
                )
            )  # fmt: skip


def states(site: Site) -> dict[str, int]:
    return {str(state): int(count) for state, count in site.rows("SELECT state, count(*) FROM outbox_mails GROUP BY 1")}  # type: ignore[call-overload]


class Slow(Inbox):
    """Takes a mail whole and then hesitates with its answer, while `hold` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.hold = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if self.hold.is_set():
            await asyncio.sleep(60)
        return answer


@pytest.fixture
def inbox(bare_site: Site) -> Iterator[Inbox]:
    with smtp_server() as made:
        bare_site.set(mail_port=made.port)
        yield made


@pytest.fixture(params=["sqlite", "postgresql", pytest.param("redis", marks=pytest.mark.redis)])
def store(request: pytest.FixtureRequest, bare_site: Site, tmp_path: Path) -> Iterator[Store]:
    """A job store of each kind, which the site uses."""
    made: Store
    if request.param == "sqlite":
        made = SqliteStore(tmp_path)
    elif request.param == "postgresql":
        made = PostgresStore(request.getfixturevalue("fresh_postgres"))
    else:
        made = RedisStore(tmp_path)
    bare_site.set(jobs_url=made.url)
    yield made
    made.end()


def waiting(site: Site) -> int:
    """How many nudges wait in its store."""
    opened = job_store(site.settings)
    try:
        return int(opened.pending_count())
    finally:
        opened.storage.close()


@shows("Mail", "The worker delivers within a second or two of a nudge, with each of the three job stores")
def test_it_delivers_when_nudged(site: Site, inbox: Inbox, store: Store) -> None:
    site.start("worker")
    until(lambda: site.rows("SELECT * FROM worker_beats"))
    time.sleep(1)  # its first look at the outbox is over
    promise(site, "nudged@example.org")
    begun = time.monotonic()
    nudger(site.settings)("deliver-mail")
    until(lambda: inbox.to("nudged@example.org"), 8)
    assert time.monotonic() - begun < 6
    until(lambda: states(site) == {"sent": 1}, 5)
    assert waiting(site) == 0
    (mail,) = inbox.to("nudged@example.org")
    assert mail["Message-ID"] == "<0.nudged@example.org>"


class Bomb:
    """What somebody would put into the store who wants to run something of theirs."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[Path, str]]:
        return Path.write_text, (self.target, "ran")


@keeps("I10")
@shows("Mail", "Whoever can write to the job store runs nothing: the worker takes only nudges that are signed")
def test_what_others_put_into_the_store_is_not_run(site: Site, inbox: Inbox, store: Store, tmp_path: Path) -> None:
    opened = job_store(site.settings)
    opened.storage.enqueue(pickle.dumps(Bomb(tmp_path / "ran")))
    opened.storage.close()
    site.start("worker")
    promise(site, "after@example.org")
    nudger(site.settings)("deliver-mail")
    until(lambda: inbox.to("after@example.org"), 15)
    until(lambda: waiting(site) == 0, 5)
    assert not (tmp_path / "ran").exists()


@keeps("M3", "R1")
@shows("Mail", "While the job store is away pages work as ever, and mails come within ten seconds")
def test_a_store_that_goes_away_costs_seconds_only(site: Site, inbox: Inbox, store: Store) -> None:
    with site.unit() as uow:
        accounts.create_person(uow, email="wahyuni@example.org", name="Wahyuni", password=PASSWORD)
    site.start("worker")
    site.serve()
    until(lambda: site.rows("SELECT * FROM worker_beats"))
    store.go_away()
    browser = site.browser()
    for _time in range(2):
        browser.get("/reset")
        begun = time.monotonic()
        assert browser.post("/reset", email="wahyuni@example.org")[0] == 303
        assert time.monotonic() - begun < 3
    until(lambda: len(inbox.to("wahyuni@example.org")) == 2, 14)
    assert "Traceback" not in site.log
    assert site.log.count("job store is away") <= 1


@keeps("M3", "R1")
def test_it_starts_without_its_store_and_listens_once_that_is_there(site: Site, inbox: Inbox, store: Store) -> None:
    store.go_away()
    promise(site, "waiting@example.org")
    site.start("worker")
    until(lambda: inbox.to("waiting@example.org"), 10)
    assert "job store is away" in site.log
    store.come_back()
    nudger(site.settings)("deliver-mail")
    until(lambda: waiting(site) == 0, 10)


@keeps("M2", "R1")
@shows(
    "Mail", "Killing the worker between claim and mark loses no mail and repeats one at most, under the same Message-ID"
)
def test_a_kill_between_claim_and_mark_repeats_one_mail_at_most(site: Site, store: Store) -> None:
    addresses = [f"person{n}@example.org" for n in range(5)]
    with slow_server() as inbox:
        site.set(mail_port=inbox.port, mail_timeout=30)
        promise(site, *addresses)
        inbox.hold.set()
        first = site.start("worker")
        nudger(site.settings)("deliver-mail")
        until(lambda: inbox.mails)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        assert states(site) == {"sending": 5}
        inbox.hold.clear()
        # The lease is five minutes long; the test cannot wait for its end.
        site.change("UPDATE outbox_mails SET lease_until = '2026-01-01 00:00:00.000000'")
        site.start("worker")
        until(lambda: states(site) == {"sent": 5})
        got = [message_from_bytes(m.content, policy=policy.default) for m in inbox.mails]
    ids = [m["Message-ID"] for m in got]
    assert set(ids) == {f"<{n}.{a}>" for n, a in enumerate(addresses)}
    assert len(ids) <= 6
    assert all(ids.count(one) == 1 for one in ids[1:] if one != ids[0])


@contextmanager
def slow_server() -> Iterator[Slow]:
    inbox = Slow()
    inbox.port = free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    server.start()
    try:
        yield inbox
    finally:
        server.stop()


@pytest.mark.sqlite
@keeps("M3", "O4")
@shows(
    "Mail", "A mail server that hangs holds no transaction: others write meanwhile, and the mail comes when it is back"
)
def test_a_server_that_hangs_slows_nobody_and_the_mail_comes_later(site: Site) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        site.set(mail_port=port, mail_timeout=2)
        promise(site, "patient@example.org")
        worker = site.start("worker")
        until(lambda: states(site) == {"sending": 1})
        begun = time.monotonic()
        site.change("UPDATE outbox_mails SET subject = subject")
        assert time.monotonic() - begun < 1.5
        until(lambda: states(site) == {"queued": 1})
    (error,) = site.rows("SELECT last_error FROM outbox_mails")[0]
    assert "could not be used" in str(error)
    with smtp_server() as inbox:
        # A server of another port, since the first one's is held for a while by what hung there.
        worker.terminate()
        assert worker.wait(20) == 0
        site.set(mail_port=inbox.port)
        site.change("UPDATE outbox_mails SET next_attempt_at = '2026-01-01 00:00:00.000000'")
        site.start("worker")
        until(lambda: inbox.to("patient@example.org"))
        until(lambda: states(site) == {"sent": 1}, 5)


@pytest.mark.sqlite
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_to_without_a_trace(site: Site, inbox: Inbox, number: signal.Signals) -> None:
    worker = site.start("worker")
    until(lambda: site.rows("SELECT * FROM worker_beats"))
    time.sleep(0.5)
    begun = time.monotonic()
    worker.send_signal(number)
    assert worker.wait(20) == 0
    assert time.monotonic() - begun < 12
    assert "Traceback" not in site.log


@shows("Settings", "WORKSHOP_MANAGER_JOBS_URL chooses where nudges wait: a SQLite file, PostgreSQL or Redis")
def test_nudges_wait_in_the_store_of_the_setting(site: Site, store: Store) -> None:
    nudge = nudger(site.settings)
    nudge("deliver-mail")
    nudge("deliver-mail")
    assert waiting(site) == 2


@pytest.mark.sqlite
def test_a_store_that_is_away_fails_no_page(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for url in (f"sqlite:///{tmp_path}/file/jobs.sqlite3", "postgresql://127.0.0.1:1/none", "redis://127.0.0.1:1/0"):
        site.set(jobs_url=url)
        nudger(site.settings)("deliver-mail")


@pytest.mark.sqlite
@keeps("M3")
@pytest.mark.parametrize("scheme", ["postgresql", "redis"])
def test_a_store_that_does_not_answer_holds_a_page_for_seconds_and_only_once(site: Site, scheme: str) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        site.set(jobs_url=f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/1")
        nudge = nudger(site.settings)
        begun = time.monotonic()
        nudge("deliver-mail")
        once = time.monotonic()
        nudge("deliver-mail")
        assert once - begun < 8
        assert time.monotonic() - once < 0.5


@pytest.mark.postgresql
@shows("Settings", "WORKSHOP_MANAGER_DATABASE_URL switches to PostgreSQL, with the job store in the same database")
def test_everything_in_postgresql(bare_site: Site, inbox: Inbox, fresh_postgres: str) -> None:
    site = bare_site
    site.set(database_url=fresh_postgres, jobs_url=fresh_postgres)
    command.upgrade(alembic_config(fresh_postgres), "head")
    worker = site.start("worker")
    until(lambda: site.rows("SELECT * FROM worker_beats"))
    promise(site, "wahyuni@example.org", "aicha@example.org")
    nudger(site.settings)("deliver-mail")
    until(lambda: states(site) == {"sent": 2})
    assert inbox.to("wahyuni@example.org")
    assert inbox.to("aicha@example.org")
    worker.terminate()
    assert worker.wait(20) == 0
    result = site.run("doctor")
    assert [line for line in result.output.splitlines() if line.startswith("WRONG")] == [
        "WRONG  Address: site.base_url is http://localhost: people sign in there, so it must begin with https://."
    ]
