"""A reading as JSON, to be kept while somebody looks at it, and back."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from workshop_manager.schedule.programme import Kind, Recording, Speaker
from workshop_manager.schedule.reading.values import Doubt, Format, Reading, Row, Weight

_MOMENTS = ("start_as_printed", "start_suggested", "end_as_printed", "end_suggested")


def reading_to_json(reading: Reading) -> bytes:
    """Plain ASCII, so that no broken character in a title makes it unstorable."""
    document = {
        "date": reading.date.isoformat(),
        "zone": reading.zone,
        "format": reading.format.value,
        "rows": [_row(row) for row in reading.rows],
        "doubts": [
            [doubt.row, doubt.field, doubt.sentence, doubt.suggestion, doubt.weight.value] for doubt in reading.doubts
        ],
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def _row(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(row, name) for name in Row.__slots__}
    found |= {name: value.isoformat() for name in _MOMENTS if (value := getattr(row, name)) is not None}
    for part in ("speakers", "chairs"):
        found[part] = [[who.name, who.affiliation] for who in getattr(row, part)]
    return {name: value for name, value in found.items() if value not in (None, "", [], False)}


def reading_from_json(stored: bytes) -> Reading:
    """What `reading_to_json` wrote."""
    document = json.loads(stored)
    return Reading(
        rows=tuple(_row_of(row) for row in document["rows"]),
        doubts=tuple(
            Doubt(row, field, sentence, suggestion, Weight(weight))
            for row, field, sentence, suggestion, weight in document["doubts"]
        ),
        date=date.fromisoformat(document["date"]),
        zone=document["zone"],
        format=Format(document["format"]),
    )


def _row_of(found: dict[str, Any]) -> Row:
    found |= {name: datetime.fromisoformat(found[name]) for name in _MOMENTS if name in found}
    for part in ("speakers", "chairs"):
        found[part] = tuple(Speaker(name, home) for name, home in found.get(part, ()))
    found["kind"] = Kind(found["kind"])
    found["recording"] = Recording(found["recording"])
    found.setdefault("source", "")
    return Row(**found)
