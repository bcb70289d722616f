"""Files of programmes: the real ones against a reader of their own, and what is broken, foreign or hostile."""

import csv
import io
import json
import re
import time as clock
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.shows import keeps, shows
from workshop_manager.schedule.programme import Kind, Recording
from workshop_manager.schedule.reading.detecting import read_file
from workshop_manager.schedule.reading.values import Format, ImportRefusal, Reading, Weight

SAMPLES = Path(__file__).parents[2].parent / "shared" / "schedules"
DAY, ZONE = date(2026, 12, 11), "America/Chicago"
Said = list[tuple[str, datetime]]


def read(data: bytes | str, day: date = DAY, zone: str = ZONE) -> Reading:
    return read_file(data.encode() if isinstance(data, str) else data, day=day, zone=zone)


def doubts(reading: Reading) -> list[str]:
    return [each.sentence for each in reading.doubts if each.weight is Weight.DOUBT]


def said(reading: Reading) -> Said:
    return [(row.title, row.start_as_printed) for row in reading.rows]


def local(reading: Reading, zone: str = ZONE) -> list[tuple[str, str]]:
    """Titles with the wall-clock start and end."""
    place = ZoneInfo(zone)
    return [
        (
            row.title,
            f"{row.start_as_printed.astimezone(place):%d %H:%M}"
            + (f"-{row.end_as_printed.astimezone(place):%H:%M}" if row.end_as_printed else ""),
        )
        for row in reading.rows
        if row.start_as_printed
    ]


def refusal(data: bytes | str) -> str:
    with pytest.raises(ImportRefusal) as refused:
        read(data)
    assert refused.value.sentence.endswith(".")
    return refused.value.sentence


# --- the real files against readers that share nothing with ours ---


def _words(text: str) -> str:
    return " ".join(text.split())


def by_elementtree(data: bytes) -> Said:
    return [
        (_words(event.findtext("title") or ""), datetime.fromisoformat(event.findtext("date") or "").astimezone(UTC))
        for event in ElementTree.fromstring(data).iter("event")
    ]


def by_json(data: bytes) -> Said:
    return [
        (_words(event["title"]), datetime.fromisoformat(event["date"]).astimezone(UTC))
        for day in json.loads(data)["schedule"]["conference"]["days"]
        for events in day["rooms"].values()
        for event in events
    ]


