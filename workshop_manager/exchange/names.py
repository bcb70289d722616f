"""Lists of authors in one cell, as other systems write them. No database, no web."""

import re
from dataclasses import dataclass

MOST_AUTHORS = 200

_ADDRESS = re.compile(r"<([^<>]*@[^<>]*)>")
_BRACKETS = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


@dataclass(frozen=True, slots=True)
class Name:
    """One author as far as a cell says."""

    name: str = ""
    email: str = ""
    affiliation: str = ""
    is_marked: bool = False
    """Has the star that Microsoft CMT gives the primary contact."""


def names_in(cell: str) -> list[Name]:
    """The authors of a cell: `Jane Doe (Univ. A)*; John Roe`, `Doe, Jane; Roe, John`, `A, B and C`, one a line."""
    return [found for part in _parts(cell) if (found := _name(part)).name or found.email]


def values_in(cell: str) -> list[str]:
    """The values of a cell of addresses or affiliations, in order; an empty one keeps its place."""
    parts = [part.strip() for part in re.split(r"[;\n]", cell)]
    if len(parts) == 1 and cell.count("@") > 1:
        parts = [part.strip() for part in re.split(r"[,\s]+", cell)]
    while parts and not parts[-1]:
        parts.pop()
    return [part.rstrip("*").strip() for part in parts]


def _parts(cell: str) -> list[str]:
    cell = cell.strip()
    if ";" in cell or "\n" in cell:
        return _outside_brackets(cell, ";\n")
    if cell.count(",") == 1 and " and " not in cell and _is_reversed(cell):
        return [cell]
    parts = _outside_brackets(cell, ",")
    last = re.split(r"\s+(?:and|&)\s+", parts[-1]) if parts else []
    return [*parts[:-1], *last]


def _is_reversed(cell: str) -> bool:
    """`Doe, Jane`: two names of which the first is a single word; `Jane Doe, John Roe` are two people."""
    first, _comma, second = cell.partition(",")
    return len(first.split()) == 1 and len(second.split()) <= 2


def _outside_brackets(cell: str, signs: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(cell):
        depth += (sign == "(") - (sign == ")" and depth > 0)
        if sign in signs and not depth:
            parts.append(cell[start:at])
            start = at + 1
    return [*parts, cell[start:]]


def _name(part: str) -> Name:
    is_marked = "*" in part
    part = part.replace("*", " ")
    address = _ADDRESS.search(part)
    if address:
        part = part.replace(address[0], " ")
    brackets = _BRACKETS.search(part)
    if brackets:
        part = part[: brackets.start()] + " " + part[brackets.end() :]
    name = " ".join(part.split()).strip(" ,")
    if name.count(",") == 1:
        last, _comma, first = name.partition(",")
        name = f"{first.strip()} {last.strip()}"
    return Name(
        name=name,
        email=address[1].strip() if address else "",
        affiliation=" ".join(brackets[1].split()) if brackets else "",
        is_marked=is_marked,
    )
