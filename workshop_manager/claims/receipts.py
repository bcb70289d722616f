"""A receipt on its way in: a PDF copied in a child process, a picture decoded under limits and encoded anew.

Call it while no transaction is open (`submissions.uploads.release`): looking at a hostile PDF takes up to ten seconds.
"""

import hashlib
import io
from dataclasses import dataclass

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from workshop_manager.claims.states import FileKind
from workshop_manager.core.text import clean_line
from workshop_manager.submissions.pdf import inspect_safely

MOST_BYTES = 10 * 2**20
MOST_PAGES = 20
MOST_PIXELS = 25_000_000
LARGEST_SIDE = 2400
"""Small print of an A4 page stays readable at that."""
_FORMATS = ("PNG", "JPEG", "WEBP")
_QUALITY = 85


class NotAReceipt(ValueError):
    """Why this file cannot be kept, and what to do, in a sentence."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored: made anew from what was sent, so nothing hidden in the file survives."""

    kind: FileKind
    content: bytes
    sha256: str
    pages: int
    name: str


def read(name: str, content: bytes) -> Kept:
    """A receipt fit to be stored; raises `NotAReceipt`. `sha256` is that of what was sent."""
    if not content:
        raise NotAReceipt(str(_("The file is empty. Choose it again.")))
    if len(content) > MOST_BYTES:
        raise NotAReceipt(str(_("A receipt has at most %(limit)s MB. Save a smaller one.", limit=MOST_BYTES // 2**20)))
    shown = clean_line(name.replace("\\", "/").rpartition("/")[2])[:200] or "receipt"
    digest = hashlib.sha256(content).hexdigest()
    if content[:1024].lstrip().startswith(b"%PDF-"):
        copy, pages = _pdf(content)
        return Kept(FileKind.PDF, copy, digest, pages, shown)
    return Kept(FileKind.PICTURE, _picture(content), digest, 1, shown)


def _pdf(content: bytes) -> tuple[bytes, int]:
    seen = inspect_safely(content, file_name="receipt.pdf", max_bytes=MOST_BYTES, max_pages_total=MOST_PAGES)
    for problem in seen.problems:
        if problem.code == "too_many_pages":
            raise NotAReceipt(
                str(
                    _(
                        "This PDF has more than the %(limit)s pages that a receipt may have. "
                        "Save only the pages with the amount, the day and who was paid.",
                        limit=MOST_PAGES,
                    )
                )
            )
        if problem.code == "encrypted":
            raise NotAReceipt(str(_("The PDF is locked with a password. Save it without one and choose that.")))
        raise NotAReceipt(str(_("This PDF cannot be read. Print it to a new PDF, or take a picture of it.")))
    return seen.blind, seen.pages


def _picture(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as found:
            width, height = found.size
            if width * height > MOST_PIXELS:
                raise NotAReceipt(
                    str(
                        _(
                            "%(width)s × %(height)s pixels are more than fit. Save the picture at half its size, "
                            "or take it again with fewer.",
                            width=width,
                            height=height,
                        )
                    )
                )
            found.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
            found.load()
            picture = ImageOps.exif_transpose(found)
    except NotAReceipt:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAReceipt(str(_("This is not a file we can read. Choose a PDF, PNG, JPEG or WebP."))) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise NotAReceipt(str(_("This picture is damaged or ends early. Save it again and choose that."))) from None
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    opaque = picture.convert("RGBA")
    clean = Image.new("RGB", opaque.size, "white")
    clean.paste(opaque, mask=opaque.getchannel("A"))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
