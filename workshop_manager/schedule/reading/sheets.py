"""Cells in lines, as every format without a meaning of its own is laid out before it is understood."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from workshop_manager.schedule.reading.values import Doubt, Format

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
SPACES = re.compile(r"[\s\u00a0\u200b\u2060]+")


def tidy(text: str) -> str:
    """A line of it: white space as single spaces."""
    return SPACES.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text; `lead` is what stands in bold at its beginning, if anything follows or not."""

    text: str
    lead: str = ""

    @property
    def rest(self) -> str:
        return self.text[len(self.lead) :].strip() if self.lead else self.text


@dataclass(slots=True)
class Line:
    """A row of cells before it is understood; `nested` where its indentation says that it belongs to the row above."""

    cells: list[Cell]
    header: bool = False
    nested: bool = False
    day: date | None = None
    where: str = ""


@dataclass(slots=True)
class Sheet:
    """Lines with what stands around them."""

    lines: list[Line]
    around: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    free_text: bool = False
    format: Format = Format.TEXT
