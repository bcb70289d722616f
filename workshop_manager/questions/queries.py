"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select
from sqlalchemy.orm import Session, selectinload

from workshop_manager.core.deadlines import Deadline
from workshop_manager.questions import usual
from workshop_manager.questions.content import Asked, Condition, Owner, Said, Sheet, Stated
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
from workshop_manager.questions.states import Kind
from workshop_manager.retention import queries as retention


def find_form(session: Session, edition_id: int, purpose: str, *, lock: bool = False) -> BuiltForm | None:
    """The form of that purpose; None before anything was asked."""
    query = select(BuiltForm).where(BuiltForm.edition_id == edition_id, BuiltForm.purpose == purpose)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def _of_form(edition_id: int, purpose: str) -> ColumnElement[bool]:
    return and_(BuiltForm.edition_id == edition_id, BuiltForm.purpose == purpose)


def questions_of(session: Session, edition_id: int, purpose: str) -> Sequence[Question]:
    """Every question of a form in order, archived ones too."""
    return session.scalars(
        select(Question)
        .join(BuiltForm, BuiltForm.id == Question.form_id)
        .where(_of_form(edition_id, purpose))
        .order_by(Question.position, Question.id)
    ).all()


def find_question(session: Session, edition_id: int, purpose: str, question_id: int) -> Question | None:
    """A question of that form by its id."""
    return session.execute(
        select(Question)
        .join(BuiltForm, BuiltForm.id == Question.form_id)
        .where(_of_form(edition_id, purpose), Question.id == question_id)
    ).scalar_one_or_none()


def statements_of(session: Session, edition_id: int, purpose: str) -> Sequence[Statement]:
    """Every statement of a form in order with its wordings, archived ones too."""
    return session.scalars(
        select(Statement)
        .join(BuiltForm, BuiltForm.id == Statement.form_id)
        .options(selectinload(Statement.wordings))
        .where(_of_form(edition_id, purpose))
        .order_by(Statement.position, Statement.id)
    ).all()


def find_statement(session: Session, edition_id: int, purpose: str, statement_id: int) -> Statement | None:
    """A statement of that form by its id, with its wordings."""
    return session.execute(
        select(Statement)
        .join(BuiltForm, BuiltForm.id == Statement.form_id)
        .options(selectinload(Statement.wordings))
        .where(_of_form(edition_id, purpose), Statement.id == statement_id)
    ).scalar_one_or_none()


def asked_of(row: Question) -> Asked:
    """A question as a plain value."""
    return Asked(
        id=row.id,
        kind=row.kind,
        label=row.label,
        help=row.help,
        section=row.section,
        options=dict(row.options),
        old_options=dict(row.old_options),
        least=row.least,
        most=row.most,
        earliest=row.earliest,
        latest=row.latest,
        word_limit=row.word_limit,
        requirement=row.requirement,
        required_from=_deadline(row.required_from, row.required_from_zone),
        frozen_after=_deadline(row.frozen_after, row.frozen_after_zone),
        scopes=frozenset(row.scopes),
        condition=Condition(row.shown_if_id, frozenset(row.shown_if_values)) if row.shown_if_id is not None else None,
        for_reviewers=row.for_reviewers,
        is_need=row.is_need,
        is_archived=row.archived_at is not None,
    )


def _deadline(at: Any, zone: str | None) -> Deadline | None:
    return Deadline(at, zone) if at is not None and zone is not None else None


def stated_of(row: Statement) -> Stated:
    """A statement as a plain value, in its newest wording."""
    newest = row.wordings[-1]
    return Stated(
        id=row.id,
        kind=row.kind,
        wording_id=newest.id,
        wording=newest.text,
        version=newest.number,
        since=newest.since,
        is_required=row.is_required,
        scopes=frozenset(row.scopes),
        is_archived=row.archived_at is not None,
    )


@lru_cache(maxsize=128)
def _remembered(stamp: str) -> list[Sheet]:
    """A place for what is asked under that stamp."""
    return []


def stamp_of(edition_id: int, purpose: str) -> Select[str]:
    """What changes whenever the form does."""
    return select(BuiltForm.stamp).where(_of_form(edition_id, purpose))


def sheet(session: Session, edition_id: int, purpose: str) -> Sheet:
    """The form as it is filled in; archived questions and statements are left out.

    One query, and three more in each process after a change: every author's page needs this, and it hardly changes.
    """
    return sheet_stamped(session, edition_id, purpose, session.scalar(stamp_of(edition_id, purpose)))


def sheet_stamped(session: Session, edition_id: int, purpose: str, stamp: str | None) -> Sheet:
    """The same for whoever has just read its stamp; None: nothing is asked."""
    if stamp is None:
        return Sheet()
    place = _remembered(stamp)
    if not place:
        place.append(_sheet(session, edition_id, purpose))
    return place[0]


def _sheet(session: Session, edition_id: int, purpose: str) -> Sheet:
    days = retention.days(session, edition_id)
    every = days.get(f"form:{purpose}", usual.days_of(purpose))
    asked = (
        replace(asked_of(row), kept_days=days.get(f"question:{row.id}", every))
        for row in questions_of(session, edition_id, purpose)
        if row.archived_at is None
    )
    told = (stated_of(row) for row in statements_of(session, edition_id, purpose) if row.archived_at is None)
    return Sheet(tuple(asked), tuple(told))


# -- what was answered --------------------------------------------------------------------------------------------


def _owned(model: Any, owner: Owner) -> ColumnElement[bool]:
    return and_(model.owner_kind == owner.kind, model.owner_id == owner.id)


