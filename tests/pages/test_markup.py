"""The HTML of every page, read by programs."""

import os
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.access.conftest import Visits
from tests.access.visits import Visit
from tests.pages import checker
from tests.pages.site import NOT_PAGES, SEEN
from tests.personas import VISITOR
from tests.shows import shows
from tests.stage import ROOT, Stage
from workshop_manager.web.accent import edition_css

pytestmark = pytest.mark.sqlite

NOT_OFFERED = frozenset({"accounts.own_sessions"})
"""Forms that nobody in the world is shown: signed in on one device, there is no other to sign out."""

ALLOWED: tuple[tuple[str, str], ...] = ()
"""Messages of the checker that are let pass: (pattern, why)."""


def _html(visits: Visits) -> dict[str, Visit]:
    """The longest HTML answer of each address, method and status, by a name for its file."""
    found: dict[str, Visit] = {}
    for persona in SEEN:
        for visit in visits(persona):
            if visit.answer.is_html and visit.answer.body and visit.endpoint not in NOT_PAGES:
                name = re.sub(r"\W+", "-", f"{visit.endpoint}-{visit.method}-{visit.answer.status}")
                if name not in found or len(visit.answer.body) > len(found[name].answer.body):
                    found[name] = visit
    return found


@pytest.mark.slow
@shows("Pages", "The W3C checker finds nothing on any page, forms that come back with errors included")
def test_the_w3c_checker_finds_nothing(visits: Visits, tmp_path: Path) -> None:
    jar = checker.find()
    if jar is None:
        assert not os.environ.get("CI"), checker.HINT
        pytest.skip(checker.HINT)
    pages = _html(visits)
    for name, visit in pages.items():
        (tmp_path / f"{name}.html").write_bytes(visit.answer.body)
    said = [
        f"{Path(message['url']).stem}: {message['message']} {message.get('extract', '')[:120]!r}"
        for message in checker.check(jar, sorted(tmp_path.glob("*.html")))
        if not any(re.search(pattern, message["message"]) for pattern, _why in ALLOWED)
    ]
    assert len(pages) > 60
    assert not said, f"{len(said)} messages\n" + "\n".join(said)


@shows("Pages", "Public pages have a canonical address, a description and OpenGraph data")
def test_public_pages_say_what_to_show_where_they_are_linked(stage: Stage, visits: Visits) -> None:
    lacking = []
    for visit in visits(VISITOR):
        if visit.answer.status == 200 and visit.answer.is_html and visit.rule.startswith("/<community>/"):
            soup = BeautifulSoup(visit.answer.text, "html.parser")
            if soup.select_one("meta[name=robots][content=noindex]"):
                continue  # what stands in a frame of another site leads to the page itself
            has = {
                "canonical": soup.select_one(f'link[rel=canonical][href="{stage.settings.base_url}{visit.path}"]'),
                **{
                    key: soup.select_one(f'meta[property="{key}"][content]')
                    for key in ("og:title", "og:url", "og:type")
                },
            }
            lacking += [f"{visit.path}: {key}" for key, node in has.items() if node is None]
    assert not lacking, "\n".join(lacking)


@shows("Pages", "Errors answer 422 and are tied to their field")
def test_errors_are_tied_to_their_fields(visits: Visits) -> None:
    loose, seen = [], 0
    for visit in _html(visits).values():
        if visit.answer.status != 422 or visit.endpoint in NOT_OFFERED:
            continue
        soup = BeautifulSoup(visit.answer.text, "html.parser")
        wrong = soup.select("[aria-invalid=true]")
        seen += len(wrong)
        if not wrong and not soup.select(".summary, [role=alert], .note"):
            loose.append(f"{visit.method} {visit.path}: neither a field nor a summary says what is wrong")
        for field in wrong:
            ids = str(field.get("aria-describedby", "")).split()
            if not ids or any(soup.find(id=name) is None for name in ids):
                loose.append(f"{visit.method} {visit.path}: {field.get('name')} is not tied to its error")
    assert not loose, "\n".join(loose)
    assert seen > 20


@shows("Pages", "Every field has a label")
def test_every_id_is_used_once(visits: Visits) -> None:
    twice = []
    for visit in _html(visits).values():
        ids = [str(node["id"]) for node in BeautifulSoup(visit.answer.text, "html.parser").select("[id]")]
        twice += [f"{visit.path}: #{name}" for name in sorted({i for i in ids if ids.count(i) > 1})]
    assert not twice, "\n".join(twice)


def test_the_dark_theme_differs_in_colours_only() -> None:
    """What axe looks at in the dark theme rests on this."""
    css = (ROOT / "workshop_manager/static/theme.css").read_text(encoding="utf-8") + edition_css("2026", "#f5a623")
    dark = r"(?::not\(\[data-bs-theme=light\]\)|^:root\[data-bs-theme=dark\]) ?\{([^}]*)\}"
    blocks = re.findall(dark, css, re.MULTILINE)
    assert len(blocks) == 4
    for block in blocks:
        names = re.findall(r"(?:^|;)\s*([\w-]+)\s*:", block)
        assert names
        assert all(name == "color-scheme" or name.startswith("--wm-") for name in names), names
