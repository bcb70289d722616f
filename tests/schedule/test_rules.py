"""Conflicts as a truth table, and local times that exist, do not exist, or exist twice."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schedule.test_programme import item, programme
from tests.shows import shows
from workshop_manager.schedule.clashes import Severity, conflicts
from workshop_manager.schedule.programme import Item, Kind, Programme, Speaker
from workshop_manager.schedule.rules import (
    Instant,
    Refusal,
    clock_changes,
    gaps,
    is_ambiguous,
    local_instant,
    zone_mismatch,
)

ANA = Speaker("Ana Ruiz", person_key="p1")


def at(hour: int, minute: int = 0, day: int = 11) -> datetime:
    """An instant on 11 December 2023 by Chicago's clock (UTC−6)."""
    return datetime(2023, 12, day, hour, minute, tzinfo=UTC) + timedelta(hours=6)


def talk(uid: str, start: datetime, end: datetime | None, **more: object) -> Item:
    return item(uid, start=start, end=end, title=f"Talk {uid}", **more)


SESSION = talk("s", at(9), at(11), kind=Kind.SESSION, room="Room 1")

# name of the case: items, the (code, severity) expected
TABLE: dict[str, tuple[list[Item], list[tuple[str, str]]]] = {
    "nothing is wrong with an empty programme": ([], []),
    "one after the other in a room is fine": (
        [talk("a", at(9), at(10), room="R"), talk("b", at(10), at(11), room="R")],
        [],
    ),
    "the same minutes in one room clash": (
        [talk("a", at(9), at(10), room="R"), talk("b", at(9), at(10), room="R")],
        [("room_twice", "error")],
    ),
    "five shared minutes clash": (
        [talk("a", at(9), at(10, 5), room="R"), talk("b", at(10), at(11), room="R")],
        [("room_twice", "error")],
    ),
    "one within the other clashes": (
        [talk("a", at(9), at(12), room="R"), talk("b", at(10), at(11), room="R")],
        [("room_twice", "error")],
    ),
    "three at once are three clashes": (
        [talk(uid, at(9), at(10), room="R") for uid in "abc"],
        [("room_twice", "error")] * 3,
    ),
    "a room written with other capitals and spaces is the same room": (
        [talk("a", at(9), at(10), room="Hall  A"), talk("b", at(9), at(10), room=" hall a")],
        [("room_twice", "error")],
    ),
    "two rooms do not clash": ([talk("a", at(9), at(10), room="R"), talk("b", at(9), at(10), room="S")], []),
    "without rooms nothing clashes": ([talk("a", at(9), at(10)), talk("b", at(9), at(10))], []),
    "a cancelled item frees its room and its speaker": (
        [
            talk("a", at(9), at(10), room="R", speakers=(ANA,), cancelled=True),
            talk("b", at(9), at(10), room="R", speakers=(ANA,)),
        ],
        [],
    ),
    "a talk shares the room of its session": ([SESSION, talk("a", at(9), at(10), room="Room 1", parent="s")], []),
    "two unlabelled talks of one session clash": (
        [
            SESSION,
            talk("a", at(9), at(10), room="Room 1", parent="s"),
            talk("b", at(9, 30), at(10, 30), room="Room 1", parent="s"),
        ],
        [("room_twice", "error")],
    ),
    "tables with different labels stand side by side in one session": (
        [
            SESSION,
            talk("a", at(9), at(11), room="Room 1", parent="s", label="Table 1"),
            talk("b", at(9), at(11), room="Room 1", parent="s", label="Table 2"),
        ],
        [],
    ),
    "tables with one label clash": (
        [
            SESSION,
            talk("a", at(9), at(11), room="Room 1", parent="s", label="Table 1"),
            talk("b", at(9), at(11), room="Room 1", parent="s", label="table 1"),
        ],
        [("room_twice", "error")],
    ),
    "a table with a label and one without clash": (
        [
            SESSION,
            talk("a", at(9), at(11), room="Room 1", parent="s", label="Table 1"),
            talk("b", at(9), at(11), room="Room 1", parent="s"),
        ],
        [("room_twice", "error")],
    ),
    "labels do not help outside one parent": (
        [talk("a", at(9), at(10), room="R", label="Table 1"), talk("b", at(9), at(10), room="R", label="Table 2")],
        [("room_twice", "error")],
    ),
    "posters of one session stand side by side": (
        [
            SESSION,
            talk("a", at(9), at(11), room="Room 1", parent="s", kind=Kind.POSTER),
            talk("b", at(9), at(11), room="Room 1", parent="s", kind=Kind.POSTER),
        ],
        [],
    ),
    "when sessions clash their talks are not told again": (
        [
            SESSION,
            talk("t", at(10), at(12), kind=Kind.SESSION, room="Room 1"),
            talk("a", at(10), at(11), room="Room 1", parent="s"),
            talk("b", at(10), at(11), room="Room 1", parent="t"),
        ],
        [("room_twice", "error")],
    ),
    "a speaker in two rooms at once": (
        [talk("a", at(9), at(10), room="R", speakers=(ANA,)), talk("b", at(9, 59), at(11), room="S", speakers=(ANA,))],
        [("speaker_twice", "error")],
    ),
    "a speaker may go from one talk to the next": (
        [talk("a", at(9), at(10), speakers=(ANA,)), talk("b", at(10), at(11), speakers=(ANA,))],
        [],
    ),
    "who chairs a session may speak in it": (
        [
            talk("s", at(9), at(11), kind=Kind.SESSION, speakers=(ANA,)),
            talk("a", at(9), at(10), parent="s", speakers=(ANA,)),
        ],
        [],
    ),
    "an equal name without accounts only warns": (
        [
            talk("a", at(9), at(10), speakers=(Speaker("Li Wei"),)),
            talk("b", at(9), at(10), speakers=(Speaker("li  wei"),)),
        ],
        [("speaker_twice", "warning")],
    ),
    "an equal name with an account here and none there warns": (
        [talk("a", at(9), at(10), speakers=(ANA,)), talk("b", at(9), at(10), speakers=(Speaker("Ana Ruiz"),))],
        [("speaker_twice", "warning")],
    ),
    "two accounts of one name are two people": (
        [
            talk("a", at(9), at(10), speakers=(ANA,)),
            talk("b", at(9), at(10), speakers=(Speaker("Ana Ruiz", person_key="p2"),)),
        ],
        [],
    ),
    "an unlisted speaker cannot be in two places either": (
        [
            talk("a", at(9), at(10), speakers=(ANA,)),
            talk("b", at(9), at(10), speakers=(Speaker("Ana Ruiz", person_key="p1", listed=False),)),
        ],
        [("speaker_twice", "error")],
    ),
    "one author with two posters in a session warns": (
        [
            SESSION,
            talk("a", at(9), at(11), parent="s", kind=Kind.POSTER, speakers=(ANA,)),
            talk("b", at(9), at(11), parent="s", kind=Kind.POSTER, speakers=(ANA,)),
        ],
        [("speaker_twice", "warning")],
    ),
    "one speaker named twice on an item is one person": ([talk("a", at(9), at(10), speakers=(ANA, ANA))], []),
    "an end before the start": ([talk("a", at(10), at(9))], [("end_before_start", "error")]),
    "an end at the start": ([talk("a", at(10), at(10))], [("end_before_start", "error")]),
    "no end": ([talk("a", at(10), None)], [("no_end", "warning")]),
    "an item of no length occupies no room": (
        [talk("a", at(9), at(11), room="R"), talk("b", at(10), at(10), room="R")],
        [("end_before_start", "error")],
    ),
    "a child that begins too early": (
        [SESSION, talk("a", at(8, 59), at(10), parent="s")],
        [("outside_parent", "error")],
    ),
    "a child that ends too late": ([SESSION, talk("a", at(10), at(11, 1), parent="s")], [("outside_parent", "error")]),
    "a child as long as its parent is fine": ([SESSION, talk("a", at(9), at(11), parent="s")], []),
    "a child without an end that begins after its parent": (
        [SESSION, talk("a", at(11, 30), None, parent="s")],
        [("outside_parent", "error"), ("no_end", "warning")],
    ),
    "a parent that is not there": ([talk("a", at(9), at(10), parent="x")], [("no_parent", "error")]),
    "an item inside itself": ([talk("a", at(9), at(10), parent="a")], [("own_parent", "error")]),
    "a circle of two": (
        [talk("a", at(9), at(10), parent="b"), talk("b", at(9), at(10), parent="a")],
        [("own_parent", "error"), ("own_parent", "error")],
    ),
    "a child of a cancelled parent": (
        [talk("s", at(9), at(11), cancelled=True), talk("a", at(9), at(10), parent="s")],
        [("parent_cancelled", "warning")],
    ),
    "no title": ([item("a", title=" \n")], [("no_title", "error")]),
    "twelve hours are long but possible": ([talk("a", at(9), at(21))], []),
    "the poster session of the printed table": (
        [talk("a", at(11, 5), at(23, 45), kind=Kind.POSTER)],
        [("very_long", "warning")],
    ),
}


