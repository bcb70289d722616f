"""Submissions, reviews, assignments and decisions to take along, as CSV or JSON, row by row.

Each export holds what its reader may see at the desk (`visible_to`) and nothing else. Its columns are those that the
import understands, so that it can be brought into another installation.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from workshop_manager.core.database import Database
from workshop_manager.exchange import queries
from workshop_manager.questions import queries as questions
from workshop_manager.questions import rules, words
from workshop_manager.questions.content import Asked
from workshop_manager.questions.states import Kind as QuestionKind
from workshop_manager.submissions import form as submission_form
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import DECIDED
from workshop_manager.web.spreadsheets import harmless
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SUBMISSIONS, Standing
from workshop_manager.workshops.states import Role

Cell = str | int | float | bool | None | list[str]
Record = dict[str, Cell]
FORMS = ("csv", "json")


@dataclass(frozen=True, slots=True)
class Kind:
    """One export: its columns, its rows, and who may have it."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Session, int, Standing | None], Iterator[Record]]
    may: frozenset[Role]
    further: Callable[[Session, int], Iterable[str]] = lambda _session, _edition_id: ()

    def columns_of(self, session: Session, edition_id: int) -> tuple[str, ...]:
        """Its columns in that edition: the same everywhere, and those that its organisers made."""
        return (*self.columns, *self.further(session, edition_id))


def _at(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _submission(found: Submission) -> Record:
    return {
        "number": found.number,
        "title": found.title,
        "abstract": found.abstract,
        "state": found.state.value,
        "outcome": found.outcome.value if found.outcome and found.state in DECIDED else None,
        "track": found.track.key if found.track else None,
        "authors": [author.name for author in found.authors],
        "addresses": [author.email or "" for author in found.authors],
        "affiliations": [author.affiliation or "" for author in found.authors],
        "presenters": [author.name for author in found.authors if author.is_presenter],
        "submitted": _at(found.submitted_at),
    }


def _submissions(session: Session, edition_id: int, standing: Standing | None) -> Iterator[Record]:
    asked = _asked(session, edition_id)
    found = queries.submissions(session, edition_id, standing)
    while stretch := list(islice(found, queries.BATCH)):
        answers = questions.answers_to(session, submission_form.KEY, [one.id for one in stretch]) if asked else {}
        for one in stretch:
            yield _submission(one) | _answered(asked, answers.get(one.id, {}), submission_form.scopes_of(one))


def _asked(session: Session, edition_id: int) -> dict[str, Asked]:
    """The organisers' questions by the column of their answers: the wording, numbered where it stands there already."""
    found: dict[str, Asked] = {}
    for asked in questions.sheet(session, edition_id, submission_form.KEY).questions:
        column, number = asked.label, 1
        while column in found or column in _SUBMISSION:
            number += 1
            column = f"{asked.label} ({number})"
        found[column] = asked
    return found


def _answered(asked: Mapping[str, Asked], answers: Mapping[int, Any], scopes: Iterable[str]) -> Record:
    """What counts of the answers: an answer that is hidden, or of a track that was left, is read nowhere."""
    kept = rules.kept(list(asked.values()), answers, frozenset(scopes))
    return {column: _answer(one, kept.get(one.id)) for column, one in asked.items()}


def _answer(asked: Asked, value: Any) -> Cell:
    """An answer as the import reads it again."""
    if value is None:
        return None
    match asked.kind:
        case QuestionKind.MANY if isinstance(value, list):
            return [words.token_text(asked, str(key)) for key in value]
        case QuestionKind.CHOICE:
            return words.token_text(asked, str(value))
        case QuestionKind.YES_NO:
            return "yes" if value else "no"
        case QuestionKind.PERSON:
            return f"{value['name']} <{value['email']}>" if value["email"] else str(value["name"])
        case QuestionKind.FILE:
            return f"PDF, version {value['version']}"
    return value if isinstance(value, int | float) else str(value)


def _reviews(session: Session, edition_id: int, standing: Standing | None) -> Iterator[Record]:
    for submission, review in queries.reviews(session, edition_id, standing):
        yield {
            "submission": submission.number,
            "title": submission.title,
            "reviewer": review.reviewer.name if review.reviewer else None,
            "reviewer address": review.reviewer.email if review.reviewer else None,
            "score": review.score,
            "weighted": review.weighted,
            "confidence": review.confidence,
            "advice": review.advice.value if review.advice else None,
            "text": review.text,
            "remark": review.remark,
            "answers": json.dumps(review.answers, ensure_ascii=False) if review.answers else None,
            "submitted": _at(review.submitted_at),
        }


def _assignments(session: Session, edition_id: int, standing: Standing | None) -> Iterator[Record]:
    for submission, person, is_in in queries.assignments(session, edition_id, standing):
        yield {
            "submission": submission.number,
            "title": submission.title,
            "reviewer": person.name,
            "reviewer address": person.email,
            "review is in": is_in,
        }


def _decisions(session: Session, edition_id: int, standing: Standing | None) -> Iterator[Record]:
    for submission, decision, mean, count in queries.decisions(session, edition_id, standing):
        yield {
            "number": submission.number,
            "title": submission.title,
            "decision": decision.outcome.value if decision.outcome else None,
            "released": _at(decision.released_at),
            "state": submission.state.value,
            "average": round(mean, 2) if mean is not None else None,
            "reviews": count,
        }


_SUBMISSION = (
    *("number", "title", "abstract", "state", "outcome", "track", "authors", "addresses", "affiliations"),
    *("presenters", "submitted"),
)
_REVIEW = (
    *("submission", "title", "reviewer", "reviewer address", "score", "weighted", "confidence", "advice"),
    *("text", "remark", "answers", "submitted"),
)
KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind("submissions", _SUBMISSION, _submissions, MAY_SUBMISSIONS, _asked),
        Kind("reviews", _REVIEW, _reviews, MAY_SUBMISSIONS),
        Kind(
            "assignments",
            ("submission", "title", "reviewer", "reviewer address", "review is in"),
            _assignments,
            MAY_SUBMISSIONS,
        ),
        Kind(
            "decisions",
            ("number", "title", "decision", "released", "state", "average", "reviews"),
            _decisions,
            MAY_DECIDE,
        ),
    )
}
_TITLES = {
    "submissions": _l("Submissions"),
    "reviews": _l("Reviews"),
    "assignments": _l("Assignments"),
    "decisions": _l("Decisions"),
}
_ABOUT = {
    "submissions": _l(
        "Titles, abstracts, states, the authors with their addresses, and their answers to your questions, a column"
        " each. Drafts stay with their authors."
    ),
    "reviews": _l("Reviews that are in, with who wrote them and the remarks for the chairs."),
    "assignments": _l("Who reads what, and whether the review is in."),
    "decisions": _l("Pending and released decisions with average scores. Pending ones are known to nobody else."),
}


