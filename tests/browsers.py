"""Where a Chromium is, if anywhere."""

import os
import shutil

HINT = "no Chromium found: install one (apt-get install chromium-headless-shell) or name it in WORKSHOP_TESTS_CHROMIUM"
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The shell has the same engine without a window around it, and needs half the time for a page."""
CHROMIUM = os.environ.get("WORKSHOP_TESTS_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
