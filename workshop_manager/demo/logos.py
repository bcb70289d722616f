"""Logos of the demo, drawn here so that no picture has to be shipped."""

from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageDraw

_SIDE, _DRAWN = 256, 1024


def star(ink: str, ground: str) -> bytes:
    """A PNG of an eight-pointed star: two squares, one of them turned."""
    return _drawn(ground, [(_polygon(4, 0.44, turn), ink) for turn in (pi / 4, 0.0)] + [(_polygon(16, 0.17), ground)])


def sun(ink: str, ground: str) -> bytes:
    """A PNG of a sun with twelve rays."""
    rays = [(_polygon(3, 0.09, turn + pi / 2, turn, 0.36), ink) for turn in (n * pi / 6 for n in range(12))]
    return _drawn(ground, [*rays, (_polygon(48, 0.22), ink)])


def _polygon(
    corners: int, size: float, turn: float = 0.0, away: float = 0.0, by: float = 0.0
) -> list[tuple[float, float]]:
    """Corners around a centre that lies `by` away from the middle in the direction `away`; lengths are shares of the side."""
    x, y = _DRAWN * (0.5 + by * cos(away)), _DRAWN * (0.5 + by * sin(away))
    angles = [turn + 2 * pi * n / corners for n in range(corners)]
    return [(x + _DRAWN * size * cos(a), y + _DRAWN * size * sin(a)) for a in angles]


def _drawn(ground: str, shapes: list[tuple[list[tuple[float, float]], str]]) -> bytes:
    picture = Image.new("RGB", (_DRAWN, _DRAWN), ground)
    draw = ImageDraw.Draw(picture)
    for corners, colour in shapes:
        draw.polygon(corners, fill=colour)
    out = BytesIO()
    # Drawn large and made small: that is what smooths the edges.
    picture.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()
