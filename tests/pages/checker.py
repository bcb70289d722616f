"""The W3C checker: fetched once from npm into var/vnu, run once over many files."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from tests.stage import ROOT

FOLDER = ROOT / "var/vnu"
PACKAGE = "vnu-jar@26.9.27"
HINT = "the W3C checker is not here: it needs java, and npm once to fetch it (or put vnu.jar into var/vnu)"


def find() -> Path | None:
    """The checker, fetched if it is not there yet; None if there is no java, or no way to fetch it."""
    jar = FOLDER / "vnu.jar"
    if not shutil.which("java"):
        return None
    if not jar.exists() and shutil.which("npm"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=FOLDER, capture_output=True, timeout=300)
        for packed in FOLDER.glob("*.tgz"):
            with tarfile.open(packed) as archive:
                found = archive.extractfile("package/build/dist/vnu.jar")
                assert found is not None
                jar.write_bytes(found.read())
            packed.unlink()
    return jar if jar.exists() else None


def check(jar: Path, paths: list[Path]) -> list[dict[str, Any]]:
    """What it says about these files, in one run."""
    command = [
        "java",
        "-Xss2m",
        "-jar",
        str(jar),
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
        *map(str, paths),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    messages: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return messages
