"""The book of abstracts: what is in it, and that every name is printed right."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.shows import keeps, shows
from workshop_manager.proceedings import printing
from workshop_manager.proceedings.book import (
    Facts,
    Labels,
    Work,
    by_track,
    digest,
    direction,
    document,
    index,
    sort_key,
)
from workshop_manager.proceedings.press.press import missing_text
from workshop_manager.proceedings.printing import PressFailed, printed
from workshop_manager.submissions.rules import PublicAuthor

AT = datetime(2026, 6, 1, tzinfo=UTC)
LABELS = Labels(
    "Book of abstracts", "Version 1", "Welcome", "Contents", "Authors", "● presents", "Anonymous", "Abstracts"
)
FACTS = Facts("Muslims in ML", "Muslims in ML 2026", "A morning", ("Friday", "New Orleans"), "Welcome all.", "#f5a623")

NAMES = {
    "Latin": "Ümmühan Yılmaz-Şahin",
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Yoruba": "Ọlá Ṣadé Ńjọ́kù",
    "Arabic": "محمد بن عبد الرحمن",
    "Persian": "گلناز پژوهش‌گر",
    "Urdu": "ٹیپو ڈوگر ہے",
    "Devanagari": "फ़ातिमा श्रीवास्तव",
    "Bengali": "রবীন্দ্রনাথ",
    "Tamil": "தமிழ்ச்செல்வி",
    "Telugu": "శ్రీనివాస్",
    "Thai": "สมชาย ใจดี",
    "Amharic": "አበበ ቢቂላ",
    "Hebrew": "שרה כהן",
    "Simplified Chinese": "王小汉",
    "Traditional Chinese": "李龍鐵",
    "Japanese": "山田花子カタカナ",
    "Korean": "김민수뷁",
    "Cyrillic": "Оксана Ґудзь",
    "Greek": "Δημήτρης",
    "Armenian": "Արամ",
    "Georgian": "გიორგი",
}


def work(number: int = 1, *authors: PublicAuthor, **values: Any) -> Work:
    given = {"title": f"Work {number}", "abstract": "We measure.", "track": "Any topic", "marks": ("Poster",)} | values
    return Work(number=number, authors=authors or (PublicAuthor("Wahyuni", "UGM", True),), **given)


def book(*works: Work, **facts: str) -> dict[str, Any]:
    return document(replace(FACTS, **facts), works, LABELS)  # type: ignore[arg-type]


def shapes(pdf: bytes) -> str:
    """All text of the document as a reader of the file gets it."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


@shows("Proceedings", "The book of abstracts prints Arabic, Devanagari, Chinese, Japanese and Korean names right")
def test_names_of_every_script_are_printed() -> None:
    works = [work(n, PublicAuthor(name, "UGM", False)) for n, name in enumerate(NAMES.values(), 1)]
    made = printed(book(*works), AT)
    # typst itself refuses PDF/UA with a glyph that has no picture; what it refused would be named here.
    assert made.unprintable == ()
    text = shapes(made.pdf)
    for script in ("Latin", "Vietnamese", "Simplified Chinese", "Traditional Chinese", "Japanese", "Korean", "Cyrillic",
                   "Amharic", "Greek", "Armenian", "Georgian"):  # fmt: skip
        assert NAMES[script] in text, script


@pytest.mark.parametrize("script", NAMES)
def test_each_script_has_a_font_of_ours(script: str, tmp_path: Any) -> None:
    """Without the fonts of the machine: what prints here prints anywhere."""
    source = tmp_path / "name.typ"
    source.write_text('#set document(title: "n")\n#set text(font: json(bytes(sys.inputs.fonts)))\n#sys.inputs.name')
    program = (
        "import json, sys, typst\n"
        "typst.compile(sys.argv[1], font_paths=[sys.argv[2]], ignore_system_fonts=True, format='pdf',"
        " pdf_standards='ua-1', sys_inputs=json.loads(sys.argv[3]))"
    )
    inputs = json.dumps({"name": NAMES[script], "fonts": json.dumps(list(printing.FONTS))})
    fonts = str(printing.PROGRAM.parent / "fonts")
    done = subprocess.run([sys.executable, "-c", program, str(source), fonts, inputs], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-500:]


def shapes_of_letters(pdf: bytes) -> int:
    """How many different glyphs of the Arabic font the file draws, `.notdef` left out."""
    found: set[int] = set()
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            if "Naskh" in inner["/BaseFont"]:
                listed = list(inner["/W"])  # first, last, width; first, last, width (ISO 32000-2, 9.7.4.3)
                for first, last in zip(listed[::3], listed[1::3], strict=True):
                    found |= set(range(int(first), int(last) + 1))
    return len(found - {0})


def test_arabic_letters_are_joined() -> None:
    joined, apart = (printed(book(work(1, PublicAuthor(name))), AT).pdf for name in ("ببببب", "ب ب ب"))
    # One letter: alone it has one shape, in a word it has those of the beginning, the middle and the end.
    assert shapes_of_letters(apart) == 1
    assert shapes_of_letters(joined) == 3


def test_arabic_is_drawn_from_right_to_left() -> None:
    text = shapes(printed(book(work(1, PublicAuthor(NAMES["Arabic"]))), AT).pdf)
    # The file holds what is drawn from left to right: the last word first.
    assert " ".join(reversed(NAMES["Arabic"].split())) in text


