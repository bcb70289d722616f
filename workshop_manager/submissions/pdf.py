"""Look at an uploaded PDF without trusting it, and make the copy that blind reviewers read.

Web code calls `inspect_safely`, which runs `inspect` and `blind_copy` of this same file in one child process with
limits on memory, CPU and wall time, so a hostile file costs at most those and never the web process.

Sizes are bytes, times seconds, lengths on paper points (1/72 inch). The file format is that of ISO 32000-2 (PDF 2.0),
read by pypdf in its strict mode. Importing this module stays cheap: pypdf is imported only where a file is read,
since the web process needs none of it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

MEBIBYTE = 1024 * 1024
MEMORY_LIMIT = 512 * MEBIBYTE  # address space of the child
WALL_SECONDS = 10.0
CPU_SECONDS = 9

# A paper needs a hundredth of these; a file above them is meant to hurt whoever opens it.
ABSURD_PAGES = 20_000
ABSURD_DEPTH = 50  # levels of the page tree
ABSURD_OBJECTS = 500_000  # dictionaries, arrays and references looked at
ABSURD_PIXELS = 400_000_000  # of one picture
STREAM_LIMIT = 75_000_000  # bytes one stream may unpack to
TOTAL_LIMIT = 400_000_000  # bytes all streams together may unpack to
BLIND_COPY_LIMIT = 150_000_000  # bytes of a blind copy


def N_(message: str) -> str:
    """Mark `message` for Babel, which finds it by this function's name, and return it as it is."""
    return message


SENTENCES: dict[str, str] = {
    "not_a_pdf.empty": N_("The file is empty. Choose your PDF again and upload it."),
    "not_a_pdf.name": N_("The name of the file does not end in .pdf. Export your paper as a PDF and upload that file."),
    "not_a_pdf.zip": N_(
        "The file is a ZIP archive, as Word and OpenDocument files are, and not a PDF. "
        "Export your paper as a PDF and upload that file."
    ),
    "not_a_pdf.html": N_(
        "The file is a web page and not a PDF. Download or export the PDF itself and upload that file."
    ),
    "not_a_pdf.other": N_(
        "The file is not a PDF, whatever its name says. Export your paper as a PDF and upload that file."
    ),
    "not_a_pdf.tail": N_("Other data follows the end of the PDF. Export your paper again and upload the new file."),
    "too_large": N_(
        "The file has %(size)s MB; at most %(limit)s MB are allowed. Make its pictures smaller and upload it again."
    ),
    "broken.cut": N_("The file breaks off before its end. Export or download it again and upload the whole file."),
    "broken.damaged": N_("The file is damaged and cannot be read. Export your paper again and upload the new file."),
    "broken.no_pages": N_("The file has no pages. Export your paper again and upload the new file."),
    "encrypted": N_("The file is locked with a password. Save it without one and upload it again."),
    "too_many_pages": N_(
        "The file has %(pages)s pages; at most %(limit)s are allowed, references included. "
        "Shorten it and upload it again."
    ),
    "active_content.javascript": N_(
        "The file contains a script (JavaScript). Print it to a new PDF, which leaves the script out, "
        "and upload that one."
    ),
    "active_content.launch": N_(
        "The file contains a command that opens another file or program. "
        "Print it to a new PDF, which leaves the command out, and upload that one."
    ),
    "active_content.open_action": N_(
        "The file acts by itself when it is opened. Print it to a new PDF, which leaves this out, and upload that one."
    ),
    "active_content.attachment": N_(
        "Other files are attached inside the PDF. Remove them, or print it to a new PDF, and upload that one."
    ),
    "active_content.form": N_(
        "The file contains a form with fields to fill in. Print it to a new PDF, which leaves the fields out, "
        "and upload that one."
    ),
    "active_content.media": N_(
        "The file contains sound, film or a 3D model. Remove it, or print the file to a new PDF, and upload that one."
    ),
    "bomb.pages": N_("The file has more than %(limit)s pages. Upload the paper alone."),
    "bomb.loop": N_("The list of pages in the file runs in a circle. Print it to a new PDF and upload that one."),
    "bomb.unpacks": N_(
        "The file unpacks to far more data than a paper needs. Make its pictures smaller, export it again "
        "and upload the new file."
    ),
    "bomb.deep": N_("The inside of the file is nested without end. Print it to a new PDF and upload that one."),
    "bomb.costly": N_(
        "Checking the file took too much time or memory. Make its pictures simpler, export it again "
        "and upload the new file."
    ),
}
"""Every sentence by its key; the part of the key before the dot is the problem's code. Placeholders are `%(name)s`."""


@dataclass(frozen=True)
class Problem:
    """A reason to refuse a file.

    `code` is one of not_a_pdf, too_large, broken, encrypted, too_many_pages, active_content, bomb. `sentence` is
    English and says what is wrong and what to do. `message` and `values` are the same before filling in, for
    `gettext(problem.message, **dict(problem.values))`.
    """

    code: str
    sentence: str
    message: str = ""
    values: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class Inspection:
    """What was seen of a file; acceptable when `problems` is empty.

    `pages` is 0 where they could not be counted. `has_metadata` tells that the file names an author, a title or the
    like, or carries XMP. `page_formats` are the formats used, in order of first use: "A4", "Letter" or "210 × 150
    mm".
    """

    pages: int
    size: int
    sha256: str
    has_metadata: bool
    page_formats: tuple[str, ...]
    problems: tuple[Problem, ...]
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What else was read of a file without problems: `FACTS` says what. Kept with the file, as JSON."""
    blind: bytes = field(default=b"", compare=False, repr=False)
    """The reviewers' copy, made in the same go by `inspect_safely` of a file without problems."""


FACTS = (
    "formats",  # those of `page_formats`
    "rotated",  # how many pages are turned or lie on their side
    "bare_fonts",  # names of fonts that are not embedded, and may look different elsewhere
    "drawn_fonts",  # how many Type 3 fonts, whose letters are pictures
    "author",  # of the metadata, as `title`
    "title",
    "links",  # web addresses, by annotation or in words, with the page of each: [address, page]
    "first_page",  # its text, at most LONGEST_PAGE characters
    "references",  # [page, whether something stands before the heading], or null
    "thanks",  # the page on which acknowledgements begin, or null
    "own",  # words such as "our repository", with the page of each: [words, page]
    "is_read",  # false where no text was found, or reading took too long
)
"""The keys of `Inspection.facts`. Texts are the authors' own, cut, and never trusted."""


class BlindCopyError(ValueError):
    """No copy for reviewers could be made; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


class _Refused(Exception):
    """Stops reading a file at once; carries the key and values of the sentence."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def _problem(key: str, values: Mapping[str, str | int] | None = None) -> Problem:
    """The problem with the sentence of that key. KeyError for an unknown key."""
    message, filled = SENTENCES[key], dict(values or {})
    return Problem(key.partition(".")[0], message % filled, message, tuple(sorted(filled.items())))


