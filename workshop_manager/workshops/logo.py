"""A logo as uploaded, made into a small PNG: decoded under limits and encoded anew, so nothing of the file survives."""

import hashlib
import io

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 4 * 2**20
MOST_PIXELS = 12_000_000
LARGEST_SIDE = 512
_FORMATS = ("PNG", "JPEG", "WEBP")


class NotALogo(ValueError):
    """Why this file cannot be a logo, and what to do, in a sentence."""


def make_logo(content: bytes) -> bytes:
    """A PNG of at most 512 × 512 pixels, without metadata; raises `NotALogo`.

    SVG is refused: it can carry scripts and addresses of strangers, and a PNG of this size serves every place.
    """
    if not content:
        raise NotALogo(str(_("Choose a file.")))
    if len(content) > MOST_BYTES:
        raise NotALogo(str(_("The file is larger than the 4 MB that fit. Save a smaller one.")))
    if b"<svg" in content[:4096].lower():
        raise NotALogo(str(_("This is an SVG. Export it as PNG, 512 pixels wide or more, and choose that.")))
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as found:
            width, height = found.size
            if width * height > MOST_PIXELS:
                raise NotALogo(
                    str(
                        _(
                            "%(width)s × %(height)s pixels are more than fit. 512 × 512 will do.",
                            width=width,
                            height=height,
                        )
                    )
                )
            found.load()
            picture = ImageOps.exif_transpose(found).convert("RGBA")
    except NotALogo:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotALogo(str(_("This is not a picture we can read. Choose a PNG, JPEG or WebP."))) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise NotALogo(str(_("This picture is damaged or ends early. Save it again and choose that."))) from None
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    clean = Image.new("RGBA", picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()


def digest_of(png: bytes) -> str:
    """What names the logo in its address."""
    return hashlib.sha256(png).hexdigest()[:16]
