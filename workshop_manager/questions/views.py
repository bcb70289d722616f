"""The organisers' pages: build a form, question by question, its statements, and try it out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Form

from workshop_manager.core.errors import NotFound
from workshop_manager.questions import filling, purposes, queries, rules, service, words
from workshop_manager.questions.content import Asked, Sheet, Stated
from workshop_manager.questions.forms import QuestionForm, StatementForm, question_form, statement_form
from workshop_manager.questions.models import Question, Statement
from workshop_manager.questions.purposes import Dimension, Purpose
from workshop_manager.questions.states import Kind, StatementKind
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SETTINGS

blueprint = Blueprint("questions", __name__)
FORMS = "/<community>/<edition>/organise/forms/<purpose>"


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page of a form needs."""

    at: Here
    purpose: Purpose
    dimensions: tuple[Dimension, ...]

    def url(self, endpoint: str, **values: object) -> str:
        return self.at.url(f"questions.{endpoint}", purpose=self.purpose.key, **values)

    @property
    def scope_names(self) -> dict[str, str]:
        return {scope: name for dimension in self.dimensions for scope, name in dimension.scopes()}

    def scopes_text(self, scopes: Collection[str]) -> str:
        """`Any topic, Society`; empty for what is asked of everybody."""
        return ", ".join(name for scope, name in self.scope_names.items() if scope in scopes)

    def back(self, endpoint: str, sentence: str, anchor: str = "") -> AnyResponse:
        tell(sentence)
        return redirect(self.url(endpoint) + (f"#{anchor}" if anchor else ""), 303)


def _desk(purpose: str) -> Desk:
    at, found = here(), purposes.find(purpose)
    return Desk(at, found, tuple(found.dimensions(unit(), at.edition)))


def _statements_desk(purpose: str) -> Desk:
    """The same where statements are asked for; NotFound for forms without any."""
    desk = _desk(purpose)
    if not desk.purpose.has_statements:
        raise NotFound
    return desk


def _page(desk: Desk, template: str, status: int = 200, **values: object) -> Response:
    home = desk.at.url(desk.purpose.home)
    frame = navigation.frame()
    # The side list has one entry for a call and its forms.
    frame.desk = [[replace(item, current=item.current or item.url == home) for item in group] for group in frame.desk]
    tabs = navigation.parts(desk.purpose.entry, desk.at, request.endpoint)
    return page(f"questions/{template}.html", status, desk=desk, title=desk.purpose.title(), tabs=tabs, **values)


# -- questions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A question in the organisers' list."""

    asked: Asked
    kind: str
    facts: list[str]
    url: str
    move_url: str
    answers: int


def _lines(desk: Desk, rows: list[Asked], counts: Mapping[int, int], by_id: Mapping[int, Asked]) -> list[Line]:
    return [
        Line(
            asked=asked,
            kind=words.kind_name(asked.kind),
            facts=[text for text in _facts(desk, asked, by_id) if text],
            url=desk.url("question", question_id=asked.id),
            move_url=desk.url("move_question", question_id=asked.id),
            answers=counts.get(asked.id, 0),
        )
        for asked in rows
    ]


def _seen_by(desk: Desk) -> str:
    named = desk.purpose.reviewers
    return named()[0] if named is not None else str(_("Reviewers see the answer"))


def _facts(desk: Desk, asked: Asked, by_id: Mapping[int, Asked]) -> list[str]:
    scopes = desk.scopes_text(asked.scopes)
    return [
        words.requirement_text(asked),
        str(_("Only for %(scopes)s", scopes=scopes)) if scopes else "",
        words.condition_text(asked, by_id),
        _seen_by(desk) if asked.for_reviewers else "",
        str(_("A need: somebody arranges it")) if asked.is_need else "",
    ]


