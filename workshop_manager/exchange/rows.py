"""From the rows of a table, and what its columns hold, to what it brings. No database, no web."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from workshop_manager.core.text import clean_line, clean_text
from workshop_manager.exchange.answers import answer_of
from workshop_manager.exchange.columns import Mapped
from workshop_manager.exchange.dates import moment_of, order_of
from workshop_manager.exchange.incoming import (
    Incoming,
    IncomingAssignment,
    IncomingAuthor,
    IncomingAuthors,
    IncomingReview,
    IncomingSubmission,
)
from workshop_manager.exchange.names import Name, names_in, values_in
from workshop_manager.exchange.reading import N_, Problem, Row, Table
from workshop_manager.exchange.states import DateOrder, Sort, Source, Target
from workshop_manager.questions.content import Asked
from workshop_manager.submissions.rules import is_address

LONGEST_TITLE = 400
LONGEST_NAME = 300
LONGEST_TEXT = 60_000
MOST_AUTHORS = 200
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is read: what the columns hold, the zone of moments without an offset, the order of days.

    `answers`: which columns answer which of our questions.
    """

    source: Source
    sort: Sort
    mapping: Mapped
    zone: ZoneInfo
    order: DateOrder = DateOrder.AUTO
    answers: Mapping[str, Asked] = field(default_factory=dict)


def incoming(table: Table, reading: Reading) -> Incoming:
    """What the table brings; every problem is named with its line."""
    made = _MAKERS[reading.sort](_Reader(table, reading))
    missing = [_missing(reading)] if _missing(reading) else []
    problems = [*table.problems, *made.problems, *(p for p in missing if p)]
    return Incoming(
        source=reading.source,
        submissions=made.submissions,
        authors=made.authors,
        assignments=made.assignments,
        reviews=made.reviews,
        problems=tuple(sorted(problems, key=lambda p: p.line)),
        remarks=(*table.remarks, *made.remarks),
        statuses=tuple(dict.fromkeys(one.status for one in made.submissions if one.status)),
    )


def _missing(reading: Reading) -> Problem | None:
    held = set(reading.mapping.values())
    if reading.sort is Sort.SUBMISSIONS and Target.TITLE not in held:
        return Problem(0, N_("No column holds the title. Say which one does."))
    if reading.sort is not Sort.SUBMISSIONS and Target.ID not in held:
        return Problem(0, N_("No column says which submission a row is about. Say which one does."))
    who = {Target.REVIEWER_EMAIL, Target.REVIEWER_NAME, Target.REVIEWER_LAST}
    if reading.sort is Sort.ASSIGNMENTS and not held & who:
        return Problem(0, N_("No column says who reviews. Say which one does."))
    return None