@shows(
    "Schedule",
    "Conflicts are found: a room or speaker twice at once, an end before its start, an item outside its session",
)
@pytest.mark.parametrize("case", TABLE)
def test_conflicts(case: str) -> None:
    items, expected = TABLE[case]
    found = conflicts(programme(*items))
    assert [(each.code, each.severity.value) for each in found] == expected
    for each in found:
        assert each.sentence.endswith((".", "?"))
        assert set(each.items) <= {one.uid for one in items}


def test_a_conflict_tells_both_items_their_times_and_the_shared_minutes() -> None:
    [found] = conflicts(programme(talk("a", at(9), at(10, 5), room="Hall A"), talk("b", at(10), at(11), room="Hall A")))
    assert found.items == ("a", "b")
    assert found.sentence == "“Talk a” (09:00–10:05) and “Talk b” (10:00–11:00) are both in Hall A for 5 min."


HEBREW, ARABIC = "הסבר מודלים", "نماذج اللغة"


@shows("Schedule", "Titles and names that read from right to left are not mixed up in a sentence")
def test_right_to_left_titles_are_isolated_in_conflicts_and_gaps() -> None:
    one = item("a", start=at(9), end=at(10), title=HEBREW, room="אולם", speakers=(Speaker("דנה כהן"),))
    other = item("b", start=at(9, 45), end=at(11), title=ARABIC, room="אולם", speakers=(Speaker("דנה כהן"),))
    later = item("c", start=at(12), end=at(13), title="Closing")
    told = {each.code: each.sentence for each in conflicts(programme(one, other, later))}
    first, second = f"“\u2068{HEBREW}\u2069”", f"“\u2068{ARABIC}\u2069”"
    assert told["room_twice"] == (
        f"{first} (09:00–10:00) and {second} (09:45–11:00) are both in \u2068אולם\u2069 for 15 min."
    )
    assert told["speaker_twice"].startswith(f"\u2068דנה כהן\u2069 is in two places at once: {first} (09:00–10:00) and")
    assert [each.sentence for each in gaps(programme(one, other, later))] == [
        f"Nothing is planned for 1 h between {second} and “Closing” (11:00–12:00)."
    ]


