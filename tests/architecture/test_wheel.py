"""The wheel carries everything: installed into an empty environment, it starts the demo from there."""

import os
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.shows import keeps, shows
from tests.smtp import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@shows("Installing", "The wheel carries templates, migrations, static files and the default configuration")
def test_the_wheel_carries_what_is_not_python(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "workshop_manager/bundled/templates/base.html",
        "workshop_manager/bundled/migrations/env.py",
        "workshop_manager/bundled/config/default.toml",
        "workshop_manager/static/theme.css",
    ):
        assert wanted in names
    assert not [n for n in names if n.startswith("tests/")]


@keeps("O4")
@shows("Installing", "Installed from the wheel alone, the demo starts, answers, and stops on TERM within 20 seconds")
def test_the_demo_starts_from_the_wheel_and_stops_when_told(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "environment"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin/python"
    packages = next((home / "lib").glob("python3*/site-packages"))
    zipfile.ZipFile(wheel).extractall(packages)
    # Dependencies come from the environment of the tests; a path line does not run that folder's own .pth files, so
    # the checkout itself stays invisible.
    (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    port = free_port()
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("WORKSHOP_MANAGER", "PYTHON"))}
    environ |= {"WORKSHOP_MANAGER_SITE_VAR": str(tmp_path / "var"), "WORKSHOP_MANAGER_SERVER_WORKERS": "1"}
    log = (tmp_path / "log").open("wb")
    demo = subprocess.Popen(
        [python, "-m", "workshop_manager", "demo", "--port", str(port)],
        cwd=tmp_path,
        env=environ,
        stdout=log,
        stderr=log,
    )
    try:
        page = _first_page(port, demo, tmp_path / "log")
        assert b"/static/" in page
    finally:
        demo.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        status = demo.wait(20)
        log.close()
    assert status == 0
    assert time.monotonic() - begun < 20
    where = subprocess.run(
        [python, "-c", "import workshop_manager; print(workshop_manager.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert str(packages) in where.stdout


def _first_page(port: int, demo: subprocess.Popen[bytes], log: Path) -> bytes:
    end = time.monotonic() + 60
    while time.monotonic() < end and demo.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                return answer.read()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("no first page:\n" + log.read_text(errors="replace")[-3000:])
