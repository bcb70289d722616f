"""A book's data as JSON for the press, and the press as a child process with limits on memory, CPU and wall time."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).resolve().parent / "press" / "press.py"
BOOK = PROGRAM.parent / "book.typ"
FONTS = (
    "Libertinus Serif",
    "Noto Naskh Arabic",
    "Noto Serif Hebrew",
    "Noto Serif Devanagari",
    "Noto Serif Bengali",
    "Noto Serif Gujarati",
    "Noto Serif Gurmukhi",
    "Noto Serif Tamil",
    "Noto Serif Telugu",
    "Noto Serif Kannada",
    "Noto Serif Malayalam",
    "Noto Serif Sinhala",
    "Noto Serif Thai",
    "Noto Serif Lao",
    "Noto Serif Khmer",
    "Noto Serif Myanmar",
    "Noto Serif Ethiopic",
    "Noto Serif Armenian",
    "Noto Serif Georgian",
    "Droid Sans Fallback",
)
"""Asked in this order for each letter. The first comes with typst; after the last, whatever the machine has."""
MEMORY_LIMIT = 3 * 1024**3
"""Address space, of which a book of a hundred abstracts touches a tenth: typst maps fonts and starts threads."""
WALL_SECONDS = 90.0

_presses = threading.BoundedSemaphore(1)


class PressFailed(Exception):
    """The book could not be set in type within its limits."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished PDF: its pages, and the letters for which no font was found (printed as �)."""

    pdf: bytes
    pages: int
    unprintable: tuple[str, ...]


def printed(
    book: Mapping[str, Any], at: datetime, *, template: Path = BOOK, wall_seconds: float = WALL_SECONDS
) -> Printed:
    """The PDF of that data (`book.document`); the same data and moment give the same bytes. Raises PressFailed.

    `template` is one of ours, in a folder that holds nothing but templates and their pictures: typst can read it all.
    """
    command = [sys.executable, "-I", str(PROGRAM), str(MEMORY_LIMIT), str(int(at.timestamp())), str(template)]
    environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    sent = json.dumps(dict(book) | {"fonts": list(FONTS)}, ensure_ascii=False).encode()
    with _presses:
        try:
            done = subprocess.run(  # noqa: S603 - the command holds nothing typed by anybody
                command,
                input=sent,
                capture_output=True,
                timeout=wall_seconds,
                env=environment,
                cwd="/",
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PressFailed("it took too long") from error
    if done.returncode != 0:
        raise PressFailed(done.stderr.decode("utf-8", "replace").strip()[-2000:] or f"status {done.returncode}")
    told, _line, pdf = done.stdout.partition(b"\n")
    seen = json.loads(told)
    return Printed(pdf, int(seen["pages"]), tuple(str(one) for one in seen["unprintable"]))