# ---------------------------------------------------------------------------------------------------------------------
# Cheap looks that need no parser
# ---------------------------------------------------------------------------------------------------------------------


def _megabytes(size: int) -> str:
    """`size` bytes in MB (of 1024 · 1024), rounded up so that a file just above the limit never reads as the limit."""
    return f"{math.ceil(size / MEBIBYTE * 10) / 10:g}"


def _foreign_type(head: bytes) -> str | None:
    """The key of the sentence for a file that does not start like a PDF, None for one that does.

    The mark must stand at the very beginning: readers forgive junk before it, and that is how one file is both a PDF
    and something else.
    """
    if head.startswith(b"%PDF-"):
        return None
    if head.startswith(b"PK"):
        return "not_a_pdf.zip"
    if re.search(rb"<(!doctype\s+html|html|head|body|script)\b", head, re.IGNORECASE):
        return "not_a_pdf.html"
    return "not_a_pdf.other"


def _bad_end(tail: bytes) -> str | None:
    """The key of the sentence for a file whose last bytes are not the end of a PDF, None for a proper end."""
    _, mark, after = tail.rpartition(b"%%EOF")
    if not mark:
        return "broken.cut"
    return "not_a_pdf.tail" if after.strip(b"\0\t\n\f\r \x1a") else None


def _screen(data: bytes, file_name: str, max_bytes: int) -> list[Problem]:
    """Problems visible without parsing: size, name, first and last bytes."""
    if not data:
        return [_problem("not_a_pdf.empty")]
    if len(data) > max_bytes:
        return [_problem("too_large", {"size": _megabytes(len(data)), "limit": _megabytes(max_bytes)})]
    if foreign := _foreign_type(data[:1024]):
        return [_problem(foreign)]
    if not file_name.lower().endswith(".pdf"):
        return [_problem("not_a_pdf.name")]
    bad_end = _bad_end(data[-2048:])
    return [_problem(bad_end)] if bad_end else []


# ---------------------------------------------------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Page:
    key: tuple[int, int] | None  # object and generation number, None for a page written in place
    own: DictionaryObject
    inherited: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """The page's raw entry of that name, its own or an ancestor's; None where there is none."""
        value = dict.get(self.own, name)
        return self.inherited.get(name) if value is None else value


INHERITABLE = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")


class _Document:
    """A parsed file with safe ways to follow its references."""

    def __init__(self, reader: PdfReader) -> None:
        self.reader = reader
        if reader.is_encrypted:
            raise _Refused("encrypted")
        self.catalog = self.dictionary(dict.get(reader.trailer, "/Root"))
        if self.name(self.catalog, "/Type") != "/Catalog":
            raise _Refused("broken.damaged")

    def resolve(self, value: Any) -> Any:
        """The object behind `value`, None for null and for a reference to nothing (null by the format)."""
        from pypdf.generic import IndirectObject, NullObject

        for _ in range(8):
            if not isinstance(value, IndirectObject):
                return None if isinstance(value, NullObject) else value
            # pypdf would search the whole file for an object that the table does not list: quadratic work for the
            # asking.
            value = self.reader.get_object(value) if self._listed(value) else None
        raise _Refused("bomb.loop")

    def _listed(self, reference: IndirectObject) -> bool:
        return reference.idnum in self.reader.xref.get(reference.generation, {}) or (
            reference.generation == 0 and reference.idnum in self.reader.xref_objStm
        )

    def dictionary(self, value: Any) -> DictionaryObject:
        """The dictionary behind `value`, an empty one where something else stands."""
        from pypdf.generic import DictionaryObject

        found = self.resolve(value)
        return found if isinstance(found, DictionaryObject) else DictionaryObject()

    def array(self, value: Any) -> list[Any]:
        """The raw elements of the array behind `value`, none where something else stands."""
        from pypdf.generic import ArrayObject

        found = self.resolve(value)
        return list(found) if isinstance(found, ArrayObject) else []

    def name(self, holder: DictionaryObject, key: str) -> str:
        """The name under `key`, such as "/Page"; empty where something else stands."""
        from pypdf.generic import NameObject

        found = self.resolve(dict.get(holder, key))
        return str(found) if isinstance(found, NameObject) else ""

    def filters(self, stream: StreamObject) -> list[str]:
        """The names of the stream's filters in the order in which they are undone."""
        from pypdf.generic import NameObject

        found = self.resolve(dict.get(stream, "/Filter"))
        listed = [found] if isinstance(found, NameObject) else [self.resolve(one) for one in self.array(found)]
        return [str(one) for one in listed]

    def pages(self) -> list[_Page]:
        """The pages in reading order. Refuses loops, absurd numbers and absurd depth; does not believe /Count."""
        found: list[_Page] = []
        stack: list[tuple[Any, frozenset[tuple[int, int]], dict[str, Any]]] = [
            (dict.get(self.catalog, "/Pages"), frozenset(), {})
        ]
        looked_at = 0
        while stack:
            value, ancestors, inherited = stack.pop()
            looked_at += 1
            if len(found) >= ABSURD_PAGES or looked_at > 3 * ABSURD_PAGES:
                raise _Refused("bomb.pages", limit=ABSURD_PAGES)
            key = _key(value)
            if key in ancestors:
                raise _Refused("bomb.loop")
            node = self.dictionary(value)
            kids = dict.get(node, "/Kids")
            if kids is None:
                if node:
                    found.append(_Page(key, node, inherited))
                continue
            if len(ancestors) >= ABSURD_DEPTH:
                raise _Refused("bomb.deep")
            below = inherited | {name: dict.get(node, name) for name in INHERITABLE if name in node}
            above = ancestors | {key} if key else ancestors
            stack.extend((kid, above, below) for kid in reversed(self.array(kids)))
        return found


def _key(value: Any) -> tuple[int, int] | None:
    """The object and generation number of a reference, None for a value written in place."""
    from pypdf.generic import IndirectObject

    return (value.idnum, value.generation) if isinstance(value, IndirectObject) else None


@contextmanager
def _opened(data: bytes) -> Iterator[_Document]:
    """The document in `data`, parsed strictly and under pypdf's limits. For a bad file raises _Refused only."""
    from pypdf import PdfReader, apply_configuration

    # jbig2dec is another program, fed with the file: never.
    limits: dict[str, Any] = {
        "jbig2dec_binary": None,
        "zlib_maximum_output_length": STREAM_LIMIT,
        "lzw_maximum_output_length": STREAM_LIMIT // 5,  # unpacked in Python, which is slow
        "run_length_maximum_output_length": STREAM_LIMIT // 5,
        "stream_filters_maximum_length": 4,
        "page_tree_maximum_depth": ABSURD_DEPTH,
        "named_destinations_maximum_entries": 20_000,
    }
    with apply_configuration(**limits):
        try:
            try:
                reader = PdfReader(BytesIO(data), strict=True)
            except (MemoryError, RecursionError):
                raise
            except Exception as error:
                # A lock that pypdf does not know is a lock nevertheless.
                if b"/Encrypt" in data and not _is_limit(error):
                    raise _Refused("encrypted") from error
                raise
            yield _Document(reader)
        except _Refused:
            raise
        except Exception as error:  # pypdf: "broken PDF files might cause other exceptions"
            raise _Refused(_key_of_error(error)) from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_limit(error: BaseException) -> bool:
    from pypdf.errors import LimitReachedError

    return any(isinstance(one, MemoryError | RecursionError | LimitReachedError) for one in _causes(error))


