"""Whether two works are likely one: alike in title or text, by an author they share. No database, no web."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

SAME_TITLE, SAME_TEXT = 90, 80
ALIKE_TITLE, ALIKE_TEXT = 70, 60
MOST_OF_ONE = 60
"""Of an author with more works than this, no pairs are looked at: that is no person but a placeholder."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two works are, in per cent. `text` is None if one of them has none yet."""

    title: int
    text: int | None

    @property
    def is_likely(self) -> bool:
        """True if a person should look at the two side by side."""
        text = self.text or 0
        return self.title >= SAME_TITLE or text >= SAME_TEXT or (self.title >= ALIKE_TITLE and text >= ALIKE_TEXT)


def likeness(title: str, text: str, other_title: str, other_text: str) -> Likeness:
    """Compares the words, whatever their order, case and punctuation; an empty title is like no other."""
    is_written = bool(text.strip() and other_text.strip())
    return Likeness(
        title=_alike(title, other_title) if title.strip() and other_title.strip() else 0,
        text=_alike(text, other_text) if is_written else None,
    )


def _alike(first: str, second: str) -> int:
    return int(fuzz.token_sort_ratio(_plain(first), _plain(second)))


def _plain(text: str) -> str:
    return default_process(unicodedata.normalize("NFKC", text).casefold())


def plain_name(name: str) -> str:
    """A name as it is compared: without accents, case and double spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def keys_of(person_id: int | None, email: str | None, name: str) -> Iterator[str]:
    """By what an author is known: account, address, name. Two who share one are taken for the same."""
    if person_id is not None:
        yield f"person:{person_id}"
    if email:
        yield f"email:{email.casefold()}"
    if plain_name(name):
        yield f"name:{plain_name(name)}"


def pairs(authors: Iterable[tuple[int, int | None, str | None, str]]) -> set[tuple[int, int]]:
    """Every two works that share an author, as (smaller id, larger id); `authors`: (work, account, address, name)."""
    works: dict[str, set[int]] = {}
    for work_id, person_id, email, name in authors:
        for key in keys_of(person_id, email, name):
            works.setdefault(key, set()).add(work_id)
    return {pair for found in works.values() if len(found) <= MOST_OF_ONE for pair in combinations(sorted(found), 2)}


def likely(
    candidates: Iterable[tuple[int, int]], texts: Mapping[int, tuple[str, str]]
) -> list[tuple[int, int, Likeness]]:
    """The candidates that are likely one, the most alike first; `texts`: (title, text) of each work."""
    looked = [
        (one, other, likeness(*texts[one], *texts[other]))
        for one, other in candidates
        if one in texts and other in texts
    ]
    found = [row for row in looked if row[2].is_likely]
    return sorted(found, key=lambda row: (-max(row[2].title, row[2].text or 0), row[0], row[1]))
