"""Change lists in words, and how a draft becomes the next revision."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schedule.test_programme import item, programme, programmes
from tests.schedule.test_rules import at
from workshop_manager.schedule.changes import What, difference, next_revision
from workshop_manager.schedule.programme import Item, Kind, Programme, Recording, Speaker

THEN, NOW = at(9, day=1), at(9, day=2)
ANA, BO = Speaker("Ana Ruiz", "Lima"), Speaker("Bo Ek")
TALK = item(
    "t", title="Red teaming", start=at(9), end=at(9, 30), room="Room 1", speakers=(ANA,), changed_at=THEN, sequence=4
)


def after(**change: Any) -> list[str]:
    return [each.sentence for each in difference(programme(TALK), programme(replace(TALK, **change)))]


SENTENCES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "what nobody sees": ({"position": 7, "sequence": 9, "changed_at": NOW, "submission_number": 3}, []),
    "time on the day": (
        {"start": at(10), "end": at(10, 30)},
        ["“Red teaming” moved from Monday 11 December 2023, 09:00–09:30 to 10:00–10:30."],
    ),
    "time to another day": (
        {"start": at(9, day=12), "end": at(9, 30, day=12)},
        ["“Red teaming” moved from Monday 11 December 2023, 09:00–09:30 to Tuesday 12 December 2023, 09:00–09:30."],
    ),
    "only the end": (
        {"end": at(9, 45)},
        ["“Red teaming” moved from Monday 11 December 2023, 09:00–09:30 to 09:00–09:45."],
    ),
    "room": ({"room": "Room 2"}, ["“Red teaming” moved from Room 1 to Room 2."]),
    "room gone": ({"room": None}, ["“Red teaming” no longer has a room; it was in Room 1."]),
    "title": ({"title": "Blue teaming"}, ["“Red teaming” is now called “Blue teaming”."]),
    "label": ({"label": "Table 1"}, ["“Red teaming” is now called “Table 1: Red teaming”."]),
    "speakers": (
        {"speakers": (ANA, BO)},
        ["“Red teaming” is now with Ana Ruiz (Lima) and Bo Ek instead of Ana Ruiz (Lima)."],
    ),
    "speaker gone": ({"speakers": ()}, ["“Red teaming” is no longer with Ana Ruiz (Lima)."]),
    "speaker hidden": (
        {"speakers": (replace(ANA, listed=False),)},
        ["“Red teaming” is no longer with Ana Ruiz (Lima)."],
    ),
    "account joined": ({"speakers": (replace(ANA, person_key="k"),)}, []),
    "a hidden speaker's new name": ({"speakers": (ANA, replace(BO, listed=False))}, []),
    "kind": ({"kind": Kind.KEYNOTE}, ["“Red teaming” is now listed as keynote, no longer as talk."]),
    "track": ({"track": "Safety"}, ["“Red teaming” is now in the track Safety."]),
    "recording": ({"recording": Recording.FORBIDDEN}, ["“Red teaming” must not be recorded."]),
    "remote": ({"remote": True}, ["“Red teaming” is now given remotely."]),
    "abstract": ({"abstract": "More."}, ["The description of “Red teaming” changed."]),
    "cancelled": (
        {"cancelled": True},
        ["“Red teaming” is cancelled; it was planned for Monday 11 December 2023, 09:00–09:30."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SENTENCES)
def test_a_change_is_told_in_a_sentence(case: str) -> None:
    change, expected = SENTENCES[case]
    assert after(**change) == expected


def test_added_dropped_and_revived_items_are_told() -> None:
    other = replace(TALK, uid="u", title="Other")
    assert [each.what for each in difference(None, programme(TALK))] == [What.ADDED]
    assert [each.what for each in difference(programme(TALK), programme(TALK, other))] == [What.ADDED]
    assert [each.what for each in difference(programme(TALK, other), programme(TALK))] == [What.DROPPED]
    gone = programme(replace(TALK, cancelled=True))
    assert [each.what for each in difference(gone, programme(TALK))] == [What.REVIVED]
    assert difference(gone, programme()) == []
    assert difference(gone, gone) == []
    assert difference(None, gone) == []


def test_a_revived_item_in_another_room_is_told_twice() -> None:
    found = difference(programme(replace(TALK, cancelled=True)), programme(replace(TALK, room="Room 2")))
    assert [each.what for each in found] == [What.REVIVED, What.ROOM]


def test_a_new_zone_is_one_change_and_no_move() -> None:
    found = difference(programme(TALK), programme(TALK, zone="Europe/Berlin"))
    assert [(each.what, each.uid) for each in found] == [(What.ZONE, None)]


def test_right_to_left_titles_and_names_are_isolated_in_the_sentence_and_kept_as_typed_beside_it() -> None:
    old = replace(TALK, title="הסבר מודלים", speakers=(Speaker("دانا", "حيفا"), BO))
    new = replace(old, title="نماذج اللغة", speakers=(BO,), room="אולם")
    told = {each.what: each for each in difference(programme(old), programme(new))}
    assert told[What.TITLE].sentence == "“\u2068הסבר מודלים\u2069” is now called “\u2068نماذج اللغة\u2069”."
    assert told[What.ROOM].sentence == "“\u2068نماذج اللغة\u2069” moved from Room 1 to \u2068אולם\u2069."
    assert told[What.SPEAKERS].sentence == (
        "“\u2068نماذج اللغة\u2069” is now with Bo Ek instead of \u2068دانا\u2069 (\u2068حيفا\u2069) and Bo Ek."
    )
    assert told[What.SPEAKERS].before == "دانا (حيفا) and Bo Ek"
    assert told[What.TITLE].after == "نماذج اللغة"


def test_values_before_and_after_are_kept_for_a_table() -> None:
    [found] = difference(programme(TALK), programme(replace(TALK, room="Room 2")))
    assert (found.what, found.uid, found.before, found.after) == (What.ROOM, "t", "Room 1", "Room 2")


# --- next_revision ---

BUMPS: dict[str, tuple[dict[str, Any], bool, bool]] = {
    # change: (what, SEQUENCE + 1, LAST-MODIFIED moves)
    "nothing": ({}, False, False),
    "start": ({"start": at(8, 45)}, True, True),
    "end": ({"end": at(9, 45)}, True, True),
    "end removed": ({"end": None}, True, True),
    "room": ({"room": "Room 2"}, True, True),
    "status": ({"cancelled": True}, True, True),
    "title": ({"title": "Blue teaming"}, True, True),
    "label": ({"label": "Table 1"}, True, True),
    "speakers": ({"speakers": (BO,)}, True, True),
    "a speaker hidden": ({"speakers": (replace(ANA, listed=False),)}, True, True),
    "everything": ({"start": at(8), "room": "X", "title": "Y", "speakers": ()}, True, True),
    "an account joined": ({"speakers": (replace(ANA, person_key="k"),)}, False, False),
    "position": ({"position": 3}, False, False),
    "abstract": ({"abstract": "More."}, False, True),
    "track": ({"track": "Safety"}, False, True),
    "kind": ({"kind": Kind.KEYNOTE}, False, True),
    "recording": ({"recording": Recording.RECORDED}, False, True),
    "the draft's own counters": ({"sequence": 77, "changed_at": NOW + timedelta(days=9)}, False, False),
}


@pytest.mark.parametrize("case", BUMPS)
def test_13_the_sequence_rises_by_exactly_one_for_what_a_visitor_must_hear_of(case: str) -> None:
    change, bumped, modified = BUMPS[case]
    [made] = next_revision(programme(TALK), programme(replace(TALK, **change)), NOW).items
    assert made.uid == "t"
    assert made.sequence == 4 + bumped
    assert made.changed_at == (NOW if modified else THEN)


def test_a_talk_follows_the_room_of_its_session() -> None:
    session = replace(TALK, uid="s", kind=Kind.SESSION)
    inside = replace(TALK, room=None, parent="s")
    old = programme(session, inside)
    made = next_revision(old, programme(replace(session, room="Room 2"), inside), NOW)
    assert [each.sequence for each in made.items] == [5, 5]


def test_the_first_release_starts_at_zero_and_has_no_tombstones() -> None:
    fresh = replace(TALK, sequence=0)
    made = next_revision(None, programme(fresh, replace(fresh, uid="gone", cancelled=True)), NOW)
    assert [(each.uid, each.sequence, each.changed_at) for each in made.items] == [("t", 0, NOW)]


def test_a_dropped_item_stays_cancelled_until_its_end_and_then_goes() -> None:
    old = programme(TALK)
    first = next_revision(old, programme(), NOW)
    [stone] = first.items
    assert (stone.uid, stone.cancelled, stone.sequence, stone.changed_at) == ("t", True, 5, NOW)
    second = next_revision(first, programme(), NOW + timedelta(days=1))
    assert second == first
    assert next_revision(second, programme(), at(9, 29)).items == (stone,)
    assert next_revision(second, programme(), at(9, 30)).items == ()


def test_a_talk_cancelled_in_the_draft_goes_after_its_end_too() -> None:
    cancelled = replace(TALK, cancelled=True)
    first = next_revision(programme(TALK), programme(cancelled), NOW)
    assert [(each.cancelled, each.sequence) for each in first.items] == [(True, 5)]
    assert next_revision(first, programme(cancelled), at(9, 30)).items == ()


def test_a_talk_put_back_is_revived_with_one_more_sequence() -> None:
    dropped = next_revision(programme(TALK), programme(), NOW)
    [back] = next_revision(dropped, programme(replace(TALK, sequence=0)), NOW + timedelta(hours=1)).items
    assert (back.cancelled, back.sequence, back.changed_at) == (False, 6, NOW + timedelta(hours=1))


def test_a_tombstone_keeps_the_room_its_session_gave_it() -> None:
    session = replace(TALK, uid="s", kind=Kind.SESSION)
    inside = replace(TALK, room=None, parent="s")
    made = next_revision(programme(session, inside), programme(), NOW)
    assert {made.room_of(each) for each in made.items} == {"Room 1"}


def test_what_never_was_published_leaves_no_tombstone() -> None:
    made = next_revision(programme(), programme(replace(TALK, cancelled=True)), NOW)
    assert made.items == ()


def test_a_past_talk_that_still_stands_is_kept() -> None:
    assert next_revision(programme(TALK), programme(TALK), at(9, day=20)).items == (TALK,)


def test_the_uid_domain_of_the_first_release_stays_for_ever() -> None:
    made = next_revision(programme(TALK), programme(TALK, uid_domain="new.example"), NOW)
    assert made.uid_domain == "musiml.example"


def test_another_zone_moves_last_modified_but_no_sequence() -> None:
    [made] = next_revision(programme(TALK), programme(TALK, zone="Europe/Berlin"), NOW).items
    assert (made.sequence, made.changed_at) == (4, NOW)


def test_a_publication_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        next_revision(None, programme(), datetime(2023, 12, 1))


@given(programmes, programmes)
def test_any_two_programmes_can_follow_each_other(old: Programme, new: Programme) -> None:
    published = next_revision(old, new, NOW)
    before: dict[str, Item] = {each.uid: each for each in old.items}
    for each in published.items:
        if each.uid in before:
            assert each.sequence - before[each.uid].sequence in (0, 1)
            assert (each.changed_at == NOW) or each.sequence == before[each.uid].sequence
    # Publishing the same again changes nothing at all.
    assert next_revision(published, published, NOW) == published
    assert difference(published, published) == []
    assert all(change.sentence.endswith(".") for change in difference(old, new))


@given(st.lists(st.booleans(), max_size=8))
def test_dropping_and_reviving_raises_the_sequence_once_a_turn(turns: list[bool]) -> None:
    published = next_revision(None, programme(replace(TALK, sequence=0)), THEN)
    present, expected = True, 0
    for turn, wanted in enumerate(turns, start=1):
        published = next_revision(published, programme(TALK) if wanted else programme(), THEN + timedelta(hours=turn))
        expected += wanted != present
        present = wanted
        assert [(each.cancelled, each.sequence) for each in published.items] == [(not present, expected)]
