"""PDF files, good and hostile, built when a test asks for them.

`make_pdf` is for everybody who needs a paper to upload; the rest belongs to the tests of
`workshop_manager.submissions.pdf`.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link, Popup, Text
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

# The ways in which `signed_everywhere` hides a name; each is searched for on its own, so that one leak names its place.
PLACES = (
    *("info", "infokey", "xmp", "outline", "annotation", "popup", "freetext", "attachmentname", "attachmentdata"),
    *(
        "pieceinfo",
        "pagemetadata",
        "thumbnail",
        "javascript",
        "named",
        "structure",
        "layer",
        "layerowner",
        "properties",
    ),
    *(
        "linkauthor",
        "mailto",
        "exif",
        "jpegcomment",
        "jpegtail",
        "imagemetadata",
        "formpieceinfo",
        "fileid",
        "language",
    ),
    *("fontmetadata", "associated", "private"),
)


def make_pdf(pages: int = 2, author: str | None = None, title: str | None = None, text: str | None = None) -> bytes:
    """A good A4 paper of so many pages; `text` is printed on each. The same arguments give the same bytes."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    if author is not None:
        canvas.setAuthor(author)
    if title is not None:
        canvas.setTitle(title)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 770, text if text is not None else "A paper on nothing in particular")
        canvas.drawString(72, 72, f"page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def written(writer: PdfWriter) -> bytes:
    """The bytes that a writer gives."""
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def writer_of(data: bytes) -> PdfWriter:
    """A writer that begins with a copy of `data`."""
    return PdfWriter(clone_from=PdfReader(BytesIO(data)))


def assemble(objects: Iterable[bytes], *, root: int = 1, trailer: bytes = b"") -> bytes:
    """A PDF of hand-written objects, numbered from 1, with a right cross-reference table."""
    output, offsets = BytesIO(), []
    output.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, start=1):
        offsets.append(output.tell())
        output.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start, size = output.tell(), len(offsets) + 1
    output.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    output.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    output.write(b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, trailer, start))
    return output.getvalue()


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """The body of a stream object that holds `data` as it is."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def one_page(
    content: bytes = b"<< /Length 0 >>\nstream\n\nendstream", *, catalog: bytes = b"", page: bytes = b""
) -> bytes:
    """A one-page PDF with the given content stream object and further entries of catalog and page."""
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % page,
            content,
        ]
    )


# -- not PDFs, and broken ones
# ------------------------------------------------------------------------------------------


def zip_file() -> bytes:
    """A ZIP archive, to be renamed."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


def html_page() -> bytes:
    """A web page, as one gets by saving a login form as paper.pdf."""
    return b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n"


def pdf_and_zip() -> bytes:
    """A file that is a PDF from its beginning and a ZIP from its end."""
    return make_pdf() + zip_file()


def encrypted(user_password: str = "secret", algorithm: str = "AES-256") -> bytes:
    """A locked PDF; with an empty `user_password` everybody can open it but not change it."""
    writer = writer_of(make_pdf())
    writer.encrypt(user_password, owner_password="owner", algorithm=algorithm)
    return written(writer)


def broken_xref() -> bytes:
    """A PDF whose cross-reference table is not where the file says."""
    head, mark, tail = make_pdf().rpartition(b"startxref\n")
    return head + mark + b"7" + tail


def cut_off() -> bytes:
    """The first half of a PDF."""
    data = make_pdf()
    return data[: len(data) // 2]


def damaged_stream() -> bytes:
    """A PDF whose page content cannot be unpacked."""
    return one_page(stream(b"this is not zlib", b"/Filter /FlateDecode"))


# -- active content
# -----------------------------------------------------------------------------------------------------


def with_javascript() -> bytes:
    """A script that runs when the file is opened, by its name tree."""
    script = b"<< /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >>"
    return one_page(catalog=b"/Names << /JavaScript %s >>" % script)


def with_hidden_javascript() -> bytes:
    """A script behind an annotation, its name written in hexadecimal and behind a reference."""
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots [4 0 R] >>",
            b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A 5 0 R >>",
            b"<< /S 6 0 R /JS (app.alert\\(1\\)) >>",
            b"/J#61vaScript",
        ]
    )


def with_open_action(action: bytes = b"<< /S /Launch /F (calc.exe) >>") -> bytes:
    """A command that runs when the file is opened."""
    return one_page(catalog=b"/OpenAction %s" % action)


def with_attachment() -> bytes:
    """A paper with another file inside."""
    writer = writer_of(make_pdf())
    writer.add_attachment("data.csv", b"a,b\n1,2\n")
    return written(writer)


