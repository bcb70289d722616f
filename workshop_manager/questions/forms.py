"""The shapes in which organisers write questions and statements."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange, Optional

from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.text import clean_line
from workshop_manager.questions import rules, words
from workshop_manager.questions.content import MOST_OPTIONS, NO, YES, Asked, Stated
from workshop_manager.questions.filling import Boxes
from workshop_manager.questions.purposes import Dimension, Purpose
from workshop_manager.questions.service import QuestionContent, StatementContent
from workshop_manager.questions.states import Kind, Requirement, StatementKind
from workshop_manager.web.forms import BaseForm, Line, Text, ZoneField, read_deadline, required

WITH_OPTIONS = frozenset({Kind.CHOICE, Kind.MANY})
WITH_WORDS = frozenset({Kind.SHORT, Kind.LONG})
WITH_NUMBERS = frozenset({Kind.NUMBER, Kind.MANY})
_PARTS = {
    "options": WITH_OPTIONS,
    "word_limit": WITH_WORDS,
    "least": WITH_NUMBERS,
    "most": WITH_NUMBERS | {Kind.FILE},
    "earliest": frozenset({Kind.DATE}),
    "latest": frozenset({Kind.DATE}),
    "for_reviewers": frozenset(Kind) - rules.NOT_FOR_REVIEWERS,
}
"""Which kinds have which field; all others are in every form."""


class _Number(Line):
    """A number that may be left out."""

    @property
    def number(self) -> float | None:
        return rules.number_of(self.data) if self.data else None


class QuestionForm(BaseForm):
    """A question. `question_form` leaves out what its kind does not have, and adds what it can be narrowed to."""

    version = HiddenField()
    label = Line(_l("Question"), [required(_l("Write the question."))], most=500)
    help = Text(_l("Help"), most=2000, description=_l("Stands under the question: why you ask, what to write."))
    section = Line(
        _l("Heading"),
        most=200,
        description=_l("Questions with the same heading stand together under it. Empty: under the first part."),
    )
    options = Text(_l("Answers to choose from"), most=10_000, description=_l("One a line, in this order."))
    least = _Number(_l("At least"), most=20, render_kw={"inputmode": "decimal", "autocomplete": "off"})
    most = _Number(_l("At most"), most=20, render_kw={"inputmode": "decimal", "autocomplete": "off"})
    earliest = DateField(_l("Not before"), [Optional()])
    latest = DateField(_l("Not after"), [Optional()])
    word_limit = IntegerField(
        _l("Words at most"),
        [Optional(), NumberRange(1, 3000, _l("Write a whole number from 1 to 3000, or nothing."))],
        description=_l("Empty: no limit."),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": 1, "max": 3000},
    )
    requirement = RadioField(_l("Has to be answered"))
    required_day = DateField(_l("From this day on"), [Optional()])
    required_time = TimeField(_l("At"), [Optional()])
    required_zone = ZoneField(_l("Zone"), default=AOE)
    frozen_day = DateField(_l("Can be changed until this day"), [Optional()])
    frozen_time = TimeField(_l("At"), [Optional()])
    frozen_zone = ZoneField(_l("Zone"), default=AOE)
    shown_if = Boxes(_l("Shown only if the answer is"), validate_choice=False)
    for_reviewers = BooleanField(
        _l("Reviewers see the answer"),
        description=_l("Leave it off for whatever may tell who wrote the work."),
    )
    is_need = BooleanField(
        _l("It is a need"),
        description=_l("Each answer is on the list of needs until somebody of the team has arranged it."),
    )

    def check(self, kind: Kind) -> bool:
        """True if it was sent and every field makes sense, beside the others too."""
        if not self.is_sent:
            return False
        self._check_numbers()
        if "options" in self:
            self._check_options()
        if len({source for source, _value in self.conditions}) > 1:
            _wrong(self.shown_if, _("Tick answers of one question only. Any one of them shows this question."))
        if self.requirement.data == Requirement.FROM.value and self.required_day.data is None:
            _wrong(self.required_day, _("Say from which day on it has to be answered."))
        return not self.errors

    def _check_numbers(self) -> None:
        for name in ("least", "most"):
            if name in self and self[name].data and self[name].number is None:
                _wrong(self[name], _("Write a number, or nothing."))
        for low, high in (("least", "most"), ("earliest", "latest")):
            if low in self and high in self:
                a, b = (getattr(self[name], "number", self[name].data) for name in (low, high))
                if a is not None and b is not None and a > b:
                    _wrong(self[high], _("This lies below the other one."))

    def _check_options(self) -> None:
        texts = self.option_texts
        if len(texts) < 2:
            _wrong(self.options, _("List at least two answers, one a line."))
        elif len(texts) > MOST_OPTIONS:
            _wrong(self.options, _("At most %(most)s answers fit.", most=MOST_OPTIONS))
        elif len(set(texts)) < len(texts):
            _wrong(self.options, _("The same answer stands there twice."))
        elif any(len(text) > 300 for text in texts):
            _wrong(self.options, _("An answer has at most 300 characters."))

    @property
    def conditions(self) -> list[tuple[int, str]]:
        """What it hangs on, as ticked: (id of a question, an answer to it or "" for any)."""
        parts = [ticked.partition("=") for ticked in self.shown_if.data or ()]
        return [(int(on), value) for on, _sign, value in parts if on.isascii() and on.isdigit() and len(on) < 10]

    @property
    def option_texts(self) -> tuple[str, ...]:
        """The lines that say something."""
        lines = (clean_line(line) for line in (self.options.data or "").split("\n"))
        return tuple(line for line in lines if line)

    def content(self, kind: Kind, dimensions: Sequence[Dimension]) -> QuestionContent:
        """As plain values; a time that does not exist is an error at its field."""
        needed = Requirement(self.requirement.data)
        hangs_on = self.conditions
        wanted = frozenset(value for _on, value in hangs_on)
        return QuestionContent(
            kind=kind,
            label=self.label.data or "",
            help=self.help.data or "",
            section=self.section.data or "",
            options=self.option_texts if "options" in self else (),
            least=self.least.number if "least" in self else None,
            most=self.most.number if "most" in self else None,
            earliest=self.earliest.data if "earliest" in self else None,
            latest=self.latest.data if "latest" in self else None,
            word_limit=self.word_limit.data if "word_limit" in self else None,
            requirement=needed,
            required_from=read_deadline(self.required_day, self.required_time, self.required_zone)
            if needed is Requirement.FROM
            else None,
            frozen_after=read_deadline(self.frozen_day, self.frozen_time, self.frozen_zone),
            scopes=_scopes(self, dimensions),
            shown_if_id=hangs_on[0][0] if hangs_on else None,
            shown_if_values=frozenset() if "" in wanted else wanted,
            for_reviewers=bool(self.for_reviewers.data) if "for_reviewers" in self else False,
            is_need=bool(self.is_need.data) if "is_need" in self else False,
        )


def _wrong(field: Any, sentence: str) -> None:
    field.errors = [*field.errors, str(sentence)]


def _scope_fields(dimensions: Sequence[Dimension]) -> dict[str, Any]:
    return {
        f"in_{dimension.key}": Boxes(
            dimension.label, choices=[SelectChoice(*choice) for choice in dimension.choices], validate_choice=False
        )
        for dimension in dimensions
        if len(dimension.choices) > 1
    }


def _scopes(form: Any, dimensions: Sequence[Dimension]) -> frozenset[str]:
    """What it is narrowed to. Every box of a dimension is as good as none."""
    found = set()
    for dimension in dimensions:
        values = {value for value, _name in dimension.choices}
        sent = set(form[f"in_{dimension.key}"].data or ()) & values if f"in_{dimension.key}" in form else set()
        if sent != values:
            found |= {f"{dimension.key}:{value}" for value in sent}
    return frozenset(found)


def _scope_data(scopes: Iterable[str]) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for scope in scopes:
        key, _colon, value = scope.partition(":")
        data.setdefault(f"in_{key}", []).append(value)
    return data


def question_form(
    kind: Kind,
    dimensions: Sequence[Dimension],
    others: Sequence[Asked],
    asked: Asked | None = None,
    *,
    purpose: Purpose,
    version: int = 0,
) -> QuestionForm:
    """The form of a question of that kind; with `asked`, filled. `others` are those it may hang on."""
    made = type("KindForm", (QuestionForm,), _scope_fields(dimensions))
    form = cast(QuestionForm, made(data=_question_data(asked) | {"version": str(version)}))
    for name, kinds in _PARTS.items():
        if kind not in kinds or (name == "for_reviewers" and not purpose.has_reviewers):
            del form[name]
    if not purpose.has_needs:
        del form.is_need
    if purpose.reviewers is not None and "for_reviewers" in form:
        form.for_reviewers.label.text, form.for_reviewers.description = purpose.reviewers()
    form.requirement.choices = [
        SelectChoice(Requirement.NEVER.value, str(_("Never: it is optional"))),
        SelectChoice(Requirement.ALWAYS.value, str(_("Always"))),
        SelectChoice(Requirement.FROM.value, str(_("From a date on"))),
    ]
    form.shown_if.choices = cast(Any, _conditions(others))
    return form


def _conditions(others: Sequence[Asked]) -> list[Any]:
    choices = []
    for other in others:
        choices.append(SelectChoice(str(other.id), str(_("%(question)s: any answer", question=other.label))))
        keys: Iterable[str] = other.options
        if other.kind is Kind.YES_NO:
            keys = (YES, NO)
        choices += [SelectChoice(f"{other.id}={key}", f"{other.label}: {words.token_text(other, key)}") for key in keys]
    return choices


def _question_data(asked: Asked | None) -> dict[str, object]:
    if asked is None:
        return {"requirement": Requirement.NEVER.value}
    return {
        "label": asked.label,
        "help": asked.help,
        "section": asked.section,
        "options": "\n".join(asked.options.values()),
        "least": _shown(asked.least),
        "most": _shown(asked.most),
        "earliest": asked.earliest,
        "latest": asked.latest,
        "word_limit": asked.word_limit,
        "requirement": asked.requirement.value,
        "shown_if": _condition_keys(asked),
        "for_reviewers": asked.for_reviewers,
        "is_need": asked.is_need,
        **_scope_data(asked.scopes),
        **_deadline_data("required", asked.required_from),
        **_deadline_data("frozen", asked.frozen_after),
    }


def _condition_keys(asked: Asked) -> list[str]:
    if asked.condition is None:
        return []
    values = sorted(asked.condition.values)
    return [f"{asked.condition.on}={value}" for value in values] or [str(asked.condition.on)]


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _deadline_data(name: str, deadline: Deadline | None) -> dict[str, object]:
    if deadline is None:
        return {f"{name}_zone": AOE}
    local = deadline.local
    return {f"{name}_day": local.date(), f"{name}_time": local.time(), f"{name}_zone": deadline.zone}


class StatementForm(BaseForm):
    """A statement; `statement_form` adds what it can be narrowed to."""

    version = HiddenField()
    kind = RadioField(_l("What it is about"))
    text = Text(_l("Wording"), [required(_l("Write what is stated, as one sentence or a few."))], most=5000)
    is_required = BooleanField(
        _l("Nobody submits without it"),
        description=_l("Of an eligibility it means: only those for whom it holds."),
    )
    mends_slip = BooleanField(
        _l("This only mends a slip"),
        description=_l("Those who agreed before need not read it again. Otherwise they are asked to, when they edit."),
    )

    def content(self, dimensions: Sequence[Dimension]) -> StatementContent:
        """As plain values."""
        return StatementContent(
            kind=StatementKind(self.kind.data),
            text=self.text.data or "",
            is_required=bool(self.is_required.data),
            scopes=_scopes(self, dimensions),
            mends_slip=bool(self.mends_slip.data) if "mends_slip" in self else False,
        )


def statement_form(
    dimensions: Sequence[Dimension],
    statement: Stated | None = None,
    *,
    purpose: Purpose,
    kind: StatementKind = StatementKind.OTHER,
    version: int = 0,
) -> StatementForm:
    """The form of a statement; with `statement`, filled with its newest wording, else with a wording to begin with."""
    made = type("ScopedStatementForm", (StatementForm,), _scope_fields(dimensions))
    data: dict[str, object] = {"kind": kind.value, "text": str(words.SUGGESTED[kind]), "is_required": True}
    if statement is not None:
        data = {"kind": statement.kind.value, "text": statement.wording, "is_required": statement.is_required}
        data |= _scope_data(statement.scopes)
    form = cast(StatementForm, made(data=data | {"version": str(version)}))
    form.kind.choices = [SelectChoice(one.value, words.statement_kind(one)) for one in purpose.statement_kinds]
    if statement is None:
        del form.mends_slip
    return form
