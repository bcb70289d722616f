"""What a file brings, the same for every source. No database, no web."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from workshop_manager.exchange.reading import Problem
from workshop_manager.exchange.states import Source


@dataclass(frozen=True, slots=True)
class IncomingAuthor:
    """An author as a file names them."""

    name: str
    email: str = ""
    affiliation: str = ""
    is_presenter: bool = False


@dataclass(frozen=True, slots=True)
class IncomingSubmission:
    """A submission. `key` names it where it comes from, for good; None in a field: the file does not say."""

    line: int
    key: str
    title: str | None = None
    abstract: str | None = None
    authors: tuple[IncomingAuthor, ...] | None = None
    track: str | None = None
    status: str | None = None
    submitted_at: datetime | None = None
    submitter: str = ""
    """The address from which it was sent, of an author or of somebody else."""
    answers: Mapping[int, Any] = field(default_factory=dict)
    """What was answered to our questions, by their ids, as `questions.content` keeps it."""


@dataclass(frozen=True, slots=True)
class IncomingAssignment:
    """A submission to be read by somebody, named by address or by name."""

    line: int
    key: str
    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class IncomingReview:
    """A review. `own_key` names it where it comes from; `score` and `confidence` are on the scale of the file."""

    line: int
    key: str
    own_key: str
    email: str = ""
    name: str = ""
    score: float | None = None
    confidence: float | None = None
    text: str = ""
    remark: str = ""
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncomingAuthors:
    """The authors of a submission that was brought in before, in order."""

    line: int
    key: str
    authors: tuple[IncomingAuthor, ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    """All that a file brings, and what is wrong with it."""

    source: Source
    submissions: tuple[IncomingSubmission, ...] = ()
    authors: tuple[IncomingAuthors, ...] = ()
    assignments: tuple[IncomingAssignment, ...] = ()
    reviews: tuple[IncomingReview, ...] = ()
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    statuses: tuple[str, ...] = field(default=())
    """Every word the file has for what became of a submission, to be mapped."""

    def with_problems(self, *more: Problem) -> "Incoming":
        """The same with more problems, in the order of lines."""
        return replace(self, problems=tuple(sorted((*self.problems, *more), key=lambda p: p.line)))

    @property
    def is_empty(self) -> bool:
        return not (self.submissions or self.authors or self.assignments or self.reviews)
