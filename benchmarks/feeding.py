"""The public schedule of a large edition: 200 talks in six rooms on two days, for readers without number.

python -m benchmarks.feeding [--seconds 3] [--database postgresql+psycopg://…]

Answers a second against a bare Flask application that returns the same bytes on the same server, turn by turn; what an
answer costs that is not in memory; the memory of the web processes; and how long after a release an old answer is still
given, by any of the processes.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.registering import Site, site
from benchmarks.servers import fetch, load, memory, server
from tests.factories import make_edition
from tests.queries import count_queries
from tests.schedule.factories import CHAIR, content
from workshop_manager.schedule import publishing, releasing, service
from workshop_manager.schedule.content import Named
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Visibility

BASE = "/musiml/2026/schedule"
TALKS, ROOMS, DAYS, ROUNDS = 200, 6, 2, 3
ABSTRACT = "What we asked, how we went about it, what we found and what we would do otherwise. " * 8
PATHS = {
    "schedule.ics, 200": (f"{BASE}.ics", False),
    "schedule.ics, 304": (f"{BASE}.ics", True),
    "schedule.json, 200": (f"{BASE}.json", False),
    "schedule.json, 304": (f"{BASE}.json", True),
    "schedule.xml, 200": (f"{BASE}.xml", False),
    "a room's calendar, 200": (f"{BASE}/room/room-1.ics", False),
    "schedule page, 200": (BASE, False),
}


def build(place: Site) -> int:
    """The edition with its first release; its id."""
    start = datetime(2026, 12, 11, 14, tzinfo=UTC)
    with place.app.app_context(), place.work() as uow:
        edition = make_edition(uow, visibility=Visibility.PUBLIC)
        for number in range(TALKS):
            day, rest = number % DAYS, number // DAYS
            at = start + timedelta(days=day, minutes=30 * (rest // ROOMS))
            talk = content(
                f"What a talk of number {number} has to tell about learning machines",
                start=at,
                length=25,
                room=f"Room {rest % ROOMS + 1}",
                track=f"Track {number % 7}",
                abstract=ABSTRACT,
                speakers=(Named(f"Speaker {number}", "A University of Some Renown"),),
            )
            item = service.add(uow, edition, CHAIR, talk)
            item.position = number
        releasing.release(uow, edition, CHAIR)
        return int(edition.id)


def change(place: Site, edition_id: int, number: int) -> tuple[float, float]:
    """Another release; how long it took, and the moment after its commit."""
    with place.app.app_context():
        begun = time.perf_counter()
        with place.work() as uow:
            edition = uow.session.get_one(Edition, edition_id)
            start = datetime(2026, 12, 13, 14, tzinfo=UTC) + timedelta(hours=number)
            service.add(uow, edition, CHAIR, content(f"Added number {number}", start=start))
            added = time.perf_counter()
            releasing.release(uow, edition, CHAIR)
        done = time.perf_counter()
    return done - added if number else done - begun, done


def ratios(place: Site, folder: Path, seconds: float) -> None:
    """Ours and bare, turn by turn."""
    with server("granian", "workshop_manager.serving:application", place.environ) as (port, pid):
        before = memory(pid)
        described, etags = {}, {}
        for number, path in enumerate(dict.fromkeys(path for path, _ in PATHS.values())):
            body, headers = fetch(port, path)
            file = folder / f"body{number}"
            file.write_bytes(body)
            names = ("Content-Type", "ETag", "Last-Modified", "Cache-Control")
            described[path] = (str(file), {name: headers[name] for name in names if name in headers})
            etags[path] = headers.get("ETag", "")
        listed = folder / "bare.json"
        listed.write_text(json.dumps(described))
        with server("granian", "benchmarks.bare:application", {"BENCHMARK_BARE": str(listed)}) as (bare, _):
            print(f"{'':<24} {'bytes':>8} {'ours/s':>9} {'bare/s':>9} {'ratio':>7}")
            for name, (path, conditional) in PATHS.items():
                given = [f"If-None-Match: {etags[path]}"] if conditional else []
                pairs = [(load(port, path, seconds, *given), load(bare, path, seconds, *given)) for _ in range(ROUNDS)]
                ours, theirs = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
                size = 0 if conditional else Path(described[path][0]).stat().st_size
                print(f"{name:<24} {size:>8} {ours:>9.0f} {theirs:>9.0f} {ours / theirs:>7.2f}")
        after = memory(pid)
    print(f"memory of the server and its two processes: {before:.0f} MB before, {after:.0f} MB after all of this\n")


def costs(place: Site) -> None:
    """What a request costs that memory does not answer: the ten seconds are over, or something somewhere changed."""
    client = place.app.test_client()
    print(f"{'made anew':<24} {'queries':>8} {'first ms':>9} {'again ms':>9}")
    forms = (
        *(f"{BASE}.{form}" for form in ("ics", "json", "xml", "csv", "html", "pdf")),
        f"{BASE}/room/room-1.ics",
        BASE,
    )
    for path in forms:
        taken = []
        for turn in range(4):
            place.app.wsgi_app.kept.clear()  # type: ignore[attr-defined]
            if not turn:
                publishing._kept.cache_clear()
            begun = time.process_time() if not path.endswith("pdf") else time.perf_counter()
            with count_queries(place.database) as seen:
                client.get(path)
            taken.append((time.process_time() if not path.endswith("pdf") else time.perf_counter()) - begun)
        again = statistics.median(taken[1:])
        print(f"{path.removeprefix('/musiml/2026/'):<24} {len(seen):>8} {1000 * taken[0]:>9.1f} {1000 * again:>9.1f}")


def freshness(place: Site, edition_id: int) -> None:
    """Eight readers ask all the time while releases come: how long after a commit an old answer is still given."""
    with server("granian", "workshop_manager.serving:application", place.environ) as (port, _pid):
        late, releases = [], []
        for number in range(1, 6):
            fresh = f"Added number {number}".encode()
            done = [0.0]
            seen: list[tuple[float, float, bool]] = []
            readers = [threading.Thread(target=_read, args=(port, fresh, done, seen)) for _ in range(8)]
            for reader in readers:
                reader.start()
            time.sleep(0.3)
            took, done[0] = change(place, edition_id, number)
            for reader in readers:
                reader.join()
            releases.append(took)
            old = [asked - done[0] for asked, _answered, is_new in seen if not is_new and asked > done[0]]
            late.append(max(old, default=0.0))
            first = min(answered - done[0] for asked, answered, is_new in seen if is_new and asked > done[0])
            told = (
                f"{1000 * took:.0f} ms; {len(old)} old answers after it, the first new one {1000 * first:.0f} ms after"
            )
            print(f"release {number}: {told}")
    print(f"old answers to who asked after a release: at most {1000 * max(late):.1f} ms later")


def _read(port: int, fresh: bytes, done: list[float], seen: list[Any]) -> None:
    while not done[0] or time.perf_counter() < done[0] + 0.5:
        asked = time.perf_counter()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{BASE}.json") as answer:
            body = answer.read()
        seen.append((asked, time.perf_counter(), fresh in body))


def main(url: str, seconds: float) -> None:
    """All of it on one database."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = site("feeding", url or f"sqlite:///{folder}/feeding.sqlite3", folder)
        edition_id = build(place)
        steps: list[Callable[[], None]] = [
            lambda: ratios(place, folder, seconds),
            lambda: costs(place),
            lambda: freshness(place, edition_id),
        ]
        for step in steps:
            step()
        place.database.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    main(given.database, given.seconds)
