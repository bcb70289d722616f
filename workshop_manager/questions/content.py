"""Questions, statements and answers as plain values, apart from database and web.

An answer is JSON, kept as it was typed: a number that is none stays the text that it is until it is mended, so that a
draft loses nothing. Texts, links and dates ("2026-10-06") are strings, a choice is the key of its option, many choices
a list of keys, yes or no a boolean, a file {"version": 2}, a person {"name": …, "email": …, "affiliation": …}. What was
not answered is None and not stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from workshop_manager.core.deadlines import Deadline
from workshop_manager.questions.states import Kind, Requirement, StatementKind

YES, NO = "yes", "no"
MOST_OPTIONS = 60
PERSON_PARTS = ("name", "email", "affiliation")
ABOUT_PEOPLE = frozenset({StatementKind.ELIGIBLE_PRESENTER, StatementKind.ELIGIBLE_AUTHOR})
"""What somebody says about who they are: answered with yes or no, never shown of one person."""

Answers = Mapping[int, Any]
"""Answers by the id of their question."""


class Owner(NamedTuple):
    """Whose answers: ("submission", 27)."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Shown only if the question `on` is answered: with one of `values`, or with anything if there are none."""

    on: int
    values: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked. `scopes` are strings such as "track:3"; none: asked of everybody."""

    id: int
    kind: Kind
    label: str
    help: str = ""
    section: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    old_options: Mapping[str, str] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    earliest: date | None = None
    latest: date | None = None
    word_limit: int | None = None
    requirement: Requirement = Requirement.NEVER
    required_from: Deadline | None = None
    frozen_after: Deadline | None = None
    scopes: frozenset[str] = frozenset()
    condition: Condition | None = None
    for_reviewers: bool = False
    is_need: bool = False
    is_archived: bool = False
    kept_days: int | None = None
    """So many days after the event the answers are deleted."""

    @property
    def field(self) -> str:
        """Its name in a form."""
        return f"q{self.id}"


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement as it is asked, in its newest wording."""

    id: int
    kind: StatementKind
    wording_id: int
    wording: str
    version: int
    since: datetime
    is_required: bool = True
    scopes: frozenset[str] = frozenset()
    is_archived: bool = False

    @property
    def field(self) -> str:
        """Its name in a form."""
        return f"s{self.id}"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody stated, in the wording that they read then."""

    statement_id: int
    kind: StatementKind
    wording_id: int
    wording: str
    version: int
    answer: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as its owner fills it in: the questions and statements that are not archived, in order."""

    questions: tuple[Asked, ...] = ()
    statements: tuple[Stated, ...] = ()

    def question(self, question_id: int) -> Asked | None:
        return next((asked for asked in self.questions if asked.id == question_id), None)


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that was looked at and found good: as uploaded, and without its metadata."""

    original: bytes
    plain: bytes
    sha256: str
    pages: int
    name: str


def tidy(kind: Kind, value: Any) -> Any:
    """The answer as it is stored; None if nothing was answered."""
    if value is None or value == "" or value == [] or value == {}:
        return None
    if kind is Kind.PERSON:
        parts = {part: str(value.get(part, "")) for part in PERSON_PARTS}
        return parts if any(parts.values()) else None
    return value
