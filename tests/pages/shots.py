"""Pictures of every page at 390 and 1280 px, light and dark, for people to look at.

python -m tests.pages.shots OUT_DIR [filter]      filter: a part of a page's name, such as “grants.” or “empty”
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browsers import CHROMIUM, FLAGS
from tests.pages.look import THEMES, WIDTHS
from tests.pages.site import cookies, pages_of, serving
from tests.stage import Stage


def main(out: Path, wanted: str = "") -> int:
    """Take them; says how many pages there were."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        shared = Path(name)
        stage = Stage(shared)
        pages = [page for page in pages_of(stage, shared) if wanted in page.name]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        with serving(stage) as base:
            for page in pages:
                context = browser.new_context(reduced_motion="reduce")
                context.add_cookies(cookies(stage, page.persona, base))
                tab = context.new_page()
                tab.goto(base + page.path)
                for width in WIDTHS:
                    tab.set_viewport_size({"width": width, "height": 900})
                    for theme in THEMES:
                        tab.emulate_media(color_scheme=theme)
                        file = re.sub(r"\W+", "-", page.name) + f"-{width}-{theme}.png"
                        tab.screenshot(path=out / file, full_page=True)
                context.close()
        browser.close()
        stage.close()
    print(f"{len(pages)} pages in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:3]))
