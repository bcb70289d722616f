"""The language of the search field: what is read how, and that nothing else than Misread ever comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop_manager.search.grammar import (
    DEEPEST,
    LONGEST,
    All,
    Either,
    Misread,
    Not,
    Number,
    Term,
    Words,
    parse,
    terms,
)

READ = [
    ("", None),
    ("   ", None),
    ("hate", Words("hate")),
    ('"hate speech"', Words("hate speech")),
    ("“hate   speech”", Words("hate speech")),
    ("hate speech", All((Words("hate"), Words("speech")))),
    ("hate OR speech", Either((Words("hate"), Words("speech")))),
    ("hate or speech", All((Words("hate"), Words("or"), Words("speech")))),
    ("#27", Number(27)),
    ("#27b", Words("#27b")),
    ("track:1", Term("track", ":", "1")),
    ("Track:1", Term("track", ":", "1")),
    ("track=1", Term("track", ":", "1")),
    ("score>3.5", Term("score", ">", "3.5")),
    ("score<=2", Term("score", "<=", "2")),
    ('author:"de la Cruz"', Term("author", ":", "de la Cruz")),
    ("-state:withdrawn", Not(Term("state", ":", "withdrawn"))),
    ("--a", Not(Not(Words("a")))),
    ("self-supervised", Words("self-supervised")),
    ("a - b", All((Words("a"), Words("-"), Words("b")))),
    ("a b OR c", Either((All((Words("a"), Words("b"))), Words("c")))),
    ("a (b OR c)", All((Words("a"), Either((Words("b"), Words("c")))))),
    ("-(a OR b)", Not(Either((Words("a"), Words("b"))))),
    ("florble:x", Term("florble", ":", "x")),
    ("https://example.org", Term("https", ":", "//example.org")),
    ("12:30", Words("12:30")),
    (
        'track:1 score>3 has:grant -state:withdrawn "hate speech"',
        All(
            (
                Term("track", ":", "1"),
                Term("score", ">", "3"),
                Term("has", ":", "grant"),
                Not(Term("state", ":", "withdrawn")),
                Words("hate speech"),
            )
        ),
    ),
]


@pytest.mark.parametrize(("query", "tree"), READ, ids=[query for query, _tree in READ])
def test_is_read_as(query, tree):
    assert parse(query) == tree


MISREAD = [
    ('"open', "quotation mark is opened"),
    ('""', "nothing between these quotation marks"),
    ("(a", "bracket is opened"),
    ("a)", "closing bracket"),
    (")", "closing bracket"),
    ("()", "nothing between these brackets"),
    ("a OR", "beside OR"),
    ("OR a", "beside OR"),
    ("a OR OR b", "beside OR"),
    ("track:", "missing after"),
    ("track: 1", "missing after"),
    ("a" * (LONGEST + 1), "room for"),
    ("a " * 60, "room for"),
    ("(" * 30 + "a" + ")" * 30, "nested too deep"),
    ("-" * 30 + "a", "nested too deep"),
]


@pytest.mark.parametrize(("query", "why"), MISREAD, ids=[query[:20] for query, _why in MISREAD])
def test_what_cannot_be_read_says_why_and_where(query, why):
    with pytest.raises(Misread) as misread:
        parse(query)
    assert why in misread.value.message
    assert 0 <= misread.value.at <= LONGEST


@given(st.text(max_size=LONGEST + 20))
def test_any_text_is_read_or_misread(query):
    _read(query)


@given(st.text(alphabet='ab:<>="()- OR#1“”', max_size=80))
def test_any_play_of_signs_is_read_or_misread(query):
    _read(query)


def _read(query):
    """Anything but Misread, or a sentence that does not take its values, fails the test."""
    try:
        list(terms(parse(query)))
    except Misread as misread:
        str(misread.message % misread.values)


def test_terms_come_from_left_to_right_however_deep():
    names = [term.name for term in terms(parse("a:1 -(b:2 OR (c:3 x)) d>4"))]
    assert names == ["a", "b", "c", "d"]
    assert parse("(" * DEEPEST + "a" + ")" * DEEPEST) == Words("a")