def answers_of(session: Session, owner: Owner) -> dict[int, Any]:
    """What that owner answered, by question."""
    rows = session.execute(select(Answer.question_id, Answer.value).where(_owned(Answer, owner)))
    return {row[0]: row[1] for row in rows if row[1] is not None}


def answered(session: Session, owner: Owner) -> list[tuple[Asked, Any]]:
    """Every question that owner answered, with the answer, in order; also those that are not asked any more."""
    rows = session.execute(
        select(Question, Answer.value)
        .join(Answer, Answer.question_id == Question.id)
        .where(_owned(Answer, owner))
        .order_by(Question.position, Question.id)
    )
    return [(asked_of(row), value) for row, value in rows if value is not None]


def answer_rows(session: Session, owner: Owner) -> dict[int, Answer]:
    """The rows themselves, to be changed."""
    return {row.question_id: row for row in session.scalars(select(Answer).where(_owned(Answer, owner)))}


def people_named(session: Session, owner: Owner, by: int) -> Sequence[Answer]:
    """The answers of that owner, given by that person, that name somebody."""
    return session.scalars(
        select(Answer)
        .join(Question, Question.id == Answer.question_id)
        .where(_owned(Answer, owner), Answer.by == by, Question.kind == Kind.PERSON)
    ).all()


def answers_to(session: Session, owner_kind: str, owner_ids: Collection[int]) -> dict[int, dict[int, Any]]:
    """What each of these owners answered, by owner and question, in one query: for lists and exports."""
    rows = session.execute(
        select(Answer.owner_id, Answer.question_id, Answer.value).where(
            Answer.owner_kind == owner_kind, Answer.owner_id.in_(owner_ids)
        )
    )
    found: dict[int, dict[int, Any]] = {owner_id: {} for owner_id in owner_ids}
    for owner_id, question_id, value in rows:
        found[owner_id][question_id] = value
    return found


def number_of_answers(session: Session, question_ids: Iterable[int]) -> dict[int, int]:
    """How often each question was answered; those never answered are left out."""
    rows = session.execute(
        select(Answer.question_id, func.count())
        .where(Answer.question_id.in_(list(question_ids)))
        .group_by(Answer.question_id)
    )
    return {row[0]: row[1] for row in rows}


def number_of_attestations(session: Session, statement_ids: Iterable[int]) -> dict[int, int]:
    """How many owners answered each statement, in any wording; those nobody answered are left out."""
    rows = session.execute(
        select(Attestation.statement_id, func.count(Attestation.owner_id.distinct()))
        .where(Attestation.statement_id.in_(list(statement_ids)))
        .group_by(Attestation.statement_id)
    )
    return {row[0]: row[1] for row in rows}


def is_wording_used(session: Session, wording_id: int) -> bool:
    """True once anybody answered to that wording."""
    found = select(Attestation.id).where(Attestation.wording_id == wording_id).limit(1)
    return session.execute(found).first() is not None


def files_of(session: Session, owner: Owner) -> Sequence[AnswerFile]:
    """Every version of every file that owner gave as an answer, oldest first; not their bytes."""
    return session.scalars(
        select(AnswerFile).where(_owned(AnswerFile, owner)).order_by(AnswerFile.question_id, AnswerFile.version)
    ).all()


def find_file(session: Session, owner: Owner, question_id: int, version: int) -> tuple[AnswerFile, AnswerBytes] | None:
    """One version of a file with its bytes."""
    row = session.execute(
        select(AnswerFile, AnswerBytes)
        .join(AnswerBytes, AnswerBytes.file_id == AnswerFile.id)
        .where(_owned(AnswerFile, owner), AnswerFile.question_id == question_id, AnswerFile.version == version)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def said_by(session: Session, owner: Owner) -> dict[int, Said]:
    """What that owner stated last, by statement, each in the wording that was read then."""
    return {said.statement_id: said for said in all_said_by(session, owner)}


def all_said_by(session: Session, owner: Owner) -> list[Said]:
    """Everything that owner stated, in every wording, oldest first."""
    rows = session.execute(
        select(Attestation, Wording, Statement.kind)
        .join(Wording, Wording.id == Attestation.wording_id)
        .join(Statement, Statement.id == Attestation.statement_id)
        .where(_owned(Attestation, owner))
        .order_by(Statement.position, Statement.id, Attestation.at, Wording.number)
    )
    return [
        Said(row.statement_id, kind, wording.id, wording.text, wording.number, row.answer, row.at)
        for row, wording, kind in rows
    ]


def attestation_rows(session: Session, owner: Owner) -> dict[int, Attestation]:
    """The rows themselves, by wording, to be changed."""
    return {row.wording_id: row for row in session.scalars(select(Attestation).where(_owned(Attestation, owner)))}


def attestations_to(session: Session, wording_id: int) -> Sequence[Attestation]:
    """Everybody's answers to that wording."""
    return session.scalars(select(Attestation).where(Attestation.wording_id == wording_id)).all()


def forget(session: Session, owner: Owner) -> None:
    """Remove everything that owner answered, stated and uploaded."""
    for model in (Answer, AnswerFile, Attestation):
        session.execute(delete(model).where(_owned(model, owner)))


def forget_files(session: Session, owner: Owner, question_id: int) -> None:
    """Remove every version of the file given as that answer."""
    session.execute(delete(AnswerFile).where(_owned(AnswerFile, owner), AnswerFile.question_id == question_id))
