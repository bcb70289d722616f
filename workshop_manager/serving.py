"""The web server: granian with several processes, and the demo's supervisor that runs web and worker as one."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from workshop_manager.app import create_app
from workshop_manager.core.settings import Settings, load_settings
from workshop_manager.worker import nudger

STOP_WITHIN = 15


def application() -> Flask:
    """The WSGI application of one server process; other servers can use `workshop_manager.serving:application()`."""
    settings = load_settings()
    return create_app(settings, nudge=nudger(settings))


def serve(settings: Settings) -> None:
    """Serve until TERM or INT."""
    Granian(
        "workshop_manager.serving:application",
        factory=True,
        address=settings.server_host,
        port=settings.server_port,
        interface=Interfaces.WSGI,
        workers=settings.server_workers,
        blocking_threads=settings.server_threads,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        log_enabled=True,
        log_access=False,
        process_name="workshop-manager",
    ).serve()


def run_together(environ: dict[str, str], *commands: list[str]) -> int:
    """Run several of our commands until one ends or a signal comes; then stop all. Returns the exit status to give."""
    running = [
        subprocess.Popen([sys.executable, "-m", "workshop_manager", *c], env=os.environ | environ)  # noqa: S603 - own commands
        for c in commands
    ]
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    while not stopped and all(p.poll() is None for p in running):
        time.sleep(0.2)
    _stop_all(running)
    return 0 if stopped else max((p.returncode or 1) for p in running)


def _stop_all(running: list[subprocess.Popen[Any]]) -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
