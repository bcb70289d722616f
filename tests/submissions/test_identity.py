"""Who wrote it: names are found whatever a PDF made of them, and ordinary words are not names."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.shows import shows
from workshop_manager.submissions.identity import Hint, Sign, has_affiliation, has_name, hints, plain


@dataclass(frozen=True)
class Author:
    name: str = ""
    email: str | None = None
    affiliation: str | None = None


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("Ümmühan Yılmaz-Şahin", "Ummuhan Yilmaz Sahin"),
        ("Ümmühan Yılmaz-Şahin", "YILMAZ-ŞAHIN, Ümmühan"),
        ("Ümmühan Yılmaz", "¨Umm¨uhan Yılmaz"),
        ("José García", "Jos´e Garc´ ıa"),
        ("Nguyễn Thị Ánh Tuyết", "Nguyen Thi Anh Tuyet"),
        ("Nguyễn Thị Ánh Tuyết", "Tuyết Nguyễn Thị Ánh"),
        ("Fatima Al-Zahra", "A study\nFatima al\u2010Zahra\nAbstract"),
        ("Fatima Zahra", "by Fatima Zah-\nra and others"),
        ("Søren Ørsted", "Soren Orsted"),
        ("محمد بن عبد الرحمن", "الرحمن عبد بن محمد"),
        ("محمد بن عبد الرحمن", "دمحم نب دبع نمحرلا"),
        ("أحمد علي", "احمد علی"),
        ("李小龍", "作者：李小龍 大學"),
        ("김민수", "김 민수"),
        ("Wahyuni", "Whose Dialect?\nWahyuni"),
        ("Aïssatou N’Diaye", "Aissatou N'Diaye"),
        ("Mary J. Blige", "Mary J. Blige"),
        ("Mary J. Blige", "Mary Blige"),
    ],
)
def test_a_name_is_found_as_people_read_it(name: str, page: str) -> None:
    assert has_name(name, page)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("Wahyuni", "a\n" * 30 + "as Wahyuni (2020) showed"),
        ("Ali Khan", "Alibaba and Khandelwal measured it"),
        ("May Long", "This may be so before it takes too long"),
        ("Li Wei", "Li and others asked many things of the model and then Wei"),
        ("", "anything"),
        ("Amal", ""),
        ("X Y", "x y and z"),
        ("Noor Haddad", "the noor dataset of Beirut"),
    ],
)
def test_what_is_no_name_is_left_alone(name: str, page: str) -> None:
    assert not has_name(name, page)


@pytest.mark.parametrize(
    ("affiliation", "page", "found"),
    [
        ("Universitas Gadjah Mada", "Universitas Gadjah\nMada, Yogyakarta", True),
        ("UGM", "(1) UGM", True),
        ("UGM", "ugm is a word", False),
        ("Independent researcher", "an independent researcher", False),
        ("Université de Montréal", "Universite de Montreal", True),
        ("جامعة القاهرة", "القاهرة جامعة", True),
        ("University of Ghana", "a university in Ghana", False),
        ("東京大学", "東京 大学", True),
        ("", "x", False),
    ],
)
def test_an_institution_is_found_by_its_whole_name(affiliation: str, page: str, found: bool) -> None:
    assert has_affiliation(affiliation, page) is found


def facts(**values: Any) -> dict[str, Any]:
    return {"first_page": "", "links": [], "own": [], "thanks": None, "author": "", "title": ""} | values


@shows(
    "Files",
    "Authors are told what in their PDF tells who wrote it: metadata, names, addresses, institutions, own repositories",
)
def test_all_kinds_of_hints_are_found() -> None:
    page = "Whose Dialect?\nWahyuni, Universitas Gadjah Mada\nwahyuni@ugm.example.org\n{noor,ali}@cairo.example.org"
    seen = facts(
        first_page=page,
        author="wahyuni",
        title="Draft by Wahyuni",
        links=[["https://github.com/wahyuni-ugm/dialects", 2], ["https://arxiv.org/abs/1", 1]],
        own=[["our repository", 1]],
        thanks=3,
    )
    found = hints(seen, [Author("Wahyuni", "wahyuni@ugm.example.org", "Universitas Gadjah Mada")])
    assert found == [
        Hint(Sign.METADATA, "wahyuni"),
        Hint(Sign.METADATA, "Draft by Wahyuni"),
        Hint(Sign.NAME, "Wahyuni", 1),
        Hint(Sign.EMAIL, "{noor,ali}@cairo.example.org", 1),
        Hint(Sign.EMAIL, "wahyuni@ugm.example.org", 1),
        Hint(Sign.AFFILIATION, "Universitas Gadjah Mada", 1),
        Hint(Sign.LINK, "github.com/wahyuni-ugm/dialects", 2),
        Hint(Sign.OWN, "our repository", 1),
        Hint(Sign.THANKS, "", 3),
    ]


def test_an_anonymous_paper_has_no_hints() -> None:
    seen = facts(
        first_page="Whose Dialect?\nAnonymous submission\nAbstract", links=[["https://anonymous.4open.science/r/x", 1]]
    )
    assert hints(seen, [Author("Wahyuni", "w@example.org", "UGM")]) == []
    assert hints(None, [Author("Wahyuni")]) == []


def test_a_hundred_hints_are_cut() -> None:
    assert len(hints(facts(links=[[f"https://github.com/a/{n}", 1] for n in range(60)]), [])) == 12


def test_comparing_is_the_same_twice() -> None:
    for text in ("Ümmühan YILMAZ-Şahin", "O’Neill", "李 小龍"):
        assert plain(plain(text)) == plain(text)
