"""Questions and statements for tests."""

from typing import Any

from tests.factories import make_edition
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import queries, service
from workshop_manager.questions.content import Asked, Owner, Sheet
from workshop_manager.questions.models import Question, Statement
from workshop_manager.questions.service import QuestionContent, StatementContent
from workshop_manager.questions.states import Kind, StatementKind
from workshop_manager.workshops.models import Edition

PURPOSE = "submission"
OWNER = Owner("submission", 27)


def asked(number: int, kind: Kind = Kind.SHORT, **values: Any) -> Asked:
    """A question as a plain value."""
    return Asked(number, kind, f"Question {number}", **values)


def make_question(
    uow: UnitOfWork, edition: Edition, label: str = "What is it about?", kind: Kind = Kind.SHORT, **values: Any
) -> Question:
    """A question of the edition's form for abstracts."""
    if kind in (Kind.CHOICE, Kind.MANY):
        values = {"options": ("Red", "Green", "Blue")} | values
    return service.add_question(uow, edition, PURPOSE, QuestionContent(kind=kind, label=label, **values))


def make_statement(
    uow: UnitOfWork,
    edition: Edition,
    text: str = "The work is not under review elsewhere.",
    kind: StatementKind = StatementKind.DUAL_SUBMISSION,
    **values: Any,
) -> Statement:
    """A statement of the edition's form for abstracts."""
    return service.add_statement(uow, edition, PURPOSE, StatementContent(kind=kind, text=text, **values))


def sheet(uow: UnitOfWork, edition: Edition) -> Sheet:
    """The form as it is filled in."""
    return queries.sheet(uow.session, edition.id, PURPOSE)


__all__ = ["OWNER", "PURPOSE", "asked", "make_edition", "make_question", "make_statement", "sheet"]
