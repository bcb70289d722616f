"""The feed as bytes and as independent readers see it: icalendar, vobject, ics, ical.js, node-ical, libical and
recurring-ical-events.

The numbers in comments are those of the acceptance cases for calendar feeds.
"""

import random
import re
import warnings
import zoneinfo
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import ics
import pytest
import recurring_ical_events
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedule.readers import Event, libical_events, node_events, vobject_calendar
from tests.schedule.test_programme import item, programme
from tests.schedule.test_rules import at
from tests.shows import shows
from workshop_manager.schedule.calendar import (
    Deadline,
    announced,
    clean,
    colour_name,
    deadlines_feed,
    feed,
    vtimezone,
)
from workshop_manager.schedule.changes import next_revision
from workshop_manager.schedule.programme import Item, Kind, Programme, Recording, Speaker
from workshop_manager.schedule.rules import clock_changes

PAGE = "https://workshops.example/musiml/2023/schedule"
ANA = Speaker("Ana Ruiz", "Lima", person_key="secret-key")
THEN = datetime(2023, 12, 1, 12, tzinfo=UTC)
TALK = item(
    "keynote-1",
    kind=Kind.KEYNOTE,
    title="Red teaming",
    start=at(9),
    end=at(9, 30),
    room="Room 1",
    speakers=(ANA,),
    track="Safety",
    abstract="What we learned.",
    sequence=3,
    changed_at=THEN,
)


def whole(*items: Item, **more: object) -> Programme:
    return programme(*items, **({"url": PAGE} | more))


def written(*items: Item, **more: Any) -> bytes:
    return feed(whole(*items), name="MusIML 2023", url=PAGE, **more)


def unfolded(data: bytes) -> list[str]:
    return data.replace(b"\r\n ", b"").decode("utf-8").split("\r\n")


def values(data: bytes, name: str) -> list[str]:
    """The raw values of a property of the calendar or of its events, not of its time zones."""
    text = re.sub(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", "", data.replace(b"\r\n ", b"").decode(), flags=re.S)
    return [line.partition(":")[2] for line in text.split("\r\n") if re.match(rf"{re.escape(name)}[;:]", line)]


# --- independent readers, each giving (uid, summary, location, description, start, end) ---

Seen = tuple[str, str, str, str, datetime, datetime | None]


def by_icalendar(data: bytes) -> list[Seen]:
    found: list[Seen] = []
    for event in icalendar.Calendar.from_ical(data).walk("VEVENT"):
        texts = [str(event.get(name, "")) for name in ("UID", "SUMMARY", "LOCATION", "DESCRIPTION")]
        end = event["DTEND"].dt.astimezone(UTC) if "DTEND" in event else None
        found.append((texts[0], texts[1], texts[2], texts[3], event["DTSTART"].dt.astimezone(UTC), end))
    return found


def by_vobject(data: bytes) -> list[Seen]:
    found: list[Seen] = []
    calendar = vobject_calendar(data)
    for event in calendar.contents.get("vevent", []):
        texts = [event.getChildValue(name, "") for name in ("uid", "summary", "location", "description")]
        end = event.getChildValue("dtend")
        start = event.dtstart.value
        found.append((*texts, start.astimezone(UTC), end.astimezone(UTC) if end else None))  # type: ignore[arg-type]
    return found


def by_ics(data: bytes) -> list[Seen]:
    found: list[Seen] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TatSu's own
        calendar = ics.Calendar(data.decode("utf-8"))
    for event in calendar.events:
        end = event.end.datetime.astimezone(UTC) if event.has_end() else None
        texts = (event.uid, event.name or "", event.location or "", event.description or "")
        found.append((*texts, event.begin.datetime.astimezone(UTC), end))
    return found


def by_other(read: Callable[[bytes], list[Event]]) -> Callable[[bytes], list[Seen]]:
    """One of the readers that are no Python, in the same shape."""

    def found(data: bytes) -> list[Seen]:
        # Two of them end an event without an end where it starts, which is what the RFC says of one.
        return [
            (one.uid, one.title, one.place, one.text, one.start, None if one.end == one.start else one.end)  # type: ignore[misc]
            for one in read(data)
        ]

    return found


READERS = {
    "icalendar": by_icalendar,
    "vobject": by_vobject,
    "ics": by_ics,
    "ical.js": by_other(partial(node_events, "ical.js")),
    "node-ical": by_other(partial(node_events, "node-ical")),
    "libical": by_other(libical_events),
}
OTHERS = ("ical.js", "node-ical", "libical")
reader = pytest.mark.parametrize(
    "read",
    [
        pytest.param(read, id=name, marks=pytest.mark.readers if name in OTHERS else ())
        for name, read in READERS.items()
    ],
)
Reader = Callable[[bytes], list[Seen]]


def check_bytes(data: bytes) -> None:
    """Case 1: CRLF everywhere, at most 75 octets, every physical line valid UTF-8 by itself. Case 7: one calendar."""
    assert data.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    for line in data[:-2].split(b"\r\n"):
        assert 0 < len(line) <= 75
        line.decode("utf-8")
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data.replace(b"\r\n", b""))
    for name in (b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"VERSION:2.0", b"PRODID:"):
        assert len(re.findall(rb"(?m)^" + name, data)) == 1


