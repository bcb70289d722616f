"""Where a Chromium is, if anywhere."""

import os
import shutil

HINT = "no Chromium found: install one (apt-get install chromium) or name it in WORKSHOP_TESTS_CHROMIUM"
CHROMIUM = os.environ.get("WORKSHOP_TESTS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
