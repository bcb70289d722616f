"""Uploaded PDFs: what is refused with which reason, what reviewers get, what hostile files may cost (D1 to D7)."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from tests import pdfs
from tests.shows import keeps, shows
from workshop_manager.submissions import pdf
from workshop_manager.submissions.names import neutral_name

MEGABYTE = 1024 * 1024
GOOD = pdfs.make_pdf()


def look(data: bytes, *, file_name: str = "paper.pdf", pages: int | None = 3, megabytes: int = 10) -> pdf.Inspection:
    return pdf.inspect_safely(data, file_name=file_name, max_bytes=megabytes * MEGABYTE, max_pages_total=pages)


def look_here(data: bytes, *, file_name: str = "paper.pdf", pages: int | None = 3) -> pdf.Inspection:
    return pdf.inspect(data, file_name=file_name, max_bytes=10 * MEGABYTE, max_pages_total=pages)


def codes(seen: pdf.Inspection) -> list[str]:
    return [problem.code for problem in seen.problems]


# -- good files
# -----------------------------------------------------------------------------------------------------------


def test_a_good_paper_has_no_problem_and_says_what_it_is() -> None:
    seen = look(GOOD)
    assert seen == pdf.Inspection(2, len(GOOD), hashlib.sha256(GOOD).hexdigest(), False, ("A4",), ())
    assert seen == look_here(GOOD)


def test_a_file_can_be_given_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "whatever"
    path.write_bytes(GOOD)
    assert pdf.inspect(path, file_name="paper.PDF", max_bytes=MEGABYTE, max_pages_total=3) == look_here(GOOD)
    small = pdf.inspect(path, file_name="paper.pdf", max_bytes=100, max_pages_total=3)
    assert codes(small) == ["too_large"]
    assert small.sha256 == hashlib.sha256(GOOD).hexdigest()


def test_metadata_that_names_somebody_is_seen() -> None:
    assert look_here(pdfs.make_pdf(author="Zeynep")).has_metadata
    assert look_here(pdfs.one_page(catalog=b"/Metadata 4 0 R")).has_metadata
    assert not look_here(GOOD).has_metadata


def test_page_formats_are_named_once_in_order() -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s] >>"
    tree = b"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>"
    pages = [page % b"612 792", page % b"842 595", page % b"612 792"]
    assert look_here(pdfs.assemble([b"<< /Type /Catalog /Pages 2 0 R >>", tree, *pages])).page_formats == (
        "Letter",
        "A4",
    )
    assert look_here(
        pdfs.assemble([b"<< /Type /Catalog /Pages 2 0 R >>", tree, *[page % b"595 425.2"] * 3])
    ).page_formats == ("150 × 210 mm",)


@pytest.mark.parametrize(
    "action",
    [b"[3 0 R /Fit]", b"<< /S /GoTo /D [3 0 R /Fit] >>", b"null"],
    ids=["a place", "LaTeX's hyperref", "null"],
)
def test_opening_at_a_page_as_latex_papers_do_is_no_active_content(action: bytes) -> None:
    assert codes(look_here(pdfs.with_open_action(action))) == []


def test_an_empty_form_and_dangling_references_are_forgiven() -> None:
    data = pdfs.one_page(catalog=b"/AcroForm << /Fields [] >> /Outlines 99 0 R")
    assert codes(look_here(data)) == []


# -- refused with the reason
# ----------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("empty", bytes, "not_a_pdf", "empty"),
    ("ZIP renamed", pdfs.zip_file, "not_a_pdf", "ZIP"),
    ("web page", pdfs.html_page, "not_a_pdf", "web page"),
    ("plain text", lambda: b"hello", "not_a_pdf", "not a PDF"),
    ("junk before", lambda: b"junk\n" + GOOD, "not_a_pdf", "not a PDF"),
    ("PDF and ZIP at once", pdfs.pdf_and_zip, "not_a_pdf", "follows the end"),
    ("too large", lambda: pdfs.bulky(11 * MEGABYTE), "too_large", "at most 10 MB"),
    ("broken table", pdfs.broken_xref, "broken", "damaged"),
    ("cut off", pdfs.cut_off, "broken", "breaks off"),
    ("only a header", lambda: b"%PDF-1.7\n%%EOF\n", "broken", "damaged"),
    ("damaged stream", pdfs.damaged_stream, "broken", "damaged"),
    (
        "no pages",
        lambda: pdfs.assemble([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Kids [] >>"]),
        "broken",
        "no pages",
    ),
    ("locked", pdfs.encrypted, "encrypted", "locked with a password. Save it without one and upload it again."),
    ("locked, old way", lambda: pdfs.encrypted(algorithm="RC4-128"), "encrypted", "locked"),
    ("locked against changes only", lambda: pdfs.encrypted(""), "encrypted", "locked"),
    (
        "lock of an unknown maker",
        lambda: pdfs.assemble([b"<< >>"], trailer=b"/Encrypt << /Filter /Own >>"),
        "encrypted",
        "locked",
    ),
    (
        "four pages",
        lambda: pdfs.make_pdf(4),
        "too_many_pages",
        "has 4 pages; at most 3 are allowed, references included",
    ),
    ("200 pages", lambda: pdfs.many_pages(200), "too_many_pages", "has 200 pages"),
    ("10,000 pages", pdfs.many_pages, "too_many_pages", "has 10000 pages"),
    ("script", pdfs.with_javascript, "active_content", "JavaScript"),
    ("hidden script", pdfs.with_hidden_javascript, "active_content", "JavaScript"),
    ("launch", pdfs.with_open_action, "active_content", "opens another file"),
    ("script as address", lambda: pdfs.one_page(page=b"/X << /URI (javascript:1) >>"), "active_content", "JavaScript"),
    ("attachment", pdfs.with_attachment, "active_content", "attached"),
    ("form", pdfs.with_form, "active_content", "form"),
    ("XFA", lambda: pdfs.one_page(catalog=b"/AcroForm << /XFA (x) >>"), "active_content", "form"),
    ("rich media", pdfs.with_media, "active_content", "film"),
    (
        "content elsewhere",
        lambda: pdfs.one_page(pdfs.stream(b"", b"/F (/etc/passwd)")),
        "active_content",
        "another file",
    ),
    ("bomb", pdfs.decompression_bomb, "bomb", "unpacks"),
    ("bomb in a bomb", lambda: pdfs.decompression_bomb(layers=2), "bomb", "unpacks"),
    ("twenty filters", lambda: pdfs.one_page(pdfs.stream(b"", b"/Filter [%s]" % (b"/AHx " * 20))), "bomb", "unpacks"),
    ("loop", pdfs.page_tree_loop, "bomb", "circle"),
    ("exploding page tree", pdfs.page_tree_explosion, "bomb", "more than 20000 pages"),
    ("30,000 pages", lambda: pdfs.many_pages(30_000), "bomb", "more than 20000 pages"),
    ("deep nesting", pdfs.deep_nesting, "bomb", "nested"),
    ("deep page tree", pdfs.deep_page_tree, "bomb", "nested"),
    ("huge picture", pdfs.huge_picture, "bomb", "unpacks"),
]


@shows(
    "Bad input",
    "A PDF of 200 pages, with JavaScript or with an attachment: refused within seconds, with the reason",
)
@shows(
    "Submissions",
    "A PDF is judged by its content: another kind of file, an encrypted or a broken one is refused with the reason",
)
@keeps("D1", "D3", "D5")
@pytest.mark.parametrize(("build", "code", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_bad_file_is_refused_with_a_reason_within_ten_seconds(
    build: Callable[[], bytes], code: str, words: str
) -> None:
    data = build()
    begun = time.monotonic()
    seen = look(data)
    assert time.monotonic() - begun < 10
    assert code in codes(seen)
    assert set(codes(seen)) == {code}
    assert any(words in problem.sentence for problem in seen.problems)


@pytest.mark.parametrize("key", pdf.SENTENCES)
def test_every_sentence_says_the_reason_and_what_to_do(key: str) -> None:
    sentence = pdf.SENTENCES[key]
    assert re.search(r"\. [^.]*\b(upload|Upload)\b", sentence), sentence
    assert "%" not in re.sub(r"%\((size|limit|pages)\)s", "", sentence)


def test_a_problem_can_be_translated_before_its_values_go_in() -> None:
    (problem,) = look_here(pdfs.make_pdf(4)).problems
    assert problem.message % dict(problem.values) == problem.sentence


def test_the_name_must_end_in_pdf_whatever_the_content() -> None:
    assert codes(look(GOOD, file_name="paper.docx")) == ["not_a_pdf"]
    assert codes(look(GOOD, file_name="paper.pdf.exe")) == ["not_a_pdf"]
    assert codes(look(GOOD, file_name="Paper.PDF")) == []


def test_a_size_just_above_the_limit_does_not_read_as_the_limit() -> None:
    (problem,) = look(GOOD + b" " * (10 * MEGABYTE)).problems
    assert "has 10.1 MB; at most 10 MB" in problem.sentence


# -- the child process
# ----------------------------------------------------------------------------------------------------


@keeps("D5")
def test_what_takes_too_long_is_a_bomb() -> None:
    seen = pdf.inspect_safely(GOOD, file_name="a.pdf", max_bytes=MEGABYTE, max_pages_total=3, wall_seconds=0.001)
    assert codes(seen) == ["bomb"]


@keeps("D5")
def test_what_needs_too_much_memory_is_a_bomb() -> None:
    data = pdfs.bulky(60 * MEGABYTE)
    seen = pdf.inspect_safely(
        data, file_name="a.pdf", max_bytes=100 * MEGABYTE, max_pages_total=3, memory_bytes=100 * MEGABYTE
    )
    assert codes(seen) == ["bomb"]
    assert seen.blind == b""


def test_sixty_megabytes_are_read_within_the_limits_where_they_are_allowed() -> None:
    data = pdfs.bulky(60 * MEGABYTE)
    seen = look(data, megabytes=100)
    assert codes(seen) == []
    assert len(seen.blind) > 60 * MEGABYTE


def test_the_copy_comes_with_the_look_and_is_the_same() -> None:
    assert look(GOOD).blind == pdf.blind_copy(GOOD)
    assert look(GOOD, pages=0).blind == b""


@pytest.mark.parametrize(
    ("outcome", "code"), [(-9, "bomb"), (-24, "bomb"), (-11, "broken"), (1, "broken"), (0, "broken")]
)
def test_a_child_that_dies_or_babbles_becomes_a_problem(
    outcome: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.CompletedProcess([], outcome, stdout=b"nonsense")
    monkeypatch.setattr(pdf.subprocess, "run", lambda *_args, **_options: done)
    assert codes(look(GOOD)) == [code]


def test_a_missing_library_is_not_blamed_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], 70, stdout=b"")
    monkeypatch.setattr(pdf.subprocess, "run", lambda *_args, **_options: done)
    with pytest.raises(RuntimeError, match="pypdf"):
        look(GOOD)


def test_the_child_gets_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    def run(*_args: object, **options: object) -> subprocess.CompletedProcess[bytes]:
        given.update(options)
        return subprocess.CompletedProcess([], 0, stdout=b'{"problems": []}')

    monkeypatch.setenv("WORKSHOP_MANAGER_SECRET_KEY", "secret")
    monkeypatch.setattr(pdf.subprocess, "run", run)
    look(GOOD)
    assert "secret" not in str(given["env"])


@keeps("D5")
def test_the_limits_really_hold_in_the_child() -> None:
    program = (
        f"import resource, runpy, json; runpy.run_path({pdf.__file__!r})['_restrict'](536870912)\n"
        "kinds = resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE\n"
        "print(json.dumps([resource.getrlimit(kind) for kind in kinds]))"
    )
    printed = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=True).stdout
    assert json.loads(printed) == [[536870912, 536870912], [9, 10], [0, 0]]


def test_importing_the_module_does_not_import_pypdf() -> None:
    program = f"import runpy, sys; runpy.run_path({pdf.__file__!r}); sys.exit('pypdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-I", "-c", program], check=False).returncode == 0


# -- the copy for blind reviewers
# -----------------------------------------------------------------------------------------


def everything_in(data: bytes) -> bytes:
    """The raw file and everything in it: each stream unpacked, each string as text, reachable or not."""
    reader = PdfReader(BytesIO(data), strict=True)
    parts = [data, repr(reader.trailer).encode()]
    numbers = {number for table in reader.xref.values() for number in table} | set(reader.xref_objStm)
    for number in sorted(numbers - {0}):
        found = reader.get_object(IndirectObject(number, 0, reader))
        parts.append(repr(found).encode("utf-8", "replace"))
        if isinstance(found, DictionaryObject) and hasattr(found, "_data"):
            raw = found._data
            parts += [raw, found.get_data() if "/DCTDecode" not in str(found.get("/Filter")) else _unzipped(raw)]
    return b"\n".join(parts)


def _unzipped(raw: bytes) -> bytes:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return raw


@pytest.fixture(scope="module")
def signed() -> bytes:
    return pdfs.signed_everywhere("Zeynep")


@pytest.fixture(scope="module")
def blinded(signed: bytes) -> bytes:
    return pdf.blind_copy(signed)


@pytest.mark.parametrize("place", pdfs.PLACES)
def test_the_blind_copy_bears_no_name_in(place: str, signed: bytes, blinded: bytes) -> None:
    def mentions(data: bytes) -> bool:
        word = f"Zeynep-{place}"
        spellings = (word.encode(), word.encode("utf-16-be"), word.encode().hex().encode())
        seen = everything_in(data)
        return any(spelling.lower() in seen.lower() for spelling in spellings)

    assert mentions(signed), "the test file does not hold what is searched for"
    assert not mentions(blinded)


@shows("Review and decisions", "Reviewers get a copy of the PDF without metadata")
def test_the_blind_copy_bears_the_name_nowhere_at_all(blinded: bytes) -> None:
    assert b"zeynep" not in everything_in(blinded).lower()
    assert b"zeynep".hex().encode() not in everything_in(blinded).lower()


def test_the_blind_copy_keeps_pages_links_layers_and_pictures(blinded: bytes) -> None:
    reader = PdfReader(BytesIO(blinded), strict=True)
    assert [page.extract_text().split() for page in reader.pages] == [
        ["visible", "words", "page", "1"],
        ["visible", "words", "page", "2"],
    ]
    links = [link.get_object() for link in reader.pages[0]["/Annots"]]
    assert [link["/Subtype"] for link in links] == ["/Link", "/Link"]
    assert (
        links[0]["/A"]["/URI"] == b"https://example.org/paper" or links[0]["/A"]["/URI"] == "https://example.org/paper"
    )
    assert links[1]["/Dest"][0] == reader.pages[1].indirect_reference
    layers = reader.root_object["/OCProperties"]
    assert layers["/OCGs"][0].get_object()["/Name"] == "Layer"
    assert layers["/D"]["/OFF"][0] == layers["/OCGs"][0], "a hidden layer must stay hidden"
    pictures = reader.pages[0]["/Resources"]["/XObject"]
    assert set(pictures) == {"/A", "/W", "/Metadata"}, "names of resources are nobody's business"
    drawn = pictures["/A"]._data
    assert drawn.startswith(b"\xff\xd8\xff\xe0")
    assert drawn.endswith(b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9")
    assert pictures["/W"]._data == drawn


def test_the_blind_copy_names_no_producer_and_no_identifier(blinded: bytes) -> None:
    reader = PdfReader(BytesIO(blinded), strict=True)
    assert reader.metadata is None
    assert reader.xmp_metadata is None
    assert set(reader.trailer) == {"/Size", "/Root"}
    assert set(reader.root_object) == {"/Type", "/Pages", "/OCProperties"}
    assert reader.outline == []


def test_the_blind_copy_is_the_same_bytes_each_time_and_a_good_paper(signed: bytes, blinded: bytes) -> None:
    assert pdf.blind_copy(signed) == blinded
    assert pdf.blind_copy(blinded) == pdf.blind_copy(pdf.blind_copy(blinded))
    seen = look(blinded)
    assert (codes(seen), seen.has_metadata, seen.pages) == ([], False, 2)


@pytest.mark.parametrize(
    "build",
    [
        *(pdfs.with_javascript, pdfs.with_hidden_javascript, pdfs.with_open_action),
        *(pdfs.with_attachment, pdfs.with_form, pdfs.with_media),
    ],
)
def test_the_blind_copy_of_a_paper_with_active_content_has_none(build: Callable[[], bytes]) -> None:
    assert codes(look_here(pdf.blind_copy(build()))) == []


@pytest.mark.parametrize(
    ("build", "code"),
    [
        *((pdfs.encrypted, "encrypted"), (pdfs.broken_xref, "broken"), (pdfs.zip_file, "broken"), (bytes, "broken")),
        *((pdfs.page_tree_loop, "bomb"), (pdfs.page_tree_explosion, "bomb"), (pdfs.deep_nesting, "bomb")),
    ],
)
def test_what_cannot_be_copied_is_refused_with_the_reason(build: Callable[[], bytes], code: str) -> None:
    data = build()
    with pytest.raises(pdf.BlindCopyError) as caught:
        pdf.blind_copy(data)
    assert caught.value.problem.code == code


def test_a_decompression_bomb_is_copied_without_unpacking_it() -> None:
    assert len(pdf.blind_copy(pdfs.decompression_bomb())) < 3 * MEGABYTE


def test_entries_inherited_from_the_page_tree_reach_the_copied_pages() -> None:
    data = pdfs.assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] /Rotate 90 "
            b"/Resources << /Font << /F 4 0 R >> >> >>",
            b"<< /Type /Page /Parent 2 0 R >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
        ]
    )
    page = PdfReader(BytesIO(pdf.blind_copy(data)), strict=True).pages[0]
    assert (page["/Rotate"], page.mediabox.height) == (90, 842)
    assert page["/Resources"]["/Font"]["/F"]["/BaseFont"] == "/Times-Roman"


def test_palettes_survive_byte_for_byte() -> None:
    palette = bytes((0xFE, 0xFF, 0x00, 0x41, 0x0D, 0x0A, 0x5C, 0x28, 0xFF, 0xFE, 0x80, 0x9F))
    space = b"[/Indexed /DeviceRGB 3 <%s>]" % palette.hex().encode()
    data = pdfs.one_page(page=b"/Resources << /ColorSpace << /C %s >> >>" % space)
    kept = PdfReader(BytesIO(pdf.blind_copy(data)), strict=True).pages[0]["/Resources"]["/ColorSpace"]["/C"][3]
    assert kept.original_bytes == palette


# -- delivery names
# -------------------------------------------------------------------------------------------------------


@shows("Review and decisions", "File names tell no author")
def test_a_delivered_paper_has_a_neutral_name() -> None:
    assert neutral_name("musiml-2023", 27) == "musiml-2023-27.pdf"
    assert neutral_name("musiml/2023", 27) == "musiml-2023-27.pdf"


@pytest.mark.parametrize("slug", ["", "..", "a b", 'a"; filename="x', "a\r\nb", "a\n", "A", "-a"])
def test_a_name_is_never_made_of_anything_but_a_slug(slug: str) -> None:
    with pytest.raises(ValueError, match="not a slug"):
        neutral_name(slug, 1)


def test_submissions_are_numbered_from_one() -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        neutral_name("musiml-2023", 0)
