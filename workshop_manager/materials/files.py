"""A file on its way in: what it is by its first bytes, never by its name; nothing in it that runs.

Call it while no transaction is open (`submissions.uploads.release`).
"""

import io
import zipfile
from dataclasses import dataclass

from flask_babel import gettext as _
from PIL import Image, UnidentifiedImageError
from werkzeug.datastructures import FileStorage

from workshop_manager.core.text import clean_line
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.materials.states import Kind
from workshop_manager.submissions import uploads

MOST_BYTES = 30 * 2**20
MOST_PAGES = 400
_MOST_UNPACKED = 400 * 2**20
_MOST_PARTS = 5_000
_MOST_PIXELS = 100_000_000
_MOST_CAPTIONS = 2 * 2**20
PDF = "application/pdf"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODP = "application/vnd.oasis.opendocument.presentation"
ENDINGS = {PDF: ".pdf", PPTX: ".pptx", ODP: ".odp", "image/png": ".png", "text/vtt": ".vtt"}
TAKEN = {
    Kind.SLIDES: (PDF, PPTX, ODP),
    Kind.POSTER: (PDF, "image/png"),
    Kind.PAPER: (PDF,),
    Kind.CAPTIONS: ("text/vtt",),
    Kind.OTHER: (PDF,),
}
"""Of what kind which files are taken; all else is a link."""


class NotTaken(ValueError):
    """Why this file cannot be kept, and what to do, in a sentence."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file fit to be kept."""

    name: str
    media_type: str
    body: bytes


def take(uow: UnitOfWork, file: FileStorage, kind: Kind) -> Taken:
    """A file of that kind of material; raises `NotTaken`. Ends the transaction."""
    wanted = TAKEN.get(kind, ())
    if not wanted:
        raise NotTaken(str(_("Give a link instead: a file of this kind is not kept here.")))
    head = file.stream.read(1024)
    file.stream.seek(0)
    if head.lstrip().startswith(b"%PDF-") and PDF in wanted:
        try:
            found = uploads.inspected(uow, file, max_bytes=MOST_BYTES, max_pages=MOST_PAGES)
        except uploads.Refused as refusal:
            raise NotTaken(refusal.sentence) from None
        return Taken(_name(found.name, PDF), PDF, found.original)
    uploads.release(uow)
    try:
        body = file.stream.read(MOST_BYTES + 1)
    finally:
        file.close()
    if not body:
        raise NotTaken(str(_("The file is empty. Choose it again.")))
    if len(body) > MOST_BYTES:
        raise NotTaken(
            str(_("The file has more than %(limit)s MB. Save a smaller one, or link to it.", limit=MOST_BYTES // 2**20))
        )
    media_type = _type_of(body)
    if media_type not in wanted:
        endings = ", ".join(ENDINGS[one][1:].upper() for one in wanted)
        raise NotTaken(str(_("This is no file that is taken here. Choose one of: %(endings)s.", endings=endings)))
    return Taken(_name(file.filename or "", media_type), media_type, body)


def _name(typed: str, media_type: str) -> str:
    shown = clean_line(typed.replace("\\", "/").rpartition("/")[2])
    stem = shown.rpartition(".")[0] or shown or "file"
    return stem[:150] + ENDINGS[media_type]


def _type_of(body: bytes) -> str:
    if body.startswith(b"PK\x03\x04"):
        return _office(body)
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(body)
    if body.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return _captions(body)
    return ""


def _office(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as found:
            parts = found.infolist()
            names = {part.filename for part in parts}
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise NotTaken(str(_("There is too much packed into this file. Save it as PDF and choose that.")))
            # What is named otherwise inside is no presentation, whatever the file is called.
            if "ppt/presentation.xml" in names and "[Content_Types].xml" in names:
                media_type = PPTX
            elif "mimetype" in names and found.getinfo("mimetype").file_size < 200:
                media_type = ODP if found.read("mimetype").strip() == ODP.encode() else ""
            else:
                return ""
    except (zipfile.BadZipFile, RuntimeError, OSError, KeyError, ValueError) as error:
        if isinstance(error, NotTaken):
            raise
        raise NotTaken(str(_("This file is damaged or ends early. Save it again and choose that."))) from None
    lowered = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/")) for name in lowered):
        raise NotTaken(str(_("There are macros in this file. Save it without them, or as PDF.")))
    return media_type


def _png(body: bytes) -> str:
    try:
        with Image.open(io.BytesIO(body), formats=("PNG",)) as found:
            width, height = found.size
            if width * height > _MOST_PIXELS:
                raise NotTaken(str(_("This picture has too many pixels. Save it at half its size, or as PDF.")))
            found.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise NotTaken(str(_("This picture is damaged or ends early. Save it again and choose that."))) from error
    return "image/png"


def _captions(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotTaken(str(_("Captions are text in UTF-8. Save them so and choose that."))) from None
    if len(body) > _MOST_CAPTIONS:
        raise NotTaken(str(_("These captions are too long to be those of one talk.")))
    return "text/vtt"
