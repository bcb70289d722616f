"""Text that people typed: cleaned without losing anything visible, counted alike on the server and in the browser."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workshop_manager
from workshop_manager.core.text import clean_line, clean_text, count_words, isolated

WORDS_JS = Path(workshop_manager.__file__).parent / "static" / "js" / "words.js"

# Characters that matter here, far more often than chance would bring them.
ODD = (
    "\0\t\n\r\x0b\x0c\x1c\x1f \x7f\x85\xa0\xad\u0301\u034f\u061c\u115f\u1680\u180e"
    "\u2000\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2066\u2067\u2068\u2069\u3000\u3164\ufeff\ufffe\ufff9"
    "éße\u0301aב٣½²一—-'’_.😀\U0001f468\U000e0041\U0001ffff"
)
typed = st.text(st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=[])), max_size=60)


@given(typed)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_line(clean_text(text)) == clean_line(text)


@given(typed)
def test_clean_text_can_be_stored_and_turns_nothing_around(text: str) -> None:
    clean = clean_text(text)
    clean.encode("utf-8")
    assert clean == clean.strip() == unicodedata.normalize("NFC", clean)
    assert not [sign for sign in clean if unicodedata.category(sign) == "Cc" and sign not in "\n\t"]
    assert not set(clean) & set("\u202a\u202b\u202c\u202d\u202e\u2028\u2029\ufeff")
    for line in clean.split("\n"):
        depth = 0
        for sign in line:
            depth += (sign in "\u2066\u2067\u2068") - (sign == "\u2069")
            assert depth >= 0
        assert depth == 0


@given(typed)
def test_a_clean_line_is_one_line(text: str) -> None:
    line = clean_line(text)
    assert len(line.splitlines()) <= 1
    assert "  " not in line
    assert line == line.strip()


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=40))
def test_nothing_visible_is_lost(text: str) -> None:
    blank = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u2800"))
    if text.translate(blank):
        assert clean_text(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Anna\tSmith \n", "Anna\tSmith"),
        ("one\r\ntwo\rthree\u2028four\u2029five\x0bsix\x85seven", "one\ntwo\nthree\nfour\nfive\nsix\nseven"),
        ("e\u0301", "é"),
        ("a\0b\x07c\x9bd", "abcd"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("\u2067שלום\u2069!", "\u2067שלום\u2069!"),
        ("\u2067open\nnext", "\u2067open\u2069\nnext"),
        ("stray\u2069", "stray"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🔬 José", "👩\u200d🔬 José"),
        ("\ufeffbyte order", "byte order"),
        ("half \ud83d pair", "half  pair"),
        ("\u200b\u200e\u2066\u2069 \u3164", ""),
        ("", ""),
    ],
)
def test_clean_text_of(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_a_line_joins_what_was_pasted_as_several() -> None:
    assert clean_line(" A Title\r\n  on two\u00a0 lines ") == "A Title on two lines"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  \n\t ", 0),
        ("Hello, world!", 2),
        ("a - b — c", 3),
        ("state-of-the-art isn't 3.5%", 3),
        ("non\u00a0breaking\u3000space\u2028line\x85next", 5),
        ("not\ufeffa\u200bspace", 1),
        ("\x1cone\x1fword", 1),
        ("½ ² ٣ Ⅳ", 4),
        ("😀 … ***", 0),
        ("مرحبا بالعالم", 2),
        ("我们提出了一种方法", 1),
        ("\u0301 e\u0301", 1),
        ("\ud83d", 0),
    ],
)
def test_words_are_pieces_with_a_letter_or_number(text: str, words: int) -> None:
    assert count_words(text) == words


@given(
    st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), max_size=30),
    st.sampled_from(" \n\t\u00a0\u2003"),
)
def test_words_joined_by_white_space_are_all_counted(words: list[str], space: str) -> None:
    assert count_words(space.join(words)) == len(words)


def test_the_browser_counts_the_same_words() -> None:
    node = shutil.which("node")
    if node is None:
        assert not os.environ.get("CI"), "node is missing"  # elsewhere a newcomer may do without it
        pytest.skip("node is not on PATH: install it to compare static/js/words.js with core/text.py")
    chance = random.Random(2023)
    # Only characters that Python's tables know: a newer node knows letters that this Python does not.
    known = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) != "Cn"]
    samples = [
        "".join(chance.choice(known if chance.random() < 0.4 else ODD + "abc 12 ") for _ in range(chance.randrange(60)))
        for _ in range(300)
    ]
    # All white space and its neighbours, each alone between two letters.
    samples += [f"a{chr(code)}b" for code in (*range(0x100), *range(0x1FF0, 0x2070), 0x1680, 0x180E, 0x3000, 0xFEFF)]
    module = base64.b64encode(WORDS_JS.read_bytes()).decode()
    program = (
        f"import {{ countWords }} from 'data:text/javascript;base64,{module}';"
        "let text = ''; for await (const part of process.stdin.setEncoding('utf8')) text += part;"
        "console.log(JSON.stringify(JSON.parse(text).map(countWords)));"
    )
    done = subprocess.run(
        [node, "--input-type=module", "--eval", program],
        input=json.dumps(samples).encode(), capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    there = json.loads(done.stdout)
    here = [count_words(sample) for sample in samples]
    differing = [
        (sample, ours, theirs) for sample, ours, theirs in zip(samples, here, there, strict=True) if ours != theirs
    ]
    assert differing == []


FSI, PDI = "\u2068", "\u2069"


@pytest.mark.parametrize(
    "text", ["", "Red teaming", "Ünïcödé — 你好", "12 December, 09:00", f"A talk on {FSI}שלום{PDI}"]
)
def test_what_reads_from_left_to_right_stays_as_it_is_in_a_sentence(text: str) -> None:
    assert isolated(text) == text


@pytest.mark.parametrize("text", ["שלום", "مرحبا", "On “مرحبا”", "مؤتمر 2026", "٣", "\u200fA"])
def test_what_reads_from_right_to_left_is_isolated_once(text: str) -> None:
    assert isolated(text) == f"{FSI}{text}{PDI}"
    assert isolated(isolated(text)) == isolated(text)


def test_a_text_cannot_end_its_own_isolate() -> None:
    assert isolated(f"{PDI}שלום{FSI}") == f"{FSI}שלום{FSI}{PDI}{PDI}"


def test_each_line_is_isolated_by_itself() -> None:
    assert isolated("שלום\nhello") == f"{FSI}שלום{PDI}\nhello"


@given(typed)
def test_isolating_takes_nothing_away(text: str) -> None:
    clean = clean_text(text)
    assert re.sub(f"[{FSI}{PDI}]", "", isolated(clean)) == re.sub(f"[{FSI}{PDI}]", "", clean)
