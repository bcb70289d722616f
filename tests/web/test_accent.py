"""Every colour an organiser may choose gives readable pages, and every slug its own steady weave."""

import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import workshop_manager.web.accent
from tests.shows import shows
from workshop_manager.web.accent import (
    DARK,
    LIGHT,
    PRODUCT_ACCENT,
    PRODUCT_SLUG,
    contrast,
    derive,
    edition_css,
    luminance,
    product_css,
    weave,
    weave_svg,
)

STEPS = (0, 51, 102, 153, 204, 255)
CUBE = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in itertools.product(STEPS, repeat=3)]
NAMED = ["#000000", "#ffffff", "#ffff00", "#f5a623", "#b8326b", "#0d8a6f", PRODUCT_ACCENT, "#808080", "#010101"]
TOKENS = {"accent", "accent-hover", "on-accent", "accent-text", "accent-edge", "accent-soft"}
STATIC = Path(workshop_manager.web.accent.__file__).parents[1] / "static"


@shows("Pages", "Any colour an edition chooses is readable, in light and in dark")
@pytest.mark.parametrize("red", STEPS)
def test_every_pair_is_readable_over_the_colour_cube(red: int) -> None:
    for accent in [c for c in CUBE if c.startswith(f"#{red:02x}")] + NAMED:
        for name, tokens in derive(accent).items():
            theme = {"light": LIGHT, "dark": DARK}[name]
            grounds = [theme["page"], theme["surface"], theme["sunken"], tokens["accent-soft"]]
            assert set(tokens) == TOKENS
            assert contrast(tokens["on-accent"], tokens["accent"]) >= 4.5, (accent, name)
            assert contrast(tokens["on-accent"], tokens["accent-hover"]) >= 4.5, (accent, name)
            assert contrast(theme["ink"], tokens["accent-soft"]) >= 4.5, (accent, name)
            for ground in grounds:
                assert contrast(tokens["accent-text"], ground) >= 4.5, (accent, name, ground)
                assert contrast(tokens["accent-edge"], ground) >= 3, (accent, name, ground)


def test_contrast_is_the_one_of_the_guideline() -> None:
    assert luminance("#ffffff") == pytest.approx(1)
    assert luminance("#000000") == 0
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_amber_stays_amber_and_plum_carries_white() -> None:
    amber = derive("#f5a623")["light"]
    assert amber["accent"] == "#f5a623"
    assert amber["on-accent"] == LIGHT["ink"]
    assert derive("#5a3a86")["light"]["on-accent"] == "#ffffff"


def test_upper_case_gives_the_same() -> None:
    assert derive("#F5A623") == derive("#f5a623")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "red",
        "#fff",
        "f5a623",
        "#f5a62",
        "#f5a6233",
        "#gggggg",
        "#f5a623\n",
        " #f5a623",
        "#f5a623;}body{}",
        "#१२३४५६",
    ],
)
def test_a_bad_colour_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        derive(bad)
    with pytest.raises(ValueError, match="not a colour"):
        edition_css("accra", bad, "/weave.svg")


def test_css_has_both_themes_and_the_given_weave() -> None:
    css = edition_css("musiml-2023", "#f5a623", "/musiml/2023/weave.0a1b.svg")
    assert css.count('url("/musiml/2023/weave.0a1b.svg")') == 2
    assert css.count("--wm-accent:") == 3
    assert ":root[data-bs-theme=dark]" in css
    assert "prefers-color-scheme:dark" in css
    assert css.count("{") == css.count("}")
    assert css == edition_css("musiml-2023", "#f5a623", "/musiml/2023/weave.0a1b.svg")
    assert 'url("musiml-2023.weave.svg")' in edition_css("musiml-2023", "#f5a623")


@pytest.mark.parametrize("url", ['a"b', "a b", "a)b", "a\\b", "a\nb", "a'b"])
def test_an_address_that_leaves_its_quotes_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        edition_css("accra", "#0d8a6f", url)


@shows("Pages", "Each edition has a weave of its own")
def test_weave_is_deterministic_symmetric_and_its_own() -> None:
    grid = weave("musiml-2023")
    assert grid == weave("musiml-2023")
    assert len(grid) == 10
    assert {len(row) for row in grid} == {10}
    assert all(0 < sum(row) < 10 for row in grid)
    assert all(row[i] == row[-i] for row in grid for i in range(1, 10))
    assert all(grid[i] == grid[-i] for i in range(1, 10))
    assert len({weave_svg(f"workshop-{n}") for n in range(50)}) > 40
    assert len(weave("कार्यशाला")) == 10


def test_weave_svg_is_one_path_without_script_or_address() -> None:
    root = ET.fromstring(weave_svg("accra"))
    assert root.get("viewBox") == "0 0 10 10"
    assert [child.tag for child in root] == ["{http://www.w3.org/2000/svg}path"]
    path = root[0].get("d")
    assert path is not None
    assert path.count("M") == sum(map(sum, weave("accra")))


def test_the_theme_carries_the_product_defaults() -> None:
    theme = (STATIC / "theme.css").read_text(encoding="utf-8")
    for tokens in derive(PRODUCT_ACCENT).values():
        for key, value in tokens.items():
            assert re.search(rf"--wm-{key}:\s*{value};", theme), (key, value)
    assert (STATIC / "weave.svg").read_text(encoding="utf-8") == weave_svg(PRODUCT_SLUG)
    assert 'url("/static/weave.svg")' in product_css("/static/weave.svg")
