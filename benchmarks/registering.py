"""Five hundred people want a hundred seats and two hundred places to wait; a thousand give theirs up; badges; a door.

python -m benchmarks.registering [--databases sqlite,postgresql] [--people 500] [--seats 100] [--waiting 200]
    [--cascade 1000]

The fight and the door are real HTTP against the real server, in turn with a bare Flask page of as many bytes that does
one insert and its commit in the same database, on the same server with as many processes and threads. Whoever is told
something is looked for in the database afterwards. CPU is that of the web processes and of PostgreSQL.
"""

import argparse
import contextlib
import json
import os
import re
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text

from benchmarks.asking import Answer, Ask, Client, ask_all
from benchmarks.reviewing import Meter, empty_databases
from benchmarks.servers import ROOT, server
from tests.factories import client_for, join_team, make_edition, make_person
from tests.registrations.factories import make_kind, make_registration
from workshop_manager import tables
from workshop_manager.app import create_app
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import load_settings
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.door import badges, printing
from workshop_manager.door.badges import Badge, Layout, Sheet
from workshop_manager.door.models import Arrival, Scan
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import service
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

KEY = "benchmark-key-that-is-long-enough-0000000"
EVERY_NTH_TWICE = 10
"""How many people click twice: one in so many."""
STRETCHES = 10
NAMES = ("Nur Aisyah", "محمد الخوارزمي", "王小明", "प्रिया शर्मा", "Teller")


@dataclass
class Site:
    """A site on one database: for this process, and what the server's processes are told."""

    name: str
    app: Flask
    database: Database
    environ: dict[str, str]

    def work(self, actor: object = None) -> Any:
        return unit_of_work(self.database, SystemClock(), actor=actor)  # type: ignore[arg-type]

    def client(self, uow: Any, person: Any) -> Client:
        browser = client_for(self.app, uow, person)
        cookie = browser.get_cookie("session")
        assert cookie is not None
        return Client(cookie.value)


def site(name: str, url: str, folder: Path) -> Site:
    database = Database(url, may_create=True)
    tables.metadata.create_all(database.engine)
    with database.engine.begin() as connection:
        number = "INTEGER PRIMARY KEY" if database.is_sqlite else "SERIAL PRIMARY KEY"
        connection.execute(text(f"CREATE TABLE bare_rows (id {number}, name TEXT NOT NULL, kind TEXT NOT NULL)"))
    environ = {
        "WORKSHOP_MANAGER_SITE_VAR": str(folder / name),
        "WORKSHOP_MANAGER_SITE_MODE": "demo",
        "WORKSHOP_MANAGER_SITE_SECRET_KEY": KEY,
        "WORKSHOP_MANAGER_DATABASE_URL": url,
        "WORKSHOP_MANAGER_MAIL_DELIVERY": "keep",
    }
    return Site(name, create_app(load_settings(environ), database, SystemClock()), database, environ)


class Cpu:
    """CPU seconds of a server's processes, and of PostgreSQL's where that is the database."""

    def __init__(self, pid: int, database: Database) -> None:
        self.pids = [pid]
        if not database.is_sqlite:
            with database.engine.connect() as connection:
                backend = connection.scalar(text("SELECT pg_backend_pid()"))
            self.pids.append(int(_fields(int(backend or 0))[1]))

    def __call__(self) -> float:
        return sum(_cpu(pid) for pid in self.pids)


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def _cpu(pid: int) -> float:
    """Of a process with its children, and with those that ended."""
    try:
        fields = _fields(pid)
        children = [int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in _children(task)]
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + sum(map(_cpu, children))


def _children(task: Path) -> list[str]:
    return (task / "children").read_text().split()


def _told(place: Site, cookie: str) -> str:
    """What the next page will say: it travels in the cookie, signed."""
    interface: Any = place.app.session_interface
    session = interface.get_signing_serializer(place.app).loads(cookie)
    return " ".join(str(message) for _kind, message in session.get("_flashes", []))


def _hidden(page: str) -> dict[str, str]:
    return {
        name: found[-1]
        for name in ("csrf_token", "once", "form_key", "version")
        if (found := re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page))
    }


def _milliseconds(answers: Sequence[Answer], share: float) -> float:
    times = sorted(one.seconds for one in answers)
    return 1000 * times[min(len(times) - 1, int(share * len(times)))]


