"""The world in a real browser."""

import fcntl
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.access.conftest import shared, stage, visits
from tests.pages.look import Look, Window
from tests.pages.site import Page, pages_of, serving
from tests.stage import Stage

__all__ = ["looks", "shared", "stage", "visits"]


@pytest.fixture(scope="session")
def looks(stage: Stage, shared: Path, chromium: Any) -> Iterator[Callable[[str], list[Look]]]:
    """`looks("grants")`: every page of that package, looked at once, whichever worker comes first."""
    with serving(stage) as base:
        known: dict[str, list[Look]] = {}
        windows: dict[str, Window] = {}

        def look_at(page: Page) -> Look:
            window = windows.get(page.persona.key) or Window(chromium, stage, base, page.persona)
            return windows.setdefault(page.persona.key, window).look_at(page)

        def look(package: str) -> list[Look]:
            if package not in known:
                kept = shared / f"looks-{package}.pickle"
                with open(shared / f"looks-{package}.lock", "w") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    if not kept.exists():
                        pages = [page for page in pages_of(stage, shared) if page.package == package]
                        kept.write_bytes(pickle.dumps([look_at(page) for page in pages]))
                known[package] = list(pickle.loads(kept.read_bytes()))
            return known[package]

        yield look
        for window in windows.values():
            window.context.close()
