"""How kinds, requirements, conditions and answers read, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.questions.content import NO, YES, Asked
from workshop_manager.questions.rules import Gap, day_of, number_of
from workshop_manager.questions.states import Kind, Requirement, StatementKind
from workshop_manager.web.times import day_text, deadline_text

KINDS = {
    Kind.SHORT: _l("Short text"),
    Kind.LONG: _l("Long text"),
    Kind.NUMBER: _l("Number"),
    Kind.DATE: _l("Date"),
    Kind.CHOICE: _l("One choice"),
    Kind.MANY: _l("Several choices"),
    Kind.YES_NO: _l("Yes or no"),
    Kind.LINK: _l("Link"),
    Kind.FILE: _l("File"),
    Kind.PERSON: _l("Person"),
}
KIND_TEXTS = {
    Kind.SHORT: _l("One line: a keyword, a field of work."),
    Kind.LONG: _l("Several lines, with a limit of words if you like."),
    Kind.NUMBER: _l("With a smallest and a largest if you like."),
    Kind.DATE: _l("A day, between two others if you like."),
    Kind.CHOICE: _l("One of the answers that you list."),
    Kind.MANY: _l("Some of the answers that you list."),
    Kind.YES_NO: _l("Other questions can hang on it."),
    Kind.LINK: _l("A whole address on the web."),
    Kind.FILE: _l("One PDF, looked at like the paper itself."),
    Kind.PERSON: _l("Name, e-mail address and affiliation."),
}
STATEMENT_KINDS = {
    StatementKind.ELIGIBLE_PRESENTER: _l("Eligibility of the presenter"),
    StatementKind.ELIGIBLE_AUTHOR: _l("Eligibility of any author"),
    StatementKind.DUAL_SUBMISSION: _l("Dual submission"),
    StatementKind.NON_ARCHIVAL: _l("Non-archival"),
    StatementKind.LICENCE: _l("Licence"),
    StatementKind.CONDUCT: _l("Code of conduct"),
    StatementKind.PHOTOS: _l("Photos"),
    StatementKind.OTHER: _l("Another statement"),
}
SUGGESTED = {
    StatementKind.ELIGIBLE_PRESENTER: _l("Whoever presents this work self-identifies as …"),
    StatementKind.ELIGIBLE_AUTHOR: _l("At least one author self-identifies as …"),
    StatementKind.DUAL_SUBMISSION: _l("This work is not under review at another venue with proceedings."),
    StatementKind.NON_ARCHIVAL: _l(
        "We understand that the workshop is not archival: the work can be published elsewhere later."
    ),
    StatementKind.LICENCE: _l("If it is accepted, the abstract may be published under CC BY 4.0."),
    StatementKind.CONDUCT: _l("All who present this work keep to the code of conduct."),
    StatementKind.PHOTOS: _l("Photos of me may be taken and published by the organisers."),
    StatementKind.OTHER: "",
}
"""Wordings to begin with."""
_ABOUT = {
    StatementKind.ELIGIBLE_PRESENTER: _l("About whoever presents the work."),
    StatementKind.ELIGIBLE_AUTHOR: _l("About at least one of the authors."),
    StatementKind.PHOTOS: _l("Without it the badge carries a no-photo mark."),
}


def kind_name(kind: Kind) -> str:
    """`Long text`."""
    return str(KINDS[kind])


def statement_kind(kind: StatementKind) -> str:
    """`Dual submission`."""
    return str(STATEMENT_KINDS[kind])


def about(kind: StatementKind) -> str:
    """Of whom a statement is made; empty where that is plain."""
    return str(_ABOUT.get(kind, ""))


def gap_text(gap: Gap) -> str:
    """The sentence of something that is missing or wrong."""
    return str(_(gap.message, **gap.values))


def requirement_text(asked: Asked) -> str:
    """When it has to be answered, and until when it can be."""
    texts = {
        Requirement.NEVER: _("Optional"),
        Requirement.ALWAYS: _("Required"),
        Requirement.FROM: _("Required from %(when)s", when=deadline_text(asked.required_from).text)
        if asked.required_from
        else _("Optional"),
    }
    parts = [str(texts[asked.requirement])]
    if asked.frozen_after:
        parts.append(str(_("fixed after %(when)s", when=deadline_text(asked.frozen_after).text)))
    return ", ".join(parts)


def condition_text(asked: Asked, by_id: Mapping[int, Asked]) -> str:
    """On what it hangs; empty if on nothing."""
    source = by_id.get(asked.condition.on) if asked.condition else None
    if asked.condition is None or source is None:
        return ""
    if not asked.condition.values:
        return str(_("Only if “%(question)s” is answered", question=source.label))
    values = str(_(" or ")).join(token_text(source, token) for token in sorted(asked.condition.values))
    return str(_("Only if “%(question)s” is: %(answer)s", question=source.label, answer=values))


def token_text(asked: Asked, token: str) -> str:
    """An answer that a condition names."""
    if asked.kind is Kind.YES_NO:
        return {YES: str(_("Yes")), NO: str(_("No"))}.get(token, token)
    return asked.options.get(token) or asked.old_options.get(token) or token


def answer_text(asked: Asked, value: Any) -> str:
    """An answer for reading, as one text; empty if there is none."""
    if value is None:
        return ""
    read = _READERS.get(asked.kind)
    return read(asked, value) if read else str(value)


def _day(_asked: Asked, value: Any) -> str:
    day = day_of(value)
    return day_text(day, year=True, short=False) if day else str(value)


def _number(_asked: Asked, value: Any) -> str:
    number = number_of(value)
    return str(value) if number is None else f"{number:,.12g}".replace(",", " ")


def _many(asked: Asked, value: Any) -> str:
    return ", ".join(token_text(asked, str(key)) for key in value) if isinstance(value, list) else str(value)


def _person(_asked: Asked, value: Any) -> str:
    return ", ".join(str(part) for part in (value["name"], value["affiliation"], value["email"]) if part)


def _file(_asked: Asked, value: Any) -> str:
    return str(_("A PDF, version %(version)s", version=value["version"]))


_READERS = {
    Kind.DATE: _day,
    Kind.NUMBER: _number,
    Kind.CHOICE: lambda asked, value: token_text(asked, str(value)),
    Kind.MANY: _many,
    Kind.YES_NO: lambda asked, value: token_text(asked, YES if value else NO),
    Kind.PERSON: _person,
    Kind.FILE: _file,
}