def _key_of_error(error: BaseException) -> str:
    """The key of the sentence for what pypdf raised; it wraps the lack of memory and stack in errors of its own."""
    causes = list(_causes(error))
    if any(isinstance(one, MemoryError) for one in causes):
        return "bomb.costly"
    if any(isinstance(one, RecursionError) for one in causes):
        return "bomb.deep"
    return "bomb.unpacks" if _is_limit(error) else "broken.damaged"


# ---------------------------------------------------------------------------------------------------------------------
# Inspecting
# ---------------------------------------------------------------------------------------------------------------------

ACTIONS = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/GoToE": "launch",
    "/GoToR": "launch",
    "/ImportData": "form",
    "/SubmitForm": "form",
    "/Movie": "media",
    "/Sound": "media",
    "/Rendition": "media",
    "/RichMediaExecute": "media",
    "/GoTo3DView": "media",
}
ANNOTATIONS = {
    "/Widget": "form",
    "/FileAttachment": "attachment",
    "/Movie": "media",
    "/Sound": "media",
    "/Screen": "media",
    "/RichMedia": "media",
    "/3D": "media",
}
FLATE = {"/FlateDecode", "/Fl"}
# Pictures keep these to themselves: whoever draws them unpacks them, and Width · Height says to how much.
PICTURE_FILTERS = {"/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode"}
PERSONAL_INFO_IGNORED = {"/Producer", "/Creator", "/CreationDate", "/ModDate", "/Trapped", "/PTEX.Fullbanner"}
PLACEHOLDERS = {"", "anonymous", "(anonymous)", "untitled", "(untitled)", "unspecified", "(unspecified)"}


def inspect(
    path_or_bytes: bytes | str | os.PathLike[str], *, file_name: str, max_bytes: int, max_pages_total: int | None
) -> Inspection:
    """Look at a file in this very process: for the child and for tests; web code calls `inspect_safely`.

    `file_name` is the name it was uploaded under (only its extension counts), `max_bytes` the largest size in bytes,
    `max_pages_total` the most pages with those of references, None for any number. A bad file is an answer, not an
    exception. Raises OSError when a path cannot be read.
    """
    if isinstance(path_or_bytes, bytes):
        data = path_or_bytes
    else:
        path = Path(path_or_bytes)
        if (size := path.stat().st_size) > max_bytes:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            values = {"size": _megabytes(size), "limit": _megabytes(max_bytes)}
            return Inspection(0, size, digest, False, (), (_problem("too_large", values),))
        data = path.read_bytes()
    if screened := _screen(data, file_name, max_bytes):
        return _inspection(data, {"problems": []}, screened)
    return _inspection(data, _look_inside(data, max_pages_total))


def _inspection(data: bytes, seen: Mapping[str, Any], problems: Iterable[Problem] = ()) -> Inspection:
    """The answer from what `_look_inside` saw (here or in the child)."""
    found = tuple(problems) + tuple(_problem(key, values) for key, values in seen["problems"])
    return Inspection(
        pages=int(seen.get("pages", 0)),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        has_metadata=bool(seen.get("has_metadata")),
        page_formats=tuple(str(one) for one in seen.get("page_formats", ())),
        problems=found,
        facts=dict(seen.get("facts", {})) if not found else {},
    )


def _look_inside(data: bytes, max_pages_total: int | None) -> dict[str, Any]:
    """Parse and walk the file; the answer as plain values that travel as JSON, problems as [key, values]."""
    seen: dict[str, Any] = {"problems": []}
    try:
        with _opened(data) as document:
            pages = document.pages()
            seen["pages"] = len(pages)
            if not pages:
                raise _Refused("broken.no_pages")
            if max_pages_total is not None and len(pages) > max_pages_total:
                seen["problems"].append(["too_many_pages", {"pages": len(pages), "limit": max_pages_total}])
            seen["has_metadata"] = _has_metadata(document)
            formats = (_page_format(document, page) for page in pages)
            seen["page_formats"] = list(dict.fromkeys(one for one in formats if one))[:20]
            fonts: dict[str, bool] = {}
            seen["problems"] += [[f"active_content.{kind}", {}] for kind in _walk(document, fonts)]
            seen["facts"] = {
                "formats": seen["page_formats"],
                "rotated": sum(_is_turned(document, page) for page in pages),
                "bare_fonts": sorted(name for name, is_drawn in fonts.items() if not is_drawn)[:20],
                "drawn_fonts": sum(fonts.values()),
                **_named_in_metadata(document),
            }
    except _Refused as refused:
        seen["problems"].append([refused.key, refused.values])
    return seen


def _has_metadata(document: _Document) -> bool:
    if document.resolve(dict.get(document.catalog, "/Metadata")) is not None:
        return True
    info = document.dictionary(dict.get(document.reader.trailer, "/Info"))
    telling = (document.resolve(value) for name, value in dict.items(info) if name not in PERSONAL_INFO_IGNORED)
    return any(str(value).strip().lower() not in PLACEHOLDERS for value in telling if value is not None)


def _named_in_metadata(document: _Document) -> dict[str, str]:
    """What the file's metadata call its author and its title, where that is no placeholder."""
    info = document.dictionary(dict.get(document.reader.trailer, "/Info"))
    found = {}
    for name, key in (("author", "/Author"), ("title", "/Title")):
        value = document.resolve(dict.get(info, key))
        text = str(value).strip()[:200] if isinstance(value, str) else ""
        found[name] = "" if text.lower() in PLACEHOLDERS else text
    return found


def _is_turned(document: _Document, page: _Page) -> bool:
    """True for a page that is shown turned, or broader than high."""
    try:
        turn = int(document.resolve(page.get("/Rotate")) or 0) % 360
        box = document.array(page.get("/CropBox")) or document.array(page.get("/MediaBox"))
        left, bottom, right, top = (float(document.resolve(one)) for one in box)
    except (TypeError, ValueError, OverflowError):
        return False
    return turn != 0 or abs(right - left) > abs(top - bottom)


PAPER = {(595, 842): "A4", (612, 792): "Letter", (420, 595): "A5", (842, 1191): "A3", (612, 1008): "Legal"}


