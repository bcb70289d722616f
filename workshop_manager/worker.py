"""The worker: runs every registered job when its time has come, and sooner when somebody nudges it.

huey carries the nudges. It does not acknowledge, so nothing depends on a nudge arriving: each job finds its work in the
database, and the clockwork here calls it every few seconds anyway. The store of nudges may be away when the worker
starts and go away at any time: huey's own consumer ends with it or fills the log, so a loop of ours reads the store.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer
from sqlalchemy import delete

from workshop_manager.app import create_app
from workshop_manager.core import jobs
from workshop_manager.core.jobs import WorkerBeat
from workshop_manager.core.settings import Settings
from workshop_manager.core.tokens import derived_key
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.web.request import Platform

log = structlog.get_logger("workshop_manager.worker")
BEAT_EVERY = 10
BEAT_KEPT = timedelta(days=1)
STORE_ANSWERS = 2
"""Seconds after which a store that does not answer counts as away: a page waits for it, though after its commit."""
SPARED = 10.0
"""Seconds without another nudge after one that failed: the worker looks by itself within that time."""
LOOK_AGAIN = 5.0
"""Seconds until the worker looks again for a store that is away."""
STOP_WITHIN = 10


def job_store(settings: Settings) -> Huey:
    """The queue of nudges: a SQLite file, PostgreSQL or Redis, by the scheme of the address.

    Nudges are signed with a key of the site's: huey's messages are pickles, and whoever can write to the store must not
    be able to run code in the worker.
    """
    url = settings.jobs
    kept = {
        "results": False,
        "serializer": SignedSerializer(secret=derived_key(settings.site_secret_key, "nudges").hex()),
    }
    scheme = urlsplit(url).scheme
    if scheme.startswith("sqlite"):
        path = Path(url.partition(":///")[2])
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("workshop_manager", filename=str(path), **kept)
    if scheme.startswith("postgresql"):
        dsn = url.replace(scheme, "postgresql", 1)
        return PostgresHuey("workshop_manager", dsn=dsn, connect_timeout=STORE_ANSWERS, **kept)
    return RedisHuey("workshop_manager", connection_pool=_redis_connections(url), **kept)


def _redis_connections(url: str) -> Any:
    from redis.backoff import NoBackoff
    from redis.connection import ConnectionPool
    from redis.retry import Retry

    # Once more at once, since a connection of the pool may be from before a restart; its own way is to pause for
    # seconds between several tries, and some versions wait for an answer without end.
    return ConnectionPool.from_url(
        url, socket_connect_timeout=STORE_ANSWERS, socket_timeout=STORE_ANSWERS, retry=Retry(NoBackoff(), 1)
    )


def nudger(settings: Settings) -> Callable[[str], None]:
    """A function that tells the worker about a job. A nudge that fails is only logged: the worker looks by itself."""
    spared_until = -SPARED

    # Opened with the first nudge: pages are served while the store is away.
    @cache
    def store() -> tuple[Huey, Callable[[str], object]]:
        made = job_store(settings)
        return made, _task(made, None)

    def tell(name: str) -> None:
        queue, task = store()
        try:
            task(name)
        finally:
            # Threads of a web server come and go; none of them leaves a connection behind.
            queue.storage.close()

    def nudge(name: str) -> None:
        nonlocal spared_until
        if time.monotonic() < spared_until:
            return
        try:
            tell(name)
        except Exception as error:
            spared_until = time.monotonic() + SPARED
            store.cache_clear()  # what comes back may be an empty one, without huey's tables
            log.warning("nudge not delivered", job=name, error=type(error).__name__)

    return nudge


def _task(store: Huey, run: Callable[[str], None] | None) -> Callable[[str], object]:
    def run_job(name: str) -> None:
        if run is not None:
            run(name)

    return store.task(name="run_job")(run_job)  # type: ignore[no-any-return]


class Worker:
    """Runs jobs, each at most once at a time in this process; one that fails is logged and tried again at its time."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.platform: Platform = app.extensions["platform"]
        self.locks = {job.name: threading.Lock() for job in jobs.registered()}
        self.stopping = threading.Event()
        self.name = f"{socket.gethostname()}:{os.getpid()}"

    def run(self, name: str) -> None:
        """Run one job now, unless it is running already."""
        job = next((j for j in jobs.registered() if j.name == name), None)
        if job is None or not self.locks[name].acquire(blocking=False):
            return
        try:
            with self.app.app_context():
                job.run(self.platform.database, self.platform.clock)
        except Exception as error:
            log.error("job failed", job=name, exc_info=error)
        finally:
            self.locks[name].release()

    def beat(self) -> None:
        """Say that this worker is alive; forget workers not seen for a day."""
        try:
            with unit_of_work(self.platform.database, self.platform.clock) as uow:
                uow.session.merge(WorkerBeat(name=self.name, seen_at=uow.now))
                uow.session.execute(delete(WorkerBeat).where(WorkerBeat.seen_at < uow.now - BEAT_KEPT))
        except Exception as error:
            log.warning("heartbeat not written", error=type(error).__name__)

    def clockwork(self) -> None:
        """Call every job at its interval by the monotonic clock, which nobody sets back, until told to stop."""
        due = {job.name: 0.0 for job in jobs.registered()}
        next_beat = 0.0
        while not self.stopping.is_set():
            now = time.monotonic()
            if now >= next_beat:
                self.beat()
                next_beat = now + BEAT_EVERY
            for job in jobs.registered():
                if now >= due[job.name]:
                    due[job.name] = now + job.every
                    self.run(job.name)
            self.stopping.wait(1.0)

    def listen(self, settings: Settings) -> None:
        """Run what is nudged, until told to stop. While the store is away the clockwork does everything."""
        is_away = False
        while not self.stopping.is_set():
            try:
                store = job_store(settings)
                _task(store, self.run)
                store.pending_count()
                if is_away:
                    log.info("job store is back")
                is_away = False
                self._listen(store)
            except Exception as error:
                if not is_away:
                    log.warning("job store is away: mails take a little longer", error=type(error).__name__)
                is_away = True
                self.stopping.wait(LOOK_AGAIN)

    def _listen(self, store: Huey) -> None:
        """Until the store fails or the worker is told to stop. Redis and PostgreSQL wait a second for a nudge."""
        try:
            while not self.stopping.is_set():
                try:
                    task = store.dequeue()
                except ValueError:
                    log.warning("a nudge that is not ours, or was signed with an earlier key, was left")
                    continue
                if task is not None:
                    store.execute(task)
                elif not store.storage.blocking:
                    self.stopping.wait(0.5)
        finally:
            with suppress(Exception):
                store.storage.close()


def run_worker(settings: Settings) -> None:
    """Run until TERM or INT; what is being sent is finished first."""
    app = create_app(settings)
    worker = Worker(app)
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: told.append(number))
    threads = [
        threading.Thread(target=worker.clockwork, name="clockwork", daemon=True),
        threading.Thread(target=worker.listen, args=(settings,), name="nudges", daemon=True),
    ]
    for thread in threads:
        thread.start()
    if not settings.is_demo:
        log.info("worker started", jobs=sorted(worker.locks))
    while not told:
        time.sleep(0.1)
    worker.stopping.set()
    deadline = time.monotonic() + STOP_WITHIN
    for thread in threads:
        thread.join(max(0.1, deadline - time.monotonic()))
