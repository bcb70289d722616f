"""Cells as answers to the questions of the form: which column answers which, and what a cell says. No database, no web.

What cannot be understood stays the text that it is, so that the question's own rules say what is wrong with it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from workshop_manager.core.text import clean_line, clean_text
from workshop_manager.exchange.dates import moment_of
from workshop_manager.exchange.names import names_in
from workshop_manager.exchange.states import DateOrder
from workshop_manager.questions import rules
from workshop_manager.questions.content import Asked, tidy
from workshop_manager.questions.states import Kind

LONGEST = 60_000
_YES = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "sí", "si", "sim", "да", "نعم", "✓"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non", "não", "нет", "لا"})
_BETWEEN = ",;\n"


def answerable(questions: Sequence[Asked]) -> tuple[Asked, ...]:
    """The questions that a cell can answer: a file cannot stand in one."""
    return tuple(asked for asked in questions if asked.kind is not Kind.FILE and not asked.is_archived)


def recognised(columns: Sequence[str], questions: Sequence[Asked]) -> dict[str, int]:
    """Columns that are worded like a question, with its id; a question is answered by one column."""
    by_words = {_words(asked.label): asked.id for asked in reversed(questions)}
    found: dict[str, int] = {}
    for column in columns:
        question_id = by_words.get(_words(column))
        if question_id is not None and question_id not in found.values():
            found[column] = question_id
    return found


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def answer_of(asked: Asked, cell: str, zone: ZoneInfo, order: DateOrder) -> Any:
    """The cell as that question keeps its answers; None if it says nothing."""
    return tidy(asked.kind, _value(asked, cell, zone, order))


def _value(asked: Asked, cell: str, zone: ZoneInfo, order: DateOrder) -> Any:
    text = clean_line(cell)[:LONGEST]
    match asked.kind:
        case Kind.LONG:
            return clean_text(cell)[:LONGEST]
        case Kind.NUMBER:
            number = rules.number_of(text)
            return text if number is None else (int(number) if number == int(number) else number)
        case Kind.DATE:
            at = moment_of(text, zone, order)
            return at.astimezone(zone).date().isoformat() if at is not None else text
        case Kind.CHOICE:
            return _keys(asked).get(_words(text)) or _keys(asked).get(text.casefold()) or text
        case Kind.MANY:
            return _chosen(asked, cell)
        case Kind.YES_NO:
            return True if text.casefold() in _YES else False if text.casefold() in _NO else text or None
        case Kind.PERSON:
            return _person(cell)
    return text


def _keys(asked: Asked) -> Mapping[str, str]:
    """Keys of options by what a cell may say for them: the text, its words, or the key itself."""
    found: dict[str, str] = {}
    for key, text in asked.options.items():
        for said in (_words(text), text.casefold(), key.casefold()):
            found.setdefault(said, key)
    return found


def _chosen(asked: Asked, cell: str) -> list[str]:
    """The options of a cell, parted by commas, semicolons or lines: an option may itself hold a comma.

    From left to right the longest run of parts that is an option is one; a part that is none stays as it is written.
    """
    keys = _keys(asked)
    pieces = [clean_line(part) for part in re.split(f"([{_BETWEEN}])", cell)]
    parts = pieces[0::2]
    found: list[str] = []
    at = 0
    while at < len(parts):
        for end in range(len(parts), at, -1):
            said = " ".join(parts[at:end])
            key = keys.get(_words(said))
            if key is not None and said:
                found.append(key)
                break
        else:
            end = at + 1
            if parts[at]:
                found.append(parts[at])
        at = end
    return list(dict.fromkeys(found))


def _person(cell: str) -> dict[str, str] | None:
    first = next(iter(names_in(cell)), None)
    if first is None:
        return None
    bare = not first.email and rules.is_address(first.name)
    name, email = ("", first.name) if bare else (first.name, first.email)
    return {"name": clean_line(name)[:300], "email": clean_line(email)[:320], "affiliation": first.affiliation[:300]}