def title(kind: str) -> str:
    """`Submissions`."""
    return str(_TITLES[kind])


def about(kind: str) -> str:
    """What it holds."""
    return str(_ABOUT[kind])


def lines_of(name: str, columns: Sequence[str], form: str, rows: Iterator[Record]) -> Iterator[str]:
    """An export in pieces: CSV (RFC 4180, no cell a formula) or a JSON object with one list."""
    return _csv(columns, rows) if form == "csv" else _json(name, rows)


def _csv(columns: Sequence[str], rows: Iterator[Record]) -> Iterator[str]:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in columns])
    for row in rows:
        writer.writerow([harmless(_cell(row[name])) for name in columns])
        yield written.getvalue()
        written.seek(0)
        written.truncate()
    if rest := written.getvalue():
        yield rest


def _cell(value: Cell) -> object:
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return value


def _json(name: str, rows: Iterator[Record]) -> Iterator[str]:
    yield f'{{"{name}": ['
    for place, row in enumerate(rows):
        yield ("," if place else "") + "\n" + json.dumps(row, ensure_ascii=False)
    yield "\n]}\n"


def streamed(database: Database, kind: Kind, form: str, edition: Edition, standing: Standing, name: str) -> Response:
    """An answer that is written while it is read. `name` is ours, never typed by anybody."""
    edition_id = edition.id

    def pieces() -> Iterator[str]:
        # Its own session: the request's is closed before the last piece goes out.
        with database.session(writing=False) as session:
            if form == "csv":
                yield "\ufeff"
            columns = kind.columns_of(session, edition_id)
            yield from lines_of(kind.name, columns, form, kind.rows(session, edition_id, standing))

    response = Response(pieces(), mimetype="text/csv" if form == "csv" else "application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response