def with_form() -> bytes:
    """A paper with a field to fill in."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.acroForm.textfield(name="field", x=72, y=700, width=200, height=20)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def with_media(subtype: bytes = b"/RichMedia") -> bytes:
    """A paper with a film on its page."""
    return one_page(page=b"/Annots [<< /Type /Annot /Subtype %s /Rect [0 0 9 9] >>]" % subtype)


# -- bombs
# --------------------------------------------------------------------------------------------------------------


def decompression_bomb(unpacked: int = 300_000_000, layers: int = 1) -> bytes:
    """A small file whose page unpacks to `unpacked` bytes, packed `layers` times."""
    packer, parts, zeros = zlib.compressobj(9), [], bytes(1_000_000)
    parts += [packer.compress(zeros) for _ in range(unpacked // len(zeros))]
    data = b"".join([*parts, packer.flush()])
    for _ in range(layers - 1):
        data = zlib.compress(data, 9)
    return one_page(stream(data, b"/Filter [%s]" % (b"/FlateDecode " * layers)))


def page_tree_loop() -> bytes:
    """A page tree that contains itself."""
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>",
        ]
    )


def page_tree_explosion(levels: int = 30) -> bytes:
    """A page tree that names its branches ten times each: no loop, but 10 to the power of `levels` pages."""
    nodes = [b"<< /Type /Pages /Kids [%s] /Count 1 >>" % (b"%d 0 R " % number * 10) for number in range(3, 3 + levels)]
    return assemble([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>"])


def many_pages(pages: int = 10_000) -> bytes:
    """A paper of so many empty pages."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3 + pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages)
    return assemble([b"<< /Type /Catalog /Pages 2 0 R >>", tree, *([page] * pages)])


def deep_nesting(depth: int = 100_000) -> bytes:
    """Arrays within arrays, deeper than any stack."""
    return one_page(page=b"/Deep %s%s" % (b"[" * depth, b"]" * depth))


def deep_page_tree(depth: int = 500) -> bytes:
    """A page tree of so many levels."""
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % number for number in range(3, 3 + depth)]
    return assemble([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>"])


def huge_picture() -> bytes:
    """A picture of 60,000 times 60,000 dots in a few bytes."""
    picture = b"<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /Filter /DCTDecode /Length 0 >>"
    return one_page(picture + b"\nstream\n\nendstream")


def bulky(size: int) -> bytes:
    """A good one-page PDF of about `size` bytes, most of them a picture."""
    picture = stream(
        bytes(size),
        b"/Type /XObject /Subtype /Image /Width 1000 /Height %d /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8" % (size // 1000),
    )
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /A 4 0 R >> >> "
            b"/Contents 5 0 R >>",
            picture,
            stream(b"q 500 0 0 700 40 40 cm /A Do Q"),
        ]
    )


# -- names in every corner
# ----------------------------------------------------------------------------------------------


def jpeg(name: str) -> bytes:
    """A JPEG (no real picture data) with the name in EXIF, in a comment and after its end."""

    def segment(marker: int, data: bytes) -> bytes:
        return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2) + data

    return b"".join(
        [
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            segment(0xE1, b"Exif\0\0" + f"{name}-exif".encode()),
            segment(0xFE, f"{name}-jpegcomment".encode()),
            segment(0xDB, bytes(65)),
            segment(0xDA, bytes(6)) + b"\x12\xff\x00\x34\xff\xd0\x56",
            b"\xff\xd9",
            f"{name}-jpegtail".encode(),
        ]
    )


def _text(value: str) -> TextStringObject:
    return TextStringObject(value)


def _stream_of(data: bytes, entries: dict[str, object] | None = None, *, packed: bool = True) -> DecodedStreamObject:
    made = DecodedStreamObject()
    made.set_data(data)
    for key, value in (entries or {}).items():
        made[NameObject(key)] = value  # type: ignore[index]
    return made.flate_encode() if packed else made  # type: ignore[return-value]


