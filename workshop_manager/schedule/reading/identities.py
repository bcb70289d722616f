"""Names that rows bring along from their source, made unique: no row is ever taken for another."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from workshop_manager.core.text import isolated
from workshop_manager.schedule.reading.values import Doubt, Row

LONGEST = 200


def told_apart(rows: Iterable[Row]) -> tuple[list[Row], list[Doubt]]:
    """The rows with names that are unique in the file, and a doubt where several shared one.

    Rows that share a name are told apart by their titles, and where those are equal too by their order: so a file that
    calls everything the same still finds its rows again when it comes a second time.
    """
    rows = list(rows)
    shared: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.source_id:
            shared[row.source_id].append(row)
    doubts = []
    for name, together in shared.items():
        if len(together) > 1:
            numbers = ", ".join(str(row.number) for row in together[:8]) + (", …" if len(together) > 8 else "")
            doubts.append(
                Doubt(
                    None,
                    "page",
                    f"{len(together)} rows ({numbers}) share the name “{isolated(name[:60])}”, which should be unique; "
                    "all were read, and told apart by their titles.",
                )
            )
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for row in rows:
        name = row.source_id or ""
        if name and len(shared[name]) > 1:
            title = " ".join(row.title.split()).casefold()
            seen[name, title] += 1
            name = f"{name}|{title}|{seen[name, title]}"
        found.append(replace(row, source_id=_short(name) if name else None))
    return found, doubts


def _short(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 33]}|{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}"


LONGEST_TITLE = 400
LONGEST_ABSTRACT = 10_000
"""What a title and a description hold here."""


def shortened(rows: Iterable[Row]) -> tuple[list[Row], list[Doubt]]:
    """The rows with titles and descriptions that fit, and a doubt where something was cut."""
    found, doubts = [], []
    for row in rows:
        for name, most in (("title", LONGEST_TITLE), ("abstract", LONGEST_ABSTRACT)):
            text = getattr(row, name)
            if len(text) > most:
                row = replace(row, **{name: text[: most - 1].rstrip() + "…"})
                what = "title" if name == "title" else "description"
                sentence = f"The {what} of row {row.number} has {len(text)} characters and was cut to {most}."
                doubts.append(Doubt(row.number, name, sentence))
        found.append(row)
    return found, doubts
