"""Names of tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop_manager.search.grammar import Term, parse
from workshop_manager.search.rules import LONGEST_TAG, TINTS, tag_name, tint_of

NAMES = [
    ("Needs talk", "needs-talk"),
    ("#needs-talk", "needs-talk"),
    ("  very   good  ", "very-good"),
    ('"quoted" (a:b)', "quoted-a-b"),
    ("--", ""),
    ("", ""),
    ("Größe", "größe"),
    ("مهم", "مهم"),
    ("x" * 60, "x" * LONGEST_TAG),
]


@pytest.mark.parametrize(("typed", "name"), NAMES, ids=[typed[:12] for typed, _name in NAMES])
def test_a_tag_is_kept_as(typed, name):
    assert tag_name(typed) == name


@given(st.text(max_size=80))
def test_a_kept_tag_stays_as_it_is_and_can_be_searched_for(typed):
    name = tag_name(typed)
    assert tag_name(name) == name
    assert 0 <= tint_of(name) < TINTS
    if name:
        assert parse(f"tag:{name}") == Term("tag", ":", name)
