"""The exchange formats as other programs read them. The numbers are those of the acceptance cases for feeds."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedule.consumers import Seen, app_json, app_xml, engine_json_ld, reader_atom
from tests.schedule.test_calendar import NIGHTS, TALK
from tests.schedule.test_programme import item, programme
from tests.schedule.test_rules import at
from tests.shows import shows
from workshop_manager.schedule import exports
from workshop_manager.schedule.exports import About, Link
from workshop_manager.schedule.programme import Item, Kind, Programme, Recording, Speaker

TOLD = About(
    "MusIML 2023",
    "Muslims in ML",
    ("musiml", "2023"),
    "https://w.example/musiml/2023/schedule",
    "https://w.example",
    "#0b6e4f",
    at(9),
    at(17),
    release=3,
)
RTL, EVIL = "نماذج & מודלים", 'x]]> & <b> </script><script>alert("1")</script> \u2028 \x0b\ud83d end'
BOTH: list[tuple[Callable[[Programme, About], bytes], Callable[[bytes], Seen]]] = [
    (exports.schedule_xml, app_xml),
    (exports.schedule_json, app_json),
]
both = pytest.mark.parametrize(("write", "read"), BOTH, ids=["xml", "json"])
Write = Callable[[Programme, About], bytes]
Read = Callable[[bytes], Seen]


def titles(seen: Seen) -> list[str]:
    return [one[0] for one in seen.values()]


@both
@shows("Schedule", "schedule.xml and schedule.json are valid against the schemas that conference apps use")
def test_41_an_app_reads_every_item_of_a_full_programme(write: Write, read: Read) -> None:
    session = item(
        "s", kind=Kind.SESSION, title="Lightning talks", start=at(10), end=at(11), room="Hall, große", track="A"
    )
    talk = replace(TALK, uid="t", parent="s", room=None, start=at(10), end=at(10, 20), recording=Recording.FORBIDDEN)
    pause = item("pause", kind=Kind.BREAK, title="Coffee", start=at(11), end=at(11, 30))
    remote = item("r", title="From afar", start=at(12), end=at(12, 30), remote=True)
    seen = read(write(programme(session, talk, pause, remote), TOLD))
    assert list(seen.values()) == [
        ("Lightning talks", at(10), at(11), "Hall, große", (), "2023-12-11"),
        ("Red teaming", at(10), at(10, 20), "Hall, große", ("Ana Ruiz",), "2023-12-11"),
        ("Coffee", at(11), at(11, 30), "All rooms", (), "2023-12-11"),
        ("From afar", at(12), at(12, 30), "Online", (), "2023-12-11"),
    ]


@both
def test_41_slides_and_recordings_leave_both_valid(write: Write, read: Read) -> None:
    links = (Link("keynote-1", f"Slides: {EVIL}", "https://v.example/?a=1&b=2"), Link("keynote-1", RTL, "", 7))
    made = write(programme(TALK), replace(TOLD, links=links))
    assert titles(read(made)) == ["Red teaming"]
    assert b"/musiml/2023/schedule/items/keynote-1/materials/7" in made


@both
def test_41_a_talk_given_twice_is_two_with_names_of_their_own(write: Write, read: Read) -> None:
    again = replace(TALK, uid="keynote-1-again", start=at(14), end=at(15))
    assert titles(read(write(programme(TALK, again), TOLD))) == ["Red teaming"] * 2


@both
def test_41_a_programme_without_items_or_ends_or_with_everything_cancelled_is_valid(write: Write, read: Read) -> None:
    assert read(write(programme(), TOLD)) == {}
    assert read(write(programme(replace(TALK, cancelled=True)), TOLD)) == {}
    assert titles(read(write(programme(replace(TALK, end=None)), TOLD))) == ["Red teaming"]


@both
def test_41_names_of_items_outlive_a_new_title_room_and_time(write: Write, read: Read) -> None:
    moved = replace(TALK, title="Blue teaming", room="Room 2", start=at(8))
    assert read(write(programme(TALK), TOLD)).keys() == read(write(programme(moved), TOLD)).keys()
    one, two = programme(TALK), programme(replace(TALK, uid="a"), moved)
    assert exports.numbers_of(one)["keynote-1"] == exports.numbers_of(two)["keynote-1"]


@both
@pytest.mark.parametrize("slugs", [("x", "1"), ("queer-in-ai", "neurips-2026")])
def test_41_any_edition_has_a_name_that_the_schema_takes(write: Write, read: Read, slugs: tuple[str, str]) -> None:
    assert read(write(programme(TALK), replace(TOLD, slugs=slugs)))


@both
@pytest.mark.parametrize("night", NIGHTS)
def test_42_date_has_that_days_offset_and_start_is_its_local_time(write: Write, read: Read, night: str) -> None:
    start, minutes = NIGHTS[night]
    end = start + timedelta(minutes=minutes)
    [seen] = read(write(programme(replace(TALK, start=start, end=end)), TOLD)).values()
    assert seen[1:3] == (start, end)


def late(*hours: tuple[int, int, int]) -> Programme:
    """Items (day after the first, hour, minutes long) in Chicago."""
    made = [
        item(f"i{number}", start=at(hour) + timedelta(days=day), end=at(hour) + timedelta(days=day, minutes=length))
        for number, (day, hour, length) in enumerate(hours)
    ]
    return programme(*made)


@both
def test_43_what_goes_on_after_midnight_stands_in_the_day_before(write: Write, read: Read) -> None:
    seen = read(write(late((0, 20, 240), (1, 0, 60), (1, 2, 30), (1, 9, 60)), TOLD))
    assert [one[5] for one in seen.values()] == ["2023-12-11"] * 3 + ["2023-12-12"]


@both
def test_43_an_early_start_after_a_nights_rest_is_a_day_of_its_own(write: Write, read: Read) -> None:
    seen = read(write(late((0, 9, 60), (1, 3, 60), (1, 5, 60), (1, 10, 60)), TOLD))
    assert [one[5] for one in seen.values()] == ["2023-12-11"] + ["2023-12-12"] * 3


def test_43_a_day_without_end_is_cut_at_six() -> None:
    whole = late(*((day, hour, 60) for day in (0, 1) for hour in range(24)))
    assert [len(day.items) for day in exports.days_of(whole)] == [30, 18]


@both
@pytest.mark.parametrize("typed", [RTL, EVIL, "&amp; &#0; <![CDATA[x]]>", "a\r\nb"])
def test_44_whatever_is_typed_the_export_is_well_formed(write: Write, read: Read, typed: str) -> None:
    one = replace(TALK, title=typed, room=typed, abstract=typed, track=typed, label=typed, speakers=(Speaker(typed),))
    [seen] = read(write(programme(one, name=typed), replace(TOLD, name=typed, tagline=typed))).values()
    assert RTL not in typed or RTL in seen[0]


@given(text=st.text(st.characters(), max_size=60))
@settings(max_examples=40, deadline=None)
def test_44_any_text_leaves_every_export_readable(text: str) -> None:
    one = programme(replace(TALK, title=text, room=text, abstract=text, track=text, speakers=(Speaker(text, text),)))
    told = replace(TOLD, name=text or "x", tagline=text, venue=text, city=text)
    assert len(app_xml(exports.schedule_xml(one, told))) == len(app_json(exports.schedule_json(one, told))) == 1
    json.loads(exports.json_ld(one, told))
    assert not set("<>&\u2028\u2029") & set(exports.json_ld(one, told))
    assert len(list(csv.reader(io.StringIO(exports.schedule_csv(one, told).decode("utf-8-sig"), newline="")))) == 2
    reader_atom(exports.changes_atom([exports.Entry(1, at(9), text, [text])], told, TOLD.base, TOLD.page))


def page_of(*items: Item, **more: Any) -> dict[str, Any]:
    data = exports.json_ld(programme(*items), replace(TOLD, **more))
    return engine_json_ld(f'<head><script type="application/ld+json">{data}</script></head>')


@shows("Schedule", "Search engines find every talk as an Event, and whether it was called off")
def test_44_search_engines_read_any_title_and_what_was_called_off() -> None:
    event = page_of(replace(TALK, title=EVIL), replace(TALK, uid="x", cancelled=True), in_person=False, online=True)
    assert "</script><script>" in event["subEvent"][0]["name"]
    assert [one["eventStatus"].rpartition("/")[2] for one in (event, *event["subEvent"])] == [
        "EventScheduled", "EventScheduled", "EventCancelled"
    ]  # fmt: skip
    assert event["location"] == [{"@type": "VirtualLocation", "url": TOLD.page}]
    off = page_of(TALK, is_cancelled=True)
    assert {one["eventStatus"].rpartition("/")[2] for one in (off, *off["subEvent"])} == {"EventCancelled"}


# -- a broken export is caught ---------------------------------------------------------------------------------------

TWICE = programme(TALK, replace(TALK, uid="b", start=at(10), end=at(10, 30)))
BROKEN_XML: dict[str, tuple[str, str]] = {
    "41 one guid twice": (r'guid="[0-9a-f-]{36}">(?=<room>)', 'guid="fff6f00b-cef9-57bc-83b2-dfe9df51366a">'),
    "41 one id twice": (r'event id="\d+"', 'event id="7"'),
    "41 one slug twice": (r"<slug>[^<]*", "<slug>musiml_2023-1000-x"),
    "41 a guid that is none": (r'event id="(\d+)" guid="[^"]*"', r'event id="\1" guid="\1"'),
    "42 another offset than the day's": (r"(<date>[^<]*)-06:00", r"\1-05:00"),
    "42 a date without an offset": (r"(<date>[^<]*)-06:00", r"\1"),
    "42 a start in UTC": (r"<start>09:00", "<start>15:00"),
    "43 a day without offsets": (r'(<day [^>]*start="[^"]*)-06:00', r"\1"),
    "44 a bare ampersand": (r"Red teaming", "Red & teaming"),
    "44 a control character": (r"Red teaming", "Red\x0bteaming"),
}
BROKEN_JSON: dict[str, tuple[str, str]] = {
    "41 one guid twice": (r'\{"guid":"[^"]*"', '{"guid":"fff6f00b-cef9-57bc-83b2-dfe9df51366a"'),
    "41 one id twice": (r'"id":\d+', '"id":7'),
    "41 one slug twice": (r'"slug":"musiml_2023-[^"]*"', '"slug":"musiml_2023-1-x"'),
    "42 another offset than the day's": (r'("date":"2023-12-11T[^"]*)-06:00', r"\1-05:00"),
    "42 a start in UTC": (r'"start":"09:00"', '"start":"15:00"'),
    "43 a day without offsets": (r'("day_start":"[^"]*)-06:00', r"\1"),
    "44 a quote that ends the text": (r"Red teaming", 'Red " teaming'),
}


@pytest.mark.parametrize("how", BROKEN_XML)
def test_41_to_44_a_broken_xml_is_caught(how: str) -> None:
    data = exports.schedule_xml(TWICE, TOLD)
    broken = re.sub(*BROKEN_XML[how], data.decode()).encode()
    assert broken != data
    assert len(app_xml(data)) == 2
    with pytest.raises((AssertionError, ValueError, SyntaxError)):
        app_xml(broken)


@pytest.mark.parametrize("how", BROKEN_JSON)
def test_41_to_44_a_broken_json_is_caught(how: str) -> None:
    data = exports.schedule_json(TWICE, TOLD)
    broken = re.sub(*BROKEN_JSON[how], data.decode()).encode()
    assert broken != data
    assert len(app_json(data)) == 2
    with pytest.raises((AssertionError, ValueError)):
        app_json(broken)


@pytest.mark.parametrize(
    "broken",
    ["{}", '{"name": "</script>"}', '{"@context":"https://schema.org","subEvent":[],"@type":"Event","name":"x"}'],
)
def test_44_a_broken_json_ld_is_caught(broken: str) -> None:
    with pytest.raises((AssertionError, ValueError, KeyError)):
        engine_json_ld(f'<script type="application/ld+json">{broken}</script>')


# -- table, changes, stars -------------------------------------------------------------------------------------------


@shows("Schedule", "The schedule as CSV has a row for every item, cancelled ones too, and no formula")
def test_the_table_has_every_item_with_both_times() -> None:
    risky = replace(TALK, title="=1+1", cancelled=True)
    data = exports.schedule_csv(programme(risky, replace(TALK, uid="b", start=at(10), end=None)), TOLD)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [(row["title"], row["status"], row["start"], row["end_utc"], row["speakers"]) for row in rows] == [
        ("'=1+1", "cancelled", "2023-12-11 09:00", "2023-12-11T15:30:00Z", "Ana Ruiz"),
        ("Red teaming", "confirmed", "2023-12-11 10:00", "", "Ana Ruiz"),
    ]


@shows("Schedule", "Feed readers get what each release changed as Atom")
def test_changes_are_an_atom_feed() -> None:
    entries = [exports.Entry(2, at(12), "Rooms & <doors>", ["A moved.", RTL]), exports.Entry(1, at(9), "", [])]
    data = exports.changes_atom(entries, TOLD, f"{TOLD.page}/changes.atom", f"{TOLD.page}/changes")
    assert reader_atom(data) == [
        ("Release 2: Rooms & <doors>", f"A moved.\n{RTL}"), ("Release 1", "The first release.")
    ]  # fmt: skip
    reader_atom(exports.changes_atom([], TOLD, TOLD.base, TOLD.page))
    with pytest.raises(AssertionError):
        reader_atom(data.replace(b"#release-1", b"#release-2"))


def test_one_choice_of_stars_has_one_short_address_for_ever() -> None:
    assert exports.star_of("keynote-1") == exports.star_of("keynote-1") != exports.star_of("keynote-2")
    text = exports.stars_of(["b", "a", "b"])
    assert text == exports.stars_of(["a", "b"])
    assert len(text) == 8
    assert exports.read_stars(text) == {exports.star_of("a"), exports.star_of("b")}
    swapped = text[4:] + text[:4]
    for other in (swapped, text[:4] * 2, text[:-1], text.upper(), "", "1111", "aaaa" * 900):
        assert exports.read_stars(other) is None


def test_rooms_and_tracks_of_like_names_have_addresses_of_their_own() -> None:
    found = exports.slugs_of(["Main Hall", "main hall", "Main-Hall", "会場", "1", "Ä"])
    assert len(set(found.values())) == 6
    assert found["Main Hall"] == "main-hall"
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", slug) for slug in found.values())


def test_the_same_programme_is_the_same_bytes() -> None:
    for write in (exports.schedule_xml, exports.schedule_json, exports.schedule_csv):
        assert write(TWICE, TOLD) == write(replace(TWICE, items=TWICE.items[::-1]), TOLD)
    assert datetime.now(UTC).strftime("%Y-%m-%d").encode() not in exports.schedule_xml(TWICE, TOLD)