@blueprint.get(FORMS)
@access(team(MAY_SETTINGS))
def questions(community: str, edition: str, purpose: str) -> Response:
    """The questions in their order, and what kinds there are to add."""
    desk = _desk(purpose)
    rows = [queries.asked_of(row) for row in queries.questions_of(unit().session, desk.at.edition.id, purpose)]
    counts = queries.number_of_answers(unit().session, [asked.id for asked in rows]) if rows else {}
    by_id = {asked.id: asked for asked in rows}
    active = _lines(desk, [asked for asked in rows if not asked.is_archived], counts, by_id)
    places = {line.asked.id: place for place, line in enumerate(active, start=1)}
    return _page(
        desk,
        "questions",
        groups=[(section, list(lines)) for section, lines in groupby(active, key=lambda line: line.asked.section)],
        places=places,
        most=len(active),
        archived=_lines(desk, [asked for asked in rows if asked.is_archived], counts, by_id),
        kinds=[(kind.value, words.kind_name(kind), str(words.KIND_TEXTS[kind])) for kind in desk.purpose.kinds],
        ready=[(one.key, one.name, [content.label for content in one.questions]) for one in desk.purpose.ready()],
    )


@blueprint.post(f"{FORMS}/questions/ready")
@access(team(MAY_SETTINGS))
def add_ready(community: str, edition: str, purpose: str) -> AnyResponse:
    """Ask ready-made questions."""
    desk = _desk(purpose)
    found = next((one for one in desk.purpose.ready() if one.key == request.form.get("key")), None)
    if found is None:
        raise NotFound
    made = service.add_ready(unit(), desk.at.edition, purpose, found.questions)
    return desk.back(
        "questions", str(_("“%(name)s” is asked now, at the end.", name=found.name)), f"question-{made[0].id}"
    )


def _kind(desk: Desk) -> Kind:
    """The kind in the address; raises NotFound."""
    kinds = {kind.value: kind for kind in desk.purpose.kinds}
    found = kinds.get(request.args.get("kind", Kind.SHORT.value))
    if found is None:
        raise NotFound
    return found


def _others(desk: Desk, question_id: int | None) -> list[Asked]:
    """The questions that this one may hang on: those that are asked and do not hang on it."""
    rows = queries.questions_of(unit().session, desk.at.edition.id, desk.purpose.key)
    every = [queries.asked_of(row) for row in rows]
    return [
        asked
        for asked in every
        if not asked.is_archived
        and asked.id != question_id
        and not (question_id and rules.makes_circle(every, question_id, asked.id))
    ]


def _question_page(
    desk: Desk, form: QuestionForm, kind: Kind, row: Question | None, status: int = 200, *, is_stale: bool = False
) -> Response:
    counts = queries.number_of_answers(unit().session, [row.id]) if row else {}
    return _page(
        desk,
        "question",
        status,
        form=form,
        kind=kind,
        kind_name=words.kind_name(kind),
        row=row,
        is_stale=is_stale,
        answers=counts.get(row.id, 0) if row else 0,
        scope_fields=_scope_fields(desk, form),
        action=desk.url("question_sent", question_id=row.id) if row else desk.url("new_question_sent", kind=kind.value),
        back=desk.url("questions"),
        removal_url=desk.url("remove_question", question_id=row.id) if row else None,
    )


def _scope_fields(desk: Desk, form: Form) -> list[object]:
    names = (f"in_{dimension.key}" for dimension in desk.dimensions)
    return [form[name] for name in names if name in form]


@blueprint.get(f"{FORMS}/questions/new")
@access(team(MAY_SETTINGS))
def new_question(community: str, edition: str, purpose: str) -> Response:
    """An empty form for a question of the kind in the address."""
    desk = _desk(purpose)
    kind = _kind(desk)
    form = question_form(kind, desk.dimensions, _others(desk, None), purpose=desk.purpose)
    return _question_page(desk, form, kind, None)


@blueprint.post(f"{FORMS}/questions/new")
@access(team(MAY_SETTINGS))
def new_question_sent(community: str, edition: str, purpose: str) -> AnyResponse:
    """Add the question."""
    desk = _desk(purpose)
    kind = _kind(desk)
    form = question_form(kind, desk.dimensions, _others(desk, None), purpose=desk.purpose)
    if form.check(kind):
        content = form.content(kind, desk.dimensions)
        if not form.errors:
            made = service.add_question(unit(), desk.at.edition, purpose, content)
            return desk.back("questions", str(_("The question is added, at the end.")), f"question-{made.id}")
    return _question_page(desk, form, kind, None, 422)


