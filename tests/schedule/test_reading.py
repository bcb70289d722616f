"""Pasted schedules: the real MusIML table, the ways people write times, and hostile input."""

import time as clock
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shows import keeps, shows
from workshop_manager.schedule.clashes import conflicts
from workshop_manager.schedule.programme import Kind, Programme
from workshop_manager.schedule.reading.detecting import read_file, read_text
from workshop_manager.schedule.reading.meanings import guess_kind, people_of
from workshop_manager.schedule.reading.values import Doubt, ImportRefusal, Reading, Row, Weight

DAY, ZONE = date(2023, 12, 11), "America/Chicago"
SAMPLES = Path(__file__).parents[2].parent / "shared" / "schedules"
REAL = [name for name in ("musiml2023_schedule.html",) if (SAMPLES / name).exists()]
OTHERS = [
    # file, day, zone, rows without a parent
    (name, day, zone, top)
    for name, day, zone, top in (
        ("winlp2022_schedule.md", date(2022, 12, 7), "Asia/Dubai", 13),
        ("lxai_neurips2018_schedule.html", date(2018, 12, 8), "America/Toronto", 29),
        ("bai2018_program.md", date(2018, 12, 7), "America/Toronto", 28),
    )
    if (SAMPLES / name).exists()
]

# The shape of the real table with invented names and titles.
HTML = """<!doctype html><html><head><title>9:00 - 10:00 no</title><script>var x = "<table><tr><td>9:00</td>";</script>
<link href="data:image/svg+xml,<svg><rect></rect></svg>" /></head><body><p>All times are Central Standard Time.</p>
<table><thead><tr><th>Time</th><th>Event</th></tr></thead><tbody>
<tr><td>8:30am -  8:45am</td><td>Registration</td></tr>
<tr><td>8:45am - 9:00am</td><td>Opening remarks</td></tr>
<tr><td>9:00am - 9:30am</td><td><strong>Keynote 1: Jane Doe</strong>. On Red Teams</td></tr>
<tr><td>9:30am - 9:45am</td><td><strong>Contributed lightning talks</strong></td></tr>
<tr><td> </td><td><strong>Aḥmad ibn Example</strong>. First Title</td></tr>
<tr><td> </td><td><strong>Mary O'Example-Smith</strong>. Second &amp; Last</td></tr>
<tr><td>&nbsp;</td><td><strong>Li Wei</strong>. Third Title</td></tr>
<tr><td>9:45am - 10:05am</td><td>Coffee break</td></tr>
<tr><td>11:05am - 11:45pm</td><td><strong>Poster session</strong></td></tr>
<tr><td>11:45am - 12:15pm</td><td><strong>Keynote 2: Zoë Örnek</strong>. On Editing</td></tr>
<tr><td>12:15pm - 1:00pm</td><td><strong>Roundtable discussions</strong></td></tr>
<tr><td> </td><td>Table 1: Bias?</td></tr><tr><td> </td><td>Table 2: Growth</td></tr>
</tbody></table><h2>Posters</h2><p><em>A poster</em>. <strong>Jane Doe</strong>.</p>
<!-- <table><tr><td>10:30AM</td><td>Old</td></tr></table> --></body></html>"""

# The same as a browser's clipboard gives it, and as Markdown.
TEXT = """Schedule
Time\tEvent
8:30am -  8:45am\tRegistration
8:45am - 9:00am\tOpening remarks
9:00am - 9:30am\tKeynote 1: Jane Doe. On Red Teams
9:30am - 9:45am\tContributed lightning talks
 \tAḥmad ibn Example. First Title
 \tMary O'Example-Smith. Second & Last
 \tLi Wei. Third Title
9:45am - 10:05am\tCoffee break
11:05am - 11:45pm\tPoster session
11:45am - 12:15pm\tKeynote 2: Zoë Örnek. On Editing
12:15pm - 1:00pm\tRoundtable discussions
 \tTable 1: Bias?
 \tTable 2: Growth
"""
MARKDOWN = """# Schedule

| Time | Event |
|:-----|------:|
| 8:30am -  8:45am | Registration |
| 8:45am - 9:00am | Opening remarks |
| 9:00am - 9:30am | **Keynote 1: Jane Doe**. On Red Teams |
| 9:30am - 9:45am | **Contributed lightning talks** |
| | **Aḥmad ibn Example**. First Title |
| | **Mary O'Example-Smith**. Second & Last |
| | [**Li Wei**](https://example.org). Third Title |
| 9:45am - 10:05am | Coffee break |
| 11:05am - 11:45pm | **Poster session** |
| 11:45am - 12:15pm | **Keynote 2: Zoë Örnek**. On Editing |
| 12:15pm - 1:00pm | **Roundtable discussions** |
| | Table 1: Bias? |
| | Table 2: Growth |

See you there!
"""