def signed_everywhere(name: str = "Zeynep") -> bytes:
    """A two-page paper that bears `<name>-<place>` in each of PLACES, and the word "visible" on its pages."""
    writer = writer_of(make_pdf(text="visible words"))
    add, page, catalog = writer._add_object, writer.pages[0], writer.root_object

    def sign(place: str) -> TextStringObject:
        return _text(f"{name}-{place}")

    def packed(place: str) -> object:
        return add(_stream_of(f"<x>{name}-{place}</x>".encode()))

    def put(holder: DictionaryObject, **entries: object) -> None:
        holder.update({NameObject(f"/{key}"): value for key, value in entries.items()})

    def dictionary(**entries: object) -> DictionaryObject:
        made = DictionaryObject()
        put(made, **entries)
        return made

    piece = dictionary(
        Illustrator=dictionary(Private=dictionary(Owner=sign("pieceinfo")), LastModified=_text("D:2023"))
    )
    writer.add_metadata({"/Author": f"{name}-info", "/Company": f"{name}-infokey"})
    put(catalog, Metadata=packed("xmp"), Lang=sign("language"), PieceInfo=piece)
    writer.add_outline_item(title=f"{name}-outline", page_number=0)
    writer.add_attachment(f"{name}-attachmentname", f"{name}-attachmentdata".encode())
    writer.add_named_destination(title=f"{name}-named", page_number=1)
    note = writer.add_annotation(0, Text(rect=(9, 9, 19, 19), text=f"{name}-annotation"))
    put(note, T=sign("annotation"))
    writer.add_annotation(0, Popup(rect=(9, 9, 19, 19), parent=note))
    put(page["/Annots"][-1].get_object(), Contents=sign("popup"), RC=sign("freetext"))  # type: ignore[index]
    for url in ("https://example.org/paper", f"mailto:{name}-mailto@example.org"):
        link = writer.add_annotation(0, Link(rect=(30, 30, 60, 60), url=url))
        put(link, T=sign("linkauthor"), Contents=sign("linkauthor"), NM=sign("linkauthor"))
    inner = writer.add_annotation(0, Link(rect=(70, 30, 90, 60), url="https://example.org/"))
    del inner["/A"]
    put(inner, Dest=_text(f"{name}-named"))
    put(
        page,
        PieceInfo=piece,
        Metadata=packed("pagemetadata"),
        Thumb=packed("thumbnail"),
        AF=ArrayObject([dictionary(Type=NameObject("/Filespec"), UF=sign("associated"))]),
        AA=dictionary(O=dictionary(S=NameObject("/JavaScript"), JS=sign("javascript"))),
        Unheard=sign("private"),
    )
    layer = add(
        dictionary(
            Type=NameObject("/OCG"),
            Name=sign("layer"),
            Usage=dictionary(User=dictionary(Type=NameObject("/Ind"), Name=sign("layerowner"))),
        )
    )
    view = dictionary(OFF=ArrayObject([layer]), Order=ArrayObject([sign("layer"), layer]), Name=sign("layer"))
    put(catalog, OCProperties=dictionary(OCGs=ArrayObject([layer]), D=view))
    put(catalog, StructTreeRoot=add(dictionary(K=dictionary(S=NameObject("/P"), Alt=sign("structure")))))
    picture = _stream_of(
        jpeg(name),
        {
            "/Type": NameObject("/XObject"),
            "/Subtype": NameObject("/Image"),
            "/Width": NumberObject(1),
            "/Height": NumberObject(1),
            "/ColorSpace": NameObject("/DeviceRGB"),
            "/BitsPerComponent": NumberObject(8),
            "/Filter": NameObject("/DCTDecode"),
            "/Metadata": packed("imagemetadata"),
            "/OC": layer,
        },
        packed=False,
    )
    wrapped = _stream_of(
        zlib.compress(jpeg(name)),
        {
            "/Type": NameObject("/XObject"),
            "/Subtype": NameObject("/Image"),
            "/Width": NumberObject(1),
            "/Height": NumberObject(1),
            "/ColorSpace": NameObject("/DeviceRGB"),
            "/BitsPerComponent": NumberObject(8),
            "/Filter": ArrayObject([NameObject("/FlateDecode"), NameObject("/DCTDecode")]),
        },
        packed=False,
    )
    form = _stream_of(
        b"/A Do",
        {
            "/Type": NameObject("/XObject"),
            "/Subtype": NameObject("/Form"),
            "/BBox": ArrayObject([FloatObject(side) for side in (0, 0, 9, 9)]),
            "/PieceInfo": dictionary(Word=sign("formpieceinfo")),
            "/Resources": dictionary(XObject=dictionary(A=add(picture))),
        },
    )
    resources = page["/Resources"].get_object()
    font = resources["/Font"]["/F1"].get_object()  # type: ignore[index]
    put(font, Metadata=packed("fontmetadata"))
    put(
        resources,
        XObject=dictionary(A=add(picture), W=add(wrapped), Metadata=add(form)),
        Properties=dictionary(L=layer, M=dictionary(Title=sign("properties"), Metadata=packed("properties"))),
    )
    writer._ID = ArrayObject([_text(f"{name}-fileid"), _text(f"{name}-fileid")])
    return written(writer)
