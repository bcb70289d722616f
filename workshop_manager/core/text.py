"""What people type, made fit to be stored, shown beside other text and counted.

Nothing visible is lost and no letter is changed; only what cannot be seen, or what makes its surroundings unreadable,
goes.
"""

from __future__ import annotations

import re
import unicodedata

# The 25 characters of Unicode's White_Space property, by number: the \s of Python and of JavaScript differ from it
# and from each other (U+001C to U+001F and U+0085 here, U+FEFF there), and words.js must count alike.
_SPACES = r"\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACE_RUN = re.compile(f"[{_SPACES}]+")

# Line ends of other systems and of word processors (vertical tab, form feed, next line, line and paragraph separator).
_LINE_END = re.compile("\r\n|[\r\u000b\u000c\u0085\u2028\u2029]")

# C0 and C1 controls but tab and newline; bidi embeddings and overrides (U+202A to U+202E), by which a name turns
# around the text that follows it; byte order marks; interlinear annotation; half surrogates, which no database
# stores; noncharacters.
_UNWANTED = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)

_ISOLATES = "\u2066\u2067\u2068"  # left-to-right, right-to-left, first strong
_POP_ISOLATE = "\u2069"
_FIRST_STRONG_ISOLATE = "\u2068"
_BIDI_ISOLATE = re.compile(f"[{_ISOLATES}{_POP_ISOLATE}]")

# Right-to-left letters, Arabic letters and Arabic digits: what reorders its surroundings.
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})

# Letters by category that show nothing: Hangul fillers and the blank Braille pattern.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def clean_text(text: str) -> str:
    """`text` of several lines, normalised: NFC, newlines as "\\n", no invisible controls, no white space around it.

    Direction marks and isolates stay, since right-to-left text needs them, but each line closes the isolates it opens
    and no others (UAX 9): a line cannot turn around the next one. Joiners stay too (Persian, emoji). A text in which
    nothing can be seen is "". `clean_text(clean_text(t)) == clean_text(t)`.
    """
    text = _UNWANTED.sub("", _LINE_END.sub("\n", text))
    text = unicodedata.normalize("NFC", text)
    text = "\n".join(_balanced(line) for line in text.split("\n")).strip()
    return text if any(map(_visible, text)) else ""


def clean_line(text: str) -> str:
    """`text` of one line (a name, a title), as `clean_text`, with every run of white space as one space."""
    return " ".join(part for part in _SPACE_RUN.split(clean_text(text)) if part)


def isolated(text: str) -> str:
    """`text` as a name or title within a sentence: two right-to-left ones beside each other are not mixed up.

    Only text with right-to-left letters or Arabic digits is put between a first strong isolate and its end, line by
    line. Our sentences run from left to right, so any other text needs none, and stays what it was: whoever copies or
    looks for a Latin title finds no invisible signs. What is isolated already, a whole sentence say, stays as it is.

    For sentences to be read (pages, mails with their subjects, the changes of a release), never for what is stored as
    a title, compared, searched, exported or put into an address.
    """
    return "\n".join(map(_isolated_line, text.split("\n")))


def _isolated_line(line: str) -> str:
    depth = 0
    for sign in line:
        if sign in _ISOLATES:
            depth += 1
        elif sign == _POP_ISOLATE:
            depth = max(0, depth - 1)
        elif not depth and unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT:
            return f"{_FIRST_STRONG_ISOLATE}{_balanced(line)}{_POP_ISOLATE}"
    return line


def count_words(text: str) -> int:
    """The number of words: pieces between white space that contain a letter or a number.

    `countWords` in static/js/words.js gives the same number; change both together. Scripts without spaces count a whole
    phrase as one word. Letters newer than Python's Unicode tables (14.0 in Python 3.11) do not count.
    """
    return sum(any(unicodedata.category(sign)[0] in "LN" for sign in piece) for piece in _SPACE_RUN.split(text))


def _balanced(line: str) -> str:
    """`line` without closings of isolates that it does not open, and with those it leaves open closed."""
    if not _BIDI_ISOLATE.search(line):
        return line
    kept, open_isolates = [], 0
    for sign in line:
        if sign == _POP_ISOLATE:
            if not open_isolates:
                continue
            open_isolates -= 1
        elif sign in _ISOLATES:
            open_isolates += 1
        kept.append(sign)
    return "".join(kept) + _POP_ISOLATE * open_isolates


def _visible(sign: str) -> bool:
    """Whether the character draws something (a combining mark does, on what stands before it)."""
    return unicodedata.category(sign) not in ("Cc", "Cf", "Zs", "Zl", "Zp") and sign not in _BLANK_LETTERS
