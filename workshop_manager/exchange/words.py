"""How sources, columns, fates and problems are called, in the reader's language."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from workshop_manager.exchange.reading import Problem, Unreadable
from workshop_manager.exchange.states import DateOrder, Fate, Sort, Source, Target

_SOURCES = {
    Source.OPENREVIEW: _l("OpenReview"),
    Source.CMT: _l("Microsoft CMT"),
    Source.EASYCHAIR: _l("EasyChair"),
    Source.GOOGLE: _l("Google Forms"),
    Source.CSV: _l("Our own export, or another table"),
}
_SORTS = {
    Sort.SUBMISSIONS: _l("a submission"),
    Sort.AUTHORS: _l("an author"),
    Sort.REVIEWS: _l("a review"),
    Sort.ASSIGNMENTS: _l("an assignment"),
}
_TARGETS = {
    Target.ID: _l("Name or number of the submission there"),
    Target.TITLE: _l("Title"),
    Target.ABSTRACT: _l("Abstract"),
    Target.AUTHORS: _l("Authors"),
    Target.EMAILS: _l("Addresses of the authors"),
    Target.AFFILIATIONS: _l("Affiliations of the authors"),
    Target.CONTACT_NAME: _l("Name of whoever submitted"),
    Target.CONTACT_EMAIL: _l("Address of whoever submitted"),
    Target.TRACK: _l("Track"),
    Target.STATUS: _l("What became of it"),
    Target.SUBMITTED: _l("When it was handed in"),
    Target.FIRST_NAME: _l("First name"),
    Target.LAST_NAME: _l("Last name"),
    Target.PRESENTS: _l("Corresponding or presenting"),
    Target.REVIEWER_NAME: _l("Name of the reviewer"),
    Target.REVIEWER_FIRST: _l("First name of the reviewer"),
    Target.REVIEWER_LAST: _l("Last name of the reviewer"),
    Target.REVIEWER_EMAIL: _l("Address of the reviewer, or of several"),
    Target.REVIEW_ID: _l("Name of the review there"),
    Target.VERSION: _l("Version of the review"),
    Target.SCORE: _l("Score"),
    Target.CONFIDENCE: _l("Confidence"),
    Target.SCORES: _l("Score and confidence, a line each"),
    Target.TEXT: _l("Text for the authors"),
    Target.REMARK: _l("Remark for the chairs"),
}
_FATES = {
    Fate.SUBMITTED: _l("waits for a decision"),
    Fate.ORAL: _l("accepted as a talk"),
    Fate.LIGHTNING: _l("accepted as a lightning talk"),
    Fate.POSTER: _l("accepted as a poster"),
    Fate.WAITLISTED: _l("on the waitlist"),
    Fate.REJECTED: _l("not accepted"),
    Fate.WITHDRAWN: _l("withdrawn"),
    Fate.LEFT_OUT: _l("leave it out"),
}
_ORDERS = {
    DateOrder.AUTO: _l("as the file shows"),
    DateOrder.DAY_FIRST: _l("day first: 31/5/2026"),
    DateOrder.MONTH_FIRST: _l("month first: 5/31/2026"),
}
_WHAT = {
    "new": (_l("New"), "ok", "plus"),
    "changed": (_l("Changed"), "note", "pencil-simple"),
    "same": (_l("As it is here"), "rest", "check"),
    "left": (_l("Left out"), "rest", "prohibit"),
}
_FIELDS = {
    "title": _l("title"),
    "abstract": _l("abstract"),
    "authors": _l("authors"),
    "track": _l("track"),
    "state": _l("what became of it"),
    "answer": _l("answers"),
    "score": _l("score"),
    "confidence": _l("confidence"),
    "text": _l("text"),
    "remark": _l("remark"),
}


def source_name(source: Source) -> str:
    """`Microsoft CMT`."""
    return str(_SOURCES[source])


def sort_name(sort: Sort) -> str:
    """What a row is: `a submission`."""
    return str(_SORTS[sort])


def target_name(target: Target) -> str:
    """What a column holds."""
    return str(_TARGETS[target])


def fate_name(fate: Fate) -> str:
    """What became of it."""
    return str(_FATES[fate])


def order_name(order: DateOrder) -> str:
    """How dates are read."""
    return str(_ORDERS[order])


def what_sign(what: str) -> tuple[str, str, str]:
    """For the macro `ui.state`."""
    text, kind, icon = _WHAT[what]
    return kind, str(text), icon


def field_names(fields: tuple[str, ...]) -> str:
    """`title, authors`."""
    return ", ".join(dict.fromkeys(str(_FIELDS[name.partition(":")[0]]) for name in fields))


def problem_text(problem: Problem | Unreadable) -> str:
    """The sentence of what is wrong."""
    return str(_(problem.message, **problem.values))


_ROWS_NAMED = 12


def gathered(problems: Iterable[Problem]) -> list[tuple[str, str]]:
    """Each sentence once, with the rows it is about: `Rows 2, 3, 17 and 240 more`."""
    lines: dict[str, list[int]] = {}
    for one in problems:
        rows = lines.setdefault(problem_text(one), [])
        if one.line not in rows:
            rows.append(one.line)
    return [(_rows(rows), sentence) for sentence, rows in lines.items()]


def _rows(lines: list[int]) -> str:
    if 0 in lines:
        return str(_("The file"))
    listed = ", ".join(map(str, lines[:_ROWS_NAMED]))
    if len(lines) > _ROWS_NAMED:
        return str(_("Rows %(lines)s and %(more)s more", lines=listed, more=len(lines) - _ROWS_NAMED))
    return str(ngettext("Row %(lines)s", "Rows %(lines)s", len(lines), lines=listed))
