"""What is done to forms, and to what people fill in. Each verb asks its rule first; nothing here commits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from workshop_manager.core import audit
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.tokens import new_token
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import queries, rules
from workshop_manager.questions.content import Answers, Asked, Filed, Owner, Sheet, Stated, tidy
from workshop_manager.questions.models import (
    Answer,
    AnswerBytes,
    AnswerFile,
    Attestation,
    BuiltForm,
    Question,
    Statement,
    Wording,
)
from workshop_manager.questions.states import Kind, Requirement, StatementKind
from workshop_manager.workshops.models import Edition

MOST_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """What organisers say about a question. `options` are texts in order; keys are found again by text, then place."""

    kind: Kind
    label: str
    help: str = ""
    section: str = ""
    options: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    earliest: date | None = None
    latest: date | None = None
    word_limit: int | None = None
    requirement: Requirement = Requirement.NEVER
    required_from: Deadline | None = None
    frozen_after: Deadline | None = None
    scopes: frozenset[str] = frozenset()
    shown_if_id: int | None = None
    shown_if_values: frozenset[str] = frozenset()
    for_reviewers: bool = False
    is_need: bool = False


@dataclass(frozen=True, slots=True)
class StatementContent:
    """What organisers say about a statement. `mends_slip`: the same wording, with a slip mended."""

    kind: StatementKind
    text: str
    is_required: bool = True
    scopes: frozenset[str] = frozenset()
    mends_slip: bool = field(default=False)


def locked_form(uow: UnitOfWork, edition: Edition, purpose: str) -> BuiltForm:
    """The form's row, about to be changed: made if it is not there yet, locked until the end of the transaction."""
    found = queries.find_form(uow.session, edition.id, purpose, lock=True)
    if found is None:
        try:
            with uow.session.begin_nested():
                uow.session.add(BuiltForm(edition_id=edition.id, purpose=purpose, stamp=new_token()))
                uow.session.flush()
        except IntegrityError:
            pass  # somebody else made it a moment ago; theirs is as good
        found = queries.find_form(uow.session, edition.id, purpose, lock=True)
        assert found is not None
    found.stamp = new_token()
    uow.session.flush()
    return found


# -- questions ----------------------------------------------------------------------------------------------------


def add_question(uow: UnitOfWork, edition: Edition, purpose: str, content: QuestionContent) -> Question:
    """Ask one question more, at the end."""
    form = locked_form(uow, edition, purpose)
    rows = queries.questions_of(uow.session, edition.id, purpose)
    if len(rows) >= rules.MOST_QUESTIONS:
        raise Conflict(str(_("A form has at most %(most)s questions. Remove one first.", most=rules.MOST_QUESTIONS)))
    _require_sound(rows, None, content)
    row = Question(form_id=form.id, position=_after(rows), kind=content.kind, options={}, old_options={}, version=1)
    _write(row, content)
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "question added", "question", row.id, edition_id=edition.id)
    return row


def add_ready(uow: UnitOfWork, edition: Edition, purpose: str, ready: Sequence[QuestionContent]) -> list[Question]:
    """Ask ready-made questions, at the end. Those that hang on an answer hang on the first of them."""
    made: list[Question] = []
    for content in ready:
        on = made[0].id if made and content.shown_if_values else None
        made.append(add_question(uow, edition, purpose, replace(content, shown_if_id=on)))
    return made


def edit_question(
    uow: UnitOfWork, edition: Edition, purpose: str, question_id: int, content: QuestionContent
) -> Question:
    """Ask it otherwise. Its kind stays once somebody has answered: an answer of one kind is none of another."""
    locked_form(uow, edition, purpose)
    row = _question(uow, edition, purpose, question_id)
    if row.kind is not content.kind and queries.number_of_answers(uow.session, [row.id]):
        raise Conflict(str(_("This question was answered, so its kind stays. Archive it, and ask another one.")))
    _require_sound(queries.questions_of(uow.session, edition.id, purpose), row.id, content)
    _write(row, content)
    row.version += 1
    uow.session.flush()
    audit.record(uow, "question edited", "question", row.id, edition_id=edition.id)
    return row


def _question(uow: UnitOfWork, edition: Edition, purpose: str, question_id: int) -> Question:
    row = queries.find_question(uow.session, edition.id, purpose, question_id)
    if row is None:
        raise NotFound
    return row


def _after(rows: Sequence[Question | Statement]) -> int:
    return max((row.position for row in rows), default=0) + 1