class _Reader:
    """One table on its way, collecting problems."""

    def __init__(self, table: Table, reading: Reading) -> None:
        self.rows = table.rows
        self.source = reading.source
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []
        self._columns: dict[Target, list[str]] = {}
        for column in table.columns:
            if (target := reading.mapping.get(column)) is not None:
                self._columns.setdefault(target, []).append(column)
        self._zone = reading.zone
        self._answers = {column: asked for column, asked in reading.answers.items() if column in table.columns}
        self._order = reading.order
        if reading.order is DateOrder.AUTO and Target.SUBMITTED in self._columns:
            self._order, is_certain = order_of(self.value(row, Target.SUBMITTED) for row in self.rows)
            if not is_certain:
                self.remarks.append(
                    Problem(
                        0, N_("Dates such as 3/4/2026 were read with the month first. Say so if the day comes first.")
                    )
                )

    def has(self, target: Target) -> bool:
        """True if a column holds it."""
        return target in self._columns

    def value(self, row: Row, target: Target) -> str:
        """The cell of the only column that holds it."""
        return next(iter(self.values(row, target)), "")

    def values(self, row: Row, target: Target) -> list[str]:
        """The filled cells of all columns that hold it."""
        return [cell for column in self._columns.get(target, ()) if (cell := row.cells.get(column))]

    def line(self, row: Row, target: Target, most: int = LONGEST_NAME) -> str:
        """One line of text, cleaned; too long a one is a problem."""
        return self.fitting(row, clean_line(self.value(row, target)), most)

    def fitting(self, row: Row, text: str, most: int) -> str:
        """The text, with a problem if it is longer than fits."""
        if len(text) > most:
            values = {"start": text[:40], "most": most}
            self.problem(row, N_("“%(start)s…” is longer than the %(most)s characters that fit."), values)
        return text[:most]

    def headed(self, row: Row, target: Target) -> str:
        """The texts of several columns, each under the name of its column unless there is only one."""
        columns = [column for column in self._columns.get(target, ()) if row.cells.get(column)]
        if len(columns) == 1:
            return self.fitting(row, clean_text(row.cells[columns[0]]), LONGEST_TEXT)
        parts = [f"{_heading(column)}\n{clean_text(row.cells[column])}" for column in columns]
        return self.fitting(row, clean_text("\n\n".join(parts)), LONGEST_TEXT)

    def moment(self, row: Row) -> datetime | None:
        """When it was submitted; what is no moment is a problem."""
        typed = self.value(row, Target.SUBMITTED)
        if not typed:
            return None
        found = moment_of(typed, self._zone, self._order)
        if found is None:
            self.problem(row, N_("“%(typed)s” is not a date we can read."), {"typed": typed[:40]})
        return found

    def answers(self, row: Row) -> dict[int, Any]:
        """What the row answers to our questions."""
        found: dict[int, Any] = {}
        for column, asked in self._answers.items():
            value = answer_of(asked, row.cells.get(column, ""), self._zone, self._order)
            if value is not None:
                found[asked.id] = value
        return found

    def number(self, row: Row, target: Target) -> float | None:
        """The number with which a cell begins: `8: Top 50% of accepted papers` is 8."""
        typed = self.value(row, target)
        if not typed:
            return None
        found = number_of(typed)
        if found is None:
            self.problem(row, N_("“%(typed)s” does not begin with a number."), {"typed": typed[:40]})
        return found

    def key(self, row: Row) -> str:
        """What names the submission of this row where it comes from; a problem if nothing does."""
        typed = key_of(self.value(row, Target.ID))
        if not typed and self.has(Target.ID):
            self.problem(row, N_("This row does not say which submission it is about."))
        return typed

    def problem(self, row: Row, message: str, values: Mapping[str, object] | None = None) -> None:
        """Note what is wrong with a row."""
        self.problems.append(Problem(row.line, message, values or {}))


def number_of(typed: str) -> float | None:
    """The number at the beginning, or None."""
    found = _NUMBER.match(typed.strip())
    return float(found[0].replace(",", ".")) if found else None


def key_of(typed: str) -> str:
    """The name of a submission elsewhere: an address of OpenReview is its forum, `12.0` of a spreadsheet is 12."""
    typed = clean_line(typed).lstrip("#").strip()
    if found := re.search(r"[?&]id=([\w-]+)", typed):
        return found[1][:200]
    return re.sub(r"^(\d+)\.0$", r"\1", typed)[:200]


def _heading(column: str) -> str:
    """`Q5 (Summary of the paper …)` reads “Summary of the paper …”."""
    found = re.fullmatch(r"[Qq]\d+\s*\((.*)\)", column, re.DOTALL)
    return (found[1] if found else column)[:150]


# -- submissions --------------------------------------------------------------------------------------------------


def _submissions(reader: _Reader) -> Incoming:
    found: list[IncomingSubmission] = []
    assignments: list[IncomingAssignment] = []
    seen: dict[str, int] = {}
    for row in reader.rows:
        one = _submission(reader, row)
        if one.key and one.key in seen:
            reader.problem(row, N_("Row %(line)s is about this submission already."), {"line": seen[one.key]})
            continue
        seen[one.key] = row.line
        found.append(one)
        for email in values_in(reader.value(row, Target.REVIEWER_EMAIL)):
            if email:
                assignments.append(IncomingAssignment(row.line, one.key, email.casefold()))
    return _made(reader, submissions=tuple(found), assignments=tuple(assignments))


def _submission(reader: _Reader, row: Row) -> IncomingSubmission:
    title = reader.line(row, Target.TITLE, LONGEST_TITLE)
    if not title and reader.has(Target.TITLE):
        reader.problem(row, N_("The title is empty."))
    at = reader.moment(row)
    key = reader.key(row) if reader.has(Target.ID) else _made_key(reader, row, title)
    abstract = reader.fitting(row, clean_text(reader.value(row, Target.ABSTRACT)), LONGEST_TEXT)
    has_authors = any(map(reader.has, (Target.AUTHORS, Target.CONTACT_NAME, Target.CONTACT_EMAIL)))
    return IncomingSubmission(
        line=row.line,
        key=key,
        title=title,
        abstract=abstract if reader.has(Target.ABSTRACT) else None,
        authors=_authors(reader, row) if has_authors else None,
        track=reader.line(row, Target.TRACK) if reader.has(Target.TRACK) else None,
        status=_status(reader, row) if reader.has(Target.STATUS) else None,
        submitted_at=at,
        submitter=_submitter(reader, row),
        answers=reader.answers(row),
    )