def _page_format(document: _Document, page: _Page) -> str:
    """The page's format by its visible box, empty where no box makes sense."""
    try:
        box = document.array(page.get("/CropBox")) or document.array(page.get("/MediaBox"))
        left, bottom, right, top = (float(document.resolve(one)) for one in box)
        unit = float(document.resolve(page.get("/UserUnit")) or 1)
        short, long = sorted((abs(right - left) * unit, abs(top - bottom) * unit))
        for (paper_short, paper_long), name in PAPER.items():
            if abs(short - paper_short) <= 3 and abs(long - paper_long) <= 3:
                return name
        return f"{round(short / 72 * 25.4)} × {round(long / 72 * 25.4)} mm"
    except (TypeError, ValueError, OverflowError):
        return ""


def _walk(document: _Document, fonts: dict[str, bool]) -> list[str]:
    """Look at everything reachable from the catalog; the kinds of active content found, sorted. Refuses bombs.

    Puts into `fonts` those that are not embedded, or (True) whose letters are drawn as pictures.

    Everything, not only the places where the format expects an action, because readers look in more places than the
    format names. Objects that nothing points to are left out: no reader opens them.
    """
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

    containers = (DictionaryObject, ArrayObject, IndirectObject)
    found = _catalog_dangers(document)
    seen: set[tuple[int, int]] = set()
    stack: list[Any] = [document.catalog]
    looked_at, unpacked = 0, 0
    while stack:
        value = stack.pop()
        looked_at += 1
        if looked_at > ABSURD_OBJECTS:
            raise _Refused("bomb.costly")
        if key := _key(value):
            if key in seen:
                continue
            seen.add(key)
            value = document.resolve(value)
        if isinstance(value, StreamObject):
            unpacked += _unpacked_size(document, value)
            if unpacked > TOTAL_LIMIT:
                raise _Refused("bomb.unpacks")
        if isinstance(value, DictionaryObject):
            found |= _dangers(document, value)
            _note_font(document, value, fonts)
            stack.extend(one for one in dict.values(value) if isinstance(one, containers))
        elif isinstance(value, ArrayObject):
            stack.extend(one for one in value if isinstance(one, containers))
    return sorted(found)


FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
MOST_FONTS = 200


def _note_font(document: _Document, holder: DictionaryObject, fonts: dict[str, bool]) -> None:
    """Remember a font that is not embedded, or of Type 3. One of Type 0 is judged by the font it is made of."""
    if document.name(holder, "/Type") != "/Font" or len(fonts) >= MOST_FONTS:
        return
    subtype = document.name(holder, "/Subtype")
    if subtype == "/Type3":
        fonts[f"{len(fonts)}"] = True
    elif subtype != "/Type0":
        descriptor = document.dictionary(dict.get(holder, "/FontDescriptor"))
        if not any(name in descriptor for name in FONT_FILES):
            fonts[re.sub(r"^[A-Z]{6}\+", "", document.name(holder, "/BaseFont").lstrip("/"))[:60] or "?"] = False


def _dangers(document: _Document, holder: DictionaryObject) -> set[str]:
    """The kinds of active content that one dictionary shows by itself."""
    found = {ACTIONS.get(document.name(holder, "/S"), ""), _annotation_danger(document, holder)}
    if "/EF" in holder or document.name(holder, "/Type") == "/EmbeddedFile":
        found.add("attachment")
    if "/XFA" in holder:
        found.add("form")
    if "/URI" in holder:
        address = str(document.resolve(dict.get(holder, "/URI"))).strip().lower()
        if address.startswith(("javascript:", "vbscript:", "data:")):
            found.add("javascript")
    return found - {""}


def _annotation_danger(document: _Document, holder: DictionaryObject) -> str:
    subtype = document.name(holder, "/Subtype")
    if subtype == "/Image":
        width, height = (document.resolve(dict.get(holder, side)) for side in ("/Width", "/Height"))
        if isinstance(width, int) and isinstance(height, int) and width * height > ABSURD_PIXELS:
            raise _Refused("bomb.unpacks")
    return ANNOTATIONS.get(subtype, "") if "/Rect" in holder else ""


def _catalog_dangers(document: _Document) -> set[str]:
    """The kinds of active content that only the catalog tells."""
    catalog, found = document.catalog, set()
    opening = document.resolve(dict.get(catalog, "/OpenAction"))
    # LaTeX's hyperref writes an /OpenAction into nearly every paper: "show page 1". A place to go to harms nobody.
    if isinstance(opening, dict) and document.name(document.dictionary(opening), "/S") != "/GoTo":
        found.add("open_action")
    form = document.dictionary(dict.get(catalog, "/AcroForm"))
    if document.array(dict.get(form, "/Fields")) or "/XFA" in form:  # some exporters write a form without fields
        found.add("form")
    names = document.dictionary(dict.get(catalog, "/Names"))
    if document.dictionary(dict.get(names, "/JavaScript")):
        found.add("javascript")
    files = document.dictionary(dict.get(names, "/EmbeddedFiles"))
    if (
        document.array(dict.get(files, "/Names"))
        or document.array(dict.get(files, "/Kids"))
        or "/Collection" in catalog
    ):
        found.add("attachment")
    return found


def _unpacked_size(document: _Document, stream: StreamObject) -> int:
    """The bytes the stream unpacks to, as far as its filters are general ones.

    Refuses above STREAM_LIMIT at any step. Not pypdf's `get_data`: that also undoes predictors, in Python, byte by
    byte, and it keeps what it unpacked.
    """
    if dict.get(stream, "/F") is not None:  # the content lies in another file
        raise _Refused("active_content.launch")
    data = stream._data
    filters = document.filters(stream)
    if len(filters) > 4:
        raise _Refused("bomb.unpacks")
    size = len(data)
    for position, name in enumerate(filters):
        if name in PICTURE_FILTERS:
            break
        last = position == len(filters) - 1
        if name in FLATE:
            size, data = _inflate(data, keep=not last)
        else:
            data = _undo(name, data)
            size = len(data)
    return size


def _inflate(data: bytes, *, keep: bool) -> tuple[int, bytes]:
    """The size of zlib-packed `data` and, with `keep`, what it unpacks to, never holding more than 1 MiB without it."""
    unpacker, size, kept = zlib.decompressobj(), 0, []
    rest: bytes = data
    while rest and not unpacker.eof:
        try:
            part = unpacker.decompress(rest, MEBIBYTE)
        except zlib.error as error:
            raise _Refused("broken.damaged") from error
        size += len(part)
        if size > STREAM_LIMIT:
            raise _Refused("bomb.unpacks")
        if keep:
            kept.append(part)
        rest = unpacker.unconsumed_tail
    return size, b"".join(kept)


def _undo(name: str, data: bytes) -> bytes:
    """`data` after one filter other than Flate. Unknown filters leave it as it is: nothing unpacks it."""
    from pypdf import filters

    undo: dict[str, Callable[[bytes], bytes | str]] = {
        "/ASCII85Decode": filters.ASCII85Decode.decode,
        "/A85": filters.ASCII85Decode.decode,
        "/ASCIIHexDecode": filters.ASCIIHexDecode.decode,
        "/AHx": filters.ASCIIHexDecode.decode,
        "/LZWDecode": filters.LZWDecode.decode,
        "/LZW": filters.LZWDecode.decode,
        "/RunLengthDecode": filters.RunLengthDecode.decode,
        "/RL": filters.RunLengthDecode.decode,
    }
    if name not in undo:
        return data
    undone = undo[name](data)
    return undone.encode("latin-1") if isinstance(undone, str) else undone


