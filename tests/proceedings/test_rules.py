"""Truth tables of what is owed, of links, and of poster numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.proceedings.content import Wanted
from workshop_manager.proceedings.rules import (
    Given,
    Hanging,
    asked_of,
    is_link,
    is_there,
    may_hand_in,
    moved,
    number_clashes,
    numbered,
    owed,
    reordered,
    same_set,
)
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.submissions.states import Outcome, State

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ALL = Wanted(final=Ask.MUST, poster=Ask.MUST, slides=Ask.MUST, video=Ask.MUST, rights=Ask.MUST)
NOTHING = Wanted(final=Ask.NO, poster=Ask.NO, slides=Ask.NO, video=Ask.NO, rights=Ask.NO)


@pytest.mark.parametrize(
    ("outcome", "items"),
    [
        (Outcome.POSTER, {Item.DETAILS, Item.FINAL, Item.POSTER, Item.VIDEO, Item.RIGHTS}),
        (Outcome.ORAL, {Item.DETAILS, Item.FINAL, Item.SLIDES, Item.VIDEO, Item.RIGHTS}),
        (Outcome.LIGHTNING, set(Item)),
    ],
)
def test_posters_are_asked_for_a_poster_and_talks_for_slides(outcome: Outcome, items: set[Item]) -> None:
    assert set(asked_of(ALL, outcome, has_wording=True)) == items


def test_nobody_agrees_to_a_statement_that_is_not_written() -> None:
    assert Item.RIGHTS not in asked_of(ALL, Outcome.ORAL, has_wording=False)


def test_whoever_is_asked_for_nothing_still_says_that_the_names_are_right() -> None:
    assert asked_of(NOTHING, Outcome.POSTER, has_wording=True) == {Item.DETAILS: Ask.MUST}


@pytest.mark.parametrize(
    ("item", "given", "there"),
    [
        (Item.FINAL, Given(files=frozenset({Item.FINAL})), True),
        (Item.FINAL, Given(files=frozenset({Item.POSTER})), False),
        (Item.SLIDES, Given(slides_url="https://a.example.org/"), True),
        (Item.SLIDES, Given(files=frozenset({Item.SLIDES})), True),
        (Item.SLIDES, Given(), False),
        (Item.VIDEO, Given(video_url="https://a.example.org/"), True),
        (Item.RIGHTS, Given(rights_version=2), True),
        (Item.RIGHTS, Given(rights_version=1), False),
        (Item.RIGHTS, Given(), False),
        (Item.DETAILS, Given(is_confirmed=True), True),
        (Item.DETAILS, Given(), False),
    ],
)
def test_what_is_there(item: Item, given: Given, there: bool) -> None:
    assert is_there(item, given, newest_wording=2) is there


def test_only_what_is_required_and_missing_is_owed() -> None:
    asks = {Item.DETAILS: Ask.MUST, Item.FINAL: Ask.MUST, Item.POSTER: Ask.MAY}
    assert owed(asks, Given(is_confirmed=True), 0) == (Item.FINAL,)
    assert owed(asks, Given(frozenset({Item.FINAL}), is_confirmed=True), 0) == ()


DUE, PAST = Deadline(NOW + timedelta(days=1), AOE), Deadline(NOW - timedelta(seconds=1), AOE)


@pytest.mark.parametrize(
    ("state", "due", "takes_late", "may_be_late", "may"),
    [
        (State.ACCEPTED, DUE, False, False, True),
        (State.CONFIRMED, None, False, False, True),
        (State.CONFIRMED, Deadline(NOW, AOE), False, False, True),
        (State.CONFIRMED, PAST, False, False, False),
        (State.CONFIRMED, PAST, True, False, True),
        (State.CONFIRMED, PAST, False, True, True),
        (State.REJECTED, DUE, True, True, False),
        (State.WITHDRAWN, DUE, True, True, False),
        (State.DECLINED, DUE, True, True, False),
        (State.SUBMITTED, DUE, True, True, False),
    ],
)
def test_when_something_can_be_handed_in(
    state: State, due: Deadline | None, takes_late: bool, may_be_late: bool, may: bool
) -> None:
    assert may_hand_in(state, due, NOW, takes_late=takes_late, may_be_late=may_be_late) is may


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        ("https://example.org/slides.pdf", True),
        ("https://bücher.example.org/a", True),
        ("http://example.org/", False),
        ("javascript:alert(1)", False),
        ("https://user:secret@example.org/", False),
        ("https://example.org:8443/", False),
        ("https://localhost/", False),
        ("https://example.org/a b", False),
        ("https://exa\nmple.org/", False),
        ("https://[::1]/", False),
        ("https://" + "a" * 1000 + ".org/", False),
        ("//example.org/", False),
        ("", False),
    ],
)
def test_links_are_https_addresses_of_public_hosts(typed: str, good: bool) -> None:
    assert is_link(typed) is good


WORKS = [Hanging(1, 10, 2, 5), Hanging(2, 11, 1, 7), Hanging(3, 12, 1, 6)]


def test_posters_are_numbered_by_track_then_by_submission() -> None:
    assert numbered(WORKS, {}) == {2: 1, 3: 2, 1: 3}


def test_posters_are_numbered_in_the_order_of_the_programme() -> None:
    assert numbered(WORKS, {}, by_session=True) == {1: 1, 3: 2, 2: 3}


def test_numbers_given_before_stay_and_new_posters_fill_the_gaps() -> None:
    assert numbered(WORKS, {3: 1, 1: 7}) == {3: 1, 1: 7, 2: 2}


def test_numbering_afresh_forgets_what_was_given() -> None:
    assert numbered(WORKS, {3: 1, 1: 7}, afresh=True) == {2: 1, 3: 2, 1: 3}


def test_a_number_of_a_poster_that_is_gone_is_free_again() -> None:
    assert numbered(WORKS, {99: 1})[2] == 1


def test_a_number_typed_twice_is_found() -> None:
    assert number_clashes({1: 4, 2: 4, 3: None, 4: None, 5: 6}) == {4}


def test_what_moved_is_told_with_before_and_after() -> None:
    assert moved({1: 1, 2: 2, 3: 3}, {1: 1, 2: 3, 4: 4}) == {2: (2, 3), 3: (3, None), 4: (None, 4)}


@pytest.mark.parametrize(
    ("act", "found"),
    [("up-1", [2, 1, 3]), ("down-1", [1, 3, 2]), ("up-0", [1, 2, 3]), ("down-2", [1, 2, 3]), ("up-x", [1, 2, 3]),
     ("sideways-1", [1, 2, 3])],
)  # fmt: skip
def test_rows_change_places(act: str, found: list[int]) -> None:
    assert reordered([1, 2, 3], act) == found


def test_a_list_with_somebody_twice_is_not_the_same_people() -> None:
    assert same_set([1, 2], [2, 1])
    assert not same_set([1, 2], [1, 1])
    assert not same_set([1, 2], [1, 2, 3])
