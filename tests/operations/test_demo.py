"""What a newcomer gets: everything under one command, up in seconds, hard to kill and quick to stop."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.operations.conftest import PREFIX, Site, until
from tests.shows import keeps, shows

pytestmark = pytest.mark.sqlite


@pytest.fixture
def demo(bare_site: Site) -> Site:
    """A folder in which `workshop-manager demo` was never run."""
    port = str(bare_site.port)
    bare_site.environ = {f"{PREFIX}SITE_VAR": str(bare_site.folder / "var"), "PORT": port}
    bare_site.environ[f"{PREFIX}SERVER_PORT"] = port
    return bare_site


def children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def up(site: Site, process: subprocess.Popen[bytes], seconds: float = 60) -> float:
    begun = time.monotonic()
    until(lambda: site.answers() or process.poll() is not None, seconds)
    assert process.poll() is None, site.log
    return time.monotonic() - begun


@keeps("O4")
@shows(
    "What a newcomer does",
    "One command makes and fills the database, starts web and worker, and prints address and demo people",
    "Ctrl-C and TERM stop everything within seconds, with exit status 0 and no trace",
    "Up again within 20 seconds of kill -9 of web server or worker",
    "A second start finds everything there and is up within a few seconds",
)
def test_the_demo_from_nothing_to_a_second_start(demo: Site) -> None:
    process = demo.start("demo")
    up(demo, process)
    until(lambda: "Ctrl-C stops everything." in demo.log, 10)
    for words in (f"workshop_manager is at http://127.0.0.1:{demo.port}\n", "organiser@demo.example ", "workshop-demo"):
        assert words in demo.log
    assert demo.browser().get("/musiml/2023/schedule")[0] == 200
    counted = demo.rows("SELECT count(*) FROM outbox_mails")

    for child in children(process.pid):
        below = children(child)
        os.kill(child, signal.SIGKILL)
        until(lambda gone=child: gone not in children(process.pid), 5)  # type: ignore[misc]
        assert up(demo, process, 20) < 20
        until(lambda: len(children(process.pid)) == 2, 20)
        for left in below:
            until(lambda pid=left: not Path(f"/proc/{pid}").exists(), 20)  # type: ignore[misc]

    everybody = [process.pid, *children(process.pid), *(p for c in children(process.pid) for p in children(c))]
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert [pid for pid in everybody if Path(f"/proc/{pid}").exists()] == []
    assert demo.log.rstrip().endswith("Stopped.")

    again = demo.start("demo")
    assert up(demo, again, 30) < 20
    assert demo.rows("SELECT count(*) FROM outbox_mails") == counted
    os.killpg(again.pid, signal.SIGTERM)
    assert again.wait(20) == 0
    assert "Traceback" not in demo.log
    assert not demo.answers()