# ---------------------------------------------------------------------------------------------------------------------
# What a paper says of itself
# ---------------------------------------------------------------------------------------------------------------------

MOST_PAGES_READ = 40
LONGEST_PAGE = 8_000
MOST_LINKS = 60
TEXT_SECONDS = 3.0

# Hosts whose addresses carry the name of whoever owns what lies there. 4open's anonymous repositories do not.
_PERSONAL_HOSTS = re.compile(
    r"(^|\.)(github\.com|gitlab\.(com|io)|github\.io|bitbucket\.org|codeberg\.(org|page)|sr\.ht|huggingface\.co|hf\.co"
    r"|kaggle\.com|linkedin\.com|orcid\.org|scholar\.google\.[a-z.]+|researchgate\.net|sites\.google\.com"
    r"|drive\.google\.com|docs\.google\.com|dropbox\.com|notion\.(so|site)|medium\.com|twitter\.com|x\.com|bsky\.app"
    r"|youtube\.com|youtu\.be)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.|(?<![\w.@-])(?=(?:github|gitlab)\.com/))[^\s<>\"')\]}]{4,300}", re.IGNORECASE
)
_REFERENCES = re.compile(
    r"(?im)^[ \t\d.:§]*(references|bibliography|literature cited|works cited|références|bibliographie|referencias|"
    r"bibliografía|referências|literatur|literaturverzeichnis|bibliografia|kaynakça|kaynaklar|daftar pustaka|"
    r"المراجع|مراجع|منابع|संदर्भ|参考文献|參考文獻|참고문헌|литература|список литературы|"
    r"tài liệu tham khảo)[ \t]*:?[ \t]*$"
)
_THANKS = re.compile(
    r"(?im)^[ \t\d.:§]*(acknowledge?ments?|remerciements|agradecimientos|agradecimentos|danksagung|teşekkür|شكر وتقدير|"
    r"致谢|致謝|謝辞|감사의 글|благодарности)\b"
)
_OWN = re.compile(
    r"(?i)\bour (?:own )?(?:git\w*|code|repositor(?:y|ies)|web ?(?:site|page)|home ?page|lab(?:oratory)?|"
    r"university|institute|department|(?:previous|earlier|prior|past) (?:work|paper|study|papers|studies))\b"
)


def is_personal(address: str) -> bool:
    """True for an address that tells whose it is: a repository, a profile, a page under somebody's name."""
    found = re.match(r"(?:https?://)?([^/?#\s:@]+)(?::\d+)?(/[^?#\s]*)?", address.strip(), re.IGNORECASE)
    if found is None:
        return False
    host, path = found[1].lower(), found[2] or "/"
    return _PERSONAL_HOSTS.search(host) is not None or path.startswith(("/~", "/people/", "/staff/"))


class _TooSlow(BaseException):
    """Reading the text takes too long. Not an Exception, since pypdf goes on after those."""


def _read_words(data: bytes) -> dict[str, Any]:
    """The facts that need text: links, the first page, where references and thanks begin. Bounded in time and size.

    What cannot be read costs these facts, never the file.
    """
    found: dict[str, Any] = {
        "links": [],
        "first_page": "",
        "references": None,
        "thanks": None,
        "own": [],
        "is_read": False,
    }

    def stop(_signal: int, _frame: Any) -> None:
        raise _TooSlow

    signal.signal(signal.SIGALRM, stop)
    # What a file has left of its ten seconds: reading its text must not cost a file that is good.
    signal.setitimer(signal.ITIMER_REAL, max(0.01, min(TEXT_SECONDS, CPU_SECONDS - 1 - time.process_time())))
    try:
        with _opened(data) as document:
            _note_links(document, found)
            for number, page in enumerate(document.reader.pages[:MOST_PAGES_READ], start=1):
                _note_text(page.extract_text()[: 5 * LONGEST_PAGE], number, found)
    except (_Refused, _TooSlow, MemoryError):
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return found


def _note_links(document: _Document, found: dict[str, Any]) -> None:
    for number, page in enumerate(document.pages()[:MOST_PAGES_READ], start=1):
        for value in document.array(page.get("/Annots"))[:500]:
            action = document.dictionary(dict.get(document.dictionary(value), "/A"))
            address = document.resolve(dict.get(action, "/URI"))
            if isinstance(address, str | bytes):
                _note_address(str(address) if isinstance(address, str) else address.decode("latin-1"), number, found)


def _note_address(address: str, number: int, found: dict[str, Any]) -> None:
    kept = "".join(sign for sign in address if sign.isprintable())[:300].rstrip(".,;:")
    if kept and len(found["links"]) < MOST_LINKS and all(kept != known for known, _page in found["links"]):
        found["links"].append([kept, number])


