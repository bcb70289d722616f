"""The application on copies of the world's database, asked as each persona, without a browser."""

import fcntl
import pickle
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, got_request_exception
from flask.testing import FlaskClient
from sqlalchemy import event, text
from structlog.testing import capture_logs
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.personas import VISITOR, Persona
from tests.world import NOW, World, build, session_of
from workshop_manager import tables
from workshop_manager.app import create_app, newest_migration
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import Settings, load_settings
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.web.limits import limiter
from workshop_manager.web.request import Platform

ROOT = Path(__file__).resolve().parent.parent
_CSRF_SECRET = "c" * 40


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with the trace of what broke, if anything did."""

    status: int
    headers: dict[str, str]
    body: bytes
    trace: str = ""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def is_html(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


def world_file(folder: Path) -> tuple[Path, World]:
    """The world as a SQLite file, made once for all processes that share this folder."""
    path, pickled = folder / "world.sqlite3", folder / "world.pickle"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "world.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not pickled.exists():
            pickled.write_bytes(pickle.dumps(_make(path)))
    return path, pickle.loads(pickled.read_bytes())


def _make(path: Path) -> World:
    database = Database(f"sqlite:///{path}", may_create=True)
    tables.metadata.create_all(database.engine)
    _stamp(database)
    clock = FixedClock(NOW)
    app = create_app(settings_for(path.parent), database, clock)
    with app.app_context(), unit_of_work(database, clock) as uow:
        made = build(uow)
    database.dispose()
    return made


def _stamp(database: Database) -> None:
    """As if migrations had made the tables, so that `/readyz` answers as on a running site."""
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        if newest := newest_migration():
            connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})


def settings_for(folder: Path, **overrides: Any) -> Settings:
    """Settings of tests, with mails kept, so that the demo's mailbox is there to be looked at."""
    return load_settings(
        {"WORKSHOP_MANAGER_CONFIG": str(ROOT / "config/testing.toml")},
        **({"site_var": str(folder / "var"), "mail_delivery": "keep"} | overrides),
    )


class Stage:
    """One application. `ask` never changes what the next one finds: who writes begins with the world as it was made."""

    def __init__(self, folder: Path) -> None:
        self.source, self.world = world_file(folder)
        # In memory where there is such a place: thousands of small transactions need no disk.
        self.folder = Path(
            tempfile.mkdtemp(prefix="wm-stage-", dir="/dev/shm" if Path("/dev/shm").is_dir() else folder)
        )
        self.settings = settings_for(self.folder)
        self.clock = FixedClock(NOW + timedelta(minutes=10))
        self.readers = self._copy("readers")
        self.writers = self._copy("writers")
        self._is_changed = False
        event.listen(self.writers.engine, "commit", self._note_change)
        self.app: Flask = create_app(self.settings, self.readers, self.clock)
        self.client: FlaskClient = self.app.test_client(use_cookies=False)
        self.app.logger.disabled = True  # what breaks is in the answer
        self._broken: list[BaseException] = []
        got_request_exception.connect(self._note, self.app)
        self._cookies: dict[str, str] = {}

    def _note(self, _app: Flask, exception: BaseException, **_rest: object) -> None:
        """Even the page about a failure can fail."""
        self._broken.append(exception)

    def close(self) -> None:
        """Remove the copies."""
        for database in (self.readers, self.writers):
            database.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _note_change(self, _connection: object) -> None:
        self._is_changed = True

    def _fresh(self) -> Database:
        """What writers find: the world as it was made. One engine for all, which remembers how its queries read."""
        if self._is_changed:
            self.writers.dispose()
            for name in ("writers.sqlite3-wal", "writers.sqlite3-shm"):
                (self.folder / name).unlink(missing_ok=True)
            shutil.copy(self.source, self.folder / "writers.sqlite3")
            self._is_changed = False
        return self.writers

    def _copy(self, name: str) -> Database:
        """A copy of the world. What one of them has found out about how a query reads, all of them know."""
        path = self.folder / f"{name}.sqlite3"
        shutil.copy(self.source, path)
        database = Database(f"sqlite:///{path}")
        database.unlock(*self.settings.sealing_keys)
        database.unlock_apart(*self.settings.selfid_keys)
        if hasattr(self, "readers"):
            known = self.readers.engine
            for engine in (database.engine, database._writing):
                engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache
        return database

    # -- addresses

    def rules(self) -> list[Rule]:
        """Every rule of the application, in the order of its addresses."""
        return sorted(self.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))

    def path(self, rule: Rule, **instead: object) -> str:
        """An address of this rule, filled from the world; KeyError names a parameter that nothing stands for."""
        values = {name: self.world.argument(rule.endpoint, name) for name in rule.arguments} | instead
        return self.build(rule.endpoint, **values)

    def build(self, endpoint: str, **values: object) -> str:
        return self.app.url_map.bind("localhost").build(endpoint, values)

    # -- asking

    def cookie(self, persona: Persona) -> str:
        """The session cookie of that persona; a visitor has one too, since forms need it."""
        if persona.key not in self._cookies:
            serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            self._cookies[persona.key] = serializer.dumps(session_of(persona) | {"csrf_token": _CSRF_SECRET})
        return self._cookies[persona.key]

    def csrf_token(self) -> str:
        """The token that goes with every persona's cookie."""
        from itsdangerous import URLSafeTimedSerializer

        return str(URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(_CSRF_SECRET))

    def ask(
        self,
        persona: Persona,
        method: str,
        path: str,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        database: Database | None = None,
    ) -> Answer:
        """One request. A visitor comes without any cookie, unless they send a form."""
        writes = method not in ("GET", "HEAD", "OPTIONS")
        sent = dict(headers or {})
        if persona is not VISITOR or writes:
            sent["Cookie"] = f"{self.app.config['SESSION_COOKIE_NAME']}={self.cookie(persona)}"
        if writes:
            data = {"csrf_token": self.csrf_token()} | (data or {})
        with self.app.app_context():
            limiter.reset()
        self._broken.clear()
        database = database or (self._fresh() if writes else self.readers)
        self.app.extensions["platform"] = Platform(self.settings, database, self.clock)
        with capture_logs() as logs:
            response = self.client.open(path, method=method, data=data, headers=sent)
            return _answer(response, logs, self._broken)

    @contextmanager
    def altered(self, *statements: str) -> Iterator[Database]:
        """A world in which something else happened: a copy in which these statements ran, for `ask(…, database=…)`."""
        database = self._copy("altered")
        with database.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        yield database
        database.dispose()
        for left in self.folder.glob("altered*"):
            left.unlink()


def _answer(response: TestResponse, logs: list[Any], noted: list[BaseException]) -> Answer:
    broken = [*noted, *(entry["exc_info"] for entry in logs if entry.get("event") == "failure")]
    broken += [entry for entry in logs if entry.get("event") == "database not available"]
    trace = "\n".join(_trace(error) if isinstance(error, BaseException) else str(error) for error in broken)
    return Answer(response.status_code, dict(response.headers), response.get_data(), trace)


def _trace(error: BaseException) -> str:
    """The error and the lines of ours that led to it."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/site-packages/" not in f.filename]
    return "".join(traceback.format_list(frames[-6:])) + "".join(traceback.format_exception_only(error))
