"""The browser's twins of two rules: which questions are asked, and how words are counted."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shows import shows
from workshop_manager.core.text import count_words
from workshop_manager.questions import rules
from workshop_manager.questions.content import Asked, Condition
from workshop_manager.questions.states import Kind

pytestmark = pytest.mark.browser
JS = Path(__file__).resolve().parents[2] / "workshop_manager/static/js"


@pytest.fixture(scope="module")
def page(chromium: Any) -> Any:
    """A page that has both modules at hand."""
    context = chromium.new_context()
    opened = context.new_page()
    for name in ("words", "asked"):
        source = (JS / f"{name}.js").read_text(encoding="utf-8").replace("export function", "function")
        function = {"words": "countWords", "asked": "shown"}[name]
        opened.add_script_tag(content=f"(() => {{ {source}\nwindow.{function} = {function}; }})();")
    yield opened
    context.close()


# Letters newer than Python's own tables are none for it.
_TEXT = st.text(st.characters(exclude_categories=["Cn", "Cs"]), max_size=80)
_SPACED = st.lists(
    st.one_of(_TEXT, st.sampled_from(["a", "1", "—", "\u00a0", "\u0085", "\ufeff", "\u200b", "\u3000", "\x1c", "ﷺ"])),
    max_size=30,
).map("".join)


@given(st.lists(_SPACED, min_size=1, max_size=40))
@shows("Submissions", "Word limits are counted alike in browser and server, with a live counter")
def test_chromium_counts_the_words_of_any_text_as_the_server_does(page: Any, texts: list[str]) -> None:
    assert page.evaluate("(texts) => texts.map(window.countWords)", texts) == [count_words(text) for text in texts]


_OPTIONS = {"1": "Red", "2": "Green"}


@st.composite
def _forms(draw: Any) -> tuple[list[Asked], dict[int, Any], set[str]]:
    """Questions that hang on each other in every way, circles too, with answers and scopes."""
    numbers = list(range(1, draw(st.integers(1, 6)) + 1))
    questions = []
    for number in numbers:
        kind = draw(st.sampled_from([Kind.YES_NO, Kind.CHOICE, Kind.MANY, Kind.SHORT]))
        on = draw(st.one_of(st.none(), st.sampled_from([*numbers, 9])))
        values = draw(st.sets(st.sampled_from(["yes", "no", "1", "2"]), max_size=2))
        scopes = draw(st.sets(st.sampled_from(["track:1", "track:2", "type:own", "type:5"]), max_size=3))
        condition = None if on is None else Condition(on, frozenset(values))
        options = _OPTIONS if kind in (Kind.CHOICE, Kind.MANY) else {}
        questions.append(Asked(number, kind, "?", options=options, scopes=frozenset(scopes), condition=condition))
    answers = {one.id: draw(_ANSWERS[one.kind]) for one in questions}
    given_scopes = draw(st.sets(st.sampled_from(["track:1", "track:2", "type:own", "type:5"])))
    return questions, {number: value for number, value in answers.items() if value is not None}, given_scopes


_ANSWERS = {
    Kind.YES_NO: st.sampled_from([True, False, None]),
    Kind.CHOICE: st.sampled_from(["1", "2", None]),
    Kind.MANY: st.sampled_from([["1"], ["1", "2"], None]),
    Kind.SHORT: st.sampled_from(["text", None]),
}


@given(_forms())
def test_chromium_shows_the_questions_that_the_server_asks(
    page: Any, drawn: tuple[list[Asked], dict[int, Any], set[str]]
) -> None:
    questions, answers, given_scopes = drawn
    items = [
        {
            "field": one.field,
            "scopes": sorted(one.scopes),
            "on": f"q{one.condition.on}" if one.condition else "",
            "values": sorted(one.condition.values) if one.condition else [],
        }
        for one in questions
    ]
    said = {}
    for one in questions:
        value = answers.get(one.id)
        said[one.field] = None if value is None else sorted(rules.tokens(one, value)) or ["something"]
    there = page.evaluate(
        "([items, answers, given]) => [...window.shown(items, answers, new Set(given))]",
        [items, said, sorted(given_scopes)],
    )
    here = [one.field for one in rules.shown(questions, answers, given_scopes)]
    assert there == here, json.dumps([items, said, sorted(given_scopes)])