def read(text: str, day: date = DAY, zone: str = ZONE) -> Reading:
    return read_text(text, day=day, zone=zone)


def by_number(row: Row) -> str:
    return f"r{row.number}"


def utc(hour: int, minute: int, day: int = 11) -> datetime:
    return datetime(2023, 12, day, hour, minute, tzinfo=UTC)


def hm(moment: datetime | None) -> str:
    """The time on Chicago's winter clock."""
    return f"{(moment.hour - 6) % 24:02d}:{moment.minute:02d}" if moment else "-"


def doubts(reading: Reading, row: int | None = None) -> list[Doubt]:
    return [each for each in reading.doubts if each.weight is Weight.DOUBT and (row is None or each.row == row)]


# --- the real page ---


@shows("Schedule", "The MusIML 2023 table gives its sessions, nested lightning talks and four roundtables")
@pytest.mark.parametrize("name", REAL)
def test_the_published_table_gives_its_sessions_lightning_talks_and_tables(name: str) -> None:
    reading = read((SAMPLES / name).read_text("utf-8"))
    top = [row for row in reading.rows if row.parent is None]
    # Ten timed rows: nine sessions and the coffee break.
    assert len([row for row in top if row.kind is not Kind.BREAK]) == 9
    assert len([row for row in top if row.kind is Kind.BREAK]) == 1
    kinds = Counter(row.kind for row in reading.rows)
    assert (kinds[Kind.KEYNOTE], kinds[Kind.LIGHTNING], kinds[Kind.ROUNDTABLE]) == (4, 3, 4)
    assert len(reading.rows) == 17
    assert reading.rows[0].start_as_printed == utc(14, 30)
    assert [(hm(row.start_as_printed), hm(row.end_as_printed)) for row in top] == [
        ("08:30", "08:45"), ("08:45", "09:00"), ("09:00", "09:30"), ("09:30", "09:45"), ("09:45", "10:05"),
        ("10:05", "10:35"), ("10:35", "11:05"), ("11:05", "23:45"), ("11:45", "12:15"), ("12:15", "13:00"),
    ]  # fmt: skip
    lightning = [row for row in reading.rows if row.kind is Kind.LIGHTNING]
    assert [hm(row.start_as_printed) for row in lightning] == ["09:30", "09:35", "09:40"]
    assert all(len(row.speakers) == 1 and row.title for row in lightning)
    tables = [row for row in reading.rows if row.kind is Kind.ROUNDTABLE]
    assert [row.label for row in tables] == ["Table 1", "Table 2", "Table 3", "Table 4"]
    assert {(hm(row.start_as_printed), hm(row.end_as_printed)) for row in tables} == {("12:15", "13:00")}
    assert [len(row.speakers) for row in reading.rows if row.kind is Kind.KEYNOTE] == [1, 1, 1, 1]


@pytest.mark.parametrize("name", REAL)
def test_the_poster_session_until_a_quarter_to_midnight_is_the_only_doubt(name: str) -> None:
    reading = read((SAMPLES / name).read_text("utf-8"))
    [doubt] = doubts(reading)
    [posters] = [row for row in reading.rows if row.kind is Kind.POSTER]
    assert (doubt.row, doubt.field, doubt.suggestion) == (posters.number, "end_as_printed", "11:45am")
    assert "12 h 40 min" in doubt.sentence
    assert posters.end_as_printed == utc(5, 45, 12)
    assert posters.end_suggested == utc(17, 45)
    as_printed = Programme("x.example", "x", ZONE, reading.items(uid=by_number))
    assert [each.code for each in conflicts(as_printed)] == ["very_long"]
    corrected = Programme("x.example", "x", ZONE, reading.items(uid=by_number, accept={posters.number}))
    assert conflicts(corrected) == []
    assert len(corrected.items) == 17


@pytest.mark.parametrize(("name", "day", "zone", "top"), OTHERS)
def test_other_published_programmes_are_read_without_losing_a_row(name: str, day: date, zone: str, top: int) -> None:
    reading = read_file((SAMPLES / name).read_bytes(), day=day, zone=zone)
    assert len([row for row in reading.rows if row.parent is None]) == top
    without_time = {row.number for row in reading.rows if row.start_as_printed is None}
    assert without_time <= {each.row for each in doubts(reading)}


# --- the same table in three dresses ---


