"""Which questions are asked, required, frozen, and what is wrong with an answer. No database, no web."""

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from workshop_manager.core.text import count_words
from workshop_manager.questions.content import (
    ABOUT_PEOPLE,
    NO,
    YES,
    Answers,
    Asked,
    Condition,
    Said,
    Sheet,
    Stated,
)
from workshop_manager.questions.states import Kind, Requirement, StatementKind

MOST_QUESTIONS = 60
MOST_STATEMENTS = 20
NOT_FOR_REVIEWERS = frozenset({Kind.FILE, Kind.PERSON})
"""These tell who wrote it: no organiser can show them to reviewers."""
MAKES_TOKENS = frozenset({Kind.CHOICE, Kind.MANY, Kind.YES_NO})
"""Kinds of which a condition may ask for one answer; of the others only whether there is one."""


def N_(message: str) -> str:
    """Mark `message` for Babel, which finds it by this function's name, and return it as it is."""
    return message


@dataclasses.dataclass(frozen=True, slots=True)
class Gap:
    """Something to be done: at which field, in a sentence for gettext with its values."""

    field: str
    message: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


# -- what is asked ------------------------------------------------------------------------------------------------


def is_in_scope(scopes: Collection[str], given: Collection[str]) -> bool:
    """True if each kind of scope that is named ("track:3", "type:1") holds in one of its values; without any, always.

    >>> is_in_scope({"track:3", "track:4", "type:1"}, {"track:4", "type:1"})
    True
    """
    wanted: dict[str, bool] = {}
    for scope in scopes:
        kind = scope.partition(":")[0]
        wanted[kind] = wanted.get(kind, False) or scope in given
    return all(wanted.values())


def tokens(asked: Asked, value: Any) -> frozenset[str]:
    """What a condition can compare: keys of options, yes or no."""
    if asked.kind is Kind.CHOICE:
        return frozenset({str(value)})
    if asked.kind is Kind.MANY:
        return frozenset(str(key) for key in value) if isinstance(value, list) else frozenset()
    if asked.kind is Kind.YES_NO:
        return frozenset({YES if value else NO})
    return frozenset()


def matches(condition: Condition, source: Asked, value: Any) -> bool:
    """True if the answer `value` of the question `source` is as the condition wants it."""
    if value is None:
        return False
    return not condition.values or bool(condition.values & tokens(source, value))


def shown(questions: Iterable[Asked], answers: Answers, given: Collection[str]) -> tuple[Asked, ...]:
    """The questions that are asked of somebody with these answers, in these scopes, in order.

    A question hangs on another only as long as that one is itself asked; what hangs on a question that is archived or
    gone is not asked.
    """
    every = tuple(questions)
    by_id = {asked.id: asked for asked in every}
    known: dict[int, bool] = {}

    def is_shown(asked: Asked, path: frozenset[int]) -> bool:
        if asked.id not in known:
            known[asked.id] = (
                not asked.is_archived and is_in_scope(asked.scopes, given) and condition_holds(asked, path)
            )
        return known[asked.id]

    def condition_holds(asked: Asked, path: frozenset[int]) -> bool:
        if asked.condition is None:
            return True
        source = by_id.get(asked.condition.on)
        if source is None or source.id in path:
            return False
        holds = matches(asked.condition, source, answers.get(source.id))
        return holds and is_shown(source, path | {asked.id})

    return tuple(asked for asked in every if is_shown(asked, frozenset({asked.id})))


def kept(questions: Sequence[Asked], answers: Answers, given: Collection[str]) -> dict[int, Any]:
    """The answers that count: those of questions that are asked. What is hidden is not kept."""
    asked_ids = {asked.id for asked in shown(questions, answers, given)}
    return {number: value for number, value in answers.items() if number in asked_ids and value is not None}


def makes_circle(questions: Iterable[Asked], question_id: int, on: int) -> bool:
    """True if a question that hangs on `on` would, by way of others, hang on itself."""
    sources = {asked.id: asked.condition.on for asked in questions if asked.condition is not None}
    sources[question_id] = on
    place, seen = question_id, set[int]()
    while place in sources:
        if place in seen:
            return True
        seen.add(place)
        place = sources[place]
    return False


def is_frozen(asked: Asked, now: datetime) -> bool:
    """From the first instant after its date an answer stays as it is; the announced second is in time."""
    return asked.frozen_after is not None and asked.frozen_after.has_passed(now)


def is_required(asked: Asked, now: datetime) -> bool:
    """Always, never, or from the very second of its date on. What is frozen cannot be asked for any more."""
    if is_frozen(asked, now):
        return False
    if asked.requirement is Requirement.FROM:
        return asked.required_from is not None and now >= asked.required_from.at
    return asked.requirement is Requirement.ALWAYS


def as_typed(questions: Iterable[Asked], stored: Answers, typed: Answers, now: datetime) -> dict[int, Any]:
    """The answers after somebody typed: of a frozen question the stored one, whatever was sent."""
    return {
        asked.id: (stored if is_frozen(asked, now) else typed).get(asked.id)
        for asked in questions
        if not asked.is_archived
    }


# -- what is wrong ------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]{2,}")


def is_address(typed: str) -> bool:
    """True if a mail could be written to it: one @, a dot behind it, nothing that ends an address."""
    return len(typed) <= 320 and _ADDRESS.fullmatch(typed) is not None and ".." not in typed


def number_of(typed: Any) -> float | None:
    """The number that was typed: 3, -2.5 or 1,5; None if it is none."""
    try:
        number = Decimal(str(typed).strip().replace(",", ".", 1).replace("−", "-"))
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() and abs(number) < Decimal("1e15") else None


