"""The vocabulary: what a programme accepts, and that its stored form is stable."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop_manager.schedule.programme import (
    Item,
    Kind,
    Programme,
    ProgrammeError,
    Recording,
    Speaker,
    from_json,
    to_json,
)

NINE = datetime(2023, 12, 11, 15, 0, tzinfo=UTC)


def item(uid: str = "a", **more: object) -> Item:
    values: dict[str, object] = {
        "kind": Kind.TALK,
        "title": "A talk",
        "start": NINE,
        "end": NINE + timedelta(minutes=30),
    }
    return Item(uid=uid, **(values | more))  # type: ignore[arg-type]


def programme(*items: Item, **more: object) -> Programme:
    values: dict[str, object] = {"uid_domain": "musiml.example", "name": "MusIML 2023", "zone": "America/Chicago"}
    return Programme(items=items, **(values | more))  # type: ignore[arg-type]


moments = st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC))
speakers = st.builds(Speaker, st.text(), st.none() | st.text(), st.none() | st.text(), st.booleans())
uids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
items = st.builds(
    Item,
    uid=uids,
    kind=st.sampled_from(Kind),
    # Lone surrogates too: they have no UTF-8 form and must not make a release unstorable.
    title=st.text(st.characters()),
    start=moments,
    end=st.none() | moments,
    abstract=st.text(),
    room=st.none() | st.text(),
    speakers=st.lists(speakers, max_size=3).map(tuple),
    parent=st.none() | uids,
    track=st.none() | st.text(),
    submission_number=st.none() | st.integers(1, 10_000),
    remote=st.booleans(),
    recording=st.sampled_from(Recording),
    label=st.none() | st.text(),
    position=st.integers(0, 100),
    cancelled=st.booleans(),
    sequence=st.integers(0, 100),
    changed_at=moments,
)
programmes = st.builds(
    Programme,
    uid_domain=st.just("musiml.example"),
    name=st.text(),
    zone=st.sampled_from(["UTC", "America/Chicago", "Asia/Kolkata"]),
    items=st.lists(items, max_size=4, unique_by=lambda each: each.uid).map(tuple),
    url=st.none() | st.text(),
)


@given(programmes)
def test_what_is_stored_reads_back_equal_and_is_stored_the_same_again(any_programme: Programme) -> None:
    stored = to_json(any_programme)
    assert from_json(stored) == any_programme
    assert from_json(stored.decode("ascii")) == any_programme
    assert to_json(from_json(stored)) == stored


@given(programmes, st.randoms())
def test_the_order_in_which_items_are_given_does_not_change_the_stored_bytes(any_programme: Programme, random) -> None:
    shuffled = list(any_programme.items)
    random.shuffle(shuffled)
    assert to_json(replace(any_programme, items=tuple(shuffled))) == to_json(any_programme)


def test_a_lone_surrogate_in_a_title_can_be_stored() -> None:
    broken = programme(item(title="half \ud83d of an emoji"))
    assert from_json(to_json(broken)) == broken


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"format": 2}',
        b"\xff\xfe",
        b"[" * 100_000,
        "{",
        b'{"format":1,"items":[{}]}',
        b"7",
    ],
)
def test_what_is_no_stored_programme_is_refused_with_a_sentence(stored: bytes | str) -> None:
    with pytest.raises(ProgrammeError, match=r"\w+ .+\."):
        from_json(stored)


def test_times_of_any_zone_are_kept_in_utc_and_whole_seconds() -> None:
    local = datetime(2023, 12, 11, 9, 0, 0, 999_999, tzinfo=ZoneInfo("America/Chicago"))
    made = item(start=local, end=local + timedelta(hours=1), changed_at=local)
    assert (made.start, made.end, made.changed_at) == (NINE, NINE + timedelta(hours=1), NINE)
    assert made.start.tzinfo is UTC


@pytest.mark.parametrize("where", ["start", "end", "changed_at"])
def test_a_time_without_a_zone_is_refused(where: str) -> None:
    with pytest.raises(ProgrammeError, match="has no zone"):
        item(**{where: datetime(2023, 12, 11, 9)})


@pytest.mark.parametrize("uid", ["", " ", "a b", "a@b", "-a", "é", "a\n", "a" * 101, "a/b"])
def test_a_uid_that_would_need_escaping_is_refused(uid: str) -> None:
    with pytest.raises(ProgrammeError, match="uid"):
        item(uid)


def test_two_items_with_one_uid_are_refused_and_both_are_named() -> None:
    with pytest.raises(ProgrammeError, match=r"“One” and “Two”"):
        programme(item(title="One"), item(title="Two"))


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "America", "a\x00b", "CST6CDT\n"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ProgrammeError, match="no time zone"):
        programme(zone=zone)


@pytest.mark.parametrize("domain", ["", "a b", "x@y", "a\r\nX:1", ".a"])
def test_a_uid_domain_that_is_no_host_is_refused(domain: str) -> None:
    with pytest.raises(ProgrammeError, match="host"):
        programme(uid_domain=domain)


def test_a_parent_stands_before_its_children_and_lends_them_its_room() -> None:
    whole = programme(
        item("t2", parent="s", position=2),
        item("t1", parent="s", position=1, room="Annex"),
        item("s", kind=Kind.SESSION, room="Room 1", position=9),
        item("deep", parent="t2", position=3),
    )
    assert [each.uid for each in whole.items] == ["s", "t1", "t2", "deep"]
    assert [each.uid for each in whole.children("s")] == ["t1", "t2"]
    assert {each.uid: whole.room_of(each) for each in whole.items} == {
        "s": "Room 1", "t1": "Annex", "t2": "Room 1", "deep": "Room 1",
    }  # fmt: skip


def test_a_circle_of_parents_ends() -> None:
    circle = programme(item("a", parent="b"), item("b", parent="a"), item("c", parent="c"))
    assert [each.uid for each in circle.ancestors(circle.items[0])] == ["b"]
    assert circle.ancestors(circle.items[2]) == ()


def test_an_unlisted_speaker_is_not_among_the_listed_ones() -> None:
    made = item(speakers=(Speaker("Seen"), Speaker("Hidden", listed=False)))
    assert [who.name for who in made.listed_speakers] == ["Seen"]


def test_an_item_can_be_hashed_also_when_its_speakers_came_as_a_list() -> None:
    assert hash(item(speakers=[Speaker("A")])) == hash(item(speakers=(Speaker("A"),)))


def test_an_offset_without_a_name_is_a_zone_too() -> None:
    assert item(start=datetime(2023, 12, 11, 20, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))).start == NINE
