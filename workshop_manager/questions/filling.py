"""Questions and statements as fields of a form, whoever's form it is, and what was typed into them.

    fields = filling.fields_of(sheet, unit().now)           # added to a form's class
    form = made(data=filling.data_of(sheet, answers, said))
    answers = filling.typed_answers(form, sheet, stored)    # {12: "yes"}

Nothing is refused here: a draft may hold anything. `rules.gaps` says what is missing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Form, FormField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.core.text import isolated
from workshop_manager.questions import rules, words
from workshop_manager.questions.content import (
    ABOUT_PEOPLE,
    NO,
    PERSON_PARTS,
    YES,
    Answers,
    Asked,
    Condition,
    Said,
    Sheet,
    Stated,
    tidy,
)
from workshop_manager.questions.states import Kind, Requirement
from workshop_manager.retention import rules as retention
from workshop_manager.web.forms import Line, Text
from workshop_manager.web.times import day_text, deadline_text
from workshop_manager.workshops.context import here

MOST_RADIOS = 9
"""More answers than this are a list to unfold."""


class PersonForm(Form):
    """The parts of a person."""

    name = Line(_l("Name"), most=300)
    email = Line(
        _l("E-mail address"), most=320, render_kw={"type": "email", "inputmode": "email", "autocomplete": "off"}
    )
    affiliation = Line(_l("Affiliation"), most=300)


class Boxes(SelectMultipleField):
    """Several answers, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def removal(asked: Asked) -> str:
    """The name of the box that takes a file back."""
    return f"{asked.field}_gone"


def fields_of(sheet: Sheet, now: datetime) -> dict[str, Any]:
    """The fields of every question that can still be answered, and of every statement, by name."""
    fields: dict[str, Any] = {}
    for asked in sheet.questions:
        if not rules.is_frozen(asked, now):
            fields |= _MAKERS[asked.kind](asked)
    for statement in sheet.statements:
        fields[statement.field] = _statement(statement)
    return fields


def _line(asked: Asked) -> dict[str, Any]:
    return {asked.field: Line(asked.label, most=1000)}


def _number(asked: Asked) -> dict[str, Any]:
    return {asked.field: Line(asked.label, most=40, render_kw={"inputmode": "decimal", "autocomplete": "off"})}


def _day(asked: Asked) -> dict[str, Any]:
    # HTML knows no maxlength of dates.
    about: dict[str, Any] = {"type": "date", "autocomplete": "off", "maxlength": False}
    if asked.earliest:
        about["min"] = asked.earliest.isoformat()
    if asked.latest:
        about["max"] = asked.latest.isoformat()
    return {asked.field: Line(asked.label, most=40, render_kw=about)}


def _link(asked: Asked) -> dict[str, Any]:
    about = {"type": "url", "inputmode": "url", "autocomplete": "off", "placeholder": "https://"}
    return {asked.field: Line(asked.label, most=2000, render_kw=about)}


def _choice(asked: Asked) -> dict[str, Any]:
    choices = [SelectChoice(key, text) for key, text in asked.options.items()]
    if len(choices) > MOST_RADIOS:
        first = SelectChoice("", str(_("Choose…")))
        return {asked.field: SelectField(asked.label, choices=[first, *choices], validate_choice=False)}
    if asked.requirement is not Requirement.ALWAYS:
        choices.append(_no_answer())
    return {asked.field: RadioField(asked.label, choices=choices, validate_choice=False)}


def _yes_no(asked: Asked) -> dict[str, Any]:
    choices = [SelectChoice(YES, str(_("Yes"))), SelectChoice(NO, str(_("No")))]
    if asked.requirement is not Requirement.ALWAYS:
        choices.append(_no_answer())
    return {asked.field: RadioField(asked.label, choices=choices, validate_choice=False)}


def _no_answer() -> SelectChoice:
    """Radios cannot be taken back otherwise."""
    return SelectChoice("", str(_("No answer")))


def _file(asked: Asked) -> dict[str, Any]:
    return {
        asked.field: FileField(asked.label),
        removal(asked): BooleanField(str(_("Remove this file when I save"))),
    }


_MAKERS: dict[Kind, Callable[[Asked], dict[str, Any]]] = {
    Kind.SHORT: _line,
    Kind.LONG: lambda asked: {asked.field: Text(asked.label)},
    Kind.NUMBER: _number,
    Kind.DATE: _day,
    Kind.CHOICE: _choice,
    Kind.MANY: lambda asked: {
        asked.field: Boxes(
            asked.label, choices=[SelectChoice(k, t) for k, t in asked.options.items()], validate_choice=False
        )
    },
    Kind.YES_NO: _yes_no,
    Kind.LINK: _link,
    Kind.FILE: _file,
    Kind.PERSON: lambda asked: {asked.field: FormField(PersonForm, label=asked.label)},
}


def _statement(statement: Stated) -> Any:
    if statement.kind in ABOUT_PEOPLE:
        choices = [SelectChoice(YES, str(_("Yes"))), SelectChoice(NO, str(_("No")))]
        return RadioField(statement.wording, choices=choices, validate_choice=False)
    return BooleanField(statement.wording)


