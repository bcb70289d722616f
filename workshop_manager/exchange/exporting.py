"""Submissions, reviews, assignments and decisions to take along, as CSV or JSON, row by row.

Each export holds what its reader may see at the desk (`visible_to`) and nothing else. Its columns are those that the
import understands, so that it can be brought into another installation.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from workshop_manager.core.database import Database
from workshop_manager.exchange import queries
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
    return map(_submission, queries.submissions(session, edition_id, standing))


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
        Kind("submissions", _SUBMISSION, _submissions, MAY_SUBMISSIONS),
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
        "Titles, abstracts, states, and the authors with their addresses. Drafts stay with their authors."
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


def lines(kind: Kind, form: str, rows: Iterator[Record]) -> Iterator[str]:
    """The export in pieces: CSV (RFC 4180, no cell a formula) or a JSON object with one list."""
    return lines_of(kind.name, kind.columns, form, rows)


def lines_of(name: str, columns: Sequence[str], form: str, rows: Iterator[Record]) -> Iterator[str]:
    """The same for rows of any other kind."""
    return _csv(columns, rows) if form == "csv" else _json(name, rows)


def _csv(columns: Sequence[str], rows: Iterator[Record]) -> Iterator[str]:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
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
            yield from lines(kind, form, kind.rows(session, edition_id, standing))

    response = Response(pieces(), mimetype="text/csv" if form == "csv" else "application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response