def _require_sound(rows: Sequence[Question], question_id: int | None, content: QuestionContent) -> None:
    """A condition names a question of the same form that does not hang on this one."""
    if content.for_reviewers and content.kind in rules.NOT_FOR_REVIEWERS:
        raise Conflict(str(_("A file or a person tells who wrote the work, so reviewers never see it.")))
    if content.shown_if_id is None:
        return
    if all(row.id != content.shown_if_id for row in rows):
        raise NotFound
    asked = [queries.asked_of(row) for row in rows]
    if rules.makes_circle(asked, question_id or 0, content.shown_if_id):
        raise Conflict(str(_("That question is itself shown only after an answer to this one. Choose another.")))


def _write(row: Question, content: QuestionContent) -> None:
    row.options, row.old_options = _options(row, content.options)
    row.kind, row.label, row.help, row.section = content.kind, content.label, content.help, content.section
    row.least, row.most, row.word_limit = content.least, content.most, content.word_limit
    row.earliest, row.latest = content.earliest, content.latest
    row.requirement = content.requirement
    row.required_from = content.required_from.at if content.required_from else None
    row.required_from_zone = content.required_from.zone if content.required_from else None
    row.frozen_after = content.frozen_after.at if content.frozen_after else None
    row.frozen_after_zone = content.frozen_after.zone if content.frozen_after else None
    row.scopes = sorted(content.scopes)
    row.shown_if_id, row.shown_if_values = content.shown_if_id, sorted(content.shown_if_values)
    row.for_reviewers, row.is_need = content.for_reviewers, content.is_need


