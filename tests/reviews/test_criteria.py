"""What a review form asks and what answers amount to: plain values, and the file that is taken along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shows import keeps, shows
from workshop_manager.reviews import criteria, offline
from workshop_manager.reviews.criteria import BadSteps, Form, Item
from workshop_manager.reviews.offline import Sheet
from workshop_manager.reviews.states import Audience, ItemKind

SCORE = Item("score", ItemKind.SCALE, "Overall", weight=1, steps=("a", "b", "c", "d", "e", "f"))
CLEAR = Item("clear", ItemKind.SCALE, "Clarity", weight=3, low=0, steps=("muddled", "fair", "clear"))
TEXT = Item("text", ItemKind.TEXT, "For the authors", audience=Audience.AUTHORS, words=5)
REMARK = Item("remark", ItemKind.TEXT, "For the chairs", audience=Audience.CHAIRS, required=False)
FITS = Item("fits", ItemKind.CHOICE, "Does it fit?", required=False, steps=("Yes", "No"))
ADVICE = Item("advice", ItemKind.ADVICE, "What would you make of it?")
FORM = Form((SCORE, ADVICE, CLEAR, FITS, TEXT, REMARK), "Be kind.")


@shows(
    "Review and decisions", "Scores are weighted, scales of any number of steps are stretched to one, and 1 to 6 told"
)
@pytest.mark.parametrize(
    ("answers", "average"),
    [
        ({"score": 6, "clear": 2}, 6.0),
        ({"score": 1, "clear": 0}, 1.0),
        ({"score": 6, "clear": 0}, (6 + 3 * 1) / 4),
        ({"score": 4}, 4.0),
        ({"clear": 1}, 3.5),
        ({"score": 9, "clear": "2"}, None),
        ({}, None),
    ],
)
def test_the_weighted_average(answers, average):
    assert criteria.weighted(FORM, answers) == average


def test_what_is_missing_or_too_long():
    assert criteria.missing(FORM, {}) == ["score", "advice", "clear", "text"]
    assert criteria.missing(FORM, {"score": 7, "advice": "oral", "clear": 0, "text": " \n"}) == ["score", "text"]
    assert criteria.too_long(FORM, {"text": "one two three four five six"}) == {"text": 6}
    assert criteria.too_long(FORM, {"text": "one two three four five"}) == {}


@keeps("A9")
@shows("Review and decisions", "Each answer of a review has its readers: authors, reviewers, or chairs only")
@pytest.mark.parametrize(
    ("reader", "keys"),
    [
        (Audience.AUTHORS, ["text"]),
        (Audience.REVIEWERS, ["score", "advice", "clear", "fits", "text"]),
        (Audience.CHAIRS, ["score", "advice", "clear", "fits", "text", "remark"]),
    ],
)
def test_who_reads_what(reader, keys):
    assert [item.key for item in criteria.read_by(FORM, reader)] == keys


def test_a_form_is_stored_and_read_as_it_was():
    assert criteria.from_json(criteria.to_json(FORM)) == FORM


def test_questions_are_added_moved_and_removed():
    assert FORM.free_key("Clear?") == "clear-2"
    assert FORM.free_key("پرسش") == "question"
    assert FORM.free_key("text") == "text-2"
    assert [i.key for i in FORM.moved("advice", -1).items][:2] == ["advice", "score"]
    assert FORM.moved("score", -1) == FORM
    assert FORM.without("clear").find("clear") is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3: strong\n2: fair\n1: weak", (1, ("weak", "fair", "strong"))),
        ("0 - no\n1) yes", (0, ("no", "yes"))),
        ("1:\n2:", (1, ("", ""))),
    ],
)
def test_steps_are_read_in_either_direction(text, read):
    assert criteria.read_steps(text) == read


@pytest.mark.parametrize(
    "text", ["", "1: alone", "strong\nweak", "1: a\n1: b", "1: a\n3: c", "\n".join(f"{n}: x" for n in range(12))]
)
def test_steps_that_make_no_scale_are_refused(text):
    with pytest.raises(BadSteps):
        criteria.read_steps(text)


# -- the file


WORDS = {"authors": "", "reviewers": "", "chairs": "", "optional": "optional", "most": "{most}"}


def written(answers, number=12, version=3):
    return offline.write([Sheet(number, version, "A title", "An abstract", FORM, answers)], WORDS, ["Explained"], {})


@given(
    st.dictionaries(
        st.sampled_from(["text", "remark"]),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60),
    ),
    st.integers(1, 6),
)
def test_what_is_written_into_a_file_comes_back(texts, score):
    texts = {key: offline.clean_text(text) for key, text in texts.items()}
    answers = {"score": score, "clear": 0, "advice": "oral", "fits": 2} | texts
    read = offline.read(written(answers))
    assert read.problems == ()
    found, problems = offline.understand(FORM, read.reviews[0].answers)
    assert (found, problems) == ({k: v for k, v in answers.items() if v not in (None, "")}, [])
    assert (read.reviews[0].number, read.reviews[0].version) == (12, 3)


@shows("Review and decisions", "An offline form says of every field what could not be read, with its line")
def test_every_doubt_about_a_file_is_named():
    text = written({}).replace("==*== score\n", "==*== score\nseven\n").replace("==*== fits\n", "==*== fits\nno\n")
    text = f"By the way\n{text}\n==*== nonsense here\n{text}"
    read = offline.read(text)
    assert read.problems[0][0] == 1
    assert any("is none of ours" in sentence for _line, sentence in read.problems)
    assert any("stands in the file twice" in sentence for _line, sentence in read.problems)
    found, problems = offline.understand(FORM, read.reviews[0].answers)
    assert found == {"fits": 2}
    assert problems == [("Overall", "“seven” is no whole number from 1 to 6.")]
    assert offline.understand(FORM, {"gone": "words", "advice": "gold"})[1] == [
        ("gone", "The form does not ask this any more, so it is left out."),
        ("What would you make of it?", "“gold” is none of oral, lightning, poster, decline."),
    ]
    assert offline.read("").problems == ((1, "There is no review in this file."),)


def test_lines_like_marks_survive():
    assert offline.read(written({"text": "==*== score\n#! not a note\n\\ back"})).reviews[0].answers[
        "text"
    ].strip() == ("==*== score\n#! not a note\n\\ back")


@pytest.mark.parametrize("data", [b"\x80\x81\x82", b"x" * 1_000_001])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(offline.Unreadable):
        offline.decode(data)
    assert offline.decode("ä".encode("utf-16")) == "ä"
    assert offline.decode(b"\xef\xbb\xbfa") == "a"