# --- bytes and structure ---

SCRIPTS = {"emoji": "👩🏽‍🔬", "Hebrew": "שׁלום", "Arabic": "السَّلام", "CJK": "機器學習", "accents": "é"}


@reader
@pytest.mark.parametrize("script", SCRIPTS)
def test_1_2_a_title_of_any_script_reads_back_at_every_fold_offset(read: Reader, script: str) -> None:
    for offset in range(58, 81):
        title = "x" * offset + SCRIPTS[script] * 12 + " end"
        data = written(replace(TALK, title=title))
        check_bytes(data)
        assert [seen[1] for seen in read(data)] == [title]


@shows("Schedule", "A title of 75 emoji is folded between characters, and reads back whole")
@reader
def test_1_2_a_title_of_75_emoji_is_folded_between_characters(read: Reader) -> None:
    data = written(replace(TALK, title="👩🏽‍🔬" * 75))
    check_bytes(data)
    assert [seen[1] for seen in read(data)] == ["👩🏽‍🔬" * 75]


printable = st.text(
    st.one_of(
        st.sampled_from("\\,;:\"'n \n\t&<>^|{}אבجد機👩🏽‍🔬é"),
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"),
    ),
    max_size=120,
)


@given(title=printable, room=printable, abstract=printable)
@settings(max_examples=150)
def test_2_3_any_text_reads_back_as_typed_in_the_strict_reader(title: str, room: str, abstract: str) -> None:
    data = written(replace(TALK, title=title, room=room, abstract=abstract, speakers=(), track=None))
    check_bytes(data)
    [seen] = by_icalendar(data)
    # What nobody can see is no title and no room: a property without a value is an error to some readers.
    assert seen[1:3] == (title if title.strip() else "(no title)", room if room.strip() else "")
    assert abstract in seen[3] or not abstract.strip()


@given(title=printable.filter(lambda text: text == text.strip()))
@settings(max_examples=100)
def test_2_3_any_title_reads_back_as_typed_in_vobject(title: str) -> None:
    [seen] = by_vobject(written(replace(TALK, title=title)))
    assert seen[1] == (title or "(no title)")


@pytest.mark.parametrize("read", [by_icalendar, by_vobject])
def test_3_a_typed_backslash_with_an_n_stays_one(read: Reader) -> None:
    typed = "C:\\New\\notes \\N \\\\n"
    [seen] = read(written(replace(TALK, title=typed, room=typed, track=typed)))
    assert seen[1:3] == (typed, typed)


@reader
def test_3_comma_semicolon_backslash_and_newline_are_escaped_once(read: Reader) -> None:
    typed = 'a, b; c \\ d\ne & <b> &amp "f"'
    data = written(replace(TALK, title=typed, room=typed, abstract=typed))
    [seen] = read(data)
    assert seen[1:3] == (typed, typed)
    assert typed in seen[3]
    assert values(data, "SUMMARY") == ['a\\, b\\; c \\\\ d\\ne & <b> &amp "f"']


def test_a_right_to_left_title_reaches_calendars_as_typed() -> None:
    assert values(written(replace(TALK, title="נماذج מודלים", label=None)), "SUMMARY") == ["נماذج מודלים"]