@shows("Schedule", "A programme is pasted as HTML or as text and read alike")
@pytest.mark.parametrize("paste", [HTML, TEXT, MARKDOWN], ids=["html", "text", "markdown"])
def test_a_table_is_read_alike_from_html_clipboard_and_markdown(paste: str) -> None:
    reading = read(paste)
    assert [(row.kind.value, row.title, [who.name for who in row.speakers], row.label) for row in reading.rows] == [
        ("other", "Registration", [], None),
        ("opening", "Opening remarks", [], None),
        ("keynote", "On Red Teams", ["Jane Doe"], None),
        ("session", "Contributed lightning talks", [], None),
        ("lightning", "First Title", ["Aḥmad ibn Example"], None),
        ("lightning", "Second & Last", ["Mary O'Example-Smith"], None),
        ("lightning", "Third Title", ["Li Wei"], None),
        ("break", "Coffee break", [], None),
        ("poster", "Poster session", [], None),
        ("keynote", "On Editing", ["Zoë Örnek"], None),
        ("session", "Roundtable discussions", [], None),
        ("roundtable", "Bias?", [], "Table 1"),
        ("roundtable", "Growth", [], "Table 2"),
    ]
    parents = [row.parent for row in reading.rows]
    first = reading.rows[3].number
    assert parents == [None] * 4 + [first] * 3 + [None] * 4 + [reading.rows[10].number] * 2
    assert [(each.field, each.suggestion) for each in doubts(reading)] == [("end_as_printed", "11:45am")]


def test_every_guess_is_told() -> None:
    reading = read(HTML)
    told = {(each.row, each.field) for each in reading.doubts}
    assert {(row.number, "kind") for row in reading.rows} <= told
    assert {(row.number, "speakers") for row in reading.rows if row.speakers} <= told
    assert {(row.number, "label") for row in reading.rows if row.label} <= told
    assert {
        (row.number, "start_as_printed")
        for row in reading.rows
        if row.title in ("Contributed lightning talks", "Roundtable discussions")
    } <= told
    assert any(each.row is None and "after the table" in each.sentence for each in reading.doubts)
    assert all(each.sentence.strip().endswith((".", "?")) for each in reading.doubts)


def test_what_stands_in_comments_scripts_and_the_page_title_is_not_read() -> None:
    assert not any("Old" in row.source or row.title == "no" or "var x" in row.source for row in read(HTML).rows)


def test_a_zone_that_does_not_fit_the_day_is_doubted() -> None:
    assert [each.field for each in doubts(read(HTML, date(2023, 7, 11)))] == ["zone", "end_as_printed"]


# --- times ---

TIMES = {
    # printed: (start, end) on the clock of the zone, "-" for none
    "9:00am - 9:30am": ("09:00", "09:30"),
    "9:00 AM – 9:30 AM": ("09:00", "09:30"),
    "9:00 a.m. to 9:30 a.m.": ("09:00", "09:30"),
    "9.00—9.30": ("09:00", "09:30"),
    "09:00-09:30": ("09:00", "09:30"),
    "09:00 until 09:30": ("09:00", "09:30"),
    "from 9:00 to 9:30": ("09:00", "09:30"),
    "9h00 - 9h30": ("09:00", "09:30"),
    "9-9:30am": ("09:00", "09:30"),
    "9am-10am": ("09:00", "10:00"),
    "11-1pm": ("11:00", "13:00"),
    "11:30-12:30pm": ("11:30", "12:30"),
    "12:00pm - 12:30pm": ("12:00", "12:30"),
    "12:00am - 12:30am": ("00:00", "00:30"),
    "noon - 1pm": ("12:00", "13:00"),
    "14:00 - 15:00": ("14:00", "15:00"),
    "14:00 − 24:00": ("14:00", "00:00"),
    "9:00am - 9:30am CST": ("09:00", "09:30"),
    "9:00am - 9:30am (CST)": ("09:00", "09:30"),
    "9:00am": ("09:00", "-"),
    "14:00": ("14:00", "-"),
}  # fmt: skip


@pytest.mark.parametrize("printed", TIMES)
@pytest.mark.parametrize(
    "paste",
    ["{}\tA title", "{}  A title", "| {} | A title |\n", "<table><tr><td>{}</td><td>A title</td></tr></table>",
     "<table><tr><th>Event</th><th>Time</th></tr><tr><td>A title</td><td>{}</td></tr></table>", "* {}: A title"],
    ids=["tab", "spaces", "pipes", "html", "reversed", "bullet"],
)  # fmt: skip
def test_a_time_is_read_however_it_is_printed(printed: str, paste: str) -> None:
    [row] = read(paste.format(printed)).rows
    assert (hm(row.start_as_printed), hm(row.end_as_printed)) == TIMES[printed]
    assert row.title == "A title"


