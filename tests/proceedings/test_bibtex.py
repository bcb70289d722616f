"""Entries that BibTeX reads as they are meant, whatever people are called."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shows import keeps, shows
from workshop_manager.proceedings.bibtex import Entry, Source, bibliography, escaped, name

SOURCE = Source("musiml2026", "Muslims in ML 2026, NeurIPS 2026", 2026, 12, "New Orleans", "https://x.example.org/p")


def parsed(text: str) -> list[dict[str, str]]:
    """A small reader of BibTeX, by its own rule: braces are counted, whatever stands before them."""
    found, place = [], 0
    while (start := text.find("@", place)) >= 0:
        kind, rest = text[start + 1 :].split("{", 1)
        key, rest = rest.split(",", 1)
        entry, depth, field, value = {"kind": kind, "key": key}, 0, "", ""
        for position, sign in enumerate(rest):
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
            if depth < 0 or (sign == "," and depth == 0):
                if field.strip():
                    entry[field.strip()] = value.strip()[1:-1] if value.strip().startswith("{") else value.strip()
                field = value = ""
                if depth < 0:
                    place = start + 1 + len(kind) + 1 + len(key) + 1 + position + 1
                    break
            elif sign == "=" and depth == 0 and not value:
                field, value = value + field, " "
            elif value:
                value += sign
            else:
                field += sign
        found.append(entry)
    return found


@shows("Proceedings", "BibTeX of the accepted works is written so that no name or title can break it")
def test_an_entry_reads_as_it_was_written() -> None:
    work = Entry(27, "Whose Dialect Is Default?", ("Wahyuni", "Nguyễn Thị Ánh Tuyết"), "We measure.", "Poster")
    (entry,) = parsed(bibliography([work], SOURCE))
    assert entry["kind"] == "inproceedings"
    assert entry["key"] == "musiml2026-27"
    assert entry["title"] == "{Whose Dialect Is Default?}"
    assert entry["author"] == "Wahyuni and Nguyễn Thị Ánh Tuyết"
    assert entry["booktitle"] == "Muslims in ML 2026, NeurIPS 2026"
    assert (entry["year"], entry["month"], entry["address"]) == ("2026", "dec", "New Orleans")


@keeps("I10")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100 % of {it} costs $5 & #1_a", r"100 \% of \textbraceleft{}it\textbraceright{} costs \$5 \& \#1\_a"),
        (r"\input{/etc/passwd}", r"\textbackslash{}input\textbraceleft{}/etc/passwd\textbraceright{}"),
        ("a\nb\tc", "a b c"),
        ("~^", r"\textasciitilde{}\textasciicircum{}"),
        ("محمد 李 𒀀", "محمد 李 𒀀"),
    ],
)
def test_what_tex_would_act_on_is_printed_instead(text: str, found: str) -> None:
    assert escaped(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wahyuni", "Wahyuni"),
        ("Group of A and B", "{Group of A and B}"),
        ("Yılmaz, Ümmühan", "{Yılmaz, Ümmühan}"),
        ("Anderson", "Anderson"),
        ("AND gate", "{AND gate}"),
    ],
)
def test_a_name_stays_one_name(text: str, found: str) -> None:
    assert name(text) == found


def test_a_work_that_names_nobody_has_no_empty_author() -> None:
    (entry,) = parsed(bibliography([Entry(1, "T", (), "", "")], SOURCE))
    assert "author" not in entry
    assert "abstract" not in entry
    assert "note" not in entry


@given(st.lists(st.text(min_size=1), min_size=1, max_size=3), st.text(), st.text())
def test_no_text_can_end_an_entry(names: list[str], title: str, abstract: str) -> None:
    works = [Entry(n, title, tuple(names), abstract, "") for n in (1, 2)]
    text = bibliography(works, SOURCE)
    assert text.count("{") == text.count("}")
    assert len(re.findall(r"^@inproceedings\{musiml2026-[12],$", text, re.MULTILINE)) == 2
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
