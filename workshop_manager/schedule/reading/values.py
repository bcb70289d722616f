"""What a foreign programme says, as values: rows an organiser can check, and every guess and doubt about them.

Nothing is taken over silently: what is guessed or doubtful is a `Doubt` with a sentence, a suspicious time is kept as
printed next to the suggested one, and text that found no place is named. Input is hostile until shown otherwise: size,
elements and depth are bounded before a parser sees it, markup is reduced to its text, and whatever cannot be read is
an `ImportRefusal` with one plain sentence, never another exception.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workshop_manager.schedule.programme import EPOCH, Item, Kind, Recording, Speaker

MAX_BYTES = 2_000_000
"""Of pasted text, and of a page: reading those takes longest."""
MAX_FILE = 8_000_000
"""Of a file in one of the formats made for programmes."""
MAX_ROWS = 5_000
MAX_ELEMENTS = 20_000
MAX_DEPTH = 150
NOON = 12 * 60
DAY = 24 * 60


class Format(StrEnum):
    """In which form a programme arrived."""

    PAGE = "page"
    MARKDOWN = "markdown"
    TEXT = "text"
    CSV = "csv"
    XLSX = "xlsx"
    ICALENDAR = "ics"
    XML = "xml"
    JSON = "json"


class ImportRefusal(Exception):
    """What was pasted cannot be read. `code` is stable, `sentence` says why and what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Weight(StrEnum):
    """A note tells of a guess that is usually right; a doubt wants a person to look."""

    NOTE = "note"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One guess or doubt: `row` is a `Row.number` (None: the whole paste), `field` the name of a `Row` field or
    `page`, `suggestion` a value in words to put there instead, if there is one."""

    row: int | None
    field: str
    sentence: str
    suggestion: str | None = None
    weight: Weight = Weight.DOUBT


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read. `number` counts the rows of the paste from 1; `parent` is the number of the row it stands in.

    Times are UTC instants or None. `…_as_printed` is what stands there, `…_suggested` what was probably meant and None
    where the print is believed. For a row without own minutes (a lightning talk, a table) both follow from its parent.
    """

    number: int
    source: str
    kind: Kind
    title: str
    parent: int | None = None
    abstract: str = ""
    speakers: tuple[Speaker, ...] = ()
    chairs: tuple[Speaker, ...] = ()
    room: str | None = None
    track: str | None = None
    label: str | None = None
    time_as_printed: str = ""
    start_as_printed: datetime | None = None
    start_suggested: datetime | None = None
    end_as_printed: datetime | None = None
    end_suggested: datetime | None = None
    source_id: str | None = None
    """What its source calls it for ever (a guid, an UID), made unique within the file."""
    where: str = ""
    """Where it stands in the file, in words: `line 17`, `Sheet “Day 2”, row 5`; empty where the number says it."""
    is_cancelled: bool = False
    """The source says that it does not take place; such a row is not taken over."""
    recording: Recording = Recording.UNDECIDED

    @property
    def has_place(self) -> bool:
        """Whether it can be taken over: it has a start and is not called off."""
        return (self.start_as_printed or self.start_suggested) is not None and not self.is_cancelled

    def start(self, accept: bool) -> datetime | None:
        """The start to use: the suggestion where it is accepted and there is one, else the print."""
        return self.start_suggested if accept and self.start_suggested else self.start_as_printed

    def end(self, accept: bool) -> datetime | None:
        """The end to use, as for `start`."""
        return self.end_suggested if accept and self.end_suggested else self.end_as_printed


@dataclass(frozen=True, slots=True)
class Reading:
    """What a paste or file says: rows in printed order, every doubt, and the day and zone it was read for."""

    rows: tuple[Row, ...]
    doubts: tuple[Doubt, ...]
    date: date
    zone: str
    format: Format = Format.TEXT

    def items(
        self,
        *,
        uid: Callable[[Row], str],
        accept: Collection[int] = (),
        changed_at: datetime = EPOCH,
    ) -> tuple[Item, ...]:
        """The rows as items: `uid` names each, `accept` holds the numbers of rows whose suggestions are taken.

        A child without own times follows its parent's choice. Rows without a start are left out, and those that are
        called off at their source; each has a doubt.
        """
        by_number = {row.number: row for row in self.rows}
        placed = {row.number for row in self.rows if row.has_place}
        found = []
        for position, row in enumerate(self.rows):
            trusted = row.number in accept
            if row.parent is not None and not row.time_as_printed:
                trusted = trusted or row.parent in accept
            start = row.start(trusted)
            if start is None or row.is_cancelled:
                continue
            parent = by_number[row.parent] if row.parent is not None and row.parent in placed else None
            found.append(
                Item(
                    uid=uid(row),
                    kind=row.kind,
                    title=row.title,
                    start=start,
                    end=row.end(trusted),
                    abstract=row.abstract,
                    room=row.room,
                    speakers=row.speakers,
                    chairs=row.chairs,
                    parent=uid(parent) if parent is not None else None,
                    track=row.track,
                    label=row.label,
                    recording=row.recording,
                    position=position,
                    changed_at=changed_at,
                )
            )
        return tuple(found)