def _line(name: str, answers: Sequence[Answer], seconds: float, cpu: float, beside: float | None = None) -> float:
    """Print one row; how many answers a second."""
    rate = len(answers) / seconds
    ratio = f"{rate / beside:>8.3f}" if beside else f"{'':>8}"
    print(
        f"{name:<34} {rate:>8.0f} {_milliseconds(answers, 0.5):>8.0f} {_milliseconds(answers, 0.99):>8.0f}"
        f" {1000 * cpu / len(answers):>8.1f} {ratio}",
        flush=True,
    )
    return rate


def _bare(place: Site, asks: Sequence[Ask], at_once: int, size: int) -> float:
    """As many inserts by a bare application: answers a second."""
    url = place.environ["WORKSHOP_MANAGER_DATABASE_URL"]
    environ = {"BENCHMARK_DATABASE": url, "BENCHMARK_SIZE": str(size)}
    plain = [Ask(Client("-"), "/", {"badge_name": "Nur", "kind": "1"} | (one.data or {})) for one in asks]
    with server("granian", "benchmarks.bare:inserting", environ) as (port, pid):
        ask_all(port, plain[:8], 8)
        cpu = Cpu(pid, place.database)
        before = cpu()
        answers, seconds = ask_all(port, plain, at_once)
        rate = _line("bare insert", answers, seconds, cpu() - before)
    assert {one.status for one in answers} == {303}
    return rate


def fight(place: Site, people: int, seats: int, waiting: int) -> None:
    """All at once they send the form that each has open; one in ten sends it twice. Not all can even wait."""
    with place.app.app_context(), place.work() as uow:
        edition = make_edition(
            uow, "bench", "fight", starts_at=uow.now + timedelta(days=90), ends_at=uow.now + timedelta(days=91)
        )
        kind = make_kind(uow, edition, capacity=seats, line_places=waiting)
        persons = [make_person(uow, f"Person {number}") for number in range(people)]
        clients = [place.client(uow, person) for person in persons]
    path = "/bench/fight/registration"
    with server("granian", "workshop_manager.serving:application", place.environ) as (port, pid):
        cpu = Cpu(pid, place.database)
        pages = [Ask(client, path) for client in clients]
        ask_all(port, pages[:40], 8)  # templates are compiled, statements written down
        before = cpu()
        opened, seconds = ask_all(port, pages, 16)
        _line("the form, 16 at a time", opened, seconds, cpu() - before)
        assert {one.status for one in opened} == {200}
        said = {"kind": str(kind.id), "badge_name": "Nur Aisyah", "listing": "unlisted", "conduct": "y"}
        forms = [_hidden(page.body) | said for page in opened]
        asks = [Ask(Client(one.cookie), path, form) for one, form in zip(clients, forms, strict=True)]
        again = [Ask(Client(one.client.cookie), path, one.data) for one in asks[::EVERY_NTH_TWICE]]
        before = cpu()
        answers, seconds = ask_all(port, [*asks, *again], len(asks) + len(again))
        took = cpu() - before
    size = int(statistics.median(len(one.body) for one in answers))
    beside = _bare(place, [*asks, *again], len(asks) + len(again), size)
    _line(f"registrations, {len(answers)} at once", answers, seconds, took, beside)
    statuses = Counter(one.status for one in answers)
    print(f"answers: {dict(statuses)}; {_truth(place, edition, kind, persons, answers, seats, waiting)}")