def test_errors_come_before_warnings() -> None:
    found = conflicts(programme(talk("a", at(8), None), talk("b", at(10), at(9))))
    assert [each.severity for each in found] == [Severity.ERROR, Severity.WARNING]


def night(start_utc: datetime, minutes: int) -> Programme:
    return programme(item("n", start=start_utc, end=start_utc + timedelta(minutes=minutes)))


@shows("Schedule", "A session across a change of the clocks is told with its true length")
def test_an_item_across_the_skipped_hour_is_told_with_its_true_length() -> None:
    # 01:30 CST to 03:30 CDT on 10 March 2024: one hour.
    [found] = conflicts(night(datetime(2024, 3, 10, 7, 30, tzinfo=UTC), 60))
    assert found.code == "clock_change_inside"
    assert "01:30–03:30 lasts 1 h" in found.sentence


def test_an_item_in_the_hour_that_comes_twice_is_told_which_one_is_meant() -> None:
    found = conflicts(night(datetime(2023, 11, 5, 7, 30, tzinfo=UTC), 15))  # 01:30 CST, the second time
    assert [each.code for each in found] == ["hour_twice", "hour_twice"]
    assert "the second one (CST)" in found[0].sentence


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 6), st.sampled_from(["R", "S", None])), min_size=0, max_size=12
    )
)
def test_room_clashes_are_exactly_those_a_naive_comparison_finds(plan: list[tuple[int, int, str | None]]) -> None:
    items = [
        talk(f"i{place}", at(0) + timedelta(hours=start), at(0) + timedelta(hours=start + hours), room=room)
        for place, (start, hours, room) in enumerate(plan)
    ]
    naive = {
        frozenset((one.uid, other.uid))
        for one in items
        for other in items
        if one.uid < other.uid and one.room and one.room == other.room
        and max(one.start, other.start) < min(one.over_at, other.over_at)
    }  # fmt: skip
    told = [frozenset(each.items) for each in conflicts(programme(*items)) if each.code == "room_twice"]
    assert len(told) == len(set(told))
    assert set(told) == naive


