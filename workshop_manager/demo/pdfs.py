"""Small PDFs for the demo's submissions, made here so that no file has to be shipped."""

from io import BytesIO
from textwrap import wrap

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

A4 = (595, 842)
_LINE = 15


def paper(title: str, abstract: str, pages: int = 2) -> bytes:
    """A PDF of that many pages with the title and text in Helvetica; figures that the font lacks become question marks."""
    writer = PdfWriter()
    for number in range(pages):
        page = writer.add_blank_page(*A4)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        stream.set_data(_text(title if number == 0 else f"Page {number + 1}", abstract))
        page[NameObject("/Contents")] = writer._add_object(stream)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _text(heading: str, body: str) -> bytes:
    lines = [b"BT /F1 16 Tf 72 760 Td (" + _escaped(heading[:60]) + b") Tj /F1 11 Tf 0 -30 Td"]
    lines += [b"(" + _escaped(line) + b") Tj 0 -%d Td" % _LINE for line in wrap(body, 85)]
    return b"\n".join([*lines, b"ET"])


def _escaped(text: str) -> bytes:
    plain = text.encode("cp1252", "replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