def _truth(
    place: Site,
    edition: Edition,
    kind: RegistrationKind,
    persons: Sequence[Any],
    answers: Sequence[Answer],
    seats: int,
    places: int,
) -> str:
    """Compare what everybody was told with what is stored."""
    with place.database.session(writing=False) as session:
        rows = session.scalars(select(Registration).where(Registration.edition_id == edition.id)).all()
        taken = session.scalar(select(RegistrationKind.taken).where(RegistrationKind.id == kind.id))
        letters = session.execute(
            select(OutboxMail.person_id, func.count())
            .where(OutboxMail.edition_id == edition.id)
            .group_by(OutboxMail.person_id)
        ).all()
    by_person = Counter(row.person_id for row in rows)
    held = [row for row in rows if row.state is State.REGISTERED]
    waiting = sorted((row for row in rows if row.state is State.WAITLISTED), key=lambda row: row.line_number or 0)
    number = {row.person_id: place for place, row in enumerate(waiting, start=1)}
    seated = {row.person_id for row in held}
    lost, refused = 0, set()
    for person, answer in zip([*persons, *persons[::EVERY_NTH_TWICE]], answers, strict=True):
        if answer.status == 409 and "the waitlist is full" in answer.body:
            refused.add(person.id)
            lost += person.id in by_person
            continue
        if answer.status != 303:
            lost += 1
            continue
        told = _told(place, answer.cookie) if answer.cookie else ""
        if "The seat is yours" in told:
            lost += person.id not in seated
        elif found := re.search(r"number (\d+) on the waitlist", told):
            lost += number.get(person.id) != int(found[1])
        else:  # a second click is led to the same place; what is told stands in the first one's answer
            lost += person.id not in by_person
    lost += sum(person.id not in by_person and person.id not in refused for person in persons)
    oversold = max(0, len(held) - seats, (taken or 0) - seats) + max(0, len(waiting) - places)
    assert taken == len(held) == min(seats, len(persons)), "no seat is free while somebody waits"
    assert len(waiting) == min(places, len(persons) - seats), "nobody is refused who could wait"
    duplicates = len(rows) - len(by_person) + sum(count - 1 for _person, count in letters)
    return (
        f"{len(held)} seats, {len(waiting)} wait, {len(refused)} refused; oversold {oversold},"
        f" lost or told otherwise {lost}, duplicates {duplicates} (rows and mails)"
    )


def cascade(place: Site, people: int) -> None:
    """Each of so many gives up a seat, which goes to the next of as many who wait. CPU by tenths."""
    with place.app.app_context(), place.work() as uow:
        edition = make_edition(
            uow, "bench", "cascade", starts_at=uow.now + timedelta(days=90), ends_at=uow.now + timedelta(days=91)
        )
        kind = make_kind(uow, edition, capacity=people)
        everybody = [make_person(uow, f"Person {number}") for number in range(2 * people)]
        for number, person in enumerate(everybody):
            make_registration(uow, edition, kind, person, State.REGISTERED if number < people else State.WAITLISTED)
    with place.database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    meter, taken = Meter(place.database), []
    for person in everybody[:people]:
        before = meter()
        with place.app.app_context(), place.work(person) as uow:
            service.cancel(uow, uow.session.get_one(Edition, edition.id))
        taken.append(1000 * (meter() - before))
    with place.database.session(writing=False) as session:
        states = session.scalars(
            select(Registration.state).where(Registration.edition_id == edition.id).order_by(Registration.id)
        ).all()
    assert states == [State.CANCELLED] * people + [State.REGISTERED] * people
    tenth = max(1, people // STRETCHES)
    medians = [statistics.median(taken[start : start + tenth]) for start in range(0, people, tenth)]
    print(f"{people} cancellations, CPU ms each: {statistics.median(taken):.1f}, worst {max(taken):.0f};", end=" ")
    print("by tenths " + " ".join(f"{one:.1f}" for one in medians), flush=True)


def door(place: Site, people: int) -> None:
    """Two phones send each ticket, a scan a request, one after the other; and as many inserts by a bare application."""
    with place.app.app_context(), place.work() as uow:
        start = uow.now.astimezone(UTC) - timedelta(minutes=5)
        edition = make_edition(
            uow, "bench", "door", starts_at=start, ends_at=start + timedelta(hours=8), time_zone="UTC"
        )
        kind = make_kind(uow, edition, capacity=people)
        codes = [make_registration(uow, edition, kind, make_person(uow)).ticket_code for _ in range(people)]
        helper = make_person(uow, "Bilal")
        join_team(uow, edition, helper, Role.FRONT_DESK)
        phones = [place.client(uow, helper) for _ in range(2)]
    path = "/bench/door/organise/door"
    with server("granian", "workshop_manager.serving:application", place.environ) as (port, pid):
        cpu = Cpu(pid, place.database)
        desks = [ask_all(port, [Ask(phone, path)], 1)[0][0] for phone in phones]
        asks = []
        for code in codes:
            for number, (phone, desk) in enumerate(zip(phones, desks, strict=True)):
                now = str(int(datetime.now(UTC).timestamp() * 1000))
                scan = {"key": secrets.token_urlsafe(18), "code": code, "at": int(now), "device": f"Door {number}"}
                sent = {"csrf_token": _hidden(desk.body)["csrf_token"], "now": now, "scans": json.dumps([scan])}
                asks.append(Ask(Client(phone.cookie), f"{path}/scans", sent))
        before = cpu()
        answers, seconds = ask_all(port, asks, len(phones))
        took = cpu() - before
    beside = _bare(place, asks, len(phones), int(statistics.median(len(one.body) for one in answers)))
    _line("check-ins, two phones", answers, seconds, took, beside)
    assert {one.status for one in answers} == {200}
    said = Counter(json.loads(one.body)["results"][0]["verdict"] for one in answers)
    with place.database.session(writing=False) as session:
        came = session.scalar(select(func.count()).where(Arrival.edition_id == edition.id))
        noted = session.scalar(select(func.count()).where(Scan.edition_id == edition.id))
    print(f"answers: {dict(said)}; {came} arrivals of {people} people, {noted} scans of {len(asks)} kept")


def _most(pid: int) -> float:
    """Megabytes that a process held at most. `ru_maxrss` counts what its parent held when it was made, too."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def _watch(highest: list[float], until: threading.Event) -> None:
    """Look at this process's children again and again: the most that one of them held."""
    while not until.wait(0.005):
        with contextlib.suppress(OSError):  # it ended while it was looked at
            for child in (one for task in Path("/proc/self/task").iterdir() for one in _children(task)):
                if "press.py" in Path(f"/proc/{child}/cmdline").read_text():  # the program, no longer a copy of this
                    highest[0] = max(highest[0], _most(int(child)))


def badge_file(number: int, sheet: str) -> dict[str, float]:
    """So many badges as one PDF, in this process and the press it starts."""
    made = [
        Badge(NAMES[n % len(NAMES)], "they/them", "Institut Teknologi", "", not n % 9, service.new_ticket_code())
        for n in range(number)
    ]
    labels = {"title": "Badges", "no_photos": "No photos", "code": "Ticket code"}
    own, begun = time.process_time(), time.perf_counter()
    highest, watching = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(highest, watching))
    watcher.start()
    document = badges.document(made, Layout(Sheet(sheet)), edition="Muslims in ML", accent="#f5a623", labels=labels)
    done = printing.printing.printed(document, datetime(2026, 6, 1, tzinfo=UTC), template=badges.TEMPLATE)
    press = resource.getrusage(resource.RUSAGE_CHILDREN)
    watching.set()
    watcher.join()
    return {
        "wall": time.perf_counter() - begun,
        "cpu": time.process_time() - own + press.ru_utime + press.ru_stime,
        "web": _most(os.getpid()),
        "press": highest[0],
        "kB": len(done.pdf) / 1000,
        "pages": done.pages,
    }


