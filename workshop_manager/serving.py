"""The web server, granian with several processes; and the supervisor that runs web and worker as one."""

import ctypes
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from types import FrameType
from typing import IO, Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from workshop_manager.app import create_app
from workshop_manager.core.settings import Settings, load_settings
from workshop_manager.submissions.uploads import LARGEST_BODY
from workshop_manager.worker import nudger

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
STOP_WITHIN = 15.0
STEADY_AFTER = 30.0
GIVE_UP_AFTER = 5
_WAITING = 128
"""Requests under way in one process, most of them waiting for their rest."""
_IN_MEMORY = 2**20
_REFUSED = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
    ("Connection", "close"),
]
_PR_SET_PDEATHSIG = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def application() -> Flask:
    """The WSGI application of one server process; other servers can use `workshop_manager.serving:application()`."""
    settings = load_settings()
    app = create_app(settings, nudge=nudger(settings))
    app.wsgi_app = WholeRequests(app.wsgi_app, settings.server_threads, settings.server_max_body)  # type: ignore[method-assign]
    return app


class WholeRequests:
    """WSGI middleware: the application is asked once a request is here whole, and for so many `at_once`.

    A server of threads gives each request one as soon as its head is read. Without this a few dozen people who send the
    rest of a form slowly, or never, hold all of them. Here waiting costs a thread that does nothing, of which there are
    many. Bodies above `most` bytes wait in turn, so that few of them lie on the disk at a time; above `LARGEST_BODY`
    they are left to the application, which refuses them unread.

    A body has to say how long it is: one in chunks could be sent for ever, and one that gives two lengths means one
    thing to us and another to a proxy.
    """

    def __init__(self, inner: Wsgi, at_once: int, most: int) -> None:
        self.inner, self.most = inner, most
        self.free = threading.BoundedSemaphore(at_once)
        self.large = threading.BoundedSemaphore(at_once)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ:
            start_response("411 Length Required", _REFUSED)
            return [b"Send the length of the body with it (Content-Length). Nothing was changed.\n"]
        typed = environ.get("CONTENT_LENGTH") or "0"
        length = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else 0
        if length > LARGEST_BODY:
            return self._ask(environ, start_response)
        if length > self.most:
            with self.large, _read(environ["wsgi.input"], length) as body:
                return self._ask(environ | {"wsgi.input": body}, start_response)
        if length:
            environ["wsgi.input"] = _read(environ["wsgi.input"], length)
        return self._ask(environ, start_response)

    def _ask(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self.free:
            return self.inner(environ, start_response)


def _read(source: Any, length: int) -> IO[bytes]:
    """So many bytes of a body, or fewer if its sender went away; large ones wait on the disk."""
    body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the request that holds it
    while length and (chunk := source.read(min(length, 65_536))):
        body.write(chunk)
        length -= len(chunk)
    body.seek(0)
    return body


def serve(settings: Settings) -> None:
    """Serve until TERM or INT."""
    logging.getLogger("_granian").addFilter(lambda record: "quite high" not in record.getMessage())
    Granian(
        "workshop_manager.serving:application",
        factory=True,
        address=settings.server_host,
        port=settings.server_port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # a request of HTTP/2 need not say how long its body is
        workers=settings.server_workers,
        blocking_threads=_WAITING,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        log_level=LogLevels.error if settings.is_demo else LogLevels.info,
        log_access=False,
    ).serve()


def listening_problem(host: str, port: int) -> str | None:
    """Why nothing of ours could listen there, as a sentence; None if it could."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections that ended a moment ago are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
            return f"Port {port} of {host} cannot be used: {reason}. Stop what listens there, or set PORT to another."
    return None


@dataclass(frozen=True, slots=True)
class Part:
    """One of our commands, to run beside others: a function that ends when it is told to by a signal."""

    name: str
    run: Callable[[Settings], None]


class _Child:
    """A part in a process of its own, started again when it ends: soon the first time, then later and later."""

    # A forked child has everything imported already: that is most of the time of a start, and shared memory.
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")

    def __init__(self, part: Part, settings: Settings) -> None:
        self.part, self.settings = part, settings
        self.failures = 0
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        self.due = 0.0
        self.process = self.context.Process(target=_run, args=(self.part, self.settings), name=self.part.name)
        self.process.start()

    def look(self) -> bool:
        """See to it that it runs; False if it ended again and again and there is no point in another try."""
        if self.process.is_alive():
            return True
        now = time.monotonic()
        if not self.due:
            self.kill()  # what its processes left behind would hold the port
            self.failures = 1 if now - self.started > STEADY_AFTER else self.failures + 1
            self.due = now + 0.5 * 2 ** (self.failures - 1)
        if self.failures >= GIVE_UP_AFTER:
            return False
        if now >= self.due:
            self.start()
        return True

    def kill(self) -> None:
        """End every process of its group at once."""
        try:
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        except ProcessLookupError:
            return


def _run(part: Part, settings: Settings) -> None:
    """In the child. A group of its own: Ctrl-C reaches the supervisor alone, which stops everything in order."""
    os.setsid()
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":  # told to stop when the supervisor is killed
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    part.run(settings)


def run_together(settings: Settings, parts: Sequence[Part], is_up: Callable[[], bool], up: Callable[[], None]) -> int:
    """Run parts as one until INT or TERM; `up` is called once, when `is_up` says so. Returns the exit status.

    A part that ends by itself is started again; when it ended five times in a row everything stops with 1.
    """
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    for number in _SIGNALS:
        signal.signal(number, stop)
    children = [_Child(part, settings) for part in parts]
    announced = False
    failed: list[str] = []
    while not stopped and not failed:
        failed = [child.part.name for child in children if not child.look()]
        if not announced and is_up():
            announced = True
            up()
        time.sleep(0.1)
    _stop(children)
    for name in failed:
        sys.stderr.write(f"`workshop-manager {name}` ended again and again, so everything was stopped.\n")
    return 1 if failed else 0


def _stop(children: list[_Child]) -> None:
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children:
        child.process.join(max(0.1, deadline - time.monotonic()))
        child.kill()
        child.process.join()


def answers(host: str, port: int) -> bool:
    """True if somebody listens there."""
    try:
        with socket.create_connection((host, port), timeout=0.2):
            return True
    except OSError:
        return False
