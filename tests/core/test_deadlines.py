"""Instants and the zones they were announced in."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.shows import shows
from workshop_manager.core.deadlines import AOE, Deadline, NoSuchTime, instant, zone_label, zone_place


@shows("Dates", "23:59 AoE is 11:59 UTC the next day")
def test_aoe_lies_twelve_hours_behind_utc() -> None:
    assert instant(date(2023, 10, 6), time(23, 59), AOE) == datetime(2023, 10, 7, 11, 59, tzinfo=UTC)
    assert zone_label(AOE, datetime(2023, 10, 7, tzinfo=UTC)) == "AoE"


@shows("Dates", "The announced second is in time, and the next is not")
def test_the_announced_second_is_in_time_and_the_next_is_not() -> None:
    deadline = Deadline(datetime(2023, 10, 7, 11, 59, tzinfo=UTC), AOE)
    assert not deadline.has_passed(deadline.at)
    assert deadline.has_passed(deadline.at + timedelta(seconds=1))


@shows("Dates", "A time that clocks skip is refused")
def test_a_time_in_the_spring_gap_does_not_exist() -> None:
    with pytest.raises(NoSuchTime, match="does not exist in America/Chicago"):
        instant(date(2026, 3, 8), time(2, 30), "America/Chicago")


def test_a_time_in_the_repeated_autumn_hour_is_ambiguous() -> None:
    with pytest.raises(NoSuchTime, match="comes twice"):
        instant(date(2026, 11, 1), time(1, 30), "America/Chicago")


@shows("Bad input", "An unknown time zone is refused in words")
@pytest.mark.parametrize("year", [1, 206, 1969, 2200, 9999])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", AOE, "UTC"])
def test_a_year_that_can_only_be_a_slip_is_refused_in_words(year: int, zone: str) -> None:
    for day in (date(year, 1, 1), date(year, 12, 31)):
        with pytest.raises(NoSuchTime, match=f"The year {year} must be a slip"):
            instant(day, time(23, 59), zone)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "EDT", "../etc/passwd", "America/chicago "])
def test_an_unknown_zone_is_refused_in_words(name: str) -> None:
    with pytest.raises(NoSuchTime, match="not a time zone"):
        instant(date(2026, 1, 1), time(1), name)


@pytest.mark.parametrize(
    ("zone", "at", "label"),
    [
        ("America/Chicago", datetime(2023, 12, 11, 14, tzinfo=UTC), "CST"),
        ("America/Chicago", datetime(2023, 7, 11, 14, tzinfo=UTC), "CDT"),
        ("Asia/Kathmandu", datetime(2023, 7, 11, 14, tzinfo=UTC), "UTC+5:45"),
        ("America/Sao_Paulo", datetime(2023, 7, 11, 14, tzinfo=UTC), "UTC−3"),
        ("Africa/Accra", datetime(2023, 7, 11, 14, tzinfo=UTC), "GMT"),
    ],
)
def test_a_zone_is_written_as_people_write_it_then(zone: str, at: datetime, label: str) -> None:
    assert zone_label(zone, at) == label


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("America/New_York", "New York (EDT)"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires (UTC−3)"),
        ("Singapore", "Singapore (UTC+8)"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        (AOE, "AoE"),
        ("Greenwich", "GMT"),
    ],
)
def test_a_zone_without_a_place_is_named_once(zone: str, place: str) -> None:
    assert zone_place(zone, datetime(2023, 7, 11, 14, tzinfo=UTC)) == place