@pytest.mark.parametrize(
    "printed",
    [
        "25:00 - 26:00",
        "9:75",
        "13:00pm - 14:00pm",
        "TBA",
        "morning",
        "3:30pm - 3:450pm",
        "0:30am - 1:00am",
        "9",
        "9 - 10",
    ],
)
def test_a_time_that_is_none_is_named_with_its_row(printed: str) -> None:
    head = "<table><tr><th>Time</th><th>Event</th></tr><tr><td>8:00-9:00</td><td>Good</td></tr>"
    paste = f"{head}<tr><td>{printed}</td><td>Bad</td></tr></table>"
    reading = read(paste)
    bad = reading.rows[1]
    assert (bad.title, bad.start_as_printed, bad.parent) == ("Bad", None, None)
    [doubt] = doubts(reading, bad.number)
    assert printed in doubt.sentence
    assert "“Bad”" in doubt.sentence
    assert [each.title for each in reading.items(uid=by_number)] == ["Good"]


SUGGESTED = {
    # rows as text: for the row with the doubt (start, start suggested, end, end suggested)
    "9:00am - 9:30pm A\n9:30am - 10:00am B": ("A", "09:00", "-", "21:30", "09:30"),
    "11:30am - 12:00am A\n12:00pm - 1:00pm B": ("A", "11:30", "-", "00:00", "12:00"),
    "9:00am - 9:30am A\n9:30am - 10:00am B\n1:00am - 2:00am C": ("C", "01:00", "13:00", "02:00", "14:00"),
    "12:30 - 1:30 A\n": ("A", "12:30", "-", "01:30", "13:30"),
    "11:00 - 12:00 A\n1:00 - 2:00 B": ("B", "01:00", "13:00", "02:00", "14:00"),
    "10:00pm - 1:00am A": ("A", "22:00", "-", "01:00", "01:00"),
    "9:00am A\n10:00am - 11:00am B": ("A", "09:00", "-", "-", "10:00"),
    "9:00am - 11:00pm A": ("A", "09:00", "-", "23:00", "11:00"),
    "23:00 - 23:30 A\n0:30 - 1:00 B": ("B", "00:30", "00:30", "01:00", "01:00"),
}


@pytest.mark.parametrize("paste", SUGGESTED)
def test_a_suspicious_time_is_kept_as_printed_next_to_a_suggestion(paste: str) -> None:
    reading = read(paste)
    title, *expected = SUGGESTED[paste]
    [row] = [row for row in reading.rows if row.title == title]
    assert [
        hm(each) for each in (row.start_as_printed, row.start_suggested, row.end_as_printed, row.end_suggested)
    ] == expected
    assert doubts(reading, row.number)
    assert all(each.suggestion for each in doubts(reading, row.number))


def test_a_suggestion_counts_only_where_it_is_accepted() -> None:
    reading = read("11:05am - 11:45pm Posters\n11:45am - 12:15pm Talk")
    assert reading.items(uid=by_number)[0].end == utc(5, 45, 12)
    assert reading.items(uid=by_number, accept={1})[0].end == utc(17, 45)


def test_children_follow_their_parents_suggestion() -> None:
    reading = read("9:00am - 10:00pm Lightning talks\n\tA\n\tB\n10:00am - 10:30am Coffee")
    first, second = reading.rows[1:3]
    assert (hm(first.end_as_printed), hm(first.end_suggested)) == ("15:30", "09:30")
    made = reading.items(uid=by_number, accept={1})
    assert [(hm(each.start), hm(each.end)) for each in made[:3]] == [
        ("09:00", "10:00"),
        ("09:00", "09:30"),
        ("09:30", "10:00"),
    ]
    assert second.parent == 1


@given(st.integers(1, 12), st.integers(1, 180))
def test_children_share_whole_minutes_without_gap_or_overrun(count: int, minutes: int) -> None:
    end = 9 * 60 + minutes
    children = "".join(f"\n\tChild {number}" for number in range(count))
    rows = read(f"9:00 - {end // 60}:{end % 60:02d} Lightning talks{children}").rows
    assert len(rows) == count + 1
    edges = [row.start_as_printed for row in rows[1:]] + [rows[-1].end_as_printed]
    assert edges[0] == rows[0].start_as_printed
    assert edges[-1] == rows[0].end_as_printed
    assert edges == sorted(edges, key=lambda each: each or utc(0, 0))
    assert [row.end_as_printed for row in rows[1:]] == edges[1:]


def test_a_row_in_the_skipped_hour_has_no_place_and_says_why() -> None:
    reading = read("1:00 - 1:30 A\n2:30 - 3:30 B", date(2024, 3, 10))
    assert reading.rows[1].start_as_printed is None
    assert any("does not exist in America/Chicago" in each.sentence for each in doubts(reading, 2))


