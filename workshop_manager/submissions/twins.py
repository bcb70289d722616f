"""Works that are likely one and the same: of the same authors, alike in title or text."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from workshop_manager.submissions.likeness import Likeness, likely
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import State
from workshop_manager.submissions.words import state_sign, title_of

MOST_SHOWN = 200
_TYPED = 0
"""Stands for a work that is not stored yet; ids begin with 1."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A work that is likely the same as another, as a line of a list."""

    number: int
    title: str
    url: str
    sign: tuple[str, str, str]
    likeness: str


@dataclass(frozen=True, slots=True)
class Known:
    """By what an author is known: account, address, name."""

    person_id: int | None
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Work:
    """What others are compared with: a stored work, or one as it is typed."""

    edition_id: int
    id: int
    title: str
    abstract: str
    authors: Sequence[Known]

    @classmethod
    def of(cls, submission: Submission) -> "Work":
        """A stored work. Needs `authors` loaded."""
        authors = [Known(a.person_id, a.email or "", a.name) for a in submission.authors]
        return cls(submission.edition_id, submission.id, submission.title, submission.abstract, authors)

    @classmethod
    def typed(
        cls, edition_id: int, submission: Submission | None, title: str, abstract: str, authors: Sequence[Known]
    ) -> "Work":
        """A work as it stands in the form."""
        return cls(edition_id, submission.id if submission else _TYPED, title, abstract, authors)


def likeness_text(found: Likeness) -> str:
    """`Title 96 % alike, abstract 82 %`."""
    if found.text is None:
        return str(_("Title %(title)s %% alike", title=found.title))
    return str(_("Title %(title)s %% alike, abstract %(text)s %%", title=found.title, text=found.text))


def twin(row: Submission, how: Likeness, url: str) -> Twin:
    """A line of a list, with the page it leads to."""
    return Twin(row.number, title_of(row.title), url, state_sign(row.state), likeness_text(how))


def _sharing(work: Work) -> ColumnElement[bool]:
    """Authors of other works who share account, address or name with one of this."""
    people = {a.person_id for a in work.authors if a.person_id is not None}
    emails = {a.email.lower() for a in work.authors if a.email}
    names = {a.name for a in work.authors if a.name} | {a.name.lower() for a in work.authors if a.name}
    return or_(
        Author.person_id.in_(people),
        func.lower(Author.email).in_(emails),
        Author.name.in_(names),
        func.lower(Author.name).in_(names),
    )


def twins_of(session: Session, work: Work, seen: ColumnElement[bool]) -> list[tuple[Submission, Likeness]]:
    """Works of the same edition that share an author with this one and are likely the same; `seen` narrows them."""
    beside = select(Submission.id).where(Submission.edition_id == work.edition_id)
    sharing = select(Author.submission_id).where(Author.submission_id.in_(beside), _sharing(work))
    rows = session.scalars(
        select(Submission)
        .where(Submission.edition_id == work.edition_id, Submission.id != work.id)
        .where(Submission.state != State.WITHDRAWN, Submission.id.in_(sharing), seen)
        .order_by(Submission.number)
        .limit(MOST_SHOWN)
    ).all()
    by_id = {row.id: row for row in rows}
    texts = {row.id: (row.title, row.abstract) for row in rows} | {work.id: (work.title, work.abstract)}
    found = likely([(work.id, row.id) for row in rows], texts)
    return [(by_id[other], how) for _one, other, how in found]
