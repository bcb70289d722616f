"""What the organisers' forms keep: by form, and by question where one is chosen to be kept otherwise."""

from collections.abc import Callable, Sequence

from sqlalchemy import delete, func, select

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import purposes, service, usual
from workshop_manager.questions.events import AnswersRemoved
from workshop_manager.questions.models import Answer, AnswerFile, BuiltForm, Question
from workshop_manager.retention import queries as retention
from workshop_manager.retention.keeping import Kept
from workshop_manager.workshops.models import Edition


def of_form(purpose: str) -> str:
    """What a form's answers are called in rules."""
    return f"form:{purpose}"


def of_question(question_id: int) -> str:
    """What one question's are."""
    return f"question:{question_id}"


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """Every form that asks something, each with its questions."""
    numbers = select(Answer.question_id, func.count().label("number")).group_by(Answer.question_id).subquery()
    rows = uow.session.execute(
        select(BuiltForm.purpose, Question.id, Question.label, func.coalesce(numbers.c.number, 0))
        .join(Question, Question.form_id == BuiltForm.id)
        .outerjoin(numbers, numbers.c.question_id == Question.id)
        .where(BuiltForm.edition_id == edition.id)
        .order_by(BuiltForm.id, Question.position, Question.id)
    ).all()
    chosen = retention.days(uow.session, edition.id)
    found: list[Kept] = []
    for purpose in dict.fromkeys(purpose for purpose, *_rest in rows):
        title = purposes.title_of(purpose)
        mine = [(one, label, number) for of, one, label, number in rows if of == purpose]
        without = [one for one, _label, _number in mine if of_question(one) not in chosen]
        number = sum(number for one, _label, number in mine if one in without)
        usually = usual.days_of(purpose)
        found.append(Kept(of_form(purpose), title, number, usually, _remover(without), changed=_stamp(purpose)))
        days = chosen.get(of_form(purpose), usually)
        found += [
            Kept(of_question(one), label, n, days, _remover([one]), is_part=True, changed=_stamp(purpose))
            for one, label, n in mine
        ]
    return found


def _remover(question_ids: Sequence[int]) -> Callable[[UnitOfWork, Edition], int]:
    def remove(uow: UnitOfWork, _edition: Edition) -> int:
        done = uow.session.execute(delete(Answer).where(Answer.question_id.in_(question_ids)))
        uow.session.execute(delete(AnswerFile).where(AnswerFile.question_id.in_(question_ids)))
        uow.tell(AnswersRemoved(tuple(question_ids)))
        return int(done.rowcount)  # type: ignore[attr-defined]

    return remove


def _stamp(purpose: str) -> Callable[[UnitOfWork, Edition], None]:
    def changed(uow: UnitOfWork, edition: Edition) -> None:
        service.locked_form(uow, edition, purpose)

    return changed
