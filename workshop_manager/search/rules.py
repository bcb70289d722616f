"""What may be tagged, saved and done at once; plain values, no database."""

import re
import unicodedata
import zlib
from collections.abc import Mapping

from workshop_manager.core.text import clean_line
from workshop_manager.search.states import Act
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SUBMISSIONS
from workshop_manager.workshops.states import Role

MAY_SEARCH = MAY_SUBMISSIONS
MOST_AT_ONCE = 1000
MOST_TAGS = 200
MOST_SAVED = 100
LONGEST_TAG = 40
LONGEST_REASON = 2000
TINTS = 6

MAY_DO: Mapping[Act, frozenset[Role]] = {
    Act.ADD_TAG: MAY_SUBMISSIONS,
    Act.REMOVE_TAG: MAY_SUBMISSIONS,
    Act.MOVE_TRACK: MAY_SUBMISSIONS,
    Act.MOVE_ROUND: MAY_DECIDE,
    Act.REJECT: MAY_DECIDE,
}
"""Who may do what to many at once: the same who may do it to one."""
WRITES_TO_AUTHORS = frozenset({Act.MOVE_TRACK, Act.REJECT})


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