def _submitter(reader: _Reader, row: Row) -> str:
    """Whoever filled in a form gave their own address; CMT's contact and the like are authors among others."""
    if reader.source is not Source.GOOGLE:
        return ""
    typed = clean_line(reader.value(row, Target.CONTACT_EMAIL)).casefold()
    return typed if is_address(typed) else ""


def _status(reader: _Reader, row: Row) -> str:
    """What became of it. EasyChair has a column `deleted?` beside the decision: a yes there outweighs it."""
    said = [clean_line(cell)[:200] for cell in reader.values(row, Target.STATUS)]
    if reader.source is Source.EASYCHAIR and "yes" in said:
        return "deleted"
    said = [word for word in said if word.casefold() not in ("no", "no decision")]
    return said[0] if said else "submitted"


def _made_key(reader: _Reader, row: Row, title: str) -> str:
    """A form has no numbers: moment and address of the answer name it, or else its title."""
    said = [reader.value(row, Target.SUBMITTED), reader.value(row, Target.CONTACT_EMAIL).casefold()]
    if not said[0]:
        said.append(title.casefold())
    return hashlib.sha256("\x00".join(said).encode("utf-8", "replace")).hexdigest()[:40]


def _authors(reader: _Reader, row: Row) -> tuple[IncomingAuthor, ...]:
    names = [name for cell in reader.values(row, Target.AUTHORS) for name in names_in(cell)]
    emails = [email for cell in reader.values(row, Target.EMAILS) for email in values_in(cell)]
    places = [place for cell in reader.values(row, Target.AFFILIATIONS) for place in values_in(cell)]
    contact = reader.value(row, Target.CONTACT_EMAIL).strip()
    if not names:
        names = [Name(clean_line(reader.value(row, Target.CONTACT_NAME)) or contact, contact)]
        emails = emails or [contact]
    if len(names) > MOST_AUTHORS:
        reader.problem(row, N_("There are %(count)s authors; %(most)s fit."), {"count": len(names), "most": 200})
        names = names[:MOST_AUTHORS]
    if len(emails) > len(names):
        reader.problem(row, N_("There are more addresses than authors."))
    if contact and not emails and not any(name.email for name in names):
        emails = _contact_among(names, contact)
    rows = tuple(_author(reader, row, name, place, emails, places) for place, name in enumerate(names))
    return _presented(tuple(one for one in rows if one.name), contact)


def _contact_among(names: list[Name], contact: str) -> list[str]:
    """Whose the submitter's address is: the only author's, or that of one whose name stands in it; else nobody's."""
    local = contact.casefold().partition("@")[0]
    fits = [
        len(names) == 1 or any(len(part) > 2 and part in local for part in name.name.casefold().split())
        for name in names
    ]
    return [contact if fit else "" for fit in fits] if sum(fits) == 1 else []


def _author(reader: _Reader, row: Row, name: Name, place: int, emails: list[str], places: list[str]) -> IncomingAuthor:
    email = name.email or (emails[place] if place < len(emails) else "")
    affiliation = name.affiliation or (places[place] if place < len(places) else "")
    if len(places) == 1 and not affiliation:
        affiliation = places[0]
    return IncomingAuthor(
        name=reader.fitting(row, clean_line(name.name), LONGEST_NAME),
        email=_address(reader, row, email),
        affiliation=reader.fitting(row, clean_line(affiliation), LONGEST_NAME),
        is_presenter=name.is_marked,
    )


def _address(reader: _Reader, row: Row, typed: str) -> str:
    """An address, in small letters; a profile of OpenReview (`~Ada_Lovelace1`) is none and is left out."""
    typed = clean_line(typed).casefold()
    if not typed or typed.startswith("~"):
        return ""
    if not is_address(typed):
        reader.problem(row, N_("“%(typed)s” is not an e-mail address."), {"typed": typed[:80]})
        return ""
    return typed


def _presented(authors: tuple[IncomingAuthor, ...], contact: str) -> tuple[IncomingAuthor, ...]:
    """Somebody presents: who is marked, else the contact, else the first."""
    if not authors or any(one.is_presenter for one in authors):
        return authors
    chosen = next((place for place, one in enumerate(authors) if contact and one.email == contact.casefold()), 0)
    return tuple(
        IncomingAuthor(one.name, one.email, one.affiliation, place == chosen) for place, one in enumerate(authors)
    )


# -- authors, a row each ------------------------------------------------------------------------------------------


