"""What organisers ask of whoever registers: the form of purpose "registration", and what is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import EllipsisType
from typing import Any

from flask_babel import gettext as _

from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import filling, usual
from workshop_manager.questions import queries as questions
from workshop_manager.questions import rules as question_rules
from workshop_manager.questions import service as forms
from workshop_manager.questions.content import Answers, Filed, Owner, Said, Sheet, Stated
from workshop_manager.questions.filling import Read
from workshop_manager.questions.purposes import Dimension, Purpose
from workshop_manager.questions.rules import Gap
from workshop_manager.questions.states import Kind, StatementKind
from workshop_manager.registrations import caring, queries
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.ready import ready
from workshop_manager.registrations.rules import Place
from workshop_manager.retention.rules import USUAL
from workshop_manager.workshops.models import Edition

KEY = "registration"
Told = Mapping[int, bool | None]


def _dimensions(uow: UnitOfWork, edition: Edition) -> list[Dimension]:
    kinds = queries.kinds(uow.session, edition.id)
    choices = tuple((str(kind.id), kind.name) for kind in kinds)
    return [Dimension("kind", str(_("Kind")), choices if len(choices) > 1 else ())]


PURPOSE = Purpose(
    key=KEY,
    title=lambda: str(_("Questions on registering")),
    dimensions=_dimensions,
    home="registrations.desk",
    entry="registration",
    statement_kinds=(StatementKind.PHOTOS, StatementKind.OTHER),
    has_needs=True,
    ready=ready,
    beside=lambda: str(_("What whoever registers is asked beside name, food and needs. Answers are stored encrypted.")),
)
usual.keep(KEY, USUAL)


class Incomplete(Conflict):
    """Something is missing or not right; `gaps` say what and where."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        super().__init__(str(_("Something is missing. Nothing of yours is saved yet.")))
        self.gaps = gaps


def owner_of(row: Registration) -> Owner:
    """Whose answers: this registration's."""
    return Owner(KEY, row.id)


def scopes_of(*kind_ids: int | None) -> frozenset[str]:
    """Of which kinds one is asked."""
    return frozenset(f"kind:{kind_id}" for kind_id in kind_ids if kind_id is not None)


def scopes_at(place: Place) -> frozenset[str]:
    """The same for somebody who holds that."""
    return scopes_of(place.seat, place.line, place.asks)


@dataclass(frozen=True, slots=True)
class Filled:
    """The form, and what one registration says in it: answers by question, all that was ever agreed to."""

    sheet: Sheet
    answers: Answers
    history: tuple[Said, ...] = ()

    @property
    def said(self) -> dict[int, Said]:
        """What was stated last, by statement."""
        return {said.statement_id: said for said in self.history}

    @property
    def told(self) -> dict[int, bool | None]:
        """What still holds of what was stated."""
        return filling.told_of(self.sheet, self.said)

    def read(self, place: Place) -> list[Read]:
        """The answers for reading, of whoever holds that."""
        asked = question_rules.shown(self.sheet.questions, self.answers, scopes_at(place))
        return filling.readable(asked, self.answers)

    def missing(self, place: Place, uow: UnitOfWork) -> int:
        """How many answers and agreements are missing of whoever holds that."""
        given = scopes_at(place)
        gaps = question_rules.gaps(self.sheet, self.answers, given, uow.now)
        agreements = question_rules.statement_gaps(self.sheet.statements, self.told, given)
        return sum(1 for _gap in (*gaps, *agreements))


def filled(
    uow: UnitOfWork, edition: Edition, row: Registration | None, stamp: str | EllipsisType | None = ...
) -> Filled:
    """The form with what this registration says (one query, or three); one less for whoever knows its stamp."""
    if stamp is ...:
        sheet = questions.sheet(uow.session, edition.id, KEY)
    else:
        sheet = questions.sheet_stamped(uow.session, edition.id, KEY, stamp)
    if row is None:
        return Filled(sheet, {})
    owner = owner_of(row)
    answers: Mapping[int, Any] = questions.answers_of(uow.session, owner) if sheet.questions else {}
    history = questions.all_said_by(uow.session, owner) if sheet.statements else ()
    return Filled(sheet, answers, tuple(history))


def photo_statement(sheet: Sheet) -> Stated | None:
    """The organisers' own wording of the consent to photos."""
    return next((one for one in sheet.statements if one.kind is StatementKind.PHOTOS), None)


def without_files(sheet: Sheet) -> Sheet:
    """The form without the questions for files: a visitor adds those once the address is proven."""
    return replace(sheet, questions=tuple(one for one in sheet.questions if one.kind is not Kind.FILE))


def require_complete(uow: UnitOfWork, sheet: Sheet, answers: Answers, told: Told, place: Place) -> None:
    """Raises Incomplete unless whoever would hold that has answered and agreed to what is needed."""
    given = scopes_at(place)
    gaps = (
        *question_rules.gaps(sheet, answers, given, uow.now),
        *question_rules.statement_gaps(sheet.statements, told, given),
    )
    if gaps:
        raise Incomplete(gaps)


def save(
    uow: UnitOfWork,
    row: Registration,
    sheet: Sheet,
    answers: Answers,
    told: Told,
    place: Place,
    files: Mapping[int, Filed] | None = None,
) -> None:
    """Store what counts of it for whoever holds that; consent to photos is written on the registration, too.

    What they answered to a question about needs is a need, to be taken care of.
    """
    given, owner = scopes_at(place), owner_of(row)
    if sheet.questions:
        changed = forms.save_answers(uow, owner, sheet, answers, given, files)
        stored = questions.answers_of(uow.session, owner)
        needed: dict[int | None, Any] = {one.id: stored.get(one.id) for one in sheet.questions if one.is_need}
        caring.bring_up_to_date(uow, row, needed, changed)
    if sheet.statements:
        forms.save_statements(uow, owner, sheet.statements, told, given)
    photos = photo_statement(sheet)
    if photos is not None:
        row.photo_consent = bool(told.get(photos.id))


def forget(uow: UnitOfWork, row: Registration) -> None:
    """What was said for the day is of no use any more, and nobody needs to read it."""
    row.needs, row.diet, row.host_number = "", [], ""
    row.host_done, row.host_checked_at, row.host_checked_by = False, None, None
    queries.forget_needs(uow.session, row.id)
    if questions.find_form(uow.session, row.edition_id, KEY) is not None:
        forms.forget(uow, owner_of(row))
