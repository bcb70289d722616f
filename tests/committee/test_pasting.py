"""Lists as people paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop_manager.committee.pasting import Pasted, Unread, read

FORMS = {
    "amal@uni.edu": Pasted("amal@uni.edu"),
    "Amal Bello <amal@uni.edu>": Pasted("amal@uni.edu", "Amal Bello"),
    '"Bello, Amal" <amal@uni.edu>': Pasted("amal@uni.edu", "Amal Bello"),
    "Bello, Amal <amal@uni.edu>": Pasted("amal@uni.edu", "Amal Bello"),
    "Amal Bello amal@uni.edu": Pasted("amal@uni.edu", "Amal Bello"),
    "Amal Bello, amal@uni.edu": Pasted("amal@uni.edu", "Amal Bello"),
    "Amal Bello; amal@uni.edu": Pasted("amal@uni.edu", "Amal Bello"),
    "Amal\tBello\tamal@uni.edu": Pasted("amal@uni.edu", "Amal Bello"),
    "amal@uni.edu, Amal Bello": Pasted("amal@uni.edu", "Amal Bello"),
    "amal@uni.edu (Amal Bello)": Pasted("amal@uni.edu", "Amal Bello"),
    "<mailto:amal@uni.edu>": Pasted("amal@uni.edu"),
    "  • Amal Bello <amal@uni.edu>,": Pasted("amal@uni.edu", "• Amal Bello"),
    "1. amal@uni.edu": Pasted("amal@uni.edu"),
    "عائشة الحضرمي <aicha@uni.om>": Pasted("aicha@uni.om", "عائشة الحضرمي"),
}


@pytest.mark.parametrize("line", FORMS)
def test_every_common_form_of_a_line_is_read(line: str) -> None:
    people, unread = read(line)
    assert [(one.address, one.name.removeprefix("• ")) for one in people] == [
        (FORMS[line].address, FORMS[line].name.removeprefix("• "))
    ]
    assert unread == []


@pytest.mark.parametrize("between", [", ", ";", "\t"])
def test_what_follows_the_address_in_columns_without_heads_is_the_affiliation(between: str) -> None:
    people, _unread = read(between.join(("Amal Bello", "amal@uni.edu", "Atoll University")))
    assert people == [Pasted("amal@uni.edu", "Amal Bello", "Atoll University")]


def test_several_people_stand_in_one_line() -> None:
    people, _unread = read("Amal Bello <amal@uni.edu>, Idris <idris@other.org>; zed@x.net")
    assert people == [Pasted("amal@uni.edu", "Amal Bello"), Pasted("idris@other.org", "Idris"), Pasted("zed@x.net")]


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_table_with_heads_is_read_by_its_heads(between: str) -> None:
    rows = [
        ["Last name", "First name", "E-mail", "Affiliation"],
        ["Bello", "Amal", "amal@uni.edu", "University of Nairobi"],
        ["Haque", "Farzana", "", "Delta"],
    ]
    people, unread = read("\n".join(between.join(row) for row in rows))
    assert people == [Pasted("amal@uni.edu", "Amal Bello", "University of Nairobi")]
    assert [line.line for line in unread] == [3]


def test_an_address_stands_once_with_the_fullest_name() -> None:
    people, _unread = read("amal@uni.edu\nAMAL@uni.edu, Amal Bello\nAmal B. <amal@uni.edu>")
    assert people == [Pasted("AMAL@uni.edu", "Amal Bello")]


def test_lines_without_an_address_are_named() -> None:
    people, unread = read("Name, Email\nAmal <amal@uni.edu>\n\nSomebody at home\n")
    assert [one.address for one in people] == ["amal@uni.edu"]
    assert unread == [Unread(4, "Somebody at home")]


@given(st.text(max_size=300))
def test_nothing_pasted_breaks_it(text: str) -> None:
    people, _unread = read(text)
    assert all("@" in one.address for one in people)