def by_lines(data: bytes) -> Said:
    found = []
    text = data.decode().replace("\r\n", "\n").replace("\n ", "")
    for event in re.findall(r"BEGIN:VEVENT\n(.*?)END:VEVENT", text, re.DOTALL):
        title = re.search(r"^SUMMARY[^:]*:(.*)$", event, re.MULTILINE)[1]
        start = re.search(r"^DTSTART(?:;TZID=([^;:]+))?[^:]*:(\d{8}T\d{6})(Z?)$", event, re.MULTILINE)
        moment = datetime.strptime(start[2], "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(start[1] or "UTC"))
        title = title.replace("\\,", ",").replace("\\;", ";").replace("\\n", " ").replace("\\\\", "\\")
        found.append((_words(title), moment.astimezone(UTC)))
    return found


FILES = {
    "camp2019_frab.xml": by_elementtree,
    "debconf23.xml": by_elementtree,
    "emf2024.frab.xml": by_elementtree,
    "mrmcd2019_pretalx.xml": by_elementtree,
    "camp2019_frab.json": by_json,
    "democon_pretalx.json": by_json,
    "voc_invalid_example.json": by_json,
    "devrelcal.ics": by_lines,
    "emf2024.ics": by_lines,
    "linux_conf_au_2020.ics": by_lines,
    "moca24.ics": by_lines,
}


@shows("Schedule", "Real schedule.xml, schedule.json and .ics files are read: every title at its instant")
@pytest.mark.parametrize("name", [name for name in FILES if (SAMPLES / name).exists()])
def test_a_real_file_gives_what_an_independent_reader_finds(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    expected = FILES[name](data)
    reading = read(data)
    assert Counter(said(reading)) == Counter(expected)
    assert len(reading.rows) == len(expected)
    identities = [row.source_id for row in reading.rows]
    assert len(set(identities)) == len(identities)
    assert reading == read(data)


PAGES = {
    # a pattern of (time, title) as these pages write them, the day, the zone
    "lxai_neurips2018_schedule.html": (
        r'event-time">\s*(\d+:\d+[ap]m).*?event-name">(.*?)</span>',
        date(2018, 12, 8),
        "America/Toronto",
    ),
    "winlp2022_schedule.md": (
        r"^\| (?!Event|---)(?P<title>.+?) \| (?P<time>\d+:\d+)-",
        date(2022, 12, 7),
        "Asia/Dubai",
    ),
}


@pytest.mark.parametrize("name", [name for name in PAGES if (SAMPLES / name).exists()])
def test_a_real_page_gives_the_titles_and_times_it_shows(name: str) -> None:
    pattern, day, zone = PAGES[name]
    text = (SAMPLES / name).read_text("utf-8")
    expected = []
    for found in re.finditer(pattern, text, re.MULTILINE | re.DOTALL if "html" in name else re.MULTILINE):
        groups = found.groupdict()
        printed, title = groups.get("time") or found[1], groups.get("title") or found[2]
        title = re.sub(
            r"\[(.*?)\]\(.*?\)", r"\1", re.sub(r"<[^>]+>|&amp;", lambda m: "&" if m[0] == "&amp;" else "", title)
        )
        expected.append((_words(title), printed.lstrip("0")))
    reading = read(text, day, zone)
    place = ZoneInfo(zone)
    got = [
        (
            row.title,
            f"{row.start_as_printed.astimezone(place):%I:%M%p}".lower().lstrip("0") if row.start_as_printed else None,
        )
        for row in reading.rows
        if row.parent is None
    ]
    assert [title for title, _time in got] == [title for title, _time in expected]
    # A page without am and pm is read as printed; what is meant is suggested beside it.
    strip = (lambda text: text) if "html" in name else (lambda text: text.removesuffix("am").removesuffix("pm"))
    wrong = [(title, when) for title, when in got if when is None]
    assert len(wrong) <= 1
    assert all(any(title in sentence for sentence in doubts(reading)) for title, _when in wrong)
    assert [strip(when) for _title, when in got if when] == [
        when for (_title, when), (_other, read_as) in zip(expected, got, strict=True) if read_as
    ]


# --- calendars ---


def calendar(*events: str, around: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{around}{body}END:VCALENDAR\n".replace("\n", "\r\n")


@shows("Import", "A recurring series keeps its local hour, its moved and its cancelled dates")
def test_a_series_keeps_its_hour_with_its_moved_and_its_cancelled_dates() -> None:
    rule = "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20261101T180000"
    reading = read(
        calendar(
            f"UID:a\nSUMMARY:Meetup\nDTSTART;TZID=Europe/Berlin:20261018T180000\nDURATION:PT2H\n{rule}",
            "UID:a\nRECURRENCE-ID:20261025T170000Z\nSUMMARY:Meetup, moved\nDTSTART;TZID=Europe/Berlin:20261026T190000",
        )
    )
    assert said(reading) == [
        ("Meetup", datetime(2026, 10, 18, 16, tzinfo=UTC)),
        ("Meetup, moved", datetime(2026, 10, 26, 18, tzinfo=UTC)),
        ("Meetup", datetime(2026, 11, 8, 17, tzinfo=UTC)),
    ]
    assert len({row.source_id for row in reading.rows}) == 3


@pytest.mark.parametrize(
    ("event", "expected", "told"),
    [
        ("DTSTART:20261211T090000\nDTEND:20261211T093000", "11 09:00-09:30", "Times without a zone (1 rows)"),
        ("DTSTART;TZID=Nowhere/Else:20261211T090000\nDURATION:PT1H", "11 09:00-10:00", "which is not known"),
        ("DTSTART;VALUE=DATE:20261211", "11 00:00-00:00", "lasts all day"),
        ("DTSTART:20261211T150000Z", "11 09:00", "has no end"),
        ("DTSTART:20261211T150000Z\nDTEND:20261211T140000Z", "11 09:00", "ends before it starts"),
        ("DTSTART:20261211T150000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY", "11 09:00-10:00", "without an end"),
        ("DTSTART:20261211T150000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY;COUNT=9", "11 09:00-10:00", "repeats secondly"),
        (
            "DTSTART:20261211T150000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=1,2;COUNT=9",
            "11 09:00-10:00",
            "repeats by an unusual rule",
        ),
        (
            "DTSTART:20261211T150000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;INTERVAL=0;BYDAY=5MO;COUNT=9",
            "11 09:00-10:00",
            "repeats by an unusual rule",
        ),
        (
            "DTSTART:20261211T150000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9",
            "11 09:00-10:00",
            "repeats by an unusual rule",
        ),
        ("DTSTART:20261211T150000Z\nDURATION:PT1H\nRRULE:nonsense", "11 09:00-10:00", ""),
        ("DTSTART:20261211T150000Z\nDURATION:PT1H\ngarbage", "11 09:00-10:00", "is no line of a calendar"),
        ("DTSTART;TZID=W. Europe Standard Time:20261211T160000\nDURATION:PT1H", "11 09:00-10:00", ""),
    ],
)
def test_what_is_odd_about_an_event_is_told(event: str, expected: str, told: str) -> None:
    reading = read(calendar(f"UID:a\nSUMMARY:A\n{event}"))
    assert local(reading) == [("A", expected)]
    assert any(told in sentence for sentence in doubts(reading)) or not told


def test_an_event_without_a_readable_start_is_named_with_its_line() -> None:
    reading = read(calendar("UID:a\nSUMMARY:A\nDTSTART:yesterday", "UID:b\nSUMMARY:B\nDTSTART:20261211T150000Z"))
    assert [(row.title, row.has_place) for row in reading.rows] == [("A", False), ("B", True)]
    assert any("“A” (line 3) has no start" in sentence for sentence in doubts(reading))


def test_what_is_called_off_is_named_and_left_out() -> None:
    one = "UID:a\nSUMMARY:A\nDTSTART:20261211T150000Z\nDURATION:PT1H\nSTATUS:CANCELLED"
    reading = read(calendar(one, one.replace("UID:a", "UID:b").replace("\nSTATUS:CANCELLED", "")))
    assert [row.has_place for row in reading.rows] == [False, True]
    assert any("called off" in sentence for sentence in doubts(reading))


@shows("Schedule", "Events that share an UID are all read, told apart by their titles, and doubted")
def test_events_that_share_an_uid_are_all_read() -> None:
    events = [f"UID:46939\nSUMMARY:Talk {n}\nDTSTART:20261211T1{n}0000Z\nDURATION:PT1H" for n in range(4)]
    reading = read(calendar(*events))
    assert len({row.source_id for row in reading.rows}) == 4
    assert any("4 rows (1, 2, 3, 4) share the name" in sentence for sentence in doubts(reading))
    again = read(calendar(*reversed(events)))
    assert {(row.title, row.source_id) for row in again.rows} == {(row.title, row.source_id) for row in reading.rows}


@shows("Schedule", "A file of five calendars is read whole, also where it breaks off in the last")
def test_five_calendars_in_one_file_are_all_read() -> None:
    one = [calendar(f"UID:{n}\nSUMMARY:T{n}\nDTSTART:20261211T150000Z\nDURATION:PT1H") for n in range(5)]
    assert [row.title for row in read("".join(one)).rows] == ["T0", "T1", "T2", "T3", "T4"]
    cut = "".join(one)[:-45]
    assert len(read(cut).rows) == 5
    assert any("breaks off" in sentence for sentence in doubts(read(cut)))


@shows("Schedule", "A title of 75 emoji is read whole wherever its line is folded")
@pytest.mark.parametrize("offset", range(60, 81))
def test_a_title_of_emoji_is_read_whole_wherever_it_is_folded(offset: int) -> None:
    title = "👩🏽‍🔬" * 75
    line = f"SUMMARY:{title}".encode()
    folded = line[:offset] + b"".join(b"\r\n " + line[at : at + 74] for at in range(offset, len(line), 74))
    data = calendar("UID:a\nDTSTART:20261211T150000Z\nDURATION:PT1H\n@@").encode().replace(b"@@", folded)
    assert read(data).rows[0].title == title


def test_a_description_that_is_a_web_page_becomes_words() -> None:
    text = "DESCRIPTION:<p>Hi\\, <b>all</b> &amp; sundry</p><p>Two<br>lines</p>"
    [row] = read(calendar(f"UID:a\nSUMMARY:A\nDTSTART:20261211T150000Z\n{text}")).rows
    assert row.abstract == "Hi, all & sundry\nTwo\nlines"


# --- schedule.xml and schedule.json ---

OLD = """<schedule><conference><title>C</title><day_change>06:00</day_change>{zone}</conference>
<day index="1" date="2026-07-04"{starts}><room name="Aula">
<event id="1"><title>Late show</title><start>01:30</start><duration>01:00</duration></event>
<event id="2"><title>Opening</title><start>10:00</start><duration>0:45</duration><type>lightning talks</type>
<persons><person id="7">Ana Ruiz</person></persons><recording><optout>true</optout></recording></event>
</room></day></schedule>"""


@pytest.mark.parametrize("starts", ["", ' start="2026-07-04T06:00:00+02:00"'])
def test_an_old_schedule_reads_what_follows_midnight_as_the_end_of_its_day(starts: str) -> None:
    reading = read(OLD.format(zone="<time_zone_name>Europe/Berlin</time_zone_name>", starts=starts))
    assert local(reading, "Europe/Berlin") == [("Late show", "05 01:30-02:30"), ("Opening", "04 10:00-10:45")]
    opening = reading.rows[1]
    assert (opening.kind, opening.room, opening.recording) == (Kind.LIGHTNING, "Aula", Recording.FORBIDDEN)
    assert [who.name for who in opening.speakers] == ["Ana Ruiz"]


def test_times_that_contradict_each_other_are_doubted() -> None:
    date_of = "<date>2026-07-04T11:00:00+02:00</date><start>10:00</start>"
    text = OLD.format(zone="", starts="").replace("<start>10:00</start>", date_of)
    reading = read(text, zone="Europe/Berlin")
    assert reading.rows[1].start_as_printed == datetime(2026, 7, 4, 9, tzinfo=UTC)
    assert any("says 10:00, but also 2026-07-04 11:00" in sentence for sentence in doubts(reading))


def test_an_event_without_a_time_or_length_is_named() -> None:
    text = OLD.format(zone="", starts="").replace("<start>10:00</start>", "<start>soon</start>")
    reading = read(text.replace("<duration>01:00</duration>", ""))
    assert [row.has_place for row in reading.rows] == [True, False]
    assert any("neither a length nor an end" in sentence for sentence in doubts(reading))
    assert any("has no place yet" in sentence for sentence in doubts(reading))


def test_talks_of_an_api_are_read_with_their_rooms() -> None:
    talks = [
        {
            "code": "A1",
            "title": {"en": "One"},
            "start": "2026-12-11T15:00:00Z",
            "end": "2026-12-11T15:30:00Z",
            "room": 3,
        },
        {
            "code": "B2",
            "title": "Two",
            "slot": {"start": "2026-12-11T16:00:00+00:00", "duration": 20, "room": {"name": "X"}},
        },
        "odd",
    ]
    document = {"talks": talks, "rooms": [{"id": 3, "name": {"en": "Hall"}}], "timezone": "UTC"}
    reading = read(json.dumps(document))
    assert local(reading) == [("One", "11 09:00-09:30"), ("Two", "11 10:00-10:20")]
    assert [(row.room, row.source_id) for row in reading.rows] == [("Hall", "A1"), ("X", "B2")]
    assert any("Entry 3" in sentence for sentence in doubts(reading))


# --- spreadsheets ---

CSV = """Session ID;Date;Start;End;Title;Speaker names;Room;Abstract
T1;11.12.2026;09:00;09:30;Opening;;Hall A;"Welcome;
all"
T2;11.12.2026;9:30;10:15;Red teams;Ana Ruiz;Hall B;
T3;12.12.2026;22:00;01:00;Party;;;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_table_of_values_is_read_in_any_encoding_and_with_any_delimiter(encoding: str, sign: str) -> None:
    text = CSV.replace("Opening", "Eröffnung").replace(";", sign)
    reading = read(text.encode(encoding))
    assert reading.format is Format.CSV
    assert [(row.title, row.room, row.source_id, row.where) for row in reading.rows] == [
        ("Eröffnung", "Hall A", "T1", "line 2"),
        ("Red teams", "Hall B", "T2", "line 4"),
        ("Party", None, "T3", "line 5"),
    ]
    assert [when for _title, when in local(reading)] == ["11 09:00-09:30", "11 09:30-10:15", "12 22:00-01:00"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Start,Title\n2026-12-11T15:00:00Z,A\n2026-12-11 10:00,B", [("A", "11 09:00"), ("B", "11 10:00")]),
        (
            "Subject,Start Date,Start Time,End Date,End Time\nA,12/13/2026,9:00 PM,12/14/2026,1:00 AM",
            [("A", "13 21:00-01:00")],
        ),
        ("Beginn;Dauer;Titel\n11.12.2026 14:00;45 min;A", [("A", "11 14:00-14:45")]),
        ("title,when,length\nA,Dec 12 9:00 - 9:30,\n", [("A", "12 09:00-09:30")]),
        ("Hora,Título\n9:00-9:30,A", [("A", "11 09:00-09:30")]),
    ],
)
def test_columns_are_known_by_many_names(text: str, expected: list[tuple[str, str]]) -> None:
    found = [(title, when) for title, when in local(read(text))]
    assert [(title, when[: len(end)]) for (title, when), (_t, end) in zip(found, expected, strict=True)] == expected


def test_a_quotation_mark_that_nothing_closes_costs_one_line_and_is_told() -> None:
    reading = read('Time,Title\n9:00-9:30,A\n9:30-10:00,"B\n10:00-10:30,C\n10:30-11:00,D\n')
    assert [row.title for row in reading.rows] == ["A", "C", "D"]
    assert "Line 3 opens a quotation mark that nothing closes, so it was left out." in doubts(reading)


def test_a_table_in_another_order_than_time_gives_no_doubts_about_it() -> None:
    lines = [f"2026-12-11,{hour}:00,{hour}:30,Talk {hour}" for hour in (14, 9, 16, 10, 12, 11, 15, 13)]
    reading = read("Date,Start,End,Title\n" + "\n".join(lines))
    assert len(reading.rows) == 8
    assert doubts(reading) == []


def sheet(rows: list[list[object]], merge: str = "", formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for cell, form in (formats or {}).items():
        page[cell].number_format = form
    if merge:
        page.merge_cells(merge)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@shows("Schedule", "A spreadsheet is read with its real dates and times, serial numbers and merged cells")
def test_a_spreadsheet_is_read_with_dates_times_serials_and_merged_cells() -> None:
    rows = [
        ["Programme of the workshop"],
        ["Date", "Start", "End", "Title", "Room"],
        [datetime(2026, 12, 11), time(9), time(9, 30), "Opening", "Hall"],
        [None, 0.40625, 0.4375, "Numbers", "Hall"],
        [datetime(2026, 12, 12), datetime(2026, 12, 12, 14), datetime(2026, 12, 12, 15, 30), "Long", None],
        [46369, "16:00", "4:30pm", "Serial", None],
    ]
    reading = read(sheet(rows, merge="A3:A4", formats={"B4": "General", "C4": "General", "A6": "General"}))
    assert local(reading) == [
        ("Opening", "11 09:00-09:30"),
        ("Numbers", "11 09:45-10:30"),
        ("Long", "12 14:00-15:30"),
        ("Serial", "13 16:00-16:30"),
    ]
    assert [row.where for row in reading.rows] == ["row 3", "row 4", "row 5", "row 6"]


def test_sheets_of_several_days_are_joined() -> None:
    book = Workbook()
    for name, title in (("Friday 11 December", "A"), ("Saturday 12 December", "B")):
        page = book.create_sheet(name)
        page.append(["Time", "Title"])
        page.append(["9:00 - 9:30", title])
    del book["Sheet"]
    kept = io.BytesIO()
    book.save(kept)
    assert local(read(kept.getvalue())) == [("A", "11 09:00-09:30"), ("B", "12 09:00-09:30")]


# --- pages and texts of several days, rooms side by side ---


def test_tables_under_their_days_are_joined_and_texts_follow_their_headings() -> None:
    table = "<table><tr><th>Time</th><th>Title</th></tr><tr><td>9:00 - 9:30</td><td>{}</td></tr></table>"
    page = f"<h2>Friday, 11 December 2026</h2>{table.format('A')}<h2>Saturday, 12 December 2026</h2>{table.format('B')}"
    expected = [("A", "11 09:00-09:30"), ("B", "12 09:00-09:30")]
    assert local(read(f"<html><body>{page}</body></html>")) == expected
    text = "# Friday, 11 December\n\n## 9:00 - 9:30 A\n\n# Saturday, 12 December\n\n## 9:00 - 9:30 B\n"
    assert local(read(text)) == expected
    assert local(read("Fri 11 Dec, 9:00 - 9:30 A\nSat 12 Dec, 9:00 - 9:30 B")) == expected


def test_rooms_side_by_side_are_read_cell_by_cell() -> None:
    page = """<table><tr><th>Time</th><th>Room 1</th><th>Main Hall</th></tr>
<tr><td>9:00 - 9:30</td><td colspan=2>Opening</td></tr>
<tr><td>9:30 - 10:00</td><td>A</td><td rowspan=2>Workshop on grids</td></tr>
<tr><td>10:00 - 10:30</td><td>B</td></tr></table>"""
    reading = read(page)
    assert [(row.title, row.room) for row in reading.rows] == [
        ("Opening", None), ("A", "Room 1"), ("Workshop on grids", "Main Hall"), ("B", "Room 1"),
    ]  # fmt: skip
    assert [when for _title, when in local(reading)] == [
        "11 09:00-09:30", "11 09:30-10:00", "11 09:30-10:30", "11 10:00-10:30",
    ]  # fmt: skip
    assert doubts(reading) == []


def test_days_side_by_side_are_read_cell_by_cell() -> None:
    text = "| Time | Fri 11 Dec | Sat 12 Dec |\n|---|---|---|\n| 9:00-9:30 | A | B |\n"
    assert local(read(text)) == [("A", "11 09:00-09:30"), ("B", "12 09:00-09:30")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Freitag, 11. Dezember 2026\n09:00 Uhr - 09:30 Uhr Kaffee", [("Kaffee", "11 09:00-09:30")]),
        ("9:00,9:30,A\n9:30,10:00,B\n", [("A", "11 09:00-09:30"), ("B", "11 09:30-10:00")]),
        (
            "<table><tr><td rowspan=2>Fri 11 Dec</td><td>9:00 AM</td><td>9:30 AM</td><td>A</td></tr>"
            "<tr><td>9:30 AM</td><td>10:00 AM</td><td>B</td></tr></table>",
            [("A", "11 09:00-09:30"), ("B", "11 09:30-10:00")],
        ),
        (
            "<table><tr><th></th><th>Fri 11 Dec</th><th>Sat 12 Dec</th></tr>"
            "<tr><th>9:00-9:30</th><td colspan=2>Coffee</td></tr></table>",
            [("Coffee", "11 09:00-09:30"), ("Coffee", "12 09:00-09:30")],
        ),
        (
            "Time,Duration,Title\n2026-12-11 09:00,0:30,A\n2026-12-11 10:00,0:45,B\n",
            [("A", "11 09:00-09:30"), ("B", "11 10:00-10:45")],
        ),
    ],
)
def test_tables_without_headings_and_days_are_understood(text: str, expected: list[tuple[str, str]]) -> None:
    assert local(read(text)) == expected


@shows("Schedule", "An imported series without an end is read to the edition's last day, and that is said")
def test_a_series_without_an_end_is_read_to_the_last_day_asked_for() -> None:
    event = "UID:a\nSUMMARY:Meetup\nDTSTART:2026{}T150000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    reading = read_file(calendar(event.format("1211")).encode(), day=DAY, zone=ZONE, until=date(2026, 12, 31))
    assert [when.day for _title, when in said(reading)] == [11, 18, 25]
    assert "3 dates until Thursday 31 December 2026 were read" in doubts(reading)[0]
    # One that began before: which of its dates are meant cannot be known, and a year of them is none's programme.
    before = read_file(calendar(event.format("1204")).encode(), day=DAY, zone=ZONE, until=date(2026, 12, 31))
    assert ([when.day for _title, when in said(before)], len(doubts(before))) == ([4], 1)


@shows(
    "Bad input", "A calendar that leaves out hundreds of thousands of dates of a series is refused before they are read"
)
def test_a_calendar_of_endless_exceptions_is_refused() -> None:
    event = "UID:a\nSUMMARY:Meetup\nDTSTART:20261211T150000Z\nRRULE:FREQ=WEEKLY;COUNT=3\n"
    few = event + "EXDATE:20261218T150000Z," + ",".join(["20270101T150000Z"] * 500)
    assert len(read(calendar(few)).rows) == 2
    for name in ("EXDATE", "exdate;TZID=UTC", "RDATE"):
        with pytest.raises(ImportRefusal, match="single dates"):
            read(calendar(event + "\n".join([f"{name}:" + ",".join(["20270101T150000"] * 1000)] * 21)))


def test_grids_of_several_sheets_keep_their_days_and_a_lunch_in_every_room_is_one() -> None:
    book = Workbook()
    for name, title in (("Fri 11 Dec", "A"), ("Sat 12 Dec", "B")):
        page = book.create_sheet(name)
        for row in (["Time", "Room 1", "Room 2"], ["9:00-9:30", title, "X"], ["12:00-13:00", "Lunch", "Lunch"]):
            page.append(row)
    del book["Sheet"]
    kept = io.BytesIO()
    book.save(kept)
    reading = read(kept.getvalue())
    assert local(reading) == [
        ("A", "11 09:00-09:30"), ("X", "11 09:00-09:30"), ("Lunch", "11 12:00-13:00"),
        ("B", "12 09:00-09:30"), ("X", "12 09:00-09:30"), ("Lunch", "12 12:00-13:00"),
    ]  # fmt: skip
    assert [row.room for row in reading.rows][:3] == ["Room 1", "Room 2", None]


@shows(
    "Schedule",
    "Agendas with the time behind the title, in two zones, or in German, French, Spanish, Portuguese are read",
)
@pytest.mark.parametrize(
    ("text", "expected", "kinds"),
    [
        (
            "Opening (9:00 - 9:15)\nKeynote by Ada, 9:15 - 10:00\nThe end",
            [("Opening", "11 09:00-09:15"), ("Keynote by Ada", "11 09:15-10:00")],
            [Kind.OPENING, Kind.KEYNOTE],
        ),
        ("9:00 CST / 15:00 UTC Opening", [("Opening", "11 09:00")], [Kind.OPENING]),
        ("3pm onwards Social", [("Social", "11 15:00")], [Kind.SOCIAL]),
        (
            "9h - 9h30 : Accueil\n12h - 13h30 : Déjeuner",
            [("Accueil", "11 09:00-09:30"), ("Déjeuner", "11 12:00-13:30")],
            [Kind.OPENING, Kind.MEAL],
        ),
        (
            "09.00 – 09.15 Uhr: Begrüßung\n10.00 – 10.30 Uhr: Kaffeepause",
            [("Begrüßung", "11 09:00-09:15"), ("Kaffeepause", "11 10:00-10:30")],
            [Kind.OPENING, Kind.BREAK],
        ),
        (
            "Data,Início,Fim,Título,Local,Palestrante\n11/12/2026,09:00,09:30,Abertura,Auditório,Ana\n"
            "12/12/2026,10:00,11:00,Palestra convidada,Auditório,João\n",
            [("Abertura", "11 09:00-09:30"), ("Palestra convidada", "12 10:00-11:00")],
            [Kind.OPENING, Kind.KEYNOTE],
        ),
    ],
)
def test_agendas_of_other_habits_are_read(text: str, expected: list[tuple[str, str]], kinds: list[Kind]) -> None:
    reading = read(text)
    assert (local(reading), [row.kind for row in reading.rows]) == (expected, kinds)


def test_words_across_a_table_are_a_heading_and_a_title_is_one_line() -> None:
    page = (
        "<table><tr><th>Start</th><th>What</th></tr><tr><td colspan=2>Morning session</td></tr>"
        "<tr><td>9:00</td><td>Intro</td></tr></table>"
    )
    reading = read(page)
    assert local(reading) == [("Intro", "11 09:00")]
    assert any("Morning session" in sentence and "heading" in sentence for sentence in doubts(reading))
    assert read('Start,Title\n9:00,"A\nB"\n9:30,C\n').rows[0].title == "A B"
    people = read('Time,Title,Speakers\n9:00,Panel,"Ann Lee, Bo Chen and Cy Young"\n').rows[0].speakers
    assert [who.name for who in people] == ["Ann Lee", "Bo Chen", "Cy Young"]


def test_what_is_longer_than_fits_is_cut_and_told() -> None:
    event = f"UID:a\nSUMMARY:{'x' * 500}\nDESCRIPTION:{'y' * 20_000}\nDTSTART:20261211T150000Z\nDURATION:PT1H"
    reading = read(calendar(event))
    assert (len(reading.rows[0].title), len(reading.rows[0].abstract)) == (400, 10_000)
    assert [sentence for sentence in doubts(reading) if "was cut to" in sentence] == [
        "The title of row 1 has 500 characters and was cut to 400.",
        "The description of row 1 has 20000 characters and was cut to 10000.",
    ]


def test_a_weekday_that_does_not_fit_its_date_is_doubted() -> None:
    assert any("another weekday" in sentence for sentence in doubts(read("Monday 11 December 2026\n9:00 - 9:30 A")))


# --- foreign and hostile ---

LAUGHS = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def packed(**parts: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return kept.getvalue()


FOREIGN = {
    "billion laughs": (LAUGHS + "]><schedule><title>&i;</title></schedule>", "DOCTYPE or entities"),
    "an external DTD": ('<!DOCTYPE schedule SYSTEM "http://localhost/x.dtd"><schedule/>', "DOCTYPE or entities"),
    "a file as an entity": (
        '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><schedule>&x;</schedule>',
        "DOCTYPE or entities",
    ),
    "an Atom feed": ('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>', "an Atom feed"),
    "an RSS feed": ("<rss><channel><title>9:00</title></channel></rss>", "an RSS feed"),
    "another XML": ('<?xml version="1.0"?><invoice/>', "XML of another kind"),
    "a broken XML": ('<?xml version="1.0"?><schedule><day></schedule>', "broken in line 1"),
    "an empty schedule": ("<schedule><day date='2026-12-11'/></schedule>", "holds no events"),
    "another JSON": ('{"a": [1, 2]}', "no schedule"),
    "a broken JSON": ('{"schedule": {', "breaks off in line 1"),
    "a deep JSON": ('{"a":' * 100_000, "nested too deeply"),
    "a page without a programme": (
        "<!doctype html><html><body><h1>Hello</h1></body></html>",
        "No times were found on this web page",
    ),
    "a PDF": (b"%PDF-1.7\x00\x00", "a PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "a picture"),
    "a Word document": (packed(word__document_xml="x"), "a Word document"),
    "an archive": (packed(readme="x"), "packed archive"),
    "half an archive": (b"PK\x03\x04\x00", "packed"),
    "a spreadsheet of nothing": (packed(xl__workbook_xml="x"), "cannot be read"),
    "a spreadsheet that unpacks to much": (packed(xl__workbook_xml="x" * 70_000_000), "60 MB"),
    "a spreadsheet of styles": (packed(**{"xl/styles.xml": "<xf/>" * 1_000_000}), "too many styles"),
    "a spreadsheet of one endless row": (
        packed(**{"xl/worksheets/sheet1.xml": "<row>" + "<c/>" * 300_000}),
        "more than 200000 cells",
    ),
    "a large file": (b"a" * 9_000_000, "larger than"),
    "noise": (bytes(range(256)) * 4, "."),
}


@shows("Schedule", "What is no programme is refused with a sentence that says what it looks like")
@keeps("I9")
@pytest.mark.parametrize("case", FOREIGN)
def test_what_is_no_programme_is_refused_by_what_it_looks_like(case: str) -> None:
    data, sentence = FOREIGN[case]
    begun = clock.monotonic()
    assert sentence in refusal(data)
    assert clock.monotonic() - begun < 10


def test_an_atom_feed_of_a_real_site_is_refused() -> None:
    path = SAMPLES / "sotm2020_is_an_atom_feed.xml"
    if path.exists():
        assert "an Atom feed" in refusal(path.read_bytes())


@shows("Schedule", "A file in Latin-1 is read, and where it does not say so that is a doubt")
@pytest.mark.parametrize("declared", ['<?xml version="1.0" encoding="ISO-8859-1"?>', ""])
def test_latin_1_is_read_where_it_is_declared_and_where_it_is_not(declared: str) -> None:
    text = declared + OLD.format(zone="", starts="").replace("Opening", "Eröffnung")
    reading = read(text.encode("latin-1"))
    assert reading.rows[1].title == "Eröffnung"
    assert any("Windows-1252" in sentence for sentence in doubts(reading)) is not bool(declared)


@shows("Schedule", "A programme of three thousand items is read")
def test_three_thousand_items_are_read() -> None:
    begun = datetime(2026, 12, 11, 9, tzinfo=UTC)
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(["ID", "Start", "Duration", "Title", "Room"])
    for n in range(3000):
        writer.writerow([n, (begun + timedelta(minutes=n)).isoformat(), 30, f"Talk {n}", f"Room {n % 40}"])
    assert len(read(kept.getvalue()).rows) == 3000


PIECES = st.sampled_from(
    ["BEGIN:VCALENDAR\r\n", "BEGIN:VEVENT\r\n", "END:VEVENT\r\n", "END:VCALENDAR\r\n", "DTSTART:20261211T0900",
     "00\r\n", "SUMMARY:A\r\n", "RRULE:FREQ=DAILY;COUNT=3\r\n", "UID:1\r\n", "BEGIN:VTIMEZONE\r\n", "TZID:X\r\n",
     "DURATION:P1D\r\n",
     "<schedule>", "<day date='2026-12-11'>", "<room name='a'>", "<event id='1'>", "<title>T</title>",
     "<start>9:00</start>", "</event>", "</room>", "</day>", "</schedule>", '{"schedule": ', '{"days": [', '"rooms": {',
     "]", "}", '"title": "x"',
     "Time,Title\n", "Date;Start;End\n", "9:00,A\n", '"', "12/13/2026", "2026-12-11T09:00:00Z", "Day 2\n", "Monday",
     "| Time | Room 1 | Room 2 |\n", "|---|---|---|\n", "| 9:00 | A | B |\n", "\x00", "é", "\n"]
)  # fmt: skip


@given(
    st.sampled_from(["", "BEGIN:VCALENDAR\r\n", "<schedule>", '{"schedule":', "Time,Title\n"]),
    st.lists(PIECES, max_size=25),
)
@settings(max_examples=250, deadline=None)
def test_any_file_is_read_or_refused_and_never_an_error(start: str, pieces: list[str]) -> None:
    text = start + "".join(pieces)
    for data in (text.encode(), text.encode("utf-16")):
        try:
            reading = read(data)
        except ImportRefusal:
            continue
        told = {each.row for each in reading.doubts}
        assert all(row.title and (row.has_place or row.number in told) for row in reading.rows)
        names = [row.source_id for row in reading.rows if row.source_id]
        assert len(names) == len(set(names))
        reading.items(uid=lambda row: f"r{row.number}", accept=[row.number for row in reading.rows])