def test_a_row_in_the_hour_that_comes_twice_takes_the_first_and_says_so() -> None:
    reading = read("1:30 - 3:00 A", date(2024, 11, 3))
    assert reading.rows[0].start_as_printed == datetime(2024, 11, 3, 6, 30, tzinfo=UTC)
    assert any("happens twice" in each.sentence for each in doubts(reading, 1))


def test_parallel_rows_do_not_end_each_other() -> None:
    assert doubts(read("9:00 - 10:00 A\n9:00 - 10:00 B\n10:00 - 11:00 C")) == []


# --- columns, kinds, people ---


def test_named_columns_are_used_and_unnamed_ones_are_kept() -> None:
    paste = """| Start | End | Talk | Speaker | Institution | Room | Track | Notes |
|---|---|---|---|---|---|---|---|
| 9:00 | 9:30 | Bias | Ana Ruiz; Bo Ek | Lima; Oslo | R1 | Safety | bring a pen |
| 9:30 | 10:00 | Coffee | | | Foyer | | |
"""
    reading = read(paste)
    first, second = reading.rows
    assert (hm(first.start_as_printed), hm(first.end_as_printed)) == ("09:00", "09:30")
    assert (first.title, first.room, first.track, first.kind) == ("Bias", "R1", "Safety", Kind.TALK)
    assert [(who.name, who.affiliation) for who in first.speakers] == [("Ana Ruiz", "Lima"), ("Bo Ek", "Oslo")]
    assert first.abstract == "Notes: bring a pen"
    assert (second.kind, second.room) == (Kind.BREAK, "Foyer")
    assert any("“Notes”" in each.sentence for each in reading.doubts)


def test_a_time_cell_that_spans_rows_counts_for_each_of_them() -> None:
    rows = read(
        "<table><tr><td rowspan=2>9:00 - 10:00</td><td>A</td></tr><tr><td>B</td></tr>"
        "<tr><td>10:00 - 11:00</td><td>C</td></tr></table>"
    ).rows
    assert [(row.title, hm(row.start_as_printed)) for row in rows] == [("A", "09:00"), ("B", "09:00"), ("C", "10:00")]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Coffee break", Kind.BREAK), ("Registration and badges", Kind.OTHER), ("Opening remarks", Kind.OPENING),
        ("Welcome", Kind.OPENING), ("Closing", Kind.OTHER), ("Lunch", Kind.MEAL), ("Sponsors' Lunch", Kind.MEAL),
        ("Break (Noon Prayer)", Kind.PRAYER), ("Dhuhr", Kind.PRAYER), ("Jumu'ah", Kind.PRAYER),
        ("Poster session 2", Kind.POSTER),
        ("Panel: careers", Kind.SESSION), ("Reception", Kind.SOCIAL), ("Keynote", Kind.KEYNOTE),
        ("Invited talk", Kind.KEYNOTE),
        ("Oral presentations", Kind.TALK), ("Breaking news in vision", Kind.SESSION), ("Mystery", Kind.SESSION),
    ],
)  # fmt: skip
def test_a_kind_is_guessed_from_words(title: str, kind: Kind) -> None:
    [row] = read(f"9:00 - 9:30\t{title}").rows
    assert row.kind is kind
    assert row.title == title


@pytest.mark.parametrize(
    ("printed", "title", "speaker"),
    [
        ("Keynote 1: Jane Doe. On Teams", "On Teams", "Jane Doe"),
        ("Keynote: Jane Q. Doe. On Teams", "On Teams", "Jane Q. Doe"),
        ("Keynote: Dr. Jane Doe. On Teams", "On Teams", "Dr. Jane Doe"),
        ("Keynote and Q&A: Prof. Jane Doe", "Keynote and Q&A: Prof. Jane Doe", "Prof. Jane Doe"),
        ("Keynote: the future of everything", "Keynote: the future of everything", None),
        ("Keynote", "Keynote", None),
        ("Fireside chat: Jane Doe", "Fireside chat: Jane Doe", None),
        ("Opening Remarks. Be there", "Opening Remarks. Be there", None),
    ],
)
def test_a_speaker_is_found_only_where_one_stands(printed: str, title: str, speaker: str | None) -> None:
    [row] = read(f"9:00 - 9:30\t{printed}").rows
    assert (row.title, [who.name for who in row.speakers]) == (title, [speaker] if speaker else [])


def test_lines_without_a_time_are_kept_in_the_description_or_become_the_title() -> None:
    reading = read("Monday\n9:00 - 9:30\nRed teams\nby somebody\n9:30 - 10:00 Coffee")
    first, second = reading.rows
    assert (first.title, first.abstract, second.title) == ("Red teams", "by somebody", "Coffee")
    assert any("by somebody" in each.sentence for each in reading.doubts)
    assert any("Monday" in each.sentence for each in reading.doubts)