# -- from what is stored to fields, and back ------------------------------------------------------------------------


def data_of(sheet: Sheet, answers: Answers, told: Mapping[int, bool | None]) -> dict[str, object]:
    """What the fields show: the answers, and what was stated."""
    data: dict[str, object] = {}
    for asked in sheet.questions:
        value = answers.get(asked.id)
        if asked.kind is Kind.YES_NO:
            data[asked.field] = None if value is None else (YES if value else NO)
        elif asked.kind is not Kind.FILE:
            data[asked.field] = value
    for statement in sheet.statements:
        answer = told.get(statement.id)
        if statement.kind in ABOUT_PEOPLE:
            data[statement.field] = None if answer is None else (YES if answer else NO)
        else:
            data[statement.field] = bool(answer)
    return data


def typed_answers(form: Any, sheet: Sheet, stored: Answers) -> dict[int, Any]:
    """What was typed, by question; a file stays what is stored, unless it is taken back, until a new one was looked at.

    Of a question without a field, which is frozen, the stored answer.
    """
    found: dict[int, Any] = {}
    for asked in sheet.questions:
        if asked.field not in form:
            value = stored.get(asked.id)
        elif asked.kind is Kind.FILE:
            value = None if form[removal(asked)].data else stored.get(asked.id)
        else:
            value = tidy(asked.kind, _typed(asked, form[asked.field]))
        if value is not None:
            found[asked.id] = value
    return found


def _typed(asked: Asked, field: Any) -> Any:
    if asked.kind is Kind.YES_NO:
        return {YES: True, NO: False}.get(field.data)
    if asked.kind is Kind.PERSON:
        return {part: field.form[part].data or "" for part in PERSON_PARTS}
    if asked.kind is Kind.MANY:
        sent = set(field.data or ())
        return [key for key in asked.options if key in sent]
    if asked.kind is Kind.CHOICE:
        return field.data if field.data in asked.options else None
    if asked.kind is Kind.NUMBER:
        number = rules.number_of(field.data)
        return field.data if number is None else (int(number) if number == int(number) else number)
    return field.data


def typed_statements(form: Any, sheet: Sheet) -> dict[int, bool | None]:
    """What was stated, by statement. A box that is not ticked says nothing."""
    found: dict[int, bool | None] = {}
    for statement in sheet.statements:
        data = form[statement.field].data
        if statement.kind in ABOUT_PEOPLE:
            found[statement.id] = {YES: True, NO: False}.get(data)
        else:
            found[statement.id] = True if data else None
    return found


def uploads_of(form: Any, sheet: Sheet) -> dict[int, FileStorage]:
    """The files that were chosen, by question."""
    found: dict[int, FileStorage] = {}
    for asked in sheet.questions:
        if asked.kind is Kind.FILE and asked.field in form:
            sent = form[asked.field].data
            if isinstance(sent, FileStorage) and sent.filename:
                found[asked.id] = sent
    return found


def told_of(sheet: Sheet, said: Mapping[int, Said]) -> dict[int, bool | None]:
    """What still holds of what was stated: nothing of a statement that has been worded anew since."""
    return {one.id: rules.still_holds(one, said.get(one.id)) for one in sheet.statements}


# -- as a page shows them -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A question on a page. `field` is None where the answer is fixed: then `text` is it."""

    asked: Asked
    field: Any
    hint: str
    is_required: bool
    is_shown: bool
    text: str
    fixed_since: str
    removal: Any = None
    has_file: bool = False
    when: str = ""
    """Of whom it is asked, in words: for whoever reads all questions at once, without JavaScript."""

    @property
    def scopes(self) -> str:
        """For the browser, which shows and hides without asking the server."""
        return " ".join(sorted(self.asked.scopes))

    @property
    def on(self) -> str:
        """The field that it hangs on."""
        return f"q{self.asked.condition.on}" if self.asked.condition else ""

    @property
    def values(self) -> str:
        """The answers it hangs on; none: any."""
        return " ".join(sorted(self.asked.condition.values)) if self.asked.condition else ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]

    @property
    def is_shown(self) -> bool:
        return any(row.is_shown for row in self.rows)


@dataclass(frozen=True, slots=True)
class Told:
    """A statement on a page. `before`: when an earlier wording was agreed to, and how that read."""

    statement: Stated
    field: Any
    about: str
    is_choice: bool
    is_shown: bool
    before: Said | None
    when: str = ""

    @property
    def scopes(self) -> str:
        """For the browser."""
        return " ".join(sorted(self.statement.scopes))


