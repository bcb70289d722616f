"""A file from its bytes to what it brings: which reader, which columns. No database, no web."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from workshop_manager.exchange import openreview
from workshop_manager.exchange.answers import recognised
from workshop_manager.exchange.columns import KNOWN, Mapped, Recognised, recognise
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
from workshop_manager.exchange.states import DateOrder, Sort, Source, Target
from workshop_manager.questions.content import Asked


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds before anybody says what its columns mean: a table, or notes of OpenReview."""

    table: Table | None = None
    notes: Any = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns; notes have none."""
        return self.table.columns if self.table is not None else ()

    @property
    def size(self) -> int:
        """How many rows or notes there are."""
        return len(self.table.rows) if self.table is not None else openreview.count(self.notes)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says about a file; what they leave out is recognised."""

    source: Source | None = None
    sort: Sort | None = None
    mapping: Mapped | None = None
    order: DateOrder = DateOrder.AUTO
    zone: str = ""
    """Of moments without an offset; empty: the edition's."""
    answers: Mapping[str, int] | None = None
    """Columns that answer our questions, by the question's id."""


@dataclass(frozen=True, slots=True)
class Understood:
    """How a file is read, and what it brings. `mapping` and `columns` are empty for notes, which need none."""

    source: Source
    sort: Sort
    incoming: Incoming
    columns: tuple[str, ...] = ()
    mapping: Mapped = field(default_factory=dict)
    answers: Mapping[str, int] = field(default_factory=dict)
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


def understand(content: Content, wish: Wish, zone: ZoneInfo, questions: Sequence[Asked] = ()) -> Understood:
    """What the file brings, read as somebody wishes and as its columns say."""
    if content.table is None:
        return Understood(Source.OPENREVIEW, Sort.SUBMISSIONS, openreview.incoming(content.notes))
    table = content.table
    seen = recognise(table.columns, wish.source, wish.sort)
    mapping = seen.mapping if wish.mapping is None else wish.mapping
    answers = wish.answers
    if answers is None or wish.mapping is None:
        answers, mapping = _answered(table.columns, seen, mapping, questions)
    by_id = {asked.id: asked for asked in questions}
    asked = {column: by_id[one] for column, one in answers.items() if one in by_id}
    zone = ZoneInfo(wish.zone) if wish.zone else zone
    reading = Reading(seen.source, seen.sort, mapping, zone, wish.order, asked)
    return Understood(
        seen.source,
        seen.sort,
        rows_incoming(table, reading),
        table.columns,
        mapping,
        answers,
        {column: _sample(table, column) for column in table.columns},
    )


def _answered(
    columns: Sequence[str], seen: Recognised, mapping: Mapped, questions: Sequence[Asked]
) -> tuple[dict[str, int], Mapped]:
    """Columns that are worded like our questions, and what the others hold.

    In a form of Google every heading is somebody's question, and ours in its very words is a better guess than any
    pattern; elsewhere what a system's own column holds is known.
    """
    if seen.sort is not Sort.SUBMISSIONS:
        return {}, mapping
    free = [column for column in columns if seen.source is Source.GOOGLE or column not in mapping]
    answers = recognised([one for one in free if mapping.get(one) not in _CERTAIN], questions)
    return answers, {column: target for column, target in mapping.items() if column not in answers}


_CERTAIN = frozenset({Target.SUBMITTED, Target.CONTACT_EMAIL, Target.TITLE, Target.ABSTRACT})


def _sample(table: Table, column: str) -> str:
    found = next((row.cells[column] for row in table.rows[:50] if column in row.cells), "")
    return " ".join(found.split())[:90]
