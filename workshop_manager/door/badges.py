"""What is printed on badges: plain data for the press. Pure functions, no database.

The code holds the ticket's opaque code and nothing else: whoever scans a badge learns nothing about the person, however
they chose to be listed.
"""

import enum
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno

from workshop_manager.proceedings.book import direction

TEMPLATE = Path(__file__).resolve().parent / "press" / "badges.typ"
MOST = 1500
"""Badges in one file."""


class Sheet(enum.Enum):
    """How badges lie on paper."""

    A6 = "a6"
    A4_FOUR = "a4-4"
    A4_EIGHT = "a4-8"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Measures:
    """Of a sheet, in millimetres: paper, one badge, how many beside and under each other."""

    page: tuple[float, float]
    badge: tuple[float, float]
    columns: int = 1
    rows: int = 1


MEASURES: Mapping[Sheet, Measures] = {
    Sheet.A6: Measures((105, 148), (105, 148)),
    Sheet.A4_FOUR: Measures((210, 297), (105, 148.5), 2, 2),
    Sheet.A4_EIGHT: Measures((210, 297), (105, 74.25), 2, 4),
    Sheet.CARD: Measures((86, 54), (86, 54)),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """What the organisers chose: the sheet, and what stands on a badge beside the name."""

    sheet: Sheet = Sheet.A6
    pronouns: bool = True
    affiliation: bool = True
    kind: bool = False
    code: bool = True

    def as_dict(self) -> dict[str, Any]:
        """To be kept with what was printed."""
        return {"sheet": self.sheet.value} | {name: getattr(self, name) for name in PARTS}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Layout":
        """As it was kept."""
        return cls(Sheet(kept["sheet"]), **{name: bool(kept[name]) for name in PARTS})


PARTS = ("pronouns", "affiliation", "kind", "code")


@dataclass(frozen=True, slots=True)
class Badge:
    """Somebody's badge."""

    name: str
    pronouns: str
    affiliation: str
    kind: str
    no_photos: bool
    code: str


def _directed(text: str) -> dict[str, str]:
    return {"text": " ".join(text.split()), "dir": direction(text)}


def qr(code: str) -> str:
    """The code as a drawing."""
    return str(segno.make_qr(code, error="m").svg_inline(border=2, dark="#000", light="#fff"))


def digest(badge: Badge) -> str:
    """A name for what stands on a badge: one that changed since it was printed has another."""
    parts = [badge.name, badge.pronouns, badge.affiliation, badge.kind, badge.no_photos, badge.code]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def document(
    badges: Sequence[Badge], layout: Layout, *, edition: str, accent: str, labels: Mapping[str, str]
) -> dict[str, Any]:
    """All that the press needs, but for the fonts. `labels` are our own words: title, no_photos, code."""
    measures = MEASURES[layout.sheet]
    return {
        "title": labels["title"],
        "edition": _directed(edition),
        "accent": accent,
        "labels": {"no_photos": labels["no_photos"]},
        "page": list(measures.page),
        "badge": list(measures.badge),
        "columns": measures.columns,
        "rows": measures.rows,
        "badges": [
            {
                "name": _directed(one.name),
                "pronouns": _directed(one.pronouns if layout.pronouns else ""),
                "affiliation": _directed(one.affiliation if layout.affiliation else ""),
                "kind": _directed(one.kind if layout.kind else ""),
                "no_photos": one.no_photos,
                "qr": qr(one.code) if layout.code else "",
                "alt": labels["code"],
            }
            for one in badges
        ],
    }
