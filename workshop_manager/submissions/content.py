"""What an author typed, as plain values: compared, completed and stored without knowing where it was typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workshop_manager.accounts.models import Listing

MOST_AUTHORS = 30
MOST_ROWS = 400
"""Rows that a form reads: more authors than fit are shown again with a sentence, and none is lost in silence."""


@dataclass(frozen=True, slots=True)
class AuthorContent:
    """One author as typed. `id` is that of the stored row, or None for a new one."""

    name: str = ""
    email: str = ""
    affiliation: str = ""
    is_presenter: bool = False
    id: int | None = None

    @property
    def is_blank(self) -> bool:
        """True for a row nobody filled in."""
        return not (self.name or self.email or self.affiliation)


@dataclass(frozen=True, slots=True)
class Content:
    """A submission as typed: a draft may leave anything out.

    `answers` are by question, `told` by statement (see `questions`); None: they were not on the page, and stay.
    """

    title: str = ""
    abstract: str = ""
    track_id: int | None = None
    round_id: int | None = None
    type_id: int | None = None
    authors: tuple[AuthorContent, ...] = ()
    listing: Listing = Listing.FULL
    remote: bool = False
    is_eligible: bool | None = None
    not_published: bool = False
    wants_grant: bool = False
    willing_to_review: bool = False
    cv_to_sponsors: bool = False
    answers: Mapping[int, Any] | None = None
    told: Mapping[int, bool | None] | None = None
    country: str | None = None
    """Where the presenter works or studies, by its code."""
    career_stage: str | None = None
    """A value of `CareerStage`."""
    topics: frozenset[int] | None = None
    """What it is about, by ids; None: they were not on the page, and stay."""

    @property
    def named_authors(self) -> tuple[AuthorContent, ...]:
        """The authors without rows that were left empty."""
        return tuple(a for a in self.authors if not a.is_blank)


@dataclass(frozen=True, slots=True)
class Upload:
    """A PDF that was inspected and found good, with the copy that blind reviewers get."""

    original: bytes
    blind: bytes
    sha256: str
    pages: int
    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What was read of it (`pdf.FACTS`)."""


FIELDS = (
    "title",
    "abstract",
    "track_id",
    "round_id",
    "type_id",
    "authors",
    "listing",
    "remote",
    "is_eligible",
    "not_published",
    "wants_grant",
    "willing_to_review",
    "cv_to_sponsors",
    "country",
    "career_stage",
)


def differences(stored: Content, typed: Content) -> Iterator[str]:
    """The fields in which the two differ: names of this class, `q12` for an answer, `s3` for a statement.

    Ids of author rows and rows left empty do not count.
    """
    for name in FIELDS:
        if name == "authors":
            if _bare(stored) != _bare(typed):
                yield name
        elif getattr(stored, name) != getattr(typed, name):
            yield name
    if typed.topics is not None and typed.topics != (stored.topics or frozenset()):
        yield "topics"
    yield from _differing("q", stored.answers, typed.answers)
    yield from _differing("s", stored.told, typed.told)


def _differing(letter: str, stored: Mapping[int, Any] | None, typed: Mapping[int, Any] | None) -> Iterator[str]:
    before, after = stored or {}, typed
    if after is not None:
        for number in sorted({*before, *after}):
            if before.get(number) != after.get(number):
                yield f"{letter}{number}"


def _bare(content: Content) -> tuple[AuthorContent, ...]:
    return tuple(replace(a, id=None, email=a.email.casefold()) for a in content.named_authors)


def rearranged(authors: tuple[AuthorContent, ...], act: str) -> tuple[AuthorContent, ...]:
    """The authors after a button of their list: `add`, or `up`, `down`, `remove` with a place, such as `up-2`.

    Places count from 0. What makes no sense changes nothing: a button can be posted by hand.
    """
    rows = list(authors)
    verb, _dash, typed = act.partition("-")
    if verb == "add":
        return (*rows, AuthorContent()) if len(rows) < MOST_AUTHORS else authors
    place = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else -1
    if not 0 <= place < len(rows):
        return authors
    if verb == "remove":
        del rows[place]
    elif verb in ("up", "down"):
        other = place + (1 if verb == "down" else -1)
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
    return tuple(rows)