# --- local times ---

GAP, FOLD = date(2024, 3, 10), date(2024, 11, 3)
ORDINARY = [
    # day, clock, zone, instant
    (date(2023, 12, 11), time(8, 30), "America/Chicago", datetime(2023, 12, 11, 14, 30, tzinfo=UTC)),
    (date(2023, 7, 11), time(8, 30), "America/Chicago", datetime(2023, 7, 11, 13, 30, tzinfo=UTC)),
    (GAP, time(1, 59), "America/Chicago", datetime(2024, 3, 10, 7, 59, tzinfo=UTC)),
    (GAP, time(3, 0), "America/Chicago", datetime(2024, 3, 10, 8, 0, tzinfo=UTC)),
    (FOLD, time(0, 59), "America/Chicago", datetime(2024, 11, 3, 5, 59, tzinfo=UTC)),
    (FOLD, time(2, 0), "America/Chicago", datetime(2024, 11, 3, 8, 0, tzinfo=UTC)),
    (date(2023, 10, 6), time(23, 59), "Etc/GMT+12", datetime(2023, 10, 7, 11, 59, tzinfo=UTC)),
    (date(2024, 1, 1), time(0, 0), "Asia/Kathmandu", datetime(2023, 12, 31, 18, 15, tzinfo=UTC)),
]


@pytest.mark.parametrize(("day", "clock", "zone", "instant"), ORDINARY)
def test_a_local_time_that_exists_once_is_an_instant(day: date, clock: time, zone: str, instant: datetime) -> None:
    answer = local_instant(day, clock, zone)
    assert isinstance(answer, Instant)
    assert answer.utc == instant


@pytest.mark.parametrize("clock", [time(2, 0), time(2, 30), time(2, 59)])
def test_a_time_that_clocks_skip_is_refused_and_the_neighbours_are_offered(clock: time) -> None:
    answer = local_instant(GAP, clock, "America/Chicago")
    assert isinstance(answer, Refusal)
    assert answer.code == "skipped"
    assert f"{clock.hour:02d}:{clock.minute:02d} on Sunday 10 March 2024 does not exist" in answer.sentence
    assert "clocks go forward by 1 h" in answer.sentence
    assert [each.utc.hour for each in answer.choices] == [7, 8]


@pytest.mark.parametrize("clock", [time(1, 0), time(1, 30), time(1, 59)])
def test_a_time_that_comes_twice_is_refused_until_one_is_chosen(clock: time) -> None:
    answer = local_instant(FOLD, clock, "America/Chicago")
    assert isinstance(answer, Refusal)
    assert answer.code == "twice"
    assert "happens twice" in answer.sentence
    assert "CDT" in answer.sentence
    assert "CST" in answer.sentence
    first, second = (local_instant(FOLD, clock, "America/Chicago", fold=fold) for fold in (0, 1))
    assert (first, second) == answer.choices
    assert isinstance(second, Instant)
    assert isinstance(first, Instant)
    assert second.utc - first.utc == timedelta(hours=1)


def test_a_day_that_a_country_left_out_is_refused() -> None:
    answer = local_instant(date(2011, 12, 30), time(12, 0), "Pacific/Apia")
    assert isinstance(answer, Refusal)
    assert answer.code == "skipped"


