"""What organisers ask beside the work itself: the form of purpose "submission" and who it can be narrowed to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask_babel import gettext as _

from workshop_manager.calls import queries as calls
from workshop_manager.calls.words import Choice, round_choices, type_choices
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import filling
from workshop_manager.questions import queries as questions
from workshop_manager.questions.content import Owner, Said, Sheet
from workshop_manager.questions.purposes import Dimension, Purpose
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.queries import FORM
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition

KEY = FORM
OWN = "own"
"""The call's own round or type, which has no id."""


def _dimensions(uow: UnitOfWork, edition: Edition) -> list[Dimension]:
    tracks = workshops.tracks(uow.session, edition.id)
    call, types = calls.call_with_types(uow.session, edition.id)
    rounds = calls.rounds_of(uow.session, edition.id)
    return [
        Dimension("track", str(_("Track")), tuple((str(track.id), track.name) for track in tracks)),
        _dimension("type", str(_("Kind of work")), type_choices(call, types)),
        _dimension("round", str(_("Round")), round_choices(call, rounds)),
    ]


def _dimension(key: str, label: str, choices: list[Choice]) -> Dimension:
    """Nothing to narrow to where there is but the call's own."""
    return Dimension(key, label, tuple((value_of(one.id), one.name) for one in choices if len(choices) > 1))


def _of_tracks(uow: UnitOfWork, edition: Edition) -> list[tuple[str, str]]:
    tracks = workshops.tracks(uow.session, edition.id)
    return [(track.name, track.eligibility) for track in tracks if track.eligibility]


PURPOSE = Purpose(
    key=KEY,
    title=lambda: str(_("Questions to authors")),
    dimensions=_dimensions,
    home="calls.desk_call",
    entry="call",
    has_reviewers=True,
    elsewhere=_of_tracks,
)


def owner_of(submission: Submission) -> Owner:
    """Whose answers: this submission's."""
    return Owner(KEY, submission.id)


def sheet_of(uow: UnitOfWork, edition_id: int) -> Sheet:
    """The questions and statements of that edition's form."""
    return questions.sheet(uow.session, edition_id, KEY)


@dataclass(frozen=True, slots=True)
class Filled:
    """The form, and what is stored of one submission in it: answers by question, all that was ever stated."""

    sheet: Sheet
    answers: Mapping[int, Any]
    history: tuple[Said, ...] = ()

    @property
    def said(self) -> dict[int, Said]:
        """What was stated last, by statement."""
        return {said.statement_id: said for said in self.history}

    @property
    def told(self) -> dict[int, bool | None]:
        """What still holds of what was stated."""
        return filling.told_of(self.sheet, self.said)


def filled(uow: UnitOfWork, edition_id: int, submission: Submission | None) -> Filled:
    """The form with what this submission says in it (up to five queries); empty for a new one."""
    sheet = sheet_of(uow, edition_id)
    return Filled(sheet, {}) if submission is None else filled_in(uow, sheet, submission)


def filled_in(uow: UnitOfWork, sheet: Sheet, submission: Submission) -> Filled:
    """The same with a form that was read already."""
    owner = owner_of(submission)
    answers = questions.answers_of(uow.session, owner) if sheet.questions else {}
    history = questions.all_said_by(uow.session, owner) if sheet.statements else ()
    return Filled(sheet, answers, tuple(history))


def value_of(chosen: int | None) -> str:
    """A round or type as it is named in scopes and sent by a form; the call's own has no id."""
    return OWN if chosen is None else str(chosen)


class Placed(Protocol):
    """A submission, or what was typed of one."""

    @property
    def track_id(self) -> int | None: ...
    @property
    def type_id(self) -> int | None: ...
    @property
    def round_id(self) -> int | None: ...


def scopes_of(work: Placed) -> frozenset[str]:
    """What a question can be narrowed to, as it holds of this work: its track, type and round."""
    found = {f"type:{value_of(work.type_id)}", f"round:{value_of(work.round_id)}"}
    return frozenset(found if work.track_id is None else found | {f"track:{work.track_id}"})
