"""The worker: runs every registered job when its time has come, and sooner when somebody nudges it.

huey carries the nudges. It does not acknowledge, so nothing depends on a nudge arriving: each job finds its work in the
database, and the clockwork here calls it every few seconds anyway.
"""

import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from sqlalchemy import delete

from workshop_manager.app import create_app
from workshop_manager.core import jobs
from workshop_manager.core.jobs import WorkerBeat
from workshop_manager.core.settings import Settings
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.web.request import Platform

log = structlog.get_logger("workshop_manager.worker")
BEAT_EVERY = 10
BEAT_KEPT = timedelta(days=1)


def job_store(url: str) -> Huey:
    """The queue of nudges: a SQLite file, PostgreSQL or Redis, by the scheme of the address."""
    scheme = urlsplit(url).scheme
    if scheme.startswith("sqlite"):
        path = Path(url.partition(":///")[2])
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("workshop_manager", filename=str(path), results=False)
    if scheme.startswith("postgresql"):
        return PostgresHuey("workshop_manager", dsn=url.replace(scheme, "postgresql", 1), results=False)
    return RedisHuey("workshop_manager", url=url, results=False)


def nudger(settings: Settings) -> Callable[[str], None]:
    """A function that tells the worker about a job. A nudge that fails is only logged: the worker looks by itself."""

    # Opened with the first nudge: pages are served while the store is away.
    @cache
    def store() -> tuple[Huey, Callable[[str], object]]:
        made = job_store(settings.jobs)
        return made, _task(made, None)

    def nudge(name: str) -> None:
        try:
            queue, task = store()
            task(name)
            # Threads of a web server come and go; none of them leaves a connection behind.
            queue.storage.close()
        except Exception as error:
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


def run_worker(settings: Settings) -> None:
    """Run until TERM or INT; what is being sent is finished first."""
    app = create_app(settings)
    worker = Worker(app)
    store = job_store(settings.jobs)
    _task(store, worker.run)
    thread = threading.Thread(target=worker.clockwork, name="clockwork", daemon=True)
    thread.start()
    if not settings.is_demo:
        log.info("worker started", jobs=sorted(worker.locks))
    consumer = Consumer(store, workers=1, periodic=False, max_delay=1.0, graceful_signal="TERM", shutdown_timeout=10)
    try:
        consumer.run()
    finally:
        worker.stopping.set()
        thread.join(10)
