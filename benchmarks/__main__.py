"""`make benchmark`: every figure as a ratio within one run, since machines are shared and noisy.

python -m benchmarks [--seconds 3] [--servers]
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import assigning, drafting, feeding, ledger, proposal, registering, reviewing
from benchmarks.acts import acts
from benchmarks.servers import ROOT, SERVERS, fetch, free_port, load, memory, server, wait_for

EDITION = "/musiml/2023"
ROUNDS = 3


def demo(folder: Path) -> dict[str, str]:
    """A demo database; the environment that uses it."""
    environ = {
        "WORKSHOP_MANAGER_SITE_VAR": str(folder),
        "WORKSHOP_MANAGER_SITE_MODE": "demo",
        "WORKSHOP_MANAGER_SITE_SECRET_KEY": "benchmark-key-that-is-long-enough-0000000",
        "WORKSHOP_MANAGER_MAIL_DELIVERY": "keep",
    }
    subprocess.run(
        [sys.executable, "-m", "workshop_manager", "demo", "--load-only"],
        env=os.environ | environ, cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return environ


def against_bare(environ: dict[str, str], folder: Path, seconds: float) -> None:
    """Each page against a bare Flask application that returns the same bytes, turn by turn on the same server."""
    pages = {
        "schedule.ics, 200": (f"{EDITION}/schedule.ics", ()),
        "schedule.ics, 304": (f"{EDITION}/schedule.ics", ("ETag",)),
        "schedule page": (f"{EDITION}/schedule", ()),
        "edition page": (f"{EDITION}/", ()),
    }
    with server("granian", "workshop_manager.serving:application", environ) as (port, pid):
        described = {}
        etags = {}
        for number, path in enumerate(dict.fromkeys(path for path, _ in pages.values())):
            body, headers = fetch(port, path)
            file = folder / f"body{number}"
            file.write_bytes(body)
            kept = {k: v for k, v in headers.items() if k in ("Content-Type", "ETag", "Last-Modified", "Cache-Control")}
            described[path] = (str(file), kept)
            etags[path] = headers.get("ETag", "")
        listed = folder / "bare.json"
        listed.write_text(json.dumps(described))
        with server("granian", "benchmarks.bare:application", {"BENCHMARK_BARE": str(listed)}) as (bare, _):
            print(f"{'page':<20} {'ours/s':>9} {'bare/s':>9} {'ratio':>7}")
            for name, (path, conditional) in pages.items():
                given = [f"If-None-Match: {etags[path]}"] if conditional else []
                pairs = [(load(port, path, seconds, *given), load(bare, path, seconds, *given)) for _ in range(ROUNDS)]
                ours, theirs = (statistics.median(p[i] for p in pairs) for i in (0, 1))
                ratio = statistics.median(a / b for a, b in pairs)
                print(f"{name:<20} {ours:>9.0f} {theirs:>9.0f} {ratio:>7.2f}")
        print(f"\nmemory of the web processes after this: {memory(pid):.0f} MB (proportional)")


def start_times(environ: dict[str, str]) -> None:
    """From the command to the first page on a filled database, and the memory of web and worker together."""
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "workshop_manager", "demo", "--port", str(port)],
        env=os.environ | environ,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(port, "/")
    print(f"second start to the first page: {time.perf_counter() - begun:.1f} s")
    time.sleep(3)
    print(f"memory of web and worker together: {memory(process.pid):.0f} MB (proportional)")
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(20)


def from_nothing(folder: Path) -> None:
    """`make demo` in a fresh clone with an empty home: everything is installed. Then the same once more."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    passed = ("PATH", "LANG", "PIP_", "SSL_", "REQUESTS_CA")  # how this machine reaches its package registry
    environ = {name: value for name, value in os.environ.items() if name.startswith(passed)} | {"HOME": str(folder)}
    for name in ("from nothing", "second start"):
        port = free_port()
        begun = time.perf_counter()
        process = subprocess.Popen(
            ["make", "demo"],
            env=environ | {"PORT": str(port)},
            cwd=clone,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(port, "/", within=600)
        print(f"make demo, {name}, to the first page: {time.perf_counter() - begun:.1f} s")
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def servers(environ: dict[str, str], seconds: float) -> None:
    """The real application on each server."""
    print(f"\n{'server':<10} {'page/s':>8} {'feed/s':>8} {'memory MB':>10}")
    for name in SERVERS:
        with server(name, "workshop_manager.serving:application", environ) as (port, pid):
            page = statistics.median(load(port, f"{EDITION}/schedule", seconds) for _ in range(ROUNDS))
            feed = statistics.median(load(port, f"{EDITION}/schedule.ics", seconds) for _ in range(ROUNDS))
            print(f"{name:<10} {page:>8.0f} {feed:>8.0f} {memory(pid):>10.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--servers", action="store_true", help="compare granian, gunicorn and waitress too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = demo(folder / "var")
        against_bare(environ, folder, given.seconds)
        start_times(environ)
        if given.servers:
            servers(environ, given.seconds)
        acts(folder / "var")
        assigning.compare(with_bounds=False)
        reviewing.compare()
        registering.compare()
        feeding.main("", given.seconds)
        drafting.main()
        proposal.main(500)
        ledger.main(f"sqlite:///{folder}/ledger.sqlite3")
        from_nothing(folder)


if __name__ == "__main__":
    main()