def _note_text(text: str, number: int, found: dict[str, Any]) -> None:
    text = text.replace("\x00", "")
    found["is_read"] = found["is_read"] or sum(sign.isalpha() for sign in text) > 20
    if number == 1:
        found["first_page"] = text[:LONGEST_PAGE].encode("utf-8", "ignore").decode()
    for one in _ADDRESS.finditer(text):
        _note_address(one[0], number, found)
    if heading := _last(_REFERENCES, text):
        found["references"] = [number, any(map(str.isalpha, text[: heading.start()]))]
    if found["thanks"] is None and _THANKS.search(text):
        found["thanks"] = number
    for own in _OWN.finditer(text):
        if len(found["own"]) < 10:
            found["own"].append([own[0][:80], number])


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last place: an appendix or a table of contents may say the same word before."""
    return next(reversed(list(pattern.finditer(text))), None)


# ---------------------------------------------------------------------------------------------------------------------
# The copy for blind reviewers
# ---------------------------------------------------------------------------------------------------------------------


def blind_copy(data: bytes) -> bytes:
    """A copy of the PDF with its pages and nothing that tells who made it, made in this very process.

    The copy is built anew from what a page needs, not by deleting from the old file: what this function does not know
    is left out. Gone are document information, XMP, outline, names, attachments, scripts, forms, structure tree,
    thumbnails, private application data, comments and other annotations, file identifier, and the EXIF, XMP and IPTC
    parts of JPEG and JPEG 2000 pictures. Kept are links within the paper and to http(s) addresses, and layers with
    neutral names (without them hidden layers would show). What is *printed on* the pages stays: that is the author's
    to blind. The same input gives the same bytes. Raises BlindCopyError for a file that cannot be read or that hurts.
    """
    try:
        with _opened(data) as document:
            return _Copier(document).run()
    except _Refused as refused:
        raise BlindCopyError(_problem(refused.key, refused.values)) from refused


# Entries of pages and pictures are allowed by name; those of fonts, colours and patterns, too many to list, are
# forbidden by name.
PAGE_ENTRIES = {
    *("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate", "/UserUnit", "/Group", "/Contents"),
}
STREAM_ENTRIES = {"/Filter", "/DecodeParms"}
IMAGE_ENTRIES = STREAM_ENTRIES | {
    *("/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask"),
    *("/Decode", "/Interpolate", "/SMask", "/SMaskInData", "/Matte", "/OC"),
}
FORM_ENTRIES = STREAM_ENTRIES | {"/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Resources", "/Group", "/OC"}
RESOURCE_ENTRIES = {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading"}
FORBIDDEN = {
    *("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/AA", "/A", "/JS", "/AF", "/EF", "/F", "/UF", "/FS"),
    *("/StructParents", "/StructParent", "/OPI", "/Parent", "/P", "/Dest", "/Annots", "/Names", "/OpenAction", "/URI"),
    *("/Measure", "/PtData", "/Alternates", "/Popup", "/T", "/NM", "/M", "/Private", "/Author", "/Title", "/Subject"),
    *(
        "/Keywords",
        "/Creator",
        "/Producer",
        "/CreationDate",
        "/ModDate",
        "/Contents",
        "/RichMediaContent",
        "/XFA",
        "/Ref",
    ),
}
DESCRIBED_PICTURES = {"/DCTDecode", "/DCT", "/JPXDecode"}
LINK_ENTRIES = {"/Subtype", "/Rect", "/Border", "/C", "/BS", "/H", "/QuadPoints"}
LAYER_ENTRIES = {"/Type", "/Intent"}
LAYER_SET_ENTRIES = {"/Type", "/OCGs", "/P", "/VE"}
LAYER_VIEW_ENTRIES = {"/BaseState", "/ON", "/OFF", "/Intent", "/RBGroups", "/Locked", "/AS"}


class _Copier:
    """Writes a new file from the pages of a document, one object after the other, so that little is held twice.

    `role` says how an object is copied: "plain" leaves the FORBIDDEN entries out; "names" is a dictionary whose keys
    are the author's choice (the name of a font may well be /A) and hides nothing by key; "resources", "layer" and
    "properties" have rules of their own.
    """

    def __init__(self, document: _Document) -> None:
        self.document = document
        self.pages = document.pages()
        if not self.pages:
            raise _Refused("broken.no_pages")
        self.output = BytesIO()
        self.offsets: dict[int, int] = {}
        self.numbers: dict[tuple[tuple[int, int], str], int] = {}
        self.waiting: list[tuple[int, Any, str]] = []
        self.next_number = 3 + len(self.pages)  # 1 is the catalog, 2 the page list, then the pages
        self.page_numbers: dict[tuple[int, int], int] = {}
        for number, page in enumerate(self.pages, start=3):
            if page.key:
                self.page_numbers.setdefault(page.key, number)
        self.destinations: dict[str, Any] | None = None

    def run(self) -> bytes:
        """The bytes of the copy."""
        from pypdf.generic import ArrayObject, NameObject, NumberObject

        self.output.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._write(1, self._catalog())
        kids = ArrayObject([self._reference(number) for number in range(3, 3 + len(self.pages))])
        tree = {"/Type": NameObject("/Pages"), "/Kids": kids, "/Count": NumberObject(len(self.pages))}
        self._write(2, self._dictionary(tree))
        for number, page in enumerate(self.pages, start=3):
            self._write(number, self._page(page))
            self._drain()
        self._drain()
        self._finish()
        return self.output.getvalue()

    def _drain(self) -> None:
        while self.waiting:
            number, value, role = self.waiting.pop()
            self._write(number, self._container(value, role, 0))

    def _write(self, number: int, value: Any) -> None:
        self.offsets[number] = self.output.tell()
        self.output.write(b"%d 0 obj\n" % number)
        value.write_to_stream(self.output)
        self.output.write(b"\nendobj\n")
        if self.output.tell() > BLIND_COPY_LIMIT:
            raise _Refused("bomb.unpacks")

    def _finish(self) -> None:
        """Cross-reference table and trailer, without /Info and /ID."""
        start = self.output.tell()
        lines = [b"xref\n0 %d\n" % self.next_number, b"0000000000 65535 f \n"]
        lines += [b"%010d 00000 n \n" % self.offsets[number] for number in range(1, self.next_number)]
        lines.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (self.next_number, start))
        self.output.write(b"".join(lines))

    # -- dictionaries with rules of their own --------------------------------------------------------------------------

    def _dictionary(self, entries: Mapping[str, Any]) -> DictionaryObject:
        from pypdf.generic import DictionaryObject, NameObject

        return DictionaryObject({NameObject(name): value for name, value in entries.items() if value is not None})

    def _reference(self, number: int) -> IndirectObject:
        from pypdf.generic import IndirectObject

        return IndirectObject(number, 0, None)

    def _some(
        self, holder: DictionaryObject, allowed: Iterable[str], role: str = "plain", depth: int = 0
    ) -> dict[str, Any]:
        """Copies of the allowed entries, in a fixed order."""
        return {name: self._copy(dict.get(holder, name), role, depth) for name in sorted(allowed) if name in holder}

    def _catalog(self) -> DictionaryObject:
        from pypdf.generic import NameObject, TextStringObject

        entries: dict[str, Any] = {"/Type": NameObject("/Catalog"), "/Pages": self._reference(2)}
        entries["/OCProperties"] = self._layers()
        language = str(self.document.resolve(dict.get(self.document.catalog, "/Lang")) or "")
        if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?", language):  # screen readers need it; longer may hold names
            entries["/Lang"] = TextStringObject(language)
        return self._dictionary(entries)

    def _layers(self) -> DictionaryObject | None:
        source = self.document.dictionary(dict.get(self.document.catalog, "/OCProperties"))
        if not source:
            return None
        view = self.document.dictionary(dict.get(source, "/D"))
        return self._dictionary(
            self._some(source, {"/OCGs"}, "layer")
            | {"/D": self._dictionary(self._some(view, LAYER_VIEW_ENTRIES, "layer"))}
        )

    def _page(self, page: _Page) -> DictionaryObject:
        from pypdf.generic import NameObject

        merged = {**page.inherited, **page.own}
        entries: dict[str, Any] = {"/Type": NameObject("/Page"), "/Parent": self._reference(2)}
        for name in sorted(PAGE_ENTRIES & merged.keys()):
            entries[name] = self._copy(merged[name], "content" if name == "/Contents" else "plain")
        entries["/Resources"] = self._resources(self.document.dictionary(merged.get("/Resources")), 0)
        entries["/Annots"] = self._links(self.document.array(merged.get("/Annots")))
        return self._dictionary(entries)

    def _resources(self, source: DictionaryObject, depth: int) -> DictionaryObject:
        entries = self._some(source, RESOURCE_ENTRIES, "names", depth)
        entries |= self._some(source, {"/ProcSet"}, "plain", depth)
        entries |= self._some(source, {"/Properties"}, "properties", depth)
        return self._dictionary(entries)

    def _links(self, annotations: list[Any]) -> Any:
        """The page's links without what is said about them; every other annotation is somebody's remark."""
        from pypdf.generic import ArrayObject, NameObject

        links = ArrayObject()
        for value in annotations[:5000]:
            source = self.document.dictionary(value)
            target = self._target(source) if self.document.name(source, "/Subtype") == "/Link" else None
            if target:
                entries = {"/Type": NameObject("/Annot")} | self._some(source, LINK_ENTRIES) | target
                links.append(self._dictionary(entries))
        return links or None

    def _target(self, link: DictionaryObject) -> dict[str, Any] | None:
        """Where a link leads, as entries of the copied link; None where it should lead nowhere.

        Of addresses only http and https: a mailto: link names its author even where the page does not. Nor those of
        repositories and personal pages, where one click would tell more than the printed address does.
        """
        from pypdf.generic import ByteStringObject, NameObject

        action = self.document.dictionary(dict.get(link, "/A"))
        kind = self.document.name(action, "/S")
        if kind == "/URI":
            address = str(self.document.resolve(dict.get(action, "/URI")))
            if re.match(r"https?://", address, re.IGNORECASE) and not is_personal(address):
                uri = ByteStringObject(address.encode("ascii", "ignore"))
                return {"/A": self._dictionary({"/S": NameObject("/URI"), "/URI": uri})}
            return None
        place = self._place(dict.get(action, "/D") if kind == "/GoTo" else dict.get(link, "/Dest"))
        return {"/Dest": place} if place else None

    def _place(self, value: Any) -> Any:
        """A destination within the copy, written out; named ones are looked up, since names are the author's words."""
        from pypdf.generic import ArrayObject, NameObject, NullObject

        found = self.document.resolve(value)
        if isinstance(found, str | bytes):
            found = self._named_places().get(found if isinstance(found, str) else found.decode("latin-1"))
            found = found.dest_array if found is not None else None
        if not isinstance(found, ArrayObject) or not found:
            return None
        number = self.page_numbers.get(_key(found[0]) or (0, 0))
        if number is None:
            return None
        rest = [self.document.resolve(one) for one in found[1:6]]
        kept = [one if isinstance(one, NameObject | int | float) else NullObject() for one in rest]
        return ArrayObject([self._reference(number), *(kept or [NameObject("/Fit")])])

    def _named_places(self) -> dict[str, Any]:
        if self.destinations is None:
            try:
                self.destinations = dict(self.document.reader.named_destinations)
            except MemoryError:
                raise
            except Exception:  # a bad list costs the links, not the copy
                self.destinations = {}
        return self.destinations

    # -- everything else -----------------------------------------------------------------------------------------------

    def _copy(self, value: Any, role: str, depth: int = 0) -> Any:
        """A copy of `value`; what lies behind a reference waits its turn, so that only direct nesting is recursive."""
        from pypdf.generic import ArrayObject, DictionaryObject, NullObject

        found = self.document.resolve(value)
        if found is None:
            return NullObject()
        if not isinstance(found, ArrayObject | DictionaryObject):
            return _scalar(found)
        key = _key(value)
        if key in self.page_numbers or self._is_structure(found):
            return NullObject()  # a way back into the old file's page tree
        if key is None:
            return self._container(found, role, depth + 1)
        if (key, role) not in self.numbers:
            self.numbers[key, role] = self.next_number
            self.waiting.append((self.next_number, found, role))
            self.next_number += 1
            if self.next_number > ABSURD_OBJECTS:
                raise _Refused("bomb.costly")
        return self._reference(self.numbers[key, role])

    def _is_structure(self, found: Any) -> bool:
        return isinstance(found, dict) and dict.get(found, "/Type") in ("/Page", "/Pages", "/Catalog", "/StructElem")

    def _container(self, found: Any, role: str, depth: int) -> Any:
        from pypdf.generic import ArrayObject, NullObject, StreamObject

        if depth > ABSURD_DEPTH:
            raise _Refused("bomb.deep")
        if isinstance(found, ArrayObject):
            return ArrayObject([self._copy(one, role, depth) for one in found])
        if isinstance(found, StreamObject):
            return NullObject() if role == "layer" else self._stream(found, role, depth)
        return self._dictionary(self._entries(found, role, depth))

    def _entries(self, source: DictionaryObject, role: str, depth: int) -> Mapping[str, Any]:
        if role == "resources":
            return self._resources(source, depth)
        if role == "names":
            return {name: self._copy(value, "plain", depth) for name, value in dict.items(source)}
        if role == "properties":
            return {name: self._copy(value, "layer", depth) for name, value in dict.items(source)}
        if role == "layer":
            return self._layer(source, depth)
        return {
            name: self._copy(value, _role_below(name), depth)
            for name, value in dict.items(source)
            if name not in FORBIDDEN
        }

    def _layer(self, source: DictionaryObject, depth: int) -> dict[str, Any]:
        """A layer with a neutral name, a set of layers, or a rule of when to show them; nothing of other properties."""
        from pypdf.generic import TextStringObject

        kind = self.document.name(source, "/Type")
        if kind == "/OCG":
            usage = self.document.dictionary(dict.get(source, "/Usage"))
            states = {
                name: self._dictionary(self._some(self.document.dictionary(dict.get(usage, name)), {state}))
                for name, state in (("/Export", "/ExportState"), ("/Print", "/PrintState"), ("/View", "/ViewState"))
                if name in usage
            }
            entries = self._some(source, LAYER_ENTRIES) | {"/Name": TextStringObject("Layer")}
            return entries | ({"/Usage": self._dictionary(states)} if states else {})
        if kind == "/OCMD":
            return self._some(source, LAYER_SET_ENTRIES, "layer", depth)
        return self._some(source, {"/Event", "/Category", "/OCGs"}, "layer", depth)

    def _stream(self, source: StreamObject, role: str, depth: int) -> StreamObject:
        from pypdf.generic import NameObject, StreamObject

        subtype = self.document.name(source, "/Subtype")
        if role == "content":
            entries = self._some(source, STREAM_ENTRIES, "plain", depth)
        elif subtype in ("/Image", "/Form"):
            allowed = IMAGE_ENTRIES if subtype == "/Image" else FORM_ENTRIES
            entries = {
                name: self._copy(dict.get(source, name), _role_below(name), depth)
                for name in sorted(allowed)
                if name in source
            }
        else:
            entries = dict(self._entries(source, "plain", depth))
        entries.pop("/Length", None)
        filters, data = self.document.filters(source), source._data
        if len(filters) > 1 and filters[-1] in DESCRIBED_PICTURES and not self._predicted(source):
            # Unpack the picture down to its own format, so that what describes it can be found.
            for name in filters[:-1]:
                data = _inflate(data, keep=True)[1] if name in FLATE else _undo(name, data)
            filters = filters[-1:]
            entries["/Filter"] = NameObject(filters[0])
            last = self.document.array(dict.get(source, "/DecodeParms"))[-1:]
            entries["/DecodeParms"] = self._copy(last[0], "plain", depth) if last else None
        copy = StreamObject()
        copy.update(self._dictionary(entries))
        copy.set_data(_without_picture_metadata(filters, data))
        return copy

    def _predicted(self, stream: StreamObject) -> bool:
        parameters = self.document.array(dict.get(stream, "/DecodeParms"))
        return any("/Predictor" in self.document.dictionary(one) for one in parameters)


