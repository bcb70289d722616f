"""A file from its bytes to what it brings: which reader, which columns. No database, no web."""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from workshop_manager.exchange import openreview
from workshop_manager.exchange.columns import KNOWN, Mapped, recognise
from workshop_manager.exchange.incoming import Incoming
from workshop_manager.exchange.reading import (
    N_,
    Table,
    Unreadable,
    json_of,
    looks_like_json,
    table_of_csv,
    table_of_objects,
    text_of,
)
from workshop_manager.exchange.rows import Reading
from workshop_manager.exchange.rows import incoming as rows_incoming
from workshop_manager.exchange.states import DateOrder, Sort, Source


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds before anybody says what its columns mean: a table, or notes of OpenReview."""

    table: Table | None = None
    notes: Any = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says about a file; what they leave out is recognised."""

    source: Source | None = None
    sort: Sort | None = None
    mapping: Mapped | None = None
    order: DateOrder = DateOrder.AUTO


@dataclass(frozen=True, slots=True)
class Understood:
    """How a file is read, and what it brings. `mapping` and `columns` are empty for notes, which need none."""

    source: Source
    sort: Sort
    incoming: Incoming
    columns: tuple[str, ...] = ()
    mapping: Mapped = field(default_factory=dict)
    samples: dict[str, str] = field(default_factory=dict)


def content_of(data: bytes) -> Content:
    """Read a file. Raises Unreadable, and nothing else."""
    text, remarks = text_of(data)
    if looks_like_json(text):
        found = json_of(text)
        if openreview.are_notes(found):
            return Content(notes=found)
        table = table_of_objects(found)
    else:
        table = table_of_csv(text, KNOWN)
    if not table.rows and not table.problems:
        raise Unreadable(N_("There are names of columns in this file, and no row below them."))
    return Content(table=Table(table.columns, table.rows, table.problems, (*table.remarks, *remarks)))


def understand(content: Content, wish: Wish, zone: ZoneInfo) -> Understood:
    """What the file brings, read as somebody wishes and as its columns say."""
    if content.table is None:
        return Understood(Source.OPENREVIEW, Sort.SUBMISSIONS, openreview.incoming(content.notes))
    table = content.table
    seen = recognise(table.columns, wish.source, wish.sort)
    mapping = seen.mapping if wish.mapping is None else wish.mapping
    reading = Reading(seen.source, seen.sort, mapping, zone, wish.order)
    return Understood(
        seen.source,
        seen.sort,
        rows_incoming(table, reading),
        table.columns,
        mapping,
        {column: _sample(table, column) for column in table.columns},
    )


def _sample(table: Table, column: str) -> str:
    found = next((row.cells[column] for row in table.rows[:50] if column in row.cells), "")
    return " ".join(found.split())[:90]