def sections(
    form: Any,
    sheet: Sheet,
    answers: Answers,
    given: Collection[str],
    offered: Collection[str],
    now: datetime,
    names: Mapping[str, str] | None = None,
) -> list[Section]:
    """The questions of a page, under their headings. Those of scopes that are not `offered` at all are left out.

    What hangs on an answer is there and hidden, for the browser to show; with `names` of scopes it says on what.
    """
    shown = {asked.id for asked in rules.shown(sheet.questions, answers, given)}
    grouped: dict[str, list[Row]] = {}
    for asked in sheet.questions:
        if rules.is_in_scope(asked.scopes, offered):
            grouped.setdefault(asked.section, []).append(
                replace(
                    _row(form, asked, answers.get(asked.id), is_shown=asked.id in shown, now=now),
                    when=when_text(sheet, asked.scopes, asked.condition, names) if names is not None else "",
                )
            )
    return [Section(title, tuple(rows)) for title, rows in grouped.items()]


def when_text(sheet: Sheet, scopes: Collection[str], on: Condition | None, names: Mapping[str, str]) -> str:
    """Of whom that is asked: `Only for: In person. Only if you answered “Childcare” with Yes.`; empty: of everybody."""
    parts = []
    known = [isolated(name) for scope, name in names.items() if scope in scopes]
    if known:
        parts.append(str(_("Only for: %(kinds)s.", kinds=", ".join(known))))
    asked = sheet.question(on.on) if on is not None else None
    if asked is not None and on is not None:
        label = isolated(asked.label)
        said = [words.answer_text(asked, _token(asked, value)) for value in sorted(on.values)]
        if said:
            answers = ", ".join(map(isolated, said))
            parts.append(
                str(_("Only if you answered “%(question)s” with: %(answers)s.", question=label, answers=answers))
            )
        else:
            parts.append(str(_("Only if you answered “%(question)s”.", question=label)))
    return " ".join(parts)


def _token(asked: Asked, value: str) -> Any:
    """An answer that a condition names, as answers are stored."""
    if asked.kind is Kind.YES_NO:
        return value == YES
    return [value] if asked.kind is Kind.MANY else value


def _row(form: Any, asked: Asked, value: Any, *, is_shown: bool, now: datetime) -> Row:
    is_fixed = asked.field not in form
    return Row(
        asked=asked,
        field=None if is_fixed else form[asked.field],
        hint=_hint(asked),
        is_required=rules.is_required(asked, now),
        is_shown=is_shown,
        text=words.answer_text(asked, value),
        fixed_since=deadline_text(asked.frozen_after).text if asked.frozen_after else "",
        removal=form[removal(asked)] if asked.kind is Kind.FILE and not is_fixed else None,
        has_file=asked.kind is Kind.FILE and value is not None,
    )


def _hint(asked: Asked) -> str:
    """The help text, and from when and until when it can be answered."""
    parts = [asked.help]
    if asked.required_from:
        parts.append(str(_("An answer is needed from %(when)s on.", when=deadline_text(asked.required_from).text)))
    if asked.frozen_after:
        parts.append(
            str(_("It can be changed until %(when)s, then it stays.", when=deadline_text(asked.frozen_after).text))
        )
    if asked.kept_days is not None:
        edition = here().edition
        until = day_text(retention.day(edition.ends_at, asked.kept_days, edition.time_zone), year=True)
        parts.append(str(_("Deleted on %(day)s.", day=until)))
    return " ".join(part for part in parts if part)


def told_rows(
    form: Any,
    sheet: Sheet,
    said: Mapping[int, Said],
    given: Collection[str],
    offered: Collection[str],
    names: Mapping[str, str] | None = None,
) -> list[Told]:
    """The statements of a page."""
    asked_now = {one.id for one in rules.stated(sheet.statements, given)}
    return [
        Told(
            statement=one,
            field=form[one.field],
            about=words.about(one.kind),
            is_choice=one.kind in ABOUT_PEOPLE,
            is_shown=one.id in asked_now,
            before=_before(one, said.get(one.id)),
            when=when_text(sheet, one.scopes, None, names) if names is not None else "",
        )
        for one in sheet.statements
        if rules.is_in_scope(one.scopes, offered)
    ]


def _before(statement: Stated, said: Said | None) -> Said | None:
    return said if said is not None and said.answer and said.wording_id != statement.wording_id else None


@dataclass(frozen=True, slots=True)
class Read:
    """An answer for reading."""

    label: str
    text: str
    link: str = ""
    question_id: int = 0
    file_version: int = 0


def file_urls(answers: Iterable[Read], url: Callable[..., str]) -> dict[int, str]:
    """Where the files among these answers are, by question; `url` takes `question_id` and `version`."""
    files = (one for one in answers if one.file_version)
    return {one.question_id: url(question_id=one.question_id, version=one.file_version) for one in files}


def readable(questions: Sequence[Asked], answers: Answers) -> list[Read]:
    """The answers of these questions, those that are there, in order."""
    found = []
    for asked in questions:
        value = answers.get(asked.id)
        if value is not None:
            link = str(value) if asked.kind is Kind.LINK and rules.is_link(str(value)) else ""
            version = value["version"] if asked.kind is Kind.FILE else 0
            found.append(Read(asked.label, words.answer_text(asked, value), link, asked.id, version))
    return found
