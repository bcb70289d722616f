"""What is read of a good PDF, and what is said of it: fonts, formats, references, and who wrote it."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from reportlab.lib.pagesizes import A4, LETTER, landscape
from reportlab.pdfgen.canvas import Canvas

from tests.shows import keeps, shows
from workshop_manager.calls.rules import Limits
from workshop_manager.calls.states import Blinding
from workshop_manager.submissions.identity import Hint, Sign
from workshop_manager.submissions.papers import checks, hint_check, length
from workshop_manager.submissions.pdf import Inspection, inspect_safely, is_personal

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.fixture
def app_context(_shared_app: Any) -> Any:
    with _shared_app.test_request_context("/"):
        yield


def paper(*pages: str, size: tuple[float, float] = A4, sizes: Any = None, author: str = "") -> bytes:
    """A PDF with these texts, a page each."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=size)
    if author:
        canvas.setAuthor(author)
    for place, text in enumerate(pages):
        canvas.setPageSize(sizes[place] if sizes else size)
        lines = canvas.beginText(72, (sizes[place] if sizes else size)[1] - 72)
        for line in text.splitlines():
            lines.textLine(line)
        canvas.drawText(lines)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def seen(data: bytes) -> Inspection:
    found = inspect_safely(data, file_name="a.pdf", max_bytes=2**23, max_pages_total=None)
    assert found.problems == ()
    return found


LIMITS = Limits(words=250, needs_pdf=True, pages=2, reference_pages=1)


@shows("Files", "Pages of the paper and pages of references are told apart and said in plain words")
@pytest.mark.parametrize(
    ("pages", "told"),
    [
        (("Text", "Text", "References\n[1] A"), (2, 1)),
        (("Text", "Text\nReferences\n[1] A", "[2] B"), (2, 1)),
        (("Text", "Text", "More\n5. REFERENCES\n[1] A"), (3, 0)),
        (("Text", "Bibliography:\n[1] A", "[2] B"), (1, 2)),
        (("We list references below", "Text"), (2, 0)),
        (("Contents\nReferences", "Text", "References\n[1]"), (2, 1)),
    ],
)
def test_references_are_counted_apart(pages: tuple[str, ...], told: tuple[int, int]) -> None:
    found = seen(paper(*pages))
    counted = length(found.pages, found.facts)
    assert (counted.own, counted.references) == told


def test_too_many_pages_before_the_references_are_doubted_in_words() -> None:
    found = seen(paper("Text", "Text", "Text\nReferences\n[1] A", "[2] B"))
    said = checks(found.pages, found.facts, [], LIMITS, Blinding.NONE)
    assert (
        False,
        "4 pages: 3 pages of paper, 1 of references",
        "The call allows 2 pages before the references begin.",
    ) in said


@shows("Files", "Fonts that are not embedded, letters drawn as pictures, and odd page formats are told, not refused")
def test_fonts_and_formats_are_told() -> None:
    found = seen(paper("Text"))
    assert found.facts["bare_fonts"] == ["Helvetica"]
    said = {text: passed for passed, text, _why in checks(1, found.facts, [], LIMITS, Blinding.NONE)}
    assert said["Not all fonts are inside the file: Helvetica"] is False
    assert said["Page format A4"] is True
    mixed = seen(paper("Text", "Text", sizes=[A4, LETTER]))
    assert mixed.facts["formats"] == ["A4", "Letter"]
    turned = seen(paper("Text", size=landscape(A4)))
    assert turned.facts["rotated"] == 1
    odd = checks(1, seen(paper("Text", size=(300, 400))).facts, [], LIMITS, Blinding.NONE)
    assert any("mm" in text and not passed for passed, text, _why in odd)


def test_a_font_of_type_3_is_counted() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(paper("Text"))))
    fonts = writer.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    fonts[NameObject("/T3")] = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type3"),
                NameObject("/CharProcs"): DictionaryObject(),
            }
        )
    )
    out = BytesIO()
    writer.write(out)
    assert seen(out.getvalue()).facts["drawn_fonts"] == 1