def _options(row: Question, texts: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options by key. A text that was there keeps its key; a reworded one takes the key of what it replaces."""
    before = dict(row.options)
    by_text = {text: key for key, text in (row.old_options | before).items()}
    gone = [key for key, text in before.items() if text not in texts]
    fresh = [text for text in texts if text not in by_text]
    # As many new texts as went: they are the old ones, reworded, in their order.
    renamed = dict(zip(fresh, gone, strict=True)) if len(fresh) == len(gone) else {}
    last = max((int(key) for key in row.old_options | before), default=0)
    options: dict[str, Any] = {}
    for text in texts:
        key = by_text.get(text) or renamed.get(text)
        if key is None:
            last += 1
            key = str(last)
        options[key] = text
    every: dict[str, Any] = row.old_options | before
    return options, {key: text for key, text in every.items() if key not in options}


def move_question(uow: UnitOfWork, edition: Edition, purpose: str, question_id: int, *, up: bool) -> None:
    """One place up or down among those that are asked."""
    locked_form(uow, edition, purpose)
    _question(uow, edition, purpose, question_id)
    _move(queries.questions_of(uow.session, edition.id, purpose), question_id, up=up)
    uow.session.flush()


def _move(rows: Sequence[Question | Statement], row_id: int, *, up: bool) -> None:
    active = [row for row in rows if row.archived_at is None]
    place = next((number for number, row in enumerate(active) if row.id == row_id), None)
    if place is None:
        raise NotFound
    other = place + (-1 if up else 1)
    if 0 <= other < len(active):
        active[place], active[other] = active[other], active[place]
    for number, row in enumerate([*active, *(row for row in rows if row.archived_at is not None)], start=1):
        row.position = number


def remove_question(uow: UnitOfWork, edition: Edition, purpose: str, question_id: int) -> bool:
    """Ask it no more: removed for good if nobody answered, else archived with its answers. True if it was removed."""
    locked_form(uow, edition, purpose)
    row = _question(uow, edition, purpose, question_id)
    rows = queries.questions_of(uow.session, edition.id, purpose)
    if any(other.shown_if_id == row.id and other.archived_at is None for other in rows):
        raise Conflict(str(_("Another question is shown only after an answer to this one. Change that one first.")))
    is_answered = bool(queries.number_of_answers(uow.session, [row.id]))
    if is_answered or any(other.shown_if_id == row.id for other in rows):
        row.archived_at = uow.now
        row.version += 1
    else:
        # Files without an answer are left from answers that were taken back.
        uow.session.execute(delete(AnswerFile).where(AnswerFile.question_id == row.id))
        uow.session.delete(row)
    uow.session.flush()
    audit.record(uow, "question archived" if is_answered else "question removed", "question", question_id,
                 edition_id=edition.id)  # fmt: skip
    return not is_answered


def bring_back(uow: UnitOfWork, edition: Edition, purpose: str, question_id: int) -> None:
    """Ask an archived question again, at the end; the answers are still there."""
    locked_form(uow, edition, purpose)
    row = _question(uow, edition, purpose, question_id)
    if row.archived_at is None:
        return
    rows = queries.questions_of(uow.session, edition.id, purpose)
    source = next((other for other in rows if other.id == row.shown_if_id), None)
    if source is not None and source.archived_at is not None:
        row.shown_if_id, row.shown_if_values = None, []
    row.archived_at, row.position = None, _after(rows)
    row.version += 1
    uow.session.flush()
    audit.record(uow, "question brought back", "question", question_id, edition_id=edition.id)


# -- statements ---------------------------------------------------------------------------------------------------


def add_statement(uow: UnitOfWork, edition: Edition, purpose: str, content: StatementContent) -> Statement:
    """Ask for one statement more, at the end."""
    form = locked_form(uow, edition, purpose)
    rows = queries.statements_of(uow.session, edition.id, purpose)
    if len(rows) >= rules.MOST_STATEMENTS:
        most = rules.MOST_STATEMENTS
        raise Conflict(str(_("A form asks for at most %(most)s statements. Remove one first.", most=most)))
    row = Statement(
        form_id=form.id, position=_after(rows), kind=content.kind, is_required=content.is_required,
        scopes=sorted(content.scopes), version=1, wordings=[Wording(number=1, text=content.text, since=uow.now)],
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "statement added", "statement", row.id, edition_id=edition.id)
    return row


def edit_statement(
    uow: UnitOfWork, edition: Edition, purpose: str, statement_id: int, content: StatementContent
) -> Statement:
    """Change it. Another text is another wording, which people read and agree to anew, unless it only mends a slip.

    What people agreed to stays as they read it: a slip is mended in place only while nobody has agreed.
    """
    locked_form(uow, edition, purpose)
    row = _statement(uow, edition, purpose, statement_id)
    row.kind, row.is_required, row.scopes = content.kind, content.is_required, sorted(content.scopes)
    newest = row.wordings[-1]
    if newest.text != content.text:
        if not queries.is_wording_used(uow.session, newest.id):
            newest.text, newest.since = content.text, uow.now
        else:
            made = Wording(statement_id=row.id, number=newest.number + 1, text=content.text, since=uow.now)
            row.wordings.append(made)
            uow.session.flush()
            if content.mends_slip:
                _carry_over(uow, newest, made)
    row.version += 1
    uow.session.flush()
    audit.record(uow, "statement edited", "statement", row.id, edition_id=edition.id, wording=row.wordings[-1].number)
    return row


def _carry_over(uow: UnitOfWork, old: Wording, new: Wording) -> None:
    """Who agreed to a text with a slip need not agree again; the wording they read stays on record beside it."""
    for said in queries.attestations_to(uow.session, old.id):
        uow.session.add(
            Attestation(
                owner_kind=said.owner_kind,
                owner_id=said.owner_id,
                statement_id=said.statement_id,
                wording_id=new.id,
                answer=said.answer,
                at=said.at,
                by=said.by,
            )
        )


def _statement(uow: UnitOfWork, edition: Edition, purpose: str, statement_id: int) -> Statement:
    row = queries.find_statement(uow.session, edition.id, purpose, statement_id)
    if row is None:
        raise NotFound
    return row


def move_statement(uow: UnitOfWork, edition: Edition, purpose: str, statement_id: int, *, up: bool) -> None:
    """One place up or down among those that are asked for."""
    locked_form(uow, edition, purpose)
    _statement(uow, edition, purpose, statement_id)
    _move(queries.statements_of(uow.session, edition.id, purpose), statement_id, up=up)
    uow.session.flush()


def remove_statement(uow: UnitOfWork, edition: Edition, purpose: str, statement_id: int) -> bool:
    """Ask for it no more: removed if nobody answered, else archived with its wordings. True if it was removed."""
    locked_form(uow, edition, purpose)
    row = _statement(uow, edition, purpose, statement_id)
    is_used = bool(queries.number_of_attestations(uow.session, [row.id]))
    if is_used:
        row.archived_at = uow.now
        row.version += 1
    else:
        uow.session.delete(row)
    uow.session.flush()
    done = "statement archived" if is_used else "statement removed"
    audit.record(uow, done, "statement", statement_id, edition_id=edition.id)
    return not is_used


# -- what is filled in --------------------------------------------------------------------------------------------


def save_answers(
    uow: UnitOfWork,
    owner: Owner,
    sheet: Sheet,
    typed: Answers,
    given: Collection[str],
    files: Mapping[int, Filed] | None = None,
    *,
    keep_hidden_files: bool = False,
) -> set[int]:
    """Store what counts of what was typed, in these scopes, with new files; gives the questions that changed.

    What is hidden by its condition or scope is not kept; a frozen answer stays as it is, shown or not. The owner's row
    must be locked. With `keep_hidden_files` hidden files stay, for drafts that are saved while somebody types.
    """
    rows = queries.answer_rows(uow.session, owner)
    stored = {number: row.value for number, row in rows.items()}
    frozen = {asked.id for asked in sheet.questions if rules.is_frozen(asked, uow.now)}
    wanted = rules.as_typed(sheet.questions, stored, typed, uow.now)
    for number, filed in (files or {}).items():
        if number in wanted and number not in frozen:
            wanted[number] = {"version": _add_file(uow, owner, number, filed)}
    keep = rules.kept(sheet.questions, wanted, given)
    changed = set()
    for asked in sheet.questions:
        if asked.id in frozen:
            continue
        if keep_hidden_files and asked.kind is Kind.FILE and asked.id not in keep:
            continue
        value = tidy(asked.kind, keep.get(asked.id))
        if value != stored.get(asked.id):
            changed.add(asked.id)
            _store(uow, owner, asked, rows.get(asked.id), value)
    uow.session.flush()
    return changed


def _store(uow: UnitOfWork, owner: Owner, asked: Asked, row: Answer | None, value: Any) -> None:
    by = uow.actor.id if uow.actor else None
    if value is None:
        if asked.kind is Kind.FILE:
            queries.forget_files(uow.session, owner, asked.id)
        if row is not None:
            uow.session.delete(row)
    elif row is None:
        uow.session.add(
            Answer(owner_kind=owner.kind, owner_id=owner.id, question_id=asked.id, value=value, at=uow.now, by=by)
        )
    else:
        row.value, row.at, row.by = value, uow.now, by


def _add_file(uow: UnitOfWork, owner: Owner, question_id: int, filed: Filed) -> int:
    """A new version, or the one before if it is the same file; gives its number."""
    earlier = [row for row in queries.files_of(uow.session, owner) if row.question_id == question_id]
    latest = earlier[-1] if earlier else None
    if latest is not None and latest.sha256 == filed.sha256:
        return latest.version
    if latest is not None and latest.version >= MOST_VERSIONS:
        most = MOST_VERSIONS
        raise Conflict(str(_("This is version %(most)s of the file, and more are not kept.", most=most)))
    row = AnswerFile(
        owner_kind=owner.kind, owner_id=owner.id, question_id=question_id, version=latest.version + 1 if latest else 1,
        sha256=filed.sha256, size=len(filed.original), pages=filed.pages, original_name=filed.name[:200],
        uploaded_at=uow.now, uploaded_by=uow.actor.id if uow.actor else None,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    uow.session.add(AnswerBytes(file_id=row.id, original=filed.original, plain=filed.plain))
    return row.version


def save_statements(
    uow: UnitOfWork, owner: Owner, statements: Iterable[Stated], told: Mapping[int, bool | None], given: Collection[str]
) -> set[int]:
    """Store what was stated, each to its newest wording, of what is asked for in these scopes; gives what changed.

    A statement of another track is not kept; an earlier wording that was agreed to stays on record.
    """
    rows = queries.attestation_rows(uow.session, owner)
    asked = {statement.id for statement in rules.stated(statements, given)}
    by = uow.actor.id if uow.actor else None
    changed = set()
    for statement in statements:
        answer = told.get(statement.id) if statement.id in asked else None
        row = rows.get(statement.wording_id)
        if answer is (row.answer if row is not None else None):
            continue
        changed.add(statement.id)
        if row is None:
            row = Attestation(
                owner_kind=owner.kind, owner_id=owner.id, statement_id=statement.id, wording_id=statement.wording_id
            )
            uow.session.add(row)
        if answer is None:
            uow.session.delete(row)
        else:
            row.answer, row.at, row.by = answer, uow.now, by
    uow.session.flush()
    return changed


def forget(uow: UnitOfWork, owner: Owner) -> None:
    """The owner is being removed: with it go its answers, files and statements."""
    queries.forget(uow.session, owner)


def lose_names(uow: UnitOfWork, owner: Owner, person_id: int) -> None:
    """Somebody's account is being deleted: files they gave keep no name of theirs, people they named go."""
    for row in queries.files_of(uow.session, owner):
        if row.uploaded_by == person_id:
            row.original_name = "file.pdf"
    for answer in queries.people_named(uow.session, owner, person_id):
        uow.session.delete(answer)
    uow.session.flush()
