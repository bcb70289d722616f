"""What may be tagged, saved and done at once; plain values, no database."""

import re
import unicodedata
import zlib

from workshop_manager.core.text import clean_line
from workshop_manager.search.states import Act
from workshop_manager.workshops.rules import MAY_SUBMISSIONS

MAY_SEARCH = MAY_SUBMISSIONS
MOST_AT_ONCE = 1000
MOST_TAGS = 200
MOST_SAVED = 100
LONGEST_TAG = 40
TINTS = 6


def tag_name(typed: str) -> str:
    """The name of a tag as it is kept: small letters, hyphens for spaces, no signs of the search language.

    Empty if nothing is left. `tag_name(tag_name(t)) == tag_name(t)`.
    """
    small = unicodedata.normalize("NFC", clean_line(typed).lstrip("#").lower())
    joined = re.sub(r"[\s\"“”„«»()<>=:#,;]+", "-", small)
    return re.sub(r"-{2,}", "-", joined).strip("-−–")[:LONGEST_TAG].strip("-−–")


def tint_of(name: str) -> int:
    """Which of the tints a tag has: always the same for the same name."""
    return zlib.crc32(name.encode("utf-8", "replace")) % TINTS


def inverse(act: Act) -> Act:
    """The act that takes this one back."""
    return {Act.ADD_TAG: Act.REMOVE_TAG, Act.REMOVE_TAG: Act.ADD_TAG}.get(act, act)