@pytest.mark.readers
@shows("Schedule", "Whatever is typed into a title, the feed stays valid")
@given(st.text(st.characters(), max_size=200))
@settings(max_examples=80)
def test_4_whatever_is_typed_the_feed_stays_valid(text: str) -> None:
    item_of_it = replace(
        TALK, title=text, room=text, abstract=text, track=text, label=text, speakers=(Speaker(text, text),)
    )
    data = feed(whole(item_of_it, name=text), name=text, url=text, colour=text, join=lambda _: text)
    check_bytes(data)
    assert [seen[0] for seen in by_icalendar(data)] == ["keynote-1@musiml.example"]
    assert [seen[0] for seen in by_vobject(data)] == ["keynote-1@musiml.example"]
    assert len(by_ics(data)) == 1
    for name in OTHERS:
        assert [seen[0] for seen in READERS[name](data)] == ["keynote-1@musiml.example"], name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x07c\x1bd\x7fe", "abcde"),
        ("\ufeffa", "a"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf", "a\nb\nc\nd\ne\nf"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\ud83db", "ab"),
        ("\u202bעברית\u202c", "\u202bעברית\u202c"),
        ("tab\there", "tab\there"),
    ],
)
def test_4_control_characters_go_and_every_line_end_becomes_one_newline(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_4_no_text_can_begin_a_property_of_its_own() -> None:
    evil = "x\r\nATTENDEE:mailto:a@example.org\r\nEND:VEVENT\nBEGIN:VALARM\x0bACTION:DISPLAY"
    data = feed(
        whole(replace(TALK, title=evil, room=evil, abstract=evil, track=evil, speakers=(Speaker(evil),)), name=evil),
        name=evil, url=f"https://x.example/{evil}", join=lambda _: f"https://zoom.example/{evil}",
    )  # fmt: skip
    names = {re.split(r"[;:]", line, maxsplit=1)[0] for line in unfolded(data) if line}
    assert not names & {"ATTENDEE", "ACTION"}
    assert len(re.findall(rb"(?m)^END:VEVENT", data)) == 1


@pytest.mark.readers
@pytest.mark.parametrize("track", ["ML, fairness; and more", "a,b", "one\ntwo", " , x"])
def test_5_a_track_with_commas_is_one_category(track: str) -> None:
    data = written(replace(TALK, track=track))
    [raw] = values(data, "CATEGORIES")
    assert "," not in raw
    assert ";" not in raw
    [event] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert len(event["CATEGORIES"].cats) == 1
    assert len(vobject_calendar(data).vevent.categories.value) == 1
    for name in ("ical.js", "node-ical"):
        assert [len(one.categories) for one in node_events(name, data)] == [1], name


@reader
@pytest.mark.parametrize("zone", ["America/Chicago", "UTC", "Etc/GMT+12"])
def test_6_a_programme_without_events_is_a_valid_calendar(read: Reader, zone: str) -> None:
    data = feed(programme(zone=zone), name="Empty", url=None)
    check_bytes(data)
    assert read(data) == []
    assert data.count(b"BEGIN:VTIMEZONE") == 1
    assert data == feed(programme(zone=zone), name="Empty", url=None)


def test_8_there_is_no_method_and_nobody_is_organizer_or_attendee() -> None:
    names = {re.split(r"[;:]", line, maxsplit=1)[0] for line in unfolded(written(TALK))}
    assert not names & {"METHOD", "ORGANIZER", "ATTENDEE"}


def test_9_the_conference_is_a_quoted_uri() -> None:
    data = written(TALK, join=lambda _: "https://zoom.example/j/1?pwd=a,b;c&x=ü\n")
    [line] = [line for line in unfolded(data) if line.startswith("CONFERENCE")]
    assert line == "CONFERENCE;FEATURE=VIDEO;LABEL=Join online;VALUE=URI:https://zoom.example/j/1?pwd=a,b;c&x=%C3%BC"


def test_9_a_join_hint_that_is_no_address_stays_text() -> None:
    data = written(TALK, join=lambda _: "Ask at the desk")
    assert values(data, "CONFERENCE") == []
    assert "Join online: Ask at the desk" in by_icalendar(data)[0][3]


# --- identity and change ---


def test_10_12_one_talk_in_two_slots_has_two_uids_and_they_carry_the_host() -> None:
    data = written(TALK, replace(TALK, uid="keynote-1-again", start=at(14), end=at(15)))
    assert values(data, "UID") == ["keynote-1@musiml.example", "keynote-1-again@musiml.example"]


def test_11_13_a_retitled_and_moved_talk_keeps_its_uid_and_counts_up() -> None:
    now = THEN + timedelta(days=1)
    made = next_revision(whole(TALK), whole(replace(TALK, title="Blue teaming", room="Room 2", start=at(8))), now)
    data = feed(made, name="MusIML 2023", url=PAGE)
    assert values(data, "UID") == ["keynote-1@musiml.example"]
    assert values(data, "SEQUENCE") == ["4"]
    assert values(data, "LAST-MODIFIED") == values(data, "DTSTAMP") == ["20231202T120000Z"]


def test_14_nothing_changed_means_the_same_bytes_whenever_and_in_whatever_order() -> None:
    other = replace(TALK, uid="b", start=at(10), end=at(11))
    first = written(TALK, other, colour="#0b6e4f")
    assert written(other, TALK, colour="#0b6e4f") == first
    again = next_revision(whole(TALK, other), whole(TALK, other), THEN + timedelta(days=9))
    assert feed(again, name="MusIML 2023", url=PAGE, colour="#0b6e4f") == first
    assert values(first, "DTSTAMP") == ["20231201T120000Z"] * 2


def test_15_16_a_dropped_talk_is_cancelled_until_its_end_and_then_gone() -> None:
    made = next_revision(whole(TALK), whole(), THEN + timedelta(days=1))
    data = feed(made, name="MusIML 2023", url=PAGE, join=lambda _: "https://zoom.example/1")
    assert values(data, "STATUS") == ["CANCELLED"]
    assert values(data, "SEQUENCE") == ["4"]
    assert b"zoom.example" not in data
    over = feed(made, name="MusIML 2023", url=PAGE, only=lambda each: not each.cancelled or each.over_at > at(9, 30))
    assert values(over, "UID") == []
    assert values(written(TALK), "STATUS") == ["CONFIRMED"]


def test_16_what_is_not_chosen_leaves_no_trace() -> None:
    other = replace(TALK, uid="b", title="Other")
    data = written(TALK, other, only=lambda each: each.uid == "b")
    assert values(data, "UID") == ["b@musiml.example"]
    assert b"Red teaming" not in data


# --- time ---


@reader
def test_18_a_chicago_morning_is_the_right_instant_everywhere(read: Reader) -> None:
    summer = replace(
        TALK, uid="summer", start=datetime(2023, 7, 11, 14, tzinfo=UTC), end=datetime(2023, 7, 11, 15, tzinfo=UTC)
    )
    seen = {each[0].partition("@")[0]: each[4:] for each in read(written(TALK, summer))}
    assert seen == {"keynote-1": (at(9), at(9, 30)), "summer": (summer.start, summer.end)}


def test_18_the_zone_is_written_with_two_yearly_rules_and_no_rdate() -> None:
    data = written(TALK)
    assert values(data, "DTSTART") == ["20231211T090000"]
    assert b"DTSTART;TZID=America/Chicago:20231211T090000\r\n" in data
    [zone] = icalendar.Calendar.from_ical(data).walk("VTIMEZONE")
    assert zone.to_ical().decode().split("\r\n") == [
        "BEGIN:VTIMEZONE", "TZID:America/Chicago",
        "BEGIN:DAYLIGHT", "DTSTART:20220313T020000", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3", "TZNAME:CDT",
        "TZOFFSETFROM:-0600", "TZOFFSETTO:-0500", "END:DAYLIGHT",
        "BEGIN:STANDARD", "DTSTART:20221106T020000", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11", "TZNAME:CST",
        "TZOFFSETFROM:-0500", "TZOFFSETTO:-0600", "END:STANDARD", "END:VTIMEZONE", "",
    ]  # fmt: skip


def readers_of_zone(zone: str, first: int, last: int) -> list[tzinfo]:
    component = vtimezone(zone, first, last)
    text = component.to_ical().decode()
    assert "RDATE" not in text
    assert "BEGIN:STANDARD" in text
    by_dateutil = tzical(StringIO(text)).get()
    by_icalendar_itself = component.to_tz(lookup_tzid=False)
    assert by_dateutil is not None
    return [by_dateutil, by_icalendar_itself]


def instants(zone: str, first: int, last: int, count: int) -> list[datetime]:
    """Random instants of the years, and those around every change of the clocks."""
    chance = random.Random(zone)
    begin = datetime(first, 1, 1, tzinfo=UTC)
    span = int((datetime(last + 1, 1, 1, tzinfo=UTC) - begin).total_seconds())
    found = [begin, begin + timedelta(seconds=span - 1)]
    found += [begin + timedelta(seconds=chance.randrange(span)) for _ in range(count)]
    for change in clock_changes(zone, first, last):
        found += [change.at + timedelta(minutes=minutes) for minutes in (-181, -61, -31, 0, 29, 59, 61, 181)]
        found.append(change.at - timedelta(seconds=1))
    return found


def wrong(zone: str, first: int, last: int, count: int = 10) -> list[str]:
    truth = ZoneInfo(zone)
    tables = readers_of_zone(zone, first, last)
    return [
        f"{zone} {first}-{last}: {local} is {local.utcoffset()}, read as {local.replace(tzinfo=table).utcoffset()}"
        for moment in instants(zone, first, last, count)
        for table in tables
        if (local := moment.astimezone(truth)).replace(tzinfo=table).utcoffset() != local.utcoffset()
    ]


ZONES = sorted(zoneinfo.available_timezones() - {"Factory", "localtime", "posixrules"})


@shows("Schedule", "VTIMEZONE describes every zone of the database right")
@pytest.mark.parametrize("share", range(8))
def test_18_every_zone_of_the_database_reads_back_right_for_2020_to_2030(share: int) -> None:
    assert [line for zone in ZONES[share::8] for line in wrong(zone, 2020, 2030)] == []


SHIFTY = ["America/Santiago", "Africa/Casablanca", "Asia/Gaza", "America/Nuuk", "Europe/Dublin", "Africa/Cairo",
          "Australia/Lord_Howe", "Asia/Tehran", "America/Mexico_City", "Pacific/Apia", "Europe/Istanbul",
          "Asia/Kathmandu", "America/Chicago", "Europe/Moscow", "America/Caracas", "Antarctica/Troll"]  # fmt: skip


@given(zone=st.sampled_from(SHIFTY), first=st.integers(1990, 2036), length=st.integers(0, 4))
@settings(max_examples=80, deadline=None)
def test_18_zones_that_changed_their_rules_read_back_right_for_any_years(zone: str, first: int, length: int) -> None:
    assert wrong(zone, first, min(first + length, 2036)) == []


def test_18_an_onset_without_a_yearly_pattern_stands_alone() -> None:
    parts = vtimezone("Africa/Casablanca", 2024, 2024).subcomponents
    assert [part.get("DTSTART").dt.date().isoformat() for part in parts if "RRULE" not in part][-2:] == [
        "2025-02-23",
        "2025-04-06",
    ]


def test_18_a_rule_that_ended_is_not_written_for_ever() -> None:
    text = vtimezone("America/Mexico_City", 2021, 2024).to_ical().decode()
    assert text.count("UNTIL=2022") == 2
    assert text.count("RRULE") == 2


def test_18_a_summer_time_that_was_kept_is_written_as_standard_time() -> None:
    parts = vtimezone("Europe/Istanbul", 2017, 2017).subcomponents
    assert [part.name for part in parts] == ["STANDARD"]
    assert wrong("Europe/Istanbul", 2015, 2018) == []


def test_18_a_zone_without_summer_time_is_one_part() -> None:
    [part] = vtimezone("Asia/Tokyo", 2023, 2023).subcomponents
    assert part.to_ical().decode().split("\r\n")[:5] == [
        "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZNAME:JST", "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900",
    ]  # fmt: skip


def by_recurring(data: bytes) -> list[tuple[datetime, datetime]]:
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(
        datetime(2020, 1, 1), datetime(2030, 1, 1)
    )
    return [(event.start.astimezone(UTC), event.end.astimezone(UTC)) for event in found]


NIGHTS = {
    "01:30 to 03:30 across the skipped hour": (datetime(2024, 3, 10, 7, 30, tzinfo=UTC), 60),
    "01:30 to 02:30 in the hour that comes twice, first": (datetime(2024, 11, 3, 6, 30, tzinfo=UTC), 15),
    "the same, second": (datetime(2024, 11, 3, 7, 30, tzinfo=UTC), 15),
    "from the first to the second": (datetime(2024, 11, 3, 6, 30, tzinfo=UTC), 60),
    "00:30 to 02:30 across the whole hour": (datetime(2024, 11, 3, 5, 30, tzinfo=UTC), 180),
}


@reader
@pytest.mark.parametrize("night", NIGHTS)
def test_19_readers_agree_on_instants_when_clocks_change(read: Reader, night: str) -> None:
    start, minutes = NIGHTS[night]
    end = start + timedelta(minutes=minutes)
    data = written(replace(TALK, start=start, end=end))
    assert [seen[4:] for seen in read(data)] == [(start, end)]
    assert by_recurring(data) == [(start, end)]


def test_20_21_utc_times_carry_no_tzid_and_nothing_floats() -> None:
    utc = feed(whole(TALK, zone="UTC"), name="x", url=None)
    assert b"DTSTART:20231211T150000Z\r\n" in utc
    assert b"TZID" not in utc
    for data in (utc, written(TALK)):
        for event in icalendar.Calendar.from_ical(data).walk("VEVENT"):
            for name in ("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED"):
                assert event[name].dt.tzinfo is not None


@pytest.mark.readers
def test_20_two_zones_in_one_feed_are_both_right() -> None:
    first = Deadline("a", "Call closes", datetime(2023, 10, 7, 11, 59, tzinfo=UTC), "Etc/GMT+12")
    second = Deadline("b", "Grants close", datetime(2023, 10, 8, 15, 0, tzinfo=UTC), "Europe/Berlin")
    data = deadlines_feed([second, first], uid_domain="musiml.example", name="Dates", url=PAGE)
    check_bytes(data)
    assert data.count(b"BEGIN:VTIMEZONE") == 2
    for read in READERS.values():
        assert sorted(seen[4] for seen in read(data)) == [first.at, second.at]


@shows("Schedule", "A deadline anywhere on Earth is noon UTC of the next day in every calendar")
def test_25_a_deadline_anywhere_on_earth_is_noon_of_the_next_day() -> None:
    deadline = Deadline(
        "call", "Abstracts due", datetime(2023, 10, 7, 11, 59, tzinfo=UTC), "Etc/GMT+12", url=PAGE, changed_at=THEN
    )
    data = deadlines_feed([deadline], uid_domain="musiml.example", name="MusIML 2023 dates", url=PAGE)
    assert b"DTSTART;TZID=Etc/GMT+12:20231006T235900\r\n" in data
    assert b"Etc/GMT-12" not in data
    assert b"TZOFFSETTO:-1200\r\n" in data
    assert b"BEGIN:VTODO" not in data
    [seen] = by_icalendar(data)
    assert seen[1] == "Abstracts due (23:59 AoE)"
    assert seen[4] == deadline.at
    assert seen[3].startswith(
        "Friday 6 October 2023, 23:59 AoE (anywhere on Earth), which is 11:59 UTC on Saturday 7 October 2023."
    )
    assert data == deadlines_feed([deadline], uid_domain="musiml.example", name="MusIML 2023 dates", url=PAGE)


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Etc/GMT+12", "11:59 AoE"),
        ("UTC", "23:59 UTC"),
        ("America/Chicago", "18:59 CDT"),
        ("Asia/Dubai", "03:59 (Asia/Dubai)"),
    ],
)
def test_25_a_deadline_is_labelled_in_the_zone_it_was_announced_in(zone: str, label: str) -> None:
    assert announced(datetime(2023, 10, 6, 23, 59, tzinfo=UTC), zone) == label