def test_the_table_with_the_most_times_is_read_and_the_others_are_named() -> None:
    small = "<table><tr><td>9:00</td><td>Small</td></tr></table>"
    big = "<table><tr><td>9:00</td><td>A</td></tr><tr><td>10:00</td><td>B</td></tr></table>"
    for paste in (small + big, big + small):
        reading = read(paste)
        assert [row.title for row in reading.rows] == ["A", "B"]
        assert any("Another table with 1 timed rows" in each.sentence for each in reading.doubts)


def test_a_schedule_in_a_layout_table_is_found_inside_it() -> None:
    inner = "<table><tr><td>9:00 - 10:00</td><td>A</td></tr></table>"
    reading = read(f"<table><tr><td>Menu</td><td>{inner}</td></tr></table>")
    assert [row.title for row in reading.rows] == ["A"]


def test_reading_twice_gives_the_same() -> None:
    assert read(HTML) == read(HTML)


# --- hostile input ---

REFUSED = {
    "nothing": ("", "empty"),
    "only spaces": (" \n\t\x00 ", "empty"),
    "ten megabytes": ("a" * 10_000_000, "too_large"),
    "two megabytes in octets only": ("é" * 1_500_000, "too_large"),
    "a page without a table": ("<html><body><p>Hello</p></body></html>", "no_times"),
    "prose": ("We will meet on Monday for 3 papers and 12 posters.", "no_times"),
    "a table without times": ("<table><tr><td>a</td><td>b</td></tr></table>", "no_times"),
    "a calendar without events": ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "no_times"),
    "an Atom feed": ('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>', "other_format"),
    "entities that explode": (
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><html><p>&b;</p></html>',
        "entities",
    ),
    "JSON": ('{"schedule": []}', "other_format"),
    "NULs": ("9:00 A" + "\x00" * 100, "binary"),
    "too many rows": ("9:00 A\n" * 6_000, "too_many_rows"),
    "too many table rows": ("<table>" + "<tr><td>9:00<td>A" * 6_000, "too_many_rows"),
    "too many lines": ("\n".join("abc" for _ in range(60_000)), "too_many_rows"),
    "too many elements": ("<div></div>" * 50_000, "too_many_elements"),
    "deep nesting": ("<div>" * 5_000, "too_deep"),
    "deep nesting with stray ends": ("<div></span>" * 5_000, "too_deep"),
    "nested tables": ("<table><tr><td>" * 2_000, "too_deep"),
    "open formatting": ("<b><i>" * 5_000, "too_deep"),
    "too many columns": ("<table><tr>" + "<td>9:00</td>" * 500 + "</tr></table>", "too_wide"),
    "a script that never ends": ("<table><script><tr><td>9:00</td></tr></table>", "no_times"),
}


@keeps("I9")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_sentence_and_quickly(case: str) -> None:
    text, code = REFUSED[case]
    begun = clock.monotonic()
    with pytest.raises(ImportRefusal) as refused:
        read(text)
    assert refused.value.code == code
    assert refused.value.sentence.endswith(".")
    assert str(refused.value) == refused.value.sentence
    assert clock.monotonic() - begun < 10