def _find(desk: Desk, question_id: int) -> Question:
    row = queries.find_question(unit().session, desk.at.edition.id, desk.purpose.key, question_id)
    if row is None:
        raise NotFound
    return row


def _form_of(desk: Desk, row: Question) -> QuestionForm:
    return question_form(
        row.kind,
        desk.dimensions,
        _others(desk, row.id),
        queries.asked_of(row),
        purpose=desk.purpose,
        version=row.version,
    )


@blueprint.get(f"{FORMS}/questions/<int:question_id>")
@access(team(MAY_SETTINGS))
def question(community: str, edition: str, purpose: str, question_id: int) -> Response:
    """One question, to be changed."""
    desk = _desk(purpose)
    row = _find(desk, question_id)
    return _question_page(desk, _form_of(desk, row), row.kind, row)


@blueprint.post(f"{FORMS}/questions/<int:question_id>")
@access(team(MAY_SETTINGS))
def question_sent(community: str, edition: str, purpose: str, question_id: int) -> AnyResponse:
    """Change it, unless somebody else did in between."""
    desk = _desk(purpose)
    service.locked_form(unit(), desk.at.edition, purpose)
    row = _find(desk, question_id)
    form = _form_of(desk, row)
    if not form.check(row.kind):
        return _question_page(desk, form, row.kind, row, 422)
    content = form.content(row.kind, desk.dimensions)
    if form.errors:
        return _question_page(desk, form, row.kind, row, 422)
    if form.version.data != str(row.version):
        form.version.data = str(row.version)
        return _question_page(desk, form, row.kind, row, 422, is_stale=True)
    service.edit_question(unit(), desk.at.edition, purpose, question_id, content)
    return desk.back("questions", str(_("The question is saved.")), f"question-{question_id}")


@blueprint.post(f"{FORMS}/questions/<int:question_id>/place")
@access(team(MAY_SETTINGS))
def move_question(community: str, edition: str, purpose: str, question_id: int) -> AnyResponse:
    """One place up or down."""
    desk = _desk(purpose)
    service.move_question(unit(), desk.at.edition, purpose, question_id, up=request.form.get("to") == "up")
    return redirect(f"{desk.url('questions')}#question-{question_id}", 303)


@blueprint.post(f"{FORMS}/questions/<int:question_id>/removal")
@access(team(MAY_SETTINGS))
def remove_question(community: str, edition: str, purpose: str, question_id: int) -> AnyResponse:
    """Ask it no more."""
    desk = _desk(purpose)
    if service.remove_question(unit(), desk.at.edition, purpose, question_id):
        return desk.back("questions", str(_("The question is removed. Nobody had answered it.")))
    return desk.back("questions", str(_("The question is archived. What was answered stays readable.")), "archived")


@blueprint.post(f"{FORMS}/questions/<int:question_id>/return")
@access(team(MAY_SETTINGS))
def bring_back(community: str, edition: str, purpose: str, question_id: int) -> AnyResponse:
    """Ask an archived question again."""
    desk = _desk(purpose)
    service.bring_back(unit(), desk.at.edition, purpose, question_id)
    return desk.back("questions", str(_("The question is asked again, at the end.")), f"question-{question_id}")


# -- statements ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A statement in the organisers' list."""

    stated: Stated
    kind: str
    facts: list[str]
    url: str
    move_url: str
    answers: int


def _statement_lines(desk: Desk, rows: list[Statement], counts: Mapping[int, int]) -> list[StatementLine]:
    zone = desk.at.edition.time_zone
    found = []
    for row in rows:
        stated = queries.stated_of(row)
        scopes = desk.scopes_text(stated.scopes)
        facts = [
            str(_("Required")) if stated.is_required else str(_("Optional")),
            str(_("Only for %(scopes)s", scopes=scopes)) if scopes else "",
            str(_("wording %(number)s since %(when)s", number=stated.version, when=when_text(stated.since, zone))),
        ]
        found.append(
            StatementLine(
                stated,
                words.statement_kind(stated.kind),
                [fact for fact in facts if fact],
                desk.url("statement", statement_id=row.id),
                desk.url("move_statement", statement_id=row.id),
                counts.get(row.id, 0),
            )
        )
    return found