def test_25_no_deadlines_and_a_cancelled_one_are_valid_too() -> None:
    empty = deadlines_feed([], uid_domain="musiml.example", name="Dates", url=None)
    check_bytes(empty)
    gone = Deadline(
        "a", "Moved", datetime(2024, 11, 3, 7, 30, tzinfo=UTC), "America/Chicago", cancelled=True, sequence=2
    )
    data = deadlines_feed([gone], uid_domain="musiml.example", name="Dates", url=None)
    assert values(data, "STATUS") == ["CANCELLED"]
    # 01:30 came twice that night, so the moment stands in UTC.
    assert values(data, "DTSTART") == ["20241103T073000Z"]


@reader
def test_26_a_break_and_a_slot_without_speaker_room_track_or_end_still_export(read: Reader) -> None:
    bare = item("pause", kind=Kind.BREAK, title="Coffee", start=at(10), end=at(10, 20))
    open_end = item("open", kind=Kind.SOCIAL, title="Dinner", start=at(19), end=None)
    seen = {each[0]: each for each in read(feed(programme(bare, open_end), name="x", url=None))}
    assert seen["pause@musiml.example"][1:] == ("Coffee", "", "", at(10), at(10, 20))
    assert seen["open@musiml.example"][1] == "Dinner"
    assert seen["open@musiml.example"][4] == at(19)