def _author_rows(reader: _Reader) -> Incoming:
    found: dict[str, list[IncomingAuthor]] = {}
    lines: dict[str, int] = {}
    for row in reader.rows:
        key = reader.key(row)
        parts = (reader.value(row, Target.FIRST_NAME), reader.value(row, Target.LAST_NAME))
        name = clean_line(" ".join(parts)) or reader.line(row, Target.AUTHORS)
        if not name:
            reader.problem(row, N_("This author has no name."))
        if not key or not name:
            continue
        lines.setdefault(key, row.line)
        found.setdefault(key, []).append(
            IncomingAuthor(
                name=reader.fitting(row, name, LONGEST_NAME),
                email=_address(reader, row, reader.value(row, Target.EMAILS)),
                affiliation=reader.line(row, Target.AFFILIATIONS),
                is_presenter=reader.value(row, Target.PRESENTS).casefold() in ("yes", "true", "1", "x"),
            )
        )
    lists = (IncomingAuthors(lines[key], key, _one_presents(tuple(rows))) for key, rows in found.items())
    return _made(reader, authors=tuple(lists))


def _one_presents(authors: tuple[IncomingAuthor, ...]) -> tuple[IncomingAuthor, ...]:
    return _presented(authors, "")


# -- assignments and reviews --------------------------------------------------------------------------------------


def _reviewer(reader: _Reader, row: Row) -> tuple[str, str]:
    parts = (reader.value(row, Target.REVIEWER_FIRST), reader.value(row, Target.REVIEWER_LAST))
    name = clean_line(" ".join(parts)) or reader.line(row, Target.REVIEWER_NAME)
    email = clean_line(reader.value(row, Target.REVIEWER_EMAIL))
    if not email and "@" in name:  # a column headed “reviewer” may hold addresses, as our own table of assignments does
        email, name = name, ""
    return email.casefold()[:320], name[:LONGEST_NAME]


def _assignments(reader: _Reader) -> Incoming:
    found = []
    for row in reader.rows:
        key, (email, name) = reader.key(row), _reviewer(reader, row)
        if not email and not name:
            reader.problem(row, N_("This row does not say who reviews."))
        elif key:
            found += [IncomingAssignment(row.line, key, one, name) for one in _each(email)]
    return _made(reader, assignments=tuple(dict.fromkeys(found)))


def _each(email: str) -> list[str]:
    return [one for one in values_in(email) if one] or [""]


_SCORE_LINE = re.compile(r"([^:\n]*):\s*([+-]?\d+)", re.ASCII)


def _reviews(reader: _Reader) -> Incoming:
    found: dict[str, IncomingReview] = {}
    for row in reader.rows:
        one = _review(reader, row)
        if one.key:
            found[one.own_key] = one  # EasyChair keeps every version of a review, the latest last
    return _made(reader, reviews=tuple(found.values()))


def _review(reader: _Reader, row: Row) -> IncomingReview:
    email, name = _reviewer(reader, row)
    key = reader.key(row)
    score, confidence = reader.number(row, Target.SCORE), reader.number(row, Target.CONFIDENCE)
    if reader.has(Target.SCORES):
        score, confidence = _scores(reader.value(row, Target.SCORES))
    own = clean_line(reader.value(row, Target.REVIEW_ID)) or f"{key}\t{email or name.casefold()}"
    if not email and not name and not reader.has(Target.REVIEW_ID):
        own = f"{key}\t{row.line}"
    return IncomingReview(
        line=row.line,
        key=key,
        own_key=own[:400],
        email=email,
        name=name,
        score=score,
        confidence=confidence,
        text=reader.headed(row, Target.TEXT),
        remark=reader.headed(row, Target.REMARK),
        submitted_at=reader.moment(row),
    )


def _scores(cell: str) -> tuple[float | None, float | None]:
    """`Overall evaluation: 2`, `Reviewer's confidence: 4`, a line each."""
    score = confidence = None
    for name, number in _SCORE_LINE.findall(cell):
        if "confidence" in name.casefold():
            confidence = float(number)
        elif score is None:
            score = float(number)
    return score, confidence


def _made(reader: _Reader, **values: object) -> Incoming:
    return Incoming(
        reader.source,
        problems=tuple(reader.problems),
        remarks=tuple(reader.remarks),
        **values,  # type: ignore[arg-type]
    )


_MAKERS: dict[Sort, Callable[[_Reader], Incoming]] = {
    Sort.SUBMISSIONS: _submissions,
    Sort.AUTHORS: _author_rows,
    Sort.REVIEWS: _reviews,
    Sort.ASSIGNMENTS: _assignments,
}