@blueprint.get(f"{FORMS}/statements")
@access(team(MAY_SETTINGS))
def statements(community: str, edition: str, purpose: str) -> Response:
    """The statements in their order, and what kinds there are to add."""
    desk = _statements_desk(purpose)
    rows = queries.statements_of(unit().session, desk.at.edition.id, purpose)
    counts = queries.number_of_attestations(unit().session, [row.id for row in rows]) if rows else {}
    return _page(
        desk,
        "statements",
        lines=_statement_lines(desk, [row for row in rows if row.archived_at is None], counts),
        archived=_statement_lines(desk, [row for row in rows if row.archived_at is not None], counts),
        kinds=[
            (kind.value, words.statement_kind(kind), str(words.SUGGESTED[kind]))
            for kind in desk.purpose.statement_kinds
        ],
        elsewhere=desk.purpose.elsewhere(unit(), desk.at.edition) if desk.purpose.elsewhere else [],
        elsewhere_url=desk.at.url("workshops.settings_tracks"),
    )


def _statement_page(
    desk: Desk, form: StatementForm, row: Statement | None, status: int = 200, *, is_stale: bool = False
) -> Response:
    zone = desk.at.edition.time_zone
    counts = queries.number_of_attestations(unit().session, [row.id]) if row else {}
    earlier = [(w.number, when_text(w.since, zone), w.text) for w in reversed(row.wordings)][1:] if row else []
    return _page(
        desk,
        "statement",
        status,
        form=form,
        row=row,
        is_stale=is_stale,
        earlier=earlier,
        answers=counts.get(row.id, 0) if row else 0,
        scope_fields=_scope_fields(desk, form),
        action=desk.url("statement_sent", statement_id=row.id) if row else desk.url("new_statement_sent"),
        back=desk.url("statements"),
        removal_url=desk.url("remove_statement", statement_id=row.id) if row and row.archived_at is None else None,
    )


@blueprint.get(f"{FORMS}/statements/new")
@access(team(MAY_SETTINGS))
def new_statement(community: str, edition: str, purpose: str) -> Response:
    """A form for a statement, with a wording to begin with."""
    desk = _statements_desk(purpose)
    kinds = {kind.value: kind for kind in desk.purpose.statement_kinds}
    kind = kinds.get(request.args.get("kind", ""), StatementKind.OTHER)
    return _statement_page(desk, statement_form(desk.dimensions, purpose=desk.purpose, kind=kind), None)


@blueprint.post(f"{FORMS}/statements/new")
@access(team(MAY_SETTINGS))
def new_statement_sent(community: str, edition: str, purpose: str) -> AnyResponse:
    """Add the statement."""
    desk = _statements_desk(purpose)
    form = statement_form(desk.dimensions, purpose=desk.purpose)
    if not form.is_sent:
        return _statement_page(desk, form, None, 422)
    service.add_statement(unit(), desk.at.edition, purpose, form.content(desk.dimensions))
    return desk.back("statements", str(_("The statement is added, at the end.")))


def _find_statement(desk: Desk, statement_id: int) -> Statement:
    row = queries.find_statement(unit().session, desk.at.edition.id, desk.purpose.key, statement_id)
    if row is None:
        raise NotFound
    return row


@blueprint.get(f"{FORMS}/statements/<int:statement_id>")
@access(team(MAY_SETTINGS))
def statement(community: str, edition: str, purpose: str, statement_id: int) -> Response:
    """One statement with its earlier wordings, to be changed."""
    desk = _statements_desk(purpose)
    row = _find_statement(desk, statement_id)
    form = statement_form(desk.dimensions, purpose=desk.purpose, statement=queries.stated_of(row), version=row.version)
    return _statement_page(desk, form, row)