def _role_below(name: str) -> str:
    """How to copy what stands under an entry of that name."""
    if name == "/Resources":
        return "resources"
    if name in ("/CharProcs", "/Colorants"):
        return "names"
    return "layer" if name == "/OC" else "plain"


def _scalar(value: Any) -> Any:
    """Text as the very bytes it was read from: palettes and character collections are text only by their brackets."""
    from pypdf.generic import ByteStringObject, TextStringObject

    return ByteStringObject(value.original_bytes) if isinstance(value, TextStringObject) else value


def _without_picture_metadata(filters: list[str], data: bytes) -> bytes:
    """`data` of a stream without the parts of a JPEG or JPEG 2000 picture that describe it instead of drawing it."""
    if filters in (["/DCTDecode"], ["/DCT"]):
        return _plain_jpeg(data)
    return _plain_jpeg2000(data) if filters == ["/JPXDecode"] else data


def _plain_jpeg(data: bytes) -> bytes:
    """A JPEG without comments, EXIF, XMP and IPTC, and without what follows its end (often a preview with EXIF).

    Application segments 0 (JFIF) and 14 (Adobe's colour transform) stay, since they change how it is drawn
    (ITU-T T.81, annex B). Where the segments make no sense the rest is kept as it is.
    """
    if not data.startswith(b"\xff\xd8"):
        return data
    kept, position = [data[:2]], 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xD9:
            kept.append(data[position : position + 2])
            return b"".join(kept)
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        if marker == 0xDA:  # picture data follow, up to the next marker that is neither stuffing nor a restart
            following = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]").search(data, end)
            end = following.start() if following else len(data)
        if marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(data[position:end])
        position = end
    return b"".join([*kept, data[position:]])


