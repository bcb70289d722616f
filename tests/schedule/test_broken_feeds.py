"""The look at a feed finds what is wrong: each acceptance case is broken on purpose and has to be caught.

And what no single broken byte shows: a series across a change of the clocks, and one date of it that moved.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from vobject.base import ParseError

from tests.schedule.inspection import inspect
from tests.schedule.test_calendar import NIGHTS, PAGE, TALK, THEN, whole, written
from tests.schedule.test_programme import item
from tests.schedule.test_rules import at
from tests.shows import shows
from workshop_manager.schedule.calendar import Days, Deadline, deadlines_feed, feed, part
from workshop_manager.schedule.changes import next_revision
from workshop_manager.schedule.programme import Item, Kind

pytestmark = pytest.mark.readers

OTHER = replace(TALK, uid="b", title="שלום 👩🏽‍🔬, größer; \\ and \n more", start=at(10), end=at(11), track="A, b")
GOOD = written(TALK, OTHER, colour="#0b6e4f")

TITLES = ("Red teaming", OTHER.title)
SHALOM = "שלום".encode()


def sub(pattern: str, by: str, times: int = 0) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(pattern.encode(), by.encode(), data, count=times, flags=re.DOTALL)


def unfold(data: bytes) -> bytes:
    return data.replace(b"\r\n ", b"")


BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "1 lines end with LF only": sub(r"\r\n", "\n"),
    "1 one line ends with LF only": sub(r"\r\n", "\n", 1),
    "1 long lines are not folded": unfold,
    "1 a fold splits a letter": lambda data: unfold(data).replace(SHALOM, SHALOM[:3] + b"\r\n " + SHALOM[3:]),
    "3 a comma is escaped twice": sub(r"🔬\\,", r"🔬\\\\\\,"),
    "3 an entity of HTML": sub("Red teaming", "Red &amp; teaming"),
    "4 a control character": sub("Red teaming", "Red \x07 teaming"),
    "4 a line break ends the title": sub("Red teaming", "Red\r\nteaming"),
    "4 an empty property": sub(r"SUMMARY:Red teaming", "SUMMARY:"),
    "5 a comma splits a category": sub(r"CATEGORIES:A / b", "CATEGORIES:A,b"),
    "7 two calendars": lambda data: data + data,
    "7 no version": sub(r"VERSION:2.0\r\n", ""),
    "7 an empty PRODID": sub(r"PRODID:[^\r]*", "PRODID:"),
    "8 a METHOD": sub(r"VERSION:2.0\r\n", "VERSION:2.0\r\nMETHOD:PUBLISH\r\n"),
    "9 a conference that is no URI": sub(r"STATUS:", "CONFERENCE;VALUE=URI:at the desk\r\nSTATUS:", 1),
    "10 two talks share a UID": sub(r"UID:b@", "UID:keynote-1@"),
    "14 the stamp is another time than the change": sub(r"DTSTAMP:\d+T", "DTSTAMP:20300101T"),
    "18 a zone that is not described": sub(r"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", ""),
    "18 a zone without its summer half": sub(r"BEGIN:DAYLIGHT.*?END:DAYLIGHT\r\n", ""),
    "18 a zone without its winter half": sub(r"BEGIN:STANDARD.*?END:STANDARD\r\n", ""),
    "18 onsets listed as RDATE": sub(r"RRULE:[^\r]*", "RDATE:20221106T020000,20231105T020000"),
    "18 a zone an hour off": sub(r"TZOFFSETTO:-0600", "TZOFFSETTO:-0700"),
    "20 a floating time": sub(r"DTSTART;TZID=America/Chicago:", "DTSTART:"),
    "21 a UTC time with a zone": sub(r"(DTSTART;TZID=America/Chicago:\w+)", r"\1Z"),
    "22 a rule where every date is an event": sub(r"STATUS:", "RRULE:FREQ=WEEKLY;COUNT=2\r\nSTATUS:", 1),
    "26 an end before the start": sub(r"(DTEND;TZID=America/Chicago:20231211T)0930", r"\g<1>0830"),
    "33 no name": sub(r"X-WR-CALNAME:[^\r]*\r\n", ""),
    "33 no refresh": sub(r"REFRESH-INTERVAL[^\r]*\r\n", ""),
    "34 a link to join": sub(r"STATUS:", "CONFERENCE;VALUE=URI:https://zoom.example/1\r\nSTATUS:", 1),
    "34 an e-mail address": sub("What we learned", "Ask ana@example.org"),
}  # fmt: skip


@shows("Schedule", "A feed broken on purpose, in thirty ways, is caught by the readers that every feed is handed to")
@pytest.mark.parametrize("how", BREAKS)
def test_every_case_is_caught_when_the_feed_is_broken(how: str) -> None:
    broken = BREAKS[how](GOOD)
    assert broken != GOOD
    with pytest.raises((AssertionError, ValueError, KeyError, AttributeError, TypeError, ParseError)):
        inspect(broken, titles=TITLES)


def test_1_to_26_every_reader_agrees_on_what_is_right() -> None:
    seen = inspect(GOOD, titles=TITLES)
    assert {uid.partition("@")[0]: one[1:] for uid, one in seen.items()} == {
        "keynote-1": (at(9), at(9, 30)), "b": (at(10), at(11))
    }  # fmt: skip
    cut = part(GOOD, {"b"}, name="MusIML 2023: room Room 1", url=PAGE, colour="#0b6e4f")
    assert {uid.partition("@")[0] for uid in inspect(cut)} == {"b"}
    assert inspect(part(GOOD, set(), name="Nothing", url=None, colour="#0b6e4f")) == {}


def test_19_25_24_every_reader_agrees_on_odd_nights_deadlines_and_whole_days() -> None:
    for start, minutes in NIGHTS.values():
        end = start + timedelta(minutes=minutes)
        [seen] = inspect(written(replace(TALK, start=start, end=end), colour="teal")).values()
        assert seen[1:] == (start, end)
    dates = [
        Deadline("call", "Call closes", datetime(2023, 10, 7, 11, 59, tzinfo=UTC), "Etc/GMT+12"),
        Deadline("grants", "Grants close", datetime(2023, 10, 8, 15, 0, tzinfo=UTC), "Europe/Berlin"),
    ]
    first = datetime(2023, 12, 11, tzinfo=UTC).date()
    days = Days("edition-1", "MusIML 2023", first, first + timedelta(days=1), location="New Orleans")
    data = deadlines_feed(dates, uid_domain="x.example", name="Dates", url=PAGE, colour="teal", days=[days])
    seen = inspect(data)
    assert [one[1] for one in seen.values()] == [dates[0].at, dates[1].at, first]
    assert seen["edition-1@x.example"][2] == first + timedelta(days=2)


def weekly(zone: str, weeks: int) -> list[Item]:
    """18:00 by the clock there, every week from 16 October 2024: over a change of the clocks in most zones."""
    local = datetime(2024, 10, 16, 18, tzinfo=ZoneInfo(zone))
    return [
        item(
            f"week-{week}",
            kind=Kind.OTHER,
            title="Meetup",
            start=start,
            end=start + timedelta(hours=1),
            changed_at=THEN,
        )
        for week in range(weeks)
        if (start := (local + timedelta(weeks=week)).astimezone(UTC))
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Chicago", "Africa/Casablanca", "Asia/Kolkata"])
@shows("Schedule", "A weekly meetup keeps its local hour across a change of the clocks, in every reader")
def test_22_a_weekly_meetup_keeps_its_local_hour_in_every_reader(zone: str) -> None:
    dates = weekly(zone, 6)
    seen = inspect(feed(whole(*dates, zone=zone), name="Meetups", url=PAGE, colour="teal"))
    clocks = {one[1].astimezone(ZoneInfo(zone)).time().isoformat() for one in seen.values()}
    assert (len(seen), clocks) == (6, {"18:00:00"})


@shows(
    "Schedule",
    "A meetup of a series that moved stands once, at its new time, and a cancelled one as cancelled, in every reader",
)
def test_23_one_moved_and_one_cancelled_date_of_a_series_show_once() -> None:
    dates = weekly("Europe/Berlin", 4)
    moved = [replace(dates[0], start=dates[0].start + timedelta(hours=2), end=dates[0].over_at + timedelta(hours=2))]
    made = next_revision(whole(*dates, zone="Europe/Berlin"), whole(*moved, *dates[2:], zone="Europe/Berlin"), THEN)
    data = feed(made, name="Meetups", url=PAGE, colour="teal")
    seen = inspect(data)
    assert sorted(one[1] for one in seen.values()) == [moved[0].start, *(each.start for each in dates[1:])]
    assert data.count(b"STATUS:CANCELLED") == 1
