"""Hints of who wrote a paper, found in what was read of it. Pure functions: no database, no web, no file.

Names are compared as people read them: whatever their accents, hyphens, case, order and direction of writing, and
whatever a PDF made of them (accents beside their letters, words hyphenated at the end of a line).
"""

import enum
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workshop_manager.submissions.pdf import is_personal

MOST_HINTS = 12
TOP_LINES = 20
"""Where a name of one word counts: below, it may be an ordinary word."""


class Sign(enum.Enum):
    """What gives an author away."""

    METADATA = "metadata"
    NAME = "name"
    EMAIL = "email"
    AFFILIATION = "affiliation"
    LINK = "link"
    THANKS = "thanks"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint: what kind, the words in question, and the page they stand on (0: in no page)."""

    sign: Sign
    words: str
    page: int = 0


class Named(Protocol):
    """An author, as far as hints care."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def affiliation(self) -> str | None: ...


_STROKED = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n",
     "ـ": "", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ك": "ك", "ک": "ك", "ی": "ي"}
)  # fmt: skip
# Accents that PDFs keep apart from their letters, with the space that may follow: "Garc´ ıa".
_LOOSE_ACCENTS = re.compile(r"\s?[´`¨ˆ˜ˇ¸˛˚˘˝¯˙]\s?")
_HYPHENS = re.compile(r"[-\u2010-\u2015\u2212\u00ad'’ʼʻ`·]")
_EMAIL = re.compile(r"[^\s@<>,;:()\[\]{}]{1,64}@[\w.-]+\.[a-z]{2,}", re.IGNORECASE)
_GROUPED_EMAIL = re.compile(r"\{[^{}\n]{3,200}\}\s*@\s*[\w.-]+\.[a-z]{2,}", re.IGNORECASE)
_TOO_COMMON = frozenset(
    {"independent", "independent researcher", "university", "none", "student", "industry", "academia"}
)


def plain(text: str) -> str:
    """The text for comparing: no accents, no case, no marks, hyphens as spaces, one space between words."""
    loose = _LOOSE_ACCENTS.sub("", unicodedata.normalize("NFC", text))
    spread = unicodedata.normalize("NFKD", loose).casefold().translate(_STROKED)
    bare = "".join(sign for sign in spread if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")
    joined = _HYPHENS.sub(" ", bare)
    return " ".join(re.sub(r"[^\w\s@.]|_", " ", joined).split())


def _words(text: str) -> list[str]:
    return [word for word in plain(text).replace(".", " ").replace("@", " ").split() if word]


def _readings(text: str) -> list[list[str]]:
    """The words of a page, as they stand and with those torn at a line's end put together."""
    joined = re.sub(r"[-\u2010\u00ad]\s*\n\s*", "", text)
    return [_words(text), _words(joined)] if joined != text else [_words(text)]


def _is_ideographic(text: str) -> bool:
    return any("\u3040" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3" or sign > "\U00020000" for sign in text)


def _is_near(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """True if all wanted words stand together, in whatever order: “Family, Given”, or right to left by the page."""
    turned = [word[::-1] for word in wanted] if any(unicodedata.bidirectional(w[0]) in "RAL" for w in wanted) else []
    for sought in filter(None, (list(wanted), turned)):
        reach = len(sought) + 1
        rarest = min(sought, key=words.count)
        for place, word in enumerate(words):
            if word == rarest:
                around = words[max(0, place - reach) : place + reach + 1]
                if all(around.count(one) >= sought.count(one) for one in sought):
                    return True
    return False


def has_name(name: str, page: str) -> bool:
    """Whether that name stands on the page. One of a single word counts near the top only, where authors stand."""
    wanted = _words(name)
    if not wanted:
        return False
    if _is_ideographic(name):
        together = "".join(wanted)
        return len(together) >= 2 and together in "".join(_words(page))
    if len(wanted) == 1:
        top = "\n".join(page.splitlines()[:TOP_LINES])
        return len(wanted[0]) >= 3 and any(wanted[0] in words or wanted[0][::-1] in words for words in _readings(top))
    # Single letters are initials: they alone tell nobody, and PDFs set them apart from their dots.
    whole = [word for word in wanted if len(word) > 1] or wanted
    return len("".join(whole)) >= 4 and any(_is_near(whole, words) for words in _readings(page))


def has_affiliation(affiliation: str, page: str) -> bool:
    """Whether an institution stands on the page: its words in order, or a short form such as UGM in capitals."""
    wanted = _words(affiliation)
    if not wanted or " ".join(wanted) in _TOO_COMMON:
        return False
    if len(wanted) == 1 and len(affiliation.strip()) < 6 and not _is_ideographic(affiliation):
        return re.search(rf"(?<!\w){re.escape(affiliation.strip())}(?!\w)", page) is not None
    if _is_ideographic(affiliation):
        return "".join(wanted) in "".join(_words(page))
    sought = f" {' '.join(wanted)} "
    return any(sought in f" {' '.join(words)} " for words in _readings(page)) or (
        unicodedata.bidirectional(wanted[0][0]) in "RAL" and any(_is_near(wanted, words) for words in _readings(page))
    )


def hints(facts: Mapping[str, Any] | None, authors: Iterable[Named]) -> list[Hint]:
    """All hints in a file, each once, at most MOST_HINTS; none for a file of which nothing was read."""
    if not facts:
        return []
    people = list(authors)
    found = dict.fromkeys(_found(facts, people))
    return list(found)[:MOST_HINTS]


def _found(facts: Mapping[str, Any], people: Sequence[Named]) -> Iterator[Hint]:
    page = str(facts.get("first_page") or "")
    author, title = str(facts.get("author") or ""), str(facts.get("title") or "")
    if author:
        yield Hint(Sign.METADATA, author)
    if any(has_name(who.name, title) for who in people):
        yield Hint(Sign.METADATA, title)
    yield from (Hint(Sign.NAME, who.name, 1) for who in people if has_name(who.name, page))
    yield from _addresses(page, people)
    yield from _places(page, people)
    links = ((str(address), int(number)) for address, number in facts.get("links") or ())
    yield from (Hint(Sign.LINK, _short(address), number) for address, number in links if is_personal(address))
    yield from (Hint(Sign.OWN, str(words), int(number)) for words, number in facts.get("own") or ())
    if facts.get("thanks"):
        yield Hint(Sign.THANKS, "", int(facts["thanks"]))


def _places(page: str, people: Sequence[Named]) -> Iterator[Hint]:
    for place in dict.fromkeys(part.strip() for who in people for part in (who.affiliation or "").split(";")):
        if place and has_affiliation(place, page):
            yield Hint(Sign.AFFILIATION, place, 1)


def _addresses(page: str, people: Sequence[Named]) -> Iterator[Hint]:
    found = [one[0] for one in (*_GROUPED_EMAIL.finditer(page), *_EMAIL.finditer(page))]
    folded = page.casefold()
    found += [who.email for who in people if who.email and who.email.casefold() in folded]
    seen: set[str] = set()
    for address in found:
        if address.casefold() not in seen and not any(address.casefold() in one for one in seen):
            seen.add(address.casefold())
            yield Hint(Sign.EMAIL, address[:120], 1)


def _short(address: str) -> str:
    """`github.com/wahyuni-ugm/dialects`, as people say it."""
    return re.sub(r"^https?://(www\.)?", "", address, flags=re.IGNORECASE).rstrip("/")[:120]
