"""Text out of bytes: in the encoding the file names, or shows, or most probably has."""

from __future__ import annotations

import codecs
import contextlib
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMED = re.compile(
    rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})|<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._-]{1,40})",
    re.IGNORECASE,
)
_CP1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
GUESSED = "The text is not UTF-8 and was read as Windows-1252 (Western European). Look at the accents in names."


def text_of(data: bytes) -> tuple[str, str]:
    """The text of a file, and a sentence where its encoding had to be guessed. Never fails: what is broken shows."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), ""
    if (hidden := _without_mark(data)) is not None:
        return data.decode(hidden, "replace"), ""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        if data.lstrip()[:15].upper() == b"BEGIN:VCALENDAR":
            # RFC 5545 §3.1: a long line may be folded within a character, which is one again only among bytes.
            with contextlib.suppress(UnicodeDecodeError):
                return re.sub(rb"\r?\n[ \t]", b"", data).decode("utf-8"), ""
        named = _NAMED.search(data[:2000])
        if named is not None:
            name = (named[1] or named[2]).decode("ascii")
            # Also for a codec that is none of text: it refuses to decode to a string.
            with contextlib.suppress(LookupError, UnicodeDecodeError, ValueError):
                return data.decode(name), ""
        # Five bytes mean nothing in Windows-1252; Latin-1 gives them controls, which are taken out.
        return "".join(map(_CP1252.__getitem__, data)), GUESSED


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    start = data[:400]
    if len(start) < 4:
        return None
    low, high = start[1::2].count(0), start[0::2].count(0)
    if low > len(start) // 3 and high < len(start) // 20 + 1:
        return "utf-16-le"
    return "utf-16-be" if high > len(start) // 3 and low < len(start) // 20 + 1 else None
