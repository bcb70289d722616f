"""From one edition colour to the accent tokens of both themes, and the weave of its edge.

An organiser gives any colour. Hue is kept, chroma is capped, lightness walks until every pair of text
and ground passes WCAG 2.2 AA in the light and in the dark theme. Pure functions, no dependency.
OKLCH after Björn Ottosson; contrast after WCAG 2.2.
"""

import hashlib
import math
import re
from collections.abc import Sequence
from typing import Final

PRODUCT_ACCENT: Final = "#5a3a86"
PRODUCT_SLUG: Final = "product"

LIGHT: Final = {"page": "#f8f6f9", "surface": "#ffffff", "sunken": "#f0edf2", "ink": "#241c30"}
DARK: Final = {"page": "#17121e", "surface": "#1f1928", "sunken": "#110d17", "ink": "#f2eef5"}
WHITE: Final = "#ffffff"

# AA asks for 4.5 and 3.0; the margin absorbs rounding to eight bits a channel.
TEXT_CONTRAST: Final = 4.6
EDGE_CONTRAST: Final = 3.1
MOST_CHROMA: Final = 0.19

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_URL_UNSAFE: Final = re.compile(r"[\x00-\x20\"'()\\<>\x7f]")


def _checked(colour: str) -> str:
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"not a colour of the form #rrggbb: {colour!r}")
    return colour.lower()


def _to_linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _to_srgb(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else float(1.055 * channel ** (1 / 2.4) - 0.055)


def _linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_to_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG defines it, from 0 to 1."""
    red, green, blue = _linear(_checked(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _oklch(colour: str) -> tuple[float, float, float]:
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _to_hex(lightness: float, chroma: float, hue: float) -> str:
    """The nearest sRGB colour of that lightness and hue: chroma gives way."""
    while True:
        a, b = chroma * math.cos(hue), chroma * math.sin(hue)
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        channels = (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )
        if chroma <= 0 or all(-0.0005 <= channel <= 1.0005 for channel in channels):
            eight_bit = (round(255 * _to_srgb(min(1.0, max(0.0, channel)))) for channel in channels)
            return "#" + "".join(f"{channel:02x}" for channel in eight_bit)
        chroma -= 0.002


def _walk(start: float, step: float, chroma: float, hue: float, grounds: Sequence[str], wanted: float) -> str:
    """Walk in lightness until the colour stands out from every ground."""
    lightness = start
    while 0.02 < lightness < 0.995:
        colour = _to_hex(lightness, chroma, hue)
        if all(contrast(colour, ground) >= wanted for ground in grounds):
            return colour
        lightness += step
    return LIGHT["ink"] if step < 0 else WHITE


def _tokens(accent: str, *, dark: bool) -> dict[str, str]:
    lightness, chroma, hue = _oklch(accent)
    chroma = min(chroma, MOST_CHROMA)
    theme = DARK if dark else LIGHT
    step = 0.01 if dark else -0.01
    soft = _to_hex(0.285, min(chroma, 0.045), hue) if dark else _to_hex(0.955, min(chroma, 0.032), hue)
    grounds = (theme["page"], theme["surface"], theme["sunken"], soft)

    low, high = (0.64, 0.84) if dark else (0.42, 0.82)
    fill_lightness = min(high, max(low, lightness))
    first_fill = _to_hex(fill_lightness, chroma, hue)
    on_accent = max((WHITE, LIGHT["ink"]), key=lambda text: contrast(text, first_fill))
    away = -0.01 if on_accent == WHITE else 0.01
    fill = _walk(fill_lightness, away, chroma, hue, (on_accent,), TEXT_CONTRAST)

    text_start = max(lightness, 0.74) if dark else min(lightness, 0.56)
    edge_start = max(lightness, 0.5) if dark else min(lightness, 0.72)
    return {
        "accent": fill,
        "accent-hover": _to_hex(_oklch(fill)[0] + 4 * away, chroma, hue),
        "on-accent": on_accent,
        "accent-text": _walk(text_start, step, chroma, hue, grounds, TEXT_CONTRAST),
        "accent-edge": _walk(edge_start, step, chroma, hue, grounds, EDGE_CONTRAST),
        "accent-soft": soft,
    }


def derive(accent: str) -> dict[str, dict[str, str]]:
    """The six accent tokens of `light` and of `dark`; ValueError unless `accent` is `#rrggbb`."""
    colour = _checked(accent)
    return {"light": _tokens(colour, dark=False), "dark": _tokens(colour, dark=True)}


def edition_css(slug: str, accent: str, weave_url: str | None = None) -> str:
    """The style sheet of an edition: twelve variables and the mask of its woven edge.

    `weave_url` is where the server serves `weave_svg(slug)`; without it the file is expected
    beside the style sheet.
    """
    url = f"{slug}.weave.svg" if weave_url is None else weave_url
    if _URL_UNSAFE.search(url):
        raise ValueError(f"not an address a style sheet can carry: {url!r}")
    tokens = derive(accent)
    light, dark = ("".join(f"--wm-{key}:{value};" for key, value in tokens[name].items()) for name in ("light", "dark"))
    return (
        f"/* made from {accent.lower()}; do not edit */\n"
        f":root{{{light}}}\n"
        f'.selvedge{{-webkit-mask-image:url("{url}");mask-image:url("{url}");}}\n'
        f"@media (prefers-color-scheme:dark){{:root:not([data-bs-theme=light]){{{dark}}}}}\n"
        f":root[data-bs-theme=dark]{{{dark}}}\n"
    )


def product_css(weave_url: str) -> str:
    """The same for pages outside every edition; equal to the defaults in theme.css."""
    return edition_css(PRODUCT_SLUG, PRODUCT_ACCENT, weave_url)


def weave(slug: str, shafts: int = 6) -> list[list[int]]:
    """A point twill: mirrored threading and treadling through a tie-up drawn from the slug."""
    bits = int.from_bytes(hashlib.sha256(slug.encode()).digest(), "big")
    tie_up = []
    for row in range(shafts):
        base = 0b000111 if bits >> row & 1 else 0b001011
        shift = (row + (bits >> 8 + row & 1)) % shafts
        tie_up.append([(base << shift | base >> shafts - shift) >> column & 1 for column in range(shafts)])
    point = [*range(shafts), *range(shafts - 2, 0, -1)]
    return [[tie_up[i][j] for j in point] for i in point]


def weave_svg(slug: str) -> str:
    """The weave as one path, to be used as a mask that takes the accent of either theme."""
    grid = weave(slug)
    size = len(grid)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(grid) for x, up in enumerate(row) if up)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{3 * size}" height="{3 * size}" viewBox="0 0 {size} {size}"'
        f' shape-rendering="crispEdges"><path d="{path}"/></svg>\n'
    )