def day_of(typed: Any) -> date | None:
    """The day that was typed as 2026-10-06; None if it is none."""
    try:
        return date.fromisoformat(str(typed))
    except ValueError:
        return None


def _plain(number: float) -> str:
    return f"{number:g}" if number != int(number) else str(int(number))


def problems(asked: Asked, value: Any) -> Iterator[Gap]:
    """What is wrong with an answer that is there."""
    check = _CHECKS.get(asked.kind)
    if check is not None:
        yield from check(asked, value)


def _text(asked: Asked, value: Any) -> Iterator[Gap]:
    words = count_words(str(value))
    if asked.word_limit is not None and words > asked.word_limit:
        over = {"words": words, "over": words - asked.word_limit}
        yield Gap(asked.field, N_("%(words)s words. Take out %(over)s."), over)


def _number(asked: Asked, value: Any) -> Iterator[Gap]:
    number = number_of(value)
    if number is None:
        yield Gap(asked.field, N_("Write a number, such as 3 or 2.5."))
    elif asked.least is not None and number < asked.least:
        yield Gap(asked.field, N_("Write a number from %(least)s on."), {"least": _plain(asked.least)})
    elif asked.most is not None and number > asked.most:
        yield Gap(asked.field, N_("Write a number up to %(most)s."), {"most": _plain(asked.most)})


def _day(asked: Asked, value: Any) -> Iterator[Gap]:
    day = day_of(value)
    if day is None:
        yield Gap(asked.field, N_("Write a day as year, month and day: 2026-10-06."))
    elif asked.earliest is not None and day < asked.earliest:
        yield Gap(asked.field, N_("Choose %(day)s or a later day."), {"day": asked.earliest.isoformat()})
    elif asked.latest is not None and day > asked.latest:
        yield Gap(asked.field, N_("Choose %(day)s or an earlier day."), {"day": asked.latest.isoformat()})


def _choice(asked: Asked, value: Any) -> Iterator[Gap]:
    if value not in asked.options:
        yield Gap(asked.field, N_("Choose one of the answers below."))


def _many(asked: Asked, value: Any) -> Iterator[Gap]:
    chosen = value if isinstance(value, list) else []
    if any(key not in asked.options for key in chosen):
        yield Gap(asked.field, N_("Choose among the answers below."))
    elif asked.least is not None and len(chosen) < asked.least:
        yield Gap(asked.field, N_("Choose at least %(least)s."), {"least": _plain(asked.least)})
    elif asked.most is not None and len(chosen) > asked.most:
        yield Gap(asked.field, N_("Choose at most %(most)s."), {"most": _plain(asked.most)})


def _link(asked: Asked, value: Any) -> Iterator[Gap]:
    if not is_link(str(value)):
        yield Gap(asked.field, N_("Write a whole address that begins with https://."))


def is_link(typed: str) -> bool:
    """True for an address of the web, with a host and no spaces."""
    try:
        parts = urlsplit(typed)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and not re.search(r"\s", typed)


def _person(asked: Asked, value: Any) -> Iterator[Gap]:
    if not value.get("name"):
        yield Gap(f"{asked.field}-name", N_("Say how this person is called; one name is enough."))
    if value.get("email") and not is_address(value["email"]):
        yield Gap(f"{asked.field}-email", N_("This is not an e-mail address. Write one like name@example.org."))


_CHECKS = {
    Kind.SHORT: _text,
    Kind.LONG: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _day,
    Kind.CHOICE: _choice,
    Kind.MANY: _many,
    Kind.LINK: _link,
    Kind.PERSON: _person,
}


def gaps(sheet: Sheet, answers: Answers, given: Collection[str], now: datetime) -> Iterator[Gap]:
    """What is missing or wrong among the answers, in the order of the questions. A frozen answer is never wrong."""
    for asked in shown(sheet.questions, answers, given):
        value = answers.get(asked.id)
        if value is None:
            if is_required(asked, now):
                name = f"{asked.field}-name" if asked.kind is Kind.PERSON else asked.field
                yield Gap(name, N_("This question needs an answer."))
        elif not is_frozen(asked, now):
            yield from problems(asked, value)


FREELY = frozenset({StatementKind.PHOTOS})
"""Consent that nobody needs to give."""

# -- statements ---------------------------------------------------------------------------------------------------


def stated(statements: Iterable[Stated], given: Collection[str]) -> tuple[Stated, ...]:
    """The statements that are asked for in these scopes."""
    return tuple(one for one in statements if not one.is_archived and is_in_scope(one.scopes, given))


def still_holds(statement: Stated, said: Said | None) -> bool | None:
    """What somebody stated, if it was the wording that stands now; None if they have to read it again, or never did."""
    return said.answer if said is not None and said.wording_id == statement.wording_id else None


def statement_gaps(
    statements: Iterable[Stated], told: Mapping[int, bool | None], given: Collection[str]
) -> Iterator[Gap]:
    """Which statements are missing, or were denied by somebody of whom they are required."""
    for statement in stated(statements, given):
        answer = told.get(statement.id)
        if not statement.is_required or answer or statement.kind in FREELY:
            continue
        if statement.kind not in ABOUT_PEOPLE:
            yield Gap(statement.field, N_("Read this statement and agree to it."))
        elif answer is None:
            yield Gap(statement.field, N_("This statement needs an answer."))
        else:
            yield Gap(statement.field, N_("This is for those for whom the statement holds."))
