"""An installation of one's own: a folder, a migrated database, commands, and processes that are ended with the test."""

import http.cookiejar
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from tests.smtp import free_port
from workshop_manager.app import alembic_config, create_app
from workshop_manager.cli import cli
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import Settings, load_settings
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work

PREFIX = "WORKSHOP_MANAGER_"
PASSWORD = "a long password of theirs"


def until(true: Callable[[], object], seconds: float = 20, every: float = 0.05) -> None:
    """Wait until something is true, or fail."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not true after {seconds} s")
        time.sleep(every)


@dataclass
class Site:
    """A production installation on SQLite; `environ` is what its processes and commands see."""

    folder: Path
    environ: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return load_settings(self.environ)

    @property
    def file(self) -> Path:
        return self.folder / "var/workshop_manager.sqlite3"

    @property
    def port(self) -> int:
        return int(self.environ[f"{PREFIX}SERVER_PORT"])

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def set(self, **values: object) -> None:
        """Change settings: `set(mail_port=25)`."""
        self.environ |= {f"{PREFIX}{key.upper()}": str(value) for key, value in values.items()}

    def run(self, *words: str, **values: object) -> Result:
        """A command in this process; `values` are settings for this once. Nothing is served: what would be, fails."""
        once = {f"{PREFIX}{key.upper()}": str(value) for key, value in values.items()}
        before = dict(os.environ)
        started = AssertionError("it started")
        try:
            with (
                patch("workshop_manager.cli.serve_pages", side_effect=started),
                patch("workshop_manager.cli.run_worker", side_effect=started),
                patch("workshop_manager.cli.run_together", side_effect=started),
            ):
                return CliRunner().invoke(cli, list(words), env=self.environ | once)
        finally:
            os.environ.clear()
            os.environ.update(before)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A command as a process of its own, in a group of its own."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX) and k != "PORT"}
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "workshop_manager", *words],
                env=clean | self.environ, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def serve(self) -> subprocess.Popen[bytes]:
        """The web server, once it answers."""
        process = self.start("serve")
        until(lambda: process.poll() is not None or self.answers(), 30)
        assert process.poll() is None, self.log
        return process

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return True
        except OSError:
            return False

    @contextmanager
    def unit(self) -> Iterator[UnitOfWork]:
        """A unit of work on its database, with an application context."""
        database = Database(self.settings.database)
        app = create_app(self.settings, database)
        try:
            with app.app_context(), unit_of_work(database, SystemClock()) as uow:
                yield uow
        finally:
            database.dispose()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query answers, past everything of ours."""
        database = Database(self.settings.database)
        try:
            with database.connection() as connection:
                return [tuple(row) for row in connection.execute(text(query))]
        finally:
            database.dispose()

    def change(self, statement: str) -> None:
        """Change rows directly."""
        database = Database(self.settings.database)
        with database.session(writing=True) as session:
            session.execute(text(statement))
            session.commit()
        database.dispose()

    def browser(self) -> "Browser":
        return Browser(f"http://127.0.0.1:{self.port}")


class Browser:
    """A person at this site who keeps cookies and fills in forms."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _Stay()
        )
        self.token = ""

    def get(self, path: str) -> tuple[int, str]:
        return self._ask(urllib.request.Request(self.base + path))

    def post(self, path: str, **values: str) -> tuple[int, str]:
        """The status and, for a redirect, where to; with the token of the page that was opened last."""
        data = urllib.parse.urlencode({"csrf_token": self.token} | values).encode()
        return self._ask(urllib.request.Request(self.base + path, data))

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=20) as answer:
                status, body, headers = answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            status, body, headers = error.code, error.read().decode(), error.headers
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body):
            self.token = found[1]
        return status, headers.get("Location", "") if 300 <= status < 400 else body


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:  # type: ignore[override]
        return None


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database as the migrations make it."""
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    command.upgrade(alembic_config(f"sqlite:///{path}"), "head")
    return path


@pytest.fixture
def bare_site(tmp_path: Path) -> Iterator[Site]:
    """A site without a database."""
    environ = {
        f"{PREFIX}SITE_MODE": "production",
        f"{PREFIX}SITE_SECRET_KEY": secrets.token_urlsafe(48),
        f"{PREFIX}SITE_BASE_URL": "http://localhost",
        f"{PREFIX}SITE_VAR": str(tmp_path / "var"),
        f"{PREFIX}SERVER_PORT": str(free_port()),
        f"{PREFIX}SERVER_WORKERS": "2",
        f"{PREFIX}MAIL_SERVER": "127.0.0.1",
        f"{PREFIX}MAIL_PORT": str(free_port()),
        f"{PREFIX}MAIL_TIMEOUT": "3",
    }
    made = Site(tmp_path, environ)
    yield made
    for process in made.running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@pytest.fixture
def site(bare_site: Site, migrated: Path) -> Site:
    """A site with an empty, migrated database."""
    bare_site.file.parent.mkdir()
    shutil.copy(migrated, bare_site.file)
    return bare_site


@pytest.fixture
def fresh_postgres(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a PostgreSQL database without any table."""
    if "postgresql" not in request.config.getoption("--databases"):
        # Only with `--databases sqlite`, which CI never passes.
        pytest.skip("not wanted in this run")
    admin = create_engine(request.getfixturevalue("_postgres_url"), isolation_level="AUTOCOMMIT")
    name = f"wm_fresh_{secrets.token_hex(4)}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield str(admin.url.set(database=name).render_as_string(hide_password=False))
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()