@pytest.mark.parametrize("zone", ["", "Nowhere", "America", "../x"])
def test_an_unknown_zone_is_a_refusal(zone: str) -> None:
    answer = local_instant(date(2024, 1, 1), time(9), zone)
    assert isinstance(answer, Refusal)
    assert answer.code == "no_such_zone"


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_do_not_crash(day: date) -> None:
    for zone in ("Etc/GMT+12", "Etc/GMT-14", "America/Chicago"):
        local_instant(day, time(0, 0), zone)
        local_instant(day, time(23, 59), zone)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_every_instant_is_found_again_by_its_local_time(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    local = moment.astimezone(ZoneInfo("Europe/London"))
    answer = local_instant(local.date(), local.time(), "Europe/London", fold=1 if local.fold else 0)
    assert isinstance(answer, Instant)
    assert answer.utc == moment
    assert answer.abbreviation == local.tzname()


def test_clock_changes_are_found_to_the_second() -> None:
    assert [(each.at, each.name, each.daylight) for each in clock_changes("America/Chicago", 2024, 2024)] == [
        (datetime(2024, 3, 10, 8, tzinfo=UTC), "CDT", True),
        (datetime(2024, 11, 3, 7, tzinfo=UTC), "CST", False),
    ]
    # Dublin's winter is the exception in law; on the calendar its summer is the daylight half all the same.
    assert [(each.name, each.daylight) for each in clock_changes("Europe/Dublin", 2024, 2024)] == [
        ("IST", True),
        ("GMT", False),
    ]
    assert clock_changes("Asia/Tokyo", 1990, 2030) == ()


def test_only_the_repeated_hour_is_ambiguous() -> None:
    turn = datetime(2024, 11, 3, 7, 0, tzinfo=UTC)
    told = {
        minutes: is_ambiguous(turn + timedelta(minutes=minutes), "America/Chicago")
        for minutes in (-61, -60, -1, 0, 59, 60)
    }
    assert told == {-61: False, -60: True, -1: True, 0: True, 59: True, 60: False}


@pytest.mark.parametrize(
    ("text", "day", "zone", "told"),
    [
        ("All times are in Central Standard Time", date(2023, 12, 11), "America/Chicago", False),
        ("All times are in Central Standard Time", date(2023, 7, 11), "America/Chicago", True),
        ("9:00 CDT", date(2023, 12, 11), "America/Chicago", True),
        ("9:00 EST", date(2023, 12, 11), "America/Chicago", True),
        ("Gulf Standard Time", date(2022, 12, 7), "Asia/Dubai", False),
        ("23:59 AoE", date(2023, 10, 6), "Etc/GMT+12", False),
        ("23:59 AoE", date(2023, 10, 6), "America/Chicago", True),
        ("9:00 CST", date(2023, 7, 11), "Asia/Shanghai", False),
        ("IST", date(2023, 7, 11), "Asia/Kolkata", False),
        ("IST", date(2023, 7, 11), "Europe/Dublin", False),
        ("we eat art at the best mst", date(2023, 7, 11), "Asia/Tokyo", False),
        ("no zone here", date(2023, 7, 11), "Asia/Tokyo", False),
    ],
)
def test_a_printed_zone_that_does_not_fit_is_told(text: str, day: date, zone: str, told: bool) -> None:
    sentence = zone_mismatch(text, day, zone)
    assert (sentence is not None) is told
    if sentence:
        assert zone in sentence


def test_gaps_are_the_empty_stretches_of_a_day() -> None:
    whole = programme(
        talk("a", at(9), at(10)),
        talk("b", at(9), at(9, 30)),
        talk("c", at(10, 15), at(11)),
        talk("d", at(9, day=12), at(10, day=12)),
    )
    [gap] = gaps(whole)
    assert (gap.start, gap.end, gap.items) == (at(10), at(10, 15), ("a", "c"))
    assert gap.sentence == "Nothing is planned for 15 min between “Talk a” and “Talk c” (10:00–10:15)."
    assert gaps(whole, longer_than=timedelta(minutes=15)) == []
