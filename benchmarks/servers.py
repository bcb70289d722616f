"""Servers to measure, each started for one block."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVERS = {
    "granian": "granian --interface wsgi --factory {app} --port {port} --workers 2 --blocking-threads 4 --no-ws",
    "gunicorn": "gunicorn {app}() -b 127.0.0.1:{port} --workers 2 --threads 4",
    "waitress": "waitress-serve --listen 127.0.0.1:{port} --threads 8 --call {app}",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(name: str, app: str, environ: dict[str, str]) -> Iterator[tuple[int, int]]:
    """A running server: (port, process id)."""
    port = free_port()
    command = SERVERS[name].format(app=app, port=port).split()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        env=os.environ | environ,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def wait_for(port: int, path: str = "/healthz", within: float = 30) -> None:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            fetch(port, path)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


def fetch(port: int, path: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read(), dict(answer.headers)


def load(port: int, path: str, seconds: float, *headers: str) -> float:
    """Answers a second, measured from another process."""
    command = [sys.executable, "-m", "benchmarks.load", str(port), path, "--seconds", str(seconds)]
    for header in headers:
        command += ["--header", header]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def memory(pid: int) -> float:
    """Megabytes of a process and all its children: private pages whole, shared ones in proportion (smaps_rollup)."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return total
