"""Which kind of thing was pasted or uploaded, told by its content and never by its name; and reading it."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

from workshop_manager.schedule.programme import ProgrammeError, as_zone
from workshop_manager.schedule.reading.calendars import read_calendar
from workshop_manager.schedule.reading.delimited import sheet_of_delimited, sheet_within
from workshop_manager.schedule.reading.identities import shortened, told_apart
from workshop_manager.schedule.reading.markup import sheet_of_html
from workshop_manager.schedule.reading.plain import best_markdown, sheet_of_text
from workshop_manager.schedule.reading.schedule_json import read_schedule_json
from workshop_manager.schedule.reading.schedule_xml import read_schedule_xml
from workshop_manager.schedule.reading.sheets import CONTROL, Sheet
from workshop_manager.schedule.reading.texts import text_of
from workshop_manager.schedule.reading.understanding import Understanding
from workshop_manager.schedule.reading.values import MAX_BYTES, MAX_FILE, Doubt, ImportRefusal, Reading
from workshop_manager.schedule.reading.workbooks import sheet_of_workbook

_COPY = "open it, copy the table and paste it here"
_BINARY = (
    (b"%PDF", f"This is a PDF; {_COPY}."),
    (b"\xd0\xcf\x11\xe0", "This is an older Office file; save the spreadsheet as XLSX or CSV."),
    (b"\x1f\x8b", "This file is compressed; unpack it first."),
    (b"\x89PNG", "This is a picture; what is wanted is text or a table."),
    (b"\xff\xd8\xff", "This is a picture; what is wanted is text or a table."),
    (b"GIF8", "This is a picture; what is wanted is text or a table."),
    (b"{\\rtf", f"This is a document in RTF; {_COPY}."),
    (b"SQLite format", "This is a database; what is wanted is text or a table."),
)
_ZIPPED = (
    ("word/", f"This is a Word document; {_COPY}."),
    ("ppt/", f"This is a PowerPoint presentation; {_COPY}."),
    ("content.xml", "This is a document of LibreOffice; save the spreadsheet as XLSX or CSV."),
    ("Index/", "This is a document of Numbers or Pages; export the spreadsheet as XLSX or CSV."),
)
_BLOCKS = re.compile(
    r"<(?:!doctype\s+html|head|tr|td|ul|ol|li|dl|div|p|section|span|strong|em|[abi]|br|h[1-6])\b", re.IGNORECASE
)
_XML = re.compile(r"\s*<(?:\?xml|schedule|feed|rss|rdf|icalendar|[\w:]+\s+xmlns)\b", re.IGNORECASE)


def read_file(data: bytes, *, day: date, zone: str, until: date | None = None) -> Reading:
    """The programme in a file: web page, Markdown, text, CSV, XLSX, iCalendar, schedule.xml or schedule.json.

    `day` is what times without a date are taken for (and the first day of “Day 2”), `zone` the IANA zone of times
    without one. A series without an end that begins from `day` on is read to `until` (else `day`), another once. Raises
    only `ImportRefusal`, whose sentence says what the file looks like and what to do.
    """
    _check_zone(zone)
    if len(data) > MAX_FILE:
        raise ImportRefusal("too_large", f"This is larger than {MAX_FILE // 10**6} MB; import one day at a time.")
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data, day, zone)
    refused = next((sentence for start, sentence in _BINARY if data.startswith(start)), None)
    if refused is not None:
        raise ImportRefusal("binary", refused)
    text, guessed = text_of(data)
    reading = read_text(text, day=day, zone=zone, until=until)
    if not guessed:
        return reading
    return replace(reading, doubts=(Doubt(None, "page", guessed), *reading.doubts))


def _check_zone(zone: str) -> None:
    try:
        as_zone(zone)
    except ProgrammeError as error:
        raise ImportRefusal("no_such_zone", str(error)) from error


def _zipped(data: bytes, day: date, zone: str) -> Reading:
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError) as error:
        raise ImportRefusal("binary", "This file is packed and cannot be unpacked; it may be damaged.") from error
    if not any(name.startswith("xl/") for name in names):
        known = (said for part, said in _ZIPPED if any(name.startswith(part) for name in names))
        raise ImportRefusal("binary", next(known, "This is a packed archive; unpack it and import one file."))
    reading = _understood(sheet_of_workbook(data, day), day, zone)
    rows, doubts = shortened(reading.rows)
    return replace(reading, rows=tuple(rows), doubts=(*reading.doubts, *doubts))


def read_text(text: str, *, day: date, zone: str, until: date | None = None) -> Reading:
    """As `read_file`, for what was pasted or is text already."""
    reading = _read_text(text, day, zone, until)
    rows, doubts = shortened(reading.rows)
    return replace(reading, rows=tuple(rows), doubts=(*reading.doubts, *doubts)) if doubts else reading


def _read_text(text: str, day: date, zone: str, until: date | None) -> Reading:
    _check_zone(zone)
    if len(text) > MAX_FILE:
        raise ImportRefusal("too_large", f"This is larger than {MAX_FILE // 10**6} MB; import one day at a time.")
    if text.count("\x00") > 8:
        raise ImportRefusal("binary", "This is a file, not text; open it and paste the schedule out of it.")
    start = text.lstrip("\ufeff \t\r\n")[:2000]
    if re.match(r"BEGIN:V(?:CALENDAR|EVENT|TIMEZONE)", start, re.IGNORECASE):
        return read_calendar(text, day=day, zone=zone, until=until)
    if start[:1] == "{" or re.match(r"\[\s*[\[{\]\"]", start):
        return read_schedule_json(text.lstrip("\ufeff"), day=day, zone=zone)
    if _XML.match(start) and not re.search(r"<(?:!doctype\s+)?html\b", start, re.IGNORECASE):
        return read_schedule_xml(text, day=day, zone=zone)
    if re.match(r"<!DOCTYPE\s+(?!html)", start, re.IGNORECASE):
        raise ImportRefusal(
            "entities", "This XML declares a DOCTYPE or entities, which no schedule needs; export it without them."
        )
    return read_table(text, date=day, zone=zone)


def read_table(text: str, *, date: date, zone: str) -> Reading:
    """The schedule in a pasted HTML page or table, Markdown, delimited or plain text, for times in one IANA zone.

    Times may be in 12 or 24 hours, with hyphen, dashes, “to” or “until”. Rows without a time stand in the row above:
    labelled ones (“Table 1: …”) side by side, others share its minutes evenly. Times come as printed and, where the
    print cannot be meant, with a suggestion next to it; nothing is corrected silently.

    Raises only `ImportRefusal`: `too_large` (over 2 MB), `empty`, `no_such_zone`, `too_many_elements`, `too_deep`,
    `too_wide`, `too_many_rows`, `unreadable`, `no_times`.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ImportRefusal("too_large", "This is larger than 2 MB; paste only the schedule.")
    _check_zone(zone)
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))
    if not text.strip():
        raise ImportRefusal("empty", "There is nothing in it.")
    return _understood(_sheet(text, date), date, zone)


def _sheet(text: str, day: date) -> Sheet:
    if re.search(r"<(?:table|html|body)\b", text, re.IGNORECASE):
        return sheet_of_html(text, day)
    # Also a Markdown page or a CSV file with a few tags in it.
    lines = text.splitlines()
    found = None
    if len(lines) <= 50_000:
        found = best_markdown(lines, day) or sheet_within(text) or sheet_of_delimited(text)
    if found is not None:
        return found
    return sheet_of_html(text, day) if _BLOCKS.search(text) else sheet_of_text(text, day)


def _understood(sheet: Sheet, day: date, zone: str) -> Reading:
    reading = Understanding(sheet, day, zone).read()
    rows, shared = told_apart(reading.rows)
    return replace(reading, rows=tuple(rows), doubts=(*shared, *reading.doubts))