def _plain_jpeg2000(data: bytes) -> bytes:
    """A JPEG 2000 file without its XML, UUID and rights boxes (ISO/IEC 15444-1, annex I)."""
    if data[4:8] != b"jP  ":
        return data
    kept, position = [], 0
    while position + 8 <= len(data):
        length, kind = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        if length == 1:
            length = int.from_bytes(data[position + 8 : position + 16])
        end = len(data) if length < 8 else position + length
        if kind not in (b"xml ", b"uuid", b"uinf", b"jp2i"):
            kept.append(data[position:end])
        position = end
    return b"".join(kept)


# ---------------------------------------------------------------------------------------------------------------------
# The child process
# ---------------------------------------------------------------------------------------------------------------------

# At most two files are read at a time in one process: the memory for uploads is bounded, however many people upload.
_children = threading.BoundedSemaphore(2)
_NO_PYPDF = 70


def inspect_safely(
    data: bytes,
    *,
    file_name: str,
    max_bytes: int,
    max_pages_total: int | None,
    wall_seconds: float = WALL_SECONDS,
    memory_bytes: int = MEMORY_LIMIT,
) -> Inspection:
    """`inspect` and `blind_copy` in one child process with limits; what exceeds them is the problem `bomb`, a crash is
    `broken`, and a file of which no copy can be made has a problem too.

    Wrong size, name or first bytes are answered without a child. Raises OSError when no process can be started and
    RuntimeError when the child cannot find pypdf: neither is the file's fault.
    """
    if screened := _screen(data, file_name, max_bytes):
        return _inspection(data, {"problems": []}, screened)
    limit = "-" if max_pages_total is None else str(int(max_pages_total))
    answer = _in_child([limit], data, wall_seconds, memory_bytes)
    if isinstance(answer, Problem):
        return _inspection(data, {"problems": []}, [answer])
    told, _line, copy = answer.partition(b"\n")
    try:
        seen = _inspection(data, json.loads(told))
    except (ValueError, KeyError, TypeError):
        return _inspection(data, {"problems": []}, [_problem("broken.damaged")])
    if not seen.problems and not copy.startswith(b"%PDF-"):
        return _inspection(data, {"problems": []}, [_problem("broken.damaged")])
    return seen if seen.problems else replace(seen, blind=copy)


def _in_child(arguments: list[str], data: bytes, wall_seconds: float, memory_bytes: int) -> bytes | Problem:
    """What the child printed, or the problem by which it ended.

    The child runs this file itself, not `-m`: isolated mode then needs no installed package, and nothing but this
    file and pypdf is imported, whatever the packages' `__init__` grow to. It gets none of our environment, where
    secrets are.
    """
    command = [sys.executable, "-I", os.path.abspath(__file__), str(memory_bytes), *arguments]
    environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    with _children:
        try:
            done = subprocess.run(  # noqa: S603 - the command holds nothing typed by anybody
                command,
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=wall_seconds,
                env=environment,
                cwd="/",
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _problem("bomb.costly")
    if done.returncode == _NO_PYPDF:
        raise RuntimeError(f"{sys.executable} cannot import pypdf")
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return _problem("bomb.costly")
    return done.stdout if done.returncode == 0 else _problem("broken.damaged")


def _restrict(memory_bytes: int) -> None:
    """Give this process limits it cannot lift: memory, CPU seconds, no file to write, no core dump."""
    wanted = (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    )
    for kind, soft, hard in wanted:
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (soft, hard))


def main(arguments: list[str]) -> int:
    """The child. `MEMORY PAGES|-` prints what was seen as one line of JSON, then the copy if there is no problem."""
    _restrict(int(arguments[0]))
    # Neither is needed to read pages, and both are slow to import.
    sys.modules.update(dict.fromkeys(("PIL", "cryptography", "Crypto", "Cryptodome")))  # type: ignore[arg-type]
    try:
        import logging

        import pypdf  # noqa: F401
    except ImportError:
        return _NO_PYPDF
    logging.disable(logging.CRITICAL)
    out = sys.stdout.buffer
    try:
        seen, copy = _look_and_copy(sys.stdin.buffer.read(), None if arguments[1] == "-" else int(arguments[1]))
    except MemoryError:
        seen, copy = {"problems": [["bomb.costly", {}]]}, b""
    out.write(json.dumps(seen).encode() + b"\n")
    out.write(copy)
    out.flush()
    return 0


def _look_and_copy(data: bytes, max_pages_total: int | None) -> tuple[dict[str, Any], bytes]:
    seen = _look_inside(data, max_pages_total)
    if seen["problems"]:
        return seen, b""
    try:
        with _opened(data) as document:
            copy = _Copier(document).run()
    except _Refused as refused:
        return {"problems": [[refused.key, refused.values]]}, b""
    seen["facts"] |= _read_words(data)
    return seen, copy


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