def test_a_scan_is_told() -> None:
    found = seen(paper(""))
    assert found.facts["is_read"] is False
    assert any(text == "No text could be read" for _ok, text, _why in checks(1, found.facts, [], None, Blinding.NONE))


class Author:
    name, email, affiliation = "Wahyuni Kartika", "w@ugm.example.org", "Universitas Gadjah Mada"


def test_hints_are_shown_for_double_blind_calls_only() -> None:
    data = paper("Whose Dialect?\nWahyuni Kartika\nsee https://github.com/wahyuni/dialects", author="Wahyuni Kartika")
    found = seen(data)
    double = checks(1, found.facts, [Author()], LIMITS, Blinding.DOUBLE)
    texts = [text for _ok, text, _why in double]
    assert "“Wahyuni Kartika” stands on the first page" in texts
    assert "“github.com/wahyuni/dialects” on page 1 looks like yours" in texts
    assert (True, "The file’s metadata say “Wahyuni Kartika”") in [(ok, text) for ok, text, _why in double]
    single = checks(1, found.facts, [Author()], LIMITS, Blinding.SINGLE)
    assert not [text for _ok, text, _why in single if "Wahyuni" in text]


@pytest.mark.parametrize(
    ("address", "personal"),
    [
        ("https://github.com/wahyuni/dialects", True),
        ("github.com/wahyuni", True),
        ("https://wahyuni.github.io/", True),
        ("https://www.gitlab.com/x", True),
        ("https://ugm.example.ac.id/~wahyuni/", True),
        ("https://ugm.example.ac.id/people/wahyuni", True),
        ("https://huggingface.co/wahyuni/model", True),
        ("https://orcid.org/0000-0001", True),
        ("https://anonymous.4open.science/r/dialects", False),
        ("https://arxiv.org/abs/2301.1", False),
        ("https://doi.org/10.1/2", False),
        ("https://notgithub.com/x", False),
        ("https://example.org/github.com/x", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_addresses_that_tell_whose_they_are(address: str, personal: bool) -> None:
    assert is_personal(address) is personal


@keeps("D7")
@shows("Files", "In the reviewers' copy a link to a personal repository cannot be clicked")
def test_links_to_personal_repositories_are_taken_from_the_reviewers_copy() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(paper("Text"))))
    for url in ("https://github.com/wahyuni/dialects", "https://doi.org/10.1/2"):
        writer.add_annotation(0, Link(rect=(30, 30, 60, 60), url=url))
    out = BytesIO()
    writer.write(out)
    found = seen(out.getvalue())
    links = [note.get_object()["/A"]["/URI"] for note in PdfReader(BytesIO(found.blind)).pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert links == ["https://doi.org/10.1/2"]
    assert [address for address, _page in found.facts["links"]] == [
        "https://github.com/wahyuni/dialects",
        "https://doi.org/10.1/2",
    ]


@keeps("D5", "I12")
def test_text_that_takes_too_long_to_read_costs_the_hints_and_not_the_file() -> None:
    """A page whose words are set one by one a hundred thousand times over: drawn at once, slow to read."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(paper("Text"))))
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 9 Tf " + b"1 0 0 1 9 9 Tm (a) Tj " * 400_000 + b"ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    out = BytesIO()
    writer.write(out)
    found = seen(out.getvalue())
    assert found.blind.startswith(b"%PDF-")
    assert found.facts["references"] is None


def test_hostile_words_are_kept_small_and_fit_for_a_database() -> None:
    found = seen(paper("\n".join(f"https://github.com/a/{n}" for n in range(60)), "Acknowledgements\nWe thank"))
    assert len(found.facts["links"]) <= 60
    assert found.facts["thanks"] == 2
    assert len(found.facts["first_page"]) <= 8_000
    assert "\x00" not in str(found.facts)


def test_every_hint_has_its_words() -> None:
    for sign in Sign:
        _passed, text, reason = hint_check(Hint(sign, "Wahyuni", 3))
        assert text
        assert reason