def print_badges(most: int) -> None:
    """Each file in a process of its own, so that its memory is its own."""
    print(f"\n{'badges':<22} {'pages':>6} {'CPU s':>7} {'wall s':>7} {'press MB':>9} {'process MB':>11} {'kB':>6}")
    for number, sheet in ((1, "a6"), (most // 5 or 1, "a6"), (most, "a6"), (most, "a4-4"), (most, "a4-8")):
        command = [sys.executable, "-m", "benchmarks.registering", "--badges", str(number), sheet]
        found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        print(
            f"{f'{number} on {sheet}':<22} {found['pages']:>6} {found['cpu']:>7.2f} {found['wall']:>7.2f}"
            f" {found['press']:>9.0f} {found['web']:>11.0f} {found['kB']:>6.0f}",
            flush=True,
        )


def compare(
    databases: str = "sqlite,postgresql",
    people: int = 500,
    seats: int = 100,
    waiting: int = 200,
    cascading: int = 1000,
    only: str = "",
) -> None:
    """The tables, for each database."""
    parts: dict[str, Callable[[Site], None]] = {
        "fight": lambda one: fight(one, people, seats, waiting),
        "door": lambda one: door(one, people),
        "cascade": lambda one: cascade(one, cascading),
    }
    with tempfile.TemporaryDirectory() as folder, empty_databases(databases.split(",")) as found:
        for name, url in found.items():
            place = site(name, url, Path(folder))
            print(f"\n{name:<34} {'a second':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'ratio':>8}")
            for part, run in parts.items():
                if only in part:
                    run(place)
            place.database.dispose()
    if only in "badges":
        print_badges(people)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--seats", type=int, default=100)
    parser.add_argument("--waiting", type=int, default=200)
    parser.add_argument("--cascade", type=int, default=1000)
    parser.add_argument("--only", default="", help="one of: fight, door, cascade, badges")
    parser.add_argument("--badges", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.badges:
        print(json.dumps(badge_file(int(given.badges[0]), given.badges[1])))
        return
    compare(given.databases, given.people, given.seats, given.waiting, given.cascade, given.only)


if __name__ == "__main__":
    main()
