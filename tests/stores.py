"""Job stores of every kind for tests, each of which can go away and come back."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.smtp import free_port

HINT = "no redis-server found: install one (apt-get install redis-server) or name it in WORKSHOP_TESTS_REDIS"
REDIS = os.environ.get("WORKSHOP_TESTS_REDIS") or shutil.which("redis-server")


class SqliteStore:
    """A file in a folder, in whose place something else stands while it is away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "jobs"
        self.url = f"sqlite:///{self.folder}/jobs.sqlite3"

    def go_away(self) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.touch()

    def come_back(self) -> None:
        self.folder.unlink()

    def end(self) -> None:
        return


class PostgresStore:
    """A database of its own, dropped with everybody in it while it is away."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._name = make_url(url).database
        self._admin = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")

    def go_away(self) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)"))

    def come_back(self) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {self._name}"))

    def end(self) -> None:
        self._admin.dispose()


class RedisStore:
    """A server of its own on a free port, killed while it is away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/1"
        self.come_back()

    def go_away(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def come_back(self) -> None:
        # Its file is written by nobody: what it held is lost with it, as with a real one that was not told to keep it.
        words = ("--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--appendonly", "no")
        self._process = subprocess.Popen(
            [str(REDIS), *words, "--dir", str(self._folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=0.2):
                    return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("redis-server does not answer")

    def end(self) -> None:
        if self._process.poll() is None:
            self.go_away()


Store = SqliteStore | PostgresStore | RedisStore