def test_26_an_end_before_the_start_is_not_written() -> None:
    assert values(written(replace(TALK, end=at(8))), "DTEND") == []


# --- what stands around it ---


def test_33_name_refresh_and_colour_are_there_twice_where_clients_differ() -> None:
    data = written(TALK, colour="#0b6e4f", refresh_hours=12)
    assert values(data, "NAME") == values(data, "X-WR-CALNAME") == ["MusIML 2023"]
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n" in data
    assert values(data, "X-PUBLISHED-TTL") == ["PT12H"]
    assert values(data, "COLOR") == ["seagreen"]
    assert values(data, "URL")[0] == PAGE
    assert values(written(TALK, refresh_hours=0), "X-PUBLISHED-TTL") == ["PT1H"]


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("teal", "teal"), ("Teal", "teal"), ("#008080", "teal"), ("#f00", "red"), ("008081", "teal"),
        ("#fefefe", "white"),
        ("", None), ("no colour", None), ("#12", None), ("#gggggg", None), ("rgb(1,2,3)", None),
    ],
)  # fmt: skip
def test_33_a_colour_is_written_as_a_css3_name(colour: str, name: str | None) -> None:
    assert colour_name(colour) == name


def test_34_without_join_there_is_no_link_and_no_person_key_and_no_hidden_name() -> None:
    hidden = replace(TALK, speakers=(ANA, Speaker("Hidden Person", listed=False)), remote=True)
    data = written(hidden)
    assert values(data, "CONFERENCE") == []
    assert b"Join" not in data
    assert b"secret-key" not in data
    assert b"Hidden Person" not in data
    assert b"Ana Ruiz (Lima)" in data


