"""What organisers ask of applicants besides: the form of purpose "grants", and what an application says in it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants.models import Application
from workshop_manager.questions import filling, usual
from workshop_manager.questions import queries as questions
from workshop_manager.questions import rules as question_rules
from workshop_manager.questions import service as forms
from workshop_manager.questions.content import Answers, Asked, Owner, Sheet
from workshop_manager.questions.filling import Read
from workshop_manager.questions.purposes import Purpose
from workshop_manager.questions.rules import Gap
from workshop_manager.questions.states import Kind
from workshop_manager.questions.words import gap_text
from workshop_manager.retention.rules import USUAL

KEY = "grants"
EVERYBODY: frozenset[str] = frozenset()
"""Nothing is asked of some applicants only."""

PURPOSE = Purpose(
    key=KEY,
    title=lambda: str(_("Questions to applicants for grants")),
    dimensions=lambda _uow, _edition: (),
    home="grants.desk",
    entry="grants",
    has_reviewers=True,
    kinds=tuple(kind for kind in Kind if kind not in (Kind.FILE, Kind.PERSON)),
    has_statements=False,
    beside=lambda: str(
        _("What applicants are asked besides costs and reasons. The committee reads the answers; they are encrypted.")
    ),
    reviewers=lambda: (
        str(_("Readers without names see the answer")),
        str(_("Leave it off for whatever may tell who applies. Where readers see names, they see every answer.")),
    ),
)
usual.keep(KEY, USUAL)


def owner_of(application_id: int) -> Owner:
    """Whose answers: this application's."""
    return Owner(KEY, application_id)


def sheet_of(uow: UnitOfWork, edition_id: int) -> Sheet:
    """What is asked now."""
    return questions.sheet(uow.session, edition_id, KEY)


def answers_of(uow: UnitOfWork, sheet: Sheet, application: Application | None) -> dict[int, Any]:
    """What is answered so far; no query where nothing is asked."""
    if application is None or not sheet.questions:
        return {}
    return questions.answers_of(uow.session, owner_of(application.id))


def gaps(uow: UnitOfWork, sheet: Sheet, answers: Answers) -> Iterator[Gap]:
    """What is missing before it can be handed in, and what is not right."""
    return question_rules.gaps(sheet, answers, EVERYBODY, uow.now)


def require_complete(uow: UnitOfWork, sheet: Sheet, answers: Answers) -> None:
    """Raises FieldConflict unless everything that has to be answered is, and rightly."""
    gap = next(gaps(uow, sheet, answers), None)
    if gap is not None:
        raise FieldConflict(gap.field, gap_text(gap))


def save(uow: UnitOfWork, application: Application, sheet: Sheet, answers: Mapping[int, Any]) -> None:
    """Store what counts of it. The application's row is locked."""
    if sheet.questions:
        forms.save_answers(uow, owner_of(application.id), sheet, answers, EVERYBODY)


def read(uow: UnitOfWork, application: Application) -> list[Read]:
    """Its answers in the order of the questions, those to questions that are no longer asked too."""
    return _read(questions.answered(uow.session, owner_of(application.id)))


def read_at_desk(application: Application, *, is_blind: bool) -> list[Read]:
    """The same of an application by `queries.find_at_desk`, without another query.

    With `is_blind` only the answers that organisers found to tell nothing of who applies.
    """
    rows = sorted(application.answers, key=lambda row: (row.question.position, row.question_id))
    found = [(questions.asked_of(row.question), row.value) for row in rows]
    return _read([(asked, value) for asked, value in found if asked.for_reviewers or not is_blind])


def _read(found: Sequence[tuple[Asked, Any]]) -> list[Read]:
    return filling.readable([asked for asked, _value in found], {asked.id: value for asked, value in found})


def read_all(
    uow: UnitOfWork, edition_id: int, application_ids: Collection[int]
) -> tuple[list[str], dict[int, list[str]]]:
    """For the export: what was ever asked, and by application the answers in that order."""
    asked = [questions.asked_of(row) for row in questions.questions_of(uow.session, edition_id, KEY)]
    if not asked:
        return [], {}
    found = questions.answers_to(uow.session, KEY, application_ids)
    texts = {
        one: {read.question_id: read.text for read in filling.readable(asked, answers)}
        for one, answers in found.items()
    }
    return [one.label for one in asked], {one: [said.get(q.id, "") for q in asked] for one, said in texts.items()}


def forget(uow: UnitOfWork, application: Application) -> None:
    """Remove what it says: it goes, or its person does."""
    forms.forget(uow, owner_of(application.id))