@pytest.mark.parametrize("zone", ["", "Nowhere", "../../etc/passwd"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ImportRefusal, match="no time zone"):
        read(TEXT, zone=zone)


def answer_to(paste: str, day: date = DAY, zone: str = ZONE) -> Reading | str:
    """The reading, or the sentence of the refusal; any other exception is a failure."""
    try:
        return read_text(paste, day=day, zone=zone)
    except ImportRefusal as refusal:
        return refusal.sentence


ROW = "<table><tr><td>9:00 - 10:00</td><td>Title{}</td></tr></table>"
SLOW = {
    "attributes": f"<table {'a ' * 400_000}>" + ROW,
    "quotes": '<p a="' * 100_000 + ROW,
    "open comments": "<!-" * 300_000 + ROW,
    "less-thans": "<" * 900_000 + ROW,
    "long number": ROW.format("&#" + "9" * 100_000 + ";"),
    "entities": ROW.format("&amp;" * 200_000),
    "spaces": "9:00 - 10:00 A\n" + " " * 1_000_000,
    "dashes": "| a |\n" + ("|" + "-" * 1_900 + " x\n") * 500 + "9:00 - 10:00 Title",
    "brackets": "9:00 - 10:00 Title" + "[" * 900_000,
    "stars": "9:00 - 10:00 Title" + "*" * 900_000,
    "one long word": ROW.format("x" * 1_500_000),
    "spans": "<table><tr><td rowspan=999 colspan=999>9:00 - 10:00</td></tr>" + "<tr><td>Title</td></tr>" * 300,
    "tables in tables": "<table><tr><td>" * 70 + "<i>x</i>" * 4_000 + ROW,
    "open tags": "<li><p>" * 4_000 + ROW,
    "open selects": "<select>" * 100_000 + ROW,
    "commas": "start,end,title,speaker\n" + ('09:00,10:00,Title,"' + "a," * 65_000 + '"\n') * 8,
    "tabs": "9:00 - 10:00 Title" + "\t" * 1_500_000,
    "silent": "<svg></svg>" * 80_000 + ROW,
}


@keeps("I9")
@pytest.mark.parametrize("case", SLOW)
def test_input_made_to_be_slow_ends_soon(case: str) -> None:
    begun = clock.monotonic()
    answer = answer_to(SLOW[case])
    assert clock.monotonic() - begun < 10
    assert answer


def test_scripts_and_markup_never_reach_a_title() -> None:
    cell = "<td onclick=x><script>alert(1)</script>A &lt;b&gt; <img src=x onerror=y>C\x00</td>"
    evil = f"<table><tr><td>9:00 - 9:30</td>{cell}</tr></table>"
    [row] = read(evil).rows
    assert row.title == "A <b> C"


FRAGMENTS = st.sampled_from(
    ["<table>", "</table>", "<tr>", "<td>", "</td>", "<th rowspan=3>", "<b>", "</strong>", "<p", '="', "'", ">", "<!--",
     "-->", "<script>", "9:00", " - ", "9:30pm", "10:00am–", "|", "---", "\n", "\t", "Table 1: ", "Keynote 2: ",
     "Jane Doe", ". ",
     "&#0;", "&#xd800;", "&nbsp;", "\u2028", "\ufeff", "**", "[", "](", "24:00", "noon", "CST", "א", "👩🏽‍🔬"]
)  # fmt: skip


@given(
    st.lists(FRAGMENTS | st.text(max_size=5), max_size=40).map("".join),
    st.dates(),
    st.sampled_from(["UTC", ZONE, "Asia/Gaza"]),
)
@settings(max_examples=400, deadline=None)
def test_any_paste_is_read_or_refused_and_never_an_error(paste: str, day: date, zone: str) -> None:
    reading = answer_to(paste, day, zone)
    if isinstance(reading, str):
        assert reading.endswith(".")
        return
    numbers = [row.number for row in reading.rows]
    assert len(numbers) == len(set(numbers))
    told = {each.row for each in reading.doubts}
    for row in reading.rows:
        assert row.title
        assert row.parent is None or row.parent in numbers
        assert row.start_as_printed or row.number in told
    reading.items(uid=by_number, accept=numbers)


COPIED = """Weavers in ML
Home
Schedule
All times are Central Standard Time.

Time\tEvent
9:00am - 9:30am\tKeynote: Jane Doe. On Red Teams
9:30am - 9:45am\tContributed lightning talks
 \tMary Example. First Title
 \tLi Wei. Second Title
9:45am - 10:05am\tCoffee break
Posters
A Poster Title. Somebody Else, Another One.

Site theme by nobody."""


@shows("Schedule", "A page copied whole gives its table; what stands around it is named, and put into no description")
def test_a_page_that_was_copied_whole_gives_its_table() -> None:
    reading = read(COPIED)
    assert [(row.title, row.parent) for row in reading.rows] == [
        ("On Red Teams", None), ("Contributed lightning talks", None), ("First Title", 2), ("Second Title", 2),
        ("Coffee break", None),
    ]  # fmt: skip
    assert all("Poster" not in row.abstract for row in reading.rows)
    told = [each.sentence for each in reading.doubts if each.row is None]
    assert "4 lines before the table (from “Weavers in ML” on) were not read." in told
    assert "3 lines after the table (from “Posters” on) were not read." in told


def test_a_table_a_day_is_not_taken_for_one() -> None:
    twice = COPIED + "\nTuesday\n8:00am - 8:30am Breakfast\n" + COPIED
    assert len([row for row in read(twice).rows if row.parent is None]) >= 6


def told(text: str, zone: str = ZONE) -> list[tuple[str, str, str, bool]]:
    """Start on the clock, title, who speaks, and whether it stands in another row."""
    reading = read_file(text.encode(), day=DAY, zone=zone)
    starts = [row.start(accept=True) for row in reading.rows]
    return [
        (
            start.astimezone(ZoneInfo(zone)).strftime("%H:%M") if start else "",
            row.title,
            ", ".join(who.name for who in row.speakers),
            row.parent is not None,
        )
        for row, start in zip(reading.rows, starts, strict=True)
    ]


@shows("Import", "A session with its papers below it, each with its own time and a line of authors, is read as printed")
def test_papers_with_times_stand_in_the_session_that_covers_them() -> None:
    assert told(
        "10:00-10:30 Coffee\n10:30-12:00 Oral Session 1\n"
        "10:30-10:45 On Parsing\n\tAnn Author, Bob Builder and Cid Code\n"
        "10:45-11:00 On Tagging\n\tDan Dev (Example University)\n12:00-13:00 Lunch\n13:00-14:00 Posters\n"
    ) == [
        ("10:00", "Coffee", "", False),
        ("10:30", "Oral Session 1", "", False),
        ("10:30", "On Parsing", "Ann Author, Bob Builder, Cid Code", True),
        ("10:45", "On Tagging", "Dan Dev", True),
        ("12:00", "Lunch", "", False),
        ("13:00", "Posters", "", False),
    ]


def test_a_block_holds_no_other_block_no_other_room_and_nothing_that_ends_later() -> None:
    heads = "Time,Title,Room\n"
    rows = "9:00-12:00,Session A,X\n9:00-10:00,Session B,X\n9:30-10:00,One,Y\n11:30-12:30,Late,X\n"
    assert not any(inside for *_rest, inside in told(heads + rows))


@shows("Import", "Pages of lists and blocks instead of a table are read, with the lists within lists")
@pytest.mark.parametrize(
    ("page", "rows"),
    [
        (
            "<div><time>09:00</time><span>Opening</span></div><div><time>09:15 - 10:00</time><b>Keynote</b>"
            "<p>Jane Roe</p></div>",
            [("09:00", "Opening", "", False), ("09:15", "Keynote", "Jane Roe", False)],
        ),
        (
            "<ul><li><b>9:00</b> Talks<ul><li>First (Ann Author)</li><li>Second by Bob Builder</li></ul></li>"
            "<li>10:00 Coffee</li></ul>",
            [
                ("09:00", "Talks", "", False),
                ("09:00", "First", "Ann Author", True),
                ("09:30", "Second", "Bob Builder", True),
                ("10:00", "Coffee", "", False),
            ],
        ),
    ],
)
def test_a_page_without_a_table_is_read(page: str, rows: list[tuple[str, str, str, bool]]) -> None:
    assert told(f"<html><body>{page}</body></html>") == rows


@shows("Import", "Of columns with the same times in several zones, the one that fits the event is read")
def test_the_clock_of_the_event_is_chosen() -> None:
    text = "| UTC | CST | Event |\n|---|---|---|\n| 15:00 - 15:30 | 9:00 - 9:30 | Opening |\n"
    reading = read_file(text.encode(), day=DAY, zone=ZONE)
    assert [row.start_as_printed for row in reading.rows] == [datetime(2023, 12, 11, 15, tzinfo=UTC)]
    assert [row.abstract for row in reading.rows] == [""]
    assert not [doubt for doubt in reading.doubts if doubt.field == "zone"]


def test_a_zone_may_stand_after_both_ends() -> None:
    assert told("9:00 AM CST - 9:30 AM CST | Opening\n9:30 AM CST | Coffee\n")[0] == ("09:00", "Opening", "", False)


def test_what_every_room_has_at_once_is_one_for_all() -> None:
    text = "| Time | Hall A | Hall B |\n|---|---|---|\n| 9:00-9:30 | Lunch | Lunch |\n| 9:30-10:00 | One | Two |\n"
    rows = read_file(text.encode(), day=DAY, zone=ZONE).rows
    assert [(row.title, row.room) for row in rows] == [("Lunch", None), ("One", "Hall A"), ("Two", "Hall B")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jane Roe (Example University), Li Wei and Ann Author", ["Jane Roe", "Li Wei", "Ann Author"]),
        ("Jane Roe et al.", ["Jane Roe"]),
        ("Coffee Break", []),
        ("What we learned", []),
        ("Santiago Ramón y Cajal", ["Santiago Ramón y Cajal"]),
    ],
)
def test_a_text_of_people_only(text: str, names: list[str]) -> None:
    assert [who.name for who in people_of(text)] == names


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Almuerzo", Kind.MEAL),
        ("Pause café", Kind.BREAK),
        ("Eröffnung", Kind.OPENING),
        ("Charla invitada", Kind.KEYNOTE),
        ("Sessão de pôsteres", Kind.SESSION),
        ("Invited talks", Kind.KEYNOTE),
        ("Contributed talks", Kind.SESSION),
    ],
)
def test_words_of_other_languages_and_lists_of_talks(words: str, kind: Kind) -> None:
    guess = guess_kind(words)
    assert guess is not None
    assert guess[0] is kind


def test_a_comma_in_brackets_parts_nobody() -> None:
    names = [one.name for one in people_of("Jane Doe (Home, Elsewhere), Li Wei, Ann Roe (A, B, C)")]
    assert names == ["Jane Doe", "Li Wei", "Ann Roe"]