@blueprint.post(f"{FORMS}/statements/<int:statement_id>")
@access(team(MAY_SETTINGS))
def statement_sent(community: str, edition: str, purpose: str, statement_id: int) -> AnyResponse:
    """Change it, unless somebody else did in between. Another text is another wording."""
    desk = _statements_desk(purpose)
    service.locked_form(unit(), desk.at.edition, purpose)
    row = _find_statement(desk, statement_id)
    form = statement_form(desk.dimensions, purpose=desk.purpose, statement=queries.stated_of(row), version=row.version)
    if not form.is_sent:
        return _statement_page(desk, form, row, 422)
    if form.version.data != str(row.version):
        form.version.data = str(row.version)
        return _statement_page(desk, form, row, 422, is_stale=True)
    service.edit_statement(unit(), desk.at.edition, purpose, statement_id, form.content(desk.dimensions))
    return desk.back("statements", str(_("The statement is saved. What was agreed to before stays on record.")))


@blueprint.post(f"{FORMS}/statements/<int:statement_id>/place")
@access(team(MAY_SETTINGS))
def move_statement(community: str, edition: str, purpose: str, statement_id: int) -> AnyResponse:
    """One place up or down."""
    desk = _statements_desk(purpose)
    service.move_statement(unit(), desk.at.edition, purpose, statement_id, up=request.form.get("to") == "up")
    return redirect(desk.url("statements"), 303)


@blueprint.post(f"{FORMS}/statements/<int:statement_id>/removal")
@access(team(MAY_SETTINGS))
def remove_statement(community: str, edition: str, purpose: str, statement_id: int) -> AnyResponse:
    """Ask for it no more."""
    desk = _statements_desk(purpose)
    if service.remove_statement(unit(), desk.at.edition, purpose, statement_id):
        return desk.back("statements", str(_("The statement is removed. Nobody had answered it.")))
    return desk.back("statements", str(_("The statement is archived. What was agreed to stays on record.")))


# -- trying it out ------------------------------------------------------------------------------------------------


class _Try(Form):
    """The questions of a form, tried out: what is typed goes nowhere."""


@blueprint.get(f"{FORMS}/preview")
@access(team(MAY_SETTINGS))
def preview(community: str, edition: str, purpose: str) -> Response:
    """The form as somebody meets it who chose these scopes; answers show and hide what hangs on them."""
    desk = _desk(purpose)
    sheet = queries.sheet(unit().session, desk.at.edition.id, purpose)
    known = set(desk.scope_names)
    chosen = {
        dimension.key: request.args.get(f"in_{dimension.key}", dimension.choices[0][0])
        for dimension in desk.dimensions
        if dimension.choices
    }
    given = {f"{key}:{value}" for key, value in chosen.items()} & known
    form = type("TryForm", (_Try,), filling.fields_of(_without_files(sheet), unit().now))(request.args)
    answers = filling.typed_answers(form, _without_files(sheet), {})
    is_tried = "try" in request.args
    missing = [
        *rules.gaps(_without_files(sheet), answers, given, unit().now),
        *rules.statement_gaps(sheet.statements, filling.typed_statements(form, sheet), given),
    ]
    return _page(
        desk,
        "preview",
        dimensions=[d for d in desk.dimensions if d.choices],
        chosen=chosen,
        sections=filling.sections(form, _without_files(sheet), answers, given, known, unit().now),
        told=filling.told_rows(form, sheet, {}, given, known),
        files=[asked for asked in rules.shown(sheet.questions, answers, given) if asked.kind is Kind.FILE],
        missing=[words.gap_text(gap) for gap in missing] if is_tried else [],
        is_tried=is_tried,
        is_empty=not (sheet.questions or sheet.statements),
        action=desk.url("preview"),
    )


def _without_files(sheet: Sheet) -> Sheet:
    """A preview takes no file."""
    return Sheet(tuple(asked for asked in sheet.questions if asked.kind is not Kind.FILE), sheet.statements)