def test_35_36_the_join_link_stands_in_conference_and_description_of_the_chosen_sessions_only() -> None:
    other = replace(TALK, uid="b", title="Other", start=at(10), end=at(11))
    link = "https://zoom.example/j/123?pwd=x"
    data = written(TALK, other, join=lambda each: link if each.uid == "b" else None)
    assert values(data, "CONFERENCE") == [link]
    texts = {seen[0]: seen[3] for seen in by_icalendar(data)}
    assert f"Join online: {link}" in texts["b@musiml.example"]
    assert "zoom" not in texts["keynote-1@musiml.example"]
    assert b"zoom" not in written(TALK, other, join=lambda _: None)


def test_the_description_tells_what_a_visitor_wants_to_know() -> None:
    session = replace(TALK, uid="s", title="Roundtables", kind=Kind.SESSION)
    table = replace(
        TALK,
        uid="t",
        title="Mental health",
        label="Table 4",
        room=None,
        parent="s",
        remote=True,
        recording=Recording.FORBIDDEN,
    )
    seen = {each[0]: each for each in by_icalendar(written(session, table))}["t@musiml.example"]
    assert seen[1:3] == ("Table 4: Mental health", "Room 1")
    assert seen[3].split("\n\n") == [
        "Ana Ruiz (Lima)",
        "What we learned.",
        "Part of: Roundtables",
        "Track: Safety",
        "Given remotely.",
        "Please do not record this.",
        f"{PAGE}#item-t",
    ]


def test_every_event_leads_to_its_place_on_the_page() -> None:
    assert values(written(TALK), "URL") == [PAGE, f"{PAGE}#item-keynote-1"]
    assert values(feed(programme(TALK), name="x", url=None), "URL") == []