def test_a_letter_that_no_font_has_is_named_and_the_book_is_made_all_the_same() -> None:
    made = printed(book(work(1, PublicAuthor("\u0378bba"), title="An unknown \u0379 sign")), AT)
    assert set("".join(made.unprintable)) == {"\u0378", "\u0379"}
    assert "An unknown" in shapes(made.pdf)


@keeps("I10")
@shows("Proceedings", "Nothing that people type is read as a command when the book is set in type")
@pytest.mark.parametrize(
    "typed",
    [
        '#read("/etc/passwd")',
        "#panic()",
        "$ x^2 $",
        "*bold* _it_ `raw`",
        "#import sys",
        '"#(1 + 1)',
        "\\u{41}",
        "@w1",
        "<w1>",
    ],
)
def test_what_people_type_is_printed_as_it_is(typed: str) -> None:
    made = printed(book(work(1, PublicAuthor(typed, typed), title=typed, abstract=typed, track=typed), name=typed), AT)
    assert made.unprintable == ()
    assert shapes(made.pdf).replace("\n", " ").count(typed) >= 4


@shows("Proceedings", "The book has cover, contents, abstracts by track with affiliations, and an index of authors")
def test_the_book_has_its_parts() -> None:
    both = (PublicAuthor("Wahyuni", "UGM", True), PublicAuthor("Noor", "Cairo; UGM", False))
    made = printed(book(work(1, *both, track="One"), work(2, PublicAuthor("Noor", "Cairo"), track="Two")), AT)
    pages = [page.extract_text() for page in PdfReader(BytesIO(made.pdf)).pages]
    assert made.pages == len(pages) == 5
    assert "Muslims in ML 2026" in pages[0]
    assert "New Orleans" in pages[0]
    assert "Version 1" in pages[0]
    assert "Welcome all." in pages[1]
    assert "Work 1" in pages[1]
    assert "Work 2" in pages[1]
    assert "#1 · Poster" in pages[2]
    assert "UGM" in pages[2]
    assert "Authors" in pages[4]
    assert "Noor" in pages[4]
    metadata = PdfReader(BytesIO(made.pdf)).metadata
    assert metadata is not None
    assert metadata.title == "Muslims in ML 2026: Book of abstracts"
    assert not metadata.author


def test_the_same_book_is_the_same_bytes() -> None:
    assert printed(book(work()), AT).pdf == printed(book(work()), AT).pdf


def test_authors_of_one_institution_need_no_marks() -> None:
    made = document(FACTS, [work(1, PublicAuthor("A", "UGM"), PublicAuthor("B", "UGM"))], LABELS)
    authors = made["tracks"][0]["works"][0]["authors"]
    assert [author["marks"] for author in authors] == [[], []]


@shows("Submissions", "An author has several affiliations, parted by semicolons; each institution is numbered once")
def test_several_institutions_are_numbered_in_the_order_of_the_authors() -> None:
    made = document(FACTS, [work(1, PublicAuthor("A", "UGM; Cairo"), PublicAuthor("B", "Cairo"))], LABELS)
    printed_work = made["tracks"][0]["works"][0]
    assert [author["marks"] for author in printed_work["authors"]] == [[1, 2], [2]]
    assert [where["text"] for where in printed_work["affiliations"]] == ["UGM", "Cairo"]


def test_the_index_leaves_out_whoever_is_not_named() -> None:
    works = [work(1, PublicAuthor(None), PublicAuthor("Zoë")), work(2, PublicAuthor("ångström"), PublicAuthor("Zoë"))]
    assert index(works) == [{"name": "ångström", "refs": ["w2"]}, {"name": "Zoë", "refs": ["w1", "w2"]}]


def test_works_without_a_track_stand_under_abstracts() -> None:
    assert [name for name, _works in by_track([work(1, track=""), work(2, track="B")], "Abstracts")] == [
        "Abstracts",
        "B",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [("abc", "ltr"), ("123 محمد", "rtl"), ("(שרה)", "rtl"), ("BERT محمد", "ltr"), ("123", "ltr"), ("", "ltr")],
)
def test_a_text_begins_where_its_script_begins(text: str, found: str) -> None:
    assert direction(text) == found


def test_the_digest_does_not_depend_on_the_version() -> None:
    first, second = document(FACTS, [work()], LABELS), document(FACTS, [work()], replace(LABELS, version="Version 2"))
    assert first != second
    assert digest(first) == digest(second)
    assert digest(first) != digest(document(FACTS, [work(title="Another")], LABELS))


def test_names_are_sorted_whatever_their_accents() -> None:
    assert sorted(["Zoe", "Émile", "eve", "Adil"], key=sort_key) == ["Adil", "Émile", "eve", "Zoe"]


def test_the_message_of_a_missing_letter_is_read() -> None:
    assert missing_text('PDF/UA-1 error: the text `"\\u{e000}\\""` could not be displayed with font `"X"`') == '\ue000"'
    assert missing_text("expected expression") is None


def test_a_press_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(PressFailed, match="too long"):
        printed(book(work()), AT, wall_seconds=0.01)


def test_data_that_cannot_be_set_is_a_failure_with_its_reason() -> None:
    broken = book(work()) | {"accent": "no colour"}
    with pytest.raises(PressFailed, match="color"):
        printed(broken, AT)
